//! Which rows of a person have a key, and which is there already.

use super::State;
use crate::id::{EntryId, PersonId};
use crate::record::PersonRecord;
use crate::row::{AppealOpened, Confirmation, PersonRow, Request, Requester, RowKind};

impl State {
    pub(super) fn requests_of(&self, person: PersonId) -> Vec<Request> {
        let own = self.requests.iter().filter(|((of, _), _)| *of == Requester::Person(person));
        own.map(|(_, request)| request.clone()).collect()
    }

    pub(super) fn clash(&self, person: PersonId, row: &PersonRow) -> Option<RowKind> {
        let none = PersonRecord::default();
        let held = self.records.get(&person).unwrap_or(&none);
        let (there, kind) = match row {
            PersonRow::Request(row) => {
                let key = (Requester::Person(person), row.key.clone());
                (self.requests.contains_key(&key), RowKind::Request)
            }
            PersonRow::Registration(_) => (held.registration.is_some(), RowKind::Registration),
            PersonRow::Amendment(row) => {
                (held.amendments.iter().any(|r| r.number == row.number), RowKind::Amendment)
            }
            PersonRow::Fact(row) => (held.facts.iter().any(|r| r.id == row.id), RowKind::Fact),
            PersonRow::Countersignature(row) => {
                (held.countersignatures.iter().any(|r| r.fact == row.fact), RowKind::Countersignature)
            }
            PersonRow::Retraction(row) => {
                (held.retractions.iter().any(|r| r.fact == row.fact), RowKind::Retraction)
            }
            PersonRow::Code(row) => (held.codes.iter().any(|r| r.id == row.id), RowKind::Code),
            PersonRow::Grant(row) => (held.grants.iter().any(|r| r.id == row.id), RowKind::Grant),
            PersonRow::Binding(row) => (held.bindings.iter().any(|r| r.id == row.id), RowKind::Binding),
            PersonRow::Appeal(row) => {
                let same = |r: &AppealOpened| (r.fact, r.ground) == (row.fact, row.ground);
                (held.appeals.iter().any(|r| r.id == row.id || same(r)), RowKind::Appeal)
            }
            PersonRow::AppealAnswer(row) => {
                (held.answers.iter().any(|r| r.appeal == row.appeal), RowKind::AppealAnswer)
            }
            PersonRow::Disclosure(row) => {
                (held.disclosures.iter().any(|r| r.id == row.id), RowKind::Disclosure)
            }
            PersonRow::Access(row) => return self.doors.clash(person, row),
            PersonRow::Revocation(row) => {
                (held.revocations.iter().any(|r| r.code == row.code), RowKind::Revocation)
            }
            PersonRow::Confirmation(row) => {
                let key = |r: &Confirmation| (r.fact, r.issuer.clone(), r.appeal);
                (held.confirmations.iter().any(|r| key(r) == key(row)), RowKind::Confirmation)
            }
        };
        there.then_some(kind)
    }

    /// Adds a row that an entry commits to.
    pub(super) fn keep(&mut self, person: PersonId, row: PersonRow, entry: EntryId) {
        if let PersonRow::Fact(fact) = &row {
            self.committed.insert((person, fact.id), entry);
        }
        self.add(person, row);
    }

    fn add(&mut self, person: PersonId, row: PersonRow) {
        let held = self.records.entry(person).or_default();
        match row {
            PersonRow::Request(row) => {
                self.requests.insert((Requester::Person(person), row.key.clone()), row);
            }
            PersonRow::Registration(row) => held.registration = Some(row),
            PersonRow::Amendment(row) => held.amendments.push(row),
            PersonRow::Fact(row) => held.facts.push(row),
            PersonRow::Countersignature(row) => held.countersignatures.push(row),
            PersonRow::Retraction(row) => held.retractions.push(row),
            PersonRow::Code(row) => held.codes.push(row),
            PersonRow::Grant(row) => held.grants.push(row),
            PersonRow::Binding(row) => held.bindings.push(row),
            PersonRow::Appeal(row) => held.appeals.push(row),
            PersonRow::AppealAnswer(row) => held.answers.push(row),
            PersonRow::Disclosure(row) => held.disclosures.push(row),
            PersonRow::Access(row) => self.doors.add(person, row),
            PersonRow::Revocation(row) => held.revocations.push(row),
            PersonRow::Confirmation(row) => held.confirmations.push(row),
        }
    }
}
