//! Which programs may act for a person now.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_domain::fact::Evidence;
use mingma_registry::GrantId;
use mingma_registry::row::Grant;
use mingma_registry::words::Scope;
use serde::Serialize;
use utoipa::ToSchema;

use crate::address::{InPath, InQuery};
use crate::app::App;
use crate::body::Answer;
use crate::caller::{Caller, Whom};
use crate::list::{Listed, PageAsked, page};
use crate::problem::Refusal;

/// A program that may act now.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppLetIn {
    /// The grant's id, by which it is ended.
    #[schema(value_type = String, format = "uuid")]
    grant: GrantId,
    /// What the person called the program.
    #[schema(value_type = String)]
    app: Evidence,
    /// What it may do: `query-status` or `make-code`.
    #[schema(value_type = String)]
    scope: Scope,
    /// Since when.
    #[schema(value_type = String, format = "date-time")]
    from: Timestamp,
    /// The first instant at which it may no more.
    #[schema(value_type = String, format = "date-time")]
    until: Timestamp,
}

/// The programs that may act for oneself or a ward now. What each of them did is in the list of disclosures.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}/apps", operation_id = "listApps", tag = "apps",
    params(Whom, PageAsked),
    responses(
        (status = 200, body = Listed<AppLetIn>),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "Not the caller's affair"),
    )
)]
pub(crate) async fn list_apps(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
    InQuery(asked): InQuery<PageAsked>,
) -> Answer<Listed<AppLetIn>> {
    let (_, person) = caller.acting(&app, whom, None).await?;
    let record = app.registry().store().record(person).await?;
    page(&asked, record.grants_in_force(app.registry().now()), |grant| grant.id, told).map(Json)
}

pub(crate) fn told(grant: &Grant) -> AppLetIn {
    let Grant { id, app, scope, from, until } = grant.clone();
    AppLetIn { grant: id, app, scope, from, until }
}
