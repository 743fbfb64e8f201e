//! Which tables hold rows of persons, and until when a backup may be able to give such a row back.
//!
//! A row is sealed under its person's key and the key of the month in which it ends, together. So it is out of every backup at the end of
//! that month, or with the person's key, whichever comes first; and what ends by nothing but the person's wish ends in a backup
//! some months after that was made. No table is left out by accident: `every_table_that_names_a_person_is_sealed`.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use mingma_domain::fact::Kind;
use mingma_domain::time::Zone;
use mingma_registry::retention::{
    ASSISTANCE_DAYS, CHALLENGE_DAYS, CODE_DAYS, DISCLOSURE_DAYS, GRANT_DAYS, NOTICE_DAYS, REACH_DAYS,
    REQUEST_DAYS, SALT_DAYS, SIGN_IN_DAYS,
};
use rusqlite::types::Value;

use crate::scrub::month;

/// By what a row ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ends {
    /// So many days after the instant in this column, the first that is not null.
    After(&'static [&'static str], i64),
    /// So many days after the backup was made.
    AfterBackup(i64),
    /// With the retention of its fact.
    Fact,
    /// With the fact that it names.
    WithFact,
    /// With the last fact of its entry, or else so many days after it was made.
    WithEntry(i64),
}

/// A table of persons, what is read of it, and by what its rows end.
pub(super) struct Table {
    /// What its rows are called in a backup.
    pub(super) name: &'static str,
    /// Where they are read.
    pub(super) from: &'static str,
    /// The columns that are sealed; all where it says so.
    pub(super) columns: &'static str,
    pub(super) ends: Ends,
}

const fn table(name: &'static str, ends: Ends) -> Table {
    Table { name, from: name, columns: "*", ends }
}

const fn some(name: &'static str, from: &'static str, columns: &'static str, ends: Ends) -> Table {
    Table { name, from, columns, ends }
}

/// How many days a backup can give back what has no end of its own: who somebody is, where they live, what they allowed.
const LASTING_DAYS: i64 = 180;

/// The tables, facts before what ends with them.
pub(super) const TABLES: [Table; 26] = [
    table("facts", Ends::Fact),
    table("countersignatures", Ends::WithFact),
    table("retractions", Ends::WithFact),
    table("appeals", Ends::WithFact),
    table("confirmations", Ends::WithFact),
    table("appeal_answers", Ends::After(&["at"], SALT_DAYS)),
    table("documents", Ends::AfterBackup(LASTING_DAYS)),
    // The wrapped key lies among the keys.
    some("persons", "persons", "person, sealed_identity", Ends::AfterBackup(LASTING_DAYS)),
    table("registrations", Ends::AfterBackup(LASTING_DAYS)),
    table("amendments", Ends::AfterBackup(LASTING_DAYS)),
    // An end may not be lost before what it ended.
    table("grants", Ends::AfterBackup(LASTING_DAYS)),
    table("bindings", Ends::AfterBackup(LASTING_DAYS)),
    table("reaches", Ends::AfterBackup(2 * REACH_DAYS)),
    table("person_requests", Ends::After(&["received"], REQUEST_DAYS)),
    table("codes", Ends::After(&["expires"], CODE_DAYS)),
    // Not before its code, which ends at most 31 days after it was issued.
    table("revocations", Ends::After(&["at"], 35)),
    table("outbox", Ends::After(&["settled", "created"], NOTICE_DAYS)),
    table("disclosures", Ends::After(&["at"], DISCLOSURE_DAYS)),
    table("challenges", Ends::After(&["until_at"], CHALLENGE_DAYS)),
    table("tries", Ends::AfterBackup(2 * REACH_DAYS)),
    table("sign_ins", Ends::After(&["until_at"], SIGN_IN_DAYS)),
    table("assistances", Ends::After(&["until_at"], ASSISTANCE_DAYS)),
    table("wards", Ends::After(&["until_at"], GRANT_DAYS)),
    // Its last row is that by which places go on.
    table("feed", Ends::AfterBackup(LASTING_DAYS)),
    // The leaf is everybody's; whose it is, and what opens it, is not.
    some("journal", "journal", "person, entry, former", Ends::AfterBackup(LASTING_DAYS)),
    some("openings", "journal", "person, entry, sealed_opening, at", Ends::WithEntry(SALT_DAYS)),
];

/// The months in which a person's facts end, and by them those of what hangs on them.
#[derive(Default)]
pub(super) struct Months {
    facts: BTreeMap<Vec<u8>, i64>,
    entries: BTreeMap<Vec<u8>, i64>,
    last: i64,
}

impl Months {
    /// Sees a fact beforehand: one whose retention has passed is there for another's sake, and ends with the last of those.
    pub(super) fn foresee(&mut self, row: &BTreeMap<&str, &Value>, now: Timestamp) {
        self.last = self.last.max(fact_month(row).unwrap_or_default()).max(month(now));
    }

    /// The month in which a row ends, in a backup made at `now`; never one that has passed.
    pub(super) fn of(&mut self, ends: Ends, row: &BTreeMap<&str, &Value>, now: Timestamp) -> i64 {
        let blob = |name: &str| match row.get(name) {
            Some(Value::Blob(bytes)) => Some(bytes.clone()),
            _ => None,
        };
        let after = |at: Timestamp, days: i64| {
            month(at.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX))
        };
        let instant = |names: &[&str]| {
            names.iter().find_map(|name| match row.get(name) {
                Some(Value::Integer(nanos)) => Timestamp::from_nanosecond((*nanos).into()).ok(),
                _ => None,
            })
        };
        let found = match ends {
            Ends::AfterBackup(days) => Some(after(now, days)),
            Ends::After(columns, days) => instant(columns).map(|at| after(at, days)),
            Ends::Fact => {
                let ends = fact_month(row).filter(|ends| *ends >= month(now)).unwrap_or(self.last);
                if let Some(fact) = blob("fact") {
                    self.facts.insert(fact, ends);
                }
                if let Some(entry) = blob("entry") {
                    let known = self.entries.entry(entry).or_insert(ends);
                    *known = (*known).max(ends);
                }
                Some(ends)
            }
            Ends::WithFact => blob("fact").and_then(|fact| self.facts.get(&fact).copied()),
            Ends::WithEntry(days) => blob("entry")
                .and_then(|entry| self.entries.get(&entry).copied())
                .or_else(|| instant(&["at"]).map(|at| after(at, days))),
        };
        found.unwrap_or_else(|| month(now)).clamp(month(now), month(now) + LAST_MONTH)
    }
}

/// How many months ahead keys are made: the longest term of a row that can be recorded in advance is cut off here.
pub(super) const LAST_MONTH: i64 = 14;

/// The month in which a fact's retention has ended in every zone.
fn fact_month(row: &BTreeMap<&str, &Value>) -> Option<i64> {
    let text = |name: &str| match row.get(name) {
        Some(Value::Text(text)) => Some(text.as_str()),
        _ => None,
    };
    let kind: Kind = text("kind")?.parse().ok()?;
    let utc = Zone::named("UTC").ok()?;
    let last = utc.day(text("until").or_else(|| text("at"))?.parse().ok()?);
    // One day for what is kept through its last, one for zones west of Greenwich.
    let end = last.plus(kind.spec().retention_days).plus(2);
    Timestamp::from_second(utc.start_of(end)).ok().map(month)
}
