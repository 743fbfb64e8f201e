//! `mingma audit certificate`: what a deployment said of its end, held against its log.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use mingma_credential::UnixSeconds;
use mingma_journal::checkpoint::Checkpoint;
use mingma_journal::note::Note;
use mingma_registry::words::ActName;

use super::verify::Verify;
use crate::command::purge::opened;
use crate::failure::Failure;
use crate::{clock, keys};

/// Read the whole log, and check that it ends with what the certificate says.
#[derive(clap::Args, Debug)]
pub(crate) struct Certify {
    /// The certificate, `ended.cose` in the data folder.
    file: PathBuf,
    /// The trust list of the keys that signed codes.
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
    #[command(flatten)]
    log: Verify,
}

impl Certify {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let signed = fs::read(&self.file).map_err(|error| Failure::about(&self.file, error))?;
        let list = keys::listed(&self.trust, UnixSeconds::new(clock::now().as_second()))?;
        let certificate = opened(&signed, &list)?;
        let commitment = certificate.commitment()?;
        let wrong = |what: &str| Failure::about(&self.file, what);
        let mut out = std::io::stdout().lock();
        let mut say = |line: &str| writeln!(out, "{line}").map_err(Failure::output);
        let log = self.log.read(&mut say)?.ok_or_else(|| wrong("there is no log"))?;
        let Checkpoint { origin, size, .. } = log.head.checkpoint();
        if origin.as_str() != certificate.log {
            return Err(wrong("it is about another log"));
        }
        if *size != certificate.entries {
            return Err(wrong("the log has another number of entries: its end was not the end"));
        }
        let last = log.last.filter(|act| act.name.as_str() == ActName::Cease.word());
        let last = last.ok_or_else(|| wrong("the log's last entry is no end"))?;
        if last.commitment.as_bytes() != &commitment {
            return Err(wrong("the log's last entry is another end"));
        }
        let kept = Note::from_bytes(certificate.checkpoint.as_bytes()).map_err(Failure::new)?;
        if log.head.note().text() != kept.text() {
            return Err(wrong("its checkpoint is not the log's"));
        }
        if certificate.witnessed && log.witnesses == 0 {
            return Err(wrong("it says that witnesses signed; give `--policy` with those that you know"));
        }
        say(&format!(
            "\n{certificate}the certificate's signature and every number of it are borne out by the log"
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}
