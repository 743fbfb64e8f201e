//! One person of a census: what is recorded, and what it amounts to.

use std::process::ExitCode;

use mingma_census::job::PersonStatus;
use mingma_census::{Census, Program};
use mingma_domain::assess::Event;
use mingma_domain::text::Lang;
use serde_json::{Value, json};

use super::{as_if, line, named, place, print, title, word};
use crate::failure::Failure;

/// Tells a person's status and the facts that count on the day, the ones that a reason rests on by their numbers.
pub(in super::super) fn person(
    census: &Census,
    program: &Program<'_>,
    name: &str,
    as_json: bool,
) -> Result<ExitCode, Failure> {
    let mut called = census.numbers_of(name);
    let number = called.next();
    if let (Some(one), Some(other)) = (number, called.next()) {
        let entered = |number| census.entered_as(number).map_or(0, |entered| u64::from(entered) + 1);
        let (one, other) = (entered(one), entered(other));
        return Err(Failure::new(format_args!(
            "several in the census are called that: persons {} and {} in the order in which they were entered",
            one.min(other),
            one.max(other)
        ))
        .help("nobody is told for another: give each a name of their own, and build the census again"));
    }
    let found = number.and_then(|number| Some((census.home_of(number), census.status(program, number)?)));
    let Some((home, PersonStatus { events, status })) = found else {
        // Who is asked for is not repeated: what is typed here may be anybody's number.
        return Err(Failure::new("nobody in the census is called that")
            .help("persons are called as in the facts file; in a census of a data folder, by their ids"));
    };
    let rules = &program.ruleset().rules;
    let reasons = status.reasons().iter().filter_map(|reason| Some((rules.get(reason.rule)?, reason)));
    if as_json {
        let fact = |event: &Event| {
            json!({ "kind": event.value.kind().word(), "value": event.value.to_string(), "at": event.day,
                "until": if event.open { None } else { Some(event.last) }, "region": event.region })
        };
        let reasons: Vec<Value> = reasons
            .map(|(rule, reason)| json!({ "code": rule.code, "until": reason.until, "facts": reason.facts }))
            .collect();
        return print(
            &json!({ "on": program.today(), "ruleset": named(program.ruleset()), "note": as_if(program.ruleset(), program.today(), Lang::En), "home": home,
                "status": word(status.outcome()), "until": status.until(), "reasons": reasons,
                "facts": events.iter().map(fact).collect::<Vec<_>>() })
            .to_string(),
        );
    }
    let mut page = format!("{} on {}\n{}\n\n", title(program.ruleset()), program.today(), place(home));
    let until = status.until().map_or_else(String::new, |day| format!(", until {day}"));
    line(&mut page, format_args!("{}{until}", word(status.outcome())));
    for (rule, reason) in reasons {
        let until = reason.until.map_or_else(String::new, |day| format!(", until {day}"));
        let of: Vec<String> = reason.facts.iter().map(ToString::to_string).collect();
        let of = if of.is_empty() { String::new() } else { format!(", by {}", of.join(" and ")) };
        line(&mut page, format_args!("  {}: {}{of}{until}", rule.code, rule.text.get(Lang::En)));
    }
    line(&mut page, format_args!(""));
    for event in &events {
        let (kind, value, day) = (event.value.kind().word(), event.value, event.day);
        let until = match (event.open, event.last) {
            (true, _) => " and still".to_owned(),
            (false, last) if last > day => format!(" until {last}"),
            (false, _) => String::new(),
        };
        let region = event.region.map_or_else(String::new, |region| format!(" in {}", place(Some(region))));
        line(&mut page, format_args!("{:>3}  {kind} {value} on {day}{until}{region}", event.index));
    }
    print(page.trim_end())
}
