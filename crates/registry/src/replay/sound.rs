//! What a replay has found in order.

/// How often something was met that is no fault, and by the first of its entries.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Noted {
    /// How often.
    pub count: u64,
    /// The number of the first entry; none if it was not met.
    pub first: Option<u64>,
}

impl Noted {
    pub(super) fn note(&mut self, entry: u64) {
        *self = self.and(Self { count: 1, first: Some(entry) });
    }

    fn and(self, other: Self) -> Self {
        let first = [self.first, other.first].into_iter().flatten().min();
        Self { count: self.count + other.count, first }
    }
}

/// What a replay has found in order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sound {
    /// Entries that were opened.
    pub opened: u64,
    /// Entries about persons that nothing opens any more, excused by an end of data.
    pub ended: u64,
    /// Persons whose chains were followed.
    pub persons: u64,
    /// Facts.
    pub facts: u64,
    /// Entries of what an issuer said whose signature was checked.
    pub signed: u64,
    /// Those of before signatures were kept: that they were signed is the program's word.
    pub unkept: u64,
    /// Acts that somebody else did for a person who had let them.
    pub for_others: u64,
    /// Changes of a status that follow from what was recorded, from the rules and from the calendar.
    pub transitions: u64,
    /// Codes, revocations and notices that say the status that was computed.
    pub judged: u64,
    /// Those of a time of which something has ended.
    pub unjudged: u64,
    /// Entries whose rows had been taken out of the database beside the acts, as whoever opened them says.
    pub found: Noted,
    /// Changes of a status after which their person was told nothing, up to the end of the log; by the entry that made each, or the person's last one before it.
    pub untold: Noted,
    /// How many of these lie long before somebody else was told of another status.
    pub passed_over: u64,
}

impl Sound {
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            opened: self.opened + other.opened,
            ended: self.ended + other.ended,
            persons: self.persons + other.persons,
            facts: self.facts + other.facts,
            signed: self.signed + other.signed,
            unkept: self.unkept + other.unkept,
            for_others: self.for_others + other.for_others,
            transitions: self.transitions + other.transitions,
            judged: self.judged + other.judged,
            unjudged: self.unjudged + other.unjudged,
            found: self.found.and(other.found),
            untold: self.untold.and(other.untold),
            passed_over: self.passed_over + other.passed_over,
        }
    }
}
