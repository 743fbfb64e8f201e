//! Who may say whether a fact is so, beside whoever recorded it: the sources that give out the numbers of its evidence.

use jiff::Timestamp;
use mingma_domain::fact::{Issuer, Kind};
use mingma_domain::{Fact, Region};

use super::{Book, day_at};
use crate::record::asks_others;
use crate::row::IssuerEntry;
use crate::store::Confirms;
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
    fn is_another_source(&self, said: &[&IssuerEntry], what: (Kind, Option<Region>), now: Timestamp) -> bool {
        let is_theirs = |one: &IssuerEntry| said.iter().any(|other| other.is_of_one_organisation_with(one));
        self.issuers().any(|one| !is_theirs(one) && self.is_source(one, what, now))
    }

    /// Whether an institution's yes is the word that is disputed on a ground, said again: by an organisation that said the fact, where the word of
    /// two is all there is, or where a source of another organisation can be asked.
    #[must_use]
    pub fn is_own_word<'i>(
        &self,
        issuer: &Issuer,
        (fact, said): (&Fact, impl IntoIterator<Item = &'i Issuer>),
        ground: Ground,
        now: Timestamp,
    ) -> bool {
        // That it was wrong to take it back whoever did so says.
        let Some(known) = self.issuer(issuer).filter(|_| ground != Ground::TakenBack) else { return false };
        let said: Vec<&IssuerEntry> = said.into_iter().filter_map(|one| self.issuer(one)).collect();
        let what = (fact.kind(), fact.region());
        said.iter().any(|other| other.is_of_one_organisation_with(known))
            && (asks_others(fact.value(), ground) || self.is_another_source(&said, what, now))
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
