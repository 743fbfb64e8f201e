//! Limits hold what is above them, and what stands out is written where everybody reads.

use std::sync::Arc;

use mingma_domain::fact::{Kind, RetractionReason};
use mingma_registry::acts::{
    AboveLimit, Allow, AllowError, Confirm, ConfirmError, Countersign, CountersignError, RecordError,
    Retract, RetractError, allow, confirm, countersign, retract,
};
use mingma_registry::bulk::{PROVED_AN_HOUR, UNPROVED_AN_HOUR, limit_of, usual_limit};
use mingma_registry::digest::{Cell, Recorded};
use mingma_registry::intake::{Cause, RowAnswer};
use mingma_registry::policy::{Actor, Denied, Office, Purpose, authorize};
use mingma_registry::row::{Alarm, IssuerEntry, Limit, PublicRow};
use mingma_registry::submission::RawRow;
use mingma_registry::words::{Capacity, Doing, Span, Strange};
use mingma_registry::{Appointment, FactId};
use pollster::block_on;

use crate::house::{City, NOON, Office1, SALT, close_contact, document, negative_test, official};

fn limit(city: &City, per_hour: u32) {
    let row = Limit { issuer: city.cdc.issuer.clone(), kind: Kind::Contact, per_hour };
    city.say(Appointment::Limit(row)).unwrap();
}

/// Records that these persons are contacts, in one submission with one investigation number.
fn contacts(city: &City, key: &str, persons: std::ops::Range<u32>) -> Result<Vec<RowAnswer>, RecordError> {
    let documents: Vec<String> = persons.map(|n| document(n).to_wire()).collect();
    let evidence = format!("INV-{key}");
    let row = |person| RawRow { evidence: &evidence, ..close_contact(person) };
    let rows: Vec<RawRow<'_>> = documents.iter().map(|person| row(person)).collect();
    city.record(&city.cdc, key, &rows)
}

fn held(result: Result<Vec<RowAnswer>, RecordError>) -> u64 {
    match result {
        Err(RecordError::AboveLimit(AboveLimit { alarm, .. })) => alarm,
        other => panic!("{other:?}"),
    }
}

fn let_through(city: &City, office: Actor, region: &str, alarm: u64) -> Result<u64, AllowError> {
    let wish = Allow { region: region.parse().unwrap(), alarm };
    block_on(allow(&city.registry, authorize(office, Purpose::OutbreakControl, wish).unwrap()))
}

fn alarms(city: &City, why: Strange) -> Vec<Alarm> {
    let book = block_on(city.registry.book()).unwrap();
    book.alarms().filter(|(_, alarm, _)| alarm.why == why).map(|(_, alarm, _)| (**alarm).clone()).collect()
}

/// Orders these persons, in one submission, to stay at home.
fn orders(city: &City, key: &str, persons: std::ops::Range<u32>) {
    city.entitle(&city.cdc, Capacity::Submit, "isolation");
    let documents: Vec<String> = persons.map(|n| document(n).to_wire()).collect();
    let order =
        |person| RawRow { kind: "isolation", value: "home", evidence: "ORD-7", ..close_contact(person) };
    let rows: Vec<RawRow<'_>> = documents.iter().map(|person| order(person)).collect();
    city.record(&city.cdc, key, &rows).unwrap();
}

/// The ids of facts that were recorded in one submission.
fn ids(answers: &[RowAnswer]) -> Vec<FactId> {
    let id = |answer: &RowAnswer| match answer {
        RowAnswer::Recorded { id, .. } => *id,
        RowAnswer::Refused(refused) => panic!("{refused:?}"),
    };
    answers.iter().map(id).collect()
}

/// What an issuer does to the fact about the nth person; the act that holds it, if it is held.
fn does(city: &City, office: &Office1, doing: Doing, (n, fact): (u32, FactId)) -> Result<(), AboveLimit> {
    let (issuer, document) = (office.issuer.clone(), document(n));
    let sign = |bytes: Vec<u8>| office.key.sign(&bytes).unwrap();
    match doing {
        Doing::Recorded => panic!("{doing}"),
        Doing::Countersigned => {
            let signature = sign(Countersign::signed_bytes(&issuer, &SALT, &document, fact));
            let wish = Countersign { issuer, document, fact, salt: SALT, signature };
            let wish = authorize(office.actor(), Purpose::OutbreakControl, wish).unwrap();
            let done = block_on(countersign(&city.registry, wish));
            if let Err(CountersignError::AboveLimit(above)) = &done {
                return Err(above.clone());
            }
            done.unwrap();
        }
        Doing::Retracted => {
            let reason = RetractionReason::EnteredInError;
            let signature = sign(Retract::signed_bytes(&issuer, &SALT, &document, fact, reason));
            let wish = Retract { issuer, document, fact, salt: SALT, reason, signature };
            let wish = authorize(office.actor(), Purpose::Redress, wish).unwrap();
            let done = block_on(retract(&city.registry, wish));
            if let Err(RetractError::AboveLimit(above)) = &done {
                return Err(above.clone());
            }
            done.unwrap();
        }
        Doing::Denied => {
            let signature = sign(Confirm::signed_bytes(&issuer, &SALT, &document, fact, false));
            let wish = Confirm { issuer, document, fact, salt: SALT, confirmed: false, signature };
            let wish = authorize(office.actor(), Purpose::Redress, wish).unwrap();
            let done = block_on(confirm(&city.registry, wish));
            if let Err(ConfirmError::AboveLimit(above)) = &done {
                return Err(above.clone());
            }
            done.unwrap();
        }
    }
    Ok(())
}

fn facts(city: &City, n: u32) -> usize {
    let person = block_on(city.registry.store().find(&document(n))).unwrap();
    person.map_or(0, |person| block_on(city.registry.store().record(person)).unwrap().facts.len())
}

#[test]
fn what_is_above_the_limit_of_an_hour_waits_for_a_second_office() {
    let city = City::new();
    limit(&city, 10);
    assert_eq!(contacts(&city, "a", 0..6).unwrap().len(), 6);
    let alarm = held(contacts(&city, "b", 6..11));
    assert_eq!(facts(&city, 6), 0, "nothing of it is recorded");
    assert_eq!(held(contacts(&city, "b", 6..11)), alarm, "asking again gives the first alarm");
    let said = alarms(&city, Strange::AboveLimit);
    assert_eq!(said.iter().map(|alarm| (alarm.rows, alarm.usual)).collect::<Vec<_>>(), [(5, 10)]);
    // What is held does not count against what is not.
    assert_eq!(contacts(&city, "c", 11..15).unwrap().len(), 4);
    held(contacts(&city, "d", 15..16));
    let elsewhere = let_through(&city, official(Office::Appeals, "110000"), "110000", alarm);
    assert!(matches!(elsewhere, Err(AllowError::NothingHeld { .. })));
    let unknown = let_through(&city, official(Office::Appeals, "410000"), "410000", 1);
    assert!(matches!(unknown, Err(AllowError::NothingHeld { .. })), "an act that is no alarm");
    let number = let_through(&city, official(Office::Appeals, "410000"), "410000", alarm).unwrap();
    let again = let_through(&city, official(Office::HealthCommission, "410000"), "410000", alarm);
    assert_eq!(again, Ok(number), "once for all");
    let answers = contacts(&city, "b", 6..11).unwrap();
    assert_eq!((answers.len(), facts(&city, 6)), (5, 1));
    held(contacts(&city, "d", 15..16));
    // An hour later the count begins anew, and what was let through is answered alike.
    city.watch.set(NOON + 3_601);
    assert_eq!(contacts(&city, "e", 16..20).unwrap().len(), 4);
    assert_eq!(contacts(&city, "b", 6..11).unwrap(), answers);
}

#[test]
fn what_may_turn_somebody_red_on_an_issuers_word_has_the_narrow_limit() {
    for kind in Kind::ALL.iter().copied() {
        let is_wide = matches!(
            kind,
            Kind::Test
                | Kind::Vaccination
                | Kind::Discharge
                | Kind::Release
                | Kind::Checkin
                | Kind::Screening
        );
        assert_eq!(usual_limit(kind), if is_wide { PROVED_AN_HOUR } else { UNPROVED_AN_HOUR }, "{kind}");
    }
}

#[test]
fn many_small_batches_meet_the_limit_of_a_large_one() {
    let city = City::new();
    limit(&city, 10);
    for n in 0..10 {
        assert!(contacts(&city, &format!("k{n}"), n..n + 1).is_ok(), "{n}");
    }
    held(contacts(&city, "k10", 10..11));
    // Other kinds and other issuers have limits of their own.
    let person = document(30).to_wire();
    assert!(city.record(&city.laboratory, "t", &[negative_test(&person)]).is_ok());
}

#[test]
fn what_is_done_to_recorded_facts_waits_above_the_limit_too() {
    let doing = Doing::Countersigned;
    let city = City::new();
    let facts = ids(&contacts(&city, "a", 0..12).unwrap());
    let office = &city.community;
    let row = Limit { issuer: office.issuer.clone(), kind: Kind::Contact, per_hour: 2 };
    city.say(Appointment::Limit(row)).unwrap();
    let act = |n: u32| does(&city, office, doing, (n, facts[n as usize]));
    assert_eq!((act(0), act(1)), (Ok(()), Ok(())), "{doing}");
    let above = act(2).unwrap_err();
    assert_eq!((above.doing, above.limit), (doing, 2));
    assert_eq!(act(3).unwrap_err().alarm, above.alarm, "one alarm for whatever waits");
    assert_eq!(act(1), Ok(()), "what was done is answered alike");
    // A second office lets as many again go on.
    let_through(&city, official(Office::Appeals, "410000"), "410000", above.alarm).unwrap();
    assert_eq!((act(2), act(3)), (Ok(()), Ok(())));
    let next = act(4).unwrap_err();
    assert_ne!(next.alarm, above.alarm);
    let said: Vec<_> = alarms(&city, Strange::AboveLimit).iter().map(|a| (a.doing, a.rows)).collect();
    assert_eq!(said, [(doing, 3), (doing, 5)]);
    // An hour later the count begins anew.
    city.watch.set(NOON + 3_601);
    assert_eq!((act(4), act(5)), (Ok(()), Ok(())));
    assert!(act(6).is_err());
}

#[test]
fn a_limit_that_was_lowered_to_stop_an_abuse_does_not_stop_its_being_undone() {
    for doing in [Doing::Retracted, Doing::Denied] {
        let city = City::new();
        let facts = ids(&contacts(&city, "a", 0..12).unwrap());
        limit(&city, 0);
        held(contacts(&city, "b", 12..13));
        for (n, fact) in (0..).zip(facts) {
            assert_eq!(does(&city, &city.cdc, doing, (n, fact)), Ok(()), "{doing} {n}");
        }
    }
}

#[test]
fn whoever_takes_back_what_clears_many_people_is_told_of() {
    let city = City::new();
    let documents: Vec<String> = (0..20).map(|n| document(n).to_wire()).collect();
    let rows: Vec<RawRow<'_>> = documents.iter().map(|person| negative_test(person)).collect();
    let facts = ids(&city.record(&city.laboratory, "mass", &rows).unwrap());
    for (n, fact) in (0..).zip(facts) {
        assert_eq!(alarms(&city, Strange::UnlikeItself), [], "{n}");
        does(&city, &city.laboratory, Doing::Retracted, (n, fact)).unwrap();
    }
    let said = alarms(&city, Strange::UnlikeItself);
    let told: Vec<_> = said.iter().map(|alarm| (alarm.doing, alarm.kind, alarm.rows, alarm.within)).collect();
    assert_eq!(told, [(Doing::Retracted, Kind::Test, 20, Span::Hour)]);
}

#[test]
fn no_laboratory_takes_back_a_districts_tests_in_an_hour() {
    for kind in Kind::ALL.iter().copied() {
        for doing in [Doing::Countersigned, Doing::Retracted, Doing::Denied] {
            assert_eq!(limit_of(doing, kind, None), UNPROVED_AN_HOUR, "{doing} {kind}");
            let low = if doing == Doing::Countersigned { 7 } else { UNPROVED_AN_HOUR };
            assert_eq!(limit_of(doing, kind, Some(7)), low, "{doing} {kind}");
        }
    }
    assert_eq!(limit_of(Doing::Retracted, Kind::Contact, Some(5_000)), 5_000);
    assert_eq!(limit_of(Doing::Retracted, Kind::Test, Some(90_000)), UNPROVED_AN_HOUR);
    assert_eq!(limit_of(Doing::Countersigned, Kind::Contact, Some(5_000)), 5_000);
}

#[test]
fn no_issuer_and_no_community_lets_through() {
    let city = City::new();
    limit(&city, 0);
    let alarm = held(contacts(&city, "a", 0..1));
    let wish = || Allow { region: "410100".parse().unwrap(), alarm };
    for actor in [city.cdc.actor(), official(Office::Community, "410100"), Actor::Visitor] {
        let denied = authorize(actor, Purpose::OutbreakControl, wish()).unwrap_err();
        assert!(matches!(denied, Denied::Role { .. }), "{denied}");
    }
    held(contacts(&city, "a", 0..1));
}

#[test]
fn an_issuer_that_is_unlike_its_own_history_raises_an_alarm_and_another_when_it_has_doubled() {
    let city = City::new();
    let day = |n: i64| NOON + n * 86_400;
    // A fortnight and more of five contacts a day.
    for n in 0..16 {
        city.watch.set(day(n));
        contacts(&city, &format!("usual-{n}"), 0..5).unwrap();
    }
    city.watch.set(day(16));
    let told = || -> Vec<_> {
        let said = alarms(&city, Strange::UnlikeItself);
        said.iter().map(|alarm| (alarm.issuer.to_string(), alarm.rows, alarm.within)).collect()
    };
    contacts(&city, "twenty", 100..120).unwrap();
    assert_eq!(told(), [], "twenty in an hour are like it");
    contacts(&city, "one-more", 120..121).unwrap();
    let first = ("cdc:410100".to_owned(), 21, Span::Hour);
    assert_eq!(told(), std::slice::from_ref(&first));
    contacts(&city, "and-more", 121..141).unwrap();
    assert_eq!(told().len(), 1, "forty-one are not yet twice as many");
    assert_eq!(facts(&city, 140), 1, "it stops nobody");
    // A second issuer of the organisation goes on: they have one history.
    city.entitle(&city.cdc_branch, Capacity::Submit, "contact");
    let document = document(200).to_wire();
    city.record(&city.cdc_branch, "another", &[close_contact(&document)]).unwrap();
    assert_eq!(told(), [first, (city.cdc_branch.issuer.to_string(), 42, Span::Hour)]);
    let entries = block_on(city.registry.store().entries(None)).unwrap();
    for alarm in alarms(&city, Strange::UnlikeItself) {
        assert!(entries.iter().any(|entry| entry.commits_to_public(&PublicRow::Alarm(alarm.clone()))));
    }
}

#[test]
fn what_a_laboratory_proves_raises_no_alarm() {
    let city = City::new();
    let documents: Vec<String> = (0..300).map(|n| document(n).to_wire()).collect();
    let rows: Vec<RawRow<'_>> = documents.iter().map(|person| negative_test(person)).collect();
    city.record(&city.laboratory, "mass", &rows).unwrap();
    assert_eq!(block_on(city.registry.book()).unwrap().alarms().count(), 0);
}

#[test]
fn persons_who_share_no_place_no_contact_and_no_flight_raise_an_alarm() {
    let city = City::new();
    // Those whom nobody knows share nothing.
    contacts(&city, "strangers", 0..40).unwrap();
    let said = alarms(&city, Strange::NothingInCommon);
    assert_eq!(said.iter().map(|alarm| (alarm.rows, alarm.usual)).collect::<Vec<_>>(), [(40, 0)]);
    // The batch's own words prove nothing about it: all forty had one investigation number.
    contacts(&city, "again", 0..40).unwrap();
    assert_eq!(alarms(&city, Strange::NothingInCommon).len(), 2);
    // Half of these live in one prefecture: that is no exposure, but it is what an order is about.
    for n in 100..120 {
        city.resident(n);
    }
    contacts(&city, "neighbours", 100..140).unwrap();
    assert_eq!(alarms(&city, Strange::NothingInCommon).len(), 3);
    orders(&city, "neighbours-order", 100..140);
    assert_eq!(alarms(&city, Strange::NothingInCommon).len(), 3);
    contacts(&city, "few", 200..229).unwrap();
    assert_eq!(alarms(&city, Strange::NothingInCommon).len(), 3, "twenty-nine are no batch");
}

#[test]
fn the_same_organisation_under_another_name_and_key_does_not_countersign() {
    for organisation in ["Zhengzhou-CDC", "zhengzhou.cdc", "zhengzhoucdc", "ZHENGZHOU/CDC"] {
        let city = City::new();
        let person = city.resident(1);
        let fact = city.contact(1, "k");
        let second = Office1 { issuer: "community:9".parse().unwrap(), key: city.phone.clone() };
        let region = "410100".parse().unwrap();
        let organisation = organisation.parse().unwrap();
        city.say(Appointment::Issuer(IssuerEntry { issuer: second.issuer.clone(), organisation, region }))
            .unwrap();
        city.key_of(&second);
        city.entitle(&second, Capacity::Countersign, "contact");
        let bytes = Countersign::signed_bytes(&second.issuer, &SALT, &document(1), fact);
        let signature = second.key.sign(&bytes).unwrap();
        let wish =
            Countersign { issuer: second.issuer.clone(), document: document(1), fact, salt: SALT, signature };
        let allowed = authorize(second.actor(), Purpose::OutbreakControl, wish).unwrap();
        let refused = block_on(countersign(&city.registry, allowed));
        assert_eq!(refused, Err(CountersignError::SameOrganisation));
        assert_eq!(city.color(person), "green");
    }
}

#[test]
fn the_public_counts_whole_days_reads_no_small_number_and_asks_the_store_once_a_day() {
    let city = City::new();
    contacts(&city, "a", 0..9).unwrap();
    let refused: Vec<RawRow<'_>> =
        vec![RawRow { kind: "payment", ..close_contact("passport:JP:TR0000001") }; 12];
    city.record(&city.cdc, "b", &refused).unwrap();
    let read = || block_on(city.registry.digest()).unwrap();
    assert_eq!((&read().recorded[..], &read().refused[..]), (&[][..], &[][..]), "today is not over");
    city.watch.set(NOON + 86_400);
    let first = read();
    let cell = |rows| Recorded {
        kind: Kind::Contact,
        value: "close".to_owned(),
        region: "410100".parse().unwrap(),
        rows,
    };
    assert_eq!(first.recorded, [cell(Cell::Small)]);
    assert_eq!(first.refused, [(Cause::OnPrinciple, Cell::Told(10))]);
    contacts(&city, "c", 9..10).unwrap();
    city.watch.set(NOON + 86_400 + 3_600);
    assert!(Arc::ptr_eq(&first, &read()), "the same for everybody, all day");
    city.watch.set(NOON + 2 * 86_400);
    assert_eq!(read().recorded, [cell(Cell::Told(10))]);
    city.watch.set(NOON + 30 * 86_400);
    assert_eq!(read().recorded, [], "what is older than 28 days is not counted");
}

#[test]
fn what_is_held_is_not_counted_as_recorded() {
    let city = City::new();
    limit(&city, 20);
    let alarm = held(contacts(&city, "all", 0..40));
    // The patient way: in parts.
    contacts(&city, "half", 0..20).unwrap();
    city.watch.set(NOON + 7_200);
    contacts(&city, "other-half", 20..40).unwrap();
    let rows = || block_on(city.registry.digest()).unwrap().recorded[0].rows;
    city.watch.set(NOON + 86_400);
    assert_eq!(rows(), Cell::Told(40));
    let_through(&city, official(Office::Appeals, "410000"), "410000", alarm).unwrap();
    contacts(&city, "all", 0..40).unwrap();
    city.watch.set(NOON + 2 * 86_400);
    assert_eq!(rows(), Cell::Told(80), "what was let through is");
}
