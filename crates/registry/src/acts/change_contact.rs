//! A person changes where they are reached: it counts when they have given back the code that was sent there.
//!
//! So neither a slip of a finger nor a number that is somebody else's takes a person's codes and messages to a stranger. Until the code is
//! [given back](super::confirm_contact()), and if it never is, everything goes where it went; then where they were reached before is told. At a
//! desk it counts at once ([`identify`](super::identify())), for there an official has seen the document. Nobody is asked whose a contact is
//! besides: one may be several persons'.

use jiff::Timestamp;
use mingma_domain::text::Lang;
use thiserror::Error;

use super::code::{CODES_A_DAY, Drawn, is_fresh, since};
use super::register::slip_row;
use super::{Registry, Unable};
use crate::access::{AccessRecord, AccessRow, Challenge, OneTimeCode, Reach, Unproved};
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

/// What became of the wish.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ContactChange {
    /// It counts: there is nothing to prove of where the person was reached before, nor of nowhere.
    Counts,
    /// It counts when the code comes back that was sent there.
    Unproved,
}

/// Why nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChangeContactError {
    /// Nothing that is told there arrives.
    #[error(transparent)]
    NoWay(#[from] NoWay),
    /// The day has had its codes.
    #[error("{CODES_A_DAY} codes were sent today to contacts that were to be proved: wait for the next day")]
    EnoughToday {
        /// In how many seconds it begins.
        wait_seconds: u64,
    },
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

/// Sends a code to where a person wants to be reached; another language, and nowhere, count at once.
///
/// # Errors
/// [`ChangeContactError`].
pub async fn change_contact(
    registry: &Registry,
    wish: Authorized<ChangeContact>,
) -> Result<ContactChange, ChangeContactError> {
    let ChangeContact { person, contact, lang } = wish.wish();
    registry.takes(contact.as_ref())?;
    for _ in 0..TURNS {
        let now = registry.now();
        let access = registry.store().access(*person, since(now)).await.map_err(Unable::from)?;
        let elsewhere = contact.as_ref().filter(|contact| access.contact() != Some(*contact));
        let (is_kept, change) = if let Some(contact) = elsewhere {
            let unproved = Unproved { contact: contact.clone(), lang: *lang };
            (ask_there(registry, *person, &access, unproved).await?, ContactChange::Unproved)
        } else {
            let to = (contact.clone(), *lang);
            (reach(registry, (*person, wish.doer()), &access, to, None).await?, ContactChange::Counts)
        };
        if is_kept {
            return Ok(change);
        }
    }
    Err(ChangeContactError::Contended)
}

/// Sends a code to where the person wants to be reached, unless one is on its way there; tells whether none was sent elsewhere meanwhile.
async fn ask_there(
    registry: &Registry,
    person: PersonId,
    access: &AccessRecord,
    unproved: Unproved,
) -> Result<bool, ChangeContactError> {
    let drawn = Drawn::new(registry, CodeUse::Contact)?;
    let now = drawn.at();
    // Whoever wrote a wrong number sets it right at once: only the same one waits.
    let open = access.open(CodeUse::Contact, now);
    if open.is_some_and(|code| code.unproved.as_ref() == Some(&unproved) && is_fresh(code, now)) {
        return Ok(true);
    }
    let ordinal = access.next_ordinal(CodeUse::Contact, now);
    if ordinal >= CODES_A_DAY {
        return Err(ChangeContactError::EnoughToday { wait_seconds: left_of_day(now) });
    }
    let sent = drawn.sent(person, (CodeUse::Contact, NoticeKind::ContactCode), ordinal, Some(unproved));
    Ok(matches!(registry.keep(sent).await?, Applied::Done))
}

/// In how many seconds the next day of UTC begins, on which codes are numbered anew.
fn left_of_day(now: Timestamp) -> u64 {
    let next = (Challenge::day(now) + 1) * 86_400;
    u64::try_from(next - now.as_second()).unwrap_or(0)
}

/// Has a person reached elsewhere from now on, and gives them a slip if there is one; tells whether others did not change it all the while.
pub(super) async fn reach_anew(
    registry: &Registry,
    (person, doer): (PersonId, Option<Doer>),
    to: (Option<Contact>, Lang),
    slip: Option<OneTimeCode>,
) -> Result<bool, Unable> {
    for _ in 0..TURNS {
        let access = registry.store().access(person, since(registry.now())).await?;
        let by = (person, doer.clone());
        if reach(registry, by, &access, to.clone(), slip.clone()).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Has a person reached elsewhere after all that this record has, by whoever does it; tells whether it is kept, or somebody else was faster.
pub(super) async fn reach(
    registry: &Registry,
    (person, doer): (PersonId, Option<Doer>),
    access: &AccessRecord,
    (contact, lang): (Option<Contact>, Lang),
    slip: Option<OneTimeCode>,
) -> Result<bool, Unable> {
    let at = registry.now();
    let number = access.reaches.last().map_or(0, |reach| reach.number + 1);
    let mut notices = Vec::new();
    if access.contact().is_some() && access.contact() != contact.as_ref() {
        let id = NoticeId::new(at, draw(registry.rng())?);
        let about = about(number - 1);
        notices.push(Notice { person, id, kind: NoticeKind::ContactChanged, about, created: at });
    }
    let mut rows = vec![PersonRow::Access(AccessRow::Reach(Reach { number, contact, lang, at }))];
    let place = (at, access.next_ordinal(CodeUse::Slip, at));
    rows.extend(slip.map(|code| slip_row(registry, place, code)).transpose()?);
    let change = registry.change((ActName::ChangeContact, doer), person, rows, notices)?;
    Ok(matches!(registry.keep(change).await?, Applied::Done))
}

/// What a notice of a change is about: the number of the former reach, in the last four bytes.
fn about(number: u32) -> [u8; 16] {
    let mut about = [0; 16];
    about.iter_mut().rev().zip(number.to_le_bytes()).for_each(|(to, from)| *to = from);
    about
}

/// Where a notice goes, and in which language: to where the person is reached, that of a change to where they were before, and a code that is
/// to prove a contact there.
pub(super) fn receiver<'a>(
    access: &'a AccessRecord,
    notice: &Notice,
    code: Option<&'a Challenge>,
) -> Option<(&'a Contact, Lang)> {
    if let Some(Unproved { contact, lang }) = code.and_then(|code| code.unproved.as_ref()) {
        return Some((contact, *lang));
    }
    let contact = if notice.kind == NoticeKind::ContactChanged {
        let former = access.reaches.iter().find(|reach| about(reach.number) == notice.about)?;
        former.contact.as_ref()?
    } else {
        access.contact()?
    };
    Some((contact, access.lang()))
}
