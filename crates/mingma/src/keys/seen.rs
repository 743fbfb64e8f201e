//! What a folder of signing keys looks like, for whoever asks what is wrong with it. No key is read.

use std::fs;
use std::path::{Path, PathBuf};

use mingma_credential::UnixSeconds;
use mingma_credential::key::KeyId;
use mingma_credential::trust::Use;
use mingma_credential::trust::file::{Anchor, Edition, TrustFile};

use super::{CERTIFICATE_ENDING, KEY_ENDING, TRUST_LIST, authority, read_certificate};
use crate::failure::Failure;

/// A folder of signing keys.
pub(crate) struct Seen {
    /// The trust list's number and time.
    pub(crate) edition: Edition,
    /// Its keys for codes, youngest first.
    pub(crate) keys: Vec<KeySeen>,
}

/// One key of the list.
pub(crate) struct KeySeen {
    pub(crate) kid: KeyId,
    pub(crate) from: UnixSeconds,
    pub(crate) until: UnixSeconds,
    /// Its key file, if it is there.
    pub(crate) file: Option<PathBuf>,
}

/// Looks.
///
/// # Errors
/// A [`Failure`] if the trust list or a certificate cannot be read.
pub(crate) fn seen(dir: &Path, now: UnixSeconds) -> Result<Seen, Failure> {
    let path = dir.join(TRUST_LIST);
    let bytes = fs::read(&path).map_err(|error| Failure::about(&path, error))?;
    let known = authority::anchor(dir)?;
    let believed = known.as_ref().map_or(Anchor::InFile, Anchor::Certificate);
    let list =
        TrustFile::open_even_if_stale(&bytes, believed, now).map_err(|error| Failure::about(&path, error))?;
    let for_codes = list.list().entries().iter().filter(|entry| entry.scope().allows(Use::Status));
    let mut keys = for_codes
        .map(|entry| {
            let kid = entry.key_id();
            let certificate = read_certificate(&dir.join(format!("{kid}{CERTIFICATE_ENDING}")))?;
            let file = dir.join(format!("{kid}{KEY_ENDING}"));
            let (from, until) = (certificate.valid_from(), certificate.valid_until());
            Ok(KeySeen { kid, from, until, file: file.exists().then_some(file) })
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    keys.sort_by_key(|key| std::cmp::Reverse(key.from));
    Ok(Seen { edition: list.edition(), keys })
}
