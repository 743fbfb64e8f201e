//! Whether the census of everybody can be built: without it nobody is told of rules, risks and days, and no draft is foreseen.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use jiff::Timestamp;
use mingma_credential::UnixSeconds;
use mingma_registry::Witnessed;

use super::finding::{Finding, Mark, Page};
use crate::command::serve::zone_of;
use crate::keys;
use crate::living::as_of_now;

/// Builds it of a database that can be read, as a start does, and lets it go. Where there are no keys other findings say so.
pub(super) fn look_at(data: &Path, keys: &Path, now: Timestamp) -> Option<Finding> {
    let zone = zone_of(&keys::region(keys, UnixSeconds::new(now.as_second())).ok()?).ok()?;
    if mingma_store::in_use(data).unwrap_or(false) {
        // Whoever serves it has it in memory; a second one beside it may be what there is no room for.
        let said = "the program that serves it keeps it: `/health/ready` says how it stands";
        return Some(Finding::new("census", Mark::Ok, said.to_owned(), Page::Census));
    }
    let built = as_of_now(data, &zone, (now, Witnessed::EVERYTHING), &AtomicBool::new(false));
    Some(match built {
        Ok(seen) => {
            let census = seen.look.census();
            let said =
                format!("{} persons; it can be built of the folder, and kept current", census.persons());
            Finding::new("census", Mark::Ok, said, Page::Census)
        }
        Err(trouble) => {
            let said = format!("it cannot be built: {trouble}; nobody is told of rules, risks and days");
            Finding::new("census", Mark::Fail, said, Page::Census)
        }
    })
}
