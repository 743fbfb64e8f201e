//! What the book knows of the offices that let an issuer in.

use mingma_domain::Region;
use mingma_domain::fact::Issuer;

use super::Book;
use crate::brake::{Approval, Hand, Proposed, is_above, is_top, or_least};
use crate::row::{Allowance, IssuerEntry};

impl Book {
    /// A second office agreed to what was proposed.
    pub(super) fn approve(&mut self, number: u64, approval: &Approval) {
        if let Some(proposal) = self.proposals.get(&approval.proposal).cloned() {
            self.emergencies.agreed(proposal.by.region);
            match &proposal.what {
                Proposed::Draft { preview, .. } => self.alone.agreed(approval.proposal, preview),
                Proposed::Appointment { appointment, .. } => {
                    self.let_in(appointment.issuer(), [&proposal.by, &approval.by]);
                }
            }
        }
        self.approved.insert(approval.proposal, number);
    }

    /// A second office let something through that an alarm held.
    pub(super) fn allow(&mut self, number: u64, allowance: &Allowance) {
        if let Some(alarm) = self.alarms.get(&allowance.alarm).cloned() {
            self.let_in(&alarm.issuer, [&allowance.by]);
        }
        self.allowed.insert(allowance.alarm, (number, allowance.by.at));
    }

    fn let_in<'h>(&mut self, issuer: &Issuer, by: impl IntoIterator<Item = &'h Hand>) {
        let regions = self.let_in.entry(issuer.to_string()).or_default();
        regions.extend(by.into_iter().map(|hand| hand.region));
    }

    /// Whether an office of a region may judge what an issuer says: it stands above every region whose office gave the issuer something, or
    /// let through what was held of it. Where that was the topmost region, no office below is nearer to the issuer than another.
    #[must_use]
    pub fn may_judge(&self, office: Region, issuer: &Issuer, top: Option<Region>) -> bool {
        let regions = self.let_in.get(&issuer.to_string()).into_iter().flatten();
        regions.copied().all(|by| is_top(by, top) || is_above(office, by, top))
    }

    /// Whether an appeals office of a region may answer a dispute of somebody who lives at a place: it may judge everybody whose word is disputed.
    ///
    /// # Errors
    /// The least region around the place whose office may.
    pub fn may_answer<'i>(
        &self,
        office: Region,
        home: Region,
        said: impl IntoIterator<Item = &'i Issuer>,
        top: Option<Region>,
    ) -> Result<(), Region> {
        let said: Vec<&Issuer> = said.into_iter().collect();
        let may = |office| said.iter().all(|issuer| self.may_judge(office, issuer, top));
        or_least(office, (home, top), may)
    }

    /// Whether an office of a region may let through what is held of an issuer: it may judge the issuer, and stands above where that works.
    ///
    /// # Errors
    /// The least region whose office may.
    pub fn may_let_through(
        &self,
        office: Region,
        known: &IssuerEntry,
        top: Option<Region>,
    ) -> Result<(), Region> {
        let may = |office| is_above(office, known.region, top) && self.may_judge(office, &known.issuer, top);
        or_least(office, (known.region, top), may)
    }
}
