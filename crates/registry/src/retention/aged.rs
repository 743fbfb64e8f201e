//! The coarse look before the fine one: a store finds by single columns those of whom anything is old enough to be over, and reads
//! nobody else.
//!
//! It errs to one side. Whoever has something over is found: that is held over random records by `whoever_has_something_over_is_aged`. Whoever
//! is found may have nothing over, such as a fact that a younger one needs.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mingma_domain::fact::Kind;
use mingma_domain::time::Day;

use super::{
    ASSISTANCE_DAYS, CHALLENGE_DAYS, CODE_DAYS, DISCLOSURE_DAYS, GRANT_DAYS, Holding, NOTICE_DAYS,
    REACH_DAYS, SIGN_IN_DAYS, before, salt_days, told,
};
use crate::words::ActName;

/// How much later than its retention says, by UTC's day, a fact's own words may put its first day: a day for a zone ahead of UTC, two for
/// an instant that is written in a zone at the other end of the world, and the day itself.
const DAYS_OF_ZONES: u16 = 3;

/// Up to when rows must have ended, or come, for anything to be over; inclusive but for facts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Aged {
    /// Facts of a kind whose text of when they were is before this day's.
    pub facts: Vec<(Kind, String)>,
    /// Codes.
    pub codes: Timestamp,
    /// Grants and bindings, and for whom somebody acted by one.
    pub grants: Timestamp,
    /// Looks.
    pub disclosures: Timestamp,
    /// One-time codes.
    pub challenges: Timestamp,
    /// Sign-ins.
    pub sign_ins: Timestamp,
    /// Consents to be helped.
    pub assistances: Timestamp,
    /// Where the person was reached, but for the first.
    pub reaches: Timestamp,
    /// Notices, since they came or were settled.
    pub notices: Timestamp,
    /// Entries that have a salt, by their act; of the other acts it stays.
    pub salts: Vec<(ActName, Timestamp)>,
}

impl Aged {
    /// As of an instant.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        let today = Day::from_date(now.to_zoned(TimeZone::UTC).date()).unwrap_or(Day::FIRST);
        let facts = Kind::ALL.iter().map(|kind| {
            let day = today.plus(DAYS_OF_ZONES).minus(kind.spec().retention_days);
            (*kind, day.to_string())
        });
        let salts = ActName::ALL.iter().filter_map(|act| Some((*act, before(now, salt_days(*act)?))));
        Self {
            facts: facts.collect(),
            codes: before(now, CODE_DAYS),
            grants: before(now, GRANT_DAYS),
            disclosures: before(now, DISCLOSURE_DAYS),
            challenges: before(now, CHALLENGE_DAYS),
            sign_ins: before(now, SIGN_IN_DAYS),
            assistances: before(now, ASSISTANCE_DAYS),
            reaches: before(now, REACH_DAYS),
            notices: before(now, NOTICE_DAYS),
            salts: salts.collect(),
        }
    }

    /// Whether anything of a person is as old: what a store finds by its columns.
    #[must_use]
    pub fn touches(&self, held: &Holding) -> bool {
        let Holding { record, access, notices, entries, committed: _ } = held;
        let fact = |kind: Kind, at: &str| self.facts.iter().any(|(k, day)| *k == kind && *at < **day);
        record.facts.iter().any(|row| fact(row.fact.kind(), &row.fact.at().to_string()))
            || record.codes.iter().any(|code| code.expires <= self.codes)
            || record.grants.iter().any(|grant| grant.until <= self.grants)
            || record.bindings.iter().any(|binding| binding.until <= self.grants)
            || record.disclosures.iter().any(|look| look.at <= self.disclosures)
            || access.challenges.iter().any(|code| code.until <= self.challenges)
            || access.sign_ins.iter().any(|session| session.until <= self.sign_ins)
            || access.assistances.iter().any(|helped| helped.until <= self.assistances)
            || access.wards.iter().any(|ward| ward.until <= self.grants)
            || access.reaches.iter().skip(1).any(|reach| reach.at <= self.reaches)
            || notices.iter().any(|(notice, state)| told(notice, state) <= self.notices)
            || entries
                .iter()
                .filter(|entry| entry.salt.is_some())
                .any(|entry| self.salts.iter().any(|(act, until)| *act == entry.act && entry.at <= *until))
    }
}
