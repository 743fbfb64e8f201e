//! Exploring the states that a person can reach under a ruleset: does every one of them have a way back to green?
//!
//! A *state* is a small set of facts, made from what the rules themselves read: each kind and value, in a region and at
//! a risk that the rule asks for, open and closed, alone and in pairs, on the same day and apart. From each state the
//! search for the path to green is run, with the evaluator that residents get, and with retention switched off: a
//! record's destruction is no way back. The states that a way back passes through (a discharge brings the rule for
//! those discharged) are reached by the search itself.

use smallvec::SmallVec;

use crate::assess::path::Search;
use crate::assess::{Event, Outcome, View};
use crate::fact::{Color, Kind, Value, Word};
use crate::region::Region;
use crate::risk::{Level, RegionRisk, RiskMap};
use crate::ruleset::{Condition, Pattern, Ruleset};
use crate::time::Day;

/// How far apart the two facts of a pair are, in days: at once, on the next day, and after the shortest usual window.
const PAIR_GAPS: [u16; 3] = [0, 1, 7];
/// How long a closed period of a state lasts, in days.
const PERIOD_DAYS: u16 = 3;
/// How long a region keeps a risk level, in days: beyond the longest gap of a pair and the period after it.
const RISK_DAYS: u16 = 10;
/// The most states that are made from one rule's own condition: a rule with three lists of four words has 64.
const MAX_WITNESSES: usize = 64;

/// The facts of a state.
type Facts = SmallVec<[Event; 2]>;

/// A state of a person, to be named in a refusal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct State {
    facts: Facts,
}

impl State {
    /// The state in words: `contact close, then after 7 days isolation central (open)`.
    pub(crate) fn describe(&self) -> String {
        if self.facts.is_empty() {
            return "no facts".to_owned();
        }
        let former = std::iter::once(None).chain(self.facts.iter().map(Some));
        former.zip(&self.facts).map(|(former, fact)| describe(former, fact)).collect()
    }
}

fn describe(former: Option<&Event>, fact: &Event) -> String {
    let after = match former.map(|former| fact.day.days_since(former.day)) {
        None => String::new(),
        Some(0) => " and on the same day ".to_owned(),
        Some(gap) => format!(", then after {gap} days "),
    };
    let region = fact.region.map_or(String::new(), |region| format!(" in {region}"));
    let open = if fact.open { " (open)" } else { "" };
    format!("{after}`{} {}`{region}{open}", fact.value.kind(), fact.value)
}

/// A state without a way back.
pub(crate) struct Stuck {
    pub(crate) state: State,
    /// The rules that hold for ever if nothing is done.
    pub(crate) rules: Vec<usize>,
    /// The rules that hold for ever after the longest attempt to get away.
    pub(crate) at_last: Vec<usize>,
}

/// What exploring a ruleset has found.
pub(crate) struct Exploration {
    /// For each rule, whether it held in any state.
    pub(crate) held: Vec<bool>,
    /// The states without a way back; at most one for each set of rules.
    pub(crate) stuck: Vec<Stuck>,
    /// How many states were tried.
    pub(crate) states: usize,
}

/// Explores the states of a ruleset.
pub(crate) fn explore(ruleset: &Ruleset) -> Exploration {
    let risk = risk_of(ruleset);
    let day = ruleset.effect;
    let facts = templates(ruleset, &risk, day);
    let mut found = Exploration { held: vec![false; ruleset.rules.len()], stuck: Vec::new(), states: 0 };
    let mut states: Vec<State> =
        facts.iter().map(|fact| State { facts: SmallVec::from_slice(&[*fact]) }).collect();
    for (first, second, gap) in pairs(&facts) {
        states.push(State { facts: SmallVec::from_slice(&[*first, shifted(second, gap)]) });
    }
    for rule in &ruleset.rules {
        states.extend(witnesses(&rule.when, ruleset, &risk).into_iter().map(|facts| State { facts }));
    }
    states.push(State { facts: SmallVec::new() });
    // Every fact has a number of its own, by which the evaluator tells it from the others.
    for state in &mut states {
        for (fact, index) in state.facts.iter_mut().zip(0..) {
            fact.index = index;
        }
    }
    for state in &states {
        visit(ruleset, &risk, state, &mut found);
    }
    found
}

fn pairs(facts: &[Event]) -> impl Iterator<Item = (&Event, &Event, u16)> {
    facts.iter().flat_map(move |first| {
        facts.iter().flat_map(move |second| PAIR_GAPS.iter().map(move |gap| (first, second, *gap)))
    })
}

/// Looks for a way back from every day on which the state's code turns to something else than green: a rule that begins
/// weeks after the facts is a trap too.
fn visit(ruleset: &Ruleset, risk: &RiskMap, state: &State, found: &mut Exploration) {
    found.states += 1;
    note_held(ruleset, risk, &state.facts, found);
    let view = View::of(&state.facts, risk, &ruleset.rules, false);
    let mut day = state.facts.iter().map(|e| e.day).max().unwrap_or(ruleset.effect);
    while day < Day::NEVER {
        let (outcome, until) = view.outcome(ruleset, day);
        if outcome != Outcome::Code(Color::Green) {
            visit_on(ruleset, risk, state, day, found);
        }
        day = until;
    }
}

fn visit_on(ruleset: &Ruleset, risk: &RiskMap, state: &State, today: Day, found: &mut Exploration) {
    let now = ruleset.zone.start_of(today);
    let search = Search { ruleset, risk, base: &state.facts, now, today, retention: false };
    let Some(blockers) = search.stuck_by() else { return };
    let known = |rules: &[usize]| rules.iter().all(|rule| blockers.contains(rule));
    if found.stuck.iter().any(|stuck| known(&stuck.rules)) {
        return;
    }
    match search.way_back() {
        // A rule that follows another one holds only on the way back from that one.
        Ok(events) => note_held(ruleset, risk, &events, found),
        Err(at_last) => found.stuck.push(Stuck { state: state.clone(), rules: blockers, at_last }),
    }
}

/// Notes which rules hold on some day of these facts.
fn note_held(ruleset: &Ruleset, risk: &RiskMap, facts: &[Event], found: &mut Exploration) {
    let view = View::of(facts, risk, &ruleset.rules, false);
    for (rule, held) in ruleset.rules.iter().zip(&mut found.held) {
        let from = ruleset.effect;
        *held = *held || view.truth(&rule.when, from).holds || view.changes(&rule.when, from).is_some();
    }
}

/// States in which a condition has all the facts that it asks for, on one day.
fn witnesses(condition: &Condition, ruleset: &Ruleset, risk: &RiskMap) -> Vec<Facts> {
    let of_pattern = |pattern: &Pattern| -> Vec<Facts> {
        let facts =
            pattern.words.iter().flat_map(|word| facts_of(pattern, word, ruleset, risk, ruleset.effect));
        facts.map(|fact| SmallVec::from_slice(&[fact])).collect()
    };
    let mut states = match condition {
        Condition::Fact(c) => of_pattern(&c.pattern),
        Condition::Lapse(c) => of_pattern(&c.pattern),
        Condition::Follows(c) => {
            ruleset.rules.get(c.rule).map_or_else(Vec::new, |rule| witnesses(&rule.when, ruleset, risk))
        }
        Condition::Any(parts) => parts.iter().flat_map(|part| witnesses(part, ruleset, risk)).collect(),
        Condition::All(parts) => parts.iter().fold(vec![Facts::new()], |states, part| {
            let of_part = witnesses(part, ruleset, risk);
            let join = |state: &Facts| {
                let state = state.clone();
                of_part
                    .iter()
                    .map(move |facts| state.iter().chain(facts).copied().collect())
                    .collect::<Vec<Facts>>()
            };
            states.iter().flat_map(join).take(MAX_WITNESSES).collect()
        }),
        Condition::Not(_) => vec![Facts::new()],
    };
    states.truncate(MAX_WITNESSES);
    states
}

/// One fact for each thing that the ruleset's patterns can mean.
fn templates(ruleset: &Ruleset, risk: &RiskMap, day: Day) -> Vec<Event> {
    let mut facts: Vec<Event> = Vec::new();
    let mut add = |fact: Event| {
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    };
    let conditions = ruleset.rules.iter().map(|rule| &rule.when).chain(&ruleset.issued_when);
    for condition in conditions {
        condition.each_pattern(&mut |pattern| {
            for word in pattern.words.iter() {
                for fact in facts_of(pattern, word, ruleset, risk, day) {
                    add(fact);
                }
            }
        });
    }
    facts
}

fn facts_of(pattern: &Pattern, word: Word, ruleset: &Ruleset, risk: &RiskMap, day: Day) -> Vec<Event> {
    let kind = word.kind();
    let Some(value) = value_of(pattern, word) else { return Vec::new() };
    let region = kind.spec().region.then(|| region_of(pattern, ruleset, risk, day));
    let event = |last: Day, open: bool| Event {
        index: 0,
        value,
        day,
        last,
        open,
        timed: false,
        instant: ruleset.zone.start_of(day),
        region,
    };
    match kind {
        Kind::Isolation | Kind::ForeignStatus => vec![event(day.plus(PERIOD_DAYS), false), event(day, true)],
        Kind::Screening => vec![event(day.plus(PERIOD_DAYS), false)],
        Kind::Diagnosis
        | Kind::Discharge
        | Kind::Contact
        | Kind::Release
        | Kind::Test
        | Kind::Stay
        | Kind::Entry
        | Kind::Symptom
        | Kind::Checkin
        | Kind::Vaccination => vec![event(day, false)],
    }
}

/// The value of a word; of an entry, from a country that the pattern allows.
fn value_of(pattern: &Pattern, word: Word) -> Option<Value> {
    if word.kind() == Kind::Entry {
        let mut all = crate::region::Country::all().filter(|c| !pattern.not_countries.contains(c));
        return pattern.countries.first().copied().or_else(|| all.next()).map(Value::Entry);
    }
    Value::any_of(word, pattern.min_dose.max(1))
}

/// A region that the pattern allows: one that it names, one at the risk that it asks for, else one outside those that
/// it leaves out.
fn region_of(pattern: &Pattern, ruleset: &Ruleset, risk: &RiskMap, day: Day) -> Region {
    let allowed = |region: &Region| {
        let within = |all: &[Region]| all.iter().any(|outer| region.is_in(*outer));
        let at_risk =
            |levels: crate::risk::LevelSet| risk.level(*region, day).is_some_and(|l| levels.contains(l));
        (pattern.regions.is_empty() || within(&pattern.regions))
            && !within(&pattern.not_regions)
            && pattern.risk.is_none_or(at_risk)
    };
    let named = pattern.regions.iter().copied().find(allowed);
    named.or_else(|| Region::all().find(allowed)).unwrap_or(ruleset.region)
}

/// Risk levels for exploring: within every region that a pattern names, and outside all of them, some regions at each
/// level for a few days.
fn risk_of(ruleset: &Ruleset) -> RiskMap {
    let mut acts: Vec<RegionRisk> = Vec::new();
    let mut taken: Vec<Region> = Vec::new();
    for condition in ruleset.rules.iter().map(|rule| &rule.when).chain(&ruleset.issued_when) {
        condition.each_pattern(&mut |pattern| {
            for level in pattern.risk.iter().flat_map(|levels| levels.iter()) {
                acts.extend(act_for(pattern, level, ruleset.effect, &acts, &mut taken));
            }
        });
    }
    RiskMap::new(&acts)
}

fn act_for(
    pattern: &Pattern,
    level: Level,
    day: Day,
    acts: &[RegionRisk],
    taken: &mut Vec<Region>,
) -> Option<RegionRisk> {
    let within = |region: &Region, all: &[Region]| all.iter().any(|outer| region.is_in(*outer));
    let fits = |region: &Region| {
        (pattern.regions.is_empty() || within(region, &pattern.regions))
            && !within(region, &pattern.not_regions)
    };
    if acts.iter().any(|act| act.level == level && fits(&act.region)) {
        return None;
    }
    // A county, so that it neither covers nor lies within another one that was taken.
    let region =
        Region::all().find(|r| fits(r) && r.level() == crate::region::Level::County && !taken.contains(r))?;
    taken.push(region);
    Some(RegionRisk { region, level, from: day, until: Some(day.plus(RISK_DAYS)) })
}

fn shifted(fact: &Event, days: u16) -> Event {
    Event {
        day: fact.day.plus(days),
        last: fact.last.plus(days),
        instant: fact.instant + i64::from(days) * 86_400,
        ..*fact
    }
}
