//! A folder of signing keys: `NAME.key.pem` (PKCS#8, for the owner's eyes only), `NAME.cert.der`, and the trust list
//! `trust.cose` that names them all.
//!
//! A key is called by its key id (`kid`). Keys are rotated by adding one: codes of the former keys stay valid until they
//! expire, because the trust list still names them. Nothing here prints a key.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use mingma_credential::key::{KeyId, SigningKey, SystemEntropy};
use mingma_credential::status::RegionCode;
use mingma_credential::trust::file::{self, Edition};
use mingma_credential::trust::{Scope, TrustEntry, Use};
use mingma_credential::{Certificate, TrustList, UnixSeconds};

use crate::failure::Failure;
use crate::table::output::Output;

/// The file of the trust list.
pub(crate) const TRUST_LIST: &str = "trust.cose";
const CERTIFICATE_ENDING: &str = ".cert.der";
const KEY_ENDING: &str = ".key.pem";
/// How long a trust list may be used before it must be signed anew: a checkpoint that has been cut off for a month
/// cannot know which keys were withdrawn in the meantime.
const TRUST_LIST_LIFE_SECONDS: i64 = 30 * 86_400;

/// A new key, its certificate and the trust list of all keys in the folder.
///
/// # Errors
/// A [`Failure`] if a file cannot be written, or one of the folder's certificates cannot be read. Then the new key's files
/// may be there, but no trust list names them.
pub(crate) fn generate(
    dir: &Path,
    region: &RegionCode,
    name: &str,
    now: UnixSeconds,
    life_seconds: i64,
) -> Result<KeyId, Failure> {
    make_private_dir(dir)?;
    let key = SigningKey::generate(&mut SystemEntropy).map_err(Failure::new)?;
    let certificate =
        Certificate::self_signed(&key, name, now, now.plus(life_seconds)).map_err(Failure::new)?;
    let kid = certificate.key_id();
    let pem = key.to_pkcs8_pem().map_err(Failure::new)?;
    write_new(&dir.join(format!("{kid}{KEY_ENDING}")), pem.as_bytes(), OWNER_ONLY)?;
    write_new(&dir.join(format!("{kid}{CERTIFICATE_ENDING}")), certificate.as_der(), ANYBODY_READS)?;
    let entries = certificates(dir)?.into_iter().map(|certificate| {
        let scope = Scope::Limited {
            regions: vec![region.clone()],
            uses: vec![Use::Status, Use::StatusList],
            from: certificate.valid_from(),
            until: certificate.valid_until(),
        };
        TrustEntry::of_certificate(certificate, scope)
    });
    let list = TrustList::of_entries(entries.collect());
    let number = u64::try_from(now.get()).unwrap_or(0);
    let edition = Edition { number, issued_at: now, next_update: now.plus(TRUST_LIST_LIFE_SECONDS) };
    let signed = file::sign(&list, edition, &key, &certificate).map_err(Failure::new)?;
    let mut list = Output::file(&dir.join(TRUST_LIST))?;
    list.with(|file| file.write_all(&signed))?;
    list.finish()?;
    Ok(kid)
}

/// Every certificate of the folder, in the order of the files' names.
fn certificates(dir: &Path) -> Result<Vec<Certificate>, Failure> {
    let listing = fs::read_dir(dir).map_err(|error| Failure::about(dir, error))?;
    let mut paths: Vec<PathBuf> = listing.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.retain(|path| path.to_string_lossy().ends_with(CERTIFICATE_ENDING));
    paths.sort();
    paths.iter().map(|path| read_certificate(path)).collect()
}

/// The certificate of a DER file.
///
/// # Errors
/// A [`Failure`] that names the file.
pub(crate) fn read_certificate(path: &Path) -> Result<Certificate, Failure> {
    let der = fs::read(path).map_err(|error| Failure::about(path, error))?;
    Certificate::from_der(&der).map_err(|error| {
        Failure::about(path, error).help(
            "give an X.509 certificate in DER; `openssl x509 -in FILE.pem -outform DER` makes one of PEM",
        )
    })
}

const OWNER_ONLY: u32 = 0o600;
const ANYBODY_READS: u32 = 0o644;

/// A folder that only its owner can enter; one that is there already stays as it is.
fn make_private_dir(dir: &Path) -> Result<(), Failure> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|error| Failure::about(dir, error))
}

/// Writes a file that must not exist yet, with these permissions from its first byte on.
fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path).map_err(|error| Failure::about(path, error))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| Failure::about(path, error))
}
