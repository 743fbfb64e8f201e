//! An authority looks at what a draft would do before it publishes it. Nothing is kept of a look: it is about nobody.

use mingma_domain::Region;

use super::Registry;
use super::brake::{BrakeError, legal};
use super::let_go::looked;
use super::publish::{PublishError, checked};
use crate::brake::{Draft, Preview};
use crate::policy::{Authorized, Subject, Wish};
use crate::row::RulesetEntry;
use crate::words::ActName;

/// A wish to see what a draft would do: of whoever may propose it.
#[derive(Clone, Debug)]
pub struct LookAhead(pub Draft);

impl Wish for LookAhead {
    const ACT: ActName = ActName::Propose;

    fn subject(&self) -> Subject<'_> {
        Subject::Region(self.0.region())
    }
}

/// The draft of these texts, if nothing speaks against its publication for this region.
///
/// # Errors
/// [`PublishError`].
pub fn drafted(region: Region, rules: String, examples: String) -> Result<Draft, PublishError> {
    let id = checked(region, &rules, &examples)?.id;
    Ok(Draft::Rules(RulesetEntry { region, id, rules, examples }))
}

/// What drafts would do, each compared with what is in force in one and the same moment; in their order.
///
/// # Errors
/// [`BrakeError`].
pub async fn look_ahead(
    registry: &Registry,
    wishes: Vec<Authorized<LookAhead>>,
) -> Result<Vec<Preview>, BrakeError> {
    let drafts: Vec<Draft> = wishes.iter().map(|wish| wish.wish().0.clone()).collect();
    for draft in drafts.iter().filter(|draft| matches!(draft, Draft::Risk(_))) {
        legal(draft)?;
    }
    Ok(looked(registry, &drafts).await??)
}
