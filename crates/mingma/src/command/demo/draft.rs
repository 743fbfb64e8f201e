//! The folder that a demo fills, and that takes the place of the one that it was told when it is whole.
//!
//! A folder that is not there yet comes to be in one step. One that is there may be a mount point, or stand where nobody may write, so it is
//! filled inside and what was made moves up. A draft is held as long as its demo lives: so one that a killed demo left is known, and goes
//! away with the next demo at its place.

use std::fs::{self, File, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::TempDir;

use crate::failure::Failure;

/// How the name of a draft begins.
const NAME: &str = ".mingma-demo-";

/// A folder that is being filled; it goes away unless it takes its place.
pub(super) struct Draft {
    folder: TempDir,
    /// Whether it is in the data folder, which was there before.
    inside: bool,
    /// Locked for as long as somebody fills the folder.
    _held: File,
}

impl Draft {
    /// A new draft for a data folder that is new; says of what an earlier demo left there that it is cleared.
    ///
    /// # Errors
    /// A [`Failure`] if nothing can be made there.
    pub(super) fn begin(data: &Path) -> Result<Self, Failure> {
        let inside = data.is_dir();
        let beside = data.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let place = if inside { data } else { beside };
        let made = fs::create_dir_all(place).and_then(|()| make(place));
        let (folder, held) = made.map_err(|error| Failure::about(place, error))?;
        Ok(Self { folder, inside, _held: held })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Moves it to its place. Nobody may have it open.
    ///
    /// # Errors
    /// A [`Failure`] if it cannot be moved.
    pub(super) fn take_place(self, data: &Path) -> Result<(), Failure> {
        let Self { folder, inside, .. } = self;
        let up = |made: std::io::Result<fs::DirEntry>| {
            let made = made?;
            fs::rename(made.path(), data.join(made.file_name()))
        };
        let moved = if inside {
            fs::read_dir(folder.path()).and_then(|mut all| all.try_for_each(up))
        } else {
            fs::rename(folder.path(), data)
        };
        moved.map_err(|error| Failure::about(data, error))?;
        if !inside {
            // Its name is gone, and with it what would be removed.
            let _moved = folder.keep();
        }
        Ok(())
    }
}

/// Refuses a folder in which something is, but for drafts.
///
/// # Errors
/// A [`Failure`] that says what serves it.
pub(super) fn is_new(data: &Path) -> Result<(), Failure> {
    let is_draft = |entry: fs::DirEntry| entry.file_name().to_string_lossy().starts_with(NAME);
    if fs::read_dir(data).is_ok_and(|entries| entries.flatten().any(|entry| !is_draft(entry))) {
        return Err(Failure::about(data, "the folder is not empty: the demo fills a new one")
            .help(format_args!("`mingma serve --data {}` serves one that is there", data.display())));
    }
    Ok(())
}

/// A draft at a place, held, and those cleared that nobody holds. One demo at a time does this there, so no draft is taken for one that was
/// left before it is held.
fn make(place: &Path) -> std::io::Result<(TempDir, File)> {
    let turn = File::open(place)?;
    turn.lock()?;
    clear(place)?;
    let private = Permissions::from_mode(0o700);
    let folder = tempfile::Builder::new().prefix(NAME).permissions(private).tempdir_in(place)?;
    let held = File::open(folder.path())?;
    held.lock()?;
    Ok((folder, held))
}

/// Clears what demos left that were killed while they filled it.
fn clear(place: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(place)? {
        let entry = entry?;
        let is_draft = entry.file_name().to_string_lossy().starts_with(NAME) && entry.file_type()?.is_dir();
        // Whoever fills it holds it.
        if is_draft && File::open(entry.path())?.try_lock().is_ok() {
            let path = entry.path();
            fs::remove_dir_all(&path)?;
            let said = format!("cleared {}, which a demo that was ended had left", path.display());
            let _nobody_reads = writeln!(std::io::stderr().lock(), "{said}");
        }
    }
    Ok(())
}
