//! What is over is destroyed, told of, and changes no status.

use jiff::{SignedDuration, Timestamp};
use mingma_domain::time::Zone;
use mingma_registry::acts::{
    AuthorizeApp, Bind, EndGrant, PurgeRound, Unable, authorize_app, bind, end_grant, purge, request_sign_in,
    sign_in, take_on, wards,
};
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::retention::{CHALLENGE_DAYS, GRANT_DAYS, NOTICE_DAYS};
use mingma_registry::row::PublicRow;
use mingma_registry::words::{ActName, CodeUse, Scope, Tie};
use mingma_registry::{Clock as _, PersonId};
use pollster::block_on;

use crate::house::{City, NOON, document, negative_test};

const DAY: i64 = 86_400;

fn night(city: &City, trial: bool) -> Result<PurgeRound, Unable> {
    block_on(purge(&city.registry, Zone::named("Asia/Shanghai").unwrap(), trial))
}

fn facts(city: &City, person: PersonId) -> usize {
    block_on(city.registry.store().record(person)).unwrap().facts.len()
}

fn acts(city: &City) -> usize {
    block_on(city.registry.store().published(0)).unwrap().len()
}

#[test]
fn a_night_destroys_what_is_over_tells_of_it_and_changes_no_status() {
    let city = City::new();
    let (person, other) = (city.resident(1), city.resident(2));
    let wire = document(1).to_wire();
    city.record(&city.laboratory, "k-1", &[negative_test(&wire)]).unwrap();
    city.contact(2, "k-2");
    let before = (city.assess(person).unwrap(), acts(&city));
    // A test of 13 June is kept through 12 August.
    city.watch.set(NOON + 60 * DAY);
    assert_eq!(
        night(&city, false).unwrap().purged.facts(),
        1,
        "the contact of 12 June is over a day earlier"
    );
    assert_eq!((facts(&city, person), facts(&city, other)), (1, 0));
    city.watch.set(NOON + 61 * DAY);
    let status = city.assess(person).unwrap().status().outcome();
    let would = night(&city, true).unwrap();
    assert_eq!(
        (would.purged.facts(), facts(&city, person), acts(&city)),
        (1, 1, before.1 + 1),
        "a trial destroys nothing"
    );
    let done = night(&city, false).unwrap();
    assert_eq!(done.purged, would.purged);
    assert_eq!(facts(&city, person), 0);
    assert_eq!(city.assess(person).unwrap().status().outcome(), status);
    let told = block_on(city.registry.store().published(0)).unwrap();
    let PublicRow::Purged(row) = &told.last().unwrap().row else { panic!("{told:?}") };
    assert_eq!(*row, done.purged);
    let [of_tests] = row.facts[..] else { panic!("{row:?}") };
    assert_eq!(
        (of_tests.kind.word(), of_tests.count, of_tests.first),
        ("test", 1, "2022-08-13".parse().unwrap())
    );
    let entries = block_on(city.registry.store().entries(None)).unwrap();
    let entry = entries.iter().find(|entry| entry.commits_to_public(&told.last().unwrap().row)).unwrap();
    assert_eq!(entry.act, ActName::Purge);
    // The entry about the person is there, and opens no more.
    let own = block_on(city.registry.store().entries(Some(person))).unwrap();
    let salted = |act| own.iter().find(|entry| entry.act == act).unwrap().salt.is_some();
    assert_eq!((own.len(), salted(ActName::Register), salted(ActName::Record)), (2, true, false));
    // A second night finds nothing, and says nothing.
    let acts_then = acts(&city);
    assert_eq!(
        night(&city, false).unwrap().purged,
        mingma_registry::retention::Purged::none(city.watch.now())
    );
    assert_eq!(acts(&city), acts_then);
}

#[test]
fn nothing_is_destroyed_while_the_clock_is_behind() {
    let city = City::new();
    let person = city.resident(1);
    city.record(&city.laboratory, "k-1", &[negative_test(&document(1).to_wire())]).unwrap();
    city.watch.set(NOON + 100 * DAY);
    city.resident(2);
    city.watch.set(NOON + 99 * DAY);
    assert!(matches!(night(&city, false), Err(Unable::ClockBack { .. })));
    assert_eq!(facts(&city, person), 1);
}

#[test]
fn codes_tries_and_notices_are_gone_after_their_time_and_not_before() {
    let city = City::new();
    let person = city.resident(1);
    block_on(request_sign_in(&city.registry, &document(1))).unwrap();
    let access = || block_on(city.registry.store().access(person, Timestamp::MIN)).unwrap();
    let code = access().open(CodeUse::SignIn, city.watch.now()).unwrap().code.clone();
    block_on(sign_in(&city.registry, &document(1), &code, None)).unwrap();
    let rows = || (access().challenges.len(), access().tries.len());
    let ended = NOON + 300;
    for (at, left) in [(ended + CHALLENGE_DAYS * DAY - 1, (1, 1)), (ended + CHALLENGE_DAYS * DAY, (0, 0))] {
        city.watch.set(at);
        night(&city, false).unwrap();
        assert_eq!(rows(), left, "{} s after its end", at - ended);
    }
    assert_eq!(access().reaches.len(), 1, "where the person is reached stays");
    assert_eq!(access().sign_ins.len(), 1, "the session still runs");
    let notices = || block_on(city.registry.store().notices(person)).unwrap().len();
    assert!(notices() > 0);
    city.watch.set(NOON + NOTICE_DAYS * DAY);
    night(&city, false).unwrap();
    assert_eq!((notices(), access().sign_ins.len()), (0, 0));
}

#[test]
fn for_whom_somebody_acts_is_told_while_they_may_and_destroyed_after_the_binding() {
    let city = City::new();
    let (ward, agent) = (city.resident(1), city.resident(2));
    let bound = |key: &str| {
        let wish = Bind { ward, key: key.parse().unwrap(), agent: document(2), tie: Tie::Family, days: 7 };
        let allowed = authorize(Actor::Resident(ward), Purpose::SelfService, wish).unwrap();
        block_on(bind(&city.registry, allowed)).unwrap()
    };
    let told = || {
        let wards = block_on(wards(&city.registry, agent)).unwrap();
        wards.into_iter().map(|(person, binding)| (person, binding.id)).collect::<Vec<_>>()
    };
    let kept = || block_on(city.registry.store().access(agent, Timestamp::MIN)).unwrap().wards.len();
    let first = bound("k-1");
    assert_eq!(told(), [], "nobody is put on a list by others");
    assert!(block_on(take_on(&city.registry, agent, &document(1))).unwrap().is_some());
    assert!(block_on(take_on(&city.registry, agent, &document(1))).unwrap().is_some());
    assert!(block_on(take_on(&city.registry, ward, &document(2))).unwrap().is_none());
    assert_eq!((told(), kept()), (vec![(ward, first)], 1));
    city.watch.set(NOON + 7 * DAY);
    assert_eq!(told(), []);
    let anew = bound("k-2");
    assert_eq!(told(), [(ward, anew)], "bound anew while the former is kept");
    for (after, left) in [(-1, 1), (0, 0)] {
        city.watch.set(NOON + (7 + GRANT_DAYS) * DAY + after);
        night(&city, false).unwrap();
        assert_eq!((kept(), told()), (left, vec![]));
    }
}

#[test]
fn destroying_the_end_of_a_grant_gives_nobody_the_grant_back() {
    let city = City::new();
    let person = city.resident(1);
    let wish = AuthorizeApp {
        person,
        app: "metro-gate".parse().unwrap(),
        scope: Scope::QueryStatus,
        days: 90,
        key: "g-1".parse().unwrap(),
        device: None,
    };
    let allowed = authorize(Actor::Resident(person), Purpose::SelfService, wish).unwrap();
    let grant = block_on(authorize_app(&city.registry, allowed)).unwrap();
    city.watch.set(NOON + DAY);
    let end = authorize(Actor::Resident(person), Purpose::SelfService, EndGrant { person, grant }).unwrap();
    block_on(end_grant(&city.registry, end)).unwrap();
    let last = NOON + (90 + GRANT_DAYS) * DAY;
    for (at, left) in [(NOON + (2 + GRANT_DAYS) * DAY, 2), (last - 1, 2), (last, 0)] {
        city.watch.set(at);
        let now = city.watch.now().checked_add(SignedDuration::ZERO).unwrap();
        night(&city, false).unwrap();
        let record = block_on(city.registry.store().record(person)).unwrap();
        assert_eq!(record.grants.len(), left);
        assert_eq!(record.grants_in_force(now).count(), 0);
    }
}
