//! One change: kept whole, or answered with what was there.

use super::State;
use crate::row::RowKind;
use crate::staff::{StaffMember, StaffRow};
use crate::store::{Applied, Change, Told};

impl State {
    pub(super) fn apply(&mut self, change: Change) -> Applied {
        match change {
            Change::Submission { issuer, intake, counted } => {
                let key = (issuer, intake.request.key.clone());
                if self.submissions.contains_key(&key) {
                    return Applied::Exists(RowKind::Request);
                }
                let (by, request) = (&key.0, &intake.request);
                let counted =
                    counted.into_iter().map(|(what, rows)| (by.clone(), request.clone(), what, rows));
                self.counted.extend(counted);
                self.submissions.insert(key, intake);
                Applied::Done
            }
            Change::Access { person, rows, notices } => {
                let clash = rows.iter().find_map(|row| self.doors.clash(person, row));
                if let Some(kind) = clash.or_else(|| self.told(person, &notices)) {
                    return Applied::Exists(kind);
                }
                for row in rows {
                    self.doors.add(person, row);
                }
                self.tell(person, notices);
                Applied::Done
            }
            Change::Staff { row, entry } => {
                let clash = match &row {
                    StaffRow::Account(account) => self.staff.contains_key(&account.name),
                    // An end of an account that is not there is kept by no backend.
                    StaffRow::End(end) => {
                        self.staff.get(&end.name).is_none_or(|member| member.ended.is_some())
                    }
                };
                let clash = clash.then_some(RowKind::Staff);
                if let Some(kind) = clash.or_else(|| self.entry_clash(None, &entry)) {
                    return Applied::Exists(kind);
                }
                match row {
                    StaffRow::Account(account) => {
                        self.staff.insert(account.name.clone(), StaffMember { account, ended: None });
                    }
                    StaffRow::End(end) => {
                        if let Some(member) = self.staff.get_mut(&end.name) {
                            member.ended = Some(end.at);
                        }
                    }
                }
                self.entries.push((None, entry));
                Applied::Done
            }
            Change::Spend(spent) => {
                if self.spent.contains_key(&spent.name) {
                    return Applied::Exists(RowKind::Spent);
                }
                self.spent.insert(spent.name, spent);
                Applied::Done
            }
            Change::Public { row, entry } => {
                if let Some(kind) = self.public_clash(&row).or_else(|| self.entry_clash(None, &entry)) {
                    return Applied::Exists(kind);
                }
                self.publish(row, entry)
            }
            Change::Told(Told { notice, entry, moved, day }) => {
                let person = notice.person;
                let notices = vec![notice];
                let told = self.apply(Change::Person { person, rows: Vec::new(), notices, entry });
                if told == Applied::Done {
                    *self.moved.entry(day).or_default().entry(moved).or_default() += 1;
                }
                told
            }
            Change::Person { person, rows, notices, entry } => {
                let entry = self.chained(person, &entry);
                let clash = rows.iter().find_map(|row| self.clash(person, row));
                let clash = clash.or_else(|| self.told(person, &notices));
                if let Some(kind) = clash.or_else(|| self.entry_clash(Some(person), &entry)) {
                    return Applied::Exists(kind);
                }
                let number = u64::try_from(self.entries.len()).unwrap_or(u64::MAX).saturating_add(1);
                self.feed.add(person, &rows, (number, &entry));
                for row in rows {
                    self.keep(person, row, entry.id);
                }
                self.tell(person, notices);
                self.entries.push((Some(person), entry));
                Applied::Done
            }
        }
    }
}
