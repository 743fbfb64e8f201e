//! What the policies are to say, as a table: one line for every role, act and purpose that is allowed. A slow and obvious
//! second opinion, to which the tests hold the policies; nothing is decided by it.

use mingma_domain::Region;

use super::{Actor, Denied, Purpose, Role, Subject};
use crate::words::ActName;

/// Over what a line gives power.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Over {
    /// Nobody who is known.
    Nobody,
    /// The person for whom the actor acts.
    Own,
    /// The issuer itself.
    OwnIssuer,
    /// A region in which the office is.
    InRegion,
    /// A person in an appeal of theirs, who lives in the office's region; the act puts both to the proof.
    AppealInRegion,
    /// Whoever the entries are about that a checkpoint draws.
    Anybody,
    /// Nobody who is known yet, or somebody as by `Assisted`: for whom they act is helped with their consent.
    NobodyOrAssisted,
    /// A person who let the official help, and lives in the office's region; the act puts the latter to the proof.
    Assisted,
}

/// One line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) role: Role,
    pub(super) act: ActName,
    pub(super) over: Over,
    pub(super) purpose: Purpose,
}

const fn line(role: Role, act: ActName, over: Over, purpose: Purpose) -> Line {
    Line { role, act, over, purpose }
}

/// Everything that is allowed.
pub(super) const TABLE: &[Line] = {
    use ActName::{
        Allow, Amend, AnswerAppeal, Appeal, Appoint, AppointStaff, Approve, Assess, Assist, AuthorizeApp,
        Bind, Bring, ChangeContact, Confirm, Countersign, Declare, Disclose, EndStaff, Propose, Publish,
        PublishInEmergency, Record, Register, Retract, Revoke, SetRisk, Show,
    };
    use Over::{Anybody, AppealInRegion, Assisted, InRegion, Nobody, NobodyOrAssisted, Own, OwnIssuer};
    use Purpose::{Assistance, Audit, Identification, OutbreakControl, Publication, Redress, SelfService};
    use Role::{
        Agent, App, Arbiter, Auditor, Authority, Commissioner, CommunityWorker, Institution, Resident,
        Visitor,
    };
    &[
        line(Visitor, Register, Nobody, SelfService),
        line(Resident, Register, Nobody, SelfService),
        line(CommunityWorker, Register, Nobody, Identification),
        line(Resident, Declare, Own, SelfService),
        line(Agent, Declare, Own, SelfService),
        line(Resident, Assess, Own, SelfService),
        line(Agent, Assess, Own, SelfService),
        line(App, Assess, Own, SelfService),
        line(CommunityWorker, Assess, Assisted, Assistance),
        line(Arbiter, Assess, AppealInRegion, Redress),
        line(Resident, Show, Own, SelfService),
        line(Agent, Show, Own, SelfService),
        line(App, Show, Own, SelfService),
        line(CommunityWorker, Show, Assisted, Assistance),
        line(Resident, Revoke, Own, SelfService),
        line(Agent, Revoke, Own, SelfService),
        line(CommunityWorker, Revoke, Assisted, Assistance),
        line(Resident, AuthorizeApp, Own, SelfService),
        line(Resident, ChangeContact, Own, SelfService),
        line(CommunityWorker, Assist, NobodyOrAssisted, Assistance),
        line(CommunityWorker, Assist, Assisted, Identification),
        line(CommunityWorker, Amend, Assisted, Identification),
        line(Resident, Appeal, Own, Redress),
        line(Agent, Appeal, Own, Redress),
        line(Resident, Bind, Own, SelfService),
        line(CommunityWorker, Bind, Assisted, Assistance),
        line(Arbiter, AnswerAppeal, AppealInRegion, Redress),
        line(Institution, Record, OwnIssuer, OutbreakControl),
        line(Institution, Countersign, OwnIssuer, OutbreakControl),
        line(Institution, Retract, OwnIssuer, Redress),
        line(Institution, Confirm, OwnIssuer, Redress),
        line(Commissioner, Publish, InRegion, Publication),
        line(Commissioner, SetRisk, InRegion, Publication),
        line(Commissioner, Propose, InRegion, Publication),
        line(Arbiter, Approve, InRegion, Publication),
        line(Commissioner, Allow, InRegion, OutbreakControl),
        line(Arbiter, Allow, InRegion, OutbreakControl),
        line(Commissioner, PublishInEmergency, InRegion, Publication),
        line(Commissioner, Appoint, InRegion, OutbreakControl),
        line(Commissioner, AppointStaff, InRegion, OutbreakControl),
        line(Commissioner, EndStaff, InRegion, OutbreakControl),
        line(Authority, Bring, InRegion, Publication),
        line(Auditor, Disclose, Anybody, Audit),
    ]
};

impl Over {
    /// Whether the actor has this power over the subject; if so, where a person would have to live.
    pub(super) fn check(self, actor: &Actor, subject: Subject<'_>) -> Result<Option<Region>, Denied> {
        match (self, subject, actor) {
            (Self::Nobody | Self::NobodyOrAssisted, Subject::Nobody, _)
            | (Self::Anybody, Subject::Person(_), _) => Ok(None),
            (Self::Own, Subject::Person(person), _) if actor.person() == Some(person) => Ok(None),
            (Self::OwnIssuer, Subject::Issuer(issuer), Actor::Institution(own)) if issuer == own => Ok(None),
            (Self::InRegion, Subject::Region(at), Actor::Official { region, .. }) if at.is_in(*region) => {
                Ok(None)
            }
            (Self::InRegion, Subject::Region(at), Actor::Authority(by)) if at.is_in(by.region()) => Ok(None),
            (Self::AppealInRegion, Subject::Appeal(..), Actor::Official { region, .. }) => Ok(Some(*region)),
            // The appeals of all who live somewhere within the office's region.
            (Self::AppealInRegion, Subject::Region(at), Actor::Official { region, .. })
                if at.is_in(*region) =>
            {
                Ok(None)
            }
            (
                Self::Assisted | Self::NobodyOrAssisted,
                Subject::Person(person),
                Actor::Assistant(assisted),
            ) if assisted.person() == person => Ok(Some(assisted.region())),
            (Self::Assisted, ..) | (Self::NobodyOrAssisted, Subject::Person(_), _) => Err(Denied::NoConsent),
            (Self::InRegion, ..) | (Self::AppealInRegion, Subject::Region(_), _) => Err(Denied::Elsewhere),
            (Self::AppealInRegion, ..) => Err(Denied::NoCase),
            (Self::Nobody | Self::NobodyOrAssisted | Self::Own | Self::OwnIssuer | Self::Anybody, ..) => {
                Err(Denied::NotOwn)
            }
        }
    }
}
