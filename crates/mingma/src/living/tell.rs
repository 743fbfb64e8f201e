//! Tells whose status is another: revokes the codes that are too good now, and writes the notices.
//!
//! Codes come first: until one is revoked, a checkpoint lets pass whom it should not. So all that is too good in whatever has
//! come is revoked before the next notice is written, however many notices wait.
//!
//! Both are done by name or not at all, so telling again changes nothing. Nothing here holds up the census: what is to be
//! told waits in a queue of its own.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use mingma_census::transition::{Cause, Transition};
use mingma_registry::acts::{Transit, TransitCause, Unable, revoke_all_too_good, transit};
use mingma_registry::feed::Mark;
use mingma_registry::{EntryId, PersonId};
use mingma_server::App;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::Living;
use super::marks::Marks;
use crate::machine;

/// How many changes of status are told together: a thousand notices are one commit of some fifty milliseconds, between
/// which the acts find the store's writer free, and what has come to be revoked its turn.
const TOGETHER: usize = 1_024;
/// How many persons' codes one task looks at: some tenths of a second, after which it asks whether the program ends.
const LOOKED_AT: usize = 1_024;
/// How many changes wait to be told, their codes revoked, before no more is taken in: at 64 bytes each 64 MiB. Beyond that the census
/// waits, and its lag says so. What changes at once is taken whole.
const UNTOLD: usize = 1 << 20;
/// How long it waits before it tries again what the store did not take; then twice as long, up to a minute.
const FIRST_REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_mins(1);

/// What is to be told up to a mark.
pub(super) type Stretch = (Mark, Told);

/// What is to be told.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Whose status is another.
    pub(super) transitions: Vec<Transition>,
    /// About whom witnesses have signed something. Whether it had waited where codes are given, and a code is too good now, their
    /// record says: a dispute that lapsed today counts there at once, in the census from tomorrow on.
    pub(super) signed: Vec<PersonId>,
}

impl Told {
    pub(super) const fn is_empty(&self) -> bool {
        self.transitions.is_empty() && self.signed.is_empty()
    }

    /// How much there is to do.
    pub(super) fn len(&self) -> u64 {
        len(&self.transitions).saturating_add(len(&self.signed))
    }

    /// Adds what came behind it.
    pub(super) fn and(&mut self, mut other: Self) {
        self.transitions.append(&mut other.transitions);
        self.signed.append(&mut other.signed);
    }
}

/// A stretch whose codes are revoked, and up to where its changes were told.
struct Revoked {
    mark: Mark,
    transitions: Vec<Transition>,
    told: usize,
}

impl Revoked {
    fn untold(&self) -> &[Transition] {
        self.transitions.get(self.told..).unwrap_or_default()
    }
}

/// Tells what comes until there is no more, or the program ends.
pub(super) async fn run(
    app: App,
    living: Arc<Living>,
    marks: Arc<tokio::sync::Mutex<Marks>>,
    mut stretches: mpsc::Receiver<Stretch>,
    mut ends: watch::Receiver<bool>,
) {
    let mut revoked = VecDeque::<Revoked>::new();
    loop {
        let untold: usize = revoked.iter().map(|stretch| stretch.untold().len()).sum();
        let came = if revoked.is_empty() {
            let Some(stretch) = stretches.recv().await else { return };
            Some(stretch)
        } else if untold < UNTOLD {
            stretches.try_recv().ok()
        } else {
            None
        };
        if let Some((mark, Told { transitions, signed })) = came {
            // What was made before somebody moved speaks of where they lived, whatever their colour is.
            let is_overtaken = |t: &&Transition| t.is_worse() || matches!(t.cause, Cause::Move(_));
            let worse = transitions.iter().filter(is_overtaken);
            let worse = worse.map(|transition| PersonId::from_bytes(transition.person));
            let persons: Vec<PersonId> = worse.chain(signed.iter().copied()).collect();
            if persist(|| revoke(&app, &persons), &mut ends).await.is_none() {
                return;
            }
            living.waiting.fetch_sub(len(&signed), Ordering::Relaxed);
            revoked.push_back(Revoked { mark, transitions, told: 0 });
            continue;
        }
        let Some(stretch) = revoked.front_mut() else { continue };
        let part = stretch.untold();
        let part = part.get(..TOGETHER).unwrap_or(part);
        let Some(new) = persist(|| tell(&app, part), &mut ends).await else { return };
        living.count(&new);
        living.waiting.fetch_sub(len(part), Ordering::Relaxed);
        stretch.told += part.len();
        if stretch.untold().is_empty() {
            marks.lock().await.told(&stretch.mark);
            revoked.pop_front();
        }
    }
}

fn len<T>(part: &[T]) -> u64 {
    u64::try_from(part.len()).unwrap_or(u64::MAX)
}

/// Does something until it is done, and gives what it gave; none if the program ends before.
async fn persist<T, Doing: Future<Output = Result<T, Unable>>>(
    mut something: impl FnMut() -> Doing,
    ends: &mut watch::Receiver<bool>,
) -> Option<T> {
    let trying = async {
        let mut rest = FIRST_REST;
        loop {
            match something().await {
                Ok(done) => return done,
                Err(error) => {
                    tracing::error!(%error, "people could not be told that their status is another; it is tried again");
                }
            }
            tokio::time::sleep(rest).await;
            rest = (rest * 2).min(LONGEST_REST);
        }
    };
    // What breaks off at the end is found by its marks.
    tokio::select! {
        biased;
        done = trying => Some(done),
        _ended = ends.wait_for(|ended| *ended) => None,
    }
}

/// Revokes what these persons hold that is too good now: on every core, because nothing is told before it is done.
async fn revoke(app: &App, persons: &[PersonId]) -> Result<(), Unable> {
    let mut parts = persons.chunks(LOOKED_AT).map(<[PersonId]>::to_vec);
    let mut under_way = JoinSet::new();
    loop {
        while under_way.len() <= machine::cores().get()
            && let Some(part) = parts.next()
        {
            let app = app.clone();
            under_way.spawn(async move { revoke_all_too_good(app.registry(), &part).await });
        }
        match under_way.join_next().await {
            None => return Ok(()),
            Some(Ok(Ok(_places))) => {}
            Some(Ok(Err(error))) => return Err(error),
            Some(Err(_)) => return Err(Unable::NoAnswer),
        }
    }
}

/// Writes the notices of a part; gives what had not been told before.
async fn tell(app: &App, part: &[Transition]) -> Result<Vec<Transit>, Unable> {
    let told: Vec<Transit> = part.iter().filter(|t| is_told(t)).map(named).collect();
    if told.is_empty() { Ok(Vec::new()) } else { transit(app.registry(), &told).await }
}

/// Whoever has just registered reads the first status in the answer; everybody else is told.
const fn is_told(transition: &Transition) -> bool {
    transition.from.is_some() || !matches!(transition.cause, Cause::Fact(_))
}

fn named(transition: &Transition) -> Transit {
    let cause = match transition.cause {
        Cause::Rule(number) => TransitCause::Rule(number),
        Cause::Risk(number) => TransitCause::Risk(number),
        Cause::Turn(day) => TransitCause::Turn(day),
        Cause::Fact(entry) => TransitCause::Fact(EntryId::from_bytes(entry)),
        Cause::Move(entry) => TransitCause::Move(EntryId::from_bytes(entry)),
    };
    let (person, is_worse) = (PersonId::from_bytes(transition.person), transition.is_worse());
    Transit { person, at: transition.at, cause, is_worse }
}
