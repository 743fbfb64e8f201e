//! 6.8 of GB/T 38963: a person disputes a fact, so that it is corrected.

use axum::Json;
use axum::extract::State;
use mingma_registry::FactId;
use mingma_registry::acts::{AppealError, AppealFact, appeal};
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::record::{Appeal, OpenAppeal};
use mingma_registry::words::Ground;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{OwnAppeal, told};
use crate::address::InPath;
use crate::app::App;
use crate::body::{Answer, Body, member};
use crate::caller::{Caller, Whom};
use crate::problem::{Problem, Refusal};
use crate::task::to_the_end;

/// Which fact is wrong, and in what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dispute {
    /// The fact's id.
    #[schema(format = "uuid")]
    fact: String,
    /// `not-me`, `wrong-value`, `wrong-time-or-place` or `no-evidence`; of a fact that was taken back, `taken-back`.
    ground: String,
}

/// Disputes a fact: it is to be answered within three days. Asking again gives the same appeal.
#[utoipa::path(
    post, path = "/api/v1/persons/{person}/appeals", operation_id = "correctInformation", tag = "appeals",
    params(Whom),
    request_body = Dispute,
    responses(
        (status = 200, body = OwnAppeal),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "Not the caller's affair"),
        (status = 404, body = Refusal, description = "No such fact is recorded about the person"),
        (status = 409, body = Refusal, description = "No ground against a fact as this one stands"),
        (status = 422, body = Refusal, description = "No such ground"),
    )
)]
pub(crate) async fn correct_information(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
    Body(sent): Body<Dispute>,
) -> Answer<OwnAppeal> {
    let (actor, person) = caller.acting(&app, whom, None).await?;
    let fact: FactId = member("fact", &sent.fact)?;
    let ground: Ground = member("ground", &sent.ground)?;
    let wish = authorize(actor, Purpose::Redress, AppealFact { person, fact, ground })?;
    let (opened, record, now) = to_the_end(async move {
        let opened = appeal(app.registry(), wish).await?;
        Ok::<_, Problem>((opened, app.registry().store().record(person).await?, app.registry().now()))
    })
    .await??;
    // Asked for again, it may have been answered meanwhile.
    let stands = record.appeal(opened.id).unwrap_or(Appeal::Open(OpenAppeal { opened }));
    Ok(Json(told(stands, now)))
}

impl From<AppealError> for Problem {
    fn from(error: AppealError) -> Self {
        match error {
            AppealError::NoSuchFact => Self::not_found().help("the list of your facts has their ids"),
            AppealError::Unfit { .. } => Self::conflict("ground-unfit", error),
            AppealError::Unable(unable) => unable.into(),
        }
    }
}
