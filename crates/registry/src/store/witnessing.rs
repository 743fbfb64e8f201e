//! A store in front of another one, whose records say which of their entries may still wait for witnesses.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::{Layer, Store, StoreError};
use crate::id::PersonId;
use crate::record::PersonRecord;
use crate::witnessed::Witnessed;

/// A store whose records carry the entries that no quorum had signed when they were read. Where none is asked for they carry
/// none, and nothing is read.
pub struct Witnessing<S> {
    store: S,
    witnessed: Arc<Witnessed>,
}

impl<S> Witnessing<S> {
    /// The store, and up to where its journal is witnessed.
    #[must_use]
    pub const fn new(store: S, witnessed: Arc<Witnessed>) -> Self {
        Self { store, witnessed }
    }
}

#[async_trait]
impl<S: Store> Layer for Witnessing<S> {
    type Below = S;

    fn below(&self) -> Result<&S, StoreError> {
        Ok(&self.store)
    }

    async fn record(&self, person: PersonId) -> Result<Arc<PersonRecord>, StoreError> {
        let mut record = self.store.record(person).await?;
        // After the record: a row that is on it and not among these was witnessed by now. What is signed while the record is held is
        // found by its number.
        if self.witnessed.is_asked_for() {
            let later = self.store.later(person, self.witnessed.number()).await?;
            if !later.is_empty() {
                Arc::make_mut(&mut record).later = later;
            }
        }
        Ok(record)
    }
}

impl<S: fmt::Debug> fmt::Debug for Witnessing<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Witnessing").field("store", &self.store).finish_non_exhaustive()
    }
}
