//! A health commission sets the risk of a region for a time.

use axum::Json;
use axum::extract::State;
use mingma_domain::risk::RegionRisk;
use mingma_registry::acts::{SetRisk, SetRiskError, set_risk};
use mingma_registry::policy::{Purpose, authorize};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::official;
use crate::address::{InPath, place};
use crate::app::App;
use crate::body::{Answer, Body, member};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::task::to_the_end;

/// A level of risk.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RiskLevel {
    /// The level's word, as in the risk file.
    #[schema(examples("high"))]
    level: String,
    /// From this day on, included.
    #[schema(format = "date")]
    from: String,
    /// To this day, included; without it until another act.
    #[schema(format = "date")]
    until: Option<String>,
}

/// A public act that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActMade {
    /// Its number in the journal.
    pub(in crate::api) number: u64,
}

/// Sets the risk of a region; a later act supersedes an earlier one.
#[utoipa::path(
    post, path = "/api/v1/regions/{region}/risk-levels", operation_id = "setRisk", tag = "offices",
    params(("region" = String, Path, description = "the region's code")),
    request_body = RiskLevel,
    responses(
        (status = 200, body = ActMade),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not a health commission, or of another region", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not a level or a time", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn set_region_risk(
    State(app): State<App>,
    caller: Caller,
    InPath(region): InPath<String>,
    Body(sent): Body<RiskLevel>,
) -> Answer<ActMade> {
    let official = official(&app, &caller).await?;
    let risk = RegionRisk {
        region: place("region", &region)?,
        level: member("level", &sent.level)?,
        from: member("from", &sent.from)?,
        until: sent.until.map(|until| member("until", &until)).transpose()?,
    };
    let wish = authorize(official.actor, Purpose::Publication, SetRisk(risk))?;
    let number = to_the_end(async move { set_risk(app.registry(), wish).await }).await??;
    Ok(Json(ActMade { number }))
}

impl From<SetRiskError> for Problem {
    fn from(error: SetRiskError) -> Self {
        match error {
            SetRiskError::Backwards => Self::refused("backwards", error),
            SetRiskError::Held(held) => Self::from(&held),
            SetRiskError::Unable(unable) => unable.into(),
        }
    }
}
