//! The port to whatever keeps things, with the contract that every backend is held to by the module `conformance`.

mod change;
mod error;
mod layer;
mod proven;
mod witnessing;
mod work;

pub use change::{Applied, Change, Spent, Told};
pub use error::StoreError;
pub use layer::Layer;
pub use proven::{Edited, Proven};
pub use witnessing::Witnessing;
pub use work::{Asked, Confirms, DisputedFact, OpenCase, Page, Persons, Waiting};

use std::sync::Arc;

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
use crate::policy::Office;
use crate::population::Resident;
use crate::record::PersonRecord;
use crate::retention::{Aged, Holding, Passed};
pub use crate::retention::{MAX_ERASURES, Purge};
use crate::row::{
    AppealSpan, Counted, IdempotencyKey, MovedOn, Notice, NoticeState, PublicRow, RecordedFact, Request,
    Requester, Said, Spoken, Tally,
};
use crate::staff::StaffMember;

/// The most changes of one call: 4,096 facts of a laboratory's batch are about 2 MiB in memory and one commit.
pub const MAX_CHANGES: usize = 4_096;

/// The places of one status list: 64 lists of 2²⁰ are 67 million codes for each day on which codes end. At two bits a
/// checkpoint holds 256 KiB for each list; compressed, an hour's fetch of one without revocations is half a kilobyte.
pub const PLACES_IN_A_SHARD: u32 = 1 << 20;
/// How many places are reserved at once: a million residents cost 250 writes a day instead of a million, and a process
/// that stops leaves at most so many unused of each list.
pub const PLACES_IN_A_BLOCK: u32 = 1 << 12;

/// About whom entries are of which only the commitment is left.
pub const LOST: PersonId = PersonId::from_bytes([0xff; 16]);

/// A person who may not be known yet.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// By which document.
    pub document: Document,
    /// The id to give, if the document is not known.
    pub candidate: PersonId,
}

/// A public act as it was kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Published {
    /// Its number.
    pub number: u64,
    /// The number of its entry in the journal.
    pub entry: u64,
    /// When the entry was made.
    pub at: Timestamp,
    /// Which office did it alone, as far as the entry says so.
    pub alone: Option<(Office, Region)>,
    /// What it says.
    pub row: PublicRow,
}

/// Keeps what the acts decide.
///
/// # Contract
///
/// *Durability.* When [`Store::apply`], [`Store::identify`] or [`Store::settle`] has answered without an error, what
/// it wrote outlives a kill of the process and a loss of power. Before that answer it may be lost. A caller that goes
/// away before the answer (its future is dropped) changes nothing: what was taken in is written whole or, if it was
/// not taken in, not at all.
///
/// *Atomicity.* Of one [`Change`], all rows, notices and the journal's entry are kept, or nothing is. Several changes of
/// one call are independent: each has its own answer, and after an error any of them may have been kept whole. A
/// backend may keep them together; nobody may lean on it.
///
/// *Isolation.* Rows are only added, but for what [`Store::purge`] destroys. Each has a key (written at [`PersonRow`](crate::row::PersonRow) and [`PublicRow`]); of two changes with
/// one key, whichever comes first is kept and the other is answered [`Applied::Exists`] with the first of its rows that was
/// there. That is the only invariant a store upholds; it never spans two persons. [`Store::record`] sees one moment:
/// all of a change or nothing of it, and every change that was answered before it was called.
///
/// *Order.* Public acts are numbered from 1 without gaps in the order in which they became durable; whoever has seen
/// number *n* has been able to see all before it. Nothing else is ordered across persons.
///
/// *The feed.* Each change of a person that adds a registration, a fact, a countersignature or a retraction has a place in
/// the feed, in the order of commitment: whoever has read place *n* reads no place below it that was not there. A change
/// that was answered is in it. [`Store::mark`] replaces all marks at once, and forgets the feed up to the first of them, as far
/// as it was witnessed. There is one reader at a time.
///
/// *Numbers.* Every entry of the journal has a number, from 1 without gaps in the order in which they became durable, and keeps
/// it. Whoever has read number *n* has been able to read all before it, now and after any crash: this is the order of the
/// log's leaves. A backend over several machines numbers them in its sequencer; then an answered change may have no
/// number for a moment.
///
/// *Chains.* Each entry about a person names the one with the person's greatest number below its own, by its leaf; the first
/// none. Where changes of one person are committed together, each names the one before it; one that is refused is named by nobody.
///
/// *Places.* [`Store::reserve`] never gives a place twice: not to two callers at once, not after a crash, not in another
/// process, not when the codes are long gone. Gaps are free, so a reservation that nobody uses costs nothing, and one
/// whose answer was lost is simply not used. Places are drawn by themselves, in no transaction with anybody's rows
/// (a sequence for each list will do); what joins a place to a person is the person's own row.
///
/// *Secrecy.* The salt of an entry about a person, a document, a registration's initials, a contact, a challenge's code and the secret of a second factor are
/// never written in clear, and the document is found by a keyed hash only.
///
/// *Destruction.* [`Store::purge`] destroys what it names, all of it and nothing else, together with the public act that tells
/// of it. From its answer on no reading finds it. After [`Store::scrub`] nothing of what was purged before can be made out in any file of
/// the store, nor with its keys in any backup. The journal's entries stay, each with its leaf.
///
/// *Who retries.* Never the store. After [`StoreError::Busy`] and [`StoreError::Full`] nothing was written; after
/// [`StoreError::InDoubt`] the caller sends the same change again and reads [`Applied::Exists`] as «it had been kept».
/// Ids of rows are therefore derived from the request, not drawn anew at each try.
#[async_trait]
pub trait Store: Send + Sync {
    /// The person known by a document.
    async fn find(&self, document: &Document) -> Result<Option<PersonId>, StoreError>;

    /// The persons known by these documents, in the same order; those that are not known are from now on, by the
    /// candidate's id. One document is one person for good: of two concurrent candidates one wins, for both callers.
    async fn identify(&self, newcomers: Vec<Newcomer>) -> Result<Vec<PersonId>, StoreError>;

    /// The document by which a person is known; none if there is no such person.
    async fn document(&self, person: PersonId) -> Result<Option<Document>, StoreError>;

    /// Keeps changes, and answers each in its place.
    async fn apply(&self, changes: Vec<Change>) -> Result<Vec<Applied>, StoreError>;

    /// Everything that is recorded about a person; empty of a person who is not known.
    async fn record(&self, person: PersonId) -> Result<Arc<PersonRecord>, StoreError>;

    /// What lets a person in: all reaches and sign-ins, and the challenges (with their tries) and assistances that
    /// end after `since`.
    async fn access(&self, person: PersonId, since: Timestamp) -> Result<AccessRecord, StoreError>;

    /// An account of the staff list.
    async fn staff_member(&self, name: &Evidence) -> Result<Option<StaffMember>, StoreError>;

    /// The staff list, by name.
    async fn staff(&self) -> Result<Vec<StaffMember>, StoreError>;

    /// Everything spent that would not have ended by itself before `now`.
    async fn spent(&self, now: Timestamp) -> Result<Vec<Spent>, StoreError>;

    /// A request that was taken in.
    async fn request(&self, of: Requester, key: &IdempotencyKey) -> Result<Option<Request>, StoreError>;

    /// All requests of a person that were taken in, in the order of their keys.
    async fn requests(&self, person: PersonId) -> Result<Vec<Request>, StoreError>;

    /// A submission of an issuer.
    async fn submission(&self, issuer: &Issuer, key: &IdempotencyKey) -> Result<Option<Intake>, StoreError>;

    /// An issuer's submissions, the newest first, of those that came before `before` (by time, then key); at most `limit`.
    async fn submissions(
        &self,
        issuer: &Issuer,
        before: Option<(Timestamp, IdempotencyKey)>,
        limit: u32,
    ) -> Result<Vec<Intake>, StoreError>;

    /// Those of these facts that the issuer recorded, in the order of their ids, if witnesses of the journal have signed up to a number.
    /// It does not say about whom they are.
    async fn issued(
        &self,
        issuer: &Issuer,
        facts: &[FactId],
        witnessed: u64,
    ) -> Result<Vec<IssuedFact>, StoreError>;

    /// What an issuer recorded about the person of each document by this evidence and did not take back itself; one list for
    /// each, in their order.
    async fn recorded_by(
        &self,
        issuer: &Issuer,
        of: &[(Document, Evidence)],
    ) -> Result<Vec<Vec<RecordedFact>>, StoreError>;

    /// Facts that are neither countersigned nor taken back, the newest first; at most `limit`. A store bounds how many
    /// it looks at, so a page may be short of `limit` and yet have a next one.
    async fn waiting(&self, of: Waiting, limit: u32) -> Result<Page<RecordedFact, FactId>, StoreError>;

    /// Appeals without an answer of persons who live in a region, the one that is due first at the head; at most `limit`. A
    /// page may be short, as of [`Store::waiting`].
    async fn open_appeals(
        &self,
        region: Region,
        after: Option<(Timestamp, AppealId)>,
        limit: u32,
    ) -> Result<Page<OpenCase, (Timestamp, AppealId)>, StoreError>;

    /// Appeals without an answer of the office or of the institution that asks, against facts of which it [is asked](Asked::is_about), the
    /// one that is due first at the head; at most `limit`. A page may be short, as of [`Store::waiting`].
    async fn disputes(
        &self,
        asked: &Asked,
        after: Option<(Timestamp, AppealId)>,
        limit: u32,
    ) -> Result<Page<DisputedFact, (Timestamp, AppealId)>, StoreError>;

    /// The rows of submissions received at `since` or later and before `until`, counted by issuer, hour and what they
    /// were, in that order; of one issuer alone if it is named.
    async fn tallies(
        &self,
        of: Option<&Issuer>,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Tally>, StoreError>;

    /// How often an issuer countersigned, retracted or denied facts at `since` or later and before `until`, by act, kind and hour, in
    /// that order; as far as the facts are kept.
    async fn said(
        &self,
        issuer: &Issuer,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Said>, StoreError>;

    /// What the rows of one submission were, each sort once, in that order.
    async fn counted(&self, issuer: &Issuer, key: &IdempotencyKey)
    -> Result<Vec<(Counted, u64)>, StoreError>;

    /// What was said of facts at `since` or later and before `until`, each sort once and in that order; as far as the facts are kept.
    async fn spoken(&self, since: Timestamp, until: Timestamp) -> Result<Vec<(Spoken, u64)>, StoreError>;

    /// How many were told on days from the first on and before the last that their status is another, in the order of days.
    async fn moved(&self, since: i64, until: i64) -> Result<Vec<MovedOn>, StoreError>;

    /// When the appeals that are due at `since` or later were opened and answered, in that order.
    async fn appeal_spans(&self, since: Timestamp) -> Result<Vec<AppealSpan>, StoreError>;

    /// The public acts with numbers above `after`, in order; at most `limit`.
    async fn publications(&self, after: u64, limit: u32) -> Result<Vec<Published>, StoreError>;

    /// All public acts with numbers above `after`, in order.
    async fn published(&self, after: u64) -> Result<Vec<Published>, StoreError> {
        self.publications(after, u32::MAX).await
    }

    /// The journal's entries about a person, or of public acts, in the order of their ids.
    async fn entries(&self, about: Option<PersonId>) -> Result<Vec<Entry>, StoreError>;

    /// The journal's entries with numbers above `after`, in order; at most `limit`. About whom they are is not said, and
    /// nothing opens them: they come without their salts.
    async fn journal(&self, after: u64, limit: u32) -> Result<Vec<Numbered>, StoreError>;

    /// Takes over entries that the log holds and a restored database has lost: bare commitments that nothing opens, about
    /// [`LOST`]. Their numbers go on where the store's end; otherwise nothing is kept, and the answer is the number that should
    /// have come.
    async fn adopt(&self, lost: Vec<Numbered>) -> Result<Option<u64>, StoreError>;

    /// The numbers of the entries about a person, or of public acts, in the order of the entries' ids.
    async fn numbers(&self, about: Option<PersonId>) -> Result<Vec<(EntryId, u64)>, StoreError>;

    /// All notices to a person with what became of each, in the order of their ids.
    async fn notices(&self, person: PersonId) -> Result<Vec<(Notice, NoticeState)>, StoreError>;

    /// Notices that wait and are due, those that bring codes first, with how often each was tried; at most `limit`.
    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<(Notice, u16)>, StoreError>;

    /// Says what became of a notice. One that is delivered stays so.
    async fn settle(&self, person: PersonId, notice: NoticeId, state: NoticeState) -> Result<(), StoreError>;

    /// Those of these persons who hold a code with a place that is neither revoked nor past its end, in their order.
    async fn holders(&self, persons: &[PersonId], now: Timestamp) -> Result<Vec<PersonId>, StoreError>;

    /// The first of [`PLACES_IN_A_BLOCK`] places of a status list that belong to the caller from now on; none if
    /// all [`PLACES_IN_A_SHARD`] are given away.
    async fn reserve(&self, shard: u32) -> Result<Option<u32>, StoreError>;

    /// The status lists with this number and above in which places are reserved, and how many of each, in order.
    async fn reserved(&self, from: u32) -> Result<Vec<(u32, u32)>, StoreError>;

    /// The revoked places of a status list, in order: of every change that was answered before this was called.
    async fn revoked(&self, shard: u32) -> Result<Vec<u32>, StoreError>;

    /// What was committed after a place of the feed, in order; at most `limit`.
    async fn feed(&self, after: u64, limit: u32, as_of: AsOf) -> Result<Vec<Fed>, StoreError>;

    /// Those of whom something may count otherwise though nothing was committed: of whom a dispute was due later than the first
    /// instant and not later than the second, or of whom the feed has entries numbered above `witnessed` by this place. Each with all that
    /// counted by a place of the feed, and at the second instant; in the order of their ids.
    async fn lapsed(
        &self,
        place: u64,
        due: (Timestamp, Timestamp),
        witnessed: u64,
    ) -> Result<Vec<Resident>, StoreError>;

    /// All that counted of a person by a place of the feed.
    async fn resident(&self, person: PersonId, place: u64, as_of: AsOf) -> Result<Resident, StoreError>;

    /// The entries of the feed about a person with numbers above `witnessed`, in order.
    async fn later(&self, person: PersonId, witnessed: u64) -> Result<Vec<Later>, StoreError>;

    /// The last place of the feed; 0 if nothing was ever committed.
    async fn fed(&self) -> Result<u64, StoreError>;

    /// How far the reader of the feed has come: its marks, in order.
    async fn marks(&self) -> Result<Vec<Mark>, StoreError>;

    /// Replaces the marks, and forgets the feed up to the first of them, but for the entries above what it says was witnessed. There
    /// is always a first: no marks mean that nobody was ever told of anything.
    async fn mark(&self, first: Mark, further: Vec<Mark>) -> Result<(), StoreError>;

    /// Of the next `limit` who are known after one of them, those of whom [anything is old enough](Aged::touches) to be over; all in
    /// the order of their ids. Without terms everybody is.
    async fn aged(
        &self,
        after: Option<PersonId>,
        limit: u32,
        aged: Option<&Aged>,
    ) -> Result<Persons, StoreError>;

    /// Everything that is kept of a person, as of one moment: for whoever decides what of it is over.
    async fn holding(&self, person: PersonId) -> Result<Holding, StoreError>;

    /// Destroys what is over, and tells the public of it; at most [`MAX_ERASURES`] persons.
    async fn purge(&self, purge: Purge) -> Result<Applied, StoreError>;

    /// Destroys what has passed of what is about nobody; gives how many rows.
    async fn pass(&self, passed: Passed) -> Result<u64, StoreError>;

    /// Makes what was purged before unrecoverable: in what the store's files still hold of it, and in backups. `now` says which
    /// keys have had their time.
    async fn scrub(&self, now: Timestamp) -> Result<(), StoreError>;
}
