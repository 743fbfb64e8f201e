//! An act that the authority signed apart is brought in, by anybody: the signature says whose it is.
//!
//! It counts as a commission's would. What gives an issuer more is proposed and waits for an appeals office; so are rules or a
//! risk that the brake holds. What takes something away counts at once, and so does the list of keys that checkpoints trust.
//!
//! The order of writes: that it was brought is durable before what it says. If the process dies in between, whoever brings it
//! again ends what the first try began; brought after that, it is answered as it was, and nothing is done twice.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use mingma_credential::UnixSeconds;
use mingma_credential::trust::Scope;
use mingma_credential::trust::file::{Anchor, TrustError, TrustFile};
use mingma_domain::Region;
use thiserror::Error;

use super::appoint::{AppointError, exists, lawful, less_row};
use super::brake::{BrakeError, exceeding, legal};
use super::publish::{PublishError, checked};
use super::{Less, Registry, Unable};
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
    /// A later trust list is in force.
    #[error("a trust list of a later edition is in force, of the number {0}")]
    OlderList(u64),
    /// The trust list names a key for another region.
    #[error("the trust list names a key for a region outside `{0}`")]
    ListOutside(Region),
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
}

/// Does what the authority signed, once.
///
/// # Errors
/// [`BringError`].
pub async fn bring(registry: &Registry, file: &[u8]) -> Result<BroughtIn, BringError> {
    let authority = registry.authority().ok_or(BringError::NoAuthority)?;
    let signed = Signed::open(file, authority)?;
    let _alone = registry.bringing.begin(signed.id).ok_or(BringError::UnderWay)?;
    let book = registry.book().await.map_err(Unable::from)?;
    let (now, before) = (registry.now(), book.brought(&signed.id));
    if let Some((number, hash)) = before {
        if hash != signed.hash {
            return Err(BringError::Used);
        }
        if let Some(done) = done(registry, number, &signed.directive).await? {
            return Ok(done);
        }
    } else {
        in_time(signed.until, now)?;
    }
    let actor = Actor::Authority(signed.by);
    authorize(actor.clone(), Purpose::Publication, Bring(reach(&signed)))?;
    let by = Hand::of(&actor, now).ok_or(BrakeError::NoOffice)?;
    let row = row(registry, (authority, &book), &signed.directive, by).await?;
    let number = if let Some((number, _)) = before {
        number
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
            if book.rulesets().iter().any(|known| (known.texts.region, &known.texts.id) == (*region, &id)) {
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
            fits(authority, book, bytes, by.at)?;
            None
        }
    })
}

/// A draft, or, where the brake holds it, its proposal.
async fn held(registry: &Registry, draft: Draft, by: Hand) -> Result<PublicRow, BringError> {
    legal(&draft)?;
    Ok(match exceeding(registry, &draft).await.map_err(BrakeError::Blind)? {
        None => draft.into(),
        Some((preview, _)) => PublicRow::Proposal(Proposal { what: Proposed::Draft { draft, preview }, by }),
    })
}

/// Whether a trust list is this authority's, in time, later than the one in force, and for its own region.
fn fits(authority: &Authority, book: &Book, bytes: &[u8], now: Timestamp) -> Result<(), BringError> {
    let now = UnixSeconds::new(now.as_second());
    let list = TrustFile::open(bytes, Anchor::Certificate(authority.anchor()), now)?;
    let brought = book.trust_list().and_then(|bytes| authority.list_of(bytes, now).ok());
    let latest = authority.list().max(brought.map_or(0, |list| list.edition().number));
    if list.edition().number <= latest {
        return Err(BringError::OlderList(latest));
    }
    let inside = |scope: &Scope| match scope {
        Scope::Everything => false,
        Scope::Limited { regions, .. } => regions.iter().all(|region| {
            region.as_str().parse::<Region>().is_ok_and(|region| region.is_in(authority.region()))
        }),
    };
    if list.list().entries().iter().all(|entry| inside(entry.scope())) {
        Ok(())
    } else {
        Err(BringError::ListOutside(authority.region()))
    }
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
    Ok(since.into_iter().find_map(|Published { number, row }| {
        if let PublicRow::Proposal(proposal) = row {
            let waits = BroughtIn::Waits { proposal: number, seen: proposal.seen() };
            return proposes(&proposal.what, directive).then_some(waits);
        }
        makes(&row, directive).then_some(BroughtIn::Counts(number))
    }))
}

fn proposes(what: &Proposed, directive: &Directive) -> bool {
    match what {
        Proposed::Draft { draft, .. } => makes(&draft.clone().into(), directive),
        Proposed::Appointment { appointment, .. } => {
            matches!(directive, Directive::Appoint(wanted) if wanted == appointment)
        }
    }
}

/// Whether a row is what a directive says, and no other's.
fn makes(row: &PublicRow, directive: &Directive) -> bool {
    match (directive, row) {
        (Directive::Publish { region, rules, examples }, PublicRow::Ruleset(entry)) => {
            (&entry.region, &entry.rules, &entry.examples) == (region, rules, examples)
        }
        (Directive::SetRisk(risk), PublicRow::Risk(set)) => set == risk,
        (Directive::Withdraw(Less::Key(point)), PublicRow::KeyWithdrawn(row)) => row.point == *point,
        (Directive::Withdraw(Less::Entitlement(number)), PublicRow::EntitlementWithdrawn(row)) => {
            row.entitlement == *number
        }
        (Directive::Withdraw(Less::Limit(limit)), PublicRow::Limit(row)) => row == limit,
        _ => false,
    }
}

/// The acts that are being brought in this moment, so that two who bring one at once do not both do it.
#[derive(Debug, Default)]
pub(crate) struct Bringing(Mutex<BTreeSet<[u8; 16]>>);

/// That nobody else brings an act as long as this is held.
pub(crate) struct Alone<'b> {
    bringing: &'b Bringing,
    id: [u8; 16],
}

impl Bringing {
    fn begin(&self, id: [u8; 16]) -> Option<Alone<'_>> {
        let begun = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        begun.then_some(Alone { bringing: self, id })
    }
}

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        self.bringing.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}
