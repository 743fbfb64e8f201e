//! Sessions that were ended before their time: kept by the store, known here at once.
//!
//! A session is a text that the client keeps, so ending one is a row that says so. The rows that still matter are read
//! once, when the first session is looked at; from then on every end goes through here.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use jiff::Timestamp;
use mingma_registry::Registry;
use mingma_registry::access::SignIn;
use mingma_registry::acts::{Unable, spend};
use mingma_registry::store::Spent;
use tokio::sync::OnceCell;

use crate::session::{Session, SessionId};

/// Sign-ins as sessions to end, each with its own end.
pub(crate) fn named(sign_ins: &[SignIn]) -> Vec<(SessionId, Timestamp)> {
    sign_ins.iter().map(|s| (SessionId::from_bytes(*s.id.as_bytes()), s.until)).collect()
}

/// The names of ended sessions, each with the instant at which it would have ended by itself.
#[derive(Debug, Default)]
pub(crate) struct Ended(OnceCell<RwLock<BTreeMap<SessionId, Timestamp>>>);

impl Ended {
    /// Whether a session was ended.
    pub(crate) async fn has(&self, registry: &Registry, session: SessionId) -> Result<bool, Unable> {
        let ended = self.known(registry).await?;
        Ok(ended.read().unwrap_or_else(PoisonError::into_inner).contains_key(&session))
    }

    /// Ends sessions, each given with its own end. They are ended for good when this answers.
    pub(crate) async fn end(
        &self,
        registry: &Registry,
        sessions: Vec<(SessionId, Timestamp)>,
    ) -> Result<(), Unable> {
        let ended = self.known(registry).await?;
        let spent =
            sessions.iter().map(|(id, until)| Spent { name: *id.as_bytes(), until: *until }).collect();
        spend(registry, spent).await?;
        let now = registry.now();
        let mut ended = ended.write().unwrap_or_else(PoisonError::into_inner);
        ended.retain(|_, until| now < *until);
        ended.extend(sessions);
        Ok(())
    }

    /// Ends one session.
    pub(crate) async fn end_one(&self, registry: &Registry, session: &Session) -> Result<(), Unable> {
        self.end(registry, vec![(session.id, session.until)]).await
    }

    async fn known(&self, registry: &Registry) -> Result<&RwLock<BTreeMap<SessionId, Timestamp>>, Unable> {
        let read = async || {
            let spent = registry.store().spent(registry.now()).await?;
            let names = spent.into_iter().map(|spent| (SessionId::from_bytes(spent.name), spent.until));
            Ok(RwLock::new(names.collect()))
        };
        self.0.get_or_try_init(read).await
    }
}
