//! What offices published in emergencies, and since when.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use mingma_domain::Region;

use super::{ALONE_DAYS, Emergency};
use crate::canonical::Hash;

/// After how many days without a second office's approval another emergency is a first one: as long as what was published alone counts.
const BETWEEN_DAYS: i64 = ALONE_DAYS;

/// Each with what came of it, and by the region of the office when, since a second office agreed to something that the region's proposed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Emergencies {
    all: BTreeMap<u64, Done>,
    since: BTreeMap<Region, Vec<Timestamp>>,
}

/// An emergency, and the number under which its draft was published; none before it was.
#[derive(Clone, Debug)]
struct Done {
    emergency: Arc<Emergency>,
    published: Option<u64>,
}

impl Emergencies {
    /// An office went ahead alone, by the act of this number.
    pub(crate) fn add(&mut self, number: u64, emergency: Emergency) {
        self.since.entry(emergency.by.region).or_default().push(emergency.by.at);
        self.all.insert(number, Done { emergency: Arc::new(emergency), published: None });
    }

    /// A draft was published; its hash is asked for only where an emergency's draft was not yet.
    pub(crate) fn published(&mut self, number: u64, draft: impl FnOnce() -> Hash) {
        let mut waiting = self.all.values_mut().filter(|done| done.published.is_none()).peekable();
        if waiting.peek().is_some() {
            let draft = draft();
            if let Some(done) = waiting.find(|done| done.emergency.draft == draft) {
                done.published = Some(number);
            }
        }
    }

    /// A second office agreed to what one of this region proposed.
    pub(crate) fn agreed(&mut self, office: Region) {
        self.since.remove(&office);
    }

    /// Every one by its number, in order, and the number under which its draft was published.
    pub(crate) fn all(
        &self,
    ) -> impl DoubleEndedIterator<Item = (u64, &Arc<Emergency>, Option<u64>)> + ExactSizeIterator {
        self.all.iter().map(|(number, done)| (*number, &done.emergency, done.published))
    }

    /// The first of those of a region that are not long past.
    pub(crate) fn first(&self, office: Region, now: Timestamp) -> Option<Timestamp> {
        let recent = |at: &Timestamp| now.duration_since(*at).as_hours() < 24 * BETWEEN_DAYS;
        self.since.get(&office).into_iter().flatten().copied().find(recent)
    }
}
