//! What offices published in emergencies, and since when.

use std::collections::BTreeMap;

use jiff::Timestamp;
use mingma_domain::Region;

use super::ALONE_DAYS;

/// After how many days without a second office's approval another emergency is a first one: as long as what was published alone counts.
const BETWEEN_DAYS: i64 = ALONE_DAYS;

/// How often it was, and by the region of the office when, since a second office agreed to something that the region's proposed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Emergencies {
    count: u64,
    since: BTreeMap<Region, Vec<Timestamp>>,
}

impl Emergencies {
    /// An office of this region published something.
    pub(crate) fn add(&mut self, office: Region, at: Timestamp) {
        self.count += 1;
        self.since.entry(office).or_default().push(at);
    }

    /// A second office agreed to what one of this region proposed.
    pub(crate) fn agreed(&mut self, office: Region) {
        self.since.remove(&office);
    }

    /// How often, ever.
    pub(crate) const fn count(&self) -> u64 {
        self.count
    }

    /// The first of those of a region that are not long past.
    pub(crate) fn first(&self, office: Region, now: Timestamp) -> Option<Timestamp> {
        let recent = |at: &Timestamp| now.duration_since(*at).as_hours() < 24 * BETWEEN_DAYS;
        self.since.get(&office).into_iter().flatten().copied().find(recent)
    }
}
