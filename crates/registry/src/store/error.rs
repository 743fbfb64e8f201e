//! Why a store cannot say, or cannot keep: what a caller may conclude from each.

use thiserror::Error;

use super::MAX_CHANGES;

/// Why a store cannot say, or cannot keep.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// Nothing was written: there is no room.
    #[error("the disk is full: nothing of this was kept; make room and send it again")]
    Full,
    /// Nothing was written: too much is waiting, or another holds the data. The caller may try again.
    #[error("the store is busy: nothing of this was kept; send it again")]
    Busy,
    /// It may have been kept or not. The same change may be sent again: its keys tell.
    #[error("the store failed while it was writing: send the same again to learn whether it was kept")]
    InDoubt,
    /// The store takes nothing any more until it is opened anew.
    #[error("the store has stopped: open it anew; `{reason}`")]
    Stopped {
        /// Why, in the backend's words about its files.
        reason: String,
    },
    /// What is kept cannot be read as what was written.
    #[error("the stored data is damaged: {place}; restore a backup")]
    Damaged {
        /// Where: a table and a column, never its content.
        place: String,
    },
    /// More changes in one call than [`MAX_CHANGES`]; nothing was written.
    #[error("{given} changes in one call: at most {MAX_CHANGES} are taken")]
    TooMany {
        /// How many.
        given: usize,
    },
}
