//! The log's side of its witnesses: asks each for a cosignature, and knows when there are enough.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
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
/// How much longer the others are waited for when there are enough.
const GRACE: Duration = Duration::from_millis(50);
/// How long one that gave no cosignature is left alone at first: as long as a group of entries, four times. Each time that it
/// gives none again, twice as long.
const REST: Duration = Duration::from_secs(1);
/// The longest that a witness is left alone: it is back within a minute of its own return.
const LONGEST_REST: Duration = Duration::from_mins(1);

/// The witnesses of a policy's file, and its quorum; nobody without one. All are asked at once, each by a thread of its own: one that is
/// dead holds up nobody but, where the quorum needs it, the log.
pub(crate) struct Quorum {
    policy: Option<Policy>,
    known: Vec<WitnessKey>,
    asked: Vec<Asked>,
    /// What the witnesses answer, also those that answer when nobody waits any more.
    answers: (Sender<Answer>, Receiver<Answer>),
    patience: Duration,
    /// The time since the start.
    watch: Box<dyn Fn() -> Duration + Send>,
}

/// A witness that is asked.
struct Asked {
    agent: Agent,
    url: String,
    /// The size of each log that it cosigned last, as far as it has said.
    sizes: BTreeMap<String, u64>,
    /// Whether it has not answered yet.
    thinks: bool,
    /// It is left alone until then, and the next time so long.
    rests: (Duration, Duration),
}

/// What a witness says to a request.
struct Answer {
    /// Which witness.
    place: usize,
    /// About which log, at which size.
    of: (String, u64),
    /// The status and the body; none if it says nothing.
    said: Option<(u16, String)>,
}

impl Quorum {
    /// The witnesses that a file names, as lines of C2SP `tlog-policy`: `witness NAME KEY URL`, `group …`, `quorum NAME`.
    ///
    /// # Errors
    /// A [`Failure`] if it cannot be read.
    pub(crate) fn read(path: Option<&Path>) -> Result<Self, Failure> {
        let mut quorum = Self {
            policy: None,
            known: Vec::new(),
            asked: Vec::new(),
            answers: channel(),
            patience: PATIENCE,
            watch: Box::new(clock::stopwatch()),
        };
        let Some(path) = path else { return Ok(quorum) };
        let bytes = std::fs::read(path).map_err(|error| Failure::about(path, error))?;
        let policy = Policy::from_bytes(&bytes).map_err(|error| Failure::about(path, error))?;
        for (_, key, url) in policy.witnesses() {
            quorum.known.push(key.clone());
            let Some(url) = url else { continue };
            let url = str::from_utf8(url.as_bytes()).map_err(|error| Failure::about(path, error))?;
            let (agent, url) =
                (agent(url, PATIENCE)?, format!("{}/add-checkpoint", url.trim_end_matches('/')));
            let rests = (Duration::ZERO, REST);
            quorum.asked.push(Asked { agent, url, sizes: BTreeMap::new(), thinks: false, rests });
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
        let Some(policy) = self.policy.clone() else { return (note, true) };
        let head = checkpoint.checkpoint();
        let of = (head.origin.to_string(), head.size);
        let enough = |note: &Note| {
            let cosigned = checkpoint.with_note(note.clone());
            cosigned.is_some_and(|cosigned| policy.judge_signed(cosigned).is_ok())
        };
        // What came when nobody waited says what those witnesses have seen.
        while let Ok(late) = self.answers.1.try_recv() {
            self.hear(late, None);
        }
        let now = (self.watch)();
        let mut asked = BTreeMap::new();
        for place in 0..self.asked.len() {
            if self.ask(place, (checkpoint, &of, now), proof) {
                asked.insert(place, 1);
            }
        }
        // Twice: a witness that knows another size says which.
        let until = now + self.patience * 2;
        while !asked.is_empty() {
            let left = until.saturating_sub((self.watch)());
            let patience = if enough(&note) { left.min(GRACE) } else { left };
            let Ok(answer) = self.answers.1.recv_timeout(patience) else { break };
            if answer.of != of {
                self.hear(answer, None);
                continue;
            }
            let place = answer.place;
            let again = self.hear(answer, Some(&mut note)) && asked.get(&place) == Some(&1);
            if again && self.ask(place, (checkpoint, &of, now), proof) {
                asked.insert(place, 2);
            } else {
                asked.remove(&place);
            }
        }
        let enough = enough(&note);
        (note, enough)
    }
}

impl Quorum {
    /// Asks a witness that neither rests nor thinks; says whether it was asked.
    fn ask(
        &mut self,
        place: usize,
        (checkpoint, of, now): (&SignedCheckpoint, &(String, u64), Duration),
        proof: &mut dyn FnMut(u64) -> Option<Vec<Hash>>,
    ) -> bool {
        let Some(witness) = self.asked.get_mut(place) else { return false };
        if witness.thinks || now < witness.rests.0 {
            return false;
        }
        let old = witness.sizes.get(&of.0).copied().unwrap_or(0);
        let Some(path) = (if old == 0 { Some(Vec::new()) } else { proof(old) }) else { return false };
        let request = Request { old, proof: path, note: checkpoint.note().clone() }.to_string();
        let (agent, url, sender, of) =
            (witness.agent.clone(), witness.url.clone(), self.answers.0.clone(), of.clone());
        witness.thinks = true;
        std::thread::spawn(move || {
            let said = || {
                let answer = agent.post(&url).send(request).ok()?;
                let status = answer.status().as_u16();
                Some((status, answer.into_body().with_config().limit(65_536).read_to_string().ok()?))
            };
            // Nobody hears it where the log has ended.
            let _heard = sender.send(Answer { place, of, said: said() });
        });
        true
    }

    /// Takes in what a witness says, of the checkpoint with this note or of a former one; true if it says which other size it knows.
    fn hear(&mut self, answer: Answer, note: Option<&mut Note>) -> bool {
        let Answer { place, of: (origin, size), said } = answer;
        let Some(witness) = self.asked.get_mut(place) else { return false };
        witness.thinks = false;
        match said {
            Some((409, body)) => {
                if let Ok(known) = body.trim_end().parse::<u64>()
                    && witness.sizes.insert(origin, known) != Some(known)
                {
                    return true;
                }
            }
            Some((200, body)) => {
                witness.sizes.insert(origin, size);
                // What is not the witness's cosignature of this checkpoint adds nothing.
                if note.is_none_or(|note| matches!(add_cosignatures(note, &body, &self.known), Ok(1..))) {
                    witness.rests = (Duration::ZERO, REST);
                    return false;
                }
            }
            Some(_) | None => {}
        }
        tracing::warn!(witness = witness.url, "a witness gave no cosignature");
        let rest = witness.rests.1;
        witness.rests = ((self.watch)() + rest, (rest * 2).min(LONGEST_REST));
        false
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::{Arc, Barrier};

    use mingma_journal::checkpoint::Checkpoint;
    use mingma_journal::note::key::{LogKey, PosixSeconds};
    use mingma_journal::note::sign::{LogSigner, WitnessSigner};
    use mingma_journal::witness::Witness;

    use super::*;

    fn log() -> LogSigner {
        LogSigner::from_seed("log.example/2022q2".parse().unwrap(), &[1; 32]).unwrap()
    }

    fn signer(n: u8) -> WitnessSigner {
        WitnessSigner::from_seed(format!("w{n}.example").parse().unwrap(), &[n; 32]).unwrap()
    }

    /// A witness that answers each request when as many have come as the barrier waits for; one that never answers without it.
    fn witness(n: u8, log: LogKey, all: Option<Arc<Barrier>>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.unwrap());
                let Some(all) = &all else {
                    silent.push(stream);
                    continue;
                };
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    stream.read_line(&mut line).unwrap();
                    if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                    if line.trim().is_empty() {
                        break;
                    }
                }
                let mut body = vec![0; length];
                stream.read_exact(&mut body).unwrap();
                all.wait();
                let witness = Witness::new(signer(n), [log.clone()]);
                let asked = witness.read(&body).unwrap();
                let body = asked.decide(None, PosixSeconds::new(1_655_092_800).unwrap()).unwrap().body();
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                stream.get_mut().write_all(answer.as_bytes()).unwrap();
            }
        });
        format!("http://{address}")
    }

    #[test]
    fn all_witnesses_are_asked_at_once_and_a_dead_one_holds_up_nobody() {
        let all = Arc::new(Barrier::new(2));
        let key = || log().key().clone();
        let at = [
            witness(1, key(), None),
            witness(2, key(), Some(Arc::clone(&all))),
            witness(3, key(), Some(all)),
        ];
        let mut lines = format!("log {}\n", log().key());
        for (n, url) in (1..).zip(&at) {
            writeln!(lines, "witness w{n} {} {url}", signer(n).key()).unwrap();
        }
        lines.push_str("group two all w2 w3\nquorum two\n");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy");
        std::fs::write(&path, lines).unwrap();
        let mut quorum = Quorum::read(Some(&path)).unwrap();
        // However slow the machine is: were they asked one after the other, the second would wait for the third for ever.
        quorum.patience = Duration::from_mins(10);
        for asked in &mut quorum.asked {
            asked.agent = agent(&asked.url, quorum.patience).unwrap();
        }
        let head = |size, root: &[u8]| {
            Checkpoint::new("log.example/2022q2".parse().unwrap(), size, Hash::leaf(root))
                .sign(&log())
                .unwrap()
        };
        let (note, enough) = quorum.cosign(&head(1, b"a"), &mut |_| Some(Vec::new()));
        assert!(enough, "{note:?}");
        let (first, rest) = quorum.asked.split_first().unwrap();
        assert!(
            first.thinks
                && rest.iter().all(|witness| !witness.thinks && witness.rests == (Duration::ZERO, REST))
        );
    }

    #[test]
    fn a_witness_that_gives_nothing_rests_longer_each_time_and_not_at_all_after_it_gave_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy");
        let lines =
            format!("log {}\nwitness w1 {} http://127.0.0.1:9\nquorum w1\n", log().key(), signer(1).key());
        std::fs::write(&path, lines).unwrap();
        let mut quorum = Quorum::read(Some(&path)).unwrap();
        quorum.watch = Box::new(|| Duration::from_secs(1_000));
        let answer = |said| Answer { place: 0, of: ("log.example/2022q2".to_owned(), 7), said };
        let rests: Vec<u64> = (0..8)
            .map(|_| {
                assert!(!quorum.hear(answer(None), None));
                quorum.asked[0].rests.0.as_secs() - 1_000
            })
            .collect();
        assert_eq!(rests, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert!(quorum.hear(answer(Some((409, "5\n".to_owned()))), None), "it says which size it knows");
        assert!(!quorum.hear(answer(Some((200, String::new()))), None));
        assert_eq!(quorum.asked[0].rests, (Duration::ZERO, REST));
        assert_eq!(quorum.asked[0].sizes["log.example/2022q2"], 7);
    }
}
