//! Whoever dies at whichever write, each change of a status is told once, and the census says what an assessment says.

mod again;
mod ahead;
mod beside;
mod dying;
mod moved;
mod order;
mod signed;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mingma_credential::Certificate;
use mingma_credential::UnixSeconds;
use mingma_credential::key::{SigningKey, SystemEntropy};
use mingma_credential::status::{RegionCode, StatusRef};
use mingma_domain::Fact;
use mingma_domain::assess::Outcome;
use mingma_domain::fact::{Color, RawFact};
use mingma_domain::risk::{Level, RegionRisk};
use mingma_domain::time::Zone;
use mingma_registry::acts::{Assess, AssessError, assess};
use mingma_registry::journal::Entry;
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::ports::KeySigner;
use mingma_registry::row::{
    AppealAnswer, AppealOpened, IssuedCode, Listed, PersonRow, PublicRow, RecordedFact, Registration,
    RulesetEntry,
};
use mingma_registry::store::{Newcomer, Witnessing};
use mingma_registry::words::{ActName, Ground, NoticeKind};
use mingma_registry::{
    AppealId, Change, Clock, CodeId, FactId, PersonId, Registry, RulesetNumber, Store as _, Witnessed,
};
use mingma_server::{App, Assets, SessionKey, Settings};
use mingma_store::SqliteStore;
use pollster::block_on;
use tempfile::TempDir;
use tokio::sync::watch;

use super::{Follower, Living};
use crate::command::serve::OtherHand;
use crate::ports::SystemRng;
use dying::{Dying, Shared};

const RULES: &str = include_str!("../../../../../rulesets/guangxi/2021-12/ruleset.toml");
const EXAMPLES: &str = include_str!("../../../../../rulesets/guangxi/2021-12/examples.toml");

/// A clock that a test sets, in seconds.
struct Set(AtomicI64);

impl Clock for Set {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// A data folder with six people who hold green codes.
struct House {
    dir: TempDir,
    store: Arc<SqliteStore>,
    clock: Arc<Set>,
    /// Up to where the journal is witnessed; everything if a test says nothing else.
    witnessed: Arc<Witnessed>,
    /// By how many facts and codes were written; makes their ids.
    written: u8,
}

fn person(n: u8) -> PersonId {
    PersonId::new([n; 16])
}

const PEOPLE: std::ops::Range<u8> = 1..7;

impl House {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let store =
            SqliteStore::open(dir.path(), mingma_store::Settings::default(), Arc::new(SystemRng)).unwrap();
        let noon: Timestamp = "2022-01-10T12:00:00+08:00".parse().unwrap();
        let clock = Arc::new(Set(AtomicI64::new(noon.as_second())));
        let mut house = Self { dir, store: Arc::new(store), clock, witnessed: Arc::default(), written: 0 };
        house.publish(PublicRow::Ruleset(RulesetEntry {
            region: "450000".parse().unwrap(),
            id: "2021-12".to_owned(),
            rules: RULES.to_owned(),
            examples: EXAMPLES.to_owned(),
        }));
        for n in PEOPLE {
            let document = format!("passport:JP:TR{n:07}").parse().unwrap();
            block_on(house.store.identify(vec![Newcomer { document, candidate: person(n) }])).unwrap();
            let (home, at) = ("450902".parse().unwrap(), house.clock.now());
            house.add(n, PersonRow::Registration(Registration { home, initials: None, at }));
            house.holds_green(n);
        }
        house
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn publish(&self, row: PublicRow) {
        let entry = Entry::public(&SystemRng, ActName::Publish, self.clock.now(), &row).unwrap();
        block_on(self.store.apply(vec![Change::Public { row, entry }])).unwrap();
    }

    fn risk(&self, region: &str) {
        let (region, from) = (region.parse().unwrap(), "2022-01-02".parse().unwrap());
        self.publish(PublicRow::Risk(RegionRisk { region, level: Level::High, from, until: None }));
    }

    fn add(&self, n: u8, row: PersonRow) {
        let rows = vec![row];
        let entry = Entry::about(&SystemRng, ActName::Record, self.clock.now(), person(n), &rows).unwrap();
        let entry = entry.from_office_in(Some("450000".parse().unwrap()));
        let change = Change::Person { person: person(n), rows, notices: Vec::new(), entry };
        block_on(self.store.apply(vec![change])).unwrap();
    }

    fn chance(&mut self) -> [u8; 10] {
        self.written += 1;
        [self.written; 10]
    }

    fn holds_green(&mut self, n: u8) {
        let chance = self.chance();
        self.add(n, PersonRow::Code(green(self.clock.now(), chance, self.written.into())));
    }

    fn fact(&mut self, n: u8, raw: RawFact<'_>) -> FactId {
        let (now, chance) = (self.clock.now(), self.chance());
        let (id, fact) = (FactId::new(now, chance), Fact::parse(&raw).unwrap());
        self.add(n, PersonRow::Fact(RecordedFact { id, fact, recorded: now }));
        id
    }

    fn was_in(&mut self, n: u8, region: &str) -> FactId {
        let raw = RawFact {
            kind: "stay",
            value: "declared",
            at: "2022-01-08",
            region,
            issuer: "self",
            ..RawFact::default()
        };
        self.fact(n, raw)
    }

    fn positive(&mut self, n: u8) {
        let raw = RawFact {
            kind: "test",
            value: "positive",
            at: "2022-01-10T09:00:00+08:00",
            issuer: "laboratory:450902-1",
            evidence: "S-1",
            ..RawFact::default()
        };
        self.fact(n, raw);
    }

    fn app(&self, store: &Arc<Dying>) -> App {
        let key = SigningKey::generate(&mut SystemEntropy).unwrap();
        let second = UnixSeconds::new(self.clock.now().as_second());
        let certificate = Certificate::self_signed(&key, "Guangxi", second, second.plus(86_400)).unwrap();
        let signer = KeySigner::new(key, certificate, RegionCode::parse("45").unwrap()).unwrap();
        let registry = Registry::new(
            Box::new(Witnessing::new(Shared(Arc::clone(store)), Arc::clone(&self.witnessed))),
            Box::new(Arc::clone(&self.clock)),
            Box::new(signer),
            Box::new(SystemRng),
        )
        .with_witnessed(Arc::clone(&self.witnessed));
        App::new(registry, SessionKey::new(&[7; 32]), Settings::default(), Assets::default())
    }

    /// Follows in a process that dies after so many writes, or until everything is told; whether it died. Gives what the
    /// census says of everybody at the end.
    fn follow(&self, writes: usize, is_kept: bool) -> (bool, Vec<Option<Outcome>>) {
        let store = Arc::new(Dying::after(Arc::clone(&self.store), writes, is_kept));
        let living = Arc::<Living>::default();
        let (app, zone) = (self.app(&store), Zone::named("Asia/Shanghai").unwrap());
        let follower = Follower { app, data: self.path().to_owned(), zone, living: Arc::clone(&living) };
        let process =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
        let (end, ends) = watch::channel(false);
        let following = process.spawn(follower.run(ends));
        let is_done = || {
            let state = living.state();
            state.current.is_some() && state.waiting == 0 && Ok(state.place) == block_on(self.store.fed())
        };
        let mut patience = 6_000;
        while !store.is_dead() && !is_done() {
            std::thread::sleep(Duration::from_millis(5));
            patience -= 1;
            assert!(patience > 0, "it neither dies nor ends");
        }
        let outcomes = || {
            let now = living.read().unwrap();
            let now = now.as_ref().unwrap();
            PEOPLE.map(|n| now.ledger.outcome(person(n).as_bytes())).collect()
        };
        if store.is_dead() {
            // All that was under way is gone.
            process.shutdown_background();
            return (true, Vec::new());
        }
        let seen = outcomes();
        end.send(true).unwrap();
        block_on(following).unwrap();
        (store.is_dead(), seen)
    }

    /// How often each was told, and how many of each one's codes are revoked.
    fn became(&self) -> Vec<(usize, usize)> {
        let one = |n| {
            let notices = block_on(self.store.notices(person(n))).unwrap();
            let told = notices.iter().filter(|(notice, _)| notice.kind == NoticeKind::StatusChanged).count();
            let entries = block_on(self.store.entries(Some(person(n)))).unwrap();
            assert_eq!(entries.iter().filter(|entry| entry.act == ActName::Transit).count(), told);
            (told, block_on(self.store.record(person(n))).unwrap().revocations.len())
        };
        PEOPLE.map(one).collect()
    }

    fn assessed(&self) -> Vec<Option<Outcome>> {
        let app = self.app(&Arc::new(Dying::after(Arc::clone(&self.store), usize::MAX, true)));
        let one = |n| {
            let wish = Assess { person: person(n) };
            let wish = authorize(Actor::Resident(person(n)), Purpose::SelfService, wish).unwrap();
            match block_on(assess(app.registry(), wish)) {
                Ok(assessment) => Some(assessment.status().outcome()),
                Err(AssessError::NoRules { .. }) => None,
                Err(error) => panic!("{error}"),
            }
        };
        PEOPLE.map(one).collect()
    }
}

/// People change by a risk level, by what is recorded, by both in one stretch, and by the turn of the day.
fn history(house: &mut House) {
    house.was_in(1, "440105");
    house.was_in(2, "440105");
    house.was_in(3, "440106");
    house.risk("440105");
    house.risk("440106");
    house.positive(4);
    house.was_in(5, "440105");
}

/// A green code on paper, by its place in a list.
fn green(now: Timestamp, chance: [u8; 10], index: u32) -> IssuedCode {
    IssuedCode {
        id: CodeId::new(now, chance),
        ruleset: RulesetNumber(1),
        paper: true,
        issued: now,
        expires: now + SignedDuration::from_hours(72),
        listed: Some(Listed { place: StatusRef { shard: 7, index }, color: Color::Green, device: None }),
    }
}

const RED: Option<Outcome> = Some(Outcome::Code(Color::Red));
const GREEN: Option<Outcome> = Some(Outcome::Code(Color::Green));

#[test]
fn each_change_is_told_once_whichever_write_the_process_dies_at() {
    let mut deaths = 0;
    for is_kept in [false, true] {
        for writes in 0.. {
            let mut house = House::new();
            assert!(!house.follow(usize::MAX, true).0, "it begins with what is now, and tells nobody of it");
            assert_eq!(house.became(), [(0, 0); 6]);
            history(&mut house);
            let (died, _) = house.follow(writes, is_kept);
            deaths += usize::from(died);
            // The second time it dies at once, at the end of what the first had kept, or not at all.
            house.follow(1, is_kept);
            let (_, seen) = house.follow(usize::MAX, true);
            assert_eq!(
                house.became(),
                [(1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (0, 0)],
                "{writes} {is_kept}"
            );
            assert_eq!(seen, house.assessed(), "{writes} {is_kept}");
            assert_eq!(seen, [RED, RED, RED, RED, RED, GREEN]);
            let marks = block_on(house.store.marks()).unwrap();
            assert_eq!(
                (marks.len(), marks[0].publication, Ok(marks[0].place)),
                (1, 3, block_on(house.store.fed()))
            );
            if !died {
                break;
            }
        }
    }
    // All are revoked by one write, and told by another.
    assert!(deaths >= 8, "{deaths} deaths");
}

#[test]
fn whoever_looks_around_for_another_hand_makes_nobody_forget_whom_to_tell() {
    let mut house = House::new();
    let hand = OtherHand::of(house.store.observer());
    house.follow(usize::MAX, true);
    let marks = block_on(house.store.marks()).unwrap();
    assert_eq!((block_on(hand.look()), block_on(house.store.marks()).unwrap()), (Ok(0), marks));
    history(&mut house);
    assert!(house.follow(0, true).0, "it dies before it has told anybody");
    assert_eq!(block_on(hand.look()), Ok(0));
    house.follow(usize::MAX, true);
    assert_eq!(house.became(), [(1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (0, 0)]);
}

#[test]
fn the_turn_of_the_day_tells_whose_day_has_come_once() {
    let mut house = House::new();
    house.was_in(1, "440105");
    house.risk("440105");
    assert!(!house.follow(usize::MAX, true).0);
    assert_eq!(house.became(), [(0, 0); 6]);
    // Six weeks later the stay has lasted its time; the program was off.
    house.clock.0.fetch_add(42 * 86_400, Ordering::SeqCst);
    for writes in [1, 2, 3, usize::MAX, usize::MAX] {
        house.follow(writes, true);
    }
    let (_, seen) = house.follow(usize::MAX, true);
    assert_eq!(seen, house.assessed());
    assert_eq!(seen[0], GREEN);
    assert_eq!(house.became()[0].0, 2, "once for each colour on the way back");
    assert_eq!(house.became()[1..], [(0, 0); 5]);
}

#[test]
fn what_came_while_the_program_was_off_is_told_in_its_order_by_the_day_and_the_law_of_its_time() {
    let mut house = House::new();
    house.was_in(1, "440105");
    house.risk("440105");
    assert!(!house.follow(usize::MAX, true).0);
    // The stay lasts its time; then somebody was elsewhere, and an hour later that place is high.
    house.clock.0.fetch_add(42 * 86_400, Ordering::SeqCst);
    let raw =
        RawFact { kind: "stay", value: "declared", at: "2022-02-20", issuer: "self", ..RawFact::default() };
    house.fact(1, RawFact { region: "440106", ..raw });
    house.clock.0.fetch_add(3_600, Ordering::SeqCst);
    house.risk("440106");
    let high = house.clock.now();
    house.clock.0.fetch_add(60, Ordering::SeqCst);
    for writes in [1, 3, 5, usize::MAX, usize::MAX] {
        house.follow(writes, true);
    }
    let (_, seen) = house.follow(usize::MAX, true);
    assert_eq!((seen[0], &seen), (RED, &house.assessed()));
    let notices = block_on(house.store.notices(person(1))).unwrap();
    let mut told: Vec<Timestamp> = notices.iter().map(|(notice, _)| notice.created).collect();
    told.sort_unstable();
    let [yellow, green, red] = told[..] else { panic!("{told:?}") };
    let zone = Zone::named("Asia/Shanghai").unwrap();
    for midnight in [yellow, green] {
        assert_eq!(zone.start_of(zone.day_of(midnight)), midnight.as_second());
    }
    assert_eq!((yellow < green, red), (true, high));
}

#[test]
fn a_dispute_that_nobody_answers_ends_with_the_day_and_is_told_once() {
    let mut house = House::new();
    house.risk("440105");
    let (disputed, answered) = (house.was_in(1, "440105"), house.was_in(2, "440105"));
    assert!(!house.follow(usize::MAX, true).0);
    let now = house.clock.now();
    let due = now + SignedDuration::from_hours(48);
    for (n, fact) in [(1, disputed), (2, answered)] {
        let id = AppealId::new(now, house.chance());
        house.add(n, PersonRow::Appeal(AppealOpened { id, fact, ground: Ground::NotMe, at: now, due }));
        if n == 2 {
            house.add(n, PersonRow::AppealAnswer(AppealAnswer { appeal: id, upheld: false, at: now }));
        }
    }
    house.clock.0.fetch_add(86_400, Ordering::SeqCst);
    house.follow(usize::MAX, true);
    assert_eq!(house.became(), [(0, 0); 6], "it is not due yet");
    house.clock.0.fetch_add(2 * 86_400, Ordering::SeqCst);
    for writes in [0, 1, 2, 3, usize::MAX] {
        house.follow(writes, true);
    }
    let (_, seen) = house.follow(usize::MAX, true);
    assert_eq!(seen, house.assessed());
    assert_eq!(seen[..2], [GREEN, RED]);
    assert_eq!(house.became()[..2], [(1, 0), (0, 0)]);
}
