//! `mingma purge`: what is over is destroyed by hand, in a folder that nobody serves.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use mingma_credential::UnixSeconds;
use mingma_credential::issue::{IssueError, Order};
use mingma_credential::key::{DevicePoint, KeyError};
use mingma_credential::status_list::StatusList;
use mingma_credential::status_list::token::TokenError;
use mingma_domain::time::Zone;
use mingma_registry::acts::{PurgeRound, purge};
use mingma_registry::{Registry, Signer, Steady};
use mingma_store::{Settings, SqliteStore};

use crate::command::serve;
use crate::failure::Failure;
use crate::ports::{SystemClock, SystemRng};

/// Destroy what is over in a data folder that nobody serves, as serving does each night.
#[derive(clap::Args, Debug)]
pub(crate) struct Purge {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Say what would be destroyed, and destroy nothing.
    #[arg(long)]
    dry_run: bool,
    /// The zone whose days count, beside those of the rules in force.
    #[arg(long, value_name = "ZONE", default_value = "Asia/Shanghai")]
    zone: String,
}

/// Nothing is signed here.
pub(super) struct NoSigner;

impl Signer for NoSigner {
    fn sign(&self, _: &Order, _: Option<&DevicePoint>, _: UnixSeconds, _: i64) -> Result<String, IssueError> {
        Err(IssueError::Life)
    }

    fn sign_list(&self, _: &StatusList, _: u32, _: UnixSeconds, _: u32) -> Result<Vec<u8>, TokenError> {
        Err(TokenError::Key(KeyError::Backend))
    }

    fn sign_export(&self, _: Vec<u8>) -> Result<Vec<u8>, KeyError> {
        Err(KeyError::Backend)
    }
}

impl Purge {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let zone = Zone::named(&self.zone).map_err(Failure::new)?;
        if !self.data.join("mingma.db").is_file() {
            return Err(Failure::about(&self.data, "there is no `mingma.db` in it"));
        }
        let store =
            SqliteStore::open(&self.data, Settings::default(), Arc::new(SystemRng)).map_err(Failure::new)?;
        let clock = Steady::new(SystemClock, store.newest());
        let registry =
            Registry::new(Box::new(store), Box::new(clock), Box::new(NoSigner), Box::new(SystemRng));
        let round = serve::runtime()?.block_on(purge(&registry, zone, self.dry_run)).map_err(Failure::new)?;
        std::io::stdout().write_all(told(&round, self.dry_run).as_bytes()).map_err(Failure::output)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn told(round: &PurgeRound, trial: bool) -> String {
    let PurgeRound { purged, persons, passed } = round;
    let said = if trial { "would be destroyed" } else { "destroyed" };
    let (facts, others) = (purged.facts(), purged.others);
    let mut lines = vec![format!("{said}, of {persons} persons: {facts} facts, {others} other rows")];
    lines.extend(purged.facts.iter().map(|facts| {
        format!("  {}: {}, due from {} to {}", facts.kind, facts.count, facts.first, facts.last)
    }));
    if !trial {
        lines.push(format!("and {passed} rows about nobody; persons' keys are wrapped under a new key"));
    }
    lines.join("\n") + "\n"
}
