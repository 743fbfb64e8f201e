//! The public acts of the log, each in force from its entry on.

use std::sync::Arc;

use jiff::Timestamp;

use super::bundle::Content;
use super::signers::Signers;
use super::{Fault, Logged, Proved, Said, Why};
use crate::book::Book;
use crate::journal::read::{read_public, read_staff};
use crate::row::PublicRow;
use crate::store::Published;

/// What was in force when.
pub(super) struct Law {
    /// What the public entries say, in order.
    pub(super) said: Vec<Said>,
    /// The books, each from an entry and an instant on, in order.
    books: Vec<(u64, Timestamp, Arc<Book>)>,
    /// The last act that tells of an end of data; 0 if there is none.
    pub(super) last_purge: u64,
    /// When that was.
    pub(super) purged_at: Timestamp,
    /// Of how many rows such acts tell.
    pub(super) purged: u64,
    /// Whose signatures are asked for.
    pub(super) signers: Signers,
}

impl Law {
    /// Reads the public acts, of which none may be missing.
    pub(super) fn read(log: &[Logged], public: &[Proved<'_>], about: &[Proved<'_>]) -> Result<Self, Fault> {
        let due = (1..).zip(log).filter(|(_, entry)| entry.act.is_public()).map(|(number, _)| number);
        let mut given = public.iter().map(|proved| proved.opened.number);
        if let Some(entry) = due.into_iter().find(|number| given.next() != Some(*number)) {
            return Err(Fault { entry, why: Why::Missing });
        }
        let mut law = Self {
            said: Vec::with_capacity(public.len()),
            books: Vec::new(),
            last_purge: 0,
            purged_at: Timestamp::MIN,
            purged: 0,
            signers: Signers::of(about),
        };
        let mut number = 0;
        for proved in public {
            let entry = proved.opened.number;
            let fault = |why| Fault { entry, why };
            let Content::Whole(content) = proved.opened.content else { return Err(fault(Why::Missing)) };
            let unreadable = |_| fault(Why::Unreadable);
            if let Some(row) = read_public(content).map_err(unreadable)? {
                number += 1;
                let act = Published { number, entry, at: proved.opened.at, alone: None, row };
                law.take(&act).map_err(fault)?;
                law.said.push(Said::Act(proved.act, act));
            } else if let Some(change) = read_staff(content).map_err(unreadable)? {
                law.said.push(Said::Staff(entry, change));
            }
        }
        Ok(law)
    }

    /// What follows from an act for statuses.
    fn take(&mut self, act: &Published) -> Result<(), Why> {
        match &act.row {
            PublicRow::Purged(row) => {
                (self.last_purge, self.purged_at) = (act.entry, act.at);
                self.purged += row.facts() + u64::from(row.others);
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

    /// The books that came into force after one entry and before another.
    pub(super) fn between(&self, after: u64, before: u64) -> impl Iterator<Item = (Timestamp, &Arc<Book>)> {
        let from = self.books.partition_point(|(from, ..)| *from <= after);
        let later = self.books.get(from..).unwrap_or_default().iter();
        later.take_while(move |(from, ..)| *from < before).map(|(_, at, book)| (*at, book))
    }
}
