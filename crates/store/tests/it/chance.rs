//! Chance for tests: a counter's bytes through a mixing function, so that a run can be repeated.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mingma_registry::{NoEntropy, Rng};

pub(crate) struct Seeded(AtomicU64);

impl Rng for Seeded {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        for byte in bytes {
            let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            *byte = u8::try_from((z ^ (z >> 31)) & 0xFF).unwrap();
        }
        Ok(())
    }
}

/// A source that starts at this seed.
pub(crate) fn seeded(seed: u64) -> Arc<dyn Rng> {
    Arc::new(Seeded(AtomicU64::new(seed)))
}
