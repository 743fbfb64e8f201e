//! A store in memory: what the acts are tested on, and the model that the real backends are held to.
//!
//! It keeps the contract but for durability, which it has not: it never ships.

mod access;
mod apply;
mod bulk;
mod feed;
mod journal;
mod person;
mod public;
mod purge;
mod work;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::document::Document;
use mingma_domain::fact::{Evidence, Issuer};

use crate::access::AccessRecord;
use crate::feed::{AsOf, Fed, Later, Mark};
use crate::id::{AppealId, EntryId, FactId, NoticeId, PersonId};
use crate::intake::{Intake, IssuedFact};
use crate::journal::{Entry, Numbered};
use crate::population::Resident;
use crate::record::{PersonRecord, birthday};
use crate::retention::{Aged, Holding, Passed};
use crate::row::{
    AppealSpan, Counted, IdempotencyKey, Moved, MovedOn, Notice, NoticeState, RecordedFact, Request,
    Requester, Said, Spoken, Tally,
};
use crate::staff::StaffMember;
use crate::store::{
    Applied, Asked, Change, DisputedFact, MAX_CHANGES, MAX_ERASURES, Newcomer, OpenCase, PLACES_IN_A_BLOCK,
    PLACES_IN_A_SHARD, Page, Persons, Published, Purge, Spent, Store, StoreError, Waiting,
};

/// Everything, behind one lock; its clones are the same store.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    full: bool,
    documents: BTreeMap<Document, PersonId>,
    records: BTreeMap<PersonId, PersonRecord>,
    requests: BTreeMap<(Requester, IdempotencyKey), Request>,
    submissions: BTreeMap<(Issuer, IdempotencyKey), Intake>,
    counted: Vec<(Issuer, Request, Counted, u16)>,
    moved: BTreeMap<i64, BTreeMap<Moved, u64>>,
    published: Vec<Published>,
    entries: Vec<(Option<PersonId>, Entry)>,
    outbox: BTreeMap<(PersonId, NoticeId), (Notice, NoticeState)>,
    doors: access::Doors,
    spent: BTreeMap<[u8; 16], Spent>,
    staff: BTreeMap<Evidence, StaffMember>,
    reserved: BTreeMap<u32, u32>,
    feed: feed::Feed,
    /// Which entry committed to which fact.
    committed: BTreeMap<(PersonId, FactId), EntryId>,
}

impl MemoryStore {
    /// From now on it has no room for any change, or has room again.
    pub fn refuse_writes(&self, refuse: bool) {
        self.state().full = refuse;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn find(&self, document: &Document) -> Result<Option<PersonId>, StoreError> {
        Ok(self.state().documents.get(document).copied())
    }

    async fn identify(&self, newcomers: Vec<Newcomer>) -> Result<Vec<PersonId>, StoreError> {
        let mut state = self.state();
        Ok(newcomers.into_iter().map(|n| *state.documents.entry(n.document).or_insert(n.candidate)).collect())
    }

    async fn document(&self, person: PersonId) -> Result<Option<Document>, StoreError> {
        let state = self.state();
        Ok(state.documents.iter().find(|(_, known)| **known == person).map(|(document, _)| document.clone()))
    }

    async fn apply(&self, changes: Vec<Change>) -> Result<Vec<Applied>, StoreError> {
        if changes.len() > MAX_CHANGES {
            return Err(StoreError::TooMany { given: changes.len() });
        }
        let mut state = self.state();
        if state.full {
            return Err(StoreError::Full);
        }
        Ok(changes.into_iter().map(|change| state.apply(change)).collect())
    }

    async fn record(&self, person: PersonId) -> Result<Arc<PersonRecord>, StoreError> {
        let mut record = self.state().records.get(&person).cloned().unwrap_or_default();
        record.birthday = self.document(person).await?.as_ref().and_then(birthday);
        record.facts.sort_by_key(|row| row.id);
        record.countersignatures.sort_by_key(|row| row.fact);
        record.retractions.sort_by_key(|row| row.fact);
        record.codes.sort_by_key(|row| row.id);
        record.grants.sort_by_key(|row| row.id);
        record.bindings.sort_by_key(|row| row.id);
        record.appeals.sort_by_key(|row| row.id);
        record.answers.sort_by_key(|row| row.appeal);
        record.disclosures.sort_by_key(|row| row.id);
        record.revocations.sort_by_key(|row| row.code);
        record.confirmations.sort_by_key(|row| (row.fact, row.issuer.to_string(), row.appeal));
        Ok(Arc::new(record))
    }

    async fn access(&self, person: PersonId, since: Timestamp) -> Result<AccessRecord, StoreError> {
        Ok(self.state().doors.read(person, since))
    }

    async fn staff_member(&self, name: &Evidence) -> Result<Option<StaffMember>, StoreError> {
        Ok(self.state().staff.get(name).cloned())
    }

    async fn staff(&self) -> Result<Vec<StaffMember>, StoreError> {
        Ok(self.state().staff.values().cloned().collect())
    }

    async fn spent(&self, now: Timestamp) -> Result<Vec<Spent>, StoreError> {
        Ok(self.state().spent.values().filter(|spent| now < spent.until).copied().collect())
    }

    async fn request(&self, of: Requester, key: &IdempotencyKey) -> Result<Option<Request>, StoreError> {
        let state = self.state();
        Ok(match of {
            Requester::Issuer(issuer) => {
                state.submissions.get(&(issuer, key.clone())).map(|intake| intake.request.clone())
            }
            Requester::Person(_) => state.requests.get(&(of, key.clone())).cloned(),
        })
    }

    async fn requests(&self, person: PersonId) -> Result<Vec<Request>, StoreError> {
        Ok(self.state().requests_of(person))
    }

    async fn submission(&self, issuer: &Issuer, key: &IdempotencyKey) -> Result<Option<Intake>, StoreError> {
        Ok(self.state().submissions.get(&(issuer.clone(), key.clone())).cloned())
    }

    async fn submissions(
        &self,
        issuer: &Issuer,
        before: Option<(Timestamp, IdempotencyKey)>,
        limit: u32,
    ) -> Result<Vec<Intake>, StoreError> {
        Ok(work::submissions(&self.state(), issuer, before.as_ref(), size(limit)))
    }

    async fn issued(
        &self,
        issuer: &Issuer,
        facts: &[FactId],
        witnessed: u64,
    ) -> Result<Vec<IssuedFact>, StoreError> {
        Ok(work::issued(&self.state(), issuer, facts, witnessed))
    }

    async fn recorded_by(
        &self,
        issuer: &Issuer,
        of: &[(Document, Evidence)],
    ) -> Result<Vec<Vec<RecordedFact>>, StoreError> {
        let state = self.state();
        Ok(of.iter().map(|of| work::recorded_by(&state, issuer, of)).collect())
    }

    async fn waiting(&self, of: Waiting, limit: u32) -> Result<Page<RecordedFact, FactId>, StoreError> {
        Ok(work::waiting(&self.state(), &of, size(limit)))
    }

    async fn open_appeals(
        &self,
        region: Region,
        after: Option<(Timestamp, AppealId)>,
        limit: u32,
    ) -> Result<Page<OpenCase, (Timestamp, AppealId)>, StoreError> {
        Ok(work::open_appeals(&self.state(), region, after, size(limit)))
    }

    async fn disputes(
        &self,
        asked: &Asked,
        after: Option<(Timestamp, AppealId)>,
        limit: u32,
    ) -> Result<Page<DisputedFact, (Timestamp, AppealId)>, StoreError> {
        Ok(bulk::disputes(&self.state(), asked, after, size(limit)))
    }

    async fn tallies(
        &self,
        of: Option<&Issuer>,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Tally>, StoreError> {
        Ok(bulk::tallies(&self.state(), of, (since, until)))
    }

    async fn said(
        &self,
        issuer: &Issuer,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Said>, StoreError> {
        Ok(bulk::said(&self.state(), issuer, (since, until)))
    }

    async fn counted(
        &self,
        issuer: &Issuer,
        key: &IdempotencyKey,
    ) -> Result<Vec<(Counted, u64)>, StoreError> {
        Ok(bulk::counted(&self.state(), issuer, key))
    }

    async fn spoken(&self, since: Timestamp, until: Timestamp) -> Result<Vec<(Spoken, u64)>, StoreError> {
        Ok(bulk::spoken(&self.state(), (since, until)))
    }

    async fn moved(&self, since: i64, until: i64) -> Result<Vec<MovedOn>, StoreError> {
        let state = self.state();
        let days = state.moved.range(since..until).flat_map(|(day, moved)| {
            moved.iter().map(|(moved, persons)| MovedOn { day: *day, moved: *moved, persons: *persons })
        });
        Ok(days.collect())
    }

    async fn appeal_spans(&self, since: Timestamp) -> Result<Vec<AppealSpan>, StoreError> {
        Ok(bulk::appeal_spans(&self.state(), since))
    }

    async fn publications(&self, after: u64, limit: u32) -> Result<Vec<Published>, StoreError> {
        let state = self.state();
        Ok(state.published.iter().filter(|act| act.number > after).take(size(limit)).cloned().collect())
    }

    async fn entries(&self, about: Option<PersonId>) -> Result<Vec<Entry>, StoreError> {
        Ok(journal::entries(&self.state(), about))
    }

    async fn journal(&self, after: u64, limit: u32) -> Result<Vec<Numbered>, StoreError> {
        Ok(journal::journal(&self.state(), after, size(limit)))
    }

    async fn adopt(&self, lost: Vec<Numbered>) -> Result<Option<u64>, StoreError> {
        Ok(journal::adopt(&mut self.state(), lost))
    }

    async fn numbers(&self, about: Option<PersonId>) -> Result<Vec<(EntryId, u64)>, StoreError> {
        Ok(journal::numbers(&self.state(), about))
    }

    async fn notices(&self, person: PersonId) -> Result<Vec<(Notice, NoticeState)>, StoreError> {
        let state = self.state();
        let own = state.outbox.iter().filter(|((whose, _), _)| *whose == person);
        Ok(own.map(|(_, told)| *told).collect())
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<(Notice, u16)>, StoreError> {
        Ok(work::due(&self.state(), now, size(limit)))
    }

    async fn settle(&self, person: PersonId, notice: NoticeId, to: NoticeState) -> Result<(), StoreError> {
        if let Some((_, state)) = self.state().outbox.get_mut(&(person, notice))
            && !matches!(state, NoticeState::Delivered { .. })
        {
            *state = to;
        }
        Ok(())
    }

    async fn holders(&self, persons: &[PersonId], now: Timestamp) -> Result<Vec<PersonId>, StoreError> {
        Ok(work::holders(&self.state(), persons, now))
    }

    async fn reserve(&self, shard: u32) -> Result<Option<u32>, StoreError> {
        let mut state = self.state();
        let next = state.reserved.entry(shard).or_default();
        if *next >= PLACES_IN_A_SHARD {
            return Ok(None);
        }
        let first = *next;
        *next += PLACES_IN_A_BLOCK;
        Ok(Some(first))
    }

    async fn reserved(&self, from: u32) -> Result<Vec<(u32, u32)>, StoreError> {
        Ok(self.state().reserved.range(from..).map(|(shard, next)| (*shard, *next)).collect())
    }

    async fn revoked(&self, shard: u32) -> Result<Vec<u32>, StoreError> {
        Ok(work::revoked(&self.state(), shard))
    }

    async fn feed(&self, after: u64, limit: u32, as_of: AsOf) -> Result<Vec<Fed>, StoreError> {
        Ok(feed::read(&self.state(), after, size(limit), as_of))
    }

    async fn lapsed(
        &self,
        place: u64,
        due: (Timestamp, Timestamp),
        witnessed: u64,
    ) -> Result<Vec<Resident>, StoreError> {
        Ok(feed::lapsed(&self.state(), place, due, witnessed))
    }

    async fn resident(&self, person: PersonId, place: u64, as_of: AsOf) -> Result<Resident, StoreError> {
        Ok(feed::resident(&self.state(), person, place, as_of))
    }

    async fn later(&self, person: PersonId, witnessed: u64) -> Result<Vec<Later>, StoreError> {
        Ok(feed::later(&self.state(), person, u64::MAX, witnessed))
    }

    async fn fed(&self) -> Result<u64, StoreError> {
        Ok(self.state().feed.last())
    }

    async fn marks(&self) -> Result<Vec<Mark>, StoreError> {
        Ok(self.state().feed.marks.clone())
    }

    async fn mark(&self, first: Mark, further: Vec<Mark>) -> Result<(), StoreError> {
        self.state().feed.mark(first, further);
        Ok(())
    }

    async fn aged(&self, last: Option<PersonId>, n: u32, by: Option<&Aged>) -> Result<Persons, StoreError> {
        purge::aged(self, (last, size(n)), by).await
    }

    async fn holding(&self, person: PersonId) -> Result<Holding, StoreError> {
        purge::holding(self, person).await
    }

    async fn purge(&self, purge: Purge) -> Result<Applied, StoreError> {
        if purge.erasures.len() > MAX_ERASURES {
            return Err(StoreError::TooMany { given: purge.erasures.len() });
        }
        Ok(self.state().purge(purge))
    }

    async fn pass(&self, passed: Passed) -> Result<u64, StoreError> {
        Ok(self.state().pass(passed))
    }

    async fn scrub(&self, _now: Timestamp) -> Result<(), StoreError> {
        // What is removed from memory is in no file and no backup.
        Ok(())
    }
}

fn size(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}
