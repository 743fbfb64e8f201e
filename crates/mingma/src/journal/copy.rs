//! The logs copied beside a backup, and back with it: each whole as of one checkpoint, or not at all.

use std::collections::BTreeSet;
use std::path::Path;

use mingma_journal::checkpoint::Checkpoint;
use mingma_journal::note::Note;
use mingma_journal::sequencer::PortError;
use mingma_journal::tiles::{Start, TilePath, TileReader, audit};

use super::folder::{
    CHECKPOINT, MAX_FILE_BYTES, WITNESSES, checkpoint, durable, failed, make, quarters, read, sync, witnesses,
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
    let Some(published) = checkpoint(from)? else { return Ok(()) };
    let place = from.join(CHECKPOINT);
    let note = Note::from_bytes(&published).map_err(|error| failed(&place, error))?;
    let head: Checkpoint = note.text().parse().map_err(|error| failed(&place, error))?;
    let copying = Copying { from, to };
    audit(&copying, Start::Beginning, head.size, head.root, |_, _| {})
        .map_err(|error| failed(from, error))?;
    copying.keep(WITNESSES, witnesses(from)?)?;
    // As where they grow: a checkpoint stands on files that are there.
    copying.keep(CHECKPOINT, Some(published))
}

/// Files that are written elsewhere as they are read.
struct Copying<'f> {
    from: &'f Path,
    to: &'f Path,
}

impl Copying<'_> {
    fn keep(&self, name: &str, bytes: Option<Vec<u8>>) -> Result<(), PortError> {
        let Some(bytes) = bytes else { return Ok(()) };
        let place = self.to.join(name);
        let folder = place.parent().unwrap_or(self.to);
        let mut changed = BTreeSet::from([folder.to_owned()]);
        make(folder, &mut changed)?;
        durable(&place, &bytes)?;
        changed.iter().rev().try_for_each(|folder| sync(folder))
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
