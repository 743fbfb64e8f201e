//! Why the census says no: a width that does not hold what it is given, a zone that does not fit, a job that was stopped.

/// Why something was not done. Nothing is ever cut to fit.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// More persons than numbers.
    #[error("the census numbers at most {limit} persons: divide it by province")]
    TooManyPersons {
        /// How many there may be.
        limit: u32,
    },
    /// More facts than places.
    #[error(
        "the census holds at most {limit} facts: divide it by province, or purge what has passed its retention"
    )]
    TooManyFacts {
        /// How many there may be.
        limit: u32,
    },
    /// A person that the builder did not make.
    #[error("a fact about a person who was not entered first")]
    NoSuchPerson,
    /// Persons did not come by home region.
    #[error(
        "the persons do not come in the order of their home regions: sort them by region, or build in any order"
    )]
    OutOfOrder,
    /// A day that the packed form cannot hold.
    #[error("a fact's day lies outside 1970-01-01…2149-06-06 in the time zone of the census")]
    OutOfCalendar,
    /// The ruleset reckons its days elsewhere.
    #[error(
        "the ruleset reckons in `{ruleset}`, the census was built for `{census}`: a civil day is not the same in both; build one for that zone"
    )]
    OtherZone {
        /// The zone of the census.
        census: String,
        /// The zone of the ruleset.
        ruleset: String,
    },
    /// Not enough memory, said before it starts.
    #[error("this needs {need} MB of memory, and {have} MB are free")]
    NotEnoughMemory {
        /// What it needs, in millions of bytes.
        need: u64,
        /// What there is, in millions of bytes.
        have: u64,
    },
    /// The outcomes to compare with are of another census.
    #[error("the outcomes to compare with are not of this census")]
    OtherCensus,
    /// The job was stopped.
    #[error("cancelled")]
    Cancelled,
}
