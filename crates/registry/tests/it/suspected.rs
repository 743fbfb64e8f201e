//! A diagnosis that no laboratory proves is a physician's word: another organisation has to say it too.

use mingma_domain::fact::value::Diagnosis;
use mingma_registry::acts::{
    CheckRows, ConfirmError, CountersignError, Publish, ToCountersign, check_rows, publish, to_countersign,
};
use mingma_registry::intake::RowAnswer;
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::submission::{RawRow, read_rows};
use mingma_registry::words::{Capacity, Ground, NoticeKind};
use mingma_registry::{FactId, PersonId};
use pollster::block_on;

use crate::disputes::{DUE, dispute, say};
use crate::house::{City, EXAMPLES, Office1, RULES, close_contact, commissioner, document};
use crate::issuers::sign_second;

/// The diagnoses that a laboratory proves.
const PROVED: [&str; 2] = ["confirmed", "asymptomatic"];

/// A city whose rules make every diagnosis red, with a hospital beside the CDC; each may record diagnoses and countersign the other's.
pub(crate) fn city() -> (City, Office1) {
    let city = City::new();
    let wish = Publish {
        region: "410100".parse().unwrap(),
        rules: RULES
            .replace("fact = \"contact\", value = \"close\", within", "fact = \"diagnosis\", within")
            .replace("2022-06-01", "2022-06-02")
            .replace("id = \"2022-06\"", "id = \"2022-06-diagnosis\""),
        examples: EXAMPLES
            .replace("kind = \"contact\", value = \"close\"", "kind = \"diagnosis\", value = \"suspected\""),
    };
    block_on(publish(&city.registry, authorize(commissioner(), Purpose::Publication, wish).unwrap()))
        .unwrap();
    let hospital = Office1 { issuer: "hospital:1".parse().unwrap(), key: city.phone.clone() };
    city.appoint(&hospital, "first-hospital", &[]);
    for office in [&city.cdc, &city.cdc_branch, &hospital] {
        city.entitle(office, Capacity::Submit, "diagnosis");
        city.entitle(office, Capacity::Countersign, "diagnosis");
    }
    (city, hospital)
}

fn diagnosis<'p>(person: &'p str, value: &'p str) -> RawRow<'p> {
    RawRow { kind: "diagnosis", value, evidence: "CASE-1", ..close_contact(person) }
}

/// The nth person with a diagnosis in an institution's word, and whether it waits.
fn diagnosed(city: &City, office: &Office1, n: u32, value: &str) -> (PersonId, FactId, bool) {
    let person = city.resident(n);
    let wire = document(n).to_wire();
    let answers = city.record(office, &format!("k-{n}"), &[diagnosis(&wire, value)]).unwrap();
    let RowAnswer::Recorded { id, pending } = answers[0] else { panic!("{answers:?}") };
    (person, id, pending)
}

/// What an institution is asked to countersign.
fn due(city: &City, office: &Office1) -> Vec<FactId> {
    let wish = ToCountersign { issuer: office.issuer.clone(), before: None, limit: 9 };
    let wish = authorize(office.actor(), Purpose::OutbreakControl, wish).unwrap();
    block_on(to_countersign(&city.registry, wish)).unwrap().items.iter().map(|row| row.id).collect()
}

fn told(city: &City, person: PersonId) -> Vec<NoticeKind> {
    let notices = block_on(city.registry.store().notices(person)).unwrap();
    notices.iter().map(|(notice, _)| notice.kind).collect()
}

#[test]
fn a_suspicion_counts_only_when_another_organisation_has_countersigned() {
    let (city, hospital) = city();
    for (first, second) in [(&city.cdc, &hospital), (&hospital, &city.cdc)] {
        for (n, value) in (1..).zip(Diagnosis::WORDS) {
            let n = if first.issuer == hospital.issuer { 10 + n } else { n };
            let wire = document(n).to_wire();
            let is_proved = PROVED.contains(value);
            let wish = CheckRows {
                issuer: first.issuer.clone(),
                rows: read_rows(&first.issuer, &[diagnosis(&wire, value)]).unwrap(),
            };
            let wish = authorize(first.actor(), Purpose::OutbreakControl, wish).unwrap();
            assert_eq!(block_on(check_rows(&city.registry, wish)), Ok(vec![Ok(!is_proved)]), "{value}");
            let (person, fact, pending) = diagnosed(&city, first, n, value);
            assert_eq!(pending, !is_proved, "{value}");
            assert_eq!(city.color(person), if is_proved { "red" } else { "green" }, "{value}");
            assert_eq!(due(&city, second), if is_proved { vec![] } else { vec![fact] }, "{value}");
            if is_proved {
                let not_due = sign_second(&city, second, n, fact);
                assert!(matches!(not_due, Err(CountersignError::NotDue { .. })), "{not_due:?}");
                assert!(told(&city, person).contains(&NoticeKind::FactRecorded), "{value}");
                continue;
            }
            assert!(told(&city, person).contains(&NoticeKind::FactPending), "{value}");
            let same = if first.issuer == city.cdc.issuer { &city.cdc_branch } else { first };
            assert_eq!(sign_second(&city, same, n, fact), Err(CountersignError::SameOrganisation));
            let stranger = sign_second(&city, &city.community, n, fact);
            assert!(matches!(stranger, Err(CountersignError::NotEntitled { .. })), "{stranger:?}");
            assert_eq!(city.color(person), "green", "{value}");
            assert_eq!(sign_second(&city, second, n, fact), Ok(()));
            assert_eq!((city.color(person), due(&city, second)), ("red", vec![]), "{value}");
        }
    }
}

#[test]
fn who_suspected_somebody_does_not_answer_their_dispute_by_saying_it_again() {
    let (city, hospital) = city();
    let (person, fact, _) = diagnosed(&city, &city.cdc, 1, "suspected");
    sign_second(&city, &hospital, 1, fact).unwrap();
    dispute(&city, person, fact, Ground::NotMe);
    // Its own organisation under another name, and whoever countersigned, too.
    for office in [&city.cdc_branch, &hospital] {
        city.entitle(office, Capacity::Confirm, "diagnosis");
    }
    let kind = "diagnosis".parse().unwrap();
    for office in [&city.cdc, &city.cdc_branch, &hospital] {
        assert_eq!(
            say(&city, office, 1, fact, true),
            Err(ConfirmError::OwnWord { kind }),
            "{}",
            office.issuer
        );
    }
    city.watch.set(DUE - 1);
    assert_eq!(city.color(person), "red");
    city.watch.set(DUE);
    assert_eq!(city.color(person), "green", "nobody answered");
}

#[test]
fn of_what_a_laboratory_proves_the_issuer_says_whether_it_is_so() {
    let (city, _) = city();
    let (person, fact, _) = diagnosed(&city, &city.cdc, 1, "confirmed");
    dispute(&city, person, fact, Ground::NotMe);
    assert_eq!(say(&city, &city.cdc, 1, fact, true), Ok(()));
    city.watch.set(DUE);
    assert_eq!(city.color(person), "red");
}
