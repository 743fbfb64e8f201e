//! Places in status lists: taken from the store in blocks, handed out one by one in an order that nobody can guess.
//!
//! Two neighbours in a list tell nothing about two people: within a block the order is drawn, so that whoever reads the
//! codes of a family at a gate does not see that they were issued together.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use mingma_credential::UnixSeconds;
use mingma_credential::status::StatusRef;

use crate::acts::{Registry, Unable};
use crate::ports::{Rng, draw};
use crate::store::PLACES_IN_A_BLOCK;

/// How many parts the lists of a day have; see [`StatusRef::shard_for`].
pub(crate) const PARTS: u8 = 64;

/// What is left of the blocks that this process has reserved.
#[derive(Debug, Default)]
pub(crate) struct Places(Mutex<BTreeMap<u32, Vec<Block>>>);

/// A block of one list: places `first` and on, of which `given` are given away.
#[derive(Debug)]
struct Block {
    first: u32,
    given: u32,
    // A walk over the block that meets each place once, for an odd step and a length that is a power of two.
    start: u32,
    step: u32,
}

impl Places {
    /// A place, nobody's before, in a list of the day on which `expires` falls.
    ///
    /// # Errors
    /// [`Unable`].
    pub(crate) async fn take(&self, registry: &Registry, expires: Timestamp) -> Result<StatusRef, Unable> {
        for part in 0..PARTS {
            let expires = UnixSeconds::new(expires.as_second());
            let shard = StatusRef::shard_for(expires, part).ok_or(Unable::NoPlace)?;
            if let Some(index) = self.next(shard) {
                return Ok(StatusRef { shard, index });
            }
            // Nothing is held over the wait. Of many that come at once each reserves a block, and none is lost: what one
            // leaves the others use.
            let Some(first) = registry.store().reserve(shard).await? else { continue };
            let mut block = Block::drawn(first, registry.rng())?;
            let index = block.next().ok_or(Unable::NoPlace)?;
            self.held().entry(shard).or_default().push(block);
            return Ok(StatusRef { shard, index });
        }
        Err(Unable::NoPlace)
    }

    fn next(&self, shard: u32) -> Option<u32> {
        let mut held = self.held();
        // Lists of days that have passed are no longer asked for.
        while held.first_key_value().is_some_and(|(other, _)| *other + KEPT_SHARDS < shard) {
            held.pop_first();
        }
        let blocks = held.get_mut(&shard)?;
        loop {
            match blocks.last_mut()?.next() {
                Some(index) => return Some(index),
                None => drop(blocks.pop()),
            }
        }
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<u32, Vec<Block>>> {
        // A panic elsewhere can at most have lost a place, and gaps are free.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How far behind the newest list an unused block is kept: the 31 days between a phone's code and the longest paper.
const KEPT_SHARDS: u32 = 32 * PARTS as u32;

impl Block {
    fn drawn(first: u32, rng: &dyn Rng) -> Result<Self, Unable> {
        let [a, b, c, d]: [u8; 4] = draw(rng)?;
        let (start, step) = (u32::from_le_bytes([a, b, 0, 0]), u32::from_le_bytes([c, d, 0, 0]) | 1);
        Ok(Self { first, given: 0, start, step })
    }

    fn next(&mut self) -> Option<u32> {
        if self.given == PLACES_IN_A_BLOCK {
            return None;
        }
        let offset = self.given.wrapping_mul(self.step).wrapping_add(self.start) % PLACES_IN_A_BLOCK;
        self.given += 1;
        Some(self.first + offset)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::ports::NoEntropy;

    struct Same(u8);

    impl Rng for Same {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
            bytes.fill(self.0);
            Ok(())
        }
    }

    #[test]
    fn a_block_gives_each_of_its_places_once_whatever_was_drawn() {
        for drawn in [0, 1, 2, 77, 128, 255] {
            let mut block = Block::drawn(3 * PLACES_IN_A_BLOCK, &Same(drawn)).unwrap();
            let given: BTreeSet<u32> = std::iter::from_fn(|| block.next()).collect();
            let all = 3 * PLACES_IN_A_BLOCK..4 * PLACES_IN_A_BLOCK;
            assert!(given.into_iter().eq(all), "drawn {drawn}");
        }
    }
}
