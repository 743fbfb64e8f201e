//! `mingma trust propose`: what trust list the authority is to sign for a folder of keys.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use mingma_credential::UnixSeconds;

use crate::failure::Failure;
use crate::keys::Draft;
use crate::plural::counted;
use crate::{clock, keys};

/// What can be done about a trust list.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Trust {
    /// Write what the authority is to sign, for another 30 days: the keys whose certificates lie in the folder.
    Propose(Propose),
}

/// Write what the authority is to sign.
#[derive(clap::Args, Debug)]
pub(crate) struct Propose {
    /// The folder of the keys.
    #[arg(long, value_name = "DIR")]
    keys: PathBuf,
    /// The file to write; `trust.toml` in the folder if it is not given.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

impl Trust {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let Self::Propose(Propose { keys: dir, to }) = self;
        let now = UnixSeconds::new(clock::now().as_second());
        let draft = Draft::of_folder(&dir, now)?;
        let draft = draft.ok_or_else(|| Failure::about(&dir, "no key is there to be trusted"))?;
        let to = to.unwrap_or_else(|| dir.join(keys::PROPOSAL));
        // The disk is carried about: what lies there is replaced, and where a link leads is not.
        if to.is_symlink() {
            return Err(
                Failure::about(&to, "is a link").help("move it away, or name another file with `--to`")
            );
        }
        fs::write(&to, draft.sheet()).map_err(|error| Failure::about(&to, error))?;
        let left_out = keys::left_out(&dir, now)?;
        let (keys, to) = (counted(draft.keys.len(), "key", "keys"), to.display());
        write!(
            std::io::stdout(),
            "{to}: {keys}; have it signed with `mingma authority sign {to} --key KEY`, on the authority's machine\n{left_out}"
        )
        .map_err(Failure::output)?;
        Ok(ExitCode::SUCCESS)
    }
}
