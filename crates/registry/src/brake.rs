//! The brake: what would make many people worse at once waits for a second office, which sees the same numbers.
//!
//! A draft — a ruleset, or a region's risk — is foreseen before it is published. If in some region more than a set share
//! of the persons would be worse off, nobody publishes it alone: it is proposed, with the numbers, and counts when
//! somebody of an appeals office has approved that proposal; and so is whatever gives an issuer more than it had. In an
//! emergency one office may go ahead for a few days; the journal then says so. What is foreseen enters as a value, through [`Foresight`]: nothing here knows how it is found.

mod above;
mod alone;
mod emergencies;
mod foresight;
mod proposal;
mod share;

use std::fmt::{self, Write as _};
use std::str::FromStr;

pub use above::is_above;
pub(crate) use above::{is_top, least_around};
pub(crate) use alone::Alone;
pub use alone::{ALONE_DAYS, LetGo};
use base16ct::HexDisplay;
pub(crate) use emergencies::Emergencies;
pub use foresight::{Blind, Current, Everybody, Foresight, Kept, Looking, RegionShown, Turned, What};
use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::fact::Evidence;
use mingma_domain::risk::RegionRisk;
pub use proposal::{Proposal, Proposed};
pub use share::{Share, UnfitShare};
use thiserror::Error;

use crate::book::Book;
use crate::canonical::{Canonical, Hash};
use crate::policy::{Actor, Office};
use crate::row::{PublicRow, RulesetEntry};
use crate::words::EmergencyGround;

/// What is to be published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Draft {
    /// A ruleset.
    Rules(RulesetEntry),
    /// A region's risk.
    Risk(RegionRisk),
}

/// How many persons of a region a draft would touch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RegionPreview {
    /// Where they live.
    pub region: Region,
    /// How many live there.
    pub persons: u64,
    /// How many would be worse off.
    pub worse: u64,
    /// How many would be better off.
    pub better: u64,
    /// How many were foreseen to be worse off by what was published alone since a second office last agreed to something
    /// that makes the region worse; at most [`ALONE_DAYS`] ago.
    pub alone: u64,
}

/// What a draft would do, as of an instant: numbers of persons, and nobody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Preview {
    /// Of which draft: [`Draft::hash`].
    pub draft: Hash,
    /// As of when.
    pub as_of: Timestamp,
    /// Above which share of a region a second office has to agree.
    pub share: Share,
    /// By region, where anybody would change.
    pub regions: Vec<RegionPreview>,
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
/// better, and what was published alone before, if there was any.
impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x} {}", HexDisplay(&self.draft), self.as_of)?;
        if self.share != Share::default() {
            write!(f, " {}", self.share.in_10_000())?;
        }
        for RegionPreview { region, persons, worse, better, alone } in &self.regions {
            write!(f, "\n{region} {persons} {worse} {better}")?;
            if *alone > 0 {
                write!(f, " {alone}")?;
            }
        }
        Ok(())
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
        let mut lines = text.split('\n');
        let (hex, as_of) = lines.next().and_then(|line| line.split_once(' ')).ok_or(NotAPreview)?;
        let mut draft = [0; 32];
        base16ct::lower::decode(hex, &mut draft).map_err(|_| NotAPreview)?;
        let region = |line: &str| -> Option<RegionPreview> {
            let mut words = line.split(' ');
            let region = words.next()?.parse().ok()?;
            let mut number = || words.next()?.parse().ok();
            let (persons, worse, better) = (number()?, number()?, number()?);
            Some(RegionPreview { region, persons, worse, better, alone: number().unwrap_or(0) })
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
        let preview = Self { draft, as_of, share, regions };
        if preview.to_string() == text { Ok(preview) } else { Err(NotAPreview) }
    }
}

impl Draft {
    /// For which region.
    #[must_use]
    pub const fn region(&self) -> Region {
        match self {
            Self::Rules(entry) => entry.region,
            Self::Risk(risk) => risk.region,
        }
    }

    /// What says that two drafts are one.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let mut text = Canonical::new("mingma/draft/1");
        self.write(&mut text);
        text.hash()
    }

    pub(crate) fn write(&self, text: &mut Canonical) {
        match self {
            Self::Rules(entry) => {
                text.text("ruleset");
                text.text(entry.region);
                text.text(&entry.id);
                text.text(&entry.rules);
                text.text(&entry.examples);
            }
            Self::Risk(risk) => {
                text.text("risk");
                text.text(risk.region);
                text.text(risk.level);
                text.text(risk.from);
                text.optional(risk.until);
            }
        }
    }
}

impl From<Draft> for PublicRow {
    fn from(draft: Draft) -> Self {
        match draft {
            Draft::Rules(entry) => Self::Ruleset(entry),
            Draft::Risk(risk) => Self::Risk(risk),
        }
    }
}

/// An official's hand under a public act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hand {
    /// Who, as the staff list calls them.
    pub staff: Evidence,
    /// Of which office.
    pub office: Office,
    /// Of which region.
    pub region: Region,
    /// When.
    pub at: Timestamp,
}

impl Hand {
    /// The hand of whoever acts, if an official does.
    #[must_use]
    pub fn of(actor: &Actor, at: Timestamp) -> Option<Self> {
        match actor {
            Actor::Official { staff, office, region } => {
                Some(Self { staff: staff.clone(), office: *office, region: *region, at })
            }
            // Where a commission's hand stands: whoever has the key is no second office to whoever holds the commission.
            Actor::Authority(vouched) => Some(Self {
                staff: format!("key:{}", vouched.key()).parse().ok()?,
                office: Office::HealthCommission,
                region: vouched.region(),
                at,
            }),
            Actor::Visitor
            | Actor::Resident(_)
            | Actor::Agent(_)
            | Actor::App(_)
            | Actor::Institution(_)
            | Actor::Assistant(_)
            | Actor::Auditor(_) => None,
        }
    }

    pub(crate) fn write(&self, text: &mut Canonical) {
        text.text(&self.staff);
        text.text(self.office);
        text.text(self.region);
        text.text(self.at);
    }
}

/// A second office agrees to a proposal, having seen its preview.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approval {
    /// The number of the proposal.
    pub proposal: u64,
    /// What the second office saw: [`Proposal::seen`].
    pub seen: Hash,
    /// The second office.
    pub by: Hand,
}

/// One office goes ahead alone, for a few days.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Emergency {
    /// The hash of the draft, which is published next.
    pub draft: Hash,
    /// What it would do, if it could be foreseen.
    pub preview: Option<Preview>,
    /// Why it cannot wait.
    pub ground: EmergencyGround,
    /// The office.
    pub by: Hand,
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
        RegionPreview { region: "410105".parse().unwrap(), persons, worse, better: 1, alone: 0 }
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
        };
        let text = preview.to_string();
        assert_eq!(text.parse(), Ok(preview.clone()));
        for other in [
            "",
            text.split_at(1).1,
            &format!("{text}\n"),
            &format!("{text} 1"),
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
}
