//! Who may do what, for which purpose, over what: decided by the policies in `policies.cedar`, and the value that proves the
//! answer.
//!
//! [`Authorized`] has one maker, [`authorize`]; an act takes nothing else. The policies know no names: a role comes from
//! how somebody signed in, which is settled before. What they cannot know (where a person lives) is handed to the
//! act as a condition that the act must put to the proof. The policies that permitted an act, its purpose and its case go
//! with it, so that a look is written down with what permitted it. Policies and schema are published as they are.

mod engine;

pub use engine::{BadPolicies, POLICIES, SCHEMA};

use mingma_domain::Region;
use mingma_domain::fact::{Evidence, Issuer};
use mingma_domain::words::words;
use thiserror::Error;

use self::engine::{Permitted, Question};
use crate::access::Assisted;
use crate::authority::Vouched;
use crate::id::{AppealId, PersonId};
use crate::record::{Bound, Granted};
use crate::words::ActName;

words! {
    /// The sort of office that an official holds.
    Office, "an office" {
        /// Publishes rules and risk, appoints issuers (卫生健康委员会).
        HealthCommission = "health-commission",
        /// Answers appeals (申诉办).
        Appeals = "appeals",
        /// Knows its residents (社区).
        Community = "community",
    }
}

words! {
    /// What something is done for; a closed list, and nothing else is a purpose.
    Purpose, "a purpose" {
        /// One's own affairs, or a ward's.
        SelfService = "self-service",
        /// Prevention and control of the epidemic.
        OutbreakControl = "outbreak-control",
        /// Rules and risk for everybody to read.
        Publication = "publication",
        /// Setting a wrong right.
        Redress = "redress",
        /// Help at a desk for those who have no phone.
        Assistance = "assistance",
        /// Seeing at a desk that a document is its bearer's.
        Identification = "identification",
        /// An auditor's replay.
        Audit = "audit",
    }
}

words! {
    /// In which role somebody acts.
    Role, "a role" {
        /// Nobody has signed in.
        Visitor = "visitor",
        /// A person, for oneself.
        Resident = "resident",
        /// A person, for a ward.
        Agent = "agent",
        /// A program that a person let in.
        App = "app",
        /// An issuer of facts.
        Institution = "institution",
        /// An official of a health commission.
        Commissioner = "commissioner",
        /// An official of an appeals office.
        Arbiter = "arbiter",
        /// An official of a community.
        CommunityWorker = "community-worker",
        /// An authority, by a signature of its own key.
        Authority = "authority",
        /// An auditor, to whom entries are opened.
        Auditor = "auditor",
    }
}

impl Office {
    /// In which role its holders act.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::HealthCommission => Role::Commissioner,
            Self::Appeals => Role::Arbiter,
            Self::Community => Role::CommunityWorker,
        }
    }
}

impl Role {
    /// The office that whoever acts in it holds; none where it is of no account of the staff list.
    #[must_use]
    pub const fn office(self) -> Option<Office> {
        match self {
            Self::Commissioner => Some(Office::HealthCommission),
            Self::Arbiter => Some(Office::Appeals),
            Self::CommunityWorker => Some(Office::Community),
            Self::Visitor
            | Self::Resident
            | Self::Agent
            | Self::App
            | Self::Institution
            | Self::Authority
            | Self::Auditor => None,
        }
    }
}

/// Who acts, as far as it was proved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Actor {
    /// Nobody has signed in.
    Visitor,
    /// A person who signed in.
    Resident(PersonId),
    /// A person who signed in and may act for another.
    Agent(Bound),
    /// A program with a person's consent.
    App(Granted),
    /// An issuer; its signature is checked by the act.
    Institution(Issuer),
    /// An official who signed in.
    Official {
        /// Who, as the staff list calls it.
        staff: Evidence,
        /// Of which office.
        office: Office,
        /// Of which region.
        region: Region,
    },
    /// A community worker whom a person let help.
    Assistant(Assisted),
    /// The authority, by a signature of its own key.
    Authority(Vouched),
    /// An auditor, by the word of whoever owns the data folder; no caller over the network is one.
    Auditor(Evidence),
}

impl Actor {
    /// In which role.
    #[must_use]
    pub const fn role(&self) -> Role {
        match self {
            Self::Visitor => Role::Visitor,
            Self::Resident(_) => Role::Resident,
            Self::Agent(_) => Role::Agent,
            Self::App(_) => Role::App,
            Self::Institution(_) => Role::Institution,
            Self::Official { office, .. } => office.role(),
            Self::Assistant(_) => Role::CommunityWorker,
            Self::Authority(_) => Role::Authority,
            Self::Auditor(_) => Role::Auditor,
        }
    }

    /// For whom it acts, if it acts for a person.
    #[must_use]
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Resident(person) => Some(*person),
            Self::Agent(bound) => Some(bound.ward()),
            Self::App(granted) => Some(granted.person()),
            Self::Assistant(assisted) => Some(assisted.person()),
            Self::Visitor
            | Self::Institution(_)
            | Self::Official { .. }
            | Self::Authority(_)
            | Self::Auditor(_) => None,
        }
    }

    /// What whoever is looked at reads of who looked, if anybody but the person and those who act for them does.
    pub(crate) const fn looker(&self) -> Option<&Evidence> {
        match self {
            Self::App(granted) => Some(granted.app()),
            Self::Official { staff, .. } => Some(staff),
            Self::Assistant(assisted) => Some(assisted.staff()),
            Self::Auditor(by) => Some(by),
            Self::Visitor
            | Self::Resident(_)
            | Self::Agent(_)
            | Self::Institution(_)
            | Self::Authority(_) => None,
        }
    }
}

/// What a request is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject<'r> {
    /// Nobody who is known.
    Nobody,
    /// A person.
    Person(PersonId),
    /// A person, in an appeal of theirs.
    Appeal(PersonId, AppealId),
    /// A region.
    Region(Region),
    /// An issuer's own doing.
    Issuer(&'r Issuer),
}

/// What somebody wants done.
pub trait Wish {
    /// Which act it is.
    const ACT: ActName;

    /// What it is about.
    fn subject(&self) -> Subject<'_>;

    /// What an app must have been let do for it; `None` if no app may.
    fn scope(&self) -> Option<crate::words::Scope> {
        None
    }

    /// The case that it belongs to, if there is one, as whoever is looked at is told.
    fn case(&self) -> Option<Evidence> {
        None
    }
}

/// A wish that the policy has allowed, with who wished it.
///
/// Nobody else can make one:
///
/// ```compile_fail
/// # use mingma_registry::policy::{Actor, Authorized, Purpose};
/// let policies = "visitors-register".parse().unwrap();
/// let forged =
///     Authorized { wish: (), actor: Actor::Visitor, purpose: Purpose::Redress, policies, case: None, home_in: None };
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Authorized<W> {
    wish: W,
    actor: Actor,
    purpose: Purpose,
    policies: Evidence,
    case: Option<Evidence>,
    home_in: Option<Region>,
}

impl<W> Authorized<W> {
    /// What is to be done.
    #[must_use]
    pub const fn wish(&self) -> &W {
        &self.wish
    }

    /// Who wished it.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// What for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The policies that permitted it, by their names; of several, joined by `+`.
    #[must_use]
    pub const fn policies(&self) -> &Evidence {
        &self.policies
    }

    /// The case that it belongs to: an appeal, a person's consent to be helped, or their grant to a program.
    #[must_use]
    pub const fn case(&self) -> Option<&Evidence> {
        self.case.as_ref()
    }

    /// Puts to the proof what the policies could not know: whether the person lives where the official is in office.
    ///
    /// # Errors
    /// [`Denied::Elsewhere`].
    pub fn reaches(&self, home: Option<Region>) -> Result<(), Denied> {
        match (self.home_in, home) {
            (None, _) => Ok(()),
            (Some(office), Some(home)) if home.is_in(office) => Ok(()),
            (Some(_), _) => Err(Denied::Elsewhere),
        }
    }
}

/// Why somebody may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Denied {
    /// The role may not do this at all.
    #[error("`{role}` may not `{act}`")]
    Role {
        /// Who.
        role: Role,
        /// What.
        act: ActName,
    },
    /// The role may do it, but not for this.
    #[error("`{role}` may not `{act}` for `{purpose}`")]
    Purpose {
        /// Who.
        role: Role,
        /// What.
        act: ActName,
        /// What for.
        purpose: Purpose,
    },
    /// It is another person's, or another issuer's.
    #[error("only one's own: this is about somebody else")]
    NotOwn,
    /// The person has not let the official help.
    #[error("the person has not let you help: ask for the code on their phone, or their slip")]
    NoConsent,
    /// No appeal of the person is named.
    #[error("an office looks at a person only in an appeal of theirs that waits for it")]
    NoCase,
    /// It lies outside the office's region.
    #[error("this lies outside the office's region")]
    Elsewhere,
    /// The person let the app do something else.
    #[error("the person has not let the app do this")]
    Scope,
}

impl Denied {
    /// The word for it, as policies name their refusals.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Role { .. } => "role",
            Self::Purpose { .. } => "purpose",
            Self::NotOwn => "not-own",
            Self::NoConsent => "no-consent",
            Self::NoCase => "no-case",
            Self::Elsewhere => "elsewhere",
            Self::Scope => "scope",
        }
    }
}

/// Each policy by its name, with its text as it decides.
pub fn each() -> impl Iterator<Item = (&'static str, &'static str)> {
    POLICIES.split("\n\n").filter_map(|text| {
        let (id, _) = text.trim().strip_prefix("@id(\"")?.split_once('"')?;
        Some((id, text.trim()))
    })
}

/// Reads the policies and holds them to their schema, which is done once: before a server listens.
///
/// # Errors
/// [`BadPolicies`]: then nobody may anything.
pub fn check() -> Result<(), BadPolicies> {
    engine::engine().map(|_| ())
}

/// Decides a wish by the policies.
///
/// # Errors
/// [`Denied`]: the first reason in the order role, purpose, scope.
pub fn authorize<W: Wish>(actor: Actor, purpose: Purpose, wish: W) -> Result<Authorized<W>, Denied> {
    let Permitted { policies, at_home } = engine::decide(&question(&actor, purpose, &wish))?;
    let home_in = if at_home { actor.office_in() } else { None };
    let case = match &actor {
        Actor::App(granted) => granted.grant().to_string().parse().ok(),
        Actor::Assistant(assisted) => assisted.id().to_string().parse().ok(),
        Actor::Visitor
        | Actor::Resident(_)
        | Actor::Agent(_)
        | Actor::Institution(_)
        | Actor::Official { .. }
        | Actor::Authority(_)
        | Actor::Auditor(_) => wish.case(),
    };
    Ok(Authorized { wish, actor, purpose, policies, case, home_in })
}

/// Decides a wish by asking the policies though the case is known: what a decision costs the first time.
///
/// # Errors
/// As of [`authorize`].
#[cfg(feature = "conformance")]
pub fn ask_anew<W: Wish>(actor: &Actor, purpose: Purpose, wish: &W) -> Result<Evidence, Denied> {
    let question = question(actor, purpose, wish);
    let engine = engine::engine().map_err(|_| Denied::Role { role: actor.role(), act: W::ACT })?;
    engine.ask(&question).map(|permitted| permitted.policies)
}

fn question<'q, W: Wish>(actor: &'q Actor, purpose: Purpose, wish: &'q W) -> Question<'q> {
    Question { actor, act: W::ACT, purpose, subject: wish.subject(), scope: wish.scope() }
}
