//! `mingma serve`: a data folder over HTTP, until it is told to end.

mod comparing;
mod night;
mod outbox;
mod trust;
mod unproven;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use mingma_credential::UnixSeconds;
use mingma_credential::status::RegionCode;
use mingma_domain::Region;
use mingma_domain::time::Zone;
use mingma_registry::brake::Share;
use mingma_registry::ports::KeySigner;
use mingma_registry::store::{Proven, Witnessing};
use mingma_registry::{Authority, Clock, Notifier, Registry, Steady, TOLERANCE, Ways, Witnessed};
use mingma_server::{App, Assets, Limits, Meters, SessionKey, Settings, guarded, metrics, serve};
use mingma_store::{Beside, Cached, RECORDS, SqliteStore};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use self::comparing::Sides;
use self::night::Night;
pub(crate) use self::unproven::{OtherHand, hold};
use crate::channel::{self, Channels};
use crate::config::JournalConfig;
use crate::failure::Failure;
use crate::foresight::OverLiving;
use crate::journal::{First, Watched};
use crate::living::{Follower, Living};
use crate::metrics::Expiries;
use crate::options::Options;
use crate::ports::{SystemClock, SystemRng};
use crate::{clock, journal, keys, log, machine};

/// Serve a data folder: the API and the pages.
#[derive(clap::Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Serve {
    #[command(flatten)]
    options: Options,
    /// Take the machine's clock as it is, though the data was recorded later: for when a clock that was ahead has been
    /// set right.
    #[arg(long)]
    clock_went_back: bool,
    /// Take over from the journal's log what the database has lost: for when it was restored from a backup that is older than the
    /// log. Of these entries only the commitments are left.
    #[arg(long)]
    database_was_restored: bool,
    /// Make the files of the newest quarter's log again from the database: for when some are lost or damaged.
    #[arg(long, conflicts_with_all = ["database_was_restored", "without_log"])]
    rebuild_log: bool,
    /// Go on from where the restored log ends, though its key has signed more since: for when the disk is gone and nobody has a newer
    /// copy of the log. Whoever kept a later checkpoint sees that those entries are gone; say so before they ask.
    #[arg(long, conflicts_with_all = ["database_was_restored", "rebuild_log", "without_log"])]
    newest_entries_are_lost: bool,
    /// Leave the journal's log alone: for trying a backup, beside a program that serves the data it was made of.
    #[arg(long, conflicts_with = "database_was_restored")]
    without_log: bool,
}

/// What becomes of the journal's log.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Log {
    /// It goes on, after this.
    GoesOn(First),
    /// It is neither read nor written.
    Alone,
}

impl Serve {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let log = self.log();
        let (place, config) = self.options.read()?;
        log::start(place.log);
        let trusted_proxies = config.trusted_proxies.clone();
        let settings = Settings { origin: place.origin, demo: false, trusted_proxies };
        let folders = (&*place.data, &*place.keys);
        let set = (&config.journal, config.brake.share, channel::ways(&config));
        let opened = open_watched(folders, set, settings, SystemClock, self.clock_went_back)?;
        let channels: Arc<dyn Notifier> = Arc::new(Channels::open(&opened.app, &config)?);
        for missing in channel::missing(channel::ways(&config)) {
            tracing::warn!("{missing}");
        }
        let told = |at| format!("Mingma serves {} at http://{at}\n", place.data.display());
        let runtime = runtime()?;
        // After the folder is open: that another program serves it says more than that its address is taken.
        let addresses = (runtime.block_on(bind(place.listen, "--listen"))?, place.metrics);
        listen_watched(
            &runtime,
            (opened, log),
            addresses,
            (place.limits, Some(channels)),
            (told, told_to_end),
        )
    }

    /// What becomes of the log; no two of the options stand together.
    const fn log(&self) -> Log {
        if self.without_log {
            Log::Alone
        } else if self.database_was_restored {
            Log::GoesOn(First::GiveBack)
        } else if self.rebuild_log {
            Log::GoesOn(First::Rebuild)
        } else if self.newest_entries_are_lost {
            Log::GoesOn(First::GiveUp)
        } else {
            Log::GoesOn(First::Nothing)
        }
    }
}

/// What acts and connections run on: a thread for each core.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::new)
}

/// Opens a data folder with its keys; gives also where its journal's log is.
pub(crate) fn open(
    data: &Path,
    keys: &Path,
    settings: Settings,
    clock: impl Clock + 'static,
) -> Result<Opened, Failure> {
    let set = (&JournalConfig::default(), Share::default(), Ways::ALL);
    open_watched((data, keys), set, settings, clock, false)
}

/// Serves until the program is told to end (SIGTERM, SIGINT); tells nobody what it counts, and nobody is reached.
/// `told` makes what is printed then.
pub(crate) fn listen(
    runtime: &Runtime,
    opened: Opened,
    at: Listening,
    told: impl FnOnce(SocketAddr) -> String,
) -> Result<ExitCode, Failure> {
    listen_until(runtime, opened, at, told, told_to_end)
}

/// Serves as [`listen`] does, until what `ends` gives ends.
pub(crate) fn listen_until<F: Future<Output = ()>>(
    runtime: &Runtime,
    opened: Opened,
    at: Listening,
    told: impl FnOnce(SocketAddr) -> String,
    ends: impl FnOnce() -> F,
) -> Result<ExitCode, Failure> {
    listen_watched(
        runtime,
        (opened, Log::GoesOn(First::Nothing)),
        (at, None),
        (Limits::default(), None),
        (told, ends),
    )
}

/// A data folder that is open, with who keeps its census and what is counted of it.
pub(crate) struct Opened {
    pub(crate) app: App,
    follower: Follower,
    metrics: prometheus_client::registry::Registry,
    meters: Meters,
    journal: journal::Place,
    night: Night,
    hand: OtherHand,
    beside: Beside,
}

impl Opened {
    /// What is seen of another hand in the database.
    pub(crate) fn other_hand(&self) -> OtherHand {
        self.hand.clone()
    }

    /// Gives the log of the data folder what was recorded, and lets the folder go; tells whether all of it is published, as it is with the
    /// signatures of its witnesses alone.
    ///
    /// # Errors
    /// A [`Failure`] if the log, its key and the database do not belong together.
    pub(crate) fn bring_log_up_to_date(self) -> Result<bool, Failure> {
        journal::Ready::open(&self.app, self.journal, First::Nothing)?.finish()
    }
}

/// Opens a data folder with its keys, whose log has these witnesses and name, for whoever ends it.
pub(crate) fn open_with(data: &Path, keys: &Path, journal: &JournalConfig) -> Result<Opened, Failure> {
    let set = (journal, Share::default(), Ways::ALL);
    open_watched((data, keys), set, Settings::default(), SystemClock, false)
}

fn open_watched(
    (data, keys): (&Path, &Path),
    (journal, share, ways): (&JournalConfig, Share, Ways),
    settings: Settings,
    clock: impl Clock + 'static,
    clock_went_back: bool,
) -> Result<Opened, Failure> {
    mingma_store::not_ended(data).map_err(Failure::new)?;
    mingma_registry::policy::check().map_err(Failure::new)?;
    let now = UnixSeconds::new(clock.now().as_second());
    let mut in_use = keys::in_use(keys, now)?;
    keys::authority::is_apart(&[data, keys], &in_use.authority)?;
    let store = SqliteStore::open(data, mingma_store::Settings::default(), Arc::new(SystemRng))
        .map_err(Failure::new)?;
    hold(&store)?;
    // What was brought in while the program served is in the folder, unless it died in between.
    if let Some(list) = trust::brought(data, in_use.authority.key_id())?
        && keys::follow(keys, &list, now)?
    {
        in_use = keys::in_use(keys, now)?;
    }
    let sessions = SessionKey::new(&store.secret("sessions"));
    let clock: Arc<dyn Clock> = Arc::new(Steady::new(clock, store.newest().filter(|_| !clock_went_back)));
    let behind = clock.behind();
    if behind > TOLERANCE {
        let seconds = behind.as_secs();
        tracing::error!(seconds, "the machine's clock is behind the data: nothing is recorded");
    }
    let (newest, last) = (store.newest(), store.night());
    let keeper = trust::Keeper::new(keys, &in_use);
    let expiries = Expiries { key: in_use.certificate.valid_until(), trust_list: keeper.ends() };
    let (observer, hand, beside) = (store.observer(), OtherHand::of(store.observer()), store.beside());
    let zone = zone_of(&in_use.region)?;
    let night = Night { zone: zone.clone(), newest, last };
    let living = Arc::<Living>::default();
    let last = observer.numbered().map_err(Failure::new)?;
    let journal = journal::Place::of((data, keys, last), journal, &in_use.region, &SystemRng)?;
    let witnessed = Arc::clone(&journal.witnessed);
    let seen = (data, Arc::clone(&witnessed));
    let foresight = OverLiving::new(Arc::clone(&living), zone.clone(), seen, Arc::clone(&clock));
    let watched = Watched { state: Arc::clone(&journal.state), observer: store.observer() };
    let log = Arc::new(journal.published(settings.origin.clone())?);
    let region = in_use.region.as_str().parse::<Region>().ok();
    let authority = region.map(|region| Authority::new(in_use.authority, region, in_use.edition.number));
    let signer = KeySigner::new(in_use.key, in_use.certificate, in_use.region).map_err(Failure::new)?;
    let restored = store.restored();
    let proven = Proven::new(store, Arc::clone(&clock), hand.hears()).restored(restored);
    let registry = Registry::new(
        Box::new(Cached::new(Witnessing::new(proven, Arc::clone(&witnessed)), RECORDS)),
        Box::new(Arc::clone(&clock)),
        Box::new(signer),
        Box::new(SystemRng),
    )
    .with_foresight(Arc::new(foresight), share)
    .with_witnessed(witnessed)
    .with_zone(zone.clone())
    .with_ways(ways);
    let registry = match authority {
        Some(authority) => registry.with_authority(authority),
        None => registry,
    };
    let mut metrics = crate::metrics::registry(observer, expiries, clock, &living);
    metrics.register_collector(hand.collector());
    metrics.register_collector(Box::new(watched));
    let meters = Meters::new(&mut metrics);
    let assets = Assets::new(in_use.trust_list, in_use.trust, in_use.edition.next_update)
        .with_log(log)
        .with_keeper(Arc::new(keeper));
    let app = App::new(registry, sessions, settings, assets);
    let follower = Follower { app: app.clone(), data: data.to_owned(), zone, living };
    Ok(Opened { app, follower, metrics, meters, journal, night, hand, beside })
}

/// In which zone the days of a signing key's region are reckoned.
pub(crate) fn zone_of(region: &RegionCode) -> Result<Zone, Failure> {
    let known = region.as_str().parse::<Region>().ok();
    if known.is_none() {
        tracing::warn!(%region, "the key's region is not in the table: days are reckoned in UTC");
    }
    Zone::named(known.map_or("UTC", Region::zone)).map_err(Failure::new)
}

fn listen_watched<F: Future<Output = ()>>(
    runtime: &Runtime,
    (opened, log): (Opened, Log),
    ((listener, address), metrics_at): (Listening, Option<SocketAddr>),
    (limits, channels): (Limits, Option<Arc<dyn Notifier>>),
    (told, ends): (impl FnOnce(SocketAddr) -> String, impl FnOnce() -> F),
) -> Result<ExitCode, Failure> {
    let (files, needed) = (machine::ask_for_open_files(), machine::FILES_NEEDED);
    if files < needed {
        tracing::warn!(files, needed, "few files may be open: connections will be refused");
    }
    let Opened { app, follower, metrics: counted, meters, journal, night, hand, beside } = opened;
    // Before anything is recorded: the log, its key and the database belong together, or nothing is served.
    let logging = match log {
        // Where no log is written nobody signs, and nothing waits for it.
        Log::Alone => {
            journal.witnessed.reach(Witnessed::EVERYTHING);
            None
        }
        Log::GoesOn(first) => {
            let (logs, state) = (journal.logs.clone(), Arc::clone(&journal.state));
            let sequencer = journal::Ready::open(&app, journal, first)?.start()?;
            Some((sequencer, comparing::start(Sides { logs, beside, state, app: app.clone() })?))
        }
    };
    let served = runtime.block_on(async {
        let ends = ends();
        if let Some(metrics_at) = metrics_at {
            let (listener, address) = bind(metrics_at, "--metrics").await?;
            let few = Limits { connections: 16, ..limits };
            // Its connections are counted nowhere, and it ends with the program.
            let own = Meters::default();
            let page = metrics(Arc::new(counted));
            tokio::spawn(async move { serve(listener, page, few, &own, std::future::pending()).await });
            tracing::info!(%address, "metrics");
        }
        let (end, ends_too) = watch::channel(false);
        let nights = tokio::spawn(night::run(app.clone(), night, ends_too.clone()));
        let watching = tokio::spawn(hand.watch());
        // A server does not go away quietly because nobody reads where it is.
        let written = std::io::stdout().write_all(told(address).as_bytes());
        written.map_err(|error| Failure::new(format_args!("standard output: {error}")))?;
        tracing::info!(%address, version = env!("CARGO_PKG_VERSION"), "serving");
        let following = tokio::spawn(follower.run(ends_too.clone()));
        let delivering = channels.map(|channels| tokio::spawn(outbox::run(app.clone(), channels, ends_too)));
        let routes = guarded(app, limits, meters.clone(), Arc::new(clock::stopwatch()));
        let served = serve(listener, routes, limits, &meters, ends).await;
        // Nobody may be listening any more.
        let _told = end.send(true);
        // What broke off there is found again by its marks.
        let _ended = following.await;
        if let Some(delivering) = delivering {
            // What broke off there has nothing left to tell: its notices wait in the store.
            let _ended = delivering.await;
        }
        let _ended = nights.await;
        // There is nothing that it would leave half done, but the folder, which it has open.
        watching.abort();
        let _ended = watching.await;
        served.map_err(Failure::new)
    });
    if let Some((sequencer, comparing)) = logging {
        // Before the store is closed: the last connection folds its log in.
        comparing.end();
        sequencer.end();
    }
    tracing::info!("ended");
    served.map(|()| ExitCode::SUCCESS)
}

/// An address that is taken: whoever connects waits until it is served.
pub(crate) type Listening = (TcpListener, SocketAddr);

/// Listens.
pub(crate) async fn bind(at: SocketAddr, option: &str) -> Result<Listening, Failure> {
    let failed = |error| {
        Failure::new(format_args!("{at}: {error}")).help(format_args!("name another address with `{option}`"))
    };
    let listener = TcpListener::bind(at).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Ends when the program is told to (SIGTERM, SIGINT), from when it was called.
pub(crate) fn told_to_end() -> impl Future<Output = ()> {
    let signals = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
    ended(signals)
}

async fn ended(mut signals: [std::io::Result<Signal>; 2]) {
    let [Ok(terminate), Ok(interrupt)] = &mut signals else { return std::future::pending().await };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("told to end: what is under way is finished");
}
