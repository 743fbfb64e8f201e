//! The brake: what would make many people worse at once waits for a second office, which sees the same numbers.
//!
//! A draft — a ruleset, or a region's risk — is foreseen before it is published. If in some region more than a set share
//! of the persons would be worse off, nobody publishes it alone: it is proposed, with the numbers, and counts when
//! somebody of an appeals office has approved that proposal; and so is whatever gives an issuer more than it had. In an
//! emergency one office may go ahead for a few days; the journal then says so. What is foreseen enters as a value, through [`Foresight`]: nothing here knows how it is found.

mod above;
mod alone;
mod emergencies;
mod foresight;
mod preview;
mod proposal;
mod share;

pub use above::is_above;
pub(crate) use above::{is_top, or_least};
pub(crate) use alone::Alone;
pub use alone::{ALONE_DAYS, LetGo};
pub(crate) use emergencies::Emergencies;
pub use foresight::{Blind, Current, Everybody, Foresight, Kept, Looking, RegionShown, Turned, What};
use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::fact::Evidence;
use mingma_domain::risk::RegionRisk;
pub(crate) use preview::in_words;
pub use preview::{NotAPreview, Preview, RegionPreview, TOLERANCE_PER_CENT, TOLERANCE_PERSONS};
pub use proposal::{Proposal, Proposed};
pub use share::{Share, UnfitShare};

use crate::canonical::{Canonical, Hash};
use crate::policy::{Actor, Office};
use crate::row::{PublicRow, RulesetEntry};
use crate::words::EmergencyGround;

/// What is to be published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Draft {
    /// A ruleset.
    Rules(RulesetEntry),
    /// A region's risk.
    Risk(RegionRisk),
}

impl Draft {
    /// For which region.
    #[must_use]
    pub const fn region(&self) -> Region {
        match self {
            Self::Rules(entry) => entry.region,
            Self::Risk(risk) => risk.region,
        }
    }

    /// What says that two drafts are one.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let mut text = Canonical::new("mingma/draft/1");
        self.write(&mut text);
        text.hash()
    }

    pub(crate) fn write(&self, text: &mut Canonical) {
        match self {
            Self::Rules(entry) => {
                text.text("ruleset");
                text.text(entry.region);
                text.text(&entry.id);
                text.text(&entry.rules);
                text.text(&entry.examples);
            }
            Self::Risk(risk) => {
                text.text("risk");
                text.text(risk.region);
                text.text(risk.level);
                text.text(risk.from);
                text.optional(risk.until);
            }
        }
    }
}

impl From<Draft> for PublicRow {
    fn from(draft: Draft) -> Self {
        match draft {
            Draft::Rules(entry) => Self::Ruleset(entry),
            Draft::Risk(risk) => Self::Risk(risk),
        }
    }
}

/// An official's hand under a public act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hand {
    /// Who, as the staff list calls them.
    pub staff: Evidence,
    /// Of which office.
    pub office: Office,
    /// Of which region.
    pub region: Region,
    /// When.
    pub at: Timestamp,
}

impl Hand {
    /// What begins the name that the authority's key has in place of one of the staff list.
    const KEY: &'static str = "key:";

    /// The hand of whoever acts, if an official does.
    #[must_use]
    pub fn of(actor: &Actor, at: Timestamp) -> Option<Self> {
        match actor {
            Actor::Official { staff, office, region } => {
                Some(Self { staff: staff.clone(), office: *office, region: *region, at })
            }
            // Where a commission's hand stands: whoever has the key is no second office to whoever holds the commission.
            Actor::Authority(vouched) => Some(Self {
                staff: format!("{}{}", Self::KEY, vouched.key()).parse().ok()?,
                office: Office::HealthCommission,
                region: vouched.region(),
                at,
            }),
            Actor::Visitor
            | Actor::Resident(_)
            | Actor::Agent(_)
            | Actor::App(_)
            | Actor::Institution(_)
            | Actor::Assistant(_)
            | Actor::Auditor(_) => None,
        }
    }

    /// Whether it is that of the authority's key.
    pub(crate) fn is_the_authoritys(&self) -> bool {
        self.staff.as_str().starts_with(Self::KEY)
    }

    pub(crate) fn write(&self, text: &mut Canonical) {
        text.text(&self.staff);
        text.text(self.office);
        text.text(self.region);
        text.text(self.at);
    }
}

/// A second office agrees to a proposal, having seen its preview.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approval {
    /// The number of the proposal.
    pub proposal: u64,
    /// What the second office saw: [`Proposal::seen`].
    pub seen: Hash,
    /// The second office.
    pub by: Hand,
}

/// One office goes ahead alone, for a few days.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Emergency {
    /// The hash of the draft, which is published next.
    pub draft: Hash,
    /// What it would do, if it could be foreseen.
    pub preview: Option<Preview>,
    /// Why it cannot wait.
    pub ground: EmergencyGround,
    /// The office.
    pub by: Hand,
}
