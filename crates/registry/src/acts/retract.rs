//! An issuer takes back a fact of its own. The fact stays on record; it no longer counts.

use mingma_domain::document::Document;
use mingma_domain::fact::{Issuer, Kind, RetractionReason};
use thiserror::Error;

use super::{AboveLimit, Registry, Unable, bulk, revoke_too_good};
use crate::canonical::{Canonical, Hash, chance_of, sha256};
use crate::id::{FactId, NoticeId};
use crate::policy::{Authorized, Subject, Wish};
use crate::row::{Notice, PersonRow, RecordedRetraction};
use crate::signed::{Salt, Signature, about};
use crate::words::{ActName, Doing, NoticeKind};

/// A wish to retract.
#[derive(Clone, Debug)]
pub struct Retract {
    /// Who.
    pub issuer: Issuer,
    /// About whom the fact is.
    pub document: Document,
    /// Which fact.
    pub fact: FactId,
    /// Why.
    pub reason: RetractionReason,
    /// By which whom it is about is hidden from whoever is shown the signature.
    pub salt: Salt,
    /// The issuer's signature over [`Retract::signed_bytes`].
    pub signature: [u8; 64],
}

impl Wish for Retract {
    const ACT: ActName = ActName::Retract;

    fn subject(&self) -> Subject<'_> {
        Subject::Issuer(&self.issuer)
    }
}

impl Retract {
    /// The bytes to sign: `mingma/retraction/2`, the issuer, [`about`] whom by the document's wire form, the fact's id, the reason.
    #[must_use]
    pub fn signed_bytes(
        issuer: &Issuer,
        salt: &Salt,
        document: &Document,
        fact: FactId,
        reason: RetractionReason,
    ) -> Vec<u8> {
        Self::bytes(issuer, &about(salt, &document.to_wire()), fact, reason)
    }

    pub(crate) fn bytes(issuer: &Issuer, about: &Hash, fact: FactId, reason: RetractionReason) -> Vec<u8> {
        let mut text = Canonical::new("mingma/retraction/2");
        text.text(issuer);
        text.bytes(about);
        text.text(fact);
        text.text(reason);
        text.finish()
    }
}

/// Why nothing is retracted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RetractError {
    /// No such issuer, or its signature is by no key that counts.
    #[error("the signature is by no key that counts for `{issuer}` now")]
    Signature {
        /// Who.
        issuer: Issuer,
    },
    /// There is no such fact about that person from that issuer.
    #[error("`{issuer}` recorded no such fact about that person")]
    NoSuchFact {
        /// Who.
        issuer: Issuer,
    },
    /// It was found wrong that the fact was taken back.
    #[error(transparent)]
    GivenBack(#[from] GivenBack),
    /// The reason is an appeal's.
    #[error("`{reason}` is the outcome of an appeal, not an issuer's reason")]
    Reason {
        /// Which.
        reason: RetractionReason,
    },
    /// It is above a limit.
    #[error(transparent)]
    AboveLimit(#[from] AboveLimit),
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// It was found wrong that a fact was taken back, and no word of an institution takes it back again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "it was wrong to take this `{kind}` back: it counts again, until an appeals office says otherwise in a dispute of the fact"
)]
pub struct GivenBack {
    /// The fact's kind.
    pub kind: Kind,
}

/// Takes back a fact. Doing it again changes nothing; the first reason stays.
///
/// # Errors
/// [`RetractError`].
pub async fn retract(registry: &Registry, wish: Authorized<Retract>) -> Result<(), RetractError> {
    let Retract { issuer, document, fact, reason, salt, signature } = wish.wish();
    let now = registry.now();
    let book = registry.book().await.map_err(Unable::from)?;
    let bytes = Retract::signed_bytes(issuer, salt, document, *fact, *reason);
    if !super::is_signed(&book, issuer, now, (&bytes, signature)) {
        return Err(RetractError::Signature { issuer: issuer.clone() });
    }
    match reason {
        RetractionReason::AppealUpheld | RetractionReason::Unanswered => {
            return Err(RetractError::Reason { reason: *reason });
        }
        RetractionReason::EnteredInError | RetractionReason::WrongPerson | RetractionReason::Unconfirmed => {}
    }
    let none = || RetractError::NoSuchFact { issuer: issuer.clone() };
    let person = registry.store().find(document).await.map_err(Unable::from)?.ok_or_else(none)?;
    let record = registry.store().record(person).await.map_err(Unable::from)?;
    let recorded = record.fact(*fact).ok_or_else(none)?;
    if recorded.fact.issuer() != issuer {
        return Err(none());
    }
    let kind = recorded.fact.kind();
    if record.is_given_back(recorded, now) {
        return Err(GivenBack { kind }.into());
    }
    if !record.retractions.iter().any(|retraction| retraction.fact == *fact)
        && let Some(above) = bulk::hold_one(registry, &book, (issuer, Doing::Retracted, kind)).await?
    {
        return Err(above.into());
    }
    let notice = Notice {
        person,
        id: NoticeId::new(now, chance_of(&sha256(fact.as_bytes()), 2)),
        kind: NoticeKind::FactRetracted,
        about: *fact.as_bytes(),
        created: now,
    };
    let row = RecordedRetraction { fact: *fact, issuer: issuer.clone(), reason: *reason, at: now };
    let rows = vec![PersonRow::Retraction(row)];
    let change = registry.change((ActName::Retract, None), person, rows, vec![notice])?;
    let change = change.signed(Signature::of(*salt, document, *signature));
    registry.keep(change).await?;
    // Also when it had been kept: the first try may have ended between the two.
    revoke_too_good(registry, person).await?;
    if let Some(known) = book.issuer(issuer) {
        bulk::watch_one(registry, known, (Doing::Retracted, kind)).await?;
    }
    Ok(())
}
