//! What issuers send: rows about persons, an idempotency key, a salt, and one signature over all of it.
//!
//! The signature is the issuer's (ES256) over the canonical bytes: the name `mingma/submission/2`, the issuer, the key, the number of rows, the
//! root of the [tree](crate::signed) of the rows (all columns of the facts file but the issuer, and the code of another region's status; the missing ones empty). See
//! [`crate::canonical`] for how a field is written. One signature carries a batch, because checking one costs as much
//! as keeping ten facts; and it is kept with each row, in a form that proves this row and tells of no other.

use mingma_credential::key::{Algorithm, VerifyingKey};
use mingma_domain::Fact;
use mingma_domain::document::{Document, DocumentError};
use mingma_domain::fact::{FactError, Issuer, RawFact};
use thiserror::Error;

use crate::canonical::{Canonical, Hash};
use crate::row::IdempotencyKey;
use crate::signed::{Proof, Salt, Signature, Tree, about, row_hash, row_salt};

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
    /// The text of the code that another region signed, of whose status the row tells; empty in all other rows.
    pub credential: &'a str,
}

impl<'a> RawRow<'a> {
    const fn columns(&self) -> [&'a str; 7] {
        [self.person, self.kind, self.value, self.at, self.until, self.region, self.evidence]
    }
}

/// One row that says something about somebody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// About whom.
    pub document: Document,
    /// What.
    pub fact: Fact,
    /// The code that another region signed, if one was sent.
    pub credential: Option<Box<str>>,
}

impl Row {
    /// Whether its fact waits for a second organisation before it counts.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.fact.value().needs_second_organisation()
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
    sent: Vec<[Box<str>; 8]>,
    hash: Hash,
    salt: Salt,
    tree: Tree,
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
        salt: Salt,
        signature: [u8; 64],
    ) -> Result<Self, SubmissionError> {
        let read = read_rows(&issuer, rows)?;
        let hash = request_hash(&issuer, &key, rows);
        let sent = rows.iter().map(|row| {
            let [person, kind, value, at, until, region, evidence] = row.columns();
            [person, kind, value, at, until, region, evidence, row.credential].map(Box::from)
        });
        let sent = sent.collect();
        Ok(Self { issuer, key, rows: read, sent, hash, salt, tree: tree(&salt, rows), signature })
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

    /// The hash of what was asked: the same whatever salt was drawn, so that who sends the rows again asks the same.
    #[must_use]
    pub const fn hash(&self) -> Hash {
        self.hash
    }

    /// Whether this key signed it.
    #[must_use]
    pub fn is_signed_by(&self, key: &VerifyingKey) -> bool {
        let bytes = Self::bytes(&self.issuer, &self.key, self.rows.len(), &self.tree.root());
        key.verifies(Algorithm::Es256, &bytes, &self.signature)
    }

    /// The signature, as it is kept with the row at a place; none if there is no such row.
    #[must_use]
    pub fn signature(&self, place: usize) -> Option<Signature> {
        let [person, kind, value, at, until, region, evidence, credential] = self.sent.get(place)?;
        let row = RawRow { person, kind, value, at, until, region, evidence, credential };
        let salt = row_salt(&self.salt, place);
        let signed = (self.signature, about(&salt, row.person));
        let proof = Proof::of_row(signed, (&self.key, &self.tree, self.rows.len()), (place, &row));
        Some(Signature { salt, proof: proof.to_bytes() })
    }

    /// What is signed of so many rows with this root.
    pub(crate) fn bytes(issuer: &Issuer, key: &IdempotencyKey, rows: usize, root: &Hash) -> Vec<u8> {
        let mut text = Canonical::new("mingma/submission/2");
        text.text(issuer);
        text.text(key);
        text.text(rows);
        text.bytes(root);
        text.finish()
    }
}

/// The bytes that an issuer signs.
#[must_use]
pub fn signed_bytes(issuer: &Issuer, key: &IdempotencyKey, salt: &Salt, rows: &[RawRow<'_>]) -> Vec<u8> {
    Submission::bytes(issuer, key, rows.len(), &tree(salt, rows).root())
}

fn tree(salt: &Salt, rows: &[RawRow<'_>]) -> Tree {
    let hash = |(place, row): (usize, &RawRow<'_>)| row_hash(&about(&row_salt(salt, place), row.person), row);
    Tree::new(rows.iter().enumerate().map(hash).collect())
}

/// What makes a request of rows: the same rows under the same key have the same.
#[must_use]
pub fn request_hash(issuer: &Issuer, key: &IdempotencyKey, rows: &[RawRow<'_>]) -> Hash {
    let mut text = Canonical::new("mingma/submission/1");
    text.text(issuer);
    text.text(key);
    text.text(rows.len());
    rows.iter().flat_map(RawRow::columns).for_each(|column| text.text(column));
    text.hash()
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
    let credential = (!row.credential.is_empty()).then(|| row.credential.into());
    Ok(Row { document, fact: Fact::parse(&raw)?, credential })
}
