//! A dry run: what would become of rows if they were submitted now. Nothing is signed and nothing is written.

use axum::Json;
use axum::extract::State;
use mingma_domain::fact::Issuer;
use mingma_registry::acts::{CheckRows, check_rows};
use mingma_registry::intake::RefusedRow;
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::submission::{RawRow, read_rows};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{RefusedRowSaid, SentRow};
use crate::app::App;
use crate::body::{Answer, Body};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::task::to_the_end;

/// Rows to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToCheck {
    /// 1 to 4,096 rows.
    #[schema(min_items = 1, max_items = 4096)]
    rows: Vec<SentRow>,
}

/// What would become of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checked {
    /// How many would be recorded.
    good: usize,
    /// How many would be refused.
    refused: usize,
    /// Each row, in its place.
    rows: Vec<RowChecked>,
}

/// What would become of a row.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum RowChecked {
    /// It would be recorded.
    Good {
        /// Where it stands, from 1.
        row: u32,
        /// Whether it would wait for a second organisation.
        pending: bool,
    },
    /// It would be refused.
    Refused(RefusedRowSaid),
}

/// Says what would become of rows.
#[utoipa::path(
    post, path = "/api/v1/submissions/check", operation_id = "checkFacts", tag = "submissions",
    request_body = ToCheck,
    responses(
        (status = 200, description = "Each row, good or refused", body = Checked),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not an institution, or not an appointed one", content_type = "application/problem+json", body = Object),
        (status = 413, description = "More than 4,096 rows, or more than 2 MiB", content_type = "application/problem+json", body = Object),
        (status = 422, description = "No rows", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn check_facts(
    State(app): State<App>,
    caller: Caller,
    Body(sent): Body<ToCheck>,
) -> Answer<Checked> {
    let judged = judged(&app, &caller.institution(&app).await?, &sent.rows).await?;
    let rows = (1..).zip(&judged).map(|(row, judged)| match judged {
        Ok(pending) => RowChecked::Good { row, pending: *pending },
        Err(refused) => RowChecked::Refused(refused.into()),
    });
    let refused = judged.iter().filter(|row| row.is_err()).count();
    Ok(Json(Checked { good: judged.len() - refused, refused, rows: rows.collect() }))
}

/// What would become of each row: whether it would wait for a second organisation, or why it would be refused.
///
/// # Errors
/// A [`Problem`] if the rows are none or too many, or the issuer is not appointed.
pub(crate) async fn judged(
    app: &App,
    issuer: &Issuer,
    rows: &[SentRow],
) -> Result<Vec<Result<bool, RefusedRow>>, Problem> {
    let raw: Vec<RawRow<'_>> = rows.iter().map(SentRow::raw).collect();
    let wish = CheckRows { issuer: issuer.clone(), rows: read_rows(issuer, &raw)? };
    let wish = authorize(Actor::Institution(issuer.clone()), Purpose::OutbreakControl, wish)?;
    let app = app.clone();
    Ok(to_the_end(async move { check_rows(app.registry(), wish).await }).await??)
}
