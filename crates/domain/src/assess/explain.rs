//! A status told in full: every reason with its facts, its end and what clears it, and the path to green.

use jiff::Timestamp;
use serde::Serialize;

use crate::fact::Fact;
use crate::region::Region;
use crate::risk::RiskMap;
use crate::ruleset::{Code, Effect, Permit, Ruleset};
use crate::text::Text;
use crate::time::Day;

use super::path::{Paths, path_to_green};
use super::{Outcome, Record, Status};

/// A status and all that explains it; what pages show and what machines read as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation<'a> {
    /// The civil day of assessment.
    pub on: Day,
    /// Under which region's rules.
    pub region: Region,
    /// Under which ruleset of that region.
    pub ruleset: &'a str,
    /// `green`, `yellow`, `red` or `none`.
    pub color: &'static str,
    /// Whether a pop-up blocks showing.
    pub popup: bool,
    /// The first civil day on which that would be different if nothing new were recorded.
    pub until: Option<Day>,
    /// Every rule that holds, in the public order.
    pub reasons: Vec<ExplainedReason<'a>>,
    /// The ways back to green; `None` if the rules give none.
    pub path_to_green: Option<Paths>,
    /// The movement permit that the person may ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permit: Option<PermitOffer<'a>>,
}

/// One rule that holds.
#[derive(Clone, Debug, Serialize)]
pub struct ExplainedReason<'a> {
    /// Its code.
    pub code: &'a Code,
    /// What it does.
    pub color: Effect,
    /// Where the source says so.
    pub article: &'a Text,
    /// Why.
    pub text: &'a Text,
    /// What clears it.
    pub clears: &'a Text,
    /// Since which day.
    pub since: Day,
    /// The first day on which it would no longer hold.
    pub until: Option<Day>,
    /// The facts that make it hold.
    pub facts: Vec<&'a Fact>,
}

/// A movement permit (限时通行) for which the person may ask.
#[derive(Clone, Debug, Serialize)]
pub struct PermitOffer<'a> {
    /// How often while the colour lasts.
    pub times: u8,
    /// The shortest, in hours.
    pub min_hours: u8,
    /// The longest, in hours.
    pub max_hours: u8,
    /// What it is for.
    pub text: &'a Text,
}

/// Tells a status in full. `status` must be that of `record` under `ruleset`, as [`super::assess`] gave it for `now`.
#[must_use]
pub fn explain<'a>(
    ruleset: &'a Ruleset,
    record: &Record<'a>,
    risk: &RiskMap,
    now: Timestamp,
    status: &Status,
) -> Explanation<'a> {
    let reasons = status.reasons().iter().filter_map(|reason| {
        let rule = ruleset.rules.get(reason.rule)?;
        Some(ExplainedReason {
            code: &rule.code,
            color: rule.effect,
            article: &rule.article,
            text: &rule.text,
            clears: &rule.clears,
            since: reason.since,
            until: reason.until,
            facts: reason.facts.iter().filter_map(|index| record.facts.get(*index)).collect(),
        })
    });
    Explanation {
        on: status.on(),
        region: ruleset.region,
        ruleset: &ruleset.id,
        color: status.color_word(),
        popup: status.outcome() == Outcome::Popup,
        until: status.until(),
        reasons: reasons.collect(),
        path_to_green: path_to_green(ruleset, record, risk, now),
        permit: ruleset.permit.as_ref().filter(|p| Some(p.color) == status.color()).map(offer),
    }
}

const fn offer(permit: &Permit) -> PermitOffer<'_> {
    PermitOffer {
        times: permit.times,
        min_hours: permit.min_hours,
        max_hours: permit.max_hours,
        text: &permit.text,
    }
}
