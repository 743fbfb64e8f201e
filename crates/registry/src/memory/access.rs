//! What lets persons in, in memory.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::access::{AccessRecord, AccessRow, Challenge};
use crate::id::PersonId;
use crate::retention::Erasure;
use crate::row::RowKind;

/// Everybody's.
#[derive(Debug, Default)]
pub(super) struct Doors(BTreeMap<PersonId, AccessRecord>);

impl Doors {
    /// The kind of a row whose key is taken.
    pub(super) fn clash(&self, person: PersonId, row: &AccessRow) -> Option<RowKind> {
        let held = self.0.get(&person)?;
        let (there, kind) = match row {
            AccessRow::Reach(row) => (held.reaches.iter().any(|r| r.number == row.number), RowKind::Reach),
            AccessRow::Challenge(row) => {
                let key = |c: &Challenge| (c.what_for, Challenge::day(c.at), c.ordinal);
                (held.challenges.iter().any(|c| c.id == row.id || key(c) == key(row)), RowKind::Challenge)
            }
            AccessRow::Try(row) => {
                let same = |t: &crate::access::Try| (t.challenge, t.ordinal) == (row.challenge, row.ordinal);
                (held.tries.iter().any(same), RowKind::Try)
            }
            AccessRow::SignIn(row) => (held.sign_ins.iter().any(|r| r.id == row.id), RowKind::SignIn),
            AccessRow::Assistance(row) => {
                (held.assistances.iter().any(|r| r.id == row.id), RowKind::Assistance)
            }
            AccessRow::Ward(row) => (held.wards.iter().any(|r| r.binding == row.binding), RowKind::Ward),
        };
        there.then_some(kind)
    }

    pub(super) fn add(&mut self, person: PersonId, row: AccessRow) {
        let held = self.0.entry(person).or_default();
        match row {
            AccessRow::Reach(row) => held.reaches.push(row),
            AccessRow::Challenge(row) => held.challenges.push(row),
            AccessRow::Try(row) => held.tries.push(row),
            AccessRow::SignIn(row) => held.sign_ins.push(row),
            AccessRow::Assistance(row) => held.assistances.push(row),
            AccessRow::Ward(row) => held.wards.push(row),
        }
    }

    pub(super) fn erase(&mut self, erasure: &Erasure) {
        let Some(held) = self.0.get_mut(&erasure.person) else { return };
        held.reaches.retain(|row| !erasure.reaches.contains(&row.number));
        held.challenges.retain(|row| !erasure.challenges.contains(&row.id));
        held.tries.retain(|row| !erasure.challenges.contains(&row.challenge));
        held.sign_ins.retain(|row| !erasure.sign_ins.contains(&row.id));
        held.assistances.retain(|row| !erasure.assistances.contains(&row.id));
        held.wards.retain(|row| !erasure.wards.contains(&row.binding));
    }

    pub(super) fn read(&self, person: PersonId, since: Timestamp) -> AccessRecord {
        let mut record = self.0.get(&person).cloned().unwrap_or_default();
        record.reaches.sort_by_key(|row| row.number);
        record.challenges.retain(|row| since < row.until);
        record.challenges.sort_by_key(|row| row.id);
        record.tries.retain(|row| record.challenges.iter().any(|c| c.id == row.challenge));
        record.tries.sort_by_key(|row| (row.challenge, row.ordinal));
        record.sign_ins.sort_by_key(|row| row.id);
        record.assistances.retain(|row| since < row.until);
        record.assistances.sort_by_key(|row| row.id);
        record.wards.retain(|row| since < row.until);
        record.wards.sort_by_key(|row| row.binding);
        record
    }
}
