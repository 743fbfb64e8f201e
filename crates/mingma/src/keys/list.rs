//! The trust list of a folder of keys: what it is to name, proposed in a file, and signed by the authority's key.
//!
//! A key that was made and is not signed for yet stands in the proposal alone, `trust.toml`, with the region that it was made
//! for. A key whose certificate is no longer in the folder is withdrawn.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use mingma_credential::key::KeyId;
use mingma_credential::status::RegionCode;
use mingma_credential::trust::file::{self, Anchor, Edition, TrustFile};
use mingma_credential::trust::{Scope, TrustEntry, Use};
use mingma_credential::{Certificate, TrustList, UnixSeconds};
use mingma_registry::acts::{MAX_LIST_DAYS, may_be_numbered};

use super::authority::{Signatory, anchor, required};
use super::{TRUST_LIST, certificates};
use crate::failure::Failure;
use crate::sheet::{ListedKey, Listing, Said, Sheet};
use crate::table::output::Output;

/// The file of what is to be signed next.
pub(crate) const PROPOSAL: &str = "trust.toml";
/// How long a trust list may be used before it must be signed anew.
const LIFE_SECONDS: i64 = MAX_LIST_DAYS * 86_400;

/// What a trust list is to name.
pub(crate) struct Draft {
    /// Whose deployment it is.
    pub(crate) region: RegionCode,
    /// The number of the edition before it.
    pub(crate) after: u64,
    /// The keys, each with the region that it was made for.
    pub(crate) keys: Vec<(Certificate, RegionCode)>,
}

impl Draft {
    /// What the certificates of a folder are for, by its trust list and by what is to be signed next; none if there are none.
    ///
    /// # Errors
    /// A [`Failure`] if a file cannot be read, or nothing says what a key is for.
    pub(crate) fn of_folder(dir: &Path, now: UnixSeconds) -> Result<Option<Self>, Failure> {
        let certificates = certificates(dir)?;
        let path = dir.join(TRUST_LIST);
        let known = (listed(dir, now)?, proposed(dir)?);
        let in_force: Vec<_> =
            known.0.iter().flat_map(|list| list.list().entries()).filter_map(entry).collect();
        let (after, next) = (known.1.as_ref().map_or(0, |draft| draft.after), known.1.iter());
        let after = after.max(known.0.as_ref().map_or(0, |list| list.edition().number));
        let all: Vec<_> = in_force.iter().chain(next.flat_map(|draft| &draft.keys)).collect();
        let region = |certificate: &Certificate| {
            let found = all.iter().find(|(listed, _)| listed == certificate);
            let kid = certificate.key_id();
            found.map(|(_, region)| (certificate.clone(), region.clone())).ok_or_else(|| {
                Failure::about(&path, format_args!("does not say for which region the key {kid} was made")).help(
                    format_args!("move the certificate and the key {kid} out of the folder, or name a new folder; if the list is lost, put it back"),
                )
            })
        };
        let keys = certificates.iter().map(region).collect::<Result<Vec<_>, _>>()?;
        let youngest = keys.iter().max_by_key(|(certificate, _)| certificate.valid_from());
        let region = youngest.map(|(_, region)| region.clone());
        Ok(region.map(|region| Self { region, after, keys }))
    }

    /// Signs it with the authority's key.
    ///
    /// # Errors
    /// A [`Failure`] if there are more keys than a list can name, no list could follow it, or signing fails.
    pub(crate) fn sign(&self, by: &Signatory, now: UnixSeconds) -> Result<(Vec<u8>, Edition), Failure> {
        let entry = |(certificate, region): &(Certificate, RegionCode)| {
            let scope = Scope::Limited {
                regions: vec![region.clone()],
                uses: vec![Use::Status, Use::StatusList],
                from: certificate.valid_from(),
                until: certificate.valid_until(),
            };
            TrustEntry::of_certificate(certificate.clone(), scope)
        };
        let list = TrustList::of_entries(self.keys.iter().map(entry).collect());
        // The number must rise, also when the clock was set back or two lists are signed in one second.
        let number = u64::try_from(now.get()).unwrap_or(0).max(self.after.saturating_add(1));
        // What it follows is said by a file that nobody signed.
        if !may_be_numbered(number, now) {
            return Err(Failure::new(format_args!("the edition before it, {}, lies ahead of the clock", self.after))
                .help("no list could follow one of that number: look at the clock of this machine, and at `after` in the file"));
        }
        let edition = Edition { number, issued_at: now, next_update: now.plus(LIFE_SECONDS) };
        let signed = file::sign(&list, edition, &by.key, &by.certificate).map_err(Failure::new)?;
        Ok((signed, edition))
    }

    /// As the authority is asked to sign it.
    pub(crate) fn sheet(&self) -> String {
        let keys = self.keys.iter().map(|(certificate, region)| ListedKey {
            kid: certificate.key_id().to_string(),
            region: region.to_string(),
            certificate: base16ct::lower::encode_string(certificate.as_der()),
        });
        let listing = Listing { after: self.after, keys: keys.collect() };
        format!(
            "# For the authority to sign, on a machine apart: `mingma authority show` says what it is.\n\
             region = \"{}\"\n{listing}",
            self.region
        )
    }

    /// As it is read from a file that the authority is asked to sign.
    ///
    /// # Errors
    /// A [`Failure`] if it names a certificate that is none, or under another's name.
    pub(crate) fn read(region: &str, listing: &Listing) -> Result<Self, Failure> {
        let code = |text: &str| RegionCode::parse(text).map_err(Failure::new);
        let key = |key: &ListedKey| {
            let der = base16ct::lower::decode_vec(&key.certificate).map_err(Failure::new)?;
            let certificate = Certificate::from_der(&der).map_err(Failure::new)?;
            if KeyId::of_certificate(&der).to_string() != key.kid {
                return Err(Failure::new(format_args!("the certificate of `{}` is another key's", key.kid)));
            }
            Ok((certificate, code(&key.region)?))
        };
        let keys = listing.keys.iter().map(key).collect::<Result<_, _>>()?;
        Ok(Self { region: code(region)?, after: listing.after, keys })
    }
}

/// The folder's signed list; none if it has none.
fn listed(dir: &Path, now: UnixSeconds) -> Result<Option<TrustFile>, Failure> {
    let path = dir.join(TRUST_LIST);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::about(&path, error)),
    };
    let known = anchor(dir)?;
    let believed = known.as_ref().map_or(Anchor::InFile, Anchor::Certificate);
    let list = TrustFile::open_even_if_stale(&bytes, believed, now);
    list.map(Some).map_err(|error| Failure::about(&path, error))
}

fn entry(entry: &TrustEntry) -> Option<(Certificate, RegionCode)> {
    let Scope::Limited { regions, .. } = entry.scope() else { return None };
    Some((entry.certificate()?.clone(), regions.first()?.clone()))
}

/// What is to be signed next; none if nothing is.
fn proposed(dir: &Path) -> Result<Option<Draft>, Failure> {
    let path = dir.join(PROPOSAL);
    if !path.exists() {
        return Ok(None);
    }
    let sheet = Sheet::read(&path)?;
    match &sheet.said {
        Said::TrustList(listing) => Draft::read(&sheet.region, listing).map(Some),
        Said::Line(..) | Said::Publish(_) => Err(Failure::about(&path, "proposes no trust list")),
    }
}

/// Puts what is to be signed next into its file.
///
/// # Errors
/// A [`Failure`] if it cannot be written.
pub(super) fn propose(dir: &Path, draft: &Draft) -> Result<(), Failure> {
    put(&dir.join(PROPOSAL), draft.sheet().as_bytes())
}

/// Of the keys that the folder's signed list names those whose certificates are not in the folder, in words: the next list withdraws them.
///
/// # Errors
/// A [`Failure`] if a file cannot be read.
pub(crate) fn left_out(dir: &Path, now: UnixSeconds) -> Result<String, Failure> {
    let (list, own) = (listed(dir, now)?, certificates(dir)?);
    let keys = list.iter().flat_map(|list| list.list().entries()).filter_map(entry);
    let gone = keys.filter(|(certificate, _)| !own.contains(certificate) && certificate.valid_until() > now);
    let said: Vec<String> = gone
        .map(|(certificate, region)| {
            let kid = certificate.key_id();
            format!("the key {kid} for {region} is in the list and not in the folder: the next list withdraws it; to keep it, put its certificate there\n")
        })
        .collect();
    Ok(said.concat())
}

/// The number of the folder's trust list; 0 if it has none.
///
/// # Errors
/// A [`Failure`] if it is there and cannot be read.
pub(crate) fn edition(dir: &Path, now: UnixSeconds) -> Result<u64, Failure> {
    Ok(listed(dir, now)?.map_or(0, |list| list.edition().number))
}

/// The region of the youngest of the folder's keys that its signed list names; none if there is no list or no such key.
///
/// # Errors
/// A [`Failure`] if a file cannot be read.
pub(crate) fn signed_region(dir: &Path, now: UnixSeconds) -> Result<Option<RegionCode>, Failure> {
    let (list, own) = (listed(dir, now)?, certificates(dir)?);
    let keys = list.iter().flat_map(|list| list.list().entries()).filter_map(entry);
    let here = keys.filter(|(certificate, _)| own.contains(certificate));
    Ok(here.max_by_key(|(certificate, _)| certificate.valid_from()).map(|(_, region)| region))
}

/// Puts a list that was brought in into the folder, if it is later than the folder's; tells whether it was.
///
/// # Errors
/// A [`Failure`] if it is not the authority's, or cannot be written.
pub(crate) fn follow(dir: &Path, brought: &[u8], now: UnixSeconds) -> Result<bool, Failure> {
    let anchor = required(dir)?;
    let list = TrustFile::open_even_if_stale(brought, Anchor::Certificate(&anchor), now);
    let later = list.map_err(Failure::new)?.edition().number > edition(dir, now)?;
    if later {
        put_list(dir, brought)?;
    }
    Ok(later)
}

/// Puts a signed list in the place of the former one, whole or not at all.
///
/// # Errors
/// A [`Failure`] if it cannot be written.
pub(super) fn put_list(dir: &Path, signed: &[u8]) -> Result<(), Failure> {
    put(&dir.join(TRUST_LIST), signed)
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = Output::file(path)?;
    file.with(|file| file.write_all(bytes))?;
    file.finish()
}
