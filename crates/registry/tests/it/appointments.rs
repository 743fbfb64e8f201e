//! What gives an issuer more than it had takes two offices; what gives it less takes one, and is at once.

use mingma_registry::Appointment;
use mingma_registry::acts::{Appoint, AppointError, Approve, BrakeError, Less, ProposeAppointment};
use mingma_registry::brake::Proposed;
use mingma_registry::policy::{Actor, Denied, Office, Purpose, authorize};
use mingma_registry::row::{KeyEntry, Limit, PublicRow};
use mingma_registry::submission::RawRow;
use mingma_registry::words::ActName;
use pollster::block_on;

use crate::brake::is_no_second;
use crate::house::{City, NOON, arbiter, close_contact, commissioner, document, negative_test, staff};

const ISSUER: &str = "issuer border:410100 immigration 410100";
const ENTITLEMENT: &str = "entitlement submit laboratory:07 test 410100 2022-07-01 2022-07-31";

fn appointment(line: &str) -> Appointment {
    line.parse().unwrap()
}

fn last(city: &City) -> u64 {
    block_on(city.registry.book()).unwrap().last()
}

/// A line for each appointment that there is: an issuer, its key, an entitlement, a higher limit.
fn each(city: &City) -> [Appointment; 4] {
    let at = |instant: &str| instant.parse().unwrap();
    let key = KeyEntry {
        issuer: city.laboratory.issuer.clone(),
        point: city.phone.device_point(),
        from: at("2022-06-01T00:00:00Z"),
        until: at("2022-07-01T00:00:00Z"),
    };
    [
        appointment(ISSUER),
        Appointment::Key(key),
        appointment(ENTITLEMENT),
        appointment("limit cdc:410100 contact 1001"),
    ]
}

#[test]
fn nobody_alone_gives_an_issuer_more_than_it_had() {
    let city = City::new();
    let before = last(&city);
    for appointment in each(&city) {
        let agreed = city.propose(commissioner(), appointment.clone()).unwrap();
        let book = block_on(city.registry.book()).unwrap();
        assert_eq!(book.waiting().next().map(|(number, _)| number), Some(agreed.proposal), "{appointment}");
        // The same person, a colleague, and one whom a commission could have made; and the same person in another office.
        for second in [
            commissioner(),
            staff("staff-8", Office::HealthCommission, "410000"),
            staff("staff-8", Office::HealthCommission, "410100"),
            staff("staff-8", Office::HealthCommission, "CN"),
        ] {
            assert!(
                is_no_second(authorize(second.clone(), Purpose::Publication, agreed).unwrap_err()),
                "{second:?}"
            );
        }
        let moved = staff("staff-7", Office::Appeals, "410000");
        assert_eq!(city.agree(moved, agreed), Err(BrakeError::SameOffice));
        let unseen = Approve { seen: [0; 32], ..agreed };
        assert_eq!(city.agree(arbiter(), unseen), Err(BrakeError::OtherPreview));
        let elsewhere = authorize(staff("staff-9", Office::Appeals, "410500"), Purpose::Publication, agreed);
        assert_eq!(elsewhere.unwrap_err(), Denied::Elsewhere);
    }
    let rows = block_on(city.registry.store().published(before)).unwrap();
    assert_eq!(rows.len(), 4);
    assert!(rows.iter().all(|row| matches!(&row.row, PublicRow::Proposal(_))), "nothing but proposals");
    let book = block_on(city.registry.book()).unwrap();
    assert_eq!(book.issuer(&"border:410100".parse().unwrap()), None);
    assert_eq!(book.key(&city.phone.device_point()), None);
    assert_eq!(book.limit(&city.cdc.issuer, mingma_domain::fact::Kind::Contact), 1_000);
}

#[test]
fn only_a_commission_proposes_and_only_where_it_is_in_office() {
    let city = City::new();
    let wish = |region: &str| ProposeAppointment {
        region: region.parse().unwrap(),
        appointment: appointment(ISSUER),
    };
    for actor in [arbiter(), staff("staff-4", Office::Community, "410100"), city.cdc.actor(), Actor::Visitor]
    {
        let denied = authorize(actor, Purpose::Publication, wish("410000")).unwrap_err();
        assert!(matches!(denied, Denied::Role { act: ActName::Propose, .. }), "{denied}");
    }
    assert_eq!(authorize(commissioner(), Purpose::Publication, wish("CN")).unwrap_err(), Denied::Elsewhere);
}

#[test]
fn what_two_offices_agreed_to_counts_once_and_both_stand_in_the_journal() {
    let city = City::new();
    for appointment in each(&city) {
        let agreed = city.propose(commissioner(), appointment.clone()).unwrap();
        let number = city.agree(arbiter(), agreed).unwrap();
        assert_eq!(city.agree(arbiter(), agreed), Ok(number), "repeated, as after a lost answer");
        let rows = block_on(city.registry.store().published(agreed.proposal)).unwrap();
        assert_eq!(rows.len(), 2, "the approval, and what it let go");
        assert_eq!(rows[1].row, PublicRow::from(appointment.clone()));
        let entries = block_on(city.registry.store().entries(None)).unwrap();
        let approval = entries.iter().rev().find(|entry| entry.commits_to_public(&rows[0].row)).unwrap();
        let offices = approval.clear.subject.as_ref().unwrap().as_str();
        assert_eq!(offices, "health-commission:410000+appeals:410000");
        let book = block_on(city.registry.book()).unwrap();
        let proposal = book.proposal(agreed.proposal).unwrap();
        assert!(
            matches!(&proposal.what, Proposed::Appointment { appointment: kept, .. } if *kept == appointment)
        );
    }
    // A city's own appeals office agrees to nothing of the city's or the province's, but to what a district's proposed.
    let line = appointment("issuer border:410105 immigration 410105");
    let own = || staff("staff-9", Office::Appeals, "410100");
    let above = |least: &str| Err(BrakeError::NotAbove { least: least.parse().unwrap() });
    for (proposes, agreed) in [("410000", above("410000")), ("410100", above("410000"))] {
        let by = staff("staff-7", Office::HealthCommission, proposes);
        let proposed = city.propose_for((by, proposes), line.clone()).unwrap();
        assert_eq!(city.agree(own(), proposed), agreed, "{proposes}");
    }
    let by = staff("staff-7", Office::HealthCommission, "410105");
    let proposed = city.propose_for((by, "410105"), line).unwrap();
    assert_eq!(city.agree(staff("staff-9", Office::Appeals, "410105"), proposed), above("410100"));
    assert!(city.agree(own(), proposed).is_ok());
    let wide = "entitlement countersign laboratory:07 test 410000 2022-07-01 2022-07-31";
    let wide = city.propose(commissioner(), appointment(wide)).unwrap();
    let narrow = authorize(staff("staff-9", Office::Appeals, "410100"), Purpose::Publication, wide);
    assert_eq!(narrow.unwrap_err(), Denied::Elsewhere, "nobody grants what they lack");
    // What is there is not proposed again, and what got there meanwhile is not there twice.
    let again = city.propose(commissioner(), appointment(ISSUER));
    assert!(matches!(again, Err(AppointError::Exists { .. })), "{again:?}");
    let line = "issuer border:410102 immigration 410102";
    let (first, second) = (
        city.propose(commissioner(), appointment(line)).unwrap(),
        city.propose(commissioner(), appointment(&line.replace("immigration", "other"))).unwrap(),
    );
    assert!(city.agree(arbiter(), first).is_ok());
    let late = city.agree(arbiter(), second);
    assert!(matches!(late, Err(BrakeError::Appointment(AppointError::Exists { .. }))), "{late:?}");
    // And what nobody agreed to in three days is over.
    let old = city.propose(commissioner(), appointment(ENTITLEMENT)).unwrap();
    city.watch.set(NOON + 72 * 3_600);
    assert_eq!(city.agree(arbiter(), old), Err(BrakeError::Stale));
}

#[test]
fn what_gives_an_issuer_less_one_office_does_and_it_is_at_once() {
    let city = City::new();
    let person = document(1).to_wire();
    let taken = |key: &str| {
        let sample = RawRow { evidence: key, ..negative_test(&person) };
        let answers = city.record(&city.laboratory, key, &[sample]).unwrap();
        matches!(answers[0], mingma_registry::intake::RowAnswer::Recorded { .. })
    };
    assert!(taken("k1"));
    let book = block_on(city.registry.book()).unwrap();
    let (number, ..) = book.all_entitlements(&city.laboratory.issuer).next().unwrap();
    city.take(Less::Entitlement(number)).unwrap();
    assert!(!taken("k2"), "at once");
    let again = city.take(Less::Entitlement(number));
    assert!(matches!(again, Err(AppointError::Exists { .. })), "{again:?}");
    assert_eq!(
        city.take(Less::Entitlement(number - 1)),
        Err(AppointError::UnknownEntitlement { number: number - 1 })
    );
    city.say(appointment(&ENTITLEMENT.replace("2022-07-01", "2022-06-01"))).unwrap();
    assert!(taken("k3"), "two offices give it anew");
    let limit = |per_hour| {
        let kind = mingma_domain::fact::Kind::Contact;
        Less::Limit(Limit { issuer: city.cdc.issuer.clone(), kind, per_hour })
    };
    assert_eq!(city.take(limit(1_001)), Err(AppointError::SecondOffice { now: 1_000 }));
    assert!(city.take(limit(1_000)).is_ok() && city.take(limit(0)).is_ok());
    assert_eq!(city.take(limit(1)), Err(AppointError::SecondOffice { now: 0 }));
    let held = city.record(&city.cdc, "k4", &[close_contact(&person)]);
    assert!(matches!(held, Err(mingma_registry::acts::RecordError::AboveLimit(_))), "{held:?}");
    let wish = Appoint { region: "410000".parse().unwrap(), less: limit(0) };
    let other = authorize(arbiter(), Purpose::OutbreakControl, wish);
    assert!(matches!(other, Err(Denied::Role { .. })), "the office that appoints takes away");
}

#[test]
fn an_entitlement_ends_within_a_year() {
    let city = City::new();
    for (until, expected) in [
        ("2022-06-30", Err(AppointError::Backwards)),
        ("2022-07-01", Ok(())),
        ("2023-07-01", Ok(())),
        ("2023-07-02", Err(AppointError::TooLong)),
        ("2099-12-31", Err(AppointError::TooLong)),
    ] {
        let line = ENTITLEMENT.replace("2022-07-31", until);
        assert_eq!(city.propose(commissioner(), appointment(&line)).map(|_| ()), expected, "{until}");
    }
}
