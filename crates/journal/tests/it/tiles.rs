//! Paths, growth, and reading a tree from its tiles.

use std::collections::BTreeSet;

use mingma_journal::hash::Hash;
use mingma_journal::merkle::{MemoryTree, consistency, inclusion, root};
use mingma_journal::tiles::{
    Bundle, BundleError, Edge, Growing, MemoryTiles, Row, Start, StoredTree, TilePath, audit,
};

use crate::support::{Seeded, entries, entry, leaves, log};

#[test]
fn a_path_has_one_way_to_be_written() {
    let good = [
        "tile/0/000",
        "tile/0/x001/x234/067",
        "tile/0/x001/x234/067.p/112",
        "tile/63/999.p/255",
        "tile/entries/000.p/1",
        "tile/entries/x018/x446/x744/x073/x709/x551/615",
    ];
    for text in good {
        assert_eq!(text.parse::<TilePath>().unwrap().to_string(), text);
    }
    let bad = [
        "",
        "tile/0/",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/+12",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/x001/x002",
        "tile/00/001",
        "tile/64/001",
        "tile/-1/001",
        "tile/8/0/001",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/01",
        "tile/0/001.p/",
        "tile/0/001.p",
        "tile/0/001.p/1/2",
        "tile/data/001",
        "tile/entries/x018/x446/x744/x073/x709/x551/616",
        "tile/entries/x999/x999/x999/x999/x999/x999/x999/999",
        "/tile/0/001",
        "tile/0/001\n",
    ];
    for text in bad {
        assert!(text.parse::<TilePath>().is_err(), "`{text}` was taken for a path");
    }
}

/// The example of C2SP `tlog-tiles`, "Partial Tiles".
#[test]
fn a_tree_of_70_000_has_the_tiles_that_the_specification_counts() {
    let tiles: Vec<TilePath> = TilePath::grown(0, 70_000).collect();
    let of = |row, partial| tiles.iter().filter(move |t| t.row() == row && t.is_partial() == partial);
    assert_eq!(of(Row::Hashes(0), false).count(), 273);
    assert_eq!(of(Row::Hashes(0), true).map(TilePath::width).collect::<Vec<_>>(), [112]);
    assert_eq!(of(Row::Hashes(1), false).count(), 1);
    assert_eq!(of(Row::Hashes(1), true).map(TilePath::width).collect::<Vec<_>>(), [17]);
    assert_eq!(of(Row::Hashes(2), true).map(TilePath::width).collect::<Vec<_>>(), [1]);
    assert_eq!(of(Row::Entries, false).count(), 273);
    assert_eq!(tiles.len(), 273 + 1 + 1 + 1 + 1 + 273 + 1);
    let small: Vec<String> = TilePath::grown(0, 256).map(|tile| tile.to_string()).collect();
    assert_eq!(small, ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]);
    assert_eq!(TilePath::grown(256, 256).count(), 0);
}

#[test]
fn what_a_growth_writes_is_what_the_two_sizes_ask_for() {
    for steps in [vec![1, 1, 253, 1, 1, 300], vec![0, 256, 256], vec![65_535, 1, 1], vec![70_000, 12]] {
        let (mut log, mut size) = (Growing::new(), 0);
        for more in steps {
            let growth = log.append(&entries(size, size + more)).unwrap();
            assert_eq!((growth.from, growth.to), (size, size + more));
            let written: Vec<TilePath> = growth.files.iter().map(|(path, _)| *path).collect();
            let unique: BTreeSet<TilePath> = written.iter().copied().collect();
            assert_eq!(unique.len(), written.len(), "a file is written once");
            assert_eq!(unique, TilePath::grown(size, size + more).collect(), "{size} + {more}");
            size += more;
        }
    }
}

#[test]
fn the_tree_is_the_same_however_its_entries_came() {
    const SEED: u64 = 8_192;
    eprintln!("seed {SEED}");
    let mut chance = Seeded(SEED);
    let whole: MemoryTree = leaves(70_000).into_iter().collect();
    let (mut log, mut tiles) = (Growing::new(), MemoryTiles::new());
    while log.size() < 70_000 {
        let from = log.size();
        let more = if chance.below(3) == 0 { chance.below(9_000) } else { chance.below(300) };
        let to = (from + more).min(70_000);
        let growth = log.append(&entries(from, to)).unwrap();
        let earlier = whole.root_at(from).unwrap();
        assert_eq!(growth.root, whole.root_at(to).unwrap(), "root of {to}");
        tiles.extend(growth.files);

        // What the sequencer does before it signs, and what it does when it starts again.
        let mut seen = from;
        audit(&tiles, Start::After { size: from, root: earlier }, to, growth.root, |at, bytes| {
            assert_eq!((at, bytes), (seen, entry(seen).as_slice()));
            seen += 1;
        })
        .unwrap();
        assert_eq!(seen, to);
        assert_eq!(Growing::load(&tiles, to, growth.root).unwrap(), log);

        // Every earlier size still has its root, its tiles and its proofs.
        let mut stored = StoredTree::open(&tiles, to, growth.root).unwrap();
        for _ in 0..3.min(to) {
            let size = 1 + chance.below(to);
            assert_eq!(root(&mut stored, size).unwrap(), whole.root_at(size).unwrap());
            let index = chance.below(size);
            let proof = inclusion(&mut stored, index, size).unwrap();
            assert_eq!(proof, inclusion(&mut &whole, index, size).unwrap());
            let proof = consistency(&mut stored, size, to).unwrap();
            assert_eq!(proof, consistency(&mut &whole, size, to).unwrap());
        }
    }
    let mut seen = 0;
    audit(&tiles, Start::Beginning, 70_000, log.root(), |_, _| seen += 1).unwrap();
    assert_eq!(seen, 70_000);
}

#[test]
fn a_partial_file_may_go_when_the_full_one_is_there() {
    let (mut tiles, _) = log(700);
    let before = MemoryTree::from_iter(leaves(600)).root();
    let known = TilePath::in_tree(Row::Hashes(0), 2, 600).unwrap();
    assert!(!tiles.contains_key(&known), "only the tree of 700 was written");
    let mut log = Growing::load(&tiles, 700, MemoryTree::from_iter(leaves(700)).root()).unwrap();
    tiles.extend(log.append(&entries(700, 768)).unwrap().files);
    tiles.retain(|path, _| !path.is_partial() || path.row() == Row::Hashes(1));
    tiles.insert("tile/1/000.p/2".parse().unwrap(), tiles[&"tile/1/000.p/3".parse().unwrap()][..64].to_vec());
    let mut read = 0;
    audit(&tiles, Start::Beginning, 600, before, |_, _| read += 1).unwrap();
    assert_eq!(read, 600);
    assert!(StoredTree::open(&tiles, 600, before).is_ok());
}

#[test]
fn the_empty_tree_has_no_file() {
    let growth = Growing::new().append::<Vec<u8>>(&[]).unwrap();
    assert_eq!((growth.to, growth.root, growth.files), (0, Hash::EMPTY, Vec::new()));
    let none = MemoryTiles::new();
    assert_eq!(Growing::load(&none, 0, Hash::EMPTY).unwrap(), Growing::new());
    audit(&none, Start::Beginning, 0, Hash::EMPTY, |_, _| panic!("there is no entry")).unwrap();
    assert_eq!(Edge::new().root(), Hash::EMPTY);
}

#[test]
fn an_entry_that_is_too_long_leaves_the_log_as_it_was() {
    let mut log = Growing::new();
    log.append(&entries(0, 10)).unwrap();
    let before = log.clone();
    assert!(log.append(&[vec![1; 65_535], vec![0; 65_536]]).is_err());
    assert_eq!(log, before);
    log.append(&[vec![1; 65_535], vec![]]).unwrap();
    assert_eq!(log.size(), 12);
}

#[test]
fn a_bundle_is_exactly_its_entries() {
    let mut bundle = Bundle::default();
    for n in 0..256 {
        bundle.push(&entry(n)).unwrap();
    }
    assert_eq!(bundle.push(b"one more"), Err(BundleError::Full));
    let bytes = bundle.as_bytes().to_vec();
    assert_eq!(Bundle::parse(bytes.clone(), 256).unwrap(), bundle);
    assert_eq!(bundle.iter().map(<[u8]>::to_vec).collect::<Vec<_>>(), entries(0, 256));
    let short = Bundle::parse(bytes[..bytes.len() - 1].to_vec(), 256);
    assert_eq!(short, Err(BundleError::Short { place: 255, width: 256 }));
    let long = Bundle::parse([bytes.as_slice(), &[0]].concat(), 256);
    assert_eq!(long, Err(BundleError::Trailing { bytes: 1, width: 256 }));
    assert_eq!(Bundle::parse(vec![0], 1), Err(BundleError::Short { place: 0, width: 1 }));
    assert_eq!(Bundle::parse(vec![0, 0], 1).unwrap().iter().next(), Some(&[][..]));
}
