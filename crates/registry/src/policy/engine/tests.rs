//! What the policies permit, asked exhaustively, and held to the table of what they are to say.

mod oracle;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use mingma_credential::authority::{Act, sign};
use mingma_credential::key::{SigningKey, SystemEntropy};
use mingma_credential::status::RegionCode;
use mingma_credential::{Certificate, UnixSeconds};
use mingma_domain::fact::Issuer;

use self::oracle::TABLE;
use super::*;
use crate::access::{AccessRecord, Assistance};
use crate::authority::{Authority, Signed};
use crate::id::{AppealId, AssistanceId, GrantId, PersonId};
use crate::policy::{Office, Wish, authorize};
use crate::record::PersonRecord;
use crate::row::{Binding, Grant};
use crate::words::Tie;

const HERE: &str = "410100";

fn person(n: u8) -> PersonId {
    PersonId::new([n; 16])
}

fn issuer(name: &str) -> Issuer {
    name.parse().unwrap()
}

fn official(office: Office) -> Actor {
    Actor::Official { staff: "staff-7".parse().unwrap(), office, region: HERE.parse().unwrap() }
}

fn question<'q>(actor: &'q Actor, (act, purpose): (ActName, Purpose), subject: Subject<'q>) -> Question<'q> {
    Question { actor, act, purpose, subject, scope: None }
}

/// Whether the policies permit an act for a purpose over a subject.
fn permits(actor: &Actor, act: ActName, purpose: Purpose, subject: Subject<'_>) -> bool {
    decide(&question(actor, (act, purpose), subject)).is_ok()
}

/// What the table says.
fn by_table(question: &Question<'_>) -> Result<Option<Region>, Denied> {
    let Question { actor, act, purpose, subject, scope } = *question;
    let role = actor.role();
    let lines = || TABLE.iter().filter(|line| (line.role, line.act) == (role, act));
    lines().next().ok_or(Denied::Role { role, act })?;
    let line = lines().find(|line| line.purpose == purpose);
    let line = line.ok_or(Denied::Purpose { role, act, purpose })?;
    if let Actor::App(granted) = actor
        && scope != Some(granted.scope())
    {
        return Err(Denied::Scope);
    }
    line.over.check(actor, subject)
}

/// Proofs of what a person let an agent, two programs and a community worker do, as their record gives them.
fn consenting(who: PersonId) -> Vec<Actor> {
    let (from, until) = (Timestamp::from_second(1_000).unwrap(), Timestamp::from_second(9_000).unwrap());
    let (now, app): (_, Evidence) = (Timestamp::from_second(5_000).unwrap(), "metro-gate".parse().unwrap());
    let grant = |n, scope| Grant { id: GrantId::new(from, [n; 10]), app: app.clone(), scope, from, until };
    let binding = Binding { id: GrantId::new(from, [3; 10]), agent: person(9), tie: Tie::Agent, from, until };
    let record = PersonRecord {
        grants: vec![grant(1, Scope::QueryStatus), grant(2, Scope::MakeCode)],
        bindings: vec![binding],
        ..PersonRecord::default()
    };
    let granted = |scope| Actor::App(record.granted(who, &app, scope, now).unwrap());
    let (staff, id) = ("staff-4".parse().unwrap(), AssistanceId::new(from, [4; 10]));
    let access =
        AccessRecord { assistances: vec![Assistance { id, staff, from, until }], ..AccessRecord::default() };
    let office = (&"staff-4".parse().unwrap(), HERE.parse().unwrap());
    vec![
        Actor::Agent(record.bound(who, person(9), now).unwrap()),
        granted(Scope::QueryStatus),
        granted(Scope::MakeCode),
        Actor::Assistant(access.assisted(who, office, id, now).unwrap()),
    ]
}

/// Whoever can act: nobody who signed in, a person, an institution, each office; an agent, two programs, a helper, with
/// consent; the authority by its key.
fn actors() -> Vec<Actor> {
    let mut actors =
        vec![Actor::Visitor, Actor::Resident(person(1)), Actor::Institution(issuer("cdc:410100"))];
    actors.extend(Office::ALL.iter().map(|office| official(*office)));
    actors.extend(consenting(person(1)));
    actors.push(authority());
    actors.push(Actor::Auditor("inspectorate".parse().unwrap()));
    actors
}

/// The authority, as a signature of its key gives it.
fn authority() -> Actor {
    let (mut entropy, start) = (SystemEntropy, UnixSeconds::new(1_000));
    let key = SigningKey::generate(&mut entropy).unwrap();
    let certificate = Certificate::self_signed(&key, "Zhengzhou", start, start.plus(9_000)).unwrap();
    let (region, name) = (RegionCode::parse(HERE).unwrap(), "withdraw".to_owned());
    let act = Act { region, name, content: b"entitlement 17".to_vec(), until: start, id: [7; 16] };
    let file = sign(&act, &key, &certificate).unwrap();
    let known = Authority::new(certificate, HERE.parse().unwrap(), 0);
    Actor::Authority(Signed::open(&file, &known).unwrap().by)
}

#[test]
fn the_policies_are_held_to_their_schema_to_the_last_word() {
    assert_eq!(crate::policy::check(), Ok(()));
    let engine = Engine::read(POLICIES, SCHEMA).unwrap();
    for line in &engine.lines {
        assert!(line.role.parse::<Role>().is_ok(), "{}", line.id);
        for action in &line.actions {
            let (act, purpose) = action.split_once(':').unwrap();
            assert!(act.parse::<ActName>().is_ok() && purpose.parse::<Purpose>().is_ok(), "{action}");
        }
    }
    let told: BTreeMap<&str, &str> = crate::policy::each().collect();
    let known: BTreeSet<&str> = engine.lines.iter().map(|line| &*line.id).collect();
    assert_eq!(told.keys().copied().collect::<BTreeSet<_>>(), known, "each is told by its name");
    assert!(told.values().all(|text| POLICIES.contains(text) && text.ends_with(';')));
    for (from, to) in [
        ("@id(\"own-affairs\")\n", ""),
        ("@refusal(\"no-case\")", "@refusal(\"no-reason\")"),
        ("@proof(\"home-in-office\")", "@proof(\"a-word\")"),
        ("principal in Role::\"arbiter\"", "principal"),
        ("Role::\"arbiter\"", "Role::\"police\""),
        ("resource is Issuer", "resource"),
        ("action == Action::\"register:self-service\"", "action"),
        ("publish:publication", "publish:stability"),
        ("principal.region", "principal.office"),
        ("permit (", "permit"),
    ] {
        assert!(POLICIES.contains(from), "{from}");
        assert!(Engine::read(&POLICIES.replacen(from, to, 1), SCHEMA).is_err(), "{from} to {to}");
    }
}

#[test]
fn no_line_of_the_table_stands_twice_and_every_act_that_is_wished_has_one() {
    for (at, line) in TABLE.iter().enumerate() {
        let same = |l: &&oracle::Line| (l.role, l.act, l.purpose) == (line.role, line.act, line.purpose);
        assert_eq!(TABLE.iter().filter(same).count(), 1, "line {at}");
    }
    let without: Vec<_> = ActName::ALL.iter().filter(|act| !TABLE.iter().any(|l| l.act == **act)).collect();
    let followed = [&ActName::Transit, &ActName::Alarm, &ActName::Purge, &ActName::Cease];
    assert_eq!(without, followed, "they follow from looking and from other acts, nobody wishes them");
}

/// Every actor × act × purpose × sort of subject, the actor's own and another's, × what a program is let do: the policies,
/// asked and remembered, say what the table says.
#[test]
fn the_policies_say_what_the_table_says_of_everything_there_is() {
    let engine = Engine::read(POLICIES, SCHEMA).unwrap();
    let (own, other) = (issuer("cdc:410100"), issuer("cdc:410200"));
    let region = |code: &str| Subject::Region(code.parse().unwrap());
    let subjects = [
        Subject::Nobody,
        Subject::Person(person(1)),
        Subject::Person(person(2)),
        Subject::Appeal(person(1), AppealId::from_bytes([1; 16])),
        Subject::Issuer(&own),
        Subject::Issuer(&other),
        region(HERE),
        region("410105"),
        region("410000"),
        region("110000"),
    ];
    let each = [None, Some(Scope::QueryStatus), Some(Scope::MakeCode)];
    for actor in &actors() {
        // What an act needs of a program is nothing to anybody else.
        let scopes = if matches!(actor, Actor::App(_)) { &each[..] } else { &each[..1] };
        for act in ActName::ALL {
            for purpose in Purpose::ALL {
                for subject in subjects {
                    for scope in scopes.iter().copied() {
                        let question = Question { actor, act: *act, purpose: *purpose, subject, scope };
                        let expected = by_table(&question);
                        let told = |permitted: Result<Permitted, Denied>| {
                            permitted.map(|p| if p.at_home { actor.office_in() } else { None })
                        };
                        assert_eq!(
                            told(engine.ask(&question)),
                            expected,
                            "{actor:?} {act} {purpose} {subject:?}"
                        );
                        assert_eq!(
                            told(engine.decide(&question)),
                            expected,
                            "{actor:?} {act} {purpose} {subject:?}"
                        );
                    }
                }
            }
        }
    }
}

/// Over every region there is: what is remembered of one district is what the policies say of each.
#[test]
fn a_remembered_decision_is_the_policies_own_in_every_region() {
    let engine = Engine::read(POLICIES, SCHEMA).unwrap();
    let acts = [
        (Office::HealthCommission, ActName::Publish, Purpose::Publication),
        (Office::Appeals, ActName::AnswerAppeal, Purpose::Redress),
    ];
    for region in Region::all() {
        for (office, act, purpose) in acts {
            let actor = official(office);
            let question = question(&actor, (act, purpose), Subject::Region(region));
            assert_eq!(engine.ask(&question), engine.decide(&question), "{office} {act} in {region}");
        }
    }
}

#[test]
fn no_official_records_facts_and_no_institution_publishes_rules() {
    let officials = [Role::Commissioner, Role::Arbiter, Role::CommunityWorker];
    let facts = [ActName::Record, ActName::Declare, ActName::Countersign, ActName::Confirm];
    let of = |line: &Line, acts: &[ActName]| {
        let is = |action: &String, act: &ActName| action.starts_with(&format!("{act}:"));
        line.actions.iter().any(|action| acts.iter().any(|act| is(action, act)))
    };
    let engine = engine().unwrap();
    let by = |line: &Line, roles: &[Role]| roles.iter().any(|role| line.role == role.word());
    assert!(!engine.lines.iter().any(|line| by(line, &officials) && of(line, &facts)));
    let public = [ActName::Publish, ActName::SetRisk, ActName::Appoint];
    assert!(engine.lines.iter().filter(|line| of(line, &public)).all(|line| by(line, &[Role::Commissioner])));
}

#[test]
fn no_commission_is_a_second_office_to_what_is_proposed() {
    let engine = engine().unwrap();
    let agrees = |line: &&Line| line.actions.iter().any(|action| action.starts_with("approve:"));
    let roles: Vec<_> = engine.lines.iter().filter(agrees).map(|line| line.role.as_str()).collect();
    assert_eq!(roles, [Role::Arbiter.word()]);
}

/// Purposes are a closed type: another word is no purpose, and each role reaches those of the list that are its own.
#[test]
fn no_combination_of_roles_reaches_a_purpose_outside_the_list() {
    for word in ["police", "credit", "employment", "payment", "stability", "", "REDRESS", "redress "] {
        assert!(word.parse::<Purpose>().is_err(), "{word}");
    }
    // Nor does the engine know another: an action with such a purpose is permitted to nobody.
    let engine = engine().unwrap();
    let institution = issuer("cdc:410100");
    let subjects = [
        Subject::Nobody,
        Subject::Person(person(1)),
        Subject::Issuer(&institution),
        Subject::Region(HERE.parse().unwrap()),
    ];
    for actor in &actors() {
        for act in ActName::ALL {
            for subject in subjects {
                for purpose in ["police", "credit", "employment", "payment", "stability", "", "redress "] {
                    let asked = question(actor, (*act, Purpose::Redress), subject);
                    let (request, entities) = engine.request(&asked, &format!("{act}:{purpose}")).unwrap();
                    let response = engine.authorizer.is_authorized(&request, &engine.policies, &entities);
                    assert_eq!(response.decision(), Decision::Deny, "{actor:?} {act}:{purpose}");
                }
            }
        }
    }
    let mut reached: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in &engine.lines {
        let purposes = line.actions.iter().map(|action| action.split_once(':').unwrap().1);
        reached.entry(&line.role).or_default().extend(purposes);
    }
    let expected: BTreeMap<&str, BTreeSet<&str>> = [
        ("visitor", vec!["self-service"]),
        ("resident", vec!["self-service", "redress"]),
        ("agent", vec!["self-service", "redress"]),
        ("app", vec!["self-service"]),
        ("institution", vec!["outbreak-control", "redress"]),
        ("commissioner", vec!["outbreak-control", "publication"]),
        ("arbiter", vec!["outbreak-control", "publication", "redress"]),
        ("auditor", vec!["audit"]),
        ("community-worker", vec!["assistance", "identification"]),
        ("authority", vec!["publication"]),
    ]
    .into_iter()
    .map(|(role, purposes)| (role, purposes.into_iter().collect()))
    .collect();
    assert_eq!(reached, expected);
}

/// Every local office × every act × every purpose × every region there is.
#[test]
fn no_office_reaches_out_of_its_region_for_any_act_and_purpose() {
    let here: Region = HERE.parse().unwrap();
    let mut inside = BTreeMap::new();
    for region in Region::all() {
        for office in Office::ALL {
            for act in ActName::ALL {
                for purpose in Purpose::ALL {
                    if permits(&official(*office), *act, *purpose, Subject::Region(region)) {
                        assert!(region.is_in(here), "{office} {act} for {purpose} in {region}");
                        *inside.entry(office.word()).or_insert(0_usize) += 1;
                    }
                }
            }
        }
    }
    let districts = Region::all().filter(|region| region.is_in(here)).count();
    let expected = [("appeals", 4 * districts), ("health-commission", 8 * districts)];
    assert_eq!(inside.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn all_local_roles_together_see_only_those_who_appealed_or_asked_for_help() {
    let institution = issuer("cdc:410100");
    let appeal = AppealId::from_bytes([1; 16]);
    for office in Office::ALL {
        let mut on_persons = BTreeSet::new();
        for act in ActName::ALL {
            for purpose in Purpose::ALL {
                let by = official(*office);
                assert!(!permits(&by, *act, *purpose, Subject::Issuer(&institution)), "{office} {act}");
                assert!(!permits(&by, *act, *purpose, Subject::Person(person(1))), "{office} {act}");
                if permits(&by, *act, *purpose, Subject::Appeal(person(1), appeal)) {
                    on_persons.insert(format!("{act}:{purpose}"));
                }
            }
        }
        let expected: &[&str] = match office {
            Office::Appeals => &["answer-appeal:redress", "assess:redress"],
            Office::HealthCommission | Office::Community => &[],
        };
        assert!(on_persons.iter().eq(expected), "{office}: {on_persons:?}");
    }
}

#[test]
fn nobody_acts_for_another_person_or_another_issuer() {
    let other = issuer("cdc:410200");
    for actor in [Actor::Resident(person(1)), Actor::Institution(issuer("cdc:410100")), Actor::Visitor] {
        for act in ActName::ALL {
            for purpose in Purpose::ALL {
                assert!(!permits(&actor, *act, *purpose, Subject::Person(person(2))), "{act}");
                assert!(!permits(&actor, *act, *purpose, Subject::Issuer(&other)), "{act}");
            }
        }
    }
}

#[derive(Debug)]
struct Own(PersonId);

impl Wish for Own {
    const ACT: ActName = ActName::Assess;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.0)
    }
}

#[test]
fn what_is_permitted_names_the_policies_that_permit_it() {
    let allowed = authorize(Actor::Resident(person(1)), Purpose::SelfService, Own(person(1))).unwrap();
    assert_eq!(allowed.policies().as_str(), "own-affairs");
    let refused = authorize(Actor::Resident(person(1)), Purpose::SelfService, Own(person(2)));
    assert_eq!(refused.unwrap_err(), Denied::NotOwn);
}
