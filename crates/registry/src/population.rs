//! What counts of each person as of an instant: what a census of the whole population is made of.
//!
//! It is less than a record: where the person lives and the facts that count, nothing about codes, apps, appeals or who
//! looked, and no identity.

use jiff::Timestamp;
use mingma_domain::{Fact, Region};

use crate::id::PersonId;
use crate::record::PersonRecord;

/// What counts of one person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resident {
    /// Who.
    pub person: PersonId,
    /// Where the person lives; none of somebody about whom facts came before the registration.
    pub home: Option<Region>,
    /// The facts that count, if no entry waits for its witnesses.
    pub facts: Vec<Fact>,
    /// The record that this was made of, if entries of it [may wait](crate::witnessed).
    pub beyond: Option<Box<PersonRecord>>,
}

impl Resident {
    /// What of a record counted at an instant: what was written later is not seen, a fact that was taken back or that
    /// waited for a second organisation does not count.
    #[must_use]
    pub fn of(person: PersonId, mut record: PersonRecord, at: Timestamp) -> Self {
        record.facts.retain(|fact| fact.recorded <= at);
        let home = record.home_as_of(at);
        Self { person, home, facts: record.counting(at), beyond: None }
    }
}

#[cfg(test)]
mod tests {
    use mingma_domain::fact::RetractionReason;

    use super::*;
    use crate::id::FactId;
    use crate::row::{Countersignature, RecordedFact, RecordedRetraction, Registration};

    #[test]
    fn what_counts_is_what_was_there_countersigned_and_not_taken_back() {
        let at = |second: i64| Timestamp::from_second(1_655_092_800 + second).unwrap();
        let id = |n: u8| FactId::new(at(0), [n; 10]);
        let raw = |kind, value, issuer, evidence| mingma_domain::fact::RawFact {
            kind,
            value,
            at: "2022-06-12",
            issuer,
            evidence,
            ..Default::default()
        };
        let fact = |n, raw: mingma_domain::fact::RawFact<'_>, second| RecordedFact {
            id: id(n),
            fact: Fact::parse(&raw).unwrap(),
            recorded: at(second),
        };
        let record = PersonRecord {
            registration: Some(Registration { home: "410105".parse().unwrap(), initials: None, at: at(20) }),
            facts: vec![
                fact(1, raw("symptom", "fever", "self", ""), 10),
                fact(2, raw("contact", "close", "cdc:410100", "I-1"), 10),
            ],
            countersignatures: vec![Countersignature {
                fact: id(2),
                issuer: "cdc:1".parse().unwrap(),
                at: at(30),
            }],
            retractions: vec![RecordedRetraction {
                fact: id(1),
                issuer: "self".parse().unwrap(),
                reason: RetractionReason::WrongPerson,
                at: at(40),
            }],
            ..PersonRecord::default()
        };
        let person = PersonId::new([7; 16]);
        let seen = |second| {
            let seen = Resident::of(person, record.clone(), at(second));
            (seen.home.is_some(), seen.facts.iter().map(|f| f.kind().word()).collect::<Vec<_>>())
        };
        assert_eq!(seen(9), (false, vec![]));
        assert_eq!(seen(10), (false, vec!["symptom"]));
        assert_eq!(seen(20), (true, vec!["symptom"]));
        assert_eq!(seen(30), (true, vec!["symptom", "contact"]));
        assert_eq!(seen(40), (true, vec!["contact"]));
    }
}
