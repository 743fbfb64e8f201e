//! The witness's answers, as C2SP `tlog-witness` gives them.

use std::collections::BTreeMap;

use mingma_journal::checkpoint::{Checkpoint, Origin};
use mingma_journal::hash::Hash;
use mingma_journal::merkle::{MemoryTree, consistency};
use mingma_journal::note::Note;
use mingma_journal::note::key::{PosixSeconds, Signed};
use mingma_journal::note::sign::LogSigner;
use mingma_journal::witness::{
    AnswerError, Cosigned, Latest, Refusal, Request, SIZE_TYPE, Witness, add_cosignatures,
};

use crate::support::{ORIGIN, at, head, leaves, noon, signer, witness};

/// A witness with its memory, as a server would hold them.
struct House {
    witness: Witness,
    memory: BTreeMap<Origin, Latest>,
    tree: MemoryTree,
}

impl House {
    fn new() -> Self {
        let witness = Witness::new(witness(1), [signer(1).key().clone()]);
        Self { witness, memory: BTreeMap::new(), tree: leaves(1_000).into_iter().collect() }
    }

    fn request(&self, old: u64, size: u64) -> Request {
        let proof = consistency(&mut &self.tree, old, size).unwrap().path;
        Request { old, proof, note: head(size, self.tree.root_at(size).unwrap()).into_note() }
    }

    fn ask(&mut self, request: &Request, now: PosixSeconds) -> Result<Cosigned, Refusal> {
        self.ask_bytes(request.to_string().as_bytes(), now)
    }

    fn ask_bytes(&mut self, body: &[u8], now: PosixSeconds) -> Result<Cosigned, Refusal> {
        let asked = self.witness.read(body)?;
        let latest = self.memory.get(asked.origin()).copied();
        let cosigned = asked.decide(latest, now)?;
        self.memory.insert(cosigned.origin.clone(), cosigned.next);
        Ok(cosigned)
    }
}

#[test]
fn a_tree_that_only_grew_is_cosigned_each_time() {
    let mut house = House::new();
    let key = witness(1).key().clone();
    for (old, size, seconds) in [(0, 1, 5), (1, 1, 5), (1, 300, 6), (300, 300, 9), (300, 1_000, 9)] {
        let request = house.request(old, size);
        let cosigned = house.ask(&request, at(seconds)).unwrap();
        assert_eq!(cosigned.next.size, size);
        assert_eq!(cosigned.next.to_string().parse::<Latest>(), Ok(cosigned.next));
        let mut note = request.note.clone();
        assert_eq!(add_cosignatures(&mut note, &cosigned.body(), std::slice::from_ref(&key)), Ok(1));
        assert_eq!(key.signed(&note), Signed::Yes(at(seconds)));
        // The log's own signature still stands.
        assert_eq!(signer(1).key().signed(&note), Signed::Yes(()));
    }
}

#[test]
fn each_refusal_has_the_status_of_the_specification() {
    let mut house = House::new();
    let (first, later) = (house.request(0, 300), house.request(300, 1_000));
    house.ask(&first, noon()).unwrap();
    let before = house.memory.clone();
    let other_root = head(300, Hash::leaf(b"another")).into_note();
    let elsewhere = LogSigner::from_seed("journal.hubei.example/2022q2".parse().unwrap(), &[1; 32]).unwrap();
    let hubei = Checkpoint::new("journal.hubei.example/2022q2".parse().unwrap(), 1_000, house.tree.root());
    let hubei = hubei.sign(&elsewhere).unwrap().into_note();
    let stranger = Checkpoint::new(ORIGIN.parse().unwrap(), 1_000, house.tree.root());
    let stranger = stranger.sign(&signer(2)).unwrap().into_note();
    let mut wrong = later.proof.clone();
    wrong[0] = Hash::EMPTY;

    let table: [(&str, Request, Refusal, u16, &str); 9] = [
        ("unknown log", Request { note: hubei, ..later.clone() }, Refusal::UnknownLog, 404, ""),
        ("another key", Request { note: stranger, ..later.clone() }, Refusal::Unsigned, 403, ""),
        ("old above new", Request { old: 1_001, ..later.clone() }, Refusal::Shrunk, 400, ""),
        ("old is not the last", house.request(299, 1_000), Refusal::Conflict { size: 300 }, 409, "300\n"),
        ("old is 0 to ask", house.request(0, 1_000), Refusal::Conflict { size: 300 }, 409, "300\n"),
        ("a smaller tree", house.request(200, 200), Refusal::Conflict { size: 300 }, 409, "300\n"),
        (
            "the same size, another root",
            Request { old: 300, proof: Vec::new(), note: other_root },
            Refusal::Conflict { size: 300 },
            409,
            "300\n",
        ),
        ("a wrong proof", Request { proof: wrong, ..later.clone() }, Refusal::Inconsistent, 422, ""),
        ("no proof", Request { proof: Vec::new(), ..later.clone() }, Refusal::Inconsistent, 422, ""),
    ];
    for (case, request, refusal, status, body) in table {
        let answer = house.ask(&request, noon()).unwrap_err();
        assert_eq!((answer, answer.status()), (refusal, status), "{case}");
        if status == 409 {
            assert_eq!(answer.body(), body, "{case}");
        }
        assert_eq!(house.memory, before, "{case}: a refusal changes nothing");
    }
    let behind = house.ask(&later, at(noon().get() - 1)).unwrap_err();
    assert_eq!((behind, behind.status()), (Refusal::ClockWentBack, 503));
    house.ask(&later, noon()).unwrap();
    assert_eq!(SIZE_TYPE, "text/x.tlog.size");
}

#[test]
fn a_first_checkpoint_needs_no_proof_and_takes_none() {
    let mut house = House::new();
    let first = house.request(0, 300);
    assert_eq!(first.proof, []);
    let with_proof = Request { proof: vec![Hash::EMPTY], ..first.clone() };
    assert_eq!(house.ask(&with_proof, noon()), Err(Refusal::Inconsistent));
    let known = Request { old: 7, ..house.request(7, 300) };
    assert_eq!(house.ask(&known, noon()), Err(Refusal::Conflict { size: 0 }));
    let empty = Request { old: 0, proof: Vec::new(), note: head(0, Hash::leaf(b"no root")).into_note() };
    assert_eq!(house.ask(&empty, noon()), Err(Refusal::Conflict { size: 0 }));
    assert!(house.memory.is_empty());
    house.ask(&first, noon()).unwrap();
}

#[test]
fn a_body_that_cannot_be_read_gets_400() {
    let mut house = House::new();
    let good = house.request(300, 1_000).to_string();
    let lines: Vec<&str> = good.lines().collect();
    let bodies = [
        String::new(),
        good.replace("old 300", "old 0300"),
        good.replace("old 300", "old -1"),
        good.replace("old 300", "old"),
        good.replace("old 300", "new 300"),
        good.replacen(lines[1], "AAAA", 1),
        good.replacen("\n\n", "\n", 1),
        good.replacen("\n\n", &format!("\n{}\n", format!("{}\n", lines[1]).repeat(64)), 1),
        good.replace("\n1000\n", "\n01000\n"),
        good.trim_end().to_owned(),
        "old 0\n\n".to_owned(),
    ];
    for body in bodies {
        let refusal = house.ask_bytes(body.as_bytes(), noon()).unwrap_err();
        assert_eq!(refusal.status(), 400, "{body}");
    }
    assert_eq!(house.ask_bytes(&vec![b'a'; 1 << 20], noon()).unwrap_err().status(), 400);
    assert_eq!(house.ask_bytes(b"old 0\n\xff", noon()).unwrap_err().status(), 400);
}

#[test]
fn signatures_of_unknown_keys_do_not_count_and_do_not_harm() {
    let mut house = House::new();
    let request = house.request(0, 300);
    let mut note = Note::new(request.note.text().to_owned()).unwrap();
    signer(2).sign(&mut note).unwrap();
    let unknown = Request { note: note.clone(), ..request.clone() };
    assert_eq!(house.ask(&unknown, noon()), Err(Refusal::Unsigned));
    signer(1).sign(&mut note).unwrap();
    house.ask(&Request { note, ..request }, noon()).unwrap();
}

#[test]
fn a_log_takes_cosignatures_of_known_witnesses_alone() {
    let mut house = House::new();
    let (one, two) = (house.request(0, 300), house.request(300, 1_000));
    let first = house.ask(&one, noon()).unwrap();
    let second = house.ask(&two, noon()).unwrap();
    let known = [witness(1).key().clone()];
    let mut note = two.note.clone();
    let stranger = [witness(2).key().clone()];
    assert_eq!(add_cosignatures(&mut note, &second.body(), &stranger), Ok(0));
    assert_eq!(add_cosignatures(&mut note, &first.body(), &known), Err(AnswerError::Forged(1)));
    assert_eq!(add_cosignatures(&mut note, "300\n", &known), Err(AnswerError::Line(1)));
    assert_eq!(add_cosignatures(&mut note, "", &known), Err(AnswerError::Line(1)));
    assert_eq!(note, two.note, "what was refused left nothing behind");
    assert_eq!(add_cosignatures(&mut note, &second.body(), &known), Ok(1));
}

#[test]
fn a_log_that_changes_its_key_is_known_by_either() {
    let keys = [signer(1).key().clone(), signer(2).key().clone()];
    let mut house = House { witness: Witness::new(witness(1), keys), ..House::new() };
    house.ask(&house.request(0, 300), noon()).unwrap();
    let root = house.tree.root();
    let new = Checkpoint::new(ORIGIN.parse().unwrap(), 1_000, root).sign(&signer(2)).unwrap();
    let request = Request { note: new.into_note(), ..house.request(300, 1_000) };
    assert_eq!(house.ask(&request, noon()).unwrap().next.root, root);
}
