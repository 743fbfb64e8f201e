//! The one writer: a thread that gathers what has come, commits it with one `fsync`, and then answers.
//!
//! At each crash point, what is on disk: before the commit, nothing of the group; during it, the log's last frame
//! decides, and with it all of the group or nothing; after it, all. Answers leave only after it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use jiff::Timestamp;
use mingma_registry::feed::Mark;
use mingma_registry::journal::Numbered;
use mingma_registry::retention::Passed;
use mingma_registry::row::NoticeState;
use mingma_registry::store::{Newcomer, Purge};
use mingma_registry::{Applied, Change, NoticeId, PersonId, StoreError};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::observe::{Meter, Observer};
use crate::scrub::scrub;
use crate::vault::Vault;
use crate::write;

/// How many calls wait at most before callers are made to wait outside: 1,024 connections of a busy server with one
/// write each. What waits holds no more than its own request.
pub(crate) const QUEUE: usize = 1_024;
/// How many rows of changes a group gathers at most: at 10 µs each a commit comes every 80 ms at the latest.
const MAX_GROUP: usize = 8_192;

type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// One call, with where its answer goes. A caller who has gone away is not missed: the answer falls to the ground.
pub(crate) enum Job {
    Apply(Vec<Change>, Answer<Vec<Applied>>),
    Identify(Vec<Newcomer>, Answer<Vec<PersonId>>),
    Settle(PersonId, NoticeId, NoticeState, Answer<()>),
    Reserve(u32, Answer<Option<u32>>),
    Mark(Vec<Mark>, Answer<()>),
    Adopt(Vec<Numbered>, Answer<Option<u64>>),
    Purge(Box<Purge>, Answer<Applied>),
    Pass(Passed, Answer<u64>),
    /// Done by itself, between two groups.
    Scrub(Timestamp, Answer<()>),
}

/// About how many rows a change writes.
fn rows(change: &Change) -> usize {
    match change {
        Change::Submission { intake, .. } => 1 + intake.refused.len(),
        Change::Person { .. }
        | Change::Public { .. }
        | Change::Access { .. }
        | Change::Spend(_)
        | Change::Staff { .. } => 1,
    }
}

/// What a job gave, kept back until the commit.
enum Done {
    Apply(Result<Vec<Applied>, StoreError>, Answer<Vec<Applied>>),
    Identify(Result<Vec<PersonId>, StoreError>, Answer<Vec<PersonId>>),
    /// A settled notice, or marks.
    Settle(Result<(), StoreError>, Answer<()>),
    Reserve(Result<Option<u32>, StoreError>, Answer<Option<u32>>),
    Adopt(Result<Option<u64>, StoreError>, Answer<Option<u64>>),
    Purge(Result<Applied, StoreError>, Answer<Applied>),
    Pass(Result<u64, StoreError>, Answer<u64>),
}

/// The way to the writer's thread.
#[derive(Debug)]
pub(crate) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    meter: Arc<Meter>,
}

/// What the thread works on.
struct Desk {
    connection: Connection,
    vault: Vault,
    /// When the newest entry that is kept was made.
    newest: Option<Timestamp>,
    meter: Arc<Meter>,
    dir: PathBuf,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(
        connection: Connection,
        vault: Vault,
        newest: Option<Timestamp>,
        dir: &Path,
    ) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let meter = Arc::new(Meter::of(&connection));
        let mut desk = Desk { connection, vault, newest, meter: Arc::clone(&meter), dir: dir.to_owned() };
        let work = move || desk.serve(queue);
        let thread = std::thread::Builder::new().name("store-writer".to_owned()).spawn(work)?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), meter })
    }

    /// Somebody who looks on, at the writer and at this database.
    pub(crate) fn observer(&self, path: PathBuf) -> Observer {
        let jobs = self.jobs.as_ref().map(mpsc::Sender::downgrade);
        Observer::new(Arc::clone(&self.meter), jobs, path)
    }

    pub(crate) async fn apply(&self, changes: Vec<Change>) -> Result<Vec<Applied>, StoreError> {
        self.ask(|answer| Job::Apply(changes, answer)).await
    }

    pub(crate) async fn identify(&self, newcomers: Vec<Newcomer>) -> Result<Vec<PersonId>, StoreError> {
        self.ask(|answer| Job::Identify(newcomers, answer)).await
    }

    pub(crate) async fn settle(
        &self,
        who: PersonId,
        what: NoticeId,
        to: NoticeState,
    ) -> Result<(), StoreError> {
        self.ask(|answer| Job::Settle(who, what, to, answer)).await
    }

    pub(crate) async fn reserve(&self, shard: u32) -> Result<Option<u32>, StoreError> {
        self.ask(|answer| Job::Reserve(shard, answer)).await
    }

    pub(crate) async fn mark(&self, marks: Vec<Mark>) -> Result<(), StoreError> {
        self.ask(|answer| Job::Mark(marks, answer)).await
    }

    pub(crate) async fn adopt(&self, lost: Vec<Numbered>) -> Result<Option<u64>, StoreError> {
        self.ask(|answer| Job::Adopt(lost, answer)).await
    }

    pub(crate) async fn purge(&self, purge: Purge) -> Result<Applied, StoreError> {
        self.ask(|answer| Job::Purge(Box::new(purge), answer)).await
    }

    pub(crate) async fn pass(&self, passed: Passed) -> Result<u64, StoreError> {
        self.ask(|answer| Job::Pass(passed, answer)).await
    }

    pub(crate) async fn scrub(&self, now: Timestamp) -> Result<(), StoreError> {
        self.ask(|answer| Job::Scrub(now, answer)).await
    }

    async fn ask<T>(&self, job: impl FnOnce(Answer<T>) -> Job) -> Result<T, StoreError> {
        let stopped = || StoreError::Stopped { reason: "the writer has stopped".to_owned() };
        let (answer, answered) = oneshot::channel();
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(job(answer)).await.map_err(|_| stopped())?;
        // The thread is gone only if it broke off: then what it had taken in may have been kept.
        answered.await.unwrap_or(Err(StoreError::InDoubt))
    }
}

impl Drop for Writer {
    /// Lets the thread finish what it has taken in, and waits for it.
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // A panic there has nothing left to tell here.
            let _finished = thread.join();
        }
    }
}

impl Desk {
    fn serve(&mut self, mut queue: mpsc::Receiver<Job>) {
        while let Some(first) = queue.blocking_recv() {
            let mut group = vec![first];
            let mut weight = group.iter().map(Job::weight).sum::<usize>();
            while weight < MAX_GROUP
                && let Ok(job) = queue.try_recv()
            {
                weight += job.weight();
                group.push(job);
            }
            let scrubs = group.extract_if(.., |job| matches!(job, Job::Scrub(..))).collect::<Vec<_>>();
            let mut committed = if group.is_empty() { Ok(()) } else { self.commit(group) };
            for job in scrubs {
                match (job, &committed) {
                    (Job::Scrub(now, answer), Ok(())) => {
                        let scrubbed = scrub(&mut self.connection, &self.vault, &self.dir, now);
                        if let Err(error @ (StoreError::Stopped { .. } | StoreError::Damaged { .. })) =
                            &scrubbed
                        {
                            committed = Err(error.clone());
                        }
                        drop(answer.send(scrubbed));
                    }
                    (job, Err(fatal)) => job.refuse(fatal),
                    (_, Ok(())) => {}
                }
            }
            if let Err(fatal) = committed {
                // After a failed sync nobody knows what the disk holds: to go on would be to acknowledge on a guess.
                queue.close();
                while let Ok(job) = queue.try_recv() {
                    job.refuse(&fatal);
                }
                return;
            }
        }
    }

    /// Commits a group and answers it. An error means that the writer must stop.
    fn commit(&mut self, group: Vec<Job>) -> Result<(), StoreError> {
        let connection = &self.connection;
        self.meter.look_for_others(connection);
        if let Err(error) = write::run(connection, "BEGIN IMMEDIATE") {
            self.meter.failed();
            refuse_all(group, &error);
            return if matches!(error, StoreError::Busy | StoreError::Full) { Ok(()) } else { Err(error) };
        }
        let weight = group.iter().map(Job::weight).sum();
        let entries = group.iter().flat_map(Job::entries).count();
        let newest = group.iter().flat_map(Job::entries).max().max(self.newest);
        let mut done = Vec::with_capacity(group.len());
        let mut jobs = group.into_iter();
        let mut broken = None;
        for job in jobs.by_ref() {
            let finished = job.run(connection, &self.vault);
            broken = finished.error().cloned();
            done.push(finished);
            if broken.is_some() {
                break;
            }
        }
        if broken.is_none() && newest != self.newest {
            broken = newest.and_then(|newest| write::note_newest(connection, newest).err());
        }
        if let Some(error) = broken {
            self.meter.failed();
            // A statement failed: SQLite may have rolled all of it back by itself. Nothing of the group is kept.
            let undone = write::run(connection, "ROLLBACK");
            let undone = undone.is_ok() || connection.is_autocommit();
            for done in done {
                done.refuse(&error);
            }
            refuse_all(jobs, &error);
            let passing = matches!(error, StoreError::Busy | StoreError::Full);
            return if undone && passing { Ok(()) } else { Err(error) };
        }
        match write::run(connection, "COMMIT") {
            Ok(()) => {
                self.newest = newest;
                self.meter.committed(weight, entries);
                done.into_iter().for_each(Done::tell);
                Ok(())
            }
            Err(error) => {
                self.meter.failed();
                // Without room for the last frame SQLite rolls back by itself: there is nothing left to undo.
                let undone = write::run(connection, "ROLLBACK").is_ok() || connection.is_autocommit();
                let passing = undone && matches!(error, StoreError::Busy | StoreError::Full);
                let told = if passing { error } else { StoreError::InDoubt };
                for done in done {
                    done.refuse(&told);
                }
                if passing {
                    Ok(())
                } else {
                    Err(StoreError::Stopped { reason: "a commit failed".to_owned() })
                }
            }
        }
    }
}

fn refuse_all(jobs: impl IntoIterator<Item = Job>, error: &StoreError) {
    for job in jobs {
        job.refuse(error);
    }
}

impl Job {
    fn weight(&self) -> usize {
        match self {
            Self::Apply(changes, _) => changes.iter().map(rows).sum(),
            Self::Identify(newcomers, _) => newcomers.len(),
            Self::Settle(..) | Self::Reserve(..) | Self::Pass(..) | Self::Scrub(..) => 1,
            Self::Purge(purge, _) => {
                1 + purge.erasures.iter().map(|erasure| erasure.facts.len() + erasure.others()).sum::<usize>()
            }
            Self::Adopt(lost, _) => lost.len(),
            Self::Mark(marks, _) => marks.len(),
        }
    }

    /// When each entry of the journal that it brings was made.
    fn entries(&self) -> impl Iterator<Item = Timestamp> {
        let (changes, purge): (&[Change], _) = match self {
            Self::Apply(changes, _) => (changes, None),
            Self::Purge(purge, _) => (&[], Some(purge.entry.at)),
            Self::Identify(..)
            | Self::Reserve(..)
            | Self::Settle(..)
            | Self::Pass(..)
            | Self::Scrub(..)
            | Self::Adopt(..)
            | Self::Mark(..) => (&[], None),
        };
        let acts = changes.iter().filter_map(|change| match change {
            Change::Person { entry, .. } => Some(entry.at),
            Change::Public { entry, .. } | Change::Staff { entry, .. } => Some(entry.at),
            Change::Access { .. } | Change::Spend(_) | Change::Submission { .. } => None,
        });
        acts.chain(purge)
    }

    fn run(self, connection: &Connection, vault: &Vault) -> Done {
        match self {
            Self::Apply(changes, answer) => {
                let applied = changes.iter().map(|change| write::apply(connection, vault, change)).collect();
                Done::Apply(applied, answer)
            }
            Self::Identify(newcomers, answer) => {
                Done::Identify(write::identify(connection, vault, &newcomers), answer)
            }
            Self::Settle(person, notice, to, answer) => {
                Done::Settle(write::settle(connection, person, notice, to), answer)
            }
            Self::Reserve(shard, answer) => Done::Reserve(write::reserve(connection, shard), answer),
            Self::Mark(marks, answer) => Done::Settle(write::mark(connection, &marks), answer),
            Self::Adopt(lost, answer) => Done::Adopt(write::adopt(connection, &lost), answer),
            Self::Purge(purge, answer) => Done::Purge(write::purge(connection, &purge), answer),
            Self::Pass(passed, answer) => Done::Pass(write::pass(connection, &passed), answer),
            // INVARIANT: it is taken out of its group before that is committed.
            Self::Scrub(_, answer) => Done::Settle(Ok(()), answer),
        }
    }

    fn refuse(self, error: &StoreError) {
        // A caller who has gone away needs no answer.
        match self {
            Self::Apply(_, answer) => drop(answer.send(Err(error.clone()))),
            Self::Identify(_, answer) => drop(answer.send(Err(error.clone()))),
            Self::Settle(.., answer) | Self::Scrub(_, answer) | Self::Mark(_, answer) => {
                drop(answer.send(Err(error.clone())));
            }
            Self::Reserve(_, answer) => drop(answer.send(Err(error.clone()))),
            Self::Adopt(_, answer) => drop(answer.send(Err(error.clone()))),
            Self::Purge(_, answer) => drop(answer.send(Err(error.clone()))),
            Self::Pass(_, answer) => drop(answer.send(Err(error.clone()))),
        }
    }
}

impl Done {
    const fn error(&self) -> Option<&StoreError> {
        match self {
            Self::Apply(Err(error), _)
            | Self::Identify(Err(error), _)
            | Self::Settle(Err(error), _)
            | Self::Reserve(Err(error), _)
            | Self::Adopt(Err(error), _)
            | Self::Purge(Err(error), _)
            | Self::Pass(Err(error), _) => Some(error),
            Self::Apply(Ok(_), _)
            | Self::Identify(Ok(_), _)
            | Self::Settle(Ok(()), _)
            | Self::Reserve(Ok(_), _)
            | Self::Adopt(Ok(_), _)
            | Self::Purge(Ok(_), _)
            | Self::Pass(Ok(_), _) => None,
        }
    }

    fn tell(self) {
        match self {
            Self::Apply(result, answer) => drop(answer.send(result)),
            Self::Identify(result, answer) => drop(answer.send(result)),
            Self::Settle(result, answer) => drop(answer.send(result)),
            Self::Reserve(result, answer) => drop(answer.send(result)),
            Self::Adopt(result, answer) => drop(answer.send(result)),
            Self::Purge(result, answer) => drop(answer.send(result)),
            Self::Pass(result, answer) => drop(answer.send(result)),
        }
    }

    fn refuse(self, error: &StoreError) {
        match self {
            Self::Apply(_, answer) => drop(answer.send(Err(error.clone()))),
            Self::Identify(_, answer) => drop(answer.send(Err(error.clone()))),
            Self::Settle(_, answer) => drop(answer.send(Err(error.clone()))),
            Self::Reserve(_, answer) => drop(answer.send(Err(error.clone()))),
            Self::Adopt(_, answer) => drop(answer.send(Err(error.clone()))),
            Self::Purge(_, answer) => drop(answer.send(Err(error.clone()))),
            Self::Pass(_, answer) => drop(answer.send(Err(error.clone()))),
        }
    }
}
