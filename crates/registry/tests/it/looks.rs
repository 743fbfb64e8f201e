//! Who else looks is written down before they are answered: what for, by what they were permitted, in which case. Where it cannot
//! be written down they are not answered.

use mingma_registry::acts::{
    AnswerAppeal, AppealFact, Assess, AssessError, AuthorizeApp, ExamineAppeal, ExamineError, Show,
    ShowError, Unable, answer_appeal, appeal, assess, authorize_app, enter_as_app, examine_appeal, show,
};
use mingma_registry::policy::{Actor, Denied, Office, Purpose, Role, authorize};
use mingma_registry::ports::Medium;
use mingma_registry::record::Granted;
use mingma_registry::words::{Ground, Scope};
use mingma_registry::{AppealId, PersonId, StoreError};
use pollster::block_on;

use crate::house::{City, official};

fn let_in(city: &City, person: PersonId, scope: Scope) -> Granted {
    let (app, key) = ("metro-gate".parse().unwrap(), format!("k-{scope}").parse().unwrap());
    let wish = AuthorizeApp { person, key, app, scope, days: 7, device: None };
    block_on(authorize_app(
        &city.registry,
        authorize(Actor::Resident(person), Purpose::SelfService, wish).unwrap(),
    ))
    .unwrap();
    block_on(enter_as_app(&city.registry, person, &"metro-gate".parse().unwrap(), scope)).unwrap().unwrap()
}

fn disputed(city: &City, person: PersonId) -> AppealId {
    let fact = city.contact(1, "k1");
    let wish = AppealFact { person, fact, ground: Ground::NotMe };
    let allowed = authorize(Actor::Resident(person), Purpose::Redress, wish).unwrap();
    block_on(appeal(&city.registry, allowed)).unwrap().id
}

fn ask(city: &City, granted: &Granted) -> Result<(), AssessError> {
    let wish = Assess { person: granted.person() };
    let allowed = authorize(Actor::App(granted.clone()), Purpose::SelfService, wish).unwrap();
    block_on(assess(&city.registry, allowed)).map(|_| ())
}

fn make_code(city: &City, granted: &Granted) -> Result<(), ShowError> {
    let wish = Show { person: granted.person(), medium: Medium::Paper { life_seconds: 60 } };
    let allowed = authorize(Actor::App(granted.clone()), Purpose::SelfService, wish).unwrap();
    block_on(show(&city.registry, allowed)).map(|_| ())
}

fn examine(city: &City, person: PersonId, appeal: AppealId) -> Result<(), ExamineError> {
    let wish = ExamineAppeal { person, appeal };
    let allowed = authorize(official(Office::Appeals, "410000"), Purpose::Redress, wish).unwrap();
    block_on(examine_appeal(&city.registry, allowed)).map(|_| ())
}

#[test]
fn a_look_tells_its_purpose_what_permitted_it_and_its_case() {
    let city = City::new();
    let person = city.resident(1);
    let appeal = disputed(&city, person);
    let (query, code) = (let_in(&city, person, Scope::QueryStatus), let_in(&city, person, Scope::MakeCode));
    ask(&city, &query).unwrap();
    make_code(&city, &code).unwrap();
    examine(&city, person, appeal).unwrap();
    let record = block_on(city.registry.store().record(person)).unwrap();
    let text = |text: &Option<mingma_domain::fact::Evidence>| text.as_ref().unwrap().to_string();
    let mut told: Vec<_> = record
        .disclosures
        .iter()
        .map(|look| (look.role, look.purpose, text(&look.policies), text(&look.case)))
        .collect();
    told.sort_by_key(|(role, _, _, case)| (*role, case.clone()));
    let expected = [
        (Role::App, Purpose::SelfService, "programs-let-in".to_owned(), query.grant().to_string()),
        (Role::App, Purpose::SelfService, "programs-let-in".to_owned(), code.grant().to_string()),
        (Role::Arbiter, Purpose::Redress, "persons-in-an-appeal".to_owned(), appeal.to_string()),
    ];
    let mut expected = expected.to_vec();
    expected.sort_by_key(|(role, _, _, case)| (*role, case.clone()));
    assert_eq!(told, expected);
    city.assess(person).unwrap();
    let record = block_on(city.registry.store().record(person)).unwrap();
    assert_eq!(record.disclosures.len(), 3, "looking at oneself is nobody's look");
}

#[test]
fn where_a_look_cannot_be_written_down_the_answer_is_no() {
    let city = City::new();
    let person = city.resident(1);
    let appeal = disputed(&city, person);
    let (query, code) = (let_in(&city, person, Scope::QueryStatus), let_in(&city, person, Scope::MakeCode));
    // So that only the look is left to be written.
    make_code(&city, &code).unwrap();
    city.store.refuse_writes(true);
    let full = || Unable::Store(StoreError::Full);
    assert_eq!(ask(&city, &query), Err(AssessError::Unable(full())));
    assert!(matches!(make_code(&city, &code), Err(error) if error.to_string() == full().to_string()));
    assert_eq!(examine(&city, person, appeal), Err(ExamineError::Unable(full())));
    assert!(city.assess(person).is_ok(), "one's own status needs nothing written");
    city.store.refuse_writes(false);
    assert_eq!((ask(&city, &query), examine(&city, person, appeal)), (Ok(()), Ok(())));
}

#[test]
fn an_arbiter_looks_at_nobody_without_an_open_case() {
    let city = City::new();
    let (person, other) = (city.resident(1), city.resident(2));
    let office = || official(Office::Appeals, "410000");
    assert_eq!(authorize(office(), Purpose::Redress, Assess { person }).unwrap_err(), Denied::NoCase);
    let none = AppealId::from_bytes([7; 16]);
    assert_eq!(examine(&city, person, none), Err(ExamineError::NoSuchAppeal));
    let appeal = disputed(&city, person);
    assert_eq!(examine(&city, other, appeal), Err(ExamineError::NoSuchAppeal), "it is another person's case");
    assert_eq!(authorize(office(), Purpose::Redress, Assess { person }).unwrap_err(), Denied::NoCase);
    let looks = || block_on(city.registry.store().record(person)).unwrap().disclosures.len();
    assert_eq!(looks(), 0);
    examine(&city, person, appeal).unwrap();
    assert_eq!(looks(), 1);
    let wish = AnswerAppeal { person, appeal, upheld: false };
    block_on(answer_appeal(&city.registry, authorize(office(), Purpose::Redress, wish).unwrap())).unwrap();
    assert_eq!(examine(&city, person, appeal), Err(ExamineError::Answered), "the case is closed");
    assert_eq!(looks(), 1);
}
