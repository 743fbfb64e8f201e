//! `mingma purge`: what is over is destroyed by hand, in a folder that nobody serves; or everything, and the deployment ends.

mod everything;

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

use self::everything::End;
pub(crate) use self::everything::opened;
use crate::command::{data, serve};
use crate::config::Config;
use crate::failure::Failure;
use crate::plural::counted;
use crate::ports::{SystemClock, SystemRng};

/// Destroy what is over in a data folder that nobody serves, as serving does each night.
///
/// With `--everything` a deployment ends: what there is is counted in a last public act, its log is published with it, and all data and keys
/// are destroyed. The log stays, with a signed certificate that `mingma audit certificate` holds against it.
#[derive(clap::Args, Debug)]
#[command(group = clap::ArgGroup::new("signed").requires("everything"))]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Purge {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Say what would be destroyed, and destroy nothing.
    #[arg(long)]
    dry_run: bool,
    /// End the deployment: destroy all data and all keys, for good.
    #[arg(long, conflicts_with = "dry_run", requires = "signed")]
    everything: bool,
    /// The witnesses of the settings' file must sign the log's last head before anything is destroyed.
    #[arg(long, group = "signed")]
    witnessed: bool,
    /// No witnesses are asked to sign the end.
    #[arg(long, group = "signed")]
    without_witnesses: bool,
    /// With `--everything`: the folder of signing keys; by default `keys` in the data folder.
    #[arg(long, value_name = "DIR", requires = "everything")]
    keys: Option<PathBuf>,
    /// With `--everything`: the settings' file of `mingma serve`, for the log's name and its witnesses.
    #[arg(long, value_name = "FILE", requires = "everything")]
    config: Option<PathBuf>,
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
    fn end(&self, zone: Zone) -> Result<ExitCode, Failure> {
        let config = self.config.as_deref().map(Config::read).transpose()?.unwrap_or_default();
        let keys = self.keys.clone().unwrap_or_else(|| self.data.join("keys"));
        let (data, witnessed, journal) = (&*self.data, self.witnessed, config.journal);
        let (certificate, path) = End { data, keys: &keys, journal, witnessed, zone }.run()?;
        let told = format!(
            "{certificate}  it lies in {}; the log in {}\n  destroy the folders of keys of your backups, too: without them no backup opens\n",
            path.display(),
            data.join(crate::journal::LOG).display(),
        );
        std::io::stdout().write_all(told.as_bytes()).map_err(Failure::output)?;
        Ok(ExitCode::SUCCESS)
    }

    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let zone = Zone::named(&self.zone).map_err(Failure::new)?;
        if self.everything {
            return self.end(zone);
        }
        data::required(&self.data)?;
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
    let mut lines = vec![format!(
        "{said}, of {}: {}, {}",
        counted(*persons, "person", "persons"),
        counted(facts, "fact", "facts"),
        counted(others, "other row", "other rows")
    )];
    lines.extend(purged.facts.iter().map(|facts| {
        format!("  {}: {}, due from {} to {}", facts.kind, facts.count, facts.first, facts.last)
    }));
    if !trial {
        lines.push(format!(
            "and {} about nobody; persons' keys are wrapped under a new key",
            counted(*passed, "row", "rows")
        ));
    }
    lines.join("\n") + "\n"
}
