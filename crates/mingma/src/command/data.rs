//! The data folder that a command works on.

use std::path::Path;

use crate::failure::Failure;

/// Refuses a folder in which no data are: with a slip of the pen in its name a command would make an empty one, and what it did would
/// count there.
///
/// # Errors
/// A [`Failure`] that names the folder.
pub(crate) fn required(data: &Path) -> Result<(), Failure> {
    if data.join("mingma.db").is_file() {
        return Ok(());
    }
    Err(Failure::about(data, "there is no `mingma.db` in it")
        .help("name the folder that `mingma serve` has; a new one is made by it, or by `mingma staff add`"))
}
