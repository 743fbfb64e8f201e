//! The sequencer at every crash point: no act missing, none twice, no checkpoint that contradicts another.

mod lost;
mod turn;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use mingma_journal::checkpoint::{Checkpoint, SignedCheckpoint};
use mingma_journal::hash::Hash;
use mingma_journal::leaf::{Act, Leaf};
use mingma_journal::note::Note;
use mingma_journal::note::sign::LogSigner;
use mingma_journal::quarter::Quarter;
use mingma_journal::sequencer::{Disk, Fault, NoWitnesses, PortError, Sequencer, Signed, Source, Witnesses};
use mingma_journal::tiles::{Damage, Start, TileError, TilePath, TileReader, audit};

use crate::support::{act, mth};

const NAME: &str = "journal.henan.example";
const SEED: [u8; 32] = [9; 32];

fn q(text: &str) -> Quarter {
    text.parse().unwrap()
}

/// What goes wrong at a step of the disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    /// The step answers with an error, and nothing of it is there.
    Failed,
    /// It answers with an error, and all of it is there.
    FailedButPersisted,
    /// Of several files half are there; then the process is killed.
    KilledWithin,
    /// The process is killed before it.
    KilledBefore,
    /// The process is killed after it, before anybody hears the answer.
    KilledAfter,
}

const FATES: [Fate; 5] =
    [Fate::Failed, Fate::FailedButPersisted, Fate::KilledWithin, Fate::KilledBefore, Fate::KilledAfter];

/// What outlives a process: the disk, the database, and what the world has seen.
#[derive(Default)]
struct World {
    tiles: RefCell<BTreeMap<(String, TilePath), Vec<u8>>>,
    published: RefCell<BTreeMap<String, Vec<u8>>>,
    memory: RefCell<Option<String>>,
    acts: RefCell<Vec<Act>>,
    /// Every signature that left the signer.
    seen: RefCell<Vec<SignedCheckpoint>>,
    step: Cell<usize>,
    /// At which step what goes wrong.
    fate: Cell<Option<(usize, Fate)>>,
    killed: Cell<bool>,
    /// A bit to flip in the next write, by the file's place and the bit.
    flip: Cell<Option<(usize, usize)>>,
    /// How the database answers a second reading.
    second_reading: RefCell<Option<Act>>,
    readings: Cell<usize>,
    /// Whether the witnesses are away.
    alone: Cell<bool>,
}

type Shared = Rc<World>;

struct OnWorld(Shared);

impl World {
    fn commit(&self, n: usize) {
        let mut acts = self.acts.borrow_mut();
        for _ in 0..n {
            let next = u64::try_from(acts.len()).unwrap() + 1;
            acts.push(act(Hash::leaf(&next.to_be_bytes())));
        }
    }

    /// Does a step of the disk, or half of it, or not, as it is fated.
    fn step(&self, whole: impl FnOnce(), half: impl FnOnce()) -> Result<(), PortError> {
        if self.killed.get() {
            return Err(PortError("killed".to_owned()));
        }
        self.step.set(self.step.get() + 1);
        let fate = self.fate.get().filter(|(at, _)| *at == self.step.get()).map(|(_, fate)| fate);
        match fate {
            None => {
                whole();
                return Ok(());
            }
            Some(Fate::FailedButPersisted) => whole(),
            Some(Fate::Failed) => {}
            Some(Fate::KilledBefore) => self.killed.set(true),
            Some(Fate::KilledWithin) => {
                half();
                self.killed.set(true);
            }
            Some(Fate::KilledAfter) => {
                whole();
                self.killed.set(true);
            }
        }
        Err(PortError("as fated".to_owned()))
    }
}

impl Disk for OnWorld {
    fn read(&self, log: Quarter, path: &TilePath) -> Result<Option<Vec<u8>>, PortError> {
        Ok(self.0.tiles.borrow().get(&(log.to_string(), *path)).cloned())
    }

    fn write(&mut self, log: Quarter, files: &[(TilePath, Vec<u8>)]) -> Result<(), PortError> {
        let put = |files: &[(TilePath, Vec<u8>)]| {
            for (path, bytes) in files {
                self.0.tiles.borrow_mut().insert((log.to_string(), *path), bytes.clone());
            }
        };
        self.0.step(|| put(files), || put(&files[..files.len() / 2]))?;
        if let Some((file, bit)) = self.0.flip.take() {
            let (path, bytes) = &files[file % files.len()];
            let mut bytes = bytes.clone();
            let place = bit / 8 % bytes.len();
            bytes[place] ^= 1 << (bit % 8);
            self.0.tiles.borrow_mut().insert((log.to_string(), *path), bytes);
        }
        Ok(())
    }

    fn published(&self, log: Quarter) -> Result<Option<Vec<u8>>, PortError> {
        Ok(self.0.published.borrow().get(&log.to_string()).cloned())
    }

    fn publish(&mut self, log: Quarter, checkpoint: &Note) -> Result<(), PortError> {
        let bytes = checkpoint.to_string().into_bytes();
        let put = || drop(self.0.published.borrow_mut().insert(log.to_string(), bytes));
        self.0.step(put, || {})
    }

    fn signed(&self) -> Result<Option<String>, PortError> {
        Ok(self.0.memory.borrow().clone())
    }

    fn remember(&mut self, signed: &str) -> Result<(), PortError> {
        let put = || *self.0.memory.borrow_mut() = Some(signed.to_owned());
        self.0.step(put, || {})
    }
}

impl Source for OnWorld {
    fn after(&mut self, after: u64, limit: usize) -> Result<Vec<(u64, Act)>, PortError> {
        let acts = self.0.acts.borrow();
        let news = (1..).zip(acts.iter().cloned()).filter(|(number, _)| *number > after);
        let mut news: Vec<(u64, Act)> = news.take(limit).collect();
        self.0.readings.set(self.0.readings.get() + 1);
        if let (Some(other), [(_, first), ..]) = (&*self.0.second_reading.borrow(), &mut news[..])
            && self.0.readings.get().is_multiple_of(2)
        {
            *first = other.clone();
        }
        Ok(news)
    }
}

/// Whoever is asked to witness sees every signature, also those that are published later or never.
impl Witnesses for OnWorld {
    fn cosign(
        &mut self,
        checkpoint: &SignedCheckpoint,
        proof: &mut dyn FnMut(u64) -> Option<Vec<Hash>>,
    ) -> (Note, bool) {
        self.0.seen.borrow_mut().push(checkpoint.clone());
        (NoWitnesses.cosign(checkpoint, proof).0, !self.0.alone.get())
    }
}

fn process(world: &Shared) -> Sequencer<OnWorld, OnWorld, OnWorld> {
    world.killed.set(false);
    let own = || OnWorld(Rc::clone(world));
    Sequencer::new(NAME.to_owned(), SEED, own(), own(), own())
}

/// What is committed between rounds, and in which quarter: both sides of a bundle's end, a turn, a quarter of rest.
const LIFE: [(usize, &str); 9] = [
    (0, "2022q2"),
    (3, "2022q2"),
    (252, "2022q2"),
    (1, "2022q2"),
    (0, "2022q2"),
    (300, "2022q2"),
    (0, "2022q3"),
    (7, "2022q3"),
    (2, "2023q1"),
];

/// Lives through it: an error is tried again, a kill is followed by a new process. Gives how many steps the disk took.
fn live(world: &Shared) -> usize {
    let mut running = process(world);
    for (commits, quarter) in LIFE {
        world.commit(commits);
        // Twice more than any fault may need.
        for _ in 0..8 {
            match running.round(q(quarter)) {
                Ok(round) if !round.more && round.entries == 0 => break,
                Err(Fault::Port(_)) if world.killed.get() => running = process(world),
                Ok(_) | Err(Fault::Port(_)) => {}
                Err(fault) => panic!("{fault}"),
            }
        }
    }
    world.step.get()
}

fn key(log: Quarter) -> LogSigner {
    LogSigner::from_seed(log.origin(NAME).unwrap().as_str().parse().unwrap(), &SEED).unwrap()
}

struct Of<'w>(&'w World, String);

impl TileReader for Of<'_> {
    type Error = PortError;

    fn read(&self, path: &TilePath) -> Result<Option<Vec<u8>>, PortError> {
        Ok(self.0.tiles.borrow().get(&(self.1.clone(), *path)).cloned())
    }
}

/// Reads every log as a stranger does, and checks all that was ever signed against it.
fn inspect(world: &World, case: &str) {
    let mut acts = Vec::new();
    let mut trees: BTreeMap<String, Vec<Hash>> = BTreeMap::new();
    let mut former: Option<SignedCheckpoint> = None;
    for (log, bytes) in &*world.published.borrow() {
        let note = Note::from_bytes(bytes).unwrap();
        let head = SignedCheckpoint::open(note, key(q(log)).key()).unwrap();
        let Checkpoint { origin, size, root, .. } = head.checkpoint();
        let mut entries = Vec::new();
        let reader = Of(world, log.clone());
        audit(&reader, Start::Beginning, *size, *root, |_, entry| entries.push(entry.to_vec()))
            .unwrap_or_else(|error| panic!("{case}: {log}: {error}"));
        if let Some(former) = former.take() {
            let closing = q(log).continues(NAME, &entries[0], key(q(log).former().unwrap()).key()).unwrap();
            assert_eq!(closing, former, "{case}: {log} begins with the end of the one before");
        }
        for entry in &entries {
            if let Leaf::Act(act) = Leaf::from_bytes(entry).unwrap() {
                acts.push(act);
            }
        }
        trees.insert(origin.to_string(), entries.iter().map(|entry| Hash::leaf(entry)).collect());
        former = Some(head);
    }
    assert_eq!(acts, *world.acts.borrow(), "{case}: every act once, in the order of the commits");
    for seen in &*world.seen.borrow() {
        let Checkpoint { origin, size, root, .. } = seen.checkpoint();
        let size = usize::try_from(*size).unwrap();
        let leaves = &trees[&origin.to_string()];
        assert!(size <= leaves.len(), "{case}: {origin} was signed with {size} entries");
        assert_eq!(mth(&leaves[..size]), *root, "{case}: two heads of {origin} contradict each other");
    }
}

#[test]
fn at_no_crash_point_is_an_act_lost_or_doubled_or_two_heads_at_odds() {
    let steps = live(&Shared::default());
    assert!(steps > 20, "{steps}");
    let mut table = BTreeMap::new();
    for fate in FATES {
        for step in 1..=steps {
            let world = Shared::default();
            world.fate.set(Some((step, fate)));
            live(&world);
            assert!(world.step.get() >= step, "the step came");
            inspect(&world, &format!("{fate:?} at step {step}"));
            *table.entry(format!("{fate:?}")).or_insert(0) += 1;
        }
    }
    eprintln!("{steps} steps of the disk, each with {table:?}");
}

#[test]
fn two_faults_in_a_row_are_two_faults() {
    let steps = live(&Shared::default());
    for first in FATES {
        for second in FATES {
            for step in (1..=steps).step_by(2) {
                let world = Shared::default();
                world.fate.set(Some((step, first)));
                let mut running = process(&world);
                world.commit(259);
                for _ in 0..4 {
                    if running.round(q("2022q2")).is_err() {
                        world.fate.set(Some((world.step.get() + 1, second)));
                        if world.killed.get() {
                            running = process(&world);
                        }
                    }
                    world.commit(3);
                }
                world.fate.set(None);
                live(&world);
                inspect(&world, &format!("{first:?} at step {step}, then {second:?}"));
            }
        }
    }
}

#[test]
fn a_flipped_bit_is_found_before_anything_is_signed_and_the_file_is_named() {
    for file in 0..4 {
        for bit in [0, 77, 8_000, 12_345] {
            let world = Shared::default();
            let mut running = process(&world);
            world.commit(300);
            running.round(q("2022q2")).unwrap();
            let (memory, shown) = (world.memory.borrow().clone(), world.published.borrow().clone());
            world.commit(300);
            world.flip.set(Some((file, bit)));
            let fault = running.round(q("2022q2")).unwrap_err();
            assert!(fault.to_string().contains("tile/"), "{fault}");
            assert!(matches!(fault, Fault::Tiles(_)), "{fault}");
            assert_eq!((&*world.memory.borrow(), &*world.published.borrow()), (&memory, &shown));
            running.round(q("2022q2")).unwrap();
            inspect(&world, "after the flip");
        }
    }
}

#[test]
fn what_the_database_says_at_the_second_reading_counts_and_the_entry_is_named() {
    let world = Shared::default();
    let mut running = process(&world);
    world.commit(9);
    *world.second_reading.borrow_mut() = Some(act(Hash::EMPTY));
    let fault = running.round(q("2022q2")).unwrap_err();
    assert_eq!(fault, Fault::NotAsWritten { number: 1, index: 0 });
    assert_eq!(*world.memory.borrow(), None);
}

#[test]
fn a_database_from_a_backup_makes_no_fork() {
    let world = Shared::default();
    world.commit(300);
    let mut running = process(&world);
    running.round(q("2022q2")).unwrap();
    let (memory, shown) = (world.memory.borrow().clone(), world.published.borrow().clone());
    // It ends before what was signed; also where that was done while the program runs.
    world.acts.borrow_mut().truncate(290);
    for mut process in [running, process(&world)] {
        let fault = process.round(q("2022q2")).unwrap_err();
        assert_eq!(fault, Fault::DatabaseBehind { signed: 300, has: 290 });
    }
    assert_eq!((&*world.memory.borrow(), &*world.published.borrow()), (&memory, &shown));
    // What the log knows of the lost ones comes back, and then it goes on.
    let lost = process(&world).lost().unwrap();
    assert_eq!(lost.iter().map(|(number, _)| *number).collect::<Vec<_>>(), (291..=300).collect::<Vec<_>>());
    world.acts.borrow_mut().extend(lost.into_iter().map(|(_, act)| act));
    world.commit(1);
    assert_eq!(process(&world).round(q("2022q2")).unwrap().published, 301);
    assert_eq!(process(&world).lost(), Ok(vec![]));
    inspect(&world, "after the backup");
    let (memory, shown) = (world.memory.borrow().clone(), world.published.borrow().clone());
    world.acts.borrow_mut().truncate(290);
    // It has gone on from there, and now has other acts under the same numbers.
    world.acts.borrow_mut().extend((0..20).map(|n| act(Hash::leaf(&[n]))));
    let fault = process(&world).round(q("2022q2")).unwrap_err();
    assert_eq!(fault, Fault::AnotherDatabase { number: 301 });
    assert_eq!((&*world.memory.borrow(), &*world.published.borrow()), (&memory, &shown));
}

#[test]
fn a_signer_signs_nothing_that_did_not_grow_out_of_what_it_signed() {
    let world = Shared::default();
    world.commit(10);
    let mut running = process(&world);
    running.round(q("2022q2")).unwrap();
    // Another program signs meanwhile.
    let mut signed: Signed = world.memory.borrow().clone().unwrap().parse().unwrap();
    signed.checkpoint.root = Hash::EMPTY;
    *world.memory.borrow_mut() = Some(signed.to_string());
    world.commit(1);
    assert_eq!(running.round(q("2022q2")), Err(Fault::AnotherSigner));
    let opened = process(&world).round(q("2022q2")).unwrap_err();
    assert!(
        matches!(opened, Fault::Tiles(TileError::Damaged(Damage::Edge { .. } | Damage::Hashes { .. }))),
        "{opened:?}"
    );
    // Its memory is gone while the log is there.
    *world.memory.borrow_mut() = None;
    for quarter in ["2022q2", "2022q3"] {
        assert!(matches!(process(&world).round(q(quarter)), Err(Fault::MemoryLost(_))), "{quarter}");
    }
    // Or it is another log's.
    signed.checkpoint.origin = "another.example/2022q2".parse().unwrap();
    *world.memory.borrow_mut() = Some(signed.to_string());
    assert!(matches!(process(&world).round(q("2022q2")), Err(Fault::AnotherName(_))));
    *world.memory.borrow_mut() = Some("last 7\n".to_owned());
    assert!(matches!(process(&world).round(q("2022q2")), Err(Fault::Memory(_))));
}
