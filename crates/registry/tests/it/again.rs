//! The same sample is recorded once, and has one result; what was said wrong is taken back and said anew.

use mingma_domain::fact::RetractionReason;
use mingma_registry::FactId;
use mingma_registry::acts::{CheckRows, check_rows};
use mingma_registry::intake::{Cause, RowAnswer};
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::submission::{RawRow, read_rows};
use pollster::block_on;

use crate::house::{City, close_contact, document, negative_test};
use crate::issuers::take_back;

/// What was answered to each row: none if it was recorded.
fn causes(answers: &[RowAnswer]) -> Vec<Option<Cause>> {
    let cause = |answer: &RowAnswer| match answer {
        RowAnswer::Recorded { .. } => None,
        RowAnswer::Refused(refused) => Some(refused.cause),
    };
    answers.iter().map(cause).collect()
}

fn id(answer: &RowAnswer) -> FactId {
    let RowAnswer::Recorded { id, .. } = answer else { panic!("{answer:?}") };
    *id
}

#[test]
fn a_sample_is_recorded_once_and_has_one_result() {
    let city = City::new();
    let (one, two) = (document(1).to_wire(), document(2).to_wire());
    let sample = negative_test(&one);
    let sent = |key: &str, rows: &[RawRow<'_>]| causes(&city.record(&city.laboratory, key, rows).unwrap());
    assert_eq!(sent("k-1", &[sample]), [None]);
    assert_eq!(sent("k-1", &[sample]), [None], "the same submission is answered as it was");
    let other_words = RawRow { at: "2022-06-13T01:40:00Z", ..sample };
    let rows = [
        sample,
        other_words,
        RawRow { value: "positive", ..sample },
        RawRow { evidence: "S-2", ..sample },
        RawRow { at: "2022-06-13T09:41:00+08:00", ..sample },
        RawRow { person: &two, ..sample },
    ];
    let again = Some(Cause::Again);
    assert_eq!(sent("k-2", &rows), [again, again, again, None, again, None]);
    assert_eq!(sent("k-2", &rows), [again, again, again, None, again, None], "and so is a refused row");
    let two = Some(Cause::Twice);
    let twice = RawRow { evidence: "S-3", ..sample };
    assert_eq!(sent("k-3", &[twice, twice, RawRow { value: "positive", ..twice }]), [None, two, two]);
    let answers = city
        .record(
            &city.laboratory,
            "k-4",
            &[RawRow { evidence: "S-4", ..sample }, RawRow { evidence: "S-4", ..sample }],
        )
        .unwrap();
    let RowAnswer::Refused(refused) = &answers[1] else { panic!("{answers:?}") };
    assert_eq!((refused.place, refused.nearest.as_deref()), (1, Some("1")), "which row says it first");
}

#[test]
fn what_its_issuer_took_back_is_said_anew_and_the_dry_run_says_so_before() {
    let city = City::new();
    let one = document(1).to_wire();
    let (wrong, right) = (RawRow { value: "positive", ..negative_test(&one) }, negative_test(&one));
    let checked = || {
        let rows = read_rows(&city.laboratory.issuer, &[right]).unwrap();
        let wish = CheckRows { issuer: city.laboratory.issuer.clone(), rows };
        let wish = authorize(city.laboratory.actor(), Purpose::OutbreakControl, wish).unwrap();
        let answers = block_on(check_rows(&city.registry, wish)).unwrap();
        answers[0].as_ref().err().map(|refused| refused.cause)
    };
    assert_eq!(checked(), None);
    let recorded = city.record(&city.laboratory, "k-1", &[wrong]).unwrap();
    assert_eq!(checked(), Some(Cause::Again));
    let (fact, reason) = (id(&recorded[0]), RetractionReason::EnteredInError);
    take_back(&city, &city.laboratory, 1, fact, reason).unwrap();
    assert_eq!(checked(), None);
    assert_eq!(causes(&city.record(&city.laboratory, "k-2", &[right]).unwrap()), [None]);
}

#[test]
fn a_case_goes_on_to_another_value_and_another_issuer_says_its_own() {
    let city = City::new();
    let one = document(1).to_wire();
    let close = close_contact(&one);
    let secondary = RawRow { value: "secondary", ..close };
    let sent = |key: &str, rows: &[RawRow<'_>]| causes(&city.record(&city.cdc, key, rows).unwrap());
    assert_eq!(sent("k-1", &[secondary, close]), [None, None]);
    assert_eq!(sent("k-2", &[close, secondary]), [Some(Cause::Again), Some(Cause::Again)]);
}
