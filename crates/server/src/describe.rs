//! The description of the API: what an endpoint says of itself, and what holds of every endpoint, said once.

use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, Content, OpenApi as Description, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{OpenApi, ToSchema as _};

use crate::known::operations_mut;
use crate::problem::Refusal;

/// What the description says of all of it.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Mingma 明码",
        description = "A health code in the clear. A colour is computed from typed, evidenced facts by published rules; no \
                       endpoint sets one. The seven interfaces of GB/T 38963 are the operations `declareHealth`, \
                       `declareTrip`, `queryStatus`, `authorizeApp`, `makeCode`, `verifyCode` and `correctInformation`. \
                       A list is read a page at a time: `next` of one page is `after` of the following. What goes wrong is \
                       answered as `application/problem+json` (RFC 9457); `/problems/NAME` explains each. A body has at most \
                       2 MiB, an address 2,048 bytes; members that are not described are refused.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(Refusal))
)]
pub(crate) struct Described;

/// What a refusal is sent as.
const PROBLEM: &str = "application/problem+json";
/// The name of the session in the description.
const SESSION: &str = "session";

/// What any endpoint may answer.
const ALWAYS: [(&str, &str); 5] = [
    ("400", "The address, a header or the body cannot be read"),
    ("414", "The address is too long"),
    ("500", "The program broke off; sending the same again does nothing twice"),
    ("503", "Busy, or the store cannot say whether it was kept; sending the same again does nothing twice"),
    ("507", "There is no room to keep it"),
];
/// What an endpoint that is sent a body may answer.
const SENT: [(&str, &str); 3] = [
    ("408", "The body did not come in time"),
    ("413", "More than the endpoint takes at once"),
    ("415", "The body is not marked as JSON"),
];

/// Says of every operation what holds of all of them: which refusals there are and what they look like, and that a session
/// is needed wherever 401 is one of them.
pub(crate) fn complete(description: &mut Description) {
    let components = description.components.get_or_insert_with(Components::new);
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    components.add_security_scheme(SESSION, bearer);
    for operation in description.paths.paths.values_mut().flat_map(operations_mut) {
        let summary = operation.summary.clone().unwrap_or_default();
        let sent = operation.request_body.as_ref().map_or(&[][..], |_| &SENT);
        let responses = &mut operation.responses.responses;
        for (status, meaning) in ALWAYS.iter().chain(sent) {
            let refusal = || RefOr::T(ResponseBuilder::new().description(*meaning).build());
            responses.entry((*status).to_owned()).or_insert_with(refusal);
        }
        for (status, response) in responses.iter_mut() {
            match response {
                RefOr::T(refused) if status.as_str() >= "400" => refuse(refused),
                RefOr::T(answered) if answered.description.is_empty() => {
                    answered.description.clone_from(&summary);
                }
                RefOr::T(_) | RefOr::Ref(_) => {}
            }
        }
        if responses.contains_key("401") {
            let no_scopes: [&str; 0] = [];
            operation.security = Some(vec![SecurityRequirement::new(SESSION, no_scopes)]);
        }
    }
}

fn refuse(response: &mut Response) {
    let shape = Ref::from_schema_name(Refusal::name());
    response.content.clear();
    response.content.insert(PROBLEM.to_owned(), RefOr::T(Content::new(Some(shape))));
}
