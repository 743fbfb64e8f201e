//! Reading a TOML table key by key, so that every wrong word is found with its place and the nearest legal one.

use std::cell::RefCell;
use std::ops::{Range, RangeInclusive};
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::Errors;
use crate::time::{Day, shorten};
use crate::words::nearest;

/// A string of the file with its place.
#[derive(Clone)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) span: SpanOf,
}

/// The bytes of the file that a value takes up.
pub(super) type SpanOf = Range<usize>;

/// A table of the file; the keys that were asked for are the legal ones.
pub(super) struct Table<'a, 'e> {
    entries: &'a DeTable<'a>,
    pub(super) span: SpanOf,
    errors: &'e RefCell<Errors<'a>>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a, 'e> Table<'a, 'e> {
    pub(super) const fn new(entries: &'a DeTable<'a>, span: SpanOf, errors: &'e RefCell<Errors<'a>>) -> Self {
        Self { entries, span, errors, asked: RefCell::new(Vec::new()) }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Whether a key is there and has a string for its value.
    pub(super) fn is_string(&self, key: &str) -> bool {
        self.entries.get(key).is_some_and(|value| value.get_ref().as_str().is_some())
    }

    /// Where the value of a key stands; the whole table if it is not there.
    pub(super) fn span_of(&self, key: &str) -> SpanOf {
        self.entries.get(key).map_or_else(|| self.span.clone(), Spanned::span)
    }

    /// The keys that stand in it, whether legal or not.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.entries.keys().map(|key| key.get_ref().as_ref())
    }

    pub(super) fn wrong(&self, span: &SpanOf, message: impl Into<String>) {
        self.errors.borrow_mut().add(span, message);
    }

    /// The value of a key; asking makes the key legal.
    fn get(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.borrow_mut().push(key);
        self.entries.get(key)
    }

    /// Says that a key is missing.
    fn missing<T>(&self, key: &str) -> Option<T> {
        self.wrong(&self.span, format!("`{key}` is missing here"));
        None
    }

    fn of_type<T>(
        &self,
        key: &str,
        value: &'a Spanned<DeValue<'a>>,
        got: Option<T>,
        what: &str,
    ) -> Option<T> {
        if got.is_none() {
            self.wrong(&value.span(), format!("`{key}` must be {what}, not {}", article(value.get_ref())));
        }
        got
    }

    pub(super) fn optional_word(&self, key: &'static str) -> Option<Word<'a>> {
        let value = self.get(key)?;
        let text = self.of_type(key, value, value.get_ref().as_str(), "a string")?;
        Some(Word { text, span: value.span() })
    }

    pub(super) fn word(&self, key: &'static str) -> Option<Word<'a>> {
        if self.has(key) {
            self.optional_word(key)
        } else {
            self.get(key).map_or_else(|| self.missing(key), |_| None)
        }
    }

    /// A string that parses as `T`.
    pub(super) fn parsed<T: FromStr<Err: ToString>>(&self, key: &'static str) -> Option<T> {
        self.word(key).and_then(|word| self.parse(&word))
    }

    pub(super) fn parse<T: FromStr<Err: ToString>>(&self, word: &Word<'_>) -> Option<T> {
        word.text.parse().map_err(|e: T::Err| self.wrong(&word.span, e.to_string())).ok()
    }

    /// One string or an array of strings; empty if the key is absent.
    pub(super) fn words(&self, key: &'static str) -> Vec<Word<'a>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        if let Some(text) = value.get_ref().as_str() {
            return vec![Word { text, span: value.span() }];
        }
        let Some(array) =
            self.of_type(key, value, value.get_ref().as_array(), "a string or a list of strings")
        else {
            return Vec::new();
        };
        if array.is_empty() {
            self.wrong(
                &value.span(),
                format!("`{key}` is an empty list: leave the key out, or name something"),
            );
        }
        array
            .iter()
            .filter_map(|item| {
                let text = self.of_type(key, item, item.get_ref().as_str(), "a list of strings")?;
                Some(Word { text, span: item.span() })
            })
            .collect()
    }

    /// A whole number within a range.
    pub(super) fn number<T: TryFrom<i64>>(&self, key: &'static str, range: RangeInclusive<i64>) -> Option<T> {
        let value = self.get(key)?;
        let number =
            value.get_ref().as_integer().and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
        let number = self.of_type(key, value, number, "a whole number")?;
        if !range.contains(&number) {
            self.wrong(
                &value.span(),
                format!("`{key}` must lie between {} and {}", range.start(), range.end()),
            );
            return None;
        }
        T::try_from(number).ok()
    }

    pub(super) fn required_number<T: TryFrom<i64>>(
        &self,
        key: &'static str,
        range: RangeInclusive<i64>,
    ) -> Option<T> {
        if self.has(key) {
            self.number(key, range)
        } else {
            self.get(key).map_or_else(|| self.missing(key), |_| None)
        }
    }

    pub(super) fn flag(&self, key: &'static str) -> bool {
        let Some(value) = self.get(key) else { return false };
        self.of_type(key, value, value.get_ref().as_bool(), "`true` or `false`").unwrap_or(false)
    }

    /// The text of a moment: a TOML date, an offset date-time, or a string.
    pub(super) fn moment_text(&self, key: &'static str) -> Option<(String, SpanOf)> {
        let value = self.get(key)?;
        let text = match value.get_ref() {
            DeValue::Datetime(at) => Some(at.to_string()),
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => None,
        };
        self.of_type(key, value, text, "a date").map(|text| (text, value.span()))
    }

    pub(super) fn day(&self, key: &'static str) -> Option<Day> {
        if !self.has(key) {
            self.get(key);
            return self.missing(key);
        }
        let (text, span) = self.moment_text(key)?;
        text.parse().map_err(|e: crate::time::TimeError| self.wrong(&span, e.to_string())).ok()
    }

    pub(super) fn optional_table(&self, key: &'static str) -> Option<Self> {
        let value = self.get(key)?;
        let entries = self.of_type(key, value, value.get_ref().as_table(), "a table")?;
        Some(Self::new(entries, value.span(), self.errors))
    }

    pub(super) fn table(&self, key: &'static str) -> Option<Self> {
        if self.has(key) {
            self.optional_table(key)
        } else {
            self.get(key).map_or_else(|| self.missing(key), |_| None)
        }
    }

    /// An array of tables; empty if the key is absent.
    pub(super) fn tables(&self, key: &'static str) -> Vec<Self> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let Some(array) = self.of_type(key, value, value.get_ref().as_array(), "a list of tables") else {
            return Vec::new();
        };
        array
            .iter()
            .filter_map(|item| {
                let entries = self.of_type(key, item, item.get_ref().as_table(), "a list of tables")?;
                Some(Self::new(entries, item.span(), self.errors))
            })
            .collect()
    }

    /// Says of every key that nobody asked for that it is unknown.
    pub(super) fn finish(self) {
        let asked = self.asked.borrow();
        for key in self.entries.keys().filter(|key| !asked.contains(&key.get_ref().as_ref())) {
            let word = key.get_ref().as_ref();
            let help = nearest(word, asked.iter().copied()).map_or_else(
                || format!("known here are `{}`", asked.join("`, `")),
                |near| format!("did you mean `{near}`?"),
            );
            self.wrong(&key.span(), format!("`{}` is not a key of this table: {help}", shorten(word)));
        }
    }
}

fn article(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
