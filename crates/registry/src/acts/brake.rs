//! Publishing what the brake holds, and appointing issuers: proposed by one office, approved by another; or, what the brake
//! holds, in an emergency for a few days.
//!
//! Each holds the one claim of publication from its look on, as whoever publishes alone does (`Registry::publishing`).
//!
//! The order of writes: the approval (or the emergency) is durable before the draft is published. If the process dies
//! in between, the approval stands and nothing is in force; whoever repeats the act ends what the first try began.

use mingma_domain::time::{Day, Zone};
use mingma_domain::{Region, Ruleset};
use thiserror::Error;

use super::appoint::{AppointError, lawful};
use super::bring::UnderWay;
use super::let_go::{foreseen, looked_at};
use super::publish::{PublishError, checked};
use super::set_risk::SetRiskError;
use super::{Registry, Unable};
use crate::book::Book;
use crate::brake::{
    Approval, Blind, Draft, Emergency, Hand, Preview, Proposal, Proposed, RegionPreview, Share, in_words,
    is_above, or_least,
};
use crate::canonical::Hash;
use crate::policy::{Actor, Authorized, Subject, Wish};
use crate::row::{PublicRow, RowKind, RulesetEntry};
use crate::store::Applied;
use crate::words::{ActName, EmergencyGround};

/// How long a proposal can be approved: numbers that are older tell of another city. Seventy-two hours.
pub const PROPOSAL_HOURS: i64 = 72;
/// How many days what an office publishes in emergencies may last, from the first of them on: the time to propose and approve it properly.
pub const EMERGENCY_DAYS: u16 = 7;

/// A wish to propose.
#[derive(Clone, Debug)]
pub struct Propose(pub Draft);

/// A wish to approve.
#[derive(Clone, Copy, Debug)]
pub struct Approve {
    /// For which region the proposal is.
    pub region: Region,
    /// Its number.
    pub proposal: u64,
    /// What the approver saw: [`Proposal::seen`].
    pub seen: Hash,
}

/// A wish to publish alone, because it cannot wait.
#[derive(Clone, Debug)]
pub struct PublishInEmergency {
    /// What.
    pub draft: Draft,
    /// Why it cannot wait.
    pub ground: EmergencyGround,
}

impl Wish for Propose {
    const ACT: ActName = ActName::Propose;

    fn subject(&self) -> Subject<'_> {
        Subject::Region(self.0.region())
    }
}

impl Wish for Approve {
    const ACT: ActName = ActName::Approve;

    fn subject(&self) -> Subject<'_> {
        Subject::Region(self.region)
    }
}

impl Wish for PublishInEmergency {
    const ACT: ActName = ActName::PublishInEmergency;

    fn subject(&self) -> Subject<'_> {
        Subject::Region(self.draft.region())
    }
}

/// Why something is not proposed, approved or published in an emergency.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BrakeError {
    /// The rules would not be published anyway.
    #[error(transparent)]
    Rules(#[from] PublishError),
    /// The risk would not be set anyway.
    #[error(transparent)]
    Risk(#[from] SetRiskError),
    /// The appointment cannot be made, or not any more.
    #[error(transparent)]
    Appointment(#[from] AppointError),
    /// Only an official's hand counts.
    #[error("only an office proposes and approves")]
    NoOffice,
    /// Nobody would have to agree.
    #[error("no region would be hit above {share}: publish it, it needs no second office")]
    NoNeed {
        /// Above which share.
        share: Share,
    },
    /// Nobody can say what it would do.
    #[error(transparent)]
    Blind(#[from] Blind),
    /// There is no such proposal for the region.
    #[error("there is no proposal {number} for `{region}`")]
    NoProposal {
        /// The number.
        number: u64,
        /// The region.
        region: Region,
    },
    /// The approver saw other numbers.
    #[error("what was seen is not the preview of the proposal: look at it again")]
    OtherPreview,
    /// The hand is the first office's own.
    #[error("an appeals office has to agree: neither a commission nor the same official")]
    SameOffice,
    /// The hand is of the region that proposed, or of one below.
    #[error(
        "an appeals office of `{least}`, or of a region around it, has to agree: none of the region that proposed"
    )]
    NotAbove {
        /// The least region whose office may.
        least: Region,
    },
    /// The numbers are old.
    #[error("the proposal is older than {PROPOSAL_HOURS} hours: propose it anew")]
    Stale,
    /// By now it would make more people worse than both offices saw.
    #[error("{}, and {seen} when it was proposed: propose it anew", in_words(.region))]
    Outgrown {
        /// What it would do in the first such region.
        region: RegionPreview,
        /// How many would have been worse off there when it was proposed.
        seen: u64,
    },
    /// It would last too long for an emergency.
    #[error(
        "what is published in emergencies ends within {EMERGENCY_DAYS} days of the first of them: give it an end, and propose the rest"
    )]
    TooLong,
    /// Something else is being published.
    #[error(transparent)]
    UnderWay(#[from] UnderWay),
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Proposes what the brake holds; gives the proposal's number and what both offices are to see.
///
/// # Errors
/// [`BrakeError`].
pub async fn propose(registry: &Registry, wish: Authorized<Propose>) -> Result<(u64, Preview), BrakeError> {
    let Propose(draft) = wish.wish();
    legal(draft)?;
    let by = hand(registry, wish.actor())?;
    if registry.foresight().is_none() {
        return Err(BrakeError::NoNeed { share: Share::default() });
    }
    let preview = looked_at(registry, draft).await??;
    if preview.exceeds().is_none() {
        return Err(BrakeError::NoNeed { share: preview.share });
    }
    let what = Proposed::Draft { draft: draft.clone(), preview: preview.clone() };
    let row = Proposal { what, by };
    match registry.make_public(ActName::Propose, PublicRow::Proposal(row)).await? {
        Applied::Published(number) => Ok((number, preview)),
        Applied::Done | Applied::Exists(_) => Err(Unable::NoAnswer.into()),
    }
}

/// Approves a proposal and publishes what was proposed; gives the number of that. A draft is foreseen once more: what has outgrown what both
/// offices saw is not what they agree to.
///
/// # Errors
/// [`BrakeError`].
pub async fn approve(registry: &Registry, wish: Authorized<Approve>) -> Result<u64, BrakeError> {
    let Approve { region, proposal: number, seen } = *wish.wish();
    let by = hand(registry, wish.actor())?;
    let _alone = registry.publishing()?;
    let book = registry.book().await.map_err(Unable::from)?;
    let proposal = book.proposal(number).filter(|proposal| proposal.region() == region);
    let proposal = proposal.ok_or(BrakeError::NoProposal { number, region })?;
    if proposal.seen() != seen {
        return Err(BrakeError::OtherPreview);
    }
    is_second(proposal, &by, registry.top())?;
    if by.at.duration_since(proposal.by.at).as_hours() >= PROPOSAL_HOURS {
        return Err(BrakeError::Stale);
    }
    let published = lawful_row(&book, &proposal.what)?;
    // What was approved before is only brought to its end.
    let is_waiting = book.waiting().any(|(waiting, _)| waiting == number);
    if let Proposed::Draft { draft, preview: seen } = &proposal.what
        && is_waiting
        && registry.foresight().is_some()
        && let Some((region, seen)) = foreseen(registry, draft).await??.outgrows(seen)
    {
        return Err(BrakeError::Outgrown { region: *region, seen });
    }
    let agreed = (&proposal.by, &by.clone());
    let row = PublicRow::Approval(Approval { proposal: number, seen, by });
    let after = match registry.make_public_of(ActName::Approve, row, |entry| entry.agreed(agreed)).await? {
        Applied::Published(number) => number,
        // It was approved before; if nothing came of it, the process had died.
        Applied::Exists(_) => number,
        Applied::Done => return Err(Unable::NoAnswer.into()),
    };
    enact(registry, ActName::Approve, published, after).await
}

/// Whether a hand is a proposal's second one: another person's, of an appeals office, of a region above the first.
///
/// # Errors
/// [`BrakeError::SameOffice`], [`BrakeError::NotAbove`].
pub fn is_second(proposal: &Proposal, by: &Hand, top: Option<Region>) -> Result<(), BrakeError> {
    if !proposal.is_seconded_by(by) {
        return Err(BrakeError::SameOffice);
    }
    let first = proposal.by.region;
    let may = |office| is_above(office, first, top);
    or_least(by.region, (first, top), may).map_err(|least| BrakeError::NotAbove { least })
}

/// What is published when a proposal is approved, if nothing speaks against it any more.
fn lawful_row(book: &Book, what: &Proposed) -> Result<PublicRow, BrakeError> {
    match what {
        Proposed::Draft { draft, .. } => {
            legal(draft)?;
            Ok(draft.clone().into())
        }
        Proposed::Appointment { region, appointment } => {
            lawful(book, *region, appointment)?;
            Ok(appointment.clone().into())
        }
    }
}

/// Publishes a draft without a second office, for a few days; gives its number. The journal calls it what it is.
///
/// # Errors
/// [`BrakeError`].
pub async fn publish_in_emergency(
    registry: &Registry,
    wish: Authorized<PublishInEmergency>,
) -> Result<u64, BrakeError> {
    let PublishInEmergency { draft, ground } = wish.wish();
    legal(draft)?;
    let by = hand(registry, wish.actor())?;
    let _alone = registry.publishing()?;
    if !is_short(draft, first_day(registry, draft.region(), &by).await?) {
        return Err(BrakeError::TooLong);
    }
    // An emergency does not wait for a census.
    let preview = foreseen(registry, draft).await?.ok();
    if let Some(preview) = preview.as_ref().filter(|preview| preview.exceeds().is_none()) {
        return Err(BrakeError::NoNeed { share: preview.share });
    }
    let row = Emergency { draft: draft.hash(), preview, ground: *ground, by };
    match registry.make_public(ActName::PublishInEmergency, PublicRow::Emergency(row)).await? {
        Applied::Published(after) => {
            enact(registry, ActName::PublishInEmergency, draft.clone().into(), after).await
        }
        Applied::Done | Applied::Exists(_) => Err(Unable::NoAnswer.into()),
    }
}

/// Publishes what may be; what was published after `after` is not published twice.
async fn enact(registry: &Registry, act: ActName, row: PublicRow, after: u64) -> Result<u64, BrakeError> {
    let since = registry.store().published(after).await.map_err(Unable::from)?;
    if let Some(done) = since.into_iter().find(|published| published.row == row) {
        return Ok(done.number);
    }
    let ruleset = if let PublicRow::Ruleset(RulesetEntry { id, region, .. }) = &row {
        Some((id.clone(), *region))
    } else {
        None
    };
    match (registry.make_public(act, row).await?, ruleset) {
        (Applied::Published(number), _) => Ok(number),
        (Applied::Exists(_), Some((id, region))) => Err(PublishError::Published { id, region }.into()),
        (Applied::Exists(kind @ (RowKind::Issuer | RowKind::Key)), None) => {
            Err(AppointError::Exists { kind }.into())
        }
        (Applied::Exists(_) | Applied::Done, _) => Err(Unable::NoAnswer.into()),
    }
}

pub(super) fn legal(draft: &Draft) -> Result<(), BrakeError> {
    match draft {
        Draft::Rules(entry) => Ok(checked(entry.region, &entry.rules, &entry.examples).map(|_| ())?),
        Draft::Risk(risk) if risk.until.is_some_and(|until| until < risk.from) => {
            Err(SetRiskError::Backwards.into())
        }
        Draft::Risk(_) => Ok(()),
    }
}

/// On which day an office's emergencies began of which no second office has agreed to anything since; today if there are none.
async fn first_day(registry: &Registry, region: Region, by: &Hand) -> Result<Day, BrakeError> {
    let first = registry.book().await.map_err(Unable::from)?.first_emergency(by.region, by.at);
    let zone = Zone::named(region.zone()).map_err(|_| Unable::NoAnswer)?;
    Ok(zone.day_of(first.unwrap_or(by.at)))
}

/// Whether a draft ends within the days of an emergency that began on a day.
pub(crate) fn is_short(draft: &Draft, first: Day) -> bool {
    let days = i32::from(EMERGENCY_DAYS);
    match draft {
        Draft::Rules(entry) => {
            Ruleset::parse(&entry.rules).is_ok_and(|rules| rules.sunset.days_since(first) <= days)
        }
        Draft::Risk(risk) => risk.until.is_some_and(|until| until.days_since(first) < days),
    }
}

fn hand(registry: &Registry, actor: &Actor) -> Result<Hand, BrakeError> {
    Hand::of(actor, registry.now()).ok_or(BrakeError::NoOffice)
}
