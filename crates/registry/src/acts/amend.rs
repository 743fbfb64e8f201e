//! A desk corrects where somebody lives, or what a checkpoint compares with them (信息更正): people move, and what they wrote when they
//! registered was wrong.
//!
//! It decides whose rules hold for a person, so it takes two: the person, who lets the worker help by a code of theirs, and a worker who has
//! the document before them and answers for it with their name. The desk is that of the region in which the person lives from then on, or of
//! one around it: so no region sends anybody into another's rules, or lets them out of its own. Whoever leaves for where no office of ours
//! is does so at the desk of the region that they leave. The facts stay with the person, and are judged by the rules of the new home.

use mingma_credential::status::Initials;
use mingma_domain::Region;
use thiserror::Error;

use super::look::refused;
use super::revoke::revoke_too_good;
use super::{Registry, Unable, identify};
use crate::id::{NoticeId, PersonId};
use crate::policy::{Authorized, Denied, Subject, Wish};
use crate::ports::draw;
use crate::record::PersonRecord;
use crate::row::{Amendment, Notice, PersonRow};
use crate::store::Applied;
use crate::words::{ActName, NoticeKind};

/// A worker's wish to correct what is registered of the person who let them help.
#[derive(Clone, Debug)]
pub struct Amend {
    /// Whose.
    pub person: PersonId,
    /// Where the person lives; none if that stays.
    pub home: Option<Region>,
    /// What a checkpoint may compare with the person.
    pub initials: AmendInitials,
}

/// What becomes of the initials on somebody's code.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum AmendInitials {
    /// They stay, if there are any.
    #[default]
    Keep,
    /// There are these from now on.
    Replace(Initials),
    /// There are none from now on: a checkpoint compares none.
    Remove,
}

impl AmendInitials {
    /// What there is then, where there was this before.
    fn of(self, before: Option<&Initials>) -> Option<Initials> {
        match self {
            Self::Keep => before.cloned(),
            Self::Replace(initials) => Some(initials),
            Self::Remove => None,
        }
    }
}

impl Wish for Amend {
    const ACT: ActName = ActName::Amend;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.person)
    }
}

/// Why nothing was corrected.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AmendError {
    /// The policy's condition is not met.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Nothing is to be corrected.
    #[error("this is registered already: say what is another, the home or the initials")]
    AsItIs,
    /// The person has not registered.
    #[error("the person has not registered")]
    NotRegistered,
    /// Others correct it at this moment.
    #[error("it is being corrected elsewhere at this moment: look, and correct it again")]
    Contended,
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Corrects where the person lives who let the worker help, or what a checkpoint compares with them; the document was seen, which
/// stands on the record too. The person is told, and what they hold that says it as it was is revoked before this answers.
///
/// # Errors
/// [`AmendError`].
pub async fn amend(registry: &Registry, wish: Authorized<Amend>) -> Result<(), AmendError> {
    let Amend { person, home, initials } = wish.wish().clone();
    let record = registry.store().record(person).await.map_err(Unable::from)?;
    let before = record.home().ok_or(AmendError::NotRegistered)?;
    let after = home.unwrap_or(before);
    if let Err(denied) = wish.reaches(Some(desk_of(registry, before, after))) {
        refused(registry, (person, &record), &wish, denied.word()).await?;
        return Err(denied.into());
    }
    let initials = initials.of(record.initials());
    if (after, initials.as_ref()) == (before, record.initials()) {
        // The first try may have ended between its row and this.
        revoke_too_good(registry, person).await?;
        return Err(AmendError::AsItIs);
    }
    let by = identify::worker(&wish).cloned().ok_or(Denied::NoConsent)?;
    identify::note(registry, person, &wish, wish.case().cloned()).await?;
    let at = registry.now();
    let amendment = Amendment { number: next(&record), home: after, initials, by, at };
    let id = NoticeId::new(at, draw(registry.rng()).map_err(Unable::from)?);
    let about = about(amendment.number);
    let notices = vec![Notice { person, id, kind: NoticeKind::Amended, about, created: at }];
    let change = registry.change(wish.deed(), person, vec![PersonRow::Amendment(amendment)], notices)?;
    if !matches!(registry.keep(change).await?, Applied::Done) {
        return Err(AmendError::Contended);
    }
    revoke_too_good(registry, person).await?;
    Ok(())
}

/// Around which region the desk has to be: that in which the person lives from then on, or the one that they leave for where no
/// office of ours is.
fn desk_of(registry: &Registry, before: Region, after: Region) -> Region {
    match registry.top() {
        Some(top) if !after.is_in(top) => before,
        Some(_) | None => after,
    }
}

fn next(record: &PersonRecord) -> u32 {
    record.amendments.last().map_or(1, |last| last.number.saturating_add(1))
}

/// What a notice of it is about: its number, in the last four bytes.
fn about(number: u32) -> [u8; 16] {
    u128::from(number).to_be_bytes()
}
