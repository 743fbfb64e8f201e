//! What an import counted: rows by file, facts by kind, refusals by reason.

use std::collections::BTreeMap;
use std::io::Write;

use crate::plural::counted;
use crate::table::refusal::Refusals;

/// What was counted.
#[derive(Default, Debug)]
pub(super) struct Summary {
    files: Vec<Counted>,
    facts: BTreeMap<&'static str, u64>,
}

#[derive(Debug)]
struct Counted {
    file: String,
    source: String,
    read: u64,
    refused: u64,
}

impl Summary {
    /// The rows that follow are of this file, which is that source of the map.
    pub(super) fn file(&mut self, file: &str, source: &str) {
        self.files.push(Counted { file: file.to_owned(), source: source.to_owned(), read: 0, refused: 0 });
    }

    /// A row was read.
    pub(super) fn row(&mut self) {
        if let Some(file) = self.files.last_mut() {
            file.read += 1;
        }
    }

    /// A row was refused.
    pub(super) fn refused(&mut self) {
        if let Some(file) = self.files.last_mut() {
            file.refused += 1;
        }
    }

    /// A fact was made.
    pub(super) fn fact(&mut self, kind: &'static str) {
        *self.facts.entry(kind).or_default() += 1;
    }

    /// All rows, refused ones among them.
    pub(super) fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.read + file.refused).sum()
    }

    /// Prints it.
    pub(super) fn print(&self, refusals: &Refusals, to: &mut dyn Write) -> std::io::Result<()> {
        for line in refusals.lines() {
            writeln!(to, "refused: {line}")?;
        }
        for Counted { file, source, read, refused } in &self.files {
            let rows = counted(read + refused, "row", "rows");
            writeln!(to, "{file} ({source}): {rows}, {refused} refused")?;
        }
        if refusals.count() > 0 {
            writeln!(to, " refused for: {}", refusals.causes())?;
        }
        let kinds: Vec<_> = self.facts.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        let all: u64 = self.facts.values().sum();
        writeln!(
            to,
            "{}{}{}",
            counted(all, "fact", "facts"),
            if all == 0 { "" } else { ": " },
            kinds.join(", ")
        )
    }
}
