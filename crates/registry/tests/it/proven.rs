//! A record is what the journal commits to: every act's rows have their entry, and what somebody writes beside the acts does not count.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use mingma_domain::fact::{Fact, IssuerClass, Kind, RawFact, RetractionReason};
use mingma_domain::time::Zone;
use mingma_registry::acts::{Declare, purge};
use mingma_registry::intake::RowAnswer;
use mingma_registry::journal::{Ends, Entry, Kept, Proven, proven};
use mingma_registry::memory::MemoryStore;
use mingma_registry::row::{Countersignature, PersonRow, PublicRow, RecordedFact};
use mingma_registry::store;
use mingma_registry::submission::RawRow;
use mingma_registry::words::{ActName, Capacity, Ground};
use mingma_registry::{Change, FactId, PersonId, PersonRecord, Rng, Store};
use pollster::block_on;

use crate::disputes::{answer, dispute, say, source};
use crate::house::{City, NOON, document, negative_test};
use crate::issuers;
use crate::replay::sign_second;

const DAY: i64 = 86_400;

fn fact(kind: &str, value: &str, at: &str, issuer: &str, evidence: &str) -> Fact {
    Fact::parse(&RawFact { kind, value, at, issuer, evidence, ..RawFact::default() }).unwrap()
}

pub(crate) fn held(
    city: &City,
    person: PersonId,
    edit: impl Fn(&mut PersonRecord, &mut Vec<Entry>),
) -> Proven {
    let store = city.registry.store();
    let mut record = Arc::unwrap_or_clone(block_on(store.record(person)).unwrap());
    let (mut entries, requests) =
        (block_on(store.entries(Some(person))).unwrap(), block_on(store.requests(person)).unwrap());
    edit(&mut record, &mut entries);
    let told = block_on(store.published(0)).unwrap().into_iter().filter_map(|act| {
        let PublicRow::Purged(purged) = act.row else { return None };
        Some(purged.at)
    });
    let kept = Kept { person, record: &record, requests: &requests, entries: &entries, earlier: &entries };
    proven(&kept, &Ends { purged: told.max(), now: city.registry.now() })
}

fn left_out(city: &City, person: PersonId) -> usize {
    held(city, person, |_, _| ()).left_out
}

/// A person about whom every sort of row was kept by its act that decides what counts.
pub(crate) fn busy(city: &City) -> PersonId {
    let person = city.resident(1);
    let wire = document(1).to_wire();
    let facts = vec![
        fact("symptom", "cough", "2022-06-11", "self", ""),
        fact("checkin", "well", "2022-06-12", "self", ""),
    ];
    city.declare(Declare { person, key: "d-1".parse().unwrap(), facts }).unwrap();
    city.record(&city.laboratory, "k-1", &[negative_test(&wire)]).unwrap();
    let (first, other, third) = (city.contact(1, "k-2"), city.contact(1, "k-3"), city.contact(1, "k-4"));
    for contact in [first, other, third] {
        sign_second(city, &city.community, 1, contact);
    }
    let [upheld, _] = [first, other].map(|fact| dispute(city, person, fact, Ground::NoEvidence));
    answer(city, person, &upheld, true);
    source(city, &city.laboratory);
    say(city, &city.laboratory, 1, other, true).unwrap();
    issuers::take_back(city, &city.cdc, 1, third, RetractionReason::WrongPerson).unwrap();
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
        let held = held(&city, person, |_, _| ());
        assert!(
            held.is_whole(),
            "day {day}: {} and {:?} of {:?}",
            held.left_out,
            held.record.gone,
            record(&city).facts
        );
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
    let store = store::Proven::new(city.store.clone(), Arc::new(city.watch.clone()), move |edited| {
        hears.fetch_add(edited.left_out, Ordering::Relaxed);
    });
    let read =
        |store: &store::Proven<MemoryStore>| -> Arc<PersonRecord> { block_on(store.record(person)).unwrap() };
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
                reason: RetractionReason::WrongPerson,
                at: Timestamp::UNIX_EPOCH,
            }),
        ],
    );
    assert_eq!((left_out(&city, person), read(&store).retractions.len()), (4, 0));
}

/// What somebody does who takes rows out of the database.
type TakeOut = fn(&mut PersonRecord);

#[test]
fn what_was_said_of_a_fact_and_taken_out_is_found_again_by_what_its_entry_commits_to() {
    let city = City::new();
    let person = busy(&city);
    let whole = block_on(city.registry.store().record(person)).unwrap();
    let cases: [(&str, usize, TakeOut); 6] = [
        ("countersignatures", 3, |record| record.countersignatures.clear()),
        ("retractions", 2, |record| record.retractions.clear()),
        ("confirmations", 1, |record| record.confirmations.clear()),
        ("answers", 1, |record| record.answers.clear()),
        ("appeals, and the answers to them", 4, |record| {
            record.appeals.clear();
            record.answers.clear();
            record.confirmations.clear();
        }),
        ("one of two rows of one act", 1, |record| {
            record.retractions.retain(|row| row.issuer.class() != IssuerClass::Appeal);
        }),
    ];
    for (what, rows, take_out) in cases {
        let held = held(&city, person, |record, _| take_out(record));
        assert_eq!((held.left_out, held.found), (0, rows), "{what}");
        assert!(!held.record.found.is_empty() && held.record.found.len() <= rows, "{what}: by their entries");
        assert_eq!(PersonRecord { found: Vec::new(), ..held.record }, *whole, "{what}");
    }
    // Where the entry of a word was taken out, too, the chain shows it, and the word stands.
    let held_ = held(&city, person, |_, entries| entries.retain(|entry| entry.act != ActName::Confirm));
    assert!(held_.torn && held_.record.confirmations.len() == 1, "{held_:?}");
    // With the fact goes what was said of it: the entries are named, and nothing is made up.
    let lost = whole.facts.iter().find(|row| row.fact.kind() == Kind::Contact).unwrap().id;
    let held = held(&city, person, |record, _| {
        record.facts.retain(|row| row.id != lost);
        record.countersignatures.retain(|row| row.fact != lost);
    });
    assert_eq!(held.found, 0);
    assert!(
        held.record.gone.len() >= 2,
        "the fact's entry and its countersignature's: {:?}",
        held.record.gone
    );
}

#[test]
fn a_fact_that_is_gone_makes_nobody_worse_by_what_lay_before_it() {
    let city = City::new();
    let person = city.resident(1);
    let contact = city.contact(1, "k-1");
    sign_second(&city, &city.community, 1, contact);
    assert_eq!(city.color(person), "red");
    city.watch.set(NOON + DAY);
    city.entitle(&city.community, Capacity::Submit, "release");
    let wire = document(1).to_wire();
    let of =
        |kind, value, at| RawRow { person: &wire, kind, value, at, evidence: "N-3", ..RawRow::default() };
    city.record(&city.community, "k-2", &[of("release", "ended", "2022-06-14")]).unwrap();
    let genuine = held(&city, person, |_, _| ());
    assert!(genuine.is_whole());
    let without = held(&city, person, |record, _| {
        record.facts.retain(|row| row.fact.kind() == Kind::Contact);
    });
    let entry = block_on(city.registry.store().entries(Some(person))).unwrap().pop().unwrap();
    assert_eq!(without.record.gone, [entry.id]);
    assert_eq!(without.record.counting(city.registry.now()), [], "what it may have cleared does not count");
    // What came after it does.
    city.watch.set(NOON + 3 * DAY);
    let answers = city.record(&city.cdc, "k-3", &[of("contact", "close", "2022-06-16")]).unwrap();
    let RowAnswer::Recorded { id: later, .. } = answers[0] else { panic!("{answers:?}") };
    let without =
        held(&city, person, |record, _| record.facts.retain(|row| row.fact.kind() == Kind::Contact));
    assert_eq!(without.record.counting(city.registry.now()), []);
    sign_second(&city, &city.community, 1, later);
    let without =
        held(&city, person, |record, _| record.facts.retain(|row| row.fact.kind() == Kind::Contact));
    assert_eq!(without.record.counting(city.registry.now()).len(), 1, "{:?}", without.record.doubtful);
}

#[test]
fn an_entry_that_was_stripped_of_what_opens_it_vouches_for_nothing() {
    let city = City::new();
    let person = city.resident(1);
    let wire = document(1).to_wire();
    city.record(&city.laboratory, "k-1", &[negative_test(&wire)]).unwrap();
    // What the review of an attacker did: the genuine row exchanged for one of the same moment, the entry stripped and given to a hospital.
    let strip = |record: &mut PersonRecord, entries: &mut Vec<Entry>| {
        let issuer = "hospital:yl-1";
        record.facts[0].fact = fact("diagnosis", "suspected", "2022-06-13", issuer, "CASE-1");
        let entry = entries.iter_mut().find(|entry| entry.act == ActName::Record).unwrap();
        (entry.salt, entry.content, entry.clear.issuer) = (None, None, Some(issuer.parse().unwrap()));
    };
    let held_ = held(&city, person, |record, entries| strip(record, entries));
    assert_eq!((held_.left_out, held_.record.facts.len(), held_.record.gone.len()), (1, 0, 1));
    // Nor the next year, when its salt has ended and nothing opens it: it is no word on anything that came after it.
    for day in [1, 250] {
        city.watch.set(NOON + day * DAY);
        block_on(purge(&city.registry, Zone::named("Asia/Shanghai").unwrap(), false)).unwrap();
    }
    for (day, left_out) in [("2022-06-13", 0), ("2023-02-17", 1)] {
        let held = held(&city, person, |record, entries| {
            let entry = entries.iter().find(|entry| entry.act == ActName::Record).unwrap();
            assert_eq!(entry.salt, None);
            let fact = fact("test", "positive", day, "laboratory:07", "S-9");
            record.facts.push(RecordedFact { id: FactId::new(entry.at, [1; 10]), fact, recorded: entry.at });
        });
        assert_eq!((held.left_out, held.record.gone.len()), (left_out, 0), "{day}");
    }
}
