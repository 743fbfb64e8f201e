//! What the rules mean, in tables: under one rule, these facts, on this day, this status.
//!
//! Each row is `(facts, day, status)`. A day means its end, with all that happened on it; the status is the colour, the
//! codes of the rules that hold in their public order, and the first day with another colour.

mod calendar;
mod clearances;
mod colours;
mod conversions;
mod places;
mod record;
mod streaks;
mod subtle;
mod windows;

use mingma_domain::Ruleset;
use mingma_testkit::build::{parsed, rules, told, toml, world};

/// The rows of a table: facts, when, status.
type Rows<'a> = &'a [(&'a str, &'a str, &'a str)];

#[track_caller]
fn check(ruleset: &Ruleset, rows: Rows<'_>) {
    for (facts, on, status) in rows {
        let said = told(ruleset, &world(facts).status(ruleset, on));
        assert_eq!(&said, status, "{facts} on {on}");
    }
}

/// A ruleset of one red rule `A`.
fn one(when: &str) -> Ruleset {
    rules(&[("A", "red", when)])
}

/// The same in another zone.
fn one_in(zone: &str, when: &str) -> Ruleset {
    parsed(&toml(zone, "", &[("A", "red", when)]))
}

const CLOSE_14: &str = "{ fact = 'contact', value = 'close', within_days = 14 }";
