//! What the table permits, asked exhaustively.

use std::collections::{BTreeMap, BTreeSet};

use mingma_domain::fact::Issuer;

use super::*;
use crate::id::{AppealId, PersonId};
use crate::policy::{Office, Wish, authorize};

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

/// Whether the table permits an act for a purpose over a subject, as `authorize` reads it.
fn permits(actor: &Actor, act: ActName, purpose: Purpose, subject: Subject<'_>) -> bool {
    let mut lines = TABLE.iter();
    let line = lines.find(|line| (line.role, line.act, line.purpose) == (actor.role(), act, purpose));
    line.is_some_and(|line| line.over.check(actor, subject).is_ok())
}

#[test]
fn no_line_stands_twice_and_every_act_that_is_wished_has_one() {
    for (at, line) in TABLE.iter().enumerate() {
        let same = |l: &&Line| (l.role, l.act, l.purpose) == (line.role, line.act, line.purpose);
        assert_eq!(TABLE.iter().filter(same).count(), 1, "line {at}");
    }
    let without: Vec<_> = ActName::ALL.iter().filter(|act| !TABLE.iter().any(|l| l.act == **act)).collect();
    let followed = [&ActName::Disclose, &ActName::Transit, &ActName::Alarm, &ActName::Purge, &ActName::Cease];
    assert_eq!(without, followed, "they follow from looking and from other acts, nobody wishes them");
}

#[test]
fn no_official_records_facts_and_no_institution_publishes_rules() {
    let officials = [Role::Commissioner, Role::Arbiter, Role::CommunityWorker];
    let facts = [ActName::Record, ActName::Declare, ActName::Countersign, ActName::Confirm];
    assert!(!TABLE.iter().any(|l| officials.contains(&l.role) && facts.contains(&l.act)));
    let public = [ActName::Publish, ActName::SetRisk, ActName::Appoint];
    assert!(TABLE.iter().filter(|l| public.contains(&l.act)).all(|l| l.role == Role::Commissioner));
}

/// Purposes are a closed type: another word is no purpose, and each role reaches those of the list that are its own.
#[test]
fn no_combination_of_roles_reaches_a_purpose_outside_the_list() {
    for word in ["police", "credit", "employment", "payment", "stability", "", "REDRESS", "redress "] {
        assert!(word.parse::<Purpose>().is_err(), "{word}");
    }
    let mut reached: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in TABLE {
        reached.entry(line.role.word()).or_default().insert(line.purpose.word());
    }
    let expected: BTreeMap<&str, BTreeSet<&str>> = [
        ("visitor", vec!["self-service"]),
        ("resident", vec!["self-service", "redress"]),
        ("agent", vec!["self-service", "redress"]),
        ("app", vec!["self-service"]),
        ("institution", vec!["outbreak-control", "redress"]),
        ("commissioner", vec!["outbreak-control", "publication"]),
        ("arbiter", vec!["outbreak-control", "publication", "redress"]),
        ("community-worker", vec!["assistance"]),
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
    let expected = [("appeals", 4 * districts), ("health-commission", 9 * districts)];
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

struct Own(PersonId);

impl Wish for Own {
    const ACT: ActName = ActName::Assess;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.0)
    }
}

#[test]
fn what_is_permitted_names_the_line_that_permits_it() {
    let allowed = authorize(Actor::Resident(person(1)), Purpose::SelfService, Own(person(1))).unwrap();
    assert_eq!(allowed.policies().as_str(), "resident:assess:self-service");
    for line in TABLE {
        assert_eq!(line.name().unwrap().to_string(), format!("{}:{}:{}", line.role, line.act, line.purpose));
    }
}
