//! Who did an act for a person stands within its entry's commitment, and whoever replays asks whether they were let.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use mingma_credential::status::Initials;
use mingma_domain::document::{ChildWithoutDocument, Document};
use mingma_domain::text::Lang;
use mingma_registry::acts::{
    Amend, AmendInitials, AppealFact, AssistWard, AuthorizeApp, Bind, BindChild, ChangeContact,
    ConfirmContact, Declare, EndBinding, Identify, Register, ReportLoss, Show, amend, appeal, assist_ward,
    authorize_app, bind, bind_child, change_contact, confirm_contact, declare, end_binding, enter_as_app,
    enter_for, identify, register, register_at_desk, report_loss, show,
};
use mingma_registry::canonical::sha256;
use mingma_registry::doer::Doer;
use mingma_registry::intake::RowAnswer;
use mingma_registry::journal::{Clear, Drafted, Entry};
use mingma_registry::policy::{Actor, Office, Purpose, Role, authorize, each};
use mingma_registry::ports::{Clock as _, Medium};
use mingma_registry::replay::bundle::{Content, Opened, read};
use mingma_registry::replay::{Extent, Fault, Why, replay};
use mingma_registry::row::{PersonRow, RecordedFact, Registration};
use mingma_registry::signed::Signature;
use mingma_registry::submission::RawRow;
use mingma_registry::words::{ActName, CodeUse, Ground, Scope, Tie};
use mingma_registry::{Change, FactId, GrantId, PersonId, Store as _};
use pollster::block_on;

use crate::house::{City, close_contact, document, phone, staff};
use crate::identified::helped;
use crate::replay::{Chance, all, last, log, opened};
use crate::residents::well;

/// A city in which the first person has a child, about whom something was recorded.
struct Family {
    city: City,
    guardian: PersonId,
    child: PersonId,
    fact: FactId,
    binding: GrantId,
}

fn child() -> ChildWithoutDocument {
    ChildWithoutDocument::new(document(1), jiff::civil::date(2020, 1, 1), 1).unwrap()
}

fn family(days: u64) -> Family {
    let city = City::new();
    let guardian = city.resident(1);
    let of = Document::ChildWithoutDocument(child());
    let wish = Register::new(of.clone(), "410105".parse().unwrap());
    let own = || Actor::Resident(guardian);
    block_on(register(&city.registry, authorize(own(), Purpose::SelfService, wish).unwrap())).unwrap();
    let wish = BindChild { guardian, key: "b-1".parse().unwrap(), child: child(), days };
    let bound = block_on(bind_child(&city.registry, authorize(own(), Purpose::SelfService, wish).unwrap()));
    let bound = bound.unwrap();
    let wire = of.to_wire();
    let answers =
        city.record(&city.cdc, "c-1", &[RawRow { evidence: "INV-1", ..close_contact(&wire) }]).unwrap();
    let RowAnswer::Recorded { id: fact, .. } = answers[0] else { panic!("{answers:?}") };
    Family { city, guardian, child: bound.ward, fact, binding: bound.binding }
}

impl Family {
    fn agent(&self) -> Actor {
        Actor::Agent(block_on(enter_for(&self.city.registry, self.guardian, self.child)).unwrap().unwrap())
    }

    /// Does an act about the child as an actor who may.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "whatever the policies come to allow is told by the panic"
    )]
    fn does(&self, by: &Actor, act: ActName) {
        let Self { city: City { registry, .. }, child: person, fact, .. } = self;
        let person = *person;
        let purpose = match (by, act) {
            (_, ActName::Appeal) => Purpose::Redress,
            (Actor::Assistant(_), ActName::Amend) => Purpose::Identification,
            (Actor::Assistant(_), _) => Purpose::Assistance,
            _ => Purpose::SelfService,
        };
        let key = format!("{}-{}", by.role(), act);
        let key = key.parse().unwrap();
        match act {
            ActName::Declare => {
                let wish = Declare { person, key, facts: vec![well("self")] };
                block_on(declare(registry, authorize(by.clone(), purpose, wish).unwrap())).unwrap();
            }
            ActName::Show => {
                let wish = Show { person, medium: Medium::Paper { life_seconds: 86_400 } };
                block_on(show(registry, authorize(by.clone(), purpose, wish).unwrap())).unwrap();
            }
            ActName::Revoke => {
                let held = || {
                    let record = block_on(registry.store().record(person)).unwrap();
                    record.outstanding(registry.now()).map(|(code, _)| code.id).next()
                };
                if held().is_none() {
                    self.does(by, ActName::Show);
                }
                let code = held().unwrap();
                let wish = ReportLoss { person, code };
                block_on(report_loss(registry, authorize(by.clone(), purpose, wish).unwrap())).unwrap();
            }
            ActName::Appeal => {
                let wish = AppealFact { person, fact: *fact, ground: Ground::NotMe };
                block_on(appeal(registry, authorize(by.clone(), purpose, wish).unwrap())).unwrap();
            }
            ActName::AuthorizeApp => {
                let (app, scope) = ("metro-gate".parse().unwrap(), Scope::MakeCode);
                let wish = AuthorizeApp { person, key, app, scope, days: 7, device: None };
                block_on(authorize_app(registry, authorize(by.clone(), purpose, wish).unwrap())).unwrap();
            }
            ActName::Bind => {
                let wish = Bind { ward: person, key, agent: document(8), tie: Tie::Agent, days: 7 };
                let binding =
                    block_on(bind(registry, authorize(by.clone(), purpose, wish).unwrap())).unwrap();
                let wish = EndBinding { ward: person, binding };
                block_on(end_binding(registry, authorize(by.clone(), purpose, wish).unwrap())).unwrap();
            }
            ActName::ChangeContact => {
                let wish = ChangeContact { person, contact: Some(phone(7)), lang: Lang::ZhHans };
                block_on(change_contact(registry, authorize(by.clone(), purpose, wish).unwrap())).unwrap();
                // It counts with the code that was sent there, and stands in the journal then.
                let access = block_on(registry.store().access(person, registry.now())).unwrap();
                let code = access.open(CodeUse::Contact, registry.now()).unwrap().code.clone();
                let wish = ConfirmContact { person, code };
                block_on(confirm_contact(registry, authorize(by.clone(), purpose, wish).unwrap())).unwrap();
            }
            ActName::Amend => {
                let initials = AmendInitials::Replace(Initials::parse("LM").unwrap());
                let wish = Amend { person, home: None, initials };
                block_on(amend(registry, authorize(by.clone(), purpose, wish).unwrap())).unwrap();
            }
            other => panic!("say here how `{other}` is done"),
        }
    }

    /// Of the child's entries of an act from a number on, who did each.
    fn doers(&self, act: ActName) -> Vec<Option<Doer>> {
        let entries = block_on(self.city.store.entries(Some(self.child))).unwrap();
        entries.iter().filter(|entry| entry.act == act).map(|entry| entry.doer().cloned()).collect()
    }

    fn replayed(&self) -> Result<mingma_registry::replay::Sound, Fault> {
        all(&self.city, &[self.guardian, self.child])
    }
}

/// What a role may do about a person, by the policies themselves.
fn may(role: Role) -> BTreeSet<ActName> {
    let of_role = each().filter(|(_, text)| text.contains(&format!("Role::\"{role}\"")));
    let acts = |(_, text): (&str, &'static str)| {
        let names = text.split("Action::\"").skip(1);
        names.map(|rest| rest.split_once(':').unwrap().0.parse().unwrap()).collect::<Vec<ActName>>()
    };
    of_role.flat_map(acts).collect()
}

/// Does everything that a role may, and finds in each entry who it was.
#[track_caller]
fn each_says(family: &Family, by: &Actor, doer: &Doer, elsewhere: &[ActName]) {
    for act in may(by.role()).into_iter().filter(|act| !elsewhere.contains(act)) {
        // Entries of one millisecond stand in either order.
        family.city.watch.set(family.city.watch.now().as_second() + 1);
        let before = family.doers(act).len();
        family.does(by, act);
        let made = family.doers(act).split_off(before);
        assert!(!made.is_empty(), "{act}");
        assert!(made.iter().all(|made| made.as_ref() == Some(doer)), "{act}: {made:?}");
    }
}

/// A look is told in its row.
const LOOK: ActName = ActName::Assess;

#[test]
fn every_act_that_somebody_else_may_do_for_a_person_says_who_did_it() {
    let family = family(30);
    // A guardian's registration is anybody's, and the guardian is bound by their own hand.
    assert_eq!(family.doers(ActName::Register), [Some(Doer::Visitor)]);
    let agent = Doer::Agent { binding: family.binding, tie: Tie::Family };
    assert_eq!(family.doers(ActName::Bind), [Some(agent.clone())]);
    each_says(&family, &family.agent(), &agent, &[LOOK]);
    // The person, grown up.
    let own = Actor::Resident(family.child);
    family.city.watch.set(family.city.watch.now().as_second() + 86_400);
    let person = family.doers(ActName::Appeal).len();
    each_says(&family, &own, &Doer::Person, &[LOOK, ActName::Register, ActName::Appeal]);
    assert_eq!(person, 1, "of a fact and a ground there is one appeal, whoever opens it");
    // A program.
    let (name, scope) = ("metro-gate".parse().unwrap(), Scope::MakeCode);
    let granted = block_on(enter_as_app(&family.city.registry, family.child, &name, scope)).unwrap().unwrap();
    let app = Doer::App { app: name, grant: granted.grant() };
    each_says(&family, &Actor::App(granted), &app, &[LOOK]);
    family.city.watch.set(family.city.watch.now().as_second() + 86_400);
    // A worker, whom the guardian let help the child.
    let worker = staff("staff-2", Office::Community, "410105");
    let (_, helper) = helped(&family.city, &worker, 1);
    let wish = AssistWard { person: family.guardian, ward: Document::ChildWithoutDocument(child()) };
    let wish = authorize(helper, Purpose::Assistance, wish).unwrap();
    let handle = block_on(assist_ward(&family.city.registry, wish)).unwrap();
    assert_eq!(family.doers(ActName::Assist), [Some(agent)], "it was the guardian who let them");
    let proof = mingma_registry::acts::enter_assisting(&family.city.registry, &worker, handle);
    let proof = block_on(proof).unwrap().unwrap();
    let helping = Doer::Worker { staff: "staff-2".parse().unwrap(), consent: Some(handle.assistance) };
    let elsewhere = [LOOK, ActName::Register, ActName::Assist];
    each_says(&family, &Actor::Assistant(proof.clone()), &helping, &elsewhere);
    let wish = authorize(Actor::Assistant(proof), Purpose::Identification, Identify { person: family.child });
    block_on(identify(&family.city.registry, wish.unwrap())).unwrap();
    let sound = family.replayed().unwrap();
    // Of the guardian four, the binding and the consent; one of the program; of the worker, who bound and unbound and made two codes, six.
    assert_eq!(sound.for_others, (4 + 2) + 1 + 6, "{sound:?}");
}

#[test]
fn whoever_is_registered_at_a_desk_reads_by_whom_and_whoever_gives_a_code_lets_the_worker_help() {
    let city = City::new();
    let worker = staff("staff-2", Office::Community, "410105");
    let wish = Register { contact: Some(phone(1)), ..Register::new(document(1), "410105".parse().unwrap()) };
    let wish = authorize(worker.clone(), Purpose::Identification, wish).unwrap();
    block_on(register_at_desk(&city.registry, wish)).unwrap();
    let (handle, _) = helped(&city, &worker, 1);
    let entries = block_on(city.store.entries(Some(handle.person))).unwrap();
    let of = |act| entries.iter().find(|entry| entry.act == act).unwrap().doer().cloned();
    let desk = Doer::Worker { staff: "staff-2".parse().unwrap(), consent: None };
    assert_eq!((of(ActName::Register), of(ActName::Assist)), (Some(desk), Some(Doer::Person)));
    assert_eq!(of(ActName::Disclose), None, "who saw the document stands in the row");
    all(&city, &[handle.person]).unwrap();
}

#[test]
fn the_public_reads_nothing_of_who_did_it() {
    let family = family(30);
    for by in [family.agent(), Actor::Resident(family.child)] {
        family.does(&by, ActName::Declare);
        family.city.watch.set(family.city.watch.now().as_second() + 1);
    }
    let entries = block_on(family.city.store.entries(Some(family.child))).unwrap();
    let declared: Vec<&Entry> = entries.iter().filter(|entry| entry.act == ActName::Declare).collect();
    let [by_guardian, by_child] = declared[..] else { panic!("{declared:?}") };
    assert_ne!(by_guardian.doer(), by_child.doer());
    assert_eq!((&by_guardian.clear, &by_child.clear), (&Clear::default(), &Clear::default()));
    // It is in the commitment: under another's name nothing opens it, and sealed nothing says it.
    let content = by_guardian.content.unwrap();
    let other = Entry { beside: by_child.beside.clone(), ..by_guardian.clone() };
    assert!(by_guardian.opens(&content) && !other.opens(&content));
    assert_eq!(by_guardian.clone().sealed().doer(), None);
}

/// A declaration past the acts, that this one is said to have made.
fn declared(family: &Family, doer: Option<Doer>) -> u64 {
    let Family { city, child: person, .. } = family;
    let recorded = city.watch.now();
    let row = RecordedFact { id: FactId::new(recorded, [9; 10]), fact: well("self"), recorded };
    put(family, ActName::Declare, vec![PersonRow::Fact(row)], |entry| entry.done_by(doer));
    assert_ne!(block_on(city.store.record(*person)).unwrap().facts.len(), 0);
    last(&log(city), ActName::Declare)
}

/// Any entry about the child past the acts.
fn put(family: &Family, act: ActName, rows: Vec<PersonRow>, beside: impl FnOnce(Drafted) -> Drafted) {
    let Family { city, child: person, .. } = family;
    let entry = beside(Entry::about(&Chance, act, city.watch.now(), *person, &rows).unwrap());
    let change = Change::Person { person: *person, rows, notices: Vec::new(), entry };
    block_on(city.store.apply(vec![change])).unwrap();
}

/// Who is said to have done it, in a family.
type Said = Box<dyn Fn(&Family) -> Option<Doer>>;

#[test]
fn whoever_is_said_to_have_acted_for_a_person_was_let_do_so_then_or_the_entry_is_named() {
    let right = |family: &Family| Doer::Agent { binding: family.binding, tie: Tie::Family };
    // How long after the binding, which is for a day; who is said to have done it; why it does not follow.
    let day = 86_400;
    let other: GrantId = GrantId::new(jiff::Timestamp::UNIX_EPOCH, [1; 10]);
    let by_another = move |_: &Family| Some(Doer::Agent { binding: other, tie: Tie::Family });
    let cases: [(i64, Said, Option<Why>); 9] = [
        (60, Box::new(move |family| Some(right(family))), None),
        (day - 1, Box::new(move |family| Some(right(family))), None),
        // An act asks in the moment before it is committed.
        (day + 9, Box::new(move |family| Some(right(family))), None),
        (day + 11, Box::new(move |family| Some(right(family))), Some(Why::NotLet)),
        (60, Box::new(by_another), Some(Why::NotLet)),
        (
            60,
            Box::new(|family| Some(Doer::Agent { binding: family.binding, tie: Tie::Agent })),
            Some(Why::NotLet),
        ),
        (
            60,
            Box::new(move |_| Some(Doer::App { app: "metro-gate".parse().unwrap(), grant: other })),
            Some(Why::NotLet),
        ),
        (
            60,
            Box::new(|_| {
                let consent = Some(mingma_registry::AssistanceId::from_bytes([3; 16]));
                Some(Doer::Worker { staff: "staff-2".parse().unwrap(), consent })
            }),
            Some(Why::NotLet),
        ),
        (60, Box::new(|_| None), Some(Why::ByNobody)),
    ];
    for (place, (seconds, doer, why)) in cases.into_iter().enumerate() {
        let family = family(1);
        family.city.watch.set(family.city.watch.now().as_second() + seconds);
        let entry = declared(&family, doer(&family));
        let found = family.replayed();
        match why {
            None => assert_eq!(found.unwrap().for_others, 2, "case {place}"),
            Some(why) => assert_eq!(found, Err(Fault { entry, why }), "case {place}"),
        }
    }
}

#[test]
fn what_nobody_does_for_a_person_is_said_to_be_done_by_none() {
    let signature = || Signature::of([5; 32], &document(1), [6; 64]);
    let family = family(1);
    put(&family, ActName::Disclose, Vec::new(), |entry| entry.done_by(Some(Doer::Person)));
    let entry = last(&log(&family.city), ActName::Disclose);
    assert_eq!(family.replayed(), Err(Fault { entry, why: Why::NoDoer }));
    let family = self::family(1);
    put(&family, ActName::ChangeContact, Vec::new(), |mut entry| {
        entry.sign(signature());
        entry
    });
    let entry = last(&log(&family.city), ActName::ChangeContact);
    assert_eq!(
        family.replayed(),
        Err(Fault { entry, why: Why::NoDoer }),
        "a signature says of nobody that they did it"
    );
}

#[test]
fn what_was_done_before_it_was_kept_who_did_it_follows_and_nothing_after_it() {
    let city = City::of_nobody();
    let of = Document::ChildWithoutDocument(child());
    let newcomer = mingma_registry::store::Newcomer { document: of, candidate: PersonId::new([9; 16]) };
    let person = block_on(city.store.identify(vec![newcomer])).unwrap()[0];
    let at = city.watch.now();
    let row = Registration { home: "410105".parse().unwrap(), initials: None, at };
    let (guardian, fact, binding) = (person, FactId::new(at, [1; 10]), GrantId::new(at, [1; 10]));
    let family = Family { city, guardian, child: person, fact, binding };
    put(&family, ActName::Register, vec![PersonRow::Registration(row)], |entry| entry);
    family.city.watch.set(at.as_second() + 1);
    declared(&family, None);
    let sound = all(&family.city, &[person]).unwrap();
    assert_eq!((sound.facts, sound.for_others), (1, 0));
    family.city.watch.set(at.as_second() + 60);
    family.does(&Actor::Resident(person), ActName::Declare);
    all(&family.city, &[person]).unwrap();
    family.city.watch.set(at.as_second() + 120);
    put(&family, ActName::ChangeContact, Vec::new(), |entry| entry);
    let entry = last(&log(&family.city), ActName::ChangeContact);
    assert_eq!(all(&family.city, &[person]), Err(Fault { entry, why: Why::ByNobody }));
}

#[test]
fn a_binding_that_has_ended_without_its_request_judges_nobody() {
    let family = family(366);
    let Family { city, guardian, child, .. } = &family;
    // Thirty days after the binding nobody keeps the request any more.
    city.watch.set((city.watch.now() + SignedDuration::from_hours(24 * 31)).as_second());
    family.does(&family.agent(), ActName::Show);
    let log = log(city);
    let bound = last(&log, ActName::Bind);
    let file = opened(city, &log, &[*guardian, *child]);
    let (_, openings) = read(&file).unwrap();
    let without = openings.iter().map(|opened| match opened.content {
        Content::Whole(content) if opened.number == bound => {
            Opened { content: Content::Ended(sha256(content)), ..*opened }
        }
        Content::Whole(_) | Content::Found(_) | Content::Ended(_) => *opened,
    });
    let without: Vec<Opened<'_>> = without.collect();
    let of = |openings: &[Opened<'_>]| {
        let sound = replay(&log, openings, Extent::Everybody).unwrap();
        (sound.for_others, sound.unjudged)
    };
    assert_eq!(of(&openings), (2, 0), "the binding, and the code");
    assert_eq!(of(&without), (0, 1));
}
