//! What a draft would do on a day, in detail: what both offices see. Nobody is named.

use mingma_domain::time::Day;
use mingma_registry::sight::{ComingShift, Longest, OnDay, OutcomeShift, ReasonShift, word};
use serde::Serialize;
use utoipa::ToSchema;

/// What a draft would do on a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayForeseen {
    /// The day.
    #[schema(value_type = String, format = "date")]
    on: Day,
    /// How many persons there are.
    persons: u64,
    /// How many would see another status.
    changed: u64,
    /// How many would be worse off: see a stricter status, or be held longer, on that day or on one to come.
    worse: u64,
    /// How many of them would be held longer: not green then, nor shown anything stricter, and it ends later.
    longer: u64,
    /// How many of them would be neither on that day, but see a stricter status on one to come, by what is known now.
    later: u64,
    /// How many would be better off: see a milder status, that not for longer, and on no day to come a stricter one.
    better: u64,
    /// How many would change from what to what; the most first.
    shifts: Vec<StatusShift>,
    /// From when on those would see a stricter status who would not on that day, and from what to what.
    coming: Vec<ComingForeseen>,
    /// On which days those who would be worse off would see a status stricter still, and from what to what: stricter than by the rules in force then, and
    /// than on every earlier day on which they were worse off. They are counted among the worse already, and stand here by each such day.
    stricter_still: Vec<ComingForeseen>,
    /// The reasons that some would gain or lose on that day.
    reasons: Vec<ReasonForeseen>,
    /// The reasons that those would gain or lose who would see a stricter status only on a day to come, each as of the first such day.
    coming_reasons: Vec<ReasonForeseen>,
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

/// How many persons would see a stricter status from a day to come on.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComingForeseen {
    /// That day.
    #[schema(value_type = String, format = "date")]
    on: Day,
    /// What they would see by the rules that will be in force then.
    from: &'static str,
    /// What they would see by the draft.
    to: &'static str,
    /// So many.
    persons: u64,
}

/// A reason that some would gain or lose: a code and what it says. Where several rulesets say the same under a code it is one reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReasonForeseen {
    /// Its code.
    code: String,
    /// The ruleset that says so, of several the first; null in what was proposed before this was told.
    #[schema(required)]
    ruleset: Option<ReasonOf>,
    /// How many would have it who otherwise would not.
    gain: u64,
    /// How many would not have it who otherwise would.
    lose: u64,
}

/// A ruleset, by what no other has.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReasonOf {
    /// Where it is in force.
    region: &'static str,
    /// Its id there.
    id: String,
}

/// For how long somebody would be worse off.
#[derive(Debug, Serialize, ToSchema)]
pub struct LongestForeseen {
    /// From this.
    from: &'static str,
    /// To this.
    to: &'static str,
    /// The first day on which they would see a milder status if nothing new were recorded, or the draft is at its end; null: never by waiting.
    #[schema(value_type = Option<String>, format = "date", required)]
    until: Option<Day>,
    /// If they would only be held longer: the first day on which it is milder by the rules in force; else null.
    #[schema(value_type = Option<String>, format = "date", required)]
    instead_of: Option<Day>,
    /// By which reasons.
    reasons: Vec<String>,
}

/// A day, as it is told.
pub(super) fn day(day: &OnDay) -> DayForeseen {
    let longest = |longest: &Longest| LongestForeseen {
        from: word(longest.from),
        to: word(longest.to),
        until: longest.until,
        instead_of: longest.instead_of,
        reasons: longest.reasons.clone(),
    };
    DayForeseen {
        on: day.on,
        persons: day.persons,
        changed: day.changed(),
        worse: day.worse,
        longer: day.longer,
        later: day.later(),
        better: day.better,
        shifts: day.shifts.iter().map(shift).collect(),
        coming: day.coming.iter().map(coming).collect(),
        stricter_still: day.stricter_still.iter().map(coming).collect(),
        reasons: day.reasons.iter().map(reason).collect(),
        coming_reasons: day.coming_reasons.iter().map(reason).collect(),
        longest: day.longest.iter().map(longest).collect(),
    }
}

const fn coming(coming: &ComingShift) -> ComingForeseen {
    let ComingShift { on, from, to, persons } = *coming;
    ComingForeseen { on, from: word(from), to: word(to), persons }
}

/// How many would see another status.
pub(crate) const fn shift(shift: &OutcomeShift) -> StatusShift {
    StatusShift { from: word(shift.from), to: word(shift.to), persons: shift.persons }
}

/// A reason that some would gain or lose.
pub(crate) fn reason(reason: &ReasonShift) -> ReasonForeseen {
    let ReasonShift { code, of, gain, lose } = reason;
    let ruleset = of.as_ref().map(|(region, id)| ReasonOf { region: region.code(), id: id.clone() });
    ReasonForeseen { code: code.clone(), ruleset, gain: *gain, lose: *lose }
}
