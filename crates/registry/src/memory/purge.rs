//! Destroying, in memory.

use std::sync::Arc;

use jiff::Timestamp;

use super::{MemoryStore, State};
use crate::id::{EntryId, FactId, PersonId};
use crate::record::PersonRecord;
use crate::retention::{Aged, Erasure, Holding, Passed};
use crate::row::{PublicRow, Requester};
use crate::store::{Applied, Persons, Purge, Store as _, StoreError};

/// Everything of one person.
pub(super) async fn holding(store: &MemoryStore, person: PersonId) -> Result<Holding, StoreError> {
    Ok(Holding {
        record: Arc::unwrap_or_clone(store.record(person).await?),
        access: store.access(person, Timestamp::MIN).await?,
        notices: store.notices(person).await?,
        entries: store.entries(Some(person)).await?,
        committed: store.state().committed(person),
    })
}

/// Of the next who are known, those of whom anything is as old.
pub(super) async fn aged(
    store: &MemoryStore,
    (after, limit): (Option<PersonId>, usize),
    aged: Option<&Aged>,
) -> Result<Persons, StoreError> {
    let persons = store.state().persons(after, limit);
    let (next, mut items) = (persons.last().copied(), Vec::new());
    for person in persons {
        let is_old = match aged {
            Some(aged) => aged.touches(&holding(store, person).await?),
            None => true,
        };
        if is_old {
            items.push(person);
        }
    }
    Ok(Persons { items, next })
}

impl State {
    fn persons(&self, after: Option<PersonId>, limit: usize) -> Vec<PersonId> {
        let mut known: Vec<PersonId> = self.documents.values().copied().collect();
        known.sort_unstable();
        known.retain(|person| after.is_none_or(|after| after < *person));
        known.truncate(limit);
        known
    }

    fn committed(&self, whose: PersonId) -> Vec<(FactId, EntryId)> {
        let own = self.committed.iter().filter(|((person, _), _)| *person == whose);
        own.map(|((_, fact), entry)| (*fact, *entry)).collect()
    }

    pub(super) fn purge(&mut self, purge: Purge) -> Applied {
        for erasure in &purge.erasures {
            self.erase(erasure);
        }
        self.publish(PublicRow::Purged(purge.row), purge.entry)
    }

    fn erase(&mut self, erasure: &Erasure) {
        let person = erasure.person;
        if let Some(record) = self.records.get_mut(&person) {
            erase_rows(record, erasure);
        }
        self.doors.erase(erasure);
        self.outbox.retain(|(whose, notice), _| *whose != person || !erasure.notices.contains(notice));
        for fact in &erasure.facts {
            let Some(entry) = self.committed.remove(&(person, *fact)) else { continue };
            let more = self.committed.iter().any(|((whose, _), other)| *whose == person && *other == entry);
            if !more {
                self.desalt(person, entry);
            }
        }
        erasure.salts.iter().for_each(|entry| self.desalt(person, *entry));
    }

    fn desalt(&mut self, person: PersonId, id: EntryId) {
        let own = self.entries.iter_mut().find(|(whose, entry)| *whose == Some(person) && entry.id == id);
        if let Some((_, entry)) = own {
            (entry.salt, entry.content, entry.beside) = (None, None, None);
        }
    }

    pub(super) fn pass(&mut self, passed: Passed) -> u64 {
        let count = |state: &Self| state.spent.len() + state.requests.len() + state.submissions.len();
        let before = count(self);
        self.spent.retain(|_, spent| passed.spent < spent.until);
        self.requests.retain(|(whose, _), request| {
            !matches!(whose, Requester::Person(_)) || passed.requests < request.received
        });
        self.submissions.retain(|_, intake| passed.submissions < intake.request.received);
        u64::try_from(before - count(self)).unwrap_or(u64::MAX)
    }
}

fn erase_rows(record: &mut PersonRecord, erasure: &Erasure) {
    record.facts.retain(|row| !erasure.facts.contains(&row.id));
    record.countersignatures.retain(|row| !erasure.facts.contains(&row.fact));
    record.retractions.retain(|row| !erasure.facts.contains(&row.fact));
    record.confirmations.retain(|row| !erasure.facts.contains(&row.fact));
    let gone = record.appeals.extract_if(.., |row| erasure.facts.contains(&row.fact));
    let gone: Vec<_> = gone.map(|row| row.id).collect();
    record.answers.retain(|row| !gone.contains(&row.appeal));
    record.codes.retain(|row| !erasure.codes.contains(&row.id));
    record.revocations.retain(|row| !erasure.codes.contains(&row.code));
    record.grants.retain(|row| !erasure.grants.contains(&row.id));
    record.bindings.retain(|row| !erasure.bindings.contains(&row.id));
    record.disclosures.retain(|row| !erasure.disclosures.contains(&row.id));
}
