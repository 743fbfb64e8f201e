//! What may have waited for witnesses when something was shown: the log does not say when they signed.
//!
//! So where a quorum is asked for, what was shown is right if it was so with everything signed up to some number
//! ([`witnessed`](crate::witnessed)). What is known of that number only grows: a code that is not green or a revocation, of anybody, shows up
//! to where everything was signed, and so does the end of a quarter's log. Everybody is held to it from a moment after.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use mingma_domain::assess::Outcome;
use mingma_domain::fact::Color;

use super::Step;
use super::person::MOMENT;
use crate::acts::assess::is_worse;
use crate::book::Book;
use crate::feed::{Added, Later};
use crate::record::PersonRecord;
use crate::witnessed::Waiting;

/// That witnesses had signed everything up to an entry by an instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Signed {
    /// The entry's number.
    pub number: u64,
    /// When at the latest.
    pub by: Timestamp,
}

/// Up to which entry witnesses are known to have signed, from which instant on.
#[derive(Debug, Default)]
pub(super) struct Floors(BTreeMap<Timestamp, u64>);

impl Floors {
    pub(super) fn raise(&mut self, Signed { number, by }: Signed) {
        if self.known(by) >= number {
            return;
        }
        self.0.retain(|since, known| *since < by || *known > number);
        self.0.insert(by, number);
    }

    /// The number to which an act of this instant is held: it may have looked a moment before.
    pub(super) fn at(&self, at: Timestamp) -> u64 {
        at.checked_sub(MOMENT).map_or(0, |at| self.known(at))
    }

    fn known(&self, at: Timestamp) -> u64 {
        self.0.range(..=at).next_back().map_or(0, |(_, number)| *number)
    }
}

/// What somebody may have been shown, by how far witnesses had signed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Seen {
    /// With everything signed.
    pub(super) outcome: Option<Outcome>,
    /// While the entry of a number was not signed, and those before were, from the lowest number on; each is another than the next.
    pub(super) less: Vec<(u64, Option<Outcome>)>,
    /// By which rules.
    pub(super) ruleset: u64,
}

impl Seen {
    /// The lowest number, none below `floor`, up to which everything may have been signed for such a status to be shown.
    pub(super) fn least(&self, floor: u64, is_shown: impl Fn(Option<Outcome>) -> bool) -> Option<u64> {
        let mut signed = floor;
        for (unsigned, outcome) in self.less.iter().filter(|(unsigned, _)| *unsigned > floor) {
            if is_shown(*outcome) {
                return Some(signed);
            }
            signed = *unsigned;
        }
        is_shown(self.outcome).then_some(signed)
    }

    /// What is seen with everything signed up to a number.
    fn with(&self, signed: u64) -> Option<Outcome> {
        let less = self.less.iter().find(|(unsigned, _)| *unsigned > signed);
        less.map_or(self.outcome, |(_, outcome)| *outcome)
    }

    /// How often the person may be told of another status when this has become `next`: once if it is another as far as anything may
    /// have been signed by then, which is from `floor` on and below `entry`; and once more when each entry is signed that begins to wait.
    pub(super) fn changes(&self, next: &Self, floor: u64, entry: u64) -> u64 {
        let steps = |seen: &Self| seen.less.iter().map(|(unsigned, _)| *unsigned).collect::<BTreeSet<u64>>();
        let (before, after) = (steps(self), steps(next));
        let mut signed = std::iter::once(floor).chain(&before | &after).filter(|signed| *signed >= floor);
        let turned = signed.any(|signed| signed < entry && self.with(signed) != next.with(signed));
        let begun = after.difference(&before).filter(|unsigned| **unsigned > floor).count();
        u64::from(turned) + u64::try_from(begun).unwrap_or(u64::MAX)
    }
}

impl PersonRecord {
    /// An entry may wait whose rows are on the record now.
    pub(super) fn may_wait(&mut self, step: &Step<'_>) {
        let added: BTreeSet<Added> = step.rows.iter().filter_map(Added::by).collect();
        if !added.is_empty() {
            let opened = &step.of.opened;
            self.later.push(Later { number: opened.number, entry: opened.id, at: opened.at, added });
        }
    }

    /// What is seen while not everything is signed, if it is this with everything. With nothing that lets the person do less than
    /// green does, nothing waits.
    pub(super) fn seen_with_less(
        &self,
        everything: Option<Outcome>,
        floor: u64,
        by: (&Book, Timestamp),
    ) -> Vec<(u64, Option<Outcome>)> {
        if !self.may_turn(everything) || waiting(self, floor, by).is_nothing() {
            return Vec::new();
        }
        let signed = std::iter::once(floor).chain(self.later.iter().map(|entry| entry.number));
        let seen = signed.map(|signed| {
            let waiting = waiting(self, signed, by);
            outcome(&self.clone().without_waiting(waiting), by)
        });
        let mut less: Vec<_> = self.later.iter().map(|entry| entry.number).zip(seen).collect();
        let next: Vec<_> = less.iter().skip(1).map(|(_, seen)| *seen).chain([everything]).collect();
        let mut next = next.into_iter();
        less.retain(|(_, seen)| next.next() != Some(*seen));
        less
    }

    /// Whether entries may wait, or begin to with another day.
    pub(super) fn may_turn(&self, everything: Option<Outcome>) -> bool {
        let green = Outcome::Code(Color::Green);
        !self.later.is_empty() && everything.is_some_and(|outcome| is_worse(outcome, green))
    }
}

fn waiting(record: &PersonRecord, witnessed: u64, by: (&Book, Timestamp)) -> Waiting {
    Waiting::of(record, witnessed, |record| outcome(record, by))
}

fn outcome(record: &PersonRecord, (book, at): (&Book, Timestamp)) -> Option<Outcome> {
    let now = at.max(record.decided());
    book.outcome(record.home()?, &record.counting(now), now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GREEN: Option<Outcome> = Some(Outcome::Code(Color::Green));
    const YELLOW: Option<Outcome> = Some(Outcome::Code(Color::Yellow));
    const RED: Option<Outcome> = Some(Outcome::Code(Color::Red));

    fn seen(less: &[(u64, Option<Outcome>)], outcome: Option<Outcome>) -> Seen {
        Seen { outcome, less: less.to_vec(), ruleset: 1 }
    }

    #[test]
    fn what_was_signed_is_signed_from_then_on_and_known_a_moment_later() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let mut floors = Floors::default();
        for (number, seconds) in [(9, 300), (4, 100), (3, 200), (7, 250), (7, 260)] {
            floors.raise(Signed { number, by: at(seconds) });
        }
        let moment = MOMENT.as_secs();
        for (seconds, number) in
            [(0, 0), (100, 4), (200, 4), (249, 4), (250, 7), (299, 7), (300, 9), (900, 9)]
        {
            assert_eq!(floors.at(at(seconds + moment)), number, "{seconds}");
        }
        floors.raise(Signed { number: 8, by: at(90) });
        assert_eq!([90, 100, 260, 300].map(|seconds| floors.at(at(seconds + moment))), [8, 8, 8, 9]);
    }

    #[test]
    fn what_was_shown_tells_up_to_where_everything_was_signed_at_least() {
        let seen = seen(&[(5, GREEN), (8, YELLOW)], RED);
        let least = |floor, color| seen.least(floor, |shown| shown == color);
        assert_eq!([GREEN, YELLOW, RED].map(|color| least(0, color)), [Some(0), Some(5), Some(8)]);
        assert_eq!([GREEN, YELLOW, RED].map(|color| least(5, color)), [None, Some(5), Some(8)]);
        assert_eq!([GREEN, YELLOW, RED].map(|color| least(9, color)), [None, None, Some(9)]);
    }

    #[test]
    fn nobody_is_told_oftener_than_something_turned_or_was_signed() {
        let (green, waits) = (seen(&[], GREEN), seen(&[(5, GREEN)], RED));
        for (before, after, entry, changes, why) in [
            (&green, &seen(&[], RED), 5, 1, "at once"),
            (&green, &waits, 5, 1, "when it is signed"),
            (&waits, &seen(&[], GREEN), 6, 1, "taken back, if it was signed"),
            (&seen(&[], RED), &seen(&[], RED), 5, 0, "harmless"),
            (&seen(&[], RED), &waits, u64::MAX, 2, "the day ends what hid it"),
            (&seen(&[(5, YELLOW)], RED), &waits, u64::MAX, 1, "the day ends what it is added to"),
            (
                &waits,
                &seen(&[(5, GREEN), (6, YELLOW)], RED),
                6,
                2,
                "a part of it is undone at once, and another waits",
            ),
            (&waits, &waits, u64::MAX, 0, "nothing"),
        ] {
            assert_eq!(before.changes(after, 0, entry), changes, "{why}");
        }
        assert_eq!(waits.changes(&seen(&[], RED), 5, u64::MAX), 0, "signed, as is known");
    }
}
