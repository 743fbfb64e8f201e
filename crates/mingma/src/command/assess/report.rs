//! What `mingma assess` writes: one line for each person, and a summary for whoever ran it.

use std::io::Write;

use jiff::Timestamp;
use mingma_domain::assess::{Explanation, Status, assess, explain};
use mingma_domain::time::Day;
use mingma_domain::{RiskMap, Ruleset};
use serde::Serialize;

use super::people::People;
use crate::failure::Failure;
use crate::plural::counted;
use crate::table::csv::quoted;
use crate::table::output::Output;
use crate::table::refusal::Refusals;

/// The format of the results.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(super) enum Form {
    /// `person,color,reasons,until`.
    Csv,
    /// One JSON object a line with the same names.
    Jsonl,
}

/// The words of the column `color`, in the order of the summary.
const COLORS: [&str; 4] = ["green", "yellow", "red", "none"];

/// The results while they are written.
pub(super) struct Report {
    pub(super) form: Form,
    pub(super) explain: bool,
    pub(super) output: Output,
    pub(super) summary: Summary,
}

/// What was counted.
#[derive(Debug)]
pub(super) struct Summary {
    on: Day,
    /// Rows read, refused ones among them.
    pub(super) rows: u64,
    facts: u64,
    retractions: u64,
    /// Retractions that take nothing back.
    idle: usize,
    /// Refused rows that name nobody.
    pub(super) nobody: u64,
    people: u64,
    incomplete: u64,
    colors: [u64; COLORS.len()],
    /// Persons by rule, in the public order.
    rules: Vec<u64>,
}

/// One person in JSON Lines.
#[derive(Serialize)]
struct Line<'a> {
    person: &'a str,
    color: &'static str,
    reasons: Vec<&'a str>,
    until: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Explanation<'a>>,
}

impl Report {
    /// Assesses everybody of whom every row was read.
    ///
    /// # Errors
    /// A [`Failure`] if the results cannot be written.
    pub(super) fn write(
        &mut self,
        people: &People,
        ruleset: &Ruleset,
        risk: &RiskMap,
        now: Timestamp,
    ) -> Result<(), Failure> {
        if self.form == Form::Csv {
            self.output.text("person,color,reasons,until\n")?;
        }
        for (name, person) in people.iter() {
            if person.incomplete {
                self.summary.incomplete += 1;
                continue;
            }
            self.summary.idle += person.idle_retractions();
            let record = person.record();
            let status = assess(ruleset, &record, risk, now);
            self.summary.add(&status);
            match self.form {
                Form::Csv => self.csv(name, &status, ruleset)?,
                Form::Jsonl => {
                    let explanation = self.explain.then(|| explain(ruleset, &record, risk, now, &status));
                    self.jsonl(name, &status, ruleset, explanation)?;
                }
            }
        }
        Ok(())
    }

    fn csv(&mut self, name: &str, status: &Status, ruleset: &Ruleset) -> Result<(), Failure> {
        self.output.with(|to| {
            write!(to, "{},{},", quoted(name), status.color_word())?;
            for (number, code) in codes(status, ruleset).enumerate() {
                write!(to, "{}{code}", if number == 0 { "" } else { ";" })?;
            }
            match status.until() {
                Some(until) => writeln!(to, ",{until}"),
                None => writeln!(to, ","),
            }
        })
    }

    fn jsonl(
        &mut self,
        name: &str,
        status: &Status,
        ruleset: &Ruleset,
        explanation: Option<Explanation<'_>>,
    ) -> Result<(), Failure> {
        let reasons = codes(status, ruleset).collect();
        let line =
            Line { person: name, color: status.color_word(), reasons, until: status.until(), explanation };
        self.output.with(|to| {
            serde_json::to_writer(&mut *to, &line)?;
            to.write_all(b"\n")
        })
    }

    /// Brings the results to their place and prints the summary on standard error.
    ///
    /// # Errors
    /// A [`Failure`] if the results cannot be brought there.
    pub(super) fn finish(self, refusals: &Refusals, ruleset: &Ruleset) -> Result<(), Failure> {
        self.output.finish()?;
        // If standard error is closed there is nobody left to tell.
        let _closed = self.summary.print(refusals, ruleset, &mut std::io::stderr().lock());
        Ok(())
    }
}

fn codes<'a>(status: &Status, ruleset: &'a Ruleset) -> impl Iterator<Item = &'a str> {
    status.reasons().iter().filter_map(|reason| ruleset.rules.get(reason.rule)).map(|rule| rule.code.as_str())
}

impl Summary {
    /// Nothing counted yet.
    pub(super) fn new(ruleset: &Ruleset, now: Timestamp) -> Self {
        Self {
            on: ruleset.zone.day_of(now),
            rows: 0,
            facts: 0,
            retractions: 0,
            idle: 0,
            nobody: 0,
            people: 0,
            incomplete: 0,
            colors: [0; COLORS.len()],
            rules: vec![0; ruleset.rules.len()],
        }
    }

    /// Counts what a row gave: a fact or a retraction.
    pub(super) const fn count(&mut self, is_fact: bool) {
        if is_fact {
            self.facts += 1;
        } else {
            self.retractions += 1;
        }
    }

    fn add(&mut self, status: &Status) {
        self.people += 1;
        for (color, count) in COLORS.iter().zip(&mut self.colors) {
            *count += u64::from(*color == status.color_word());
        }
        for reason in status.reasons() {
            if let Some(count) = self.rules.get_mut(reason.rule) {
                *count += 1;
            }
        }
    }

    fn print(&self, refusals: &Refusals, ruleset: &Ruleset, to: &mut dyn Write) -> std::io::Result<()> {
        for line in refusals.lines() {
            writeln!(to, "refused: {line}")?;
        }
        let Self { on, rows, facts, retractions, people, .. } = self;
        let refused = refusals.count();
        let read = counted(*rows, "row", "rows");
        let told = [counted(*facts, "fact", "facts"), counted(*retractions, "retraction", "retractions")];
        writeln!(to, "{read}: {}, {refused} refused", told.join(", "))?;
        if refused > 0 {
            writeln!(to, " refused for: {}", refusals.causes())?;
        }
        let colors: Vec<_> =
            COLORS.iter().zip(&self.colors).map(|(color, n)| format!("{color} {n}")).collect();
        let (region, id) = (ruleset.region, &ruleset.id);
        let people = counted(*people, "person", "persons");
        writeln!(to, "{people} on {on} under {region}/{id}: {}", colors.join(", "))?;
        let reasons = ruleset.rules.iter().zip(&self.rules).filter(|(_, persons)| **persons > 0);
        let reasons: Vec<_> = reasons.map(|(rule, persons)| format!("{} {persons}", rule.code)).collect();
        if !reasons.is_empty() {
            writeln!(to, " persons by reason: {}", reasons.join(", "))?;
        }
        if self.idle > 0 {
            writeln!(
                to,
                "note: {} took nothing back: no fact of the same person has the kind, value and time that is named and the same issuer",
                counted(self.idle, "retraction", "retractions")
            )?;
        }
        if self.incomplete > 0 {
            let left_out = counted(self.incomplete, "person", "persons");
            writeln!(to, " left out: {left_out}, because a row about them was refused")?;
        }
        if self.nobody > 0 {
            writeln!(
                to,
                " unknown: whom {} of the refused rows are about; their persons may be above",
                self.nobody
            )?;
        }
        if *rows == 0 {
            writeln!(to, "note: the facts file has a header and no rows")?;
        }
        if !ruleset.in_force(*on) {
            let (effect, last) = (ruleset.effect, ruleset.sunset.minus(1));
            writeln!(
                to,
                "note: these rules are in force from {effect} to {last}; on {on} this is what they would say"
            )?;
        }
        Ok(())
    }
}
