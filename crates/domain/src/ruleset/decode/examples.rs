//! Examples from their tables.

use super::super::Code;
use super::super::example::Example;
use super::error::{Position, SyntaxError};
use super::read_file;
use super::table::Table;
use crate::fact::kind::EvidenceDue;
use crate::fact::value::Stay;
use crate::fact::{Color, IssuerClass, Kind, RawFact, Statement, Value};
use crate::risk::{Level, RegionRisk};
use crate::time::{Day, shorten};

/// What stands for the evidence in an example that does not name its own.
const EXAMPLE_EVIDENCE: &str = "EXAMPLE";

pub(in crate::ruleset) fn examples(source: &str) -> Result<Vec<Example>, Vec<SyntaxError>> {
    read_file(source, |root| {
        let mut examples: Vec<Example> = Vec::new();
        for table in root.tables("example") {
            let line = Position::of(source, table.span.start).line;
            let Some(read) = example(&table, line) else { continue };
            if examples.iter().any(|former| former.name == read.name) {
                table.wrong(&table.span, format!("a second example with the name `{}`", shorten(&read.name)));
            }
            table.finish();
            examples.push(read);
        }
        Some(examples)
    })
}

fn example(table: &Table<'_, '_>, line: usize) -> Option<Example> {
    let name = table.word("name");
    let on = table.day("on");
    let statements: Vec<Statement> = table.tables("facts").into_iter().filter_map(statement).collect();
    let risk = table.tables("risk").into_iter().filter_map(region_risk).collect();
    let expect = table.table("expect")?;
    let word = expect.word("color")?;
    let color = if word.text == "none" { None } else { Some(expect.parse::<Color>(&word)?) };
    let reasons = expect.words("reasons").into_iter().filter_map(|word| {
        let code = Code::parse(word.text);
        if code.is_none() {
            expect.wrong(&word.span, format!("`{}` is no reason code", shorten(word.text)));
        }
        code
    });
    let reasons = reasons.collect();
    let until = if expect.has("until") { expect.day("until") } else { None };
    expect.finish();
    let mut facts = Vec::new();
    let mut retractions = Vec::new();
    for statement in statements {
        match statement {
            Statement::Fact(fact) => facts.push(fact),
            Statement::Retraction(retraction) => retractions.push(retraction),
        }
    }
    Some(Example {
        name: name?.text.to_owned(),
        line,
        on: on?,
        facts,
        retractions,
        risk,
        color,
        reasons,
        until,
    })
}

/// A fact or a retraction. Issuer and evidence may be left out: then they are the first that the vocabulary allows.
fn statement(table: Table<'_, '_>) -> Option<Statement> {
    let word = |key| table.optional_word(key).map_or("", |w| w.text);
    let (kind, value) = (table.word("kind")?.text, word("value"));
    let moment = |key| table.moment_text(key).map_or(String::new(), |(text, _)| text);
    let (at, until, region) = (moment("at"), moment("until"), word("region"));
    let (mut issuer, mut evidence) = (word("issuer"), word("evidence"));
    if let Ok(kind) = kind.parse::<Kind>() {
        if issuer.is_empty() {
            issuer = first_issuer(kind, value).word();
        }
        let due = match kind.spec().evidence {
            EvidenceDue::None => false,
            EvidenceDue::Reference(_) => true,
            EvidenceDue::ReferenceUnlessSelf(_) => issuer != IssuerClass::Resident.word(),
        };
        if evidence.is_empty() && due {
            evidence = EXAMPLE_EVIDENCE;
        }
    }
    let raw = RawFact { kind, value, at: &at, until: &until, region, issuer, evidence };
    let read = Statement::parse(&raw);
    if let Err(error) = &read {
        let column = error.column();
        table.wrong(&table.span_of(column.word()), format!("`{column}`: {error}"));
    }
    table.finish();
    read.ok()
}

fn first_issuer(kind: Kind, value: &str) -> IssuerClass {
    let of_stay = match Value::parse(kind, value) {
        Ok(Value::Stay(Stay::Ticket)) => Some(IssuerClass::Transport),
        Ok(Value::Stay(Stay::Carrier)) => Some(IssuerClass::Carrier),
        Ok(Value::Stay(Stay::Venue)) => Some(IssuerClass::Venue),
        Ok(_) | Err(_) => None,
    };
    of_stay.or_else(|| kind.spec().issuers.first().copied()).unwrap_or(IssuerClass::Cdc)
}

fn region_risk(table: Table<'_, '_>) -> Option<RegionRisk> {
    let region = table.parsed("region");
    let level = table.parsed::<Level>("level");
    let from = table.day("from");
    let until: Option<Day> = if table.has("until") { Some(table.day("until")?) } else { None };
    table.finish();
    Some(RegionRisk { region: region?, level: level?, from: from?, until })
}
