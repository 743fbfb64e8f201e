//! A person registers, or is registered by a relative: anybody may send it, and the answer does not tell who is here.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use mingma_credential::status::Initials;
use mingma_domain::Region;
use mingma_domain::document::Document;
use mingma_domain::text::Lang;
use mingma_registry::Contact;
use mingma_registry::acts::{Register, RegisterError, register};
use mingma_registry::policy::{Actor, Purpose, authorize};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::body::{Body, member};
use crate::limited::Client;
use crate::limiter::Limit;
use crate::problem::{Problem, Refusal};
use crate::task::to_the_end;

/// By which document a person is known, and where the person lives.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// The document: kind and number, such as `resident-id:11010519491231002X`, `passport:JP:TR0000001`, or for a child
    /// without one `child:resident-id:11010519491231002X:2020-05-01:1`.
    #[schema(examples("passport:JP:TR0000001"))]
    document: String,
    /// The code of the region, down to the county, in which the person lives: whose rules count.
    #[schema(examples("410105"))]
    home: String,
    /// What a checkpoint may compare with the person, such as the family name; none if it is not wished.
    #[serde(default)]
    initials: Option<String>,
    /// Where the person is reached, which is the way to sign in: a telephone number or an e-mail address. It is taken from
    /// the first registration alone.
    #[serde(default)]
    #[schema(examples("+8613800138000"))]
    contact: Option<String>,
    /// In which language the person reads: `zh-Hans` unless it is `zh-Hant` or `en`.
    #[serde(default)]
    language: Option<String>,
}

/// The registration was received. Whether the person was known before is not said.
#[derive(Debug, Serialize, ToSchema)]
pub struct Received {
    /// Always `true`.
    received: bool,
}

/// Registers a person; the answer is the same whether or not the person was registered before.
#[utoipa::path(
    post, path = "/api/v1/registrations", operation_id = "register", tag = "registrations",
    request_body = Registration,
    responses(
        (status = 202, body = Received),
        (status = 422, body = Refusal, description = "No document, region or initials; a desk number, which a desk alone gives; or a contact to which nothing goes from here"),
        (status = 429, body = Refusal, description = "Too often"),
    ),
)]
pub(crate) async fn register_person(
    State(app): State<App>,
    client: Client,
    Body(sent): Body<Registration>,
) -> Result<(StatusCode, Json<Received>), Problem> {
    let document: Document = member("document", &sent.document)?;
    let home: Region = member("home", &sent.home)?;
    let initials = sent.initials.as_deref().map(Initials::parse).transpose();
    let initials = initials.map_err(|error| Problem::refused("member", format!("`initials`: {error}")))?;
    let contact = sent.contact.as_deref().map(|text| member::<Contact>("contact", text)).transpose()?;
    let lang = sent.language.as_deref().map(|text| member::<Lang>("language", text)).transpose()?;
    let lang = lang.unwrap_or(Lang::ZhHans);
    client.count(&app, Limit::RegistrationsFrom)?;
    let wish = authorize(
        Actor::Visitor,
        Purpose::SelfService,
        Register { document, home, initials, contact, lang },
    )?;
    to_the_end(async move { register(app.registry(), wish).await }).await??;
    Ok((StatusCode::ACCEPTED, Json(Received { received: true })))
}

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::DeskNumber => Self::refused("desk-number", error.to_string()),
            RegisterError::NoWay(no_way) => no_way.into(),
            RegisterError::Unable(unable) => unable.into(),
        }
    }
}
