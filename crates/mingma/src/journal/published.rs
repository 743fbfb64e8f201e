//! What everybody may read of the logs, by name: `policy` of the newest, `QUARTER/policy`, `QUARTER/checkpoint`, `QUARTER/tile/…`.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use mingma_journal::checkpoint::Checkpoint;
use mingma_journal::merkle::inclusion;
use mingma_journal::note::Note;
use mingma_journal::note::key::{LogKey, PUBLIC_KEY_BYTES};
use mingma_journal::proof_file::ProofFile;
use mingma_journal::quarter::Quarter;
use mingma_journal::sequencer::PortError;
use mingma_journal::tiles::{StoredTree, TilePath, TileReader, entry};
use mingma_server::{Kept, LogDamaged, LogFiles};

use super::folder::{self, CHECKPOINT, MAX_FILE_BYTES, quarters};
use super::state::State;

/// What a log's policy is called.
const POLICY: &str = "policy";

/// The logs of a folder.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) logs: PathBuf,
    pub(crate) name: String,
    pub(crate) key: [u8; PUBLIC_KEY_BYTES],
    /// The lines of the policy about witnesses.
    pub(crate) quorum: String,
    /// How people reach the program.
    pub(crate) origin: Option<String>,
    /// How the log is.
    pub(crate) state: Arc<State>,
}

impl Published {
    /// The policy by which a log is to be believed, as far as the program itself can say.
    ///
    /// One log each: the logs of all quarters have one key, and C2SP `tlog-policy` lets no two lines name the same.
    fn policy(&self, quarter: Quarter) -> Option<String> {
        let key = LogKey::new(quarter.origin(&self.name).ok()?.as_str().parse().ok()?, self.key);
        let url = self.origin.as_ref().map(|origin| format!(" {origin}/log/{quarter}"));
        // A log that is closed keeps those who signed its end; of the newest it is those who sign now.
        let is_closed = quarters(&self.logs).last().is_some_and(|newest| quarter < *newest);
        let kept =
            if is_closed { folder::witnesses(&self.logs.join(quarter.to_string())).ok()? } else { None };
        let witnesses = kept.and_then(|lines| String::from_utf8(lines).ok());
        let witnesses = witnesses.as_ref().unwrap_or(&self.quorum);
        Some(format!("log {key}{}\n{witnesses}", url.unwrap_or_default()))
    }

    /// A file of a tree that is published: what lies past the checkpoint may still change.
    fn tile(&self, quarter: Quarter, path: &str) -> Option<Vec<u8>> {
        let path: TilePath = path.parse().ok()?;
        let log = self.logs.join(quarter.to_string());
        let (_, Checkpoint { size, .. }) = folder::head(&log).ok()??;
        let reaches = TilePath::in_tree(path.row(), path.index(), size)?.width() >= path.width();
        if reaches { folder::read(&log.join(path.to_string()), u64::MAX - 1).ok()? } else { None }
    }
}

/// The tiles of one log.
struct Tiles(PathBuf);

impl TileReader for Tiles {
    type Error = PortError;

    fn read(&self, path: &TilePath) -> Result<Option<Vec<u8>>, PortError> {
        folder::read(&self.0.join(path.to_string()), MAX_FILE_BYTES)
    }
}

/// One log, as far as its published checkpoint reaches.
struct Log {
    tiles: Tiles,
    checkpoint: Note,
    head: Checkpoint,
}

impl Log {
    /// Proves an entry by its place, which the file carries as its extra data, in the log as it was at a size.
    fn prove(self, index: u64, size: u64) -> Result<ProofFile, Box<dyn Error>> {
        let Self { tiles, checkpoint, head } = self;
        let extra = Some(entry(&tiles, index, head.size)?);
        let proof = inclusion(&mut StoredTree::open(tiles, head.size, head.root)?, index, size)?;
        Ok(ProofFile { extra, index, path: proof.path, checkpoint })
    }
}

impl Published {
    /// A quarter's log; none until it has a checkpoint.
    fn log(&self, quarter: Quarter) -> Result<Option<Log>, Box<dyn Error>> {
        let log = self.logs.join(quarter.to_string());
        let head = folder::head(&log)?;
        Ok(head.map(|(checkpoint, head)| Log { tiles: Tiles(log), checkpoint, head }))
    }

    /// Where an act stands by its number: the log that holds it, and the place in it, follow from how many acts the logs before have.
    fn place(&self, number: u64) -> Result<Option<(Log, u64)>, Box<dyn Error>> {
        let mut before = 0;
        for (place, quarter) in quarters(&self.logs).into_iter().enumerate() {
            let Some(log) = self.log(quarter)? else { return Ok(None) };
            // Every log but the first begins with the checkpoint of the one before, which is no act.
            let former = u64::from(place > 0);
            let acts = log.head.size.saturating_sub(former);
            if number > before + acts {
                before += acts;
                continue;
            }
            // Numbers are counted from 1, places from 0.
            return Ok((number + former).checked_sub(before + 1).map(|index| (log, index)));
        }
        Ok(None)
    }

    /// Proves an act by its number. At a size that its log has not reached, or at which it had not reached the act, there is no proof.
    fn prove(&self, number: u64, size: Option<u64>) -> Result<Option<ProofFile>, Box<dyn Error>> {
        let Some((log, index)) = self.place(number)? else { return Ok(None) };
        let (reached, size) = (log.head.size, size.unwrap_or(log.head.size));
        if index < size && size <= reached { log.prove(index, size).map(Some) } else { Ok(None) }
    }

    /// Proves of each log but the first how it begins.
    fn prove_turns(&self) -> Result<Vec<ProofFile>, Box<dyn Error>> {
        let later = quarters(&self.logs).into_iter().skip(1);
        let logs = later.filter_map(|quarter| self.log(quarter).transpose());
        let first = |log: Log| {
            let size = log.head.size;
            log.prove(0, size)
        };
        logs.map(|log| first(log?)).collect()
    }
}

impl LogFiles for Published {
    fn proof(&self, number: u64, size: Option<u64>) -> Result<Option<String>, LogDamaged> {
        let proved = self.prove(number, size).map_err(|error| {
            tracing::error!(number, %error, "an entry of the journal's log cannot be proved");
            LogDamaged
        });
        Ok(proved?.map(|proof| if size.is_some() { proof.way() } else { proof.to_string() }))
    }

    fn sizes(&self, number: u64) -> Result<Option<(u64, u64)>, LogDamaged> {
        let place = self.place(number).map_err(|error| {
            tracing::error!(number, %error, "an entry of the journal's log cannot be found");
            LogDamaged
        })?;
        Ok(place.map(|(log, index)| (index + 1, log.head.size)))
    }

    fn turns(&self) -> Result<Vec<String>, LogDamaged> {
        let proved = self.prove_turns().map_err(|error| {
            tracing::error!(%error, "how a log of the journal begins cannot be proved");
            LogDamaged
        });
        Ok(proved?.iter().map(ToString::to_string).collect())
    }

    fn differences(&self) -> Option<u64> {
        self.state.differences()
    }

    fn read(&self, name: &str) -> Option<(Vec<u8>, Kept)> {
        if name == POLICY {
            // The newest log that is published, from which the former ones are found; at a first start the one that will be.
            let logs = quarters(&self.logs);
            let published = |quarter: &&Quarter| matches!(self.log(**quarter), Ok(Some(_)));
            let newest = *logs.iter().rfind(published).or(logs.last())?;
            return Some((self.policy(newest)?.into_bytes(), Kept::Shortly));
        }
        let (quarter, file) = name.split_once('/')?;
        let quarter: Quarter = quarter.parse().ok()?;
        if file == POLICY {
            return Some((self.policy(quarter)?.into_bytes(), Kept::Shortly));
        }
        if file == CHECKPOINT {
            let note = folder::checkpoint(&self.logs.join(quarter.to_string())).ok()??;
            return Some((note, Kept::Shortly));
        }
        Some((self.tile(quarter, file)?, Kept::Forever))
    }
}
