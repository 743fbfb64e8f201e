//! A folder of signing keys: `NAME.key.pem` (PKCS#8, for the owner's eyes only), `NAME.cert.der`, and the trust list
//! `trust.cose` that names them all, signed by the authority's key, of which the folder has the certificate alone ([`authority`]).
//!
//! A key is called by its key id (`kid`). Keys are rotated by adding one: codes of the former keys stay valid until they
//! expire, because the trust list still names them, each with the region that it was made for. Nothing here prints a key.

pub(crate) mod authority;
mod list;
mod seen;

use list::put_list;
pub(crate) use list::{Draft, PROPOSAL, edition, follow, left_out, signed_region};
pub(crate) use seen::{KeySeen, seen};

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use mingma_credential::key::{KeyId, SigningKey, SystemEntropy};
use mingma_credential::status::RegionCode;
use mingma_credential::trust::file::{Anchor, Edition, TrustError, TrustFile};
use mingma_credential::trust::{Scope, Use};
use mingma_credential::{Certificate, TrustList, UnixSeconds};
use mingma_domain::fact::Issuer;
use zeroize::Zeroizing;

use self::authority::Signatory;
use crate::failure::Failure;

/// The file of the trust list.
pub(crate) const TRUST_LIST: &str = "trust.cose";
const CERTIFICATE_ENDING: &str = ".cert.der";
const KEY_ENDING: &str = ".key.pem";

/// A new key and its certificate. With the authority's key at hand, the trust list of all keys in the folder is signed; without,
/// the key counts for nothing until the authority has signed what then lies in [`PROPOSAL`].
///
/// A former key keeps the region that it was made for; one whose certificate is no longer in the folder is withdrawn.
///
/// # Errors
/// A [`Failure`] if a file cannot be written, one of the folder's certificates cannot be read, or nothing says what it is
/// for. If only writing the list failed, the new key's files are there and no trust list names them.
pub(crate) fn generate(
    dir: &Path,
    region: &RegionCode,
    (name, life_seconds): (&str, i64),
    now: UnixSeconds,
    signatory: Option<&Signatory>,
) -> Result<KeyId, Failure> {
    let unplaced = match signatory {
        Some(signatory) => authority::is_unplaced(dir, &signatory.certificate)?,
        None => false,
    };
    make_private_dir(dir)?;
    let former = Draft::of_folder(dir, now)?;
    let (after, mut keys) = former.map_or((0, Vec::new()), |former| (former.after, former.keys));
    let key = SigningKey::generate(&mut SystemEntropy).map_err(Failure::new)?;
    let certificate =
        Certificate::self_signed(&key, name, now, now.plus(life_seconds)).map_err(Failure::new)?;
    let kid = certificate.key_id();
    keys.push((certificate.clone(), region.clone()));
    let draft = Draft { region: region.clone(), after, keys };
    let signed = signatory.map(|signatory| draft.sign(signatory, now)).transpose()?;
    let pem = key.to_pkcs8_pem().map_err(Failure::new)?;
    write_new(&dir.join(format!("{kid}{KEY_ENDING}")), pem.as_bytes(), OWNER_ONLY)?;
    write_new(&dir.join(format!("{kid}{CERTIFICATE_ENDING}")), certificate.as_der(), ANYBODY_READS)?;
    match (signed, signatory) {
        (Some((signed, _)), Some(signatory)) => {
            put_list(dir, &signed)?;
            if unplaced {
                authority::place(dir, &signatory.certificate)?;
            }
        }
        (None, _) | (_, None) => list::propose(dir, &draft)?,
    }
    Ok(kid)
}

/// The region of a folder's keys, by its list or by what is to be signed.
///
/// # Errors
/// A [`Failure`] if nothing says it.
pub(crate) fn region(dir: &Path, now: UnixSeconds) -> Result<RegionCode, Failure> {
    let draft = Draft::of_folder(dir, now)?;
    draft.map(|draft| draft.region).ok_or_else(|| Failure::about(dir, "no key is there").help(make_one(dir)))
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
    /// That list's number and time.
    pub(crate) edition: Edition,
    /// The keys that it names.
    pub(crate) trust: TrustList,
    /// The certificate of the authority, which signed it.
    pub(crate) authority: Certificate,
}

/// The youngest key of the folder that its trust list believes for codes now.
///
/// # Errors
/// A [`Failure`] if the folder has none, or its files cannot be read.
pub(crate) fn in_use(dir: &Path, now: UnixSeconds) -> Result<InUse, Failure> {
    let path = dir.join(TRUST_LIST);
    let trust_list = fs::read(&path).map_err(|error| {
        if dir.exists() {
            return Failure::about(&path, error).help(make_one(dir));
        }
        // Whoever begins: nothing is missing, nothing was made yet.
        Failure::about(dir, "no key that signs codes was made yet").help(format_args!(
            "{}; docs/OPERATING.md says under Install how a city begins, and `mingma demo` serves one that is made up",
            make_one(dir)
        ))
    })?;
    let authority = authority::required(dir)?;
    let list = TrustFile::open(&trust_list, Anchor::Certificate(&authority), now).map_err(|error| {
        let help = match error {
            TrustError::Stale(_) => format!(
                "`mingma trust propose --keys {}` says what is to be signed anew; `mingma authority bring` brings it in",
                dir.display()
            ),
            TrustError::Signature(_) => {
                format!("it is not signed by the key of {}: bring one that is", authority::CERTIFICATE)
            }
            TrustError::TooLong(_)
            | TrustError::Cose(_)
            | TrustError::OtherContent
            | TrustError::NoSigner
            | TrustError::Cbor(_)
            | TrustError::Shape
            | TrustError::Ahead(_)
            | TrustError::TooMany(_)
            | TrustError::Entry(..)
            | TrustError::Key(_) => make_one(dir),
        };
        Failure::about(&path, error).help(help)
    })?;
    let (key, certificate, region) = youngest(dir, list.list(), now)?;
    let (edition, trust) = (list.edition(), list.list().clone());
    Ok(InUse { key, certificate, region, trust_list, edition, trust, authority })
}

/// The youngest key of a list that may sign codes now, of those whose files lie in the folder: a list may name another server's.
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
    let mut missing = Vec::new();
    for entry in usable {
        let names = [KEY_ENDING, CERTIFICATE_ENDING].map(|ending| format!("{}{ending}", entry.key_id()));
        let [path, certificate] = names.each_ref().map(|name| dir.join(name));
        if !(path.exists() && certificate.exists()) {
            missing.extend(names.into_iter().filter(|name| !dir.join(name).exists()));
            continue;
        }
        let certificate = read_certificate(&certificate)?;
        if found.as_ref().is_some_and(|(_, other, _)| other.valid_from() >= certificate.valid_from()) {
            continue;
        }
        let Scope::Limited { regions, .. } = entry.scope() else { continue };
        let Some(region) = regions.first().cloned() else { continue };
        let pem = Zeroizing::new(fs::read_to_string(&path).map_err(|error| Failure::about(&path, error))?);
        let key = SigningKey::from_pkcs8_pem(&pem).map_err(|error| Failure::about(&path, error))?;
        found = Some((key, certificate, region));
    }
    found.ok_or_else(|| {
        let named = if missing.is_empty() { "" } else { "; of what the list names, not here: " };
        let said = format_args!("no key in the folder may sign codes now{named}{}", missing.join(", "));
        Failure::about(&dir.join(TRUST_LIST), said).help(make_one(dir))
    })
}

fn make_one(dir: &Path) -> String {
    format!(
        "`mingma keygen --out {} --region CODE --authority DIR` makes a key and its trust list",
        dir.display()
    )
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
    let list = TrustFile::open_even_if_stale(&bytes, Anchor::InFile, now);
    Ok(list.map_err(|error| Failure::about(path, error))?.list().clone())
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

/// Every certificate of the folder, in the order of the files' names.
fn certificates(dir: &Path) -> Result<Vec<Certificate>, Failure> {
    let listing = fs::read_dir(dir).map_err(|error| Failure::about(dir, error))?;
    let mut paths: Vec<PathBuf> = listing.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.retain(|path| {
        path.to_string_lossy().ends_with(CERTIFICATE_ENDING) && !path.ends_with(authority::CERTIFICATE)
    });
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
pub(crate) const ANYBODY_READS: u32 = 0o644;

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
///
/// # Errors
/// A [`Failure`] if something of its name lies there, a link too, or it cannot be written.
pub(crate) fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path).map_err(|error| Failure::about(path, error))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| Failure::about(path, error))
}
