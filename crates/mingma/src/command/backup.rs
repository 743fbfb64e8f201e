//! `mingma backup` and `mingma restore`: a data folder copied as of one moment, also while it serves, and put back.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use mingma_store::{BackupError, backup_of, restore};

use crate::failure::Failure;

/// Copy a data folder as of one moment, also while it serves. The copy holds the key: keep it like the key.
#[derive(clap::Args, Debug)]
pub(crate) struct Backup {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The folder to make.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
}

/// Put a backup into a new data folder, after every page of it has been checked.
#[derive(clap::Args, Debug)]
pub(crate) struct Restore {
    /// The backup.
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// The data folder to make.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

impl Backup {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        backup_of(&self.data, &self.to).map_err(|error| failure(&error))?;
        told(&format!("backup of {} in {}", self.data.display(), self.to.display()))
    }
}

impl Restore {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        restore(&self.from, &self.data).map_err(|error| failure(&error))?;
        told(&format!("{} restored into {}", self.from.display(), self.data.display()))
    }
}

fn failure(error: &BackupError) -> Failure {
    Failure::new(error)
}

fn told(line: &str) -> Result<ExitCode, Failure> {
    writeln!(std::io::stdout(), "{line}").map_err(Failure::output)?;
    Ok(ExitCode::SUCCESS)
}
