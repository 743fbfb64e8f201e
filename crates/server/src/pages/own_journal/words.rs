//! An entry of the journal in words: what was done, by whom, why, by which rules. The page and the API say the same.

use mingma_credential::key::DevicePoint;
use mingma_credential::status::Initials;
use mingma_domain::Region;
use mingma_domain::document::Document;
use mingma_registry::journal::{Entry, Opening};
use mingma_registry::row::{PersonRow, RecordedFact};
use mingma_registry::signed::{Proof, Signature};
use mingma_registry::words::{ActName, Tie};
use mingma_registry::{Book, Doer, FactId};

use super::super::Page;
use super::super::fact_view::{Reading, issuer, looker};
use crate::api::hex;
use crate::api::journal::list::key_of;

/// What an entry says.
pub(crate) struct Words {
    /// What was done.
    pub(crate) what: String,
    /// Name and value of each thing that is told of it.
    pub(crate) lines: Vec<(String, String)>,
    /// The number of the rules by which it was done, or which were in force when a status was told of or a code revoked.
    pub(crate) rules: Option<u64>,
}

impl Words {
    /// An entry with what opens it, about whoever has this document.
    pub(crate) fn of(
        entry: &Entry,
        opening: Option<&Opening>,
        (book, whom): (&Book, Option<&Document>),
        reading: Reading<'_>,
    ) -> Self {
        let page = reading.page;
        let rows = opening.map_or(&[][..], |opening| &opening.rows);
        let actor = entry.clear.issuer.as_ref().map(|by| (page.say("fact-from"), issuer(page, by)));
        let mut lines: Vec<_> = actor.into_iter().collect();
        lines.extend(doer(entry, rows, whom, reading).map(|said| (page.say("own-doer"), said)));
        lines.extend(rows.iter().flat_map(|row| told(row, reading)));
        lines.extend(signed(entry, opening, (book, whom), page));
        let of_code = rows.iter().find_map(|row| {
            let PersonRow::Code(code) = row else { return None };
            Some(code.ruleset.0)
        });
        let rules = of_code.or_else(|| in_force(entry, book, reading));
        Self { what: page.say(format!("own-act-{}", entry.act)), lines, rules }
    }
}

/// Who did what a person may do for themselves; none of what nobody does for them, and once nothing opens the entry.
fn doer(entry: &Entry, rows: &[PersonRow], whom: Option<&Document>, reading: Reading<'_>) -> Option<String> {
    let page = reading.page;
    let Some(doer) = entry.doer() else {
        // Of a former program's entry it is known that it was one of several, and no more.
        let is_of_before = entry.salt.is_some() && Doer::is_told(entry.act, rows);
        return is_of_before.then(|| page.say("own-doer-unkept"));
    };
    let name = |by: &str| [("by", by.to_owned())];
    Some(match doer {
        Doer::Person => page.say("own-doer-person"),
        Doer::Visitor => page.say("own-doer-visitor"),
        Doer::Agent { binding, tie } => {
            let is_child = matches!(whom, Some(Document::ChildWithoutDocument(_)));
            let who = if *tie == Tie::Family && is_child { "guardian" } else { tie.word() };
            let since = reading.record.bindings.iter().find(|row| row.id == *binding).map(|row| row.from);
            since.map_or_else(
                || page.say(format!("own-doer-{who}")),
                |since| {
                    page.with(&format!("own-doer-{who}-since"), &[("since", reading.when.instant(since))])
                },
            )
        }
        Doer::Worker { staff, consent: Some(_) } => page.with("own-doer-helper", &name(staff.as_str())),
        Doer::Worker { staff, consent: None } => page.with("own-doer-desk", &name(staff.as_str())),
        Doer::App { app, .. } => page.with("own-doer-app", &name(app.as_str())),
    })
}

/// The rules by which a status was found to be another, or a code to show what it is no more.
fn in_force(entry: &Entry, book: &Book, reading: Reading<'_>) -> Option<u64> {
    let judged = matches!(entry.act, ActName::Transit | ActName::Revoke);
    let home = reading.record.home_as_of(entry.at).filter(|_| judged)?;
    Some(book.ruleset_for(home, entry.at)?.number.0)
}

/// By whose key an issuer's word about whoever has this document is signed, or that it was given by hand.
fn signed(
    entry: &Entry,
    opening: Option<&Opening>,
    (book, whom): (&Book, Option<&Document>),
    page: &Page,
) -> Option<(String, String)> {
    let is_about = |kept: &Signature, whom| {
        Proof::from_bytes(&kept.proof).is_some_and(|proof| proof.is_about(&kept.salt, whom))
    };
    let said = if entry.act == ActName::AnswerAppeal {
        page.say("own-signature-hand")
    } else if entry.act.is_signed() {
        let opening = opening?;
        match (entry.signature(), key_of(entry, Some(opening), book)) {
            (None, _) => page.say("own-signature-not-kept"),
            (Some(kept), Some(_)) if whom.is_some_and(|whom| !is_about(kept, whom)) => {
                page.say("own-signature-other")
            }
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
            lines.push(line("own-who", page.with("look-who", &looker(page, row))));
            lines.push(line("own-why", page.say(format!("purpose-{}", row.purpose))));
            lines
                .extend(row.refused().map(|why| line("own-answer", page.say(format!("look-refused-{why}")))));
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
        PersonRow::Amendment(row) => {
            lines.extend(who_lives_where(page, row.home, row.initials.as_ref()));
            lines.push(line("own-who", page.with("own-desk", &[("by", row.by.as_str())])));
        }
        PersonRow::Registration(row) => {
            lines.extend(who_lives_where(page, row.home, row.initials.as_ref()));
        }
        PersonRow::Request(_) | PersonRow::Revocation(_) | PersonRow::Access(_) => {}
    }
    lines
}

/// What a registration says of a person, or its amendment.
fn who_lives_where(page: &Page, home: Region, initials: Option<&Initials>) -> [(String, String); 2] {
    let none = || page.say("facts-no-initials");
    let initials = initials.map_or_else(none, |initials| initials.as_str().to_owned());
    [(page.say("facts-home"), home.full_name(page.lang())), (page.say("facts-initials"), initials)]
}
