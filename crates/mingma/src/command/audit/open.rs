//! `mingma audit open`: an auditor is given what opens the entries about the persons whom a checkpoint draws.
//!
//! The folder must not be served meanwhile. Each of these persons sees in their record who looked, for which case, and is told.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mingma_domain::fact::Evidence;
use mingma_journal::checkpoint::Checkpoint;
use mingma_journal::note::Note;
use mingma_registry::acts::{Audit, OfPersons, open_persons, open_public};
use mingma_registry::replay::bundle::begin;
use mingma_registry::replay::{Logged, draw};
use mingma_registry::store::{Edited, Proven};
use mingma_registry::{Clock, PersonId, Registry, Steady, Store as _};
use mingma_store::{Settings, SqliteStore};

use super::logged::{Upto, logged, upto, whole};
use super::place::{Named, Place, missing};
use super::verify::say;
use crate::command::purge::NoSigner;
use crate::command::{data, serve};
use crate::failure::Failure;
use crate::journal::{LOG, durable};
use crate::plural::counted;
use crate::ports::{SystemClock, SystemRng};

/// How many persons are read at once.
const PAGE: u32 = 4_096;

/// Give an auditor what opens the entries about persons whom a checkpoint draws; each of them is told.
#[derive(clap::Args, Debug)]
#[command(group = clap::ArgGroup::new("whom").required(true))]
pub(crate) struct Open {
    /// The data folder, which nobody serves meanwhile.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The checkpoint that the auditor named, kept from earlier; by default the newest, which is the authority's choice.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// The persons whom so many entries are about, drawn by the checkpoint's root.
    #[arg(long, value_name = "N", group = "whom")]
    sample: Option<NonZeroUsize>,
    /// Everybody.
    #[arg(long, group = "whom")]
    everybody: bool,
    /// Who audits, as the persons read it.
    #[arg(long, value_name = "NAME")]
    by: Evidence,
    /// The case that it belongs to.
    #[arg(long, value_name = "NUMBER")]
    case: Evidence,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

impl Open {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        data::required(&self.data)?;
        let Acts { logged: acts, root, made } = Acts::of(&self.data, self.checkpoint.as_deref())?;
        let store =
            SqliteStore::open(&self.data, Settings::default(), Arc::new(SystemRng)).map_err(Failure::new)?;
        let runtime = serve::runtime()?;
        let persons = match self.sample {
            None => runtime.block_on(everybody(&store))?,
            Some(count) => drawn(&store, &draw(&acts, &root, count.get()))?,
        };
        let clock: Arc<dyn Clock> = Arc::new(Steady::new(SystemClock, store.newest()));
        let (restored, left_out) = (store.restored(), Arc::new(AtomicUsize::new(0)));
        let told = Arc::clone(&left_out);
        let hears = move |Edited { left_out, .. }: Edited| {
            told.fetch_add(left_out, Ordering::Relaxed);
        };
        // As whoever serves the folder reads it: what the entries commit to, whatever somebody did in the database beside the acts.
        let store = Proven::new(store, Arc::clone(&clock), hears).restored(restored);
        let registry =
            Registry::new(Box::new(store), Box::new(clock), Box::new(NoSigner), Box::new(SystemRng));
        let until = u64::try_from(acts.len()).unwrap_or(u64::MAX);
        let audit = Audit { by: self.by, case: self.case };
        let begun = begin(&made.to_string(), self.sample);
        let given = runtime.block_on(openings(&registry, &audit, &persons, (begun, until)))?;
        durable(&self.to, &given.file).map_err(|error| Failure::new(error.0))?;
        say(&format!(
            "{}: what opens {} of {until} entries of `{}`, about {} persons, each of whom is told",
            self.to.display(),
            given.opened,
            made.origin,
            persons.len()
        ))?;
        for line in beside(&given, left_out.load(Ordering::Relaxed)) {
            say(&line)?;
        }
        if let (Some(count), None) = (self.sample, &self.checkpoint) {
            say(&by_choice(count.get()))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The file of what opens everybody's entries in a folder, for whoever has its registry open.
///
/// # Errors
/// A [`Failure`].
pub(crate) async fn of_everybody(
    data: &Path,
    registry: &Registry,
    audit: &Audit,
    persons: &[PersonId],
) -> Result<Vec<u8>, Failure> {
    let Acts { logged: acts, made, .. } = Acts::of(data, None)?;
    let until = u64::try_from(acts.len()).unwrap_or(u64::MAX);
    let begun = begin(&made.to_string(), None);
    Ok(openings(registry, audit, persons, (begun, until)).await?.file)
}

/// A file of openings.
struct Given {
    file: Vec<u8>,
    /// How many entries it opens.
    opened: usize,
    /// Entries whose rows were taken out of the database beside the acts: those that were found again, and those that were not.
    found: Vec<u64>,
    gone: Vec<u64>,
}

/// What somebody did in the database beside the acts.
fn beside(given: &Given, left_out: usize) -> Vec<String> {
    let entries = |entries: &[u64], what: &str| {
        let first = entries.first()?;
        let count = counted(u64::try_from(entries.len()).unwrap_or(u64::MAX), "entry", "entries");
        Some(format!(
            "  rows of {count} were taken out of the database beside the acts, the first of entry {first}: {what}"
        ))
    };
    let rows = (left_out > 0)
        .then(|| format!("  rows in the database to which no entry commits: {left_out}; they are left out"));
    let found = entries(&given.found, "they are found again by what the entries commit to");
    let gone =
        entries(&given.gone, "nobody can find them again; put the newest backup back (`mingma restore`)");
    [found, gone, rows].into_iter().flatten().collect()
}

/// A file that opens the entries about these persons up to a number; each of them is told.
async fn openings(
    registry: &Registry,
    audit: &Audit,
    persons: &[PersonId],
    (mut file, until): (Vec<u8>, u64),
) -> Result<Given, Failure> {
    let mut written = open_public(registry, until).await.map_err(Failure::new)?;
    let of_persons = open_persons(registry, audit, persons, until).await.map_err(Failure::new)?;
    let OfPersons { written: about, found, gone } = of_persons;
    written.extend(about);
    written.sort_by_key(|(number, _)| *number);
    for (_, opening) in &written {
        file.extend_from_slice(opening);
    }
    Ok(Given { file, opened: written.len(), found, gone })
}

/// The acts up to a checkpoint, as a folder's own log has them.
struct Acts {
    logged: Vec<Logged>,
    root: [u8; 32],
    made: Checkpoint,
}

impl Acts {
    /// Up to one that was kept, or the newest.
    fn of(data: &Path, kept: Option<&Path>) -> Result<Self, Failure> {
        let (mut acts, mut last, mut unknown) = (Vec::new(), None, None);
        for place in Place::open(&Named::Folder(data.join(LOG)))?.logs()? {
            let head = place.bytes("checkpoint").map_err(Failure::new)?.unwrap_or_default();
            let head = checkpoint(&head).map_err(|error| Failure::new(format_args!("{place}: {error}")))?;
            let former = whole(&place, (head.size, head.root), |act| match logged(&act) {
                Ok(act) => acts.push(act),
                Err(failure) => unknown = unknown.take().or(Some(failure)),
            })?;
            if let (None, Some(former)) = (&last, &former) {
                return Err(missing(&place, former));
            }
            last = Some((place, head, former.is_some()));
        }
        if let Some(failure) = unknown {
            return Err(failure);
        }
        let (place, head, begins) = last.ok_or_else(|| Failure::about(data, "there is no log in it"))?;
        let made = kept.map(read).transpose()?.unwrap_or_else(|| head.clone());
        let Upto { acts, root } = upto(acts, (&place, &head, begins), &made)?;
        Ok(Self { logged: acts, root, made })
    }
}

/// What has to be said of a draw by a checkpoint that no auditor named.
pub(super) fn by_choice(count: usize) -> String {
    format!(
        "  the {count} entries are drawn by a checkpoint that the authority chose: any act of its own before gives another draw; \
         name one that was kept from earlier with `--checkpoint`"
    )
}

fn read(path: &Path) -> Result<Checkpoint, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::about(path, error))?;
    checkpoint(&bytes).map_err(|error| Failure::about(path, error))
}

/// A checkpoint's statement; the auditor asks for signatures, and need not be believed about them here.
fn checkpoint(bytes: &[u8]) -> Result<Checkpoint, String> {
    let note = Note::from_bytes(bytes).map_err(|error| error.to_string())?;
    note.text().parse().map_err(|error| format!("{error}"))
}

fn drawn(store: &SqliteStore, entries: &[u64]) -> Result<Vec<PersonId>, Failure> {
    let mut persons = BTreeSet::new();
    for number in entries {
        persons.extend(store.whose(*number).map_err(Failure::new)?);
    }
    Ok(persons.into_iter().collect())
}

async fn everybody(store: &SqliteStore) -> Result<Vec<PersonId>, Failure> {
    let mut persons: Vec<PersonId> = Vec::new();
    loop {
        let page = store.aged(persons.last().copied(), PAGE, None).await.map_err(Failure::new)?.items;
        if page.is_empty() {
            return Ok(persons);
        }
        persons.extend(page);
    }
}
