//! `mingma serve`: a data folder over HTTP, until it is told to end.

mod outbox;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use mingma_credential::UnixSeconds;
use mingma_registry::brake::Share;
use mingma_registry::ports::KeySigner;
use mingma_registry::{Clock, Notifier, Registry};
use mingma_server::{App, Assets, Limits, SessionKey, Settings, router, serve};
use mingma_store::{Cached, RECORDS, SqliteStore};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::channel::Channels;
use crate::config::Config;
use crate::failure::Failure;
use crate::foresight::OverFolder;
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
    /// The configuration: how people are reached, and the proxies in front.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Serve {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let keys = self.keys.unwrap_or_else(|| self.data.join("keys"));
        let config = self.config.as_deref().map(Config::read).transpose()?.unwrap_or_default();
        let trusted_proxies = config.trusted_proxies.clone();
        let settings = Settings { origin: self.origin, demo: false, trusted_proxies };
        let app = open(&self.data, &keys, settings, SystemClock)?;
        let channels = Channels::open(&app, &config)?;
        let said = if channels.is_some() {
            ""
        } else {
            "No way to reach people is configured (`--config`): nobody gets a code.\n"
        };
        let channels = channels.map(|channels| Arc::new(channels) as Arc<dyn Notifier>);
        let told = |at| format!("{said}Mingma serves {} at http://{at}\n", self.data.display());
        listen(&runtime()?, &app, self.listen, channels, told)
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
    clock: impl Clock + Copy + 'static,
) -> Result<App, Failure> {
    let now = UnixSeconds::new(clock.now().as_second());
    let in_use = keys::in_use(keys, now)?;
    let store = SqliteStore::open(data, mingma_store::Settings::default(), Arc::new(SystemRng))
        .map_err(Failure::new)?;
    let sessions = SessionKey::new(&store.secret("sessions"));
    let signer = KeySigner::new(in_use.key, in_use.certificate, in_use.region).map_err(Failure::new)?;
    let registry = Registry::new(
        Box::new(Cached::new(store, RECORDS)),
        Box::new(clock),
        Box::new(signer),
        Box::new(SystemRng),
    )
    .with_foresight(Arc::new(OverFolder::new(data, clock)), Share::default());
    Ok(App::new(registry, sessions, settings, Assets::new(in_use.trust_list, in_use.trust)))
}

/// Serves until the program is told to end (SIGTERM, SIGINT), and delivers notices if there are channels. `told` makes what is printed once the address is known.
pub(crate) fn listen(
    runtime: &Runtime,
    app: &App,
    at: SocketAddr,
    channels: Option<Arc<dyn Notifier>>,
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
        let (end, ends) = watch::channel(false);
        let delivering = channels.map(|channels| tokio::spawn(outbox::run(app.clone(), channels, ends)));
        let served = serve(listener, router(app.clone()), Limits::default(), ended).await;
        // Nobody may be listening any more.
        let _told = end.send(true);
        if let Some(delivering) = delivering {
            // What broke off there has nothing left to tell: its notices wait in the store.
            let _ended = delivering.await;
        }
        served.map_err(Failure::new)?;
        Ok(ExitCode::SUCCESS)
    })
}
