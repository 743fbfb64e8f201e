//! `mingma trust renew`: the trust list of a folder of keys, signed anew.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use mingma_credential::UnixSeconds;

use crate::failure::Failure;
use crate::{clock, keys};

/// What can be done with a trust list.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Trust {
    /// Sign the trust list of a folder of keys anew, for another 30 days. A running server tells it from its next start on.
    Renew(Renew),
}

/// Sign the trust list anew.
#[derive(clap::Args, Debug)]
pub(crate) struct Renew {
    /// The folder of the keys.
    #[arg(long, value_name = "DIR")]
    keys: PathBuf,
}

impl Trust {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let Self::Renew(Renew { keys: dir }) = self;
        let now = UnixSeconds::new(clock::now().as_second());
        let renewed = keys::renew(&dir, now)?;
        let keys::Renewed { signer, keys, edition } = renewed;
        let list = dir.join(keys::TRUST_LIST);
        let (list, until) = (list.display(), edition.next_update);
        writeln!(std::io::stdout(), "{list}: {keys} keys, signed by {signer}, good until {until}")
            .map_err(Failure::output)?;
        Ok(ExitCode::SUCCESS)
    }
}
