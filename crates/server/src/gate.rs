//! The verifier as the server itself uses it: our trust list and our status lists, as fresh as a checkpoint's.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use mingma_credential::status_list::StatusLists;
use mingma_credential::{UnixSeconds, Verdict, Verifier};
use mingma_registry::Registry;
use mingma_registry::lists::{ListError, MAX_AGE_SECONDS};

use crate::app::Trust;

/// The trust list, and the status lists as they were fetched last.
///
/// It keeps no code and no verdict.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    trust: RwLock<Arc<Trust>>,
    lists: RwLock<Fetched>,
    // Held while the lists are taken in, so that many who find them old do it once.
    fetching: Mutex<()>,
}

#[derive(Clone, Debug, Default)]
struct Fetched {
    at: Option<UnixSeconds>,
    tags: Vec<(u32, String)>,
    lists: Arc<StatusLists>,
}

impl Gate {
    pub(crate) fn new(trust: Arc<Trust>) -> Self {
        Self { trust: RwLock::new(trust), ..Self::default() }
    }

    /// The trust list.
    pub(crate) fn trust(&self) -> Arc<Trust> {
        Arc::clone(&self.trust.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Believes another trust list from now on; the lists are taken in anew, by its keys.
    pub(crate) fn trust_in(&self, trust: Trust) {
        *self.trust.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(trust);
        *self.lists.write().unwrap_or_else(PoisonError::into_inner) = Fetched::default();
    }

    /// The verdict about a text, now.
    pub(crate) async fn verify(&self, registry: &Registry, text: &str) -> Result<Verdict, ListError> {
        let now = UnixSeconds::new(registry.now().as_second());
        let lists = self.lists(registry, now).await?;
        Ok(Verifier { trust: self.trust().keys(), status: Some(&lists), now }.verify(text))
    }

    /// The lists, not older than a checkpoint may have them.
    async fn lists(&self, registry: &Registry, now: UnixSeconds) -> Result<Arc<StatusLists>, ListError> {
        let fresh = |fetched: &Fetched| {
            fetched
                .at
                .is_some_and(|at| (0..MAX_AGE_SECONDS).contains(&now.since(at)))
                .then(|| fetched.clone())
        };
        let read = || fresh(&self.lists.read().unwrap_or_else(PoisonError::into_inner));
        if let Some(fetched) = read() {
            return Ok(fetched.lists);
        }
        let mut signed = Vec::new();
        for shard in registry.current_lists().await?.iter() {
            signed.extend(registry.status_list(*shard).await?);
        }
        let _one_at_a_time = self.fetching.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fetched) = read() {
            return Ok(fetched.lists);
        }
        let held = self.lists.read().unwrap_or_else(PoisonError::into_inner).clone();
        let tags: Vec<_> = signed.iter().map(|list| (list.shard, list.tag.clone())).collect();
        let lists = if tags == held.tags {
            held.lists
        } else {
            let (mut lists, trust) = (StatusLists::new(), self.trust());
            for list in &signed {
                // One that is not taken in leaves its codes unknown, never valid.
                let _refused = lists.add(&list.token, trust.keys(), now);
            }
            Arc::new(lists)
        };
        let fetched = Fetched { at: Some(now), tags, lists: Arc::clone(&lists) };
        *self.lists.write().unwrap_or_else(PoisonError::into_inner) = fetched;
        Ok(lists)
    }
}
