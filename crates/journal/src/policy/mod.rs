//! Policies: which logs are believed, and how many of which witnesses must have cosigned.
//!
//! # Source
//! C2SP `tlog-policy`.

mod parse;

use std::fmt;

pub use parse::{MAX_DEFINITIONS, MAX_POLICY_BYTES, PolicyError, PolicyErrorKind};
use thiserror::Error;

use crate::checkpoint::{Checkpoint, CheckpointError, OpenError, SignedCheckpoint};
use crate::note::key::{LogKey, PosixSeconds, Signed, WitnessKey};
use crate::note::{Note, NoteError};

/// A policy, as its file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<KnownLog>,
    definitions: Vec<Definition>,
    quorum: Quorum,
}

/// A log that the policy believes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLog {
    /// Its key; the key's name is the log's origin.
    pub key: LogKey,
    /// Where it is to be reached, if the policy says so.
    pub url: Option<Word>,
}

/// A word of a policy: a name or an address. Bytes without white space, which need not be text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word(Vec<u8>);

/// A named witness or group.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Definition {
    name: Word,
    is: Is,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Is {
    Witness {
        key: WitnessKey,
        url: Option<Word>,
    },
    /// INVARIANT: `members` are places before this definition's own, so no group holds itself; `1 <= k <= members`.
    Group {
        k: usize,
        written: Threshold,
        members: Vec<usize>,
    },
}

/// Who must have cosigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quorum {
    /// `quorum none`.
    Nobody,
    /// INVARIANT: a place in the policy's definitions.
    Of(usize),
}

/// How a group's threshold was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Threshold {
    Any,
    All,
    Number,
}

/// A checkpoint that the policy accepts; [`Policy::judge`] and [`Policy::judge_signed`] are its makers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    checkpoint: SignedCheckpoint,
    witnesses: Vec<(Word, PosixSeconds)>,
}

/// Why a policy does not accept a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Denied {
    /// It is no note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The note is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The policy lists no log of this name.
    #[error("the policy does not list the log")]
    UnknownLog,
    /// The log's signature is missing or forged.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A line names a witness of the policy and is not its cosignature.
    #[error("the cosignature of the witness `{0}` is not its own")]
    Forged(Word),
    /// Too few witnesses.
    #[error("the quorum `{quorum}` is not met: {} cosigned", witnesses(.cosigned))]
    Quorum {
        /// Its name.
        quorum: Word,
        /// The witnesses that cosigned.
        cosigned: Vec<Word>,
    },
}

impl Policy {
    /// The logs that are believed.
    #[must_use]
    pub fn logs(&self) -> &[KnownLog] {
        &self.logs
    }

    /// The witnesses: name, key, and where each is to be reached if the policy says so.
    pub fn witnesses(&self) -> impl Iterator<Item = (&Word, &WitnessKey, Option<&Word>)> {
        self.definitions.iter().filter_map(|definition| match &definition.is {
            Is::Witness { key, url } => Some((&definition.name, key, url.as_ref())),
            Is::Group { .. } => None,
        })
    }

    /// Whether anybody must have cosigned.
    #[must_use]
    pub const fn needs_witnesses(&self) -> bool {
        matches!(self.quorum, Quorum::Of(_))
    }

    /// Judges a checkpoint: one of the logs signed it, and the quorum cosigned it.
    ///
    /// # Errors
    /// [`Denied`].
    pub fn judge(&self, note: &Note) -> Result<Accepted, Denied> {
        let checkpoint: Checkpoint = note.text().parse()?;
        let mut denied = Denied::UnknownLog;
        let named = |log: &&KnownLog| log.key.name().as_str() == checkpoint.origin.as_str();
        for log in self.logs.iter().filter(named) {
            match SignedCheckpoint::open(note.clone(), &log.key) {
                Ok(signed) => return self.judge_signed(signed),
                Err(error) => denied = error.into(),
            }
        }
        Err(denied)
    }

    /// Judges a checkpoint whose log is known from elsewhere: the quorum cosigned it.
    ///
    /// # Errors
    /// [`Denied::Forged`], [`Denied::Quorum`].
    pub fn judge_signed(&self, checkpoint: SignedCheckpoint) -> Result<Accepted, Denied> {
        let mut witnesses = Vec::new();
        // INVARIANT: one answer a definition; a group's members stand before it, so their answers are there.
        let mut met: Vec<bool> = Vec::with_capacity(self.definitions.len());
        for Definition { name, is } in &self.definitions {
            let holds = match is {
                Is::Witness { key, .. } => match key.signed(checkpoint.note()) {
                    Signed::Yes(at) => {
                        witnesses.push((name.clone(), at));
                        true
                    }
                    Signed::No => false,
                    // `signed-note`: "if a signature from a known key fails to verify, clients SHOULD reject the note".
                    Signed::Forged => return Err(Denied::Forged(name.clone())),
                },
                Is::Group { k, members, .. } => {
                    members.iter().filter(|member| met.get(**member) == Some(&true)).count() >= *k
                }
            };
            met.push(holds);
        }
        let Quorum::Of(place) = self.quorum else { return Ok(Accepted { checkpoint, witnesses }) };
        match (met.get(place), self.definitions.get(place)) {
            (Some(true), _) => Ok(Accepted { checkpoint, witnesses }),
            (_, quorum) => {
                let quorum = quorum.map_or_else(|| Word(Vec::new()), |definition| definition.name.clone());
                Err(Denied::Quorum {
                    quorum,
                    cosigned: witnesses.into_iter().map(|(name, _)| name).collect(),
                })
            }
        }
    }
}

impl Accepted {
    /// The checkpoint.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        self.checkpoint.checkpoint()
    }

    /// The checkpoint with its signatures.
    #[must_use]
    pub const fn signed(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// The policy's witnesses that cosigned it, and when each last did.
    #[must_use]
    pub fn witnesses(&self) -> &[(Word, PosixSeconds)] {
        &self.witnesses
    }
}

impl Word {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{self}`")
    }
}

fn witnesses(names: &[Word]) -> String {
    match names {
        [] => "nobody".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}
