//! A new edition of the trust list: the same keys, good for another 30 days.

use std::path::Path;

use mingma_credential::key::KeyId;
use mingma_credential::trust::file::{self, Edition};
use mingma_credential::{TrustList, UnixSeconds};

use super::{Former, next_edition, put_list, youngest};
use crate::failure::Failure;

/// What was renewed.
pub(crate) struct Renewed {
    /// The key that signed it.
    pub(crate) signer: KeyId,
    /// How many keys it names.
    pub(crate) keys: usize,
    /// Its number and its time.
    pub(crate) edition: Edition,
}

/// Signs the folder's trust list anew, with the youngest key that may sign codes now. A key whose certificate is no longer
/// in the folder is withdrawn.
///
/// # Errors
/// A [`Failure`] if the list or a key cannot be read, or no key may sign; then the former list is there as it was.
pub(crate) fn renew(dir: &Path, now: UnixSeconds) -> Result<Renewed, Failure> {
    let Former { entries, number } = Former::read(dir, now)?;
    let keys = entries.len();
    let list = TrustList::of_entries(entries);
    let (key, certificate, _) = youngest(dir, &list, now)?;
    let edition = next_edition(number, now);
    let signed = file::sign(&list, edition, &key, &certificate).map_err(Failure::new)?;
    put_list(dir, &signed)?;
    Ok(Renewed { signer: certificate.key_id(), keys, edition })
}
