//! A second office lets through what was above an issuer's limit. The issuer then sends the same again.

use mingma_domain::Region;
use thiserror::Error;

use super::{Registry, Unable};
use crate::brake::Hand;
use crate::policy::{Authorized, Subject, Wish};
use crate::row::{Allowance, PublicRow, RowKind};
use crate::store::Applied;
use crate::words::ActName;

/// A wish to let a batch through.
#[derive(Clone, Copy, Debug)]
pub struct Allow {
    /// The region over which the office acts.
    pub region: Region,
    /// The number of the alarm that holds the batch.
    pub alarm: u64,
}

impl Wish for Allow {
    const ACT: ActName = ActName::Allow;

    fn subject(&self) -> Subject<'_> {
        Subject::Region(self.region)
    }
}

/// Why a batch is not let through.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AllowError {
    /// Nothing of that number is held here.
    #[error("act {alarm} holds nothing in `{region}`")]
    NothingHeld {
        /// The number.
        alarm: u64,
        /// The region.
        region: Region,
    },
    /// The office is of the region where the issuer works or was let in, or below.
    #[error(
        "an office of `{least}`, or of a region around it, lets it through: none that let the institution in or is beside it"
    )]
    NotAbove {
        /// The least region whose office may.
        least: Region,
    },
    /// Only an official's hand counts.
    #[error("only an office lets through what is above a limit")]
    NoOffice,
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Lets a batch through, and gives the act's number. Doing it again changes nothing.
///
/// # Errors
/// [`AllowError`].
pub async fn allow(registry: &Registry, wish: Authorized<Allow>) -> Result<u64, AllowError> {
    let Allow { region, alarm } = *wish.wish();
    let by = Hand::of(wish.actor(), registry.now()).ok_or(AllowError::NoOffice)?;
    let book = registry.book().await.map_err(Unable::from)?;
    let issuer = book.held_in(alarm, region).ok_or(AllowError::NothingHeld { alarm, region })?;
    book.may_let_through(by.region, issuer, registry.top())
        .map_err(|least| AllowError::NotAbove { least })?;
    let row = PublicRow::Allowance(Allowance { alarm, by });
    match registry.make_public(ActName::Allow, row).await? {
        Applied::Published(number) => Ok(number),
        Applied::Exists(RowKind::Allowance) => {
            let book = registry.book().await.map_err(Unable::from)?;
            Ok(book.allowance_of(alarm).ok_or(Unable::NoAnswer)?)
        }
        Applied::Exists(_) | Applied::Done => Err(Unable::NoAnswer.into()),
    }
}
