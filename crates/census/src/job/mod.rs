//! What is asked of the census: who is what, who changes, and what a draft would do to whom.

pub(crate) mod ahead;
mod alike;
pub(crate) mod coming;
mod held;
mod person;
pub(crate) mod preview;
pub(crate) mod reasons;
mod reassess;
mod risk;
pub(crate) mod stuck;
mod touched;
mod turn;

pub(crate) use held::held_longer;
pub use person::PersonStatus;
pub use preview::{
    ComingShift, Draft, Hit, Preview, RegionShift, Shift, foresee, preview, severity, together,
};
pub use reasons::Gained;
pub use reassess::{Reassessment, reassess, reassess_where};
pub(crate) use risk::risk_changes_where;
pub use risk::{risk_changes, risk_changes_into};
pub use stuck::{STUCK, Stuck};
pub use touched::{Touched, touched};
pub use turn::{Judges, Schedule};

use mingma_domain::assess::Outcome;

use crate::columns::Number;

/// A person whose outcome changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Change {
    /// Who.
    pub number: Number,
    pub(crate) from: u8,
    pub(crate) to: u8,
}

impl Change {
    /// What the person was shown.
    #[must_use]
    pub fn from(&self) -> Outcome {
        crate::outcomes::outcome(self.from).unwrap_or(Outcome::NotIssued)
    }

    /// What the person is shown from now on.
    #[must_use]
    pub fn to(&self) -> Outcome {
        crate::outcomes::outcome(self.to).unwrap_or(Outcome::NotIssued)
    }
}
