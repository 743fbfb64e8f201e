//! A census that is kept current: built from the store, told of every person about whom something was committed, and
//! folded when what came later grows.
//!
//! The store is the truth. It tells *all that counts of a person now*, again and again; so it does not matter whether a
//! person is told twice, or whether the process dies in between. Folding is done on a copy while more arrives, and
//! [`Living::adopt`] brings the two together.

use std::collections::BTreeMap;

use mingma_domain::Region;
use mingma_domain::fact::Fact;
use mingma_domain::time::{Day, Zone};

use crate::columns::build::Builder;
use crate::columns::{Census, Known, Number};
use crate::error::Refusal;
use crate::outcomes::Outcomes;

/// By what the store knows a person.
pub type Key = [u8; 16];

/// All that is known of a person now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// Who.
    pub key: Key,
    /// Where the person lives; none of somebody who has not registered.
    pub home: Option<Region>,
    /// The facts that count: countersigned where that is due, and not taken back.
    pub facts: Vec<Fact>,
}

/// Why there is no census of the store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError<E> {
    /// The store could not tell.
    #[error(transparent)]
    Store(E),
    /// The census cannot hold what it tells.
    #[error("{0}")]
    Refused(Refusal),
    /// The store told persons in another order than that of their keys.
    #[error("the persons do not come in the order of their ids, each once")]
    Order,
}

/// The census of a store, and by which key whom to find.
#[derive(Clone)]
pub struct Living {
    census: Census,
    /// Whom the columns have, in order, and their numbers.
    keys: Vec<Key>,
    numbers: Vec<Number>,
    /// Who came or got another number since.
    moved: BTreeMap<Key, Number>,
    /// By their number.
    newer: BTreeMap<Number, Key>,
    /// Who was told since the columns were built, and as which arrival last.
    told: BTreeMap<Key, u64>,
    arrivals: u64,
}

/// How many persons may be later than the columns before it pays to fold them in: a sixteenth of everybody, and not for
/// less than a few thousand. A pass looks at each of them for about a microsecond.
const fn fold_at(persons: usize) -> usize {
    let share = persons / 16;
    if share < 4_096 { 4_096 } else { share }
}

impl Living {
    /// The census of all persons whom the store tells, in the order of their keys, as of one moment.
    ///
    /// # Errors
    /// [`BuildError`].
    pub fn build<E>(
        zone: &Zone,
        today: Day,
        persons: impl IntoIterator<Item = Result<Person, E>>,
    ) -> Result<Self, BuildError<E>> {
        let mut builder = Builder::new(zone, today);
        let mut keys: Vec<Key> = Vec::new();
        for person in persons {
            let person = person.map_err(BuildError::Store)?;
            if keys.last().is_some_and(|last| *last >= person.key) {
                return Err(BuildError::Order);
            }
            let entry = builder.person(person.home).map_err(BuildError::Refused)?;
            for fact in &person.facts {
                builder.fact(entry, fact, &[]).map_err(BuildError::Refused)?;
            }
            keys.push(person.key);
        }
        let (census, numbers) = builder.finish_numbered().map_err(BuildError::Refused)?;
        Ok(Self::of(census, keys, numbers))
    }

    fn of(census: Census, mut keys: Vec<Key>, mut numbers: Vec<Number>) -> Self {
        keys.shrink_to_fit();
        numbers.shrink_to_fit();
        Self {
            census,
            keys,
            numbers,
            moved: BTreeMap::new(),
            newer: BTreeMap::new(),
            told: BTreeMap::new(),
            arrivals: 0,
        }
    }

    /// The census, to be read.
    #[must_use]
    pub const fn census(&self) -> &Census {
        &self.census
    }

    /// How many bytes it takes, beside the census, to find whom the columns have by their key.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.keys.capacity() * size_of::<Key>() + self.numbers.capacity() * size_of::<Number>()
    }

    /// The number of a person.
    #[must_use]
    pub fn number(&self, key: &Key) -> Option<Number> {
        self.moved.get(key).copied().or_else(|| {
            let at = self.keys.binary_search(key).ok()?;
            self.numbers.get(at).copied()
        })
    }

    /// Whose number it is.
    #[must_use]
    pub fn key(&self, number: Number) -> Option<Key> {
        if let Some(key) = self.newer.get(&number) {
            return Some(*key);
        }
        let _home = self.census.home(number)?;
        self.keys.get(usize::try_from(self.census.entered_as(number)?).ok()?).copied()
    }

    /// Takes in all that is known of a person now; gives the number before, if there was one, and the number now.
    ///
    /// # Errors
    /// A [`Refusal`] if a width does not hold it; nothing is then changed.
    pub fn arrive(&mut self, person: &Person) -> Result<(Option<Number>, Number), Refusal> {
        let known = self.census.known(&person.facts, &[])?;
        self.take(person.key, person.home, known)
    }

    fn take(
        &mut self,
        key: Key,
        home: Option<Region>,
        known: Vec<Known>,
    ) -> Result<(Option<Number>, Number), Refusal> {
        let before = self.number(&key);
        let now = match before {
            Some(number) => self.census.replace_known(number, home, known)?,
            None => self.census.join_known(None, home, known)?,
        };
        if before != Some(now) {
            self.moved.insert(key, now);
            self.newer.insert(now, key);
            if let Some(before) = before {
                self.newer.remove(&before);
            }
        }
        self.arrivals += 1;
        self.told.insert(key, self.arrivals);
        Ok((before, now))
    }

    /// How often somebody was told of.
    pub(crate) const fn arrivals(&self) -> u64 {
        self.arrivals
    }

    /// The numbers of those who were told of after so many arrivals.
    pub(crate) fn since(&self, arrivals: u64) -> impl Iterator<Item = Number> {
        let later = self.told.iter().filter(move |(_, arrival)| **arrival > arrivals);
        later.filter_map(|(key, _)| self.number(key))
    }

    /// Whether it pays to fold in what came later.
    #[must_use]
    pub fn is_to_be_folded(&self) -> bool {
        self.census.later() > fold_at(self.keys.len())
    }

    /// The same census with everything in columns. It is to be [`adopt`](Self::adopt)ed by this one, which may take in
    /// more meanwhile.
    ///
    /// # Errors
    /// A [`Refusal`] if a width does not hold it.
    pub fn folded(&self, today: Day) -> Result<Self, Refusal> {
        let columns = self.keys.iter().zip(&self.numbers).map(|(key, number)| (*key, *number));
        let mut all: BTreeMap<Key, Number> = BTreeMap::new();
        let mut order = Vec::with_capacity(self.keys.len() + self.moved.len());
        all.extend(self.moved.iter().map(|(key, number)| (*key, *number)));
        // Two ordered rows become one.
        let mut later = all.into_iter().peekable();
        for (key, number) in columns {
            while let Some(newer) = later.next_if(|(newer, _)| *newer < key) {
                order.push(newer);
            }
            order.push(later.next_if(|(newer, _)| *newer == key).unwrap_or((key, number)));
        }
        order.extend(later);
        let (keys, before) = order.into_iter().unzip();
        let folded = self.census.folded_in(today, before)?;
        let mut living = Self::of(folded.census, keys, folded.numbers);
        living.arrivals = self.arrivals;
        Ok(living)
    }

    /// Takes over a folded copy, with what has arrived here since it was made; everybody's outcome goes along to the new
    /// number.
    ///
    /// # Errors
    /// A [`Refusal`] if a width does not hold it; nothing is then changed.
    pub fn adopt(&mut self, mut folded: Self, outcomes: &mut Outcomes) -> Result<(), Refusal> {
        let since = folded.arrivals;
        for (key, _) in self.told.iter().filter(|(_, arrival)| **arrival > since) {
            let Some(number) = self.number(key) else { continue };
            let mut known = Vec::new();
            self.census.each_fact(number, |event, taken_back| known.push((event, taken_back)));
            folded.take(*key, self.census.home_of(number), known)?;
        }
        let mut carried = Outcomes::of_nobody(&folded.census);
        let newer = folded.moved.keys().copied().collect::<Vec<_>>();
        for key in folded.keys.iter().copied().chain(newer) {
            if let (Some(old), Some(new)) = (self.number(&key), folded.number(&key)) {
                carried.set(new, outcomes.code(old));
            }
        }
        folded.arrivals = self.arrivals;
        *outcomes = carried;
        *self = folded;
        Ok(())
    }
}
