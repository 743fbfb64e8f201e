//! Whose entries wait for witnesses: found by the number of the entry, as witnesses sign further.

use std::collections::{BTreeMap, BTreeSet};

use mingma_registry::PersonId;

/// Who waits, by the numbers of the entries that do not count yet.
#[derive(Debug, Default)]
pub(super) struct Waits {
    persons: BTreeMap<PersonId, Vec<u64>>,
    numbers: BTreeMap<u64, PersonId>,
}

impl Waits {
    /// Of somebody these entries wait, and no others.
    pub(super) fn set(&mut self, person: PersonId, numbers: Vec<u64>) {
        for number in self.persons.remove(&person).unwrap_or_default() {
            self.numbers.remove(&number);
        }
        if !numbers.is_empty() {
            self.numbers.extend(numbers.iter().map(|number| (*number, person)));
            self.persons.insert(person, numbers);
        }
    }

    /// Of whom something waits that is signed up to this number, each once, in the order of what waits longest.
    pub(super) fn up_to(&self, witnessed: u64) -> Vec<PersonId> {
        let mut seen = BTreeSet::new();
        self.numbers
            .range(..=witnessed)
            .map(|(_, person)| *person)
            .filter(|person| seen.insert(*person))
            .collect()
    }

    /// Whether anything waits that is signed up to this number.
    pub(super) fn reaches(&self, witnessed: u64) -> bool {
        self.numbers.first_key_value().is_some_and(|(number, _)| *number <= witnessed)
    }

    /// How many entries wait.
    pub(super) fn len(&self) -> u64 {
        u64::try_from(self.numbers.len()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_is_found_by_the_first_number_that_is_signed_and_is_forgotten_when_nothing_waits() {
        let (one, two) = (PersonId::new([1; 16]), PersonId::new([2; 16]));
        let mut waits = Waits::default();
        waits.set(one, vec![4, 9]);
        waits.set(two, vec![3, 5]);
        assert_eq!((waits.len(), waits.reaches(2), waits.reaches(3)), (4, false, true));
        assert_eq!(
            (waits.up_to(3), waits.up_to(4), waits.up_to(9)),
            (vec![two], vec![two, one], vec![two, one])
        );
        waits.set(two, vec![]);
        waits.set(one, vec![9]);
        assert_eq!((waits.len(), waits.reaches(8), waits.up_to(9)), (1, false, vec![one]));
    }
}
