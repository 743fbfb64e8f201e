//! That whoever put a hand under a public act, looked at somebody as an official, corrected where somebody lives, or helped somebody, held that
//! office then: by the staff list, whose changes stand in the log as public acts do; and so was the office held that stands in clear alone beside what it did.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use mingma_domain::Region;
use mingma_domain::fact::Evidence;

use super::doers;
use super::shown::offices;
use super::{Fault, Said, Step, Why};
use crate::brake::Hand;
use crate::doer::Doer;
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

/// Goes through the public acts in their order, and then through the looks and the help of workers; gives how many of these there are.
pub(super) fn staff<'s, 'f: 's, S: Iterator<Item = &'s Step<'f>>>(
    said: &[Said],
    steps: impl Fn() -> S,
) -> Result<u64, Fault> {
    let list = List::of(said);
    let mut held = 0;
    for said in said {
        let Said::Act(name, act, _) = said else { continue };
        // A hand of the authority's key is held to its certificate elsewhere.
        let own = |hand: &&Hand| *name != ActName::Bring || !hand.is_the_authoritys();
        let Some(Hand { staff, office, region, at }) = hand(&act.row).filter(own) else { continue };
        let there = |account: &Account| account.office == *office && account.region == *region;
        let why = |()| Fault { entry: act.entry, why: not_in_office(staff, office.role()) };
        list.has(staff, (*at, act.entry), there).map_err(why)?;
        held += 1;
    }
    let mut first = None::<Fault>;
    // Where the person lived before; the steps of one person follow one another, and begin with where they live.
    let mut home = None;
    for Step { of, rows } in steps() {
        let entry = of.opened.number;
        let mut name = |held_it: Result<(), ()>, by: &Evidence, role| {
            held += 1;
            if held_it.is_err() && first.as_ref().is_none_or(|first| entry < first.entry) {
                first = Some(Fault { entry, why: not_in_office(by, role) });
            }
        };
        if let Some(Doer::Worker { staff, .. }) = doers::of(of) {
            let there = |account: &Account| account.office == Office::Community;
            name(list.has(&staff, (of.opened.at, entry), there), &staff, Role::CommunityWorker);
        }
        for row in rows {
            let (by, role, holds) = match row {
                PersonRow::Registration(row) => {
                    home = Some(row.home);
                    continue;
                }
                PersonRow::Amendment(row) => {
                    // Whoever leaves for where no office of ours is does so at the desk of the region that they leave.
                    let homes = [Some(row.home), home.replace(row.home)];
                    let there = |account: &Account| {
                        let around = homes.iter().flatten().any(|home| home.is_in(account.region));
                        account.office == Office::Community && around
                    };
                    (&row.by, Role::CommunityWorker, list.has(&row.by, (row.at, entry), there))
                }
                PersonRow::Disclosure(look) => {
                    let Some(office) = look.role.office() else { continue };
                    let there = |account: &Account| account.office == office;
                    (&look.by, look.role, list.has(&look.by, (look.at, entry), there))
                }
                PersonRow::Request(_)
                | PersonRow::Fact(_)
                | PersonRow::Countersignature(_)
                | PersonRow::Retraction(_)
                | PersonRow::Code(_)
                | PersonRow::Revocation(_)
                | PersonRow::Grant(_)
                | PersonRow::Binding(_)
                | PersonRow::Appeal(_)
                | PersonRow::AppealAnswer(_)
                | PersonRow::Access(_)
                | PersonRow::Confirmation(_) => continue,
            };
            name(holds, by, role);
        }
    }
    match (first, offices(said, steps(), &list)) {
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
    pub(super) fn of(said: &[Said]) -> Self {
        let mut list = Self::default();
        for said in said {
            if let Said::Staff(entry, change, _) = said {
                list.take(change, *entry);
            }
        }
        list
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

    fn take(&mut self, change: &StaffChange, entry: u64) {
        let Self(accounts) = self;
        match change {
            StaffChange::Account { name, office, region, from, until } => {
                // A name is one person's for good: a second account under it is none.
                let account = Account { office: *office, region: *region, entry, from: *from, until: *until };
                accounts.entry(name.clone()).or_insert(account);
            }
            StaffChange::End(StaffEnd { name, at }) => {
                if let Some(account) = accounts.get_mut(name) {
                    account.until = account.until.min(*at);
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
