//! What residents do: register, declare, show, appeal, let an app in, act for a ward.

use mingma_credential::{UnixSeconds, Verdict, Verifier, proof};
use mingma_domain::document::{ChildWithoutDocument, Document};
use mingma_domain::fact::{Fact, RawFact};
use mingma_registry::acts::{
    AnswerAppeal, AnswerError, AppealError, AppealFact, Assess, AuthorizeApp, Bind, BindChild, BindError,
    Countersign, Declare, DeclareError, EndBinding, EndError, EndGrant, Foresee, Received, Register, Show,
    ShowError, Unable, answer_appeal, appeal, assess, authorize_app, bind, bind_child, countersign, deliver,
    end_binding, end_grant, enter_as_app, enter_for, foresee, register, show,
};
use mingma_registry::policy::{Actor, Denied, Office, Purpose, Role, authorize};
use mingma_registry::ports::{Medium, NotDelivered, Notifier, Outgoing};
use mingma_registry::row::Disclosure;
use mingma_registry::words::{Ground, Scope, Tie};
use mingma_registry::{AppealId, Clock as _, FactId, PersonId};
use pollster::block_on;

use crate::house::{City, NOON, SALT, document, official};

pub(crate) fn well(issuer: &str) -> Fact {
    Fact::parse(&RawFact { kind: "checkin", value: "well", at: "2022-06-13", issuer, ..RawFact::default() })
        .unwrap()
}

/// The community countersigns a fact about the nth person.
pub(crate) fn second(city: &City, n: u32, fact: FactId) {
    let office = &city.community;
    let signature =
        office.key.sign(&Countersign::signed_bytes(&office.issuer, &SALT, &document(n), fact)).unwrap();
    let wish =
        Countersign { issuer: office.issuer.clone(), document: document(n), fact, salt: SALT, signature };
    let allowed = authorize(office.actor(), Purpose::OutbreakControl, wish).unwrap();
    block_on(countersign(&city.registry, allowed)).unwrap();
}

/// Turns the nth person red.
pub(crate) fn red(city: &City, n: u32) -> (PersonId, FactId) {
    let person = city.resident(n);
    let fact = city.contact(n, &format!("contact-{n}"));
    second(city, n, fact);
    assert_eq!(city.color(person), "red");
    (person, fact)
}

#[test]
fn a_second_registration_is_answered_like_the_first_and_changes_nothing() {
    let city = City::new();
    let person = city.resident(1);
    let first = block_on(city.registry.store().record(person)).unwrap();
    let wish = Register::new(document(1), "110105".parse().unwrap());
    let allowed = authorize(Actor::Visitor, Purpose::SelfService, wish).unwrap();
    assert_eq!(block_on(register(&city.registry, allowed)), Ok(Received));
    assert_eq!(block_on(city.registry.store().find(&document(1))), Ok(Some(person)));
    assert_eq!(block_on(city.registry.store().record(person)).unwrap(), first);
    assert_eq!(
        block_on(city.registry.store().entries(Some(person))).unwrap().len(),
        2,
        "the person sees the attempt"
    );
}

#[test]
fn two_requests_that_ask_the_same_in_the_same_moment_are_two() {
    let city = City::new();
    let person = city.resident(1);
    let wish = |key: &str| Declare { person, key: key.parse().unwrap(), facts: vec![well("self")] };
    let monday = city.declare(wish("monday")).unwrap();
    let again = city.declare(wish("monday-again")).unwrap();
    assert_ne!(monday, again);
    assert_eq!(city.declare(wish("monday")).unwrap(), monday);
    assert_eq!(block_on(city.registry.store().record(person)).unwrap().facts.len(), 2);
}

#[test]
fn nothing_is_recorded_while_the_clock_is_behind_and_what_is_read_goes_on() {
    let city = City::new();
    let person = city.resident(1);
    let wish = |key: &str| Declare { person, key: key.parse().unwrap(), facts: vec![well("self")] };
    city.watch.set(NOON - 5);
    assert!(city.declare(wish("a")).is_ok(), "within the tolerance");
    city.watch.set(NOON - 6);
    let refused = city.declare(wish("b"));
    assert_eq!(refused, Err(DeclareError::Unable(Unable::ClockBack { seconds: 6 })));
    assert_eq!(city.registry.now().as_second(), NOON, "time stands still");
    assert_eq!(city.color(person), "green");
    city.watch.set(NOON + 1);
    assert!(city.declare(wish("b")).is_ok());
}

#[test]
fn a_declaration_is_on_ones_own_word_and_kept_once() {
    let city = City::new();
    let person = city.resident(1);
    let wish = |facts| Declare { person, key: "monday".parse().unwrap(), facts };
    let ids = city.declare(wish(vec![well("self")])).unwrap();
    city.watch.set(NOON + 60);
    assert_eq!(city.declare(wish(vec![well("self")])), Ok(ids), "the same again gives the same ids");
    assert_eq!(city.declare(wish(vec![well("self"), well("self")])), Err(DeclareError::KeyReused));
    assert_eq!(city.declare(wish(vec![well("community:4")])), Err(DeclareError::NotOwnWord));
    assert_eq!(city.declare(wish(vec![])), Err(DeclareError::Size { given: 0 }));
    let stranger = PersonId::new([9; 16]);
    let declared = city.declare(Declare { person: stranger, ..wish(vec![well("self")]) });
    assert_eq!(declared, Err(DeclareError::NotRegistered));
    let about_another = authorize(Actor::Resident(stranger), Purpose::SelfService, wish(vec![well("self")]));
    assert_eq!(about_another.unwrap_err(), Denied::NotOwn);
    assert_eq!(block_on(city.registry.store().record(person)).unwrap().facts.len(), 1);
}

#[test]
fn a_day_to_come_is_not_declared_and_a_check_in_only_on_its_day_or_the_next() {
    let city = City::new();
    let person = city.resident(1);
    let said = |kind, value, at: &str, until: &str| {
        let region = if kind == "stay" { "410105" } else { "" };
        let raw = RawFact { kind, value, at, until, region, issuer: "self", ..RawFact::default() };
        let key = format!("{kind}-{at}-{until}").parse().unwrap();
        city.declare(Declare { person, key, facts: vec![Fact::parse(&raw).unwrap()] })
    };
    // It is noon of 13 June where the person lives.
    let (taken, ahead, late) = ("taken", "ahead", "late");
    for (kind, value, at, until, due) in [
        ("checkin", "well", "2022-06-14", "", ahead),
        ("checkin", "well", "2022-06-13", "", taken),
        ("checkin", "well", "2022-06-12", "", taken),
        ("checkin", "well", "2022-06-11", "", late),
        ("symptom", "fever", "2022-06-13T15:59:59Z", "", taken),
        ("symptom", "fever", "2022-06-13T16:00:00Z", "", ahead),
        ("symptom", "fever", "2022-05-14", "", taken),
        ("symptom", "fever", "2022-05-13", "", late),
        ("stay", "declared", "2022-06-12", "2022-06-13", taken),
        ("stay", "declared", "2022-06-13", "2022-06-14", ahead),
        ("stay", "declared", "2022-05-13", "2022-06-13", late),
    ] {
        let became = match said(kind, value, at, until) {
            Ok(_) => taken,
            Err(DeclareError::Ahead { .. }) => ahead,
            Err(DeclareError::TooLate { .. }) => late,
            Err(other) => panic!("{other}"),
        };
        assert_eq!(became, due, "{kind} {at} {until}");
    }
}

#[test]
fn what_a_declaration_would_do_is_told_and_nothing_of_it_is_kept() {
    let city = City::new();
    let (person, _) = red(&city, 1);
    let record = block_on(city.registry.store().record(person)).unwrap();
    let allowed = authorize(
        Actor::Resident(person),
        Purpose::SelfService,
        Foresee { person, facts: vec![well("self")] },
    );
    let foreseen = block_on(foresee(&city.registry, allowed.unwrap())).unwrap();
    assert_eq!(foreseen.before.status(), city.assess(person).unwrap().status());
    assert_eq!(
        foreseen.after.status().until(),
        foreseen.before.status().until(),
        "feeling well ends no contact"
    );
    assert_eq!(block_on(city.registry.store().record(person)).unwrap(), record);
    let stranger = Actor::Resident(PersonId::new([9; 16]));
    let about_another = authorize(stranger, Purpose::SelfService, Foresee { person, facts: vec![] });
    assert_eq!(about_another.unwrap_err(), Denied::NotOwn);
}

#[test]
fn a_shown_code_verifies_with_the_colour_of_the_moment_and_is_on_record() {
    let city = City::new();
    let (person, _) = red(&city, 1);
    let now = UnixSeconds::new(NOON);
    let get = |medium| {
        let wish = Show { person, medium };
        block_on(show(
            &city.registry,
            authorize(Actor::Resident(person), Purpose::SelfService, wish).unwrap(),
        ))
    };
    let shown = get(Medium::Device(city.phone.device_point())).unwrap();
    let verifier = Verifier { trust: &city.trust, status: None, now };
    let fresh = proof::renew(&shown.code, &city.phone, now).unwrap();
    assert!(matches!(verifier.verify(&fresh), Verdict::Red(_)));
    assert!(
        matches!(verifier.verify(&shown.code), Verdict::Clock(..)),
        "without the phone it counts for nothing"
    );
    let paper = get(Medium::Paper { life_seconds: 86_400 }).unwrap();
    assert!(matches!(verifier.verify(&paper.code), Verdict::Red(_)));
    assert!(matches!(get(Medium::Paper { life_seconds: 0 }), Err(ShowError::Issue(_))));
    let codes = block_on(city.registry.store().record(person)).unwrap().codes.clone();
    let mut ids = vec![shown.id, paper.id];
    ids.sort_unstable();
    assert_eq!(codes.iter().map(|code| code.id).collect::<Vec<_>>(), ids);
}

#[test]
fn an_appeal_that_is_upheld_takes_the_fact_back_and_is_answered_once() {
    let city = City::new();
    let (person, fact) = red(&city, 1);
    let dispute = |person, fact| {
        let wish = AppealFact { person, fact, ground: Ground::NotMe };
        block_on(appeal(&city.registry, authorize(Actor::Resident(person), Purpose::Redress, wish).unwrap()))
    };
    assert_eq!(dispute(city.resident(2), fact), Err(AppealError::NoSuchFact), "another person's fact");
    let opened = dispute(person, fact).unwrap();
    assert_eq!(opened.due.as_second() - NOON, 3 * 86_400);
    city.watch.set(NOON + 3_600);
    assert_eq!(dispute(person, fact), Ok(opened), "asking again gives the first");
    let answer = |office: Actor, appeal| {
        let wish = AnswerAppeal { person, appeal, upheld: true };
        block_on(answer_appeal(&city.registry, authorize(office, Purpose::Redress, wish).unwrap()))
    };
    let elsewhere = answer(official(Office::Appeals, "110000"), opened.id);
    assert_eq!(elsewhere, Err(AnswerError::Denied(Denied::Elsewhere)));
    let office = || official(Office::Appeals, "410000");
    let unknown = AppealId::new(city.watch.now(), [0; 10]);
    assert_eq!(answer(office(), unknown), Err(AnswerError::NoSuchAppeal));
    assert!(answer(office(), opened.id).unwrap().answer.upheld);
    assert_eq!(city.color(person), "green");
    assert_eq!(answer(office(), opened.id), Err(AnswerError::Answered));
}

#[test]
fn an_app_does_what_it_was_let_and_nothing_else_and_the_person_sees_it() {
    let city = City::new();
    let person = city.resident(1);
    let app = || "metro-gate".parse().unwrap();
    let wish = AuthorizeApp {
        person,
        key: "k".parse().unwrap(),
        app: app(),
        scope: Scope::QueryStatus,
        days: 7,
        device: None,
    };
    let allowed = authorize(Actor::Resident(person), Purpose::SelfService, wish).unwrap();
    let id = block_on(authorize_app(&city.registry, allowed.clone())).unwrap();
    assert_eq!(block_on(authorize_app(&city.registry, allowed)), Ok(id));
    let enter = |scope| block_on(enter_as_app(&city.registry, person, &app(), scope)).unwrap();
    assert_eq!(enter(Scope::MakeCode), None);
    let granted = enter(Scope::QueryStatus).unwrap();
    let look = authorize(Actor::App(granted.clone()), Purpose::SelfService, Assess { person }).unwrap();
    assert_eq!(block_on(assess(&city.registry, look)).unwrap().status().color_word(), "green");
    let seen = block_on(city.registry.store().record(person)).unwrap().disclosures.clone();
    assert_eq!(seen[0].by.as_str(), "metro-gate");
    let medium = Medium::Paper { life_seconds: 60 };
    let code = authorize(Actor::App(granted.clone()), Purpose::SelfService, Show { person, medium });
    assert_eq!(code.unwrap_err(), Denied::Scope);
    let other = Assess { person: city.resident(2) };
    assert_eq!(authorize(Actor::App(granted), Purpose::SelfService, other).unwrap_err(), Denied::NotOwn);
    city.watch.set(NOON + 7 * 86_400);
    assert_eq!(enter(Scope::QueryStatus), None, "a grant ends");
}

#[test]
fn what_a_person_allowed_they_can_end_and_allow_again() {
    let city = City::new();
    let (person, agent) = (city.resident(1), city.resident(2));
    let me = || Actor::Resident(person);
    let app = || -> mingma_domain::fact::Evidence { "metro-gate".parse().unwrap() };
    let let_in = |key: &str, days| {
        let (scope, key) = (Scope::QueryStatus, key.parse().unwrap());
        let wish = AuthorizeApp { person, key, app: app(), scope, days, device: None };
        let allowed = authorize(me(), Purpose::SelfService, wish).unwrap();
        block_on(authorize_app(&city.registry, allowed)).unwrap()
    };
    let end = |grant| {
        let allowed = authorize(me(), Purpose::SelfService, EndGrant { person, grant }).unwrap();
        block_on(end_grant(&city.registry, allowed))
    };
    let app_may =
        || block_on(enter_as_app(&city.registry, person, &app(), Scope::QueryStatus)).unwrap().is_some();
    let bind_agent = |key: &str, days| {
        let key = key.parse().unwrap();
        let wish = Bind { ward: person, key, agent: document(2), tie: Tie::Agent, days };
        block_on(bind(&city.registry, authorize(me(), Purpose::SelfService, wish).unwrap())).unwrap()
    };
    let unbind = |binding| {
        let allowed = authorize(me(), Purpose::SelfService, EndBinding { ward: person, binding }).unwrap();
        block_on(end_binding(&city.registry, allowed))
    };
    let agent_may = || block_on(enter_for(&city.registry, agent, person)).unwrap().is_some();

    let (grant, binding) = (let_in("a", 7), bind_agent("b", 30));
    assert!(app_may() && agent_may());
    for _ in 0..2 {
        assert_eq!((end(grant), unbind(binding)), (Ok(()), Ok(())), "also the second time");
        assert!(!app_may() && !agent_may());
    }
    assert_eq!(block_on(city.registry.store().record(person)).unwrap().grants.len(), 2);
    city.watch.set(NOON + 1);
    let (again, bound_again) = (let_in("c", 7), bind_agent("d", 30));
    assert!(app_may() && agent_may());
    city.watch.set(NOON + 2);
    let_in("e", 1);
    bind_agent("f", 1);
    city.watch.set(NOON + 2 + 86_400);
    assert!(!app_may() && !agent_may(), "a later one supersedes, also by being shorter");
    assert_eq!((end(again), unbind(bound_again)), (Ok(()), Ok(())));
    assert_eq!((end(binding), unbind(grant)), (Err(EndError::NoSuchGrant), Err(EndError::NoSuchGrant)));
    let others = authorize(Actor::Resident(agent), Purpose::SelfService, EndGrant { person, grant });
    assert_eq!(others.unwrap_err(), Denied::NotOwn);
}

#[test]
fn an_agent_and_a_guardian_act_for_their_wards() {
    let city = City::new();
    let (person, agent) = (city.resident(1), city.resident(2));
    let key = || "k".parse().unwrap();
    let wish = Bind { ward: person, key: key(), agent: document(2), tie: Tie::Agent, days: 30 };
    let allowed = authorize(Actor::Resident(person), Purpose::SelfService, wish.clone()).unwrap();
    assert_eq!(block_on(enter_for(&city.registry, agent, person)), Ok(None));
    block_on(bind(&city.registry, allowed)).unwrap();
    let bound = block_on(enter_for(&city.registry, agent, person)).unwrap().unwrap();
    assert!(authorize(Actor::Agent(bound), Purpose::SelfService, Assess { person }).is_ok());
    assert_eq!(block_on(enter_for(&city.registry, person, agent)), Ok(None), "not the other way round");
    // Whoever comes in reads everything: the person finds that, as a look of the day and of the binding.
    let looks = |person| block_on(city.registry.store().record(person)).unwrap().disclosures.clone();
    let of = |look: &Disclosure| (look.role, look.by.to_string(), look.purpose);
    assert_eq!(
        looks(person).iter().map(of).collect::<Vec<_>>(),
        [(Role::Agent, "agent".to_owned(), Purpose::SelfService)]
    );
    assert!(looks(person)[0].policies.is_some() && looks(person)[0].case.is_some());
    for (hours, due) in [(0, 1), (23, 1), (24, 2), (24, 2), (50, 3)] {
        city.watch.set(NOON + hours * 3_600);
        assert!(block_on(enter_for(&city.registry, agent, person)).unwrap().is_some());
        assert_eq!(looks(person).len(), due, "after {hours} hours");
    }
    assert!(looks(agent).is_empty());
    let forced = authorize(Actor::Resident(agent), Purpose::SelfService, wish);
    assert_eq!(forced.unwrap_err(), Denied::NotOwn, "nobody binds oneself to another");

    let child = ChildWithoutDocument::new(document(2), jiff::civil::date(2020, 1, 1), 1).unwrap();
    let bind_to = |guardian| {
        let wish = BindChild { guardian, key: key(), child: child.clone(), days: 30 };
        block_on(bind_child(
            &city.registry,
            authorize(Actor::Resident(guardian), Purpose::SelfService, wish).unwrap(),
        ))
    };
    assert_eq!(bind_to(agent), Err(BindError::NotPossible), "the child has not registered");
    let document = Document::ChildWithoutDocument(child.clone());
    let wish = Register::new(document.clone(), "410105".parse().unwrap());
    let allowed = authorize(Actor::Resident(agent), Purpose::SelfService, wish).unwrap();
    block_on(register(&city.registry, allowed)).unwrap();
    assert_eq!(bind_to(person), Err(BindError::NotPossible), "another's child");
    let ward = block_on(city.registry.store().find(&document)).unwrap().unwrap();
    assert_eq!(bind_to(agent).unwrap().ward, ward);
    assert_eq!(block_on(enter_for(&city.registry, agent, ward)).unwrap().unwrap().tie(), Tie::Family);
    assert_eq!(
        looks(ward).iter().map(of).collect::<Vec<_>>(),
        [(Role::Agent, "family".to_owned(), Purpose::SelfService)]
    );
}

struct Channel(Result<(), NotDelivered>);

#[async_trait::async_trait]
impl Notifier for Channel {
    async fn deliver(&self, _outgoing: &Outgoing<'_>) -> Result<(), NotDelivered> {
        self.0
    }
}

#[test]
fn a_notice_is_tried_until_the_channel_takes_it() {
    let city = City::new();
    city.resident(1);
    city.contact(1, "k");
    let round = |channel| block_on(deliver(&city.registry, &Channel(channel), 10)).unwrap();
    assert_eq!(round(Err(NotDelivered::Later)).waiting, 1);
    assert_eq!(round(Ok(())).delivered, 0, "not before the wait is over");
    city.watch.set(NOON + 30);
    assert_eq!(round(Ok(())).delivered, 1);
    city.watch.set(NOON + 86_400);
    assert_eq!(round(Ok(())).delivered, 0, "never again");
}
