//! A person, to themselves: the id by which an agent may be told for whom to act, and the registration.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_domain::Region;
use mingma_registry::PersonId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::address::InPath;
use crate::app::App;
use crate::body::Answer;
use crate::caller::{Caller, Whom};
use crate::problem::{Problem, Refusal};

/// A person, as registered.
#[derive(Debug, Serialize, ToSchema)]
pub struct Person {
    /// The person's id: chance alone. An agent who was bound uses it in the place of `me`.
    #[schema(value_type = String, format = "uuid")]
    id: PersonId,
    /// Where the person lives: whose rules count.
    #[schema(value_type = String)]
    home: Region,
    /// What a checkpoint may compare with the person.
    #[schema(required)]
    initials: Option<String>,
    /// When the person registered.
    #[schema(value_type = String, format = "date-time")]
    registered: Timestamp,
}

/// The registration of oneself or a ward. The document is not in it: nobody needs to be told their own.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}", operation_id = "getPerson", tag = "registrations",
    params(Whom),
    responses(
        (status = 200, body = Person),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "Not the caller's affair"),
        (status = 409, body = Refusal, description = "Not registered"),
    )
)]
pub(crate) async fn get_person(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
) -> Answer<Person> {
    let (_, id) = caller.acting(&app, whom, None).await?;
    let record = app.registry().store().record(id).await?;
    let registration = record.registration.as_ref();
    let registration = registration.ok_or_else(|| Problem::conflict("not-registered", "register first"))?;
    let home = record.home().unwrap_or(registration.home);
    let initials = record.initials().map(|initials| initials.as_str().to_owned());
    Ok(Json(Person { id, home, initials, registered: registration.at }))
}
