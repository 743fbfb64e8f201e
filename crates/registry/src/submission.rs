//! What issuers send: rows about persons, an idempotency key, and one signature over all of it.
//!
//! The signature is the issuer's (ES256) over the canonical bytes: the name `mingma/submission/1`, the issuer, the key,
//! the number of rows, and of each row its seven fields (all columns of the facts file but the issuer), the missing ones empty. See
//! [`crate::canonical`] for how a field is written. One signature carries a batch, because checking one costs as much
//! as keeping ten facts.

use mingma_credential::key::{Algorithm, VerifyingKey};
use mingma_domain::Fact;
use mingma_domain::document::{Document, DocumentError};
use mingma_domain::fact::{FactError, Issuer, RawFact};
use thiserror::Error;

use crate::canonical::{Canonical, Hash, sha256};
use crate::row::IdempotencyKey;

/// The most rows of one submission: an hour of a large laboratory (4,096 samples), and one call to the store.
pub const MAX_ROWS: usize = crate::store::MAX_CHANGES;

/// One row as it was sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct RawRow<'a> {
    /// The document of the person, in wire form.
    pub person: &'a str,
    /// The kind's word.
    pub kind: &'a str,
    /// The value's word.
    pub value: &'a str,
    /// A day or an instant.
    pub at: &'a str,
    /// A day or an instant, or empty.
    pub until: &'a str,
    /// A region's code, or empty.
    pub region: &'a str,
    /// A reference, or empty.
    pub evidence: &'a str,
}

/// One row that says something about somebody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// About whom.
    pub document: Document,
    /// What.
    pub fact: Fact,
}

impl Row {
    /// Whether its fact waits for a second organisation before it counts.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.fact.kind().spec().second_organisation
    }
}

/// Why a row says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RowError {
    /// The person's document.
    #[error("`person`: {0}")]
    Document(#[from] DocumentError),
    /// The fact.
    #[error(transparent)]
    Fact(#[from] FactError),
}

/// What an issuer sent: typed, and not yet believed.
#[derive(Clone, Debug)]
pub struct Submission {
    issuer: Issuer,
    key: IdempotencyKey,
    rows: Vec<Result<Row, RowError>>,
    bytes: Vec<u8>,
    signature: [u8; 64],
}

/// Why a submission is not even looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SubmissionError {
    /// No row.
    #[error("a submission without rows: send 1 to {MAX_ROWS}")]
    Empty,
    /// Too many rows.
    #[error("a submission of {given} rows: send 1 to {MAX_ROWS}")]
    TooMany {
        /// How many.
        given: usize,
    },
}

impl Submission {
    /// Reads a submission. A row that says nothing stays in its place with the reason.
    ///
    /// # Errors
    /// [`SubmissionError`].
    pub fn read(
        issuer: Issuer,
        key: IdempotencyKey,
        rows: &[RawRow<'_>],
        signature: [u8; 64],
    ) -> Result<Self, SubmissionError> {
        let bytes = signed_bytes(&issuer, &key, rows);
        let rows = read_rows(&issuer, rows)?;
        Ok(Self { issuer, key, rows, bytes, signature })
    }

    /// Who says it.
    #[must_use]
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The name of the request.
    #[must_use]
    pub const fn key(&self) -> &IdempotencyKey {
        &self.key
    }

    /// The rows, each in its place.
    pub fn rows(&self) -> &[Result<Row, RowError>] {
        &self.rows
    }

    /// The hash of all that was signed.
    #[must_use]
    pub fn hash(&self) -> Hash {
        sha256(&self.bytes)
    }

    /// Whether this key signed it.
    #[must_use]
    pub fn is_signed_by(&self, key: &VerifyingKey) -> bool {
        key.verifies(Algorithm::Es256, &self.bytes, &self.signature)
    }
}

/// The bytes that an issuer signs.
#[must_use]
pub fn signed_bytes(issuer: &Issuer, key: &IdempotencyKey, rows: &[RawRow<'_>]) -> Vec<u8> {
    let mut text = Canonical::new("mingma/submission/1");
    text.text(issuer);
    text.text(key);
    text.text(rows.len());
    for row in rows {
        for field in [row.person, row.kind, row.value, row.at, row.until, row.region, row.evidence] {
            text.bytes(field.as_bytes());
        }
    }
    text.finish()
}

/// The rows of an issuer, each in its place: what it says, or why it says nothing.
///
/// # Errors
/// [`SubmissionError`].
pub fn read_rows(
    issuer: &Issuer,
    rows: &[RawRow<'_>],
) -> Result<Vec<Result<Row, RowError>>, SubmissionError> {
    match rows.len() {
        0 => return Err(SubmissionError::Empty),
        1..=MAX_ROWS => {}
        given => return Err(SubmissionError::TooMany { given }),
    }
    let name = issuer.to_string();
    Ok(rows.iter().map(|row| read_row(row, &name)).collect())
}

fn read_row(row: &RawRow<'_>, issuer: &str) -> Result<Row, RowError> {
    let document = row.person.parse()?;
    let raw = RawFact {
        kind: row.kind,
        value: row.value,
        at: row.at,
        until: row.until,
        region: row.region,
        issuer,
        evidence: row.evidence,
    };
    Ok(Row { document, fact: Fact::parse(&raw)? })
}
