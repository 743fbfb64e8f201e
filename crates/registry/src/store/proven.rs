//! A store in front of another one, whose records are what the journal commits to.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Layer, Published, Store, StoreError};
use crate::canonical::Hash;
use crate::id::{EntryId, PersonId};
use crate::journal::{Ends, Entry, Kept, Proven as Held, proven, public_content, without_unheld};
use crate::ports::Clock;
use crate::record::PersonRecord;
use crate::row::PublicRow;

/// How a record that is kept differs from what the journal commits to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Edited {
    /// How many rows no entry commits to: they were left out.
    pub left_out: usize,
    /// How many rows were gone and are known by what their entries commit to: they count as before.
    pub found: usize,
    /// Of how many entries the rows are gone and nobody can say what they were, or the entry itself is gone.
    pub gone: usize,
    /// How many public acts no entry commits to: they were left out.
    pub acts: usize,
}

/// What is told, with each record in which somebody else has written.
type Told = Box<dyn Fn(Edited) + Send + Sync>;

/// A store whose records and public acts are what the acts made them: what stands in the database beside the journal is left out, what was taken out is
/// found again or named, and both are told of.
pub struct Proven<S> {
    store: S,
    clock: Arc<dyn Clock>,
    told: Told,
    /// Up to which public act ends of data were looked for, and when the last one was.
    purged: Mutex<(u64, Option<Timestamp>)>,
    /// Of public acts that an entry was found to commit to: the number, and the hash of what was said under it.
    held: Mutex<BTreeMap<u64, Hash>>,
    /// Which public act each entry has made.
    makers: Mutex<BTreeMap<u64, u64>>,
}

/// What was read of somebody.
struct Read {
    record: Arc<PersonRecord>,
    entries: Vec<Entry>,
    held: Held,
}

impl<S: Store> Proven<S> {
    /// The store without the rows that no entry of the journal commits to, and with those that were taken out; `told` hears how a record
    /// differed, each time that it is read.
    #[must_use]
    pub fn new(store: S, clock: Arc<dyn Clock>, told: impl Fn(Edited) + Send + Sync + 'static) -> Self {
        let (purged, held, makers) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { store, clock, told: Box::new(told), purged, held, makers }
    }

    /// The same over a folder that was restored from a backup, up to when the keys that opened it had ended things: no public act of the
    /// backup tells of that.
    #[must_use]
    pub fn restored(mut self, ended: Option<Timestamp>) -> Self {
        self.purged = Mutex::new((0, ended));
        self
    }

    /// What public acts tell of ends of data.
    async fn ends(&self) -> Result<Ends, StoreError> {
        let (after, last) = *self.purged.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = (after, last);
        for act in self.store.published(after).await? {
            known.0 = act.number;
            if let PublicRow::Purged(purged) = act.row {
                known.1 = known.1.max(Some(purged.at));
            }
        }
        *self.purged.lock().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(Ends::known(known.1, self.clock.now()))
    }

    /// Whether nobody need ask for an act's entry: what it destroyed is in force nowhere, or the entry was found before.
    fn is_held(&self, act: &Published) -> bool {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(act.row, PublicRow::Purged(_)) || held.get(&act.number) == Some(&public_content(&act.row))
    }

    /// Reads somebody; of `earlier` entries the rows must be there, of all that are read if it is not said of which.
    async fn read(&self, person: PersonId, earlier: Option<&[Entry]>) -> Result<Read, StoreError> {
        let record = self.store.record(person).await?;
        let requests = self.store.requests(person).await?;
        // Entries that came since are no matter: no row of the record needs them.
        let entries = self.store.entries(Some(person)).await?;
        let earlier = earlier.unwrap_or(&entries);
        let kept = Kept { person, record: &record, requests: &requests, entries: &entries, earlier };
        let held = proven(&kept, &self.ends().await?);
        Ok(Read { record, entries, held })
    }
}

#[async_trait]
impl<S: Store> Layer for Proven<S> {
    type Below = S;

    fn below(&self) -> Result<&S, StoreError> {
        Ok(&self.store)
    }

    async fn record(&self, person: PersonId) -> Result<Arc<PersonRecord>, StoreError> {
        let Read { record, entries, held } = self.read(person, None).await?;
        if held.is_whole() {
            return Ok(record);
        }
        // What came between the record and the entries, or ended then, explains itself when both are read again.
        let Read { record, held, .. } = self.read(person, Some(&entries)).await?;
        if held.is_whole() {
            return Ok(record);
        }
        let Held { record, left_out, found, torn } = held;
        (self.told)(Edited { left_out, found, gone: record.gone.len() + usize::from(torn), acts: 0 });
        Ok(Arc::new(record))
    }

    async fn publications(&self, after: u64, limit: u32) -> Result<Vec<Published>, StoreError> {
        let mut acts = self.store.publications(after, limit).await?;
        if acts.iter().all(|act| self.is_held(act)) {
            return Ok(acts);
        }
        let numbers: BTreeMap<EntryId, u64> = self.store.numbers(None).await?.into_iter().collect();
        let entries = self.store.entries(None).await?.into_iter();
        let entries = entries.filter_map(|entry| Some((*numbers.get(&entry.id)?, entry))).collect();
        let unheld = {
            let mut makers = self.makers.lock().unwrap_or_else(PoisonError::into_inner);
            without_unheld(&mut acts, &entries, &mut makers)
        };
        if unheld > 0 {
            (self.told)(Edited { acts: unheld, ..Edited::default() });
        }
        let said = acts.iter().map(|act| (act.number, public_content(&act.row)));
        self.held.lock().unwrap_or_else(PoisonError::into_inner).extend(said);
        Ok(acts)
    }
}

impl<S: fmt::Debug> fmt::Debug for Proven<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proven").field("store", &self.store).finish_non_exhaustive()
    }
}
