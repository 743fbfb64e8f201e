//! Numbers for everybody: in whole tens, or withheld.

/// A number below this is not told, and others in whole multiples of it: of a few rows somebody may know whose they are.
pub const SMALL_CELL: u64 = 10;
/// A number that is told, or withheld because it is small.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cell {
    /// So many, and up to nine more.
    Told(u64),
    /// At least one, and fewer than [`SMALL_CELL`].
    Small,
}

impl Cell {
    /// The cell of a number; none where there is nothing.
    #[must_use]
    pub const fn of(number: u64) -> Option<Self> {
        match number {
            0 => None,
            1..SMALL_CELL => Some(Self::Small),
            _ => Some(Self::Told(number - number % SMALL_CELL)),
        }
    }
}

/// A number that everybody may read, which may be nothing: none if it is small.
#[must_use]
pub const fn told(number: u64) -> Option<u64> {
    match Cell::of(number) {
        None => Some(0),
        Some(Cell::Small) => None,
        Some(Cell::Told(tens)) => Some(tens),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_number_is_not_told() {
        assert_eq!([0, 1, 9].map(Cell::of), [None, Some(Cell::Small), Some(Cell::Small)]);
        assert_eq!([10, 19, 20, 1_317].map(Cell::of), [10, 10, 20, 1_310].map(|rows| Some(Cell::Told(rows))));
    }

    /// What an answer may stand for.
    fn meant(cell: Option<Cell>) -> std::ops::RangeInclusive<u64> {
        match cell {
            None => 0..=0,
            Some(Cell::Small) => 1..=SMALL_CELL - 1,
            Some(Cell::Told(rows)) => rows..=rows + SMALL_CELL - 1,
        }
    }

    #[test]
    fn what_is_withheld_is_not_had_by_taking_one_number_from_another() {
        // A window and the next day's, which has a few rows more or fewer; or a whole and all of its parts but one.
        for (former, few) in (0..200).flat_map(|former| (1..SMALL_CELL).map(move |few| (former, few))) {
            let (one, other) = (meant(Cell::of(former)), meant(Cell::of(former + few)));
            let least = other.start().saturating_sub(*one.end());
            let most = other.end() - one.start();
            assert!(most - least + 1 >= SMALL_CELL - 1, "{former} and {few} more: {least} to {most}");
        }
        // The number of appeals that were due, and how all but one of their ends are counted.
        for (upheld, rejected, few) in [(10, 11, 1), (25, 34, 9), (100, 0, 5)] {
            let told: Vec<_> =
                [upheld + rejected + few, upheld, rejected].map(|n| meant(Cell::of(n))).to_vec();
            let least = told[0].start().saturating_sub(told[1].end() + told[2].end());
            let most = told[0].end() - told[1].start() - told[2].start();
            assert!(
                least == 0 && most >= SMALL_CELL - 1,
                "{upheld}, {rejected} and {few}: {least} to {most}"
            );
        }
    }
}
