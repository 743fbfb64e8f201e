//! The registry's ports as this machine has them: its clock and its generator.

use jiff::Timestamp;
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

/// The machine's secure generator.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemRng;

impl Rng for SystemRng {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        SystemEntropy.fill(bytes).map_err(|_| NoEntropy)
    }
}
