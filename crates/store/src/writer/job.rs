//! What the writer is asked for, and what it answers once that is committed.

use jiff::Timestamp;
use mingma_registry::feed::Mark;
use mingma_registry::journal::Numbered;
use mingma_registry::retention::Passed;
use mingma_registry::row::NoticeState;
use mingma_registry::store::{Newcomer, Purge};
use mingma_registry::{Applied, Change, NoticeId, PersonId, StoreError};
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::scrub::Night;
use crate::vault::Vault;
use crate::write;

pub(super) type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// One call, with where its answer goes. A caller who has gone away is not missed: the answer falls to the ground.
pub(crate) enum Job {
    Apply(Vec<Change>, Answer<Vec<Applied>>),
    Identify(Vec<Newcomer>, Answer<Vec<PersonId>>),
    Settle(PersonId, NoticeId, NoticeState, Answer<()>),
    Reserve(u32, Answer<Option<u32>>),
    Mark(Mark, Vec<Mark>, Answer<()>),
    /// Writes nothing: the writer looks around before each group.
    Look(Answer<()>),
    Adopt(Vec<Numbered>, Answer<Option<u64>>),
    Purge(Box<Purge>, Answer<Applied>),
    Pass(Passed, Answer<u64>),
    /// Done in portions, each between two groups.
    Scrub(Timestamp, Answer<()>),
}

/// What a job gave, kept back until the commit.
pub(super) enum Done {
    Apply(Result<Vec<Applied>, StoreError>, Answer<Vec<Applied>>),
    Identify(Result<Vec<PersonId>, StoreError>, Answer<Vec<PersonId>>),
    /// A settled notice, marks, or a look around.
    Settle(Result<(), StoreError>, Answer<()>),
    Reserve(Result<Option<u32>, StoreError>, Answer<Option<u32>>),
    Adopt(Result<Option<u64>, StoreError>, Answer<Option<u64>>),
    Purge(Result<Applied, StoreError>, Answer<Applied>),
    Pass(Result<u64, StoreError>, Answer<u64>),
}

impl Job {
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Apply(changes, _) => changes.iter().map(rows).sum(),
            Self::Identify(newcomers, _) => newcomers.len(),
            Self::Settle(..) | Self::Reserve(..) | Self::Pass(..) | Self::Scrub(..) => 1,
            Self::Look(_) => 0,
            Self::Purge(purge, _) => {
                1 + purge.erasures.iter().map(|erasure| erasure.facts.len() + erasure.others()).sum::<usize>()
            }
            Self::Adopt(lost, _) => lost.len(),
            Self::Mark(_, further, _) => 1 + further.len(),
        }
    }

    /// When each entry of the journal that it brings was made.
    pub(super) fn entries(&self) -> impl Iterator<Item = Timestamp> {
        let (changes, purge): (&[Change], _) = match self {
            Self::Apply(changes, _) => (changes, None),
            Self::Purge(purge, _) => (&[], Some(purge.entry.at)),
            Self::Identify(..)
            | Self::Reserve(..)
            | Self::Settle(..)
            | Self::Pass(..)
            | Self::Scrub(..)
            | Self::Adopt(..)
            | Self::Look(_)
            | Self::Mark(..) => (&[], None),
        };
        let acts = changes.iter().filter_map(|change| match change {
            Change::Person { entry, .. } => Some(entry.at),
            Change::Told(told) => Some(told.entry.at),
            Change::Public { entry, .. } | Change::Staff { entry, .. } => Some(entry.at),
            Change::Access { .. } | Change::Spend(_) | Change::Submission { .. } => None,
        });
        acts.chain(purge)
    }

    /// The night that is asked for, and where its end is told.
    pub(super) fn night(self) -> Option<(Night, Answer<()>)> {
        if let Self::Scrub(now, answer) = self { Some((Night::new(now), answer)) } else { None }
    }

    pub(super) fn run(self, connection: &Connection, vault: &Vault) -> Done {
        match self {
            Self::Apply(changes, answer) => Done::Apply(write::apply(connection, vault, &changes), answer),
            Self::Identify(newcomers, answer) => {
                Done::Identify(write::identify(connection, vault, &newcomers), answer)
            }
            Self::Settle(person, notice, to, answer) => {
                Done::Settle(write::settle(connection, person, notice, to), answer)
            }
            Self::Reserve(shard, answer) => Done::Reserve(write::reserve(connection, shard), answer),
            Self::Mark(first, further, answer) => {
                Done::Settle(write::mark(connection, &first, &further), answer)
            }
            Self::Adopt(lost, answer) => Done::Adopt(write::adopt(connection, &lost), answer),
            Self::Purge(purge, answer) => Done::Purge(write::purge(connection, &purge), answer),
            Self::Pass(passed, answer) => Done::Pass(write::pass(connection, &passed), answer),
            // INVARIANT: a night is taken out of its group before that is committed.
            Self::Look(answer) | Self::Scrub(_, answer) => Done::Settle(Ok(()), answer),
        }
    }

    pub(super) fn refuse(self, error: &StoreError) {
        // A caller who has gone away needs no answer.
        match self {
            Self::Apply(_, answer) => drop(answer.send(Err(error.clone()))),
            Self::Identify(_, answer) => drop(answer.send(Err(error.clone()))),
            Self::Settle(.., answer)
            | Self::Scrub(_, answer)
            | Self::Mark(.., answer)
            | Self::Look(answer) => {
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
    pub(super) const fn error(&self) -> Option<&StoreError> {
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

    pub(super) fn tell(self) {
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

    pub(super) fn refuse(self, error: &StoreError) {
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

/// About how many rows a change writes.
fn rows(change: &Change) -> usize {
    match change {
        Change::Submission { intake, .. } => 1 + intake.refused.len(),
        Change::Person { .. }
        | Change::Told(_)
        | Change::Public { .. }
        | Change::Access { .. }
        | Change::Spend(_)
        | Change::Staff { .. } => 1,
    }
}
