//! What the fuzz targets do with their bytes; the crate's own tests run the same functions over seeded mutations.
//!
//! Each function panics only if a law is broken: what reads must write the same bytes, what a stranger's bytes say must
//! never be believed, and nothing else may panic at all.

use std::sync::OnceLock;

use mingma_journal::checkpoint::{Checkpoint, SignedCheckpoint};
use mingma_journal::hash::Hash;
use mingma_journal::leaf::Leaf;
use mingma_journal::note::Note;
use mingma_journal::note::key::{LogKey, PosixSeconds, WitnessKey};
use mingma_journal::note::sign::{LogSigner, WitnessSigner};
use mingma_journal::policy::Policy;
use mingma_journal::proof_file::ProofFile;
use mingma_journal::tiles::{Bundle, Growing, MemoryTiles, StoredTree, TilePath};
use mingma_journal::witness::{Request, Witness, add_cosignatures};

/// A note, a checkpoint, a key, a path: the texts.
pub(crate) fn note(bytes: &[u8]) {
    if let Ok(mut note) = Note::from_bytes(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes, "a note has one way to be written");
        if let Ok(checkpoint) = note.text().parse::<Checkpoint>() {
            assert_eq!(checkpoint.to_string(), note.text(), "a checkpoint has one way to be written");
        }
        assert!(SignedCheckpoint::open(note.clone(), stranger().key()).is_err(), "a key that signed nothing");
        let _added = add_cosignatures(&mut note, &String::from_utf8_lossy(bytes), &[]);
    }
    let text = String::from_utf8_lossy(bytes);
    if let Ok(key) = text.parse::<LogKey>() {
        assert_eq!(key.to_string(), text);
    }
    if let Ok(key) = text.parse::<WitnessKey>() {
        assert_eq!(key.to_string(), text);
    }
    if let Ok(path) = text.parse::<TilePath>() {
        assert_eq!(path.to_string(), text);
    }
    if let Ok(hash) = text.parse::<Hash>() {
        assert_eq!(hash.to_string(), text);
    }
}

/// The body of a request to a witness, and of its answer.
pub(crate) fn request(bytes: &[u8]) {
    if let Ok(request) = Request::from_bytes(bytes) {
        assert_eq!(request.to_string().as_bytes(), bytes, "a request has one way to be written");
    }
    let now = PosixSeconds::new(1).expect("one second");
    if let Ok(asked) = witness().read(bytes) {
        panic!("a log that signed nothing asked: {:?}", asked.decide(None, now));
    }
}

/// A policy's file.
pub(crate) fn policy(bytes: &[u8]) {
    if let Ok(policy) = Policy::from_bytes(bytes) {
        let written = policy.to_bytes();
        assert_eq!(Policy::from_bytes(&written).as_ref(), Ok(&policy));
        let note = Note::new(format!("stranger.example\n0\n{}\n", Hash::EMPTY)).expect("a plain text");
        assert!(policy.judge(&note).is_err(), "a note without signatures is nobody's");
    }
}

/// A proof file.
pub(crate) fn proof_file(bytes: &[u8]) {
    if let Ok(file) = ProofFile::from_bytes(bytes) {
        assert_eq!(file.to_string().as_bytes(), bytes, "a proof file has one way to be written");
        let policy = format!("log {}\nquorum none\n", stranger().key());
        let policy = Policy::from_bytes(policy.as_bytes()).expect("a plain policy");
        assert!(file.verify(bytes, &policy).is_err(), "a key that signed nothing");
    }
}

/// An entry, a bundle, and a tile in the place of the right one.
pub(crate) fn stored(bytes: &[u8]) {
    if let Ok(leaf) = Leaf::from_bytes(bytes) {
        assert_eq!(leaf.to_bytes(), bytes, "an entry has one way to be written");
    }
    let width = u16::from(bytes.first().copied().unwrap_or(0));
    if let Ok(bundle) = Bundle::parse(bytes.to_vec(), width) {
        assert_eq!((bundle.as_bytes(), bundle.len()), (bytes, usize::from(width)));
    }
    let (mut tiles, root) = (log().0.clone(), log().1);
    for path in log().0.keys().filter(|path| path.to_string() != "tile/entries/000") {
        if let Some(right) = tiles.insert(*path, bytes.to_vec()) {
            let opened =
                Growing::load(&tiles, SIZE, root).is_ok() && StoredTree::open(&tiles, SIZE, root).is_ok();
            let lowest = path.to_string() == "tile/0/000";
            assert!(!opened || right == bytes || lowest, "{path} was believed");
            tiles.insert(*path, right);
        }
    }
}

const SIZE: u64 = 300;

/// A log of 300 entries: its files and its root.
fn log() -> &'static (MemoryTiles, Hash) {
    static LOG: OnceLock<(MemoryTiles, Hash)> = OnceLock::new();
    LOG.get_or_init(|| {
        let entries: Vec<[u8; 8]> = (0..SIZE).map(u64::to_be_bytes).collect();
        let growth = Growing::new().append(&entries).expect("300 short entries");
        (growth.files.into_iter().collect(), growth.root)
    })
}

/// A key that no input of any target was signed with.
fn stranger() -> &'static LogSigner {
    static STRANGER: OnceLock<LogSigner> = OnceLock::new();
    STRANGER.get_or_init(|| {
        LogSigner::from_seed("stranger.example".parse().expect("a name"), &[77; 32]).expect("any seed is one")
    })
}

/// A witness that knows the stranger alone.
fn witness() -> Witness {
    let name = "witness.stranger.example".parse().expect("a name");
    let signer = WitnessSigner::from_seed(name, &[78; 32]).expect("any seed is one");
    Witness::new(signer, [stranger().key().clone()])
}
