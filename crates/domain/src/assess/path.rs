//! The path to green: which further facts would end every rule that holds, and on which day the code is green.
//!
//! Nothing here knows what a rule means. The search proposes steps from what a rule says may clear it, adds them to
//! the person's events as if they had happened, and asks the evaluator itself when the code would be green. So a
//! path cannot promise what an assessment would not keep.

mod plan;
mod search;

use jiff::Timestamp;
use serde::Serialize;

use crate::fact::{IssuerClass, Kind, Value};
use crate::region::Region;
use crate::risk::RiskMap;
use crate::ruleset::Ruleset;
use crate::time::{Day, Zone};

use super::Record;
use super::event::{Event, events};

pub(crate) use search::Search;

/// The ways back to green: the one that asks for least, and the fastest where that is another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Paths {
    /// The one with the fewest further facts, those first that the person can bring about; of equals the fastest.
    pub smallest: Path,
    /// The fastest, if it is faster than that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fastest: Option<Path>,
}

/// One way to green. Waiting is not a step: what is left when the steps are taken is to wait for `green_on`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Path {
    /// The first civil day on which the code is green.
    pub green_on: Day,
    /// The further facts, in the order of their days.
    pub steps: Vec<Step>,
}

/// One further fact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Step {
    /// The earliest civil day on which it helps.
    pub on: Day,
    /// Its kind.
    pub kind: Kind,
    /// Its value.
    pub value: Value,
    /// Where, for the kinds that name a region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// Who records it.
    pub by: &'static [IssuerClass],
    /// Not before this instant on that day, in seconds since 1970; only tests have one.
    #[serde(skip)]
    not_before: Option<i64>,
}

impl Step {
    fn new(value: Value, on: Day, region: Option<Region>, not_before: Option<i64>) -> Self {
        Self { on, kind: value.kind(), value, region, by: value.kind().spec().issuers, not_before }
    }

    /// Whether the person can bring it about: a test or a check-in. The others are an office's to record.
    #[must_use]
    pub const fn is_own(&self) -> bool {
        matches!(self.kind, Kind::Test | Kind::Checkin)
    }

    /// Not before this instant, where the hours between two tests matter.
    #[must_use]
    pub fn not_before(&self) -> Option<Timestamp> {
        self.not_before.and_then(|seconds| Timestamp::from_second(seconds).ok())
    }

    fn event(&self, index: u32, zone: &Zone) -> Event {
        Event {
            index,
            value: self.value,
            day: self.on,
            last: self.on,
            open: self.kind.is_open_period(),
            timed: self.not_before.is_some(),
            instant: self.not_before.unwrap_or_else(|| zone.start_of(self.on)),
            region: self.region,
        }
    }
}

/// The ways back to green; `None` if the rules give none.
///
/// A person whose code is green has an empty path that ends today. To wait until a record is destroyed is named as a way
/// only where the rules know no other.
#[must_use]
pub fn path_to_green(
    ruleset: &Ruleset,
    record: &Record<'_>,
    risk: &RiskMap,
    now: Timestamp,
) -> Option<Paths> {
    let today = ruleset.zone.day_of(now);
    let events = events(record, &ruleset.zone, today);
    let kept = Search { ruleset, risk, base: &events, now: now.as_second(), today, retention: true };
    let by_rules = Search { retention: false, ..kept };
    by_rules.run(false).ok().filter(|paths| kept.confirms(paths)).or_else(|| kept.run(false).ok())
}
