//! That nobody's entry was left out: each names the person's former one, and those that nothing opens are excused by an end
//! of data or missing.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::Timestamp;

use super::bundle::{Content, Opened};
use super::ended::{counted, excused};
use super::law::Law;
use super::{Extent, Fault, Logged, Proved, Step, Why};
use crate::canonical::Hash;
use crate::journal::Former;
use crate::retention::{REQUEST_DAYS, before, rows_days};
use crate::words::ActName;

/// The entries of a person's chain whose rows have ended, by their numbers.
#[derive(Clone, Default)]
pub(super) struct Gone {
    /// Those that may have decided what counts, in order.
    pub(super) deciding: Vec<u64>,
    /// The first that may have let somebody act for the person.
    pub(super) letting: Option<u64>,
}

/// What chains are followed through.
pub(super) struct Chains<'l> {
    log: &'l [Logged],
    /// The entries whose content has ended, by their leaves.
    ended: BTreeMap<Hash, Proved<'l>>,
    /// Which former entry each entry names that was opened, by its leaf.
    formers: BTreeMap<Hash, (u64, Former)>,
    numbers: Vec<u64>,
    /// Below this number entries were not chained yet.
    chained: u64,
    /// The entries that nothing opens, and that have ended.
    excused: Vec<u64>,
    /// The last act that tells of an end of data, and when that was.
    purge: (u64, Timestamp),
    /// Where each commitment stands; made when the first is looked for.
    places: OnceLock<BTreeMap<Hash, u64>>,
}

impl<'l> Chains<'l> {
    pub(super) fn new(log: &'l [Logged], about: &[Proved<'l>], openings: &[Opened<'_>], law: &Law) -> Self {
        let ended = about.iter().filter(|proved| matches!(proved.opened.content, Content::Ended(_)));
        let named = |proved: &Proved<'_>| (proved.leaf, (proved.opened.number, proved.opened.former));
        // Only if something was opened that was not: of a log that was chained from its beginning nothing is of before.
        let is_chained = |proved: &&Proved<'_>| proved.opened.former != Former::Unsaid;
        let first = about.iter().find(is_chained).map_or(u64::MAX, |proved| proved.opened.number);
        let of_before = about.first().is_some_and(|proved| !is_chained(&proved));
        Self {
            log,
            ended: ended.map(|proved| (proved.leaf, *proved)).collect(),
            formers: about.iter().map(named).collect(),
            numbers: openings.iter().map(|opened| opened.number).collect(),
            chained: if of_before { first } else { 0 },
            excused: Vec::new(),
            purge: law.last_end(),
            places: OnceLock::new(),
        }
    }

    /// Where a commitment stands.
    fn place(&self, leaf: &Hash) -> Option<u64> {
        let places = || (1..).zip(self.log).map(|(number, entry)| (entry.commitment, number)).collect();
        self.places.get_or_init(places).get(leaf).copied()
    }

    /// How many entries about persons nothing opens that should be opened: all of them have ended, as the log tells.
    pub(super) fn missing(&mut self, extent: Extent<'_>, law: &Law) -> Result<u64, Fault> {
        self.withheld(law)?;
        let is_given = |number: &u64| self.numbers.binary_search(number).is_ok();
        let mut due: Vec<u64> = match extent {
            Extent::Drawn(drawn) => {
                // Whoever was drawn has entries that were not: those that the chains name, and nobody gave.
                let named = self.formers.values().filter_map(|(_, former)| match former {
                    Former::Leaf(leaf) if !self.formers.contains_key(leaf) => self.place(leaf),
                    Former::Leaf(_) | Former::Unsaid | Former::None => None,
                });
                drawn.iter().copied().chain(named).filter(|number| !is_given(number)).collect()
            }
            Extent::Everybody => {
                let about = (1..).zip(self.log).filter(|(_, entry)| !entry.act.is_public());
                about.map(|(number, _)| number).filter(|number| !is_given(number)).collect()
            }
        };
        due.sort_unstable();
        due.dedup();
        excused(self.log, &due, self.chained, law)?;
        self.excused = due;
        Ok(u64::try_from(self.excused.len()).unwrap_or(u64::MAX))
    }

    /// That of no entry the rows were left out that have not ended.
    fn withheld(&self, law: &Law) -> Result<(), Fault> {
        let mut ended: Vec<&Proved<'_>> = self.ended.values().collect();
        ended.sort_unstable_by_key(|of| of.opened.number);
        if let Some(of) = ended.iter().find(|of| !self.may_have_ended(of)) {
            return Err(Fault { entry: of.opened.number, why: Why::Withheld });
        }
        // Each of these rows is counted by itself; all others end together with one, or with a request that nobody counts.
        let told = ended.iter().filter(|of| matches!(of.act, ActName::Show | ActName::Disclose));
        counted(told.map(|of| (of.act, of.opened.at, of.opened.number)).collect(), law)
    }

    /// Whether an entry's rows may have ended before its salt, as the log tells of ends of data.
    fn may_have_ended(&self, of: &Proved<'_>) -> bool {
        let (number, at) = (of.opened.number, of.opened.at);
        let Some(days) = rows_days(of.act) else { return false };
        let is_due = number < self.purge.0 && at <= before(self.purge.1, days);
        // With the fact that it is about: one that was recorded before it, and is gone.
        let is_said = matches!(
            of.act,
            ActName::Countersign
                | ActName::Retract
                | ActName::Confirm
                | ActName::Appeal
                | ActName::AnswerAppeal
        );
        if is_said {
            is_due && self.follows_one_that_ended(of)
        } else {
            is_due || self.is_past_its_request(of)
        }
    }

    /// Whether the request has passed that an entry commits to, of which no act tells.
    fn is_past_its_request(&self, of: &Proved<'_>) -> bool {
        let with_a_request = matches!(of.act, ActName::Declare | ActName::AuthorizeApp | ActName::Bind);
        let now = self.log.last().and_then(|entry| Timestamp::from_second(entry.second).ok());
        with_a_request && now.is_some_and(|now| of.opened.at <= before(now, REQUEST_DAYS))
    }

    /// Whether somewhere before an entry about a person lies one that nothing opens any more, or a declaration that has ended in part.
    fn follows_one_that_ended(&self, of: &Proved<'_>) -> bool {
        let (mut below, mut former) = (of.opened.number, of.opened.former);
        loop {
            let Former::Leaf(leaf) = former else { return false };
            match self.formers.get(&leaf) {
                None => return true,
                Some((number, before)) if *number < below => (below, former) = (*number, *before),
                Some(_) => return false,
            }
            if self.ended.get(&leaf).is_some_and(|of| of.act == ActName::Declare) {
                return true;
            }
        }
    }

    /// Follows a person's chain from the first entry to the last; gives what of it has ended.
    pub(super) fn follow(&self, steps: &[Step<'_>]) -> Result<Gone, Fault> {
        let mut gone = Gone::default();
        let mut last: Option<&Proved<'_>> = None;
        for Step { of, .. } in steps {
            let fault = |why| Fault { entry: of.opened.number, why };
            let unchained = Why::Unchained { last: last.map_or(0, |last| last.opened.number) };
            let (mut below, mut former) = (of.opened.number, of.opened.former);
            loop {
                match former {
                    // Entries of before entries were chained follow nothing but one another.
                    Former::Unsaid if last.is_none_or(|last| last.opened.former == Former::Unsaid) => break,
                    Former::None if last.is_none() => break,
                    Former::Unsaid | Former::None => return Err(fault(unchained)),
                    Former::Leaf(leaf) if last.is_some_and(|last| last.leaf == leaf) => break,
                    Former::Leaf(leaf) => {
                        if let Some(of) = self.ended.get(&leaf).filter(|of| of.opened.number < below) {
                            (below, former) = (of.opened.number, of.opened.former);
                            // What decides nothing may end, and everything is judged as if it were there.
                            if of.act.decides() {
                                gone.deciding.push(below);
                            } else if matches!(of.act, ActName::Bind | ActName::AuthorizeApp) {
                                gone.may_let(below);
                            }
                            continue;
                        }
                        let place = self.place(&leaf);
                        let after = last.map_or(0, |last| last.opened.number);
                        let number = place.filter(|number| after < *number && *number < below);
                        let number = number.ok_or_else(|| fault(unchained))?;
                        if self.excused.binary_search(&number).is_err() {
                            return Err(Fault { entry: number, why: Why::Missing });
                        }
                        // What lies before it cannot be followed any more.
                        gone.deciding.push(number);
                        gone.may_let(number);
                        break;
                    }
                }
            }
            last = Some(of);
        }
        gone.deciding.sort_unstable();
        Ok(gone)
    }
}

impl Gone {
    fn may_let(&mut self, number: u64) {
        self.letting = Some(self.letting.map_or(number, |first| first.min(number)));
    }
}
