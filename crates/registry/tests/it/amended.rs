//! Where somebody lives, and what a checkpoint compares with them, is corrected at a desk: by two, and from then on.

use mingma_credential::Verdict;
use mingma_credential::status::Initials;
use mingma_domain::Region;
use mingma_domain::document::Document;
use mingma_registry::acts::AmendInitials::{self, Keep, Remove, Replace};
use mingma_registry::acts::{
    Amend, AmendError, AssessError, AssistError, AssistWard, Bind, Causes, Publish, Register, Transit,
    TransitCause, amend, assist_ward, bind, enter_assisting, publish, register, transit,
};
use mingma_registry::journal::Edit;
use mingma_registry::policy::{Actor, Denied, Office, Purpose, authorize};
use mingma_registry::ports::Clock as _;
use mingma_registry::row::{Amendment, PersonRow};
use mingma_registry::words::{ActName, NoticeKind, RevocationReason, Tie};
use mingma_registry::{PersonId, Resident, Store as _};
use pollster::block_on;

use crate::codes::{at_the_gate, claims, on_paper, on_phone};
use crate::compared::found;
use crate::house::{City, EXAMPLES, NOON, RULES, commissioner, document, official, phone};
use crate::identified::helped;
use crate::proven::held;
use crate::replay::{all, by_hand, code, does_not_follow, sign_second};

fn region(code: &str) -> Region {
    code.parse().unwrap()
}

fn initials(text: &str) -> Initials {
    Initials::parse(text).unwrap()
}

/// A worker of a community's desk.
fn worker(staff: &str, of: &str) -> Actor {
    Actor::Official { staff: staff.parse().unwrap(), office: Office::Community, region: region(of) }
}

/// A city beside which another one has rules by which a close contact is yellow.
fn two_cities() -> City {
    let city = City::new();
    milder_beside(&city);
    city
}

fn milder_beside(city: &City) {
    let milder = |text: &str| text.replace("410100", "410200").replace("\"red\"", "\"yellow\"");
    let wish = Publish { region: region("410200"), rules: milder(RULES), examples: milder(EXAMPLES) };
    let wish = authorize(commissioner(), Purpose::Publication, wish).unwrap();
    block_on(publish(&city.registry, wish)).unwrap();
}

/// Corrects what is registered of the nth person, who lets this worker help.
fn corrected(
    city: &City,
    (n, by): (u32, &Actor),
    (home, initials): (Option<&str>, AmendInitials),
) -> Result<(), AmendError> {
    // One code a minute.
    city.watch.set(city.watch.now().as_second() + 120);
    let (handle, helper) = helped(city, by, n);
    let wish = Amend { person: handle.person, home: home.map(region), initials };
    block_on(amend(&city.registry, authorize(helper, Purpose::Identification, wish).unwrap()))
}

fn turned_red(city: &City, n: u32) -> PersonId {
    let person = city.resident(n);
    let fact = city.contact(n, &format!("c-{n}"));
    sign_second(city, &city.community, n, fact);
    assert_eq!(city.color(person), "red");
    person
}

#[test]
fn whoever_moved_is_judged_by_the_rules_of_the_new_home_and_the_facts_stay() {
    let city = two_cities();
    let person = turned_red(&city, 1);
    let before = city.registry.now();
    corrected(&city, (1, &worker("staff-2", "410203")), (Some("410203"), Keep)).unwrap();
    assert_eq!(city.color(person), "yellow");
    let record = block_on(city.store.record(person)).unwrap();
    assert_eq!((record.home(), record.facts.len()), (Some(region("410203")), 1));
    assert_eq!(record.home_as_of(before), Some(region("410105")), "what was asked of then is as it was then");
    assert_eq!(Resident::of(person, (*record).clone(), before).home, Some(region("410105")));
    assert_eq!(record.initials(), Some(&initials("ZS")), "what was not named stays");
    assert_eq!(record.amendments[0].by.as_str(), "staff-2");
    let seen = record.disclosures.last().unwrap();
    assert_eq!((seen.by.as_str(), seen.purpose), ("staff-2", Purpose::Identification));
    let notices = block_on(city.store.notices(person)).unwrap();
    let told = notices.iter().filter(|(notice, _)| notice.kind == NoticeKind::Amended).count();
    assert_eq!(told, 1, "the person is told");
    // And back, at the desk of the former home.
    corrected(&city, (1, &worker("staff-1", "410100")), (Some("410105"), Keep)).unwrap();
    assert_eq!(city.color(person), "red", "nobody gets rid of a fact by moving");
}

#[test]
fn a_former_code_ends_and_the_next_one_says_what_is_so() {
    let city = two_cities();
    let person = city.resident(1);
    let (on_screen, paper) = (on_phone(&city, person).code, on_paper(&city, person, 7).code);
    assert!(matches!(at_the_gate(&city, &on_screen), Verdict::Green(_)));
    corrected(&city, (1, &worker("staff-1", "410105")), (None, Replace(initials("张三")))).unwrap();
    for former in [&on_screen, &paper] {
        assert!(
            matches!(at_the_gate(&city, former), Verdict::Revoked(_)),
            "{:?}",
            at_the_gate(&city, former)
        );
    }
    let record = block_on(city.store.record(person)).unwrap();
    assert_eq!(record.revocations.len(), 2);
    assert!(record.revocations.iter().all(|row| row.why == RevocationReason::Amended));
    assert_eq!(record.home(), Some(region("410105")), "what was not named stays");
    let next = on_phone(&city, person).code;
    assert_eq!(claims(&next).status.initials, Some(initials("张三")));
    assert!(matches!(at_the_gate(&city, &next), Verdict::Green(_)));
    corrected(&city, (1, &worker("staff-2", "410203")), (Some("410203"), Keep)).unwrap();
    assert!(
        matches!(at_the_gate(&city, &next), Verdict::Revoked(_)),
        "it says that another region vouches for it"
    );
    assert_eq!(claims(&on_phone(&city, person).code).status.region.as_str(), "410200");
}

#[test]
fn whoever_wants_no_initials_on_their_code_has_them_taken_away() {
    let city = two_cities();
    let person = city.resident(1);
    let (former, paper) = (on_phone(&city, person).code, on_paper(&city, person, 7).code);
    assert_eq!(claims(&former).status.initials, Some(initials("ZS")));
    corrected(&city, (1, &worker("staff-1", "410105")), (None, Remove)).unwrap();
    for former in [&former, &paper] {
        assert!(matches!(at_the_gate(&city, former), Verdict::Revoked(_)), "it tells what is no more");
    }
    let next = on_phone(&city, person).code;
    assert_eq!(claims(&next).status.initials, None);
    assert!(matches!(at_the_gate(&city, &next), Verdict::Green(_)), "it counts without");
    let record = block_on(city.store.record(person)).unwrap();
    assert_eq!((record.home(), record.initials()), (Some(region("410105")), None), "the home stays");
    let again = corrected(&city, (1, &worker("staff-1", "410105")), (None, Remove));
    assert_eq!(again, Err(AmendError::AsItIs), "there are none to take away");
    // Moving brings none back; the desk writes them again if the person wants them.
    corrected(&city, (1, &worker("staff-2", "410203")), (Some("410203"), Keep)).unwrap();
    assert_eq!(block_on(city.store.record(person)).unwrap().initials(), None);
    corrected(&city, (1, &worker("staff-2", "410203")), (None, Replace(initials("LS")))).unwrap();
    assert_eq!(claims(&on_phone(&city, person).code).status.initials, Some(initials("LS")));
    assert!(held(&city, person, |_, _| ()).is_whole());
    assert!(all(&city, &[person]).is_ok(), "and it can be done again by whoever believes nobody");
}

#[test]
fn nobody_is_moved_without_their_consent_nor_by_another_desk_than_that_of_the_new_home() {
    let city = two_cities();
    let person = turned_red(&city, 1);
    let asked = |actor: Actor, purpose| {
        let wish = Amend { person, home: Some(region("410203")), initials: Keep };
        authorize(actor, purpose, wish).map(|_| ())
    };
    let own = worker("staff-2", "410203");
    assert_eq!(asked(own.clone(), Purpose::Identification), Err(Denied::NoConsent), "a worker alone");
    for actor in [
        Actor::Visitor,
        Actor::Resident(person),
        official(Office::Appeals, "410000"),
        commissioner(),
        city.cdc.actor(),
    ] {
        assert!(matches!(asked(actor, Purpose::Identification), Err(Denied::Role { .. })));
    }
    let (_, helper) = helped(&city, &own, 1);
    assert!(matches!(asked(helper, Purpose::Assistance), Err(Denied::Purpose { .. })));
    // The desk of the former home, a neighbour's, and one of the new home's region for a third region.
    for (by, to) in [("410105", "410203"), ("410300", "410203"), ("410203", "410305")] {
        let elsewhere = Err(AmendError::Denied(Denied::Elsewhere));
        assert_eq!(corrected(&city, (1, &worker("staff-3", by)), (Some(to), Keep)), elsewhere, "{by} {to}");
    }
    let record = block_on(city.store.record(person)).unwrap();
    assert_eq!((record.home(), record.amendments.len()), (Some(region("410105")), 0));
    let refused = record.disclosures.iter().filter(|look| look.refused() == Some("elsewhere")).count();
    assert_eq!(refused, 3, "each try is on the person's record");
    let as_it_is =
        corrected(&city, (1, &worker("staff-1", "410105")), (Some("410105"), Replace(initials("ZS"))));
    assert_eq!(as_it_is, Err(AmendError::AsItIs));
}

#[test]
fn who_leaves_for_where_no_office_is_has_no_status_and_no_code_any_more() {
    let city = two_cities();
    let person = city.resident(1);
    let paper = on_paper(&city, person, 7).code;
    let beijing = "110105";
    let neighbour = corrected(&city, (1, &worker("staff-2", "410203")), (Some(beijing), Keep));
    assert_eq!(
        neighbour,
        Err(AmendError::Denied(Denied::Elsewhere)),
        "whoever leaves does so where they lived"
    );
    corrected(&city, (1, &worker("staff-1", "410105")), (Some(beijing), Keep)).unwrap();
    assert_eq!(city.assess(person).err(), Some(AssessError::NoRules { region: region(beijing) }));
    assert!(matches!(at_the_gate(&city, &paper), Verdict::Revoked(_)));
    corrected(&city, (1, &worker("staff-2", "410200")), (Some("410203"), Keep)).unwrap();
    assert_eq!(city.color(person), "green", "and may come back");
}

#[test]
fn what_was_recorded_before_a_registration_is_told_when_a_desk_has_corrected_it() {
    let city = City::new();
    let wire = document(1).to_wire();
    city.record(&city.laboratory, "k-1", &[crate::house::negative_test(&wire)]).unwrap();
    city.watch.set(NOON + 3_600);
    let wish = Register { contact: Some(phone(1)), ..Register::new(document(1), region("410102")) };
    block_on(register(&city.registry, authorize(Actor::Visitor, Purpose::SelfService, wish).unwrap()))
        .unwrap();
    let person = block_on(city.store.find(&document(1))).unwrap().unwrap();
    assert_eq!(city.assess(person).err(), Some(AssessError::KeptBack));
    corrected(&city, (1, &worker("staff-1", "410105")), (Some("410105"), Keep)).unwrap();
    assert_eq!(city.color(person), "green", "the document was seen");
}

#[test]
fn a_repetition_ends_what_broke_off() {
    let city = two_cities();
    let person = city.resident(1);
    on_paper(&city, person, 7);
    // The process died between the row and the revocations.
    city.watch.set(NOON + 600);
    let (number, home, by, at) = (1, region("410203"), "staff-2".parse().unwrap(), city.watch.now());
    let row = PersonRow::Amendment(Amendment { number, home, initials: Some(initials("ZS")), by, at });
    by_hand(&city, person, ActName::Amend, vec![row]);
    let again = corrected(&city, (1, &worker("staff-2", "410203")), (Some("410203"), Keep));
    assert_eq!(again, Err(AmendError::AsItIs));
    assert_eq!(block_on(city.store.record(person)).unwrap().revocations.len(), 1);
}

#[test]
fn the_replay_follows_a_move() {
    let city = two_cities();
    let person = turned_red(&city, 1);
    let before = all(&city, &[person]).unwrap();
    corrected(&city, (1, &worker("staff-2", "410203")), (Some("410203"), Keep)).unwrap();
    // As the census tells it.
    let entries = block_on(city.store.entries(Some(person))).unwrap();
    let moved = entries.iter().find(|entry| entry.act == ActName::Amend).unwrap();
    let cause = TransitCause::Move(moved.id);
    let told = Transit { person, at: moved.at, cause, is_worse: false };
    block_on(transit(&city.registry, &[told])).unwrap();
    let causes = Causes::of(person, &block_on(city.registry.book()).unwrap(), &entries);
    assert_eq!(causes.behind(&told.notice()), Some(cause));
    code(&city, person);
    let after = all(&city, &[person]).unwrap();
    assert_eq!(after.transitions, before.transitions + 1);
    assert_eq!(after.judged, before.judged + 3, "the consent, the notice and the yellow code");
}

#[test]
fn a_move_that_was_written_into_the_database_does_not_count_and_is_named() {
    let city = two_cities();
    let person = turned_red(&city, 1);
    let (by, at) = ("staff-2".parse().unwrap(), city.watch.now());
    let row = Amendment { number: 1, home: region("410203"), initials: None, by, at };
    let proven = held(&city, person, |record, _| record.amendments.push(row.clone()));
    assert_eq!((proven.left_out, proven.record.home()), (1, Some(region("410105"))));
    let edits = found(&city, person, |record, _| record.amendments.push(row.clone()));
    assert!(matches!(edits[..], [Edit::Beside { rows: 1, .. }]), "{edits:?}");

    corrected(&city, (1, &worker("staff-2", "410203")), (Some("410203"), Keep)).unwrap();
    let whole = held(&city, person, |_, _| ());
    assert!(whole.is_whole(), "{whole:?}");
    assert_eq!(found(&city, person, |_, _| ()), []);
    // Taken out, and sent elsewhere: what lay before counts against nobody until it is back.
    let gone = held(&city, person, |record, _| record.amendments.clear());
    assert_eq!((gone.record.gone.len(), gone.record.doubtful.len()), (1, 1));
    let changed = held(&city, person, |record, _| record.amendments[0].home = region("410305"));
    assert_eq!((changed.left_out, changed.record.home()), (1, Some(region("410105"))));
    let edits = found(&city, person, |record, _| record.amendments.clear());
    assert!(matches!(edits[..], [Edit::Unopened { .. }]), "{edits:?}");
}

#[test]
fn whoever_acts_for_a_child_lets_the_desk_help_the_child() {
    let city = two_cities();
    let guardian = city.resident(1);
    let (child, stranger) = (document(2), document(3));
    let wish = Register::new(child.clone(), region("410105"));
    block_on(register(
        &city.registry,
        authorize(Actor::Resident(guardian), Purpose::SelfService, wish).unwrap(),
    ))
    .unwrap();
    city.resident(3);
    let ward = block_on(city.store.find(&child)).unwrap().unwrap();
    let wish = Bind { ward, key: "b-1".parse().unwrap(), agent: document(1), tie: Tie::Family, days: 9 };
    block_on(bind(&city.registry, authorize(Actor::Resident(ward), Purpose::SelfService, wish).unwrap()))
        .unwrap();
    let by = worker("staff-2", "410203");
    let (handle, helper) = helped(&city, &by, 1);
    let lets = |of: &Document| {
        let wish = AssistWard { person: guardian, ward: of.clone() };
        block_on(assist_ward(&city.registry, authorize(helper.clone(), Purpose::Assistance, wish).unwrap()))
    };
    assert_eq!(lets(&stranger), Err(AssistError::Refused), "they act for nobody else");
    assert_eq!(lets(&document(9)), Err(AssistError::Refused), "nor for somebody unknown");
    let of_others = AssistWard { person: ward, ward: child.clone() };
    let refused = authorize(helper.clone(), Purpose::Assistance, of_others).map(|_| ());
    assert_eq!(refused, Err(Denied::NoConsent), "the worker was let by the guardian alone");
    let held = lets(&child).unwrap();
    assert_eq!(held.person, ward);
    let proof = block_on(enter_assisting(&city.registry, &by, held)).unwrap().unwrap();
    let colleague = worker("staff-3", "410203");
    assert_eq!(block_on(enter_assisting(&city.registry, &colleague, held)), Ok(None), "another was not let");
    let wish = Amend { person: ward, home: Some(region("410203")), initials: Keep };
    let wish = authorize(Actor::Assistant(proof), Purpose::Identification, wish).unwrap();
    block_on(amend(&city.registry, wish)).unwrap();
    let record = block_on(city.store.record(ward)).unwrap();
    assert_eq!(record.home(), Some(region("410203")));
    let roles: Vec<&str> = record.disclosures.iter().map(|look| look.by.as_str()).collect();
    assert_eq!(roles, ["family", "staff-2"], "for whom the guardian came in, and who saw the document");
    assert!(all(&city, &[guardian, ward, block_on(city.store.find(&stranger)).unwrap().unwrap()]).is_ok());
    // As long as the guardian's own consent lasts, and no longer.
    let own = block_on(enter_assisting(&city.registry, &by, handle)).unwrap().unwrap();
    city.watch.set(own.until().as_second());
    assert_eq!(block_on(enter_assisting(&city.registry, &by, held)), Ok(None));
}

fn moved(city: &City, number: u32, by: &str) -> PersonRow {
    let (home, by, at) = ("410102".parse().unwrap(), by.parse().unwrap(), city.watch.now());
    PersonRow::Amendment(Amendment { number, home, initials: None, by, at })
}

#[test]
fn whoever_was_moved_past_the_acts_was_not() {
    does_not_follow(vec![
        (
            ActName::Amend,
            Box::new(move |city, persons| {
                let row = moved(city, 1, "staff-1");
                by_hand(city, persons[3], ActName::Amend, vec![row]);
            }),
            "the person let nobody at a desk help before it",
        ),
        (
            ActName::Amend,
            Box::new(move |city, persons| {
                by_hand(city, persons[3], ActName::Assist, vec![]);
                // A quarter of an hour later nobody may help any more.
                city.watch.set(city.watch.now().as_second() + 16 * 60);
                let row = moved(city, 1, "staff-1");
                by_hand(city, persons[3], ActName::Amend, vec![row]);
            }),
            "the person let nobody at a desk help before it",
        ),
        (
            ActName::Amend,
            Box::new(move |city, persons| {
                by_hand(city, persons[3], ActName::Assist, vec![]);
                city.watch.set(city.watch.now().as_second() + 1);
                let row = moved(city, 2, "staff-1");
                by_hand(city, persons[3], ActName::Amend, vec![row]);
            }),
            "it is not the next correction",
        ),
    ]);
}
