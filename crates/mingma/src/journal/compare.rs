//! The database against the log: every entry of the log with the row of that number, and of everybody every row with the entry that commits to it.
//!
//! A record is held against its entries when it is read, and the sequencer reads on from where it ended. So what somebody takes out, puts in or changes
//! where nobody reads would stay unseen, a person's last entry with its rows even for good. Here all of it is read: the log's files are computed
//! again as an auditor does, and each of their entries must be the database's; then nobody is left out, also who has no document.

use std::collections::VecDeque;
use std::fmt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use mingma_journal::checkpoint::Checkpoint;
use mingma_journal::leaf::Leaf;
use mingma_journal::quarter::Quarter;
use mingma_journal::sequencer::PortError;
use mingma_journal::tiles::{Row, Start, TileError, TilePath, TileReader, audit};
use mingma_registry::book::Book;
use mingma_registry::journal::{
    Edit, Ends, Former, Kept, Numbered, edits, held_public, public_shown_otherwise, shown_otherwise,
};
use mingma_registry::store::LOST;
use mingma_registry::{PersonId, StoreError};
use mingma_store::Beside;

use super::folder::{MAX_FILE_BYTES, head, quarters, read};
use super::source::leaf;

/// How many entries of the database are read at once: of some 300 bytes each, a megabyte.
const PAGE: u32 = 4_096;
/// How many persons are read between two rests, at some 0.1 ms each.
const PERSONS: u32 = 64;
/// The most differences that are named one by one; more say nothing new.
const NAMED: usize = 64;

/// What was compared, and found.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    /// Entries of the log.
    pub(crate) entries: u64,
    /// Persons.
    pub(crate) persons: u64,
    /// Entries of which a restored database has only what the log had: nothing opens them.
    pub(crate) lost: u64,
    /// How the database differs from the log, at most [`NAMED`] of them.
    pub(crate) edits: Vec<Edit>,
    /// How many further ones there are.
    pub(crate) more: usize,
}

/// Why it was not compared to the end.
#[derive(Debug)]
pub(crate) enum Halt {
    /// Whoever compares was told to end.
    Ended,
    /// The log itself is damaged, or it or the database could not be read.
    Trouble(String),
}

impl fmt::Display for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended => f.write_str("it was ended"),
            Self::Trouble(why) => f.write_str(why),
        }
    }
}

impl From<PortError> for Halt {
    fn from(error: PortError) -> Self {
        Self::Trouble(error.0)
    }
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Trouble(error.to_string())
    }
}

/// Compares what is in the logs of a folder with a database; `rest` is called before each part, and may end it.
///
/// # Errors
/// [`Halt`].
pub(crate) fn compare(
    logs: &Path,
    beside: &Beside,
    now: impl Fn() -> Timestamp,
    rest: &impl Fn() -> Result<(), Halt>,
) -> Result<Compared, Halt> {
    let mut rows = Rows { beside, page: VecDeque::new(), last: 0, chained: None, failed: None };
    let mut compared = Compared::default();
    for quarter in quarters(logs) {
        let log = logs.join(quarter.to_string());
        let tiles = Tiles { log: &log, rest };
        compared.log(quarter, &tiles, &mut rows)?;
    }
    // What waits for its place in the log counts for the chains.
    while rows.chained.is_none() && rows.take(rows.last + 1)?.is_some() {}
    let book = compared.public(beside)?;
    compared.everybody(beside, (&book, rows.chained), now, rest)?;
    Ok(compared)
}

impl Compared {
    fn found(&mut self, edit: Edit) {
        if self.edits.len() < NAMED {
            self.edits.push(edit);
        } else {
            self.more += 1;
        }
    }

    /// How many differences there are.
    pub(crate) fn count(&self) -> usize {
        self.edits.len() + self.more
    }

    /// One log, as far as its published checkpoint reaches.
    fn log<R>(&mut self, quarter: Quarter, tiles: &Tiles<'_, R>, rows: &mut Rows<'_>) -> Result<(), Halt>
    where
        R: Fn() -> Result<(), Halt>,
    {
        let wrong = |what: &dyn fmt::Display| Halt::Trouble(format!("log {quarter}: {what}"));
        let Some((_, Checkpoint { size, root, .. })) = head(tiles.log)? else { return Ok(()) };
        let read = audit(tiles, Start::Beginning, size, root, |index, bytes| {
            // The first entry of all logs but the first is the end of the one before: no act.
            let begins = index == 0 && matches!(Leaf::from_bytes(bytes), Ok(Leaf::Former(_)));
            if !begins {
                self.entries += 1;
                self.entry(bytes, rows);
            }
        });
        match (read, rows.failed.take()) {
            (_, Some(error)) => Err(error.into()),
            (Err(TileError::Read { error, .. }), None) => Err(error),
            (Err(TileError::Damaged(damage)), None) => Err(wrong(&damage)),
            (Ok(()), None) => Ok(()),
        }
    }

    /// The entry that is the log's next.
    fn entry(&mut self, bytes: &[u8], rows: &mut Rows<'_>) {
        let entry = self.entries;
        match rows.take(entry) {
            Ok(Some(row)) if leaf(&row.entry).is_ok_and(|act| Leaf::Act(act).to_bytes() == bytes) => {}
            Ok(Some(_)) => self.found(Edit::Exchanged { entry }),
            Ok(None) => self.found(Edit::TakenOut { entry }),
            Err(error) => rows.failed = Some(error),
        }
    }

    /// Public acts and the staff list; gives the book of them.
    fn public(&mut self, beside: &Beside) -> Result<Book, Halt> {
        let kept = beside.public()?;
        match held_public(&kept.published, &kept.staff, &kept.entries) {
            Err(edited) => self.found(edited.into()),
            Ok(()) => {
                for edit in public_shown_otherwise(&kept.published, &kept.staff, &kept.entries) {
                    self.found(edit);
                }
            }
        }
        // Without a book nobody knows where an issuer works: that it cannot be read was named.
        Ok(Book::default().with(kept.published).unwrap_or_default())
    }

    /// Everybody of whom anything is kept.
    fn everybody(
        &mut self,
        beside: &Beside,
        by: (&Book, Option<u64>),
        now: impl Fn() -> Timestamp,
        rest: &impl Fn() -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        let (mut last, mut told) = (None, (0, None));
        loop {
            rest()?;
            let part = beside.persons(last, PERSONS)?;
            let Some(end) = part.last().copied() else { return Ok(()) };
            last = Some(end);
            let read: Vec<_> = part.iter().map(|person| (*person, beside.of(*person))).collect();
            // After them: of an end of data that came in between it is known then.
            let (act, purged) = beside.purged(told.0)?;
            told = (act, told.1.max(purged));
            let ends = Ends::known(told.1, now());
            for (person, kept) in read {
                self.person(person, kept, by, &ends)?;
            }
        }
    }

    fn person(
        &mut self,
        person: PersonId,
        kept: Result<mingma_store::KeptOf, StoreError>,
        (book, chained): (&Book, Option<u64>),
        ends: &Ends,
    ) -> Result<(), Halt> {
        let kept = match kept {
            Ok(kept) => kept,
            Err(StoreError::Damaged { place }) => {
                self.found(Edit::Unreadable { place });
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        if person == LOST {
            self.lost += u64::try_from(kept.entries.len()).unwrap_or(u64::MAX);
            return Ok(());
        }
        self.persons += 1;
        let (record, requests, entries) = (&kept.record, &kept.requests, &kept.entries);
        let of = Kept { person, record, requests, entries, earlier: entries };
        let otherwise = shown_otherwise(&of, &kept.numbers, book);
        for edit in edits(&of, &kept.numbers, chained, ends).into_iter().chain(otherwise) {
            self.found(edit);
        }
        Ok(())
    }
}

/// The entries of the database, in the order of their numbers.
struct Rows<'b> {
    beside: &'b Beside,
    page: VecDeque<Numbered>,
    /// The number up to which they were taken.
    last: u64,
    /// The first that names the one before it.
    chained: Option<u64>,
    failed: Option<StoreError>,
}

impl Rows<'_> {
    /// The entry with the next number, if there is one; what has a number that is none of the log's is passed over.
    fn take(&mut self, number: u64) -> Result<Option<Numbered>, StoreError> {
        self.last = number;
        if self.failed.is_some() {
            return Ok(None);
        }
        if self.page.is_empty() {
            self.page = self.beside.journal(number.saturating_sub(1), PAGE)?.into();
        }
        let row = self.page.pop_front_if(|row| row.number == number);
        if row.as_ref().is_some_and(|row| row.entry.former != Former::Unsaid) {
            self.chained = self.chained.or(Some(number));
        }
        Ok(row)
    }
}

/// The files of a log, before each bundle of which whoever reads them rests.
struct Tiles<'l, R> {
    log: &'l PathBuf,
    rest: &'l R,
}

impl<R: Fn() -> Result<(), Halt>> TileReader for Tiles<'_, R> {
    type Error = Halt;

    fn read(&self, path: &TilePath) -> Result<Option<Vec<u8>>, Halt> {
        if path.row() == Row::Entries {
            (self.rest)()?;
        }
        Ok(read(&self.log.join(path.to_string()), MAX_FILE_BYTES)?)
    }
}
