//! The book of public acts as the law of a census.

use std::sync::Arc;

use mingma_census::transition::Law;
use mingma_domain::risk::RegionRisk;
use mingma_domain::time::{Day, Zone};
use mingma_domain::{Region, RiskMap, Ruleset};
use mingma_registry::Book;
use mingma_registry::book::PublishedRuleset;

/// A book, in a zone. Rules that reckon their days in another zone are none here: the census of this zone cannot tell
/// what they say.
pub(crate) struct InForce {
    book: Arc<Book>,
    zone: Zone,
}

impl InForce {
    /// The law of a book.
    pub(crate) const fn new(book: Arc<Book>, zone: Zone) -> Self {
        Self { book, zone }
    }

    fn published(&self, home: Region, today: Day) -> Option<&PublishedRuleset> {
        // Rules begin and end with a day, so every instant of it tells the same.
        let published = self.book.ruleset_for(home, self.zone.end_of(today).ok()?)?;
        Some(&**published).filter(|published| published.ruleset.zone == self.zone)
    }
}

impl Law for InForce {
    fn rules(&self, home: Region, today: Day) -> Option<&Ruleset> {
        self.published(home, today).map(|published| &published.ruleset)
    }

    fn turns(&self, home: Region) -> Vec<Day> {
        let rules = self.book.rulesets().iter().map(|published| &published.ruleset);
        rules
            .filter(|rules| home.is_in(rules.region))
            .flat_map(|rules| [rules.effect, rules.sunset])
            .collect()
    }

    fn risk(&self) -> &RiskMap {
        self.book.risk()
    }

    fn begins(&self, home: Region, day: Day) -> Option<u64> {
        let published = self.published(home, day).filter(|published| published.ruleset.effect == day);
        published.map(|published| published.number.0)
    }

    fn risk_acts(&self) -> Vec<(u64, RegionRisk)> {
        self.book.risk_acts().map(|(number, act)| (number, *act)).collect()
    }
}
