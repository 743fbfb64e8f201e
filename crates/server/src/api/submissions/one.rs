//! One submission of an institution's own, row by row, as its facts stand now.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_domain::Fact;
use mingma_registry::FactId;
use mingma_registry::acts::{OwnSubmission, RowState, own_submission};
use mingma_registry::intake::IssuedFact;
use mingma_registry::policy::{Actor, Purpose, authorize};
use serde::Serialize;
use utoipa::ToSchema;

use super::{RefusedRowSaid, Taken, issuer};
use crate::address::{InPath, place};
use crate::api::facts::list::FactStanding;
use crate::app::App;
use crate::body::Answer;
use crate::caller::Caller;

/// A submission and its rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubmissionTold {
    /// What was taken in.
    #[serde(flatten)]
    taken: Taken,
    /// Each row, in its place.
    results: Vec<RowTold>,
}

/// How a row stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum RowTold {
    /// It is recorded.
    Recorded {
        /// Where it stood, from 1.
        row: u32,
        /// The fact's id.
        #[schema(value_type = String, format = "uuid")]
        id: FactId,
        /// What it says; never about whom.
        #[schema(value_type = crate::api::status::explained::Fact)]
        fact: Box<Fact>,
        /// Whether it counts.
        standing: FactStanding,
    },
    /// It was refused.
    Refused(RefusedRowSaid),
    /// It has not come through: send the same submission again.
    Unfinished {
        /// Where it stood, from 1.
        row: u32,
    },
}

/// One submission.
#[utoipa::path(
    get, path = "/api/v1/issuers/{issuer}/submissions/{key}", operation_id = "readSubmission", tag = "submissions",
    params(
        ("issuer" = String, Path, description = "the institution, `class` or `class:name`"),
        ("key" = String, Path, description = "the submission's idempotency key"),
    ),
    responses(
        (status = 200, body = SubmissionTold),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Another institution's, or not an institution", content_type = "application/problem+json", body = Object),
        (status = 404, description = "No such submission", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn read_submission(
    State(app): State<App>,
    caller: Caller,
    InPath((of, key)): InPath<(String, String)>,
) -> Answer<SubmissionTold> {
    let wish = OwnSubmission { issuer: issuer(&of)?, key: place("key", &key)? };
    let actor = Actor::Institution(caller.institution(&app).await?);
    let state = own_submission(app.registry(), authorize(actor, Purpose::OutbreakControl, wish)?).await?;
    let now = app.registry().now();
    let results = (1..).zip(&state.rows).map(|(row, state)| match state {
        RowState::Recorded(fact) => recorded(row, fact, now),
        RowState::Refused(refused) => RowTold::Refused(refused.into()),
        RowState::Unfinished => RowTold::Unfinished { row },
    });
    Ok(Json(SubmissionTold { taken: Taken::from(&state.intake), results: results.collect() }))
}

fn recorded(row: u32, fact: &IssuedFact, now: Timestamp) -> RowTold {
    let standing = fact.standing(now).into();
    RowTold::Recorded { row, id: fact.recorded.id, fact: Box::new(fact.recorded.fact.clone()), standing }
}
