//! The committed entries as the log writes them.

use jiff::Timestamp;
use mingma_journal::hash::Hash;
use mingma_journal::leaf::{Act, Word};
use mingma_journal::note::key::PosixSeconds;
use mingma_journal::sequencer::{PortError, Source};
use mingma_registry::EntryId;
use mingma_registry::journal::{Clear, Entry, Former, Numbered};
use mingma_registry::ports::draw;
use mingma_server::App;
use tokio::runtime::Runtime;

use crate::failure::Failure;

/// The registry's store, asked by a thread that is none of the server's.
pub(super) struct FromStore {
    app: App,
    runtime: Runtime,
}

impl FromStore {
    pub(super) fn new(app: App) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(Failure::new)?;
        Ok(Self { app, runtime })
    }

    /// Gives the database what the log knows of entries that it has lost: what was done by which office, and the commitment.
    pub(super) fn adopt(&self, lost: Vec<(u64, Act)>) -> Result<(), Failure> {
        let rng = self.app.registry().rng();
        let entry =
            |(number, act)| Ok(Numbered { number, entry: bare(&act, draw(rng).map_err(Failure::new)?)? });
        let lost: Vec<Numbered> = lost.into_iter().map(entry).collect::<Result<_, Failure>>()?;
        match self.runtime.block_on(self.app.registry().store().adopt(lost)) {
            Ok(None) => Ok(()),
            Ok(Some(next)) => {
                Err(Failure::new(format_args!("the journal ends before entry {next}, the log does not")))
            }
            Err(error) => Err(Failure::new(error)),
        }
    }
}

impl Source for FromStore {
    fn after(&mut self, after: u64, limit: usize) -> Result<Vec<(u64, Act)>, PortError> {
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let read = self.runtime.block_on(self.app.registry().store().journal(after, limit));
        let read = read.map_err(|error| PortError(error.to_string()))?;
        read.into_iter().map(|numbered| Ok((numbered.number, leaf(&numbered.entry)?))).collect()
    }
}

/// An entry that nothing opens any more: it is about nobody, and has no salt.
fn bare(act: &Act, chance: [u8; 10]) -> Result<Entry, Failure> {
    let at = i64::try_from(act.at.get()).ok().and_then(|at| Timestamp::from_second(at).ok());
    let at = at.ok_or_else(|| Failure::new("an entry of the log has a time past the end of time"))?;
    let clear = clear(act).ok_or_else(|| Failure::new("an entry of the log shows what no program wrote"))?;
    Ok(Entry {
        id: EntryId::new(at, chance),
        act: act.name.as_str().parse().map_err(Failure::new)?,
        at,
        salt: None,
        content: None,
        leaf: *act.commitment.as_bytes(),
        former: Former::Unsaid,
        beside: None,
        clear,
    })
}

/// What an entry of the log shows beside its commitment; none if no program of ours shows that.
pub(crate) fn clear(act: &Act) -> Option<Clear> {
    let Act { issuer, region, subject, .. } = act;
    Some(Clear {
        issuer: issuer.as_ref().map(|word| word.as_str().parse()).transpose().ok()?,
        region: region.as_ref().map(|word| word.as_str().parse()).transpose().ok()?,
        subject: subject.as_ref().map(|word| word.as_str().parse()).transpose().ok()?,
    })
}

/// What everybody may read of an entry.
///
/// # Errors
/// Never of an entry that the registry made: its words are words, and its time is after 1970.
pub(crate) fn leaf(entry: &Entry) -> Result<Act, PortError> {
    let word = |text: String| {
        text.parse::<Word>().map_err(|error| PortError(format!("entry {}: {error}", entry.id)))
    };
    let seconds = u64::try_from(entry.at.as_second()).ok().and_then(PosixSeconds::new);
    Ok(Act {
        name: word(entry.act.to_string())?,
        at: seconds.ok_or_else(|| PortError(format!("entry {}: its time is before 1970", entry.id)))?,
        issuer: entry.clear.issuer.as_ref().map(|issuer| word(issuer.to_string())).transpose()?,
        region: entry.clear.region.map(|region| word(region.to_string())).transpose()?,
        subject: entry.clear.subject.as_ref().map(|subject| word(subject.to_string())).transpose()?,
        commitment: Hash::new(entry.leaf),
    })
}
