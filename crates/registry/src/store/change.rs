//! What is to be kept, and what became of it.

use jiff::Timestamp;
use mingma_domain::fact::Issuer;

use crate::access::AccessRow;
use crate::id::PersonId;
use crate::intake::Intake;
use crate::journal::{Drafted, Entry};
use crate::row::{Counted, Moved, Notice, PersonRow, PublicRow, RowKind};
use crate::signed::Signature;
use crate::staff::StaffRow;

/// What is to be kept as one: all of it, or nothing.
///
/// A change lies in one shard: it is about one person, or about nobody. It only ever adds rows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// Rows of one person, with what the person is told of it and the journal's entry.
    Person {
        /// Whose.
        person: PersonId,
        /// Rows to add, possibly none (then the entry alone is added).
        rows: Vec<PersonRow>,
        /// Notices to put into the outbox.
        notices: Vec<Notice>,
        /// The entry of the journal, which the store puts behind the person's former one.
        entry: Drafted,
    },
    /// A public act.
    Public {
        /// The row to add.
        row: PublicRow,
        /// The entry of the journal.
        entry: Entry,
    },
    /// What lets a person in. It changes no colour, so the journal has no entry of it.
    Access {
        /// Whose.
        person: PersonId,
        /// Rows to add.
        rows: Vec<AccessRow>,
        /// Notices to put into the outbox.
        notices: Vec<Notice>,
    },
    /// The staff list changes.
    Staff {
        /// The row to add.
        row: StaffRow,
        /// The entry of the journal, among those of public acts.
        entry: Entry,
    },
    /// A person is told that their status is another.
    Told(Told),
    /// Something is used up.
    Spend(Spent),
    /// An issuer's submission was taken in. Nothing changes by that alone, so the journal has no entry of it.
    Submission {
        /// The issuer.
        issuer: Issuer,
        /// The request, and what was refused of it.
        intake: Intake,
        /// Its rows, counted, each sort once: what limits, alarms and the public counts are read off.
        counted: Vec<(Counted, u16)>,
    },
}

impl Change {
    /// The same change of a person's, which an issuer has signed.
    pub(crate) fn signed(mut self, signature: Signature) -> Self {
        if let Self::Person { entry, .. } = &mut self {
            entry.sign(signature);
        }
        self
    }
}

/// A notice that somebody's status is another, with its entry. If it is new it counts on its day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// The notice, and whose it is.
    pub notice: Notice,
    /// The entry of the journal, which the store puts behind the person's former one.
    pub entry: Drafted,
    /// What is counted.
    pub moved: Moved,
    /// On which day, counted from 1970, in the [zone](crate::Registry::with_zone) of the numbers that everybody reads.
    pub day: i64,
}

/// Something that can be used no more, under a name that nobody else's has: a session that was ended, a challenge or a
/// code of a second factor that was answered. Kept until it would have ended by itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Spent {
    /// The name.
    pub name: [u8; 16],
    /// When it would have ended by itself.
    pub until: Timestamp,
}

/// What became of a change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Applied {
    /// It is kept.
    Done,
    /// It is kept, as the public act with this number.
    Published(u64),
    /// A row of this kind and key was there before; nothing of the change was written.
    Exists(RowKind),
}
