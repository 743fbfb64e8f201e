//! A store in front of another one, whose records are what the journal commits to.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::{Layer, Store, StoreError};
use crate::id::PersonId;
use crate::journal::proven;
use crate::record::PersonRecord;

/// What is told, with how many rows of a record were left out.
type Told = Box<dyn Fn(usize) + Send + Sync>;

/// A store whose records hold nothing that an act did not bring: what stands in the database beside the journal is left out, and told of.
pub struct Proven<S> {
    store: S,
    told: Told,
}

impl<S> Proven<S> {
    /// The store without the rows that no entry of the journal commits to; `told` hears of how many are left out of a record, each
    /// time that it is read.
    #[must_use]
    pub fn new(store: S, told: impl Fn(usize) + Send + Sync + 'static) -> Self {
        Self { store, told: Box::new(told) }
    }
}

#[async_trait]
impl<S: Store> Layer for Proven<S> {
    type Below = S;

    fn below(&self) -> Result<&S, StoreError> {
        Ok(&self.store)
    }

    async fn record(&self, person: PersonId) -> Result<Arc<PersonRecord>, StoreError> {
        let record = self.store.record(person).await?;
        if record.deciding() == 0 {
            return Ok(record);
        }
        // Entries that came since are no matter: no row of the record needs them.
        let entries = self.store.entries(Some(person)).await?;
        let requests = self.store.requests(person).await?;
        let Some((proven, left_out)) = proven(person, &record, &entries, &requests) else {
            return Ok(record);
        };
        (self.told)(left_out);
        Ok(Arc::new(proven))
    }
}

impl<S: fmt::Debug> fmt::Debug for Proven<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proven").field("store", &self.store).finish_non_exhaustive()
    }
}
