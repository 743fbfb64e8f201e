//! Everything that was done about a person, for that person: each entry of the journal in words, what opens it, its proof.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use mingma_credential::key::DevicePoint;
use mingma_registry::canonical::Hash;
use mingma_registry::journal::{Entry, Former, Opening, Openings};
use mingma_registry::record::Standing;
use mingma_registry::row::{PersonRow, RecordedFact};
use mingma_registry::words::ActName;
use mingma_registry::{Book, FactId};
use serde::Deserialize;

use super::affairs::Affairs;
use super::fact_view::{FactView, Reading, issuer};
use super::{Page, show};
use crate::api::hex;
use crate::api::journal::list::{key_of, openings, told_former};
use crate::app::App;
use crate::problem::Problem;

/// How many entries a page has.
const ENTRIES: usize = 50;

#[derive(Template)]
#[template(path = "own-journal.html")]
struct OwnJournal {
    page: Page,
    affairs: Affairs,
    logged: bool,
    entries: Vec<EntryView>,
    older: Option<String>,
}

/// An entry in words, and what opens it.
struct EntryView {
    id: String,
    act: &'static str,
    at: String,
    salt: Option<String>,
    leaf: String,
    former: Option<String>,
    /// Whether the entry that it names as its former is not among the person's.
    follows_a_gap: bool,
    /// Whether it waits for witnesses and does not count yet.
    waits: bool,
    /// Whether its rows are gone though they have not ended.
    taken_out: bool,
    content: Option<String>,
    content_hash: Option<String>,
    /// The proof that an issuer signed it.
    signed: Option<String>,
    proof: String,
    what: String,
    when: String,
    lines: Vec<(String, String)>,
    rule: Option<String>,
    disputable: Vec<FactView>,
}

/// Which part is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    before: Option<String>,
}

/// `GET /facts/journal[?for=ID][&before=ENTRY]`
pub(crate) async fn page(
    State(app): State<App>,
    affairs: Affairs,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let before = asked.before.map(|id| id.parse()).transpose().map_err(|_| Problem::not_found())?;
    let mut entries = app.registry().store().entries(Some(affairs.person)).await?;
    entries.retain(|entry| before.is_none_or(|before| entry.id < before));
    let record = affairs.told(&app).await?;
    let openings = openings(&app, affairs.person).await?;
    let book = app.registry().book().await?;
    let registration = record.registration.as_ref();
    let (when, zone) = (affairs.when(registration)?, Affairs::zone(registration)?);
    let page = affairs.page.clone();
    let reading =
        Reading { page: &page, when: &when, record: &record, now: app.registry().now(), zone: &zone };
    // The newest first.
    let shown: Vec<_> = entries.iter().rev().take(ENTRIES).collect();
    let last = shown.last().filter(|_| entries.len() > ENTRIES);
    let older = last.map(|last| affairs.link_with("/facts/journal", &format!("before={}", last.id)));
    let whose = affairs.api_name();
    let leaves: BTreeSet<Hash> = entries.iter().map(|entry| entry.leaf).collect();
    let is_there = |former| leaves.contains(&former);
    let entries = shown.iter().map(|entry| EntryView {
        follows_a_gap: matches!(entry.former, Former::Leaf(former) if !is_there(former)),
        ..view(entry, (&openings, &book), reading, &whose)
    });
    let entries = entries.collect();
    Ok(show(&OwnJournal { logged: app.assets().has_log(), entries, older, page, affairs }))
}

fn view(entry: &Entry, (openings, book): (&Openings, &Book), reading: Reading<'_>, whose: &str) -> EntryView {
    let page = reading.page;
    let opening = openings.open(entry);
    let rows = opening.map_or(&[][..], |opening| &opening.rows);
    let mut lines = Vec::new();
    let actor = entry.clear.issuer.as_ref().map(|by| issuer(page, by));
    if let Some(actor) = actor {
        lines.push((page.say("fact-from"), actor));
    }
    lines.extend(rows.iter().flat_map(|row| told(row, reading)));
    lines.extend(signed(entry, opening, book, page));
    let rule = rows.iter().find_map(|row| {
        let PersonRow::Code(code) = row else { return None };
        Some(code.ruleset.to_string())
    });
    EntryView {
        id: entry.id.to_string(),
        act: entry.act.word(),
        at: entry.at.to_string(),
        salt: entry.salt.as_ref().map(|salt| hex(salt)),
        leaf: hex(&entry.leaf),
        former: told_former(entry.former),
        follows_a_gap: false,
        waits: reading.record.waiting.is_of(entry.id),
        taken_out: reading.record.gone.contains(&entry.id),
        content: opening.map(|opening| hex(&opening.content)),
        content_hash: entry.content.as_ref().map(|hash| hex(hash)),
        signed: entry.signature.as_ref().map(|kept| hex(&kept.proof)),
        proof: format!("/api/v1/persons/{whose}/journal/{}/proof", entry.id),
        what: page.say(format!("own-act-{}", entry.act)),
        when: reading.when.instant(entry.at),
        lines,
        rule,
        disputable: rows.iter().filter_map(|row| disputable(row, reading)).collect(),
    }
}

/// By whose key an issuer's word is signed, or that it was given by hand.
fn signed(entry: &Entry, opening: Option<&Opening>, book: &Book, page: &Page) -> Option<(String, String)> {
    let said = if entry.act == ActName::AnswerAppeal {
        page.say("own-signature-hand")
    } else if entry.act.is_signed() {
        let opening = opening?;
        match (&entry.signature, key_of(entry, Some(opening), book)) {
            (None, _) => page.say("own-signature-not-kept"),
            (Some(_), Some(key)) => page.with("own-signature-key", &[("key", short(&key))]),
            (Some(_), None) => page.say("own-signature-wrong"),
        }
    } else {
        return None;
    };
    Some((page.say("own-signature"), said))
}

/// The beginning of a key, by which it is told apart in the list of issuers.
fn short(key: &DevicePoint) -> String {
    hex(key.as_bytes()).chars().take(16).collect()
}

/// A recorded fact that stands, and so can be disputed.
fn disputable(row: &PersonRow, reading: Reading<'_>) -> Option<FactView> {
    let PersonRow::Fact(fact) = row else { return None };
    let stands = matches!(
        reading.record.standing(fact, reading.now),
        Standing::Pending | Standing::Unwitnessed | Standing::Doubtful | Standing::Counts(_)
    );
    stands.then(|| reading.view(fact))
}

/// What a row says, line by line.
fn told(row: &PersonRow, reading: Reading<'_>) -> Vec<(String, String)> {
    let page = reading.page;
    let line = |name: &str, value: String| (page.say(name), value);
    let about = |fact: FactId| {
        let fact: Option<&RecordedFact> = reading.record.fact(fact);
        fact.map(|fact| line("own-about", reading.view(fact).what))
    };
    let mut lines = Vec::new();
    match row {
        PersonRow::Fact(fact) => {
            let view = reading.view(fact);
            lines.push(line("own-fact", format!("{} · {}", view.what, view.when)));
            lines.extend(view.place.map(|place| line("fact-place", place)));
            lines.extend(view.evidence.map(|evidence| line("fact-evidence", evidence)));
            lines.push(line("fact-standing", view.standing));
        }
        PersonRow::Countersignature(row) => lines.extend(about(row.fact)),
        PersonRow::Retraction(row) => {
            lines.extend(about(row.fact));
            lines.push(line("own-why", page.say(format!("retraction-{}", row.reason))));
        }
        PersonRow::Confirmation(row) => {
            lines.extend(about(row.fact));
            let said = if row.confirmed { "own-confirmed" } else { "own-unconfirmed" };
            lines.push(line("own-answer", page.say(said)));
        }
        PersonRow::Appeal(row) => {
            lines.extend(about(row.fact));
            lines.push(line("own-why", page.say(format!("ground-{}", row.ground))));
        }
        PersonRow::AppealAnswer(row) => {
            let said = if row.upheld { "own-upheld" } else { "own-rejected" };
            lines.push(line("own-answer", page.say(said)));
        }
        PersonRow::Disclosure(row) => {
            let role = page.say(format!("role-{}", row.role));
            lines.push(line("own-who", page.with("look-who", &[("role", role), ("by", row.by.to_string())])));
            lines.push(line("own-why", page.say(format!("purpose-{}", row.purpose))));
        }
        PersonRow::Grant(row) => {
            lines.push(line("own-who", row.app.to_string()));
            lines.push(line("own-may", page.say(format!("scope-{}", row.scope))));
            lines.push(line("own-until", reading.when.instant(row.until)));
        }
        PersonRow::Binding(row) => {
            lines.push(line("own-who", page.say(format!("tie-{}", row.tie))));
            lines.push(line("own-until", reading.when.instant(row.until)));
        }
        PersonRow::Code(row) => {
            let color = row.listed.as_ref().map(|listed| page.say(format!("color-{}", listed.color)));
            lines.extend(color.map(|color| line("own-color", color)));
            lines.push(line("own-until", reading.when.instant(row.expires)));
        }
        PersonRow::Request(_)
        | PersonRow::Registration(_)
        | PersonRow::Revocation(_)
        | PersonRow::Access(_) => {}
    }
    lines
}

#[cfg(test)]
mod tests {
    use mingma_domain::text::Lang;
    use mingma_registry::words::ActName;

    use crate::text::Texts;

    #[test]
    fn every_act_about_a_person_has_its_text_in_every_language() {
        for lang in Lang::ALL {
            let texts = Texts::shipped().speaker(*lang);
            for act in ActName::ALL.iter().filter(|act| !act.is_public()) {
                let name = format!("own-act-{act}");
                assert_ne!(texts.say(&name), name, "{lang}");
            }
        }
    }
}
