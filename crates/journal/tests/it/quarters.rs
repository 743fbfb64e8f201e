//! One log a quarter, each beginning with the end of the one before.

use mingma_journal::checkpoint::{Checkpoint, OpenError};
use mingma_journal::hash::Hash;
use mingma_journal::leaf::{Act, Leaf, LeafError, MAX_WORD_BYTES, NotAWord};
use mingma_journal::note::sign::LogSigner;
use mingma_journal::quarter::{ChainError, Quarter};
use mingma_journal::tiles::Growing;

use crate::support::{act, noon};

const JOURNAL: &str = "journal.henan.example";

fn signer(quarter: Quarter) -> LogSigner {
    let origin = quarter.origin(JOURNAL).unwrap();
    LogSigner::from_seed(origin.as_str().parse().unwrap(), &[9; 32]).unwrap()
}

#[test]
fn a_month_lies_in_its_quarter() {
    let expected = [(1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (9, 3), (10, 4), (12, 4)];
    for (month, number) in expected {
        assert_eq!(Quarter::of_month(2022, month), Quarter::new(2022, number), "month {month}");
    }
    assert!(Quarter::of_month(2022, 0).is_err() && Quarter::of_month(2022, 13).is_err());
    let quarter = |text: &str| text.parse::<Quarter>().unwrap();
    assert_eq!(quarter("2022q2").to_string(), "2022q2");
    assert_eq!(quarter("2021q4").next(), Some(quarter("2022q1")));
    assert_eq!(quarter("2022q1").former(), Some(quarter("2021q4")));
    assert_eq!((quarter("2100q4").next(), quarter("2000q1").former()), (None, None));
    for bad in ["2022q0", "2022q5", "1999q4", "2101q1", "2022", "q1", "2022q", "2022Q1", "02022q1", "2022q01"]
    {
        assert!(bad.parse::<Quarter>().is_err(), "`{bad}`");
    }
    assert_eq!(quarter("2022q2").origin(JOURNAL).unwrap().as_str(), "journal.henan.example/2022q2");
    assert!(quarter("2022q2").origin("two\nlines").is_err() && quarter("2022q2").origin("").is_err());
}

#[test]
fn the_first_entry_of_a_log_is_the_last_checkpoint_of_the_one_before() {
    let (first, second) = (Quarter::new(2021, 4).unwrap(), Quarter::new(2022, 1).unwrap());
    let mut log = Growing::new();
    let closed = log.append(&[Leaf::Act(act(Hash::leaf(b"an act"))).to_bytes()]).unwrap();
    let last = Checkpoint::new(first.origin(JOURNAL).unwrap(), closed.to, closed.root);
    let last = last.sign(&signer(first)).unwrap();
    let entry = Leaf::former(&last).unwrap().to_bytes();

    let opened = second.continues(JOURNAL, &entry, signer(first).key()).unwrap();
    assert_eq!(opened, last);

    let act = Leaf::Act(act(Hash::EMPTY)).to_bytes();
    let refused = |entry: &[u8], key: &LogSigner| second.continues(JOURNAL, entry, key.key()).unwrap_err();
    assert_eq!(refused(&act, &signer(first)), ChainError::NotFormer(second));
    assert!(matches!(refused(&entry, &signer(second)), ChainError::AnotherKey(_)));
    // A checkpoint of the quarter before that, under the right name.
    let third = second.next().unwrap();
    assert_eq!(
        third.continues(JOURNAL, &entry, signer(second).key()),
        Err(ChainError::Open(OpenError::AnotherLog))
    );
    let stranger = LogSigner::from_seed(signer(first).key().name().clone(), &[8; 32]).unwrap();
    assert_eq!(refused(&entry, &stranger), ChainError::Open(OpenError::Unsigned));
    assert_eq!(refused(b"", &signer(first)), ChainError::Leaf(LeafError::Shape));
}

#[test]
fn an_entry_is_words_and_a_commitment_or_a_checkpoint_and_nothing_else() {
    let commitment = Hash::leaf(b"x");
    let own = Leaf::Act(act(commitment));
    let office = Leaf::Act(Act {
        name: "retract".parse().unwrap(),
        issuer: Some("cdc:410100-02".parse().unwrap()),
        region: Some("410100".parse().unwrap()),
        subject: Some("wrong-person".parse().unwrap()),
        ..act(commitment)
    });
    let written = |fields: &[&[u8]]| {
        let sized = |bytes: &&[u8]| [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), *bytes].concat();
        fields.iter().flat_map(sized).collect::<Vec<u8>>()
    };
    let (second, hash) = (noon().get().to_be_bytes(), commitment.as_bytes().as_slice());
    let none: &[u8] = &[0];
    let expected = [b"mingma/act/1", b"declare".as_slice(), &second, none, none, none, hash];
    assert_eq!(own.to_bytes(), written(&expected));
    let told: [&[u8]; 3] = [b"\x01cdc:410100-02", b"\x01410100", b"\x01wrong-person"];
    let expected = [b"mingma/act/1", b"retract".as_slice(), &second, told[0], told[1], told[2], hash];
    assert_eq!(office.to_bytes(), written(&expected));
    for leaf in [&own, &office] {
        assert_eq!(Leaf::from_bytes(&leaf.to_bytes()).unwrap(), *leaf);
    }

    let with = |place: usize, field: &[u8]| {
        let mut fields: Vec<Vec<u8>> =
            [b"mingma/act/1".as_slice(), b"declare", &second, none, none, none, hash]
                .map(<[u8]>::to_vec)
                .to_vec();
        fields[place] = field.to_vec();
        written(&fields.iter().map(Vec::as_slice).collect::<Vec<_>>())
    };
    for (bytes, error) in [
        (with(6, b"a depositor's name"), LeafError::Commitment),
        (with(6, &[0; 33]), LeafError::Commitment),
        (with(1, b"a depositor's name"), LeafError::Word(NotAWord)),
        (with(1, "码".as_bytes()), LeafError::Word(NotAWord)),
        (with(1, &[b'a'; MAX_WORD_BYTES + 1]), LeafError::Word(NotAWord)),
        (with(3, b"\x01"), LeafError::Word(NotAWord)),
        (with(3, b"\x00cdc"), LeafError::Shape),
        (with(3, b""), LeafError::Shape),
        (with(3, b"\x02cdc"), LeafError::Shape),
        (with(2, &[0xff; 8]), LeafError::Second),
        (with(2, &[0; 7]), LeafError::Second),
        (with(0, b"mingma/act/2"), LeafError::Kind),
        (with(0, b""), LeafError::Kind),
        ([own.to_bytes(), vec![0]].concat(), LeafError::Shape),
        (own.to_bytes()[..51].to_vec(), LeafError::Shape),
        (vec![0xff; 52], LeafError::Shape),
        (Vec::new(), LeafError::Shape),
    ] {
        assert_eq!(Leaf::from_bytes(&bytes), Err(error));
    }
    assert!(matches!(Leaf::from_bytes(&written(&[b"mingma/former/1", b"a\n"])), Err(LeafError::Note(_))));
}
