//! How many persons and facts the numbers of the columns hold. What goes beyond them is refused, and never wrapped around.

use super::pack::REGIONS;
use super::{BLOCK, Number};
use crate::error::Refusal;

/// The most persons: the number of the last block's last person must fit, and every region may leave 63 numbers free.
pub(super) const MAX_PERSONS: u32 = u32::MAX - (REGIONS as u32 + 2) * BLOCK;

/// The most facts of one column: a place and the end of the last have 32 bits.
const MAX_FACTS: u32 = u32::MAX - 1;

/// The number of a person before whom there are so many.
///
/// # Errors
/// [`Refusal::TooManyPersons`].
pub(super) fn person(before: usize) -> Result<Number, Refusal> {
    let number = u32::try_from(before).ok().filter(|number| *number < MAX_PERSONS);
    number.ok_or(Refusal::TooManyPersons { limit: MAX_PERSONS })
}

/// The place of a fact before which there are so many.
///
/// # Errors
/// [`Refusal::TooManyFacts`].
pub(super) fn place(before: usize) -> Result<u32, Refusal> {
    let place = u32::try_from(before).ok().filter(|place| *place < MAX_FACTS);
    place.ok_or(Refusal::TooManyFacts { limit: MAX_FACTS })
}

#[cfg(test)]
mod tests {
    use super::super::pack::{WIDE_MASK, wide};
    use super::*;

    #[test]
    fn more_than_a_width_holds_is_refused_and_never_wrapped_around() {
        let (persons, facts) = (MAX_PERSONS as usize, MAX_FACTS as usize);
        assert_eq!((person(0), person(persons - 1)), (Ok(0), Ok(MAX_PERSONS - 1)));
        assert_eq!((place(0), place(facts - 1)), (Ok(0), Ok(MAX_FACTS - 1)));
        for many in [persons, persons + 1, u32::MAX as usize + 1, usize::MAX] {
            assert_eq!(person(many), Err(Refusal::TooManyPersons { limit: MAX_PERSONS }), "{many}");
        }
        for many in [facts, u32::MAX as usize + 1, usize::MAX] {
            assert_eq!(place(many), Err(Refusal::TooManyFacts { limit: MAX_FACTS }), "{many}");
        }
        // Every region may end with a block that is nearly empty, and the last number still is one.
        let last = u64::from(MAX_PERSONS) + u64::from(REGIONS) * u64::from(BLOCK - 1);
        assert!(last < u64::from(u32::MAX));
        assert!(wide(WIDE_MASK).is_some() && wide(WIDE_MASK + 1).is_none());
    }
}
