//! A store whose process dies at a chosen write: before it was kept, or after.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use mingma_registry::feed::Mark;
use mingma_registry::store::Layer;
use mingma_registry::{Applied, Change, Store as _, StoreError};
use mingma_store::SqliteStore;

pub(super) struct Dying {
    pub(super) store: Arc<SqliteStore>,
    /// After so many writes.
    left: AtomicUsize,
    /// Whether the write at which it dies is kept.
    is_kept: bool,
    dead: AtomicBool,
}

fn gone() -> StoreError {
    StoreError::Stopped { reason: "the process is gone".to_owned() }
}

impl Dying {
    pub(super) fn after(store: Arc<SqliteStore>, writes: usize, is_kept: bool) -> Self {
        Self { store, left: AtomicUsize::new(writes), is_kept, dead: AtomicBool::new(false) }
    }

    pub(super) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    fn alive(&self) -> Result<(), StoreError> {
        if self.is_dead() { Err(gone()) } else { Ok(()) }
    }

    /// Whether this write goes through, and whether it is answered.
    fn write(&self) -> (bool, bool) {
        let lives =
            self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if self.is_dead() {
            return (false, false);
        }
        if !lives {
            self.dead.store(true, Ordering::SeqCst);
        }
        (lives || self.is_kept, lives)
    }
}

/// A store that is shared by those who look at it from outside.
pub(super) struct Shared(pub(super) Arc<Dying>);

#[async_trait]
impl Layer for Shared {
    type Below = SqliteStore;

    fn below(&self) -> Result<&SqliteStore, StoreError> {
        self.0.alive()?;
        Ok(&self.0.store)
    }

    async fn apply(&self, changes: Vec<Change>) -> Result<Vec<Applied>, StoreError> {
        let (goes, is_answered) = self.0.write();
        let applied = if goes { self.0.store.apply(changes).await } else { Err(gone()) };
        if is_answered { applied } else { Err(gone()) }
    }

    async fn mark(&self, first: Mark, further: Vec<Mark>) -> Result<(), StoreError> {
        let (goes, is_answered) = self.0.write();
        let marked = if goes { self.0.store.mark(first, further).await } else { Err(gone()) };
        if is_answered { marked } else { Err(gone()) }
    }
}
