//! The brake itself: what a draft would do, looked at before every publication, and what follows from it.
//!
//! What would make more than the share of a region worse, alone or together with what was published alone before, waits. What
//! makes fewer worse, or nobody, is let go, with its numbers and whose hand it is in public beside it.
//!
//! The order of writes: the numbers are durable before the draft is published. If the process dies in between, they count
//! along though nothing came of them, which is the safe side.

use thiserror::Error;

use super::bring::UnderWay;
use super::{Registry, Unable};
use crate::brake::{Blind, Draft, Hand, LetGo, Preview, in_words};
use crate::policy::Actor;
use crate::row::PublicRow;
use crate::store::Applied;
use crate::words::ActName;

/// Why the brake does not let go.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Held {
    /// A second office has to agree.
    #[error("{}: more than {} of a region waits for a second office; propose it", .preview.exceeds().map(in_words).unwrap_or_default(), .preview.share)]
    SecondOffice {
        /// What it would do.
        preview: Box<Preview>,
    },
    /// Something else is being published: what it does is to count along.
    #[error(transparent)]
    UnderWay(#[from] UnderWay),
    /// Nobody can say what it would do.
    #[error(transparent)]
    Blind(#[from] Blind),
}

/// Publishes a draft if no region would be hit above the share. Without a foresight there is no brake.
pub(super) async fn let_go<E: From<Held> + From<Unable>>(
    registry: &Registry,
    actor: &Actor,
    (act, draft): (ActName, Draft),
) -> Result<Applied, E> {
    if registry.foresight().is_none() {
        return Ok(registry.make_public(act, draft.into()).await?);
    }
    let _alone = registry.publishing().map_err(Held::UnderWay)?;
    let preview = foreseen(registry, &draft).await?.map_err(Held::Blind)?;
    let by = Hand::of(actor, registry.now()).filter(|_| preview.exceeds().is_none());
    let Some(by) = by else {
        return Err(Held::SecondOffice { preview: Box::new(preview) }.into());
    };
    let row = PublicRow::LetGo(LetGo { draft: draft.hash(), preview, by });
    registry.make_public(act, row).await?;
    Ok(registry.make_public(act, draft.into()).await?)
}

/// What a draft would do, and what was published alone before it. Of a registry without a foresight nothing.
pub(super) async fn foreseen(registry: &Registry, draft: &Draft) -> Result<Result<Preview, Blind>, Unable> {
    let Some((foresight, share)) = registry.foresight() else { return Ok(Err(Blind::none())) };
    match foresight.foresee(draft).await {
        Err(blind) => Ok(Err(blind)),
        Ok(preview) => Ok(Ok(preview.after(&*registry.book().await?, registry.now(), share))),
    }
}
