//! A log in tiles under a signed checkpoint, and the file of what opens its entries, written as they come.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use mingma_journal::checkpoint::Checkpoint;
use mingma_journal::hash::Hash;
use mingma_journal::leaf::{Act, Leaf};
use mingma_journal::note::key::PosixSeconds;
use mingma_journal::note::sign::LogSigner;
use mingma_journal::tiles::Growing;
use mingma_registry::journal::Entry;
use mingma_registry::replay::bundle::begin;

const ORIGIN: &str = "journal.bench.example/2021q3";
/// As many as a busy sequencer integrates at once.
const GROUP: usize = 1_000;

/// What is written.
pub(crate) struct Files {
    folder: PathBuf,
    log: Growing,
    waiting: Vec<Vec<u8>>,
    openings: BufWriter<File>,
    /// How many entries there are.
    pub(crate) entries: u64,
}

/// What was written, for whoever audits.
pub(crate) struct Made {
    pub(crate) log: PathBuf,
    pub(crate) openings: PathBuf,
    pub(crate) key: String,
    pub(crate) entries: u64,
}

impl Files {
    pub(crate) fn new(folder: &Path) -> Self {
        let openings = BufWriter::new(File::create(folder.join("opened")).unwrap());
        Self { folder: folder.to_owned(), log: Growing::new(), waiting: Vec::new(), openings, entries: 0 }
    }

    /// Adds an entry and its opening, as the file has it.
    pub(crate) fn add(&mut self, entry: &Entry, opening: &[u8]) {
        self.entries += 1;
        self.waiting.push(Leaf::Act(act(entry)).to_bytes());
        self.openings.write_all(opening).unwrap();
        if self.waiting.len() == GROUP {
            self.grow();
        }
    }

    fn grow(&mut self) -> (u64, Hash) {
        let growth = self.log.append(&std::mem::take(&mut self.waiting)).unwrap();
        for (path, bytes) in growth.files {
            let path = self.folder.join("log").join(path.to_string());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        (growth.to, growth.root)
    }

    /// Signs the checkpoint, as of which the openings are.
    pub(crate) fn end(mut self) -> Made {
        let (size, root) = self.grow();
        let signer = LogSigner::from_seed(ORIGIN.parse().unwrap(), &[7; 32]).unwrap();
        let checkpoint = Checkpoint::new(ORIGIN.parse().unwrap(), size, root);
        let (log, openings) = (self.folder.join("log"), self.folder.join("openings"));
        let mut file = File::create(&openings).unwrap();
        file.write_all(&begin(&checkpoint.to_string(), None)).unwrap();
        self.openings.flush().unwrap();
        std::io::copy(&mut File::open(self.folder.join("opened")).unwrap(), &mut file).unwrap();
        let head = checkpoint.sign(&signer).unwrap();
        fs::write(log.join("checkpoint"), head.note().to_string()).unwrap();
        Made { log, openings, key: signer.key().to_string(), entries: self.entries }
    }
}

/// What everybody may read of an entry.
fn act(entry: &Entry) -> Act {
    let shown = &entry.clear;
    Act {
        name: entry.act.to_string().parse().unwrap(),
        at: PosixSeconds::new(entry.at.as_second().try_into().unwrap()).unwrap(),
        issuer: shown.issuer.as_ref().map(|issuer| issuer.to_string().parse().unwrap()),
        region: shown.region.map(|region| region.to_string().parse().unwrap()),
        subject: shown.subject.as_ref().map(|subject| subject.to_string().parse().unwrap()),
        commitment: Hash::new(entry.leaf),
    }
}
