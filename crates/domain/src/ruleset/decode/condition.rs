//! Conditions, patterns and clearances from their tables.

use super::super::{Clearance, Condition, FactCondition, Follows, Lapse, Pattern, Rule, Starts};
use super::table::{Table, Word};
use crate::fact::{Kind, Value, WordSet};
use crate::time::shorten;
use crate::words::nearest;

/// How deep conditions and clearances may be nested: the published rules need three.
const MAX_DEPTH: usize = 8;
/// The largest number of days or hours that a rule may name: a year, twice the longest retention.
const MAX_DAYS: i64 = 365;

const CONDITIONS: [&str; 6] = ["fact", "lapse", "follows", "any", "all", "not"];
const CLEARANCES: [&str; 5] = ["fact", "negatives", "checkins", "after_days", "all"];

/// The condition of a table: exactly one of [`CONDITIONS`] says of which sort it is.
pub(super) fn condition(table: Table<'_, '_>, earlier: &[Rule], depth: usize) -> Option<Condition> {
    if depth > MAX_DEPTH {
        table.wrong(&table.span, format!("conditions are nested more than {MAX_DEPTH} deep"));
        return None;
    }
    let several = |tables: Vec<Table<'_, '_>>| -> Vec<Condition> {
        tables.into_iter().filter_map(|t| condition(t, earlier, depth + 1)).collect()
    };
    let read = match sort_of(&table, &CONDITIONS, "a condition")? {
        "lapse" => {
            let pattern = pattern(&table, "lapse");
            let within_days = table.required_number("within_days", 0..=MAX_DAYS);
            pattern
                .zip(within_days)
                .map(|(pattern, within_days)| Condition::Lapse(Lapse { pattern, within_days }))
        }
        "follows" => follows(&table, earlier).map(Condition::Follows),
        "any" => Some(Condition::Any(several(table.tables("any")))),
        "all" => Some(Condition::All(several(table.tables("all")))),
        "not" => table
            .table("not")
            .and_then(|t| condition(t, earlier, depth + 1))
            .map(|c| Condition::Not(Box::new(c))),
        _ => fact(&table).map(Condition::Fact),
    };
    if let Some(Condition::Any(parts) | Condition::All(parts)) = &read
        && parts.is_empty()
    {
        table.wrong(&table.span, "an empty list of conditions: name at least one");
    }
    table.finish();
    read
}

fn fact(table: &Table<'_, '_>) -> Option<FactCondition> {
    let pattern = pattern(table, "fact");
    let starts = match table.optional_word("starts") {
        None => Starts::At,
        Some(word) if word.text == "at" => Starts::At,
        Some(word) if word.text == "after-end" => Starts::AfterEnd,
        Some(word) => {
            table.wrong(
                &word.span,
                format!("`{}` is no start: write `at` or `after-end`", shorten(word.text)),
            );
            Starts::At
        }
    };
    let unless_during = table.optional_table("unless_during").and_then(|t| {
        let pattern = self::pattern(&t, "fact");
        t.finish();
        pattern
    });
    Some(FactCondition {
        from_days: table.number("from_days", 0..=MAX_DAYS).unwrap_or(0),
        within_days: table.number("within_days", 0..=MAX_DAYS),
        cleared_by: clearances(table, 0),
        pattern: pattern?,
        starts,
        unless_during,
    })
}

fn follows(table: &Table<'_, '_>, earlier: &[Rule]) -> Option<Follows> {
    let word = table.word("follows")?;
    let rule = earlier.iter().position(|rule| rule.code.as_str() == word.text);
    match rule.and_then(|at| earlier.get(at)) {
        None => {
            let near = nearest(word.text, earlier.iter().map(|rule| rule.code.as_str()));
            let help = near.map_or_else(
                || "name a rule that stands before this one".to_owned(),
                |n| format!("did you mean `{n}`?"),
            );
            table.wrong(&word.span, format!("there is no earlier rule `{}`: {help}", shorten(word.text)));
        }
        Some(rule) if !has_runs(&rule.when) => {
            table.wrong(&word.span, format!("`{}` cannot be followed: only rules made of `fact`, `follows` and `any` end at a known day", rule.code));
        }
        Some(_) => {}
    }
    let for_days = table.number("for_days", 1..=MAX_DAYS);
    let cleared_by = clearances(table, 0);
    Some(Follows { rule: rule?, for_days, cleared_by })
}

/// Whether a condition is a union of runs of days, so that «when it ended» has a meaning for each of its facts.
fn has_runs(condition: &Condition) -> bool {
    match condition {
        Condition::Fact(_) | Condition::Follows(_) => true,
        Condition::Any(parts) => parts.iter().all(has_runs),
        Condition::Lapse(_) | Condition::All(_) | Condition::Not(_) => false,
    }
}

fn clearances(table: &Table<'_, '_>, depth: usize) -> Vec<Clearance> {
    table.tables("cleared_by").into_iter().filter_map(|t| clearance(t, depth)).collect()
}

fn clearance(table: Table<'_, '_>, depth: usize) -> Option<Clearance> {
    if depth > MAX_DEPTH {
        table.wrong(&table.span, format!("clearances are nested more than {MAX_DEPTH} deep"));
        return None;
    }
    // `after_days` may also stand beside `fact`, where it delays the clearance.
    let sorts: &[&str] = if table.has("fact") { CLEARANCES.get(..3) } else { Some(&CLEARANCES[..]) }?;
    let from_day = |t: &Table<'_, '_>| t.number("from_day", 0..=MAX_DAYS).unwrap_or(0);
    let read = match sort_of(&table, sorts, "a clearance")? {
        "negatives" => table.required_number("negatives", 1..=10).map(|count| Clearance::Negatives {
            count,
            apart_hours: table.number("apart_hours", 0..=MAX_DAYS).unwrap_or(0),
            from_day: from_day(&table),
        }),
        "checkins" => table
            .required_number("checkins", 1..=60)
            .map(|count| Clearance::Checkins { count, from_day: from_day(&table) }),
        "after_days" => {
            table.required_number("after_days", 1..=MAX_DAYS).map(|days| Clearance::After { days })
        }
        "all" => {
            let parts: Vec<_> =
                table.tables("all").into_iter().filter_map(|t| clearance(t, depth + 1)).collect();
            if parts.is_empty() {
                table.wrong(&table.span, "an empty list of clearances: name at least one");
            }
            Some(Clearance::All(parts))
        }
        _ => pattern(&table, "fact").map(|pattern| Clearance::Fact {
            pattern,
            same_region: table.flag("same_region"),
            after_days: table.number("after_days", 0..=MAX_DAYS).unwrap_or(0),
        }),
    };
    table.finish();
    read
}

/// Which one of `sorts` the table has as a key.
fn sort_of(table: &Table<'_, '_>, sorts: &[&'static str], what: &str) -> Option<&'static str> {
    let present: Vec<&'static str> = sorts.iter().copied().filter(|key| table.has(key)).collect();
    match present.as_slice() {
        [one] => Some(one),
        [] => {
            let near = table.keys().find_map(|key| nearest(key, sorts.iter().copied()));
            let help = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            table.wrong(&table.span, format!("{what} has one of the keys `{}`{help}", sorts.join("`, `")));
            None
        }
        several => {
            table.wrong(&table.span, format!("{what} has only one of the keys `{}`", several.join("`, `")));
            None
        }
    }
}

/// The pattern of a table, whose key `key` names the kind.
fn pattern(table: &Table<'_, '_>, key: &'static str) -> Option<Pattern> {
    let kind: Option<Kind> = table.parsed(key);
    let values = table.words("value");
    let mut found = Pattern::of(WordSet::EMPTY);
    found.regions = parse_all(table, "region");
    found.not_regions = parse_all(table, "not_region");
    found.countries = parse_all(table, "country");
    found.not_countries = parse_all(table, "not_country");
    found.min_dose = table.number("min_dose", 1..=i64::from(crate::fact::value::MAX_DOSE)).unwrap_or(0);
    for level in parse_all(table, "risk") {
        found.risk = Some(found.risk.unwrap_or_default().with(level));
    }
    let kind = kind?;
    found.words = words_of(table, kind, &values);
    for (key, needs, legal) in [
        ("region", kind.spec().region, "`stay`, `entry` and `foreign-status`"),
        ("not_region", kind.spec().region, "`stay`, `entry` and `foreign-status`"),
        ("country", kind == Kind::Entry, "`entry`"),
        ("not_country", kind == Kind::Entry, "`entry`"),
        ("min_dose", kind == Kind::Vaccination, "`vaccination`"),
        ("risk", kind == Kind::Stay, "`stay`"),
    ] {
        if table.has(key) && !needs {
            table.wrong(&table.span, format!("`{key}` can be asked of {legal} only, not of `{kind}`"));
        }
    }
    Some(found)
}

fn words_of(table: &Table<'_, '_>, kind: Kind, values: &[Word<'_>]) -> WordSet {
    if matches!(kind, Kind::Entry | Kind::Vaccination) {
        if let Some(first) = values.first() {
            let key = if kind == Kind::Entry { "country" } else { "min_dose" };
            table.wrong(&first.span, format!("`value` cannot be asked of `{kind}`: use `{key}`"));
        }
        return WordSet::of_kind(kind);
    }
    if values.is_empty() {
        return WordSet::of_kind(kind);
    }
    values.iter().fold(WordSet::EMPTY, |set, word| match Value::parse(kind, word.text) {
        Ok(value) => set.with(WordSet::only(value.word())),
        Err(error) => {
            table.wrong(&word.span, error.to_string());
            set
        }
    })
}

fn parse_all<T: std::str::FromStr<Err: ToString>>(table: &Table<'_, '_>, key: &'static str) -> Vec<T> {
    table.words(key).into_iter().filter_map(|word| table.parse(&word)).collect()
}
