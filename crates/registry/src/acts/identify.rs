//! A document is seen at a desk: that whoever has the way in is the one whom it names.
//!
//! Anybody can register a number, so a registration proves nothing. Until a desk has seen the document, what was recorded
//! before the registration is told to nobody. Two sightings by two officials give somebody who was registered by a
//! stranger the way in: the former one ends with all that was let by it, and is told. Nobody learns from the answer who
//! is registered. Each sighting is an entry that the person sees, with who saw.

use jiff::{SignedDuration, Timestamp};
use mingma_domain::fact::Evidence;
use thiserror::Error;

use super::change_contact::reach_anew;
use super::end::end_all;
use super::look::{self, Look, reach};
use super::revoke::revoke_all;
use super::sign_in::sessions_of;
use super::{Registry, Unable, spend};
use crate::access::{OneTimeCode, SignIn};
use crate::canonical::Canonical;
use crate::contact::Contact;
use crate::id::PersonId;
use crate::policy::{Actor, Authorized, Denied, Subject, Wish};
use crate::record::{FIRST_SIGHTING, PersonRecord, is_first_of_two};
use crate::store::Spent;
use crate::words::ActName;

use super::register::Register;

/// How many days apart two sightings may be that give somebody the way in: two visits of one week.
pub const SIGHTING_DAYS: i64 = 7;
/// The case of a sighting at the desk where the person was registered.
const AT_REGISTRATION: &str = "registration";

/// A worker's wish to note that the document of the person who let them help was seen.
#[derive(Clone, Copy, Debug)]
pub struct Identify {
    /// Whose.
    pub person: PersonId,
}

impl Wish for Identify {
    const ACT: ActName = ActName::Assist;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.person)
    }
}

/// Why nothing was noted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IdentifyError {
    /// The policy's condition is not met.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Notes that the document of the person who let the worker help was seen: from now on everything is told to whoever has
/// the way in.
///
/// # Errors
/// [`IdentifyError`].
pub async fn identify(registry: &Registry, wish: Authorized<Identify>) -> Result<(), IdentifyError> {
    let person = wish.wish().person;
    let record = registry.store().record(person).await.map_err(Unable::from)?;
    reach::<_, IdentifyError>(registry, (person, &record), &wish).await?;
    note(registry, person, &wish, wish.case().cloned()).await?;
    Ok(())
}

/// Notes that the document was seen of somebody whom this desk has just registered.
pub(super) async fn at_registration<W>(
    registry: &Registry,
    person: PersonId,
    wish: &Authorized<W>,
) -> Result<(), Unable> {
    note(registry, person, wish, AT_REGISTRATION.parse().ok()).await
}

/// Notes that the document was seen of somebody who was registered before; the second official to see it gives them the
/// way in. Tells which sessions that ends.
///
/// If the process dies in between, the second official does it again: the first sighting is used up by the last step.
pub(super) async fn of_somebody_registered(
    registry: &Registry,
    person: PersonId,
    wish: &Authorized<Register>,
    slip: OneTimeCode,
) -> Result<Vec<SignIn>, Unable> {
    let record = registry.store().record(person).await?;
    let Register { contact, lang, .. } = wish.wish();
    let asked = asked_for(person, contact.as_ref())?;
    let first = worker(wish).and_then(|by| first_of_two(&record, by, &asked, registry.now()));
    let doer = wish.doer();
    let mut ended = Vec::new();
    if first.is_some() {
        let to = (contact.clone(), *lang);
        if !reach_anew(registry, (person, doer.clone()), to, Some(slip)).await? {
            // Somebody else changes it at this moment: the first sighting stands, and the second is asked for once more.
            return Ok(ended);
        }
        ended = sessions_of(registry, person).await?;
        let named = ended.iter().map(|s| Spent { name: *s.id.as_bytes(), until: s.until });
        spend(registry, named.collect()).await?;
        revoke_all(registry, person, doer.as_ref()).await?;
        // What was let until the sessions ended, too.
        end_all(registry, person, doer.as_ref()).await?;
    }
    note(registry, person, wish, Some(first.unwrap_or(asked))).await?;
    Ok(ended)
}

/// What somebody who was registered before asks for at a desk, as the case of a first sighting: the contact. So nobody leans on a colleague's honest
/// sighting for a telephone of their own; and of the number two bytes of a hash tell whoever reads the row next to nothing.
fn asked_for(person: PersonId, contact: Option<&Contact>) -> Result<Evidence, Unable> {
    let mut text = Canonical::new("mingma/sighting/1");
    text.bytes(person.as_bytes());
    text.text(contact.map_or("", Contact::wire));
    let [one, two, ..] = text.hash();
    format!("{FIRST_SIGHTING}{one:02x}{two:02x}").parse().map_err(|_| Unable::NoAnswer)
}

/// The sighting by another official, of whoever asked for the same, to which this one is the second, if there is one that gave nobody the
/// way in yet.
fn first_of_two(record: &PersonRecord, by: &Evidence, asked: &Evidence, now: Timestamp) -> Option<Evidence> {
    let fresh = |at| now.duration_since(at) <= SignedDuration::from_hours(24 * SIGHTING_DAYS);
    let used = record.identified();
    let first = record.sightings().find(|look| {
        look.case.as_ref() == Some(asked)
            && look.by != *by
            && fresh(look.at)
            && used.is_none_or(|used| used < look.at)
    })?;
    first.id.to_string().parse().ok()
}

/// Which official wishes.
pub(super) fn worker<W>(wish: &Authorized<W>) -> Option<&Evidence> {
    match wish.actor() {
        Actor::Official { staff, .. } => Some(staff),
        Actor::Assistant(assisted) => Some(assisted.staff()),
        Actor::Visitor
        | Actor::Resident(_)
        | Actor::Agent(_)
        | Actor::App(_)
        | Actor::Institution(_)
        | Actor::Authority(_)
        | Actor::Auditor(_) => None,
    }
}

/// Writes a sighting down. Who is not at the desk with the way in is told of it.
pub(super) async fn note<W>(
    registry: &Registry,
    person: PersonId,
    wish: &Authorized<W>,
    case: Option<Evidence>,
) -> Result<(), Unable> {
    let Some(look) = Look::of(wish).filter(|_| worker(wish).is_some()) else { return Ok(()) };
    let look = Look { is_news: is_first_of_two(case.as_ref()), case, ..look };
    look::keep(registry, person, look).await
}
