//! A health commission sees what drafts would do, side by side, before anything is published. Nobody is named.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_domain::assess::Outcome;
use mingma_domain::time::Day;
use mingma_registry::acts::{LookAhead, look_ahead};
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::sight::{OutcomeShift, Sight};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{PublicDraft, RegionForeseen, region};
use crate::api::hex;
use crate::api::offices::official;
use crate::app::App;
use crate::body::{Answer, Body};
use crate::caller::Caller;
use crate::problem::Problem;

/// How many drafts are compared at once: as many as fit side by side, each a pass over everybody.
const MAX_DRAFTS: usize = 8;

/// What to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToLookAt {
    /// The drafts, each compared with what is in force.
    #[schema(min_items = 1, max_items = 8)]
    drafts: Vec<PublicDraft>,
}

/// What the drafts would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct LookedAt {
    /// In the order of the drafts.
    drafts: Vec<DraftForeseen>,
}

/// What a draft would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftForeseen {
    /// The draft's hash, in hexadecimal.
    draft: String,
    /// As of when.
    #[schema(value_type = String, format = "date-time")]
    as_of: Timestamp,
    /// How many persons there are.
    persons: u64,
    /// How many would see another status.
    changed: u64,
    /// How many would be worse off.
    worse: u64,
    /// Whether a second office has to agree.
    needs_second_office: bool,
    /// Above how many of ten thousand persons of a region one has to.
    share_of_10_000: u16,
    /// How many would change from what to what; the most first.
    shifts: Vec<StatusShift>,
    /// By region, where anybody would change.
    regions: Vec<RegionForeseen>,
    /// The reasons that some would gain or lose.
    reasons: Vec<ReasonForeseen>,
    /// What would hold longest of those who would be worse off; nobody is named.
    longest: Vec<LongestForeseen>,
}

/// How many persons would see another status.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusShift {
    /// Than this: `green`, `yellow`, `red`, `pop-up`, `no-code` or `no-rules`.
    from: &'static str,
    /// Namely this.
    to: &'static str,
    /// So many.
    persons: u64,
}

/// A reason that some would gain or lose.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReasonForeseen {
    /// Its code.
    code: String,
    /// How many would have it who do not have it now.
    gain: u64,
    /// How many have it now and would not have it any more.
    lose: u64,
}

/// For how long somebody would be worse off.
#[derive(Debug, Serialize, ToSchema)]
pub struct LongestForeseen {
    /// From this.
    from: &'static str,
    /// To this.
    to: &'static str,
    /// The first day on which that would be different; null: never by waiting.
    #[schema(value_type = Option<String>, format = "date", required)]
    until: Option<Day>,
    /// By which reasons.
    reasons: Vec<String>,
}

/// Tells what drafts would do to everybody, side by side; nothing is kept of it.
#[utoipa::path(
    post, path = "/api/v1/previews", operation_id = "previewDrafts", tag = "offices",
    request_body = ToLookAt,
    responses(
        (status = 200, body = LookedAt),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not a health commission, or of another region", content_type = "application/problem+json", body = Object),
        (status = 409, description = "It cannot be foreseen now", content_type = "application/problem+json", body = Object),
        (status = 422, description = "No draft, too many, or one that could not be published", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn preview_drafts(
    State(app): State<App>,
    caller: Caller,
    Body(ToLookAt { drafts }): Body<ToLookAt>,
) -> Answer<LookedAt> {
    let official = official(&app, &caller).await?;
    if !(1..=MAX_DRAFTS).contains(&drafts.len()) {
        let title = format!("`drafts`: from 1 to {MAX_DRAFTS} are compared at once");
        return Err(Problem::refused("member", title));
    }
    let mut looked = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let draft = draft.read().await?;
        let wish = authorize(official.actor.clone(), Purpose::Publication, LookAhead(draft))?;
        looked.push(told(&look_ahead(app.registry(), wish).await?));
    }
    Ok(Json(LookedAt { drafts: looked }))
}

fn told(sight: &Sight) -> DraftForeseen {
    let reason = |reason: &mingma_registry::sight::ReasonShift| ReasonForeseen {
        code: reason.code.clone(),
        gain: reason.gain,
        lose: reason.lose,
    };
    let longest = |longest: &mingma_registry::sight::Longest| LongestForeseen {
        from: word(longest.from),
        to: word(longest.to),
        until: longest.until,
        reasons: longest.reasons.clone(),
    };
    DraftForeseen {
        draft: hex(&sight.preview.draft),
        as_of: sight.preview.as_of,
        persons: sight.persons,
        changed: sight.changed(),
        worse: sight.worse(),
        needs_second_office: sight.preview.exceeds().is_some(),
        share_of_10_000: sight.preview.share.in_10_000(),
        shifts: sight.shifts.iter().map(shift).collect(),
        regions: sight.preview.regions.iter().map(region).collect(),
        reasons: sight.reasons.iter().map(reason).collect(),
        longest: sight.longest.iter().map(longest).collect(),
    }
}

/// How many would see another status.
pub(crate) const fn shift(shift: &OutcomeShift) -> StatusShift {
    StatusShift { from: word(shift.from), to: word(shift.to), persons: shift.persons }
}

/// What is shown, in a word.
pub(crate) const fn word(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Code(color)) => color.word(),
        Some(Outcome::Popup) => "pop-up",
        Some(Outcome::NotIssued) => "no-code",
        None => "no-rules",
    }
}
