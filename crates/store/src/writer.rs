//! The one writer: a thread that gathers what has come, commits it with one `fsync`, and then answers.
//!
//! At each crash point, what is on disk: before the commit, nothing of the group; during it, the log's last frame
//! decides, and with it all of the group or nothing; after it, all. Answers leave only after it.
//!
//! At night it wraps keys anew ([`crate::scrub`]), a portion between two groups, so that nobody waits for the whole.

mod job;

use std::collections::VecDeque;
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
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{mpsc, oneshot};

pub(crate) use self::job::Job;
use self::job::{Answer, Done};
use crate::observe::{Meter, Observer};
use crate::read::NEWEST;
use crate::scrub::Night;
use crate::vault::Vault;
use crate::write;

/// How many calls wait at most before callers are made to wait outside: 1,024 connections of a busy server with one
/// write each. What waits holds no more than its own request.
pub(crate) const QUEUE: usize = 1_024;
/// How many rows of changes a group gathers at most: at 10 µs each a commit comes every 80 ms at the latest.
const MAX_GROUP: usize = 8_192;

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
    /// The nights that are to be, the first of them under way, with who waits for the end of each.
    nights: VecDeque<(Night, Answer<()>)>,
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
        let nights = VecDeque::new();
        let (dir, counted) = (dir.to_owned(), Arc::clone(&meter));
        let mut desk = Desk { connection, vault, newest, meter: counted, dir, nights };
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

    pub(crate) async fn mark(&self, first: Mark, further: Vec<Mark>) -> Result<(), StoreError> {
        self.ask(|answer| Job::Mark(first, further, answer)).await
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
        while let Some(mut group) = self.gather(&mut queue) {
            let is_night = |job: &mut Job| matches!(job, Job::Scrub(..));
            self.nights.extend(group.extract_if(.., is_night).filter_map(Job::night));
            let committed = if group.is_empty() { Ok(()) } else { self.commit(group) };
            if let Err(fatal) = committed.and_then(|()| self.night()) {
                // After a failed sync nobody knows what the disk holds: to go on would be to acknowledge on a guess.
                queue.close();
                while let Ok(job) = queue.try_recv() {
                    job.refuse(&fatal);
                }
                return;
            }
        }
        // A night that is under way goes on at the next one after the next opening.
    }

    /// What has come; at night also if nothing has. None once nobody can ask any more.
    fn gather(&self, queue: &mut mpsc::Receiver<Job>) -> Option<Vec<Job>> {
        let mut group = Vec::new();
        if self.nights.is_empty() {
            group.push(queue.blocking_recv()?);
        }
        let mut weight = group.iter().map(Job::weight).sum::<usize>();
        while weight < MAX_GROUP {
            match queue.try_recv() {
                Ok(job) => {
                    weight += job.weight();
                    group.push(job);
                }
                Err(TryRecvError::Disconnected) if group.is_empty() => return None,
                Err(TryRecvError::Disconnected | TryRecvError::Empty) => break,
            }
        }
        Some(group)
    }

    /// Goes on with the night by one portion, if there is one. An error means that the writer must stop.
    fn night(&mut self) -> Result<(), StoreError> {
        let Some((night, _)) = self.nights.front_mut() else { return Ok(()) };
        let gone_on = night.go_on(&mut self.connection, &self.vault, &self.dir);
        if gone_on == Ok(true) {
            return Ok(());
        }
        if let Some((_, answer)) = self.nights.pop_front() {
            drop(answer.send(gone_on.clone().map(|_| ())));
        }
        match gone_on {
            Err(fatal @ (StoreError::Stopped { .. } | StoreError::Damaged { .. })) => Err(fatal),
            Ok(_) | Err(_) => Ok(()),
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
            broken = newest.and_then(|newest| write::note(connection, NEWEST, newest).err());
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
