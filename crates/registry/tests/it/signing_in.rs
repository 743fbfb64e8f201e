//! How residents come in: codes, tries, sessions; and how a worker at a desk is let help.

use mingma_credential::key::DevicePoint;
use mingma_registry::access::{Assisted, OneTimeCode};
use mingma_registry::acts::{
    AskConsent, Asked, Assess, AssessError, Assist, AssistError, Bind, CODES_A_DAY, Handle, Register,
    SECONDS_BETWEEN_CODES, Show, SignInError, SignedIn, ask_consent, assess, assist, enter_assisting,
    register, register_at_desk, request_sign_in, sessions_of, sign_in,
};
use mingma_registry::policy::{Actor, Denied, Office, Purpose, Role, authorize};
use mingma_registry::ports::Medium;
use mingma_registry::row::Notice;
use mingma_registry::words::{ActName, CodeUse, NoticeKind, Tie};
use mingma_registry::{AccessRecord, Clock as _, PersonId};
use pollster::block_on;

use crate::house::{City, NOON, document, official, phone};

fn access(city: &City, person: PersonId) -> AccessRecord {
    let since = mingma_registry::Clock::now(&city.watch);
    block_on(city.registry.store().access(person, since)).unwrap()
}

fn ask(city: &City, n: u32) -> Asked {
    block_on(request_sign_in(&city.registry, &document(n))).unwrap()
}

/// The code on the nth person's phone.
fn code(city: &City, person: PersonId, what_for: CodeUse) -> OneTimeCode {
    access(city, person).open(what_for, city.watch.now()).unwrap().code.clone()
}

pub(crate) fn other_than(code: &OneTimeCode, n: u32) -> OneTimeCode {
    let number: u64 = code.digits().parse().unwrap();
    let width = code.digits().len();
    format!("{:0width$}", (number + 1 + u64::from(n)) % 10_u64.pow(u32::try_from(width).unwrap()))
        .parse()
        .unwrap()
}

fn enter(city: &City, n: u32, code: &OneTimeCode) -> Result<SignedIn, SignInError> {
    block_on(sign_in(&city.registry, &document(n), code, None))
}

fn told(city: &City) -> Vec<Notice> {
    block_on(city.registry.store().due(city.watch.now(), 99)).unwrap().into_iter().map(|(n, _)| n).collect()
}

#[test]
fn a_code_signs_in_once_and_within_five_minutes() {
    let city = City::new();
    let person = city.resident(1);
    assert_eq!(ask(&city, 1), Asked);
    assert_eq!(told(&city).iter().map(|n| n.kind).collect::<Vec<_>>(), [NoticeKind::SignInCode]);
    let right = code(&city, person, CodeUse::SignIn);
    let signed_in = enter(&city, 1, &right).unwrap();
    assert_eq!(signed_in.person, person);
    assert_eq!(signed_in.session.until.as_second(), NOON + 30 * 86_400);
    assert_eq!(block_on(sessions_of(&city.registry, person)), Ok(vec![signed_in.session]));
    assert_eq!(enter(&city, 1, &right), Err(SignInError::Refused), "once");
    for (wait, good) in [(299, true), (300, false)] {
        city.watch.set(city.watch.now().as_second() + 3_600);
        ask(&city, 1);
        let right = code(&city, person, CodeUse::SignIn);
        city.watch.set(city.watch.now().as_second() + wait);
        assert_eq!(enter(&city, 1, &right).is_ok(), good, "after {wait} seconds");
    }
}

#[test]
fn who_is_unknown_or_reached_nowhere_is_answered_like_everybody() {
    let city = City::new();
    let nowhere = Register::new(document(2), "410105".parse().unwrap());
    block_on(register(&city.registry, authorize(Actor::Visitor, Purpose::SelfService, nowhere).unwrap()))
        .unwrap();
    let any: OneTimeCode = "000000".parse().unwrap();
    for n in [2, 3] {
        assert_eq!(ask(&city, n), Asked);
        assert_eq!(enter(&city, n, &any), Err(SignInError::Refused));
    }
    assert_eq!(told(&city), []);
    assert_eq!(block_on(city.registry.store().find(&document(3))), Ok(None), "asking makes nobody known");
}

#[test]
fn a_second_request_within_a_minute_changes_nothing_and_a_day_has_twenty_codes() {
    let city = City::new();
    let person = city.resident(1);
    // The morning of the next day of UTC: time does not go back.
    let morning = NOON - NOON % 86_400 + 86_400 + 60;
    let mut made = 0;
    for n in 0..30 {
        city.watch.set(morning + n * SECONDS_BETWEEN_CODES);
        ask(&city, 1);
        let first = access(&city, person).challenges.len();
        city.watch.set(morning + n * SECONDS_BETWEEN_CODES + SECONDS_BETWEEN_CODES - 1);
        ask(&city, 1);
        assert_eq!(access(&city, person).challenges.len(), first, "within the minute");
        made = told(&city).len();
    }
    assert_eq!(made, usize::try_from(CODES_A_DAY).unwrap());
    city.watch.set(morning + 86_400);
    ask(&city, 1);
    assert_eq!(told(&city).len(), made + 1, "the next day has its own");
}

#[test]
fn whoever_has_come_in_may_ask_at_once_for_another_device() {
    let city = City::new();
    let person = city.resident(1);
    for _ in 0..3 {
        ask(&city, 1);
        let right = code(&city, person, CodeUse::SignIn);
        assert!(enter(&city, 1, &right).is_ok());
    }
    assert_eq!(access(&city, person).challenges.len(), 3);
}

#[test]
fn five_wrong_tries_end_a_code() {
    let city = City::new();
    let person = city.resident(1);
    for (wrong, good) in [(4, true), (5, false)] {
        city.watch.set(city.watch.now().as_second() + SECONDS_BETWEEN_CODES);
        ask(&city, 1);
        let right = code(&city, person, CodeUse::SignIn);
        for n in 0..wrong {
            assert_eq!(enter(&city, 1, &other_than(&right, n)), Err(SignInError::Refused));
        }
        assert_eq!(enter(&city, 1, &right).is_ok(), good, "after {wrong} wrong tries");
    }
}

#[test]
fn many_guesses_at_one_moment_are_still_five_tries() {
    for round in 0..20 {
        let city = City::new();
        let person = city.resident(1);
        ask(&city, 1);
        let right = code(&city, person, CodeUse::SignIn);
        let wins: usize = std::thread::scope(|scope| {
            let guesses: Vec<_> = (0..32)
                .map(|n| {
                    let (city, right) = (&city, &right);
                    // Every fourth is right: of many right ones at one moment, one signs in.
                    let guess = if n % 4 == 3 { right.clone() } else { other_than(right, n) };
                    scope.spawn(move || enter(city, 1, &guess).is_ok())
                })
                .collect();
            guesses.into_iter().map(|guess| usize::from(guess.join().unwrap())).sum()
        });
        let tries = access(&city, person).tries;
        assert!(tries.len() <= 5 && wins <= 1, "round {round}: {} tries, {wins} signed in", tries.len());
        assert_eq!(tries.iter().filter(|t| t.right).count(), wins);
    }
}

#[test]
fn a_sign_in_on_another_device_is_told() {
    let city = City::new();
    let person = city.resident(1);
    let sign_in_on = |device: Option<DevicePoint>| {
        city.watch.set(city.watch.now().as_second() + SECONDS_BETWEEN_CODES);
        ask(&city, 1);
        let right = code(&city, person, CodeUse::SignIn);
        block_on(sign_in(&city.registry, &document(1), &right, device)).unwrap();
        told(&city).iter().filter(|n| n.kind == NoticeKind::SignedIn).count()
    };
    let (own, other) = (city.phone.device_point(), city.cdc.key.device_point());
    assert_eq!(sign_in_on(Some(own)), 0, "the first");
    assert_eq!(sign_in_on(Some(own)), 0, "the same again");
    assert_eq!(sign_in_on(Some(other)), 1);
    assert_eq!(sign_in_on(None), 2, "one that does not say which it is");
}

#[test]
fn registering_somebody_again_does_not_change_where_they_are_reached() {
    let city = City::new();
    let person = city.resident(1);
    let stranger: mingma_registry::Contact = "13900139000".parse().unwrap();
    let wish = || Register {
        contact: Some(stranger.clone()),
        ..Register::new(document(1), "410105".parse().unwrap())
    };
    block_on(register(&city.registry, authorize(Actor::Visitor, Purpose::SelfService, wish()).unwrap()))
        .unwrap();
    let worker = official(Office::Community, "410105");
    let slip = block_on(register_at_desk(
        &city.registry,
        authorize(worker.clone(), Purpose::Identification, wish()).unwrap(),
    ))
    .unwrap()
    .slip;
    assert_eq!(access(&city, person).contact(), Some(&phone(1)));
    assert_eq!(help(&city, &worker, 1, &slip.0), Err(AssistError::Refused), "the slip counts for nothing");
}

fn help(city: &City, worker: &Actor, n: u32, code: &OneTimeCode) -> Result<(Handle, Assisted), AssistError> {
    let wish = Assist { document: document(n), code: code.clone() };
    block_on(assist(&city.registry, authorize(worker.clone(), Purpose::Assistance, wish).unwrap()))
}

fn consented(city: &City, n: u32, worker: &Actor) -> (Handle, Assisted) {
    let wish = AskConsent { document: document(n) };
    let asked =
        block_on(ask_consent(&city.registry, authorize(worker.clone(), Purpose::Assistance, wish).unwrap()));
    assert_eq!(asked, Ok(Asked));
    let person = block_on(city.registry.store().find(&document(n))).unwrap().unwrap();
    help(city, worker, n, &code(city, person, CodeUse::Assistance)).unwrap()
}

#[test]
fn no_worker_looks_anybody_up_without_their_consent() {
    let city = City::new();
    let person = city.resident(1);
    let worker = official(Office::Community, "410105");
    let medium = Medium::Paper { life_seconds: 60 };
    let bare = |actor: Actor| {
        let key = "k".parse().unwrap();
        let bind = Bind { ward: person, key, agent: document(2), tie: Tie::Agent, days: 1 };
        [
            authorize(actor.clone(), Purpose::Assistance, Assess { person }).err(),
            authorize(actor.clone(), Purpose::Assistance, Show { person, medium }).err(),
            authorize(actor, Purpose::Assistance, bind).err(),
        ]
    };
    assert_eq!(bare(worker.clone()), [Some(Denied::NoConsent); 3]);
    let (_, proof) = consented(&city, 1, &worker);
    assert_eq!(bare(Actor::Assistant(proof)), [None; 3]);
    let other = city.resident(2);
    let (_, proof) = consented(&city, 2, &worker);
    assert_eq!(proof.person(), other);
    assert_eq!(bare(Actor::Assistant(proof)), [Some(Denied::NoConsent); 3], "another person's consent");
    for office in [Office::HealthCommission, Office::Appeals] {
        let wish = AskConsent { document: document(1) };
        let asked = authorize(official(office, "410000"), Purpose::Assistance, wish);
        assert!(matches!(asked, Err(Denied::Role { act: ActName::Assist, .. })));
    }
}

#[test]
fn a_consent_is_one_workers_for_a_quarter_of_an_hour_and_the_person_sees_it() {
    let city = City::new();
    let person = city.resident(1);
    let worker = official(Office::Community, "410105");
    let (handle, proof) = consented(&city, 1, &worker);
    assert_eq!(block_on(enter_assisting(&city.registry, &worker, handle)), Ok(Some(proof)));
    let colleague = Actor::Official {
        staff: "staff-8".parse().unwrap(),
        office: Office::Community,
        region: "410105".parse().unwrap(),
    };
    assert_eq!(block_on(enter_assisting(&city.registry, &colleague, handle)), Ok(None));
    let elsewhere = Handle { person: city.resident(2), ..handle };
    assert_eq!(block_on(enter_assisting(&city.registry, &worker, elsewhere)), Ok(None));
    let entries = block_on(city.registry.store().entries(Some(person))).unwrap();
    assert_eq!(entries.iter().filter(|entry| entry.act == ActName::Assist).count(), 1);
    for (second, holds) in [(NOON + 899, true), (NOON + 900, false)] {
        city.watch.set(second);
        assert_eq!(block_on(enter_assisting(&city.registry, &worker, handle)).unwrap().is_some(), holds);
    }
}

#[test]
fn a_workers_look_is_written_down_and_the_person_is_told() {
    let city = City::new();
    let person = city.resident(1);
    let look = |worker: &Actor| {
        let (_, proof) = consented(&city, 1, worker);
        let wish = authorize(Actor::Assistant(proof), Purpose::Assistance, Assess { person }).unwrap();
        block_on(assess(&city.registry, wish)).map(|_| ())
    };
    let elsewhere = look(&official(Office::Community, "110000"));
    assert_eq!(elsewhere, Err(AssessError::Denied(Denied::Elsewhere)));
    city.watch.set(NOON + SECONDS_BETWEEN_CODES);
    look(&official(Office::Community, "410105")).unwrap();
    let seen = block_on(city.registry.store().record(person)).unwrap().disclosures.clone();
    let refused: Vec<_> = seen.iter().map(mingma_registry::row::Disclosure::refused).collect();
    assert_eq!(refused, [Some("elsewhere"), None], "who was refused is told, too");
    for look in &seen {
        assert_eq!((look.purpose, look.role), (Purpose::Assistance, Role::CommunityWorker));
        assert_eq!(look.by.as_str(), "staff-7");
    }
    assert_eq!(told(&city).iter().filter(|n| n.kind == NoticeKind::Disclosed).count(), 2);
}

#[test]
fn a_code_for_one_use_is_none_for_another() {
    let city = City::new();
    let person = city.resident(1);
    let worker = official(Office::Community, "410105");
    ask(&city, 1);
    let sign_in_code = code(&city, person, CodeUse::SignIn);
    assert_eq!(help(&city, &worker, 1, &sign_in_code), Err(AssistError::Refused));
    let wish = AskConsent { document: document(1) };
    block_on(ask_consent(&city.registry, authorize(worker.clone(), Purpose::Assistance, wish).unwrap()))
        .unwrap();
    let consent = code(&city, person, CodeUse::Assistance);
    assert_ne!(consent, sign_in_code);
    assert_eq!(enter(&city, 1, &consent), Err(SignInError::Refused), "a worker cannot sign in as the person");
}

#[test]
fn a_slip_serves_again_and_again_until_ten_wrong_tries_in_a_row() {
    let city = City::new();
    let worker = official(Office::Community, "410105");
    let wish = Register::new(document(1), "410105".parse().unwrap());
    let slip = block_on(register_at_desk(
        &city.registry,
        authorize(worker.clone(), Purpose::Identification, wish).unwrap(),
    ))
    .unwrap()
    .slip;
    assert_eq!(slip.0.digits().len(), 10);
    for (wrong, good) in [(0, true), (9, true), (9, true), (10, false)] {
        for n in 0..wrong {
            assert_eq!(help(&city, &worker, 1, &other_than(&slip.0, n)), Err(AssistError::Refused));
        }
        assert_eq!(help(&city, &worker, 1, &slip.0).is_ok(), good, "after {wrong} wrong tries");
    }
    assert_eq!(enter(&city, 1, &slip.0), Err(SignInError::Refused), "a slip signs nobody in");
}
