//! Drawing entries by a checkpoint: whoever has the log draws the same, and nobody chooses.

use std::collections::BTreeSet;

use super::Logged;
use super::bundle::{Content, Opened};
use crate::canonical::{Canonical, Hash};
use crate::id::PersonId;
use crate::journal::Former;
use crate::journal::read::person_of;
use crate::words::ActName;

/// Entries about persons, drawn by the root of the tree that the log has; in the order of their numbers. All of them if there are
/// not more than `count`. Looks are never drawn: an audit makes some of its own, which would draw the same persons again.
///
/// Each is the hash of the root and a count, as a number, modulo the number of entries: of fewer than 2³² the lean towards the first
/// ones is under one in 2³². The root is settled when the last entry is, so whoever adds entries to be drawn otherwise
/// adds them for everybody to see.
#[must_use]
pub fn draw(log: &[Logged], root: &Hash, count: usize) -> Vec<u64> {
    let about = log.iter().filter(|entry| is_told_of(entry)).count();
    let size = u64::try_from(log.len()).unwrap_or(u64::MAX);
    let mut drawn = BTreeSet::new();
    for n in 0_u64.. {
        if drawn.len() >= count.min(about) {
            break;
        }
        let mut text = Canonical::new("mingma/sample/1");
        text.bytes(root);
        text.text(n);
        let hash = text.hash();
        let place = hash.first_chunk().map_or(0, |first| u64::from_be_bytes(*first)) % size;
        let entry = usize::try_from(place).ok().and_then(|place| log.get(place));
        if entry.is_some_and(is_told_of) {
            drawn.insert(place + 1);
        }
    }
    drawn.into_iter().collect()
}

/// Whether an entry can be drawn: it says something about somebody, and is no look.
fn is_told_of(entry: &Logged) -> bool {
    !entry.act.is_public() && entry.act != ActName::Disclose
}

/// Which openings a sample looks at: those of public acts, and those about the persons whom drawn entries are about.
#[derive(Debug)]
pub struct Sieve<'l> {
    log: &'l [Logged],
    drawn: &'l [u64],
    persons: BTreeSet<PersonId>,
    /// Whether of an entry that was drawn only its chain may say whom it is about.
    leads: bool,
}

impl<'l> Sieve<'l> {
    /// One that knows what was drawn, and nobody yet.
    #[must_use]
    pub const fn new(log: &'l [Logged], drawn: &'l [u64]) -> Self {
        Self { log, drawn, persons: BTreeSet::new(), leads: false }
    }

    /// Learns who was drawn from an opening, whichever: all are to be seen before one is asked for.
    pub fn see(&mut self, number: u64, whose: Option<PersonId>) {
        if self.is_drawn(number) {
            self.leads |= whose.is_none();
            self.persons.extend(whose);
        }
    }

    /// Whether an opening may be looked at: one whose rows have ended does not say whom it is about, and a chain may lead to it; from one
    /// that was drawn, to anybody's.
    #[must_use]
    pub fn may_want(&self, number: u64, whose: Option<PersonId>) -> bool {
        self.leads || whose.is_none() || self.wants(number, whose)
    }

    fn wants(&self, number: u64, whose: Option<PersonId>) -> bool {
        self.is_drawn(number)
            || self.entry(number).is_none_or(|entry| entry.act.is_public())
            || whose.is_some_and(|person| self.persons.contains(&person))
    }

    fn is_drawn(&self, number: u64) -> bool {
        self.drawn.binary_search(&number).is_ok()
    }

    fn entry(&self, number: u64) -> Option<&'l Logged> {
        self.log.get(usize::try_from(number.checked_sub(1)?).ok()?)
    }
}

/// Of openings those that a sample looks at.
///
/// An entry whose rows have ended does not say whom it is about. So whatever the chain of one that is kept leads to is kept.
#[must_use]
pub fn of_drawn<'f>(log: &[Logged], mut openings: Vec<Opened<'f>>, drawn: &[u64]) -> Vec<Opened<'f>> {
    let whose = |opened: &Opened<'_>| match opened.content {
        Content::Whole(content) | Content::Found(content) => person_of(content),
        Content::Ended(_) => None,
    };
    let mut sieve = Sieve::new(log, drawn);
    for opened in &openings {
        sieve.see(opened.number, whose(opened));
    }
    let (mut kept, mut led) = (BTreeSet::new(), BTreeSet::new());
    // The newest first, so that a chain is followed down in one go.
    for opened in openings.iter().rev() {
        let is_led = || sieve.entry(opened.number).is_some_and(|entry| led.contains(&entry.commitment));
        let whose = whose(opened);
        if sieve.wants(opened.number, whose) || is_led() {
            kept.insert(opened.number);
            if let Former::Leaf(former) = opened.former {
                led.insert(former);
            }
        }
    }
    openings.retain(|opened| kept.contains(&opened.number));
    openings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_alone_decides_who_is_drawn_and_no_public_act_and_no_look_is() {
        let log: Vec<Logged> = (0..1_000_u32)
            .map(|n| {
                let act = match n % 6 {
                    0 => ActName::Publish,
                    3 => ActName::Disclose,
                    _ => ActName::Record,
                };
                Logged { act, second: 0, commitment: [0; 32], shown: None }
            })
            .collect();
        let drawn = draw(&log, &[1; 32], 50);
        assert_eq!(drawn.len(), 50);
        assert!(drawn.is_sorted() && drawn.iter().all(|number| (number - 1) % 3 != 0), "{drawn:?}");
        assert_eq!(drawn, draw(&log, &[1; 32], 50));
        assert_ne!(drawn, draw(&log, &[2; 32], 50));
        assert!(draw(&log, &[1; 32], 60).iter().filter(|number| drawn.contains(number)).count() == 50);
        assert_eq!(draw(&log, &[1; 32], 5_000).len(), 666, "everybody, and no more");
        assert!(draw(&[], &[1; 32], 5).is_empty());
    }
}
