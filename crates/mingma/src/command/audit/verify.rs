//! `mingma audit verify`: every entry and every tile read and computed again, every signature checked, every log the
//! continuation of the one before and of what was kept earlier. What is wrong is named by its file.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::{SignedDuration, Timestamp};
use mingma_journal::checkpoint::{Checkpoint, SignedCheckpoint};
use mingma_journal::leaf::Act;
use mingma_journal::note::Note;
use mingma_journal::note::key::LogKey;
use mingma_journal::policy::{Accepted, Policy};
use mingma_journal::quarter::Quarter;
use mingma_registry::replay::Signed;

use super::logged::{grew, whole};
use super::place::{Named, Place, missing, origin};
use crate::failure::Failure;
use crate::plural::counted;

/// By how much the clocks of witnesses may be behind that of the program.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(5);

/// Read a whole log, in a folder or over HTTP, and compute it again.
#[derive(clap::Args, Debug)]
pub(crate) struct Verify {
    #[command(flatten)]
    trust: Trust,
    /// A checkpoint that was kept earlier, of which the log must be the continuation.
    #[arg(long, value_name = "FILE")]
    since: Vec<PathBuf>,
}

/// Which log is read, and whose signatures are believed.
#[derive(clap::Args, Debug)]
pub(super) struct Trust {
    /// The log, or the folder or address of all quarters' logs.
    #[arg(long, value_name = "DIR-OR-URL")]
    log: Named,
    #[command(flatten)]
    keys: Keys,
}

/// Whose signatures under a log's checkpoints are believed.
#[derive(clap::Args, Debug)]
#[command(group = clap::ArgGroup::new("believed").required(true).multiple(true))]
pub(super) struct Keys {
    /// The log's public key, `NAME+ID+BASE64`, of any quarter.
    #[arg(long, value_name = "KEY", group = "believed")]
    key: Option<LogKey>,
    /// A policy (C2SP `tlog-policy`) that names the log's key, and whose witnesses must have cosigned. Where a former quarter had other
    /// witnesses, its policy too: each log is judged by the policy that names it, and by the first where none does.
    #[arg(long, value_name = "FILE", group = "believed")]
    policy: Vec<PathBuf>,
}

/// Whom to believe.
pub(super) struct Believed {
    key: LogKey,
    /// What the key's name is without the quarter.
    journal: String,
    policies: Vec<Policy>,
}

/// A log that was read whole.
pub(crate) struct Whole {
    pub(super) place: Place,
    pub(super) head: SignedCheckpoint,
    /// The last act in it.
    pub(super) last: Option<Act>,
    /// What it begins with; none of the first.
    pub(super) former: Option<Note>,
    acts: BTreeMap<String, u64>,
    pub(super) witnesses: usize,
}

impl Verify {
    /// Reads a log by a policy.
    ///
    /// # Errors
    /// A [`Failure`] if that is no place.
    pub(crate) fn of(log: &str, policy: PathBuf) -> Result<Self, Failure> {
        Ok(Self { trust: Trust::of(log, policy)?, since: Vec::new() })
    }

    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        self.read(say)?;
        Ok(ExitCode::SUCCESS)
    }

    /// Reads the logs, and says of each what it is; gives the last.
    ///
    /// # Errors
    /// A [`Failure`] that names what is wrong.
    pub(crate) fn read(
        &self,
        mut say: impl FnMut(&str) -> Result<(), Failure>,
    ) -> Result<Option<Whole>, Failure> {
        let believed = self.trust.believed()?;
        let mut logs = self.trust.logs(&believed, &mut say, |_| {})?;
        for path in &self.since {
            say(&since(&believed, &logs, path)?)?;
        }
        Ok(logs.pop())
    }
}

impl Trust {
    /// A log by a policy.
    pub(super) fn of(log: &str, policy: PathBuf) -> Result<Self, Failure> {
        let log = log.parse().map_err(Failure::new)?;
        Ok(Self { log, keys: Keys { key: None, policy: vec![policy] } })
    }

    /// Reads all logs whole, and says so of each; `see` sees every act of all of them in order.
    pub(super) fn logs(
        &self,
        believed: &Believed,
        mut say: impl FnMut(&str) -> Result<(), Failure>,
        mut see: impl FnMut(Act),
    ) -> Result<Vec<Whole>, Failure> {
        let mut logs: Vec<Whole> = Vec::new();
        for place in Place::open(&self.log)?.logs()? {
            let log = believed.read(place, &mut see)?;
            match (logs.last(), &log.former) {
                (Some(before), _) => follows(before, &log)?,
                (None, Some(former)) if !self.names(&log) => return Err(missing(&log.place, former)),
                (None, _) => {}
            }
            say(&format!("{log}"))?;
            if let (true, Some(former)) = (logs.is_empty(), &log.former) {
                say(&format!("  it begins with the end of `{}`, which was not read", origin(former)))?;
            }
            logs.push(log);
        }
        Ok(logs)
    }

    /// Whether it was asked for this log alone, by the name of its quarter.
    fn names(&self, log: &Whole) -> bool {
        let asked = self.log.to_string();
        let asked = asked.trim_end_matches('/');
        let quarter = asked.rsplit_once('/').map_or(asked, |(_, quarter)| quarter);
        log.place.to_string().trim_end_matches('/') == asked
            && log.head.checkpoint().origin.as_str().rsplit_once('/').is_some_and(|(_, own)| own == quarter)
    }

    pub(super) fn believed(&self) -> Result<Believed, Failure> {
        self.keys.believed()
    }
}

impl Keys {
    /// # Errors
    /// A [`Failure`] if the policy cannot be read or names no log.
    pub(super) fn believed(&self) -> Result<Believed, Failure> {
        let read = |path: &PathBuf| {
            let bytes = fs::read(path).map_err(|error| Failure::about(path, error))?;
            Policy::from_bytes(&bytes).map_err(|error| Failure::about(path, error))
        };
        let policies = self.policy.iter().map(read).collect::<Result<Vec<Policy>, Failure>>()?;
        let first = policies.first().and_then(|policy| policy.logs().first()).map(|log| log.key.clone());
        let key = self.key.clone().or(first).ok_or_else(|| {
            Failure::new("the policy names no log").help("add a line `log KEY`, or give `--key KEY`")
        })?;
        let journal =
            key.name().as_str().rsplit_once('/').filter(|(_, quarter)| quarter.parse::<Quarter>().is_ok());
        let journal = journal.map_or_else(|| key.name().to_string(), |(journal, _)| journal.to_owned());
        Ok(Believed { key, journal, policies })
    }
}

impl Believed {
    /// The key of a log: one seed has a key of every quarter's name.
    fn key_of(&self, origin: &str) -> Option<LogKey> {
        if origin == self.key.name().as_str() {
            return Some(self.key.clone());
        }
        let quarter = origin.strip_prefix(&self.journal)?.strip_prefix('/')?;
        quarter.parse::<Quarter>().ok()?;
        Some(LogKey::new(origin.parse().ok()?, *self.key.bytes()))
    }

    /// Believes a checkpoint, without regard to witnesses.
    fn open(&self, bytes: &[u8]) -> Result<SignedCheckpoint, String> {
        self.opened(Note::from_bytes(bytes).map_err(|error| error.to_string())?)
    }

    /// The policy by which a log is judged; none if a key alone is believed.
    fn policy_of(&self, origin: &str) -> Option<&Policy> {
        let names = |policy: &&Policy| policy.logs().iter().any(|log| log.key.name().as_str() == origin);
        self.policies.iter().find(names).or(self.policies.first())
    }

    /// Up to which acts witnesses had signed by when, as the ends of former quarters' logs say; none if no policy asks for witnesses.
    pub(super) fn signed(&self, logs: &[Whole]) -> Option<Vec<Signed>> {
        if !self.policies.iter().any(Policy::needs_witnesses) {
            return None;
        }
        let (mut number, mut signed) = (0, Vec::new());
        for (log, next) in logs.iter().zip(logs.iter().skip(1)) {
            number += log.acts.values().sum::<u64>();
            let accepted = next.former.clone().and_then(|former| {
                let end = self.opened(former).ok()?;
                self.policy_of(end.checkpoint().origin.as_str())?.judge_signed(end).ok()
            });
            // Not before the last act, whatever the witnesses' clocks said.
            let times = accepted.iter().flat_map(Accepted::witnesses).map(|(_, at)| at.get());
            let Some(last) = times.max() else { continue };
            let last = last.max(log.last.as_ref().map_or(0, |act| act.at.get()));
            let by = i64::try_from(last).ok().and_then(|last| Timestamp::from_second(last).ok());
            let by = by.and_then(|by| by.checked_add(CLOCKS_APART).ok());
            signed.extend(by.map(|by| Signed { number, by }));
        }
        Some(signed)
    }

    /// Believes a checkpoint, and tells how many of the policy's witnesses have signed it, which are as many as must have.
    pub(super) fn accept(&self, note: Note) -> Result<(SignedCheckpoint, usize), String> {
        let head = self.opened(note)?;
        let Some(policy) = self.policy_of(head.checkpoint().origin.as_str()) else { return Ok((head, 0)) };
        let accepted = policy.judge_signed(head).map_err(|denied| denied.to_string())?;
        Ok((accepted.signed().clone(), accepted.witnesses().len()))
    }

    fn opened(&self, note: Note) -> Result<SignedCheckpoint, String> {
        let checkpoint: Checkpoint = note.text().parse().map_err(|error| format!("{error}"))?;
        let key = self.key_of(checkpoint.origin.as_str());
        let key = key.ok_or_else(|| {
            format!("it is of the log `{}`, the key is for `{}`", checkpoint.origin, self.key.name())
        })?;
        SignedCheckpoint::open(note, &key).map_err(|error| error.to_string())
    }

    /// Believes a checkpoint that was kept.
    pub(super) fn kept(&self, path: &Path) -> Result<SignedCheckpoint, Failure> {
        let bytes = fs::read(path).map_err(|error| Failure::about(path, error))?;
        self.open(&bytes).map_err(|error| Failure::about(path, error))
    }

    /// The published head of a log, and how many witnesses have signed it.
    ///
    /// # Errors
    /// A [`Failure`] if it is missing or is not believed.
    pub(super) fn head(&self, place: &Place) -> Result<(SignedCheckpoint, usize), Failure> {
        let wrong = |what: &dyn std::fmt::Display| Failure::new(format_args!("{place}: {what}"));
        let bytes = place.bytes("checkpoint").map_err(Failure::new)?;
        let bytes = bytes.ok_or_else(|| wrong(&"`checkpoint` is missing"))?;
        let note = Note::from_bytes(&bytes).map_err(|error| error.to_string());
        note.and_then(|note| self.accept(note)).map_err(|error| wrong(&format_args!("`checkpoint`: {error}")))
    }

    /// Reads a log whole.
    fn read(&self, place: Place, see: &mut impl FnMut(Act)) -> Result<Whole, Failure> {
        let (head, witnesses) = self.head(&place)?;
        let Checkpoint { size, root, .. } = head.checkpoint();
        let (mut acts, mut last) = (BTreeMap::new(), None);
        let former = whole(&place, (*size, *root), |act| {
            match acts.get_mut(act.name.as_str()) {
                Some(count) => *count += 1,
                None => drop(acts.insert(act.name.to_string(), 1)),
            }
            last = Some(act.clone());
            see(act);
        })?;
        Ok(Whole { place, head, last, former, acts, witnesses })
    }
}

/// That a log begins with the end of the one before.
fn follows(before: &Whole, log: &Whole) -> Result<(), Failure> {
    let (end, begins) = (before.head.checkpoint(), log.former.as_ref());
    match begins {
        Some(former) if former.text() == end.to_string() => return Ok(()),
        Some(former) if origin(former) != end.origin.as_str() => return Err(missing(&log.place, former)),
        Some(_) | None => {}
    }
    Err(Failure::new(format_args!(
        "{}: its first entry is not the last checkpoint of `{}`, which is in {}",
        log.place, end.origin, before.place
    )))
}

/// That what was kept earlier is the beginning of what is there.
fn since(believed: &Believed, logs: &[Whole], path: &Path) -> Result<String, Failure> {
    let kept = believed.kept(path)?;
    let Checkpoint { origin, size, .. } = kept.checkpoint();
    let Some(log) = logs.iter().find(|log| log.head.checkpoint().origin == *origin) else {
        return Err(Failure::about(path, format_args!("it is of the log `{origin}`, which was not read"))
            .help("name the folder or address of all quarters' logs"));
    };
    let now = log.head.checkpoint();
    if *size > now.size {
        return Err(Failure::about(
            path,
            format_args!(
                "it has {}, {} has {}: the log was cut",
                counted(*size, "entry", "entries"),
                log.place,
                now.size
            ),
        ));
    }
    grew(&log.place, kept.checkpoint(), now).map_err(|error| {
        let what = "the log is another one than it was";
        Failure::about(
            path,
            format_args!(
                "{}: {what}: of {} that were signed: {error}",
                log.place,
                counted(*size, "entry", "entries")
            ),
        )
    })?;
    Ok(format!(
        "{}: {} is its continuation, {} later",
        path.display(),
        log.place,
        counted(now.size - size, "entry", "entries")
    ))
}

pub(super) fn say(line: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{line}").map_err(Failure::output)
}

impl std::fmt::Display for Whole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Checkpoint { origin, size, root, .. } = self.head.checkpoint();
        write!(f, "{origin}: whole; {}, root {root}", counted(*size, "entry", "entries"))?;
        if self.witnesses > 0 {
            write!(f, ", {}", counted(self.witnesses, "witness", "witnesses"))?;
        }
        for (act, count) in &self.acts {
            write!(f, "\n  {act}: {count}")?;
        }
        Ok(())
    }
}
