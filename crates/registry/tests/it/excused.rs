//! What an end of data excuses: the entries that have ended by it, and none that is kept back.

use mingma_domain::time::Zone;
use mingma_registry::acts::purge;
use mingma_registry::journal::Entry;
use mingma_registry::replay::bundle::{Opened, read};
use mingma_registry::replay::{Case, Extent, Fault, Logged, Sound, Why, draw, of_drawn, replay};
use mingma_registry::retention::{KindPurged, Purged, Sealed};
use mingma_registry::row::PublicRow;
use mingma_registry::submission::RawRow;
use mingma_registry::words::ActName;
use mingma_registry::{Change, Clock as _, PersonId, Store as _};
use pollster::block_on;

use crate::house::{City, NOON, document, negative_test};
use crate::replay::{Chance, all, last, lived, log, opened};

const DAY: i64 = 86_400;

fn night(city: &City, day: i64) {
    city.watch.set(NOON + day * DAY);
    block_on(purge(&city.registry, Zone::named("Asia/Shanghai").unwrap(), false)).unwrap();
}

/// A city of which the facts of the middle of June have ended, and one of its end is kept.
fn after_an_end() -> (City, Vec<PersonId>) {
    let (city, persons) = lived();
    city.watch.set(NOON + 15 * DAY);
    let wire = document(3).to_wire();
    let test = RawRow { at: "2022-06-28T08:00:00+08:00", evidence: "S-7", ..negative_test(&wire) };
    city.record(&city.laboratory, "l-later", &[test]).unwrap();
    night(&city, 65);
    (city, persons)
}

fn without(
    log: &[Logged],
    openings: &[Opened<'_>],
    is_kept_back: impl Fn(u64, ActName) -> bool,
) -> Result<Sound, Fault> {
    let mut openings = openings.to_vec();
    openings
        .retain(|opened| !is_kept_back(opened.number, log[usize::try_from(opened.number).unwrap() - 1].act));
    replay(log, &openings, Extent::Everybody)
}

#[test]
fn after_an_end_of_data_each_entry_that_is_kept_back_is_named() {
    let (city, persons) = after_an_end();
    let sound = all(&city, &persons).unwrap();
    assert!(sound.ended >= 8 && sound.facts > 0, "six tests and two contacts have ended: {sound:?}");
    let log = log(&city);
    let file = opened(&city, &log, &persons);
    let openings = read(&file).unwrap().1;
    let mut names = std::collections::BTreeMap::<String, u32>::new();
    for opened in
        openings.iter().filter(|opened| !log[usize::try_from(opened.number).unwrap() - 1].act.is_public())
    {
        let fault = without(&log, &openings, |number, _| number == opened.number).unwrap_err();
        assert_eq!(fault.entry, opened.number, "{fault}");
        *names.entry(fault.why.to_string()).or_default() += 1;
    }
    // Nothing is counted where the act, or the age, says enough.
    assert_eq!(names.keys().map(String::as_str).collect::<Vec<_>>(), [Why::Missing.to_string()]);
}

#[test]
fn of_those_whom_a_checkpoint_draws_not_everything_can_have_ended() {
    let (city, persons) = after_an_end();
    let log = log(&city);
    let file = opened(&city, &log, &persons);
    let openings = read(&file).unwrap().1;
    let is_public = |opened: &Opened<'_>| log[usize::try_from(opened.number).unwrap() - 1].act.is_public();
    for root in 0..8 {
        let drawn = draw(&log, &[root; 32], 12);
        let given = of_drawn(&log, openings.clone(), &drawn);
        let sound = replay(&log, &given, Extent::Drawn(&drawn)).unwrap();
        assert!(sound.persons > 0, "{sound:?}");
        let public: Vec<Opened<'_>> = openings.iter().copied().filter(is_public).collect();
        let fault = replay(&log, &public, Extent::Drawn(&drawn)).unwrap_err();
        let may_have_ended = |number: &u64| log[usize::try_from(*number).unwrap() - 1].act == ActName::Record;
        let first = drawn.iter().find(|number| !may_have_ended(number)).unwrap();
        assert_eq!(fault, Fault { entry: *first, why: Why::Missing });
    }
}

#[test]
fn not_more_than_have_ended_may_be_missing_though_each_is_old_enough() {
    // Two tests of one day; one is of May, and has ended.
    let city = City::new();
    let persons = [city.resident(1), city.resident(2)];
    for (n, at) in [(1, "2022-05-01T08:00:00+08:00"), (2, "2022-06-13T08:00:00+08:00")] {
        let wire = document(n).to_wire();
        let test = RawRow { at, ..negative_test(&wire) };
        city.record(&city.laboratory, &format!("l-{n}"), &[test]).unwrap();
    }
    night(&city, 20);
    let sound = all(&city, &persons).unwrap();
    assert_eq!((sound.ended, sound.facts), (1, 1));
    let log = log(&city);
    let file = opened(&city, &log, &persons);
    let openings = read(&file).unwrap().1;
    let kept = last(&log, ActName::Record);
    let fault = without(&log, &openings, |number, _| number == kept).unwrap_err();
    assert_eq!(fault, Fault { entry: kept, why: Why::OneTooMany });
}

#[test]
fn nights_that_were_missed_are_made_good_and_excuse_as_much() {
    let (city, persons) = lived();
    for day in [40, 71, 75, 260, 300] {
        night(&city, day);
        let sound = all(&city, &persons).unwrap_or_else(|fault| panic!("day {day}: {fault}"));
        assert_eq!(sound.ended > 0, day > 70, "day {day}: {sound:?}");
    }
}

/// What somebody does who tells of an end of data past the acts.
fn told(city: &City, facts: &[(&str, &str, &str)], sealed: &[(ActName, &str)]) {
    let facts = facts.iter().map(|(kind, first, last)| KindPurged {
        kind: kind.parse().unwrap(),
        count: 1,
        first: first.parse().unwrap(),
        last: last.parse().unwrap(),
    });
    let sealed =
        sealed.iter().map(|(act, newest)| Sealed { act: *act, count: 1, newest: newest.parse().unwrap() });
    let (at, facts) = (city.watch.now(), facts.collect());
    let row = PublicRow::Purged(Purged { at, facts, others: 0, sealed: Some(sealed.collect()) });
    let entry = Entry::public(&Chance, ActName::Purge, at, &row).unwrap();
    block_on(city.store.apply(vec![Change::Public { row, entry }])).unwrap();
}

#[test]
fn an_end_of_data_that_came_too_early_is_named_and_a_late_one_is_told() {
    // Noon of 23 June in Beijing; there is no place where it is the 25th yet.
    type Told<'a> = (&'a [(&'a str, &'a str, &'a str)], &'a [(ActName, &'a str)], bool);
    let cases: [Told<'_>; 8] = [
        (&[("test", "2022-06-23", "2022-06-23")], &[], true),
        (&[("test", "2022-06-23", "2022-06-25")], &[], false),
        (&[("test", "2022-06-01", "2022-06-20"), ("stay", "2022-08-01", "2022-08-01")], &[], false),
        (&[("test", "2022-06-20", "2022-06-19")], &[], false),
        (&[], &[(ActName::Transit, "2021-12-25")], true),
        (&[], &[(ActName::Transit, "2021-12-26")], false),
        (&[], &[(ActName::Register, "2021-01-01")], false),
        (&[], &[(ActName::Record, "2022-06-24")], false),
    ];
    for (facts, sealed, in_time) in cases {
        let (city, persons) = lived();
        city.watch.set(NOON + 10 * DAY);
        told(&city, facts, sealed);
        let entry = last(&log(&city), ActName::Purge);
        let found = all(&city, &persons).map(|_| ());
        let expected = if in_time { Ok(()) } else { Err(Fault { entry, why: Why::Early }) };
        assert_eq!(found, expected, "{facts:?} {sealed:?}");
    }
    let (city, persons) = lived();
    city.watch.set(NOON + 10 * DAY);
    told(&city, &[("test", "2022-06-20", "2022-06-23"), ("stay", "2022-06-19", "2022-06-19")], &[]);
    let log_ = log(&city);
    let file = opened(&city, &log_, &persons);
    let openings = read(&file).unwrap().1;
    let found = Case::new(&log_, &openings, Extent::Everybody).unwrap().in_time().unwrap();
    let late: Vec<_> = found.late.iter().map(|late| (late.entry, late.kind.word(), late.days)).collect();
    assert_eq!((found.ends, late), (1, vec![(last(&log_, ActName::Purge), "stay", 4)]));
}

#[test]
fn how_much_was_destroyed_stands_in_clear_in_whole_tens_or_as_programs_of_before_told_it() {
    let (city, persons) = after_an_end();
    let mut log = log(&city);
    let file = opened(&city, &log, &persons);
    let openings = read(&file).unwrap().1;
    let purge = last(&log, ActName::Purge);
    let place = usize::try_from(purge).unwrap() - 1;
    let subject = |log: &[Logged]| log[place].shown.as_ref().unwrap().subject.as_ref().unwrap().to_string();
    assert_eq!(subject(&log), "under-10", "six tests and two contacts");
    for (told, holds) in [("under-10", true), ("8", true), ("9", false), ("10", false), ("0", false)] {
        log[place].shown.as_mut().unwrap().subject = Some(told.parse().unwrap());
        let replayed = replay(&log, &openings, Extent::Everybody);
        let otherwise = Fault { entry: purge, why: Why::ShownOtherwise };
        assert_eq!(replayed.err(), (!holds).then_some(otherwise), "{told}");
    }
}
