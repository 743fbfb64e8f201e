//! That nobody's entry was left out: each names the person's former one, and those that nothing opens are excused by an end
//! of data or missing.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::bundle::Opened;
use super::{Extent, Fault, Logged, Proved, Step, Why};
use crate::canonical::Hash;
use crate::journal::Former;

/// What chains are followed through.
pub(super) struct Chains<'l> {
    log: &'l [Logged],
    /// The entries whose content has ended, by their leaves: which one each names.
    ended: BTreeMap<Hash, (u64, Former)>,
    numbers: Vec<u64>,
    last_purge: u64,
    /// Where each commitment stands; made when the first is looked for.
    places: OnceLock<BTreeMap<Hash, u64>>,
}

impl<'l> Chains<'l> {
    pub(super) fn new(
        log: &'l [Logged],
        openings: &[Opened<'_>],
        ended: Vec<Proved<'_>>,
        last_purge: u64,
    ) -> Self {
        let ended =
            ended.into_iter().map(|proved| (proved.leaf, (proved.opened.number, proved.opened.former)));
        Self {
            log,
            ended: ended.collect(),
            numbers: openings.iter().map(|opened| opened.number).collect(),
            last_purge,
            places: OnceLock::new(),
        }
    }

    /// Where a commitment stands.
    fn place(&self, leaf: &Hash) -> Option<u64> {
        let places = || (1..).zip(self.log).map(|(number, entry)| (entry.commitment, number)).collect();
        self.places.get_or_init(places).get(leaf).copied()
    }

    fn is_excused(&self, number: u64) -> bool {
        number < self.last_purge
    }

    /// How many entries about persons nothing opens that should be opened: all of them excused, and not more than rows have
    /// ended.
    pub(super) fn missing(&self, extent: Extent<'_>, purged: u64) -> Result<u64, Fault> {
        let is_given = |number: &u64| self.numbers.binary_search(number).is_ok();
        let due: Vec<u64> = match extent {
            Extent::Drawn(drawn) => drawn.iter().copied().filter(|number| !is_given(number)).collect(),
            Extent::Everybody => {
                let about = (1..).zip(self.log).filter(|(_, entry)| !entry.act.is_public());
                about.map(|(number, _)| number).filter(|number| !is_given(number)).collect()
            }
        };
        let count = u64::try_from(due.len()).unwrap_or(u64::MAX);
        let first = due.iter().find(|number| !self.is_excused(**number));
        match (first, due.first()) {
            (Some(entry), _) => Err(Fault { entry: *entry, why: Why::Missing }),
            (None, Some(entry)) if count > purged => Err(Fault { entry: *entry, why: Why::Missing }),
            (None, _) => Ok(count),
        }
    }

    /// Follows a person's chain from the first entry to the last; gives the numbers of the entries in it whose rows have ended.
    pub(super) fn follow(&self, steps: &[Step<'_>]) -> Result<Vec<u64>, Fault> {
        let mut gone = Vec::new();
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
                        if let Some((number, before)) = self.ended.get(&leaf).filter(|(n, _)| *n < below) {
                            gone.push(*number);
                            (below, former) = (*number, *before);
                            continue;
                        }
                        let place = self.place(&leaf);
                        let after = last.map_or(0, |last| last.opened.number);
                        let number = place.filter(|number| after < *number && *number < below);
                        let number = number.ok_or_else(|| fault(unchained))?;
                        if !self.is_excused(number) {
                            return Err(Fault { entry: number, why: Why::Missing });
                        }
                        // What lies before it cannot be followed any more.
                        gone.push(number);
                        break;
                    }
                }
            }
            last = Some(of);
        }
        gone.sort_unstable();
        Ok(gone)
    }
}
