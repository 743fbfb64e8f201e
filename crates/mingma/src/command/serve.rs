//! `mingma serve`: a data folder over HTTP, until it is told to end.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use mingma_credential::UnixSeconds;
use mingma_registry::ports::KeySigner;
use mingma_registry::{Clock, Registry};
use mingma_server::{App, Assets, Limits, SessionKey, Settings, router, serve};
use mingma_store::SqliteStore;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::failure::Failure;
use crate::keys;
use crate::ports::{SystemClock, SystemRng};

/// Serve a data folder: the API and the pages.
#[derive(clap::Args, Debug)]
pub(crate) struct Serve {
    /// The data folder; made if it is not there.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The folder of signing keys that `mingma keygen` made; by default `keys` in the data folder.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// How people reach the pages, such as `https://code.example.cn`.
    #[arg(long, value_name = "URL")]
    origin: Option<String>,
}

impl Serve {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let keys = self.keys.unwrap_or_else(|| self.data.join("keys"));
        let settings = Settings { origin: self.origin, demo: false };
        let app = open(&self.data, &keys, settings, SystemClock)?;
        let told = |at| format!("Mingma serves {} at http://{at}\n", self.data.display());
        listen(&runtime()?, &app, self.listen, told)
    }
}

/// What acts and connections run on: a thread for each core.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::new)
}

/// Opens a data folder with its keys.
pub(crate) fn open(
    data: &Path,
    keys: &Path,
    settings: Settings,
    clock: impl Clock + 'static,
) -> Result<App, Failure> {
    let now = UnixSeconds::new(clock.now().as_second());
    let in_use = keys::in_use(keys, now)?;
    let store = SqliteStore::open(data, mingma_store::Settings::default(), Arc::new(SystemRng))
        .map_err(Failure::new)?;
    let sessions = SessionKey::new(&store.secret("sessions"));
    let signer = KeySigner::new(in_use.key, in_use.certificate, in_use.region).map_err(Failure::new)?;
    let registry = Registry::new(Box::new(store), Box::new(clock), Box::new(signer), Box::new(SystemRng));
    Ok(App::new(registry, sessions, settings, Assets { trust_list: in_use.trust_list }))
}

/// Serves until the program is told to end (SIGTERM, SIGINT). `told` makes what is printed once the address is known.
pub(crate) fn listen(
    runtime: &Runtime,
    app: &App,
    at: SocketAddr,
    told: impl FnOnce(SocketAddr) -> String,
) -> Result<ExitCode, Failure> {
    runtime.block_on(async {
        let failed =
            |error| Failure::new(format_args!("{at}: {error}")).help("name another address with `--listen`");
        let listener = TcpListener::bind(at).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let mut ends = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
        std::io::stdout().write_all(told(address).as_bytes()).map_err(Failure::output)?;
        let ended = async {
            let [Ok(terminate), Ok(interrupt)] = &mut ends else { return std::future::pending().await };
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        serve(listener, router(app.clone()), Limits::default(), ended).await.map_err(Failure::new)?;
        Ok(ExitCode::SUCCESS)
    })
}
