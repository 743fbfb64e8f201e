//! Changes of a status after which their person was told nothing.
//!
//! None is a fault: a folder that nobody serves tells nobody, a program that is off tells later, and what is undone within a moment need not be told.
//! The log does not say when a program was on. It does say when somebody was told last of anything, and the living census tells in the order of
//! the journal: a change long before that was passed over.

use jiff::{SignedDuration, Timestamp};

use super::Noted;
use super::person::MOMENT;

/// For how long at the end of a log nobody need have been told yet: of a million who are worse off at once the last is told within minutes.
pub(super) const TELLING: SignedDuration = SignedDuration::from_mins(10);
/// How long before the last notice of all a change lies that was passed over: a program tells of what came while it was off as soon as it is on.
pub(super) const BEFORE: SignedDuration = SignedDuration::from_hours(24);

/// Of one person, the changes after which no notice came yet.
#[derive(Default)]
pub(super) struct Untold(Vec<(Timestamp, u64)>);

impl Untold {
    /// The status is another from an instant on, by an entry or by what came to pass after it.
    pub(super) fn changed(&mut self, at: Timestamp, entry: u64) {
        self.0.push((at, entry));
    }

    /// The person is told: of the newest change, and of those that were one with it.
    pub(super) fn told(&mut self) {
        let Some((newest, _)) = self.0.pop() else { return };
        while self.0.pop_if(|(at, _)| newest.duration_since(*at) <= MOMENT).is_some() {}
    }

    /// What is left of them at the end of a log, and how many of these lie long before somebody was `last_told` of anything.
    pub(super) fn left(self, end: Timestamp, last_told: Option<Timestamp>) -> (Noted, u64) {
        let (mut untold, mut passed_over) = (Noted::default(), 0);
        for (at, entry) in self.0 {
            if end.duration_since(at) > TELLING {
                untold.note(entry);
                passed_over += u64::from(last_told.is_some_and(|told| told.duration_since(at) > BEFORE));
            }
        }
        (untold, passed_over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_of_the_newest_change_and_what_was_one_with_it() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let day = 86_400;
        let left = |changes: &[i64], told: usize, end: i64, last: Option<i64>| {
            let mut untold = Untold::default();
            for (entry, seconds) in (1..).zip(changes) {
                untold.changed(at(*seconds), entry);
            }
            (0..told).for_each(|_| untold.told());
            let (Noted { count, first }, passed_over) = untold.left(at(end), last.map(at));
            (count, first, passed_over)
        };
        for (changes, told, end, last, expected, why) in [
            (&[0][..], 0, 601, None, (1, Some(1), 0), "nobody was told of anything"),
            (&[0], 0, 600, None, (0, None, 0), "it has just come"),
            (&[0], 1, day, None, (0, None, 0), "told"),
            (&[0], 2, day, None, (0, None, 0), "told twice"),
            (&[0, 10], 1, day, None, (0, None, 0), "one with the other"),
            (&[0, 11], 1, day, None, (1, Some(1), 0), "two, and told of the second"),
            (&[0, 11], 2, day, None, (0, None, 0), "told of both"),
            (&[0], 0, 3 * day, Some(day), (1, Some(1), 0), "others were told within the day"),
            (&[0], 0, 3 * day, Some(day + 1), (1, Some(1), 1), "others were told long after"),
        ] {
            assert_eq!(left(changes, told, end, last), expected, "{why}");
        }
    }
}
