//! Follows the feed: what was committed comes into the census, and whose status is another thereby is found out.

mod upkeep;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use mingma_census::transition::Plan;
use mingma_census::{Living as Everybody, Work};
use mingma_domain::time::{Day, Zone};
use mingma_registry::feed::{AsOf, Fed, Mark};
use mingma_registry::store::Published;
use mingma_registry::{Book, PersonId, Resident, StoreError, Witnessed};
use mingma_server::App;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::marks::Marks;
use super::news::{News, Taking, Trouble, beginning, build, census, is_law, taking};
use super::part::Part;
use super::tell::Told;
use super::waits::Waits;
use super::{Living, Now, tell};
use crate::{machine, memory};

/// How long it rests when there is nothing new: half of the time in which a commitment is to be in the census.
const REST: Duration = Duration::from_millis(50);
/// How many commitments are taken in at once: with ten facts a person about 10 MiB in memory, and some 100 ms of reading.
const TOGETHER: u32 = 4_096;
const TOGETHER_IN_MEMORY: usize = TOGETHER as usize;
/// How many stretches wait to be told; beyond that the census waits, and its lag says so.
const STRETCHES: usize = 64;
/// How many times it rests before the store is let forget what was taken in: about a second.
const RESTS_TO_FORGET: u32 = 20;
/// How long it waits before it begins anew after trouble.
const REST_AFTER_TROUBLE: Duration = Duration::from_secs(5);

/// Keeps the census of a data folder current.
pub(crate) struct Follower {
    /// The acts, through which everything is read and told.
    pub(crate) app: App,
    /// The folder that the app's store has open.
    pub(crate) data: PathBuf,
    /// In which days are reckoned.
    pub(crate) zone: Zone,
    /// The census.
    pub(crate) living: Arc<Living>,
}

/// Where it stands.
struct Following<'f> {
    of: &'f Follower,
    here: Mark,
    book: Arc<Book>,
    marks: Arc<tokio::sync::Mutex<Marks>>,
    stretches: mpsc::Sender<tell::Stretch>,
    folding: Option<JoinHandle<Result<Option<Everybody>, Trouble>>>,
    planning: Option<JoinHandle<Result<Option<Plan>, Trouble>>>,
    waits: Waits,
    cancel: Arc<AtomicBool>,
    ends: watch::Receiver<bool>,
}

impl Follower {
    /// Follows until `ends` says so.
    pub(crate) async fn run(self, mut ends: watch::Receiver<bool>) {
        while !*ends.borrow() {
            match self.follow(ends.clone()).await {
                Ok(()) | Err(Trouble::Ended) => {}
                Err(trouble) => {
                    tracing::error!(%trouble, "the census cannot be kept current: it is built anew");
                    *self.living.write() = None;
                    self.living.is_broken.store(true, Ordering::Relaxed);
                    tokio::select! {
                        () = tokio::time::sleep(REST_AFTER_TROUBLE) => {}
                        changed = ends.changed() => if changed.is_err() { return },
                    }
                }
            }
        }
    }

    async fn follow(&self, ends: watch::Receiver<bool>) -> Result<(), Trouble> {
        let cancel = Arc::<AtomicBool>::default();
        let stopping = tokio::spawn(cancel_at_the_end(Arc::clone(&cancel), ends.clone()));
        let begun = self.begin(&cancel).await;
        let followed = match begun {
            Ok((book, marks, waits)) => self.follow_from((book, waits), marks, (cancel, ends)).await,
            Err(trouble) => Err(trouble),
        };
        stopping.abort();
        followed
    }

    /// Builds the census as of the first mark; gives the book then, the marks, and who waits for witnesses.
    async fn begin(&self, cancel: &Arc<AtomicBool>) -> Result<(Arc<Book>, Vec<Mark>, Waits), Trouble> {
        let store = self.app.registry().store();
        let witnessed = self.app.registry().witnessed().number();
        let mut marks = store.marks().await?;
        // Where a quorum is asked for only since, what was taken for witnessed is what it has signed by now.
        for mark in &mut marks {
            mark.witnessed = mark.witnessed.min(witnessed);
        }
        let (data, zone, now) = (self.data.clone(), self.zone.clone(), self.app.registry().now());
        let (first, cancel) = (marks.first().copied(), Arc::clone(cancel));
        let as_of = (first, now, witnessed);
        let (ledger, book, first, waits) =
            super::aside::aside(move || build(&data, &zone, as_of, &cancel)).await??;
        memory::give_back();
        let marks = if marks.is_empty() {
            // Nothing was ever followed: what is now is where it begins, and nobody is told of what was before.
            store.mark(first, Vec::new()).await?;
            vec![first]
        } else {
            marks
        };
        let persons = ledger.living().census().persons();
        tracing::info!(persons, "the census is built");
        *self.living.write() = Some(Now { ledger, book: Arc::clone(&book) });
        self.living.begun.fetch_add(1, Ordering::Relaxed);
        self.living.is_broken.store(false, Ordering::Relaxed);
        self.living.is_current(first.place, None);
        Ok((book, marks, waits))
    }

    async fn follow_from(
        &self,
        (book, waits): (Arc<Book>, Waits),
        marks: Vec<Mark>,
        (cancel, ends): (Arc<AtomicBool>, watch::Receiver<bool>),
    ) -> Result<(), Trouble> {
        let Some((first, again)) = marks.split_first() else { return Err(Trouble::Ended) };
        let (stretches, to_tell) = mpsc::channel(STRETCHES);
        let (here, again) = (*first, again.to_vec());
        let marks = Arc::new(tokio::sync::Mutex::new(Marks::of(marks)));
        self.living.waiting.store(0, Ordering::Relaxed);
        let (app, living) = (self.app.clone(), Arc::clone(&self.living));
        let telling = tokio::spawn(tell::run(app, living, Arc::clone(&marks), to_tell, ends.clone()));
        let (folding, planning) = (None, None);
        let mut following =
            Following { of: self, here, book, marks, stretches, folding, planning, waits, cancel, ends };
        let mut followed = following.again(&again).await;
        if followed.is_ok() {
            followed = following.on().await;
        }
        let Following { here, marks, stretches, .. } = following;
        drop(stretches);
        // What broke off there is found by its marks.
        let _told = telling.await;
        if matches!(followed, Err(Trouble::Ended)) {
            marks.lock().await.forget(self.app.registry().store(), here).await?;
        }
        followed
    }
}

async fn cancel_at_the_end(cancel: Arc<AtomicBool>, mut ends: watch::Receiver<bool>) {
    // Whoever could tell it is gone: that is an end, too.
    let _ended = ends.wait_for(|ended| *ended).await;
    cancel.store(true, Ordering::Relaxed);
}

impl Following<'_> {
    /// Takes in again what lies between marks, and tells it again.
    async fn again(&mut self, marks: &[Mark]) -> Result<(), Trouble> {
        let store = self.of.app.registry().store();
        for mark in marks {
            let limit = u32::try_from(mark.publication - self.here.publication).unwrap_or(u32::MAX);
            let mut acts = store.publications(self.here.publication, limit).await?;
            let mut told = Told::default();
            loop {
                let mut fed = store.feed(self.here.place, TOGETHER, self.as_of(mark)?).await?;
                fed.retain(|fed| fed.place <= mark.place);
                let place = fed.last().map_or(mark.place, |fed| fed.place);
                let end = Mark { place, ..*mark };
                told.and(self.take(std::mem::take(&mut acts), fed, end).await?);
                if place == mark.place {
                    break;
                }
            }
            self.wait_to_be_told(&told);
            self.tell(*mark, told).await?;
        }
        Ok(())
    }

    /// Goes on from here until the program ends.
    async fn on(&mut self) -> Result<(), Trouble> {
        let mut rests = 0;
        loop {
            if *self.ends.borrow() {
                return Err(Trouble::Ended);
            }
            self.fold().await?;
            self.plan().await?;
            match self.round().await {
                Ok(true) => rests = 0,
                Ok(false) => rests += 1,
                Err(Trouble::Store(error)) if !matches!(error, StoreError::Damaged { .. }) => {
                    tracing::error!(%error, "the feed cannot be read; it is tried again");
                    self.rest(REST_AFTER_TROUBLE).await;
                    continue;
                }
                Err(trouble) => return Err(trouble),
            }
            let mut marks = self.marks.lock().await;
            if rests == RESTS_TO_FORGET || marks.behind(&self.here) >= u64::from(TOGETHER) {
                // If it cannot now, it will the next time; nothing leans on it.
                let _forgotten = marks.forget(self.of.app.registry().store(), self.here).await;
            }
            drop(marks);
            if rests > 0 {
                self.rest(REST).await;
            }
        }
    }

    async fn rest(&mut self, rest: Duration) {
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            // At an end it is asked for before anything else is done.
            _ = self.ends.changed() => {}
        }
    }

    /// Takes in what is new; whether there was anything.
    async fn round(&mut self) -> Result<bool, Trouble> {
        let registry = self.of.app.registry();
        let at = registry.now();
        let signed = registry.witnessed().number().max(self.here.witnessed);
        let witnessed = self.waits.part(signed, TOGETHER_IN_MEMORY);
        let mut end = Mark { witnessed, at, ..self.here };
        let Part { acts, fed, day, is_all } = self.read(&end).await?;
        end.day = day;
        end.publication = acts.last().map_or(self.here.publication, |act| act.number);
        end.place = fed.last().map_or(self.here.place, |fed| fed.place);
        let is_whole = is_all && witnessed == signed;
        if acts.is_empty() && fed.is_empty() && end.day == self.here.day && !self.waits.reaches(witnessed) {
            self.here.witnessed = witnessed;
            self.of.living.is_current(self.here.place, Some(at));
            return Ok(false);
        }
        let begin = self.here;
        let turns = !acts.is_empty() || end.day > begin.day;
        let told = self.take(acts, fed, end).await?;
        // Before it is said to be current: nobody may think that all were told.
        self.wait_to_be_told(&told);
        self.of.living.is_current(end.place, is_whole.then_some(at));
        if turns || !told.is_empty() {
            self.keep((begin, end)).await?;
            self.tell(end, told).await?;
        }
        Ok(true)
    }

    /// Reads what comes next and is taken in together: all of it is known, and nothing that comes later.
    async fn read(&self, end: &Mark) -> Result<Part, Trouble> {
        let (registry, here) = (self.of.app.registry(), self.here);
        let store = registry.store();
        let acts = store.published(here.publication).await?;
        let mut fed = store.feed(here.place, TOGETHER, self.as_of(end)?).await?;
        let is_full = fed.len() == TOGETHER_IN_MEMORY;
        let last = acts.last().map_or(here.publication, |act| act.number);
        // What was published between the two readings came before some of those who were read.
        let between = store.published(last).await?.first().map_or(u64::MAX, |act| act.entry);
        fed.retain(|fed| fed.number < between);
        // Days do not go back, and none comes before the clock says so, whatever an entry does.
        let today = self.of.zone.day_of(registry.now()).max(here.day);
        let part = Part::first(acts, fed, (here.day, today), &self.of.zone);
        Ok(Part { is_all: part.is_all && !is_full && between == u64::MAX, ..part })
    }

    /// As of when persons are read up to a mark.
    fn as_of(&self, end: &Mark) -> Result<AsOf, Trouble> {
        Ok(AsOf { disputes: beginning(&self.of.zone, end.day)?, witnessed: end.witnessed })
    }

    /// The census takes in news; gives whose status is another.
    async fn take(&mut self, acts: Vec<Published>, fed: Vec<Fed>, end: Mark) -> Result<Told, Trouble> {
        let (zone, store, begin) = (self.of.zone.clone(), self.of.app.registry().store(), self.here);
        let mut unwitnessed = Vec::new();
        if begin.witnessed != Witnessed::EVERYTHING && acts.iter().any(is_law) {
            let by = beginning(&zone, begin.day)?;
            unwitnessed = store.lapsed(begin.place, (by, by), begin.witnessed).await?;
        }
        let days = self.begun(end.day).await?;
        let as_of = AsOf { witnessed: begin.witnessed, ..self.as_of(&end)? };
        // Whoever is weighed anew here may wait from then on for what is signed at the end.
        let anew = unwitnessed.iter().chain(days.iter().flat_map(|(.., residents)| residents));
        let anew: BTreeSet<PersonId> = anew.map(|resident| resident.person).collect();
        let (mut signed, mut released) = (self.waits.signed(end.witnessed), Vec::new());
        for person in &signed {
            if self.waits.is_of(person) || anew.contains(person) {
                released.push(store.resident(*person, begin.place, as_of).await?);
            }
        }
        let (mut unsigned, mut seen) = (Vec::new(), signed.iter().copied().collect::<BTreeSet<PersonId>>());
        for Fed { number, resident, .. } in &fed {
            if *number > end.witnessed {
                unsigned.push((*number, resident.person));
            } else if begin.witnessed != Witnessed::EVERYTHING && seen.insert(resident.person) {
                signed.push(resident.person);
            }
        }
        let news = News { begin, acts, unwitnessed, days, released, fed, end };
        let Taking { batch, book, waits } = taking(Arc::clone(&self.book), news, &zone)?;
        let taken = Arc::clone(&book);
        let (living, cancel) = (Arc::clone(&self.of.living), Arc::clone(&self.cancel));
        let advance = move || {
            let mut now = living.write();
            let now = now.as_mut().ok_or_else(|| census("it is not there"))?;
            let told = now
                .ledger
                .advance(&batch, &Work::default().on(machine::cores()).until(&cancel))
                .map_err(census)?;
            now.book = taken;
            Ok::<_, Trouble>(told)
        };
        let told = tokio::task::spawn_blocking(advance).await.map_err(census)?;
        if self.cancel.load(Ordering::Relaxed) && told.is_err() {
            return Err(Trouble::Ended);
        }
        let transitions = told?;
        (self.here, self.book) = (end, book);
        self.waits.forget(end.witnessed);
        for (number, person) in unsigned {
            self.waits.add(number, person);
        }
        for (person, numbers) in waits {
            self.waits.set(person, numbers);
        }
        self.of.living.unwitnessed.store(self.waits.len(), Ordering::Relaxed);
        Ok(Told { transitions, signed })
    }

    /// The days up to one, each with those of whom a dispute had lapsed by its beginning, or entries were not witnessed.
    async fn begun(&self, until: Day) -> Result<Vec<(Day, Timestamp, Vec<Resident>)>, Trouble> {
        let (store, mut day, mut days) = (self.of.app.registry().store(), self.here.day, Vec::new());
        while day < until {
            let before = beginning(&self.of.zone, day)?;
            day = day.plus(1);
            let at = beginning(&self.of.zone, day)?;
            days.push((day, at, store.lapsed(self.here.place, (before, at), self.here.witnessed).await?));
        }
        Ok(days)
    }

    /// Keeps a stretch's ends before anything is told of it.
    async fn keep(&mut self, stretch: (Mark, Mark)) -> Result<(), Trouble> {
        loop {
            let kept = self.marks.lock().await.keep(self.of.app.registry().store(), stretch).await;
            let Err(error) = kept else { return Ok(()) };
            tracing::error!(%error, "the census's mark could not be kept; it is tried again");
            if *self.ends.borrow() {
                // The stretch begins where it did when the program is started again.
                return Err(Trouble::Census(error.to_string()));
            }
            self.rest(REST_AFTER_TROUBLE).await;
        }
    }

    fn wait_to_be_told(&self, told: &Told) {
        self.of.living.waiting.fetch_add(told.len(), Ordering::Relaxed);
    }

    async fn tell(&self, mark: Mark, told: Told) -> Result<(), Trouble> {
        self.stretches.send((mark, told)).await.map_err(|_| Trouble::Ended)
    }
}
