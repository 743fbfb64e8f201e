//! An authority sets the risk of a region for a time: an act about a place, for everybody to read.

use mingma_domain::risk::RegionRisk;
use thiserror::Error;

use super::let_go::{Held, let_go};
use super::{Registry, Unable};
use crate::brake::Draft;
use crate::policy::{Authorized, Subject, Wish};
use crate::store::Applied;
use crate::words::ActName;

/// A wish to set a risk.
#[derive(Clone, Copy, Debug)]
pub struct SetRisk(pub RegionRisk);

impl Wish for SetRisk {
    const ACT: ActName = ActName::SetRisk;

    fn subject(&self) -> Subject<'_> {
        Subject::Region(self.0.region)
    }
}

/// Why a risk is not set.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SetRiskError {
    /// It would end before it begins.
    #[error("`until` lies before `from`")]
    Backwards,
    /// The brake holds it.
    #[error(transparent)]
    Held(#[from] Held),
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Sets the risk of a region, and gives the act's number. A later act supersedes an earlier one.
///
/// # Errors
/// [`SetRiskError`].
pub async fn set_risk(registry: &Registry, wish: Authorized<SetRisk>) -> Result<u64, SetRiskError> {
    let SetRisk(risk) = *wish.wish();
    if risk.until.is_some_and(|until| until < risk.from) {
        return Err(SetRiskError::Backwards);
    }
    let draft = (ActName::SetRisk, Draft::Risk(risk));
    match let_go::<SetRiskError>(registry, wish.actor(), draft).await? {
        Applied::Published(number) => Ok(number),
        Applied::Done | Applied::Exists(_) => Err(Unable::NoAnswer.into()),
    }
}
