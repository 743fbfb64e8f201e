//! Parquet: the wanted columns of a file, a batch of rows at a time, as the words that CSV would have.
//!
//! Read column by column and without Arrow: a row is eight words at most, and the typed readers of the format are
//! all that this needs. Besides text a column may hold what tools naturally write there: days as `DATE`, instants as
//! `TIMESTAMP` in UTC, doses and codes as integers.

mod column;
mod guard;

use std::fs::File;

use ::parquet::basic::CompressionCodec;
use ::parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use ::parquet::file::reader::{FileReader, SerializedFileReader};

use self::column::{Batch, Reading};
use self::guard::guarded;
use super::fault::{FileFault, HeaderFault, RowFault};
use super::header::Header;
use super::{Place, Row};

/// How many rows are decoded at a time: eight columns of 1,024 words of some 30 bytes are 240 KiB.
const BATCH_ROWS: usize = 1_024;

/// The largest column of one row group, uncompressed. Writers make row groups of about a million rows; a million
/// references of 64 bytes are 61 MiB, and 1 GiB leaves room for sixteen times as many.
const MAX_CHUNK_BYTES: i64 = 1 << 30;

/// The compressions that are read: those that tools write unless told otherwise, and gzip.
const READ: [CompressionCodec; 4] = [
    CompressionCodec::UNCOMPRESSED,
    CompressionCodec::SNAPPY,
    CompressionCodec::ZSTD,
    CompressionCodec::GZIP,
];
const CODECS: &str = "Snappy, Zstandard, gzip or none";

/// A Parquet file whose schema was read.
pub(crate) struct Parquet {
    reader: SerializedFileReader<File>,
    /// For each wanted column: which of the file's it is, and how it is read.
    columns: Vec<(usize, Reading)>,
    /// The columns of the present row group, in the order of the wanted ones.
    batches: Vec<Batch>,
    next_group: usize,
    /// Rows of the present batch that were not yet given.
    left: usize,
    /// The present row, from 1.
    row: u64,
}

/// How many rows a file says that it has.
///
/// # Errors
/// [`FileFault`] if it is not Parquet.
pub(super) fn rows(file: File) -> Result<u64, FileFault> {
    let reader = guarded(|| SerializedFileReader::new(file))?;
    Ok(u64::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or(0))
}

impl Parquet {
    /// Reads the schema of `file`.
    ///
    /// # Errors
    /// [`FileFault`] if it is not Parquet, or has not the columns and types that `header` asks for.
    pub(crate) fn new(file: File, header: &Header) -> Result<Self, FileFault> {
        if file.metadata().map_err(FileFault::Read)?.len() == 0 {
            return Err(FileFault::Empty);
        }
        let reader = guarded(|| SerializedFileReader::new(file))?;
        let chunks = reader.metadata().row_groups().iter().flat_map(RowGroupMetaData::columns);
        if let Some(codec) =
            chunks.map(ColumnChunkMetaData::compression_codec).find(|codec| !READ.contains(codec))
        {
            return Err(FileFault::Parquet(format!(
                "its columns are compressed with {codec}: write them with {CODECS}"
            )));
        }
        let schema = reader.metadata().file_metadata().schema_descr_ptr();
        let names: Vec<_> = schema.columns().iter().map(|column| (1, column.path().string())).collect();
        let layout = header.layout(&names).map_err(without_places)?;
        let mut columns = Vec::new();
        let mut faults = Vec::new();
        for (wanted, name) in header.wanted.iter().enumerate() {
            let Some(at) = layout.iter().position(|column| *column == Some(wanted)) else { continue };
            match Reading::of(&schema.column(at), name) {
                Ok(reading) => columns.push((at, reading)),
                Err((found, help)) => faults.push(HeaderFault::Type { name: name.clone(), found, help }),
            }
        }
        if !faults.is_empty() {
            return Err(FileFault::Schema(faults));
        }
        Ok(Self { reader, columns, batches: Vec::new(), next_group: 0, left: 0, row: 0 })
    }

    /// As [`super::Table::next`].
    pub(super) fn next(&mut self, row: &mut Row) -> Result<Option<Result<(), RowFault>>, FileFault> {
        while self.left == 0 {
            if !self.more()? {
                return Ok(None);
            }
        }
        self.left -= 1;
        self.row += 1;
        row.begin(self.columns.len());
        let mut fault = None;
        for (wanted, batch) in self.batches.iter_mut().enumerate() {
            // Every column steps on, even behind one that cannot be read: they must stay side by side.
            if let Err(wrong) = batch.next(|write| row.push(wanted, write)) {
                fault.get_or_insert(wrong);
            }
        }
        Ok(Some(fault.map_or(Ok(()), Err)))
    }

    /// Decodes the next rows; `false` at the end.
    fn more(&mut self) -> Result<bool, FileFault> {
        let mut rows = None;
        for batch in &mut self.batches {
            let read = guarded(|| batch.read(BATCH_ROWS))?;
            if *rows.get_or_insert(read) != read {
                return Err(FileFault::Parquet("its columns have different numbers of rows".to_owned()));
            }
        }
        self.left = rows.unwrap_or_default();
        if self.left > 0 {
            return Ok(true);
        }
        if self.next_group == self.reader.num_row_groups() {
            return Ok(false);
        }
        let group = guarded(|| self.reader.get_row_group(self.next_group))?;
        self.next_group += 1;
        if group.metadata().columns().iter().any(|chunk| chunk.uncompressed_size() > MAX_CHUNK_BYTES) {
            let message = format!(
                "a column of a row group has more than {MAX_CHUNK_BYTES} bytes: write smaller row groups"
            );
            return Err(FileFault::Parquet(message));
        }
        let open = |(at, reading): &(usize, Reading)| Ok(Batch::new(group.get_column_reader(*at)?, *reading));
        self.batches = guarded(|| self.columns.iter().map(open).collect::<Result<_, _>>())?;
        Ok(true)
    }

    pub(super) const fn place(&self) -> Place {
        Place::Row(self.row)
    }
}

/// Faults of columns, without the places that a line would have.
fn without_places(fault: FileFault) -> FileFault {
    if let FileFault::Header(faults) = fault {
        FileFault::Schema(faults.into_iter().map(|(_, fault)| fault).collect())
    } else {
        fault
    }
}
