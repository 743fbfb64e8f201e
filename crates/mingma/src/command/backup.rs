//! `mingma backup` and `mingma restore`: a data folder copied as of one moment, also while it serves, and put back.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use mingma_store::{Restored, backup_of, restore};

use crate::clock;
use crate::failure::Failure;
use crate::journal::{self, LOG};
use crate::ports::SystemRng;

/// Copy a data folder and its journal's log as of one moment, also while it serves. The copy opens with the keys alone, which go into a folder of
/// their own: keep that apart, keep it off the machine too, and never keep a former one.
#[derive(clap::Args, Debug)]
pub(crate) struct Backup {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The folder to make.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// The folder for the keys; those that an earlier backup wrote there are destroyed.
    #[arg(long, value_name = "DIR")]
    keys: PathBuf,
}

/// Put a backup into a new data folder, after every page of it has been checked. What was destroyed since does not come back.
#[derive(clap::Args, Debug)]
pub(crate) struct Restore {
    /// The backup.
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// The folder of keys that the last backup wrote, or the data folder if it is still there.
    #[arg(long, value_name = "DIR")]
    keys: PathBuf,
    /// The data folder to make.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

impl Backup {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let Self { data, to, keys } = &self;
        let logs = |draft: &Path| copied(data, draft);
        backup_of(data, (to, keys), clock::now(), Arc::new(SystemRng), logs).map_err(Failure::new)?;
        told(&format!("backup of {} in {}, its keys in {}", data.display(), to.display(), keys.display()))
    }
}

impl Restore {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let Self { from, keys, data } = &self;
        let Restored { opened, closed } =
            restore(from, keys, data, |draft| copied(from, draft)).map_err(Failure::new)?;
        let parts =
            format!("{opened} sealed parts opened, {closed} did not: what they held was destroyed since");
        told(&format!("{} restored into {}: {parts}", from.display(), data.display()))
    }
}

/// The journal's log belongs to the data, and everybody may read it.
fn copied(from: &Path, to: &Path) -> io::Result<()> {
    journal::copy(&from.join(LOG), &to.join(LOG)).map_err(io::Error::other)
}

fn told(line: &str) -> Result<ExitCode, Failure> {
    writeln!(io::stdout(), "{line}").map_err(Failure::output)?;
    Ok(ExitCode::SUCCESS)
}
