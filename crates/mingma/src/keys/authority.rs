//! The authority's own key: `authority.key.pem` and `authority.cert.der` in a folder apart, of which the folder of the keys that sign
//! codes gets the certificate alone.
//!
//! It signs which keys checkpoints trust. Whoever has it can say that of a key of his own; so it lies on no machine that answers
//! requests, and a data folder or a folder of signing keys in which it is found, under whatever name, is not served.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use mingma_credential::key::{SigningKey, SystemEntropy};
use mingma_credential::{Certificate, UnixSeconds};
use zeroize::Zeroizing;

use super::{ANYBODY_READS, OWNER_ONLY, make_private_dir, read_certificate, write_new};
use crate::failure::Failure;
use crate::journal::LOG;

/// The file of the authority's key.
pub(crate) const KEY: &str = "authority.key.pem";
/// The file of its certificate, beside it and in the folder of the keys that sign codes: a checkpoint's `--anchor`.
pub(crate) const CERTIFICATE: &str = "authority.cert.der";
/// How long an authority's key lasts: ten years. It is changed by hand, at every checkpoint that holds its certificate.
const LIFE_SECONDS: i64 = 3_653 * 86_400;

/// The authority's key in memory, on the machine apart.
pub(crate) struct Signatory {
    pub(crate) key: SigningKey,
    pub(crate) certificate: Certificate,
}

impl Signatory {
    /// The key of a folder; a new one if the folder has none.
    ///
    /// # Errors
    /// A [`Failure`] if a file cannot be read or written.
    pub(crate) fn of_folder(dir: &Path, name: &str, now: UnixSeconds) -> Result<Self, Failure> {
        let path = dir.join(KEY);
        if path.exists() {
            return Self::open(&path);
        }
        let made = Self::passing(name, now)?;
        make_private_dir(dir)?;
        let pem = made.key.to_pkcs8_pem().map_err(Failure::new)?;
        write_new(&dir.join(CERTIFICATE), made.certificate.as_der(), ANYBODY_READS)?;
        write_new(&path, pem.as_bytes(), OWNER_ONLY)?;
        Ok(made)
    }

    /// A new key that is written nowhere: what it has signed stands, and it signs nothing more.
    ///
    /// # Errors
    /// A [`Failure`] without chance.
    pub(crate) fn passing(name: &str, now: UnixSeconds) -> Result<Self, Failure> {
        let key = SigningKey::generate(&mut SystemEntropy).map_err(Failure::new)?;
        let certificate =
            Certificate::self_signed(&key, name, now, now.plus(LIFE_SECONDS)).map_err(Failure::new)?;
        Ok(Self { key, certificate })
    }

    /// The key of a file, with the certificate that lies beside it.
    ///
    /// # Errors
    /// A [`Failure`] if one of them cannot be read, or they do not belong together.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let certificate = read_certificate(&path.with_file_name(CERTIFICATE))?;
        let pem = Zeroizing::new(fs::read_to_string(path).map_err(|error| Failure::about(path, error))?);
        let key = SigningKey::from_pkcs8_pem(&pem).map_err(|error| Failure::about(path, error))?;
        if *certificate.key() != key.verifying_key() {
            return Err(Failure::about(path, format_args!("the {CERTIFICATE} beside it is another key's")));
        }
        Ok(Self { key, certificate })
    }
}

/// The certificate of the authority that a folder of signing keys knows; none if it knows none.
///
/// # Errors
/// A [`Failure`] if it is there and cannot be read.
pub(crate) fn anchor(keys: &Path) -> Result<Option<Certificate>, Failure> {
    let path = keys.join(CERTIFICATE);
    match fs::metadata(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Ok(_) | Err(_) => read_certificate(&path).map(Some),
    }
}

/// The certificate of the authority that a folder of signing keys knows.
///
/// # Errors
/// A [`Failure`] if it knows none, or the authority's key lies there.
pub(crate) fn required(keys: &Path) -> Result<Certificate, Failure> {
    let path = keys.join(KEY);
    if path.exists() {
        return Err(misplaced(&path, "the authority's key lies beside the keys that sign codes"));
    }
    anchor(keys)?.ok_or_else(|| {
        Failure::about(&keys.join(CERTIFICATE), "the certificate of the authority is not there").help(format_args!(
            "put it there; if there is no authority yet, `mingma keygen --out {} --region CODE --authority DIR` makes its key",
            keys.display()
        ))
    })
}

/// That the authority's key lies nowhere in the folders of what is served, also under another name.
///
/// # Errors
/// A [`Failure`] that names the file.
pub(crate) fn is_apart(folders: &[&Path], certificate: &Certificate) -> Result<(), Failure> {
    match folders.iter().find_map(|folder| found(folder, certificate)) {
        Some(path) => Err(misplaced(&path, "the authority's key lies in a folder that is served")),
        None => Ok(()),
    }
}

/// The authority's key, if it lies in a folder. The log is passed over, which at a nation's size has millions of files of other names.
fn found(folder: &Path, certificate: &Certificate) -> Option<PathBuf> {
    let is_key = |path: &Path| {
        let named = path.file_name().is_some_and(|name| name == KEY);
        let pem =
            || path.extension().filter(|ending| *ending == "pem").and_then(|_| fs::read_to_string(path).ok());
        let key = || SigningKey::from_pkcs8_pem(&Zeroizing::new(pem()?)).ok();
        named || key().is_some_and(|key| *certificate.key() == key.verifying_key())
    };
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder).ok()?.flatten() {
        let (path, is_folder) = (entry.path(), entry.file_type().is_ok_and(|kind| kind.is_dir()));
        if is_folder && entry.file_name() != LOG {
            folders.push(path);
        } else if !is_folder && is_key(&path) {
            return Some(path);
        }
    }
    folders.iter().find_map(|folder| found(folder, certificate))
}

fn misplaced(path: &Path, what: &str) -> Failure {
    Failure::about(path, what)
        .help("move it to a machine apart, that answers no requests; a copy of it here, too")
}

/// Whether a folder of signing keys is to be told yet which authority's it is: before anything is written in its name.
///
/// # Errors
/// A [`Failure`] if it is another's.
pub(super) fn is_unplaced(keys: &Path, certificate: &Certificate) -> Result<bool, Failure> {
    match anchor(keys)? {
        None => Ok(true),
        Some(known) if known == *certificate => Ok(false),
        Some(known) => Err(others(keys, &known)),
    }
}

/// Refuses to make an authority's key for a folder of signing keys that knows one: the disk with it is not the one that was named.
///
/// # Errors
/// A [`Failure`] if the folder knows an authority, and its key is not in the other.
pub(crate) fn not_anew(keys: &Path, dir: &Path) -> Result<(), Failure> {
    match anchor(keys)? {
        Some(known) if !dir.join(KEY).exists() => Err(others(keys, &known)),
        Some(_) | None => Ok(()),
    }
}

fn others(keys: &Path, known: &Certificate) -> Failure {
    Failure::about(keys, format_args!("the folder is the authority's with the key {}", known.key_id())).help(
        "name the folder with that key (is its disk mounted?), or a new folder for the keys that sign codes",
    )
}

/// Tells a folder of signing keys which authority's it is.
///
/// # Errors
/// A [`Failure`] if the file cannot be written.
pub(super) fn place(keys: &Path, certificate: &Certificate) -> Result<(), Failure> {
    write_new(&keys.join(CERTIFICATE), certificate.as_der(), ANYBODY_READS)
}
