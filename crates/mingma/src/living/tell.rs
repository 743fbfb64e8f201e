//! Tells whose status is another: revokes the codes that are too good now, and writes the notices.
//!
//! Both are done by name or not at all, so telling again changes nothing. Nothing here holds up the census: what is to be
//! told waits in a queue of its own.

use std::sync::Arc;
use std::time::Duration;

use mingma_census::transition::{Cause, Transition};
use mingma_registry::acts::{Transit, TransitCause, Unable, revoke_too_good, transit};
use mingma_registry::feed::Mark;
use mingma_registry::{EntryId, PersonId};
use mingma_server::App;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::Living;
use super::marks::Marks;

/// How many changes of status are told together: a thousand notices are one commit of a few milliseconds, between
/// which the acts find the store's writer free.
const TOGETHER: usize = 1_024;
/// How many persons' codes are looked at once, each a read and an assessment of about a tenth of a millisecond.
const AT_ONCE: usize = 16;
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

/// Tells what comes until there is no more, or the program ends.
pub(super) async fn run(
    app: App,
    living: Arc<Living>,
    marks: Arc<tokio::sync::Mutex<Marks>>,
    mut stretches: mpsc::Receiver<Stretch>,
    mut ends: watch::Receiver<bool>,
) {
    while let Some((mark, Told { transitions, signed })) = stretches.recv().await {
        for part in signed.chunks(TOGETHER) {
            if persist(&app, (&[], part), &mut ends).await.is_none() {
                return;
            }
            living.waiting.fetch_sub(len(part), std::sync::atomic::Ordering::Relaxed);
        }
        for part in transitions.chunks(TOGETHER) {
            let Some(new) = persist(&app, (part, &[]), &mut ends).await else { return };
            living.count(&new);
            living.waiting.fetch_sub(len(part), std::sync::atomic::Ordering::Relaxed);
        }
        marks.lock().await.told(&mark);
    }
}

fn len<T>(part: &[T]) -> u64 {
    u64::try_from(part.len()).unwrap_or(u64::MAX)
}

/// Whose status is another, and about whom something was signed.
type Part<'p> = (&'p [Transition], &'p [PersonId]);

/// Tells a part until it is told, and gives what had not been told before; none if the program ends before.
async fn persist(app: &App, part: Part<'_>, ends: &mut watch::Receiver<bool>) -> Option<Vec<Transit>> {
    let mut rest = FIRST_REST;
    while !*ends.borrow() {
        match tell(app, part).await {
            Ok(new) => return Some(new),
            Err(error) => {
                tracing::error!(%error, "people could not be told that their status is another; it is tried again");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(rest) => rest = (rest * 2).min(LONGEST_REST),
            changed = ends.changed() => if changed.is_err() { return None },
        }
    }
    None
}

/// Codes first: until they are revoked, a checkpoint lets pass whom it should not.
async fn tell(app: &App, (part, signed): Part<'_>) -> Result<Vec<Transit>, Unable> {
    let registry = app.registry();
    let person = |transition: &Transition| PersonId::from_bytes(transition.person);
    let is_overtaken = |t: &&Transition| t.is_worse() || matches!(t.cause, Cause::Move(_));
    let worse = part.iter().filter(is_overtaken).map(person);
    let worse: Vec<PersonId> = worse.chain(signed.iter().copied()).collect();
    let mut holders = registry.store().holders(&worse, registry.now()).await?.into_iter();
    let mut under_way = JoinSet::new();
    let mut trouble = None;
    loop {
        while under_way.len() < AT_ONCE
            && let Some(holder) = holders.next()
        {
            let app = app.clone();
            under_way.spawn(async move { revoke_too_good(app.registry(), holder).await });
        }
        match under_way.join_next().await {
            None => break,
            Some(Ok(Ok(_))) => {}
            Some(Ok(Err(error))) => trouble = Some(error),
            Some(Err(_)) => trouble = Some(Unable::NoAnswer),
        }
    }
    if let Some(error) = trouble {
        return Err(error);
    }
    let told: Vec<Transit> = part.iter().filter(|t| is_told(t)).map(named).collect();
    if told.is_empty() { Ok(Vec::new()) } else { transit(registry, &told).await }
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
