//! An institution submits facts: one signature over all rows, one answer for each.

use axum::Json;
use axum::extract::State;
use mingma_registry::FactId;
use mingma_registry::acts::{Record, record};
use mingma_registry::intake::RowAnswer;
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::submission::{RawRow, Submission};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{RefusedRowSaid, SentRow, issuer};
use crate::api::signature;
use crate::app::App;
use crate::body::{Answer, Body, member};
use crate::task::to_the_end;

/// Facts, signed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Submitted {
    /// Who submits: `class` or `class:name`.
    #[schema(examples("laboratory:410100-07"))]
    issuer: String,
    /// The name of the request: 1 to 64 printable characters. Sending the same again records nothing twice and is answered alike.
    idempotency_key: String,
    /// 1 to 4,096 rows.
    #[schema(min_items = 1, max_items = 4096)]
    rows: Vec<SentRow>,
    /// 32 bytes that the client draws for each submission, in hex or Base64 for URLs: so that whoever is shown the signature with one row learns
    /// nothing of another.
    salt: String,
    /// ES256 by the issuer's key, in hex or Base64 for URLs, over the canonical bytes: each of the following as its length in
    /// four bytes, big-endian, and its bytes (texts in UTF-8). `mingma/submission/2`, the issuer, the idempotency key, the number of rows in
    /// decimal, the root. The root is the SHA-256 over the rows, in pairs: `mingma/rows/2`, the left hash, the right one, where the last of an odd
    /// number goes up as it is. A row's is that of `mingma/row/2`, whom it is about, kind, value, at, until, region, evidence, credential, a missing
    /// one empty; whom it is about is that of `mingma/about/1`, the row's salt, person; and the row's salt that of `mingma/row-salt/1`, the salt, the row's
    /// place from 0 in decimal.
    signature: String,
}

/// What became of a submission.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubmissionAnswered {
    /// How many rows are recorded.
    recorded: usize,
    /// How many are refused.
    refused: usize,
    /// Each row, in its place.
    rows: Vec<RowAnswered>,
}

/// What became of a row.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum RowAnswered {
    /// It is recorded.
    Recorded {
        /// Where it stood, from 1.
        row: u32,
        /// The fact's id, by which it is countersigned or retracted.
        #[schema(value_type = String, format = "uuid")]
        id: FactId,
        /// Whether it waits for a second organisation before it counts.
        pending: bool,
    },
    /// It is not.
    Refused(RefusedRowSaid),
}

/// Submits facts.
#[utoipa::path(
    post, path = "/api/v1/submissions", operation_id = "submitFacts", tag = "submissions",
    request_body = Submitted,
    responses(
        (status = 200, description = "Each row, recorded or refused", body = SubmissionAnswered),
        (status = 403, description = "Not signed by a key that counts for the issuer", content_type = "application/problem+json", body = Object),
        (status = 409, description = "The idempotency key was used for other rows, or it is above a limit and waits for a second office, or another submission says some of it at this moment", content_type = "application/problem+json", body = Object),
        (status = 413, description = "More than 4,096 rows, or more than 2 MiB", content_type = "application/problem+json", body = Object),
        (status = 422, description = "No rows, or not a submission", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn submit_facts(
    State(app): State<App>,
    Body(sent): Body<Submitted>,
) -> Answer<SubmissionAnswered> {
    let issuer = issuer(&sent.issuer)?;
    let key = member("idempotency_key", &sent.idempotency_key)?;
    let (salt, signature) = (signature::salt(&sent.salt)?, signature::read(&sent.signature)?);
    let rows: Vec<RawRow<'_>> = sent.rows.iter().map(SentRow::raw).collect();
    let submission = Submission::read(issuer.clone(), key, &rows, salt, signature)?;
    let wish = authorize(Actor::Institution(issuer), Purpose::OutbreakControl, Record(submission))?;
    let answers = to_the_end(async move { record(app.registry(), wish).await }).await??;
    let rows: Vec<RowAnswered> = (1..).zip(&answers).map(|(row, answer)| answered(row, answer)).collect();
    let refused = rows.iter().filter(|row| matches!(row, RowAnswered::Refused(_))).count();
    Ok(Json(SubmissionAnswered { recorded: rows.len() - refused, refused, rows }))
}

fn answered(row: u32, answer: &RowAnswer) -> RowAnswered {
    match answer {
        RowAnswer::Recorded { id, pending } => RowAnswered::Recorded { row, id: *id, pending: *pending },
        RowAnswer::Refused(refused) => RowAnswered::Refused(refused.into()),
    }
}
