//! A log with witnesses: it is published when enough of them have cosigned, and only then.

use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use mingma_journal::checkpoint::Checkpoint;
use mingma_journal::hash::Hash;
use mingma_journal::note::Note;
use mingma_journal::note::sign::LogSigner;
use mingma_journal::policy::Policy;
use mingma_journal::witness::Request;

use super::support::{Answer, City, Served, connect, until};

/// A witness at work. It is killed when this is dropped.
struct Witness {
    child: Child,
    key: String,
    at: SocketAddr,
}

impl Witness {
    fn start(folder: &Path, name: &str, log: &str, at: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mingma"))
            .args(["witness", "--name", name, "--log", log, "--listen", at, "--data"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut told = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut told).unwrap();
        let words: Vec<&str> = told.trim().split(' ').collect();
        let ["witness", key, "at", address] = words[..] else { panic!("{told}") };
        let at = address.strip_prefix("http://").unwrap().parse().unwrap();
        Self { child, key: key.to_owned(), at }
    }

    fn ask(&self, body: &str) -> Answer {
        let head = format!(
            "POST /add-checkpoint HTTP/1.1\r\nhost: witness\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = connect(self.at);
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        Answer::read(&mut BufReader::new(stream)).expect("an answer")
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

fn signer(origin: &str, seed: u8) -> LogSigner {
    LogSigner::from_seed(origin.parse().unwrap(), &[seed; 32]).unwrap()
}

#[test]
fn a_witness_answers_as_its_specification_says_and_remembers_across_a_kill() {
    let folder = tempfile::TempDir::new().unwrap();
    let log = signer("a.example/2022q2", 1);
    let start = || Witness::start(folder.path(), "w.example", &log.key().to_string(), "127.0.0.1:0");
    let head = |origin: &str, size: u64, root: Hash, seed: u8| {
        let head = Checkpoint::new(origin.parse().unwrap(), size, root);
        head.sign(&signer(origin, seed)).unwrap().into_note()
    };
    let ask = |witness: &Witness, old: u64, proof: Vec<Hash>, note: Note| {
        let answer = witness.ask(&Request { old, proof, note }.to_string());
        (answer.status, answer.body)
    };
    // Trees of one, two and three leaves.
    let leaves = [b"a", b"b", b"c"].map(|leaf| Hash::leaf(leaf));
    let two = Hash::node(leaves[0], leaves[1]);
    let three = Hash::node(two, leaves[2]);
    let one_to_three = vec![leaves[1], leaves[2]];

    let witness = start();
    let key = witness.key.clone();
    assert_eq!(witness.ask("old 0\n").status, 400);
    assert_eq!(ask(&witness, 0, vec![], head("b.example/2022q2", 1, leaves[0], 1)).0, 404, "another log");
    assert_eq!(ask(&witness, 0, vec![], head("a.example/2022q2", 1, leaves[0], 2)).0, 403, "another key");
    let (status, body) = ask(&witness, 0, vec![], head("a.example/2022q2", 1, leaves[0], 1));
    assert_eq!(status, 200, "{body}");
    assert!(body.starts_with("— w.example "), "{body}");
    drop(witness);
    // Killed; another program at its folder knows what was cosigned.
    let witness = start();
    assert_eq!(witness.key, key);
    assert_eq!(ask(&witness, 0, vec![], head("a.example/2022q2", 3, three, 1)), (409, "1\n".to_owned()));
    let wrong = ask(&witness, 1, vec![leaves[2], leaves[1]], head("a.example/2022q2", 3, three, 1));
    assert_eq!(wrong.0, 422, "a wrong proof");
    assert_eq!(ask(&witness, 4, vec![], head("a.example/2022q2", 3, three, 1)).0, 400, "shrunk");
    assert_eq!(ask(&witness, 1, one_to_three, head("a.example/2022q2", 3, three, 1)).0, 200);
    let fork = ask(&witness, 3, vec![], head("a.example/2022q2", 3, two, 1));
    assert_eq!(fork, (409, "3\n".to_owned()), "another tree of the same size");
    // The next quarter's log has the same key under its own name.
    assert_eq!(ask(&witness, 0, vec![], head("a.example/2022q3", 2, two, 1)).0, 200);
}

/// How many entries the published checkpoint has, once the policy accepts it; none if there is none yet.
fn published(served: &Served, log: &Path, policy: &Policy) -> Option<u64> {
    let answer = served.get(&format!("/log/{}/checkpoint", log.file_name()?.to_str()?));
    if answer.status == 404 {
        return None;
    }
    Some(policy.judge(&Note::from_bytes(answer.body.as_bytes()).unwrap()).unwrap().checkpoint().size)
}

#[test]
fn a_checkpoint_is_published_when_the_quorum_has_cosigned_and_not_before() {
    let city = City::new(1);
    // The key is made at the first start.
    let mut served = city.serve(&[]);
    let policy = served.get("/log/policy").body;
    let log_key = policy.lines().next().unwrap().strip_prefix("log ").unwrap().to_owned();
    served.terminate();
    served.wait();
    let folder = |name: &str| -> PathBuf { city.dir.path().join(name) };
    let start =
        |name: &str, at: &str| Witness::start(&folder(name), &format!("{name}.example"), &log_key, at);
    let (one, two) = (start("one", "127.0.0.1:0"), start("two", "127.0.0.1:0"));
    let lines = format!(
        "witness one {} http://{}\nwitness two {} http://{}\ngroup both all one two\nquorum both\n",
        one.key, one.at, two.key, two.at
    );
    fs::write(folder("witnesses"), lines).unwrap();
    let config = folder("mingma.toml");
    fs::write(&config, format!("[journal]\nwitnesses = \"{}\"\n", folder("witnesses").display())).unwrap();
    let served = city.serve(&["--config", config.to_str().unwrap()]);
    let policy = Policy::from_bytes(served.get("/log/policy").body.as_bytes()).unwrap();
    assert_eq!(policy.witnesses().count(), 2);
    let log = fs::read_dir(city.data().join("log")).unwrap().next().unwrap().unwrap().path();
    let declare = |key: &str| assert_eq!(served.send(&city.declaration(0, key, "well")).status, 200);
    declare("k-1");
    let before = 2;
    until("both cosigned", || {
        // The checkpoint of before there were witnesses is not theirs.
        let answer = served.get(&format!("/log/{}/checkpoint", log.file_name().unwrap().to_str().unwrap()));
        answer.body.matches("\n— ").count() == 3
    });
    assert_eq!(published(&served, &log, &policy), Some(before));
    let at = two.at.to_string();
    drop(two);
    declare("k-2");
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    assert_eq!(published(&served, &log, &policy), Some(before), "one is not both");
    let _two = start("two", &at);
    until("the second witness is back", || published(&served, &log, &policy) == Some(before + 1));
}
