//! So many of something, in English: one is told from many.

use std::fmt::Display;

/// `1 row`, `2 rows`.
pub(crate) fn counted<N: Copy + Display + PartialEq + From<u8>>(count: N, one: &str, many: &str) -> String {
    let word = if count == N::from(1) { one } else { many };
    format!("{count} {word}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_told_from_none_and_from_many() {
        for (count, said) in [(0, "0 entries"), (1, "1 entry"), (2, "2 entries"), (21, "21 entries")] {
            assert_eq!(counted(count, "entry", "entries"), said);
        }
        assert_eq!(counted(1_u64, "day", "days"), "1 day");
        assert_eq!(counted(-1_i64, "day", "days"), "-1 days");
    }
}
