//! Where a journal's log lies, what it is called, and what signs it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mingma_credential::status::RegionCode;
use mingma_journal::note::sign::LogSigner;
use mingma_registry::{Rng, Witnessed};
use zeroize::Zeroizing;

use super::published::Published;
use super::state::State;
use super::{LOG, Quorum, asked, key};
use crate::config::JournalConfig;
use crate::failure::Failure;

/// A journal's place on this machine.
pub(crate) struct Place {
    pub(crate) logs: PathBuf,
    pub(super) keys: PathBuf,
    pub(super) name: String,
    pub(super) seed: Zeroizing<[u8; 32]>,
    pub(super) witnesses: Quorum,
    /// The number of the last entry of the database as it is opened.
    last: u64,
    /// Up to which entry its quorum has signed; everything where none is asked for.
    pub(crate) witnessed: Arc<Witnessed>,
    /// How it is, for whoever watches.
    pub(crate) state: Arc<State>,
}

impl Place {
    /// The journal of a data folder and of the folder of its keys, whose database has this last entry. Its key is made at the first
    /// start.
    ///
    /// # Errors
    /// A [`Failure`] if the key is lost, or the name is none.
    pub(crate) fn of(
        (data, keys, last): (&Path, &Path, u64),
        config: &JournalConfig,
        region: &RegionCode,
        rng: &dyn Rng,
    ) -> Result<Self, Failure> {
        let logs = data.join(LOG);
        let seed = key::seed(keys, &logs, rng)?;
        let name = config.name.clone().unwrap_or_else(|| format!("mingma-{region}"));
        let witnesses = Quorum::read(config.witnesses.as_deref())?;
        let witnessed =
            if witnesses.is_asked_for() { Witnessed::nothing_yet() } else { Witnessed::everything() };
        let (witnessed, state) = (Arc::new(witnessed), Arc::default());
        Ok(Self { logs, keys: keys.to_owned(), name, seed, witnesses, last, witnessed, state })
    }

    /// Before anything is recorded: where a quorum is asked for only since, what is there counts on.
    ///
    /// # Errors
    /// A [`Failure`] if what was the last entry then cannot be kept.
    pub(super) fn begin(&self) -> Result<(), Failure> {
        if self.witnesses.is_asked_for() {
            self.witnessed.reach(asked::since(&self.keys, self.last)?);
            Ok(())
        } else {
            asked::no_more(&self.keys)
        }
    }

    /// What everybody may read of it.
    ///
    /// # Errors
    /// A [`Failure`] if the name is none.
    pub(crate) fn published(&self, origin: Option<String>) -> Result<Published, Failure> {
        let name = self.name.parse().map_err(|error| {
            Failure::new(format_args!("`[journal] name`: {error}")).help("such as `journal.henan.example`")
        })?;
        let signer = LogSigner::from_seed(name, &self.seed).map_err(Failure::new)?;
        Ok(Published {
            logs: self.logs.clone(),
            name: self.name.clone(),
            key: *signer.key().bytes(),
            quorum: self.witnesses.lines(),
            origin,
            state: Arc::clone(&self.state),
        })
    }
}
