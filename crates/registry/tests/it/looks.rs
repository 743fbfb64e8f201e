//! Who else looks is written down before they are answered: what for, by what they were permitted, in which case. Where it cannot
//! be written down they are not answered.

use mingma_registry::acts::{
    AnswerAppeal, AppealFact, Assess, AssessError, Audit, AuthorizeApp, ExamineAppeal, ExamineError, Show,
    ShowError, Unable, answer_appeal, appeal, assess, authorize_app, enter_as_app, examine_appeal,
    open_persons, show,
};
use mingma_registry::policy::{self, Actor, Denied, Office, Purpose, Role, authorize};
use mingma_registry::ports::Medium;
use mingma_registry::record::Granted;
use mingma_registry::words::{ActName, Ground, NoticeKind, Scope};
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
    let looks = || {
        let record = block_on(city.registry.store().record(person)).unwrap();
        record.disclosures.iter().filter(|look| look.refused().is_none()).count()
    };
    assert_eq!(looks(), 0);
    examine(&city, person, appeal).unwrap();
    assert_eq!(looks(), 1);
    let wish = AnswerAppeal { person, appeal, upheld: false };
    block_on(answer_appeal(&city.registry, authorize(office(), Purpose::Redress, wish).unwrap())).unwrap();
    assert_eq!(examine(&city, person, appeal), Err(ExamineError::Answered), "the case is closed");
    assert_eq!(looks(), 1);
}

#[test]
fn a_look_that_is_refused_is_on_the_record_and_the_person_is_told() {
    let city = City::new();
    let (person, other) = (city.resident(1), city.resident(2));
    let appeal = disputed(&city, person);
    let elsewhere = official(Office::Appeals, "420000");
    let wish = authorize(elsewhere.clone(), Purpose::Redress, ExamineAppeal { person, appeal }).unwrap();
    let refused = block_on(examine_appeal(&city.registry, wish)).unwrap_err();
    assert_eq!(refused, ExamineError::Denied(Denied::Elsewhere));
    let wish = AnswerAppeal { person, appeal, upheld: true };
    let wish = authorize(elsewhere, Purpose::Redress, wish).unwrap();
    assert!(block_on(answer_appeal(&city.registry, wish)).is_err());
    assert_eq!(examine(&city, other, appeal), Err(ExamineError::NoSuchAppeal));
    let told = |person| {
        let record = block_on(city.registry.store().record(person)).unwrap();
        let each = record.disclosures.iter().map(|look| {
            assert!(look.policies.as_ref().is_some_and(|told| told.as_str().starts_with("refused:")));
            (
                look.role,
                look.purpose,
                look.refused().unwrap().to_owned(),
                look.case.as_ref().unwrap().to_string(),
            )
        });
        each.collect::<Vec<_>>()
    };
    let look = |why: &str| (Role::Arbiter, Purpose::Redress, why.to_owned(), appeal.to_string());
    assert_eq!(told(person), [look("elsewhere"), look("elsewhere")]);
    assert_eq!(told(other), [look("no-case")], "a case that is another's");
    for (person, count) in [(person, 2), (other, 1)] {
        let notices = block_on(city.registry.store().notices(person)).unwrap();
        assert_eq!(notices.iter().filter(|(notice, _)| notice.kind == NoticeKind::Disclosed).count(), count);
        let entries = block_on(city.registry.store().entries(Some(person))).unwrap();
        assert_eq!(entries.iter().filter(|entry| entry.act == ActName::Disclose).count(), count);
    }
    // About nobody who has not registered nothing is kept.
    let nobody = PersonId::new([9; 16]);
    assert!(examine(&city, nobody, appeal).is_err());
    assert!(block_on(city.registry.store().entries(Some(nobody))).unwrap().is_empty());
}

#[test]
fn an_auditors_look_is_permitted_by_a_policy_and_names_it() {
    let city = City::new();
    let person = city.resident(1);
    let audit = Audit { by: "inspectorate".parse().unwrap(), case: "2022-17".parse().unwrap() };
    block_on(open_persons(&city.registry, &audit, &[person], 99)).unwrap();
    let record = block_on(city.registry.store().record(person)).unwrap();
    let [look] = &record.disclosures[..] else { panic!("{:?}", record.disclosures) };
    assert_eq!((look.role, look.purpose), (Role::Auditor, Purpose::Audit));
    let told = [&look.policies, &look.case].map(|text| text.as_ref().map(ToString::to_string));
    assert_eq!(told, [Some("audits".to_owned()), Some("2022-17".to_owned())]);
    assert!(policy::each().any(|(id, text)| id == "audits" && text.contains("disclose:audit")));
    city.store.refuse_writes(true);
    assert!(
        block_on(open_persons(&city.registry, &audit, &[person], 99)).is_err(),
        "nothing is given unseen"
    );
}
