//! The port through which everybody is seen at once: the census, wherever it lies. It tells numbers of persons, and nobody.

use async_trait::async_trait;
use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::time::Day;
use thiserror::Error;

use super::{Draft, Preview, RegionPreview};
use crate::sight::{OutcomeShift, Sight};

/// Sees beforehand what a draft would do: the census, wherever it lies.
#[async_trait]
pub trait Foresight: Send + Sync {
    /// What the draft would do to everybody under the rules that are in force now.
    async fn foresee(&self, draft: &Draft) -> Result<Preview, Blind>;

    /// The same in as much detail as an official needs before publishing.
    async fn look(&self, draft: &Draft) -> Result<Sight, Blind>;

    /// How many persons live where and are shown what.
    async fn everybody(&self) -> Result<Everybody, Blind> {
        Err(Blind::none())
    }

    /// What the next turn of the day would change of those who live in a region, if nothing were recorded or published until then.
    async fn turned(&self, _here: Region) -> Result<Turned, Blind> {
        Err(Blind::none())
    }

    /// The looks that are under way, and how far they are.
    fn looking(&self) -> Vec<Looking> {
        Vec::new()
    }

    /// Whether everybody is kept current; none where nobody keeps them.
    fn kept(&self) -> Option<Kept> {
        None
    }

    /// How current what it sees is; none if it looks anew each time.
    fn current(&self) -> Option<Current> {
        None
    }
}

/// How current a census is that is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Current {
    /// Everything up to this place of the feed is in it.
    pub place: u64,
    /// As of when nothing was known that was not in it; none before it was built.
    pub at: Option<Timestamp>,
}

/// Whether a census is kept current.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    /// It is being built; what is committed meanwhile is taken in then.
    Building,
    /// It is.
    Current,
    /// It could not be, and is built anew again and again: nobody is told, and no code revoked, by rules, risks and days.
    Broken,
}

/// It cannot be foreseen now.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("what this would do to people cannot be foreseen now: {reason}")]
pub struct Blind {
    /// Why, in words for an official.
    pub reason: String,
}

impl Blind {
    /// Where no census is kept.
    #[must_use]
    pub fn none() -> Self {
        Self { reason: "no census is kept here".to_owned() }
    }
}

/// Everybody, in numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Everybody {
    /// On which day they are seen.
    pub day: Day,
    /// Everything up to this place of the feed is in it.
    pub place: u64,
    /// As of when nothing was known that was not in it; none where nobody keeps it current.
    pub current: Option<Timestamp>,
    /// How many persons there are.
    pub persons: u64,
    /// How many facts its columns hold.
    pub facts: u64,
    /// By home region.
    pub regions: Vec<RegionShown>,
}

/// How many persons of a home region are shown what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RegionShown {
    /// Where they live; none of those who have not registered.
    pub region: Option<Region>,
    /// How many live there.
    pub persons: u64,
    /// How many are green.
    pub green: u64,
    /// How many are yellow.
    pub yellow: u64,
    /// How many are red.
    pub red: u64,
    /// How many are shown a pop-up.
    pub popup: u64,
    /// To how many no code is issued.
    pub no_code: u64,
    /// Of how many no rules are in force.
    pub no_rules: u64,
}

/// What a turn of the day would change of those who live in a region.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Turned {
    /// The day that begins.
    pub day: Day,
    /// How many live there.
    pub persons: u64,
    /// How many of them would change from what to what; the most first.
    pub shifts: Vec<OutcomeShift>,
    /// By the regions in it, where anybody would change.
    pub regions: Vec<RegionPreview>,
}

/// What is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// A draft for a region.
    Draft(Region),
    /// Who is shown what.
    Everybody,
    /// The next turn of the day.
    Turn,
}

/// A look that is under way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Looking {
    /// At what.
    pub what: What,
    /// Since when.
    pub since: Timestamp,
    /// How many parts of the present pass are done.
    pub done: usize,
    /// Of how many; 0 before the first pass.
    pub of: usize,
}
