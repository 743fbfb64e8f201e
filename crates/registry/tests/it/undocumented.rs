//! Somebody who has no document is given a number at a desk, and by it is a person like everybody.

use std::collections::BTreeSet;

use mingma_domain::document::{DeskNumber, Document};
use mingma_registry::acts::{
    Assess, Numbered, Register, RegisterError, RegisterUndocumented, Show, assess, register,
    register_at_desk, register_undocumented, request_sign_in, show, sign_in,
};
use mingma_registry::policy::{Actor, Office, Purpose, authorize};
use mingma_registry::ports::Medium;
use mingma_registry::words::CodeUse;
use pollster::block_on;

use crate::house::{City, close_contact, document, negative_test, official, phone};

fn undocumented() -> RegisterUndocumented {
    let lang = mingma_domain::text::Lang::ZhHans;
    RegisterUndocumented { home: "410105".parse().unwrap(), initials: None, contact: Some(phone(5)), lang }
}

fn numbered(city: &City) -> Numbered {
    let wish =
        authorize(official(Office::Community, "410105"), Purpose::Identification, undocumented()).unwrap();
    block_on(register_undocumented(&city.registry, wish)).unwrap()
}

#[test]
fn somebody_without_a_document_is_given_a_number_and_signs_in_is_tested_and_shows_by_it() {
    let city = City::new();
    let Numbered { number, .. } = numbered(&city);
    let own = Document::DeskNumber(number);
    let person = block_on(city.registry.store().find(&own)).unwrap().unwrap();
    assert_eq!(block_on(city.registry.store().document(person)).unwrap(), Some(own.clone()));

    block_on(request_sign_in(&city.registry, &own)).unwrap();
    let now = city.registry.now();
    let access = block_on(city.registry.store().access(person, now)).unwrap();
    let code = access.open(CodeUse::SignIn, now).unwrap().code.clone();
    assert_eq!(block_on(sign_in(&city.registry, &own, &code, None)).unwrap().person, person);

    city.record(&city.laboratory, "k-1", &[negative_test(&own.to_wire())]).unwrap();
    city.record(&city.cdc, "k-2", &[close_contact(&own.to_wire())]).unwrap();
    let record = block_on(city.registry.told(person)).unwrap();
    assert_eq!(record.facts.len(), 2, "nothing of it is kept back: who it is was seen at the desk");
    assert_eq!(record.disclosures.len(), 1, "the person finds who gave the number");
    let wish = authorize(Actor::Resident(person), Purpose::SelfService, Assess { person }).unwrap();
    block_on(assess(&city.registry, wish)).unwrap();
    let wish = Show { person, medium: Medium::Paper { life_seconds: 60 } };
    block_on(show(&city.registry, authorize(Actor::Resident(person), Purpose::SelfService, wish).unwrap()))
        .unwrap();
}

#[test]
fn nobody_gets_a_number_away_from_a_desk() {
    let city = City::new();
    let wish = Register::new(Document::DeskNumber(DeskNumber::drawn(7)), "410105".parse().unwrap());
    let of_visitor = authorize(Actor::Visitor, Purpose::SelfService, wish).unwrap();
    assert_eq!(block_on(register(&city.registry, of_visitor)), Err(RegisterError::DeskNumber));
    let of_visitor = authorize(Actor::Visitor, Purpose::SelfService, undocumented()).unwrap();
    assert_eq!(
        block_on(register_undocumented(&city.registry, of_visitor)).err(),
        Some(RegisterError::DeskNumber)
    );
    assert_eq!(block_on(city.registry.store().find(&Document::DeskNumber(DeskNumber::drawn(7)))), Ok(None));
}

#[test]
fn each_number_is_somebody_elses() {
    let city = City::new();
    let given: BTreeSet<_> = (0..64).map(|_| numbered(&city).number).collect();
    assert_eq!(given.len(), 64);
}

#[test]
fn a_lost_slip_is_replaced_by_two_officials_like_everybodys() {
    let city = City::new();
    let Numbered { number, .. } = numbered(&city);
    let own = Document::DeskNumber(number);
    let person = block_on(city.registry.store().find(&own)).unwrap().unwrap();
    let mut contacts = Vec::new();
    for staff in ["staff-7", "staff-8"] {
        city.watch.set(crate::house::NOON + 60);
        let wish =
            Register { contact: Some(phone(6)), ..Register::new(own.clone(), "410105".parse().unwrap()) };
        let actor = Actor::Official {
            staff: staff.parse().unwrap(),
            office: Office::Community,
            region: "410105".parse().unwrap(),
        };
        block_on(register_at_desk(&city.registry, authorize(actor, Purpose::Identification, wish).unwrap()))
            .unwrap();
        let access = block_on(city.registry.store().access(person, city.registry.now())).unwrap();
        contacts.push(access.contact().cloned());
    }
    assert_eq!(contacts, [Some(phone(5)), Some(phone(6))]);
    assert_ne!(block_on(city.registry.store().find(&document(1))), Ok(Some(person)));
}
