//! What proves that an issuer said something about somebody, for whoever has the issuer's keys and is shown what was said.

use jiff::{SignedDuration, Timestamp};
use mingma_credential::key::{Algorithm, DevicePoint};
use mingma_domain::Fact;
use mingma_domain::document::Document;
use mingma_domain::fact::{Issuer, RawFact};

use super::tree::root_of;
use super::{Salt, Tree, about, field, row_hash, text};
use crate::acts::{Confirm, Countersign, Retract};
use crate::book::Book;
use crate::canonical::{Canonical, Hash, sha256};
use crate::row::{IdempotencyKey, PersonRow};
use crate::submission::{RawRow, Submission};

/// How long before its entry's instant a signature is checked, at most: an act is committed beside others.
const MOMENT: SignedDuration = SignedDuration::from_secs(10);
/// What the proof is.
const NAME: &str = "mingma/signature/1";

/// An issuer's signature, and what it takes to check it beside the rows that were recorded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
    /// r and s of ES256.
    pub signature: [u8; 64],
    /// Whom it is about, by [`about`].
    pub about: Hash,
    /// Of a row of a submission: the row as it was sent, and how it lies under the signature.
    pub row: Option<SignedRow>,
}

/// A row of a submission, and how it lies under the signature.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedRow {
    /// The name of the submission.
    pub key: IdempotencyKey,
    /// How many rows it had.
    pub rows: usize,
    /// Which it was of them, from 0.
    pub place: usize,
    /// The hashes beside its way to the root, from below.
    pub path: Vec<Hash>,
    /// Kind, value, at, until, region, evidence, and the code of another region's status, as they were sent.
    pub columns: [String; 7],
}

impl SignedRow {
    fn raw(&self) -> RawRow<'_> {
        let [kind, value, at, until, region, evidence, credential] = &self.columns;
        RawRow { person: "", kind, value, at, until, region, evidence, credential }
    }

    /// The text of the code that another region signed; empty where the row tells of no other region's status.
    #[must_use]
    pub fn credential(&self) -> &str {
        let [.., credential] = &self.columns;
        credential
    }

    /// What the row says.
    fn fact(&self, issuer: &Issuer) -> Option<Fact> {
        let [kind, value, at, until, region, evidence, _] = &self.columns;
        Fact::parse(&RawFact { kind, value, at, until, region, issuer: &issuer.to_string(), evidence }).ok()
    }
}

impl Proof {
    /// The bytes, in the canonical encoding: the name, the signature, whom it is about; of a row also the submission's key, how many rows it had, the
    /// place, the path, and the seven columns.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Canonical::new(NAME);
        bytes.bytes(&self.signature);
        bytes.bytes(&self.about);
        if let Some(row) = &self.row {
            bytes.text(&row.key);
            bytes.text(row.rows);
            bytes.text(row.place);
            bytes.bytes(row.path.as_flattened());
            row.columns.iter().for_each(|column| bytes.text(column));
        }
        bytes.finish()
    }

    /// The proof in these bytes; none if there is none.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let rest = &mut &bytes[..];
        if field(rest)? != NAME.as_bytes() {
            return None;
        }
        let (signature, about) = (field(rest)?.try_into().ok()?, field(rest)?.try_into().ok()?);
        let row = if rest.is_empty() { None } else { Some(row(rest)?) };
        let proof = Self { signature, about, row };
        // There is one writing of each.
        (proof.to_bytes() == bytes).then_some(proof)
    }

    /// Whether it is about whoever has this document, as the salt that stands beside it shows.
    #[must_use]
    pub fn is_about(&self, salt: &Salt, document: &Document) -> bool {
        about(salt, &document.to_wire()) == self.about
    }

    /// What was signed, whatever the signature under it: of the same there are many good ones.
    #[must_use]
    pub(crate) fn said(&self) -> Hash {
        sha256(&Self { signature: [0; 64], ..self.clone() }.to_bytes())
    }

    /// Who is said to have signed, and the bytes that they signed; none if these rows are not what was signed.
    #[must_use]
    pub fn signed(&self, rows: &[PersonRow]) -> Option<(Issuer, Vec<u8>)> {
        match (rows, &self.row) {
            ([PersonRow::Fact(recorded)], Some(row)) => {
                let issuer = recorded.fact.issuer();
                if row.fact(issuer)? != recorded.fact {
                    return None;
                }
                let hash = row_hash(&self.about, &row.raw());
                let root = root_of(hash, row.place, row.rows, &row.path)?;
                Some((issuer.clone(), Submission::bytes(issuer, &row.key, row.rows, &root)))
            }
            ([PersonRow::Countersignature(row)], None) => {
                Some((row.issuer.clone(), Countersign::bytes(&row.issuer, &self.about, row.fact)))
            }
            ([PersonRow::Retraction(row)], None) => {
                Some((row.issuer.clone(), Retract::bytes(&row.issuer, &self.about, row.fact, row.reason)))
            }
            ([PersonRow::Confirmation(first), others @ ..], None) => {
                // One word on every dispute of the fact that is open.
                let is_same = |row: &PersonRow| {
                    matches!(row, PersonRow::Confirmation(row) if (row.fact, &row.issuer, row.confirmed)
                        == (first.fact, &first.issuer, first.confirmed))
                };
                let bytes = Confirm::bytes(&first.issuer, &self.about, first.fact, first.confirmed);
                others.iter().all(is_same).then(|| (first.issuer.clone(), bytes))
            }
            _ => None,
        }
    }

    /// Which key of the issuer's made it under these rows, of those that counted at an instant; none if none did.
    #[must_use]
    pub fn key(&self, book: &Book, rows: &[PersonRow], at: Timestamp) -> Option<DevicePoint> {
        let (issuer, bytes) = self.signed(rows)?;
        keys(book, &issuer, at).find(|point| self.is_by(point, &bytes))
    }

    /// Whether a key signed these bytes.
    #[must_use]
    pub fn is_by(&self, point: &DevicePoint, bytes: &[u8]) -> bool {
        point.verifying_key().verifies(Algorithm::Es256, bytes, &self.signature)
    }

    /// Of a row of a submission at a place.
    pub(crate) fn of_row(
        (signature, about): ([u8; 64], Hash),
        (key, tree, rows): (&IdempotencyKey, &Tree, usize),
        (place, row): (usize, &RawRow<'_>),
    ) -> Self {
        let RawRow { kind, value, at, until, region, evidence, credential, .. } = *row;
        let columns = [kind, value, at, until, region, evidence, credential].map(str::to_owned);
        let row = SignedRow { key: key.clone(), rows, place, path: tree.path(place), columns };
        Self { signature, about, row: Some(row) }
    }
}

/// The keys by which an entry of an instant may be signed: an act asks for the key before it is committed, in the moment before.
pub(crate) fn keys(book: &Book, issuer: &Issuer, at: Timestamp) -> impl Iterator<Item = DevicePoint> {
    let before = at.checked_sub(MOMENT).unwrap_or(at);
    book.keys(issuer, at).chain(book.keys(issuer, before)).map(|key| key.point)
}

fn row(rest: &mut &[u8]) -> Option<SignedRow> {
    let (key, rows, place) =
        (text(rest)?.parse().ok()?, text(rest)?.parse().ok()?, text(rest)?.parse().ok()?);
    let (path, []) = field(rest)?.as_chunks() else { return None };
    let path = path.to_vec();
    let mut column = || text(rest).map(str::to_owned);
    let columns = [column()?, column()?, column()?, column()?, column()?, column()?, column()?];
    rest.is_empty().then_some(SignedRow { key, rows, place, path, columns })
}
