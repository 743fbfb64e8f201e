//! What every handler shares: the registry, the key of sessions, the texts, and what does not change while serving.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use mingma_credential::trust::file::Edition;
use mingma_credential::{TrustList, UnixSeconds};
use mingma_registry::{Registry, StoreError};
use thiserror::Error;
use tokio::sync::Mutex;

use crate::ended::Ended;
use crate::gate::Gate;
use crate::limiter::Limiter;
use crate::public::tag;
use crate::session::SessionKey;
use crate::text::Texts;

/// What the program was told about its surroundings.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// How people reach the pages, `https://code.example.cn`; `None` if only this machine does. Cookies are marked
    /// `Secure` if it is `https`.
    pub origin: Option<String>,
    /// Whether this is a demonstration: then one-time codes are shown on the page instead of sent.
    pub demo: bool,
    /// The proxies in front, whose word on where a request comes from is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

/// How long a file of the log may be kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    /// It never changes.
    Forever,
    /// It changes with the log.
    Shortly,
}

/// The journal's logs, as everybody may read them.
pub trait LogFiles: Send + Sync + fmt::Debug {
    /// The file of this name, such as `2022q2/checkpoint` or `2022q2/tile/0/000.p/7`; none if there is none.
    fn read(&self, name: &str) -> Option<(Vec<u8>, Kept)>;

    /// The proof file (C2SP `tlog-proof`) of the act with this number, with its entry as the extra data; none until a
    /// published checkpoint stands on it. With a size it is the file on an earlier checkpoint of that log, of so many entries, and
    /// ends before it: whoever asks has that checkpoint.
    ///
    /// # Errors
    /// [`LogDamaged`].
    fn proof(&self, number: u64, size: Option<u64>) -> Result<Option<String>, LogDamaged>;

    /// The least and the most entries that the act's log may have for a proof to stand on it: at the least size the act is the last entry, at
    /// the most it is the newest checkpoint's. None until a published checkpoint stands on it.
    ///
    /// # Errors
    /// [`LogDamaged`].
    fn sizes(&self, number: u64) -> Result<Option<(u64, u64)>, LogDamaged>;

    /// The proof files of the first entries of all logs but the first, in order: each entry is the last checkpoint of the log before, so
    /// that whoever believes the newest log's checkpoint believes the former logs'.
    ///
    /// # Errors
    /// [`LogDamaged`].
    fn turns(&self) -> Result<Vec<String>, LogDamaged>;

    /// In how much the database differed from the log when all of it was last held against the log; none before it was.
    fn differences(&self) -> Option<u64>;
}

/// A file of the log is missing or is not what the checkpoint says; which one, the log's keeper has told the operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("the journal's log is damaged")]
pub struct LogDamaged;

/// What is handed out as it is, and believed by the server itself.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    trust: Arc<Trust>,
    keeper: Option<Arc<dyn TrustKeeper>>,
    log: Option<Arc<dyn LogFiles>>,
}

/// The signed trust list that checkpoints load, and the keys that it names.
#[derive(Debug, Default)]
pub struct Trust {
    list: Vec<u8>,
    tag: String,
    keys: TrustList,
    until: Option<UnixSeconds>,
}

impl Trust {
    fn new(list: Vec<u8>, keys: TrustList, until: UnixSeconds) -> Self {
        let tag = tag(&list);
        Self { list, tag, keys, until: Some(until) }
    }

    /// The last instant at which checkpoints may use it; none where there is none.
    pub(crate) const fn until(&self) -> Option<UnixSeconds> {
        self.until
    }

    /// The signed list.
    #[must_use]
    pub fn list(&self) -> &[u8] {
        &self.list
    }

    /// A name of its bytes.
    pub(crate) fn tag(&self) -> &str {
        &self.tag
    }

    /// The keys that it names.
    pub(crate) const fn keys(&self) -> &TrustList {
        &self.keys
    }
}

/// Keeps a trust list that was brought in where the next start finds it.
pub trait TrustKeeper: Send + Sync + fmt::Debug {
    /// Keeps it; what cannot be kept, it tells the operator, and the next start takes it from the acts.
    fn keep(&self, list: &[u8], edition: &Edition);
}

impl Assets {
    /// The signed trust list that checkpoints load (`trust.cose`), the keys that it names, and the last instant at which it may be
    /// used.
    #[must_use]
    pub fn new(trust_list: Vec<u8>, trust: TrustList, until: UnixSeconds) -> Self {
        Self { trust: Arc::new(Trust::new(trust_list, trust, until)), keeper: None, log: None }
    }

    /// The same with who keeps a trust list that is brought in.
    #[must_use]
    pub fn with_keeper(self, keeper: Arc<dyn TrustKeeper>) -> Self {
        Self { keeper: Some(keeper), ..self }
    }

    /// The same with the journal's logs.
    #[must_use]
    pub fn with_log(self, log: Arc<dyn LogFiles>) -> Self {
        Self { log: Some(log), ..self }
    }

    /// A file of the journal's logs.
    pub(crate) fn log(&self, name: &str) -> Option<(Vec<u8>, Kept)> {
        self.log.as_ref()?.read(name)
    }

    /// In how much the database differed from the log; none without a log, and before that was known.
    pub(crate) fn differences(&self) -> Option<u64> {
        self.log.as_ref()?.differences()
    }

    /// Whether there is a log.
    pub(crate) fn has_log(&self) -> bool {
        self.log.is_some()
    }

    /// The proof file of the act with this number, on a checkpoint of this size or the newest; none until one stands on it, or without
    /// a log.
    pub(crate) fn proof(&self, number: u64, size: Option<u64>) -> Result<Option<String>, LogDamaged> {
        self.log.as_ref().map_or(Ok(None), |log| log.proof(number, size))
    }

    /// The least and the most entries of a log on which a proof of the act with this number may stand; none until one does, or without a log.
    pub(crate) fn sizes(&self, number: u64) -> Result<Option<(u64, u64)>, LogDamaged> {
        self.log.as_ref().map_or(Ok(None), |log| log.sizes(number))
    }

    /// The proof files of where a log goes on from the one before; none without a log.
    pub(crate) fn turns(&self) -> Result<Vec<String>, LogDamaged> {
        self.log.as_ref().map_or(Ok(Vec::new()), |log| log.turns())
    }
}

/// What every handler shares.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    registry: Registry,
    sessions: SessionKey,
    ended: Ended,
    limiter: Limiter,
    texts: Texts,
    settings: Settings,
    assets: Assets,
    gate: Gate,
    following: Mutex<()>,
}

impl App {
    /// The server's state on a registry.
    #[must_use]
    pub fn new(registry: Registry, sessions: SessionKey, settings: Settings, assets: Assets) -> Self {
        let gate = Gate::new(Arc::clone(&assets.trust));
        Self(Arc::new(Inner {
            registry,
            sessions,
            ended: Ended::default(),
            limiter: Limiter::new(),
            texts: Texts::shipped(),
            settings,
            assets,
            gate,
            following: Mutex::new(()),
        }))
    }

    /// The acts, and the ports that they stand on.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.0.registry
    }

    /// The key that makes and reads sessions.
    #[must_use]
    pub fn sessions(&self) -> &SessionKey {
        &self.0.sessions
    }

    /// The sessions that were ended before their time.
    pub(crate) fn ended(&self) -> &Ended {
        &self.0.ended
    }

    /// How often who may try.
    pub(crate) fn limiter(&self) -> &Limiter {
        &self.0.limiter
    }

    /// What is said to people.
    #[must_use]
    pub fn texts(&self) -> &Texts {
        &self.0.texts
    }

    /// What the program was told about its surroundings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The server's own verifier.
    pub(crate) fn gate(&self) -> &Gate {
        &self.0.gate
    }

    /// The trust list that is served.
    #[must_use]
    pub fn trust(&self) -> Arc<Trust> {
        self.0.gate.trust()
    }

    /// Serves the latest trust list that was brought in, if it is later than the folder's and another than the one that is served.
    ///
    /// # Errors
    /// [`StoreError`] if the acts cannot be read.
    pub async fn follow_trust_list(&self) -> Result<(), StoreError> {
        let Some(authority) = self.registry().authority() else { return Ok(()) };
        // One after the other: what is read later is never earlier, so no list takes the place of a later one.
        let _alone = self.0.following.lock().await;
        let book = self.registry().book().await?;
        let brought = book.trust_list(authority.anchor().key_id());
        let Some((_, list)) = brought.filter(|(number, _)| *number > authority.list()) else { return Ok(()) };
        let now = UnixSeconds::new(self.registry().now().as_second());
        // INVARIANT: it was opened by the same key before it was kept.
        if **list != *self.trust().list()
            && let Ok(file) = authority.list_of(list, now)
        {
            self.0.gate.trust_in(Trust::new(list.to_vec(), file.list().clone(), file.edition().next_update));
            if let Some(keeper) = &self.0.assets.keeper {
                keeper.keep(list, &file.edition());
            }
        }
        Ok(())
    }

    /// What is handed out as it is.
    #[must_use]
    pub fn assets(&self) -> &Assets {
        &self.0.assets
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("settings", self.settings()).finish_non_exhaustive()
    }
}
