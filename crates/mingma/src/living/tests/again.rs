//! What people are told follows from the journal's acts alone: random cities, followed by the living census, which dies now and then,
//! are lived again by the replay, which has nothing but the log and what opens it.

use std::sync::atomic::AtomicU64;

use mingma_census::job::severity;
use mingma_domain::fact::{Entitlement, Issuer, IssuerClass, RetractionReason};
use mingma_domain::time::Day;
use mingma_registry::acts::{Audit, open_persons, open_public};
use mingma_registry::replay::bundle::{begin, read};
use mingma_registry::replay::{Case, Changed, Extent, Logged, Noted};
use mingma_registry::row::{Countersignature, EntitlementEntry, IssuerEntry, RecordedRetraction};
use mingma_registry::words::Capacity;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use super::*;

/// How many cities are lived; each has its number for a seed.
const CITIES: u64 = 112;
/// How many at a time: they mostly wait for the disk and for one another.
const AT_ONCE: u64 = 8;
/// How often something happens in each, and how much at most before the program sees it.
const STRETCHES: u32 = 8;
const IN_A_STRETCH: usize = 6;

const LABORATORY: &str = "laboratory:450902-1";
const CDC: &str = "cdc:450900";
const COMMUNITY: &str = "community:450902-1";
/// Where people were, and what may turn.
const PLACES: [&str; 2] = ["440105", "440106"];
/// Rules that are published for all of these, or for a part.
const RULESETS: [&str; 4] = [
    RULES,
    include_str!("../../../../../rulesets/zhejiang/2020-02/ruleset.toml"),
    include_str!("../../../../../rulesets/shaanxi/2020/ruleset.toml"),
    include_str!("../../../../../rulesets/heilongjiang/2020/ruleset.toml"),
];
const HOMES: [&str; 3] = ["450000", "450900", "450902"];
/// Where nothing is published.
const ELSEWHERE: &str = "110101";

/// Rules under another name, for another region and time.
fn rules_for(rules: &str, id: &str, region: &str, (effect, sunset): (Day, Day)) -> String {
    let (head, rest) = rules.split_once("[ruleset.title]").unwrap();
    let line = |line: &str| match line.split_once(" = ").map(|(name, _)| name) {
        Some("id") => format!("id = \"{id}\""),
        Some("region") => format!("region = \"{region}\""),
        Some("effect") => format!("effect = {effect}"),
        Some("sunset") => format!("sunset = {sunset}"),
        _ => line.to_owned(),
    };
    let head: Vec<String> = head.lines().map(line).collect();
    format!("{}\n[ruleset.title]{rest}", head.join("\n"))
}

#[test]
#[expect(clippy::print_stdout, reason = "a test says which seeds it tried")]
fn in_every_random_city_what_was_told_is_what_the_journals_acts_make_again() {
    let next = AtomicU64::new(0);
    let lives = || {
        let mut told = 0;
        loop {
            let seed = next.fetch_add(1, Ordering::SeqCst);
            if seed >= CITIES {
                return told;
            }
            told += Lived::new(seed).live();
        }
    };
    let told: u64 = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(lives)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    println!("cities 0 to {}: {told} changes of a status were told, and made again", CITIES - 1);
    assert!(told >= CITIES, "{told} are too few to show anything");
}

/// A city that is followed from its first day on.
struct Lived {
    house: House,
    seed: u64,
    chance: ChaCha8Rng,
    /// Facts that an office recorded, and about whom: what can be countersigned, taken back or disputed.
    recorded: Vec<(u8, FactId, Issuer)>,
    appeals: Vec<(u8, AppealId, FactId)>,
    /// How many rulesets were published.
    rulesets: u32,
}

impl Lived {
    fn new(seed: u64) -> Self {
        let house = House::new();
        for (issuer, organisation, capacity, kind) in [
            (LABORATORY, "lab", Capacity::Submit, "test"),
            (CDC, "cdc", Capacity::Submit, "contact"),
            (COMMUNITY, "community", Capacity::Countersign, "contact"),
        ] {
            let region = "450000".parse().unwrap();
            let issuer: Issuer = issuer.parse().unwrap();
            let organisation = organisation.parse().unwrap();
            house.publish(PublicRow::Issuer(IssuerEntry { issuer: issuer.clone(), organisation, region }));
            let (kind, from, until) =
                (kind.parse().unwrap(), "2022-01-01".parse().unwrap(), "2022-12-31".parse().unwrap());
            let entitlement = Entitlement { issuer, kind, region, from, until };
            house.publish(PublicRow::Entitlement(EntitlementEntry { capacity, entitlement }));
        }
        let chance = ChaCha8Rng::seed_from_u64(seed);
        Self { house, seed, chance, recorded: Vec::new(), appeals: Vec::new(), rulesets: 0 }
    }

    /// Lives it; gives how many changes were told. In every second city the program sees all of a stretch at once, for it was off; in
    /// the others it follows while things happen.
    fn live(mut self) -> u64 {
        if self.seed.is_multiple_of(2) {
            self.see();
            for _ in 0..STRETCHES {
                self.stretch();
                self.see();
            }
        } else {
            let store = Arc::new(Dying::after(Arc::clone(&self.house.store), usize::MAX, true));
            let living = Arc::<Living>::default();
            let (app, zone) = (self.house.app(&store), Zone::named("Asia/Shanghai").unwrap());
            let data = self.house.path().to_owned();
            let follower = Follower { app, data, zone, living: Arc::clone(&living) };
            let process = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build();
            let process = process.unwrap();
            let (end, ends) = watch::channel(false);
            let following = process.spawn(follower.run(ends));
            self.settle(&living);
            for _ in 0..STRETCHES {
                self.stretch();
                self.settle(&living);
            }
            end.send(true).unwrap();
            block_on(following).unwrap();
        }
        self.made_again()
    }

    /// The program is started, sees everything that happened, and ends; one time in four another died over it before.
    fn see(&mut self) {
        if self.below(4) == 0 {
            let (writes, is_kept) = (self.below(6), self.below(2) == 0);
            self.house.follow(writes, is_kept);
        }
        let (died, seen) = self.house.follow(usize::MAX, true);
        assert!(!died);
        assert_eq!(seen, self.house.assessed(), "city {}", self.seed);
    }

    /// Acts, facts and days, in any order.
    fn stretch(&mut self) {
        for _ in 0..=self.below(IN_A_STRETCH) {
            self.act();
            // Now and then past midnight.
            let seconds = [0, 1, 600, 36_000][self.below(4)];
            self.house.clock.0.fetch_add(seconds, Ordering::SeqCst);
        }
    }

    /// Waits until everything is taken in and told.
    fn settle(&self, living: &Living) {
        let mut patience = 12_000;
        // A look of this very second may have been before the last act.
        self.house.clock.0.fetch_add(1, Ordering::SeqCst);
        let is_settled = || {
            let state = living.state();
            let now = self.house.clock.now();
            let is_current = state.current.is_some_and(|as_of| as_of >= now);
            is_current && state.waiting == 0 && Ok(state.place) == block_on(self.house.store.fed())
        };
        while !is_settled() {
            std::thread::sleep(Duration::from_millis(5));
            patience -= 1;
            assert!(patience > 0, "city {} does not settle", self.seed);
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.chance.next_u32()).unwrap() % bound
    }

    /// One of those that are there.
    fn one<T: Clone>(&mut self, of: impl Fn(&Self) -> &Vec<T>) -> Option<T> {
        let count = of(self).len();
        if count == 0 {
            return None;
        }
        let place = self.below(count);
        of(self).get(place).cloned()
    }

    /// One thing happens.
    fn act(&mut self) {
        // The program sees each turn of the day as it comes, or many at once, as when it was off.
        let n = u8::try_from(1 + self.below(6)).unwrap();
        match self.below(15) {
            0..=2 => {
                let most = if self.below(3) == 0 { 42 } else { 3 };
                let days = 1 + i64::try_from(self.below(most)).unwrap();
                self.house.clock.0.fetch_add(days * 86_400, Ordering::SeqCst);
            }
            3 | 4 => {
                let place = PLACES[self.below(2)];
                let day = self.yesterday();
                let raw = RawFact {
                    kind: "stay",
                    value: "declared",
                    at: &day,
                    region: place,
                    ..RawFact::default()
                };
                self.fact(n, ActName::Declare, RawFact { issuer: "self", ..raw });
            }
            5 => self.tested(n),
            6 | 7 => {
                let day = self.yesterday();
                let raw = RawFact { kind: "contact", value: "close", at: &day, ..RawFact::default() };
                self.fact(n, ActName::Record, RawFact { issuer: CDC, evidence: "INV-1", ..raw });
            }
            8 => {
                let at = self.house.clock.now();
                let (region, from) =
                    (PLACES[self.below(2)].parse().unwrap(), self.yesterday().parse().unwrap());
                let level = if self.below(3) == 0 { Level::Low } else { Level::High };
                let row = PublicRow::Risk(RegionRisk { region, level, from, until: None });
                let entry = Entry::public(&SystemRng, ActName::SetRisk, at, &row).unwrap();
                block_on(self.house.store.apply(vec![Change::Public { row, entry }])).unwrap();
            }
            9 => self.countersigned(),
            12 | 13 => self.ruled(),
            10 => self.taken_back(),
            14 => self.moved(n),
            _ => self.disputed(),
        }
    }

    fn today(&self) -> Day {
        Zone::named("Asia/Shanghai").unwrap().day_of(self.house.clock.now())
    }

    fn yesterday(&self) -> String {
        self.today().minus(1).to_string()
    }

    /// Rules are published that are in force at once, or in some days, and end.
    fn ruled(&mut self) {
        let from = self.today().plus(u16::try_from(self.below(3)).unwrap());
        let until = from.plus(10 + u16::try_from(self.below(90)).unwrap());
        let (rules, region) = (RULESETS[self.below(4)], HOMES[self.below(3)]);
        self.rulesets += 1;
        let id = format!("drawn-{}", self.rulesets);
        let rules = rules_for(rules, &id, region, (from, until));
        let region = region.parse().unwrap();
        self.house.publish(PublicRow::Ruleset(RulesetEntry {
            region,
            id,
            rules,
            examples: EXAMPLES.to_owned(),
        }));
    }

    fn tested(&mut self, n: u8) {
        let at = (self.house.clock.now() - SignedDuration::from_hours(3)).to_string();
        let value = if self.below(2) == 0 { "positive" } else { "negative" };
        let raw = RawFact { kind: "test", value, at: &at, issuer: LABORATORY, ..RawFact::default() };
        self.fact(n, ActName::Record, RawFact { evidence: "S-1", ..raw });
    }

    fn fact(&mut self, n: u8, act: ActName, raw: RawFact<'_>) {
        let (now, chance) = (self.house.clock.now(), self.house.chance());
        let (id, fact) = (FactId::new(now, chance), Fact::parse(&raw).unwrap());
        if fact.issuer().class() != IssuerClass::Resident {
            self.recorded.push((n, id, fact.issuer().clone()));
        }
        self.does(n, act, vec![PersonRow::Fact(RecordedFact { id, fact, recorded: now })]);
    }

    fn countersigned(&mut self) {
        let contacts = |it: &Self| {
            it.recorded.iter().filter(|(.., by)| by.to_string() == CDC).cloned().collect::<Vec<_>>()
        };
        let waiting = contacts(self);
        if waiting.is_empty() {
            return;
        }
        let (n, fact, _) = waiting[self.below(waiting.len())].clone();
        let row = Countersignature { fact, issuer: COMMUNITY.parse().unwrap(), at: self.house.clock.now() };
        self.does(n, ActName::Countersign, vec![PersonRow::Countersignature(row)]);
    }

    fn taken_back(&mut self) {
        let Some((n, fact, issuer)) = self.one(|it| &it.recorded) else { return };
        let (reason, at) = (RetractionReason::EnteredInError, self.house.clock.now());
        let row = RecordedRetraction { fact, issuer, reason, at };
        self.does(n, ActName::Retract, vec![PersonRow::Retraction(row)]);
        self.recorded.retain(|(_, other, _)| *other != fact);
    }

    /// Somebody lives elsewhere from now on, also where no rules are.
    fn moved(&mut self, n: u8) {
        let home = [HOMES[0], HOMES[1], HOMES[2], ELSEWHERE][self.below(4)];
        self.house.moves(n, home);
    }

    /// Somebody disputes a fact, or one who did is answered.
    fn disputed(&mut self) {
        let at = self.house.clock.now();
        if let Some((n, appeal, fact)) = self.one(|it| &it.appeals) {
            let upheld = self.below(2) == 0;
            let mut rows = vec![PersonRow::AppealAnswer(AppealAnswer { appeal, upheld, at })];
            if upheld {
                let (issuer, reason) = (Issuer::of(IssuerClass::Appeal), RetractionReason::AppealUpheld);
                rows.push(PersonRow::Retraction(RecordedRetraction { fact, issuer, reason, at }));
                self.recorded.retain(|(_, other, _)| *other != fact);
            }
            self.appeals.retain(|(_, other, _)| *other != appeal);
            self.does(n, ActName::AnswerAppeal, rows);
        } else if let Some((n, fact, _)) = self.one(|it| &it.recorded) {
            let id = AppealId::new(at, self.house.chance());
            // Silence ends it with a day, as the census reckons.
            let zone = Zone::named("Asia/Shanghai").unwrap();
            let due = Timestamp::from_second(zone.start_of(zone.day_of(at).plus(3))).unwrap();
            let row = AppealOpened { id, fact, ground: Ground::NotMe, at, due };
            self.appeals.push((n, id, fact));
            self.does(n, ActName::Appeal, vec![PersonRow::Appeal(row)]);
        }
    }

    fn does(&self, n: u8, act: ActName, rows: Vec<PersonRow>) {
        let entry = Entry::about(&SystemRng, act, self.house.clock.now(), person(n), &rows).unwrap();
        let entry = entry.from_office_in(Some("450000".parse().unwrap()));
        let change = Change::Person { person: person(n), rows, notices: Vec::new(), entry };
        block_on(self.house.store.apply(vec![change])).unwrap();
    }

    /// Lives it again from the log and what opens it, and holds what was told against that; gives how much was told.
    fn made_again(&self) -> u64 {
        let store = Arc::new(Dying::after(Arc::clone(&self.house.store), usize::MAX, true));
        let app = self.house.app(&store);
        let registry = app.registry();
        let entries = block_on(self.house.store.journal(0, u32::MAX)).unwrap();
        let log: Vec<Logged> = entries.iter().map(|numbered| Logged::from(&numbered.entry)).collect();
        let until = u64::try_from(log.len()).unwrap();
        let audit = Audit { by: "inspectorate".parse().unwrap(), case: "2022-17".parse().unwrap() };
        let persons: Vec<PersonId> = PEOPLE.map(person).collect();
        let mut openings = block_on(open_public(registry, until)).unwrap();
        openings.extend(block_on(open_persons(registry, &audit, &persons, until)).unwrap().written);
        openings.sort_by_key(|(number, _)| *number);
        let mut file = begin("a checkpoint", None);
        for (_, opening) in &openings {
            file.extend_from_slice(opening);
        }
        let openings = read(&file).unwrap().1;
        let case = Case::new(&log, &openings, Extent::Everybody);
        let replayed = case.and_then(|case| Ok((case.part(0, 1)?, case.shown()?)));
        let (sound, shown) = replayed.unwrap_or_else(|fault| panic!("city {}: {fault}", self.seed));
        assert_eq!(sound.untold, Noted::default(), "city {}: whoever was told is not counted", self.seed);
        let mut moved = [0_u64; 2];
        for (whose, changes) in shown {
            let notices = block_on(self.house.store.notices(whose)).unwrap();
            let notices = notices.iter().filter(|(notice, _)| notice.kind == NoticeKind::StatusChanged);
            let mut told: Vec<Timestamp> = notices.map(|(notice, _)| notice.created).collect();
            told.sort_unstable();
            // Whoever has just registered reads the first status in the answer; of every other one they are told.
            let changes = changes.get(1..).unwrap_or_default();
            let follow: Vec<Timestamp> = changes.iter().map(|changed| changed.at).collect();
            assert_eq!(told, follow, "city {}, {whose:?}: {changes:?}", self.seed);
            for changed in changes {
                moved[usize::from(is_worse(changed))] += 1;
            }
        }
        // And each was counted once, for the better or for the worse.
        let counted = block_on(self.house.store.moved(0, i64::MAX)).unwrap();
        let of = |is_worse| counted.iter().filter(move |on| on.moved.is_worse == is_worse);
        let counted = [false, true].map(|is_worse| of(is_worse).map(|on| on.persons).sum::<u64>());
        assert_eq!(counted, moved, "city {}: for the better, for the worse", self.seed);
        moved.iter().sum()
    }
}

/// Whether somebody may do less than before; whoever was shown nothing, by anything but green.
fn is_worse(changed: &Changed) -> bool {
    let [from, to] = [changed.from, changed.to].map(|outcome| outcome.map_or(0, severity));
    to > from
}
