//! What a store keeps: one type for each kind of row, all of them only ever added.
//!
//! Rows about a person hang on the person's random id alone, so that all of one person lies together wherever the
//! rows are spread. Public rows (issuers, rules, risk) are about nobody. There is no row that holds a status.

mod bulk;
mod codes;
mod issuers;
mod kind;
mod notice;

use std::fmt;
use std::str::FromStr;

pub use bulk::{Alarm, Allowance, AppealSpan, Counted, Limit, Moved, MovedOn, Said, Spoken, Tally};
pub use codes::{IssuedCode, Listed, Revocation};
pub use issuers::{EntitlementEntry, EntitlementWithdrawal, IssuerEntry, KeyEntry, KeyWithdrawal};
pub use kind::RowKind;
pub use notice::{Notice, NoticeState};

use jiff::Timestamp;
use mingma_credential::status::Initials;
use mingma_domain::fact::evidence::EvidenceError;
use mingma_domain::fact::{Evidence, Issuer, IssuerClass, RetractionReason};
use mingma_domain::risk::RegionRisk;
use mingma_domain::{Fact, Region};

use crate::access::AccessRow;
use crate::brake::{Approval, Emergency, LetGo, Proposal};
use crate::canonical::{Canonical, Hash, chance_of};
use crate::id::{AppealId, DisclosureId, FactId, GrantId, PersonId};
use crate::policy::{Purpose, Role};
use crate::retention::Purged;
use crate::words::{Ground, Scope, Tie};

/// A name that a client gives a request, so that sending it twice does it once: 1 to 64 printable characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct IdempotencyKey(Evidence);

impl IdempotencyKey {
    /// The key as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for IdempotencyKey {
    type Err = EvidenceError;

    fn from_str(text: &str) -> Result<Self, EvidenceError> {
        text.parse().map(Self)
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whose request it was; keys of different requesters do not meet.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Requester {
    /// A person's own.
    Person(PersonId),
    /// An issuer's.
    Issuer(Issuer),
}

/// A request that was taken in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// Its key.
    pub key: IdempotencyKey,
    /// The hash of what it asked.
    pub hash: Hash,
    /// When it came.
    pub received: Timestamp,
}

impl Request {
    /// What makes the id of its nth row: the same at every repetition, and another request's never, also if that asks the
    /// same in the same moment.
    #[must_use]
    pub fn chance_of(&self, place: usize) -> [u8; 10] {
        let mut text = Canonical::new("mingma/request/1");
        text.text(&self.key);
        text.bytes(&self.hash);
        chance_of(&text.hash(), place)
    }
}

/// A person has registered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Registration {
    /// Where the person lives: whose rules count.
    pub home: Region,
    /// What a checkpoint may compare with the person. A store seals it.
    pub initials: Option<Initials>,
    /// When.
    pub at: Timestamp,
}

/// What a registration says was corrected, or the person lives elsewhere (信息更正). It says both as they are from now on, whichever of
/// them is another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Amendment {
    /// Which of the person's: from 1, without gaps.
    pub number: u32,
    /// Where the person lives: whose rules count.
    pub home: Region,
    /// What a checkpoint may compare with the person. A store seals it.
    pub initials: Option<Initials>,
    /// Which official saw the document, as the staff list calls them.
    pub by: Evidence,
    /// When.
    pub at: Timestamp,
}

/// A fact as it was recorded. Whether it counts is [`crate::record::Standing`]'s to say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordedFact {
    /// Its id.
    pub id: FactId,
    /// The fact.
    pub fact: Fact,
    /// When it was recorded.
    pub recorded: Timestamp,
}

/// A second organisation puts its name under a fact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Countersignature {
    /// Under which.
    pub fact: FactId,
    /// Who.
    pub issuer: Issuer,
    /// When.
    pub at: Timestamp,
}

/// A fact was taken back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordedRetraction {
    /// Which.
    pub fact: FactId,
    /// By whom: its issuer, or an appeal.
    pub issuer: Issuer,
    /// Why.
    pub reason: RetractionReason,
    /// From when on it no longer counts.
    pub at: Timestamp,
}

impl RecordedRetraction {
    /// Whether an appeal took the fact back: its person wanted that.
    pub(crate) fn is_by_appeal(&self) -> bool {
        self.issuer.class() == IssuerClass::Appeal
    }
}

/// What a person let an app do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// The app's name.
    pub app: Evidence,
    /// What it may do.
    pub scope: Scope,
    /// From when.
    pub from: Timestamp,
    /// The first instant at which it may no more.
    pub until: Timestamp,
}

/// Another person who may act for this one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Binding {
    /// Its id.
    pub id: GrantId,
    /// Who may act.
    pub agent: PersonId,
    /// As what.
    pub tie: Tie,
    /// From when.
    pub from: Timestamp,
    /// The first instant at which the agent may no more.
    pub until: Timestamp,
}

/// A person disputes a fact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AppealOpened {
    /// Its id.
    pub id: AppealId,
    /// Which fact.
    pub fact: FactId,
    /// Why.
    pub ground: Ground,
    /// When.
    pub at: Timestamp,
    /// The first instant at which it should have been answered.
    pub due: Timestamp,
}

/// How an appeal ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AppealAnswer {
    /// Which appeal.
    pub appeal: AppealId,
    /// Whether the person was right.
    pub upheld: bool,
    /// When.
    pub at: Timestamp,
}

/// Whether a disputed fact is so, in the word of its issuer or of the source of its evidence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Confirmation {
    /// Which fact.
    pub fact: FactId,
    /// Who says it.
    pub issuer: Issuer,
    /// The dispute that it answers; none if nobody asked.
    pub appeal: Option<AppealId>,
    /// Whether it is so.
    pub confirmed: bool,
    /// When.
    pub at: Timestamp,
}

/// Somebody other than the person looked at the status, or wanted to and was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Disclosure {
    /// Its id.
    pub id: DisclosureId,
    /// In which role.
    pub role: Role,
    /// Who: the app's name, the official's in the staff list, or the tie by which somebody acts for the person.
    pub by: Evidence,
    /// What for.
    pub purpose: Purpose,
    /// The policies that permitted it, or `refused:` and why; none of a look of before they were written down.
    pub policies: Option<Evidence>,
    /// The case that it belonged to, if there was one.
    pub case: Option<Evidence>,
    /// When.
    pub at: Timestamp,
}

impl Disclosure {
    /// What stands in place of policies where nothing was shown; no policy has such a name.
    const REFUSED: &'static str = "refused:";

    /// What a refusal is kept as.
    pub(crate) fn refusal(why: &str) -> Option<Evidence> {
        format!("{}{why}", Self::REFUSED).parse().ok()
    }

    /// Why nothing was shown; none of a look.
    #[must_use]
    pub fn refused(&self) -> Option<&str> {
        self.policies.as_ref()?.as_str().strip_prefix(Self::REFUSED)
    }
}

/// A row about one person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PersonRow {
    /// One for each requester and key.
    Request(Request),
    /// One for each person.
    Registration(Registration),
    /// One for each number.
    Amendment(Amendment),
    /// One for each id.
    Fact(RecordedFact),
    /// One for each fact: it needs a second organisation, not a third.
    Countersignature(Countersignature),
    /// One for each fact.
    Retraction(RecordedRetraction),
    /// One for each id.
    Code(IssuedCode),
    /// One for each id.
    Grant(Grant),
    /// One for each id.
    Binding(Binding),
    /// One for each fact and ground.
    Appeal(AppealOpened),
    /// One for each appeal.
    AppealAnswer(AppealAnswer),
    /// One for each id.
    Disclosure(Disclosure),
    /// What lets the person in; each with the key that is written at [`AccessRow`].
    Access(AccessRow),
    /// One for each code.
    Revocation(Revocation),
    /// One for each fact, issuer and dispute.
    Confirmation(Confirmation),
}

/// A ruleset as it was published: its texts, which are never edited.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RulesetEntry {
    /// Whose rules.
    pub region: Region,
    /// Its name within the region.
    pub id: String,
    /// The `ruleset.toml`.
    pub rules: String,
    /// The `examples.toml`.
    pub examples: String,
}

/// An act that the authority signed apart was brought in; what it made is published after it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Brought {
    /// By which it counts once.
    pub id: [u8; 16],
    /// The signed file, so that everybody can check whose it is.
    pub file: Vec<u8>,
    /// When.
    pub at: Timestamp,
}

/// A row about nobody. Public rows are numbered from 1 without gaps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PublicRow {
    /// One for each issuer.
    Issuer(IssuerEntry),
    /// One for each point.
    Key(KeyEntry),
    /// One for each point.
    KeyWithdrawn(KeyWithdrawal),
    /// As many as are given; they add up.
    Entitlement(EntitlementEntry),
    /// One for each entitlement.
    EntitlementWithdrawn(EntitlementWithdrawal),
    /// One for each region and id.
    Ruleset(RulesetEntry),
    /// As many as are given; a later one supersedes.
    Risk(RegionRisk),
    /// As many as are given.
    Proposal(Proposal),
    /// One for each proposal.
    Approval(Approval),
    /// As many as are given.
    Emergency(Emergency),
    /// As many as are given.
    LetGo(LetGo),
    /// As many as are given; a later one supersedes.
    Limit(Limit),
    /// One for each batch, kind and strangeness.
    Alarm(Alarm),
    /// One for each alarm.
    Allowance(Allowance),
    /// As many as are given, each with what it tells of being destroyed.
    Purged(Purged),
    /// One for each id.
    Brought(Brought),
}
