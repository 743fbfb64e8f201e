//! What can be wrong with a table as a whole, with its header, and with one row.
//!
//! A fault of the file ends the reading; a fault of a row refuses that row. Messages name columns and the words of
//! the vocabulary, never whom a row is about.

use mingma_domain::fact::FactError;

use super::records::MAX_ROW_BYTES;
use super::{MAX_COLUMNS, MAX_PERSON_BYTES};

/// Why a file cannot be read, or not any further.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileFault {
    /// The system says no.
    #[error("{0}")]
    Read(std::io::Error),
    /// Not a byte.
    #[error("the file is empty: it must begin with a header")]
    Empty,
    /// Another encoding.
    #[error("the file is UTF-16: save it as UTF-8")]
    Utf16,
    /// A quote without its end.
    #[error("line {line}: a double quote is opened and not closed within {MAX_ROW_BYTES} bytes or the file")]
    OpenQuote {
        /// The line on which the row begins.
        line: u64,
    },
    /// Wrong columns, each with its place.
    #[error("{}", lines(.0))]
    Header(Vec<(u64, HeaderFault)>),
    /// Wrong columns in a format without lines.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Schema(Vec<HeaderFault>),
    /// The first line is not text.
    #[error("the header cannot be read: {0}")]
    UnreadableHeader(RowFault),
    /// Not a Parquet file, or one with what this program does not read.
    #[error("not a Parquet file that can be read: {0}")]
    Parquet(String),
    /// Parquet is read from its end.
    #[error("Parquet cannot be read from a pipe: write it to a file first")]
    ParquetFromPipe,
}

fn lines(faults: &[(u64, HeaderFault)]) -> String {
    faults.iter().map(|(column, fault)| format!("1:{column}: {fault}")).collect::<Vec<_>>().join("\n")
}

/// What is wrong with one column of a header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HeaderFault {
    /// No name of it is known.
    #[error("none of the columns of {what} is named here: they are `{wanted}`")]
    NotAHeader {
        /// What sort of table.
        what: String,
        /// The columns.
        wanted: String,
    },
    /// A column that nobody asked for.
    #[error("`{name}` is not a column of {what}: {help}")]
    Unknown {
        /// Its name, shortened.
        name: String,
        /// What sort of table.
        what: String,
        /// What was likely meant, or what is allowed.
        help: String,
    },
    /// A column that is refused on principle.
    #[error("column `{name}` would bring in {brings}, which no kind of fact takes: {help}")]
    Refused {
        /// Its name, shortened.
        name: String,
        /// What it would bring in.
        brings: &'static str,
        /// What to do.
        help: &'static str,
    },
    /// A column twice.
    #[error("column `{name}` stands here for the second time")]
    Twice {
        /// Its name, shortened.
        name: String,
    },
    /// A column that is missing.
    #[error("column `{name}` is missing: {what} has the columns `{wanted}`")]
    Missing {
        /// Its name.
        name: String,
        /// What sort of table.
        what: String,
        /// All columns.
        wanted: String,
    },
    /// Far too many columns.
    #[error("more than {MAX_COLUMNS} columns")]
    TooMany,
    /// A Parquet column whose type cannot be read as this column.
    #[error("column `{name}` has the type {found}: {help}")]
    Type {
        /// Its name.
        name: String,
        /// The type found.
        found: String,
        /// What is read there.
        help: &'static str,
    },
}

/// Why a row is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RowFault {
    /// Not UTF-8.
    #[error("byte {byte} of the line (0x{value:02x}) is not UTF-8: save the file as UTF-8")]
    Encoding {
        /// Which byte of its line, from 1.
        byte: usize,
        /// The byte.
        value: u8,
    },
    /// Too long.
    #[error("the row is longer than {MAX_ROW_BYTES} bytes, the most that a row may have")]
    TooLong,
    /// Too few or too many cells.
    #[error("the row has {found} cells, the header has {wanted}")]
    Ragged {
        /// How many there are.
        found: usize,
        /// How many there should be.
        wanted: usize,
    },
    /// A quote where none may stand.
    #[error("a double quote may only stand around a whole cell, and doubled within one")]
    Quote,
    /// Not one JSON object of strings.
    #[error("{0}")]
    Json(String),
    /// Nobody is named.
    #[error("`person` is empty: every row names whom it is about")]
    NoPerson,
    /// Far too long for an identifier.
    #[error("`person` is longer than {MAX_PERSON_BYTES} bytes")]
    LongPerson,
    /// Not an identifier that can be compared.
    #[error("`person` begins or ends with a blank, or holds a control character")]
    BlankPerson,
    /// Not a fact.
    #[error("{0}")]
    Fact(#[from] FactError),
    /// More about one person than is held.
    #[error(
        "this person has more than {limit} facts that count: nobody has so many, look whether `person` tells persons apart"
    )]
    TooManyFacts {
        /// The limit.
        limit: usize,
    },
    /// Not a region's level; the text says why.
    #[error("{message}")]
    Risk {
        /// In which column.
        column: &'static str,
        /// Why not.
        message: String,
    },
}

impl RowFault {
    /// In which column, if it is in one.
    pub(crate) fn column(&self) -> Option<&'static str> {
        match self {
            Self::Encoding { .. } | Self::TooLong | Self::Ragged { .. } | Self::Quote | Self::Json(_) => None,
            Self::NoPerson | Self::LongPerson | Self::BlankPerson | Self::TooManyFacts { .. } => {
                Some("person")
            }
            Self::Fact(error) => Some(error.column().word()),
            Self::Risk { column, .. } => Some(column),
        }
    }

    /// The sort of refusal, under which a summary counts it.
    pub(crate) fn cause(&self) -> &'static str {
        match self {
            Self::Encoding { .. } => "not UTF-8",
            Self::TooLong => "too long",
            Self::Ragged { .. } => "too few or too many cells",
            Self::Quote => "a misplaced quote",
            Self::Json(_) => "not an object of the columns",
            Self::NoPerson | Self::LongPerson | Self::BlankPerson => "no person",
            Self::TooManyFacts { .. } => "too many facts of one person",
            Self::Fact(error) => fact_cause(error),
            Self::Risk { .. } => "not a region's risk",
        }
    }
}

/// The sort of refusal of a fact.
pub(crate) const fn fact_cause(error: &FactError) -> &'static str {
    match error {
        FactError::Refused { .. } => "a kind that is refused on principle",
        FactError::Kind(_) => "an unknown kind",
        FactError::Value(_) => "an unknown value",
        FactError::Reason(_) => "an unknown reason to retract",
        FactError::At(_) | FactError::UntilMoment(_) => "not a date",
        FactError::Backwards => "`until` before `at`",
        FactError::Region(_) => "an unknown region",
        FactError::Issuer(_) => "an unknown issuer",
        FactError::Evidence(_) => "not a reference to evidence",
        FactError::Missing { .. } | FactError::RetractionMissing { .. } => "something missing",
        FactError::Superfluous { .. } | FactError::RetractionSuperfluous { .. } => "something superfluous",
        FactError::NoEvidence { .. } => "no evidence",
        FactError::NotEntitled { .. } => "an issuer that is not entitled",
        FactError::CarrierTime => "a carrier's stay with a time",
    }
}
