//! Above which share of a region the brake holds. It is set where a folder is served, within limits that nobody sets, and stands in every
//! preview: with what is proposed, let go or published in an emergency it is public.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::RegionPreview;

/// Above which share of a region's persons the brake holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Share {
    per_10_000: u16,
}

impl Default for Share {
    /// Half a per cent: of a county of 400,000 it is 2,000 persons.
    fn default() -> Self {
        Self { per_10_000: 50 }
    }
}

impl Share {
    /// The least that can be set: one of ten thousand.
    pub const LEAST: Self = Self { per_10_000: 1 };
    /// The most: one of a hundred. Of a county of 400,000 it is 4,000 persons; Zhengzhou's were 1,317 of a city of thirty times that.
    pub const MOST: Self = Self { per_10_000: 100 };

    /// So many of ten thousand.
    #[must_use]
    pub const fn of_10_000(persons: u16) -> Self {
        Self { per_10_000: persons }
    }

    /// So many of ten thousand.
    #[must_use]
    pub const fn in_10_000(self) -> u16 {
        self.per_10_000
    }

    /// This share, if it can be set.
    #[must_use]
    pub fn settable(self) -> Option<Self> {
        Some(self).filter(|share| (Self::LEAST..=Self::MOST).contains(share))
    }

    /// Whether somebody of a region would be worse off, and with what was published alone before more than this share of its
    /// persons.
    #[must_use]
    pub fn is_exceeded(self, region: &RegionPreview) -> bool {
        let worse = u128::from(region.worse) + u128::from(region.alone);
        region.worse > 0 && worse * 10_000 > u128::from(region.persons) * u128::from(self.per_10_000)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02} %", self.per_10_000 / 100, self.per_10_000 % 100)
    }
}

/// A text that is no share that can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "the brake's share is a part of a region's persons in per cent, with at most two digits behind the point: from {} to {}",
    Share::LEAST,
    Share::MOST
)]
pub struct UnfitShare;

impl FromStr for Share {
    type Err = UnfitShare;

    /// Reads `0.5`, `0.50` or `0.50 %`.
    fn from_str(text: &str) -> Result<Self, UnfitShare> {
        let number = text.trim_end_matches('%').trim_end();
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        let digits =
            |text: &str, most| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole, 3) || !digits(part, 2) {
            return Err(UnfitShare);
        }
        let part = format!("{part:0<2}");
        let per_10_000: u16 = format!("{whole}{part}").parse().map_err(|_| UnfitShare)?;
        Self { per_10_000 }.settable().ok_or(UnfitShare)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_set_within_its_limits_and_read_as_it_is_written() {
        assert_eq!(Share::default().to_string(), "0.50 %");
        for (text, per_10_000) in
            [("0.5", 50), ("0.50 %", 50), ("0.01", 1), ("1", 100), ("1.00%", 100), ("0.07", 7)]
        {
            let share = Share::of_10_000(per_10_000);
            assert_eq!((text.parse(), share.to_string().parse()), (Ok(share), Ok(share)), "{text}");
        }
        for text in ["", "0", "0.00", "1.01", "100", "0.005", ".5", "5e-1", "-0.5", "0,5", "%", "0.5 % %x"] {
            assert_eq!(text.parse::<Share>(), Err(UnfitShare), "{text}");
        }
    }
}
