//! A look at a person's record by somebody else: what is written down of it, also where it was refused, and how the person is told.

use mingma_domain::fact::Evidence;

use super::{Registry, Unable};
use crate::id::{DisclosureId, NoticeId, PersonId};
use crate::policy::{Authorized, Denied, Purpose, Role};
use crate::ports::draw;
use crate::record::PersonRecord;
use crate::row::{Disclosure, Notice, PersonRow};
use crate::store::Change;
use crate::words::{ActName, NoticeKind};

/// Who looks, and why.
pub(super) struct Look {
    /// As what.
    pub(super) role: Role,
    /// Who, as the person reads it.
    pub(super) by: Evidence,
    /// What for.
    pub(super) purpose: Purpose,
    /// What permits it, or [refuses](Disclosure::refused) it.
    pub(super) policies: Evidence,
    /// The case that it belongs to.
    pub(super) case: Option<Evidence>,
    /// Whether the person is told, beside finding it in their record.
    pub(super) is_news: bool,
}

impl Look {
    /// The look of somebody who wishes something; none where it is the person's own affair.
    pub(super) fn of<W>(wish: &Authorized<W>) -> Option<Self> {
        Some(Self {
            role: wish.actor().role(),
            by: wish.actor().looker()?.clone(),
            purpose: wish.purpose(),
            policies: wish.policies().clone(),
            case: wish.case().cloned(),
            is_news: true,
        })
    }
}

/// The change that writes a look down.
pub(super) fn written_down(registry: &Registry, person: PersonId, look: Look) -> Result<Change, Unable> {
    let Look { role, by, purpose, policies, case, is_news } = look;
    let at = registry.now();
    let id = DisclosureId::new(at, draw(registry.rng())?);
    let mut notices = Vec::new();
    if is_news {
        notices.push(Notice {
            person,
            id: NoticeId::new(at, draw(registry.rng())?),
            kind: NoticeKind::Disclosed,
            about: *id.as_bytes(),
            created: at,
        });
    }
    let row = Disclosure { id, role, by, purpose, policies: Some(policies), case, at };
    // Who looked stands in the row.
    registry.change((ActName::Disclose, None), person, vec![PersonRow::Disclosure(row)], notices)
}

/// Writes a look down.
pub(super) async fn keep(registry: &Registry, person: PersonId, look: Look) -> Result<(), Unable> {
    registry.keep(written_down(registry, person, look)?).await?;
    Ok(())
}

/// Puts to the proof whether a person lives where the official is in office who wishes something about them. A refusal is told to the
/// person like a look.
pub(super) async fn reach<W, E: From<Denied> + From<Unable>>(
    registry: &Registry,
    (person, record): (PersonId, &PersonRecord),
    wish: &Authorized<W>,
) -> Result<(), E> {
    let Err(denied) = wish.reaches(record.home()) else {
        return Ok(());
    };
    refused(registry, (person, record), wish, denied.word()).await?;
    Err(denied.into())
}

/// Writes down that somebody was refused, and by which word why. About nobody who has not registered: then there is nobody to tell.
pub(super) async fn refused<W>(
    registry: &Registry,
    (person, record): (PersonId, &PersonRecord),
    wish: &Authorized<W>,
    why: &str,
) -> Result<(), Unable> {
    let Some(look) = Look::of(wish).filter(|_| record.registration.is_some()) else { return Ok(()) };
    let policies = Disclosure::refusal(why).ok_or(Unable::NoAnswer)?;
    keep(registry, person, Look { policies, ..look }).await
}
