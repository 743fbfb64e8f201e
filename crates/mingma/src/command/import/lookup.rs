//! Look-up tables: what other people's words are called here.

use std::collections::BTreeMap;
use std::path::Path;

use crate::failure::Failure;
use crate::table::header::Header;
use crate::table::input::{Format, Input, failure};
use crate::table::{Row, Table};

/// The most entries of a table. All divisions of China down to the township are about 45,000.
const MAX_ENTRIES: usize = 100_000;

/// In a table's file this stands for every word that has no entry of its own.
const ANY: &str = "*";

/// A look-up table of one or several keys.
#[derive(Debug)]
pub(super) struct Lookup {
    /// How many words make a key.
    pub(super) keys: usize,
    entries: BTreeMap<Vec<String>, String>,
    default: Option<String>,
}

impl Lookup {
    /// The table that is written down in a map.
    pub(super) fn inline(table: BTreeMap<String, String>, default: Option<String>) -> Self {
        let entries = table.into_iter().map(|(key, value)| (vec![key], value)).collect();
        Self { keys: 1, entries, default }
    }

    /// The table in a CSV file with the columns `keys` and `value`.
    ///
    /// # Errors
    /// A [`Failure`] if it cannot be read, or has a key twice.
    pub(super) fn file(
        path: &Path,
        keys: &[String],
        value: &str,
        default: Option<String>,
    ) -> Result<Self, Failure> {
        let columns: Vec<&str> = keys.iter().map(String::as_str).chain([value]).collect();
        let input = Input::new(path, Some(Format::Csv), "")?;
        let fail = |fault| failure(&input.name, &fault);
        let mut table = Table::open(&input, &Header::of("this look-up table", &columns)).map_err(fail)?;
        let mut row = Row::default();
        let mut entries = BTreeMap::new();
        while let Some(readable) = table.next(&mut row).map_err(fail)? {
            let at = |fault| format!("{}:{}", input.name, table.place(None, Some(fault)));
            if let Err(fault) = readable {
                return Err(Failure::new(format_args!("{}: {fault}", at(&fault))));
            }
            let key: Vec<_> = (0..keys.len()).map(|column| row.cell(column).to_owned()).collect();
            if entries.len() == MAX_ENTRIES {
                return Err(Failure::new(format_args!("{}: more than {MAX_ENTRIES} entries", input.name)));
            }
            if entries.insert(key, row.cell(keys.len()).to_owned()).is_some() {
                let place = table.place(Some(0), None);
                return Err(Failure::new(format_args!(
                    "{}:{place}: this key stands here for the second time",
                    input.name
                )));
            }
        }
        Ok(Self { keys: keys.len(), entries, default })
    }

    /// What a key is called: its own entry, else the entry of its first words with `*` for the rest, else the default.
    pub(super) fn find(&self, mut key: Vec<String>) -> Option<&str> {
        for known in (0..=key.len()).rev() {
            if let Some(word) = key.get_mut(known) {
                ANY.clone_into(word);
            }
            if let Some(found) = self.entries.get(&key) {
                return Some(found);
            }
        }
        self.default.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_entry_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("regions.csv");
        std::fs::write(&path, "province,city,region\nSeoul,Jung-gu,KR-11140\nSeoul,*,KR-11\n*,*,KR\n")
            .unwrap();
        let keys = ["province".to_owned(), "city".to_owned()];
        let table = Lookup::file(&path, &keys, "region", None).unwrap();
        let find = |province: &str, city: &str| table.find(vec![province.to_owned(), city.to_owned()]);
        assert_eq!(find("Seoul", "Jung-gu"), Some("KR-11140"));
        assert_eq!(find("Seoul", "etc"), Some("KR-11"));
        assert_eq!(find("Busan", "Jung-gu"), Some("KR"));
        std::fs::write(&path, "province,city,region\nSeoul,*,KR-11\nSeoul,*,KR\n").unwrap();
        assert!(Lookup::file(&path, &keys, "region", None).is_err());
    }

    #[test]
    fn without_an_entry_there_is_the_default_or_nothing() {
        let entries = || BTreeMap::from([("M".to_owned(), "x".to_owned())]);
        assert_eq!(Lookup::inline(entries(), None).find(vec!["F".to_owned()]), None);
        assert_eq!(Lookup::inline(entries(), Some("y".to_owned())).find(vec!["F".to_owned()]), Some("y"));
        assert_eq!(Lookup::inline(entries(), Some("y".to_owned())).find(vec!["M".to_owned()]), Some("x"));
    }
}
