//! `mingma audit verify`: a whole log is called whole; a damaged, cut, exchanged or forged one is named by what is wrong.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use mingma_journal::checkpoint::{Checkpoint, SignedCheckpoint};
use mingma_journal::hash::Hash;
use mingma_journal::leaf::{Act, Leaf};
use mingma_journal::note::Note;
use mingma_journal::note::key::PosixSeconds;
use mingma_journal::note::sign::LogSigner;
use mingma_journal::tiles::Growing;
use mingma_registry::replay::bundle::begin;
use tempfile::TempDir;

const NAME: &str = "journal.henan.example";

fn signer(quarter: &str, seed: u8) -> LogSigner {
    LogSigner::from_seed(format!("{NAME}/{quarter}").parse().unwrap(), &[seed; 32]).unwrap()
}

fn act(n: u64) -> Vec<u8> {
    let act = Act {
        name: if n.is_multiple_of(3) { "declare" } else { "record" }.parse().unwrap(),
        at: PosixSeconds::new(1_655_092_800 + n).unwrap(),
        issuer: None,
        region: None,
        subject: None,
        commitment: Hash::leaf(&n.to_be_bytes()),
    };
    Leaf::Act(act).to_bytes()
}

/// Two quarters of a journal: 700 acts, then the end of these and 300 more.
struct Journal(TempDir);

impl Journal {
    fn new() -> Self {
        let journal = Self(TempDir::new().unwrap());
        let acts: Vec<_> = (0..700).map(act).collect();
        let first = journal.write("2022q2", &[&acts[..300], &acts[300..]]);
        let former = Leaf::former(&first).unwrap().to_bytes();
        let acts: Vec<_> = std::iter::once(former).chain((700..1_000).map(act)).collect();
        journal.write("2022q3", &[&acts]);
        journal
    }

    /// Writes a log in groups, and keeps the first group's checkpoint as `first` beside it.
    fn write(&self, quarter: &str, groups: &[&[Vec<u8>]]) -> SignedCheckpoint {
        let (mut log, mut heads) = (Growing::new(), Vec::new());
        let folder = self.at(quarter);
        for group in groups {
            let growth = log.append(group).unwrap();
            for (path, bytes) in growth.files {
                let path = folder.join(path.to_string());
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
            let origin = format!("{NAME}/{quarter}").parse().unwrap();
            let head = Checkpoint::new(origin, growth.to, growth.root).sign(&signer(quarter, 1)).unwrap();
            fs::write(folder.join("checkpoint"), head.note().to_string()).unwrap();
            heads.push(head);
        }
        fs::write(self.0.path().join(format!("{quarter}.first")), heads[0].note().to_string()).unwrap();
        heads.pop().unwrap()
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// Whether the log is called whole, and what is said.
fn verify(log: &Path, more: &[&str]) -> (bool, String) {
    let key = signer("2022q3", 1).key().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mingma"));
    command.args(["audit", "verify", "--log"]).arg(log);
    if !more.contains(&"--key") && !more.contains(&"--policy") {
        command.args(["--key", &key]);
    }
    let done = command.args(more).output().unwrap();
    let told = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(told).unwrap())
}

#[test]
fn a_whole_journal_is_called_whole_and_is_the_continuation_of_what_was_kept() {
    let journal = Journal::new();
    let first = journal.at("2022q2.first");
    let (whole, told) = verify(&journal.at(""), &["--since", first.to_str().unwrap()]);
    assert!(whole, "{told}");
    for line in [
        "journal.henan.example/2022q2: whole; 700 entries, root ",
        "journal.henan.example/2022q3: whole; 301 entries, root ",
        "  declare: 234\n  record: 466\n",
        "2022q2 is its continuation, 400 entries later",
    ] {
        assert!(told.contains(line), "no `{line}` in {told}");
    }
    // One quarter alone, which says that it has one before it.
    let (whole, told) = verify(&journal.at("2022q3"), &[]);
    assert!(
        whole && told.contains("the end of `journal.henan.example/2022q2`, which was not read"),
        "{told}"
    );
}

/// Serves a journal's files as any server of static files does.
fn serve(journal: &Journal) -> String {
    let (root, listener) = (journal.at(""), TcpListener::bind("127.0.0.1:0").unwrap());
    let address = format!("http://{}/log", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = String::new();
            BufReader::new(&stream).read_line(&mut line).unwrap();
            let name = line.split(' ').nth(1).unwrap().strip_prefix("/log/").unwrap();
            let (status, body) = fs::read(root.join(name)).map_or((404, Vec::new()), |bytes| (200, bytes));
            let head =
                format!("HTTP/1.1 {status} -\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            stream.write_all(&[head.as_bytes(), &body].concat()).unwrap();
        }
    });
    address
}

#[test]
fn a_journal_without_one_of_its_quarters_is_not_whole_and_the_missing_one_is_named() {
    // The quarter that is gone, and whether it is seen by what is left: of the last nothing but a checkpoint that was kept tells.
    for gone in ["2022q2", "2022q3", "2022q4"] {
        let journal = Journal::new();
        let end: Note =
            fs::read(journal.at("2022q3/checkpoint")).map(|end| Note::from_bytes(&end).unwrap()).unwrap();
        let former = Leaf::Former(end).to_bytes();
        journal.write("2022q4", &[&[former, act(1_000)]]);
        let newest = if gone == "2022q4" { "2022q3" } else { "2022q4" };
        fs::write(journal.at("policy"), format!("log {}\nquorum none\n", signer(newest, 1).key())).unwrap();
        let kept = journal.at("kept");
        fs::copy(journal.at(gone).join("checkpoint"), &kept).unwrap();
        let opened = journal.at("openings");
        let head = fs::read_to_string(journal.at("2022q4/checkpoint")).unwrap();
        fs::write(&opened, begin(&format!("{}\n", head.split_once("\n\n").unwrap().0), None)).unwrap();
        let replay = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_mingma"));
            command.args(["audit", "replay", "--log"]).arg(journal.at("")).arg("--facts").arg(&opened);
            let done = command.args(["--key", &signer("2022q4", 1).key().to_string()]).output().unwrap();
            String::from_utf8(done.stderr).unwrap()
        };
        let address = serve(&journal);
        let places = || [journal.at(""), PathBuf::from(&address)].map(|place| verify(&place, &[]));
        for (whole, told) in places() {
            assert!(whole && told.matches(": whole; ").count() == 3 || gone == "2022q4", "{told}");
        }
        assert!(
            replay().contains("entry 1: the log has it, and nothing that was given opens it"),
            "{}",
            replay()
        );
        fs::remove_dir_all(journal.at(gone)).unwrap();
        let missing = format!("the log `{NAME}/{gone}` is missing: ");
        for (whole, told) in places() {
            assert!(
                if gone == "2022q4" { whole } else { !whole && told.contains(&missing) },
                "{gone}: {told}"
            );
        }
        if gone != "2022q4" {
            assert!(replay().contains(&missing), "{}", replay());
        }
        for place in [journal.at(""), PathBuf::from(&address), journal.at(newest)] {
            let (whole, told) = verify(&place, &["--since", kept.to_str().unwrap()]);
            assert!(
                !whole && (told.contains(&missing) || told.contains("which was not read")),
                "{gone}: {told}"
            );
        }
        // What is left under another name than its quarter's is not asked for alone.
        fs::rename(journal.at("2022q3"), journal.at("another")).unwrap_or(());
        let another = verify(&journal.at("another"), &[]);
        assert!(
            gone == "2022q3" || another.1.contains("the log `journal.henan.example/2022q2` is missing"),
            "{}",
            another.1
        );
    }
}

/// A change of a journal's files, and what must be said of it.
type Damaged = (&'static str, fn(&Journal), &'static str);

fn overwrite(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

#[test]
fn what_is_wrong_is_named_by_its_file_and_its_entry() {
    let cases: [Damaged; 12] = [
        (
            "a bit of an entry",
            |journal| overwrite(&journal.at("2022q2/tile/entries/001"), |bytes| bytes[1_000] ^= 4),
            "`tile/entries/001` holds another entry 2",
        ),
        (
            "a bit of a hash",
            |journal| overwrite(&journal.at("2022q2/tile/0/001"), |bytes| bytes[77] ^= 1),
            "`tile/0/001` holds other hashes",
        ),
        (
            "a tile cut off",
            |journal| overwrite(&journal.at("2022q2/tile/0/000"), |bytes| bytes.truncate(8_000)),
            "`tile/0/000` has 8000 bytes instead of 8192",
        ),
        (
            "a file gone",
            |journal| fs::remove_file(journal.at("2022q2/tile/entries/000")).unwrap(),
            "`tile/entries/000` is missing",
        ),
        (
            "two tiles swapped",
            |journal| {
                let (one, two) = (journal.at("2022q2/tile/0/000"), journal.at("2022q2/tile/0/001"));
                let held = fs::read(&one).unwrap();
                fs::copy(&two, &one).unwrap();
                fs::write(&two, held).unwrap();
            },
            "`tile/0/000` holds other hashes",
        ),
        (
            "no checkpoint of one",
            |journal| fs::remove_file(journal.at("2022q3/checkpoint")).unwrap(),
            "`checkpoint` is missing",
        ),
        (
            "a checkpoint of another key",
            |journal| {
                let text: Checkpoint = fs::read_to_string(journal.at("2022q3/checkpoint"))
                    .unwrap()
                    .split_once("\n\n")
                    .map(|(text, _)| format!("{text}\n").parse().unwrap())
                    .unwrap();
                let other = text.sign(&signer("2022q3", 2)).unwrap();
                fs::write(journal.at("2022q3/checkpoint"), other.note().to_string()).unwrap();
            },
            "not signed by the log's key",
        ),
        (
            "a changed checkpoint",
            |journal| {
                let path = journal.at("2022q3/checkpoint");
                let changed = fs::read_to_string(&path).unwrap().replace("\n301\n", "\n300\n");
                fs::write(path, changed).unwrap();
            },
            "signature is not the log's key's",
        ),
        (
            "another log's checkpoint",
            |journal| {
                fs::copy(journal.at("2022q2/checkpoint"), journal.at("2022q3/checkpoint")).unwrap();
            },
            "tile/",
        ),
        (
            "a quarter before that is another",
            |journal| drop(journal.write("2022q2", &[&[act(7)]])),
            "its first entry is not the last checkpoint of `journal.henan.example/2022q2`",
        ),
        (
            "an entry that is none",
            |journal| drop(journal.write("2022q3", &[&[b"a depositor's name".to_vec()]])),
            "entry 0: the entry is not a name and its fields",
        ),
        ("nothing", |journal| fs::remove_dir_all(journal.at("2022q3/tile")).unwrap(), "is missing"),
    ];
    for (case, damage, told) in cases {
        let journal = Journal::new();
        damage(&journal);
        let (whole, said) = verify(&journal.at(""), &[]);
        assert!(!whole && said.contains(told), "{case}: {said}");
    }
    let nowhere = TempDir::new().unwrap();
    assert!(verify(nowhere.path(), &[]).1.contains("no log is there"));
}

#[test]
fn a_log_that_was_cut_or_written_anew_is_not_the_continuation_of_what_was_kept() {
    let journal = Journal::new();
    let kept = journal.at("kept");
    fs::copy(journal.at("2022q2/checkpoint"), &kept).unwrap();
    let since = |since: &Path| verify(&journal.at("2022q2"), &["--since", since.to_str().unwrap()]);
    assert!(since(&kept).0);
    let acts: Vec<_> = (0..600).map(act).collect();
    journal.write("2022q2", &[&acts]);
    assert!(since(&kept).1.contains("it has 700 entries"), "{}", since(&kept).1);
    let acts: Vec<_> = (1..900).map(act).collect();
    journal.write("2022q2", &[&acts]);
    let (whole, said) = since(&kept);
    assert!(!whole && said.contains("the log is another one than it was: of 700 entries"), "{said}");
    let other = journal.at("2022q3").join("checkpoint");
    assert!(since(&other).1.contains("which was not read"), "{}", since(&other).1);
    fs::write(&kept, "no note").unwrap();
    assert!(!since(&kept).0);
}

#[test]
fn a_quorum_that_did_not_cosign_is_missed() {
    let journal = Journal::new();
    let policy = journal.at("policy");
    let key = signer("2022q2", 1).key().to_string();
    fs::write(&policy, format!("log {key}\nquorum none\n")).unwrap();
    let by_policy = || verify(&journal.at(""), &["--policy", policy.to_str().unwrap()]);
    assert!(by_policy().0, "{}", by_policy().1);
    let seed = mingma_journal::note::sign::WitnessSigner::from_seed("w.example".parse().unwrap(), &[7; 32]);
    let cosigner = seed.unwrap().key().to_string();
    fs::write(&policy, format!("log {key}\nwitness W {cosigner}\nquorum W\n")).unwrap();
    let (whole, said) = by_policy();
    assert!(!whole && said.contains("checkpoint") && said.contains('W'), "{said}");
    fs::write(&policy, "quorum none\n").unwrap();
    assert!(!by_policy().0);
}
