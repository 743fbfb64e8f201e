//! What everybody may read of the logs, by name: `policy`, `QUARTER/checkpoint`, `QUARTER/tile/…`.

use std::fmt::Write as _;
use std::path::PathBuf;

use mingma_journal::checkpoint::Checkpoint;
use mingma_journal::note::Note;
use mingma_journal::note::key::{LogKey, PUBLIC_KEY_BYTES};
use mingma_journal::quarter::Quarter;
use mingma_journal::tiles::TilePath;
use mingma_server::{Kept, LogFiles};

use super::folder::{self, CHECKPOINT, quarters};

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
}

impl Published {
    /// The policy by which the logs are to be believed, as far as the program itself can say.
    fn policy(&self) -> Option<String> {
        let mut policy = String::new();
        for quarter in quarters(&self.logs) {
            let key = LogKey::new(quarter.origin(&self.name).ok()?.as_str().parse().ok()?, self.key);
            let url = self.origin.as_ref().map(|origin| format!(" {origin}/log/{quarter}"));
            writeln!(policy, "log {key}{}", url.unwrap_or_default()).ok()?;
        }
        policy.push_str(&self.quorum);
        Some(policy)
    }

    /// A file of a tree that is published: what lies past the checkpoint may still change.
    fn tile(&self, quarter: Quarter, path: &str) -> Option<Vec<u8>> {
        let path: TilePath = path.parse().ok()?;
        let log = self.logs.join(quarter.to_string());
        let note = Note::from_bytes(&folder::checkpoint(&log).ok()??).ok()?;
        let size = note.text().parse::<Checkpoint>().ok()?.size;
        let reaches = TilePath::in_tree(path.row(), path.index(), size)?.width() >= path.width();
        if reaches { folder::read(&log.join(path.to_string()), u64::MAX - 1).ok()? } else { None }
    }
}

impl LogFiles for Published {
    fn read(&self, name: &str) -> Option<(Vec<u8>, Kept)> {
        if name == "policy" {
            return Some((self.policy()?.into_bytes(), Kept::Shortly));
        }
        let (quarter, file) = name.split_once('/')?;
        let quarter: Quarter = quarter.parse().ok()?;
        if file == CHECKPOINT {
            let note = folder::checkpoint(&self.logs.join(quarter.to_string())).ok()??;
            return Some((note, Kept::Shortly));
        }
        Some((self.tile(quarter, file)?, Kept::Forever))
    }
}
