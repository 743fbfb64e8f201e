//! One log a quarter, each beginning with the end of the one before.

use mingma_journal::checkpoint::{Checkpoint, OpenError};
use mingma_journal::hash::Hash;
use mingma_journal::leaf::{Leaf, LeafError};
use mingma_journal::note::sign::LogSigner;
use mingma_journal::quarter::{ChainError, Quarter};
use mingma_journal::tiles::Growing;

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
    let closed = log.append(&[Leaf::Act(Hash::leaf(b"an act")).to_bytes()]).unwrap();
    let last = Checkpoint::new(first.origin(JOURNAL).unwrap(), closed.to, closed.root);
    let last = last.sign(&signer(first)).unwrap();
    let entry = Leaf::former(&last).unwrap().to_bytes();

    let opened = second.continues(JOURNAL, &entry, signer(first).key()).unwrap();
    assert_eq!(opened, last);

    let act = Leaf::Act(Hash::EMPTY).to_bytes();
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
fn an_entry_is_a_commitment_or_a_checkpoint_and_nothing_else() {
    let act = Leaf::Act(Hash::leaf(b"x"));
    assert_eq!(Leaf::from_bytes(&act.to_bytes()).unwrap(), act);
    assert_eq!(act.to_bytes().len(), 4 + 12 + 4 + 32);
    let written = |name: &[u8], content: &[u8]| {
        let sized = |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat();
        [sized(name), sized(content)].concat()
    };
    assert_eq!(act.to_bytes(), written(b"mingma/act/1", Hash::leaf(b"x").as_bytes()));
    for (bytes, error) in [
        (written(b"mingma/act/1", b"a depositor's name"), LeafError::Commitment),
        (written(b"mingma/act/1", &[0; 33]), LeafError::Commitment),
        (written(b"mingma/act/2", &[0; 32]), LeafError::Kind),
        (written(b"", &[0; 32]), LeafError::Kind),
        ([act.to_bytes(), vec![0]].concat(), LeafError::Shape),
        (act.to_bytes()[..51].to_vec(), LeafError::Shape),
        (vec![0xff; 52], LeafError::Shape),
        (Vec::new(), LeafError::Shape),
    ] {
        assert_eq!(Leaf::from_bytes(&bytes), Err(error));
    }
    assert!(matches!(Leaf::from_bytes(&written(b"mingma/former/1", b"a\n")), Err(LeafError::Note(_))));
}
