//! Which entries no quorum has signed yet and about whom they are, and which of them wait for that.

use std::collections::{BTreeMap, BTreeSet};

use mingma_registry::PersonId;

/// What was taken in and is not signed.
#[derive(Debug, Default)]
pub(super) struct Waits {
    /// About whom each entry is, by its number.
    unsigned: BTreeMap<u64, PersonId>,
    /// Of whom entries do not count yet: these.
    persons: BTreeMap<PersonId, Vec<u64>>,
}

impl Waits {
    /// An entry about somebody is not signed. Whether it waits is another question, whose answer changes with the day and the law.
    pub(super) fn add(&mut self, number: u64, person: PersonId) {
        self.unsigned.insert(number, person);
    }

    /// Of somebody these entries wait, and no others.
    pub(super) fn set(&mut self, person: PersonId, numbers: Vec<u64>) {
        if numbers.is_empty() {
            self.persons.remove(&person);
        } else {
            self.persons.insert(person, numbers);
        }
    }

    /// Whether anything of somebody waits.
    pub(super) fn is_of(&self, person: &PersonId) -> bool {
        self.persons.contains_key(person)
    }

    /// About whom the entries up to this number are, each once, in the order of the first.
    pub(super) fn signed(&self, witnessed: u64) -> Vec<PersonId> {
        let mut seen = BTreeSet::new();
        let signed = self.unsigned.range(..=witnessed).map(|(_, person)| *person);
        signed.filter(|person| seen.insert(*person)).collect()
    }

    /// Up to where so many entries are signed, if witnesses have signed up to a number: after they were away for long it is taken
    /// in part by part.
    pub(super) fn part(&self, witnessed: u64, most: usize) -> u64 {
        let last = self.unsigned.keys().nth(most.saturating_sub(1));
        last.map_or(witnessed, |last| witnessed.min(*last))
    }

    /// What is signed up to this number is no longer looked for.
    pub(super) fn forget(&mut self, witnessed: u64) {
        self.unsigned =
            witnessed.checked_add(1).map_or_else(BTreeMap::new, |next| self.unsigned.split_off(&next));
    }

    /// Whether anything is not signed that is if witnesses have signed up to this number.
    pub(super) fn reaches(&self, witnessed: u64) -> bool {
        self.unsigned.first_key_value().is_some_and(|(number, _)| *number <= witnessed)
    }

    /// How many entries wait.
    pub(super) fn len(&self) -> u64 {
        u64::try_from(self.persons.values().map(Vec::len).sum::<usize>()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_found_by_its_number_whether_it_waits_or_not_and_forgotten_after() {
        let (one, two) = (PersonId::new([1; 16]), PersonId::new([2; 16]));
        let mut waits = Waits::default();
        for (number, person) in [(3, two), (4, one), (5, two), (9, one)] {
            waits.add(number, person);
        }
        waits.set(one, vec![4, 9]);
        assert_eq!((waits.len(), waits.is_of(&one), waits.is_of(&two)), (2, true, false));
        assert_eq!((waits.reaches(2), waits.reaches(3)), (false, true));
        assert_eq!((waits.signed(3), waits.signed(9)), (vec![two], vec![two, one]));
        let parts = [waits.part(9, 3), waits.part(4, 3), waits.part(9, 5), waits.part(u64::MAX, 5)];
        assert_eq!(parts, [5, 4, 9, u64::MAX]);
        waits.forget(4);
        assert_eq!((waits.reaches(4), waits.signed(8)), (false, vec![two]));
        waits.set(one, vec![]);
        assert_eq!((waits.len(), waits.is_of(&one)), (0, false));
        waits.forget(u64::MAX);
        assert!(!waits.reaches(u64::MAX));
    }
}
