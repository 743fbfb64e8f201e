//! What offices do: the health commission publishes, sets risk and appoints; the appeals office answers; the community helps.
//!
//! None of it records a fact or sets a colour: no policy permits it, and nothing here goes around it.

pub mod allow;
pub mod amend;
pub mod answer_appeal;
pub mod appoint;
pub mod assist;
pub mod examine_appeal;
pub mod open_appeals;
pub mod publish;
pub mod register;
pub mod set_risk;
pub mod withdraw;

use mingma_domain::Region;
use mingma_registry::policy::{Actor, Office};

use crate::app::App;
use crate::caller::Caller;
use crate::problem::Problem;

/// The official who signed in.
///
/// # Errors
/// 403 if somebody else signed in, or the staff list no longer has them.
pub(crate) async fn official(app: &App, caller: &Caller) -> Result<Official, Problem> {
    let actor = caller.official(app).await?;
    let Actor::Official { office, region, .. } = &actor else { return Err(Problem::broken()) };
    Ok(Official { office: *office, region: *region, actor })
}

/// An official, as the staff list has them.
#[derive(Clone, Debug)]
pub(crate) struct Official {
    /// As whom they act.
    pub(crate) actor: Actor,
    /// Of which office.
    pub(crate) office: Office,
    /// Of which region.
    pub(crate) region: Region,
}
