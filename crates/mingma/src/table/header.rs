//! Headers: which columns a table must have, which may stand beside them, and what is said about all others.

use std::collections::BTreeSet;

use mingma_domain::fact::kind::refused;
use mingma_domain::words::nearest;

use super::fault::{FileFault, HeaderFault};
use super::{MAX_COLUMNS, shown};

/// The columns that a table must have, in any order.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    /// What sort of table it is: «a facts file».
    pub(crate) what: String,
    /// The columns that are read.
    pub(crate) wanted: Vec<String>,
    /// Columns that may be there and are not read.
    pub(crate) skipped: BTreeSet<String>,
    /// What to do about a column that is not known; without it, the known ones are listed.
    pub(crate) unknown_help: Option<&'static str>,
    /// What to do about a column that is refused on principle.
    pub(crate) refused_help: &'static str,
}

impl Header {
    /// A table of exactly these columns.
    pub(crate) fn of(what: &str, columns: &[&str]) -> Self {
        Self {
            what: what.to_owned(),
            wanted: columns.iter().map(|name| (*name).to_owned()).collect(),
            skipped: BTreeSet::new(),
            unknown_help: None,
            refused_help: "leave it out of the file",
        }
    }

    /// For each column of a file, with its place, which wanted one it is; `None` for one to skip.
    ///
    /// # Errors
    /// [`FileFault::Header`] with everything that is wrong.
    pub(crate) fn layout(&self, names: &[(u64, String)]) -> Result<Vec<Option<usize>>, FileFault> {
        if names.len() > MAX_COLUMNS {
            return Err(FileFault::Header(vec![(1, HeaderFault::TooMany)]));
        }
        // Without one known name the line is data, and data must not be repeated in an error.
        if !names.iter().any(|(_, name)| self.known(name)) {
            let fault = HeaderFault::NotAHeader { what: self.what.clone(), wanted: self.wanted.join(",") };
            return Err(FileFault::Header(vec![(1, fault)]));
        }
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        let mut layout = Vec::with_capacity(names.len());
        for (place, name) in names {
            if !seen.insert(name) {
                faults.push((*place, HeaderFault::Twice { name: shown(name) }));
            } else if !self.known(name) {
                faults.push((*place, self.unknown(name)));
            }
            layout.push(self.position(name));
        }
        for name in self.wanted.iter().filter(|name| !seen.contains(name)) {
            let (what, wanted) = (self.what.clone(), self.wanted.join(","));
            faults.push((1, HeaderFault::Missing { name: name.clone(), what, wanted }));
        }
        if faults.is_empty() { Ok(layout) } else { Err(FileFault::Header(faults)) }
    }

    /// Which wanted column has this name.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.wanted.iter().position(|wanted| wanted == name)
    }

    /// Whether a table may have this column.
    pub(crate) fn known(&self, name: &str) -> bool {
        self.position(name).is_some() || self.skipped.contains(name)
    }

    /// What to say about a column that is not known.
    pub(crate) fn unknown(&self, name: &str) -> HeaderFault {
        if let Some(brings) = refused(name) {
            return HeaderFault::Refused { name: shown(name), brings, help: self.refused_help };
        }
        let known = self.wanted.iter().chain(&self.skipped).map(String::as_str);
        let help = match (nearest(name, known), self.unknown_help) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(help)) => help.to_owned(),
            (None, None) => format!("its columns are `{}`", self.wanted.join("`, `")),
        };
        HeaderFault::Unknown { name: shown(name), what: self.what.clone(), help }
    }
}
