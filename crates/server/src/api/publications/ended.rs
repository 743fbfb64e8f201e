//! An end of data as everybody reads it: the days as they are, for by them an early or a late end shows, and every number in whole tens or
//! withheld, for the day on which something was due says on which day it came. The exact numbers stand in the entry, for whoever replays.

use jiff::Timestamp;
use mingma_domain::fact::Kind;
use mingma_domain::time::Day;
use mingma_registry::digest::told;
use mingma_registry::retention::{KindPurged, Purged, Sealed};
use mingma_registry::words::ActName;
use serde::Serialize;
use utoipa::ToSchema;

/// What was over and was destroyed.
#[derive(Debug, Serialize, ToSchema)]
pub struct DataEnded {
    /// When.
    #[schema(value_type = String, format = "date-time")]
    at: Timestamp,
    /// The facts, by kind.
    facts: Vec<PurgedFacts>,
    /// How many rows of other sorts, in whole tens: codes, grants, looks, ways in, notices, salts; null of fewer than ten.
    #[schema(required)]
    others: Option<u64>,
    /// The journal's entries that nothing opens any more since, by act; null of an end of before they were counted, and of the end of a
    /// deployment, after which nothing opens any.
    #[schema(required)]
    entries: Option<Vec<SealedEntries>>,
}

/// Facts of a kind that were destroyed, and when they were due to be.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurgedFacts {
    /// Of which kind.
    #[schema(value_type = String)]
    kind: Kind,
    /// How many, in whole tens; null of fewer than ten.
    #[schema(required)]
    count: Option<u64>,
    /// The day on which the retention ended of the one that ended first.
    #[schema(value_type = String, format = "date")]
    first: Day,
    /// The day on which the retention ended of the one that ended last.
    #[schema(value_type = String, format = "date")]
    last: Day,
}

/// Entries of an act that nothing opens any more.
#[derive(Debug, Serialize, ToSchema)]
pub struct SealedEntries {
    /// Of which act.
    #[schema(value_type = String)]
    act: ActName,
    /// How many, in whole tens; null of fewer than ten.
    #[schema(required)]
    count: Option<u64>,
    /// The day, in UTC, on which the newest of them was made.
    #[schema(value_type = String, format = "date")]
    newest: Day,
}

impl From<&Purged> for DataEnded {
    fn from(row: &Purged) -> Self {
        let facts = row.facts.iter().map(|facts| {
            let KindPurged { kind, count, first, last } = *facts;
            PurgedFacts { kind, count: told(count.into()), first, last }
        });
        let entry = |sealed: &Sealed| {
            let Sealed { act, count, newest } = *sealed;
            SealedEntries { act, count: told(count.into()), newest }
        };
        let entries = row.sealed.as_ref().map(|sealed| sealed.iter().map(entry).collect());
        Self { at: row.at, facts: facts.collect(), others: told(row.others.into()), entries }
    }
}
