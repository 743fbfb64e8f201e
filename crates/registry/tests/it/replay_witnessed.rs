//! The replay of what a city did that asked witnesses: what may have waited for them, and what is known not to have.

use jiff::SignedDuration;
use mingma_domain::fact::Color;
use mingma_registry::intake::RowAnswer;
use mingma_registry::ports::Clock as _;
use mingma_registry::replay::bundle::read;
use mingma_registry::replay::{Case, Extent, Fault, Signed, Sound, Why, together};
use mingma_registry::row::PersonRow;
use mingma_registry::submission::RawRow;
use mingma_registry::words::ActName;
use mingma_registry::{PersonId, Store as _};
use pollster::block_on;

use crate::house::{City, close_contact, document};
use crate::replay::{all, by_hand, code, last, lived, log, opened, shown, sign_second, told};

/// The same of a city that asked witnesses, of whom this is known.
fn all_witnessed(city: &City, persons: &[PersonId], signed: &[Signed]) -> Result<Sound, Fault> {
    let log = log(city);
    let file = opened(city, &log, persons);
    let openings = read(&file).unwrap().1;
    let case = Case::new(&log, &openings, Extent::Everybody)?.witnessed(signed);
    // Whoever replays in parts is told the same.
    let whole = case.part(0, 1);
    assert_eq!(together((0..3).map(|part| case.part(part, 3))), whole);
    whole
}

/// Makes somebody red for seven days, from this one on.
fn contact_of(city: &City, n: u32) {
    let day = city.watch.now().strftime("%F").to_string();
    let wire = document(n).to_wire();
    let row = RawRow { at: &day, ..close_contact(&wire) };
    let answers = city.record(&city.cdc, &format!("w-{n}-{day}"), &[row]).unwrap();
    let RowAnswer::Recorded { id, .. } = answers[0] else { panic!("{answers:?}") };
    sign_second(city, &city.community, n, id);
}

fn green_by_hand(city: &City, person: PersonId) -> u64 {
    by_hand(city, person, ActName::Show, vec![PersonRow::Code(shown(city, Color::Green))]);
    last(&log(city), ActName::Show)
}

#[test]
fn what_anybody_was_shown_to_be_witnessed_waits_for_nobody_a_moment_later() {
    // What makes the fourth red is signed if what makes the fifth red is, for it came before.
    for (fourth_first, seconds, follows) in [(true, 11, false), (true, 9, true), (false, 11, true)] {
        let (city, persons) = lived();
        for n in if fourth_first { [4, 5] } else { [5, 4] } {
            city.watch.set(city.watch.now().as_second() + 60);
            contact_of(&city, n);
        }
        // Shown while it is red, as the program does who knows that witnesses have signed.
        city.watch.set(city.watch.now().as_second() + 60);
        let newest = block_on(city.store.record(persons[4])).unwrap();
        assert!(newest.countersignatures.len() == 1, "it counts");
        code(&city, persons[4]);
        city.watch.set(city.watch.now().as_second() + seconds);
        let entry = green_by_hand(&city, persons[3]);
        let found = all_witnessed(&city, &persons, &[]);
        if follows {
            assert!(found.is_ok(), "{found:?}");
        } else {
            assert_eq!(found, Err(Fault { entry, why: Why::Color }), "{seconds}");
        }
        assert_eq!(all(&city, &persons), Err(Fault { entry, why: Why::Color }), "without witnesses");
    }
}

#[test]
fn what_the_end_of_a_quarter_shows_to_be_witnessed_waits_for_nobody() {
    let (city, persons) = lived();
    city.watch.set(city.watch.now().as_second() + 60);
    contact_of(&city, 4);
    let number = u64::try_from(log(&city).len()).unwrap();
    city.watch.set(city.watch.now().as_second() + 3_600);
    let (entry, now) = (green_by_hand(&city, persons[3]), city.watch.now());
    let by = |seconds| now - SignedDuration::from_secs(seconds);
    let green = Err(Fault { entry, why: Why::Color });
    assert_eq!(all_witnessed(&city, &persons, &[Signed { number, by: by(10) }]), green);
    for signed in [Signed { number, by: by(9) }, Signed { number: number - 1, by: by(900) }] {
        assert!(all_witnessed(&city, &persons, &[signed]).is_ok(), "{signed:?}");
    }
}

#[test]
fn what_waits_is_told_once_when_it_is_signed_and_once_for_each_turn_before() {
    let (city, persons) = lived();
    let tell = |n| {
        told(&city, persons[3], n);
        last(&log(&city), ActName::Transit)
    };
    city.watch.set(city.watch.now().as_second() + 60);
    contact_of(&city, 4);
    tell(1);
    assert!(all_witnessed(&city, &persons, &[]).is_ok());
    let entry = tell(2);
    assert_eq!(all_witnessed(&city, &persons, &[]), Err(Fault { entry, why: Why::NotAnother }));

    // A second contact is hidden by the first until its days are over: green, and red when it is signed.
    let (city, persons) = lived();
    let tell = |n| {
        told(&city, persons[3], n);
        last(&log(&city), ActName::Transit)
    };
    contact_of(&city, 4);
    code(&city, persons[3]);
    city.watch.set(city.watch.now().as_second() + 3_600 * 24);
    contact_of(&city, 4);
    city.watch.set(city.watch.now().as_second() + 3_600 * 24 * 6 + 43_200);
    for n in 1..=3 {
        tell(n);
    }
    assert!(all_witnessed(&city, &persons, &[]).is_ok());
    assert_eq!(all(&city, &persons).unwrap_err().why, Why::NotAnother, "without witnesses only the first");
    let entry = tell(4);
    assert_eq!(all_witnessed(&city, &persons, &[]), Err(Fault { entry, why: Why::NotAnother }));
}
