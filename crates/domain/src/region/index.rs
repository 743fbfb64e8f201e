//! The compiled table as two dense columns, and the proof, at compile time, that the table is sound.
//!
//! A table that is out of order, has a code twice, or names a parent that is not above its child does not compile;
//! so nothing in [`Region`] has a case for it.
#![expect(
    clippy::indexing_slicing,
    reason = "all of it is evaluated while compiling, where an overrun is an error"
)]

use super::Region;
use super::table::{COUNTRIES, REGIONS};

/// The number of regions, in the width of a region.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the assertion refuses, at compile time, a table that is too long"
)]
pub(super) const COUNT_U16: u16 = {
    assert!(Region::COUNT < u16::MAX as usize, "a region is a u16, and u16::MAX stands for no parent");
    Region::COUNT as u16
};

/// The parent of every region, apart from the names so that a walk upwards stays in the cache: 7 kB.
/// A country has none: [`u16::MAX`].
pub(super) static PARENTS: [u16; Region::COUNT] = {
    let mut parents = [u16::MAX; Region::COUNT];
    let mut at = 0;
    while at < Region::COUNT {
        let (parent, level) = (REGIONS[at].parent, REGIONS[at].level as u8);
        if parent == u16::MAX {
            assert!(level == 0, "only a country has no parent");
        } else {
            assert!(
                (REGIONS[parent as usize].level as u8) < level,
                "a parent is above its child, so walks upwards end"
            );
        }
        parents[at] = parent;
        at += 1;
    }
    parents
};

/// The code of every region as a number whose order is that of the codes: 29 kB, searched by halves.
pub(super) static KEYS: [u64; Region::COUNT] = {
    let mut keys = [0; Region::COUNT];
    let mut at = 0;
    while at < Region::COUNT {
        if let Some(key) = key(REGIONS[at].code.as_bytes()) {
            keys[at] = key;
        }
        assert!(keys[at] > 0, "a code has one to eight bytes");
        assert!(
            at == 0 || keys[at - 1] < keys[at],
            "the table is sorted by code, and no code is there twice"
        );
        at += 1;
    }
    keys
};

const _: () = {
    let mut at = 0;
    while at < COUNTRIES.len() {
        assert!((COUNTRIES[at].region as usize) < Region::COUNT, "every country names a region of the table");
        at += 1;
    }
};

/// One to eight bytes as a number, the first the most significant; `None` if there are more or fewer.
///
/// A text with a zero byte is none either: it would otherwise equal the code that ends before it.
pub(super) const fn key(code: &[u8]) -> Option<u64> {
    if code.is_empty() || code.len() > 8 {
        return None;
    }
    let (mut key, mut at) = (0_u64, 0);
    while at < 8 {
        key <<= 8;
        if at < code.len() {
            if code[at] == 0 {
                return None;
            }
            key |= code[at] as u64;
        }
        at += 1;
    }
    Some(key)
}
