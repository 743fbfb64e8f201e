//! Where a table comes from: a file or standard input, and in which format.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use memchr::memchr_iter;

use super::fault::FileFault;
use super::parquet;
use crate::failure::Failure;

/// How much of a file is read at a time where only its lines are counted.
const READ_BYTES: usize = 256 * 1024;

/// The formats of a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(crate) enum Format {
    /// Comma-separated values.
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// Apache Parquet.
    Parquet,
}

impl Format {
    /// The format that a file's name says.
    fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_lowercase();
        match extension.as_str() {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }
}

/// A file, or `-` for standard input, with its format.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    /// What messages call it.
    pub(crate) name: String,
    /// The file; `None` for standard input.
    path: Option<PathBuf>,
    /// Its format.
    pub(crate) format: Format,
}

impl Input {
    /// The input that `path` names; its format is `format`, or what its extension says, or CSV on standard input.
    ///
    /// # Errors
    /// A [`Failure`] if the extension says nothing.
    pub(crate) fn new(path: &Path, format: Option<Format>, option: &str) -> Result<Self, Failure> {
        if path.as_os_str() == "-" {
            let format = format.unwrap_or(Format::Csv);
            return Ok(Self { name: "standard input".to_owned(), path: None, format });
        }
        let format = format.or_else(|| Format::of(path)).ok_or_else(|| {
            Failure::about(path, "the name does not say which format it has")
                .help(format_args!("name it `.csv`, `.jsonl` or `.parquet`, or say it with `{option}`"))
        })?;
        Ok(Self { name: path.display().to_string(), path: Some(path.to_owned()), format })
    }

    /// Opens it for reading from front to end.
    ///
    /// # Errors
    /// [`FileFault::Read`].
    pub(crate) fn open(&self) -> Result<Box<dyn Read>, FileFault> {
        match &self.path {
            None => Ok(Box::new(std::io::stdin())),
            Some(path) => Ok(Box::new(File::open(path).map_err(FileFault::Read)?)),
        }
    }

    /// About how many rows it has, before they are read: what a Parquet file says, or the lines of another, empty ones too; 0 of what can be
    /// read only once.
    ///
    /// # Errors
    /// [`FileFault`] if it cannot be read.
    pub(crate) fn rows(&self) -> Result<u64, FileFault> {
        if self.format == Format::Parquet {
            return parquet::rows(self.file()?);
        }
        let path = self.path.as_ref().filter(|path| path.is_file());
        let Some(path) = path else { return Ok(0) };
        let mut reader = BufReader::with_capacity(READ_BYTES, File::open(path).map_err(FileFault::Read)?);
        let mut lines = 0;
        loop {
            let bytes = reader.fill_buf().map_err(FileFault::Read)?;
            if bytes.is_empty() {
                return Ok(lines);
            }
            lines += memchr_iter(b'\n', bytes).count() as u64;
            let read = bytes.len();
            reader.consume(read);
        }
    }

    /// Opens it for reading anywhere.
    ///
    /// # Errors
    /// [`FileFault::ParquetFromPipe`] for what is not a regular file.
    pub(crate) fn file(&self) -> Result<File, FileFault> {
        let path = self.path.as_ref().ok_or(FileFault::ParquetFromPipe)?;
        let file = File::open(path).map_err(FileFault::Read)?;
        let metadata = file.metadata().map_err(FileFault::Read)?;
        if metadata.is_file() { Ok(file) } else { Err(FileFault::ParquetFromPipe) }
    }
}

/// A fault as `name:line:column: message` or `name: message`.
pub(crate) fn failure(name: &str, fault: &FileFault) -> Failure {
    let separator = match fault {
        FileFault::Header(_) => ":",
        FileFault::Read(_)
        | FileFault::Empty
        | FileFault::Utf16
        | FileFault::OpenQuote { .. }
        | FileFault::Schema(_)
        | FileFault::UnreadableHeader(_)
        | FileFault::Parquet(_)
        | FileFault::ParquetFromPipe => ": ",
    };
    let lines: Vec<_> = fault.to_string().lines().map(|line| format!("{name}{separator}{line}")).collect();
    Failure::new(lines.join("\nerror: "))
}
