//! `mingma verify`: judges codes offline. It opens no socket and writes no file.

use std::fs;
use std::io::{self, BufRead, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;
use mingma_credential::limits::MAX_TEXT_BYTES;
use mingma_credential::status_list::StatusLists;
use mingma_credential::trust::file::{Anchor, TrustError, TrustFile};
use mingma_credential::{TrustList, UnixSeconds, Verdict, Verifier};

use crate::failure::Failure;
use crate::{clock, keys};

/// Judge codes offline: who signed them, whether they are in time, and which colour they carry.
///
/// Exit status 0 only if every code is valid, whatever its colour.
#[derive(clap::Args, Debug)]
pub(crate) struct Verify {
    #[command(flatten)]
    signers: Signers,
    /// Signed lists of revoked codes; without them nothing counts as revoked.
    #[arg(long, value_name = "FILE")]
    status: Vec<PathBuf>,
    /// The instant at which to judge, such as `2022-06-13T09:40:00+08:00`; without it, now.
    #[arg(long, value_name = "INSTANT")]
    at: Option<Timestamp>,
    /// One JSON object a code, with what it says.
    #[arg(long)]
    json: bool,
    /// The code's text, or `-` for one a line on standard input.
    #[arg(value_name = "CODE", allow_hyphen_values = true)]
    code: String,
}

/// Whose signatures are believed.
#[derive(clap::Args, Debug)]
#[command(group = clap::ArgGroup::new("signer").required(true).multiple(false))]
pub(crate) struct Signers {
    /// A signed trust list: the keys that are believed, and for what.
    #[arg(long, value_name = "FILE", group = "signer")]
    trust: Option<PathBuf>,
    /// The certificate that must have signed the trust list; without it, the list's own.
    #[arg(long, value_name = "FILE.der", requires = "trust")]
    anchor: Option<PathBuf>,
    /// One certificate that is believed for everything.
    #[arg(long, value_name = "FILE.der", group = "signer")]
    certificate: Option<PathBuf>,
}

impl Signers {
    /// The keys that are believed, by a reader of trust lists: one that refuses a list which was to be renewed, or one that takes it.
    ///
    /// # Errors
    /// A [`Failure`] if a file cannot be read or is not believed.
    pub(crate) fn list(
        &self,
        read: impl FnOnce(&[u8], Anchor<'_>) -> Result<TrustFile, TrustError>,
    ) -> Result<TrustList, Failure> {
        if let Some(path) = &self.certificate {
            return keys::read_certificate(path).map(TrustList::of_certificate);
        }
        let Some(path) = &self.trust else {
            return Err(
                Failure::new("no key to believe").help("give `--trust FILE` or `--certificate FILE.der`")
            );
        };
        let anchor = self.anchor.as_deref().map(keys::read_certificate).transpose()?;
        let anchor = anchor.as_ref().map_or(Anchor::InFile, Anchor::Certificate);
        let bytes = fs::read(path).map_err(|error| Failure::about(path, error))?;
        let file = read(&bytes, anchor).map_err(|error| Failure::about(path, error))?;
        Ok(file.list().clone())
    }
}

impl Verify {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let now = UnixSeconds::new(self.at.unwrap_or_else(clock::now).as_second());
        let trust = self.signers.list(|bytes, anchor| TrustFile::open(bytes, anchor, now))?;
        let status = self.status_lists(&trust, now)?;
        let verifier = Verifier { trust: &trust, status: status.as_ref(), now };
        let mut tally = Tally { json: self.json, judged: 0, valid: 0 };
        if self.code == "-" {
            each_line(&mut io::stdin().lock(), |code| tally.say(&verifier.verify(code)))?;
        } else {
            tally.say(&verifier.verify(&self.code))?;
        }
        if tally.judged == 0 {
            return Err(Failure::new("standard input holds no code").help("give one code a line"));
        }
        Ok(if tally.valid == tally.judged { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn status_lists(&self, trust: &TrustList, now: UnixSeconds) -> Result<Option<StatusLists>, Failure> {
        let mut lists = StatusLists::new();
        for path in &self.status {
            let bytes = fs::read(path).map_err(|error| Failure::about(path, error))?;
            lists.add(&bytes, trust, now).map_err(|error| Failure::about(path, error))?;
        }
        Ok((!lists.is_empty()).then_some(lists))
    }
}

/// What has been judged so far.
struct Tally {
    json: bool,
    judged: usize,
    valid: usize,
}

impl Tally {
    fn say(&mut self, verdict: &Verdict) -> Result<(), Failure> {
        self.judged += 1;
        self.valid += usize::from(verdict.is_valid());
        let line = if self.json {
            serde_json::to_string(verdict).map_err(Failure::new)?
        } else {
            let reason = verdict.reason().map_or(String::new(), |reason| format!(": {reason}"));
            format!("{}{reason}", verdict.kind())
        };
        writeln!(io::stdout(), "{line}").map_err(Failure::output)
    }
}

/// Calls `see` for every line that is not empty. A line that is too long for a code is given cut off, one byte longer
/// than a code may be, so that it is judged unreadable without being held.
fn each_line(
    input: &mut impl BufRead,
    mut see: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let most = MAX_TEXT_BYTES as u64 + 1;
    let mut line = Vec::new();
    loop {
        line.clear();
        let failed = |error| Failure::new(format_args!("standard input: {error}"));
        if input.take(most).read_until(b'\n', &mut line).map_err(failed)? == 0 {
            return Ok(());
        }
        if line.last() != Some(&b'\n') && line.len() as u64 == most {
            input.skip_until(b'\n').map_err(failed)?;
        }
        // A code is ASCII: whatever is not becomes a sign that no code has.
        let text = String::from_utf8_lossy(&line);
        let code = text.trim_end_matches(['\n', '\r']);
        if !code.is_empty() {
            see(code)?;
        }
    }
}
