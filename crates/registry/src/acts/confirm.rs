//! The issuer of a disputed fact, or the source that gives out the numbers of its evidence, says whether it is so.
//!
//! Silence is an answer: a dispute that neither the issuer nor the office has answered by its deadline ends the fact's
//! counting by itself ([`Standing::Unanswered`](crate::record::Standing::Unanswered)).

use jiff::Timestamp;
use mingma_domain::document::Document;
use mingma_domain::fact::{Issuer, Kind};
use thiserror::Error;

use super::{AboveLimit, GivenBack, Registry, Unable, bulk, revoke_too_good};
use crate::canonical::{Canonical, Hash, chance_of, sha256};
use crate::id::{AppealId, FactId, NoticeId};
use crate::policy::{Authorized, Subject, Wish};
use crate::record::{PersonRecord, Standing};
use crate::row::{AppealOpened, Confirmation, Notice, PersonRow, RecordedFact};
use crate::signed::{Salt, Signature, about};
use crate::store::{Asked, DisputedFact, Page};
use crate::words::{ActName, Doing, Ground, NoticeKind};

/// A wish to say whether a fact is so.
#[derive(Clone, Debug)]
pub struct Confirm {
    /// Who.
    pub issuer: Issuer,
    /// About whom the fact is.
    pub document: Document,
    /// Which fact.
    pub fact: FactId,
    /// Whether it is so.
    pub confirmed: bool,
    /// By which whom it is about is hidden from whoever is shown the signature.
    pub salt: Salt,
    /// The issuer's signature over [`Confirm::signed_bytes`].
    pub signature: [u8; 64],
}

impl Wish for Confirm {
    const ACT: ActName = ActName::Confirm;

    fn subject(&self) -> Subject<'_> {
        Subject::Issuer(&self.issuer)
    }
}

impl Confirm {
    /// The bytes to sign: `mingma/confirmation/2`, the issuer, [`about`] whom by the document's wire form, the fact's id, `true` or
    /// `false`.
    #[must_use]
    pub fn signed_bytes(
        issuer: &Issuer,
        salt: &Salt,
        document: &Document,
        fact: FactId,
        confirmed: bool,
    ) -> Vec<u8> {
        Self::bytes(issuer, &about(salt, &document.to_wire()), fact, confirmed)
    }

    pub(crate) fn bytes(issuer: &Issuer, about: &Hash, fact: FactId, confirmed: bool) -> Vec<u8> {
        let mut text = Canonical::new("mingma/confirmation/2");
        text.text(issuer);
        text.bytes(about);
        text.text(fact);
        text.text(confirmed);
        text.finish()
    }
}

/// A wish to know which disputed facts wait for one's word.
#[derive(Clone, Debug)]
pub struct OwnDisputes {
    /// Who asks.
    pub issuer: Issuer,
    /// Due later than this one.
    pub after: Option<(Timestamp, AppealId)>,
    /// How many at most.
    pub limit: u32,
}

impl Wish for OwnDisputes {
    const ACT: ActName = ActName::Confirm;

    fn subject(&self) -> Subject<'_> {
        Subject::Issuer(&self.issuer)
    }
}

/// A disputed fact that waits for an institution's word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnDispute {
    /// What is disputed.
    pub case: DisputedFact,
    /// Whether others have to say that it is so: a yes of this institution is the word that is disputed, and is refused.
    pub asks_others: bool,
}

/// Why nothing is confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfirmError {
    /// No such issuer, or its signature is by no key that counts.
    #[error("the signature is by no key that counts for `{issuer}` now")]
    Signature {
        /// Who.
        issuer: Issuer,
    },
    /// There is no such fact about that person on which the issuer has a word.
    #[error("`{issuer}` has no word on such a fact about that person")]
    NoSuchFact {
        /// Who.
        issuer: Issuer,
    },
    /// Nobody disputes it, or its time is over.
    #[error("no dispute of this `{kind}` waits for an answer: a confirmation answers one")]
    NotDisputed {
        /// The fact's kind.
        kind: Kind,
    },
    /// It was found wrong that the fact was taken back.
    #[error(transparent)]
    GivenBack(#[from] GivenBack),
    /// What is disputed does not count any more, and nobody disputes that it was taken back.
    #[error("this `{kind}` was taken back: that it is so answers who disputes that, and nobody does")]
    TakenBack {
        /// The fact's kind.
        kind: Kind,
    },
    /// The issuer said before that it is not so.
    #[error("`{issuer}` has said that this is not so, and that stands")]
    SaidOtherwise {
        /// Who.
        issuer: Issuer,
    },
    /// It is the word that is disputed.
    #[error(
        "that this `{kind}` is so others have to say: a source of another organisation, or an appeals office; say that it is not so, or take it back"
    )]
    OwnWord {
        /// The fact's kind.
        kind: Kind,
    },
    /// The word is one that was said before, about another dispute or before it.
    #[error("this word was said before: sign it anew, with a salt of its own")]
    SaidBefore,
    /// It is above a limit.
    #[error(transparent)]
    AboveLimit(#[from] AboveLimit),
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Says whether a fact is so: that it is, to every dispute of it that waits; that it is not, also unasked, and also after it was said that
/// it is. Doing it again changes nothing; a word that would change nothing otherwise is refused.
///
/// # Errors
/// [`ConfirmError`], the first in the order signature, fact, what was said of it before, dispute, limit.
pub async fn confirm(registry: &Registry, wish: Authorized<Confirm>) -> Result<(), ConfirmError> {
    let Confirm { issuer, document, fact, confirmed, salt, signature } = wish.wish();
    let now = registry.now();
    let book = registry.book().await.map_err(Unable::from)?;
    let bytes = Confirm::signed_bytes(issuer, salt, document, *fact, *confirmed);
    let known = book.issuer(issuer).filter(|_| super::is_signed(&book, issuer, now, (&bytes, signature)));
    let known = known.ok_or_else(|| ConfirmError::Signature { issuer: issuer.clone() })?;
    let none = || ConfirmError::NoSuchFact { issuer: issuer.clone() };
    let person = registry.store().find(document).await.map_err(Unable::from)?.ok_or_else(none)?;
    let record = registry.store().record(person).await.map_err(Unable::from)?;
    let recorded = record.fact(*fact).ok_or_else(none)?;
    let (kind, region) = (recorded.fact.kind(), recorded.fact.region());
    if recorded.fact.issuer() != issuer && !book.is_source(known, (kind, region), now) {
        return Err(none());
    }
    if !*confirmed && record.is_given_back(recorded, now) {
        return Err(GivenBack { kind }.into());
    }
    let word =
        |appeal| Confirmation { fact: *fact, issuer: issuer.clone(), appeal, confirmed: *confirmed, at: now };
    let said = || (&recorded.fact, record.sayers(*fact));
    let repeats = |ground| *confirmed && book.is_own_word(issuer, said(), ground, now);
    let answers = answers(&record, recorded, (issuer, *confirmed, repeats), now)?;
    let rows: Vec<PersonRow> =
        answers.into_iter().map(|appeal| PersonRow::Confirmation(word(appeal))).collect();
    if !rows.is_empty() {
        // The person is given the issuer's former words: none of them answers what was asked later.
        let entries = registry.store().entries(Some(person)).await.map_err(Unable::from)?;
        let before = entries.iter().filter(|entry| entry.act == ActName::Confirm);
        if before.filter_map(|entry| entry.signature()).any(|signed| signed.salt == *salt) {
            return Err(ConfirmError::SaidBefore);
        }
        if !*confirmed
            && let Some(above) = bulk::hold_one(registry, &book, (issuer, Doing::Denied, kind)).await?
        {
            return Err(above.into());
        }
        let notice = Notice {
            person,
            // The word's own: of two words on one fact in one millisecond both are told.
            id: NoticeId::new(now, chance_of(&sha256(signature), if *confirmed { 4 } else { 3 })),
            kind: if *confirmed { NoticeKind::FactConfirmed } else { NoticeKind::FactRetracted },
            about: *fact.as_bytes(),
            created: now,
        };
        let change = registry.change((ActName::Confirm, None), person, rows, vec![notice])?;
        let change = change.signed(Signature::of(*salt, document, *signature));
        registry.keep(change).await?;
    }
    // Also when it had been kept: the first try may have ended between the two.
    revoke_too_good(registry, person).await?;
    if !*confirmed {
        bulk::watch_one(registry, known, (Doing::Denied, kind)).await?;
    }
    Ok(())
}

/// Which disputes of a fact an issuer's word answers, and none stands for unasked; empty if it has said the same before. It answers none
/// that disputes that very word.
fn answers(
    record: &PersonRecord,
    recorded: &RecordedFact,
    (issuer, confirmed, repeats): (&Issuer, bool, impl Fn(Ground) -> bool),
    now: Timestamp,
) -> Result<Vec<Option<AppealId>>, ConfirmError> {
    let (fact, kind) = (recorded.id, recorded.fact.kind());
    let said = |appeal: Option<AppealId>| {
        let of_it = |c: &&Confirmation| c.fact == fact && c.issuer == *issuer && c.appeal == appeal;
        record.confirmations.iter().find(of_it).map(|word| word.confirmed)
    };
    let open = |appeal: &&AppealOpened| {
        appeal.fact == fact && now < appeal.due && !record.answers.iter().any(|a| a.appeal == appeal.id)
    };
    let open: Vec<&AppealOpened> = record.appeals.iter().filter(open).collect();
    let unsaid = open.iter().filter(|appeal| said(Some(appeal.id)).is_none());
    let (own, waiting): (Vec<&&AppealOpened>, Vec<&&AppealOpened>) =
        unsaid.partition(|appeal| repeats(appeal.ground));
    let denied = said(None).is_some() || open.iter().any(|appeal| said(Some(appeal.id)) == Some(false));
    let gone = matches!(
        record.standing(recorded, now),
        Standing::Retracted(_) | Standing::Unconfirmed(_) | Standing::Unanswered(_)
    );
    let gives_back = waiting.iter().any(|appeal| appeal.ground == Ground::TakenBack);
    match (confirmed, waiting.is_empty()) {
        (true, _) if open.is_empty() => Err(ConfirmError::NotDisputed { kind }),
        (true, true) if denied => Err(ConfirmError::SaidOtherwise { issuer: issuer.clone() }),
        (true, _) if gone && !gives_back && !(own.is_empty() && waiting.is_empty()) => {
            Err(ConfirmError::TakenBack { kind })
        }
        (true, true) if !own.is_empty() => Err(ConfirmError::OwnWord { kind }),
        (false, true) if !denied => Ok(vec![None]),
        (true | false, _) => Ok(waiting.iter().map(|appeal| Some(appeal.id)).collect()),
    }
}

/// Which facts are disputed and wait for an institution's word, the one that is due first at the head: its own, and those whose evidence it
/// gives out. It does not say who disputes them.
///
/// # Errors
/// [`Unable`].
pub async fn own_disputes(
    registry: &Registry,
    wish: Authorized<OwnDisputes>,
) -> Result<Page<OwnDispute, (Timestamp, AppealId)>, Unable> {
    let OwnDisputes { issuer, after, limit } = wish.wish();
    let book = registry.book().await?;
    let asked = Asked { issuer: issuer.clone(), confirms: book.confirms(issuer, registry.now()) };
    // What is due already is lost.
    let now = registry.now();
    let due = (now, AppealId::from_bytes([0xFF; 16]));
    let after = (*after).map_or(due, |after| after.max(due));
    let Page { items, next } = registry.store().disputes(&asked, Some(after), *limit).await?;
    let own = |case: DisputedFact| {
        let (fact, ground) = (&case.recorded.fact, case.opened.ground);
        let asks_others = book.is_own_word(issuer, (fact, &case.said), ground, now);
        OwnDispute { case, asks_others }
    };
    Ok(Page { items: items.into_iter().map(own).collect(), next })
}
