//! A disputed fact goes on counting only if somebody answers in time, and stops if its source does not confirm it.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use mingma_domain::fact::RetractionReason;
use mingma_registry::acts::{
    AnswerAppeal, AppealError, AppealFact, Confirm, ConfirmError, GivenBack, Less, OwnDispute, OwnDisputes,
    RetractError, answer_appeal, appeal, confirm, own_disputes,
};
use mingma_registry::policy::{Actor, Denied, Office, Purpose, authorize};
use mingma_registry::record::Standing;
use mingma_registry::row::AppealOpened;
use mingma_registry::words::{Capacity, Ground, NoticeKind};
use mingma_registry::{FactId, PersonId, Resident, Store as _};
use pollster::block_on;

use crate::house::{City, NOON, Office1, SALT, document, official};
use crate::issuers;

pub(crate) const DUE: i64 = NOON + 3 * 86_400;

/// The nth person, red by a contact of theirs.
pub(crate) fn red(city: &City, n: u32) -> (PersonId, FactId) {
    let person = city.resident(n);
    let fact = city.contact(n, &format!("k{n}"));
    issuers::sign_second(city, &city.community, n, fact).unwrap();
    assert_eq!(city.color(person), "red");
    (person, fact)
}

pub(crate) fn dispute(city: &City, person: PersonId, fact: FactId, ground: Ground) -> AppealOpened {
    let wish = AppealFact { person, fact, ground };
    let allowed = authorize(Actor::Resident(person), Purpose::Redress, wish).unwrap();
    block_on(appeal(&city.registry, allowed)).unwrap()
}

fn reject(city: &City, person: PersonId, appeal: &AppealOpened) {
    answer(city, person, appeal, false);
}

pub(crate) fn answer(city: &City, person: PersonId, appeal: &AppealOpened, upheld: bool) {
    let wish = AnswerAppeal { person, appeal: appeal.id, upheld };
    let allowed = authorize(official(Office::Appeals, "410000"), Purpose::Redress, wish).unwrap();
    block_on(answer_appeal(&city.registry, allowed)).unwrap();
}

/// Says it in a word of its own.
pub(crate) fn say(
    city: &City,
    office: &Office1,
    n: u32,
    fact: FactId,
    confirmed: bool,
) -> Result<(), ConfirmError> {
    static WORDS: AtomicU64 = AtomicU64::new(1);
    let mut salt = SALT;
    salt[..8].copy_from_slice(&WORDS.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    say_by(city, office, (n, fact, confirmed), salt)
}

fn say_by(
    city: &City,
    office: &Office1,
    (n, fact, confirmed): (u32, FactId, bool),
    salt: [u8; 32],
) -> Result<(), ConfirmError> {
    let bytes = Confirm::signed_bytes(&office.issuer, &salt, &document(n), fact, confirmed);
    let signature = office.key.sign(&bytes).unwrap();
    let wish =
        Confirm { issuer: office.issuer.clone(), document: document(n), fact, confirmed, salt, signature };
    block_on(confirm(&city.registry, authorize(office.actor(), Purpose::Redress, wish).unwrap()))
}

#[test]
fn a_disputed_fact_that_nobody_answers_in_time_stops_counting_for_good() {
    let city = City::new();
    let (person, fact) = red(&city, 1);
    let opened = dispute(&city, person, fact, Ground::NotMe);
    assert_eq!(opened.due.as_second(), DUE);
    city.watch.set(DUE - 1);
    let assessed = city.assess(person).unwrap();
    assert_eq!(assessed.status().color_word(), "red");
    let end = Timestamp::from_second(DUE + 86_400).unwrap();
    assert_eq!(assessed.lasts(end), opened.due, "no code outlives the deadline");
    city.watch.set(DUE);
    assert_eq!(city.color(person), "green");
    let record = block_on(city.registry.store().record(person)).unwrap();
    let standing = record.standing(record.fact(fact).unwrap(), opened.due);
    assert_eq!(standing, Standing::Unanswered(&opened));
    // The census sees the same.
    let counts =
        |at: i64| Resident::of(person, (*record).clone(), Timestamp::from_second(at).unwrap()).facts.len();
    assert_eq!((counts(DUE - 1), counts(DUE)), (1, 0));
    reject(&city, person, &opened);
    assert_eq!(city.color(person), "green", "an answer after the deadline does not bring it back");
}

/// Lets an institution say whether contacts are so.
pub(crate) fn source(city: &City, office: &Office1) {
    city.entitle(office, Capacity::Confirm, "contact");
}

#[test]
fn an_answer_of_the_office_or_a_sources_word_in_time_keeps_it_counting() {
    let city = City::new();
    source(&city, &city.laboratory);
    let (one, first) = red(&city, 1);
    let (two, second) = red(&city, 2);
    let opened = dispute(&city, one, first, Ground::NotMe);
    dispute(&city, two, second, Ground::NoEvidence);
    city.watch.set(DUE - 1);
    reject(&city, one, &opened);
    assert_eq!(say(&city, &city.laboratory, 2, second, true), Ok(()));
    assert_eq!(say(&city, &city.laboratory, 2, second, true), Ok(()), "again changes nothing");
    city.watch.set(DUE + 86_400);
    assert_eq!((city.color(one), city.color(two)), ("red", "red"));
    // A word answers the disputes that waited, and no later one.
    let later = dispute(&city, two, second, Ground::NotMe);
    city.watch.set(later.due.as_second());
    assert_eq!(city.color(two), "green");
    let notices = block_on(city.registry.store().notices(two)).unwrap();
    let told = notices.iter().filter(|(notice, _)| notice.kind == NoticeKind::FactConfirmed).count();
    assert_eq!(told, 1);
}

#[test]
fn nobody_confirms_beforehand_or_afterwards_or_for_others() {
    let city = City::new();
    let (person, fact) = red(&city, 1);
    let undisputed = say(&city, &city.cdc, 1, fact, true);
    assert!(matches!(undisputed, Err(ConfirmError::NotDisputed { .. })), "{undisputed:?}");
    dispute(&city, person, fact, Ground::NotMe);
    for other in [&city.community, &city.laboratory, &city.cdc_branch] {
        for confirmed in [true, false] {
            let said = say(&city, other, 1, fact, confirmed);
            assert!(matches!(said, Err(ConfirmError::NoSuchFact { .. })), "{said:?}");
        }
    }
    let forged = Office1 { issuer: city.cdc.issuer.clone(), key: city.community.key.clone() };
    assert!(matches!(say(&city, &forged, 1, fact, true), Err(ConfirmError::Signature { .. })));
    city.watch.set(DUE);
    assert!(matches!(say(&city, &city.cdc, 1, fact, true), Err(ConfirmError::NotDisputed { .. })));
    assert_eq!(city.color(person), "green");
}

#[test]
fn a_fact_whose_evidence_its_source_does_not_confirm_stops_counting_at_once() {
    let city = City::new();
    let (person, fact) = red(&city, 1);
    source(&city, &city.laboratory);
    dispute(&city, person, fact, Ground::NoEvidence);
    assert_eq!(city.color(person), "red");
    city.watch.set(NOON + 60);
    assert_eq!(say(&city, &city.laboratory, 1, fact, false), Ok(()));
    assert_eq!(city.color(person), "green");
    let record = block_on(city.registry.store().record(person)).unwrap();
    let standing = record.standing(record.fact(fact).unwrap(), city.registry.now());
    assert!(matches!(standing, Standing::Unconfirmed(word) if word.issuer == city.laboratory.issuer));
    city.watch.set(NOON);
    assert_eq!(city.color(person), "green", "a clock that was set back does not undo it");
}

#[test]
fn an_issuer_and_a_source_read_which_facts_are_disputed_and_not_by_whom() {
    let city = City::new();
    let (person, fact) = red(&city, 1);
    let opened = dispute(&city, person, fact, Ground::NoEvidence);
    let list = |office: &Office1| {
        let wish = OwnDisputes { issuer: office.issuer.clone(), after: None, limit: 9 };
        block_on(own_disputes(&city.registry, authorize(office.actor(), Purpose::Redress, wish).unwrap()))
            .unwrap()
            .items
    };
    let own = list(&city.cdc);
    let cases = |own: &[OwnDispute]| own.iter().map(|own| own.case.clone()).collect::<Vec<_>>();
    let told = cases(&own).iter().map(|case| (case.opened, case.recorded.id)).collect::<Vec<_>>();
    assert_eq!(told, [(opened, fact)]);
    assert_eq!((list(&city.community), list(&city.laboratory)), (vec![], vec![]));
    source(&city, &city.laboratory);
    assert_eq!(cases(&list(&city.laboratory)), cases(&own), "whoever may say so is asked");
    let others = OwnDisputes { issuer: city.cdc.issuer.clone(), after: None, limit: 9 };
    assert_eq!(authorize(city.community.actor(), Purpose::Redress, others).unwrap_err(), Denied::NotOwn);
    city.watch.set(DUE);
    assert_eq!(list(&city.cdc), [], "what is due is lost");
}

#[test]
fn what_one_office_does_alone_names_the_office_in_the_public_log() {
    let city = City::new();
    let (person, fact) = red(&city, 1);
    let opened = dispute(&city, person, fact, Ground::NoEvidence);
    reject(&city, person, &opened);
    let shown = || {
        let last = block_on(city.store.journal(0, u32::MAX)).unwrap().pop().unwrap().entry.clear;
        (last.region.unwrap().to_string(), last.subject.map(|subject| subject.to_string()))
    };
    assert_eq!(shown(), ("410000".to_owned(), None), "where the appeals office is, and not how it answered");
    city.take(Less::Key(city.laboratory.key.device_point())).unwrap();
    assert_eq!(shown(), ("410000".to_owned(), Some("health-commission:410000".to_owned())));
}

fn take_back(city: &City, n: u32, fact: FactId) {
    taken_back(city, n, fact).unwrap();
}

fn taken_back(city: &City, n: u32, fact: FactId) -> Result<(), RetractError> {
    issuers::take_back(city, &city.cdc, n, fact, RetractionReason::EnteredInError)
}

/// How a dispute of a fact's being taken back ends.
enum End {
    Upheld,
    Rejected,
    Confirmed,
    Denied,
    Silence,
}

#[test]
fn what_was_taken_back_counts_again_if_that_was_wrong_or_nobody_answers() {
    // The fact makes red; so whoever is red has it back.
    let before_due = [
        (End::Upheld, "red"),
        (End::Rejected, "green"),
        (End::Confirmed, "red"),
        (End::Denied, "green"),
        (End::Silence, "green"),
    ];
    for (end, color) in before_due {
        let city = City::new();
        let (person, fact) = red(&city, 1);
        take_back(&city, 1, fact);
        assert_eq!(city.color(person), "green");
        let opened = dispute(&city, person, fact, Ground::TakenBack);
        assert_eq!(dispute(&city, person, fact, Ground::TakenBack), opened, "once");
        assert_eq!(city.assess(person).unwrap().lasts(Timestamp::MAX), opened.due);
        match end {
            End::Upheld => answer(&city, person, &opened, true),
            End::Rejected => reject(&city, person, &opened),
            End::Confirmed => say(&city, &city.cdc, 1, fact, true).unwrap(),
            End::Denied => say(&city, &city.cdc, 1, fact, false).unwrap(),
            End::Silence => {}
        }
        assert_eq!(city.color(person), color);
        let record = block_on(city.registry.store().record(person)).unwrap();
        // The census sees the same.
        let counts = |at: i64| {
            Resident::of(person, (*record).clone(), Timestamp::from_second(at).unwrap()).facts.len()
        };
        let after = if matches!(end, End::Silence) { 1 } else { usize::from(color == "red") };
        assert_eq!((counts(DUE - 1), counts(DUE)), (usize::from(color == "red"), after));
        city.watch.set(DUE);
        assert_eq!(city.color(person), if after == 1 { "red" } else { "green" });
        // Whoever took it back once does not do so again, in whichever way, and is told so.
        let (again, denied) = (taken_back(&city, 1, fact), say(&city, &city.cdc, 1, fact, false));
        if after == 1 {
            let kind = "contact".parse().unwrap();
            assert_eq!(again, Err(RetractError::GivenBack(GivenBack { kind })));
            assert_eq!(denied, Err(ConfirmError::GivenBack(GivenBack { kind })));
        } else {
            assert_eq!((again, denied), (Ok(()), Ok(())));
        }
        assert_eq!(city.color(person), if after == 1 { "red" } else { "green" });
    }
}

#[test]
fn a_word_that_would_change_nothing_is_refused() {
    let city = City::new();
    let (person, fact) = red(&city, 1);
    source(&city, &city.laboratory);
    // That it is so, and then that it is not: that counts, and to say the contrary once more does not.
    dispute(&city, person, fact, Ground::NotMe);
    assert_eq!(say(&city, &city.laboratory, 1, fact, true), Ok(()));
    assert_eq!(say(&city, &city.laboratory, 1, fact, true), Ok(()), "again");
    assert_eq!(city.color(person), "red");
    assert_eq!(say(&city, &city.laboratory, 1, fact, false), Ok(()));
    assert_eq!(city.color(person), "green", "nothing holds an institution to its mistake");
    assert_eq!(say(&city, &city.laboratory, 1, fact, false), Ok(()), "again");
    let issuer = city.laboratory.issuer.clone();
    assert_eq!(say(&city, &city.laboratory, 1, fact, true), Err(ConfirmError::SaidOtherwise { issuer }));
    // That something is so which was taken back, to whoever disputes it on another ground.
    let (other, second) = red(&city, 2);
    dispute(&city, other, second, Ground::WrongValue);
    take_back(&city, 2, second);
    let kind = "contact".parse().unwrap();
    assert_eq!(say(&city, &city.laboratory, 2, second, true), Err(ConfirmError::TakenBack { kind }));
    dispute(&city, other, second, Ground::TakenBack);
    assert_eq!(say(&city, &city.cdc, 2, second, true), Ok(()));
    assert_eq!(city.color(other), "red");
    // Given back, it falls by an appeals office alone; whoever took it back is asked again, and cannot agree that it is wrong.
    let opened = dispute(&city, other, second, Ground::NotMe);
    assert_eq!(say(&city, &city.cdc, 2, second, false), Err(ConfirmError::GivenBack(GivenBack { kind })));
    answer(&city, other, &opened, true);
    assert_eq!(city.color(other), "green");
    assert_eq!(taken_back(&city, 2, second), Ok(()), "it is taken back");
}

#[test]
fn a_word_that_was_said_before_answers_nothing_that_was_asked_later() {
    let city = City::new();
    let (person, fact) = red(&city, 1);
    source(&city, &city.laboratory);
    dispute(&city, person, fact, Ground::WrongValue);
    assert_eq!(say_by(&city, &city.laboratory, (1, fact, true), SALT), Ok(()));
    assert_eq!(say_by(&city, &city.laboratory, (1, fact, true), SALT), Ok(()), "again");
    city.watch.set(NOON + 60);
    take_back(&city, 1, fact);
    dispute(&city, person, fact, Ground::TakenBack);
    // The person is given the signature with its salt, and so is whoever keeps it.
    assert_eq!(say_by(&city, &city.laboratory, (1, fact, true), SALT), Err(ConfirmError::SaidBefore));
    assert_eq!(city.color(person), "green", "it stays taken back");
    assert_eq!(say(&city, &city.cdc, 1, fact, true), Ok(()));
    assert_eq!(city.color(person), "red");
}

#[test]
fn what_was_given_back_still_falls_if_an_appeals_office_says_that_it_is_wrong() {
    let city = City::new();
    let (person, fact) = red(&city, 1);
    // It was taken back while a dispute waited; that was an answer, and nothing lapses later.
    dispute(&city, person, fact, Ground::WrongValue);
    take_back(&city, 1, fact);
    dispute(&city, person, fact, Ground::TakenBack);
    city.watch.set(DUE);
    assert_eq!(city.color(person), "red", "nobody answered");
    let opened = dispute(&city, person, fact, Ground::NotMe);
    answer(&city, person, &opened, true);
    assert_eq!(city.color(person), "green");
}

#[test]
fn each_ground_is_for_facts_that_stand_as_it_says() {
    let city = City::new();
    let (person, fact) = red(&city, 1);
    let dispute_on = |ground| {
        let wish = AppealFact { person, fact, ground };
        let allowed = authorize(Actor::Resident(person), Purpose::Redress, wish).unwrap();
        block_on(appeal(&city.registry, allowed))
    };
    assert_eq!(dispute_on(Ground::TakenBack), Err(AppealError::Unfit { ground: Ground::TakenBack }));
    take_back(&city, 1, fact);
    assert_eq!(dispute_on(Ground::NotMe), Err(AppealError::Unfit { ground: Ground::NotMe }));
    assert!(dispute_on(Ground::TakenBack).is_ok());
    // What the person's own appeal took back is not disputed again.
    let (other, second) = red(&city, 2);
    let opened = dispute(&city, other, second, Ground::NotMe);
    answer(&city, other, &opened, true);
    let record = block_on(city.registry.store().record(other)).unwrap();
    assert_eq!(record.grounds(record.fact(second).unwrap(), city.registry.now()), []);
}
