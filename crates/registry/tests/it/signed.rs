//! What issuers signed is kept with what was recorded, and whoever is given that checks it.

use jiff::SignedDuration;
use mingma_domain::fact::RetractionReason;
use mingma_registry::acts::{Less, Retract, retract};
use mingma_registry::intake::RowAnswer;
use mingma_registry::journal::Entry;
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::replay::bundle::{Opened, read};
use mingma_registry::replay::{Extent, Fault, Why, replay};
use mingma_registry::row::{PersonRow, RecordedFact};
use mingma_registry::signed::{Proof, Signature, about};
use mingma_registry::submission::RawRow;
use mingma_registry::words::ActName;
use mingma_registry::{Change, Clock as _, FactId, PersonId, Store as _};
use pollster::block_on;

use crate::house::{City, Office1, SALT, close_contact, document, negative_test, submission};
use crate::replay::{Chance, all, as_shown, by_hand, last, lived, log, opened, sign_second};

/// The row of a submission of one, its signature, and what it records.
fn signed(city: &City, by: &Office1, key: &str, row: RawRow<'_>) -> (PersonRow, Signature) {
    let submission = submission(by, key, &[row]);
    let fact = submission.rows()[0].clone().unwrap().fact;
    let recorded = city.watch.now();
    let id = FactId::new(recorded, [9; 10]);
    (PersonRow::Fact(RecordedFact { id, fact, recorded }), submission.signature(0).unwrap())
}

/// Keeps a fact past the acts, with this signature.
fn put(city: &City, person: PersonId, (row, signature): (PersonRow, Signature)) -> u64 {
    let rows = vec![row];
    let entry = Entry::about(&Chance, ActName::Record, city.watch.now(), person, &rows).unwrap();
    let mut entry = as_shown(city, entry);
    entry.sign(signature);
    block_on(city.store.apply(vec![Change::Person { person, rows, notices: Vec::new(), entry }])).unwrap();
    last(&log(city), ActName::Record)
}

#[test]
fn whatever_an_issuer_says_is_kept_with_its_signature_and_the_replay_checks_it() {
    let (city, persons) = lived();
    let fact = city.contact(3, "c-3");
    sign_second(&city, &city.community, 3, fact);
    let (office, reason) = (&city.cdc, RetractionReason::WrongPerson);
    let bytes = Retract::signed_bytes(&office.issuer, &SALT, &document(3), fact, reason);
    let signature = office.key.sign(&bytes).unwrap();
    let wish =
        Retract { issuer: office.issuer.clone(), document: document(3), fact, reason, salt: SALT, signature };
    block_on(retract(&city.registry, authorize(office.actor(), Purpose::Redress, wish).unwrap())).unwrap();
    let sound = all(&city, &persons).unwrap();
    // Six tests, three contacts, three second organisations, one word that takes back.
    assert_eq!((sound.signed, sound.unkept), (6 + 3 + 3 + 1, 0));
}

#[test]
fn a_batch_is_proved_person_by_person_without_anybody_elses_row() {
    let city = City::new();
    let persons: Vec<PersonId> = (1..=5).map(|n| city.resident(n)).collect();
    let wires: Vec<String> = (1..=5).map(|n| document(n).to_wire()).collect();
    let evidence = ["S-111", "S-222", "S-333", "S-444", "S-555"];
    let rows: Vec<RawRow<'_>> = wires
        .iter()
        .zip(evidence)
        .map(|(wire, evidence)| RawRow { evidence, ..negative_test(wire) })
        .collect();
    city.record(&city.laboratory, "batch", &rows).unwrap();
    assert_eq!(all(&city, &persons).unwrap().signed, 5);
    let key = &city.laboratory.key.device_point();
    let mut salts = Vec::new();
    for ((person, wire), own) in persons.iter().zip(&wires).zip(evidence) {
        let entries = block_on(city.store.entries(Some(*person))).unwrap();
        let signature = entries.iter().find_map(|entry| entry.signature().cloned()).unwrap();
        let proof = Proof::from_bytes(&signature.proof).unwrap();
        // With the salt the person sees that they are meant; without it nobody finds out who is.
        assert_eq!(about(&signature.salt, wire), proof.about);
        let record = block_on(city.store.record(*person)).unwrap();
        let (issuer, bytes) = proof.signed(&[PersonRow::Fact(record.facts[0].clone())]).unwrap();
        assert!(issuer == city.laboratory.issuer && proof.is_by(key, &bytes));
        let text = String::from_utf8_lossy(&signature.proof).into_owned();
        assert!(wires.iter().all(|wire| !text.contains(wire.as_str())), "no document");
        assert!(evidence.iter().all(|other| *other == own || !text.contains(other)), "no other row");
        salts.push(signature.salt);
    }
    salts.sort_unstable();
    salts.dedup();
    assert_eq!(salts.len(), 5, "nobody's salt opens another's row");
    let log = log(&city);
    let file = opened(&city, &log, &persons);
    for bytes in wires.iter().map(String::as_bytes).chain(salts.iter().map(|salt| &salt[..])) {
        assert!(
            !file.windows(bytes.len()).any(|part| part == bytes),
            "an auditor is given no document and no salt"
        );
    }
}

#[test]
fn the_same_rows_under_another_salt_are_the_same_request() {
    let city = City::new();
    city.resident(1);
    let wire = document(1).to_wire();
    let rows = [negative_test(&wire)];
    let first = city.record(&city.laboratory, "k", &rows).unwrap();
    let again = submission(&city.laboratory, "k", &rows);
    let other = mingma_registry::submission::Submission::read(
        city.laboratory.issuer.clone(),
        again.key().clone(),
        &rows,
        [8; 32],
        [0; 64],
    );
    let other = other.unwrap();
    assert_eq!(again.hash(), other.hash());
    assert!(!other.is_signed_by(&city.laboratory.key.device_point().verifying_key()));
    assert_eq!(city.record(&city.laboratory, "k", &rows).unwrap(), first);
}

#[test]
fn what_no_key_of_the_issuer_signed_as_it_counted_then_is_named_by_its_entry() {
    let wire = document(4).to_wire();
    let row = || RawRow { value: "positive", ..negative_test(&wire) };
    let fault = |city: &City, persons: &[PersonId], entry, why| {
        assert_eq!(all(city, persons), Err(Fault { entry, why }));
    };
    let issuer = |city: &City| city.laboratory.issuer.clone();
    // As it should be.
    let (city, persons) = lived();
    put(&city, persons[3], signed(&city, &city.laboratory, "x", row()));
    all(&city, &persons).unwrap();
    // None.
    let (city, persons) = lived();
    by_hand(&city, persons[3], ActName::Record, vec![signed(&city, &city.laboratory, "x", row()).0]);
    let entry = last(&log(&city), ActName::Record);
    fault(&city, &persons, entry, Why::Unsigned);
    // Another row's.
    let (city, persons) = lived();
    let (made, _) = signed(&city, &city.laboratory, "x", row());
    let (_, other) = signed(&city, &city.laboratory, "x", negative_test(&wire));
    let entry = put(&city, persons[3], (made, other));
    fault(&city, &persons, entry, Why::SignedOtherwise);
    // A bit of it, of whom it is about, and of the row's place.
    let of = |city: &City, change: &dyn Fn(&mut Proof)| {
        let (made, signature) = signed(city, &city.laboratory, "x", row());
        let mut proof = Proof::from_bytes(&signature.proof).unwrap();
        change(&mut proof);
        (made, Signature { proof: proof.to_bytes(), ..signature })
    };
    let bent: [&dyn Fn(&mut Proof); 3] = [
        &|proof| proof.signature[9] ^= 1,
        &|proof| proof.about = about(&SALT, &document(5).to_wire()),
        &|proof| proof.row.as_mut().unwrap().key = "y".parse().unwrap(),
    ];
    for change in bent {
        let (city, persons) = lived();
        let entry = put(&city, persons[3], of(&city, change));
        fault(&city, &persons, entry, Why::NotItsKey { issuer: issuer(&city) });
    }
    let (city, persons) = lived();
    let entry = put(&city, persons[3], of(&city, &|proof| proof.row.as_mut().unwrap().place = 1));
    fault(&city, &persons, entry, Why::SignedOtherwise);
    // Another issuer's key.
    let (city, persons) = lived();
    let forged = Office1 { issuer: issuer(&city), key: city.cdc.key.clone() };
    let entry = put(&city, persons[3], signed(&city, &forged, "x", row()));
    fault(&city, &persons, entry, Why::NotItsKey { issuer: issuer(&city) });
    // A key that was withdrawn before.
    let (city, persons) = lived();
    let made = signed(&city, &city.laboratory, "x", row());
    city.take(Less::Key(city.laboratory.key.device_point())).unwrap();
    city.watch.set(city.watch.now().as_second() + 60);
    let entry = put(&city, persons[3], made);
    fault(&city, &persons, entry, Why::NotItsKey { issuer: issuer(&city) });
}

/// The same in the next moment, under an id of its own.
fn put_later(city: &City, person: PersonId, made: (PersonRow, Signature)) -> u64 {
    city.watch.set(city.watch.now().as_second() + 1);
    put(city, person, made)
}

/// A row that an issuer signed about the fourth is recorded, and again, by another id, about this one.
#[track_caller]
fn is_recorded_once(again: usize) {
    let (city, persons) = lived();
    let wire = document(4).to_wire();
    let (row, signature) = signed(&city, &city.cdc, "x", close_contact(&wire));
    put(&city, persons[3], (row.clone(), signature.clone()));
    all(&city, &persons).unwrap();
    let PersonRow::Fact(fact) = row else { panic!() };
    let row = RecordedFact { id: FactId::new(fact.recorded, [8; 10]), ..fact };
    let entry = put_later(&city, persons[again], (PersonRow::Fact(row), signature));
    assert_eq!(all(&city, &persons), Err(Fault { entry, why: Why::RecordedTwice }));
}

#[test]
fn one_signed_row_is_recorded_once() {
    is_recorded_once(3);
}

/// Whoever is first in the order of ids.
#[test]
fn one_signed_row_is_about_one_person() {
    is_recorded_once(4);
}

#[test]
fn what_stands_beside_a_content_and_is_left_out_added_or_exchanged_no_longer_opens_its_entry() {
    let (city, persons) = lived();
    let log = log(&city);
    let file = opened(&city, &log, &persons);
    let openings = read(&file).unwrap().1;
    let act = |opened: &Opened<'_>| log[usize::try_from(opened.number).unwrap() - 1].act;
    let with = |signed: bool| {
        let is_it = |opened: &&Opened<'_>| opened.beside.is_some() && act(opened).is_signed() == signed;
        openings.iter().filter(is_it).count()
    };
    // Signatures; and who registered, and who made a code.
    assert_eq!((with(true), with(false) > 6 + 6), (6 + 2 + 2, true));
    for (place, opened) in openings.iter().enumerate().filter(|(_, opened)| !act(opened).is_public()) {
        let other = openings.iter().find(|other| other.beside.is_some() && other.beside != opened.beside);
        for beside in [None, other.unwrap().beside].into_iter().filter(|beside| *beside != opened.beside) {
            let mut changed = openings.clone();
            changed[place] = Opened { beside, ..*opened };
            let fault = Fault { entry: opened.number, why: Why::Changed };
            assert_eq!(replay(&log, &changed, Extent::Everybody), Err(fault));
        }
    }
}

#[test]
fn what_was_recorded_before_signatures_were_kept_is_told_apart_and_followed_by_none() {
    let city = City::new();
    let person = city.resident(1);
    let wire = document(1).to_wire();
    let (old, _) = signed(&city, &city.laboratory, "x", negative_test(&wire));
    by_hand(&city, person, ActName::Record, vec![old]);
    let sound = all(&city, &[person]).unwrap();
    assert_eq!((sound.signed, sound.unkept), (0, 1));
    city.watch.set((city.watch.now() + SignedDuration::from_mins(1)).as_second());
    let next = RawRow { evidence: "S-2", ..negative_test(&wire) };
    let answers = city.record(&city.laboratory, "k", &[next]).unwrap();
    assert!(matches!(answers[0], RowAnswer::Recorded { .. }));
    let sound = all(&city, &[person]).unwrap();
    assert_eq!((sound.signed, sound.unkept), (1, 1));
}
