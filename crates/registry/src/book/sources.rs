//! Who may say whether a fact is so, beside whoever recorded it: the sources that give out the numbers of its evidence.

use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::fact::{Issuer, Kind};

use super::{Book, day_at};
use crate::record::asks_others;
use crate::row::IssuerEntry;
use crate::store::{Confirms, DisputedFact};
use crate::words::{Capacity, Ground};

impl Book {
    /// Whether an institution may say at an instant whether what is recorded of a kind about a region is so.
    pub(crate) fn is_source(
        &self,
        known: &IssuerEntry,
        what: (Kind, Option<Region>),
        now: Timestamp,
    ) -> bool {
        day_at(known.region, now).is_some_and(|day| self.entitled(Capacity::Confirm, known, what, day))
    }

    /// Whether somebody can be asked beside these, who recorded a fact and countersigned it: a source of another organisation.
    pub(crate) fn is_another_source(
        &self,
        said: &[&IssuerEntry],
        what: (Kind, Option<Region>),
        now: Timestamp,
    ) -> bool {
        let is_theirs = |one: &IssuerEntry| said.iter().any(|other| other.is_of_one_organisation_with(one));
        self.issuers().any(|one| !is_theirs(one) && self.is_source(one, what, now))
    }

    /// Whether others than who recorded a disputed fact have to say that it is so, as of an instant.
    #[must_use]
    pub fn asks_others(&self, case: &DisputedFact, now: Timestamp) -> bool {
        let fact = &case.recorded.fact;
        let said: Vec<&IssuerEntry> = self.issuer(fact.issuer()).into_iter().collect();
        asks_others(fact.kind(), case.opened.ground)
            || (case.opened.ground != Ground::TakenBack
                && self.is_another_source(&said, (fact.kind(), fact.region()), now))
    }

    /// Of which facts of others an institution may say so at an instant.
    pub(crate) fn confirms(&self, issuer: &Issuer, now: Timestamp) -> Vec<Confirms> {
        let Some((known, day)) =
            self.issuer(issuer).and_then(|known| Some((known, day_at(known.region, now)?)))
        else {
            return Vec::new();
        };
        let counts = self.entitlements(issuer).filter(|entry| {
            let of = &entry.entitlement;
            entry.capacity == Capacity::Confirm && of.is_in_force(day)
        });
        let told = counts.map(|entry| {
            let of = &entry.entitlement;
            Confirms { kind: of.kind, region: of.region, unplaced: known.region.is_in(of.region) }
        });
        told.collect()
    }
}
