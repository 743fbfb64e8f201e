//! What becomes of somebody by a draft, in the words of the rule, asked of the statuses by both laws day by day.

use std::collections::BTreeSet;

use mingma_census::job::severity;
use mingma_domain::assess::{Outcome, Status};
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

/// How strict an outcome is; nothing is where no rules are in force.
fn strict(outcome: Option<Outcome>) -> u8 {
    outcome.map_or(0, severity)
}

/// What is shown on a day to come, by both laws.
type ToCome = (Day, [Option<Outcome>; 2]);

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
    let outcomes = |shown: &[Shown<'_>; 2]| [0, 1].map(|law| Some(shown[law].as_ref()?.0.outcome()));
    let first = by(on);
    let shown = outcomes(&first);
    let to_come: Vec<ToCome> =
        (1..=DAYS).map(|days| on.plus(days)).map(|day| (day, outcomes(&by(day)))).collect();
    let at_once = worse_at_once(&first, shown.map(strict));
    let mut still = steps(at_once.map_or(0, |_| strict(shown[1])), &to_come);
    let is_another = shown[0] != shown[1];
    let becomes = match at_once {
        Some(at_once) => at_once,
        None if !still.is_empty() => Becomes::Later(still.remove(0)),
        None if is_another => Becomes::Milder,
        None => Becomes::Same,
    };
    let changes = is_another || becomes == Becomes::Longer;
    let then = if let Becomes::Later((day, ..)) = becomes { Some(why(&by(day))) } else { None };
    let waits = at_once.map(|at_once| waits(at_once, shown.map(strict), &to_come));
    Fate { becomes, at_once: changes.then(|| why(&first)), then, still, waits }
}

fn worse_at_once([before, after]: &[Shown<'_>; 2], [was, is]: [u8; 2]) -> Option<Becomes> {
    let until = |shown: &Shown<'_>| shown.as_ref().and_then(|(status, _)| status.until());
    let end = |shown: &Shown<'_>| until(shown).unwrap_or(Day::LAST);
    let is_held = was > 0 && is > 0 && until(before).is_some() && end(after) > end(before);
    if is > was { Some(Becomes::Stricter) } else { is_held.then_some(Becomes::Longer) }
}

/// The days to come on which something stricter is shown than by the rules in force then, and than on any day of which this was told before.
fn steps(mut strictest: u8, to_come: &[ToCome]) -> Vec<Step> {
    let mut steps = Vec::new();
    for (day, [before, after]) in to_come {
        if strict(*after) > strict(*before).max(strictest) {
            strictest = strict(*after);
            steps.push((*day, *before, *after));
        }
    }
    steps
}

/// Until when the draft shows nothing milder than on the first day, and of whoever is only held longer until when the rules in force, if that comes before.
fn waits(at_once: Becomes, first: [u8; 2], to_come: &[ToCome]) -> [Option<Day>; 2] {
    let milder =
        |law: usize| to_come.iter().find(|(_, shown)| strict(shown[law]) < first[law]).map(|(day, _)| *day);
    let until = milder(1);
    let is_before = |day: &Day| at_once == Becomes::Longer && until.is_none_or(|until| *day < until);
    [until, milder(0).filter(is_before)]
}
