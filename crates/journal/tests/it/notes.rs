//! Notes, keys, checkpoints and cosignatures.

use base64ct::{Base64, Encoding as _};
use mingma_journal::checkpoint::{Checkpoint, CheckpointError, OpenError, SignedCheckpoint};
use mingma_journal::hash::Hash;
use mingma_journal::note::key::{KeyError, LogKey, PosixSeconds, Signed, WitnessKey};
use mingma_journal::note::sign::LogSigner;
use mingma_journal::note::{MAX_SIGNATURES, Note, NoteError, Signature};

use crate::support::{ORIGIN, head, leaves, mth, signer, witness};

/// The example of the documentation of Go's `sumdb/note`: key, text and signature.
#[test]
fn a_note_is_signed_as_gos_example_is() {
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const SEED: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\
        \n\
        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let seed: [u8; 32] = Base64::decode_vec(SEED).unwrap()[1..].try_into().unwrap();
    let signer = LogSigner::from_seed("PeterNeumann".parse().unwrap(), &seed).unwrap();
    assert_eq!(signer.key().to_string(), KEY);
    assert_eq!(KEY.parse::<LogKey>().unwrap(), *signer.key());
    let read: Note = NOTE.parse().unwrap();
    assert_eq!(signer.key().signed(&read), Signed::Yes(()));
    let mut written = Note::new(read.text().to_owned()).unwrap();
    signer.sign(&mut written).unwrap();
    assert_eq!(written.to_string(), NOTE);
}

#[test]
fn a_note_is_text_an_empty_line_and_signatures() {
    let line = head(1, Hash::EMPTY).note().signatures()[0].to_string();
    let good = format!("a\n\nb\n\n{line}\n");
    assert_eq!(good.parse::<Note>().unwrap().text(), "a\n\nb\n");
    for (bad, error) in [
        (String::new(), NoteError::Shape),
        ("a\n".to_owned(), NoteError::Shape),
        ("a\n\n".to_owned(), NoteError::Shape),
        (format!("a\n{line}\n"), NoteError::Shape),
        (format!("a\n\n{line}"), NoteError::Shape),
        (format!("a\n\n{line}\n\n"), NoteError::Shape),
        (format!("a\r\n\n{line}\n"), NoteError::Control),
        (format!("a\t\n\n{line}\n"), NoteError::Control),
        (format!("a\n\n{line}\n{}\n", &line[3..]), NoteError::Signature(2)),
        (format!("a\n\n{line} \n"), NoteError::Signature(1)),
        (format!("a\n\n— {ORIGIN} AAAAAA==\n"), NoteError::Signature(1)),
        (format!("a\n\n— {ORIGIN} AAAAAAB=\n"), NoteError::Signature(1)),
        ("a\n\n— no+plus AAAAAAA=\n".to_owned(), NoteError::Signature(1)),
        ("a\n\n—  AAAAAAA=\n".to_owned(), NoteError::Signature(1)),
        (format!("a\n\n{}", format!("{line}\n").repeat(MAX_SIGNATURES + 1)), NoteError::Signatures),
    ] {
        assert_eq!(bad.parse::<Note>(), Err(error), "{bad:?}");
    }
    assert!(format!("a\n\n{}", format!("{line}\n").repeat(MAX_SIGNATURES)).parse::<Note>().is_ok());
    assert_eq!(Note::from_bytes(b"\xff\n\n"), Err(NoteError::Encoding));
    assert_eq!(Note::from_bytes(&vec![b'a'; 1 << 19]), Err(NoteError::Long(1 << 19)));
}

#[test]
fn a_key_is_its_name_number_and_bytes() {
    let text = signer(1).key().to_string();
    let key: LogKey = text.parse().unwrap();
    assert_eq!(key.to_string(), text);
    let parts: Vec<&str> = text.splitn(3, '+').collect();
    let (name, id, bytes) = (parts[0], parts[1], parts[2]);
    let witness = witness(1).key().to_string();
    for (bad, error) in [
        (String::new(), KeyError::Shape),
        (name.to_owned(), KeyError::Shape),
        (format!("{name}+{id}"), KeyError::Shape),
        (format!("{name}+{}+{bytes}", &id[1..]), KeyError::Shape),
        (format!("{name}+{}+{bytes}", id.to_uppercase()), KeyError::Shape),
        (format!("{name}+00000000+{bytes}"), KeyError::Id),
        (format!("{name}x+{id}+{bytes}"), KeyError::Id),
        (format!("+{id}+{bytes}"), KeyError::Name),
        (format!("a b+{id}+{bytes}"), KeyError::Name),
        (format!("{name}+{id}+{bytes}="), KeyError::Shape),
        (witness.clone(), KeyError::Type { found: 4, expected: 1 }),
    ] {
        assert_eq!(bad.parse::<LogKey>(), Err(error), "{bad}");
    }
    assert_eq!(text.parse::<WitnessKey>(), Err(KeyError::Type { found: 1, expected: 4 }));
    assert_eq!(witness.parse::<WitnessKey>().unwrap().to_string(), witness);
}

#[test]
fn a_checkpoint_is_three_lines_and_perhaps_more() {
    let root = mth(&leaves(5));
    let text = format!("{ORIGIN}\n5\n{root}\n");
    let checkpoint: Checkpoint = text.parse().unwrap();
    assert_eq!((checkpoint.size, checkpoint.root, checkpoint.to_string()), (5, root, text.clone()));
    let more = format!("{text}one more\nand another\n");
    let extended: Checkpoint = more.parse().unwrap();
    assert_eq!(extended.extensions(), ["one more", "and another"]);
    assert_eq!(extended.to_string(), more);
    assert!(format!("{ORIGIN}\n9223372036854775807\n{root}\n").parse::<Checkpoint>().is_ok());
    for (bad, error) in [
        (String::new(), CheckpointError::Lines),
        (format!("{ORIGIN}\n5\n"), CheckpointError::Lines),
        (format!("{ORIGIN}\n5\n{root}"), CheckpointError::Lines),
        (format!("\n5\n{root}\n"), CheckpointError::Lines),
        (format!("{text}\n"), CheckpointError::Lines),
        (format!("{text}more\n\n"), CheckpointError::Lines),
        (format!("{text}more"), CheckpointError::Lines),
        (format!("{ORIGIN}\n05\n{root}\n"), CheckpointError::Size),
        (format!("{ORIGIN}\n+5\n{root}\n"), CheckpointError::Size),
        (format!("{ORIGIN}\n-5\n{root}\n"), CheckpointError::Size),
        (format!("{ORIGIN}\n9223372036854775808\n{root}\n"), CheckpointError::Size),
        (format!("{ORIGIN}\n5\n{root}=\n"), CheckpointError::Root),
        (format!("{ORIGIN}\n5\nAAAA\n"), CheckpointError::Root),
    ] {
        assert_eq!(bad.parse::<Checkpoint>(), Err(error), "{bad:?}");
    }
}

#[test]
fn a_checkpoint_is_believed_by_its_own_logs_key_alone() {
    let (key, other) = (signer(1), signer(2));
    let signed = head(5, mth(&leaves(5)));
    let open = |note: &Note, key: &LogKey| SignedCheckpoint::open(note.clone(), key);
    assert_eq!(open(signed.note(), key.key()).unwrap(), signed);
    assert_eq!(open(signed.note(), other.key()), Err(OpenError::Unsigned));

    let elsewhere = LogSigner::from_seed("journal.hubei.example/2022q2".parse().unwrap(), &[1; 32]).unwrap();
    assert_eq!(open(signed.note(), elsewhere.key()), Err(OpenError::AnotherLog));
    let checkpoint = signed.checkpoint();
    assert_eq!(checkpoint.sign(&elsewhere), Err(OpenError::AnotherLog));

    // The signature of another text under the key's name and number.
    let text = signed.note().to_string().replace("\n5\n", "\n6\n");
    assert_eq!(open(&text.parse().unwrap(), key.key()), Err(OpenError::Forged));
    // One forged line beside a good one.
    let mut note = signed.note().clone();
    let other = head(6, mth(&leaves(6)));
    note.add(other.note().signatures()[0].clone()).unwrap();
    assert_eq!(open(&note, key.key()), Err(OpenError::Forged));
}

#[test]
fn a_signature_with_one_bit_changed_is_none() {
    let signed = head(5, mth(&leaves(5)));
    let line = signed.note().signatures()[0].to_string();
    let bytes = Base64::decode_vec(line.rsplit_once(' ').unwrap().1).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let mut note = Note::new(signed.note().text().to_owned()).unwrap();
        let line = format!("— {ORIGIN} {}", Base64::encode_string(&changed));
        note.add(Signature::parse(&line).unwrap()).unwrap();
        let expected = if bit < 32 { OpenError::Unsigned } else { OpenError::Forged };
        assert_eq!(SignedCheckpoint::open(note, signer(1).key()), Err(expected), "bit {bit}");
    }
}

#[test]
fn times_end_at_two_to_the_sixty_third() {
    let last = (1 << 63) - 1;
    assert_eq!(PosixSeconds::new(last).map(PosixSeconds::get), Some(last));
    assert_eq!(PosixSeconds::new(last + 1), None);
}
