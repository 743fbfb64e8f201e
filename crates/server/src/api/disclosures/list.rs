//! Who looked at a person's status, in which role, and what for.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_domain::fact::Evidence;
use mingma_registry::DisclosureId;
use mingma_registry::policy::{Purpose, Role};
use mingma_registry::row::Disclosure;
use serde::Serialize;
use utoipa::ToSchema;

use crate::address::{InPath, InQuery};
use crate::app::App;
use crate::body::Answer;
use crate::caller::{Caller, Whom};
use crate::list::{Listed, PageAsked, page};
use crate::problem::Refusal;

/// Somebody looked.
#[derive(Debug, Serialize, ToSchema)]
pub struct Look {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    id: DisclosureId,
    /// In which role: `app`, `community-worker`, `arbiter`, `auditor` or, once a day for each binding, `agent`.
    #[schema(value_type = String)]
    role: Role,
    /// Who: the program, as the person called it, the official, as the staff list does, or as what somebody acts for the person: `family`, `agent`.
    #[schema(value_type = String)]
    by: Evidence,
    /// What for.
    #[schema(value_type = String)]
    purpose: Purpose,
    /// The line of the policy that permitted it: role, act and purpose; null of a look of before they were written down.
    #[schema(value_type = Option<String>, required)]
    policies: Option<Evidence>,
    /// The case that it belonged to: an appeal, a consent to be helped, a grant to a program, a binding; null if it had none.
    #[schema(value_type = Option<String>, required)]
    case: Option<Evidence>,
    /// When.
    #[schema(value_type = String, format = "date-time")]
    at: Timestamp,
}

/// Who looked at the status of oneself or a ward, in the order of the looks.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}/disclosures", operation_id = "listDisclosures", tag = "disclosures",
    params(Whom, PageAsked),
    responses(
        (status = 200, body = Listed<Look>),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "Not the caller's affair"),
    )
)]
pub(crate) async fn list_disclosures(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
    InQuery(asked): InQuery<PageAsked>,
) -> Answer<Listed<Look>> {
    let (_, person) = caller.acting(&app, whom, None).await?;
    let record = app.registry().store().record(person).await?;
    page(&asked, record.disclosures.clone(), |look| look.id, told).map(Json)
}

pub(crate) fn told(look: Disclosure) -> Look {
    let Disclosure { id, role, by, purpose, policies, case, at } = look;
    Look { id, role, by, purpose, policies, case, at }
}
