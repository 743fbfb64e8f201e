//! The tree as static files: tiles of 256 hashes, bundles of 256 entries, and what reads, writes and checks them.
//!
//! Nothing here opens a file: a [`TileReader`] gives the bytes of a path, and what is to be written is handed back
//! as paths and bytes.
//!
//! # Source
//! C2SP `tlog-tiles`.

mod audit;
mod blame;
mod bundle;
mod damage;
mod edge;
mod grow;
mod path;
mod reader;
mod stored;
mod subtree;

pub use audit::{Start, audit};
pub use bundle::{Bundle, BundleError, MAX_ENTRY_BYTES};
pub use damage::{Damage, TileError};
pub use edge::{Edge, Full};
pub use grow::{GrowError, Growing, Growth};
pub use path::{NotATile, Row, TilePath, WIDTH};
pub use reader::{MemoryTiles, TileReader, entry};
pub use stored::{MAX_KEPT_TILES, StoredTree};
