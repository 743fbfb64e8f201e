//! The proposals that wait for a second office, for those who may be it.

use axum::Json;
use axum::extract::State;
use mingma_domain::time::Day;
use mingma_registry::brake::{Draft, Proposal, Proposed};
use serde::Serialize;
use utoipa::ToSchema;

use super::day::{DayForeseen, day};
use super::{RegionForeseen, region};
use crate::api::hex;
use crate::api::offices::official;
use crate::app::App;
use crate::body::Answer;
use crate::caller::Caller;

/// How many are told: the newest. Older ones are past the time in which they can be approved.
pub(crate) const MAX_TOLD: usize = 100;

/// The proposals that wait.
#[derive(Debug, Serialize, ToSchema)]
pub struct Proposals {
    /// The newest first.
    proposals: Vec<Waiting>,
}

/// A proposal that waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct Waiting {
    /// Its number in the journal.
    number: u64,
    /// For which region.
    region: &'static str,
    /// The ruleset's name; null of anything else.
    #[schema(required)]
    ruleset: Option<String>,
    /// The level of risk; null of anything else.
    #[schema(required)]
    level: Option<&'static str>,
    /// From which day on the level would hold; null of anything else.
    #[schema(value_type = Option<String>, format = "date", required)]
    from: Option<Day>,
    /// To which day, included; null: until another act, or of anything else.
    #[schema(value_type = Option<String>, format = "date", required)]
    until: Option<Day>,
    /// The appointment in its one line of words, such as `issuer border:410100 immigration 410100`; null of anything else.
    #[schema(required)]
    appointment: Option<String>,
    /// Which office proposes it.
    office: &'static str,
    /// When.
    #[schema(value_type = String, format = "date-time")]
    at: jiff::Timestamp,
    /// What says what was seen, in hexadecimal: whoever approves sends it back.
    seen: String,
    /// Above how many of ten thousand persons of a region a second office has to agree; null of an appointment, which always waits.
    #[schema(required)]
    share_of_10_000: Option<u16>,
    /// By region, where anybody would be worse or better off.
    regions: Vec<RegionForeseen>,
    /// In detail, as the first office saw it: on the day on which it takes effect, and if that is later, as if it did today. Empty of
    /// an appointment, and of what was proposed before there were details.
    days: Vec<DayForeseen>,
}

/// Lists the proposals that wait in the office's region, with what each would do.
#[utoipa::path(
    get, path = "/api/v1/proposals", operation_id = "listProposals", tag = "offices",
    responses(
        (status = 200, body = Proposals),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not an official", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn list_proposals(State(app): State<App>, caller: Caller) -> Answer<Proposals> {
    let official = official(&app, &caller).await?;
    let book = app.registry().book().await?;
    let here = book.waiting().filter(|(_, proposal)| proposal.region().is_in(official.region));
    let proposals = here.take(MAX_TOLD).map(|(number, proposal)| waiting(number, proposal)).collect();
    Ok(Json(Proposals { proposals }))
}

fn waiting(number: u64, proposal: &Proposal) -> Waiting {
    let (mut ruleset, mut risk, mut appointed, mut share) = (None, None, None, None);
    let (regions, days) = match &proposal.what {
        Proposed::Draft { draft, preview } => {
            match draft {
                Draft::Rules(entry) => ruleset = Some(entry.id.clone()),
                Draft::Risk(of) => risk = Some(of),
            }
            share = Some(preview.share.in_10_000());
            (preview.regions.iter().map(region).collect(), preview.days.iter().map(day).collect())
        }
        Proposed::Appointment { appointment, .. } => {
            appointed = Some(appointment.to_string());
            (Vec::new(), Vec::new())
        }
    };
    Waiting {
        number,
        region: proposal.region().code(),
        ruleset,
        level: risk.map(|risk| risk.level.word()),
        from: risk.map(|risk| risk.from),
        until: risk.and_then(|risk| risk.until),
        appointment: appointed,
        office: proposal.by.office.word(),
        at: proposal.by.at,
        seen: hex(&proposal.seen()),
        share_of_10_000: share,
        regions,
        days,
    }
}
