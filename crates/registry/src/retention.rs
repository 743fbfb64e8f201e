//! The end of data: what of a person is over at an instant, and the terms by which it is.
//!
//! Facts end by the retention of their kind, as long as no kept fact needs them ([`mingma_domain::retention`]); everything else by
//! the terms below. What is decided here is a list of keys; a store destroys those and nothing else. It is decided anew
//! each night from what is there, so a night that broke off is made good by the next.

mod aged;
mod salts;
mod sealed;

pub use aged::Aged;
pub(crate) use salts::{rows_days, salt_days};
pub use sealed::Sealed;
#[cfg(feature = "conformance")]
pub(crate) use sealed::by as sealed_by;
pub(crate) use sealed::day_of;

use jiff::{SignedDuration, Timestamp};
use mingma_domain::Fact;
use mingma_domain::fact::Kind;
use mingma_domain::retention::{Keeping, Ties};
use mingma_domain::time::Day;

use crate::access::AccessRecord;
use crate::id::{
    AssistanceId, ChallengeId, CodeId, DisclosureId, EntryId, FactId, GrantId, NoticeId, PersonId, SignInId,
};
use crate::journal::Entry;
use crate::record::{PersonRecord, Standing};
use crate::row::{Notice, NoticeState, RecordedFact};

/// How many days a one-time code and the tries at it are kept after it ended: the day's bound on codes looks back 25 hours.
pub const CHALLENGE_DAYS: i64 = 2;
/// How many days a sign-in is kept after its session ended: as long as the device is known for one that is not new.
pub const SIGN_IN_DAYS: i64 = 30;
/// How many days the consent to be helped is kept after it ended.
pub const ASSISTANCE_DAYS: i64 = 30;
/// How many days a place where somebody was reached is kept after another took its place.
pub const REACH_DAYS: i64 = 30;
/// How many days a code's place is kept after its last code ended: longer than any clock errs.
pub const CODE_DAYS: i64 = 2;
/// How many days a grant or binding is kept after it ended.
pub const GRANT_DAYS: i64 = 30;
/// How many days a person sees who looked.
pub const DISCLOSURE_DAYS: i64 = 180;
/// How many days a notice is kept after it was delivered or given up; one that nobody took in that time goes too.
pub const NOTICE_DAYS: i64 = 60;
/// How many days the salt of an entry is kept that committed to no fact: the longest retention of a fact. With the last fact
/// that an entry committed to its salt goes at once.
pub const SALT_DAYS: i64 = 180;
/// How many days the salt of an entry is kept whose facts are not known: those kept before it was noted which they are.
pub(crate) const UNKNOWN_SALT_DAYS: i64 = SALT_DAYS + 60;
/// How many days a request of a person is known again by its key.
pub const REQUEST_DAYS: i64 = 30;
/// How many days an issuer's submission is known again by its key: the longest retention of a fact.
pub const SUBMISSION_DAYS: i64 = 180;

/// Everything that is kept of one person, as of one moment.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Holding {
    /// The record.
    pub record: PersonRecord,
    /// What lets the person in, from the beginning.
    pub access: AccessRecord,
    /// The notices with what became of each.
    pub notices: Vec<(Notice, NoticeState)>,
    /// The journal's entries about the person.
    pub entries: Vec<Entry>,
    /// Which entry committed to which fact, as far as that was noted.
    pub committed: Vec<(FactId, EntryId)>,
}

/// What is to be destroyed of one person, by the keys of the rows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Erasure {
    /// Whose.
    pub person: PersonId,
    /// Facts; with each go its countersignature, its retraction, what was said of it in a dispute, the appeals against it and their answers, and the salt of the
    /// entry that committed to it if that committed to no other fact that is left.
    pub facts: Vec<FactId>,
    /// Codes; with each goes its revocation.
    pub codes: Vec<CodeId>,
    /// What apps were let do.
    pub grants: Vec<GrantId>,
    /// Who could act for the person.
    pub bindings: Vec<GrantId>,
    /// Who looked.
    pub disclosures: Vec<DisclosureId>,
    /// One-time codes; with each go the tries at it.
    pub challenges: Vec<ChallengeId>,
    /// Sign-ins.
    pub sign_ins: Vec<SignInId>,
    /// Consents to be helped.
    pub assistances: Vec<AssistanceId>,
    /// For whom they acted, by the binding.
    pub wards: Vec<GrantId>,
    /// Where the person was reached, by number.
    pub reaches: Vec<u32>,
    /// Notices.
    pub notices: Vec<NoticeId>,
    /// Entries of the journal whose salts go. The entries stay.
    pub salts: Vec<EntryId>,
}

/// What is over of what is about nobody: everything that ended or came at these instants or before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Passed {
    /// What was spent, and would have ended by itself.
    pub spent: Timestamp,
    /// Persons' requests.
    pub requests: Timestamp,
    /// Issuers' submissions, with what was refused of each.
    pub submissions: Timestamp,
}

/// How many facts of a kind were destroyed, and when the retention of the first and of the last of them had ended: what shows
/// that a destruction came too early or too late.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KindPurged {
    /// Of which kind.
    pub kind: Kind,
    /// How many.
    pub count: u32,
    /// The day on which the retention ended of the one that ended first.
    pub first: Day,
    /// The day on which the retention ended of the one that ended last.
    pub last: Day,
}

/// What was destroyed in one go, for the public to read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Purged {
    /// When.
    pub at: Timestamp,
    /// The facts, by kind in the order of the vocabulary.
    pub facts: Vec<KindPurged>,
    /// Everything else: codes, grants, looks, ways in, notices and salts.
    pub others: u32,
    /// Of which acts nothing opens how many entries any more; none of an act of before that was told, and of the end of a deployment, after
    /// which nothing opens any.
    pub sealed: Option<Vec<Sealed>>,
}

/// What is to be destroyed in one go, and the public act that tells of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Purge {
    /// What, of each of at most [`MAX_ERASURES`] persons.
    pub erasures: Vec<Erasure>,
    /// What the public is told.
    pub row: Purged,
    /// The entry of the journal.
    pub entry: Entry,
}

/// The most persons of one [`Purge`]: with ten rows each about 50 ms of one writer, which others wait for.
pub const MAX_ERASURES: usize = 512;

impl Erasure {
    /// One that destroys nothing.
    #[must_use]
    pub const fn of(person: PersonId) -> Self {
        Self {
            person,
            facts: Vec::new(),
            codes: Vec::new(),
            grants: Vec::new(),
            bindings: Vec::new(),
            disclosures: Vec::new(),
            challenges: Vec::new(),
            sign_ins: Vec::new(),
            assistances: Vec::new(),
            wards: Vec::new(),
            reaches: Vec::new(),
            notices: Vec::new(),
            salts: Vec::new(),
        }
    }

    /// How many rows it names that are no facts.
    #[must_use]
    pub fn others(&self) -> usize {
        let Self { codes, grants, bindings, disclosures, challenges, .. } = self;
        let Self { sign_ins, assistances, wards, reaches, notices, salts, .. } = self;
        let shown = codes.len() + grants.len() + bindings.len() + disclosures.len() + challenges.len();
        let ways_in = sign_ins.len() + assistances.len() + wards.len() + reaches.len();
        shown + ways_in + notices.len() + salts.len()
    }

    /// Whether it destroys nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.others() == 0
    }
}

impl Passed {
    /// What has passed at an instant.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self { spent: now, requests: before(now, REQUEST_DAYS), submissions: before(now, SUBMISSION_DAYS) }
    }
}

impl Purged {
    /// Nothing yet.
    #[must_use]
    pub const fn none(at: Timestamp) -> Self {
        Self { at, facts: Vec::new(), others: 0, sealed: Some(Vec::new()) }
    }

    /// Counts a fact whose retention ended on a day.
    pub fn count(&mut self, kind: Kind, ended: Day) {
        self.add(KindPurged { kind, count: 1, first: ended, last: ended });
    }

    /// Counts what another one tells.
    pub fn with(&mut self, other: &Self) {
        other.facts.iter().for_each(|facts| self.add(*facts));
        self.others = self.others.saturating_add(other.others);
        other.sealed.iter().flatten().for_each(|sealed| self.seal(*sealed));
    }

    fn add(&mut self, more: KindPurged) {
        if let Some(known) = self.facts.iter_mut().find(|known| known.kind == more.kind) {
            known.count = known.count.saturating_add(more.count);
            known.first = known.first.min(more.first);
            known.last = known.last.max(more.last);
        } else {
            self.facts.push(more);
            self.facts.sort_by_key(|known| known.kind);
        }
    }

    /// How many facts.
    #[must_use]
    pub fn facts(&self) -> u64 {
        self.facts.iter().map(|facts| u64::from(facts.count)).sum()
    }
}

/// What of a person is over at an instant, and counted in `purged`.
#[must_use]
pub fn over(person: PersonId, held: &Holding, ties: &Ties, now: Timestamp, purged: &mut Purged) -> Erasure {
    let mut erasure = Erasure::of(person);
    facts_over(&held.record, ties, now, purged, &mut erasure);
    record_over(&held.record, now, &mut erasure);
    access_over(&held.access, now, &mut erasure);
    let told_long_ago =
        |(notice, state): &&(Notice, NoticeState)| told(notice, state) <= before(now, NOTICE_DAYS);
    erasure.notices.extend(held.notices.iter().filter(told_long_ago).map(|(notice, _)| notice.id));
    let salted = held.entries.iter().filter(|entry| entry.salt.is_some());
    let over = |entry: &&Entry| salt_days(entry.act).is_some_and(|days| entry.at <= before(now, days));
    erasure.salts.extend(salted.filter(over).map(|entry| entry.id));
    sealed::by(&erasure, held).for_each(|sealed| purged.seal(sealed));
    let others = u32::try_from(erasure.others()).unwrap_or(u32::MAX);
    purged.others = purged.others.saturating_add(others);
    erasure
}

/// Counts everything that is kept of a person, as what is destroyed when a deployment ends: of facts the days on which they would have been over.
pub(crate) fn all(held: &Holding, ties: &Ties, now: Timestamp, purged: &mut Purged) {
    let Holding { record, access, notices, entries, committed: _ } = held;
    for row in &record.facts {
        let (ended, _) = ties.ended(&row.fact, now);
        purged.count(row.fact.kind(), ended);
    }
    let shown = record.codes.len() + record.grants.len() + record.bindings.len() + record.disclosures.len();
    let ways =
        access.challenges.len() + access.sign_ins.len() + access.assistances.len() + access.reaches.len();
    let salts = entries.iter().filter(|entry| entry.salt.is_some()).count();
    let others = u32::try_from(shown + ways + notices.len() + salts).unwrap_or(u32::MAX);
    purged.others = purged.others.saturating_add(others);
}

fn facts_over(
    record: &PersonRecord,
    ties: &Ties,
    now: Timestamp,
    purged: &mut Purged,
    erasure: &mut Erasure,
) {
    // What does not count, and never will again unless that is disputed.
    let gone = |row: &RecordedFact| match record.standing(row, now) {
        Standing::Retracted(_) | Standing::Unconfirmed(_) | Standing::Unanswered(_) => {
            !record.appeals.iter().any(|appeal| appeal.fact == row.id && now < appeal.due)
        }
        Standing::Pending | Standing::Unwitnessed | Standing::Doubtful | Standing::Counts(_) => false,
    };
    let counting: Vec<&Fact> = record.facts.iter().filter(|row| !gone(row)).map(|row| &row.fact).collect();
    let mut keeping = ties.keeping(&counting, now).into_iter();
    for row in &record.facts {
        let ended = if gone(row) {
            let (ended, over) = ties.ended(&row.fact, now);
            over.then_some(ended)
        } else {
            match keeping.next() {
                Some(Keeping::Over(ended)) => Some(ended),
                Some(Keeping::Until(_) | Keeping::Needed(_)) | None => None,
            }
        };
        if let Some(ended) = ended {
            erasure.facts.push(row.id);
            purged.count(row.fact.kind(), ended);
        }
    }
}

fn record_over(record: &PersonRecord, now: Timestamp, erasure: &mut Erasure) {
    let codes = record.codes.iter().filter(|code| code.expires <= before(now, CODE_DAYS));
    erasure.codes.extend(codes.map(|code| code.id));
    // Of several the latest holds, so an end may not go before what it ended: they go together.
    let ended = before(now, GRANT_DAYS);
    let grants = record.grants.iter().filter(|grant| {
        let same = |g: &&crate::row::Grant| g.app == grant.app && g.scope == grant.scope;
        record.grants.iter().filter(same).all(|g| g.until <= ended)
    });
    erasure.grants.extend(grants.map(|grant| grant.id));
    let bindings = record.bindings.iter().filter(|binding| {
        record.bindings.iter().filter(|b| b.agent == binding.agent).all(|b| b.until <= ended)
    });
    erasure.bindings.extend(bindings.map(|binding| binding.id));
    let looks = record.disclosures.iter().filter(|look| look.at <= before(now, DISCLOSURE_DAYS));
    erasure.disclosures.extend(looks.map(|look| look.id));
}

fn access_over(access: &AccessRecord, now: Timestamp, erasure: &mut Erasure) {
    let codes = access.challenges.iter().filter(|code| code.until <= before(now, CHALLENGE_DAYS));
    erasure.challenges.extend(codes.map(|code| code.id));
    let sessions = access.sign_ins.iter().filter(|session| session.until <= before(now, SIGN_IN_DAYS));
    erasure.sign_ins.extend(sessions.map(|session| session.id));
    let helped = access.assistances.iter().filter(|helped| helped.until <= before(now, ASSISTANCE_DAYS));
    erasure.assistances.extend(helped.map(|helped| helped.id));
    let wards = access.wards.iter().filter(|ward| ward.until <= before(now, GRANT_DAYS));
    erasure.wards.extend(wards.map(|ward| ward.binding));
    // The last one is where the person is reached, however old it is.
    let replaced = access.reaches.iter().zip(access.reaches.iter().skip(1));
    let replaced = replaced.filter(|(_, next)| next.at <= before(now, REACH_DAYS));
    erasure.reaches.extend(replaced.map(|(reach, _)| reach.number));
}

/// Since when a notice is told, or waits.
const fn told(notice: &Notice, state: &NoticeState) -> Timestamp {
    match state {
        NoticeState::Waiting { .. } => notice.created,
        NoticeState::Delivered { at }
        | NoticeState::Undeliverable { at }
        | NoticeState::PassedOn { at }
        | NoticeState::OnPage { at } => *at,
    }
}

pub(crate) fn before(now: Timestamp, days: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN)
}
