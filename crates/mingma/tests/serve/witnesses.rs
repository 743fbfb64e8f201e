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

use mingma_registry::Store as _;
use mingma_registry::row::PublicRow;
use pollster::block_on;
use serde_json::{Value, json};

use super::living::{became, days_ago, own_word, publish, risk, rules, settled};
use super::support::{Answer, City, Served, connect, mingma, now, until};
use super::watching::{counted, value};

/// Where a stay turns red.
pub(crate) const ABROAD: &str = "440105";

/// A witness at work. It is killed when this is dropped.
pub(crate) struct Witness {
    child: Child,
    pub(crate) key: String,
    pub(crate) at: SocketAddr,
}

impl Witness {
    pub(crate) fn start(folder: &Path, name: &str, log: &str, at: &str) -> Self {
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
    let second = Command::new(env!("CARGO_BIN_EXE_mingma"))
        .args([
            "witness",
            "--name",
            "w.example",
            "--log",
            &log.key().to_string(),
            "--listen",
            "127.0.0.1:0",
            "--data",
        ])
        .arg(folder.path())
        .output()
        .unwrap();
    let told = String::from_utf8(second.stderr).unwrap();
    assert!(!second.status.success() && told.contains("another witness is at work in it"), "{told}");
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

/// A city whose log asks two witnesses, both of whom must sign; by whom they can be stopped and started.
pub(crate) struct Watched {
    pub(crate) config: PathBuf,
    pub(crate) folder: PathBuf,
    pub(crate) log_key: String,
    witnesses: [Option<Witness>; 2],
    at: [SocketAddr; 2],
}

impl Watched {
    pub(crate) fn of(city: &City) -> Self {
        // The key is made at the first start, and the census is followed from then on.
        let mut served = city.serve(&["--metrics", "127.0.0.1:0"]);
        settled(&served);
        let policy = served.get("/log/policy").body;
        let log_key = policy.lines().next().unwrap().strip_prefix("log ").unwrap().to_owned();
        served.terminate();
        served.wait();
        let folder = city.dir.path().to_owned();
        fs::write(folder.join("log"), "").unwrap();
        let start = |name: &str| {
            Witness::start(&folder.join(name), &format!("{name}.example"), &log_key, "127.0.0.1:0")
        };
        let [one, two] = NAMES.map(start);
        let lines = format!(
            "witness one {} http://{}\nwitness two {} http://{}\ngroup both all one two\nquorum both\n",
            one.key, one.at, two.key, two.at
        );
        fs::write(folder.join("witnesses"), lines).unwrap();
        let config = folder.join("mingma.toml");
        let place = folder.join("witnesses");
        fs::write(&config, format!("[journal]\nwitnesses = \"{}\"\n", place.display())).unwrap();
        let at = [one.at, two.at];
        Self { config, folder, log_key, witnesses: [Some(one), Some(two)], at }
    }

    /// The program, which asks them.
    pub(crate) fn serve(&self, city: &City) -> Served {
        city.serve(&["--config", self.config.to_str().unwrap(), "--metrics", "127.0.0.1:0"])
    }

    pub(crate) fn stop(&mut self, n: usize) {
        self.witnesses[n] = None;
    }

    fn start(&mut self, n: usize) {
        let (name, at) = (NAMES[n], self.at[n].to_string());
        let folder = self.folder.join(name);
        self.witnesses[n] = Some(Witness::start(&folder, &format!("{name}.example"), &self.log_key, &at));
    }
}

const NAMES: [&str; 2] = ["one", "two"];

#[test]
fn a_checkpoint_is_published_when_the_quorum_has_cosigned_and_not_before() {
    let city = City::new(1);
    let mut watched = Watched::of(&city);
    let served = watched.serve(&city);
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
    watched.stop(1);
    declare("k-2");
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    assert_eq!(published(&served, &log, &policy), Some(before), "one is not both");
    watched.start(1);
    until("the second witness is back", || published(&served, &log, &policy) == Some(before + 1));
}

/// What somebody asks the API, as JSON.
fn asked(served: &Served, city: &City, n: usize, what: &str) -> Value {
    let token = city.token(n);
    let path = format!("/api/v1/persons/me/{what}");
    let answer =
        served.send(&format!("GET {path} HTTP/1.1\r\nhost: code\r\nauthorization: Bearer {token}\r\n\r\n"));
    assert_eq!(answer.status, 200, "{answer:?}");
    serde_json::from_str(&answer.body).unwrap()
}

pub(crate) fn sent(served: &Served, city: &City, n: usize, (what, key): (&str, &str), body: &Value) {
    let (token, body) = (city.token(n), body.to_string());
    let answer = served.send(&format!(
        "POST /api/v1/persons/me/{what} HTTP/1.1\r\nhost: code\r\nauthorization: Bearer {token}\r\n\
         idempotency-key: {key}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    ));
    assert_eq!(answer.status, 200, "{answer:?}");
}

pub(crate) fn color(served: &Served, city: &City, n: usize) -> String {
    asked(served, city, n, "status")["color"].as_str().unwrap().to_owned()
}

#[test]
fn what_makes_somebody_worse_counts_when_the_quorum_has_signed_it_and_what_makes_better_at_once() {
    let city = City::new(2);
    {
        let store = city.store();
        publish(&store, rules());
        publish(&store, PublicRow::Risk(risk(ABROAD)));
        // The second had a fever eight days ago, and was well on six of the seven days since.
        own_word(&store, city.people[1], ("symptom", "fever"), 8);
        for days in 2..=7 {
            own_word(&store, city.people[1], ("checkin", "well"), days);
        }
    }
    let mut watched = Watched::of(&city);
    let mut served = watched.serve(&city);
    settled(&served);
    assert_eq!([0, 1].map(|n| color(&served, &city, n)), ["green", "yellow"]);
    sent(&served, &city, 0, ("paper-codes", ""), &json!({ "days": 1 }));
    until("everything is signed", || lag(&served) < 0.5);

    // One witness is away. What clears somebody counts, what turns somebody red does not.
    watched.stop(1);
    sent(&served, &city, 1, ("health-declarations", "k-1"), &json!({ "on": days_ago(1), "feeling": "well" }));
    assert_eq!(color(&served, &city, 1), "green", "at once");
    let stay = json!({ "stays": [{ "region": ABROAD, "from": days_ago(3), "until": days_ago(3) }] });
    sent(&served, &city, 0, ("trip-declarations", "k-2"), &stay);
    let waits = |served: &Served| {
        assert_eq!(color(served, &city, 0), "green");
        let facts = asked(served, &city, 0, "facts");
        assert_eq!(facts["items"][0]["standing"]["is"], "unwitnessed", "{facts}");
        let journal = asked(served, &city, 0, "journal");
        let waiting: Vec<&Value> =
            journal["items"].as_array().unwrap().iter().filter(|entry| entry["waits"] == true).collect();
        assert_eq!((waiting.len(), &waiting[0]["act"]), (1, &json!("declare")), "{journal}");
        let head =
            format!("GET /facts/journal HTTP/1.1\r\nhost: code\r\nauthorization: Bearer {}", city.token(0));
        let page = served.send(&format!("{head}\r\naccept-language: en\r\n\r\n"));
        assert!(page.body.contains("This does not count yet"), "{page:?}");
    };
    waits(&served);
    settled(&served);
    let counted = counted(&served.log());
    assert!((value(&counted, "mingma_unwitnessed_waiting") - 1.0).abs() < 0.1, "{counted}");
    // And a code is made for what counts: later than what was so a moment before explains it.
    std::thread::sleep(std::time::Duration::from_secs(11));
    sent(&served, &city, 0, ("paper-codes", ""), &json!({ "days": 2 }));
    served.terminate();
    assert!(served.wait().success());
    assert_eq!(became(&city.store(), city.people[0]), (0, 0, 0), "nobody was told, nothing is revoked");
    assert_eq!(became(&city.store(), city.people[1]).0, 1, "the other was told");

    // It waits also across an end, and a kill.
    fs::write(city.dir.path().join("log"), "").unwrap();
    let mut served = watched.serve(&city);
    settled(&served);
    waits(&served);
    served.child.kill().unwrap();
    served.wait();
    fs::write(city.dir.path().join("log"), "").unwrap();
    let mut served = watched.serve(&city);
    settled(&served);
    waits(&served);

    // Witnesses are back.
    watched.start(1);
    until("it counts", || color(&served, &city, 0) == "red");
    let is_told = || asked(&served, &city, 0, "notices").to_string().contains("status-changed");
    until("the person is told", is_told);
    settled(&served);
    let facts = asked(&served, &city, 0, "facts");
    assert_eq!(facts["items"][0]["standing"]["is"], "counts", "{facts}");
    assert!(!asked(&served, &city, 0, "journal").to_string().contains("\"waits\":true"));
    until("all is signed", || lag(&served) < 0.5);
    fs::write(city.dir.path().join("policy"), served.get("/log/policy").body).unwrap();
    served.terminate();
    assert!(served.wait().success());
    let (told, transits, revoked) = became(&city.store(), city.people[0]);
    assert_eq!((told, transits), (1, 1), "once");
    assert!(revoked >= 1, "the codes of before are revoked");
    let record = block_on(city.store().record(city.people[0])).unwrap();
    assert_eq!(record.outstanding(now()).count(), 0, "all of them");

    // To an auditor the green code of somebody who had been in a region of high risk is no contradiction.
    let [data, openings, policy] = ["data", "openings", "policy"].map(|name| city.dir.path().join(name));
    let [data, openings, policy] = [&data, &openings, &policy].map(|path| path.to_str().unwrap());
    let log = format!("{data}/log");
    let who = ["--everybody", "--by", "inspectorate", "--case", "2026-17"];
    let opened = mingma(&[&["audit", "open", "--data", data, "--to", openings], &who[..]].concat());
    assert!(opened.status.success(), "{opened:?}");
    let replay = |trust: [&str; 2]| {
        let done = mingma(&[&["audit", "replay", "--log", &log, "--facts", openings], &trust[..]].concat());
        (done.status.success(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
    };
    let (follows, said) = replay(["--policy", policy]);
    assert!(follows && said.contains("everything follows"), "{said}");
    // Where none are asked for it is one.
    let (follows, said) = replay(["--key", &watched.log_key]);
    assert!(!follows && said.contains("entry "), "{said}");
}

/// The entries that the published checkpoint does not have.
pub(crate) fn lag(served: &Served) -> f64 {
    value(&counted(&served.log()), "mingma_log_lag_entries")
}
