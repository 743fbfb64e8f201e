//! What a public act about a draft is about: a ruleset, or the risk of a region.

use mingma_domain::Region;
use mingma_domain::risk::{Level, RegionRisk};
use mingma_domain::time::Day;
use mingma_registry::Book;
use mingma_registry::brake::Draft;
use mingma_registry::canonical::Hash;
use serde::Serialize;
use utoipa::ToSchema;

/// A ruleset or a region's risk.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum About {
    /// A ruleset.
    Ruleset {
        /// Whose.
        #[schema(value_type = String)]
        region: Region,
        /// Its name within the region.
        id: String,
    },
    /// The risk of a region.
    Risk {
        /// Which region.
        #[schema(value_type = String)]
        region: Region,
        /// Its level.
        #[schema(value_type = String)]
        level: Level,
        /// The first day.
        #[schema(value_type = String, format = "date")]
        from: Day,
        /// The last day; null while it goes on.
        #[schema(value_type = Option<String>, format = "date", required)]
        until: Option<Day>,
    },
}

impl About {
    /// What a draft is.
    pub(super) fn of(draft: &Draft) -> Self {
        match draft {
            Draft::Rules(entry) => Self::Ruleset { region: entry.region, id: entry.id.clone() },
            Draft::Risk(risk) => Self::risk(risk),
        }
    }

    /// What was published after an act that let it, by its draft's hash; none if it was not.
    pub(super) fn after(book: &Book, number: u64, draft: &Hash) -> Option<Self> {
        let risk = book.risk_acts().filter(|(at, _)| *at > number).map(|(_, risk)| Draft::Risk(*risk));
        let rules = book.rulesets().iter().filter(|published| published.number.0 > number);
        let rules = rules.map(|published| Draft::Rules(published.texts.clone()));
        risk.chain(rules).find(|published| published.hash() == *draft).map(|published| Self::of(&published))
    }

    const fn risk(risk: &RegionRisk) -> Self {
        Self::Risk { region: risk.region, level: risk.level, from: risk.from, until: risk.until }
    }
}
