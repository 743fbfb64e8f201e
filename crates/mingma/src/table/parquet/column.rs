//! One column of a Parquet file: how its type is read as words, and a batch of its values.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::Offset;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::column::reader::ColumnReader;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::schema::types::ColumnDescriptor;

use crate::table::CODED;
use crate::table::fault::RowFault;

const SECONDS_A_DAY: i64 = 86_400;

/// How the values of a column become words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Reading {
    form: Form,
    /// The level at which a value is there; 0 if the column has no empty cells.
    full_level: i16,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    Text,
    Integer,
    /// Days since 1970-01-01.
    Day,
    Instant(Unit),
    /// Nothing: what some tools write for a column without a value.
    Empty,
}

/// What the numbers of an instant count since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Unit {
    Millis,
    Micros,
    Nanos,
}

const TEXT_ONLY: &str = "write it as text (`STRING`)";
const DATES: &str =
    "write it as text, as `DATE`, or as `TIMESTAMP` adjusted to UTC in milli-, micro- or nanoseconds";
const CODES: &str = "write it as text or as an integer";

impl Reading {
    /// How a column with this name is read.
    ///
    /// # Errors
    /// The type that it has, and what may be written there.
    pub(super) fn of(
        column: &ColumnDescriptor,
        name: &str,
    ) -> std::result::Result<Self, (String, &'static str)> {
        let dated = ["at", "until", "from"].contains(&name);
        let coded = CODED.contains(&name);
        let help = if dated {
            DATES
        } else if coded {
            CODES
        } else {
            TEXT_ONLY
        };
        let form =
            if column.max_rep_level() == 0 && column.max_def_level() <= 1 { form(column) } else { None };
        let legal = match form {
            Some(Form::Text | Form::Empty) => true,
            Some(Form::Integer) => coded,
            Some(Form::Day | Form::Instant(_)) => dated,
            None => false,
        };
        match form {
            Some(form) if legal => Ok(Self { form, full_level: column.max_def_level() }),
            Some(_) | None => Err((type_name(column), help)),
        }
    }
}

fn form(column: &ColumnDescriptor) -> Option<Form> {
    let (physical, logical, converted) =
        (column.physical_type(), column.logical_type_ref(), column.converted_type());
    if matches!(logical, Some(LogicalType::Unknown)) && column.max_def_level() == 1 {
        return Some(Form::Empty);
    }
    match physical {
        Type::BYTE_ARRAY => match (logical, converted) {
            (Some(LogicalType::String | LogicalType::Enum), _)
            | (None, ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::NONE) => Some(Form::Text),
            _ => None,
        },
        Type::INT32 | Type::INT64 => match (logical, converted) {
            (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) if physical == Type::INT32 => {
                Some(Form::Day)
            }
            (Some(LogicalType::Timestamp(t)), _) if physical == Type::INT64 && t.is_adjusted_to_u_t_c => {
                Some(Form::Instant(match t.unit {
                    TimeUnit::MILLIS => Unit::Millis,
                    TimeUnit::MICROS => Unit::Micros,
                    TimeUnit::NANOS => Unit::Nanos,
                }))
            }
            (None, ConvertedType::TIMESTAMP_MILLIS) if physical == Type::INT64 => {
                Some(Form::Instant(Unit::Millis))
            }
            (None, ConvertedType::TIMESTAMP_MICROS) if physical == Type::INT64 => {
                Some(Form::Instant(Unit::Micros))
            }
            // An unsigned column of 64 bits could hold numbers that its signed storage shows as negative.
            (Some(LogicalType::Integer(t)), _) if t.is_signed || t.bit_width < 32 => Some(Form::Integer),
            (None, ConvertedType::NONE) => Some(Form::Integer),
            _ => None,
        },
        Type::BOOLEAN | Type::INT96 | Type::FLOAT | Type::DOUBLE | Type::FIXED_LEN_BYTE_ARRAY => None,
    }
}

/// A type as the format's own documentation writes it.
fn type_name(column: &ColumnDescriptor) -> String {
    let physical = column.physical_type();
    let nested = if column.max_rep_level() > 0 || column.max_def_level() > 1 { "nested " } else { "" };
    match (column.logical_type_ref(), column.converted_type()) {
        (Some(LogicalType::Timestamp(t)), _) if !t.is_adjusted_to_u_t_c => {
            format!("{nested}{physical} (TIMESTAMP without a zone)")
        }
        (Some(logical), _) => format!("{nested}{physical} ({logical:?})"),
        (None, ConvertedType::NONE) => format!("{nested}{physical}"),
        (None, converted) => format!("{nested}{physical} ({converted})"),
    }
}

/// The reader of one column of a row group, and the values that it decoded last.
pub(super) struct Batch {
    reader: ColumnReader,
    reading: Reading,
    levels: Vec<i16>,
    values: Values,
    /// How many rows and how many values were given.
    given: (usize, usize),
}

enum Values {
    Text(Vec<ByteArray>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
}

impl Batch {
    pub(super) const fn new(reader: ColumnReader, reading: Reading) -> Self {
        let values = match &reader {
            ColumnReader::Int32ColumnReader(_) => Values::Int32(Vec::new()),
            ColumnReader::Int64ColumnReader(_) => Values::Int64(Vec::new()),
            ColumnReader::BoolColumnReader(_)
            | ColumnReader::Int96ColumnReader(_)
            | ColumnReader::FloatColumnReader(_)
            | ColumnReader::DoubleColumnReader(_)
            | ColumnReader::ByteArrayColumnReader(_)
            | ColumnReader::FixedLenByteArrayColumnReader(_) => Values::Text(Vec::new()),
        };
        Self { reader, reading, levels: Vec::new(), values, given: (0, 0) }
    }

    /// Decodes up to `rows` rows; gives how many there were.
    pub(super) fn read(&mut self, rows: usize) -> Result<usize> {
        self.given = (0, 0);
        self.levels.clear();
        let levels = (self.reading.full_level > 0).then_some(&mut self.levels);
        let (records, _, _) = match (&mut self.reader, &mut self.values) {
            (ColumnReader::ByteArrayColumnReader(reader), Values::Text(values)) => {
                values.clear();
                reader.read_records(rows, levels, None, values)?
            }
            (ColumnReader::Int32ColumnReader(reader), Values::Int32(values)) => {
                values.clear();
                reader.read_records(rows, levels, None, values)?
            }
            (ColumnReader::Int64ColumnReader(reader), Values::Int64(values)) => {
                values.clear();
                reader.read_records(rows, levels, None, values)?
            }
            // `Reading::of` let no other type through.
            _ => return Err(ParquetError::General("a row group has another type than the file".to_owned())),
        };
        Ok(records)
    }

    /// Gives the word of the next row to `put`; an empty cell is not given.
    pub(super) fn next(
        &mut self,
        put: impl FnOnce(&mut dyn FnMut(&mut String)),
    ) -> std::result::Result<(), RowFault> {
        let (row, value) = self.given;
        self.given.0 += 1;
        let empty = self.levels.get(row).is_some_and(|level| *level < self.reading.full_level);
        if empty {
            return Ok(());
        }
        self.given.1 += 1;
        match &self.values {
            Values::Text(values) => {
                let bytes = values.get(value).map(ByteArray::data).unwrap_or_default();
                let word = std::str::from_utf8(bytes).map_err(|error| RowFault::Encoding {
                    byte: error.valid_up_to() + 1,
                    value: bytes.get(error.valid_up_to()).copied().unwrap_or_default(),
                })?;
                put(&mut |text| text.push_str(word));
            }
            Values::Int32(values) => {
                let number = values.get(value).copied().unwrap_or_default();
                put(&mut |text| self.reading.form.write(text, i64::from(number)));
            }
            Values::Int64(values) => {
                let number = values.get(value).copied().unwrap_or_default();
                put(&mut |text| self.reading.form.write(text, number));
            }
        }
        Ok(())
    }
}

impl Form {
    /// Writes a number as this form's word. One that no calendar has is written as itself, and refused as a date.
    fn write(self, text: &mut String, number: i64) {
        let instant = match self {
            Self::Text | Self::Integer | Self::Empty => None,
            Self::Day => number.checked_mul(SECONDS_A_DAY).and_then(|s| Timestamp::from_second(s).ok()),
            Self::Instant(Unit::Millis) => Timestamp::from_millisecond(number).ok(),
            Self::Instant(Unit::Micros) => Timestamp::from_microsecond(number).ok(),
            Self::Instant(Unit::Nanos) => Timestamp::from_nanosecond(i128::from(number)).ok(),
        };
        // Writing to a string cannot fail.
        let _written = match instant {
            Some(instant) if self == Self::Day => write!(text, "{}", Offset::UTC.to_datetime(instant).date()),
            Some(instant) => write!(text, "{instant}"),
            None => write!(text, "{number}"),
        };
    }
}
