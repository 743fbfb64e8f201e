//! That whoever put a hand under a public act, or looked at somebody as an official, held that office then: by the staff list, whose changes stand in
//! the log as public acts do; and so was the office that stands in clear alone beside what it did.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use mingma_domain::Region;
use mingma_domain::fact::Evidence;

use super::bundle::Content;
use super::shown::offices;
use super::{Fault, Proved, Step, Why};
use crate::brake::Hand;
use crate::journal::read::{read_public, read_staff};
use crate::policy::{Office, Role};
use crate::row::{PersonRow, PublicRow};
use crate::staff::{StaffChange, StaffEnd};
use crate::words::ActName;

/// How long after an account has ended what its holder had begun may be done: acts wait for one another, and for the disk.
const MOMENT: SignedDuration = SignedDuration::from_secs(60);

/// What the log says of an account.
struct Account {
    office: Office,
    region: Region,
    /// The entry that began it.
    entry: u64,
    from: Timestamp,
    until: Timestamp,
}

/// Goes through the public acts in their order, and then through the looks; gives how many hands and looks there are.
pub(super) fn staff<'s, 'f: 's, S: Iterator<Item = &'s Step<'f>>>(
    public: &[Proved<'_>],
    steps: impl Fn() -> S,
) -> Result<u64, Fault> {
    let list = List::of(public)?;
    let mut held = 0;
    for proved in public {
        let entry = proved.opened.number;
        let fault = |why| Fault { entry, why };
        let Content::Whole(content) = proved.opened.content else { return Err(fault(Why::Missing)) };
        let unreadable = |_| fault(Why::Unreadable);
        if let Some(row) = read_public(content).map_err(unreadable)?
            && let Some(Hand { staff, office, region, at }) = hand(&row)
            && !is_the_authoritys(proved.act, staff)
        {
            let there = |account: &Account| account.office == *office && account.region == *region;
            list.has(staff, (*at, entry), there).map_err(|()| fault(not_in_office(staff, office.role())))?;
            held += 1;
        }
    }
    let mut first = None::<Fault>;
    for Step { of, rows } in steps() {
        for row in rows {
            let PersonRow::Disclosure(look) = row else { continue };
            let Some(office) = look.role.office() else { continue };
            held += 1;
            let entry = of.opened.number;
            let holds = list.has(&look.by, (look.at, entry), |account| account.office == office);
            if holds.is_err() && first.as_ref().is_none_or(|first| entry < first.entry) {
                first = Some(Fault { entry, why: not_in_office(&look.by, look.role) });
            }
        }
    }
    match (first, offices(public, steps(), &list)) {
        (Some(first), Err(other)) if other.entry < first.entry => Err(other),
        (Some(first), _) => Err(first),
        (None, others) => Ok(held + others?),
    }
}

/// The staff list, as the log tells of it.
#[derive(Default)]
pub(super) struct List(BTreeMap<Evidence, Account>);

impl List {
    /// The whole of it.
    pub(super) fn of(public: &[Proved<'_>]) -> Result<Self, Fault> {
        let mut list = Self::default();
        for proved in public {
            let entry = proved.opened.number;
            let Content::Whole(content) = proved.opened.content else {
                return Err(Fault { entry, why: Why::Missing });
            };
            let change = read_staff(content).map_err(|_| Fault { entry, why: Why::Unreadable })?;
            change.into_iter().for_each(|change| list.take(change, entry));
        }
        Ok(list)
    }

    /// That somebody held such an office at an instant, by an entry before that one.
    pub(super) fn has_office(
        &self,
        (at, entry): (Timestamp, u64),
        is_it: impl Fn(Office, Region) -> bool,
    ) -> Result<(), Why> {
        let Self(accounts) = self;
        let mut those = accounts.values().filter(|account| is_it(account.office, account.region));
        let held = those.any(|account| account.entry < entry && account.counts(at));
        if held { Ok(()) } else { Err(Why::NobodyInOffice) }
    }

    fn take(&mut self, change: StaffChange, entry: u64) {
        let Self(accounts) = self;
        match change {
            StaffChange::Account { name, office, region, from, until } => {
                // A name is one person's for good: a second account under it is none.
                accounts.entry(name).or_insert(Account { office, region, entry, from, until });
            }
            StaffChange::End(StaffEnd { name, at }) => {
                if let Some(account) = accounts.get_mut(&name) {
                    account.until = account.until.min(at);
                }
            }
        }
    }

    /// Whether somebody had an account of this kind at an instant, by an entry before that one.
    fn has(
        &self,
        name: &Evidence,
        (at, entry): (Timestamp, u64),
        kind: impl Fn(&Account) -> bool,
    ) -> Result<(), ()> {
        let Self(accounts) = self;
        let account = accounts.get(name).filter(|account| account.entry < entry && kind(account));
        if account.is_some_and(|account| account.counts(at)) { Ok(()) } else { Err(()) }
    }
}

impl Account {
    fn counts(&self, at: Timestamp) -> bool {
        self.from <= at && at.duration_since(self.until) < MOMENT
    }
}

fn not_in_office(name: &Evidence, role: Role) -> Why {
    Why::NotInOffice { name: name.clone(), role }
}

/// Whether a hand is that of the authority's key, to whose certificate it is held elsewhere.
fn is_the_authoritys(act: ActName, staff: &Evidence) -> bool {
    act == ActName::Bring && staff.as_str().starts_with("key:")
}

/// The hand under an act.
const fn hand(row: &PublicRow) -> Option<&Hand> {
    match row {
        PublicRow::Proposal(row) => Some(&row.by),
        PublicRow::Approval(row) => Some(&row.by),
        PublicRow::Emergency(row) => Some(&row.by),
        PublicRow::LetGo(row) => Some(&row.by),
        PublicRow::Allowance(row) => Some(&row.by),
        PublicRow::Issuer(_)
        | PublicRow::Key(_)
        | PublicRow::KeyWithdrawn(_)
        | PublicRow::Entitlement(_)
        | PublicRow::EntitlementWithdrawn(_)
        | PublicRow::Ruleset(_)
        | PublicRow::Risk(_)
        | PublicRow::Limit(_)
        | PublicRow::Alarm(_)
        | PublicRow::Purged(_)
        | PublicRow::Brought(_) => None,
    }
}
