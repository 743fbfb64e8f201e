//! Everything that was done about a person, for that person: each entry of the journal in words, what opens it, its proof.

mod words;

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use mingma_domain::document::Document;
use mingma_registry::canonical::Hash;
use mingma_registry::journal::{Entry, Former, Openings};
use mingma_registry::row::PersonRow;
use mingma_registry::words::{ActName, Ground};
use mingma_registry::{Book, Doer};
use serde::Deserialize;

pub(crate) use self::words::Words;
use super::affairs::Affairs;
use super::fact_view::{FactView, Reading};
use super::form::{Fields, Mistakes};
use super::identity::DocumentField;
use super::{Page, show};
use crate::api::hex;
use crate::api::journal::list::{openings, told_former};
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
    /// For the reader's own document, which the page compares and sends nowhere.
    document: DocumentField,
    fields: Fields,
    mistakes: Mistakes,
    entries: Vec<EntryView>,
    older: Option<String>,
}

/// An entry in words, and what opens it.
struct EntryView {
    id: String,
    act: &'static str,
    at: String,
    /// What the public log shows: which issuer, where it works, what it concerns.
    issuer: Option<String>,
    region: Option<String>,
    subject: Option<String>,
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
    /// The proof that an issuer signed it, and the salt by which whom it is about is hidden in it.
    signed: Option<(String, String)>,
    /// Who did it, as the entry commits to it.
    doer: Option<String>,
    proof: String,
    what: String,
    when: String,
    lines: Vec<(String, String)>,
    rules: Option<u64>,
    disputable: Vec<FactView>,
    /// What else to do if the entry is wrong, and where.
    way: Option<(String, Option<String>)>,
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
    let (when, zone) = (affairs.when(&record)?, Affairs::zone(&record)?);
    let page = affairs.page.clone();
    let reading =
        Reading { page: &page, when: &when, record: &record, now: app.registry().now(), zone: &zone };
    // The newest first.
    let shown: Vec<_> = entries.iter().rev().take(ENTRIES).collect();
    let last = shown.last().filter(|_| entries.len() > ENTRIES);
    let older = last.map(|last| affairs.link_with("/facts/journal", &format!("before={}", last.id)));
    let whose = affairs.api_name();
    let whom = app.registry().store().document(affairs.person).await?;
    let leaves: BTreeSet<Hash> = entries.iter().map(|entry| entry.leaf).collect();
    let is_there = |former| leaves.contains(&former);
    let entries = shown.iter().map(|entry| EntryView {
        follows_a_gap: matches!(entry.former, Former::Leaf(former) if !is_there(former)),
        ..view(entry, (&openings, &book, whom.as_ref()), reading, &whose)
    });
    let entries = entries.collect();
    Ok(show(&OwnJournal {
        logged: app.assets().has_log(),
        document: DocumentField::new(&page, true, false),
        fields: Fields::default(),
        mistakes: Mistakes::default(),
        entries,
        older,
        page,
        affairs,
    }))
}

fn view(
    entry: &Entry,
    (openings, book, whom): (&Openings, &Book, Option<&Document>),
    reading: Reading<'_>,
    whose: &str,
) -> EntryView {
    let page = reading.page;
    let opening = openings.open(entry);
    let rows = opening.map_or(&[][..], |opening| &opening.rows);
    let Words { what, lines, rules } = Words::of(entry, opening, (book, whom), reading);
    EntryView {
        id: entry.id.to_string(),
        act: entry.act.word(),
        at: entry.at.to_string(),
        issuer: entry.clear.issuer.as_ref().map(ToString::to_string),
        region: entry.clear.region.as_ref().map(ToString::to_string),
        subject: entry.clear.subject.as_ref().map(ToString::to_string),
        salt: entry.salt.as_ref().map(|salt| hex(salt)),
        leaf: hex(&entry.leaf),
        former: told_former(entry.former),
        follows_a_gap: false,
        waits: reading.record.waiting.is_of(entry.id),
        taken_out: reading.record.gone.contains(&entry.id),
        content: opening.map(|opening| hex(&opening.content)),
        content_hash: entry.content.as_ref().map(|hash| hex(hash)),
        signed: entry.signature().map(|kept| (hex(&kept.proof), hex(&kept.salt))),
        doer: entry.doer().map(|doer| hex(&doer.to_bytes())),
        proof: format!("/api/v1/persons/{whose}/journal/{}/proof", entry.id),
        what,
        when: reading.when.instant(entry.at),
        lines,
        rules,
        way: way(entry, rows).map(|(name, page_of)| (page.say(name), page_of.map(str::to_owned))),
        disputable: rows.iter().filter_map(|row| disputable(row, reading)).collect(),
    }
}

/// The fact that a row is about, if the row can be disputed as the fact stands: that it was recorded or countersigned while it
/// stands, that it was taken back or denied while that stands.
fn disputable(row: &PersonRow, reading: Reading<'_>) -> Option<FactView> {
    let (fact, takes_back) = match row {
        PersonRow::Fact(row) => (row.id, false),
        PersonRow::Countersignature(row) => (row.fact, false),
        PersonRow::Retraction(row) => (row.fact, true),
        PersonRow::Confirmation(row) => (row.fact, !row.confirmed),
        PersonRow::Request(_)
        | PersonRow::Registration(_)
        | PersonRow::Amendment(_)
        | PersonRow::Appeal(_)
        | PersonRow::AppealAnswer(_)
        | PersonRow::Disclosure(_)
        | PersonRow::Grant(_)
        | PersonRow::Binding(_)
        | PersonRow::Code(_)
        | PersonRow::Revocation(_)
        | PersonRow::Access(_) => return None,
    };
    let view = reading.view(reading.record.fact(fact)?);
    let fits = view.grounds.iter().any(|ground| (*ground == Ground::TakenBack) == takes_back);
    fits.then_some(view)
}

/// What to do about an entry that is wrong and cannot be disputed as a fact is: in which text, and on which page.
fn way(entry: &Entry, rows: &[PersonRow]) -> Option<(&'static str, Option<&'static str>)> {
    let of_act = way_of(entry.act)?;
    Some(match entry.doer() {
        // The program revokes what shows another status than there is.
        None if entry.act == ActName::Revoke && !rows.is_empty() && !Doer::is_told(entry.act, rows) => {
            return way_of(ActName::Transit);
        }
        None | Some(Doer::Person) => of_act,
        // What is bound and let in is ended there, whoever did it.
        Some(_) if of_act.0 != OWN => of_act,
        Some(Doer::Agent { .. }) => ("own-way-binding", Some("/family")),
        Some(Doer::App { .. }) => ("own-way-grant", Some("/apps")),
        Some(Doer::Worker { .. }) => ("own-way-worker", None),
        Some(Doer::Visitor) => ("own-way-visitor", None),
    })
}

/// The text of what whoever is signed in as the person does.
const OWN: &str = "own-way-own";

/// The same where the person acted, or nobody is said to have.
const fn way_of(act: ActName) -> Option<(&'static str, Option<&'static str>)> {
    Some(match act {
        ActName::Bind => ("own-way-binding", Some("/family")),
        ActName::AuthorizeApp => ("own-way-grant", Some("/apps")),
        ActName::Disclose => ("own-way-look", None),
        ActName::Transit => ("own-way-status", Some("/facts")),
        ActName::AnswerAppeal => ("own-way-answer", None),
        ActName::Amend => ("own-way-amend", Some("/facts")),
        ActName::Register
        | ActName::Declare
        | ActName::Show
        | ActName::Appeal
        | ActName::ChangeContact
        | ActName::Assist
        | ActName::Revoke => (OWN, Some("/sessions")),
        // Of these the rows are disputed, or are nobody's to look at.
        ActName::Record
        | ActName::Countersign
        | ActName::Retract
        | ActName::Confirm
        | ActName::Assess
        | ActName::Publish
        | ActName::Propose
        | ActName::Approve
        | ActName::PublishInEmergency
        | ActName::SetRisk
        | ActName::Appoint
        | ActName::AppointStaff
        | ActName::EndStaff
        | ActName::Allow
        | ActName::Alarm
        | ActName::Purge
        | ActName::Cease
        | ActName::Bring => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Texts;
    use mingma_domain::text::Lang;

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

    #[test]
    fn every_entry_that_is_not_disputed_says_what_else_there_is_to_do() {
        let disputed = [ActName::Record, ActName::Countersign, ActName::Retract, ActName::Confirm];
        for act in ActName::ALL.iter().filter(|act| !act.is_public() && **act != ActName::Assess) {
            assert_eq!(way_of(*act).is_none(), disputed.contains(act), "{act}");
            for lang in Lang::ALL {
                let texts = Texts::shipped().speaker(*lang);
                let said = way_of(*act).map_or_else(String::new, |(name, _)| texts.say(name));
                assert!(!said.starts_with("own-way"), "{lang} {act}");
            }
        }
    }
}
