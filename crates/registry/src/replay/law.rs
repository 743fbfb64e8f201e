//! The public acts of the log, each in force from its entry on.

use std::sync::Arc;

use jiff::Timestamp;

use super::doers::Doers;
use super::ended::End;
use super::signers::Signers;
use super::{Fault, Logged, Proved, Said, Why};
use crate::book::Book;
use crate::journal::read::{read_public, read_staff};
use crate::row::PublicRow;
use crate::store::Published;
use crate::words::ActName;

/// What was in force when.
pub(super) struct Law {
    /// What the public entries say, in order.
    pub(super) said: Vec<Said>,
    /// The books, each from an entry and an instant on, in order.
    books: Vec<(u64, Timestamp, Arc<Book>)>,
    /// What tells of ends of data, in order.
    pub(super) ends: Vec<End>,
    /// Whose signatures are asked for.
    pub(super) signers: Signers,
    /// Of what it is asked who did it.
    pub(super) doers: Doers,
    /// When the last entry of the log was made.
    pub(super) end: Timestamp,
    /// When somebody was told last of another status.
    pub(super) last_told: Option<Timestamp>,
}

impl Law {
    /// Reads the public acts, of which none may be missing.
    pub(super) fn read(log: &[Logged], public: &[Proved<'_>], about: &[Proved<'_>]) -> Result<Self, Fault> {
        let due = (1..).zip(log).filter(|(_, entry)| entry.act.is_public()).map(|(number, _)| number);
        let mut given = public.iter().map(|proved| proved.opened.number);
        if let Some(entry) = due.into_iter().find(|number| given.next() != Some(*number)) {
            return Err(Fault { entry, why: Why::Missing });
        }
        let at = |entry: &Logged| Timestamp::from_second(entry.second).ok();
        let mut law = Self {
            end: log.last().and_then(at).unwrap_or(Timestamp::MIN),
            last_told: log.iter().rfind(|entry| entry.act == ActName::Transit).and_then(at),
            said: Vec::with_capacity(public.len()),
            books: Vec::new(),
            ends: Vec::new(),
            signers: Signers::of(about),
            doers: Doers::of(about),
        };
        let mut number = 0;
        for proved in public {
            let entry = proved.opened.number;
            let fault = |why| Fault { entry, why };
            let content = proved.opened.content.given().ok_or_else(|| fault(Why::Missing))?;
            let unreadable = |_| fault(Why::Unreadable);
            let shown = proved.shown.cloned();
            if let Some(row) = read_public(content).map_err(unreadable)? {
                number += 1;
                let act = Published { number, entry, at: proved.opened.at, alone: None, row };
                law.take(proved.act, &act).map_err(fault)?;
                law.said.push(Said::Act(proved.act, Box::new(act), shown));
            } else if let Some(change) = read_staff(content).map_err(unreadable)? {
                law.said.push(Said::Staff(entry, change, shown));
            }
        }
        Ok(law)
    }

    /// What follows from an act for statuses.
    fn take(&mut self, name: ActName, act: &Published) -> Result<(), Why> {
        match &act.row {
            PublicRow::Purged(row) => {
                let (row, is_the_last) = (row.clone(), name == ActName::Cease);
                self.ends.push(End { entry: act.entry, at: act.at, row, is_the_last });
            }
            PublicRow::Issuer(_)
            | PublicRow::Key(_)
            | PublicRow::KeyWithdrawn(_)
            | PublicRow::Entitlement(_)
            | PublicRow::EntitlementWithdrawn(_)
            | PublicRow::Ruleset(_)
            | PublicRow::Risk(_) => {
                let last = self.books.last().map_or_else(Arc::default, |(.., book)| Arc::clone(book));
                let book = last.with(vec![act.clone()]).map_err(|_| Why::Unreadable)?;
                self.books.push((act.entry, act.at, Arc::new(book)));
            }
            // No status follows from any other: what is proposed is not published.
            PublicRow::Proposal(_)
            | PublicRow::Approval(_)
            | PublicRow::Emergency(_)
            | PublicRow::LetGo(_)
            | PublicRow::Limit(_)
            | PublicRow::Alarm(_)
            | PublicRow::Allowance(_)
            | PublicRow::Brought(_) => {}
        }
        Ok(())
    }

    /// The last act that tells of an end of data, and when it was made; 0 if there is none.
    pub(super) fn last_end(&self) -> (u64, Timestamp) {
        self.ends.last().map_or((0, Timestamp::MIN), |end| (end.entry, end.at))
    }

    /// The book that was in force when an entry was made.
    pub(super) fn book_at(&self, entry: u64) -> Option<&Book> {
        let after = self.books.partition_point(|(from, ..)| *from < entry);
        self.books.get(after.checked_sub(1)?).map(|(.., book)| &**book)
    }

    /// The books that came into force after one entry and before another.
    pub(super) fn between(&self, after: u64, before: u64) -> impl Iterator<Item = (Timestamp, &Arc<Book>)> {
        let from = self.books.partition_point(|(from, ..)| *from <= after);
        let later = self.books.get(from..).unwrap_or_default().iter();
        later.take_while(move |(from, ..)| *from < before).map(|(_, at, book)| (*at, book))
    }
}
