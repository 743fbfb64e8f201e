//! From TOML to a [`Ruleset`]: every wrong word with its line, its column and the nearest legal one.

pub(super) mod error;

mod condition;
mod examples;
mod table;

pub(super) use examples::examples;

use std::cell::RefCell;

use error::{Errors, SyntaxError};
use table::Table;
use toml::de::DeTable;

use super::{Code, Condition, Effect, MAX_CODE_BYTES, Permit, Rule, Ruleset};
use crate::fact::WordSet;
use crate::text::Text;
use crate::time::{Zone, shorten};

/// The largest ruleset or examples file, in bytes: the longest shipped one has about 40 KiB; 1 MiB is twenty-five times that.
pub(super) const MAX_FILE_BYTES: usize = 1 << 20;
/// The most rules in a ruleset: the longest published table has 14 (Guangxi), and masks of rules fit one machine word.
pub(super) const MAX_RULES: usize = 64;

/// The longest text of a rule, in characters: it must be readable on a phone's screen without scrolling.
const MAX_TEXT_CHARS: usize = 600;

pub(super) fn ruleset(source: &str) -> Result<Ruleset, Vec<SyntaxError>> {
    read_file(source, |root| {
        let head = root.table("ruleset");
        let rules = rules(root);
        let issued_when = root.optional_table("issued_when").and_then(|t| condition::condition(t, &rules, 0));
        let permit = root.optional_table("permit").and_then(permit);
        let mut ruleset = head.and_then(header)?;
        ruleset.issued_when = issued_when;
        ruleset.permit = permit;
        ruleset.rules = rules;
        Some(ruleset)
    })
}

/// Reads a whole file with `read`, gathering every error.
fn read_file<T>(
    source: &str,
    read: impl for<'a, 'e> FnOnce(&Table<'a, 'e>) -> Option<T>,
) -> Result<T, Vec<SyntaxError>> {
    let mut errors = Errors::new(source);
    if source.len() > MAX_FILE_BYTES {
        errors
            .add(&(0..0), format!("the file has {} bytes; at most {MAX_FILE_BYTES} are read", source.len()));
        return errors.finish(None);
    }
    let (document, broken) = DeTable::parse_recoverable(source);
    for error in &broken {
        errors.add(&error.span().unwrap_or(0..0), format!("not TOML: {}", error.message()));
    }
    if !broken.is_empty() {
        return errors.finish(None);
    }
    let errors = RefCell::new(errors);
    let root = Table::new(document.get_ref(), 0..0, &errors);
    let value = read(&root);
    root.finish();
    errors.into_inner().finish(value)
}

fn header(table: Table<'_, '_>) -> Option<Ruleset> {
    let id = table.word("id");
    let region = table.parsed("region");
    let title = table.table("title").and_then(text);
    let authority = table.table("authority").and_then(text);
    let (effect, sunset) = (table.day("effect"), table.day("sunset"));
    let zone = table
        .word("zone")
        .and_then(|word| Zone::named(word.text).map_err(|e| table.wrong(&word.span, e.to_string())).ok());
    if let Some(word) = id.as_ref().filter(|word| !is_id(word.text)) {
        table.wrong(
            &word.span,
            format!("`{}` is no id: write small letters, digits and hyphens", shorten(word.text)),
        );
    }
    if sunset.zip(effect).is_some_and(|(sunset, effect)| sunset <= effect) {
        table.wrong(&table.span, "`sunset` must lie after `effect`: it is the first day without the ruleset");
    }
    table.finish();
    Some(Ruleset {
        id: id?.text.to_owned(),
        region: region?,
        title: title?,
        authority: authority?,
        effect: effect?,
        sunset: sunset?,
        zone: zone?,
        issued_when: None,
        permit: None,
        rules: Vec::new(),
    })
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn text(table: Table<'_, '_>) -> Option<Text> {
    let one = |key| {
        let word = table.word(key)?;
        let length = word.text.trim().chars().count();
        if length == 0 || length > MAX_TEXT_CHARS {
            table.wrong(&word.span, format!("`{key}` must be a text of 1 to {MAX_TEXT_CHARS} characters"));
        }
        Some(word.text.to_owned())
    };
    // All three are asked for before any `?`, so that every missing language is named.
    let (zh_hans, zh_hant, en) = (one("zh-Hans"), one("zh-Hant"), one("en"));
    table.finish();
    Some(Text { zh_hans: zh_hans?, zh_hant: zh_hant?, en: en? })
}

/// Where the source says so: in the three languages, or a word that is the same in all of them, such as `A4`.
fn article(rule: &Table<'_, '_>) -> Option<Text> {
    if !rule.is_string("article") {
        return rule.table("article").and_then(text);
    }
    let same = rule.word("article")?.text;
    Some(Text { zh_hans: same.to_owned(), zh_hant: same.to_owned(), en: same.to_owned() })
}

fn permit(table: Table<'_, '_>) -> Option<Permit> {
    let color = table.parsed("color");
    let times = table.required_number("times", 1..=10);
    let min_hours = table.required_number("min_hours", 1..=72);
    let max_hours = table.required_number("max_hours", 1..=72);
    let text = table.table("text").and_then(text);
    if min_hours > max_hours {
        table.wrong(&table.span, "`min_hours` is larger than `max_hours`");
    }
    table.finish();
    Some(Permit { color: color?, times: times?, min_hours: min_hours?, max_hours: max_hours?, text: text? })
}

fn rules(root: &Table<'_, '_>) -> Vec<Rule> {
    let tables = root.tables("rule");
    if tables.is_empty() || tables.len() > MAX_RULES {
        root.wrong(
            &root.span,
            format!("a ruleset has 1 to {MAX_RULES} tables `[[rule]]`, this one has {}", tables.len()),
        );
    }
    let mut rules: Vec<Rule> = Vec::new();
    for table in tables {
        rules.extend(rule(table, &rules));
    }
    rules
}

fn rule(table: Table<'_, '_>, earlier: &[Rule]) -> Option<Rule> {
    let code = table.word("code").and_then(|word| {
        let code = Code::parse(word.text);
        if code.is_none() {
            let shown = shorten(word.text);
            table.wrong(
                &word.span,
                format!("`{shown}` is no reason code: 1 to {MAX_CODE_BYTES} capital letters, digits and hyphens, a letter first"),
            );
        }
        if let Some(code) = code.as_ref().filter(|code| earlier.iter().any(|rule| rule.code == **code)) {
            table.wrong(&word.span, format!("a second rule with the code `{code}`: every rule has its own"));
        }
        code
    });
    let effect = table.parsed::<Effect>("color");
    let article = article(&table);
    let text_of = |key| table.table(key).and_then(text);
    let (why, clears) = (text_of("text"), text_of("clears"));
    let when = table.table("when").and_then(|when| condition::condition(when, earlier, 0));
    table.finish();
    let when: Condition = when?;
    let triggers =
        when.triggers(&|index| earlier.get(index).map_or(Some(WordSet::EMPTY), |rule| rule.triggers));
    Some(Rule {
        code: code?,
        effect: effect?,
        article: article?,
        when,
        text: why?,
        clears: clears?,
        triggers,
    })
}
