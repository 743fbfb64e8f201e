//! What is told to a person.

use jiff::Timestamp;

use crate::id::{NoticeId, PersonId};
use crate::words::NoticeKind;

/// Something to tell a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Notice {
    /// Whom.
    pub person: PersonId,
    /// Its id, by which a channel shows it once.
    pub id: NoticeId,
    /// What it is about.
    pub kind: NoticeKind,
    /// The id of what it is about: a fact, an appeal, a look, a code, an entry, or somebody for whom the person acts.
    pub about: [u8; 16],
    /// When it arose.
    pub created: Timestamp,
}

/// What became of a notice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoticeState {
    /// It waits until `due`, after so many attempts.
    Waiting {
        /// How often it was tried.
        attempts: u16,
        /// When it is to be tried next.
        due: Timestamp,
    },
    /// The channel has it.
    Delivered {
        /// Since when.
        at: Timestamp,
    },
    /// No channel will ever take it; the person still finds it on the page.
    Undeliverable {
        /// Since when.
        at: Timestamp,
    },
    /// The person is reached nowhere, and whoever acts for them has a notice of their own.
    PassedOn {
        /// Since when.
        at: Timestamp,
    },
    /// There is nobody to whom it could go: the person finds it on the page.
    OnPage {
        /// Since when.
        at: Timestamp,
    },
}
