//! Random rulesets, as the text that an official would write: every operator of the language, nested.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::build::toml;

/// Regions that lie in each other, beside each other and abroad.
pub(super) const REGIONS: &[&str] = &["410105", "410100", "410000", "450300", "CN", "DE"];

/// A ruleset before its codes are given.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    rules: Vec<(&'static str, When)>,
    issued_when: Option<When>,
}

/// A condition whose `follows` does not yet name its rule.
#[derive(Clone, Debug)]
enum When {
    /// `fact` and `lapse`: complete as they stand.
    Fact(String),
    Lapse(String),
    /// Which of the rules before it, and the rest of the table; another condition if there is no such rule.
    Follows(Index, String, String),
    Any(Vec<When>),
    All(Vec<When>),
    Not(Box<When>),
}

impl When {
    /// Whether it may be followed, and so be named by a `follows`.
    fn can_be_followed(&self) -> bool {
        match self {
            Self::Fact(_) | Self::Follows(..) => true,
            Self::Any(parts) => parts.iter().all(Self::can_be_followed),
            Self::Lapse(_) | Self::All(_) | Self::Not(_) => false,
        }
    }

    fn toml(&self, earlier: &[String]) -> String {
        let list =
            |parts: &[Self]| parts.iter().map(|part| part.toml(earlier)).collect::<Vec<_>>().join(", ");
        match self {
            Self::Fact(text) | Self::Lapse(text) => format!("{{ {text} }}"),
            Self::Follows(_, _, instead) if earlier.is_empty() => format!("{{ {instead} }}"),
            Self::Follows(which, rest, _) => format!("{{ follows = '{}'{rest} }}", which.get(earlier)),
            Self::Any(parts) => format!("{{ any = [ {} ] }}", list(parts)),
            Self::All(parts) => format!("{{ all = [ {} ] }}", list(parts)),
            Self::Not(part) => format!("{{ not = {} }}", part.toml(earlier)),
        }
    }
}

impl Draft {
    pub(super) fn toml(&self, zone: &str) -> String {
        let mut earlier = Vec::new();
        let mut rules = Vec::new();
        for (index, (color, when)) in self.rules.iter().enumerate() {
            let code = format!("R{index}");
            rules.push((code.clone(), *color, when.toml(&earlier)));
            if when.can_be_followed() {
                earlier.push(code);
            }
        }
        // A table in the head cannot be inline: its one key is lifted out of the braces.
        let issued = self.issued_when.as_ref().map(|when| when.toml(&earlier));
        let issued = issued.map_or(String::new(), |text| format!("[issued_when]\nany = [ {text} ]\n"));
        let rules: Vec<_> =
            rules.iter().map(|(code, color, when)| (code.as_str(), *color, when.as_str())).collect();
        toml(zone, &issued, &rules)
    }
}

/// Rulesets of one to `most` rules with everything that the language has.
pub(super) fn texts(most: usize) -> impl Strategy<Value = Draft> {
    let color = select(vec!["red", "red", "yellow", "yellow", "popup"]);
    let rules = prop::collection::vec((color, when()), 1..=most);
    (rules, prop::option::weighted(0.1, when())).prop_map(|(rules, issued_when)| Draft { rules, issued_when })
}

/// Rulesets of one to `most` rules without nesting.
pub(super) fn plain_texts(most: usize) -> impl Strategy<Value = Draft> {
    let color = select(vec!["red", "yellow"]);
    let when = prop_oneof![
        6 => fact().prop_map(When::Fact),
        1 => lapse().prop_map(When::Lapse),
        2 => follows(),
        1 => fact().prop_map(|text| When::Not(Box::new(When::Fact(text)))),
    ];
    prop::collection::vec((color, when), 1..=most).prop_map(|rules| Draft { rules, issued_when: None })
}

fn when() -> impl Strategy<Value = When> {
    let leaf = prop_oneof![
        6 => fact().prop_map(When::Fact),
        1 => lapse().prop_map(When::Lapse),
        2 => follows(),
    ];
    let nested = leaf.clone().prop_recursive(2, 6, 3, |inner| {
        let not = |part| When::Not(Box::new(part));
        // A negation stands beside something else: alone it is nearly always true, and hides all other rules.
        prop_oneof![
            4 => prop::collection::vec(inner.clone(), 1..=3).prop_map(When::Any),
            2 => prop::collection::vec(inner.clone(), 1..=2).prop_map(When::All),
            3 => (inner.clone(), inner).prop_map(move |(part, other)| When::All(vec![part, not(other)])),
        ]
    });
    let negated = fact().prop_map(|text| When::Not(Box::new(When::Fact(text))));
    prop_oneof![20 => leaf, 16 => nested, 1 => negated]
}

/// `, key = N`, or nothing.
fn number(
    key: &'static str,
    chance: f64,
    range: std::ops::RangeInclusive<u16>,
) -> impl Strategy<Value = String> {
    prop::option::weighted(chance, range)
        .prop_map(move |n| n.map_or(String::new(), |n| format!(", {key} = {n}")))
}

fn fact() -> impl Strategy<Value = String> {
    let starts =
        prop_oneof![4 => Just(""), 1 => Just(", starts = 'after-end'"), 1 => Just(", starts = 'at'")];
    let unless = prop::option::weighted(0.15, cure("fact"))
        .prop_map(|p| p.map_or(String::new(), |p| format!(", unless_during = {{ {p} }}")));
    (
        cause("fact"),
        starts,
        number("from_days", 0.2, 0..=5),
        number("within_days", 0.5, 0..=21),
        unless,
        cleared_by(),
    )
        .prop_map(|(pattern, starts, from, within, unless, cleared)| {
            format!("{pattern}{starts}{from}{within}{unless}{cleared}")
        })
}

fn lapse() -> impl Strategy<Value = String> {
    (prop_oneof![cause("lapse"), cure("lapse")], 0_u16..15)
        .prop_map(|(pattern, days)| format!("{pattern}, within_days = {days}"))
}

fn follows() -> impl Strategy<Value = When> {
    let rest = (number("for_days", 0.7, 1..=10), cleared_by())
        .prop_map(|(days, cleared)| format!("{days}{cleared}"));
    (any::<Index>(), rest, fact()).prop_map(|(which, rest, instead)| When::Follows(which, rest, instead))
}

fn cleared_by() -> impl Strategy<Value = String> {
    prop::collection::vec(clearance(), 0..=2).prop_map(|all| {
        if all.is_empty() { String::new() } else { format!(", cleared_by = [ {} ]", all.join(", ")) }
    })
}

fn clearance() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        2 => (1_u16..=15).prop_map(|days| format!("{{ after_days = {days} }}")),
        3 => (cure("fact"), any::<bool>(), number("after_days", 0.4, 0..=5)).prop_map(|(pattern, same, after)| {
            let has_region = ["'stay'", "'entry'", "'foreign-status'"].iter().any(|kind| pattern.contains(kind));
            let same = if same && has_region { ", same_region = true" } else { "" };
            format!("{{ {pattern}{same}{after} }}")
        }),
        4 => (1..=3, select(vec!["", ", apart_hours = 0", ", apart_hours = 24", ", apart_hours = 24", ", apart_hours = 48"]),
              number("from_day", 0.4, 0..=7)).prop_map(|(n, apart, from)| format!("{{ negatives = {n}{apart}{from} }}")),
        3 => (1..=5, number("from_day", 0.4, 0..=7)).prop_map(|(n, from)| format!("{{ checkins = {n}{from} }}")),
    ];
    leaf.prop_recursive(1, 3, 2, |inner| {
        prop::collection::vec(inner, 1..=2).prop_map(|all| format!("{{ all = [ {} ] }}", all.join(", ")))
    })
}

/// What makes a rule hold, above all; each pattern with its weight.
const CAUSES: &[(u32, &str)] = &[
    (14, "'contact', value = ['close', 'secondary']"),
    (6, "'contact'"),
    (8, "'isolation'"),
    (5, "'isolation', value = 'central'"),
    (6, "'diagnosis', value = ['confirmed', 'suspected']"),
    (4, "'test', value = ['positive', 'pooled-positive']"),
    (5, "'screening'"),
    (3, "'foreign-status', value = 'red'"),
    (6, "'stay', region = '410000'"),
    (4, "'stay', risk = 'high'"),
    (4, "'stay', risk = ['medium', 'high']"),
];

/// What ends one, above all.
const CURES: &[(u32, &str)] = &[
    (8, "'release'"),
    (5, "'test', value = 'negative'"),
    (4, "'discharge'"),
    (3, "'checkin', value = 'well'"),
    (3, "'foreign-status', value = 'green'"),
];

/// What either could ask for as well.
const OTHERS: &[(u32, &str)] = &[
    (1, "'test'"),
    (1, "'symptom'"),
    (1, "'checkin', value = 'unwell'"),
    (1, "'vaccination'"),
    (1, "'vaccination', min_dose = 2"),
    (1, "'entry'"),
    (1, "'entry', country = 'JP'"),
    (1, "'entry', not_country = ['JP', 'US'], region = 'CN'"),
    (1, "'foreign-status', value = ['red', 'yellow'], not_region = '410000'"),
    (1, "'foreign-status', region = 'CN'"),
    (1, "'stay'"),
    (1, "'stay', value = ['declared', 'ticket']"),
    (1, "'stay', not_region = '410100'"),
    (1, "'stay', risk = ['low', 'lockdown'], region = 'CN'"),
];

fn one_of(lists: [&[(u32, &'static str)]; 3]) -> impl Strategy<Value = &'static str> {
    select(lists.concat().into_iter().flat_map(|(n, text)| vec![text; n as usize]).collect::<Vec<_>>())
}

/// A pattern, `key` naming its kind, of what is likely to make a rule hold.
fn cause(key: &'static str) -> impl Strategy<Value = String> {
    one_of([CAUSES, OTHERS, &[]]).prop_map(move |text| format!("{key} = {text}"))
}

/// A pattern of what is likely to end one.
fn cure(key: &'static str) -> impl Strategy<Value = String> {
    one_of([CURES, CURES, CAUSES]).prop_map(move |text| format!("{key} = {text}"))
}
