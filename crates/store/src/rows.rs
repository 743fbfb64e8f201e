//! From columns to types and back: what cannot be read as what was written is damage, never a guess.

use std::str::FromStr;

use jiff::Timestamp;
use mingma_registry::StoreError;
use mingma_registry::canonical::Hash;
use rusqlite::types::FromSql;
use rusqlite::{Error, Row, ffi};

/// What a failed statement means to a caller. Before a commit, so that nothing of it was kept.
pub(crate) fn failed(error: &Error) -> StoreError {
    use ffi::ErrorCode::{DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull, NotADatabase};
    match error.sqlite_error_code() {
        Some(DiskFull) => StoreError::Full,
        Some(DatabaseBusy | DatabaseLocked) => StoreError::Busy,
        Some(DatabaseCorrupt | NotADatabase) => {
            StoreError::Damaged { place: "a page of the database".to_owned() }
        }
        Some(_) | None => StoreError::Stopped { reason: reason(error) },
    }
}

/// The library's words about a failure: they name tables and files, never what is in them.
pub(crate) fn reason(error: &Error) -> String {
    match error.sqlite_error() {
        Some(error) => error.to_string(),
        None => "the database gave a row that the program does not expect".to_owned(),
    }
}

/// An instant as it is kept: nanoseconds since 1970, which reach from the year 1677 to 2262.
pub(crate) fn nanos(at: Timestamp) -> i64 {
    let nanos = at.as_nanosecond();
    i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })
}

/// A number as it is kept.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// One row of a table, read column by column.
pub(crate) struct Columns<'r> {
    row: &'r Row<'r>,
    table: &'static str,
}

impl<'r> Columns<'r> {
    pub(crate) const fn of(row: &'r Row<'r>, table: &'static str) -> Self {
        Self { row, table }
    }

    fn damaged(&self, column: &str) -> StoreError {
        StoreError::Damaged { place: format!("table `{}`, column `{column}`", self.table) }
    }

    fn get<T: FromSql>(&self, column: &'static str) -> Result<T, StoreError> {
        self.row.get(column).map_err(|_| self.damaged(column))
    }

    /// A text that is to be read as a `T`.
    pub(crate) fn word<T: FromStr>(&self, column: &'static str) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|_| self.damaged(column))
    }

    /// A text or none that is to be read as a `T`.
    pub(crate) fn optional_word<T: FromStr>(&self, column: &'static str) -> Result<Option<T>, StoreError> {
        let text: Option<String> = self.get(column)?;
        text.map(|text| text.parse().map_err(|_| self.damaged(column))).transpose()
    }

    pub(crate) fn text(&self, column: &'static str) -> Result<String, StoreError> {
        self.get(column)
    }

    pub(crate) fn optional_text(&self, column: &'static str) -> Result<Option<String>, StoreError> {
        self.get(column)
    }

    pub(crate) fn instant(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        let nanos: i64 = self.get(column)?;
        Timestamp::from_nanosecond(i128::from(nanos)).map_err(|_| self.damaged(column))
    }

    pub(crate) fn optional_instant(&self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        let nanos: Option<i64> = self.get(column)?;
        nanos.map(|n| Timestamp::from_nanosecond(i128::from(n)).map_err(|_| self.damaged(column))).transpose()
    }

    pub(crate) fn number(&self, column: &'static str) -> Result<u64, StoreError> {
        let number: i64 = self.get(column)?;
        u64::try_from(number).map_err(|_| self.damaged(column))
    }

    pub(crate) fn small(&self, column: &'static str) -> Result<u32, StoreError> {
        u32::try_from(self.number(column)?).map_err(|_| self.damaged(column))
    }

    /// A number below 2³², or none.
    pub(crate) fn optional_number(&self, column: &'static str) -> Result<Option<u32>, StoreError> {
        self.get(column)
    }

    pub(crate) fn flag(&self, column: &'static str) -> Result<bool, StoreError> {
        match self.number(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.damaged(column)),
        }
    }

    pub(crate) fn bytes<const N: usize>(&self, column: &'static str) -> Result<[u8; N], StoreError> {
        self.get(column)
    }

    pub(crate) fn optional_bytes<const N: usize>(
        &self,
        column: &'static str,
    ) -> Result<Option<[u8; N]>, StoreError> {
        self.get(column)
    }

    pub(crate) fn hash(&self, column: &'static str) -> Result<Hash, StoreError> {
        self.bytes(column)
    }

    pub(crate) fn blob(&self, column: &'static str) -> Result<Vec<u8>, StoreError> {
        self.get(column)
    }

    pub(crate) fn optional_blob(&self, column: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(column)
    }

    /// What was read, or damage in this column.
    pub(crate) fn legal<T, E>(&self, read: Result<T, E>, column: &'static str) -> Result<T, StoreError> {
        read.map_err(|_| self.damaged(column))
    }
}
