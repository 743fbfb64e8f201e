//! Who did an act about a person: the person, or somebody else for them. It stands within the entry's commitment, so that whoever reads the
//! entry is told, and the public is not.
//!
//! By a person's own doing is meant what a person may do for themselves, whoever does it: to declare, to show a code, to dispute. What an issuer
//! or an office does by its own right says so in its rows, and a look says who looked; what the program finds by itself nobody does.

use mingma_domain::fact::Evidence;

use crate::canonical::{Canonical, Hash, sha256};
use crate::id::{AssistanceId, GrantId};
use crate::policy::{Actor, Authorized, Office, Role, Subject, Wish};
use crate::record::Bound;
use crate::row::PersonRow;
use crate::signed::{field, text};
use crate::words::{ActName, RevocationReason, Tie};

/// What the bytes are.
const NAME: &str = "mingma/doer/1";

/// Who did an act about a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Doer {
    /// The person, signed in.
    Person,
    /// Somebody who had not signed in as the person: registering asks for no more than a document's number.
    Visitor,
    /// Somebody who may act for the person.
    Agent {
        /// By which binding of the person's.
        binding: GrantId,
        /// As what.
        tie: Tie,
    },
    /// A community worker.
    Worker {
        /// Who, as the staff list calls them.
        staff: Evidence,
        /// By which consent of the person's; none where the document was before them and nothing else was asked for.
        consent: Option<AssistanceId>,
    },
    /// A program that the person let in.
    App {
        /// Which.
        app: Evidence,
        /// By which grant.
        grant: GrantId,
    },
}

impl Doer {
    /// Whoever acts by a binding.
    pub(crate) const fn bound(bound: &Bound) -> Self {
        Self::Agent { binding: bound.binding(), tie: bound.tie() }
    }

    /// Who does what an actor wishes about a subject; none where that is nobody's own affair that others may do for them.
    fn of(actor: &Actor, subject: Subject<'_>) -> Option<Self> {
        Some(match actor {
            Actor::Resident(person) if subject == Subject::Person(*person) => Self::Person,
            Actor::Visitor | Actor::Resident(_) => Self::Visitor,
            Actor::Agent(bound) => Self::bound(bound),
            Actor::App(granted) => Self::App { app: granted.app().clone(), grant: granted.grant() },
            Actor::Assistant(assisted) => {
                Self::Worker { staff: assisted.staff().clone(), consent: Some(assisted.id()) }
            }
            Actor::Official { staff, office: Office::Community, .. } => {
                Self::Worker { staff: staff.clone(), consent: None }
            }
            Actor::Official { .. } | Actor::Institution(_) | Actor::Authority(_) | Actor::Auditor(_) => {
                return None;
            }
        })
    }

    /// Whether an entry of an act with these rows says who did it.
    #[must_use]
    pub fn is_told(act: ActName, rows: &[PersonRow]) -> bool {
        match act {
            ActName::Register
            | ActName::Amend
            | ActName::Declare
            | ActName::Show
            | ActName::AuthorizeApp
            | ActName::Appeal
            | ActName::Bind
            | ActName::ChangeContact
            | ActName::Assist => true,
            // Codes that became too good, or say what is no more so, the program finds by itself.
            ActName::Revoke => rows.iter().any(|row| {
                matches!(row, PersonRow::Revocation(row)
                    if matches!(row.why, RevocationReason::SignedOut | RevocationReason::Lost))
            }),
            ActName::Record
            | ActName::Countersign
            | ActName::Retract
            | ActName::Confirm
            | ActName::AnswerAppeal
            | ActName::Assess
            | ActName::Disclose
            | ActName::Transit
            | ActName::Publish
            | ActName::Propose
            | ActName::Approve
            | ActName::PublishInEmergency
            | ActName::SetRisk
            | ActName::Appoint
            | ActName::AppointStaff
            | ActName::EndStaff
            | ActName::Allow
            | ActName::Alarm
            | ActName::Purge
            | ActName::Cease
            | ActName::Bring => false,
        }
    }

    /// Whether somebody acted for the person.
    #[must_use]
    pub const fn is_another(&self) -> bool {
        match self {
            Self::Agent { .. } | Self::Worker { .. } | Self::App { .. } => true,
            Self::Person | Self::Visitor => false,
        }
    }

    /// In which role.
    #[must_use]
    pub const fn role(&self) -> Role {
        match self {
            Self::Person => Role::Resident,
            Self::Visitor => Role::Visitor,
            Self::Agent { .. } => Role::Agent,
            Self::Worker { .. } => Role::CommunityWorker,
            Self::App { .. } => Role::App,
        }
    }

    /// Who, as looks say it: the tie by which somebody acts for the person, the worker's name in the staff list, the program's name.
    #[must_use]
    pub fn by(&self) -> Option<&str> {
        match self {
            Self::Person | Self::Visitor => None,
            Self::Agent { tie, .. } => Some(tie.word()),
            Self::Worker { staff, .. } => Some(staff.as_str()),
            Self::App { app, .. } => Some(app.as_str()),
        }
    }

    /// By what the person let them: the binding, the consent to be helped, the grant.
    #[must_use]
    pub fn case(&self) -> Option<String> {
        match self {
            Self::Person | Self::Visitor | Self::Worker { consent: None, .. } => None,
            Self::Agent { binding: id, .. } | Self::App { grant: id, .. } => Some(id.to_string()),
            Self::Worker { consent: Some(id), .. } => Some(id.to_string()),
        }
    }

    /// The bytes, in the canonical encoding: the name, the role; where somebody else acted, who and by what they were let, which is empty where
    /// nobody was asked.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Canonical::new(NAME);
        bytes.text(self.role());
        if let Some(by) = self.by() {
            bytes.text(by);
        }
        match self {
            Self::Person | Self::Visitor => {}
            Self::Agent { binding: id, .. } | Self::App { grant: id, .. } => bytes.bytes(id.as_bytes()),
            Self::Worker { consent, .. } => {
                bytes.bytes(consent.as_ref().map_or(&[][..], |id| id.as_bytes()));
            }
        }
        bytes.finish()
    }

    /// Who these bytes say did it; none if they say nothing.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let rest = &mut &bytes[..];
        if field(rest)? != NAME.as_bytes() {
            return None;
        }
        let doer = match text(rest)?.parse().ok()? {
            Role::Resident => Self::Person,
            Role::Visitor => Self::Visitor,
            Role::Agent => Self::Agent { tie: text(rest)?.parse().ok()?, binding: grant(rest)? },
            Role::App => Self::App { app: text(rest)?.parse().ok()?, grant: grant(rest)? },
            Role::CommunityWorker => {
                let staff = text(rest)?.parse().ok()?;
                let consent = match field(rest)? {
                    [] => None,
                    id => Some(AssistanceId::from_bytes(id.try_into().ok()?)),
                };
                Self::Worker { staff, consent }
            }
            Role::Institution | Role::Commissioner | Role::Arbiter | Role::Authority | Role::Auditor => {
                return None;
            }
        };
        // There is one writing of each.
        (doer.to_bytes() == bytes).then_some(doer)
    }

    /// What the entry commits to.
    #[must_use]
    pub fn hash(&self) -> Hash {
        sha256(&self.to_bytes())
    }
}

impl<W: Wish> Authorized<W> {
    /// The act that was wished, and who does it.
    pub(crate) fn deed(&self) -> (ActName, Option<Doer>) {
        (W::ACT, self.doer())
    }

    /// Who does what was wished; none where an issuer or an office acts by its own right.
    pub(crate) fn doer(&self) -> Option<Doer> {
        Doer::of(self.actor(), self.wish().subject())
    }
}

fn grant(rest: &mut &[u8]) -> Option<GrantId> {
    Some(GrantId::from_bytes(field(rest)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each.
    fn each() -> Vec<Doer> {
        let (id, staff): (GrantId, Evidence) = (GrantId::from_bytes([7; 16]), "worker-3".parse().unwrap());
        let consent = Some(AssistanceId::from_bytes([9; 16]));
        let agents = Tie::ALL.iter().map(|tie| Doer::Agent { binding: id, tie: *tie });
        let others = [
            Doer::Person,
            Doer::Visitor,
            Doer::Worker { staff: staff.clone(), consent },
            Doer::Worker { staff, consent: None },
            Doer::App { app: "scanner".parse().unwrap(), grant: id },
        ];
        agents.chain(others).collect()
    }

    #[test]
    fn each_reads_back_and_nothing_else_is_one() {
        let all = each();
        for doer in &all {
            let bytes = doer.to_bytes();
            assert_eq!(Doer::from_bytes(&bytes).as_ref(), Some(doer));
            assert_eq!(all.iter().filter(|other| other.hash() == doer.hash()).count(), 1, "{doer:?}");
            for cut in 0..bytes.len() {
                assert_eq!(Doer::from_bytes(&bytes[..cut]), None, "{doer:?} cut at {cut}");
            }
            assert_eq!(Doer::from_bytes(&[&bytes[..], &[0; 4]].concat()), None, "{doer:?} with a field more");
        }
        for role in [Role::Institution, Role::Commissioner, Role::Arbiter, Role::Authority, Role::Auditor] {
            let mut bytes = Canonical::new(NAME);
            bytes.text(role);
            assert_eq!(Doer::from_bytes(&bytes.finish()), None, "{role} acts by its own right");
        }
    }
}
