//! An act that the authority signed apart is brought in, by anybody: the signature says whose it is.
//!
//! It counts as a commission's would, or waits where that would not. What gives an issuer more is proposed and waits for an appeals
//! office; so do rules or a risk that would make anybody worse, for a key signs two hundred drafts as easily as one, each below
//! the share. What takes something away counts at once, and so does the list of keys that checkpoints trust ([`list`]).
//!
//! The order of writes: that it was brought is durable before what it says. If the process dies in between, whoever brings it
//! again within three days ends what the first try began; brought after that, it is answered as it was, and nothing is done
//! twice.

mod list;

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use mingma_credential::UnixSeconds;
use mingma_credential::trust::file::TrustError;
use mingma_domain::Region;
use thiserror::Error;

pub use self::list::{MAX_LIST_DAYS, UnfitList, may_be_numbered};
use super::appoint::{AppointError, exists, lawful, less_row};
use super::brake::{BrakeError, PROPOSAL_HOURS, legal};
use super::let_go::looked_at;
use super::publish::{PublishError, checked};
use super::{Registry, Unable};
use crate::authority::{Authority, Directive, NotSigned, Signed};
use crate::book::Book;
use crate::brake::{Draft, Hand, Proposal, Proposed};
use crate::canonical::Hash;
use crate::policy::{Actor, Denied, Purpose, Subject, Wish, authorize};
use crate::row::{Brought, PublicRow, RulesetEntry};
use crate::store::{Applied, Published};
use crate::words::ActName;

/// How far ahead the last day may lie on which an act can be brought, in days: what is signed is not kept in a drawer for a year.
pub const MAX_ACT_DAYS: i64 = 31;

/// A wish to do what a signature says, over a region.
#[derive(Clone, Copy, Debug)]
pub struct Bring(pub Region);

impl Wish for Bring {
    const ACT: ActName = ActName::Bring;

    fn subject(&self) -> Subject<'_> {
        Subject::Region(self.0)
    }
}

/// What became of an act.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BroughtIn {
    /// It counts: the number of what it made.
    Counts(u64),
    /// It waits for a second office: the proposal's number, and what that office has to have seen.
    Waits {
        /// The number.
        proposal: u64,
        /// [`Proposal::seen`].
        seen: Hash,
    },
}

/// Why an act is not done.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BringError {
    /// The program knows of no authority.
    #[error("no certificate of an authority lies with the keys: nobody can sign for it")]
    NoAuthority,
    /// It is not this authority's.
    #[error(transparent)]
    NotSigned(#[from] NotSigned),
    /// It reaches outside the authority's region.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// It is too late.
    #[error("it was to be brought by {0}: have it signed anew")]
    Expired(UnixSeconds),
    /// It could be kept in a drawer.
    #[error("it may be brought until {0}; at most {MAX_ACT_DAYS} days ahead are taken")]
    TooLong(UnixSeconds),
    /// Another act has its id.
    #[error("another act with the same id was brought: have it signed anew")]
    Used,
    /// Somebody else brings it in this moment.
    #[error("it is being brought in this moment")]
    UnderWay,
    /// The trust list in it does not count.
    #[error(transparent)]
    List(#[from] TrustError),
    /// It is the authority's, and would not do.
    #[error(transparent)]
    Unfit(#[from] UnfitList),
    /// It cannot be done, whoever asks for it.
    #[error(transparent)]
    Act(#[from] BrakeError),
}

impl From<Unable> for BringError {
    fn from(unable: Unable) -> Self {
        Self::Act(unable.into())
    }
}

impl From<AppointError> for BringError {
    fn from(error: AppointError) -> Self {
        Self::Act(error.into())
    }
}

impl From<PublishError> for BringError {
    fn from(error: PublishError) -> Self {
        Self::Act(error.into())
    }
}

impl Registry {
    /// The same registry with an authority, whose acts are signed apart and brought in.
    #[must_use]
    pub fn with_authority(self, authority: Authority) -> Self {
        Self { authority: Some(authority), ..self }
    }

    /// The authority whose acts can be brought in.
    pub const fn authority(&self) -> Option<&Authority> {
        self.authority.as_ref()
    }

    /// The region for which all of this is, above whose offices there are none: the authority's.
    pub fn top(&self) -> Option<Region> {
        self.authority().map(Authority::region)
    }

    /// Whoever holds it publishes rules or a risk, alone: one after the other, from the look at what a draft would do to its row, or two
    /// that are looked at in one moment would each be published without the other.
    pub(super) fn publishing(&self) -> Result<Alone<'_>, UnderWay> {
        self.bringing.begin(Claim::Publication).ok_or(UnderWay)
    }
}

/// Does what the authority signed, once.
///
/// # Errors
/// [`BringError`].
pub async fn bring(registry: &Registry, file: &[u8]) -> Result<BroughtIn, BringError> {
    let authority = registry.authority().ok_or(BringError::NoAuthority)?;
    let signed = Signed::open(file, authority)?;
    let _alone = registry.bringing.begin(Claim::Act(signed.id)).ok_or(BringError::UnderWay)?;
    let mut book = registry.book().await.map_err(Unable::from)?;
    let (now, before) = (registry.now(), book.brought(&signed.id));
    if let Some(before) = before {
        if before.hash != signed.hash {
            return Err(BringError::Used);
        }
        if let Some(done) = done(registry, before.number, &signed.directive).await? {
            return Ok(done);
        }
        // What was foreseen, and what an office would be shown, is as old as that.
        let last = UnixSeconds::new(before.at.as_second()).plus(PROPOSAL_HOURS * 3_600);
        if UnixSeconds::new(now.as_second()) > last {
            return Err(BringError::Expired(last));
        }
    } else {
        in_time(signed.until, now)?;
    }
    // One list, and one draft, after the other, each held to the one before it. What was brought before is answered above, and
    // holds nobody up.
    let one = match signed.directive {
        Directive::TrustList(_) => {
            Some(registry.bringing.begin(Claim::TrustList).ok_or(BringError::UnderWay)?)
        }
        Directive::Publish { .. } | Directive::SetRisk(_) => {
            Some(registry.publishing().map_err(BrakeError::UnderWay)?)
        }
        Directive::Appoint(_) | Directive::Withdraw(_) => None,
    };
    if one.is_some() {
        book = registry.book().await.map_err(Unable::from)?;
    }
    let actor = Actor::Authority(signed.by);
    authorize(actor.clone(), Purpose::Publication, Bring(reach(&signed)))?;
    let by = Hand::of(&actor, now).ok_or(BrakeError::NoOffice)?;
    let row = row(registry, (authority, &book), &signed.directive, by).await?;
    let number = if let Some(before) = before {
        before.number
    } else {
        let brought = PublicRow::Brought(Brought::new(&signed, file, now));
        match registry.make_public(ActName::Bring, brought).await? {
            Applied::Published(number) => number,
            Applied::Done | Applied::Exists(_) => return Err(Unable::NoAnswer.into()),
        }
    };
    let Some(row) = row else { return Ok(BroughtIn::Counts(number)) };
    let seen = if let PublicRow::Proposal(proposal) = &row { Some(proposal.seen()) } else { None };
    match (registry.make_public(ActName::Bring, row).await?, seen) {
        (Applied::Published(number), None) => Ok(BroughtIn::Counts(number)),
        (Applied::Published(proposal), Some(seen)) => Ok(BroughtIn::Waits { proposal, seen }),
        (Applied::Exists(kind), _) => Err(AppointError::Exists { kind }.into()),
        (Applied::Done, _) => Err(Unable::NoAnswer.into()),
    }
}

fn in_time(until: UnixSeconds, now: Timestamp) -> Result<(), BringError> {
    let left = until.since(UnixSeconds::new(now.as_second()));
    if left < 0 {
        return Err(BringError::Expired(until));
    }
    if left > MAX_ACT_DAYS * 86_400 { Err(BringError::TooLong(until)) } else { Ok(()) }
}

/// Over what region an act reaches, as far as it says so itself.
const fn reach(signed: &Signed) -> Region {
    match &signed.directive {
        Directive::Publish { region, .. } => *region,
        Directive::SetRisk(risk) => risk.region,
        // What these reach is known from the book, and held to the authority's region with it.
        Directive::Appoint(_) | Directive::Withdraw(_) | Directive::TrustList(_) => signed.by.region(),
    }
}

/// What is to be published, if nothing speaks against it; none where that it was brought is all there is.
async fn row(
    registry: &Registry,
    (authority, book): (&Authority, &Book),
    directive: &Directive,
    by: Hand,
) -> Result<Option<PublicRow>, BringError> {
    let region = authority.region();
    Ok(match directive {
        Directive::Publish { region, rules, examples } => {
            let id = checked(*region, rules, examples)?.id;
            if book.is_published(*region, &id) {
                return Err(PublishError::Published { id, region: *region }.into());
            }
            let entry =
                RulesetEntry { region: *region, id, rules: rules.clone(), examples: examples.clone() };
            Some(held(registry, Draft::Rules(entry), by).await?)
        }
        Directive::SetRisk(risk) => Some(held(registry, Draft::Risk(*risk), by).await?),
        Directive::Appoint(appointment) => {
            let reach = lawful(book, region, appointment)?;
            if let Some(kind) = exists(book, appointment) {
                return Err(AppointError::Exists { kind }.into());
            }
            let what = Proposed::Appointment { region: reach, appointment: appointment.clone() };
            Some(PublicRow::Proposal(Proposal { what, by }))
        }
        Directive::Withdraw(less) => Some(less_row(book, region, less, by.at)?),
        Directive::TrustList(bytes) => {
            list::fits(authority, book, bytes, by.at)?;
            None
        }
    })
}

/// A draft, or, where it would make anybody worse, its proposal.
async fn held(registry: &Registry, draft: Draft, by: Hand) -> Result<PublicRow, BringError> {
    legal(&draft)?;
    if registry.foresight().is_none() {
        return Ok(draft.into());
    }
    let preview = looked_at(registry, &draft).await?.map_err(BrakeError::Blind)?;
    if !preview.is_worse() {
        return Ok(draft.into());
    }
    Ok(PublicRow::Proposal(Proposal { what: Proposed::Draft { draft, preview }, by }))
}

/// What became of an act that was brought with this number; none if the process died before anything did.
async fn done(
    registry: &Registry,
    brought: u64,
    directive: &Directive,
) -> Result<Option<BroughtIn>, BringError> {
    if matches!(directive, Directive::TrustList(_)) {
        return Ok(Some(BroughtIn::Counts(brought)));
    }
    let since = registry.store().published(brought).await.map_err(Unable::from)?;
    Ok(since.into_iter().find_map(|Published { number, row, .. }| {
        if let PublicRow::Proposal(proposal) = row {
            let waits = BroughtIn::Waits { proposal: number, seen: proposal.seen() };
            return directive.proposes(&proposal.what).then_some(waits);
        }
        directive.makes(&row).then_some(BroughtIn::Counts(number))
    }))
}

/// What one alone may be doing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Claim {
    /// Bringing the act of this id.
    Act([u8; 16]),
    /// Bringing a trust list, whichever act it comes in.
    TrustList,
    /// Publishing rules or a risk, or bringing what was proposed to its end, however it comes.
    Publication,
}

/// Something else is being published: it is to be looked at with that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("another act is being published in this moment: send it again")]
pub struct UnderWay;

/// What is being done in this moment, so that two who bring one act at once do not both do it, and no two lists are each held to
/// the one before both; and no two drafts each published without the other.
#[derive(Debug, Default)]
pub(crate) struct Bringing(Mutex<BTreeSet<Claim>>);

/// That nobody else brings the same as long as this is held.
pub(super) struct Alone<'b> {
    bringing: &'b Bringing,
    claim: Claim,
}

impl Bringing {
    pub(super) fn begin(&self, claim: Claim) -> Option<Alone<'_>> {
        let begun = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(claim);
        // Only for whoever begins: one that is made and dropped would end the other's.
        if begun { Some(Alone { bringing: self, claim }) } else { None }
    }
}

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        self.bringing.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.claim);
    }
}
