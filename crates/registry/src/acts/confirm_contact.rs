//! A person proves where they want to be reached, by the code that was sent there: from now on it counts.

use thiserror::Error;

use super::change_contact::reach;
use super::code::try_code;
use super::{Registry, Unable};
use crate::access::OneTimeCode;
use crate::id::PersonId;
use crate::policy::{Authorized, Subject, Wish};
use crate::words::{ActName, CodeUse};

/// A wish to be reached where this code was sent.
#[derive(Clone, Debug)]
pub struct ConfirmContact {
    /// Who.
    pub person: PersonId,
    /// The code.
    pub code: OneTimeCode,
}

impl Wish for ConfirmContact {
    const ACT: ActName = ActName::ChangeContact;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.person)
    }
}

/// Why nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfirmContactError {
    /// No such code was sent, or it counts no more.
    #[error("the code is another than was sent, or is over: give the contact again for a new one")]
    Refused,
    /// It was changed elsewhere since the code was sent: at a desk, by two officials.
    #[error("the contact was changed elsewhere at this moment: look, and change it again")]
    Contended,
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Has a person reached where the code was sent that they give back; where they were reached before is told.
///
/// # Errors
/// [`ConfirmContactError`].
pub async fn confirm_contact(
    registry: &Registry,
    wish: Authorized<ConfirmContact>,
) -> Result<(), ConfirmContactError> {
    let ConfirmContact { person, code } = wish.wish();
    let right = try_code(registry, *person, CodeUse::Contact, code).await?;
    let (access, challenge) = right.ok_or(ConfirmContactError::Refused)?;
    let unproved = challenge.unproved.ok_or(ConfirmContactError::Refused)?;
    // After the record by which the code counted, or not at all: what a desk has changed since is not taken back by a code from before.
    let to = (Some(unproved.contact), unproved.lang);
    if reach(registry, (*person, wish.doer()), &access, to, None).await? {
        Ok(())
    } else {
        Err(ConfirmContactError::Contended)
    }
}
