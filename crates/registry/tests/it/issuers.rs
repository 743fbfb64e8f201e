//! What issuers do: record, countersign, retract; and what they cannot.

use mingma_domain::fact::{Column, Kind, RetractionReason};
use mingma_registry::acts::{
    CheckRows, Countersign, CountersignError, Less, Record, RecordError, Retract, RetractError, check_rows,
    countersign, record, retract,
};
use mingma_registry::intake::{Cause, RowAnswer};
use mingma_registry::policy::{Actor, Denied, Office, Purpose, Role, authorize};
use mingma_registry::submission::{MAX_ROWS, RawRow, Submission, SubmissionError, read_rows};
use mingma_registry::words::{ActName, Capacity, NoticeKind};
use mingma_registry::{Clock as _, FactId};
use pollster::block_on;

use crate::house::{City, NOON, Office1, SALT, close_contact, document, negative_test, official, submission};

pub(crate) fn sign_second(
    city: &City,
    office: &Office1,
    n: u32,
    fact: FactId,
) -> Result<(), CountersignError> {
    let bytes = Countersign::signed_bytes(&office.issuer, &SALT, &document(n), fact);
    let signature = office.key.sign(&bytes).unwrap();
    let wish =
        Countersign { issuer: office.issuer.clone(), document: document(n), fact, salt: SALT, signature };
    block_on(countersign(&city.registry, authorize(office.actor(), Purpose::OutbreakControl, wish).unwrap()))
}

pub(crate) fn take_back(
    city: &City,
    office: &Office1,
    n: u32,
    fact: FactId,
    reason: RetractionReason,
) -> Result<(), RetractError> {
    let bytes = Retract::signed_bytes(&office.issuer, &SALT, &document(n), fact, reason);
    let signature = office.key.sign(&bytes).unwrap();
    let wish =
        Retract { issuer: office.issuer.clone(), document: document(n), fact, reason, salt: SALT, signature };
    block_on(retract(&city.registry, authorize(office.actor(), Purpose::Redress, wish).unwrap()))
}

#[test]
fn a_contact_counts_only_when_another_organisation_has_countersigned() {
    let city = City::new();
    let person = city.resident(1);
    let fact = city.contact(1, "k1");
    assert_eq!(city.color(person), "green", "one organisation cannot turn anybody red");
    let same = sign_second(&city, &city.cdc_branch, 1, fact);
    assert_eq!(same, Err(CountersignError::SameOrganisation));
    let itself = sign_second(&city, &city.cdc, 1, fact);
    assert_eq!(itself, Err(CountersignError::SameOrganisation));
    let stranger = sign_second(&city, &city.laboratory, 1, fact);
    assert!(matches!(stranger, Err(CountersignError::NotEntitled { .. })));
    assert_eq!(sign_second(&city, &city.community, 2, fact), Err(CountersignError::NoSuchFact));
    assert_eq!(city.color(person), "green");
    assert_eq!(sign_second(&city, &city.community, 1, fact), Ok(()));
    assert_eq!(city.color(person), "red");
    assert_eq!(sign_second(&city, &city.community, 1, fact), Ok(()), "again changes nothing");
    let notices = block_on(city.registry.store().due(city.watch.now(), 10)).unwrap();
    let kinds: Vec<NoticeKind> = notices.iter().map(|(notice, _)| notice.kind).collect();
    assert_eq!(kinds.len(), 2);
    assert!(kinds.contains(&NoticeKind::FactPending) && kinds.contains(&NoticeKind::FactRecorded));
}

#[test]
fn a_batch_is_answered_row_by_row_and_a_repetition_the_same() {
    let city = City::new();
    let person = city.resident(1);
    let (one, two) = (document(1).to_wire(), document(2).to_wire());
    let rows = [
        negative_test(&one),
        RawRow { value: "negativ", ..negative_test(&one) },
        close_contact(&one),
        RawRow { person: "passport:JP", ..negative_test(&one) },
        negative_test(&two),
    ];
    let answers = city.record(&city.laboratory, "k1", &rows).unwrap();
    assert!(matches!(answers[0], RowAnswer::Recorded { pending: false, .. }));
    let refused = |at: usize| match &answers[at] {
        RowAnswer::Refused(refused) => (refused.place, refused.cause, refused.nearest.clone()),
        RowAnswer::Recorded { .. } => panic!("row {at}: {answers:?}"),
    };
    assert_eq!(refused(1), (1, Cause::UnknownWord, Some("negative".to_owned())));
    assert_eq!(refused(2), (2, Cause::OtherClass, None), "a laboratory knows no contacts");
    assert_eq!(refused(3), (3, Cause::Document, None));
    assert!(matches!(answers[4], RowAnswer::Recorded { .. }), "of somebody who has not registered, alike");
    city.watch.set(NOON + 3_600);
    assert_eq!(city.record(&city.laboratory, "k1", &rows).unwrap(), answers);
    assert_eq!(block_on(city.registry.store().record(person)).unwrap().facts.len(), 1);
    assert_eq!(block_on(city.registry.store().entries(Some(person))).unwrap().len(), 2);
    assert_eq!(city.record(&city.laboratory, "k1", &rows[..1]), Err(RecordError::KeyReused));
    assert!(!answers.iter().any(|a| format!("{a:?}").contains("TR000")), "no answer repeats a document");
}

#[test]
fn what_has_not_come_is_not_recorded_and_the_dry_run_says_so() {
    let city = City::new();
    for entitlement in ["isolation", "diagnosis"] {
        city.entitle(&city.cdc, Capacity::Submit, entitlement);
    }
    let person = document(1).to_wire();
    let cdc = |kind, value, at| RawRow { kind, value, at, ..close_contact(&person) };
    let lab = |at| RawRow { at, ..negative_test(&person) };
    // It is noon of 13 June, and clocks may be five minutes apart.
    let rows = [
        (&city.laboratory, lab("2022-06-13T12:05:00+08:00"), true),
        (&city.laboratory, lab("2022-06-13T12:05:01+08:00"), false),
        (&city.laboratory, lab("2022-06-15T09:00:00+08:00"), false),
        (&city.cdc, cdc("diagnosis", "confirmed", "2022-06-13"), true),
        (&city.cdc, cdc("diagnosis", "confirmed", "2022-06-14"), false),
        (&city.cdc, cdc("diagnosis", "confirmed", "2099-12-31"), false),
        // An order is given before its day, though not years before.
        (&city.cdc, cdc("isolation", "home", "2022-07-11"), true),
        (&city.cdc, cdc("isolation", "home", "2022-07-12"), false),
    ];
    for (place, (office, row, comes)) in rows.into_iter().enumerate() {
        let wish =
            CheckRows { issuer: office.issuer.clone(), rows: read_rows(&office.issuer, &[row]).unwrap() };
        let allowed = authorize(office.actor(), Purpose::OutbreakControl, wish).unwrap();
        let dry = block_on(check_rows(&city.registry, allowed)).unwrap().remove(0).map(|_| ());
        let real = match city.record(office, &format!("k-{place}"), &[row]).unwrap().remove(0) {
            RowAnswer::Recorded { .. } => Ok(()),
            RowAnswer::Refused(refused) => Err(refused),
        };
        assert_eq!(dry, real, "{row:?}");
        let told = real.map_err(|refused| (refused.cause, refused.column));
        assert_eq!(told, if comes { Ok(()) } else { Err((Cause::Ahead, Column::At)) }, "{row:?}");
    }
}

#[test]
fn a_signature_by_any_other_key_is_refused() {
    let city = City::new();
    let person = document(1).to_wire();
    let rows = [negative_test(&person)];
    let forged = Office1 { issuer: city.laboratory.issuer.clone(), key: city.cdc.key.clone() };
    assert!(matches!(city.record(&forged, "k1", &rows), Err(RecordError::Signature { .. })));
    let unknown = Office1 { issuer: "laboratory:99".parse().unwrap(), key: city.cdc.key.clone() };
    assert!(matches!(city.record(&unknown, "k1", &rows), Err(RecordError::UnknownIssuer { .. })));
    // A signature holds for its own rows only.
    let signed = submission(&city.laboratory, "k1", &rows);
    let other = [RawRow { value: "positive", ..rows[0] }];
    let bytes =
        mingma_registry::submission::signed_bytes(&city.laboratory.issuer, signed.key(), &SALT, &rows);
    let signature = city.laboratory.key.sign(&bytes).unwrap();
    let tampered =
        Submission::read(city.laboratory.issuer.clone(), signed.key().clone(), &other, SALT, signature)
            .unwrap();
    let allowed = authorize(city.laboratory.actor(), Purpose::OutbreakControl, Record(tampered)).unwrap();
    assert!(matches!(block_on(record(&city.registry, allowed)), Err(RecordError::Signature { .. })));
    // A withdrawn key no longer counts.
    let number = city.take(Less::Key(city.laboratory.key.device_point())).unwrap();
    assert!(matches!(city.record(&city.laboratory, "k1", &rows), Err(RecordError::Signature { .. })));
    // Everybody reads which office took it away, of a key as of an entitlement.
    let book = block_on(city.registry.book()).unwrap();
    let given = book.all_entitlements(&city.laboratory.issuer).next().unwrap().0;
    city.take(Less::Entitlement(given)).unwrap();
    let book = block_on(city.registry.book()).unwrap();
    let taken: Vec<_> = book.taken().collect();
    let by = Some((Office::HealthCommission, "410000".parse().unwrap()));
    let said = taken.iter().map(|taken| (taken.issuer, taken.kind.map(Kind::word), taken.by));
    let laboratory = &city.laboratory.issuer;
    assert_eq!(said.collect::<Vec<_>>(), [(laboratory, None, by), (laboratory, Some("test"), by)]);
    assert_eq!(taken[0].number, number);
}

#[test]
fn an_entitlement_ends_on_its_last_day() {
    let city = City::new();
    let person = document(1).to_wire();
    // The last second of 30 June in Beijing, and the first of July.
    for (seconds, allowed) in [(1_656_604_799, true), (1_656_604_800, false)] {
        city.watch.set(seconds);
        let answers =
            city.record(&city.laboratory, &format!("k{seconds}"), &[negative_test(&person)]).unwrap();
        assert_eq!(matches!(answers[0], RowAnswer::Recorded { .. }), allowed, "{seconds}");
        let refused = matches!(&answers[0], RowAnswer::Refused(row) if row.cause == Cause::NotEntitled);
        assert_eq!(refused, !allowed);
    }
}

#[test]
fn an_issuer_takes_back_its_own_fact_and_no_others() {
    let city = City::new();
    let person = city.resident(1);
    let fact = city.contact(1, "k1");
    sign_second(&city, &city.community, 1, fact).unwrap();
    let error = RetractionReason::EnteredInError;
    let foreign = take_back(&city, &city.community, 1, fact, error);
    assert!(matches!(foreign, Err(RetractError::NoSuchFact { .. })));
    let appeal = take_back(&city, &city.cdc, 1, fact, RetractionReason::AppealUpheld);
    assert!(matches!(appeal, Err(RetractError::Reason { .. })));
    assert!(matches!(take_back(&city, &city.cdc, 7, fact, error), Err(RetractError::NoSuchFact { .. })));
    assert_eq!(city.color(person), "red");
    assert_eq!(take_back(&city, &city.cdc, 1, fact, error), Ok(()));
    assert_eq!(city.color(person), "green");
    assert_eq!(block_on(city.registry.store().record(person)).unwrap().facts.len(), 1, "it stays on record");
}

#[test]
fn no_official_can_record_a_fact() {
    let city = City::new();
    let person = document(1).to_wire();
    for office in Office::ALL {
        let wish = Record(submission(&city.cdc, "k1", &[close_contact(&person)]));
        let denied = authorize(official(*office, "410000"), Purpose::OutbreakControl, wish).unwrap_err();
        assert!(matches!(denied, Denied::Role { act: ActName::Record, .. }), "{office}");
    }
    let wish = Record(submission(&city.cdc, "k1", &[close_contact(&person)]));
    let denied = authorize(city.laboratory.actor(), Purpose::OutbreakControl, wish.clone()).unwrap_err();
    assert_eq!(denied, Denied::NotOwn, "an issuer speaks for itself");
    let denied = authorize(city.cdc.actor(), Purpose::Publication, wish.clone()).unwrap_err();
    assert_eq!(
        denied,
        Denied::Purpose { role: Role::Institution, act: ActName::Record, purpose: Purpose::Publication }
    );
    assert!(matches!(authorize(Actor::Visitor, Purpose::OutbreakControl, wish), Err(Denied::Role { .. })));
}

#[test]
fn a_submission_has_one_row_at_least_and_a_limit() {
    let city = City::new();
    let person = document(1).to_wire();
    let read = |rows: usize| {
        let rows = vec![negative_test(&person); rows];
        Submission::read(city.cdc.issuer.clone(), "k".parse().unwrap(), &rows, SALT, [0; 64])
            .map(|s| s.rows().len())
    };
    assert_eq!(read(0), Err(SubmissionError::Empty));
    assert_eq!(read(MAX_ROWS), Ok(MAX_ROWS));
    assert_eq!(read(MAX_ROWS + 1), Err(SubmissionError::TooMany { given: MAX_ROWS + 1 }));
}
