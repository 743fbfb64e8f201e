//! Facts, retractions, risk and rulesets from one line of text each, so that a test is a table that can be read.
//!
//! A statement is written as `contact close 2022-01-01`, `isolation central 2022-01-01..2022-01-14`,
//! `stay declared 2022-01-01..2022-01-03 410105`, `test negative 2022-01-01T08:00:00+08:00 by hospital`,
//! `retract contact/close@2022-01-01 2022-01-05 by cdc`, `risk 410105 high 2022-01-01..2022-01-09`. An issuer that is
//! not named is the first that the vocabulary allows, and so is the evidence. Everything goes through the one parser
//! of facts: a test cannot make a fact that the vocabulary refuses.

use std::fmt::Write as _;

use jiff::Timestamp;
use mingma_domain::assess::{Outcome, Record, assess};
use mingma_domain::fact::kind::EvidenceDue;
use mingma_domain::fact::{Fact, IssuerClass, Kind, RawFact, Retraction, Statement};
use mingma_domain::risk::{RegionRisk, RiskMap};
use mingma_domain::time::{Day, Moment};
use mingma_domain::{Ruleset, Status};

/// What stands for the evidence where a statement names none.
const EVIDENCE: &str = "EVIDENCE-1";

/// A person's record and the risk of the regions.
#[derive(Clone, Default, Debug)]
pub struct World {
    /// The facts.
    pub facts: Vec<Fact>,
    /// What was taken back of them.
    pub retractions: Vec<Retraction>,
    /// The acts about regions, in the order in which they were made.
    pub acts: Vec<RegionRisk>,
}

impl World {
    /// The record as it is assessed.
    #[must_use]
    pub fn record(&self) -> Record<'_> {
        Record { facts: &self.facts, retractions: &self.retractions }
    }

    /// The risk of the regions.
    #[must_use]
    pub fn risk(&self) -> RiskMap {
        RiskMap::new(&self.acts)
    }

    /// The world with one statement more.
    #[must_use]
    pub fn and(mut self, statement: &str) -> Self {
        if let Some(act) = statement.strip_prefix("risk ") {
            self.acts.push(risk(act));
        } else {
            match self::statement(statement) {
                Statement::Fact(fact) => self.facts.push(fact),
                Statement::Retraction(retraction) => self.retractions.push(retraction),
            }
        }
        self
    }

    /// The status under a ruleset, on a day (at its end) or at an instant.
    ///
    /// # Panics
    /// If `on` is neither.
    #[must_use]
    pub fn status(&self, ruleset: &Ruleset, on: &str) -> Status {
        assess(ruleset, &self.record(), &self.risk(), at(ruleset, on))
    }
}

/// The world of these statements, separated by semicolons.
///
/// # Panics
/// If one of them is not of the form that the module describes.
#[must_use]
pub fn world(statements: &str) -> World {
    let words = statements.split(';').map(str::trim).filter(|statement| !statement.is_empty());
    words.fold(World::default(), World::and)
}

/// The instant of a text: the end of a day in the ruleset's zone, or an instant.
///
/// # Panics
/// If it is neither.
#[must_use]
pub fn at(ruleset: &Ruleset, on: &str) -> Timestamp {
    match on.parse::<Moment>().unwrap() {
        Moment::Day(day) => ruleset.zone.end_of(day).unwrap(),
        Moment::Instant(at, _) => at,
    }
}

/// A status in a few words: `red A1 A2 until 2022-01-16`, `green`, `popup P1`, `not-issued`.
#[must_use]
pub fn told(ruleset: &Ruleset, status: &Status) -> String {
    let mut told = match status.outcome() {
        Outcome::Code(color) => color.word().to_owned(),
        Outcome::Popup => "popup".to_owned(),
        Outcome::NotIssued => "not-issued".to_owned(),
    };
    for rule in status.reasons().iter().filter_map(|reason| ruleset.rules.get(reason.rule)) {
        told.push(' ');
        told.push_str(rule.code.as_str());
    }
    if let Some(until) = status.until() {
        write!(told, " until {until}").unwrap();
    }
    told
}

/// A fact.
///
/// # Panics
/// If the line is no fact that the vocabulary allows.
#[must_use]
pub fn fact(line: &str) -> Fact {
    match statement(line) {
        Statement::Fact(fact) => Some(fact),
        Statement::Retraction(_) => None,
    }
    .unwrap()
}

/// A retraction, from the line without its first word: `contact/close@2022-01-01 2022-01-05 by cdc`.
///
/// # Panics
/// If the line is no retraction.
#[must_use]
pub fn retraction(line: &str) -> Retraction {
    match statement(&format!("retract {line}")) {
        Statement::Retraction(retraction) => Some(retraction),
        Statement::Fact(_) => None,
    }
    .unwrap()
}

fn statement(line: &str) -> Statement {
    let mut words = line.split_whitespace();
    let mut next = || words.next().unwrap_or_default();
    let (kind, value, when) = (next(), next(), next());
    let (mut region, mut issuer) = ("", "");
    loop {
        match next() {
            "" => break,
            "by" => issuer = next(),
            word => region = word,
        }
    }
    let (at, until) = when.split_once("..").unwrap_or((when, ""));
    let raw = if kind == Retraction::KIND {
        RawFact { kind, value: "entered-in-error", at, until, region, issuer, evidence: value }
    } else {
        let class = first_issuer(kind.parse().unwrap(), value);
        let issuer = if issuer.is_empty() { class.word() } else { issuer };
        let due = match kind.parse::<Kind>().unwrap().spec().evidence {
            EvidenceDue::None => false,
            EvidenceDue::Reference(_) => true,
            EvidenceDue::ReferenceUnlessSelf(_) => issuer != IssuerClass::Resident.word(),
        };
        RawFact { kind, value, at, until, region, issuer, evidence: if due { EVIDENCE } else { "" } }
    };
    let read = Statement::parse(&raw);
    assert!(read.is_ok(), "`{line}`: {}", read.unwrap_err());
    read.unwrap()
}

/// The first class of issuer that may say this.
fn first_issuer(kind: Kind, value: &str) -> IssuerClass {
    match (kind, value) {
        (Kind::Stay, "ticket") => IssuerClass::Transport,
        (Kind::Stay, "carrier") => IssuerClass::Carrier,
        (Kind::Stay, "venue") => IssuerClass::Venue,
        _ => kind.spec().issuers.first().copied().unwrap(),
    }
}

/// An act about a region: `410105 high 2022-01-01..2022-01-09`, without an end while it goes on.
///
/// # Panics
/// If the line is no such act.
#[must_use]
pub fn risk(line: &str) -> RegionRisk {
    let mut words = line.split_whitespace();
    let mut next = || words.next().unwrap_or_default();
    let (region, level, days) = (next(), next(), next());
    let (from, until) = days.split_once("..").unwrap_or((days, ""));
    RegionRisk {
        region: region.parse().unwrap(),
        level: level.parse().unwrap(),
        from: from.parse().unwrap(),
        until: Some(until).filter(|until| !until.is_empty()).map(|until| until.parse().unwrap()),
    }
}

/// A day.
///
/// # Panics
/// If the text is none.
#[must_use]
pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A ruleset of rules in the zone of Shanghai, each `("A1", "red", "{ fact = … }")`.
///
/// # Panics
/// If the parser refuses it.
#[must_use]
pub fn rules(rules: &[(&str, &str, &str)]) -> Ruleset {
    parsed(&toml("Asia/Shanghai", "", rules))
}

/// The ruleset of a text.
///
/// # Panics
/// If the parser refuses it.
#[must_use]
pub fn parsed(toml: &str) -> Ruleset {
    let read = Ruleset::parse(toml);
    assert!(read.is_ok(), "{toml}\n{:?}", read.unwrap_err());
    read.unwrap()
}

/// The text of a ruleset in a zone; `more` stands before the rules (`[issued_when]`, `[permit]`).
#[must_use]
pub fn toml(zone: &str, more: &str, rules: &[(&str, &str, &str)]) -> String {
    const TEXT: &str = "zh-Hans = '文'\nzh-Hant = '文'\nen = 'text'\n";
    let mut toml = format!(
        "[ruleset]\nid = 'test'\nregion = 'CN'\nzone = '{zone}'\neffect = 2022-01-01\nsunset = 2022-06-30\n\
         [ruleset.title]\n{TEXT}[ruleset.authority]\n{TEXT}{more}\n"
    );
    for (code, color, when) in rules {
        write!(toml, "[[rule]]\ncode = '{code}'\ncolor = '{color}'\narticle = '1'\nwhen = {when}\n").unwrap();
        write!(toml, "[rule.text]\n{TEXT}[rule.clears]\n{TEXT}").unwrap();
    }
    toml
}
