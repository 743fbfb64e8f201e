//! The logs' files: each whole under its name or not there, durable before anybody speaks of it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use mingma_journal::checkpoint::{Checkpoint, CheckpointError};
use mingma_journal::note::{MAX_NOTE_BYTES, Note};
use mingma_journal::policy::MAX_POLICY_BYTES;
use mingma_journal::quarter::Quarter;
use mingma_journal::sequencer::{Disk, PortError};
use mingma_journal::tiles::TilePath;

use super::key::SIGNED;

/// The name of the checkpoint that everybody reads.
pub(crate) const CHECKPOINT: &str = "checkpoint";
/// The lines about witnesses of the policy under which a log's checkpoint was published.
pub(super) const WITNESSES: &str = "witnesses";
/// The most bytes of a file of the log: a bundle of 256 entries of 65,535 bytes, each after its length.
pub(super) const MAX_FILE_BYTES: u64 = 256 * 65_537;

/// The folder of all logs, and the folder of the key.
#[derive(Debug)]
pub(crate) struct Folder {
    logs: PathBuf,
    keys: PathBuf,
    /// Folders of partial tiles whose full ones are there, to go once a checkpoint stands on these.
    outgrown: Vec<PathBuf>,
    /// The lines about the witnesses who sign, and the last log that has them.
    witnesses: (String, Option<Quarter>),
}

impl Folder {
    /// The logs in `logs`, whose signer remembers in `keys`.
    pub(crate) const fn new(logs: PathBuf, keys: PathBuf, witnesses: String) -> Self {
        Self { logs, keys, outgrown: Vec::new(), witnesses: (witnesses, None) }
    }

    fn of(&self, log: Quarter) -> PathBuf {
        self.logs.join(log.to_string())
    }
}

impl Disk for Folder {
    fn read(&self, log: Quarter, path: &TilePath) -> Result<Option<Vec<u8>>, PortError> {
        read(&self.of(log).join(path.to_string()), MAX_FILE_BYTES)
    }

    fn write(&mut self, log: Quarter, files: &[(TilePath, Vec<u8>)]) -> Result<(), PortError> {
        let root = self.of(log);
        // Names are durable when the folders that hold them are; those of new folders, when these are, too.
        let mut changed = BTreeSet::new();
        make(&root, &mut changed)?;
        for (path, bytes) in files {
            let place = root.join(path.to_string());
            let folder = place.parent().unwrap_or(&root);
            make(folder, &mut changed)?;
            durable(&place, bytes)?;
            changed.insert(folder.to_owned());
            if !path.is_partial() {
                self.outgrown.push(with_ending(&place, ".p"));
            }
        }
        // The deepest first: a name is durable before what holds it is.
        changed.iter().rev().try_for_each(|folder| sync(folder))
    }

    fn published(&self, log: Quarter) -> Result<Option<Vec<u8>>, PortError> {
        checkpoint(&self.of(log))
    }

    fn publish(&mut self, log: Quarter, checkpoint: &Note) -> Result<(), PortError> {
        let root = self.of(log);
        let (witnesses, has) = &mut self.witnesses;
        if *has != Some(log) {
            // Beside the checkpoint lies who has signed it, also when others sign for later quarters. A crash in between leaves one that
            // the next round publishes.
            durable(&root.join(WITNESSES), witnesses.as_bytes())?;
            *has = Some(log);
        }
        durable(&root.join(CHECKPOINT), checkpoint.to_string().as_bytes())?;
        sync(&root)?;
        for outgrown in self.outgrown.drain(..) {
            // What stays is room, not harm: readers take the full tile where a partial one is not there.
            let _left = fs::remove_dir_all(outgrown);
        }
        Ok(())
    }

    fn signed(&self) -> Result<Option<String>, PortError> {
        let path = self.keys.join(SIGNED);
        let text = read(&path, 4_096)?.map(String::from_utf8).transpose();
        text.map_err(|_| failed(&path, "not a text"))
    }

    fn remember(&mut self, signed: &str) -> Result<(), PortError> {
        durable(&self.keys.join(SIGNED), signed.as_bytes())?;
        sync(&self.keys)
    }
}

/// The checkpoint of the log in a folder; none if it has none yet.
///
/// # Errors
/// If it cannot be read.
pub(crate) fn checkpoint(log: &Path) -> Result<Option<Vec<u8>>, PortError> {
    read(&log.join(CHECKPOINT), MAX_NOTE_BYTES as u64)
}

/// The same as it is read, and what it says.
///
/// # Errors
/// If it cannot be read, or is none.
pub(crate) fn head(log: &Path) -> Result<Option<(Note, Checkpoint)>, PortError> {
    let Some(bytes) = checkpoint(log)? else { return Ok(None) };
    let wrong = |what: &dyn std::fmt::Display| failed(&log.join(CHECKPOINT), what);
    let note = Note::from_bytes(&bytes).map_err(|error| wrong(&error))?;
    let head = note.text().parse().map_err(|error: CheckpointError| wrong(&error))?;
    Ok(Some((note, head)))
}

/// The lines about witnesses under which the checkpoint of the log in a folder was published; none of a log of before they were kept.
///
/// # Errors
/// If they cannot be read.
pub(super) fn witnesses(log: &Path) -> Result<Option<Vec<u8>>, PortError> {
    read(&log.join(WITNESSES), MAX_POLICY_BYTES as u64)
}

/// The quarters of which there is a folder, in order.
pub(crate) fn quarters(logs: &Path) -> Vec<Quarter> {
    let entries = fs::read_dir(logs).into_iter().flatten().filter_map(Result::ok);
    let mut quarters: Vec<Quarter> =
        entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    quarters.sort();
    quarters
}

/// The bytes of a file; none if it is not there.
pub(super) fn read(path: &Path, at_most: u64) -> Result<Option<Vec<u8>>, PortError> {
    use std::io::Read as _;
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(failed(path, error)),
    };
    let mut bytes = Vec::new();
    file.take(at_most + 1).read_to_end(&mut bytes).map_err(|error| failed(path, error))?;
    if bytes.len() as u64 > at_most { Err(failed(path, "too long")) } else { Ok(Some(bytes)) }
}

/// Makes a folder, and notes which ones hold a new name by that.
pub(super) fn make(folder: &Path, changed: &mut BTreeSet<PathBuf>) -> Result<(), PortError> {
    let mut missing = folder;
    while !missing.is_dir() {
        let Some(parent) = missing.parent() else { break };
        changed.insert(parent.to_owned());
        missing = parent;
    }
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))
}

/// Writes a file under a draft's name, brings it to the disk, and gives it its own. The name is durable when its folder is.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn durable(path: &Path, bytes: &[u8]) -> Result<(), PortError> {
    let draft = with_ending(path, ".draft");
    let write = || {
        let mut file = File::create(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        // What is read back comes from the disk then, not from the memory that was just written.
        let _kept = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
        fs::rename(&draft, path)
    };
    write().map_err(|error| failed(path, error))
}

/// Brings a folder's names to the disk.
///
/// # Errors
/// If that cannot be done.
pub(super) fn sync(folder: &Path) -> Result<(), PortError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| failed(folder, error))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

pub(super) fn failed(path: &Path, why: impl std::fmt::Display) -> PortError {
    PortError(format!("{}: {why}", path.display()))
}
