//! An issuer that says another thing as often as it said the former one departs from its history.

use mingma_domain::fact::Value;
use mingma_domain::fact::value::Contact;
use mingma_registry::submission::RawRow;
use mingma_registry::words::{Span, Strange};
use pollster::block_on;

use crate::house::{City, NOON, close_contact, document};

/// Records so many contacts of one sort in one submission.
fn contacts(city: &City, key: &str, value: &str, persons: std::ops::Range<u32>) {
    let documents: Vec<String> = persons.map(|n| document(n).to_wire()).collect();
    let row = |person| RawRow { value, evidence: key, ..close_contact(person) };
    let rows: Vec<RawRow<'_>> = documents.iter().map(|person| row(person)).collect();
    city.record(&city.cdc, key, &rows).unwrap();
}

/// What is told of the CDC: about which value, how many rows within how long.
fn told(city: &City) -> Vec<(Option<Value>, u64, Span)> {
    let book = block_on(city.registry.book()).unwrap();
    let alarms = book.alarms().filter(|(_, alarm, _)| alarm.why == Strange::UnlikeItself);
    alarms.map(|(_, alarm, _)| (alarm.value, alarm.rows, alarm.within)).collect()
}

/// A CDC that has recorded fourteen general contacts each noon for sixteen days.
fn city() -> City {
    let city = City::new();
    for day in 0..16 {
        city.watch.set(NOON + day * 86_400);
        contacts(&city, &format!("usual-{day}"), "general", 0..14);
    }
    city.watch.set(NOON + 16 * 86_400);
    assert_eq!(told(&city), []);
    city
}

#[test]
fn who_says_close_as_often_as_it_said_general_departs_from_its_history() {
    let city = city();
    contacts(&city, "general", "general", 100..125);
    assert_eq!(told(&city), [], "five-and-twenty in an hour are like it");
    let city = self::city();
    contacts(&city, "close", "close", 100..120);
    let close = Some(Value::Contact(Contact::Close));
    assert_eq!(told(&city), [(close, 20, Span::Hour)]);
    // Again when it has doubled, and no sooner.
    contacts(&city, "more", "close", 120..139);
    assert_eq!(told(&city).len(), 1);
    contacts(&city, "twice", "close", 139..140);
    assert_eq!(told(&city)[1..], [(close, 40, Span::Hour)]);
}

#[test]
fn what_is_told_of_all_of_a_kind_is_not_told_again_of_its_values() {
    let city = city();
    contacts(&city, "all", "close", 100..300);
    contacts(&city, "more", "close", 300..310);
    contacts(&city, "one-more", "close", 310..311);
    // Of each span, as of whatever is told of.
    let of_all = [(None, 284, Span::Week), (None, 210, Span::Day), (None, 211, Span::Hour)];
    assert_eq!(told(&city), of_all);
    contacts(&city, "and-one", "close", 311..312);
    assert_eq!(told(&city), of_all);
}
