//! Who may act for a person now.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_registry::row::Binding;
use mingma_registry::words::Tie;
use mingma_registry::{GrantId, PersonRecord, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::address::{InPath, InQuery};
use crate::app::App;
use crate::body::Answer;
use crate::caller::{Caller, Whom};
use crate::list::{Listed, PageAsked, page};
use crate::problem::Refusal;

/// Somebody who may act now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Agent {
    /// The binding's id, by which it is ended.
    #[schema(value_type = String, format = "uuid")]
    binding: GrantId,
    /// The agent's document with its middle covered, enough to know whom one has bound.
    document: String,
    /// `family` or `agent`.
    #[schema(value_type = String)]
    tie: Tie,
    /// Since when.
    #[schema(value_type = String, format = "date-time")]
    from: Timestamp,
    /// The first instant at which the agent may no more.
    #[schema(value_type = String, format = "date-time")]
    until: Timestamp,
}

/// Those who may act for oneself or a ward now.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}/agents", operation_id = "listAgents", tag = "bindings",
    params(Whom, PageAsked),
    responses(
        (status = 200, body = Listed<Agent>),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "Not the caller's affair"),
    )
)]
pub(crate) async fn list_agents(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
    InQuery(asked): InQuery<PageAsked>,
) -> Answer<Listed<Agent>> {
    let (_, person) = caller.acting(&app, whom, None).await?;
    let record = app.registry().store().record(person).await?;
    page(&asked, bound(&app, &record).await?, |(binding, _)| binding.id, told).map(Json)
}

/// The bindings in force, each with the agent's document, covered.
pub(crate) async fn bound(app: &App, record: &PersonRecord) -> Result<Vec<(Binding, String)>, StoreError> {
    let mut bound = Vec::new();
    for binding in record.bindings_in_force(app.registry().now()) {
        let document = app.registry().store().document(binding.agent).await?;
        bound.push((*binding, document.map(|document| document.masked().to_string()).unwrap_or_default()));
    }
    Ok(bound)
}

pub(crate) fn told((binding, document): (Binding, String)) -> Agent {
    let Binding { id, tie, from, until, .. } = binding;
    Agent { binding: id, document, tie, from, until }
}
