//! A record is what the journal commits to: every act's rows have their entry, and what somebody writes beside the acts does not count.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use mingma_domain::fact::{Fact, RawFact};
use mingma_domain::time::Zone;
use mingma_registry::acts::{
    AnswerAppeal, AppealFact, Confirm, Countersign, Declare, Retract, answer_appeal, appeal, confirm,
    countersign, purge, retract,
};
use mingma_registry::journal::{Entry, proven};
use mingma_registry::memory::MemoryStore;
use mingma_registry::policy::{Actor, Office, Purpose, authorize};
use mingma_registry::row::{Countersignature, PersonRow, RecordedFact};
use mingma_registry::store::Proven;
use mingma_registry::words::{ActName, Ground};
use mingma_registry::{Change, FactId, PersonId, PersonRecord, Rng, Store};
use pollster::block_on;

use crate::house::{City, NOON, Office1, document, negative_test, official};

const DAY: i64 = 86_400;

fn fact(kind: &str, value: &str, at: &str, issuer: &str, evidence: &str) -> Fact {
    Fact::parse(&RawFact { kind, value, at, issuer, evidence, ..RawFact::default() }).unwrap()
}

fn left_out(city: &City, person: PersonId) -> usize {
    let store = city.registry.store();
    let record = block_on(store.record(person)).unwrap();
    let (entries, requests) =
        (block_on(store.entries(Some(person))).unwrap(), block_on(store.requests(person)).unwrap());
    proven(person, &record, &entries, &requests).map_or(0, |(_, left_out)| left_out)
}

fn second(city: &City, by: &Office1, n: u32, fact: FactId) {
    let signature = by.key.sign(&Countersign::signed_bytes(&by.issuer, &document(n), fact)).unwrap();
    let wish = Countersign { issuer: by.issuer.clone(), document: document(n), fact, signature };
    block_on(countersign(&city.registry, authorize(by.actor(), Purpose::OutbreakControl, wish).unwrap()))
        .unwrap();
}

/// A person about whom every sort of row was kept by its act that decides what counts.
fn busy(city: &City) -> PersonId {
    let person = city.resident(1);
    let wire = document(1).to_wire();
    let facts = vec![
        fact("symptom", "cough", "2022-06-12", "self", ""),
        fact("checkin", "well", "2022-06-12", "self", ""),
    ];
    city.declare(Declare { person, key: "d-1".parse().unwrap(), facts }).unwrap();
    city.record(&city.laboratory, "k-1", &[negative_test(&wire)]).unwrap();
    let (first, other, third) = (city.contact(1, "k-2"), city.contact(1, "k-3"), city.contact(1, "k-4"));
    for contact in [first, other, third] {
        second(city, &city.community, 1, contact);
    }
    let dispute = |fact| {
        let wish = AppealFact { person, fact, ground: Ground::NoEvidence };
        let allowed = authorize(Actor::Resident(person), Purpose::Redress, wish).unwrap();
        block_on(appeal(&city.registry, allowed)).unwrap().id
    };
    let (upheld, _) = (dispute(first), dispute(other));
    let wish = AnswerAppeal { person, appeal: upheld, upheld: true };
    let office = official(Office::Appeals, "410000");
    block_on(answer_appeal(&city.registry, authorize(office, Purpose::Redress, wish).unwrap())).unwrap();
    let issuer = city.cdc.issuer.clone();
    let signed = Confirm::signed_bytes(&issuer, &document(1), other, true);
    let signature = city.cdc.key.sign(&signed).unwrap();
    let wish =
        Confirm { issuer: issuer.clone(), document: document(1), fact: other, confirmed: true, signature };
    block_on(confirm(&city.registry, authorize(city.cdc.actor(), Purpose::Redress, wish).unwrap())).unwrap();
    let reason = mingma_domain::fact::RetractionReason::WrongPerson;
    let signature = city.cdc.key.sign(&Retract::signed_bytes(&issuer, &document(1), third, reason)).unwrap();
    let wish = Retract { issuer, document: document(1), fact: third, reason, signature };
    block_on(retract(&city.registry, authorize(city.cdc.actor(), Purpose::Redress, wish).unwrap())).unwrap();
    person
}

#[test]
fn every_row_of_an_act_has_its_entry_also_when_a_part_of_it_has_ended() {
    let city = City::new();
    let person = busy(&city);
    let record = |city: &City| block_on(city.registry.store().record(person)).unwrap();
    let all = record(&city);
    let (countersigned, taken_back) = (all.countersignatures.len(), all.retractions.len());
    assert_eq!((all.facts.len(), countersigned, taken_back), (6, 3, 2));
    assert_eq!((all.confirmations.len(), all.answers.len(), left_out(&city, person)), (1, 1, 0));
    // Day by day its parts end: requests, the check-in before the symptom, salts.
    for day in 1..260 {
        city.watch.set(NOON + day * DAY);
        block_on(purge(&city.registry, Zone::named("Asia/Shanghai").unwrap(), false)).unwrap();
        assert_eq!(left_out(&city, person), 0, "day {day}: {:?}", record(&city).facts);
    }
    assert!(record(&city).facts.is_empty());
}

/// Writes rows beside the acts: under an entry of another content, as whoever edits the database would have to.
fn edit(city: &City, person: PersonId, rows: Vec<PersonRow>) {
    let rng: &dyn Rng = city.registry.rng();
    let at = city.registry.now();
    let entry = Entry::about(rng, ActName::Show, at, person, &[]).unwrap();
    block_on(city.registry.store().apply(vec![Change::Person { person, rows, notices: vec![], entry }]))
        .unwrap();
}

#[test]
fn what_stands_in_the_database_beside_the_acts_does_not_count_and_is_told() {
    let city = City::new();
    let (person, now) = (city.resident(1), city.registry.now());
    let wire = document(1).to_wire();
    city.record(&city.laboratory, "k-1", &[negative_test(&wire)]).unwrap();
    let genuine = block_on(city.registry.store().record(person)).unwrap();
    let id = FactId::new(now, [9; 10]);
    let contact = fact("contact", "close", "2022-06-12", "cdc:410100", "INV-7");
    edit(
        &city,
        person,
        vec![
            PersonRow::Fact(RecordedFact { id, fact: contact, recorded: now }),
            PersonRow::Countersignature(Countersignature {
                fact: id,
                issuer: city.community.issuer.clone(),
                at: now,
            }),
        ],
    );
    assert_eq!(city.color(person), "red", "the store alone believes what stands in it");

    let told = Arc::new(AtomicUsize::new(0));
    let hears = Arc::clone(&told);
    let store = Proven::new(city.store.clone(), move |rows| {
        hears.fetch_add(rows, Ordering::Relaxed);
    });
    let read = |store: &Proven<MemoryStore>| -> Arc<PersonRecord> { block_on(store.record(person)).unwrap() };
    assert_eq!(
        (read(&store).facts.clone(), read(&store).countersignatures.len()),
        (genuine.facts.clone(), 0)
    );
    assert_eq!(told.load(Ordering::Relaxed), 4, "two rows, each time that they are read");
    assert_eq!(left_out(&city, person), 2);

    // An own word that was never declared, and a word that takes a true fact back.
    let symptom = fact("symptom", "fever", "2022-06-12", "self", "");
    let long_ago = now.checked_sub(SignedDuration::from_hours(24 * 31)).unwrap();
    edit(
        &city,
        person,
        vec![
            PersonRow::Fact(RecordedFact {
                id: FactId::new(long_ago, [8; 10]),
                fact: symptom,
                recorded: long_ago,
            }),
            PersonRow::Retraction(mingma_registry::row::RecordedRetraction {
                fact: genuine.facts[0].id,
                issuer: city.laboratory.issuer.clone(),
                reason: mingma_domain::fact::RetractionReason::WrongPerson,
                at: Timestamp::UNIX_EPOCH,
            }),
        ],
    );
    assert_eq!((left_out(&city, person), read(&store).retractions.len()), (4, 0));
}
