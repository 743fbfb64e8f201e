//! How many wait for a desk to see their document: whoever registered after something had been recorded about them has no code until then.

use std::path::Path;

use jiff::Timestamp;
use mingma_store::Snapshot;

use super::finding::{Finding, Mark, Page};

/// Counts them, in whole tens. Where the folder cannot be read other findings say so.
pub(super) fn look_at(data: &Path, now: Timestamp) -> Option<Finding> {
    let waiting = Snapshot::open(data).ok()?.kept_back(now).ok()?;
    let said = match waiting / 10 {
        0 => "fewer than ten persons wait for a desk to see their document".to_owned(),
        tens => format!("{tens}0 persons or a few more wait for a desk to see their document"),
    };
    Some(Finding::new("desks", Mark::Ok, said, Page::Desks))
}
