//! What the log costs: a million entries appended, proved, read back. Processor time on one core.
//!
//! `cargo bench -p mingma-journal` prints a table; `bench/README.md` says what was measured. The files lie below the
//! build's target directory, on a real disk, or in the folder that `-- --keep FOLDER` names, where they stay for a peer.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a bench prints, and may fail by panicking"
)]

use std::fs;
use std::hint::black_box;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use cpu_time::ProcessTime;
use mingma_journal::checkpoint::{Checkpoint, SignedCheckpoint};
use mingma_journal::hash::Hash;
use mingma_journal::leaf::{Act, Leaf};
use mingma_journal::merkle::{MemoryTree, consistency, inclusion};
use mingma_journal::note::key::PosixSeconds;
use mingma_journal::note::sign::LogSigner;
use mingma_journal::tiles::{Growing, Start, StoredTree, TilePath, TileReader, audit};

const ENTRIES: u64 = 1_000_000;

/// What a busy sequencer takes in a quarter of a second at 4,000 acts a second.
const GROUP: usize = 1_000;

const ORIGIN: &str = "journal.henan.example/2022q2";

/// Tiles in a folder.
struct Folder(PathBuf);

impl TileReader for Folder {
    type Error = io::Error;

    fn read(&self, path: &TilePath) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.0.join(path.to_string())) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    if let Err(error) = fs::write(&path, bytes) {
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
    }
}

/// What an issuer's act looks like in the log.
fn act(n: u64) -> Vec<u8> {
    let act = Act {
        name: "record".parse().unwrap(),
        at: PosixSeconds::new(1_655_092_800 + n / 1_000).unwrap(),
        issuer: Some(format!("hospital:410100-{:02}", n % 40).parse().unwrap()),
        region: Some("410100".parse().unwrap()),
        subject: None,
        commitment: Hash::leaf(&n.to_be_bytes()),
    };
    Leaf::Act(act).to_bytes()
}

fn signed(signer: &LogSigner, size: u64, root: Hash) -> SignedCheckpoint {
    Checkpoint::new(ORIGIN.parse().unwrap(), size, root).sign(signer).unwrap()
}

fn main() {
    let signer = LogSigner::from_seed(ORIGIN.parse().unwrap(), &[7; 32]).unwrap();
    let entries: Vec<Vec<u8>> = (0..ENTRIES).map(act).collect();
    let temporary = tempfile::TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let kept = std::env::args().skip_while(|argument| argument != "--keep").nth(1).map(PathBuf::from);
    let dir = kept.as_deref().unwrap_or(temporary.path());
    println!("{ENTRIES} entries of {} bytes", entries.iter().map(Vec::len).max().unwrap());

    let cpu = ProcessTime::now();
    let (mut log, mut files, mut heads) = (Growing::new(), 0, Vec::new());
    for group in entries.chunks(GROUP) {
        let growth = log.append(group).unwrap();
        files += black_box(&growth).files.len();
        heads.push(signed(&signer, growth.to, growth.root));
    }
    told(&format!("appended in groups of {GROUP}, tiles and {} checkpoints made", heads.len()), cpu);

    let cpu = ProcessTime::now();
    let whole = Growing::new().append(&entries).unwrap();
    told("appended in one", cpu);
    assert_eq!(whole.root, log.root());
    println!("  {files} files in groups, {} in one", whole.files.len());

    let cpu = ProcessTime::now();
    let mut log = Growing::new();
    for group in entries.chunks(GROUP) {
        let growth = log.append(group).unwrap();
        growth.files.iter().for_each(|(path, bytes)| write(dir, &path.to_string(), bytes));
        let head = signed(&signer, growth.to, growth.root);
        write(dir, "checkpoint", head.note().to_string().as_bytes());
    }
    told("the same, and every file written (not synced)", cpu);

    let cpu = ProcessTime::now();
    let memory: MemoryTree = entries.iter().map(|entry| Hash::leaf(entry)).collect();
    told("a tree in memory", cpu);
    let root = memory.root();
    assert_eq!(root, whole.root);

    let folder = Folder(dir.to_owned());
    let mut place = 0;
    let mut next = || {
        place = (place + 618_034) % ENTRIES;
        place
    };
    each("inclusion, in memory", 200_000, || inclusion(&mut &memory, next(), ENTRIES).unwrap());
    each("consistency, in memory", 200_000, || consistency(&mut &memory, next().max(1), ENTRIES).unwrap());
    each("inclusion from tiles on disk, tree opened anew", 5_000, || {
        let mut tree = StoredTree::open(&folder, ENTRIES, root).unwrap();
        inclusion(&mut tree, next(), ENTRIES).unwrap()
    });
    each("consistency from tiles on disk, tree opened anew", 5_000, || {
        let mut tree = StoredTree::open(&folder, ENTRIES, root).unwrap();
        consistency(&mut tree, next().max(1), ENTRIES).unwrap()
    });
    let mut tree = StoredTree::open(&folder, ENTRIES, root).unwrap();
    each("inclusion from tiles on disk, one tree", 20_000, || inclusion(&mut tree, next(), ENTRIES).unwrap());
    let proof = inclusion(&mut &memory, 77, ENTRIES).unwrap();
    let leaf = Hash::leaf(entries.get(77).unwrap());
    each("inclusion verified", 200_000, || proof.verify(leaf, root).unwrap());
    let head = signed(&signer, ENTRIES, root);
    each("checkpoint signed", 20_000, || signed(&signer, ENTRIES, root));
    each("checkpoint opened", 20_000, || {
        SignedCheckpoint::open(head.note().to_string().parse().unwrap(), signer.key()).unwrap()
    });

    let cpu = ProcessTime::now();
    let mut read = 0;
    audit(&folder, Start::Beginning, ENTRIES, root, |_, entry| {
        Leaf::from_bytes(entry).unwrap();
        read += 1;
    })
    .unwrap();
    assert_eq!(read, ENTRIES);
    told("all entries and tiles read back from disk and verified", cpu);
}

fn told(what: &str, since: ProcessTime) {
    let seconds = since.elapsed().as_secs_f64();
    println!("{what:<70} {seconds:>7.2} s  {:>9.0} a second", ENTRIES as f64 / seconds);
}

fn each<T>(what: &str, times: u32, mut act: impl FnMut() -> T) {
    let cpu = ProcessTime::now();
    (0..times).for_each(|_| drop(black_box(act())));
    println!("{what:<70} {:>7.2} µs", cpu.elapsed().as_secs_f64() * 1e6 / f64::from(times));
}
