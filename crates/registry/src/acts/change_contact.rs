//! A person changes where they are reached; where they were reached before is told.

use mingma_domain::text::Lang;
use thiserror::Error;

use super::code::since;
use super::register::slip_row;
use super::{Registry, Unable};
use crate::access::{AccessRecord, AccessRow, OneTimeCode, Reach};
use crate::contact::{Contact, NoWay, Ways};
use crate::doer::Doer;
use crate::id::{NoticeId, PersonId};
use crate::policy::{Authorized, Subject, Wish};
use crate::ports::draw;
use crate::row::{Notice, PersonRow};
use crate::store::Applied;
use crate::words::{ActName, CodeUse, NoticeKind};

/// How often a change that met another one takes the next number.
const TURNS: u32 = 4;

/// A wish to be reached elsewhere.
#[derive(Clone, Debug)]
pub struct ChangeContact {
    /// Who.
    pub person: PersonId,
    /// Where; none to be reached nowhere, which leaves no way to sign in again.
    pub contact: Option<Contact>,
    /// In which language.
    pub lang: Lang,
}

impl Wish for ChangeContact {
    const ACT: ActName = ActName::ChangeContact;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.person)
    }
}

/// Why nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChangeContactError {
    /// Nothing that is told there arrives.
    #[error(transparent)]
    NoWay(#[from] NoWay),
    /// Others change it at this moment.
    #[error("the contact is being changed elsewhere at this moment: look, and change it again")]
    Contended,
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

impl Registry {
    /// The same registry where people are reached by these ways alone; without, by every way.
    #[must_use]
    pub fn with_ways(self, ways: Ways) -> Self {
        Self { ways, ..self }
    }

    /// Whether a contact is taken: no code and no notice would ever arrive at any other.
    ///
    /// # Errors
    /// [`NoWay`].
    pub fn takes(&self, contact: Option<&Contact>) -> Result<(), NoWay> {
        contact.map_or(Ok(()), |contact| self.ways.take(contact))
    }
}

/// Changes where a person is reached.
///
/// # Errors
/// [`ChangeContactError`].
pub async fn change_contact(
    registry: &Registry,
    wish: Authorized<ChangeContact>,
) -> Result<(), ChangeContactError> {
    let ChangeContact { person, contact, lang } = wish.wish();
    registry.takes(contact.as_ref())?;
    reach_anew(registry, (*person, wish.doer()), (contact.clone(), *lang), None).await
}

/// Has a person reached elsewhere from now on, and gives them a slip if there is one.
pub(super) async fn reach_anew(
    registry: &Registry,
    (person, doer): (PersonId, Option<Doer>),
    (contact, lang): (Option<Contact>, Lang),
    slip: Option<OneTimeCode>,
) -> Result<(), ChangeContactError> {
    for _ in 0..TURNS {
        let at = registry.now();
        let access = registry.store().access(person, since(at)).await.map_err(Unable::from)?;
        let number = access.reaches.last().map_or(0, |reach| reach.number + 1);
        let reach = Reach { number, contact: contact.clone(), lang, at };
        let mut notices = Vec::new();
        if access.contact().is_some() && access.contact() != contact.as_ref() {
            let id = NoticeId::new(at, draw(registry.rng()).map_err(Unable::from)?);
            let about = about(number - 1);
            notices.push(Notice { person, id, kind: NoticeKind::ContactChanged, about, created: at });
        }
        let mut rows = vec![PersonRow::Access(AccessRow::Reach(reach))];
        let place = (at, access.next_ordinal(CodeUse::Slip, at));
        rows.extend(slip.clone().map(|code| slip_row(registry, place, code)).transpose()?);
        let deed = (ActName::ChangeContact, doer.clone());
        let change = registry.change(deed, person, rows, notices)?;
        if matches!(registry.keep(change).await?, Applied::Done) {
            return Ok(());
        }
    }
    Err(ChangeContactError::Contended)
}

/// What a notice of a change is about: the number of the former reach, in the last four bytes.
fn about(number: u32) -> [u8; 16] {
    let mut about = [0; 16];
    about.iter_mut().rev().zip(number.to_le_bytes()).for_each(|(to, from)| *to = from);
    about
}

/// Where a notice goes: to where the person is reached, that of a change to where they were before.
pub(super) fn receiver<'a>(access: &'a AccessRecord, notice: &Notice) -> Option<&'a Contact> {
    if notice.kind != NoticeKind::ContactChanged {
        return access.contact();
    }
    let former = access.reaches.iter().find(|reach| about(reach.number) == notice.about)?;
    former.contact.as_ref()
}
