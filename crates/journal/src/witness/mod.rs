//! A witness: it cosigns a log's checkpoint when it has seen that the tree only grew since the one before.
//!
//! The rules alone, without server or disk. A request is read ([`Witness::read`]), which needs no memory; then it is
//! decided on ([`Asked::decide`]) from what was cosigned last, and the answer carries what must be kept. Between the two the
//! caller takes a lock of the log's own, and it makes the new state durable before the answer leaves. Otherwise a late
//! request for a smaller tree could roll the memory back.
//!
//! # Source
//! C2SP `tlog-witness`, "add-checkpoint".

mod answer;
mod request;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

pub use answer::{AnswerError, Cosigned, Refusal, SIZE_TYPE, add_cosignatures};
pub(crate) use request::hashes;
pub use request::{MAX_REQUEST_BYTES, Request, RequestError};

use crate::checkpoint::{Checkpoint, Origin};
use crate::hash::Hash;
use crate::merkle::{ConsistencyProof, MAX_SIZE};
use crate::note::key::{LogKey, PosixSeconds};
use crate::note::sign::WitnessSigner;
use crate::text::decimal;

/// A witness's key and the logs that it knows.
#[derive(Debug)]
pub struct Witness {
    signer: WitnessSigner,
    logs: BTreeMap<Origin, Vec<LogKey>>,
}

/// What a witness remembers of a log: the head that it cosigned last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latest {
    /// The head's size.
    pub size: u64,
    /// The head's root.
    pub root: Hash,
    /// When it was cosigned.
    pub at: PosixSeconds,
}

/// A request of a known log, signed by it.
#[derive(Debug)]
pub struct Asked<'w> {
    signer: &'w WitnessSigner,
    request: Request,
    checkpoint: Checkpoint,
}

impl Witness {
    /// A witness of the logs with these keys; a key's name is its log's origin, and a log may have several.
    #[must_use]
    pub fn new(signer: WitnessSigner, keys: impl IntoIterator<Item = LogKey>) -> Self {
        let mut logs: BTreeMap<Origin, Vec<LogKey>> = BTreeMap::new();
        for key in keys {
            // A key's name is stricter than an origin: it is always one.
            if let Ok(origin) = key.name().as_str().parse() {
                logs.entry(origin).or_default().push(key);
            }
        }
        Self { signer, logs }
    }

    /// Reads a request and checks that a known log signed its checkpoint.
    ///
    /// # Errors
    /// [`Refusal::Malformed`], [`Refusal::UnknownLog`] or [`Refusal::Unsigned`], in this order.
    pub fn read(&self, body: &[u8]) -> Result<Asked<'_>, Refusal> {
        let request = Request::from_bytes(body)?;
        let checkpoint: Checkpoint = request.note.text().parse().map_err(RequestError::Checkpoint)?;
        let keys = self.logs.get(&checkpoint.origin).ok_or(Refusal::UnknownLog)?;
        // "It MUST ignore signatures from unknown keys"; one signature that verifies is enough.
        if !keys.iter().any(|key| key.signed_once(&request.note)) {
            return Err(Refusal::Unsigned);
        }
        Ok(Asked { signer: &self.signer, request, checkpoint })
    }
}

impl Asked<'_> {
    /// Whose memory to lock and read.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.checkpoint.origin
    }

    /// Cosigns, or says why not. `latest` is what was cosigned last for [`Asked::origin`].
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn decide(self, latest: Option<Latest>, now: PosixSeconds) -> Result<Cosigned, Refusal> {
        let Self { signer, request, checkpoint } = self;
        let (size, root) = latest.map_or((0, Hash::EMPTY), |latest| (latest.size, latest.root));
        if request.old > checkpoint.size {
            return Err(Refusal::Shrunk);
        }
        if request.old != size {
            return Err(Refusal::Conflict { size });
        }
        if checkpoint.size == size && checkpoint.root != root {
            return Err(Refusal::Conflict { size });
        }
        if latest.is_some_and(|latest| now < latest.at) {
            return Err(Refusal::ClockWentBack);
        }
        let proof = ConsistencyProof { from: size, to: checkpoint.size, path: request.proof };
        match (size, proof.path.is_empty()) {
            // "The proof MUST be empty if the old size is zero."
            (0, true) => {}
            (0, false) => return Err(Refusal::Inconsistent),
            _ => proof.verify(root, checkpoint.root).map_err(|_| Refusal::Inconsistent)?,
        }
        let signature = signer.cosign(request.note.text(), now);
        let next = Latest { size: checkpoint.size, root: checkpoint.root, at: now };
        Ok(Cosigned { origin: checkpoint.origin, next, signature })
    }
}

/// `SIZE ROOT SECONDS`, for whoever keeps it in a file.
impl fmt::Display for Latest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.size, self.root, self.at)
    }
}

/// The text is not `SIZE ROOT SECONDS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not `SIZE ROOT SECONDS` of a cosigned head")]
pub struct NotLatest;

impl FromStr for Latest {
    type Err = NotLatest;

    fn from_str(text: &str) -> Result<Self, NotLatest> {
        let (size, rest) = text.split_once(' ').ok_or(NotLatest)?;
        let (root, at) = rest.split_once(' ').ok_or(NotLatest)?;
        let size = decimal(size).filter(|size| *size <= MAX_SIZE).ok_or(NotLatest)?;
        let root = root.parse().map_err(|_| NotLatest)?;
        Ok(Self { size, root, at: PosixSeconds::parse(at).ok_or(NotLatest)? })
    }
}
