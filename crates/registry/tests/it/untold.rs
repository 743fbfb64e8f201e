//! Changes of a status after which their person was told nothing: counted by the replay, and no fault.

use mingma_domain::fact::RetractionReason;
use mingma_registry::replay::Noted;
use mingma_registry::words::ActName;
use mingma_registry::{PersonId, Store as _};
use pollster::block_on;

use crate::house::{City, NOON};
use crate::issuers;
use crate::replay::{all, code, last, lived, log, sign_second, told};

/// The last entry about somebody but looks at them.
fn last_about(city: &City, person: PersonId) -> u64 {
    let numbers = block_on(city.store.numbers(Some(person))).unwrap();
    let entries = block_on(city.store.entries(Some(person))).unwrap();
    let acts = numbers.iter().zip(entries).filter(|(_, entry)| entry.act != ActName::Disclose);
    acts.map(|((_, number), _)| *number).max().unwrap()
}

#[test]
fn a_change_of_which_nobody_was_told_is_counted_and_named_and_is_no_fault() {
    // A risk turns whoever was there red; a program that is off tells nobody, nor does one that passes them over.
    let city = City::new();
    let persons: Vec<PersonId> = (1..=2).map(|n| city.resident(n)).collect();
    for n in [1, 2] {
        let fact = city.contact(n, &format!("c-{n}"));
        sign_second(&city, &city.community, n, fact);
    }
    let signed = last(&log(&city), ActName::Countersign);
    let sound = |city: &City| all(city, &persons).unwrap();
    assert_eq!(sound(&city).untold, Noted::default(), "it has just come");
    city.watch.set(NOON + 3_600);
    code(&city, persons[0]);
    let first = signed - 2;
    assert_eq!(sound(&city).untold, Noted { count: 2, first: Some(first) }, "an hour later nobody was told");
    told(&city, persons[0], 1);
    assert_eq!((sound(&city).untold, sound(&city).passed_over), (Noted { count: 1, first: Some(signed) }, 0));
    // Two days later the first one is told of something, and the other one still of nothing.
    city.watch.set(NOON + 2 * 86_400);
    let fact = city.contact(1, "c-3");
    issuers::take_back(&city, &city.cdc, 1, fact, RetractionReason::WrongPerson).unwrap();
    let own = block_on(city.store.record(persons[0])).unwrap().facts[0].id;
    issuers::take_back(&city, &city.cdc, 1, own, RetractionReason::WrongPerson).unwrap();
    told(&city, persons[0], 2);
    assert_eq!((sound(&city).untold, sound(&city).passed_over), (Noted { count: 1, first: Some(signed) }, 1));
}

#[test]
fn what_the_calendar_changed_is_counted_by_the_last_entry_before_it() {
    // Two were red and are green again on one day; one of them was told, a day and a half later.
    let (city, persons) = lived();
    let sound = all(&city, &persons).unwrap();
    let entry = last_about(&city, persons[1]);
    assert_eq!((sound.untold, sound.passed_over), (Noted { count: 1, first: Some(entry) }, 1));
}
