//! Whom an institution's signature is about: told to whoever gives the person's document, and to nobody else.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use mingma_credential::key::{SigningKey, SystemEntropy};
use mingma_registry::EntryId;
use mingma_registry::canonical::sha256;
use mingma_registry::journal::{Former, leaf};
use mingma_registry::signed::Signature;
use mingma_registry::submission::{RawRow, Submission, signed_bytes};
use serde_json::{Value, json};

use super::exported::{Taken, document, signed};
use super::support::{document as identity, now};

/// What the institution drew.
const SALT: [u8; 32] = [7; 32];

/// The part of a submission about the city's two people that is the nth one's: of each it says what their file has recorded.
fn part(key: &SigningKey, fact: &Value, n: usize) -> Signature {
    let wires = [0, 1].map(|n| identity(n).to_wire());
    let text = |member: &str| fact[member].as_str().unwrap();
    let rows = wires.each_ref().map(|person| RawRow {
        person,
        kind: text("kind"),
        value: text("value"),
        at: text("at"),
        evidence: text("evidence"),
        ..RawRow::default()
    });
    let (issuer, name) = (text("issuer").parse().unwrap(), "b-1".parse().unwrap());
    let signature = key.sign(&signed_bytes(&issuer, &name, &SALT, &rows)).unwrap();
    Submission::read(issuer, name, &rows, SALT, signature).unwrap().signature(n).unwrap()
}

/// Adds to a file that what it says was recorded was signed so; the log is to have it soon.
fn sign(mine: &mut Value, key: &SigningKey, Signature { salt, proof }: &Signature) {
    let hex = base16ct::lower::encode_string;
    let unhex = |text: &Value| base16ct::lower::decode_vec(text.as_str().unwrap()).unwrap();
    let entries = mine["journal"].as_array_mut().unwrap();
    let recorded = entries.iter().find(|entry| entry["act"] == "record").unwrap();
    let mut entry = recorded.clone();
    let former = &entries.last().unwrap()["leaf"];
    let (id, at) = (EntryId::new(now(), [9; 10]), now());
    let named = (id, "record".parse().unwrap(), at);
    let link = (Former::Leaf(unhex(former).try_into().unwrap()), Some(&sha256(proof)));
    let leaf = leaf(named, &SALT, &sha256(&unhex(&entry["content"])), link);
    let key = hex(key.device_point().as_bytes());
    for (member, value) in [
        ("id", json!(id)),
        ("at", json!(at)),
        ("salt", json!(hex(&SALT))),
        ("former", former.clone()),
        ("leaf", json!(hex(&leaf))),
        ("signature", json!({ "proof": hex(proof), "salt": hex(salt), "key": key })),
        ("proof", Value::Null),
    ] {
        entry[member] = value;
    }
    entries.push(entry);
}

#[test]
fn another_persons_signature_that_was_moved_into_a_file_is_named_by_whoever_has_the_document() {
    let taken = Taken::new();
    let whole = document(&taken.city, &taken.files[0]);
    let told = whole["facts"].as_array().unwrap();
    let fact = &told.iter().find(|told| told["fact"]["kind"] == "contact").unwrap()["fact"];
    let key = SigningKey::generate(&mut SystemEntropy).unwrap();
    let file = |n| {
        let mut file = whole.clone();
        sign(&mut file, &key, &part(&key, fact, n));
        signed(&taken.city, &file)
    };
    let (mine, moved) = (file(0), file(1));
    let paper = taken.city.dir.path().join("document");
    let paper = paper.to_str().unwrap();
    let wire = identity(0).to_wire();
    fs::write(paper, format!("{wire}\n")).unwrap();
    let given = ["--document", paper];

    let (holds, said) = taken.audited(&mine, &given);
    assert!(holds && said.contains("each of these signatures is about whoever has the document"), "{said}");
    assert!(!said.contains("was not compared") && !said.contains(&wire), "{said}");
    // The signature is the institution's, under the same words; whose it is says the document alone.
    let (holds, said) = taken.audited(&moved, &[]);
    assert!(holds && said.contains("are about this person: that was not compared"), "{said}");
    let (holds, said) = taken.audited(&moved, &given);
    assert!(!holds && said.contains("the institution's signature is about somebody else"), "{said}");
    for (lang, about, other) in [
        ("zh-Hans", "所给证件的持有人。", "说的是另一个人"),
        ("zh-Hant", "所給證件的持有人。", "說的是另一個人"),
    ] {
        let with = |file| taken.audited(file, &[&given[..], &["--lang", lang]].concat());
        assert!(with(&mine).1.contains(about) && with(&moved).1.contains(other), "{lang}");
    }
    // With another's document nothing of the file is about its holder.
    fs::write(paper, identity(1).to_wire()).unwrap();
    let (holds, said) = taken.audited(&mine, &given);
    assert!(!holds && taken.audited(&moved, &given).0);
    // The act is there, and it is wrong: nothing else is said of what it recorded.
    assert!(said.contains("about somebody else") && !said.contains("no act recorded it"), "{said}");
}

#[test]
fn a_document_is_read_from_a_file_or_from_standard_input_and_is_written_nowhere() {
    let taken = Taken::new();
    let (holds, said) = taken.audited(&taken.files[0], &[]);
    assert!(holds && !said.contains("was not compared"), "nothing of it is an institution's: {said}");
    let wire = identity(0).to_wire();
    // Who writes the number where the file belongs does not read it in the error.
    let (holds, said) = taken.audited(&taken.files[0], &["--document", &wire]);
    assert!(!holds && said.contains("the file of `--document`: ") && !said.contains(&wire), "{said}");
    let data = taken.city.data();
    let [file, trust, policy] = [
        taken.city.dir.path().join("taken.cose"),
        data.join("keys/trust.cose"),
        taken.city.dir.path().join("policy"),
    ];
    for (given, is_read) in [(wire.clone(), true), (format!("{wire}X"), false)] {
        let mut audit = Command::new(env!("CARGO_BIN_EXE_mingma"));
        audit.args(["audit", "export", "--document", "-"]).arg(&file).arg("--trust").arg(&trust);
        audit
            .arg("--policy")
            .arg(&policy)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut audit = audit.spawn().unwrap();
        writeln!(audit.stdin.take().unwrap(), "{given}").unwrap();
        let done = audit.wait_with_output().unwrap();
        let said = String::from_utf8([done.stdout, done.stderr].concat()).unwrap();
        assert_eq!(done.status.success(), is_read, "{said}");
        assert!(!said.contains(&wire) && !said.contains("TR0000000"), "{said}");
    }
}
