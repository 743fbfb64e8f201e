//! The same sample is recorded once, and has one result; what was said wrong is taken back and said anew.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use mingma_domain::fact::RetractionReason;
use mingma_registry::acts::{CheckRows, Record, RecordError, check_rows, record};
use mingma_registry::intake::{Cause, RowAnswer};
use mingma_registry::memory::MemoryStore;
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::store::{Applied, Change, Layer};
use mingma_registry::submission::{RawRow, read_rows};
use mingma_registry::{FactId, Store as _, StoreError};
use pollster::block_on;

use crate::house::{City, Office1, close_contact, document, negative_test, submission};
use crate::issuers::take_back;

/// A store that hesitates before it keeps anything, and keeps nothing of persons, once each when it is told to.
struct Odd {
    store: MemoryStore,
    hesitates: Arc<AtomicBool>,
    fails: Arc<AtomicBool>,
}

#[async_trait]
impl Layer for Odd {
    type Below = MemoryStore;

    fn below(&self) -> Result<&MemoryStore, StoreError> {
        Ok(&self.store)
    }

    async fn apply(&self, changes: Vec<Change>) -> Result<Vec<Applied>, StoreError> {
        let hesitate = |_: &mut Context<'_>| {
            if self.hesitates.swap(false, Ordering::Relaxed) { Poll::Pending } else { Poll::Ready(()) }
        };
        poll_fn(hesitate).await;
        let is_of_a_person = changes.iter().any(|change| matches!(change, Change::Person { .. }));
        if is_of_a_person && self.fails.swap(false, Ordering::Relaxed) {
            return Err(StoreError::Busy);
        }
        self.store.apply(changes).await
    }
}

/// A city over such a store, and what to set.
fn odd() -> (City, Arc<AtomicBool>, Arc<AtomicBool>) {
    let (hesitates, fails) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
    let set = (hesitates.clone(), fails.clone());
    let city = City::over(|store| Box::new(Odd { store, hesitates: set.0, fails: set.1 }));
    (city, hesitates, fails)
}

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

/// A submission of the laboratory's, on its way.
async fn sent(
    city: &City,
    by: &Office1,
    key: &str,
    rows: &[RawRow<'_>],
) -> Result<Vec<RowAnswer>, RecordError> {
    let wish = authorize(by.actor(), Purpose::OutbreakControl, Record(submission(by, key, rows))).unwrap();
    record(&city.registry, wish).await
}

#[test]
fn of_two_submissions_at_one_moment_that_say_the_same_one_comes_again() {
    let (city, hesitates, _) = odd();
    let (one, two) = (document(1).to_wire(), document(2).to_wire());
    let sample = negative_test(&one);
    let lab = &city.laboratory;
    hesitates.store(true, Ordering::Relaxed);
    let rows = [sample];
    let mut first = pin!(sent(&city, lab, "k-1", &rows));
    assert!(first.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending(), "it has asked");

    let positive = [RawRow { value: "positive", ..sample }];
    let second = || block_on(sent(&city, lab, "k-2", &positive));
    assert_eq!(second(), Err(RecordError::UnderWay { issuer: lab.issuer.clone() }));
    let others = [RawRow { person: &two, ..sample }];
    assert_eq!(causes(&block_on(sent(&city, lab, "k-3", &others)).unwrap()), [None], "nobody else waits");

    let former = id(&block_on(first).unwrap()[0]);
    let refused = second().unwrap();
    let [RowAnswer::Refused(refused)] = refused.as_slice() else { panic!("{refused:?}") };
    assert_eq!((refused.cause, refused.former), (Cause::Again, Some(former)));
    let said = refused.to_string();
    assert!(
        said.contains(&former.to_string()) && said.contains("2022-06-13T04:00:00Z"),
        "the issuer finds which one: {said}"
    );
}

#[test]
fn what_broke_off_and_was_said_by_another_submission_since_is_not_recorded_too() {
    let (city, _, fails) = odd();
    let (one, two) = (document(1).to_wire(), document(2).to_wire());
    let rows = [negative_test(&one), negative_test(&two)];
    fails.store(true, Ordering::Relaxed);
    assert!(city.record(&city.laboratory, "k-1", &rows).is_err());
    let since = id(&city.record(&city.laboratory, "k-2", &rows[..1]).unwrap()[0]);
    for _ in 0..2 {
        let answers = city.record(&city.laboratory, "k-1", &rows).unwrap();
        assert_eq!(causes(&answers), [Some(Cause::Again), None]);
        let RowAnswer::Refused(refused) = &answers[0] else { panic!("{answers:?}") };
        assert_eq!(refused.former, Some(since));
    }
}
