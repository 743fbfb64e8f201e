//! Drafts of rules and of risk: seen before they are published, proposed, agreed to, or published in an emergency.

pub mod approve;
pub mod day;
pub mod emergency;
pub mod list;
pub mod look;
pub mod propose;

use mingma_domain::risk::RegionRisk;
use mingma_registry::acts::{BrakeError, drafted};
use mingma_registry::brake::{Blind, Draft, RegionPreview};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::member;
use crate::problem::Problem;

/// A draft: of rules, or of a region's risk.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum PublicDraft {
    /// A ruleset.
    Ruleset(RulesetDraft),
    /// A region's risk.
    Risk(RiskDraft),
}

/// A ruleset that is not published yet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RulesetDraft {
    /// For which region.
    #[schema(examples("410100"))]
    region: String,
    /// The text of `ruleset.toml`.
    rules: String,
    /// The text of `examples.toml`.
    examples: String,
}

/// A risk that is not set yet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RiskDraft {
    /// Of which region.
    #[schema(examples("410105"))]
    region: String,
    /// The level's word, as in the risk file.
    #[schema(examples("high"))]
    level: String,
    /// From this day on, included.
    #[schema(format = "date")]
    from: String,
    /// To this day, included; without it until another act.
    #[schema(format = "date")]
    until: Option<String>,
}

impl PublicDraft {
    /// Reads it; of a ruleset, every mistake is told. It is looked through on a thread of its own, for that may take seconds.
    async fn read(self) -> Result<Draft, Problem> {
        match self {
            Self::Risk(RiskDraft { region, level, from, until }) => Ok(Draft::Risk(RegionRisk {
                region: member("region", &region)?,
                level: member("level", &level)?,
                from: member("from", &from)?,
                until: until.map(|until| member("until", &until)).transpose()?,
            })),
            Self::Ruleset(RulesetDraft { region, rules, examples }) => {
                let region = member("region", &region)?;
                let looked = tokio::task::spawn_blocking(move || drafted(region, rules, examples));
                Ok(looked.await.map_err(|_| Problem::broken())??)
            }
        }
    }
}

/// What a draft would do in a region.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegionForeseen {
    /// Which.
    region: &'static str,
    /// How many live there.
    persons: u64,
    /// How many would be worse off: see a stricter status, or be held longer, at once or on a day to come. Each person counts once.
    worse: u64,
    /// How many of them would be held longer: not green now, nor shown anything stricter, and it ends later.
    longer: u64,
    /// How many of them would be neither at once, but see a stricter status on a day to come, by what is known now.
    later: u64,
    /// How many would be better off.
    better: u64,
    /// How many were foreseen to be worse off by what was published alone before, since a second office last agreed, in at most 30 days.
    alone: u64,
}

fn region(of: &RegionPreview) -> RegionForeseen {
    let RegionPreview { region, persons, worse, longer, later, better, alone } = *of;
    RegionForeseen { region: region.code(), persons, worse, longer, later, better, alone }
}

impl From<Blind> for Problem {
    fn from(blind: Blind) -> Self {
        Self::conflict("cannot-be-foreseen", blind)
    }
}

impl From<BrakeError> for Problem {
    fn from(error: BrakeError) -> Self {
        match error {
            BrakeError::Rules(error) => error.into(),
            BrakeError::Risk(error) => error.into(),
            BrakeError::Appointment(error) => error.into(),
            BrakeError::NoOffice => Self::forbidden("role", error),
            BrakeError::NoNeed { .. } => Self::conflict("no-second-office-needed", error),
            BrakeError::Blind(blind) => blind.into(),
            BrakeError::NoProposal { .. } => Self::not_found(),
            BrakeError::OtherPreview => Self::conflict("other-numbers", error),
            BrakeError::Outgrown { .. } => Self::conflict("more-than-was-seen", error),
            BrakeError::SameOffice => Self::forbidden("same-office", error),
            BrakeError::NotAbove { .. } => Self::forbidden("not-above", error),
            BrakeError::Stale => Self::conflict("stale-proposal", error),
            BrakeError::TooLong => Self::refused("too-long-for-an-emergency", error),
            BrakeError::UnderWay(_) => Self::conflict("contended", error),
            BrakeError::Unable(unable) => unable.into(),
        }
    }
}
