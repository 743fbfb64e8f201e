//! The witnesses of the log: what they have not signed yet, and since when.

use jiff::Timestamp;
use mingma_registry::Witnessed;
use mingma_store::{OpenError, Snapshot, in_use};

use super::finding::{Finding, Mark, Page};
use crate::config::JournalConfig;
use crate::journal;
use crate::options::Place;

/// After how many seconds without their signatures witnesses are late, and after how many something is wrong: they sign within one,
/// and nobody turns yellow or red by what came since.
const LATE_SECONDS: i64 = 60;
const LOST_SECONDS: i64 = 3_600;

/// Nothing where no quorum is asked for, or the folder cannot be read, which others tell.
pub(super) fn look_at(place: &Place, config: &JournalConfig, now: Timestamp) -> Option<Finding> {
    let told = |mark, said: String| Some(Finding::new("witnesses", mark, said, Page::Log));
    let witnessed = match journal::witnessed((&place.data, &place.keys), config) {
        Ok(Witnessed::EVERYTHING) => return None,
        Ok(witnessed) => witnessed,
        Err(failure) => return told(Mark::Fail, failure.message().to_owned()),
    };
    let snapshot = match Snapshot::open(&place.data) {
        Ok(snapshot) => snapshot,
        Err(OpenError::Older { .. }) => return None,
        Err(error) => return told(Mark::Fail, error.to_string()),
    };
    match snapshot.unwitnessed(witnessed) {
        Err(error) => told(Mark::Fail, error.to_string()),
        Ok((_, None)) => told(Mark::Ok, "they have signed every entry about a status".to_owned()),
        Ok((entries, Some(since))) => {
            let seconds = now.duration_since(since).as_secs();
            let (mark, why) = match (in_use(&place.data).unwrap_or(false), seconds) {
                (false, _) => (Mark::Ok, "they are asked when it is served"),
                (true, LOST_SECONDS..) => (Mark::Fail, "ask those who run them"),
                (true, LATE_SECONDS..) => (Mark::Warn, "ask those who run them"),
                (true, _) => (Mark::Ok, "they sign within a second"),
            };
            let said = format!(
                "entries that wait for their signatures: {entries}, the first since {since:.0}; those that make somebody worse do not count yet; {why}"
            );
            told(mark, said)
        }
    }
}
