//! `mingma purge --everything`: a deployment ends. A last public act counts what is destroyed, the log is published with it, a signed
//! certificate is put down, and then keys and content are destroyed. The log stays.
//!
//! In this order, so that a kill at any point leaves one of two things: a deployment that goes on as if nothing had been asked for, or
//! one whose end goes on when the command is run again.

use std::fs;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use mingma_credential::UnixSeconds;
use mingma_credential::export;
use mingma_domain::Region;
use mingma_domain::text::Lang;
use mingma_domain::time::Zone;
use mingma_journal::checkpoint::{Checkpoint, SignedCheckpoint};
use mingma_journal::note::Note;
use mingma_journal::note::key::LogKey;
use mingma_journal::note::sign::LogSigner;
use mingma_registry::acts::cease;
use mingma_store::{begin_end, ended, finish_end};

use crate::certificate::Certificate;
use crate::command::serve;
use crate::config::JournalConfig;
use crate::failure::Failure;
use crate::{clock, journal, keys};

/// What is ended, and how.
pub(super) struct End<'a> {
    pub(super) data: &'a Path,
    pub(super) keys: &'a Path,
    pub(super) journal: JournalConfig,
    /// Whether witnesses must sign; otherwise none are asked.
    pub(super) witnessed: bool,
    pub(super) zone: Zone,
}

impl End<'_> {
    /// Ends it; gives the certificate and where it lies.
    ///
    /// # Errors
    /// A [`Failure`]; if the certificate is not put down yet, nothing is destroyed.
    pub(super) fn run(self) -> Result<(Certificate, PathBuf), Failure> {
        if ended(self.data).is_none() {
            self.begin()?;
        }
        let mut files = keys::key_files(self.keys)?;
        files.push(self.keys.join(journal::KEY));
        let path = finish_end(self.data, &files).map_err(Failure::new)?;
        let signed = fs::read(&path).map_err(|error| Failure::about(&path, error))?;
        let list = keys::listed(&self.keys.join(keys::TRUST_LIST), now())?;
        Ok((opened(&signed, &list)?, path))
    }

    /// Everything up to the certificate.
    fn begin(&self) -> Result<(), Failure> {
        let in_use = keys::in_use(self.keys, now())?;
        let journal = if self.witnessed {
            if self.journal.witnesses.is_none() {
                return Err(Failure::new("no witnesses are configured, so none can sign the end").help(
                    "name them by `[journal] witnesses` in the settings' file, or say `--without-witnesses`",
                ));
            }
            self.journal.clone()
        } else {
            JournalConfig { witnesses: None, ..self.journal.clone() }
        };
        let region = in_use.region.as_str().to_owned();
        confirm(&region)?;
        let opened = serve::open_with(self.data, self.keys, &journal)?;
        let app = opened.app.clone();
        let ceased =
            serve::runtime()?.block_on(cease(app.registry(), self.zone.clone())).map_err(Failure::new)?;
        if !opened.bring_log_up_to_date()? {
            return Err(Failure::new("the witnesses have not signed the end: nothing is destroyed")
                .help("run it again when they can be reached, or say `--without-witnesses`"));
        }
        let head = head(self.data, self.keys)?;
        let certificate = Certificate::of(region, &ceased, &head, self.witnessed)?;
        let signed = app.registry().sign_export(certificate.document()?).map_err(Failure::new)?;
        begin_end(self.data, &signed).map_err(|error| Failure::about(self.data, error))
    }
}

fn now() -> UnixSeconds {
    UnixSeconds::new(clock::now().as_second())
}

/// Asks for the region's name, by its code or as it is called.
fn confirm(code: &str) -> Result<(), Failure> {
    let region: Option<Region> = code.parse().ok();
    let names: Vec<&str> =
        region.iter().flat_map(|region| [Lang::En, Lang::ZhHans].map(|lang| region.name(lang))).collect();
    let asked = names.first().map_or_else(|| code.to_owned(), |name| format!("{name} ({code})"));
    let mut stderr = std::io::stderr().lock();
    write!(stderr, "This ends the deployment of {asked}: all data and all keys are destroyed, for good.\nType the region's name: ")
        .map_err(Failure::output)?;
    let mut typed = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut typed)
        .map_err(|error| Failure::new(format_args!("standard input: {error}")))?;
    let typed = typed.trim();
    if typed == code || names.contains(&typed) {
        return Ok(());
    }
    Err(Failure::new("that is not the region's name: nothing is destroyed"))
}

/// The published head of the newest log.
fn head(data: &Path, keys: &Path) -> Result<SignedCheckpoint, Failure> {
    let logs = data.join(journal::LOG);
    let quarter = journal::quarters(&logs).pop().ok_or_else(|| Failure::about(&logs, "no log is there"))?;
    let path = logs.join(quarter.to_string()).join(journal::CHECKPOINT);
    let bytes = fs::read(&path).map_err(|error| Failure::about(&path, error))?;
    let note = Note::from_bytes(&bytes).map_err(|error| Failure::about(&path, error))?;
    let checkpoint: Checkpoint = note.text().parse().map_err(|error| Failure::about(&path, error))?;
    let seed = journal::seed_of(&keys.join(journal::KEY), &crate::ports::SystemRng)?;
    let name = checkpoint.origin.as_str().parse().map_err(Failure::new)?;
    let signer = LogSigner::from_seed(name, &seed).map_err(Failure::new)?;
    let key: &LogKey = signer.key();
    SignedCheckpoint::open(note, key).map_err(|error| Failure::about(&path, error))
}

/// A certificate that a key of the list has signed.
///
/// # Errors
/// A [`Failure`] if none has, or it is none.
pub(crate) fn opened(signed: &[u8], list: &mingma_credential::TrustList) -> Result<Certificate, Failure> {
    let signer = export::signer(signed).map_err(Failure::new)?;
    let entry = list.entries().iter().find(|entry| Some(entry.key_id()) == signer);
    let entry = entry.ok_or_else(|| Failure::new("the certificate is signed by no key of the trust list"))?;
    Certificate::read(&export::open(signed, entry.key()).map_err(Failure::new)?)
}
