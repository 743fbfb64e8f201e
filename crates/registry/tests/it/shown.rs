//! What stands beside a commitment is held to what it commits to: whoever shows another office, place or subject is named.

use mingma_registry::acts::Less;
use mingma_registry::journal::{Clear, Edit, Kept, public_shown_otherwise, shown_otherwise};
use mingma_registry::policy::Office;
use mingma_registry::replay::bundle::{Opened, read};
use mingma_registry::replay::{Case, Extent, Fault, Logged, Why};
use mingma_registry::row::{AppealAnswer, PersonRow};
use mingma_registry::words::{ActName, Capacity};
use mingma_registry::{AppealId, Clock as _, PersonId};
use pollster::block_on;

use crate::house::City;
use crate::on_the_list::holds;
use crate::replay::{by_hand, last, lived, log, opened};

/// A city in which two offices appointed and one took something away, and what opens it.
fn city() -> (City, Vec<PersonId>, Vec<Logged>, Vec<u8>) {
    let (city, persons) = lived();
    let book = block_on(city.registry.book()).unwrap();
    let (number, ..) = book.all_entitlements(&city.cdc_branch.issuer).next().unwrap();
    city.take(Less::Entitlement(number)).unwrap();
    let log = log(&city);
    let file = opened(&city, &log, &persons);
    (city, persons, log, file)
}

fn replayed(log: &[Logged], openings: &[Opened<'_>]) -> Result<(), Fault> {
    let case = Case::new(log, openings, Extent::Everybody)?;
    case.in_clear()?;
    case.part(0, 1).map(|_| ())
}

#[test]
fn whatever_is_shown_otherwise_than_it_was_done_is_named_by_its_entry() {
    let (_, _, log, file) = city();
    let openings = read(&file).unwrap().1;
    replayed(&log, &openings).unwrap();
    let other = Clear {
        issuer: Some("hospital:other".parse().unwrap()),
        region: Some("410103".parse().unwrap()),
        subject: Some("other".parse().unwrap()),
    };
    let mut tried = 0;
    for (place, number) in (1..).enumerate().take(log.len()) {
        let shown = log[place].shown.clone().unwrap();
        for changed in [
            None,
            Some(Clear { issuer: other.issuer.clone(), ..shown.clone() }),
            Some(Clear { issuer: None, ..shown.clone() }),
            Some(Clear { region: other.region, ..shown.clone() }),
            Some(Clear { region: None, ..shown.clone() }),
            Some(Clear { subject: other.subject.clone(), ..shown.clone() }),
            Some(Clear { subject: None, ..shown.clone() }),
        ] {
            if changed.as_ref() == Some(&shown) {
                continue;
            }
            let mut log = log.clone();
            log[place].shown = changed.clone();
            let expected = Err(Fault { entry: number, why: Why::ShownOtherwise });
            assert_eq!(replayed(&log, &openings), expected, "{shown:?} as {changed:?}");
            tried += 1;
        }
    }
    assert!(tried > 150, "{tried}");
}

#[test]
fn an_office_that_stands_in_clear_alone_was_somebodys_then() {
    let city = City::of_nobody();
    let person = city.resident(1);
    holds(&city, "staff-7", Office::HealthCommission, 24);
    holds(&city, "staff-9", Office::Appeals, 24);
    city.appoint(&city.laboratory, "kang-lab", &[(Capacity::Submit, "test")]);
    let book = block_on(city.registry.book()).unwrap();
    let (number, ..) = book.all_entitlements(&city.laboratory.issuer).next().unwrap();
    city.take(Less::Entitlement(number)).unwrap();
    let appeal = AppealId::new(city.watch.now(), [3; 10]);
    let answer = AppealAnswer { appeal, upheld: false, at: city.watch.now() };
    by_hand(&city, person, ActName::AnswerAppeal, vec![PersonRow::AppealAnswer(answer)]);
    let log = log(&city);
    let file = opened(&city, &log, &[person]);
    let openings = read(&file).unwrap().1;
    let staff = |act, shown: &dyn Fn(&mut Clear)| {
        let mut log = log.clone();
        let place = usize::try_from(last(&log, act)).unwrap() - 1;
        shown(log[place].shown.as_mut().unwrap());
        let case = Case::new(&log, &openings, Extent::Drawn(&[])).unwrap();
        case.in_clear().unwrap();
        case.staff()
    };
    let hands = staff(ActName::Appoint, &|_| ()).unwrap();
    let named = |act| Err(Fault { entry: last(&log, act), why: Why::NobodyInOffice });
    for (office, region, held) in
        [("health-commission", "410000", true), ("appeals", "410000", true), ("appeals", "420000", false)]
    {
        let found = staff(ActName::Appoint, &|shown| {
            shown.region = Some(region.parse().unwrap());
            shown.subject = Some(format!("{office}:{region}").parse().unwrap());
        });
        assert_eq!(found, if held { Ok(hands) } else { named(ActName::Appoint) }, "{office}:{region}");
        let found = staff(ActName::AnswerAppeal, &|shown| shown.region = Some(region.parse().unwrap()));
        let held = region == "410000";
        assert_eq!(found, if held { Ok(hands + 1) } else { named(ActName::AnswerAppeal) }, "{region}");
    }
}

#[test]
fn a_database_in_which_an_office_was_exchanged_is_not_what_it_commits_to() {
    let (city, persons, ..) = city();
    let book = block_on(city.registry.book()).unwrap();
    let store = city.registry.store();
    for person in persons {
        let record = block_on(store.record(person)).unwrap();
        let requests = block_on(store.requests(person)).unwrap();
        let mut entries = block_on(store.entries(Some(person))).unwrap();
        let numbers: Vec<u64> =
            block_on(store.numbers(Some(person))).unwrap().into_iter().map(|(_, number)| number).collect();
        let edits = |entries: &[_]| {
            let kept = Kept { person, record: &record, requests: &requests, entries, earlier: entries };
            shown_otherwise(&kept, &numbers, &book)
        };
        assert_eq!(edits(&entries), []);
        for place in 0..entries.len() {
            let honest = entries[place].clear.clone();
            entries[place].clear.region = Some("410103".parse().unwrap());
            assert_eq!(edits(&entries), [Edit::Shown { entry: numbers[place] }], "{}", entries[place].act);
            entries[place].clear = honest;
        }
    }
    let (published, staff) = (block_on(store.published(0)).unwrap(), block_on(store.staff()).unwrap());
    let numbers = block_on(store.numbers(None)).unwrap();
    let mut entries: Vec<_> =
        numbers.into_iter().map(|(_, number)| number).zip(block_on(store.entries(None)).unwrap()).collect();
    entries.sort_unstable_by_key(|(number, _)| *number);
    assert_eq!(public_shown_otherwise(&published, &staff, &entries), []);
    for place in 0..entries.len() {
        let honest = entries[place].1.clear.clone();
        entries[place].1.clear.issuer = Some("hospital:other".parse().unwrap());
        assert_eq!(
            public_shown_otherwise(&published, &staff, &entries),
            [Edit::Shown { entry: entries[place].0 }]
        );
        entries[place].1.clear = honest;
    }
}
