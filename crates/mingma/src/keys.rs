//! A folder of signing keys: `NAME.key.pem` (PKCS#8, for the owner's eyes only), `NAME.cert.der`, and the trust list
//! `trust.cose` that names them all.
//!
//! A key is called by its key id (`kid`). Keys are rotated by adding one: codes of the former keys stay valid until they
//! expire, because the trust list still names them, each with the region that it was made for. Nothing here prints a key.

mod renew;
mod seen;

pub(crate) use renew::{Renewed, renew};
pub(crate) use seen::{KeySeen, seen};

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use mingma_credential::key::{KeyId, SigningKey, SystemEntropy};
use mingma_credential::status::RegionCode;
use mingma_credential::trust::file::{self, Anchor, Edition, TrustError, TrustFile};
use mingma_credential::trust::{Scope, TrustEntry, Use};
use mingma_credential::{Certificate, TrustList, UnixSeconds};
use mingma_domain::fact::Issuer;
use zeroize::Zeroizing;

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
/// A former key keeps the scope that it was made with; one whose certificate is no longer in the folder is withdrawn.
///
/// # Errors
/// A [`Failure`] if a file cannot be written, one of the folder's certificates cannot be read, or nothing says what it is
/// for. If only writing the list failed, the new key's files are there and no trust list names them.
pub(crate) fn generate(
    dir: &Path,
    region: &RegionCode,
    name: &str,
    now: UnixSeconds,
    life_seconds: i64,
) -> Result<KeyId, Failure> {
    make_private_dir(dir)?;
    let former = Former::read(dir, now)?;
    let key = SigningKey::generate(&mut SystemEntropy).map_err(Failure::new)?;
    let certificate =
        Certificate::self_signed(&key, name, now, now.plus(life_seconds)).map_err(Failure::new)?;
    let kid = certificate.key_id();
    let scope = Scope::Limited {
        regions: vec![region.clone()],
        uses: vec![Use::Status, Use::StatusList],
        from: certificate.valid_from(),
        until: certificate.valid_until(),
    };
    let mut entries = former.entries;
    entries.push(TrustEntry::of_certificate(certificate.clone(), scope));
    let edition = next_edition(former.number, now);
    let signed =
        file::sign(&TrustList::of_entries(entries), edition, &key, &certificate).map_err(Failure::new)?;
    let pem = key.to_pkcs8_pem().map_err(Failure::new)?;
    write_new(&dir.join(format!("{kid}{KEY_ENDING}")), pem.as_bytes(), OWNER_ONLY)?;
    write_new(&dir.join(format!("{kid}{CERTIFICATE_ENDING}")), certificate.as_der(), ANYBODY_READS)?;
    put_list(dir, &signed)?;
    Ok(kid)
}

/// The edition that follows the one with this number.
fn next_edition(former: u64, now: UnixSeconds) -> Edition {
    // The number must rise, also when the clock was set back or two lists are signed in one second.
    let number = u64::try_from(now.get()).unwrap_or(0).max(former.saturating_add(1));
    Edition { number, issued_at: now, next_update: now.plus(TRUST_LIST_LIFE_SECONDS) }
}

/// Puts a signed list in the place of the former one, whole or not at all.
fn put_list(dir: &Path, signed: &[u8]) -> Result<(), Failure> {
    let mut list = Output::file(&dir.join(TRUST_LIST))?;
    list.with(|file| file.write_all(signed))?;
    list.finish()
}

/// The key that signs now, and what the world is told about it.
pub(crate) struct InUse {
    /// The key.
    pub(crate) key: SigningKey,
    /// Its certificate.
    pub(crate) certificate: Certificate,
    /// The region that it was made for.
    pub(crate) region: RegionCode,
    /// The signed trust list.
    pub(crate) trust_list: Vec<u8>,
    /// When that list ends.
    pub(crate) next_update: UnixSeconds,
    /// The keys that it names.
    pub(crate) trust: TrustList,
}

/// The youngest key of the folder that its trust list believes for codes now.
///
/// # Errors
/// A [`Failure`] if the folder has none, or its files cannot be read.
pub(crate) fn in_use(dir: &Path, now: UnixSeconds) -> Result<InUse, Failure> {
    let path = dir.join(TRUST_LIST);
    let trust_list = fs::read(&path).map_err(|error| Failure::about(&path, error).help(make_one(dir)))?;
    let list = TrustFile::open(&trust_list, Anchor::InFile, now).map_err(|error| {
        let help = if matches!(error, TrustError::Stale(_)) {
            format!("`mingma trust renew --keys {}` signs it anew", dir.display())
        } else {
            make_one(dir)
        };
        Failure::about(&path, error).help(help)
    })?;
    let (key, certificate, region) = youngest(dir, list.list(), now)?;
    let (next_update, trust) = (list.edition().next_update, list.list().clone());
    Ok(InUse { key, certificate, region, trust_list, next_update, trust })
}

/// The youngest key of a list that may sign codes now, from the folder's files.
fn youngest(
    dir: &Path,
    list: &TrustList,
    now: UnixSeconds,
) -> Result<(SigningKey, Certificate, RegionCode), Failure> {
    let usable = list.entries().iter().filter(|entry| {
        let scope = entry.scope();
        scope.allows(Use::Status) && scope.covers(now)
    });
    let mut found: Option<(SigningKey, Certificate, RegionCode)> = None;
    for entry in usable {
        let kid = entry.key_id();
        let certificate = read_certificate(&dir.join(format!("{kid}{CERTIFICATE_ENDING}")))?;
        if found.as_ref().is_some_and(|(_, other, _)| other.valid_from() >= certificate.valid_from()) {
            continue;
        }
        let Scope::Limited { regions, .. } = entry.scope() else { continue };
        let Some(region) = regions.first().cloned() else { continue };
        let path = dir.join(format!("{kid}{KEY_ENDING}"));
        let pem = Zeroizing::new(fs::read_to_string(&path).map_err(|error| Failure::about(&path, error))?);
        let key = SigningKey::from_pkcs8_pem(&pem).map_err(|error| Failure::about(&path, error))?;
        found = Some((key, certificate, region));
    }
    let path = dir.join(TRUST_LIST);
    found.ok_or_else(|| Failure::about(&path, "no key in the folder may sign codes now").help(make_one(dir)))
}

fn make_one(dir: &Path) -> String {
    format!("`mingma keygen --out {} --region CODE` makes a key and its trust list", dir.display())
}

/// The files of a folder's private keys.
///
/// # Errors
/// A [`Failure`] if the folder cannot be read.
pub(crate) fn key_files(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let listing = fs::read_dir(dir).map_err(|error| Failure::about(dir, error))?;
    let mut paths: Vec<PathBuf> = listing.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.retain(|path| path.to_string_lossy().ends_with(KEY_ENDING));
    paths.sort();
    Ok(paths)
}

/// The keys that a trust list names, also if it should have been renewed by now.
///
/// # Errors
/// A [`Failure`] if it cannot be read.
pub(crate) fn listed(path: &Path, now: UnixSeconds) -> Result<TrustList, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::about(path, error))?;
    Ok(even_if_stale(&bytes, Anchor::InFile, now)
        .map_err(|error| Failure::about(path, error))?
        .list()
        .clone())
}

/// The name of the file that holds an institution's key.
pub(crate) fn issuer_key_name(issuer: &str) -> String {
    format!("{}{KEY_ENDING}", issuer.replace(':', "-"))
}

/// Keeps an institution's key as `ISSUER.key.pem` for whoever takes it to the institution.
///
/// # Errors
/// A [`Failure`] if it cannot be written.
pub(crate) fn keep_issuer_key(dir: &Path, issuer: &Issuer, key: &SigningKey) -> Result<PathBuf, Failure> {
    make_private_dir(dir)?;
    let pem = key.to_pkcs8_pem().map_err(Failure::new)?;
    let path = dir.join(issuer_key_name(&issuer.to_string()));
    write_new(&path, pem.as_bytes(), OWNER_ONLY)?;
    Ok(path)
}

/// What the folder's trust list says of the keys that are there already.
struct Former {
    entries: Vec<TrustEntry>,
    number: u64,
}

impl Former {
    fn read(dir: &Path, now: UnixSeconds) -> Result<Self, Failure> {
        let certificates = certificates(dir)?;
        let path = dir.join(TRUST_LIST);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound && certificates.is_empty() => {
                return Ok(Self { entries: Vec::new(), number: 0 });
            }
            Err(error) => {
                return Err(Failure::about(&path, error)
                    .help("it says for which region each key in the folder was made: put it back, or name a new folder"));
            }
        };
        let list =
            even_if_stale(&bytes, Anchor::InFile, now).map_err(|error| Failure::about(&path, error))?;
        let entry = |certificate: &Certificate| {
            let (kid, key) = (certificate.key_id(), certificate.key());
            let listed =
                list.list().entries().iter().find(|entry| entry.key_id() == kid && entry.key() == key);
            listed.cloned().ok_or_else(|| {
                Failure::about(&path, format_args!("does not say for which region the key {kid} was made"))
                    .help(format_args!(
                        "move the certificate and the key {kid} out of the folder, or name a new folder"
                    ))
            })
        };
        let entries = certificates.iter().map(entry).collect::<Result<_, _>>()?;
        Ok(Self { entries, number: list.edition().number })
    }
}

/// A list that its owner put there. That it was to be renewed by now is no fault where it is renewed or looked at.
pub(crate) fn even_if_stale(
    bytes: &[u8],
    anchor: Anchor<'_>,
    now: UnixSeconds,
) -> Result<TrustFile, TrustError> {
    match TrustFile::open(bytes, anchor, now) {
        Err(TrustError::Stale(renewal)) => TrustFile::open(bytes, anchor, renewal),
        opened => opened,
    }
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

/// Writes a new file for its owner's eyes only, durable with its name.
///
/// # Errors
/// A [`Failure`] if it is there already or cannot be written.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let dir = path.parent().unwrap_or(Path::new("."));
    make_private_dir(dir)?;
    write_new(path, bytes, OWNER_ONLY)?;
    fs::File::open(dir).and_then(|dir| dir.sync_all()).map_err(|error| Failure::about(dir, error))
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
