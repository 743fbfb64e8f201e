//! The key that signs the log: 32 bytes in hexadecimal, for the owner's eyes only, made at the first start.
//!
//! It is a key of its own: it signs heads of a tree and nothing else. Each quarter's log has a public key of its own name
//! from the same seed.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use mingma_registry::Rng;
use mingma_registry::ports::draw;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::keys;

/// The key's file.
pub(crate) const KEY: &str = "journal.key";
/// What the key signed last.
pub(crate) const SIGNED: &str = "journal.signed";

/// The seed of a journal's key in a folder; made if it is not there and nothing says that there was one.
///
/// # Errors
/// A [`Failure`] if it cannot be read or made, or is lost.
pub(super) fn seed(folder: &Path, logs: &Path, rng: &dyn Rng) -> Result<Zeroizing<[u8; 32]>, Failure> {
    let path = folder.join(KEY);
    if !path.exists() && (folder.join(SIGNED).exists() || logs.exists()) {
        return Err(Failure::about(&path, "the journal's key is gone, and it has signed a log")
            .help("put the file back: a log signed by another key is another log"));
    }
    seed_of(&path, rng)
}

/// The seed in a file; made if it is not there.
///
/// # Errors
/// A [`Failure`] if it cannot be read or made.
pub(crate) fn seed_of(path: &Path, rng: &dyn Rng) -> Result<Zeroizing<[u8; 32]>, Failure> {
    match fs::read_to_string(path).map(Zeroizing::new) {
        Ok(text) => read(&text).ok_or_else(|| {
            Failure::about(path, "not a key of 64 hexadecimal digits").help("put the key back")
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => make(path, rng),
        Err(error) => Err(Failure::about(path, error)),
    }
}

fn read(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut seed = Zeroizing::new([0; 32]);
    let read = base16ct::mixed::decode(text.trim_end(), seed.as_mut_slice()).ok()?.len();
    (read == seed.len()).then_some(seed)
}

/// Makes a new one.
fn make(path: &Path, rng: &dyn Rng) -> Result<Zeroizing<[u8; 32]>, Failure> {
    let seed = Zeroizing::new(draw::<32>(rng).map_err(Failure::new)?);
    let mut line = Zeroizing::new([b'\n'; 65]);
    base16ct::lower::encode(seed.as_slice(), line.as_mut_slice()).map_err(Failure::new)?;
    keys::write_secret(path, line.as_slice())?;
    Ok(seed)
}
