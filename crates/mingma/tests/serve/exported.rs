//! The one file that a person takes along, checked by a stranger: whole it is called whole, and of each damage it is said what was done.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::SignedDuration;
use mingma_credential::issue::Issuer;
use mingma_credential::key::SigningKey;
use mingma_credential::status::RegionCode;
use mingma_credential::{Certificate, export};
use mingma_registry::Doer;
use serde_json::{Value, json};

use super::done_by::{committed, declared, done_by};
use super::living::{met_a_case, was_in};
use super::support::{City, Served, mingma, now, until};
use super::withheld::{forge, hide, invent};

/// A city of two whose log has everything, what an auditor knows of it, and each one's file.
pub(crate) struct Taken {
    pub(crate) city: City,
    pub(crate) files: [Vec<u8>; 2],
}

/// A person's file, once the log has all of it.
pub(crate) fn taken(city: &City, served: &Served, n: usize) -> Vec<u8> {
    let mut file = Vec::new();
    until("a file of which the log has every entry", || {
        let (status, body, _) = served.raw_as("/api/v1/persons/me/export", city.token(n));
        assert_eq!(status, 200);
        file = body;
        let document = document(city, &file);
        document["journal"].as_array().unwrap().iter().all(|entry| !entry["proof"].is_null())
    });
    file
}

/// The certificate of the key that signs, and the key.
fn signer(city: &City) -> (Certificate, SigningKey) {
    let keys = city.data().join("keys");
    let of = |ending: &str| {
        let files = fs::read_dir(&keys).unwrap().map(|file| file.unwrap().path());
        let is_codes = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_str().unwrap();
            // Beside it lies the authority's own certificate, of a key that signs no file.
            name.ends_with(ending) && !name.starts_with("authority")
        };
        files.into_iter().find(is_codes).unwrap()
    };
    let certificate = Certificate::from_der(&fs::read(of(".cert.der")).unwrap()).unwrap();
    (certificate, SigningKey::from_pkcs8_pem(&fs::read_to_string(of(".key.pem")).unwrap()).unwrap())
}

pub(crate) fn document(city: &City, file: &[u8]) -> Value {
    serde_json::from_slice(&export::open(file, signer(city).0.key()).unwrap()).unwrap()
}

/// A document that the authority itself has signed, whatever is in it.
pub(crate) fn signed(city: &City, document: &Value) -> Vec<u8> {
    let (certificate, key) = signer(city);
    let document = serde_json::to_vec(document).unwrap();
    let region = RegionCode::parse("41").unwrap();
    export::sign(document, &Issuer::new(&key, &certificate, region).unwrap()).unwrap()
}

impl Taken {
    pub(crate) fn new() -> Self {
        let city = City::new(2);
        {
            let store = city.store();
            for person in &city.people {
                // Entries of one millisecond stand in either order: each has one of its own here.
                was_in(&store, *person, "440105");
                std::thread::sleep(Duration::from_millis(2));
                met_a_case(&store, *person);
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        let mut served = city.serve(&[]);
        for (who, key) in [(0, "k-1"), (1, "k-2"), (0, "k-3")] {
            assert_eq!(served.send(&city.declaration(who, key, "well")).status, 200);
        }
        let files = [taken(&city, &served, 0), taken(&city, &served, 1)];
        fs::write(city.dir.path().join("policy"), served.get("/log/policy").body).unwrap();
        served.terminate();
        assert!(served.wait().success());
        Self { city, files }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.city.dir.path().join(name)
    }

    /// Whether a file is called whole, and what is said.
    pub(crate) fn audited(&self, file: &[u8], more: &[&str]) -> (bool, String) {
        let path = self.at("taken.cose");
        fs::write(&path, file).unwrap();
        audited(&path, &self.city.data().join("keys/trust.cose"), &self.at("policy"), more)
    }
}

pub(crate) fn audited(file: &Path, trust: &Path, policy: &Path, more: &[&str]) -> (bool, String) {
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let (file, trust, policy) = (text(file), text(trust), text(policy));
    let fixed = ["audit", "export", &file, "--trust", &trust, "--policy", &policy];
    let done = mingma(&[&fixed[..], more].concat());
    (done.status.success(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
}

#[test]
fn the_file_that_a_person_takes_along_is_checked_without_the_program_that_made_it() {
    let taken = Taken::new();
    let [mine, anothers] = &taken.files;
    let (holds, said) = taken.audited(mine, &[]);
    assert!(holds, "{said}");
    for line in [
        "Everything holds.",
        "  5 acts about the person, each following the one before it",
        "      1  You were registered",
        "      1  A fact was recorded",
        "      3  A declaration was made",
        "  5 of the acts are in the public log",
        "  what was done by 5 of them is told here",
        "  4 of 4 facts that it lists: as recorded",
        "that what was recorded is true",
        "that today's log is still the one of that time",
    ] {
        assert!(said.contains(line), "no `{line}` in {said}");
    }
    for (lang, line) in [("zh-Hans", "一切相符。"), ("zh-Hant", "關於此人共有 5 項操作")] {
        let (holds, said) = taken.audited(mine, &["--lang", lang]);
        assert!(holds && said.contains(line), "{said}");
    }
    // Against the log itself, which is no other one than it was.
    let log = taken.city.data().join("log");
    let (holds, said) = taken.audited(mine, &["--log", log.to_str().unwrap()]);
    assert!(holds && !said.contains("today's log"), "{said}");
    // An earlier file's entries are all there, and a later one's are not all in the earlier.
    let mut earlier = document(&taken.city, mine);
    earlier["journal"].as_array_mut().unwrap().pop();
    fs::write(taken.at("earlier"), signed(&taken.city, &earlier)).unwrap();
    fs::write(taken.at("whole"), mine).unwrap();
    fs::write(taken.at("anothers"), anothers).unwrap();
    let since = |file: &[u8], name: &str| taken.audited(file, &["--since", taken.at(name).to_str().unwrap()]);
    let (holds, said) = since(mine, "earlier");
    assert!(holds && said.contains("Every act of the earlier file is still there."), "{said}");
    let (holds, said) = since(&signed(&taken.city, &earlier), "whole");
    assert!(!holds && said.contains("1 act of the earlier file is not in this one"), "{said}");
    assert!(since(mine, "anothers").1.contains("it is about another person"));
    // Which of the two is the later one is not confused: an earlier file may lack what the later has.
    let mut later = document(&taken.city, mine);
    later["made"] = json!((now() + SignedDuration::from_hours(1)).to_string());
    fs::write(taken.at("later"), signed(&taken.city, &later)).unwrap();
    let (holds, said) = since(mine, "later");
    assert!(!holds && said.contains("it was made after the file that is to be checked"), "{said}");
}

/// A change of one's document, given another's, and what must be said of it.
type Damage = (&'static str, fn(&mut Value, &Value), &'static str);

/// Flips the lowest bit of a sign in a text.
fn flip(text: &mut Value, at: usize) {
    let mut bytes = text.as_str().unwrap().as_bytes().to_vec();
    // A digit stays a digit, and a sign of Base64 one of Base64.
    bytes[at] = if bytes[at] == b'1' { b'0' } else { b'1' };
    *text = Value::String(String::from_utf8(bytes).unwrap());
}

/// The place in a text behind the second mark that follows the first.
fn behind(text: &Value, [first, second]: [&str; 2]) -> usize {
    let (before, after) = text.as_str().unwrap().split_once(first).unwrap();
    let between = after.split_once(second).unwrap().0;
    before.len() + first.len() + between.len() + second.len()
}

const DAMAGES: [Damage; 27] = [
    (
        "a signature that nobody made",
        |mine, _| forge(mine, 1),
        "the institution's signature is under something else",
    ),
    ("who did it, left out", |mine, _| declared(mine)["doer"] = Value::Null, "do not make its commitment"),
    (
        "who did it, another",
        |mine, _| done_by(&mut declared(mine)["doer"], &Doer::Visitor),
        "do not make its commitment",
    ),
    (
        "who did it, told otherwise",
        |mine, _| declared(mine)["doer"]["role"] = json!("visitor"),
        "who is told to have done it is not who its commitment says",
    ),
    (
        "who did what nobody does for somebody",
        |mine, _| {
            let mut entries = mine["journal"].as_array_mut().unwrap().iter_mut();
            committed(entries.find(|entry| entry["act"] == "record").unwrap(), &Doer::Person);
        },
        "nobody does such an act for somebody",
    ),
    ("a content", |mine, _| flip(&mut mine["journal"][1]["content"], 40), "its content was changed"),
    (
        "a content and its hash",
        |mine, _| {
            mine["journal"][1]["content_hash"] = Value::Null;
            flip(&mut mine["journal"][1]["content"], 40);
        },
        "do not make its commitment",
    ),
    (
        "a salt taken from its content",
        |mine, _| mine["journal"][1]["salt"] = Value::Null,
        "its content is given without the salt",
    ),
    (
        "a former entry left out, and the salt that proves it",
        |mine, _| {
            hide(mine, 2);
            // And something else is said to have been done.
            mine["journal"][2]["content"] = mine["journal"][1]["content"].clone();
        },
        "its content is given without the salt",
    ),
    (
        "an act that was never done",
        |mine, _| invent(mine, SignedDuration::from_hours(30)),
        "nothing shows it there",
    ),
    (
        "an act that will be done",
        |mine, _| invent(mine, SignedDuration::from_hours(-30)),
        "nothing shows it there",
    ),
    ("a salt", |mine, _| flip(&mut mine["journal"][1]["salt"], 7), "do not make its commitment"),
    (
        "a time",
        |mine, _| mine["journal"][1]["at"] = json!("2026-01-01T00:00:00Z"),
        "do not make its commitment",
    ),
    (
        "an act",
        |mine, _| {
            let act = &mut mine["journal"][1]["act"];
            *act = json!(if *act == "record" { "declare" } else { "record" });
        },
        "do not make its commitment",
    ),
    (
        "a former entry",
        |mine, _| mine["journal"][2]["former"] = mine["journal"][0]["leaf"].clone(),
        "do not make its commitment",
    ),
    (
        "a proof's hash",
        |mine, _| {
            let proof = &mut mine["journal"][1]["proof"];
            flip(proof, behind(proof, ["\nindex ", "\n"]) + 3);
        },
        "its proof does not hold",
    ),
    (
        "a proof's place",
        |mine, _| {
            let proof = &mut mine["journal"][1]["proof"];
            *proof = json!(proof.as_str().unwrap().replace("\nindex ", "\nindex 1"));
        },
        "its proof does not hold",
    ),
    (
        "a checkpoint's signature",
        |mine, _| {
            let proof = &mut mine["journal"][1]["proof"];
            flip(proof, behind(proof, ["\n— ", " "]) + 20);
        },
        "the checkpoint of its proof is not believed",
    ),
    (
        "a checkpoint's size",
        |mine, _| {
            let proof = &mut mine["journal"][1]["proof"];
            let (before, checkpoint) = proof.as_str().unwrap().split_once("\n\n").unwrap();
            let (origin, rest) = checkpoint.split_once('\n').unwrap();
            *proof = json!(format!("{before}\n\n{origin}\n9{rest}"));
        },
        "the checkpoint of its proof is not believed",
    ),
    ("no proof file", |mine, _| mine["journal"][1]["proof"] = json!("proof"), "its proof cannot be read"),
    (
        "another entry's proof",
        |mine, _| mine["journal"][1]["proof"] = mine["journal"][2]["proof"].clone(),
        "its proof is another entry's",
    ),
    (
        "an entry left out",
        |mine, _| drop(mine["journal"].as_array_mut().unwrap().remove(2)),
        "the act before it is left out",
    ),
    (
        "the first left out",
        |mine, _| drop(mine["journal"].as_array_mut().unwrap().remove(0)),
        "the act before it is left out",
    ),
    (
        "an entry twice",
        |mine, _| {
            let entry = mine["journal"][1].clone();
            mine["journal"].as_array_mut().unwrap().push(entry);
        },
        "it stands there twice",
    ),
    (
        "another person's entry",
        |mine, anothers| mine["journal"].as_array_mut().unwrap().push(anothers["journal"][1].clone()),
        "it is about another person",
    ),
    (
        "a fact told otherwise",
        |mine, _| mine["facts"][0]["fact"]["region"] = json!("310104"),
        "it is told otherwise than it was recorded",
    ),
    (
        "a fact that no act recorded",
        |mine, anothers| mine["facts"][0] = anothers["facts"][0].clone(),
        "no act recorded it",
    ),
];

#[test]
fn of_each_damage_to_a_persons_file_it_is_said_what_was_done_although_the_authority_signed_it() {
    let taken = Taken::new();
    let [mine, anothers] = taken.files.each_ref().map(|file| document(&taken.city, file));
    for (case, damage, told) in DAMAGES {
        let mut changed = mine.clone();
        damage(&mut changed, &anothers);
        let (holds, said) = taken.audited(&signed(&taken.city, &changed), &[]);
        assert!(!holds && said.contains(told), "{case}: {said}");
    }
    // What was left out is named by whoever holds the file against the log.
    let mut changed = mine.clone();
    let entries = changed["journal"].as_array_mut().unwrap();
    let recorded = entries.iter().position(|entry| entry["act"] == "record").unwrap();
    entries.remove(recorded);
    let log = taken.city.data().join("log");
    let (holds, said) = taken.audited(&signed(&taken.city, &changed), &["--log", log.to_str().unwrap()]);
    assert!(
        !holds && said.contains("left out: ") && said.contains("A fact was recorded · cdc:410000"),
        "{said}"
    );
}

#[test]
fn a_file_that_the_authority_did_not_sign_is_not_read() {
    let taken = Taken::new();
    let [mine, _] = &taken.files;
    for at in (0..mine.len()).step_by(mine.len() / 24) {
        let mut spoilt = mine.clone();
        spoilt[at] ^= 1;
        let (holds, said) = taken.audited(&spoilt, &[]);
        assert!(!holds && said.contains("taken.cose: "), "byte {at}: {said}");
    }
    let other = City::new(0);
    let (holds, said) = taken.audited(&signed(&other, &document(&taken.city, mine)), &[]);
    assert!(!holds && said.contains("it is signed by no key of the trust list"), "{said}");
    let mut old = document(&taken.city, mine);
    old["made"] = json!("2020-01-01T00:00:00Z");
    let (holds, said) = taken.audited(&signed(&taken.city, &old), &[]);
    assert!(!holds && said.contains("was not believed at the time"), "{said}");
    let mut former = document(&taken.city, mine);
    former["format"] = json!("mingma/export/1");
    assert!(taken.audited(&signed(&taken.city, &former), &[]).0, "of before it was kept who did what");
    for (member, value) in [("format", json!("mingma/export/3")), ("journal", json!(["somebody's name"]))] {
        let mut another = document(&taken.city, mine);
        another[member] = value;
        let (holds, said) = taken.audited(&signed(&taken.city, &another), &[]);
        assert!(!holds && said.contains("version `mingma/export/2`") && !said.contains("name"), "{said}");
    }
    // Whoever knows another key of the log believes none of its checkpoints.
    let policy = fs::read_to_string(taken.at("policy")).unwrap();
    let key = policy.split_whitespace().find(|word| word.contains('+')).unwrap();
    let log = mingma_journal::note::key::LogKey::new(
        key.split('+').next().unwrap().parse().unwrap(),
        *mingma_journal::note::sign::LogSigner::from_seed("x".parse().unwrap(), &[3; 32])
            .unwrap()
            .key()
            .bytes(),
    );
    fs::write(taken.at("policy"), format!("log {log}\nquorum none\n")).unwrap();
    let (holds, said) = taken.audited(mine, &[]);
    assert!(!holds && said.contains("the checkpoint of its proof is not believed"), "{said}");
}
