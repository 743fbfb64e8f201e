//! Whether the database is what the journal's log commits to.

use std::path::Path;

use mingma_store::{Beside, Look};

use super::finding::{Finding, Mark, Page};
use crate::clock;
use crate::journal::{Compared, LOG, compare};
use crate::plural::counted;

/// How many entries are compared without being asked for the whole: some two seconds of work, at 8,000 entries and persons a second.
const AT_ONCE: u64 = 16_384;

/// Compares all of it, or says why not. It reads beside a program that has the folder open.
pub(super) fn look_at(data: &Path, found: &Look, whole: bool) -> Vec<Finding> {
    let one = |mark, said: String| vec![Finding::new("journal", mark, said, Page::Edited)];
    if found.older || (found.numbered > AT_ONCE && !whole) {
        let why =
            if found.older { "the next start brings it to this program's version" } else { "it is large" };
        let said =
            format!("the database was not held against the log, for {why}; `--whole` reads all of both");
        return one(Mark::Ok, said);
    }
    let compared = Beside::open(data).map_err(|error| error.to_string()).and_then(|beside| {
        compare(&data.join(LOG), &beside, clock::now, &|| Ok(())).map_err(|halt| halt.to_string())
    });
    match compared {
        Ok(compared) if compared.count() == 0 => one(Mark::Ok, told(&compared)),
        Ok(Compared { edits, more, .. }) => {
            let more = (more > 0).then(|| format!("and {more} further differences"));
            let each = edits.iter().map(ToString::to_string).chain(more);
            each.flat_map(|said| one(Mark::Fail, said)).collect()
        }
        Err(why) => one(Mark::Fail, format!("the database could not be held against the log: {why}")),
    }
}

fn told(compared: &Compared) -> String {
    let Compared { entries, persons, lost, .. } = compared;
    let entries = counted(*entries, "entry", "entries");
    let said =
        format!("the database is what the log commits to: {entries}, and what is kept of {persons} persons");
    if *lost == 0 { said } else { format!("{said}; of {lost} a restored database has lost what opens them") }
}
