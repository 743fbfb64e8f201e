//! What the book knows of what was taken away from issuers, and by whom.

use jiff::Timestamp;
use mingma_credential::key::DevicePoint;
use mingma_domain::Region;
use mingma_domain::fact::{Issuer, Kind};

use super::Book;
use crate::policy::Office;
use crate::row::PublicRow;
use crate::store::Published;

/// Something that no longer counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Withdrawal {
    number: u64,
    what: What,
    at: Timestamp,
    by: Option<(Office, Region)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum What {
    Key(DevicePoint),
    /// By the number of the act that gave it.
    Entitlement(u64),
}

impl Withdrawal {
    /// What an act takes away, if it does.
    pub(super) const fn of(act: &Published) -> Option<Self> {
        let (what, at) = if let PublicRow::KeyWithdrawn(row) = &act.row {
            (What::Key(row.point), row.at)
        } else if let PublicRow::EntitlementWithdrawn(row) = &act.row {
            (What::Entitlement(row.entitlement), row.at)
        } else {
            return None;
        };
        Some(Self { number: act.number, what, at, by: act.alone })
    }
}

/// Something that was taken away from an issuer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Taken<'b> {
    /// The number of the act.
    pub number: u64,
    /// From whom.
    pub issuer: &'b Issuer,
    /// To which kind an entitlement no longer counts; none if it was a key.
    pub kind: Option<Kind>,
    /// Since when.
    pub at: Timestamp,
    /// Which office did it; none where the authority signed it apart.
    pub by: Option<(Office, Region)>,
}

impl Book {
    /// What was taken away from issuers, in the order of the acts.
    #[must_use]
    pub fn taken(&self) -> impl DoubleEndedIterator<Item = Taken<'_>> {
        self.taken.iter().filter_map(|&Withdrawal { number, what, at, by }| {
            let (issuer, kind) = match what {
                What::Key(point) => (&self.key(&point)?.issuer, None),
                What::Entitlement(given) => {
                    let given = &self.entitlement(given)?.entitlement;
                    (&given.issuer, Some(given.kind))
                }
            };
            Some(Taken { number, issuer, kind, at, by })
        })
    }
}
