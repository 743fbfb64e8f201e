//! A store in front of another one: what it does not do itself, the one below does.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::document::Document;
use mingma_domain::fact::{Evidence, Issuer};

use super::{
    Applied, Asked, Change, DisputedFact, Newcomer, OpenCase, Page, Persons, Published, Purge, Spent, Store,
    StoreError, Waiting,
};
use crate::access::AccessRecord;
use crate::feed::{AsOf, Fed, Later, Mark};
use crate::id::{AppealId, EntryId, FactId, NoticeId, PersonId};
use crate::intake::{Intake, IssuedFact};
use crate::journal::{Entry, Numbered};
use crate::population::Resident;
use crate::record::PersonRecord;
use crate::retention::{Aged, Holding, Passed};
use crate::row::{
    AppealSpan, Counted, IdempotencyKey, MovedOn, Notice, NoticeState, RecordedFact, Request, Requester,
    Said, Spoken, Tally,
};
use crate::staff::StaffMember;

/// A store in front of another one. It is a [`Store`] by what it says here and, for everything else, by the one below.
#[async_trait]
pub trait Layer: Send + Sync {
    /// The store below.
    type Below: Store;

    /// The store below, asked for anew by each call.
    ///
    /// # Errors
    /// Why it cannot be asked: what the call then answers.
    fn below(&self) -> Result<&Self::Below, StoreError>;

    /// As [`Store::identify`].
    async fn identify(&self, newcomers: Vec<Newcomer>) -> Result<Vec<PersonId>, StoreError> {
        self.below()?.identify(newcomers).await
    }

    /// As [`Store::apply`].
    async fn apply(&self, changes: Vec<Change>) -> Result<Vec<Applied>, StoreError> {
        self.below()?.apply(changes).await
    }

    /// As [`Store::record`].
    async fn record(&self, person: PersonId) -> Result<Arc<PersonRecord>, StoreError> {
        self.below()?.record(person).await
    }

    /// As [`Store::publications`].
    async fn publications(&self, after: u64, limit: u32) -> Result<Vec<Published>, StoreError> {
        self.below()?.publications(after, limit).await
    }

    /// As [`Store::published`].
    async fn published(&self, after: u64) -> Result<Vec<Published>, StoreError> {
        self.publications(after, u32::MAX).await
    }

    /// As [`Store::mark`].
    async fn mark(&self, first: Mark, further: Vec<Mark>) -> Result<(), StoreError> {
        self.below()?.mark(first, further).await
    }

    /// As [`Store::purge`].
    async fn purge(&self, purge: Purge) -> Result<Applied, StoreError> {
        self.below()?.purge(purge).await
    }
}

/// What a layer may do itself, and what is always done below.
macro_rules! layered {
    (
        itself { $($own:ident($($own_given:ident: $own_of:ty),*) -> $own_out:ty;)* }
        below { $($name:ident($($given:ident: $of:ty),*) -> $out:ty;)* }
    ) => {
        #[async_trait]
        impl<L: Layer> Store for L {
            $(async fn $own(&self, $($own_given: $own_of),*) -> Result<$own_out, StoreError> {
                Layer::$own(self, $($own_given),*).await
            })*
            $(async fn $name(&self, $($given: $of),*) -> Result<$out, StoreError> {
                self.below()?.$name($($given),*).await
            })*
        }
    };
}

layered! {
    itself {
        identify(newcomers: Vec<Newcomer>) -> Vec<PersonId>;
        apply(changes: Vec<Change>) -> Vec<Applied>;
        record(person: PersonId) -> Arc<PersonRecord>;
        publications(after: u64, limit: u32) -> Vec<Published>;
        published(after: u64) -> Vec<Published>;
        mark(first: Mark, further: Vec<Mark>) -> ();
        purge(purge: Purge) -> Applied;
    }
    below {
        find(document: &Document) -> Option<PersonId>;
        document(person: PersonId) -> Option<Document>;
        access(person: PersonId, since: Timestamp) -> AccessRecord;
        staff_member(name: &Evidence) -> Option<StaffMember>;
        staff() -> Vec<StaffMember>;
        spent(now: Timestamp) -> Vec<Spent>;
        request(of: Requester, key: &IdempotencyKey) -> Option<Request>;
        requests(person: PersonId) -> Vec<Request>;
        submission(issuer: &Issuer, key: &IdempotencyKey) -> Option<Intake>;
        submissions(issuer: &Issuer, before: Option<(Timestamp, IdempotencyKey)>, limit: u32) -> Vec<Intake>;
        issued(issuer: &Issuer, facts: &[FactId], witnessed: u64) -> Vec<IssuedFact>;
        recorded_by(issuer: &Issuer, of: &[(Document, Evidence)]) -> Vec<Vec<RecordedFact>>;
        waiting(of: Waiting, limit: u32) -> Page<RecordedFact, FactId>;
        open_appeals(region: Region, after: Option<(Timestamp, AppealId)>, limit: u32)
            -> Page<OpenCase, (Timestamp, AppealId)>;
        disputes(asked: &Asked, after: Option<(Timestamp, AppealId)>, limit: u32)
            -> Page<DisputedFact, (Timestamp, AppealId)>;
        tallies(of: Option<&Issuer>, since: Timestamp, until: Timestamp) -> Vec<Tally>;
        said(issuer: &Issuer, since: Timestamp, until: Timestamp) -> Vec<Said>;
        counted(issuer: &Issuer, key: &IdempotencyKey) -> Vec<(Counted, u64)>;
        spoken(since: Timestamp, until: Timestamp) -> Vec<(Spoken, u64)>;
        moved(since: i64, until: i64) -> Vec<MovedOn>;
        appeal_spans(since: Timestamp) -> Vec<AppealSpan>;
        entries(about: Option<PersonId>) -> Vec<Entry>;
        journal(after: u64, limit: u32) -> Vec<Numbered>;
        adopt(lost: Vec<Numbered>) -> Option<u64>;
        numbers(about: Option<PersonId>) -> Vec<(EntryId, u64)>;
        notices(person: PersonId) -> Vec<(Notice, NoticeState)>;
        due(now: Timestamp, limit: u32) -> Vec<(Notice, u16)>;
        settle(person: PersonId, notice: NoticeId, state: NoticeState) -> ();
        holders(persons: &[PersonId], now: Timestamp) -> Vec<PersonId>;
        reserve(shard: u32) -> Option<u32>;
        reserved(from: u32) -> Vec<(u32, u32)>;
        revoked(shard: u32) -> Vec<u32>;
        feed(after: u64, limit: u32, as_of: AsOf) -> Vec<Fed>;
        lapsed(place: u64, due: (Timestamp, Timestamp), witnessed: u64) -> Vec<Resident>;
        resident(person: PersonId, place: u64, as_of: AsOf) -> Resident;
        later(person: PersonId, witnessed: u64) -> Vec<Later>;
        fed() -> u64;
        marks() -> Vec<Mark>;
        aged(after: Option<PersonId>, limit: u32, aged: Option<&Aged>) -> Persons;
        holding(person: PersonId) -> Holding;
        pass(passed: Passed) -> u64;
        scrub(now: Timestamp) -> ();
    }
}
