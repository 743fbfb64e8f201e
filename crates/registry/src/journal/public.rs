//! Whether the public acts that are kept, and the staff list, are what the journal commits to.
//!
//! The salts of their entries lie in clear, and never end. So every public act that is kept opens its entry, in the order of their numbers,
//! and every entry of a public act is opened by what is kept: whoever changes a key, a rule or an account in the database, takes one away or
//! adds one, is found, and nothing of the book is believed.

use std::collections::BTreeMap;

use mingma_domain::fact::Evidence;
use thiserror::Error;

use super::{Entry, public_content, staff_content};
use crate::canonical::Hash;
use crate::id::EntryId;
use crate::row::PublicRow;
use crate::staff::{StaffEnd, StaffMember, StaffRow};
use crate::store::{Published, Store, StoreError};
use crate::words::ActName;

/// The public acts are not what the journal commits to.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PublicEdited {
    /// A public act that is kept.
    #[error(
        "no entry of the journal commits to public act {number} as it is kept: somebody has written into the database"
    )]
    Act {
        /// Its number.
        number: u64,
    },
    /// An entry of a public act, or of a change of the staff list, whose act is not kept.
    #[error(
        "what entry {number} of the journal commits to is not kept: somebody has written into the database"
    )]
    Entry {
        /// Its number.
        number: u64,
    },
    /// An account of the staff list, or its end.
    #[error(
        "no entry of the journal commits to account `{name}` of the staff list as it is kept: somebody has written into the database"
    )]
    Account {
        /// Its name.
        name: String,
    },
    /// It could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Holds all public acts and the staff list of a store against the journal. It reads them all, once.
///
/// # Errors
/// [`PublicEdited`], by what was found first.
pub async fn public_is_held(store: &dyn Store) -> Result<(), PublicEdited> {
    // What came between the two readings is past what is asked for.
    let (numbers, entries) = (store.numbers(None).await?, store.entries(None).await?);
    let mut entries: BTreeMap<EntryId, Entry> = entries.into_iter().map(|entry| (entry.id, entry)).collect();
    let numbered = numbers.into_iter().filter_map(|(id, number)| Some((number, entries.remove(&id)?)));
    let mut in_order: Vec<(u64, Entry)> = numbered.collect();
    in_order.sort_unstable_by_key(|(number, _)| *number);
    held_public(&store.published(0).await?, &store.staff().await?, &in_order)
}

/// The same of what was read: the entries of public acts and of changes of the staff list, each with its number and in that order.
///
/// # Errors
/// [`PublicEdited`], by what was found first.
pub fn held_public(
    published: &[Published],
    staff: &[StaffMember],
    entries: &[(u64, Entry)],
) -> Result<(), PublicEdited> {
    let mut acts = published.iter();
    let mut rows = Rows::of(staff);
    for (number, entry) in entries {
        let missing = PublicEdited::Entry { number: *number };
        if is_staff(entry.act) {
            if !rows.take(entry) {
                return Err(missing);
            }
        } else {
            // Public acts are kept in the order of their entries.
            let act = acts.next().ok_or(missing)?;
            if !entry.opens(&public_content(&act.row)) {
                return Err(PublicEdited::Act { number: act.number });
            }
        }
    }
    if let Some(act) = acts.next() {
        return Err(PublicEdited::Act { number: act.number });
    }
    rows.left().map_or(Ok(()), |name| Err(PublicEdited::Account { name: name.to_string() }))
}

/// The rows of the staff list that no entry was found to commit to yet, in the order of their times: nearly always that of the entries,
/// so that the first is nearly always the one.
struct Rows(Vec<Option<(StaffRow, Hash)>>, usize);

impl Rows {
    fn of(staff: &[StaffMember]) -> Self {
        let mut rows: Vec<StaffRow> = staff.iter().flat_map(rows_of).collect();
        rows.sort_by_key(|row| match row {
            StaffRow::Account(account) => account.from,
            StaffRow::End(end) => end.at,
        });
        let hashed = rows.into_iter().map(|row| {
            let content = staff_content(&row);
            Some((row, content))
        });
        Self(hashed.collect(), 0)
    }

    /// Takes the row that an entry commits to; false if there is none.
    fn take(&mut self, entry: &Entry) -> bool {
        let Self(rows, first) = self;
        *first += rows.iter().skip(*first).take_while(|row| row.is_none()).count();
        let mut left = rows.iter_mut().skip(*first);
        let found = left.find(|row| row.as_ref().is_some_and(|(_, content)| entry.opens(content)));
        found.is_some_and(|row| row.take().is_some())
    }

    /// Whose row is left.
    fn left(&self) -> Option<&Evidence> {
        let (row, _) = self.0.iter().flatten().next()?;
        Some(match row {
            StaffRow::Account(account) => &account.name,
            StaffRow::End(end) => &end.name,
        })
    }
}

/// The rows of the staff list from which a member is known.
pub(crate) fn rows_of(member: &StaffMember) -> impl Iterator<Item = StaffRow> + use<> {
    let end = member.ended.map(|at| StaffRow::End(StaffEnd { name: member.account.name.clone(), at }));
    [Some(StaffRow::Account(member.account.clone())), end].into_iter().flatten()
}

const fn is_staff(act: ActName) -> bool {
    matches!(act, ActName::AppointStaff | ActName::EndStaff)
}

/// Takes out of what was read those public acts to which their own entry does not commit; gives how many. One entry makes one act, so a copy
/// of an act under another number is none: `makers` remembers which act each entry has made. What an act destroyed is in force nowhere, so
/// nobody asks for its entry.
pub(crate) fn without_unheld(
    acts: &mut Vec<Published>,
    entries: &BTreeMap<u64, Entry>,
    makers: &mut BTreeMap<u64, u64>,
) -> usize {
    let before = acts.len();
    acts.retain(|act| {
        let is_its = |entry: &Entry| {
            !is_staff(entry.act) && entry.at == act.at && entry.opens(&public_content(&act.row))
        };
        matches!(act.row, PublicRow::Purged(_))
            || (entries.get(&act.entry).is_some_and(is_its)
                && *makers.entry(act.entry).or_insert(act.number) == act.number)
    });
    before - acts.len()
}
