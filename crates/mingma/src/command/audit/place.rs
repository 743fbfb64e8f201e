//! Where a log is read from: a folder, or a server.

use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use mingma_journal::checkpoint::Checkpoint;
use mingma_journal::leaf::Leaf;
use mingma_journal::note::Note;
use mingma_journal::policy::Policy;
use mingma_journal::quarter::Quarter;
use mingma_journal::tiles::{TileError, TilePath, TileReader, entry};
use ureq::Agent;

use crate::channel::agent;
use crate::failure::Failure;
use crate::journal::quarters;

/// The most bytes of a file: a bundle of 256 entries of 65,535 bytes, each after its length.
const MAX_FILE_BYTES: u64 = 256 * 65_537;
/// How long a server may take for a file.
const PATIENCE: Duration = Duration::from_secs(30);

/// What `--log` names.
#[derive(Clone, Debug)]
pub(super) enum Named {
    Folder(PathBuf),
    Address(String),
}

impl FromStr for Named {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let address = text.starts_with("https://") || text.starts_with("http://");
        Ok(if address {
            Self::Address(text.trim_end_matches('/').to_owned())
        } else {
            Self::Folder(text.into())
        })
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(f),
            Self::Address(address) => f.write_str(address),
        }
    }
}

/// Where files are read.
#[derive(Clone)]
pub(super) enum Place {
    Folder(PathBuf),
    Server { agent: Agent, address: String },
}

impl Place {
    pub(super) fn open(named: &Named) -> Result<Self, Failure> {
        match named {
            Named::Folder(folder) => Ok(Self::Folder(folder.clone())),
            Named::Address(address) => {
                Ok(Self::Server { agent: agent(address, PATIENCE)?, address: address.clone() })
            }
        }
    }

    /// A place within it.
    fn within(&self, name: &str) -> Self {
        match self {
            Self::Folder(folder) => Self::Folder(folder.join(name)),
            Self::Server { agent, address } => {
                Self::Server { agent: agent.clone(), address: format!("{address}/{name}") }
            }
        }
    }

    /// The logs there: of the place itself if it is one, else of each quarter, the first at the head.
    ///
    /// # Errors
    /// A [`Failure`] if there is none.
    pub(super) fn logs(&self) -> Result<Vec<Self>, Failure> {
        if self.bytes("checkpoint").map_err(Failure::new)?.is_some() {
            return Ok(vec![self.clone()]);
        }
        let quarters: Vec<Quarter> = match self {
            Self::Folder(folder) => quarters(folder),
            Self::Server { .. } => self.published()?,
        };
        let logs: Vec<Self> = quarters.iter().map(|quarter| self.within(&quarter.to_string())).collect();
        if logs.is_empty() {
            return Err(Failure::new(format_args!("{self}: no log is there")).help(
                "name a folder with a `checkpoint` and a folder `tile`, or one with such a folder for each quarter",
            ));
        }
        Ok(logs)
    }

    /// The quarters of a server's logs, the first at the head: the newest is named by its policy, and each by the first entry of the one after.
    ///
    /// # Errors
    /// A [`Failure`] if one is missing.
    fn published(&self) -> Result<Vec<Quarter>, Failure> {
        let policy = self.bytes("policy").map_err(Failure::new)?.unwrap_or_default();
        let policy = Policy::from_bytes(&policy).ok();
        let newest = policy.as_ref().and_then(|policy| policy.logs().first());
        let mut next: Option<Quarter> =
            newest.and_then(|log| log.key.name().as_str().rsplit_once('/')?.1.parse().ok());
        let mut quarters = Vec::new();
        let mut after: Option<(Self, Note)> = None;
        while let Some(quarter) = next {
            let log = self.within(&quarter.to_string());
            let Some(head) = log.bytes("checkpoint").map_err(Failure::new)? else {
                return after.map_or(Ok(Vec::new()), |(after, former)| Err(missing(&after, &former)));
            };
            quarters.push(quarter);
            let former = log.former(&head)?;
            // What names none before it, or a later one, is named when it is read whole.
            next = former.as_ref().and_then(quarter_of).filter(|former| *former < quarter);
            after = former.map(|former| (log, former));
        }
        quarters.reverse();
        Ok(quarters)
    }

    /// What a log begins with, if that is the end of a former one: as its first bundle says, which nothing proves before all of it is read.
    fn former(&self, head: &[u8]) -> Result<Option<Note>, Failure> {
        let head = Note::from_bytes(head).ok().and_then(|note| note.text().parse::<Checkpoint>().ok());
        let first = head.map(|head| entry(self, 0, head.size));
        match first {
            Some(Ok(first)) => Ok(Leaf::from_bytes(&first).ok().and_then(|leaf| match leaf {
                Leaf::Former(note) => Some(note),
                Leaf::Act(_) => None,
            })),
            Some(Err(TileError::Read { error, .. })) => Err(Failure::new(error)),
            // What is damaged is named when it is read whole.
            Some(Err(TileError::Damaged(_))) | None => Ok(None),
        }
    }

    /// A file's bytes; none if it is not there.
    pub(super) fn bytes(&self, name: &str) -> Result<Option<Vec<u8>>, String> {
        let mut bytes = Vec::new();
        let read = match self {
            Self::Folder(folder) => match File::open(folder.join(name)) {
                Ok(file) => file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes),
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                    return Ok(None);
                }
                Err(error) => Err(error),
            },
            Self::Server { agent, address } => {
                let answer = agent.get(format!("{address}/{name}")).call();
                let answer = answer.map_err(|error| format!("{address}/{name}: {error}"))?;
                match answer.status().as_u16() {
                    200 => answer.into_body().into_reader().take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes),
                    404 | 410 => return Ok(None),
                    status => return Err(format!("{address}/{name}: status {status}")),
                }
            }
        };
        read.map_err(|error| format!("{}: {error}", self.within(name)))?;
        Ok(Some(bytes))
    }
}

/// The quarter of which a log's last checkpoint is.
fn quarter_of(former: &Note) -> Option<Quarter> {
    origin(former).rsplit_once('/')?.1.parse().ok()
}

/// Of which log a checkpoint is.
pub(super) fn origin(checkpoint: &Note) -> &str {
    checkpoint.text().lines().next().unwrap_or_default()
}

/// That the log is not there which ended with what another one begins with.
pub(super) fn missing(after: &Place, former: &Note) -> Failure {
    let origin = origin(former);
    Failure::new(format_args!("the log `{origin}` is missing: {after} begins with its last checkpoint")).help(
        "name the folder or address of all quarters' logs, with that one in it; nothing before it was read",
    )
}

impl TileReader for Place {
    type Error = String;

    fn read(&self, path: &TilePath) -> Result<Option<Vec<u8>>, String> {
        self.bytes(&path.to_string())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(f),
            Self::Server { address, .. } => f.write_str(address),
        }
    }
}
