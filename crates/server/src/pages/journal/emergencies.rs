//! What one office published alone because it could not wait, in words for everybody: on the journal's page, and with the rules.

use mingma_domain::Region;
use mingma_domain::time::Day;
use mingma_registry::book::{Book, PublishedRuleset};
use mingma_registry::brake::{Emergency, Preview};
use mingma_registry::digest::Cell;

use super::told;
use crate::pages::Page;
use crate::pages::office::office_name;
use crate::pages::office::risk::level_name;
use crate::pages::when::When;

/// An emergency.
pub(crate) struct EmergencyLine {
    /// The number of the act that calls it so.
    pub(crate) number: u64,
    /// What was published.
    pub(crate) what: String,
    /// Its number, if that is rules.
    pub(crate) rules: Option<u64>,
    /// For which region; empty if nothing came of it.
    pub(crate) place: String,
    /// Sentence by sentence: who, when and why; what it was foreseen to do; when it ends.
    pub(crate) said: Vec<String>,
}

/// What was published, for which region, and the first day on which that is over.
struct Published {
    what: String,
    rules: Option<u64>,
    region: Region,
    over: Option<Day>,
}

/// The newest emergencies, as they are read on a day.
pub(super) fn emergencies(
    page: &Page,
    book: &Book,
    (when, today): (&When, Day),
    most: usize,
) -> Vec<EmergencyLine> {
    let all = book.emergencies().rev().take(most);
    all.map(|(number, emergency, published)| {
        let published = published.and_then(|published| of(page, book, published));
        line(page, (number, &**emergency), published, (when, today))
    })
    .collect()
}

/// The emergency in which rules were published; none if they were not.
pub(crate) fn of_rules(
    page: &Page,
    book: &Book,
    rules: &PublishedRuleset,
    as_of: (&When, Day),
) -> Option<EmergencyLine> {
    let (number, emergency, _) =
        book.emergencies().find(|(_, _, published)| *published == Some(rules.number.0))?;
    Some(line(page, (number, &**emergency), Some(published(page, rules)), as_of))
}

/// A publication by its number.
fn of(page: &Page, book: &Book, number: u64) -> Option<Published> {
    let rules = || book.rulesets().iter().find(|rules| rules.number.0 == number);
    let risk = || book.risk_acts().find(|(act, _)| *act == number);
    if let Some(rules) = rules() {
        return Some(published(page, rules));
    }
    risk().map(|(_, risk)| Published {
        what: level_name(page, risk.level),
        rules: None,
        region: risk.region,
        over: risk.until.map(|last| last.plus(1)),
    })
}

fn published(page: &Page, rules: &PublishedRuleset) -> Published {
    Published {
        what: rules.ruleset.title.get(page.lang()).to_owned(),
        rules: Some(rules.number.0),
        region: rules.ruleset.region,
        over: Some(rules.ruleset.sunset),
    }
}

fn line(
    page: &Page,
    (number, emergency): (u64, &Emergency),
    published: Option<Published>,
    (when, today): (&When, Day),
) -> EmergencyLine {
    let by = &emergency.by;
    let places = [
        ("office", format!("{} · {}", office_name(page, by.office), by.region.full_name(page.lang()))),
        ("at", when.instant(by.at)),
        ("why", page.say(format!("ahead-ground-{}", emergency.ground.word()))),
    ];
    let mut said =
        vec![page.with("journal-emergency-by", &places), foreseen(page, emergency.preview.as_ref())];
    let over = published.as_ref().and_then(|published| published.over);
    said.extend(over.map(|day| {
        let which = if today < day { "journal-emergency-ends" } else { "journal-emergency-ended" };
        page.with(which, &[("day", when.day(day))])
    }));
    if let Some(Published { what, rules, region, .. }) = published {
        EmergencyLine { number, what, rules, place: region.full_name(page.lang()), said }
    } else {
        let what = page.say("journal-emergency-nothing");
        EmergencyLine { number, what, rules: None, place: String::new(), said }
    }
}

/// How many it was foreseen to make worse off, of how many who live where it does: in whole tens, as all that everybody reads.
fn foreseen(page: &Page, preview: Option<&Preview>) -> String {
    let Some(preview) = preview else { return page.say("journal-emergency-blind") };
    let hit = preview.regions.iter().filter(|region| region.worse > 0);
    let (worse, persons) = hit.fold((0_u64, 0_u64), |(worse, persons), region| {
        (worse.saturating_add(region.worse), persons.saturating_add(region.persons))
    });
    let number = |number| told(page, Cell::of(number));
    page.with("journal-emergency-foreseen", &[("worse", number(worse)), ("persons", number(persons))])
}
