//! Whoever registers a number first reads nothing that was recorded about it before, until a desk has seen the document;
//! and whoever has the document gets the way in, by two officials.

use mingma_registry::acts::{
    AskConsent, Assess, AssessError, Assist, AtDesk, AuthorizeApp, Bind, Foresee, Handle, Identify, Register,
    SIGHTING_DAYS, Show, ShowError, SignInError, ask_consent, assess, assist, authorize_app, bind,
    enter_as_app, enter_for, foresee, identify, register_at_desk, request_sign_in, show, sign_in,
};
use mingma_registry::policy::{Actor, Denied, Office, Purpose, authorize};
use mingma_registry::ports::Medium;
use mingma_registry::words::{CodeUse, NoticeKind, Scope, Tie};
use mingma_registry::{Contact, PersonId};
use pollster::block_on;

use crate::house::{City, NOON, document, negative_test, official, phone, staff};

const DAY: i64 = 86_400;

fn worker(name: &str) -> Actor {
    staff(name, Office::Community, "410105")
}

/// The first person, about whom a laboratory recorded something an hour before they, or a stranger, registered.
fn known_before(city: &City) -> PersonId {
    city.record(&city.laboratory, "k-before", &[negative_test(&document(1).to_wire())]).unwrap();
    city.watch.set(NOON + 3_600);
    city.resident(1)
}

fn at_desk(city: &City, by: &Actor, contact: Option<Contact>) -> AtDesk {
    let wish = Register { contact, ..Register::new(document(1), "410105".parse().unwrap()) };
    let allowed = authorize(by.clone(), Purpose::Identification, wish).unwrap();
    block_on(register_at_desk(&city.registry, allowed)).unwrap()
}

/// Signs the first person in by the code that their phone got; as the phone that has it now.
fn enter(city: &City) -> Result<(), SignInError> {
    block_on(request_sign_in(&city.registry, &document(1))).unwrap();
    let person = block_on(city.registry.store().find(&document(1))).unwrap().unwrap();
    let now = city.registry.now();
    let access = block_on(city.registry.store().access(person, now)).unwrap();
    let code = access.open(CodeUse::SignIn, now).map(|challenge| challenge.code.clone());
    let code = code.ok_or(SignInError::Refused)?;
    block_on(sign_in(&city.registry, &document(1), &code, None)).map(|_| ())
}

/// Lets a worker help by the code on the nth person's phone.
pub(crate) fn helped(city: &City, by: &Actor, n: u32) -> (Handle, Actor) {
    let wish = AskConsent { document: document(n) };
    block_on(ask_consent(&city.registry, authorize(by.clone(), Purpose::Assistance, wish).unwrap())).unwrap();
    let person = block_on(city.registry.store().find(&document(n))).unwrap().unwrap();
    let now = city.registry.now();
    let access = block_on(city.registry.store().access(person, now)).unwrap();
    let code = access.open(CodeUse::Assistance, now).unwrap().code.clone();
    let wish = Assist { document: document(n), code };
    let allowed = authorize(by.clone(), Purpose::Assistance, wish).unwrap();
    let (handle, proof) = block_on(assist(&city.registry, allowed)).unwrap();
    (handle, Actor::Assistant(proof))
}

fn contact_of(city: &City, person: PersonId) -> Option<Contact> {
    block_on(city.registry.store().access(person, city.registry.now())).unwrap().contact().cloned()
}

#[test]
fn what_was_recorded_before_a_registration_is_told_to_nobody_until_a_desk_has_seen_the_document() {
    let city = City::new();
    let person = known_before(&city);
    // Each kind of caller that acts for the person: itself, an agent, a program, a worker with consent.
    let key = || "b-1".parse().unwrap();
    let wish = Bind { ward: person, key: key(), agent: document(2), tie: Tie::Family, days: 9 };
    let own = || Actor::Resident(person);
    block_on(bind(&city.registry, authorize(own(), Purpose::SelfService, wish).unwrap())).unwrap();
    let family = block_on(city.registry.store().find(&document(2))).unwrap().unwrap();
    let agent = block_on(enter_for(&city.registry, family, person)).unwrap().unwrap();
    let (app, scope) = ("metro-gate".parse().unwrap(), Scope::QueryStatus);
    let wish = AuthorizeApp { person, key: "a-1".parse().unwrap(), app, scope, days: 9, device: None };
    block_on(authorize_app(&city.registry, authorize(own(), Purpose::SelfService, wish).unwrap())).unwrap();
    let app = "metro-gate".parse().unwrap();
    let granted = block_on(enter_as_app(&city.registry, person, &app, scope)).unwrap().unwrap();
    let (_, helper) = helped(&city, &worker("staff-1"), 1);
    let look = |actor: &Actor| {
        let helps = matches!(actor, Actor::Assistant(_));
        let purpose = if helps { Purpose::Assistance } else { Purpose::SelfService };
        let wish = authorize(actor.clone(), purpose, Assess { person }).unwrap();
        block_on(assess(&city.registry, wish)).map(|_| ())
    };
    let make = |actor: Actor, purpose| {
        let medium = Medium::Paper { life_seconds: 60 };
        let wish = authorize(actor, purpose, Show { person, medium }).unwrap();
        block_on(show(&city.registry, wish)).map(|_| ())
    };
    let callers = [own(), Actor::Agent(agent), Actor::App(granted), helper.clone()];
    for actor in &callers {
        assert_eq!(look(actor), Err(AssessError::KeptBack), "{actor:?}");
    }
    let kept_back = || Err(ShowError::Assess(AssessError::KeptBack));
    assert_eq!(make(own(), Purpose::SelfService), kept_back(), "nor does any code tell the colour");
    assert_eq!(make(helper.clone(), Purpose::Assistance), kept_back());
    let ahead = authorize(own(), Purpose::SelfService, Foresee { person, facts: Vec::new() }).unwrap();
    assert_eq!(block_on(foresee(&city.registry, ahead)).err(), Some(AssessError::KeptBack));
    assert_eq!(block_on(city.registry.told(person)).err(), Some(AssessError::KeptBack), "nor the record");

    let wish = authorize(helper.clone(), Purpose::Identification, Identify { person }).unwrap();
    block_on(identify(&city.registry, wish)).unwrap();
    for actor in &callers {
        assert_eq!(look(actor), Ok(()), "{actor:?}");
    }
    assert_eq!(make(own(), Purpose::SelfService), Ok(()));
    let record = block_on(city.registry.told(person)).unwrap();
    let seen = record.disclosures.iter().find(|look| look.purpose == Purpose::Identification).unwrap();
    assert_eq!(seen.by.as_str(), "staff-1", "the person finds who saw it");
    assert_eq!(seen.policies.as_ref().unwrap().as_str(), "help-at-a-desk");
}

#[test]
fn nobody_says_that_a_document_was_seen_but_a_worker_whom_its_holder_let_help() {
    let city = City::new();
    let person = known_before(&city);
    let (_, helper) = helped(&city, &worker("staff-1"), 1);
    let asked = |actor: Actor, purpose| authorize(actor, purpose, Identify { person }).map(|_| ());
    assert_eq!(asked(worker("staff-1"), Purpose::Identification), Err(Denied::NoConsent));
    for actor in [
        Actor::Visitor,
        Actor::Resident(person),
        official(Office::Appeals, "410000"),
        official(Office::HealthCommission, "410000"),
        city.cdc.actor(),
    ] {
        assert!(matches!(asked(actor, Purpose::Identification), Err(Denied::Role { .. })));
    }
    assert!(matches!(asked(helper, Purpose::Redress), Err(Denied::Purpose { .. })));
    let wish = AskConsent { document: document(1) };
    let elsewhere = official(Office::Community, "110000");
    city.watch.set(NOON + 3_700);
    block_on(ask_consent(&city.registry, authorize(elsewhere.clone(), Purpose::Assistance, wish).unwrap()))
        .unwrap();
    let (_, stranger) = helped(&city, &elsewhere, 1);
    let wish = authorize(stranger, Purpose::Identification, Identify { person }).unwrap();
    assert!(block_on(identify(&city.registry, wish)).is_err(), "an office of another region");
    assert_eq!(city.assess(person).err(), Some(AssessError::KeptBack));
}

#[test]
fn whoever_registers_at_a_desk_or_before_anything_was_recorded_is_told_everything() {
    let city = City::new();
    city.record(&city.laboratory, "k-before", &[negative_test(&document(1).to_wire())]).unwrap();
    city.watch.set(NOON + 3_600);
    at_desk(&city, &worker("staff-1"), None);
    let person = block_on(city.registry.store().find(&document(1))).unwrap().unwrap();
    assert_eq!(city.color(person), "green");
    let other = city.resident(2);
    city.watch.set(NOON + 7_200);
    city.record(&city.laboratory, "k-after", &[negative_test(&document(2).to_wire())]).unwrap();
    assert_eq!(city.color(other), "green", "what came after the registration keeps nothing back");
}

#[test]
fn what_is_kept_back_is_told_after_half_a_year() {
    let city = City::new();
    let person = known_before(&city);
    let record = block_on(city.registry.record(person)).unwrap();
    let registered = record.registration.as_ref().unwrap().at.as_second();
    for (second, kept) in [(registered + 180 * DAY - 1, true), (registered + 180 * DAY, false)] {
        city.watch.set(second);
        assert_eq!(record.is_kept_back(city.registry.now()), kept);
    }
}

#[test]
fn two_officials_who_saw_the_document_give_the_way_in_and_the_former_one_ends_with_all_it_let() {
    let city = City::new();
    let person = known_before(&city);
    enter(&city).unwrap();
    let bound =
        Bind { ward: person, key: "b-1".parse().unwrap(), agent: document(2), tie: Tie::Agent, days: 9 };
    let own = Actor::Resident(person);
    block_on(bind(&city.registry, authorize(own, Purpose::SelfService, bound).unwrap())).unwrap();
    city.watch.set(NOON + 3_700);

    let first = at_desk(&city, &worker("staff-1"), Some(phone(5)));
    assert!(first.ended.is_empty());
    assert_eq!(contact_of(&city, person), Some(phone(1)), "one official alone gives nobody the way in");
    let again = at_desk(&city, &worker("staff-1"), Some(phone(5)));
    assert!(again.ended.is_empty(), "nor the same one twice");
    assert_eq!(
        city.assess(person).err(),
        Some(AssessError::KeptBack),
        "and the present holder is told no more"
    );
    let due = block_on(city.registry.store().due(city.registry.now(), 99)).unwrap();
    let told = due.iter().filter(|(notice, _)| notice.kind == NoticeKind::Disclosed).count();
    assert_eq!(told, 2, "but told of each sighting");

    block_on(request_sign_in(&city.registry, &document(1))).unwrap();
    let access = block_on(city.registry.store().access(person, city.registry.now())).unwrap();
    let code = access.open(CodeUse::SignIn, city.registry.now()).unwrap().code.clone();
    city.watch.set(NOON + 3_710);
    let second = at_desk(&city, &worker("staff-2"), Some(phone(5)));
    assert_eq!(second.ended.len(), 1, "the former session");
    assert_eq!(contact_of(&city, person), Some(phone(5)));
    let former = block_on(sign_in(&city.registry, &document(1), &code, None)).map(|_| ());
    assert_eq!(former, Err(SignInError::Refused), "a code that went to the former phone lets nobody in");
    let agent = block_on(city.registry.store().find(&document(2))).unwrap().unwrap();
    assert_eq!(block_on(enter_for(&city.registry, agent, person)), Ok(None));
    assert_eq!(city.color(person), "green", "and everything is told");
    let due = block_on(city.registry.store().due(city.registry.now(), 99)).unwrap();
    assert!(due.iter().any(|(notice, _)| notice.kind == NoticeKind::ContactChanged), "the former phone too");

    let third = at_desk(&city, &worker("staff-3"), Some(phone(6)));
    assert_eq!(
        (third.ended.len(), contact_of(&city, person)),
        (0, Some(phone(5))),
        "each sighting is used once"
    );
}

#[test]
fn somebody_without_a_phone_gets_a_slip_that_counts_by_the_second_official() {
    let city = City::new();
    let person = known_before(&city);
    city.watch.set(NOON + 3_700);
    let first = at_desk(&city, &worker("staff-1"), None);
    let second = at_desk(&city, &worker("staff-2"), None);
    let help = |slip: &mingma_registry::access::OneTimeCode| {
        let wish = Assist { document: document(1), code: slip.clone() };
        let allowed = authorize(worker("staff-1"), Purpose::Assistance, wish).unwrap();
        block_on(assist(&city.registry, allowed)).map(|_| ())
    };
    assert!(help(&first.slip.0).is_err());
    assert_eq!(help(&second.slip.0), Ok(()));
    assert_eq!(contact_of(&city, person), None);
    assert_eq!(enter(&city), Err(SignInError::Refused), "the stranger's phone gets no code any more");
}

#[test]
fn a_second_official_gives_the_way_in_to_whoever_asked_the_first_for_the_same() {
    let city = City::new();
    let person = known_before(&city);
    city.watch.set(NOON + 3_700);
    at_desk(&city, &worker("staff-1"), Some(phone(5)));
    for other in [Some(phone(6)), None] {
        at_desk(&city, &worker("staff-2"), other);
        assert_eq!(
            contact_of(&city, person),
            Some(phone(1)),
            "an honest sighting lends its weight to nobody else"
        );
    }
    city.watch.set(NOON + 3_710);
    at_desk(&city, &worker("staff-3"), Some(phone(5)));
    assert_eq!(contact_of(&city, person), Some(phone(5)));
}

#[test]
fn two_sightings_further_apart_than_a_week_are_two_first_ones() {
    for (apart, given) in [(SIGHTING_DAYS * DAY, true), (SIGHTING_DAYS * DAY + 1, false)] {
        let city = City::new();
        let person = known_before(&city);
        at_desk(&city, &worker("staff-1"), Some(phone(5)));
        city.watch.set(NOON + 3_600 + apart);
        at_desk(&city, &worker("staff-2"), Some(phone(5)));
        assert_eq!(contact_of(&city, person) == Some(phone(5)), given, "after {apart} s");
    }
}
