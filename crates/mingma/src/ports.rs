//! The registry's ports as this machine has them: its clock and its generator.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use mingma_credential::key::{Entropy, SystemEntropy};
use mingma_registry::{Clock, NoEntropy, Rng};

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        crate::clock::now()
    }
}

/// A clock that somebody else reads too.
pub(crate) struct Shared<C>(pub(crate) Arc<C>);

impl<C: Clock> Clock for Shared<C> {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn behind(&self) -> SignedDuration {
        self.0.behind()
    }
}

/// The machine's secure generator.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemRng;

impl Rng for SystemRng {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        SystemEntropy.fill(bytes).map_err(|_| NoEntropy)
    }
}
