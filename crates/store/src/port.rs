//! What the registry asks of its store: each read one function of [`read`](mod@read), each write a job of the writer's.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::document::Document;
use mingma_domain::fact::{Evidence, Issuer};
use mingma_registry::feed::{AsOf, Fed, Later, Mark};
use mingma_registry::intake::{Intake, IssuedFact};
use mingma_registry::journal::{Entry, Numbered};
use mingma_registry::retention::{Aged, Holding, Passed};
use mingma_registry::row::{
    AppealSpan, Counted, IdempotencyKey, MovedOn, Notice, NoticeState, RecordedFact, Request, Requester,
    Said, Spoken, Tally,
};
use mingma_registry::staff::StaffMember;
use mingma_registry::store::{
    Asked, DisputedFact, MAX_CHANGES, MAX_ERASURES, Newcomer, OpenCase, Page, Persons, Published, Purge,
    Spent, Waiting,
};
use mingma_registry::{
    AccessRecord, AppealId, Applied, Change, EntryId, FactId, NoticeId, PersonId, PersonRecord, Resident,
    Store, StoreError,
};

use crate::{SqliteStore, read};

#[async_trait]
impl Store for SqliteStore {
    async fn find(&self, document: &Document) -> Result<Option<PersonId>, StoreError> {
        let key = self.vault.document_key(document);
        self.read(|c| read::person_of(c, &key))
    }

    async fn identify(&self, newcomers: Vec<Newcomer>) -> Result<Vec<PersonId>, StoreError> {
        // Most are known: what is read needs no wait for the disk, for one document is one person for good.
        let keys: Vec<_> = newcomers.iter().map(|n| self.vault.document_key(&n.document)).collect();
        let known =
            self.read(|c| keys.iter().map(|key| read::person_of(c, key)).collect::<Result<Vec<_>, _>>())?;
        if let Some(all) = known.into_iter().collect::<Option<Vec<_>>>() {
            return Ok(all);
        }
        self.writer.identify(newcomers).await
    }

    async fn document(&self, person: PersonId) -> Result<Option<Document>, StoreError> {
        self.read(|c| read::document(c, &self.vault, person))
    }

    async fn apply(&self, changes: Vec<Change>) -> Result<Vec<Applied>, StoreError> {
        match changes.len() {
            0 => Ok(Vec::new()),
            1..=MAX_CHANGES => self.writer.apply(changes).await,
            given => Err(StoreError::TooMany { given }),
        }
    }

    async fn record(&self, person: PersonId) -> Result<Arc<PersonRecord>, StoreError> {
        self.read(|c| read::record(c, &self.vault, person)).map(Arc::new)
    }

    async fn access(&self, person: PersonId, since: Timestamp) -> Result<AccessRecord, StoreError> {
        self.read(|c| read::access(c, &self.vault, person, since))
    }

    async fn staff_member(&self, name: &Evidence) -> Result<Option<StaffMember>, StoreError> {
        self.read(|c| read::staff_member(c, &self.vault, name))
    }

    async fn staff(&self) -> Result<Vec<StaffMember>, StoreError> {
        self.read(|c| read::staff(c, &self.vault))
    }

    async fn spent(&self, now: Timestamp) -> Result<Vec<Spent>, StoreError> {
        self.read(|c| read::spent(c, now))
    }

    async fn request(&self, of: Requester, key: &IdempotencyKey) -> Result<Option<Request>, StoreError> {
        self.read(|c| read::request(c, &of, key))
    }

    async fn requests(&self, person: PersonId) -> Result<Vec<Request>, StoreError> {
        self.read(|c| read::requests(c, person))
    }

    async fn submission(&self, issuer: &Issuer, key: &IdempotencyKey) -> Result<Option<Intake>, StoreError> {
        self.read(|c| read::submission(c, issuer, key))
    }

    async fn submissions(
        &self,
        issuer: &Issuer,
        before: Option<(Timestamp, IdempotencyKey)>,
        limit: u32,
    ) -> Result<Vec<Intake>, StoreError> {
        self.read(|c| read::submissions(c, issuer, before.as_ref(), limit))
    }

    async fn issued(
        &self,
        issuer: &Issuer,
        facts: &[FactId],
        witnessed: u64,
    ) -> Result<Vec<IssuedFact>, StoreError> {
        self.read(|c| read::issued(c, issuer, facts, witnessed))
    }

    async fn recorded_by(
        &self,
        issuer: &Issuer,
        of: &[(Document, Evidence)],
    ) -> Result<Vec<Vec<RecordedFact>>, StoreError> {
        let keyed: Vec<_> = of.iter().map(|(d, evidence)| (self.vault.document_key(d), evidence)).collect();
        self.read(|c| keyed.iter().map(|of| read::recorded_by(c, issuer, of)).collect())
    }

    async fn waiting(&self, of: Waiting, limit: u32) -> Result<Page<RecordedFact, FactId>, StoreError> {
        self.read(|c| read::waiting(c, &of, limit))
    }

    async fn open_appeals(
        &self,
        region: Region,
        after: Option<(Timestamp, AppealId)>,
        limit: u32,
    ) -> Result<Page<OpenCase, (Timestamp, AppealId)>, StoreError> {
        self.read(|c| read::open_appeals(c, region, after, limit))
    }

    async fn disputes(
        &self,
        asked: &Asked,
        after: Option<(Timestamp, AppealId)>,
        limit: u32,
    ) -> Result<Page<DisputedFact, (Timestamp, AppealId)>, StoreError> {
        self.read(|c| read::disputes(c, asked, after, limit))
    }

    async fn tallies(
        &self,
        of: Option<&Issuer>,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Tally>, StoreError> {
        self.read(|c| read::tallies(c, of, since, until))
    }

    async fn said(
        &self,
        issuer: &Issuer,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Said>, StoreError> {
        self.read(|c| read::said(c, issuer, since, until))
    }

    async fn counted(
        &self,
        issuer: &Issuer,
        key: &IdempotencyKey,
    ) -> Result<Vec<(Counted, u64)>, StoreError> {
        self.read(|c| read::counted(c, issuer, key))
    }

    async fn spoken(&self, since: Timestamp, until: Timestamp) -> Result<Vec<(Spoken, u64)>, StoreError> {
        self.read(|c| read::spoken(c, since, until))
    }

    async fn moved(&self, since: i64, until: i64) -> Result<Vec<MovedOn>, StoreError> {
        self.read(|c| read::moved(c, since, until))
    }

    async fn appeal_spans(&self, since: Timestamp) -> Result<Vec<AppealSpan>, StoreError> {
        self.read(|c| read::appeal_spans(c, since))
    }

    async fn publications(&self, after: u64, limit: u32) -> Result<Vec<Published>, StoreError> {
        self.read(|c| read::publications(c, after, limit))
    }

    async fn entries(&self, about: Option<PersonId>) -> Result<Vec<Entry>, StoreError> {
        self.read(|c| read::entries(c, &self.vault, about))
    }

    async fn journal(&self, after: u64, limit: u32) -> Result<Vec<Numbered>, StoreError> {
        self.read(|c| read::journal(c, after, limit))
    }

    async fn adopt(&self, lost: Vec<Numbered>) -> Result<Option<u64>, StoreError> {
        self.writer.adopt(lost).await
    }

    async fn numbers(&self, about: Option<PersonId>) -> Result<Vec<(EntryId, u64)>, StoreError> {
        self.read(|c| read::numbers(c, about))
    }

    async fn notices(&self, person: PersonId) -> Result<Vec<(Notice, NoticeState)>, StoreError> {
        self.read(|c| read::notices(c, person))
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<(Notice, u16)>, StoreError> {
        self.read(|c| read::due(c, now, limit))
    }

    async fn settle(&self, person: PersonId, notice: NoticeId, to: NoticeState) -> Result<(), StoreError> {
        self.writer.settle(person, notice, to).await
    }

    async fn holders(&self, persons: &[PersonId], now: Timestamp) -> Result<Vec<PersonId>, StoreError> {
        if persons.is_empty() {
            return Ok(Vec::new());
        }
        self.read(|c| read::holders(c, persons, now))
    }

    async fn reserve(&self, shard: u32) -> Result<Option<u32>, StoreError> {
        self.writer.reserve(shard).await
    }

    async fn reserved(&self, from: u32) -> Result<Vec<(u32, u32)>, StoreError> {
        self.read(|c| read::reserved(c, from))
    }

    async fn revoked(&self, shard: u32) -> Result<Vec<u32>, StoreError> {
        self.read(|c| read::revoked(c, shard))
    }

    async fn feed(&self, after: u64, limit: u32, as_of: AsOf) -> Result<Vec<Fed>, StoreError> {
        self.read(|c| read::feed(c, after, limit, as_of))
    }

    async fn lapsed(
        &self,
        place: u64,
        due: (Timestamp, Timestamp),
        witnessed: u64,
    ) -> Result<Vec<Resident>, StoreError> {
        self.read(|c| read::lapsed(c, place, due, witnessed))
    }

    async fn resident(&self, person: PersonId, place: u64, as_of: AsOf) -> Result<Resident, StoreError> {
        self.read(|c| read::resident(c, person, place, as_of))
    }

    async fn later(&self, person: PersonId, witnessed: u64) -> Result<Vec<Later>, StoreError> {
        self.read(|c| read::later(c, person, witnessed))
    }

    async fn fed(&self) -> Result<u64, StoreError> {
        self.read(read::fed)
    }

    async fn marks(&self) -> Result<Vec<Mark>, StoreError> {
        self.read(read::marks)
    }

    async fn mark(&self, first: Mark, further: Vec<Mark>) -> Result<(), StoreError> {
        self.writer.mark(first, further).await
    }

    async fn aged(
        &self,
        after: Option<PersonId>,
        limit: u32,
        aged: Option<&Aged>,
    ) -> Result<Persons, StoreError> {
        self.read(|c| read::aged(c, after, limit, aged))
    }

    async fn holding(&self, person: PersonId) -> Result<Holding, StoreError> {
        self.read(|c| read::holding(c, &self.vault, person))
    }

    async fn purge(&self, purge: Purge) -> Result<Applied, StoreError> {
        match purge.erasures.len() {
            0..=MAX_ERASURES => self.writer.purge(purge).await,
            given => Err(StoreError::TooMany { given }),
        }
    }

    async fn pass(&self, passed: Passed) -> Result<u64, StoreError> {
        self.writer.pass(passed).await
    }

    async fn scrub(&self, now: Timestamp) -> Result<(), StoreError> {
        self.writer.scrub(now).await
    }
}
