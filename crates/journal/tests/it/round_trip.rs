//! What reads must write the same, and nothing may panic: for texts drawn from the formats' own pieces.

use mingma_journal::checkpoint::Checkpoint;
use mingma_journal::hash::Hash;
use mingma_journal::leaf::{Act, Leaf, Word};
use mingma_journal::note::{Note, Signature};
use mingma_journal::policy::Policy;
use mingma_journal::proof_file::ProofFile;
use mingma_journal::tiles::{Row, TilePath};
use mingma_journal::witness::{Latest, Request};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::fuzz_entries;
use crate::support::{at, witness};

fn hash() -> impl Strategy<Value = Hash> {
    any::<[u8; 32]>().prop_map(Hash::new)
}

fn size() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), 1_u64..1_000, Just((1 << 63) - 1), 0_u64..1 << 63]
}

fn word() -> impl Strategy<Value = Word> {
    "[!-~]{1,96}".prop_map(|word| word.parse().unwrap())
}

fn line() -> impl Strategy<Value = String> {
    "[ -~·码]{1,20}"
}

fn signature() -> impl Strategy<Value = Signature> {
    ("[a-z码./]{1,12}", vec(any::<u8>(), 5..80)).prop_map(|(name, bytes)| {
        use base64ct::{Base64, Encoding as _};
        Signature::parse(&format!("— {name} {}", Base64::encode_string(&bytes))).unwrap()
    })
}

fn note() -> impl Strategy<Value = Note> {
    (line(), size(), hash(), vec(line(), 0..3), vec(signature(), 1..5)).prop_map(
        |(origin, size, root, extensions, signatures)| {
            let lines = [vec![origin, size.to_string(), root.to_string()], extensions].concat();
            let mut note = Note::new(
                lines.join(
                    "
",
                ) + "
",
            )
            .unwrap();
            for signature in signatures {
                note.add(signature).unwrap();
            }
            note
        },
    )
}

proptest! {
    #[test]
    fn notes_and_checkpoints_come_back(note in note()) {
        let read: Note = note.to_string().parse().unwrap();
        prop_assert_eq!(&read, &note);
        let checkpoint: Checkpoint = note.text().parse().unwrap();
        prop_assert_eq!(checkpoint.to_string(), note.text());
    }

    #[test]
    fn requests_and_proof_files_come_back(
        note in note(),
        old in size(),
        path in vec(hash(), 0..=63),
        extra in option::of(vec(any::<u8>(), 0..50)),
    ) {
        let request = Request { old, proof: path.clone(), note: note.clone() };
        prop_assert_eq!(request.to_string().parse::<Request>().unwrap(), request);
        let index = old.min((1 << 63) - 2);
        let file = ProofFile { extra, index, path, checkpoint: note };
        prop_assert_eq!(file.to_string().parse::<ProofFile>().unwrap(), file);
    }

    #[test]
    fn paths_come_back(size in 1_u64..1 << 63, level in 0_u8..8, place in any::<u64>(), entries in any::<bool>()) {
        let row = if entries { Row::Entries } else { Row::Hashes(level) };
        let tiles = row.width_in(size).div_ceil(256);
        prop_assume!(tiles > 0);
        let path = TilePath::in_tree(row, place % tiles, size).unwrap();
        prop_assert_eq!(path.to_string().parse::<TilePath>().unwrap(), path);
        prop_assert_eq!(path.is_partial(), path.width() < 256);
        prop_assert_eq!(TilePath::in_tree(row, tiles, size), None);
    }

    #[test]
    fn what_a_witness_remembers_comes_back(size in size(), root in hash(), seconds in size()) {
        let latest = Latest { size, root, at: at(seconds) };
        prop_assert_eq!(latest.to_string().parse::<Latest>(), Ok(latest));
    }

    #[test]
    fn acts_come_back(name in word(), at in size(), clear in (option::of(word()), option::of(word()), option::of(word())), commitment in hash()) {
        let (issuer, region, subject) = clear;
        let leaf = Leaf::Act(Act { name, at: self::at(at), issuer, region, subject, commitment });
        prop_assert_eq!(Leaf::from_bytes(&leaf.to_bytes()).unwrap(), leaf);
    }

    #[test]
    fn policies_come_back(groups in vec(("[a-f]{1,2}", 0_usize..8, vec("[A-Fa-f]{1,2}", 0..4)), 0..6), quorum in "[A-Fa-f]") {
        let mut file: Vec<String> =
            (0..6).map(|n| format!("witness {} {}", char::from(b'A' + n), witness(n).key())).collect();
        for (name, k, members) in groups {
            let k = match k { 0 => "any".to_owned(), 7 => "all".to_owned(), k => k.to_string() };
            file.push(format!("group {name} {k} {}", members.join(" ")));
            // A line that cannot be is dropped, so that what remains can.
            if Policy::from_bytes(format!("{}\nquorum none\n", file.join("\n")).as_bytes()).is_err() {
                file.pop();
            }
        }
        let ends = [format!("quorum {quorum}\n"), "quorum none\n".to_owned()];
        let read = ends.iter().find_map(|end| {
            let text = format!("{}\n{end}", file.join("\n"));
            Some((Policy::from_bytes(text.as_bytes()).ok()?, text))
        });
        let (policy, text) = read.unwrap();
        prop_assert_eq!(String::from_utf8(policy.to_bytes()).unwrap(), text.replace(" \n", "\n"));
    }

    #[test]
    fn arbitrary_bytes_break_no_reader(bytes in vec(any::<u8>(), 0..400)) {
        fuzz_entries::note(&bytes);
        fuzz_entries::request(&bytes);
        fuzz_entries::policy(&bytes);
        fuzz_entries::proof_file(&bytes);
        fuzz_entries::stored(&bytes);
    }

    #[test]
    fn arbitrary_lines_break_no_reader(lines in vec("(old |index |extra |— |tile/|log |group |quorum |witness |#)?[ -~—·]{0,30}", 0..8)) {
        let text = lines.join("\n") + "\n";
        fuzz_entries::note(text.as_bytes());
        fuzz_entries::request(text.as_bytes());
        fuzz_entries::policy(text.as_bytes());
        fuzz_entries::proof_file(text.as_bytes());
    }
}
