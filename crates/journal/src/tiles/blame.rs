//! Which tile is to blame when the end of a tree does not give its root.
//!
//! What stands in a partial tile can be computed from what lies below it. If the computed hashes give the root where
//! the stored ones do not, the tile was changed, and it is named.

use super::damage::{Damage, TileError};
use super::edge::Edge;
use super::path::{Row, TOP, TilePath, WIDTH};
use super::reader::{TileReader, entries, hashes, tile};
use super::subtree::top;
use crate::hash::Hash;

/// The one tile whose repair gives the root, or all that may be at fault.
pub(crate) fn blame<R: TileReader>(reader: &R, edge: &Edge, root: Hash) -> TileError<R::Error> {
    let mut tiles = Vec::new();
    for level in (0..=TOP).rev() {
        let path = match Edge::tile(level, edge.size()) {
            Ok(None) => continue,
            Ok(Some(path)) => path,
            Err(damage) => return damage.into(),
        };
        match from_below(reader, level, &path, edge.size()) {
            Ok(computed) if edge.with_row(level, &computed).root() == root => {
                return Damage::Hashes { path }.into();
            }
            // What lies below may be damaged too; then this tile cannot be cleared by it.
            Ok(_) | Err(_) => tiles.push(path),
        }
    }
    let size = edge.size();
    if tiles.is_empty() { Damage::AnotherTree { size }.into() } else { Damage::Edge { size, tiles }.into() }
}

/// The hashes of a tile, computed from the tiles or the bundle below it.
fn from_below<R: TileReader>(
    reader: &R,
    level: u8,
    path: &TilePath,
    size: u64,
) -> Result<Vec<Hash>, TileError<R::Error>> {
    let Some(below) = level.checked_sub(1) else {
        return Ok(entries(reader, &tile(Row::Entries, path.index(), size)?)?.leaves().collect());
    };
    let first = path.index() * u64::from(WIDTH);
    let children = first..first + u64::from(path.width());
    children.map(|child| Ok(top(&hashes(reader, &tile(Row::Hashes(below), child, size)?)?))).collect()
}
