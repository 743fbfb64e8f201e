//! Typed ids: a person's cannot stand where a fact's is wanted, and none of them says anything about anybody.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use thiserror::Error;
use uuid::{Builder, Uuid};

macro_rules! id {
    ($(#[$meta:meta])* $name:ident, $what:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(Uuid);

        impl $name {
            /// The id of these bytes, as a store keeps it.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The sixteen bytes that a store keeps.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            /// Reads the form that is printed: 36 characters, small letters.
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                match Uuid::try_parse(text) {
                    Ok(id) if id.to_string() == text => Ok(Self(id)),
                    Ok(_) | Err(_) => Err(NotAnId { what: $what }),
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

/// Makes an id of version 7: ordered by time, so that what is written together lies together.
macro_rules! timed {
    ($name:ident) => {
        impl $name {
            /// The id of this millisecond and this chance.
            #[must_use]
            pub fn new(at: Timestamp, chance: [u8; 10]) -> Self {
                // INVARIANT: the program's instants lie after 1970; an earlier one is written as 0.
                let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
                Self(Builder::from_unix_timestamp_millis(millis, &chance).into_uuid())
            }
        }
    };
}

id! {
    /// A person, by chance alone: neither the document nor the time of registration can be read off it.
    PersonId, "a person's id"
}
id! {
    /// A recorded fact.
    FactId, "a fact's id"
}
id! {
    /// A row of the journal.
    EntryId, "a journal entry's id"
}
id! {
    /// An appeal.
    AppealId, "an appeal's id"
}
id! {
    /// A code that was issued.
    CodeId, "a code's id"
}
id! {
    /// A notice in the outbox.
    NoticeId, "a notice's id"
}
id! {
    /// What an app or another person was allowed.
    GrantId, "a grant's id"
}
id! {
    /// A look at a person's status by somebody else.
    DisclosureId, "a disclosure's id"
}
id! {
    /// A code that was sent.
    ChallengeId, "a challenge's id"
}
id! {
    /// A session of a person.
    SignInId, "a sign-in's id"
}
id! {
    /// The consent to be helped at a desk.
    AssistanceId, "an assistance's id"
}

impl FactId {
    /// The millisecond in which the fact was recorded.
    #[must_use]
    pub fn recorded(&self) -> Timestamp {
        let millis = self.as_bytes().iter().take(6).fold(0, |millis, byte| millis << 8 | i64::from(*byte));
        // INVARIANT: 48 bits of milliseconds end in the year 10889; an id that was read may say so, and is then of the calendar's end.
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
    }
}

timed!(AssistanceId);
timed!(ChallengeId);
timed!(SignInId);
timed!(DisclosureId);
timed!(FactId);
timed!(EntryId);
timed!(AppealId);
timed!(CodeId);
timed!(NoticeId);
timed!(GrantId);

impl PersonId {
    /// The id of this chance (version 4).
    #[must_use]
    pub fn new(chance: [u8; 16]) -> Self {
        Self(Builder::from_random_bytes(chance).into_uuid())
    }
}

/// The number of a public act, from 1 without gaps; a ruleset is called by the number of its publication.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct RulesetNumber(pub u64);

impl fmt::Display for RulesetNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A text that is no id. The text is not repeated: a document's number may stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not {what}: write its 36 characters as they were given")]
pub struct NotAnId {
    /// What was to be read, with its article.
    pub what: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_prints_and_reads_back_and_nothing_else_does() {
        let person = PersonId::new([0xA5; 16]);
        assert_eq!(person.to_string().parse(), Ok(person));
        for text in ["", "11010519491231002X", &person.to_string().to_uppercase(), &format!("{{{person}}}")] {
            assert!(text.parse::<PersonId>().is_err(), "{text}");
        }
        assert!(!"11010519491231002X".parse::<PersonId>().unwrap_err().to_string().contains("1101"));
    }

    #[test]
    fn ids_of_events_are_ordered_by_time_and_ids_of_persons_tell_none() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!(FactId::new(at(1_655_092_800), [0xFF; 10]) < FactId::new(at(1_655_092_801), [0; 10]));
        assert_eq!(PersonId::new([0; 16]).as_bytes()[6] >> 4, 4);
        assert_eq!(FactId::new(at(0), [0; 10]).as_bytes()[6] >> 4, 7);
    }
}
