//! A map as it is written: the keys that a `map.toml` may have, and nothing about what they mean.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

/// The whole file.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct MapFile {
    /// Look-up tables by name.
    #[serde(default)]
    pub(super) lookup: BTreeMap<String, Spanned<LookupFile>>,
    /// One for each sort of file.
    pub(super) source: Spanned<Vec<SourceFile>>,
}

/// `[lookup.NAME]`: from a file beside the map, or written down in it.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct LookupFile {
    pub(super) file: Option<Spanned<String>>,
    pub(super) key: Option<Spanned<OneOrMany>>,
    pub(super) value: Option<Spanned<String>>,
    pub(super) table: Option<BTreeMap<String, String>>,
    pub(super) default: Option<String>,
}

/// `[[source]]`.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceFile {
    pub(super) name: Spanned<String>,
    pub(super) files: Spanned<Vec<String>>,
    #[serde(default)]
    pub(super) dates: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) ignore: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) refuse: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    pub(super) when: Vec<Spanned<TestFile>>,
    pub(super) fact: Spanned<Vec<Spanned<FactFile>>>,
}

/// `[[source.fact]]`: the columns of the facts file, and when such a fact is made.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct FactFile {
    pub(super) person: Spanned<CellFile>,
    pub(super) kind: Spanned<CellFile>,
    pub(super) value: Spanned<CellFile>,
    pub(super) at: Spanned<CellFile>,
    pub(super) until: Option<Spanned<CellFile>>,
    pub(super) region: Option<Spanned<CellFile>>,
    pub(super) issuer: Spanned<CellFile>,
    pub(super) evidence: Option<Spanned<CellFile>>,
    #[serde(default)]
    pub(super) when: Vec<Spanned<TestFile>>,
    pub(super) split: Option<Spanned<SplitFile>>,
}

/// A test of a cell of the source: exactly one of the keys beside `column`.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct TestFile {
    pub(super) column: Spanned<String>,
    pub(super) present: Option<bool>,
    pub(super) equals: Option<String>,
    pub(super) one_of: Option<Vec<String>>,
    pub(super) none_of: Option<Vec<String>>,
}

/// A cell of the source that holds several words.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct SplitFile {
    pub(super) column: Spanned<String>,
    pub(super) by: Spanned<Vec<String>>,
}

/// How a cell of the facts file is made.
#[derive(Debug)]
pub(super) enum CellFile {
    /// A text with `{column}` in it.
    Template(String),
    /// One of the other ways.
    Made(MadeFile),
}

/// `{ date = … }`, `{ earliest = … }` or `{ lookup = …, of = … }`.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct MadeFile {
    pub(super) date: Option<Spanned<String>>,
    pub(super) earliest: Option<Spanned<Vec<String>>>,
    pub(super) lookup: Option<Spanned<String>>,
    pub(super) of: Option<Spanned<OneOrMany>>,
}

/// A string, or a list of them.
#[derive(Debug)]
pub(super) struct OneOrMany(pub(super) Vec<String>);

// By hand, not `untagged`: that would lose the places of what is within.
impl<'de> Deserialize<'de> for CellFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CellVisitor)
    }
}

struct CellVisitor;

impl<'de> Visitor<'de> for CellVisitor {
    type Value = CellFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text such as `\"{column}\"`, or a table with `date`, `earliest` or `lookup`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<CellFile, E> {
        Ok(CellFile::Template(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CellFile, A::Error> {
        MadeFile::deserialize(MapAccessDeserializer::new(map)).map(CellFile::Made)
    }
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrManyVisitor)
    }
}

struct OneOrManyVisitor;

impl<'de> Visitor<'de> for OneOrManyVisitor {
    type Value = OneOrMany;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or a list of strings")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<OneOrMany, E> {
        Ok(OneOrMany(vec![text.to_owned()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OneOrMany, A::Error> {
        let mut all = Vec::new();
        while let Some(text) = list.next_element()? {
            all.push(text);
        }
        Ok(OneOrMany(all))
    }
}
