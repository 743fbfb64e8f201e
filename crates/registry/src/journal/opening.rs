//! Opening a person's entries: which rows each of them commits to.
//!
//! An entry does not name its rows, and nobody is believed about them: of the rows that are kept those are taken whose
//! commitment, with the entry's salt, is the entry's. An entry whose rows have ended opens to nothing any more.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Entry, person_text};
use crate::canonical::{Hash, sha256};
use crate::id::{FactId, PersonId};
use crate::record::PersonRecord;
use crate::row::{PersonRow, RecordedFact, Request};

/// What an entry commits to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opening {
    /// The rows, without those that change no colour.
    pub rows: Vec<PersonRow>,
    /// The rows in the canonical encoding: their SHA-256 stands in the commitment.
    pub content: Vec<u8>,
}

/// Everything that an act may have done to a person, by time.
#[derive(Clone, Debug)]
pub struct Openings(Vec<(Timestamp, Hash, Opening)>);

impl Openings {
    /// What the person's rows may be the content of.
    #[must_use]
    pub fn of(person: PersonId, record: &PersonRecord, requests: &[Request]) -> Self {
        let mut found = Self(Vec::new());
        let mut add = |at: Timestamp, rows: Vec<PersonRow>| {
            let content = person_text(person, &rows);
            found.0.push((at, sha256(&content), Opening { rows, content }));
        };
        // Acts that keep nothing of which the journal speaks: a telephone number, a code at a desk, a message.
        add(Timestamp::MIN, Vec::new());
        if let Some(row) = &record.registration {
            add(row.at, vec![PersonRow::Registration(row.clone())]);
        }
        for row in &record.amendments {
            add(row.at, vec![PersonRow::Amendment(row.clone())]);
        }
        for row in &record.facts {
            add(row.recorded, vec![PersonRow::Fact(row.clone())]);
        }
        for row in &record.countersignatures {
            add(row.at, vec![PersonRow::Countersignature(row.clone())]);
        }
        for row in &record.retractions {
            add(row.at, vec![PersonRow::Retraction(row.clone())]);
        }
        for row in &record.codes {
            add(row.issued, vec![PersonRow::Code(*row)]);
        }
        for row in &record.revocations {
            add(row.at, vec![PersonRow::Revocation(*row)]);
        }
        for row in &record.grants {
            add(row.from, vec![PersonRow::Grant(row.clone())]);
        }
        for row in &record.bindings {
            add(row.from, vec![PersonRow::Binding(*row)]);
        }
        for row in &record.appeals {
            add(row.at, vec![PersonRow::Appeal(*row)]);
        }
        for row in &record.disclosures {
            add(row.at, vec![PersonRow::Disclosure(row.clone())]);
        }
        for answer in &record.answers {
            add(answer.at, vec![PersonRow::AppealAnswer(*answer)]);
            // Whoever was right has the fact taken back in the same act, or given back.
            let taken = record.retractions.iter().filter(|row| row.at == answer.at).cloned();
            let given = record.confirmations.iter().filter(|row| row.appeal == Some(answer.appeal)).cloned();
            for row in taken.map(PersonRow::Retraction).chain(given.map(PersonRow::Confirmation)) {
                add(answer.at, vec![PersonRow::AppealAnswer(*answer), row]);
            }
        }
        for (place, word) in record.confirmations.iter().enumerate() {
            // One word on all disputes of a fact that are open.
            let before = record.confirmations.iter().take(place);
            if !before.into_iter().any(|former| (former.fact, former.at) == (word.fact, word.at)) {
                let same = record.confirmations.iter().filter(|w| (w.fact, w.at) == (word.fact, word.at));
                add(word.at, same.cloned().map(PersonRow::Confirmation).collect());
            }
        }
        for request in requests {
            let asked = PersonRow::Request(request.clone());
            let facts = declared(record, request);
            if !facts.is_empty() {
                let facts = facts.into_iter().map(PersonRow::Fact);
                add(request.received, std::iter::once(asked.clone()).chain(facts).collect());
            }
            for row in record.grants.iter().filter(|row| row.from == request.received) {
                add(request.received, vec![asked.clone(), PersonRow::Grant(row.clone())]);
            }
            for row in record.bindings.iter().filter(|row| row.from == request.received) {
                add(request.received, vec![asked.clone(), PersonRow::Binding(*row)]);
            }
        }
        found.0.sort_by_key(|(at, ..)| *at);
        found
    }

    /// The rows that these entries commit to, which are all about this person, and the entries that nothing opens.
    pub(super) fn held<'o, 'e>(&'o self, entries: &'e [Entry]) -> (Vec<&'o PersonRow>, Vec<&'e Entry>) {
        let by_content = self.0.iter().map(|(_, content, opening)| (content, opening));
        let by_content: BTreeMap<&Hash, &Opening> = by_content.collect();
        let (mut committed, mut unopened) = (Vec::new(), Vec::new());
        for entry in entries {
            let opening = match &entry.content {
                // What stands beside the salt is believed as far as the leaf commits to it.
                Some(content) => by_content.get(content).copied().filter(|_| entry.opens(content)),
                None => self.open(entry),
            };
            match opening {
                Some(opening) => committed.extend(&opening.rows),
                None => unopened.push(entry),
            }
        }
        (committed, unopened)
    }

    /// What this entry commits to; none if it is not among the rows.
    #[must_use]
    pub fn open(&self, entry: &Entry) -> Option<&Opening> {
        let commits = |(_, content, _): &&(Timestamp, Hash, Opening)| entry.opens(content);
        // An entry is made right after its rows; so the first that is tried is nearly always the one.
        let (before, after) = self.0.split_at(self.0.partition_point(|(at, ..)| *at <= entry.at));
        let found = before.iter().rev().find(commits).or_else(|| after.iter().find(commits));
        found.map(|(.., opening)| opening)
    }
}

/// The facts of a declaration, whose ids follow from it.
fn declared(record: &PersonRecord, request: &Request) -> Vec<RecordedFact> {
    let fact = |place| record.fact(FactId::new(request.received, request.chance_of(place))).cloned();
    (0..).map_while(fact).collect()
}
