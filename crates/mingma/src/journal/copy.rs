//! The logs copied beside a backup, and back with it: each whole as of one checkpoint, or not at all.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mingma_journal::checkpoint::Checkpoint;
use mingma_journal::sequencer::PortError;
use mingma_journal::tiles::{Start, TilePath, TileReader, audit};

use super::folder::{
    CHECKPOINT, MAX_FILE_BYTES, WITNESSES, durable, failed, head, make, quarters, read, sync, witnesses,
};

/// Copies all logs of a folder, also while they grow: each as of the checkpoint that everybody reads as it begins, every file of
/// which is read, computed again and written.
///
/// # Errors
/// What is missing or damaged, or cannot be written.
pub(crate) fn copy(logs: &Path, to: &Path) -> Result<(), PortError> {
    for quarter in quarters(logs) {
        let name = quarter.to_string();
        copy_one(&logs.join(&name), &to.join(&name))?;
    }
    Ok(())
}

fn copy_one(from: &Path, to: &Path) -> Result<(), PortError> {
    // Of a log that nobody has seen yet all that is there to be kept stands in the database.
    let Some((published, Checkpoint { size, root, .. })) = head(from)? else { return Ok(()) };
    let copying = Copying { from, to, changed: RefCell::default() };
    audit(&copying, Start::Beginning, size, root, |_, _| {}).map_err(|error| failed(from, error))?;
    copying.keep(WITNESSES, witnesses(from)?)?;
    // As where they grow: a checkpoint stands on files that are there.
    copying.settle()?;
    copying.keep(CHECKPOINT, Some(published.to_string().into_bytes()))?;
    copying.settle()
}

/// Files that are written elsewhere as they are read.
struct Copying<'f> {
    from: &'f Path,
    to: &'f Path,
    /// The folders that hold a new name which is not durable yet.
    changed: RefCell<BTreeSet<PathBuf>>,
}

impl Copying<'_> {
    fn keep(&self, name: &str, bytes: Option<Vec<u8>>) -> Result<(), PortError> {
        let Some(bytes) = bytes else { return Ok(()) };
        let place = self.to.join(name);
        let folder = place.parent().unwrap_or(self.to);
        let mut changed = self.changed.borrow_mut();
        make(folder, &mut changed)?;
        changed.insert(folder.to_owned());
        durable(&place, &bytes)
    }

    /// Brings to the disk what was named since the last time, the deepest first.
    fn settle(&self) -> Result<(), PortError> {
        self.changed.take().iter().rev().try_for_each(|folder| sync(folder))
    }
}

impl TileReader for Copying<'_> {
    type Error = PortError;

    fn read(&self, path: &TilePath) -> Result<Option<Vec<u8>>, PortError> {
        let name = path.to_string();
        let bytes = read(&self.from.join(&name), MAX_FILE_BYTES)?;
        self.keep(&name, bytes.clone())?;
        Ok(bytes)
    }
}
