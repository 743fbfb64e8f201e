//! Policies: what their files say, and which checkpoints they accept.

use mingma_journal::checkpoint::OpenError;
use mingma_journal::hash::Hash;
use mingma_journal::merkle::{MemoryTree, inclusion};
use mingma_journal::note::Note;
use mingma_journal::note::key::KeyError;
use mingma_journal::policy::{Denied, MAX_DEFINITIONS, Policy, PolicyErrorKind as Kind};
use mingma_journal::proof_file::{ProofFile, ProofFileError, Unproved};
use mingma_journal::witness::{Request, Witness, add_cosignatures};

use crate::support::{at, entry, head, leaves, mth, signer, witness};

fn policy(lines: &str) -> Policy {
    let witnesses: Vec<String> = (1..=6)
        .map(|n| {
            format!(
                "witness W{n} {}
",
                witness(n).key()
            )
        })
        .collect();
    let file = format!(
        "log {}
{}",
        signer(1).key(),
        witnesses.concat()
    );
    Policy::from_bytes(format!("{file}{lines}").as_bytes()).unwrap()
}

/// A checkpoint of ten entries, cosigned by these witnesses.
fn cosigned(witnesses: &[u8]) -> Note {
    let mut note = head(10, mth(&leaves(10))).into_note();
    for n in witnesses {
        let asked = Request { old: 0, proof: Vec::new(), note: note.clone() }.to_string();
        let house = Witness::new(witness(*n), [signer(1).key().clone()]);
        let answer = house.read(asked.as_bytes()).unwrap().decide(None, at(1_000 + u64::from(*n))).unwrap();
        add_cosignatures(&mut note, &answer.body(), &[witness(*n).key().clone()]).unwrap();
    }
    note
}

#[test]
fn a_quorum_is_met_by_enough_of_its_members() {
    let two_of_three = "group X 2 W1 W2 W3\n";
    let nested = "group X 2 W1 W2 W3\ngroup Y any W4 W5 W6\ngroup XY all X Y\nquorum XY\n";
    let rows: [(&str, &[u8], bool); 16] = [
        ("quorum none\n", &[], true),
        ("quorum none\n", &[1], true),
        ("quorum W1\n", &[1], true),
        ("quorum W1\n", &[2], false),
        ("group A any W1 W2\nquorum A\n", &[2], true),
        ("group A any W1 W2\nquorum A\n", &[3], false),
        ("group A all W1 W2\nquorum A\n", &[1, 2], true),
        ("group A all W1 W2\nquorum A\n", &[1], false),
        (&format!("{two_of_three}quorum X\n"), &[1, 3], true),
        (&format!("{two_of_three}quorum X\n"), &[3], false),
        (nested, &[1, 2, 4], true),
        (nested, &[1, 2, 3, 5, 6], true),
        (nested, &[1, 2, 3], false),
        (nested, &[1, 4, 5, 6], false),
        (nested, &[], false),
        ("quorum none\ngroup A any W1\n", &[], true),
    ];
    for (lines, witnesses, met) in rows {
        let answer = policy(lines).judge(&cosigned(witnesses));
        match answer {
            Ok(accepted) => {
                assert!(met, "{lines} was met by {witnesses:?}");
                assert_eq!(accepted.checkpoint().size, 10);
                let named: Vec<(String, u64)> =
                    accepted.witnesses().iter().map(|(name, at)| (name.to_string(), at.get())).collect();
                let expected: Vec<(String, u64)> =
                    witnesses.iter().map(|n| (format!("W{n}"), 1_000 + u64::from(*n))).collect();
                assert_eq!(named, expected);
            }
            Err(Denied::Quorum { cosigned, .. }) => {
                assert!(!met, "{lines} was not met by {witnesses:?}");
                assert_eq!(cosigned.len(), witnesses.len());
            }
            Err(other) => panic!("{lines}: {other}"),
        }
    }
}

#[test]
fn a_checkpoint_of_another_log_or_with_a_forged_line_is_denied() {
    let policy = policy("quorum W1\n");
    let good = cosigned(&[1]);
    policy.judge(&good).unwrap();
    let reread = |text: String| policy.judge(&text.parse().unwrap()).unwrap_err();
    let elsewhere = good.to_string().replace("henan", "hubei");
    assert_eq!(reread(elsewhere), Denied::UnknownLog);
    let changed = good.to_string().replace("\n10\n", "\n11\n");
    assert_eq!(reread(changed), Denied::Open(OpenError::Forged));
    let unsigned: Vec<String> =
        good.to_string().lines().filter(|l| !l.contains("— journal")).map(String::from).collect();
    assert_eq!(reread(unsigned.join("\n") + "\n"), Denied::Open(OpenError::Unsigned));
    // A witness's line from another checkpoint of the same log.
    let mut mixed = head(9, mth(&leaves(9))).into_note();
    mixed.add(good.signatures()[1].clone()).unwrap();
    assert!(matches!(policy.judge(&mixed), Err(Denied::Forged(name)) if name.to_string() == "W1"));
    let denied = policy.judge(&cosigned(&[2, 3])).unwrap_err();
    assert_eq!(denied.to_string(), "the quorum `W1` is not met: `W2`, `W3` cosigned");
}

#[test]
fn a_policys_file_is_read_as_the_specification_writes_it() {
    let log = signer(1).key().to_string();
    let (w1, w2) = (witness(1).key().to_string(), witness(2).key().to_string());
    let file = format!(
        "# a comment\n\n \t # another \n\tlog  {log}\thttps://example.com/\n\
         witness W1 {w1} \nwitness 见证 {w2} https://w2.example\n\
         group G 1 W1 见证\nquorum G\n"
    );
    let read = Policy::from_bytes(file.as_bytes()).unwrap();
    let written = format!(
        "log {log} https://example.com/\nwitness W1 {w1}\nwitness 见证 {w2} https://w2.example\n\
         group G 1 W1 见证\nquorum G\n"
    );
    assert_eq!(String::from_utf8(read.to_bytes()).unwrap(), written);
    assert_eq!(Policy::from_bytes(&read.to_bytes()).unwrap(), read);
    assert_eq!(read.logs().len(), 1);
    assert_eq!(read.witnesses().map(|(_, _, url)| url.is_some()).collect::<Vec<_>>(), [false, true]);
    // Names are bytes, not text.
    let odd = [b"witness \xff ".as_slice(), w1.as_bytes(), b"\nquorum \xff\n"].concat();
    assert_eq!(Policy::from_bytes(&odd).unwrap().to_bytes(), odd);
}

#[test]
fn what_a_policy_cannot_mean_is_refused_with_its_line() {
    let (log, w1, w2) = (signer(1).key().clone(), witness(1).key().clone(), witness(2).key().clone());
    let renamed = mingma_journal::note::key::WitnessKey::new("other.example".parse().unwrap(), *w1.bytes());
    let base = format!("witness W1 {w1}\nwitness W2 {w2}\n");
    let word = |text: &str| match Policy::from_bytes(format!("quorum {text}\n").as_bytes()) {
        Err(error) => match error.kind {
            Kind::UnknownName(word) => word,
            other => panic!("{other}"),
        },
        Ok(policy) => panic!("{policy:?}"),
    };
    let rows = [
        (String::new(), 0, Kind::NoQuorum),
        (base.clone(), 2, Kind::NoQuorum),
        ("quorum none".to_owned(), 1, Kind::Unended),
        ("quorum none\nquorum none\n".to_owned(), 2, Kind::SecondQuorum),
        (format!("quorum W1\n{base}"), 1, Kind::UnknownName(word("W1"))),
        (format!("{base}quorum none none\n"), 3, Kind::Words),
        (format!("{base}witness\n"), 3, Kind::Words),
        (format!("{base}group G\n"), 3, Kind::Words),
        (format!("{base}witless W3\n"), 3, Kind::Keyword),
        (format!("{base}QUORUM none\n"), 3, Kind::Keyword),
        (format!("{base}group G any\n"), 3, Kind::Threshold),
        (format!("{base}group G 0 W1\n"), 3, Kind::Threshold),
        (format!("{base}group G 2 W1\n"), 3, Kind::Threshold),
        (format!("{base}group G 01 W1\n"), 3, Kind::Threshold),
        (format!("{base}group G some W1\n"), 3, Kind::Threshold),
        (format!("{base}group G any G\n"), 3, Kind::UnknownName(word("G"))),
        (format!("{base}group G any none\n"), 3, Kind::UnknownName(word_none())),
        (format!("{base}group G any W1 W1\n"), 3, Kind::SameMember(word("W1"))),
        (format!("{base}group G any W1\ngroup H any W2 W1\n"), 4, Kind::SameMember(word("W1"))),
        (format!("{base}group W1 any W2\n"), 3, Kind::SameName(word("W1"))),
        (format!("{base}group none any W2\n"), 3, Kind::SameName(word_none())),
        (format!("{base}witness W3 {renamed}\n"), 3, Kind::SameKey),
        (format!("log {log}\nlog {log}\n"), 2, Kind::SameKey),
        (format!("log {w1}\n"), 1, Kind::Key(KeyError::Type { found: 4, expected: 1 })),
        (format!("witness W {log}\n"), 1, Kind::Key(KeyError::Type { found: 1, expected: 4 })),
        (format!("log {log} a b\n"), 1, Kind::Words),
        ("quorum none\r\n".to_owned(), 1, Kind::Control),
        ("# \x7f\nquorum none\n".to_owned(), 1, Kind::Control),
        ("#\n".repeat(40_000), 1, Kind::Long),
    ];
    for (file, line, kind) in rows {
        let error = Policy::from_bytes(file.as_bytes()).expect_err(&file);
        assert_eq!((error.line, error.kind), (line, kind), "{file}");
    }
}

fn word_none() -> mingma_journal::policy::Word {
    let error = Policy::from_bytes(b"group G any none\n").unwrap_err();
    match error.kind {
        Kind::UnknownName(word) => word,
        other => panic!("{other}"),
    }
}

#[test]
fn a_policy_takes_as_many_witnesses_and_groups_as_its_limit() {
    let witness = |n: usize| {
        let mut seed = [3; 32];
        seed[..8].copy_from_slice(&n.to_le_bytes());
        let name = "w.example".parse().unwrap();
        let signer = mingma_journal::note::sign::WitnessSigner::from_seed(name, &seed).unwrap();
        format!("witness W{n} {}\n", signer.key())
    };
    let mut file: String = (0..MAX_DEFINITIONS).map(witness).collect();
    assert!(Policy::from_bytes(format!("{file}quorum W255\n").as_bytes()).is_ok());
    file.push_str(&witness(MAX_DEFINITIONS));
    let error = Policy::from_bytes(format!("{file}quorum none\n").as_bytes()).unwrap_err();
    assert_eq!((error.line, error.kind), (257, Kind::Many));
}

#[test]
fn a_proof_file_proves_its_entry_and_no_other() {
    let tree: MemoryTree = leaves(10).into_iter().collect();
    let policy = policy("group A any W1 W2\nquorum A\n");
    let path = inclusion(&mut &tree, 7, 10).unwrap().path;
    let file = ProofFile { extra: Some(b"salt".to_vec()), index: 7, path, checkpoint: cosigned(&[2]) };
    let text = file.to_string();
    let read: ProofFile = text.parse().unwrap();
    assert_eq!(read, file);
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra c2FsdA==\nindex 7\n"));
    assert_eq!(read.verify(&entry(7), &policy).unwrap().checkpoint().size, 10);
    assert!(matches!(read.verify(&entry(6), &policy), Err(Unproved::Proof(_))));
    let moved = ProofFile { index: 6, ..read.clone() };
    assert!(matches!(moved.verify(&entry(7), &policy), Err(Unproved::Proof(_))));
    let alone = ProofFile { checkpoint: cosigned(&[]), ..read.clone() };
    assert!(matches!(alone.verify(&entry(7), &policy), Err(Unproved::Denied(Denied::Quorum { .. }))));

    let without = ProofFile { extra: None, ..read };
    assert_eq!(without.to_string().parse::<ProofFile>().unwrap(), without);
    let hash = Hash::EMPTY.to_string();
    for (bad, error) in [
        (text.replace("@v1", "@v2"), ProofFileError::Header),
        (text.replace("c2FsdA==", "c2FsdA="), ProofFileError::Extra),
        (text.replace("c2FsdA==", &format!("{}=", "A".repeat(100_003))), ProofFileError::Extra),
        (text.replace("index 7", "index 07"), ProofFileError::Index),
        (text.replace("index 7\n", ""), ProofFileError::Index),
        (
            text.replace("extra c2FsdA==\nindex 7", "index 7\nextra c2FsdA=="),
            ProofFileError::Path(mingma_journal::witness::RequestError::Hash(1)),
        ),
        (
            text.replace("index 7\n", &format!("index 7\n{}", format!("{hash}\n").repeat(63))),
            ProofFileError::Path(mingma_journal::witness::RequestError::Proof),
        ),
    ] {
        assert_eq!(bad.parse::<ProofFile>(), Err(error), "{}", bad.chars().take(300).collect::<String>());
    }
    assert!(matches!(ProofFile::from_bytes(&vec![b'a'; 1 << 20]), Err(ProofFileError::Long(_))));
}
