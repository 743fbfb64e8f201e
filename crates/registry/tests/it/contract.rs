//! The store in memory keeps the contract that the real ones are held to.

use mingma_registry::conformance;
use mingma_registry::memory::MemoryStore;

#[test]
fn the_store_in_memory_keeps_the_contract() {
    assert_eq!(pollster::block_on(conformance::all(MemoryStore::default)), 47);
}
