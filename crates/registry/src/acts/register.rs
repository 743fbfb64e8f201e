//! A person registers, by a document.
//!
//! One document is one person for good; registering twice changes nothing. The answer is the same in both cases, and
//! so is the work behind it, because whoever asks may be a third party who wants to know whether somebody is here.

use jiff::{SignedDuration, Timestamp};
use mingma_credential::status::Initials;
use mingma_domain::Region;
use mingma_domain::document::{Document, DocumentKind};
use mingma_domain::text::Lang;
use thiserror::Error;

use super::code::later;
use super::{Registry, Unable, identify};
use crate::access::{AccessRow, Challenge, OneTimeCode, Reach, SignIn};
use crate::contact::{Contact, NoWay};
use crate::doer::Doer;
use crate::id::{ChallengeId, PersonId};
use crate::policy::{Authorized, Subject, Wish};
use crate::ports::draw;
use crate::row::{PersonRow, Registration};
use crate::store::{Applied, Newcomer};
use crate::words::{ActName, CodeUse};

/// How long a slip counts, in days: two years.
pub const SLIP_DAYS: i64 = 730;

/// A wish to register.
#[derive(Clone, Debug)]
pub struct Register {
    /// By which document.
    pub document: Document,
    /// Where the person lives.
    pub home: Region,
    /// What a checkpoint may compare with the person.
    pub initials: Option<Initials>,
    /// Where the person is reached: the way to sign in.
    pub contact: Option<Contact>,
    /// In which language the person reads.
    pub lang: Lang,
}

impl Register {
    /// The wish of somebody who is reached nowhere and reads simplified Chinese.
    #[must_use]
    pub const fn new(document: Document, home: Region) -> Self {
        Self { document, home, initials: None, contact: None, lang: Lang::ZhHans }
    }
}

impl Wish for Register {
    const ACT: ActName = ActName::Register;

    fn subject(&self) -> Subject<'_> {
        Subject::Nobody
    }
}

/// The registration was received; whether it was the first is not said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Received;

/// What somebody without a telephone takes home: the code by which they let a community worker help. It is told once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slip(pub OneTimeCode);

/// Why nothing was received.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RegisterError {
    /// By a desk number, away from a desk.
    #[error("a desk number is given at a community's desk: nobody registers by one elsewhere")]
    DeskNumber,
    /// Nothing that is told at the contact arrives.
    #[error(transparent)]
    NoWay(#[from] NoWay),
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Registers a person, by a document that somebody else gave out: whoever could take desk numbers by themselves would have
/// as many codes as they like.
///
/// # Errors
/// [`RegisterError`].
pub async fn register(registry: &Registry, wish: Authorized<Register>) -> Result<Received, RegisterError> {
    if wish.wish().document.kind() == DocumentKind::DeskNumber {
        return Err(RegisterError::DeskNumber);
    }
    registry.takes(wish.wish().contact.as_ref())?;
    let (person, is_first) = enrol(registry, &wish, None).await?;
    if !is_first {
        // Waits for the disk once more, as a first registration does: the time must not tell either. The entry
        // lets the person see that somebody tried.
        let again = registry.change(wish.deed(), person, Vec::new(), Vec::new())?;
        registry.keep(again).await?;
    }
    Ok(Received)
}

/// What became of a registration at a desk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AtDesk {
    /// The slip to print.
    pub slip: Slip,
    /// The sessions that ended with it; they are told to the server alone, never to the desk.
    pub ended: Vec<SignIn>,
}

/// Registers a person whose document a community worker has seen at the desk, and gives the slip to print. Of somebody who
/// was registered before, which is not said, the slip and the contact count for nothing until a second official has seen
/// the document within [a week](super::SIGHTING_DAYS): no worker alone gets a way to somebody by registering them once more.
///
/// # Errors
/// [`RegisterError`].
pub async fn register_at_desk(
    registry: &Registry,
    wish: Authorized<Register>,
) -> Result<AtDesk, RegisterError> {
    registry.takes(wish.wish().contact.as_ref())?;
    let code = OneTimeCode::draw(registry.rng(), CodeUse::Slip).map_err(Unable::from)?;
    let (person, is_first) = enrol(registry, &wish, Some(code.clone())).await?;
    let ended = if is_first {
        // A crash before this leaves somebody whose document nobody has seen: the slip leads to the desk again.
        identify::at_registration(registry, person, &wish).await?;
        Vec::new()
    } else {
        identify::of_somebody_registered(registry, person, &wish, code.clone()).await?
    };
    Ok(AtDesk { slip: Slip(code), ended })
}

/// The row of a slip, by its ordinal among those of its day.
pub(super) fn slip_row(
    registry: &Registry,
    (at, ordinal): (Timestamp, u32),
    code: OneTimeCode,
) -> Result<PersonRow, Unable> {
    let id = ChallengeId::new(at, draw(registry.rng())?);
    let until = later(at, SignedDuration::from_hours(24 * SLIP_DAYS));
    let what_for = CodeUse::Slip;
    let challenge = Challenge { id, what_for, ordinal, code, unproved: None, at, until };
    Ok(PersonRow::Access(AccessRow::Challenge(challenge)))
}

/// Registers whoever a document names, if nobody has; tells who that is, and whether this was the first time.
async fn enrol(
    registry: &Registry,
    wish: &Authorized<Register>,
    slip: Option<OneTimeCode>,
) -> Result<(PersonId, bool), Unable> {
    let person = claim(registry, wish.wish().document.clone()).await?.person;
    let is_first = enter(registry, person, (wish.wish(), wish.doer()), slip).await?;
    Ok((person, is_first))
}

/// Whom a document names.
pub(super) struct Claimed {
    /// Who.
    pub(super) person: PersonId,
    /// Whether it named nobody before.
    pub(super) is_new: bool,
}

/// Finds whom a document names; from now on it names somebody.
pub(super) async fn claim(registry: &Registry, document: Document) -> Result<Claimed, Unable> {
    let candidate = PersonId::new(draw(registry.rng())?);
    let known = registry.store().identify(vec![Newcomer { document, candidate }]).await?;
    let person = *known.first().ok_or(Unable::NoAnswer)?;
    Ok(Claimed { person, is_new: person == candidate })
}

/// Writes a registration down, by whoever registers, if it is the person's first; tells whether it was.
pub(super) async fn enter(
    registry: &Registry,
    person: PersonId,
    (wish, doer): (&Register, Option<Doer>),
    slip: Option<OneTimeCode>,
) -> Result<bool, Unable> {
    let Register { home, initials, contact, lang, .. } = wish.clone();
    let at = registry.now();
    // With the registration or not at all: so nobody who registers a person once more takes over where they are reached.
    let mut rows = vec![
        PersonRow::Registration(Registration { home, initials, at }),
        PersonRow::Access(AccessRow::Reach(Reach { number: 0, contact, lang, at })),
    ];
    rows.extend(slip.map(|code| slip_row(registry, (at, 0), code)).transpose()?);
    let change = registry.change((ActName::Register, doer), person, rows, Vec::new())?;
    Ok(!matches!(registry.keep(change).await?, Applied::Exists(_)))
}
