//! JSON Lines: one flat object of the wanted columns on each line.
//!
//! A key that is no column, a key twice, a nested value or a number where a word belongs is refused, with its place.
//! `null` and an absent key are an empty cell.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::csv::text;
use super::fault::{FileFault, RowFault};
use super::header::Header;
use super::records::{Framed, Records};
use super::{CODED, Place, Row, shown};

/// A file of JSON Lines.
pub(crate) struct Jsonl {
    pub(super) records: Records,
    header: Header,
    /// The column at which the present line stops being right, if it does.
    wrong_at: u64,
}

impl Jsonl {
    /// Begins to read `input`.
    ///
    /// # Errors
    /// [`FileFault`] if it is empty or not text.
    pub(crate) fn new(input: Box<dyn Read>, header: &Header) -> Result<Self, FileFault> {
        Ok(Self { records: Records::new(input, false)?, header: header.clone(), wrong_at: 1 })
    }

    /// As [`super::Table::next`].
    pub(super) fn next(&mut self, row: &mut Row) -> Result<Option<Result<(), RowFault>>, FileFault> {
        self.wrong_at = 1;
        Ok(match self.records.advance()? {
            Framed::End => None,
            Framed::TooLong => Some(Err(RowFault::TooLong)),
            Framed::Record => Some(self.read(row)),
        })
    }

    fn read(&mut self, row: &mut Row) -> Result<(), RowFault> {
        row.begin(self.header.wanted.len());
        let line = text(&self.records)?;
        let mut json = serde_json::Deserializer::from_str(line);
        let object = Object { header: &self.header, row };
        object.deserialize(&mut json).and_then(|()| json.end()).map_err(|error| {
            let whole = error.to_string();
            let at = format!(" at line {} column {}", error.line(), error.column());
            // The library counts bytes; an editor counts characters.
            self.wrong_at = self.records.place(error.column().saturating_sub(1)).1;
            RowFault::Json(whole.strip_suffix(&at).unwrap_or(&whole).to_owned())
        })
    }

    /// Where a column of the present line stands.
    pub(super) fn place(&self, column: Option<usize>, fault: Option<&RowFault>) -> Place {
        let line = match std::str::from_utf8(self.records.bytes()) {
            Ok(line) => line,
            Err(error) => return self.at(error.valid_up_to()),
        };
        let name = column.and_then(|column| self.header.wanted.get(column));
        match (fault, name.and_then(|name| value_of(line, name))) {
            (Some(RowFault::Json(_)), _) => Place::Text(self.records.line(), self.wrong_at),
            (_, Some(offset)) => self.at(offset),
            (_, None) => self.at(0),
        }
    }

    fn at(&self, offset: usize) -> Place {
        let (line, column) = self.records.place(offset);
        Place::Text(line, column)
    }
}

/// The byte at which the value of a key stands. The object is flat and has the key once, so the first place where the
/// key is followed by a colon is its own; a key written with escapes is not found, and the line alone is named.
fn value_of(line: &str, name: &str) -> Option<usize> {
    let key = format!("\"{name}\"");
    line.match_indices(&key).find_map(|(at, found)| {
        let after = line.get(at + found.len()..)?.trim_start().strip_prefix(':')?.trim_start();
        Some(line.len() - after.len())
    })
}

/// Reads an object into a row.
struct Object<'a> {
    header: &'a Header,
    row: &'a mut Row,
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        // Not `deserialize_map`: its error would repeat what stands there instead.
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of the columns")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = vec![false; self.header.wanted.len()];
        while let Some(key) = map.next_key_seed(Key)? {
            let Some(column) = self.header.position(&key) else {
                return Err(A::Error::custom(self.header.unknown(&key)));
            };
            if seen.get_mut(column).is_none_or(|seen| std::mem::replace(seen, true)) {
                return Err(A::Error::custom(format_args!(
                    "the key `{}` stands here for the second time",
                    shown(&key)
                )));
            }
            map.next_value_seed(Cell { name: &key, column, row: self.row })?;
        }
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Err(no_object())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        Err(no_object())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Err(no_object())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Err(no_object())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Err(no_object())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Err(no_object())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Err(no_object())
    }
}

fn no_object<E: Error>() -> E {
    E::custom("a line is one object of the columns, such as `{\"person\": \"…\", \"kind\": \"…\"}`")
}

/// Reads a key without owning it.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

/// Reads a value into a cell.
struct Cell<'a> {
    name: &'a str,
    column: usize,
    row: &'a mut Row,
}

impl Cell<'_> {
    fn wrong<E: Error>(&self, what: &str) -> E {
        E::custom(format_args!("`{}` is {what}: write a string, or `null` for an empty cell", self.name))
    }
}

impl<'de> DeserializeSeed<'de> for Cell<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Cell<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<(), E> {
        self.row.set(self.column, word);
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        if CODED.contains(&self.name) {
            self.row.set(self.column, &number.to_string());
            return Ok(());
        }
        Err(self.wrong("a number"))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Err(self.wrong("a number"))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Err(self.wrong("a number"))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Err(self.wrong("`true` or `false`"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        Err(self.wrong("a list"))
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        Err(self.wrong("an object"))
    }
}
