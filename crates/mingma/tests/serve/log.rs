//! The journal's log beside a running program: what it publishes is whole, and stays so when it is killed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mingma_journal::checkpoint::{Checkpoint, SignedCheckpoint};
use mingma_journal::hash::Hash;
use mingma_journal::leaf::Leaf;
use mingma_journal::merkle::MemoryTree;
use mingma_journal::note::Note;
use mingma_journal::policy::Policy;
use mingma_journal::sequencer::GROUP;
use mingma_journal::tiles::{Start, TilePath, TileReader, audit};
use mingma_registry::journal::Entry;
use mingma_registry::store::MAX_CHANGES;
use mingma_registry::words::ActName;
use mingma_registry::{Change, Store as _};
use pollster::block_on;

use super::support::{City, Real, Served, has, mingma, now, until};

/// The tiles of a folder, or of a server.
enum From<'a> {
    Folder(PathBuf),
    Server(&'a Served, String),
}

impl TileReader for From<'_> {
    type Error = String;

    fn read(&self, path: &TilePath) -> Result<Option<Vec<u8>>, String> {
        match self {
            Self::Folder(folder) => Ok(fs::read(folder.join(path.to_string())).ok()),
            Self::Server(served, log) => {
                let (status, bytes, _) = served.raw(&format!("/log/{log}/{path}"));
                Ok((status == 200).then_some(bytes))
            }
        }
    }
}

/// The one log of a data folder.
pub(crate) fn log(city: &City) -> PathBuf {
    let logs = city.data().join("log");
    let found: Vec<_> = fs::read_dir(&logs).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap()
}

/// The checkpoint, believed by the policy that the program tells.
fn head(bytes: &[u8], policy: &str) -> SignedCheckpoint {
    let policy = Policy::from_bytes(policy.as_bytes()).unwrap();
    let accepted = policy.judge(&Note::from_bytes(bytes).unwrap()).unwrap();
    let key =
        policy.logs().iter().find(|log| log.key.name().as_str() == accepted.checkpoint().origin.as_str());
    SignedCheckpoint::open(Note::from_bytes(bytes).unwrap(), &key.unwrap().key).unwrap()
}

/// The entries of a log, when all of its files are what the checkpoint says.
fn entries(reader: &From<'_>, head: &Checkpoint) -> Vec<Vec<u8>> {
    let mut entries = Vec::new();
    audit(reader, Start::Beginning, head.size, head.root, |_, entry| entries.push(entry.to_vec())).unwrap();
    entries
}

/// Every entry of the database stands at its number, and nothing else does.
fn holds_the_database(city: &City, entries: &[Vec<u8>]) {
    let store = city.store();
    let numbered = block_on(store.journal(0, u32::MAX)).unwrap();
    assert_eq!(numbered.len(), entries.len());
    for (numbered, entry) in numbered.iter().zip(entries) {
        let Leaf::Act(act) = Leaf::from_bytes(entry).unwrap() else { panic!("the first log has no former") };
        assert_eq!(act.commitment, Hash::new(numbered.entry.leaf), "entry {}", numbered.number);
        assert_eq!(act.name.as_str(), numbered.entry.act.word());
    }
}

/// Commits so many acts at once, as an import does: about everybody, as each follows the person's former ones.
fn commit(city: &City, acts: usize) {
    let (store, at) = (city.store(), now());
    for _ in (0..acts).step_by(MAX_CHANGES) {
        let act = |n| {
            let person = city.people[n % city.people.len()];
            let entry = Entry::about(&Real, ActName::Assess, at, person, &[]).unwrap();
            Change::Person { person, rows: Vec::new(), notices: Vec::new(), entry }
        };
        block_on(store.apply((0..MAX_CHANGES).map(act).collect())).unwrap();
    }
}

#[test]
fn what_is_acknowledged_is_in_the_log_within_a_second_and_anybody_can_check_it() {
    let city = City::new(1);
    let mut served = city.serve(&["--origin", "https://code.example.cn"]);
    let policy = served.get("/log/policy").body;
    assert!(policy.contains(" https://code.example.cn/log/2"), "{policy}");
    let quarter = log(&city).file_name().unwrap().to_str().unwrap().to_owned();
    let path = format!("/log/{quarter}/checkpoint");
    let before = head(served.get(&path).body.as_bytes(), &policy).checkpoint().size;
    for n in 0..300 {
        assert_eq!(served.send(&city.declaration(0, &format!("k-{n}"), "well")).status, 200);
    }
    let size = || head(served.get(&path).body.as_bytes(), &policy).checkpoint().size;
    until("the last entry in the log", || size() == before + 300);
    let answer = served.get(&path);
    assert!(answer.head.contains("cache-control: public, max-age=1\r\n"), "{}", answer.head);
    let last = head(answer.body.as_bytes(), &policy);
    let over_http = entries(&From::Server(&served, quarter.clone()), last.checkpoint());
    let (status, _, head) = served.raw(&format!("/log/{quarter}/tile/0/000"));
    assert!(status == 200 && head.contains("max-age=31536000, immutable"), "{head}");
    for absent in ["tile/0/001", "tile/0/000.p/7/x", "tile/9/000", "../../keys/journal.key", "%2e%2e/keys"] {
        assert_eq!(served.raw(&format!("/log/{quarter}/{absent}")).0, 404, "{absent}");
    }
    served.terminate();
    served.wait();
    assert_eq!(entries(&From::Folder(log(&city)), last.checkpoint()), over_http);
    assert!(!log(&city).join("tile/0/000.p").exists(), "partial tiles go when the full one is published");
    holds_the_database(&city, &over_http);
}

#[test]
fn a_start_serves_while_the_log_takes_in_what_it_lacks_and_an_end_waits_for_it() {
    let city = City::new(64);
    commit(&city, 3 * GROUP);
    let mut served = city.serve(&[]);
    let policy = served.get("/log/policy").body;
    let quarter = log(&city).file_name().unwrap().to_str().unwrap().to_owned();
    let answer = served.get(&format!("/log/{quarter}/checkpoint"));
    let first = head(answer.body.as_bytes(), &policy).checkpoint().size;
    assert!(
        first < 2 * u64::try_from(GROUP).unwrap(),
        "{first} entries had their places before anybody was served"
    );
    served.terminate();
    served.wait();
    let last = head(&fs::read(log(&city).join("checkpoint")).unwrap(), &policy);
    holds_the_database(&city, &entries(&From::Folder(log(&city)), last.checkpoint()));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long the full run is")]
fn a_program_that_is_killed_again_and_again_has_one_log_without_gap_double_or_fork() {
    let rounds = std::env::var("MINGMA_CRASH_ROUNDS").map_or(8, |rounds| rounds.parse().unwrap());
    let city = City::new(4);
    let seen = Mutex::new(BTreeMap::new());
    let (mut policy, mut acknowledged) = (String::new(), 0);
    for round in 0..rounds {
        let mut served = city.serve(&[]);
        policy = served.get("/log/policy").body;
        let path = format!("/log/{}/checkpoint", log(&city).file_name().unwrap().to_str().unwrap());
        let over = AtomicBool::new(false);
        let at = served.at;
        acknowledged += std::thread::scope(|scope| {
            let writers: Vec<_> = (0..4)
                .map(|n| {
                    let (city, over) = (&city, &over);
                    scope.spawn(move || {
                        let mut kept = 0;
                        while !over.load(Ordering::SeqCst) {
                            let request = city.declaration(n, &format!("r{round}-{kept}"), "well");
                            match super::support::try_send(at, &request) {
                                Some(answer) if answer.status == 200 => kept += 1,
                                _ => break,
                            }
                        }
                        kept
                    })
                })
                .collect();
            let reader = scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    let request = format!("GET {path} HTTP/1.1\r\nhost: code\r\n\r\n");
                    let Some(answer) = super::support::try_send(at, &request) else { break };
                    if answer.status == 200 {
                        let head = head(answer.body.as_bytes(), &policy);
                        let Checkpoint { size, root, .. } = head.checkpoint();
                        let former = seen.lock().unwrap().insert(*size, *root);
                        assert!(former.is_none_or(|former| former == *root), "two heads of {size} entries");
                    }
                }
            });
            std::thread::sleep(Duration::from_millis(150 + 97 * (round % 8)));
            served.child.kill().unwrap();
            over.store(true, Ordering::SeqCst);
            reader.join().unwrap();
            writers.into_iter().map(|writer| writer.join().unwrap()).sum::<usize>()
        });
        served.wait();
    }
    let mut served = city.serve(&[]);
    served.terminate();
    served.wait();
    let last = head(&fs::read(log(&city).join("checkpoint")).unwrap(), &policy);
    let entries = entries(&From::Folder(log(&city)), last.checkpoint());
    holds_the_database(&city, &entries);
    assert!(entries.len() >= acknowledged, "{} entries, {acknowledged} acknowledged", entries.len());
    let tree: MemoryTree = entries.iter().map(|entry| Hash::leaf(entry)).collect();
    let seen = seen.into_inner().unwrap();
    for (size, root) in &seen {
        assert_eq!(
            tree.root_at(*size).unwrap(),
            *root,
            "a checkpoint of {size} entries that was shown is no longer true"
        );
    }
    println!(
        "{rounds} kills, {acknowledged} acts acknowledged, {} entries, {} checkpoints seen",
        entries.len(),
        seen.len()
    );
}

/// A backup of the city, in this folder; its keys beside it.
pub(crate) fn back_up(city: &City, backup: &Path) {
    let (data, keys) = (city.data(), backup.with_extension("keys"));
    let [data, to, keys] = [&data, backup, &keys].map(|path| path.to_str().unwrap());
    let made = mingma(&["backup", "--data", data, "--to", to, "--keys", keys]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// Puts the backup's database where the city's is; what lies beside it stays.
fn restore(city: &City, backup: &Path) {
    for name in ["mingma.db", "mingma.db-wal", "mingma.db-shm"] {
        let _absent = fs::remove_file(city.data().join(name));
    }
    let (restored, keys) = (backup.with_extension("restored"), backup.with_extension("keys"));
    let _former = fs::remove_dir_all(&restored);
    let [from, keys, to] = [backup, &keys, &restored].map(|path| path.to_str().unwrap());
    let put = mingma(&["restore", "--from", from, "--keys", keys, "--data", to]);
    assert!(put.status.success(), "{}", String::from_utf8_lossy(&put.stderr));
    for file in fs::read_dir(&restored).unwrap().map(Result::unwrap).filter(|file| file.file_name() != "log")
    {
        fs::rename(file.path(), city.data().join(file.file_name())).unwrap();
    }
}

#[test]
fn what_does_not_belong_to_the_log_is_not_served() {
    if !has("cp", "folders put back") {
        return;
    }
    let city = City::new(2);
    let backup = city.dir.path().join("backup");
    let run = |declare: bool| {
        let mut served = city.serve(&[]);
        if declare {
            assert_eq!(served.send(&city.declaration(0, "k-1", "well")).status, 200);
        }
        served.terminate();
        served.wait();
    };
    run(false);
    back_up(&city, &backup);
    run(true);
    let keep = city.dir.path().join("keep");
    fs::rename(city.data(), &keep).unwrap();
    let keys = |name: &str| city.data().join("keys").join(name);
    let cases: [(&str, &dyn Fn(), &str); 5] = [
        ("an older database", &|| restore(&city, &backup), "restored from an older backup"),
        (
            "no memory of the signer",
            &|| fs::remove_file(keys("journal.signed")).unwrap(),
            "put back `journal.signed`",
        ),
        ("no key", &|| fs::remove_file(keys("journal.key")).unwrap(), "another key is another log"),
        (
            "another key",
            &|| fs::write(keys("journal.key"), "07".repeat(32)).unwrap(),
            "not signed by the log's key",
        ),
        (
            "a flipped bit",
            &|| {
                let path = walk(&log(&city).join("tile/0"));
                let mut bytes = fs::read(&path).unwrap();
                bytes[3] ^= 1;
                fs::write(&path, bytes).unwrap();
            },
            "tile/0/000.p/",
        ),
    ];
    for (what, spoil, told) in cases {
        let _former = fs::remove_dir_all(city.data());
        let copied = std::process::Command::new("cp").arg("-a").args([&keep, &city.data()]).status().unwrap();
        assert!(copied.success());
        spoil();
        let refused = mingma(&["serve", "--listen", "127.0.0.1:0", "--data", city.data().to_str().unwrap()]);
        let error = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && error.contains(told), "{what}: {error}");
    }
}

#[test]
fn a_restored_database_gets_back_what_the_log_knows_and_the_log_goes_on() {
    let city = City::new(1);
    let backup = city.dir.path().join("backup");
    let live = |options: &[&str], keys: &[&str]| {
        let mut served = city.serve(options);
        for key in keys {
            assert_eq!(served.send(&city.declaration(0, key, "well")).status, 200);
        }
        let policy = served.get("/log/policy").body;
        served.terminate();
        served.wait();
        head(&fs::read(log(&city).join("checkpoint")).unwrap(), &policy)
    };
    live(&[], &["k-1"]);
    back_up(&city, &backup);
    let before = live(&[], &["k-2", "k-3"]);
    restore(&city, &backup);
    // Tried beside the log first: nothing of it is touched.
    live(&["--without-log"], &[]);
    let after = live(&["--database-was-restored"], &["k-3"]);
    assert_eq!(after.checkpoint().size, before.checkpoint().size + 1, "what was sent again is one more act");
    let entries = entries(&From::Folder(log(&city)), after.checkpoint());
    holds_the_database(&city, &entries);
    let tree: MemoryTree = entries.iter().map(|entry| Hash::leaf(entry)).collect();
    assert_eq!(tree.root_at(before.checkpoint().size).unwrap(), before.checkpoint().root);
    assert_eq!(city.facts(0), 2, "the lost act is lost, and the log says that there was one");
}

/// The file with the greatest number below a folder.
fn walk(folder: &Path) -> PathBuf {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort_by_key(|path| (path.to_string_lossy().len(), path.clone()));
    let last = paths.pop().unwrap();
    if last.is_dir() { walk(&last) } else { last }
}
