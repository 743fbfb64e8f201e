//! A second organisation countersigns a fact that no laboratory proves; until then the fact does not count.

use mingma_domain::document::Document;
use mingma_domain::fact::{Issuer, IssuerClass, Value};
use thiserror::Error;

use super::{AboveLimit, Registry, Unable, bulk, revoke_too_good};
use crate::book::day_at;
use crate::canonical::{Canonical, Hash, chance_of, sha256};
use crate::id::{FactId, NoticeId};
use crate::policy::{Authorized, Subject, Wish};
use crate::row::{Countersignature, Notice, PersonRow};
use crate::signed::{Salt, Signature, about};
use crate::words::{ActName, Capacity, Doing, NoticeKind};

/// A wish to countersign.
#[derive(Clone, Debug)]
pub struct Countersign {
    /// Who.
    pub issuer: Issuer,
    /// About whom the fact is.
    pub document: Document,
    /// Which fact.
    pub fact: FactId,
    /// By which whom it is about is hidden from whoever is shown the signature.
    pub salt: Salt,
    /// The issuer's signature over [`Countersign::signed_bytes`].
    pub signature: [u8; 64],
}

impl Wish for Countersign {
    const ACT: ActName = ActName::Countersign;

    fn subject(&self) -> Subject<'_> {
        Subject::Issuer(&self.issuer)
    }
}

impl Countersign {
    /// The bytes to sign: `mingma/countersignature/2`, the issuer, [`about`] whom by the document's wire form, the fact's id.
    #[must_use]
    pub fn signed_bytes(issuer: &Issuer, salt: &Salt, document: &Document, fact: FactId) -> Vec<u8> {
        Self::bytes(issuer, &about(salt, &document.to_wire()), fact)
    }

    pub(crate) fn bytes(issuer: &Issuer, about: &Hash, fact: FactId) -> Vec<u8> {
        let mut text = Canonical::new("mingma/countersignature/2");
        text.text(issuer);
        text.bytes(about);
        text.text(fact);
        text.finish()
    }
}

/// Why nothing is countersigned.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CountersignError {
    /// No such issuer, or its signature is by no key that counts.
    #[error("the signature is by no key that counts for `{issuer}` now")]
    Signature {
        /// Who.
        issuer: Issuer,
    },
    /// There is no such fact about that person.
    #[error("no such fact is recorded about that person")]
    NoSuchFact,
    /// The fact counts without.
    #[error("a fact of kind `{}` that says `{what}` needs no second organisation", .what.kind())]
    NotDue {
        /// What it says.
        what: Value,
    },
    /// The organisation that recorded the fact cannot vouch for itself.
    #[error("the fact was recorded by the same organisation: another one must countersign")]
    SameOrganisation,
    /// The issuer is not entitled to countersign the kind there and then.
    #[error("`{issuer}` is not entitled to countersign this here today")]
    NotEntitled {
        /// Who.
        issuer: Issuer,
    },
    /// It is above a limit.
    #[error(transparent)]
    AboveLimit(#[from] AboveLimit),
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Countersigns a fact. Doing it again, also by a third organisation, changes nothing.
///
/// # Errors
/// [`CountersignError`], the first in the order signature, fact, due, organisation, entitlement, limit.
pub async fn countersign(registry: &Registry, wish: Authorized<Countersign>) -> Result<(), CountersignError> {
    let Countersign { issuer, document, fact, salt, signature } = wish.wish();
    let now = registry.now();
    let book = registry.book().await.map_err(Unable::from)?;
    let bytes = Countersign::signed_bytes(issuer, salt, document, *fact);
    let known = book.issuer(issuer).filter(|_| super::is_signed(&book, issuer, now, (&bytes, signature)));
    let known = known.ok_or_else(|| CountersignError::Signature { issuer: issuer.clone() })?;
    let person = registry.store().find(document).await.map_err(Unable::from)?;
    let person = person.ok_or(CountersignError::NoSuchFact)?;
    let record = registry.store().record(person).await.map_err(Unable::from)?;
    let recorded = record.fact(*fact).ok_or(CountersignError::NoSuchFact)?;
    let (kind, region) = (recorded.fact.kind(), recorded.fact.region());
    if !recorded.fact.value().needs_second_organisation() {
        return Err(CountersignError::NotDue { what: recorded.fact.value() });
    }
    let first = book.issuer(recorded.fact.issuer());
    if first.is_none_or(|first| first.is_of_one_organisation_with(known)) {
        return Err(CountersignError::SameOrganisation);
    }
    let may = !matches!(issuer.class(), IssuerClass::Resident | IssuerClass::Appeal);
    let entitled = day_at(known.region, now)
        .is_some_and(|day| book.entitled(Capacity::Countersign, known, (kind, region), day));
    if !may || !entitled {
        return Err(CountersignError::NotEntitled { issuer: issuer.clone() });
    }
    let doing = (issuer, Doing::Countersigned, kind);
    if !record.countersignatures.iter().any(|second| second.fact == *fact)
        && let Some(above) = bulk::hold_one(registry, &book, doing).await?
    {
        return Err(above.into());
    }
    let notice = Notice {
        person,
        id: NoticeId::new(now, chance_of(&sha256(fact.as_bytes()), 1)),
        kind: NoticeKind::FactRecorded,
        about: *fact.as_bytes(),
        created: now,
    };
    let row = PersonRow::Countersignature(Countersignature { fact: *fact, issuer: issuer.clone(), at: now });
    let change = registry.change((ActName::Countersign, None), person, vec![row], vec![notice])?;
    let change = change.signed(Signature::of(*salt, document, *signature));
    registry.keep(change).await?;
    // Also when it had been kept: the first try may have ended between the two.
    revoke_too_good(registry, person).await?;
    bulk::watch_one(registry, known, (Doing::Countersigned, kind)).await?;
    Ok(())
}
