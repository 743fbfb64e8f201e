//! What comes first of what was read, so that everything is taken in in its order: a stretch takes in public acts, then persons,
//! of one day, or days alone.

use mingma_domain::time::{Day, Zone};
use mingma_registry::feed::Fed;
use mingma_registry::store::Published;

use super::news::is_law;

/// A part that is taken in together.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) acts: Vec<Published>,
    pub(super) fed: Vec<Fed>,
    /// The day on which it ends.
    pub(super) day: Day,
    /// Whether nothing is left.
    pub(super) is_all: bool,
}

impl Part {
    /// The first part of public acts and of commitments about persons, both in the order of their entries, from one day on and up to today.
    ///
    /// It ends where a day begins, or with a person after whom the law changed: an entry counts by the law and on the day of its own time.
    /// Other public acts change no status, so persons may be before them.
    pub(super) fn first(
        mut acts: Vec<Published>,
        mut fed: Vec<Fed>,
        (here, today): (Day, Day),
        zone: &Zone,
    ) -> Self {
        let day = |at| zone.day_of(at).clamp(here, today);
        let persons = fed.iter().map(|fed| (fed.number, day(fed.at)));
        let all = || acts.iter().map(|act| (act.entry, day(act.at))).chain(persons.clone());
        let begins = all().min_by_key(|(number, _)| *number).map_or(today, |(_, day)| day);
        let later = all().filter(|(_, day)| *day > here).map(|(number, _)| number);
        let person = fed.first().map_or(u64::MAX, |fed| fed.number);
        let law = acts.iter().filter(|act| is_law(act) && act.entry > person).map(|act| act.entry);
        let until = later.chain(law).min().unwrap_or(u64::MAX);
        let is_all = until == u64::MAX && today == here;
        acts.retain(|act| act.entry < until);
        fed.retain(|fed| fed.number < until);
        Self { acts, fed, day: begins, is_all }
    }
}
