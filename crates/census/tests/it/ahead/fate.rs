//! What becomes of somebody by a draft, in the words of the rule, asked of the statuses by both laws day by day.

use std::collections::BTreeSet;

use mingma_census::job::severity;
use mingma_domain::assess::{Outcome, Status};
use mingma_domain::fact::Color;
use mingma_domain::{Day, Ruleset};

/// For how many days to come they are stepped through: longer than any fact of a world lies ahead, lasts and is kept.
const DAYS: u16 = 500;

/// A day to come on which somebody is worse off than on any before: what they are shown instead of what.
pub(super) type Step = (Day, Option<Outcome>, Option<Outcome>);

/// What becomes of somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Becomes {
    Stricter,
    Longer,
    /// Stricter on a day to come.
    Later(Step),
    Milder,
    Same,
}

/// What somebody is shown on a day, and by which rules; none where none are in force.
pub(super) type Shown<'a> = Option<(Status, &'a Ruleset)>;
/// The same by two laws.
pub(super) type OnDay<'a> = &'a dyn Fn(Day) -> [Shown<'a>; 2];

/// What somebody is told, a code and its text, by two laws.
pub(super) type Reasons = [BTreeSet<Told>; 2];
pub(super) type Told = (String, String);

/// What becomes of somebody, and why.
pub(super) struct Fate {
    pub(super) becomes: Becomes,
    /// Whether they are shown something else at once, or for longer: by these reasons.
    pub(super) at_once: Option<Reasons>,
    /// If they are worse off on a day to come, by these reasons.
    pub(super) then: Option<Reasons>,
    /// The days on which whoever was worse off before is so even more.
    pub(super) still: Vec<Step>,
    /// If they are worse off at once: when it is milder by the draft, and if they are only held longer, when it is by the rules in force before that.
    pub(super) waits: Option<[Option<Day>; 2]>,
}

fn outcome(shown: &Shown<'_>) -> Option<Outcome> {
    shown.as_ref().map(|(status, _)| status.outcome())
}

fn strictness(shown: &Shown<'_>) -> u8 {
    outcome(shown).map_or(0, severity)
}

/// In the words of the rule: worse is a stricter outcome on any day, or what is not green for longer.
pub(super) fn fate(on: Day, by: OnDay<'_>) -> Fate {
    let told = |rules: &Ruleset, rule: usize| {
        let rule = &rules.rules[rule];
        (rule.code.to_string(), rule.text.en.clone())
    };
    let reasons = |(status, rules): &(Status, &Ruleset)| -> BTreeSet<Told> {
        status.reasons().iter().map(|reason| told(rules, reason.rule)).collect()
    };
    let why = |shown: &[Shown<'_>; 2]| [0, 1].map(|law| shown[law].as_ref().map(reasons).unwrap_or_default());
    let shown = by(on);
    let at_once = worse_at_once(&shown);
    let mut still = steps(on, at_once.map_or(0, |_| strictness(&shown[1])), by);
    let is_another = outcome(&shown[0]) != outcome(&shown[1]);
    let becomes = match at_once {
        Some(at_once) => at_once,
        None if !still.is_empty() => Becomes::Later(still.remove(0)),
        None if is_another => Becomes::Milder,
        None => Becomes::Same,
    };
    let changes = is_another || becomes == Becomes::Longer;
    let then = if let Becomes::Later((day, ..)) = becomes { Some(why(&by(day))) } else { None };
    let waits = at_once.map(|at_once| waits(on, at_once, by));
    Fate { becomes, at_once: changes.then(|| why(&shown)), then, still, waits }
}

fn worse_at_once([before, after]: &[Shown<'_>; 2]) -> Option<Becomes> {
    let (was, is) = (strictness(before), strictness(after));
    let until = |shown: &Shown<'_>| shown.as_ref().and_then(|(status, _)| status.until());
    let end = |shown: &Shown<'_>| until(shown).unwrap_or(Day::LAST);
    let is_held = was > 0 && is > 0 && until(before).is_some() && end(after) > end(before);
    if is > was { Some(Becomes::Stricter) } else { is_held.then_some(Becomes::Longer) }
}

/// The days to come on which something stricter is shown than by the rules in force then, and than on any day of which this was told before.
fn steps(on: Day, mut strictest: u8, by: OnDay<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    for day in (1..=DAYS).map(|days| on.plus(days)) {
        if strictest == severity(Outcome::Code(Color::Red)) {
            break;
        }
        let [before, after] = by(day);
        if strictness(&after) > strictness(&before).max(strictest) {
            strictest = strictness(&after);
            steps.push((day, outcome(&before), outcome(&after)));
        }
    }
    steps
}

/// Until when the draft shows nothing milder than on the first day, and until when the rules in force.
fn waits(on: Day, at_once: Becomes, by: OnDay<'_>) -> [Option<Day>; 2] {
    let first = by(on);
    let milder = |law: usize, before: Option<Day>| {
        let mut days =
            (1..=DAYS).map(|days| on.plus(days)).take_while(|day| before.is_none_or(|end| *day < end));
        days.find(|day| strictness(&by(*day)[law]) < strictness(&first[law]))
    };
    let until = milder(1, None);
    [until, if at_once == Becomes::Longer { milder(0, until) } else { None }]
}
