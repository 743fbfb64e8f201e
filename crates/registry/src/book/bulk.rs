//! What the book knows of limits and alarms.

use std::sync::Arc;

use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::fact::{Issuer, Kind, Value};

use super::Book;
use crate::brake::Emergency;
use crate::bulk::history::{Told, Unlike};
use crate::bulk::{hour_of, limit_of};
use crate::canonical::Hash;
use crate::row::{Alarm, IssuerEntry, Limit};
use crate::words::{Doing, Strange};

impl Book {
    /// How many rows of a kind an issuer may record within an hour before a second office is asked.
    #[must_use]
    pub fn limit(&self, issuer: &Issuer, kind: Kind) -> u32 {
        self.limit_of(issuer, Doing::Recorded, kind)
    }

    /// To how many facts of a kind an issuer does something within an hour before a second office is asked.
    pub(crate) fn limit_of(&self, issuer: &Issuer, doing: Doing, kind: Kind) -> u32 {
        let set = self.limits.iter().rev().find(|limit| limit.issuer == *issuer && limit.kind == kind);
        limit_of(doing, kind, set.map(|limit| limit.per_hour))
    }

    /// Every limit that was set, in the order of their acts.
    #[must_use]
    pub fn limits(&self) -> &[Limit] {
        &self.limits
    }

    /// Every alarm by its number, in order, and whether a second office has let it through.
    #[must_use]
    pub fn alarms(&self) -> impl DoubleEndedIterator<Item = (u64, &Arc<Alarm>, bool)> {
        self.alarms.iter().map(|(number, alarm)| (*number, alarm, self.is_allowed(*number)))
    }

    /// An alarm by its number.
    #[must_use]
    pub fn alarm_numbered(&self, number: u64) -> Option<&Arc<Alarm>> {
        self.alarms.get(&number)
    }

    /// Whether a second office has let through what an alarm is about.
    #[must_use]
    pub fn is_allowed(&self, alarm: u64) -> bool {
        self.allowed.contains_key(&alarm)
    }

    /// The number of the act that let through what an alarm is about.
    #[must_use]
    pub fn allowance_of(&self, alarm: u64) -> Option<u64> {
        self.allowed.get(&alarm).map(|(number, _)| *number)
    }

    /// How often a second office has agreed to what was proposed, and has let a batch through.
    #[must_use]
    pub fn second_approvals(&self) -> (usize, usize) {
        (self.approved.len(), self.allowed.len())
    }

    /// What was published without waiting for a second office: each emergency by its number, in order, and the number under which its
    /// draft was published; none if nothing came of it.
    #[must_use]
    pub fn emergencies(
        &self,
    ) -> impl DoubleEndedIterator<Item = (u64, &Arc<Emergency>, Option<u64>)> + ExactSizeIterator {
        self.emergencies.all()
    }

    /// The numbers of the alarms that hold a batch of an issuer until a second office lets it through.
    #[must_use]
    pub fn held_by(&self, issuer: &Issuer, batch: Hash) -> Vec<u64> {
        let holds = |alarm: &Alarm| {
            alarm.why == Strange::AboveLimit && alarm.batch == batch && alarm.issuer == *issuer
        };
        let held = self.alarms().filter(|(_, alarm, allowed)| holds(alarm) && !allowed);
        held.map(|(number, ..)| number).collect()
    }

    /// The number of the alarm about the same batch, kind and strangeness.
    pub(crate) fn alarm(&self, like: &Alarm) -> Option<u64> {
        let same = |alarm: &Alarm| (alarm.batch, alarm.kind, alarm.why) == (like.batch, like.kind, like.why);
        self.alarms.iter().find(|(_, alarm)| same(alarm)).map(|(number, _)| *number)
    }

    /// The issuer of which an alarm holds something, or held it, if it works in a region.
    pub(crate) fn held_in(&self, alarm: u64, region: Region) -> Option<&IssuerEntry> {
        let alarm = self.alarm_numbered(alarm).filter(|alarm| alarm.why == Strange::AboveLimit)?;
        self.issuer(&alarm.issuer).filter(|issuer| issuer.region.is_in(region))
    }

    /// What of a kind is held of an issuer, and came within a span.
    pub(crate) fn held(
        &self,
        issuer: &Issuer,
        kind: Kind,
        (since, until): (Timestamp, Timestamp),
    ) -> impl Iterator<Item = &Arc<Alarm>> {
        self.above((issuer, Doing::Recorded, kind)).filter_map(move |(number, alarm)| {
            ((since..=until).contains(&alarm.at) && !self.is_allowed(number)).then_some(alarm)
        })
    }

    /// The alarms whose batches are held.
    pub(crate) fn held_batches(&self) -> impl Iterator<Item = &Arc<Alarm>> {
        let held = self.alarms().filter(|(_, alarm, allowed)| {
            (alarm.why, alarm.doing) == (Strange::AboveLimit, Doing::Recorded) && !allowed
        });
        held.map(|(_, alarm, _)| alarm)
    }

    /// What is held of an issuer: of which kind, since which hour, how many rows.
    pub(crate) fn held_of(&self, issuer: &Issuer) -> impl Iterator<Item = (Kind, i64, u64)> {
        let held = self.held_batches().filter(move |alarm| alarm.issuer == *issuer);
        held.map(|alarm| (alarm.kind, hour_of(alarm.at), alarm.rows))
    }

    /// How often a second office let an issuer go on doing something, from an instant on.
    pub(crate) fn let_through(&self, whose: (&Issuer, Doing, Kind), since: Timestamp) -> u64 {
        let lately = |number| self.allowed.get(&number).is_some_and(|(_, at)| *at > since);
        self.above(whose).filter(|(number, _)| lately(*number)).fold(0, |sum, _| sum + 1)
    }

    /// The alarms that said that an issuer's organisation departs from its history: of a value also those of all of its kind.
    pub(crate) fn told(
        &self,
        known: &IssuerEntry,
        doing: Doing,
        (kind, value): (Kind, Option<Value>),
    ) -> impl Iterator<Item = Told> {
        let about = move |alarm: &&Arc<Alarm>| {
            let own = || self.issuer(&alarm.issuer).is_some_and(|one| one.is_of_one_organisation_with(known));
            (alarm.why, alarm.doing, alarm.kind) == (Strange::UnlikeItself, doing, kind)
                && alarm.value.is_none_or(|of| Some(of) == value)
                && own()
        };
        let told = |alarm: &Arc<Alarm>| {
            let of = Unlike { span: alarm.within, rows: alarm.rows, usual: alarm.usual };
            Told { hour: hour_of(alarm.at), of }
        };
        self.alarms.values().filter(about).map(told)
    }

    fn above(
        &self,
        (issuer, doing, kind): (&Issuer, Doing, Kind),
    ) -> impl Iterator<Item = (u64, &Arc<Alarm>)> {
        let about = move |alarm: &Alarm| {
            (alarm.why, alarm.doing, alarm.kind) == (Strange::AboveLimit, doing, kind)
                && alarm.issuer == *issuer
        };
        self.alarms.iter().filter(move |(_, alarm)| about(alarm)).map(|(number, alarm)| (*number, alarm))
    }
}
