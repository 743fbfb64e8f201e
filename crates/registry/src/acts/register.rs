//! A person registers, by a document.
//!
//! One document is one person for good; registering twice changes nothing. The answer is the same in both cases, and
//! so is the work behind it, because whoever asks may be a third party who wants to know whether somebody is here.

use mingma_credential::status::Initials;
use mingma_domain::Region;
use mingma_domain::document::Document;
use thiserror::Error;

use super::{Registry, Unable};
use crate::id::PersonId;
use crate::policy::{Authorized, Subject, Wish};
use crate::ports::draw;
use crate::row::{PersonRow, Registration};
use crate::store::{Applied, Newcomer};
use crate::words::ActName;

/// A wish to register.
#[derive(Clone, Debug)]
pub struct Register {
    /// By which document.
    pub document: Document,
    /// Where the person lives.
    pub home: Region,
    /// What a checkpoint may compare with the person.
    pub initials: Option<Initials>,
}

impl Wish for Register {
    const ACT: ActName = ActName::Register;

    fn subject(&self) -> Subject<'_> {
        Subject::Nobody
    }
}

/// The registration was received; whether it was the first is not said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Received;

/// Why nothing was received.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RegisterError {
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Registers a person.
///
/// # Errors
/// [`RegisterError`].
pub async fn register(registry: &Registry, wish: Authorized<Register>) -> Result<Received, RegisterError> {
    let Register { document, home, initials } = wish.wish().clone();
    let candidate = PersonId::new(draw(registry.rng()).map_err(Unable::from)?);
    let newcomers = vec![Newcomer { document, candidate }];
    let known = registry.store().identify(newcomers).await.map_err(Unable::from)?;
    let person = *known.first().ok_or(Unable::NoAnswer)?;
    let row = PersonRow::Registration(Registration { home, initials, at: registry.now() });
    let change = registry.change(ActName::Register, person, vec![row], Vec::new())?;
    match registry.keep(change).await? {
        Applied::Done | Applied::Published(_) => {}
        // Waits for the disk once more, as a first registration does: the time must not tell either. The entry
        // lets the person see that somebody tried.
        Applied::Exists(_) => {
            let again = registry.change(ActName::Register, person, Vec::new(), Vec::new())?;
            registry.keep(again).await?;
        }
    }
    Ok(Received)
}
