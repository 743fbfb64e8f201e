//! What institutions submit: rows about persons, signed by the institution's key, answered row by row.
//!
//! A submission needs no session, for its signature says who sends it; reading what became of it does. How many rows an
//! issuer may send of a kind in an hour is not limited yet: that is asked in [`submit`], before the act.

pub mod check;
pub mod list;
pub mod one;
pub mod submit;

use jiff::Timestamp;
use mingma_domain::fact::{Column, Issuer, Kind};
use mingma_registry::acts::{AboveLimit, DeskError, RecordError};
use mingma_registry::intake::{Cause, Intake, RefusedRow};
use mingma_registry::submission::{RawRow, SubmissionError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{member, too_large};
use crate::problem::Problem;

/// One row: the columns of the facts file but the issuer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SentRow {
    /// The document of the person, as in the facts file.
    #[schema(examples("passport:DE:C01X00T47"))]
    pub(crate) person: String,
    /// The kind of fact.
    #[schema(examples("test"))]
    pub(crate) kind: String,
    /// Its value.
    #[schema(examples("negative"))]
    pub(crate) value: String,
    /// A day, or an instant of RFC 3339.
    #[schema(examples("2022-06-13T09:40:00+08:00"))]
    pub(crate) at: String,
    /// A day or an instant, where the kind has an end.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) until: String,
    /// A region's code, where the kind names one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) region: String,
    /// The reference to evidence, where one is due.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) evidence: String,
    /// The text of the code that another region signed (`HC1:…`), with a `foreign-status` and with nothing else; `evidence` is then the SHA-256 of this
    /// text, in hexadecimal.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) credential: String,
}

impl SentRow {
    /// The row as it is read and signed.
    pub(crate) fn raw(&self) -> RawRow<'_> {
        RawRow {
            person: &self.person,
            kind: &self.kind,
            value: &self.value,
            at: &self.at,
            until: &self.until,
            region: &self.region,
            evidence: &self.evidence,
            credential: &self.credential,
        }
    }
}

/// Why a row was refused, in words of the vocabulary alone.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusedRowSaid {
    /// Where it stood, from 1.
    row: u32,
    /// The sort of refusal.
    #[schema(value_type = String)]
    cause: Cause,
    /// The column.
    #[schema(value_type = String)]
    column: Column,
    /// The kind, if it could be read and matters.
    #[schema(value_type = Option<String>, required)]
    kind: Option<Kind>,
    /// The legal word that was likely meant; of a row that stands twice, which row says it first.
    #[schema(required)]
    nearest: Option<String>,
    /// The issuer's own fact that says the same already.
    #[schema(required)]
    former: Option<String>,
    /// What is wrong and what is allowed.
    reason: String,
}

impl From<&RefusedRow> for RefusedRowSaid {
    fn from(refused: &RefusedRow) -> Self {
        Self {
            row: u32::from(refused.place) + 1,
            cause: refused.cause,
            column: refused.column,
            kind: refused.kind,
            nearest: refused.nearest.clone(),
            former: refused.former.map(|fact| fact.to_string()),
            reason: refused.to_string(),
        }
    }
}

/// A submission as it was taken in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Taken {
    /// Its idempotency key.
    pub(crate) key: String,
    /// When it came first.
    #[schema(value_type = String, format = "date-time")]
    pub(crate) received: Timestamp,
    /// How many rows it had; null if it came before rows were counted.
    #[schema(required)]
    pub(crate) rows: Option<u16>,
    /// How many of them were refused.
    pub(crate) refused: usize,
}

impl From<&Intake> for Taken {
    fn from(intake: &Intake) -> Self {
        Self {
            key: intake.request.key.to_string(),
            received: intake.request.received,
            rows: intake.rows,
            refused: intake.refused.len(),
        }
    }
}

/// The issuer in a path or body.
pub(crate) fn issuer(text: &str) -> Result<Issuer, Problem> {
    member("issuer", text)
}

impl From<SubmissionError> for Problem {
    fn from(error: SubmissionError) -> Self {
        match error {
            SubmissionError::Empty => Self::refused("empty", error),
            SubmissionError::TooMany { .. } => too_large(),
        }
    }
}

impl From<RecordError> for Problem {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::UnknownIssuer { .. } | RecordError::Signature { .. } => signature(error),
            RecordError::KeyReused => Self::conflict("key-reused", error),
            RecordError::UnderWay { .. } => Self::conflict("contended", error),
            RecordError::AboveLimit(above) => above.into(),
            RecordError::Unable(unable) => unable.into(),
        }
    }
}

impl From<AboveLimit> for Problem {
    fn from(above: AboveLimit) -> Self {
        let alarm = above.alarm;
        Self::conflict("above-limit", above).alarm(alarm)
    }
}

/// 403: nobody whose key counts has signed this.
#[expect(clippy::needless_pass_by_value, reason = "errors are handed over where they end")]
pub(crate) fn signature(error: impl ToString) -> Problem {
    Problem::forbidden("signature", error.to_string())
        .help("sign the canonical bytes with a key that the authority has registered for the issuer and not withdrawn")
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::UnknownIssuer { .. } => Self::forbidden("not-appointed", error),
            DeskError::NoSuchSubmission { .. } => Self::not_found(),
            DeskError::Unable(unable) => unable.into(),
        }
    }
}
