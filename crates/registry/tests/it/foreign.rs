//! Another region's status: with the code that the region signed it is a fact, and without it nothing.

use jiff::Timestamp;
use mingma_credential::issue::{Issuer, Order};
use mingma_credential::key::{SigningKey, SystemEntropy};
use mingma_credential::status::{Birthday, Color, RegionCode};
use mingma_credential::{Certificate, UnixSeconds};
use mingma_domain::fact::Entitlement;
use mingma_registry::Appointment;
use mingma_registry::acts::{Appoint, Approve, Less, ProposeAppointment, appoint, propose_appointment};
use mingma_registry::intake::{Cause, RowAnswer};
use mingma_registry::journal::Entry;
use mingma_registry::policy::{Actor, Office, Purpose, authorize};
use mingma_registry::recognition::{Unrecognised, credential_id};
use mingma_registry::replay::{Fault, Why};
use mingma_registry::row::{EntitlementEntry, IssuerEntry, KeyEntry, PersonRow, RecordedFact};
use mingma_registry::signed::Proof;
use mingma_registry::submission::RawRow;
use mingma_registry::words::{ActName, Capacity};
use mingma_registry::{Change, Clock as _, FactId, PersonId, Store as _};
use pollster::block_on;

use crate::house::{City, NOON, Office1, document, official, submission};
use crate::replay::{Chance, all, last, log};

const DAY: i64 = 86_400;

/// A city that recognises Guangdong: two offices of the state appointed it, its key and what it may say.
fn recognising() -> (City, Office1, PersonId) {
    let city = City::new();
    let person = city.resident(1);
    let key = SigningKey::generate(&mut SystemEntropy).unwrap();
    let office = Office1 { issuer: "region:440000".parse().unwrap(), key };
    let at = |seconds| Timestamp::from_second(seconds).unwrap();
    let (issuer, state) = (office.issuer.clone(), "CN".parse().unwrap());
    let key = KeyEntry {
        issuer: issuer.clone(),
        point: office.key.device_point(),
        from: at(NOON - 30 * DAY),
        until: at(NOON + 60 * DAY),
    };
    let entitlement = Entitlement {
        issuer: issuer.clone(),
        kind: "foreign-status".parse().unwrap(),
        region: state,
        from: "2022-05-01".parse().unwrap(),
        until: "2022-06-30".parse().unwrap(),
    };
    let organisation = "guangdong".parse().unwrap();
    for appointment in [
        Appointment::Issuer(IssuerEntry { issuer, organisation, region: state }),
        Appointment::Key(key),
        Appointment::Entitlement(EntitlementEntry { capacity: Capacity::Submit, entitlement }),
    ] {
        appointed(&city, appointment);
    }
    (city, office, person)
}

/// Appoints, as two offices of the state do it.
fn appointed(city: &City, appointment: Appointment) {
    let region = "CN".parse().unwrap();
    let staff = "staff-9".parse().unwrap();
    let wish = ProposeAppointment { region, appointment };
    let wish = authorize(official(Office::HealthCommission, "CN"), Purpose::Publication, wish).unwrap();
    let (proposal, seen) = block_on(propose_appointment(&city.registry, wish)).unwrap();
    let region = block_on(city.registry.book()).unwrap().proposal(proposal).unwrap().region();
    let second = Actor::Official { staff, office: Office::Appeals, region };
    city.agree(second, Approve { region, proposal, seen }).unwrap();
}

/// A code of Guangdong's of two days ago that lasts a week, signed with a key.
fn code(key: &SigningKey, (region, color): (&str, Color), birthday: Option<Birthday>) -> String {
    let issued = UnixSeconds::new(NOON - 2 * DAY);
    let certificate = Certificate::self_signed(key, "Guangdong", issued, issued.plus(60 * DAY)).unwrap();
    let of = RegionCode::parse(region).unwrap();
    let issuer = Issuer::new(key, &certificate, of.clone()).unwrap();
    let order = Order { color, region: of, ruleset: 9, initials: None, birthday, revocation: None };
    issuer.paper_code(&order, issued, 7 * DAY).unwrap()
}

/// A row that says yellow, with this code and by this evidence.
fn row<'r>(person: &'r str, evidence: &'r str, credential: &'r str) -> RawRow<'r> {
    RawRow {
        person,
        kind: "foreign-status",
        value: "yellow",
        at: "2022-06-11",
        until: "2022-06-18",
        region: "440000",
        evidence,
        credential,
    }
}

#[test]
fn another_regions_colour_is_a_fact_with_the_code_that_the_region_signed_and_without_it_none() {
    let (city, office, person) = recognising();
    let wire = document(1).to_wire();
    let other = SigningKey::generate(&mut SystemEntropy).unwrap();
    let good = code(&office.key, ("440000", Color::Yellow), None);
    let id = credential_id(&good);
    let of = |key: &SigningKey, region, color| code(key, (region, color), None);
    let (red, forged) = (of(&office.key, "440000", Color::Red), of(&other, "440000", Color::Yellow));
    let (fujian, wrong_day) = (of(&office.key, "350000", Color::Yellow), Birthday::new(1, 2).unwrap());
    let somebody = code(&office.key, ("440000", Color::Yellow), Some(wrong_day));
    let (n, o) = (Cause::NoCredential, Cause::OtherCredential);
    let ids = [&red, &forged, &fujian, &somebody].map(|code| credential_id(code));
    let table = [
        ("a bare colour", row(&wire, "C-1", ""), n),
        ("a bare colour that names a code", row(&wire, &id, ""), n),
        ("a code that the row does not name", row(&wire, "C-1", &good), o),
        ("no code", row(&wire, "C-1", "HC1:6BF"), o),
        ("another colour", row(&wire, &ids[0], &red), o),
        ("another key", row(&wire, &ids[1], &forged), o),
        ("another region", row(&wire, &ids[2], &fujian), o),
        ("another day", RawRow { at: "2022-06-12", ..row(&wire, &id, &good) }, o),
        ("without an end", RawRow { until: "", ..row(&wire, &id, &good) }, o),
        ("longer than the code", RawRow { until: "2022-06-19", ..row(&wire, &id, &good) }, o),
    ];
    for (n, (what, row, cause)) in table.into_iter().enumerate() {
        let answers = city.record(&office, &format!("k-{n}"), &[row]).unwrap();
        let RowAnswer::Refused(refused) = &answers[0] else { panic!("{what}: {answers:?}") };
        assert_eq!(refused.cause, cause, "{what}");
    }
    // A passport has no birthday: the code's stands against nobody's.
    let answers = city.record(&office, "k-birthday", &[row(&wire, &ids[3], &somebody)]).unwrap();
    assert!(matches!(answers[0], RowAnswer::Recorded { .. }), "{answers:?}");
    let answers = city.record(&office, "k", &[row(&wire, &id, &good)]).unwrap();
    assert!(matches!(answers[0], RowAnswer::Recorded { .. }), "{answers:?}");
    // The code is kept with the fact, for the person and for whoever audits.
    let entries = block_on(city.store.entries(Some(person))).unwrap();
    let kept = entries.iter().filter_map(|entry| Proof::from_bytes(&entry.signature()?.proof));
    let kept: Vec<String> = kept.map(|proof| proof.row.unwrap().credential().to_owned()).collect();
    assert_eq!(kept, [somebody, good]);
    assert_eq!(all(&city, &[person]).unwrap().signed, 2);
}

#[test]
fn no_other_kind_comes_with_a_code_and_none_counts_when_it_is_over() {
    let (city, office, _) = recognising();
    let wire = document(1).to_wire();
    let good = code(&office.key, ("440000", Color::Yellow), None);
    let id = credential_id(&good);
    let test = RawRow { credential: &good, evidence: &id, ..crate::house::negative_test(&wire) };
    let answers = city.record(&city.laboratory, "k", &[test]).unwrap();
    assert!(matches!(&answers[0], RowAnswer::Refused(refused) if refused.cause == Cause::OtherCredential));
    // It lasts five more days.
    for (second, is_recorded) in [(NOON + 5 * DAY - 1, true), (NOON + 5 * DAY, false)] {
        city.watch.set(second);
        let answers = city.record(&office, &format!("k-{second}"), &[row(&wire, &id, &good)]).unwrap();
        assert_eq!(matches!(answers[0], RowAnswer::Recorded { .. }), is_recorded, "{answers:?}");
    }
}

#[test]
fn a_code_by_a_key_of_the_region_that_was_withdrawn_bears_out_nothing() {
    let (city, office, _) = recognising();
    let wire = document(1).to_wire();
    let good = code(&office.key, ("440000", Color::Yellow), None);
    let id = credential_id(&good);
    let at = |seconds| Timestamp::from_second(seconds).unwrap();
    let next =
        Office1 { issuer: office.issuer.clone(), key: SigningKey::generate(&mut SystemEntropy).unwrap() };
    let (from, until) = (at(NOON - 30 * DAY), at(NOON + 60 * DAY));
    let point = next.key.device_point();
    appointed(&city, Appointment::Key(KeyEntry { issuer: next.issuer.clone(), point, from, until }));
    let answers = city.record(&next, "k-next", &[row(&wire, &id, &good)]).unwrap();
    assert!(matches!(answers[0], RowAnswer::Recorded { .. }), "both keys count: {answers:?}");
    let less = Less::Key(office.key.device_point());
    let wish = Appoint { region: "CN".parse().unwrap(), less };
    let commission = official(Office::HealthCommission, "CN");
    block_on(appoint(&city.registry, authorize(commission, Purpose::OutbreakControl, wish).unwrap()))
        .unwrap();
    let answers = city.record(&next, "k-withdrawn", &[row(&wire, &id, &good)]).unwrap();
    assert!(matches!(&answers[0], RowAnswer::Refused(refused) if refused.cause == Cause::OtherCredential));
}

#[test]
fn a_bare_colour_that_was_written_past_the_acts_is_named_by_its_entry() {
    for is_bare in [true, false] {
        let (city, office, person) = recognising();
        let wire = document(1).to_wire();
        let good = code(&office.key, ("440000", Color::Yellow), None);
        let forged = code(&city.cdc.key, ("440000", Color::Yellow), None);
        // Signed by the region, without its code; or with one that it did not sign.
        let (id, credential, why) = if is_bare {
            (credential_id(&good), "", Unrecognised::Other)
        } else {
            (credential_id(&forged), forged.as_str(), Unrecognised::Key)
        };
        let submission = submission(&office, "x", &[row(&wire, &id, credential)]);
        let (fact, recorded) = (submission.rows()[0].clone().unwrap().fact, city.watch.now());
        let id = FactId::new(recorded, [9; 10]);
        let rows = vec![PersonRow::Fact(RecordedFact { id, fact, recorded })];
        let mut entry = Entry::about(&Chance, ActName::Record, recorded, person, &rows).unwrap();
        entry.sign(submission.signature(0).unwrap());
        block_on(city.store.apply(vec![Change::Person { person, rows, notices: vec![], entry }])).unwrap();
        let entry = last(&log(&city), ActName::Record);
        assert_eq!(all(&city, &[person]), Err(Fault { entry, why: Why::BareColor(why) }));
    }
}
