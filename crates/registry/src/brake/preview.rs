//! What a draft would do, in numbers of persons: what the brake adds up, what two offices see, and how it is written down.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use base16ct::HexDisplay;
use jiff::Timestamp;
use mingma_domain::Region;
use thiserror::Error;

use super::Share;
use crate::book::Book;
use crate::canonical::{Canonical, Hash};
use crate::sight::OnDay;

/// How many persons of a region a draft would touch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RegionPreview {
    /// Where they live.
    pub region: Region,
    /// How many live there.
    pub persons: u64,
    /// How many would be worse off: shown something stricter, or held longer, at once or on a day to come.
    pub worse: u64,
    /// How many of them would be held longer: not green now, nor shown anything stricter, and what they are shown ends later.
    pub longer: u64,
    /// How many of them would be neither at once, but shown something stricter on a day to come, by what is known now.
    pub later: u64,
    /// How many would be better off: shown something milder, that not for longer, and on no day to come anything stricter.
    pub better: u64,
    /// How many were foreseen to be worse off by what was published alone since a second office last agreed to something
    /// that makes the region worse; at most [`super::ALONE_DAYS`] ago.
    pub alone: u64,
}

/// What a draft would do, as of an instant: numbers of persons, and nobody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Preview {
    /// Of which draft: [`super::Draft::hash`].
    pub draft: Hash,
    /// As of when.
    pub as_of: Timestamp,
    /// Above which share of a region a second office has to agree.
    pub share: Share,
    /// By region, where anybody would be worse or better off; of what takes effect later, by then or if it did at once, each person once.
    pub regions: Vec<RegionPreview>,
    /// In detail: on the day on which it takes effect, and if that is later, as if it did today. Empty where only the sums were asked for,
    /// and in what was proposed before there were details.
    pub days: Vec<OnDay>,
}

/// How many more of a region may be worse off at an approval than when it was proposed, in per cent of those then: numbers move while an office reads.
pub const TOLERANCE_PER_CENT: u64 = 10;
/// Or so many persons, where a tenth is fewer.
pub const TOLERANCE_PERSONS: u64 = 10;

impl Preview {
    /// The first region in which more than the share would be worse off.
    #[must_use]
    pub fn exceeds(&self) -> Option<&RegionPreview> {
        self.regions.iter().find(|region| self.share.is_exceeded(region))
    }

    /// The same with what a book says was published alone before it, and with the share that is set.
    #[must_use]
    pub fn after(mut self, book: &Book, now: Timestamp, share: Share) -> Self {
        for of in &mut self.regions {
            of.alone = book.alone(of.region, now);
        }
        Self { share, ..self }
    }

    /// The first region in which more would be worse off than in what was seen before, beyond the tolerance; and how many were seen there.
    #[must_use]
    pub fn outgrows(&self, seen: &Self) -> Option<(&RegionPreview, u64)> {
        let of = |region| seen.regions.iter().find(|of| of.region == region).map_or(0, |of| of.worse);
        let all = self.regions.iter().map(|region| (region, of(region.region)));
        all.into_iter().find(|(region, seen)| {
            let more = (seen / (100 / TOLERANCE_PER_CENT)).max(TOLERANCE_PERSONS);
            region.worse > seen.saturating_add(more)
        })
    }

    /// Whether anybody would be worse off.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.regions.iter().any(|region| region.worse > 0)
    }

    /// What says that two have seen the same numbers.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let mut text = Canonical::new("mingma/preview/1");
        text.text(self);
        text.hash()
    }
}

/// The draft's hash and the instant, and the share in ten thousandths if it is not the usual one; then a line for each region: its code, persons, worse,
/// better, and then, without the zeros at their end, what was published alone before, how many would be held longer, and how many be worse off later. Then each day in
/// detail, after an empty line.
impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x} {}", HexDisplay(&self.draft), self.as_of)?;
        if self.share != Share::default() {
            write!(f, " {}", self.share.in_10_000())?;
        }
        for RegionPreview { region, persons, worse, longer, later, better, alone } in &self.regions {
            write!(f, "\n{region} {persons} {worse} {better}")?;
            let rest = [*alone, *longer, *later];
            let told = rest.iter().rposition(|number| *number > 0).map_or(0, |last| last + 1);
            rest.iter().take(told).try_for_each(|number| write!(f, " {number}"))?;
        }
        self.days.iter().try_for_each(|day| write!(f, "\n\n{day}"))
    }
}

/// A text that is no preview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a preview")]
pub struct NotAPreview;

impl FromStr for Preview {
    type Err = NotAPreview;

    /// Reads what is printed, and nothing else.
    fn from_str(text: &str) -> Result<Self, NotAPreview> {
        let mut parts = text.split("\n\n");
        let mut lines = parts.next().unwrap_or_default().split('\n');
        let (hex, as_of) = lines.next().and_then(|line| line.split_once(' ')).ok_or(NotAPreview)?;
        let mut draft = [0; 32];
        base16ct::lower::decode(hex, &mut draft).map_err(|_| NotAPreview)?;
        let region = |line: &str| -> Option<RegionPreview> {
            let mut words = line.split(' ');
            let region = words.next()?.parse().ok()?;
            let mut number = || words.next()?.parse().ok();
            let (persons, worse, better) = (number()?, number()?, number()?);
            let (alone, longer) = (number().unwrap_or(0), number().unwrap_or(0));
            let later: u64 = number().unwrap_or(0);
            let some = longer.checked_add(later)?;
            let region = RegionPreview { region, persons, worse, longer, later, better, alone };
            (some <= worse).then_some(region)
        };
        let regions = lines.map(|line| region(line).ok_or(NotAPreview)).collect::<Result<_, _>>()?;
        let (as_of, share) = match as_of.split_once(' ') {
            Some((as_of, share)) => {
                // By what no setting takes nothing was ever foreseen.
                let share = share.parse().ok().and_then(|persons| Share::of_10_000(persons).settable());
                (as_of, share.ok_or(NotAPreview)?)
            }
            None => (as_of, Share::default()),
        };
        let as_of = as_of.parse().map_err(|_| NotAPreview)?;
        let days = parts.map(|day| day.parse().map_err(|_| NotAPreview)).collect::<Result<_, _>>()?;
        let preview = Self { draft, as_of, share, regions, days };
        if preview.to_string() == text { Ok(preview) } else { Err(NotAPreview) }
    }
}

/// Says a preview's brake in words: `in 410105, 31 of 1000 persons would be worse off`.
pub(crate) fn in_words(region: &RegionPreview) -> String {
    let mut words = String::new();
    let RegionPreview { region, persons, worse, alone, .. } = region;
    // Writing to a string cannot fail.
    let _written = write!(words, "in `{region}`, {worse} of {persons} persons would be worse off");
    if *alone > 0 {
        let _written = write!(words, ", after {alone} by what was published alone before");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(persons: u64, worse: u64) -> RegionPreview {
        RegionPreview {
            region: "410105".parse().unwrap(),
            persons,
            worse,
            longer: 0,
            later: 0,
            better: 1,
            alone: 0,
        }
    }

    #[test]
    fn the_brake_holds_above_half_a_per_cent_of_any_region_and_not_at_it() {
        // persons, worse, held
        let table = [
            (1_000, 5, false),
            (1_000, 6, true),
            (400_000, 2_000, false),
            (400_000, 2_001, true),
            (100, 0, false),
            (100, 1, true),
            (0, 0, false),
            (u64::MAX, u64::MAX, true),
        ];
        for (persons, worse, held) in table {
            let preview = Preview {
                draft: [0; 32],
                as_of: Timestamp::UNIX_EPOCH,
                share: Share::default(),
                regions: vec![region(9_999_999, 1), region(persons, worse)],
                days: vec![],
            };
            assert_eq!(preview.exceeds().is_some(), held, "{worse} of {persons}");
        }
        assert!(Share::of_10_000(10_000).is_exceeded(&region(1, 2)));
    }

    #[test]
    fn what_was_seen_is_outgrown_beyond_a_tenth_and_ten_persons() {
        let preview = |worse| Preview {
            draft: [0; 32],
            as_of: Timestamp::UNIX_EPOCH,
            share: Share::default(),
            regions: vec![region(9_999_999, worse)],
            days: vec![],
        };
        // seen, now, whether that is more than was seen
        for (seen, now, more) in [
            (0, 10, false),
            (0, 11, true),
            (31, 41, false),
            (31, 42, true),
            (1_000, 1_100, false),
            (1_000, 1_101, true),
            (1_000, 0, false),
            (u64::MAX, u64::MAX, false),
        ] {
            let (seen_then, seen_now) = (preview(seen), preview(now));
            let outgrown = seen_now.outgrows(&seen_then);
            assert_eq!(outgrown, more.then_some((&region(9_999_999, now), seen)), "{now} after {seen}");
        }
        let elsewhere = Preview { regions: vec![], ..preview(0) };
        assert!(preview(11).outgrows(&elsewhere).is_some(), "where nobody was hit when it was proposed");
    }

    #[test]
    fn a_preview_reads_back_as_it_was_printed_and_nothing_else_does() {
        let preview = Preview {
            draft: [0xA5; 32],
            as_of: "2022-06-13T09:40:00.123456789Z".parse().unwrap(),
            share: Share::default(),
            regions: vec![region(1_000, 6), region(7, 0), RegionPreview { alone: 4, ..region(9, 1) }],
            days: vec![],
        };
        let text = preview.to_string();
        assert_eq!(text.parse(), Ok(preview.clone()));
        for other in [
            "",
            text.split_at(1).1,
            &format!("{text}\n"),
            &format!("{text} 0"),
            &format!("{text} 1 1"),
            &text.replace(" 4", " 0"),
            &text.replace(" 6 ", " 06 "),
            &text.to_uppercase(),
        ] {
            assert_eq!(other.parse::<Preview>(), Err(NotAPreview), "{other}");
        }
        let other = Preview { regions: vec![region(1_000, 7), region(7, 0)], ..preview.clone() };
        assert_ne!(preview.hash(), other.hash());
        // By another share it is another preview, and what was kept before there was one stands as it was.
        let other = Preview { share: Share::of_10_000(75), ..preview.clone() };
        assert_eq!((other.to_string().parse(), other.hash() == preview.hash()), (Ok(other), false));
        assert_eq!(text.replace("789Z", "789Z 50").parse::<Preview>(), Err(NotAPreview));
    }
    #[test]
    fn who_is_held_longer_and_what_each_day_would_bring_stands_in_the_text_and_in_its_hash() {
        let sums = Preview {
            draft: [0xA5; 32],
            as_of: "2022-06-13T09:40:00Z".parse().unwrap(),
            share: Share::default(),
            regions: vec![RegionPreview { longer: 5, ..region(1_000, 6) }],
            days: vec![],
        };
        assert!(sums.to_string().ends_with("\n410105 1000 6 1 0 5"), "{sums}");
        let later = Preview { regions: vec![RegionPreview { later: 2, ..region(1_000, 6) }], ..sums.clone() };
        assert!(later.to_string().ends_with("\n410105 1000 6 1 0 0 2"), "{later}");
        assert_eq!(later.to_string().parse(), Ok(later.clone()));
        let day = |on: &str| OnDay { on: on.parse().unwrap(), ..crate::sight::example() };
        let whole = Preview { days: vec![day("2022-07-01"), day("2022-06-13")], ..sums.clone() };
        for preview in [&sums, &whole] {
            assert_eq!(preview.to_string().parse().as_ref(), Ok(preview));
        }
        let other = Preview { days: vec![day("2022-07-01"), day("2022-06-14")], ..sums.clone() };
        assert!(sums.hash() != whole.hash() && whole.hash() != other.hash());
        assert_eq!(whole.exceeds(), sums.exceeds());
        let text = whole.to_string();
        for other in [
            format!("{text}\n"),
            format!("{text}\n\n"),
            text.replace("shift", "shifts"),
            text.replace("reason", "shift"),
            text.replace("green", "blue"),
            text.replace(" 12 5 2", " 12 13 2"),
            text.replace(" 0 5\n", " 0 7\n"),
            text.replace("coming 2022-06-14", "coming 2022-06-41"),
            text.replace("coming-reason R3 3 1", "coming-reason R3 3 01"),
            text.replace("\nreason R2 4 0\n", "\n")
                .replace("coming-reason R3 3 1", "coming-reason R3 3 1\nreason R2 4 0"),
            text.replace("stricter-still 2022-06-20 yellow", "stricter-still 2022-06-20 orange"),
            text.replace("reason Y1 1 0 410000 2022-01", "reason Y1 1 0 410000"),
            text.replace("reason Y1 1 0 410000 2022-01", "reason Y1 1 0 419999 2022-01"),
            text.replace("reason Y1 1 0 410000 2022-01", "reason Y1 1 0 410000 2022-01 2022-02"),
            text.replace("green red 2\n", "green red 7\n"),
            text.replace("2022-06-13 10000", "2022-06-13 010000"),
            text.replace(" - ", " never "),
        ] {
            assert_ne!(other, text);
            assert_eq!(other.parse::<Preview>(), Err(NotAPreview), "{other}");
        }
    }
}
