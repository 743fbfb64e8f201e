//! What the writer does and what waits, in numbers; for whoever watches the program, never for a decision.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;
use mingma_registry::StoreError;
use rusqlite::Connection;
use tokio::sync::mpsc;

use crate::rows::failed;
use crate::writer::{Job, QUEUE};
use crate::{open, read};

/// The upper ends of the sizes of groups that are counted apart, in changes: powers of four up to the largest group,
/// which one last batch may exceed.
pub const GROUP_SIZES: [u64; 8] = [1, 4, 16, 64, 256, 1_024, 4_096, u64::MAX];

/// Counted by the writer while it works.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    groups: [AtomicU64; GROUP_SIZES.len()],
    changes: AtomicU64,
    entries: AtomicU64,
    failures: AtomicU64,
    edits: AtomicU64,
    /// Up to which commit of others the writer's connection has looked; 0 if it cannot say.
    others: AtomicI64,
}

impl Meter {
    /// Of a writer that begins on this connection.
    pub(crate) fn of(connection: &Connection) -> Self {
        Self { others: AtomicI64::new(read::others(connection).unwrap_or(0)), ..Self::default() }
    }

    /// Counts whether others have committed meanwhile: whoever edits the database while the program runs. One's own commits are not
    /// in SQLite's number.
    pub(crate) fn look_for_others(&self, connection: &Connection) {
        let Ok(now) = read::others(connection) else { return };
        let before = self.others.swap(now, Ordering::Relaxed);
        if before != now && before != 0 {
            self.edits.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn committed(&self, changes: usize, entries: usize) {
        let changes = u64::try_from(changes).unwrap_or(u64::MAX);
        let group = GROUP_SIZES.iter().zip(&self.groups).find(|(size, _)| changes <= **size);
        if let Some((_, group)) = group {
            group.fetch_add(1, Ordering::Relaxed);
        }
        self.changes.fetch_add(changes, Ordering::Relaxed);
        self.entries.fetch_add(u64::try_from(entries).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(crate) fn failed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }
}

/// Looks at an open store from beside it. It keeps nothing open: a connection that reads would keep the store's last one
/// from folding the log in.
#[derive(Debug)]
pub struct Observer {
    meter: Arc<Meter>,
    jobs: Option<mpsc::WeakSender<Job>>,
    path: PathBuf,
}

/// What was seen. Counts begin with the opening.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    /// Groups that were committed, by their size: as many as [`GROUP_SIZES`], each the groups up to that size and above
    /// the one before.
    pub groups: [u64; GROUP_SIZES.len()],
    /// Changes, newcomers and settled notices in them.
    pub changes: u64,
    /// Journal entries in them.
    pub entries: u64,
    /// Groups that were given up.
    pub failures: u64,
    /// How often something that is not this program was seen to have written into the database.
    pub edits: u64,
    /// Calls that wait for the writer now.
    pub queued: usize,
    /// Whether the writer takes calls.
    pub writes: bool,
    /// Notices that wait.
    pub backlog: Backlog,
    /// The last place of the feed.
    pub fed: u64,
}

/// Notices that nobody has been told yet, or never will be other than by the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Backlog {
    /// How many; counted up to [`MAX_COUNTED`].
    pub waiting: u64,
    /// When the oldest of them was made.
    pub oldest: Option<Timestamp>,
    /// How many of those that are kept were given up; counted likewise.
    pub undeliverable: u64,
    /// When the newest of them was.
    pub given_up: Option<Timestamp>,
}

/// How many waiting notices are counted at most. Each count reads them; past that number what matters is no longer how
/// many.
pub const MAX_COUNTED: u32 = 100_000;

impl Observer {
    pub(crate) fn new(meter: Arc<Meter>, jobs: Option<mpsc::WeakSender<Job>>, path: PathBuf) -> Self {
        Self { meter, jobs, path }
    }

    /// How often something that is not this program was seen to have written into the database: as of the writer's last group.
    #[must_use]
    pub fn edits(&self) -> u64 {
        self.meter.edits.load(Ordering::Relaxed)
    }

    /// The number of the newest entry of the journal.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read.
    pub fn numbered(&self) -> Result<u64, StoreError> {
        read::numbered(&open::connect(&self.path, true).map_err(|e| failed(&e))?)
    }

    /// Looks.
    ///
    /// # Errors
    /// [`StoreError`] if what waits cannot be read.
    pub fn look(&self) -> Result<Seen, StoreError> {
        let jobs = self.jobs.as_ref().and_then(mpsc::WeakSender::upgrade).filter(|jobs| !jobs.is_closed());
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let connection = open::connect(&self.path, true).map_err(|e| failed(&e))?;
        Ok(Seen {
            groups: self.meter.groups.each_ref().map(count),
            changes: count(&self.meter.changes),
            entries: count(&self.meter.entries),
            failures: count(&self.meter.failures),
            edits: self.edits(),
            queued: jobs.as_ref().map_or(0, |jobs| QUEUE.saturating_sub(jobs.capacity())),
            writes: jobs.is_some(),
            backlog: read::backlog(&connection, MAX_COUNTED)?,
            fed: read::fed(&connection)?,
        })
    }
}
