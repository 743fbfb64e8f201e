//! What a public act about a draft is about: a ruleset, or the risk of a region.

use mingma_domain::Region;
use mingma_domain::risk::{Level, RegionRisk};
use mingma_domain::time::Day;
use mingma_registry::Book;
use mingma_registry::brake::Draft;
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

    /// What was published by the act after this one; none if it was neither.
    pub(super) fn after(book: &Book, number: u64) -> Option<Self> {
        let next = number.checked_add(1)?;
        let ruleset = book.rulesets().iter().find(|published| published.number.0 == next);
        let ruleset = ruleset.map(|published| {
            let rules = &published.ruleset;
            Self::Ruleset { region: rules.region, id: rules.id.clone() }
        });
        ruleset.or_else(|| {
            let (_, risk) = book.risk_acts().find(|(number, _)| *number == next)?;
            Some(Self::risk(risk))
        })
    }

    const fn risk(risk: &RegionRisk) -> Self {
        Self::Risk { region: risk.region, level: risk.level, from: risk.from, until: risk.until }
    }
}
