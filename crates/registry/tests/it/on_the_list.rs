//! Whoever puts a hand under an act, or looks at somebody, holds that office then, as an auditor finds it in the log.

use jiff::SignedDuration;
use mingma_registry::acts::{AppointStaff, add_staff, remove_staff};
use mingma_registry::brake::{Draft, Hand, LetGo};
use mingma_registry::policy::{Office, Purpose, Role};
use mingma_registry::replay::bundle::read;
use mingma_registry::replay::{Case, Extent, Fault};
use mingma_registry::row::{Amendment, Disclosure, PersonRow, PublicRow};
use mingma_registry::words::ActName;
use mingma_registry::{Clock as _, DisclosureId, PersonId};
use pollster::block_on;

use crate::brake::risk;
use crate::house::City;
use crate::replay::{Chance, by_hand, log, opened};
use crate::seconded::{hand, preview, proposes, put};

fn staff(city: &City, persons: &[PersonId]) -> Result<u64, Fault> {
    let log = log(city);
    let file = opened(city, &log, persons);
    Case::new(&log, &read(&file).unwrap().1, Extent::Drawn(&[]))?.staff()
}

pub(crate) fn holds(city: &City, name: &str, office: Office, hours: i64) {
    let (store, now) = (city.registry.store(), city.watch.now());
    let until = now + SignedDuration::from_hours(hours);
    let (name, region) = (name.parse().unwrap(), "410000".parse().unwrap());
    let wish = AppointStaff { name, office, region, from: now, until };
    block_on(add_staff(store, &Chance, now, &wish)).unwrap();
    city.watch.set(city.watch.now().as_second() + 1);
}

/// The entry that was made last.
fn newest(city: &City) -> u64 {
    u64::try_from(log(city).len()).unwrap()
}

#[test]
fn whoever_puts_a_hand_under_an_act_held_that_office_then() {
    let of = risk(Some("2022-06-20"));
    // Nobody in the staff list.
    let city = City::of_nobody();
    proposes(&city, &of, (0, 0));
    let fault = staff(&city, &[]).unwrap_err();
    assert_eq!(fault.entry, newest(&city));
    assert!(fault.to_string().contains("`staff-7` was no account of the staff list then"), "{fault}");
    // Who was put on it afterwards.
    holds(&city, "staff-7", Office::HealthCommission, 24);
    assert_eq!(staff(&city, &[]), Err(fault));
    // As it should be; of another office; of another region; when the account was over, and when it was ended.
    let city = City::of_nobody();
    holds(&city, "staff-7", Office::HealthCommission, 24);
    proposes(&city, &of, (0, 0));
    assert_eq!(staff(&city, &[]), Ok(1));
    let hand = hand(&city, "staff-7", Office::HealthCommission);
    let others = [
        Hand { office: Office::Appeals, ..hand.clone() },
        Hand { region: "420000".parse().unwrap(), ..hand.clone() },
        Hand { at: hand.at + SignedDuration::from_hours(25), ..hand.clone() },
    ];
    for by in others {
        let city = City::of_nobody();
        holds(&city, "staff-7", Office::HealthCommission, 24);
        city.watch.set(by.at.as_second());
        let preview = preview(&city, &of, (0, 0));
        put(&city, ActName::SetRisk, PublicRow::LetGo(LetGo { draft: Draft::Risk(of).hash(), preview, by }));
        assert_eq!(staff(&city, &[]).unwrap_err().entry, newest(&city));
    }
    let city = City::of_nobody();
    holds(&city, "staff-7", Office::HealthCommission, 24);
    let ended = city.watch.now();
    block_on(remove_staff(city.registry.store(), &Chance, ended, &"staff-7".parse().unwrap())).unwrap();
    city.watch.set(ended.as_second() + 1);
    proposes(&city, &of, (0, 0));
    assert_eq!(staff(&city, &[]), Ok(1), "what was under way is done");
    city.watch.set((ended + SignedDuration::from_mins(2)).as_second());
    proposes(&city, &of, (0, 0));
    assert_eq!(staff(&city, &[]).unwrap_err().entry, newest(&city));
}

#[test]
fn whoever_looked_at_somebody_held_that_office_then() {
    let city = City::of_nobody();
    let person = city.resident(1);
    let looks = |role| {
        let at = city.watch.now();
        let (by, policies) = ("staff-9".parse().unwrap(), "persons-in-an-appeal".parse().ok());
        let id = DisclosureId::new(at, [u8::try_from(at.as_second() % 251).unwrap(); 10]);
        let look = Disclosure { id, role, by, purpose: Purpose::Redress, policies, case: None, at };
        by_hand(&city, person, ActName::Disclose, vec![PersonRow::Disclosure(look)]);
        city.watch.set(at.as_second() + 1);
    };
    holds(&city, "staff-9", Office::Appeals, 24);
    looks(Role::Arbiter);
    looks(Role::App);
    assert_eq!(staff(&city, &[person]), Ok(1), "a program is on no staff list");
    looks(Role::CommunityWorker);
    // The audit is itself a look, and is the newest then.
    let entry = newest(&city);
    assert_eq!(staff(&city, &[person]).unwrap_err().entry, entry);
}

#[test]
fn whoever_corrected_where_somebody_lives_held_a_desk_there_or_where_they_left() {
    let city = City::of_nobody();
    let person = city.resident(1);
    let moves = |number, home: &str, by: &str| {
        by_hand(&city, person, ActName::Assist, vec![]);
        city.watch.set(city.watch.now().as_second() + 1);
        let (home, by, at) = (home.parse().unwrap(), by.parse().unwrap(), city.watch.now());
        let row = Amendment { number, home, initials: None, by, at };
        by_hand(&city, person, ActName::Amend, vec![PersonRow::Amendment(row)]);
        city.watch.set(at.as_second() + 1);
    };
    holds(&city, "staff-1", Office::Community, 24);
    holds(&city, "staff-9", Office::Appeals, 24);
    moves(1, "410203", "staff-1");
    moves(2, "110105", "staff-1");
    assert_eq!(staff(&city, &[person]), Ok(2), "one who comes, and one who leaves");
    moves(3, "120101", "staff-1");
    let entry = newest(&city);
    let fault = staff(&city, &[person]).unwrap_err();
    assert_eq!(fault.entry, entry);
    assert!(fault.to_string().contains("`staff-1` was no account of the staff list"), "{fault}");

    let city = City::of_nobody();
    let person = city.resident(1);
    holds(&city, "staff-9", Office::Appeals, 24);
    let (home, by, at) = ("410203".parse().unwrap(), "staff-9".parse().unwrap(), city.watch.now());
    let row = PersonRow::Amendment(Amendment { number: 1, home, initials: None, by, at });
    by_hand(&city, person, ActName::Amend, vec![row]);
    let entry = newest(&city);
    assert_eq!(staff(&city, &[person]).unwrap_err().entry, entry, "another office");
}
