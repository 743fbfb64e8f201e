//! The trust list that is brought in while the program serves, or was, when it died before the folder had it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use mingma_credential::key::KeyId;
use mingma_credential::trust::file::Edition;
use mingma_registry::Book;
use mingma_server::TrustKeeper;
use mingma_store::Snapshot;

use crate::failure::Failure;
use crate::keys::{self, InUse};

/// The latest list of this authority's key that was brought into a data folder; none if none was.
///
/// # Errors
/// A [`Failure`] if the folder cannot be read.
pub(super) fn brought(data: &Path, authority: KeyId) -> Result<Option<Arc<[u8]>>, Failure> {
    let snapshot = Snapshot::open(data).map_err(Failure::new)?;
    let acts = snapshot.published().map_err(Failure::new)?;
    let book = Book::default().with(acts).map_err(Failure::new)?;
    Ok(book.trust_list(authority).map(|(_, list)| Arc::clone(list)))
}

/// Puts a list into the folder of keys, and says when it ends.
#[derive(Debug)]
pub(super) struct Keeper {
    keys: PathBuf,
    ends: Arc<AtomicI64>,
}

impl Keeper {
    pub(super) fn new(keys: &Path, in_use: &InUse) -> Self {
        let ends = Arc::new(AtomicI64::new(in_use.edition.next_update.get()));
        Self { keys: keys.to_owned(), ends }
    }

    /// When the list ends, in seconds since 1970.
    pub(super) fn ends(&self) -> Arc<AtomicI64> {
        Arc::clone(&self.ends)
    }
}

impl TrustKeeper for Keeper {
    fn keep(&self, list: &[u8], edition: &Edition) {
        self.ends.store(edition.next_update.get(), Ordering::Relaxed);
        match keys::follow(&self.keys, list, edition.issued_at) {
            Ok(_) => tracing::info!(number = edition.number, "a trust list was brought in and is served"),
            Err(failure) => {
                tracing::error!(
                    error = failure.message(),
                    "the trust list that was brought in is served, and is not in the folder of keys"
                );
            }
        }
    }
}
