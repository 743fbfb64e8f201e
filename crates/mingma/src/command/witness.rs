//! `mingma witness`: signs that other people's logs only grew.
//!
//! What was cosigned last is kept in a file for each log, durable before the answer leaves; a lock lets one request of a witness
//! be decided at a time, so that no late one rolls it back.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use mingma_journal::checkpoint::Origin;
use mingma_journal::note::key::{KeyName, LogKey, PosixSeconds};
use mingma_journal::note::sign::WitnessSigner;
use mingma_journal::quarter::Quarter;
use mingma_journal::witness::{Latest, MAX_REQUEST_BYTES, Refusal, SIZE_TYPE, Witness as Rules};
use mingma_server::{Cosigned, Cosigner, Limits, Meters, cosigner, serve};

use crate::command::serve::{bind, runtime, told_to_end};
use crate::failure::Failure;
use crate::journal::{durable, seed_of};
use crate::log::Level;
use crate::ports::SystemRng;
use crate::{clock, log};

/// Sign that other people's logs only grew.
#[derive(clap::Args, Debug)]
pub(crate) struct Witness {
    /// The folder of the witness's key and memory; made if it is not there.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// What the witness is called, such as `witness.example.org`.
    #[arg(long)]
    name: KeyName,
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// The public key of a log, `NAME+ID+BASE64`; of one whose name ends with a quarter, for every quarter.
    #[arg(long = "log", value_name = "KEY", required = true)]
    logs: Vec<LogKey>,
}

impl Witness {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        log::start(Level::Info);
        let seed = seed_of(&self.data.join("witness.key"), &SystemRng)?;
        // Two at one folder would each decide by what the other has not kept yet.
        let alone =
            File::create(self.data.join("lock")).map_err(|error| Failure::about(&self.data, error))?;
        if alone.try_lock().is_err() {
            return Err(
                Failure::about(&self.data, "another witness is at work in it").help("stop that one first")
            );
        }
        let signer = WitnessSigner::from_seed(self.name, &seed).map_err(Failure::new)?;
        let key = signer.key().to_string();
        let rules = Rules::new(signer, self.logs.iter().flat_map(every_quarter));
        let witness = Remembering { rules, folder: self.data, turn: Mutex::new(()) };
        let routes = cosigner(Arc::new(witness), MAX_REQUEST_BYTES);
        runtime()?.block_on(async {
            let (listener, address) = bind(self.listen, "--listen").await?;
            let told = format!("witness {key} at http://{address}\n");
            std::io::stdout().write_all(told.as_bytes()).map_err(Failure::output)?;
            let limits = Limits { connections: 256, ..Limits::default() };
            serve(listener, routes, limits, &Meters::default(), told_to_end()).await.map_err(Failure::new)
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A log's key under the name of each quarter; of a log that has none in its name, the key itself.
fn every_quarter(key: &LogKey) -> Vec<LogKey> {
    let name = key.name().as_str();
    let Some((journal, quarter)) = name.rsplit_once('/') else { return vec![key.clone()] };
    if quarter.parse::<Quarter>().is_err() {
        return vec![key.clone()];
    }
    let first = Quarter::new(2000, 1).ok();
    let quarters = std::iter::successors(first, |quarter| quarter.next());
    let names = quarters.filter_map(|quarter| format!("{journal}/{quarter}").parse().ok());
    names.map(|name| LogKey::new(name, *key.bytes())).collect()
}

/// A witness with its memory.
struct Remembering {
    rules: Rules,
    folder: PathBuf,
    turn: Mutex<()>,
}

impl Remembering {
    fn decide(&self, body: &[u8]) -> Result<String, Trouble> {
        let asked = self.rules.read(body)?;
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.memory(asked.origin());
        let latest = match fs::read_to_string(&path) {
            Ok(text) => Some(text.trim_end().parse::<Latest>().map_err(|_| Trouble::Memory)?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(_) => return Err(Trouble::Memory),
        };
        let now = u64::try_from(clock::now().as_second()).ok().and_then(PosixSeconds::new);
        let cosigned = asked.decide(latest, now.ok_or(Trouble::Memory)?)?;
        // A crash before this leaves the former state, and nobody has seen the cosignature; after it the log asks again,
        // for the same head, and gets it.
        durable(&path, format!("{}\n", cosigned.next).as_bytes()).map_err(|_| Trouble::Memory)?;
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(|_| Trouble::Memory)?;
        Ok(cosigned.body())
    }

    /// Where a log's last head is kept: its name in hexadecimal, which is a file's name whatever stands in it.
    fn memory(&self, origin: &Origin) -> PathBuf {
        let name = base16ct::lower::encode_string(origin.as_str().as_bytes());
        self.folder.join(format!("{name}.cosigned"))
    }
}

/// Why there is no cosignature.
enum Trouble {
    /// The rules say so.
    Refused(Refusal),
    /// The witness cannot read or keep what it remembers.
    Memory,
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

const TEXT: &str = "text/plain; charset=utf-8";

impl Cosigner for Remembering {
    fn add_checkpoint(&self, body: &[u8]) -> Cosigned {
        match self.decide(body) {
            Ok(body) => (200, TEXT, body),
            Err(Trouble::Refused(refusal)) => {
                let kind = if matches!(refusal, Refusal::Conflict { .. }) { SIZE_TYPE } else { TEXT };
                (refusal.status(), kind, refusal.body())
            }
            Err(Trouble::Memory) => {
                tracing::error!("what was cosigned last cannot be read or kept: nothing is cosigned");
                (500, TEXT, "the witness cannot keep what it would sign\n".to_owned())
            }
        }
    }
}
