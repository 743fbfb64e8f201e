//! Codes come first: whoever is worse off has no code that is too good before anybody is told, however many wait to be told.

use mingma_census::transition::{Cause, Transition};
use mingma_registry::feed::Mark;
use tokio::sync::mpsc;

use super::super::marks::Marks;
use super::super::tell::{self, Told};
use super::*;

/// More than are told together, and than are looked at together.
const MANY: u16 = 1_500;

fn one_of_many(n: u16) -> PersonId {
    let mut id = [9; 16];
    id[14..].copy_from_slice(&n.to_be_bytes());
    PersonId::new(id)
}

impl House {
    /// Many who were where it will be risky, and hold green codes.
    fn many(&self) {
        let (now, zero) = (self.clock.now(), [0; 8]);
        let stay = RawFact {
            kind: "stay",
            value: "declared",
            at: "2022-01-08",
            region: "440105",
            issuer: "self",
            ..RawFact::default()
        };
        let fact = Fact::parse(&stay).unwrap();
        let of = |n: u16| {
            let mut chance = [3; 10];
            chance[..2].copy_from_slice(&n.to_be_bytes());
            chance[2..].copy_from_slice(&zero);
            let home = "450902".parse().unwrap();
            let code = green(now, chance, 1_000 + u32::from(n));
            let fact = RecordedFact { id: FactId::new(now, chance), fact: fact.clone(), recorded: now };
            let registration = Registration { home, initials: None, at: now };
            [PersonRow::Registration(registration), PersonRow::Fact(fact), PersonRow::Code(code)].map(|row| {
                let (person, rows) = (one_of_many(n), vec![row]);
                let entry = Entry::about(&SystemRng, ActName::Record, now, person, &rows).unwrap();
                Change::Person { person, rows, notices: Vec::new(), entry }
            })
        };
        let newcomers = (0..MANY).map(|n| Newcomer {
            document: format!("passport:JP:TM{n:07}").parse().unwrap(),
            candidate: one_of_many(n),
        });
        block_on(self.store.identify(newcomers.collect())).unwrap();
        for part in (0..MANY).collect::<Vec<_>>().chunks(1_000) {
            block_on(self.store.apply(part.iter().flat_map(|n| of(*n)).collect())).unwrap();
        }
    }

    /// The revocations and the notices of another status, in the order in which they were kept.
    fn order(&self) -> Vec<ActName> {
        let acts =
            block_on(self.store.journal(0, u32::MAX)).unwrap().into_iter().map(|entry| entry.entry.act);
        acts.filter(|act| matches!(act, ActName::Revoke | ActName::Transit)).collect()
    }
}

#[test]
fn of_many_who_are_worse_off_at_once_every_code_is_revoked_before_anybody_is_told_whenever_it_dies() {
    let house = House::new();
    house.many();
    assert!(!house.follow(usize::MAX, true).0, "it begins with what is now");
    house.risk("440105");
    let mut deaths = 0;
    // What was told is told again by each, so that later ones need more writes to get as far.
    while house.follow(1 + deaths / 8, deaths % 2 == 0).0 {
        deaths += 1;
        assert!(deaths < 64, "it never ends");
    }
    house.follow(usize::MAX, true);
    let (many, order) = (usize::from(MANY), house.order());
    assert_eq!(order.len(), 2 * many, "each once");
    assert!(order[..many].iter().all(|act| *act == ActName::Revoke), "somebody was told before");
    assert!(deaths >= 6, "{deaths} deaths");
    for n in 0..MANY {
        let record = block_on(house.store.record(one_of_many(n))).unwrap();
        let notices = block_on(house.store.notices(one_of_many(n))).unwrap();
        assert_eq!((record.revocations.len(), notices.len()), (1, 1), "person {n}");
    }
}

#[test]
fn whatever_comes_to_be_revoked_waits_for_no_notice_of_what_came_before() {
    let mut house = House::new();
    for n in [1, 2] {
        house.was_in(n, "440105");
    }
    house.risk("440105");
    let (stretches, to_tell) = mpsc::channel(4);
    let at = house.clock.now();
    let worse =
        |n| Transition { person: *person(n).as_bytes(), at, from: GREEN, to: RED, cause: Cause::Risk(2) };
    let day = Zone::named("Asia/Shanghai").unwrap().day_of(at);
    for (n, place) in [(1, 8), (2, 9)] {
        let mark = Mark { publication: 2, day, place, witnessed: Witnessed::EVERYTHING, at };
        let told = Told { transitions: vec![worse(n)], signed: Vec::new() };
        stretches.try_send((mark, told)).unwrap();
    }
    drop(stretches);
    let app = house.app(&Arc::new(Dying::after(Arc::clone(&house.store), usize::MAX, true)));
    let marks = Arc::new(tokio::sync::Mutex::new(Marks::of(Vec::new())));
    let (_end, ends) = watch::channel(false);
    let process =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    process.block_on(tell::run(app, Arc::default(), marks, to_tell, ends));
    let acts = [ActName::Revoke, ActName::Revoke, ActName::Transit, ActName::Transit];
    assert_eq!(house.order(), acts);
}
