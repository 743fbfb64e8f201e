//! What a draft would do, in as much detail as an official needs before publishing it: numbers of persons, and nobody.

use mingma_domain::assess::Outcome;
use mingma_domain::time::Day;

use crate::brake::Preview;

/// What a draft would do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sight {
    /// By region: what goes with a proposal, and what the brake looks at.
    pub preview: Preview,
    /// How many persons there are.
    pub persons: u64,
    /// How many would change from what to what; the most first.
    pub shifts: Vec<OutcomeShift>,
    /// The reasons that some would gain or lose, in the order of their codes.
    pub reasons: Vec<ReasonShift>,
    /// What would hold longest of those who would be worse off, the longest first.
    pub longest: Vec<Longest>,
}

/// How many persons would be shown something else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OutcomeShift {
    /// Than this; none where no rules are in force.
    pub from: Option<Outcome>,
    /// Namely this.
    pub to: Option<Outcome>,
    /// So many.
    pub persons: u64,
}

/// A reason that some would gain or lose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReasonShift {
    /// Its code.
    pub code: String,
    /// How many would have it who do not have it now.
    pub gain: u64,
    /// How many have it now and would not have it any more.
    pub lose: u64,
}

/// For how long somebody would be worse off; nobody is named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Longest {
    /// From this.
    pub from: Option<Outcome>,
    /// To this.
    pub to: Option<Outcome>,
    /// The first day on which that would be different if nothing new were recorded; none: never by waiting.
    pub until: Option<Day>,
    /// By which reasons.
    pub reasons: Vec<String>,
}

impl Sight {
    /// How many would change.
    #[must_use]
    pub fn changed(&self) -> u64 {
        self.shifts.iter().map(|shift| shift.persons).sum()
    }

    /// How many would be worse off.
    #[must_use]
    pub fn worse(&self) -> u64 {
        self.preview.regions.iter().map(|region| region.worse).sum()
    }
}
