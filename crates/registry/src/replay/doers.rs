//! That whoever is said to have done an act for a person was let do so by the person then, and that it is said of every such act.
//!
//! Programs of before did not say it. So it is asked for from the first entry on that is opened with it. What let somebody act may have ended
//! before the act did, as a binding is without its request after thirty days: then it cannot be judged.

use jiff::{SignedDuration, Timestamp};

use super::person::MOMENT;
use super::{Proved, Step, Why};
use crate::acts::ASSISTANCE_MINUTES;
use crate::doer::Doer;
use crate::record::PersonRecord;
use crate::row::{Binding, Grant, PersonRow};
use crate::words::ActName;

/// From when on it is said who did what.
#[derive(Debug, Default)]
pub(super) struct Doers {
    since: Option<u64>,
}

/// What a person has let others do up to an entry.
#[derive(Clone, Copy)]
pub(super) struct Let<'r> {
    pub(super) record: &'r PersonRecord,
    /// When the person let somebody at a desk help last.
    pub(super) consented: Option<Timestamp>,
}

impl Doers {
    /// Of entries about persons.
    pub(super) fn of(about: &[Proved<'_>]) -> Self {
        let first = about.iter().find(|proved| of(proved).is_some());
        Self { since: first.map(|proved| proved.opened.number) }
    }

    /// Checks who is said to have done an act; whether they were let, which is to be judged, and is none where nobody had to be.
    ///
    /// # Errors
    /// Why it does not follow.
    pub(super) fn check(&self, step: &Step<'_>, by: Let<'_>) -> Result<Option<bool>, Why> {
        let Step { of: proved, rows } = step;
        if proved.act.is_signed() {
            return Ok(None);
        }
        let is_told = Doer::is_told(proved.act, rows);
        if proved.opened.beside.is_none() {
            let is_due = is_told && self.since.is_some_and(|since| since < proved.opened.number);
            return if is_due { Err(Why::ByNobody) } else { Ok(None) };
        }
        let doer = of(proved).filter(|_| is_told).ok_or(Why::NoDoer)?;
        Ok(by.may(&doer, step))
    }
}

impl Let<'_> {
    /// Whether the person had let somebody do this; none where nobody is asked.
    fn may(self, doer: &Doer, Step { of, rows }: &Step<'_>) -> Option<bool> {
        let at = of.opened.at;
        // An act asks before it is committed, in the moment before.
        let lately = [at, at.checked_sub(MOMENT).unwrap_or(at)];
        match doer {
            Doer::Person | Doer::Visitor | Doer::Worker { consent: None, .. } => None,
            Doer::Agent { binding, tie } => {
                let is_it = |row: &Binding| row.id == *binding && row.tie == *tie;
                // A guardian is bound by their own hand.
                let by_itself = of.act == ActName::Bind
                    && rows.iter().any(|row| matches!(row, PersonRow::Binding(row) if is_it(row)));
                let bound = |now: Timestamp| self.record.bindings_in_force(now).any(is_it);
                Some(by_itself || lately.into_iter().any(bound))
            }
            Doer::App { app, grant } => {
                let is_it = |row: &Grant| row.id == *grant && row.app == *app;
                let granted = |now: Timestamp| self.record.grants_in_force(now).any(is_it);
                Some(lately.into_iter().any(granted))
            }
            Doer::Worker { consent: Some(_), .. } => {
                let longest = SignedDuration::from_mins(ASSISTANCE_MINUTES) + MOMENT;
                Some(self.consented.is_some_and(|then| at.duration_since(then) <= longest))
            }
        }
    }
}

/// Who is said to have done what an entry commits to.
pub(super) fn of(proved: &Proved<'_>) -> Option<Doer> {
    if proved.act.is_signed() { None } else { Doer::from_bytes(proved.opened.beside?) }
}
