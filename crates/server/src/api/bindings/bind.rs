//! A person lets somebody else act for them: a family member or another agent.

use axum::Json;
use axum::extract::State;
use mingma_domain::document::Document;
use mingma_registry::GrantId;
use mingma_registry::acts::{Bind, bind};
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::words::Tie;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::address::InPath;
use crate::alike::alike;
use crate::api::declarations::Key;
use crate::app::App;
use crate::body::{Answer, Body, member};
use crate::caller::{Caller, Whom};
use crate::limited::Client;
use crate::limiter::Limit;
use crate::problem::Refusal;
use crate::task::to_the_end;

/// Who is let act, and how long.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentWish {
    /// The agent's document, as in a registration.
    #[schema(examples("passport:JP:TR0000002"))]
    document: String,
    /// `family` or `agent`.
    tie: String,
    /// For how many days, 1 to 366.
    #[schema(minimum = 1, maximum = 366)]
    days: u64,
}

/// Somebody may act.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentBound {
    /// The binding's id, by which it is ended.
    #[schema(value_type = String, format = "uuid")]
    binding: GrantId,
}

/// Lets somebody act for oneself. The answer is the same whether or not the agent has registered.
#[utoipa::path(
    post, path = "/api/v1/persons/{person}/agents", operation_id = "bindAgent", tag = "bindings",
    params(
        Whom,
        ("idempotency-key" = String, Header, description = "the name of the request; sending it twice binds once"),
    ),
    request_body = AgentWish,
    responses(
        (status = 200, body = AgentBound),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "For the person alone"),
        (status = 409, body = Refusal, description = "The agent is oneself, or the key was used for something else"),
        (status = 422, body = Refusal, description = "No document or tie, or for too long"),
        (status = 429, body = Refusal, description = "Too often"),
    )
)]
pub(crate) async fn bind_agent(
    State(app): State<App>,
    caller: Caller,
    client: Client,
    InPath(whom): InPath<Whom>,
    Key(key): Key,
    Body(sent): Body<AgentWish>,
) -> Answer<AgentBound> {
    let (actor, ward) = caller.acting(&app, whom, None).await?;
    client.count(&app, Limit::TriesFrom)?;
    let agent: Document = member("document", &sent.document)?;
    let tie: Tie = member("tie", &sent.tie)?;
    let wish = authorize(actor, Purpose::SelfService, Bind { ward, key, agent, tie, days: sent.days })?;
    // Whoever is not here yet is made known, which takes the disk longer.
    let binding = alike(to_the_end(async move { bind(app.registry(), wish).await })).await??;
    Ok(Json(AgentBound { binding }))
}
