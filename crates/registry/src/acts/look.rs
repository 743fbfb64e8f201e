//! A look at a person's record by somebody else: what is written down of it, and how the person is told.

use mingma_domain::fact::Evidence;

use super::{Registry, Unable};
use crate::id::{DisclosureId, NoticeId, PersonId};
use crate::policy::{Purpose, Role};
use crate::ports::draw;
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
    /// What permits it.
    pub(super) policies: Evidence,
    /// The case that it belongs to.
    pub(super) case: Option<Evidence>,
    /// Whether the person is told, beside finding it in their record.
    pub(super) is_news: bool,
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
    registry.change(ActName::Disclose, person, vec![PersonRow::Disclosure(row)], notices)
}
