//! Codes are revoked: because the status got worse than what they show, because what they say of their holder was corrected, or because the
//! person lost or left them.
//!
//! What holds: a code that shows a better colour than its holder's is on the published list within a minute of the answer
//! to the act that made the status worse. Such an act calls [`revoke_too_good`] after its change is kept and before it
//! answers. If the process dies in between, nobody was answered; the repetition that is due then ends what the first try
//! began. Against a code that is being issued meanwhile, see [`show`](super::show).

use jiff::Timestamp;
use mingma_credential::key::DevicePoint;
use mingma_domain::assess::Outcome;
use thiserror::Error;

use super::assess::{AssessError, is_worse, status_of};
use super::look::reach;
use super::{Registry, Unable};
use crate::doer::Doer;
use crate::id::{CodeId, PersonId};
use crate::policy::{Authorized, Denied, Subject, Wish};
use crate::row::{IssuedCode, Listed, PersonRow, Revocation};
use crate::store::{Applied, Change, MAX_CHANGES};
use crate::words::{ActName, RevocationReason};

/// Revokes what a person still holds that shows a better colour than the person has now, and what was made before the person moved or
/// what it says of them was corrected; tells how many places.
///
/// For whoever changes what a status is made of: the acts on one person's facts. It may be called at any time and any number
/// of times.
///
/// # Errors
/// [`Unable`]: some may be revoked; call it again.
pub async fn revoke_too_good(registry: &Registry, person: PersonId) -> Result<usize, Unable> {
    let changes = too_good(registry, person).await?;
    kept(registry, changes).await
}

/// The same of many persons, for whatever goes over everybody when rules or risk change: a group is one call to the store, so
/// that a hundred thousand do not wait for the disk one by one.
///
/// # Errors
/// [`Unable`]: some may be revoked; call it again.
pub async fn revoke_all_too_good(registry: &Registry, persons: &[PersonId]) -> Result<usize, Unable> {
    let mut places = 0;
    for group in persons.chunks(TOGETHER) {
        // Most of those about whom facts come hold no code today, and one question tells which.
        let holders = registry.store().holders(group, registry.now()).await?;
        let mut changes = Vec::with_capacity(holders.len());
        for person in holders {
            changes.append(&mut too_good(registry, person).await?);
        }
        places += kept(registry, changes).await?;
    }
    Ok(places)
}

/// How many persons' codes are looked at before the revocations are kept: each is a read and an assessment of about a tenth of a
/// millisecond, so none is known to be too good for longer than some thirty of these before it is on its way.
const TOGETHER: usize = 256;

/// What revokes each code of a person that shows a better colour than the person has now, or was made before what it says was corrected.
async fn too_good(registry: &Registry, person: PersonId) -> Result<Vec<Change>, Unable> {
    let record = registry.store().record(person).await?;
    let now = registry.now();
    if record.outstanding(now).next().is_none() {
        return Ok(Vec::new());
    }
    let (amended, as_they_are): (Vec<_>, Vec<_>) =
        record.outstanding(now).partition(|(code, _)| record.is_amended_since(code));
    let mut changes = revocations(registry, person, amended.into_iter(), (RevocationReason::Amended, None))?;
    let outcome = match status_of(registry, &record).await {
        Ok(assessment) => assessment.status().outcome(),
        Err(AssessError::Unable(unable)) => return Err(unable),
        // Without rules nothing is worse than anything. No code outlives the rules that it was issued by.
        Err(
            AssessError::NotRegistered
            | AssessError::KeptBack
            | AssessError::NoRules { .. }
            | AssessError::Denied(_),
        ) => return Ok(changes),
    };
    let too_good = as_they_are.into_iter().filter(|(_, at)| is_worse(outcome, Outcome::Code(at.color)));
    changes.append(&mut revocations(registry, person, too_good, (RevocationReason::TooGood, None))?);
    Ok(changes)
}

/// Revokes what a person holds on one phone, or on all; tells how many places. For signing out: the codes do
/// not outlive the sessions.
///
/// # Errors
/// [`Unable`]: some may be revoked; call it again.
pub async fn revoke_phones(
    registry: &Registry,
    person: PersonId,
    device: Option<DevicePoint>,
) -> Result<usize, Unable> {
    let record = registry.store().record(person).await?;
    let on_phones = record
        .outstanding(registry.now())
        .filter(|(_, at)| at.device.is_some_and(|bound| device.is_none_or(|device| device == bound)));
    let why = (RevocationReason::SignedOut, Some(&Doer::Person));
    kept(registry, revocations(registry, person, on_phones, why)?).await
}

/// Revokes everything that a person holds, on phones and on paper, by whoever ends their way in.
///
/// # Errors
/// [`Unable`]: some may be revoked; call it again.
pub(super) async fn revoke_all(
    registry: &Registry,
    person: PersonId,
    doer: Option<&Doer>,
) -> Result<usize, Unable> {
    let record = registry.store().record(person).await?;
    let all = record.outstanding(registry.now());
    kept(registry, revocations(registry, person, all, (RevocationReason::SignedOut, doer))?).await
}

/// A wish to have a lost code revoked.
#[derive(Clone, Copy, Debug)]
pub struct ReportLoss {
    /// Whose.
    pub person: PersonId,
    /// Which.
    pub code: CodeId,
}

impl Wish for ReportLoss {
    const ACT: ActName = ActName::Revoke;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.person)
    }
}

/// Why a code is not revoked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LossError {
    /// The policy's condition is not met.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such code.
    #[error("there is no such code")]
    NoSuchCode,
    /// It was issued before codes had a place in a list.
    #[error("this code cannot be revoked: it ends by itself at {expires}")]
    Unlisted {
        /// When.
        expires: Timestamp,
    },
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Revokes a lost paper or the codes of a lost phone. The next that is made has another place. Doing it again, or to a
/// code that has ended, changes nothing.
///
/// # Errors
/// [`LossError`].
pub async fn report_loss(registry: &Registry, wish: Authorized<ReportLoss>) -> Result<(), LossError> {
    let ReportLoss { person, code } = *wish.wish();
    let record = registry.store().record(person).await.map_err(Unable::from)?;
    reach::<_, LossError>(registry, (person, &record), &wish).await?;
    let lost = record.codes.iter().find(|held| held.id == code).ok_or(LossError::NoSuchCode)?;
    if lost.listed.is_none() {
        return Err(LossError::Unlisted { expires: lost.expires });
    }
    let outstanding = record.outstanding(registry.now()).filter(|(held, _)| held.id == code);
    let doer = wish.doer();
    let why = (RevocationReason::Lost, doer.as_ref());
    kept(registry, revocations(registry, person, outstanding, why)?).await?;
    Ok(())
}

/// One change for each code, so that one that was revoked meanwhile holds up no other.
fn revocations<'r>(
    registry: &Registry,
    person: PersonId,
    codes: impl Iterator<Item = (&'r IssuedCode, &'r Listed)>,
    (why, doer): (RevocationReason, Option<&Doer>),
) -> Result<Vec<Change>, Unable> {
    let at = registry.now();
    let change = |(code, listed): (&IssuedCode, &Listed)| {
        let row = PersonRow::Revocation(Revocation { code: code.id, place: listed.place, why, at });
        registry.change((ActName::Revoke, doer.cloned()), person, vec![row], Vec::new())
    };
    codes.map(change).collect()
}

/// Keeps revocations, as many at a time as the store takes; tells how many were new.
async fn kept(registry: &Registry, changes: Vec<Change>) -> Result<usize, Unable> {
    let (mut places, mut changes) = (0, changes.into_iter().peekable());
    while changes.peek().is_some() {
        let applied = registry.store().apply(changes.by_ref().take(MAX_CHANGES).collect()).await?;
        places += applied.iter().filter(|applied| matches!(applied, Applied::Done)).count();
    }
    Ok(places)
}
