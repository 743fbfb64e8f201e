//! What is wrong with a file is found, and the file is named.

use mingma_journal::hash::Hash;
use mingma_journal::merkle::{MemoryTree, ProveError, inclusion};
use mingma_journal::tiles::{
    Bundle, BundleError, Damage, Growing, MemoryTiles, Row, Start, StoredTree, TileError, TilePath, audit,
};

use crate::support::{Seeded, leaves, log};

/// Levels 0, 1 and 2, all with a partial tile; level 0 and 1 with full ones.
const SIZE: u64 = 70_000;

fn read(tiles: &MemoryTiles, root: Hash) -> Result<(), Damage> {
    told(audit(tiles, Start::Beginning, SIZE, root, |_, _| {}))
}

fn told<T>(answer: Result<T, TileError<std::convert::Infallible>>) -> Result<(), Damage> {
    match answer {
        Ok(_) => Ok(()),
        Err(TileError::Damaged(damage)) => Err(damage),
        Err(TileError::Read { error, .. }) => match error {},
    }
}

fn file(damage: &Damage) -> Option<TilePath> {
    match damage {
        Damage::Missing { path }
        | Damage::Length { path, .. }
        | Damage::Bundle { path, .. }
        | Damage::Hashes { path }
        | Damage::Entry { path, .. } => Some(*path),
        Damage::Edge { .. } | Damage::AnotherTree { .. } | Damage::Outside { .. } => None,
    }
}

#[test]
fn one_flipped_bit_in_any_file_is_found_and_the_file_is_named() {
    const SEED: u64 = 2_022;
    eprintln!("seed {SEED}");
    let mut chance = Seeded(SEED);
    let (mut tiles, head) = log(SIZE);
    let root = head.checkpoint().root;
    let paths: Vec<TilePath> = tiles.keys().copied().collect();
    let mut kinds = [0; 3];
    // All files of the upper levels and of the tree's end, and a tenth of the others.
    for path in paths.iter().filter(|path| path.is_partial() || path.row() > Row::Hashes(0)) {
        if path.row() == Row::Entries && !path.is_partial() && chance.below(10) > 0 {
            continue;
        }
        let (bytes, width) = (tiles[path].len(), 8);
        let bit = chance.place(bytes * width);
        tiles.get_mut(path).unwrap()[bit / width] ^= 1 << (bit % width);
        let damage = read(&tiles, root).expect_err("a flipped bit was not found");
        assert_eq!(file(&damage), Some(*path), "{damage}");
        match damage {
            Damage::Hashes { .. } => kinds[0] += 1,
            Damage::Entry { .. } => kinds[1] += 1,
            Damage::Bundle { .. } => kinds[2] += 1,
            other => panic!("{other}"),
        }
        tiles.get_mut(path).unwrap()[bit / width] ^= 1 << (bit % width);
    }
    eprintln!("tiles, entries, bundles cut wrongly: {kinds:?}");
    assert!(kinds[0] >= 4 && kinds[1] >= 10, "{kinds:?}");
    read(&tiles, root).unwrap();
}

#[test]
fn a_proof_from_a_damaged_tile_is_not_given_and_the_tile_is_named() {
    let (mut tiles, head) = log(SIZE);
    let root = head.checkpoint().root;
    let proof = |tiles: &MemoryTiles, index| -> Result<(), Damage> {
        let mut tree = match StoredTree::open(tiles, SIZE, root) {
            Ok(tree) => tree,
            Err(error) => return told::<()>(Err(error)),
        };
        match inclusion(&mut tree, index, SIZE) {
            Ok(proof) => {
                proof.verify(leaves(index + 1).pop().unwrap(), root).unwrap();
                Ok(())
            }
            Err(ProveError::Nodes(error)) => told::<()>(Err(error)),
            Err(other @ (ProveError::Size { .. } | ProveError::Entry { .. })) => panic!("{other}"),
        }
    };
    // Each of the five tiles on the ways of entry 300 and of the last: lowest, middle, and the tree's end.
    for (path, index) in [
        ("tile/0/001", 300),
        ("tile/1/000", 300),
        ("tile/0/273.p/112", 300),
        ("tile/1/001.p/17", 300),
        ("tile/2/000.p/1", 300),
        ("tile/0/273.p/112", 69_999),
    ] {
        proof(&tiles, index).unwrap();
        let path: TilePath = path.parse().unwrap();
        tiles.get_mut(&path).unwrap()[17] ^= 4;
        assert_eq!(proof(&tiles, index), Err(Damage::Hashes { path }));
        tiles.get_mut(&path).unwrap()[17] ^= 4;
    }
    // What is not on the way does not stand in it.
    tiles.get_mut(&"tile/0/200".parse().unwrap()).unwrap()[0] ^= 1;
    proof(&tiles, 300).unwrap();
}

#[test]
fn truncated_missing_and_swapped_files_are_named() {
    let (whole, head) = log(SIZE);
    let root = head.checkpoint().root;
    let path = |text: &str| text.parse::<TilePath>().unwrap();
    let damaged = |change: &dyn Fn(&mut MemoryTiles)| {
        let mut tiles = whole.clone();
        change(&mut tiles);
        read(&tiles, root).expect_err("damage was not found")
    };

    let tile = path("tile/0/007");
    let cut = damaged(&|tiles| tiles.get_mut(&tile).unwrap().truncate(8_191));
    assert_eq!(cut, Damage::Length { path: tile, found: 8_191, expected: 8_192 });
    assert_eq!(cut.to_string(), "`tile/0/007` has 8191 bytes instead of 8192");
    let longer = damaged(&|tiles| tiles.get_mut(&tile).unwrap().push(0));
    assert_eq!(longer, Damage::Length { path: tile, found: 8_193, expected: 8_192 });
    assert_eq!(damaged(&|tiles| drop(tiles.remove(&tile))), Damage::Missing { path: tile });
    let swapped = damaged(&|tiles| {
        let other = tiles.insert(path("tile/0/008"), tiles[&tile].clone()).unwrap();
        tiles.insert(tile, other);
    });
    assert_eq!(swapped, Damage::Hashes { path: tile });

    let bundle = path("tile/entries/123");
    let cut = damaged(&|tiles| tiles.get_mut(&bundle).unwrap().truncate(1_000));
    let error = BundleError::Short { place: 50, width: 256 };
    assert_eq!(cut, Damage::Bundle { path: bundle, error });
    assert_eq!(cut.to_string(), "`tile/entries/123`: entry 50 of 256 is cut short");
    let swapped = damaged(&|tiles| {
        tiles.insert(bundle, tiles[&path("tile/entries/124")].clone());
    });
    assert_eq!(swapped, Damage::Entry { path: bundle, index: 123 * 256 });
    // Two entries of one length change places inside a bundle.
    let exchanged = damaged(&|tiles| {
        let whole = Bundle::parse(tiles[&bundle].clone(), 256).unwrap();
        let mut entries: Vec<&[u8]> = whole.iter().collect();
        entries.swap(10, 17);
        let mut swapped = Bundle::default();
        for entry in entries {
            swapped.push(entry).unwrap();
        }
        assert_eq!(swapped.as_bytes().len(), whole.as_bytes().len());
        tiles.insert(bundle, swapped.as_bytes().to_vec());
    });
    assert_eq!(exchanged, Damage::Entry { path: bundle, index: 123 * 256 + 10 });
}

#[test]
fn a_whole_log_that_is_not_the_checkpoints_is_said_to_be_another() {
    let (tiles, _) = log(600);
    let other = Hash::leaf(b"another root");
    let answer = told(audit(&tiles, Start::Beginning, 600, other, |_, _| {}));
    assert_eq!(answer, Err(Damage::AnotherTree { size: 600 }));
    match told(Growing::load(&tiles, 600, other)) {
        Err(Damage::Edge { size: 600, tiles }) => assert_eq!(tiles.len(), 2),
        answer => panic!("{answer:?}"),
    }
    // A tree that shrank, or that was begun anew, does not grow out of the one that was checked.
    let root = MemoryTree::from_iter(leaves(600)).root();
    let after = Start::After { size: 600, root };
    assert_eq!(told(audit(&tiles, after, 500, root, |_, _| {})), Err(Damage::AnotherTree { size: 500 }));
}

#[test]
fn a_damaged_last_bundle_does_not_grow() {
    let (mut tiles, head) = log(600);
    let path: TilePath = "tile/entries/002.p/88".parse().unwrap();
    *tiles.get_mut(&path).unwrap().last_mut().unwrap() ^= 1;
    let answer = told(Growing::load(&tiles, 600, head.checkpoint().root));
    assert_eq!(answer, Err(Damage::Entry { path, index: 599 }));
}
