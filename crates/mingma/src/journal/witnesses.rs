//! The log's side of its witnesses: asks each for a cosignature, and knows when there are enough.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use mingma_journal::checkpoint::SignedCheckpoint;
use mingma_journal::hash::Hash;
use mingma_journal::note::Note;
use mingma_journal::note::key::WitnessKey;
use mingma_journal::policy::Policy;
use mingma_journal::sequencer::Witnesses;
use mingma_journal::witness::{Request, add_cosignatures};
use ureq::Agent;

use crate::channel::agent;
use crate::clock;
use crate::failure::Failure;

/// How long a witness may take: the log waits for it, and is to be a second behind at most.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long one that could not be reached is left alone.
const REST: Duration = Duration::from_secs(10);

/// The witnesses of a policy's file, and its quorum; nobody without one.
pub(crate) struct Quorum {
    policy: Option<Policy>,
    known: Vec<WitnessKey>,
    asked: Vec<Asked>,
    /// The time since the start.
    watch: Box<dyn Fn() -> Duration + Send>,
}

/// A witness that is asked.
struct Asked {
    agent: Agent,
    url: String,
    /// The size of each log that it cosigned last, as far as it has said.
    sizes: BTreeMap<String, u64>,
    /// It is left alone until then.
    rests: Duration,
}

impl Quorum {
    /// The witnesses that a file names, as lines of C2SP `tlog-policy`: `witness NAME KEY URL`, `group …`, `quorum NAME`.
    ///
    /// # Errors
    /// A [`Failure`] if it cannot be read.
    pub(crate) fn read(path: Option<&Path>) -> Result<Self, Failure> {
        let mut quorum =
            Self { policy: None, known: Vec::new(), asked: Vec::new(), watch: Box::new(clock::stopwatch()) };
        let Some(path) = path else { return Ok(quorum) };
        let bytes = std::fs::read(path).map_err(|error| Failure::about(path, error))?;
        let policy = Policy::from_bytes(&bytes).map_err(|error| Failure::about(path, error))?;
        for (_, key, url) in policy.witnesses() {
            quorum.known.push(key.clone());
            let Some(url) = url else { continue };
            let url = str::from_utf8(url.as_bytes()).map_err(|error| Failure::about(path, error))?;
            let (agent, url) =
                (agent(url, PATIENCE)?, format!("{}/add-checkpoint", url.trim_end_matches('/')));
            quorum.asked.push(Asked { agent, url, sizes: BTreeMap::new(), rests: Duration::ZERO });
        }
        quorum.policy = Some(policy);
        Ok(quorum)
    }

    /// Whether anybody's signature is needed before a checkpoint is published.
    pub(super) fn is_asked_for(&self) -> bool {
        self.policy.as_ref().is_some_and(Policy::needs_witnesses)
    }

    /// The lines of the policy about witnesses.
    pub(crate) fn lines(&self) -> String {
        let lines = self.policy.as_ref().map(Policy::to_bytes);
        lines.map_or_else(|| "quorum none\n".to_owned(), |lines| String::from_utf8_lossy(&lines).into_owned())
    }
}

impl Witnesses for Quorum {
    fn cosign(
        &mut self,
        checkpoint: &SignedCheckpoint,
        proof: &mut dyn FnMut(u64) -> Option<Vec<Hash>>,
    ) -> (Note, bool) {
        let mut note = checkpoint.note().clone();
        let Some(policy) = &self.policy else { return (note, true) };
        let now = (self.watch)();
        for witness in &mut self.asked {
            if now < witness.rests {
                continue;
            }
            // What is not the witness's cosignature of this checkpoint adds nothing.
            let added =
                witness.ask(checkpoint, proof).map(|body| add_cosignatures(&mut note, &body, &self.known));
            if !matches!(added, Some(Ok(1..))) {
                tracing::warn!(witness = witness.url, "a witness gave no cosignature");
                witness.rests = now + REST;
            }
        }
        let cosigned = checkpoint.with_note(note.clone());
        let enough = cosigned.is_some_and(|cosigned| policy.judge_signed(cosigned).is_ok());
        (note, enough)
    }
}

impl Asked {
    /// The body of the witness's cosignature; none if it gives none.
    fn ask(
        &mut self,
        checkpoint: &SignedCheckpoint,
        proof: &mut dyn FnMut(u64) -> Option<Vec<Hash>>,
    ) -> Option<String> {
        let origin = checkpoint.checkpoint().origin.to_string();
        // Twice: a witness that knows another size says which.
        for _ in 0..2 {
            let old = self.sizes.get(&origin).copied().unwrap_or(0);
            let path = if old == 0 { Vec::new() } else { proof(old)? };
            let request = Request { old, proof: path, note: checkpoint.note().clone() };
            let answer = self.agent.post(&self.url).send(request.to_string()).ok()?;
            let status = answer.status().as_u16();
            let body = answer.into_body().with_config().limit(65_536).read_to_string().ok()?;
            match status {
                200 => {
                    self.sizes.insert(origin, checkpoint.checkpoint().size);
                    return Some(body);
                }
                409 => drop(self.sizes.insert(origin.clone(), body.trim_end().parse().ok()?)),
                _ => return None,
            }
        }
        None
    }
}
