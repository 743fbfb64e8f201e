//! Public acts: how they are added, which have a key, and which is there already.

use super::State;
use crate::journal::Entry;
use crate::row::{PublicRow, RowKind};
use crate::store::{Applied, Published};

impl State {
    /// Adds a public act with its entry.
    pub(super) fn publish(&mut self, row: PublicRow, entry: Entry) -> Applied {
        let number = self.published.last().map_or(1, |act| act.number + 1);
        let (at, alone) = (entry.at, entry.clear.alone());
        self.entries.push((None, entry));
        let entry = u64::try_from(self.entries.len()).unwrap_or(u64::MAX);
        self.published.push(Published { number, entry, at, alone, row });
        Applied::Published(number)
    }

    pub(super) fn public_clash(&self, row: &PublicRow) -> Option<RowKind> {
        self.published.iter().find_map(|act| match (&act.row, row) {
            (PublicRow::Issuer(a), PublicRow::Issuer(b)) if a.issuer == b.issuer => Some(RowKind::Issuer),
            (PublicRow::Key(a), PublicRow::Key(b)) if a.point == b.point => Some(RowKind::Key),
            (PublicRow::KeyWithdrawn(a), PublicRow::KeyWithdrawn(b)) if a.point == b.point => {
                Some(RowKind::KeyWithdrawn)
            }
            (PublicRow::EntitlementWithdrawn(a), PublicRow::EntitlementWithdrawn(b))
                if a.entitlement == b.entitlement =>
            {
                Some(RowKind::EntitlementWithdrawn)
            }
            (PublicRow::Ruleset(a), PublicRow::Ruleset(b)) if (a.region, &a.id) == (b.region, &b.id) => {
                Some(RowKind::Ruleset)
            }
            (PublicRow::Approval(a), PublicRow::Approval(b)) if a.proposal == b.proposal => {
                Some(RowKind::Approval)
            }
            (PublicRow::Alarm(a), PublicRow::Alarm(b))
                if (a.batch, a.kind, a.why) == (b.batch, b.kind, b.why) =>
            {
                Some(RowKind::Alarm)
            }
            (PublicRow::Allowance(a), PublicRow::Allowance(b)) if a.alarm == b.alarm => {
                Some(RowKind::Allowance)
            }
            (PublicRow::Brought(a), PublicRow::Brought(b)) if a.id == b.id => Some(RowKind::Brought),
            _ => None,
        })
    }
}
