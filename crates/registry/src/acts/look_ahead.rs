//! An authority looks at what a draft would do before it publishes it. Nothing is kept of a look: it is about nobody.

use mingma_domain::Region;

use super::brake::{BrakeError, legal};
use super::publish::{PublishError, checked};
use super::{Registry, Unable};
use crate::brake::{Blind, Draft};
use crate::policy::{Authorized, Subject, Wish};
use crate::row::RulesetEntry;
use crate::sight::Sight;
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

/// What the draft would do.
///
/// # Errors
/// [`BrakeError`].
pub async fn look_ahead(registry: &Registry, wish: Authorized<LookAhead>) -> Result<Sight, BrakeError> {
    let LookAhead(draft) = wish.wish();
    if matches!(draft, Draft::Risk(_)) {
        legal(draft)?;
    }
    let (foresight, share) = registry.foresight().ok_or_else(Blind::none)?;
    let mut sight = foresight.look(draft).await?;
    let book = registry.book().await.map_err(Unable::from)?;
    sight.preview = sight.preview.after(&book, registry.now(), share);
    Ok(sight)
}
