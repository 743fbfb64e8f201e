//! What the book knows of limits and alarms.

use std::sync::Arc;

use jiff::Timestamp;
use mingma_domain::fact::{Issuer, Kind};

use super::Book;
use crate::bulk::usual_limit;
use crate::canonical::Hash;
use crate::row::{Alarm, Limit};
use crate::words::Strange;

impl Book {
    /// How many rows of a kind an issuer may record within an hour before a second office is asked.
    #[must_use]
    pub fn limit(&self, issuer: &Issuer, kind: Kind) -> u32 {
        let set = self.limits.iter().rev().find(|limit| limit.issuer == *issuer && limit.kind == kind);
        set.map_or(usual_limit(kind), |limit| limit.per_hour)
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
        self.allowed.get(&alarm).copied()
    }

    /// How often a second office has agreed to what was proposed, and has let a batch through.
    #[must_use]
    pub fn second_approvals(&self) -> (usize, usize) {
        (self.approved.len(), self.allowed.len())
    }

    /// How often something was published without waiting for a second office.
    #[must_use]
    pub const fn emergencies(&self) -> u64 {
        self.emergencies.count()
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

    /// What of a kind is held of an issuer, and came within a span.
    pub(crate) fn held(
        &self,
        issuer: &Issuer,
        kind: Kind,
        (since, until): (Timestamp, Timestamp),
    ) -> impl Iterator<Item = &Arc<Alarm>> {
        self.about(issuer, kind, Strange::AboveLimit).filter_map(move |(number, alarm)| {
            ((since..=until).contains(&alarm.at) && !self.is_allowed(number)).then_some(alarm)
        })
    }

    /// Whether an issuer was said to be unlike itself in a kind within a span.
    pub(crate) fn unlike_itself(
        &self,
        issuer: &Issuer,
        kind: Kind,
        (since, until): (Timestamp, Timestamp),
    ) -> bool {
        let mut said = self.about(issuer, kind, Strange::UnlikeItself);
        said.any(|(_, alarm)| (since..=until).contains(&alarm.at))
    }

    fn about(&self, issuer: &Issuer, kind: Kind, why: Strange) -> impl Iterator<Item = (u64, &Arc<Alarm>)> {
        let about = move |alarm: &Alarm| alarm.issuer == *issuer && alarm.kind == kind && alarm.why == why;
        self.alarms.iter().filter(move |(_, alarm)| about(alarm)).map(|(number, alarm)| (*number, alarm))
    }
}
