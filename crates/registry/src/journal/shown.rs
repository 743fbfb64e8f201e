//! Whether what the log shows beside a commitment is what that commits to: the one definition, for whoever replays a log, holds a database
//! against it, or checks a person's file.
//!
//! What stands in clear is not within the commitment. So whoever makes a new log of a changed database could put acts down to another office;
//! what opens an entry says which office it was.

use std::collections::BTreeMap;

use mingma_domain::Region;
use mingma_domain::fact::{Evidence, Issuer, IssuerClass};

use super::{Clear, Edit, Entry, Kept, Openings, rows_of};
use crate::book::Book;
use crate::brake::Hand;
use crate::policy::Office;
use crate::row::{PersonRow, PublicRow};
use crate::staff::{StaffMember, StaffRow};
use crate::store::Published;
use crate::words::ActName;

impl Clear {
    /// Whether this names the office and the subject of these rows about a person, as programs of this version or a former one show them.
    #[must_use]
    pub fn names(&self, rows: &[PersonRow]) -> bool {
        let of = Self::of_person(rows);
        let subject = self.subject.as_ref().map(Evidence::as_str);
        let said = of.subject.as_ref().map(Evidence::as_str);
        self.issuer == of.issuer
            && (subject == said || subject.is_some() && subject == Self::once_shown(rows))
    }

    /// Whether this is what stands beside an entry that commits to these rows about a person, where `works` says in which region an issuer
    /// works. Where an appeals office is the rows do not say.
    pub(crate) fn is_beside(
        &self,
        rows: &[PersonRow],
        works: impl FnOnce(&Issuer) -> Option<Region>,
    ) -> bool {
        let place = match &self.issuer {
            None => self.region.is_none(),
            Some(issuer) => issuer.class() == IssuerClass::Appeal || self.region == works(issuer),
        };
        place && self.names(rows)
    }

    /// The office that took something away alone, as it names itself: `health-commission:410000`.
    pub(crate) fn office_alone(&self) -> Option<(Office, Region)> {
        let (office, region) = self.subject.as_ref()?.as_str().split_once(':')?;
        Some((office.parse().ok()?, region.parse().ok()?))
    }
}

/// Public acts in their order, each held to what is shown beside it.
#[derive(Debug, Default)]
pub(crate) struct PublicShown {
    number: u64,
    /// Whose hand is under each proposal, by its number.
    proposed: BTreeMap<u64, Hand>,
    /// Whether an approval, and a withdrawal, has named its offices yet: programs of before named none.
    named: [bool; 2],
}

impl PublicShown {
    /// Whether this is what stands beside an act; to be asked of each in its order.
    pub(crate) fn is_beside(&mut self, act: ActName, row: &PublicRow, shown: &Clear) -> bool {
        self.number += 1;
        let plain = Clear::of_public(row);
        let [approvals, withdrawals] = &mut self.named;
        match row {
            PublicRow::Proposal(proposal) => {
                self.proposed.insert(self.number, proposal.by.clone());
                *shown == plain
            }
            PublicRow::Approval(approval) => {
                let first = self.proposed.get(&approval.proposal);
                let both = first.map(|first| plain.clone().agreed((first, &approval.by)));
                is_named(approvals, shown, &plain, |shown| Some(shown) == both.as_ref())
            }
            PublicRow::KeyWithdrawn(_) | PublicRow::EntitlementWithdrawn(_) | PublicRow::Limit(_)
                if act == ActName::Appoint =>
            {
                // Whose hand it was stands here alone: that it says where, and of an office that says which, the same place.
                let alone = |shown: &Clear| {
                    let same_place = shown.office_alone().map(|(_, region)| region) == shown.region;
                    let subject =
                        if plain.subject.is_none() { same_place } else { shown.subject == plain.subject };
                    shown.issuer == plain.issuer && shown.region.is_some() && subject
                };
                is_named(withdrawals, shown, &plain, alone)
            }
            PublicRow::Purged(purged) => *shown == plain || *shown == Clear::of_purged_before(purged),
            PublicRow::Issuer(_)
            | PublicRow::Key(_)
            | PublicRow::KeyWithdrawn(_)
            | PublicRow::Entitlement(_)
            | PublicRow::EntitlementWithdrawn(_)
            | PublicRow::Ruleset(_)
            | PublicRow::Risk(_)
            | PublicRow::Emergency(_)
            | PublicRow::LetGo(_)
            | PublicRow::Limit(_)
            | PublicRow::Alarm(_)
            | PublicRow::Allowance(_)
            | PublicRow::Brought(_) => *shown == plain,
        }
    }
}

/// Whether offices are named, or none are and none were before.
fn is_named(named: &mut bool, shown: &Clear, plain: &Clear, is_it: impl FnOnce(&Clear) -> bool) -> bool {
    let found = is_it(shown);
    *named |= found;
    found || (!*named && shown == plain)
}

/// The entries about a person beside which something else stands than they commit to, as far as they open.
#[must_use]
pub fn shown_otherwise(kept: &Kept<'_>, numbers: &[u64], book: &Book) -> Vec<Edit> {
    let openings = Openings::of(kept.person, kept.record, kept.requests);
    let otherwise = kept.entries.iter().zip(numbers).filter(|(entry, _)| {
        // Of an issuer that was appointed since the book was read nobody knows here where it works.
        let works =
            |issuer: &Issuer| book.issuer(issuer).map_or(entry.clear.region, |known| Some(known.region));
        openings.open(entry).is_some_and(|opening| !entry.clear.is_beside(&opening.rows, works))
    });
    otherwise.map(|(_, number)| Edit::Shown { entry: *number }).collect()
}

/// The entries of public acts and of changes of the staff list beside which something else stands than they commit to, of what the journal commits to.
#[must_use]
pub fn public_shown_otherwise(
    published: &[Published],
    staff: &[StaffMember],
    entries: &[(u64, Entry)],
) -> Vec<Edit> {
    let (mut acts, mut shown) = (published.iter(), PublicShown::default());
    let staff: Vec<StaffRow> = staff.iter().flat_map(rows_of).collect();
    let mut is_beside = |entry: &Entry| {
        if matches!(entry.act, ActName::AppointStaff | ActName::EndStaff) {
            let row = staff.iter().find(|row| entry.commits_to_staff(row));
            return row.is_none_or(|row| entry.clear == Clear::of_staff(&row.into()));
        }
        acts.next().is_none_or(|act| shown.is_beside(entry.act, &act.row, &entry.clear))
    };
    let otherwise = entries.iter().filter(|(_, entry)| !is_beside(entry));
    otherwise.map(|(number, _)| Edit::Shown { entry: *number }).collect()
}
