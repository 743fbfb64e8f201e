//! Bulk and strangeness: what an issuer may record alone within an hour, and what of its doing stands out.
//!
//! Everything here is arithmetic on what was counted; the numbers are constants or public acts, so that anybody can check
//! an alarm. An alarm stops nobody but above a limit: it is written in the journal, and counted where everybody reads.

pub mod history;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::fact::{Evidence, Issuer, Kind, Value};
use mingma_domain::region::Level;

use crate::canonical::{Canonical, Hash};
use crate::record::PersonRecord;
use crate::row::{Counted, Request, Tally};
use crate::words::Doing;

/// How many rows of a kind that a laboratory or a clinic proves an issuer records within an hour, if nobody has set
/// another limit: a district's mass test, twelve full submissions.
pub const PROVED_AN_HOUR: u32 = 50_000;
/// How many rows of a kind that nothing proves but the issuer's word: two hundred tracers at five contacts an hour.
pub const UNPROVED_AN_HOUR: u32 = 1_000;
/// From so many persons on a batch is asked what they share.
pub const BATCH: usize = 30;
/// How many persons of a batch are looked at: of 512 drawn from a batch a half is told from a third without fail.
pub const LOOKED_AT: usize = 512;

/// Whether facts of a kind may make somebody worse by nothing but the issuer's word: those that a second organisation countersigns, and those
/// that one alone may say of few. Of a kind all are meant, the confirmed diagnoses too: a thousand of them an hour are no hospital's.
#[must_use]
pub const fn is_unproved(kind: Kind) -> bool {
    match kind {
        Kind::Screening | Kind::Stay | Kind::Symptom | Kind::ForeignStatus => true,
        Kind::Diagnosis
        | Kind::Contact
        | Kind::Isolation
        | Kind::Entry
        | Kind::Discharge
        | Kind::Release
        | Kind::Test
        | Kind::Checkin
        | Kind::Vaccination => !kind.spec().second_organisation.is_empty(),
    }
}

/// The limit of a kind that nobody has set another for. Whole districts are tested and owe tests at once.
#[must_use]
pub const fn usual_limit(kind: Kind) -> u32 {
    if is_unproved(kind) && !matches!(kind, Kind::Screening) { UNPROVED_AN_HOUR } else { PROVED_AN_HOUR }
}

/// The limit of what is done to facts of a kind, if this one was set for recording them, or none. What is said of facts that are
/// recorded is said one by one: of what a laboratory proves nobody takes back a district's in an hour.
#[must_use]
pub fn limit_of(doing: Doing, kind: Kind, set: Option<u32>) -> u32 {
    match doing {
        Doing::Recorded => set.unwrap_or(usual_limit(kind)),
        Doing::Countersigned => {
            let set = set.unwrap_or(UNPROVED_AN_HOUR);
            if is_unproved(kind) { set } else { set.min(UNPROVED_AN_HOUR) }
        }
        // A limit that was lowered to stop an abuse does not stop its being undone.
        Doing::Retracted | Doing::Denied if is_unproved(kind) => set.unwrap_or(0).max(UNPROVED_AN_HOUR),
        Doing::Retracted | Doing::Denied => UNPROVED_AN_HOUR,
    }
}

/// Whether a kind says that somebody was exposed somewhere. Living in one place is no exposure; an order or a patient is of a place.
#[must_use]
pub const fn is_exposure(kind: Kind) -> bool {
    match kind {
        Kind::Contact | Kind::Entry | Kind::Stay | Kind::ForeignStatus => true,
        Kind::Diagnosis
        | Kind::Discharge
        | Kind::Isolation
        | Kind::Release
        | Kind::Test
        | Kind::Screening
        | Kind::Symptom
        | Kind::Checkin
        | Kind::Vaccination => false,
    }
}

/// What calls in public what an issuer did to facts, where there is no batch.
pub(crate) fn doing_of(issuer: &Issuer, doing: Doing, what: &str) -> Hash {
    let mut text = Canonical::new("mingma/doing/1");
    text.text(issuer);
    text.text(doing);
    text.text(what);
    text.hash()
}

/// What calls a batch in public: nobody finds it who does not know the request's key.
#[must_use]
pub fn batch_of(request: &Request) -> Hash {
    let mut text = Canonical::new("mingma/batch/1");
    text.text(&request.key);
    text.bytes(&request.hash);
    text.hash()
}

/// The hour of an instant, counted from 1970.
#[must_use]
pub fn hour_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(3_600)
}

/// How many rows of a kind were taken.
#[must_use]
pub fn rows_of(kind: Kind, tallies: &[Tally]) -> u64 {
    tallies.iter().filter(|tally| is_taken(tally, kind)).map(|tally| tally.rows).sum()
}

fn is_taken(tally: &Tally, of: Kind) -> bool {
    matches!(&tally.what, Counted::Taken { kind, .. } if *kind == of)
}

/// Something that persons can share.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Shared<'r> {
    /// A prefecture: of the home, of a stay.
    Place(Region),
    /// An investigation, an order, or a case.
    Contact(&'r Evidence),
    /// A carrier's or a border post's record.
    Flight(&'r Evidence),
}

/// How many of these persons have in common what most of them have in common, going by what others than the issuer
/// recorded: what a batch says of itself proves nothing about it. Where they live counts if `homes` do.
#[must_use]
pub fn most_in_common(
    persons: &[&PersonRecord],
    homes: bool,
    by_others: impl Fn(&mingma_domain::Fact) -> bool,
) -> u64 {
    let mut shared: BTreeMap<Shared<'_>, u64> = BTreeMap::new();
    for record in persons {
        let home = record.home().filter(|_| homes).map(|home| Shared::Place(prefecture(home)));
        let facts = record.facts.iter().map(|row| &row.fact).filter(|fact| by_others(fact));
        let seen = facts.flat_map(|fact| {
            let place = fact.region().map(|region| Shared::Place(prefecture(region)));
            let number = fact.evidence().and_then(|number| match fact.value() {
                Value::Contact(_) | Value::Isolation(_) | Value::Diagnosis(_) => {
                    Some(Shared::Contact(number))
                }
                Value::Stay(_) | Value::Entry(_) => Some(Shared::Flight(number)),
                Value::Discharge(_)
                | Value::Release(_)
                | Value::Test(_)
                | Value::Screening(_)
                | Value::Symptom(_)
                | Value::Checkin(_)
                | Value::Vaccination(_)
                | Value::ForeignStatus(_) => None,
            });
            place.into_iter().chain(number)
        });
        for what in home.into_iter().chain(seen).collect::<BTreeSet<_>>() {
            *shared.entry(what).or_default() += 1;
        }
    }
    shared.into_values().max().unwrap_or(0)
}

/// The prefecture around a region, or the region itself where there is none.
pub(crate) fn prefecture(region: Region) -> Region {
    region.ancestors().find(|around| around.level() == Level::Prefecture).unwrap_or(region)
}
