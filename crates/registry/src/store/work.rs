//! Lists that are read across persons, a page at a time.

use std::collections::BTreeSet;

use jiff::Timestamp;
use mingma_domain::fact::{Issuer, Kind};
use mingma_domain::{Fact, Region};

use crate::id::{FactId, PersonId};
use crate::row::{AppealOpened, RecordedFact};

/// One page of a list that is read across persons: a list of work, and never evidence of anything.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page<T, K> {
    /// What was found, possibly nothing though more follows.
    pub items: Vec<T>,
    /// After which the next page begins; none if there is no more.
    pub next: Option<K>,
}

/// One page of persons, in the order of their ids.
pub type Persons = Page<PersonId, PersonId>;

/// Which facts that wait for a second organisation are asked for.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Recorded by one of these.
    pub issuers: BTreeSet<Issuer>,
    /// Of one of these kinds.
    pub kinds: BTreeSet<Kind>,
    /// Recorded at this instant or later.
    pub since: Timestamp,
    /// Older than this one.
    pub before: Option<FactId>,
}

impl Waiting {
    /// Whether a recorded fact is asked for, if nobody has countersigned it or taken it back.
    #[must_use]
    pub fn asks_for(&self, row: &RecordedFact) -> bool {
        self.issuers.contains(row.fact.issuer())
            && self.kinds.contains(&row.fact.kind())
            && row.fact.value().needs_second_organisation()
            && row.recorded >= self.since
            && self.before.is_none_or(|before| row.id < before)
    }
}

/// An appeal that waits for an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenCase {
    /// Whose.
    pub person: PersonId,
    /// Where the person lives.
    pub home: Region,
    /// What the person said.
    pub opened: AppealOpened,
    /// Whose word is disputed: who recorded the fact, and who countersigned it.
    pub said: Vec<Issuer>,
}

/// Who asks which disputes wait for its word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// The institution: those of its own facts do.
    pub issuer: Issuer,
    /// Of which facts of others it may say whether they are so.
    pub confirms: Vec<Confirms>,
}

/// Facts of others of which an institution may say whether they are so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Confirms {
    /// Of which kind.
    pub kind: Kind,
    /// About which region.
    pub region: Region,
    /// Whether those that name no region are among them: the institution works in that region.
    pub unplaced: bool,
}

impl Asked {
    /// Whether a dispute of this fact waits for the institution's word.
    #[must_use]
    pub fn is_about(&self, fact: &Fact) -> bool {
        let confirms = |of: &Confirms| {
            of.kind == fact.kind() && fact.region().map_or(of.unplaced, |region| region.is_in(of.region))
        };
        *fact.issuer() == self.issuer || self.confirms.iter().any(confirms)
    }
}

/// A fact that is disputed, for whoever recorded it or may confirm it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DisputedFact {
    /// The dispute.
    pub opened: AppealOpened,
    /// The fact.
    pub recorded: RecordedFact,
    /// Whose word is disputed: who recorded the fact, and who countersigned it.
    pub said: Vec<Issuer>,
}
