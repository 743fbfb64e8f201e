//! What the log tells of ends of data: which entries nothing may open any more, how many, and whether anything was ended before its time.
//!
//! An entry that is not opened has ended or is withheld. An end of data tells of each act how many of its entries nothing opens any more, and
//! when the newest of them was made; programs of before told of rows alone. So each such entry takes one of the places that are told for its
//! act, the oldest first, and one that finds none is named.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use mingma_domain::fact::{Issuer, IssuerClass, Kind};
use mingma_domain::time::Day;

use super::law::Law;
use super::{Fault, Logged, Why};
use crate::acts::ties_of;
use crate::retention::{Purged, day_of, rows_days, salt_days};
use crate::words::ActName;

/// After how many days somebody is told that an end of data came late: a weekend on which the program was off, and a day.
pub const LATE_DAYS: i32 = 3;
/// How far ahead of UTC a region's day may be: a fact is over by the days of every zone, the earliest of which is nowhere earlier.
const AHEAD: SignedDuration = SignedDuration::from_hours(14);
const DAY_SECONDS: i64 = 86_400;

/// An end of data, as a public act tells it.
pub(super) struct End {
    /// The act's entry.
    pub(super) entry: u64,
    /// When it was made.
    pub(super) at: Timestamp,
    /// What it tells.
    pub(super) row: Purged,
    /// Whether the deployment ended by it, after which nothing opens anything.
    pub(super) is_the_last: bool,
}

/// An end of data that came late.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Late {
    /// The act's entry.
    pub entry: u64,
    /// Of which kind.
    pub kind: Kind,
    /// How many days after the retention of the first fact of the kind had ended.
    pub days: i32,
}

/// Ends of data that came in time, or later.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct InTime {
    /// How many the log tells of.
    pub ends: u64,
    /// Those that came more than [`LATE_DAYS`] days late, in their order. Of what a kept fact may have needed nothing can be said.
    pub late: Vec<Late>,
}

/// Places for entries that have ended: up to which time, by which end of data, and how many are left.
struct Place {
    upto: i64,
    entry: u64,
    left: u64,
}

/// Entries that end alike: the act, of a record by whom, and whether they are of before entries were chained.
type Sort = (ActName, Option<IssuerClass>, bool);

/// The places for one sort of entries, by the time up to which they are.
struct Places {
    each: Vec<Place>,
    /// The last end of data of each place and those behind it.
    latest: Vec<u64>,
    next: usize,
}

impl Places {
    fn of(places: impl Iterator<Item = (i64, u64, u64)>) -> Self {
        let mut places: Vec<Place> = places
            .map(|(upto, entry, left)| Place { upto, entry, left })
            .filter(|place| place.left > 0)
            .collect();
        places.sort_by_key(|place| (place.upto, place.entry));
        let mut latest: Vec<u64> = places
            .iter()
            .rev()
            .scan(0, |latest, place| {
                *latest = place.entry.max(*latest);
                Some(*latest)
            })
            .collect();
        latest.reverse();
        Self { each: places, latest, next: 0 }
    }

    /// Whether an entry of this number and time can have ended at all.
    fn reaches(&self, number: u64, at: i64) -> bool {
        let first = self.each.partition_point(|place| place.upto < at);
        self.latest.get(first).is_some_and(|latest| number < *latest)
    }

    /// Takes a place for an entry, none of which is asked for that is older than the one before; false if none is left.
    fn take(&mut self, at: i64) -> bool {
        while let Some(place) = self.each.get_mut(self.next) {
            if place.upto >= at && place.left > 0 {
                place.left = place.left.saturating_sub(1);
                return true;
            }
            self.next += 1;
        }
        false
    }
}

/// That each of these entries, which nothing opens, can have ended, and not more of them than the log tells of. Those below `chained` are of
/// before entries were chained: their rows ended before their salts.
///
/// # Errors
/// The [`Fault`] of the first that cannot have ended; if all can, of the first that is one too many.
pub(super) fn excused(log: &[Logged], due: &[u64], chained: u64, law: &Law) -> Result<(), Fault> {
    let mut sorts = BTreeMap::<Sort, Vec<(i64, u64)>>::new();
    for number in due {
        let Some(entry) = number.checked_sub(1).and_then(|place| log.get(usize::try_from(place).ok()?))
        else {
            return Err(Fault { entry: *number, why: Why::Missing });
        };
        let day = entry.second.div_euclid(DAY_SECONDS);
        let class = entry.shown.as_ref().and_then(|shown| shown.issuer.as_ref()).map(Issuer::class);
        let of_before = *number < chained;
        sorts.entry((entry.act, None, of_before)).or_default().push((day, *number));
        if let (ActName::Record, Some(class)) = (entry.act, class) {
            sorts.entry((entry.act, Some(class), of_before)).or_default().push((day, *number));
        }
    }
    let (mut missing, mut beyond) = (None::<u64>, None::<u64>);
    let least = |known: Option<u64>, number: u64| Some(known.map_or(number, |known| known.min(number)));
    for ((act, class, of_before), mut entries) in sorts {
        let places = law.ends.iter().flat_map(|end| end.places(act, class, of_before));
        let mut places = Places::of(places);
        entries.sort_unstable();
        for (day, number) in entries {
            if !places.reaches(number, day) {
                missing = least(missing, number);
            } else if !places.take(day) {
                beyond = least(beyond, number);
            }
        }
    }
    match (missing, beyond) {
        (Some(entry), _) => Err(Fault { entry, why: Why::Missing }),
        (None, Some(entry)) => Err(Fault { entry, why: Why::OneTooMany }),
        (None, None) => Ok(()),
    }
}

/// That of these entries, of which the hash alone was given and which are of acts whose rows are counted one by one, no more have ended than
/// the log tells of rows.
///
/// # Errors
/// The first that is one too many.
pub(super) fn counted(mut ended: Vec<(ActName, Timestamp, u64)>, law: &Law) -> Result<(), Fault> {
    let due = |act: ActName, at: Timestamp| at.as_second() + rows_days(act).unwrap_or(0) * DAY_SECONDS;
    ended.sort_unstable_by_key(|(act, at, number)| (due(*act, *at), *number));
    let others = |end: &End| (end.at.as_second(), end.entry, u64::from(end.row.others));
    let mut places = Places::of(law.ends.iter().map(others));
    let without = ended.into_iter().find(|(act, at, _)| !places.take(due(*act, *at)));
    without.map_or(Ok(()), |(.., entry)| Err(Fault { entry, why: Why::Withheld }))
}

impl End {
    /// For how many entries of an act, and of a class of issuers if one is named, there are places, each up to which day.
    fn places(
        &self,
        act: ActName,
        class: Option<IssuerClass>,
        of_before: bool,
    ) -> impl Iterator<Item = (i64, u64, u64)> {
        let (today, entry) = (i64::from(day_of(self.at).number()), self.entry);
        let facts = self
            .row
            .facts
            .iter()
            .filter(|facts| class.is_none_or(|class| facts.kind.spec().issuers.contains(&class)));
        let facts: u64 = facts.map(|facts| u64::from(facts.count)).sum();
        let others = u64::from(self.row.others);
        let with_facts = ends_with_its_facts(act);
        let by_age = salt_days(act).map(|days| (today - days, entry, others));
        let mut places = Vec::new();
        match &self.row.sealed {
            _ if self.is_the_last => places.push((today, entry, u64::MAX)),
            Some(sealed) => places.extend(sealed.iter().filter(|sealed| sealed.act == act).map(|sealed| {
                let count = u64::from(sealed.count);
                (
                    i64::from(sealed.newest.number()),
                    entry,
                    if class.is_some() { count.min(facts) } else { count },
                )
            })),
            None => places.extend(with_facts.then_some((today, entry, facts))),
        }
        // What goes by its age is of no kind that is told.
        if self.row.sealed.is_none() || class.is_some() {
            places.extend(by_age);
        }
        if of_before {
            let days = if with_facts { Some(0) } else { rows_days(act) };
            places.extend(days.map(|days| (today - days, entry, facts.saturating_add(others))));
        }
        places.into_iter()
    }

    /// The first day that nowhere has come yet.
    fn tomorrow(&self) -> Day {
        day_of(self.at.checked_add(AHEAD).unwrap_or(self.at)).plus(1)
    }
}

/// Whether nothing opens an entry of an act any more once its facts are gone.
const fn ends_with_its_facts(act: ActName) -> bool {
    matches!(act, ActName::Record | ActName::Declare)
}

/// That nothing was ended before its retention was over; which ends of data came late.
///
/// # Errors
/// The first end of data that tells of something which was not over.
pub(super) fn in_time(law: &Law) -> Result<InTime, Fault> {
    let mut found = InTime { ends: u64::try_from(law.ends.len()).unwrap_or(u64::MAX), late: Vec::new() };
    for end in law.ends.iter().filter(|end| !end.is_the_last) {
        let (today, tomorrow) = (day_of(end.at), end.tomorrow());
        let early = || Fault { entry: end.entry, why: Why::Early };
        for sealed in end.row.sealed.iter().flatten() {
            let age = i64::from(today.days_since(sealed.newest));
            let least = if ends_with_its_facts(sealed.act) { Some(0) } else { salt_days(sealed.act) };
            if least.is_none_or(|least| age < least) {
                return Err(early());
            }
        }
        let ties = law.book_at(end.entry).and_then(|book| ties_of(book, end.at));
        for facts in &end.row.facts {
            if facts.last < facts.first || tomorrow <= facts.last {
                return Err(early());
            }
            let days = today.days_since(facts.first);
            let may_be_needed = ties.as_ref().is_some_and(|ties| ties.may_need(facts.kind));
            if days > LATE_DAYS && !may_be_needed {
                found.late.push(Late { entry: end.entry, kind: facts.kind, days });
            }
        }
    }
    Ok(found)
}
