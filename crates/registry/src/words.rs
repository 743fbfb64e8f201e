//! The registry's closed lists of words: each variant with the one word that names it in JSON, SQL and pages.

use mingma_domain::words::words;

words! {
    /// What can be done; the acts by their names, as the journal and the policy call them.
    ActName, "an act" {
        /// A person registers.
        Register = "register",
        /// A person declares health or a trip.
        Declare = "declare",
        /// An issuer records facts.
        Record = "record",
        /// A second organisation countersigns a fact.
        Countersign = "countersign",
        /// An issuer takes a fact back.
        Retract = "retract",
        /// An authority publishes a ruleset.
        Publish = "publish",
        /// An authority proposes what a second office has to agree to.
        Propose = "propose",
        /// A second office agrees to what was proposed, and it is published.
        Approve = "approve",
        /// An authority publishes without a second office, for a few days.
        PublishInEmergency = "publish-in-emergency",
        /// An authority sets a region's risk.
        SetRisk = "set-risk",
        /// An authority registers an issuer, its key or what it is entitled to.
        Appoint = "appoint",
        /// A status is assessed.
        Assess = "assess",
        /// A code is issued.
        Show = "show",
        /// A person lets an app act.
        AuthorizeApp = "authorize-app",
        /// A person disputes a fact.
        Appeal = "appeal",
        /// An appeal is answered.
        AnswerAppeal = "answer-appeal",
        /// A family member or agent is bound to a person.
        Bind = "bind",
        /// Somebody other than the person looked at a status.
        Disclose = "disclose",
        /// A person changes where they are reached.
        ChangeContact = "change-contact",
        /// A desk corrects where a person lives, or what a checkpoint compares with them.
        Amend = "amend",
        /// Somebody is given an office.
        AppointStaff = "appoint-staff",
        /// An account of the staff list ends.
        EndStaff = "end-staff",
        /// A person lets a community worker help.
        Assist = "assist",
        /// A person's codes are revoked.
        Revoke = "revoke",
        /// A person is told that the status is another.
        Transit = "transit",
        /// The issuer of a disputed fact, or the source of its evidence, says whether it is so.
        Confirm = "confirm",
        /// A second office lets through what was above an issuer's limit.
        Allow = "allow",
        /// The registry itself says that what an issuer does is strange.
        Alarm = "alarm",
        /// What is over is destroyed.
        Purge = "purge",
        /// The deployment ends, and everything is about to be destroyed.
        Cease = "cease",
        /// What the authority signed apart is brought in.
        Bring = "bring",
    }
}

impl ActName {
    /// Whether an issuer says it with a signature by its key.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::Record | Self::Countersign | Self::Retract | Self::Confirm)
    }

    /// Whether the act's rows decide what counts of a person.
    #[must_use]
    pub const fn decides(self) -> bool {
        matches!(
            self,
            Self::Register
                | Self::Amend
                | Self::Record
                | Self::Declare
                | Self::Countersign
                | Self::Retract
                | Self::Confirm
                | Self::Appeal
                | Self::AnswerAppeal
        )
    }

    /// Whether the act is about nobody: the log's entry of it opens to everybody.
    #[must_use]
    pub const fn is_public(self) -> bool {
        match self {
            Self::Publish
            | Self::Propose
            | Self::Approve
            | Self::PublishInEmergency
            | Self::SetRisk
            | Self::Appoint
            | Self::AppointStaff
            | Self::EndStaff
            | Self::Allow
            | Self::Alarm
            | Self::Purge
            | Self::Cease
            | Self::Bring => true,
            Self::Register
            | Self::Amend
            | Self::Declare
            | Self::Record
            | Self::Countersign
            | Self::Retract
            | Self::Assess
            | Self::Show
            | Self::AuthorizeApp
            | Self::Appeal
            | Self::AnswerAppeal
            | Self::Bind
            | Self::Disclose
            | Self::ChangeContact
            | Self::Assist
            | Self::Revoke
            | Self::Transit
            | Self::Confirm => false,
        }
    }
}

words! {
    /// What an authority's own key signs.
    AuthorityAct, "an act of an authority" {
        /// Rules are to be in force.
        Publish = "publish",
        /// A region's risk.
        SetRisk = "set-risk",
        /// An issuer is to have more than it had.
        Appoint = "appoint",
        /// An issuer is to have less.
        Withdraw = "withdraw",
        /// The keys that checkpoints trust.
        TrustList = "trust-list",
    }
}

words! {
    /// Why something cannot wait for a second office.
    EmergencyGround, "a ground of an emergency" {
        /// Cases outrun the tracing.
        Outbreak = "outbreak",
        /// A rule in force is wrong and does harm as long as it stands.
        HarmfulRule = "harmful-rule",
        /// No second office can be reached.
        NoSecondOffice = "no-second-office",
    }
}

words! {
    /// What an app is let do.
    Scope, "a scope" {
        /// Ask for the status.
        QueryStatus = "query-status",
        /// Make a code.
        MakeCode = "make-code",
    }
}

words! {
    /// As what one person is bound to another.
    Tie, "a tie" {
        /// A family member.
        Family = "family",
        /// An agent whom the person chose or the community confirmed.
        Agent = "agent",
    }
}

words! {
    /// Why a person disputes a fact.
    Ground, "a ground of appeal" {
        /// The fact is about somebody else.
        NotMe = "not-me",
        /// What it says is wrong.
        WrongValue = "wrong-value",
        /// When or where it is said to have been is wrong.
        WrongTimeOrPlace = "wrong-time-or-place",
        /// Its evidence does not exist.
        NoEvidence = "no-evidence",
        /// That it was taken back, or is said not to be so, is wrong.
        TakenBack = "taken-back",
    }
}

words! {
    /// What a notice is about; the words for people are the pages'.
    NoticeKind, "a kind of notice" {
        /// Somebody recorded a fact about the person.
        FactRecorded = "fact-recorded",
        /// A fact waits for a second organisation.
        FactPending = "fact-pending",
        /// A fact was taken back.
        FactRetracted = "fact-retracted",
        /// The issuer of a disputed fact says that it is so.
        FactConfirmed = "fact-confirmed",
        /// An appeal was answered.
        AppealAnswered = "appeal-answered",
        /// Somebody other than the person looked at the status.
        Disclosed = "disclosed",
        /// The code with which to sign in.
        SignInCode = "sign-in-code",
        /// The code with which the person lets a community worker help.
        AssistanceCode = "assistance-code",
        /// The code with which the person proves that they are reached there; sent to where they are not reached yet.
        ContactCode = "contact-code",
        /// The person signed in on a device that is new.
        SignedIn = "signed-in",
        /// The person is reached elsewhere from now on; told where they were reached before.
        ContactChanged = "contact-changed",
        /// A desk corrected where the person lives, or what a checkpoint compares with them.
        Amended = "amended",
        /// The status is another than before.
        StatusChanged = "status-changed",
        /// Somebody for whom the person acts, and who is reached nowhere, was to be told something.
        AboutWard = "about-ward",
    }
}

words! {
    /// What a code lets whoever gives it back.
    CodeUse, "a use of a code" {
        /// Sign in.
        SignIn = "sign-in",
        /// Help the person at a desk, once.
        Assistance = "assistance",
        /// Help the person at a desk, by a slip that somebody without a telephone keeps.
        Slip = "slip",
        /// Have the person reached where the code was sent.
        Contact = "contact",
    }
}

impl NoticeKind {
    /// Whether it brings a code, for which somebody waits and which is over in minutes.
    #[must_use]
    pub const fn is_code(self) -> bool {
        matches!(self, Self::SignInCode | Self::AssistanceCode | Self::ContactCode)
    }

    /// Whether it is about the person's record, which whoever acts for them reads too; what lets the person in, and where they are reached,
    /// is theirs alone.
    #[must_use]
    pub const fn is_about_record(self) -> bool {
        match self {
            Self::FactRecorded
            | Self::FactPending
            | Self::FactRetracted
            | Self::FactConfirmed
            | Self::AppealAnswered
            | Self::Disclosed
            | Self::Amended
            | Self::StatusChanged => true,
            Self::SignInCode
            | Self::AssistanceCode
            | Self::ContactCode
            | Self::SignedIn
            | Self::ContactChanged
            | Self::AboutWard => false,
        }
    }
}

impl CodeUse {
    /// How many digits a code has.
    ///
    /// Six digits with five tries at each of twenty codes a day are right by chance once in 27 years of guessing at one person;
    /// ten digits with ten tries in a row are right by chance once in a thousand million slips.
    #[must_use]
    pub const fn digits(self) -> u32 {
        match self {
            Self::SignIn | Self::Assistance | Self::Contact => 6,
            Self::Slip => 10,
        }
    }

    /// How many tries there are at one code; at a slip, how many wrong ones in a row.
    #[must_use]
    pub const fn tries(self) -> u32 {
        match self {
            Self::SignIn | Self::Assistance | Self::Contact => 5,
            Self::Slip => 10,
        }
    }

    /// Whether the code counts again after it was given back.
    #[must_use]
    pub const fn is_kept(self) -> bool {
        matches!(self, Self::Slip)
    }
}

words! {
    /// In which capacity an issuer may put its key under a kind of fact.
    Capacity, "a capacity" {
        /// Record facts of the kind.
        Submit = "submit",
        /// Countersign facts of the kind that another organisation recorded.
        Countersign = "countersign",
        /// Say of facts of the kind whether their evidence exists: the source that gives out its numbers.
        Confirm = "confirm",
    }
}

words! {
    /// What an issuer does to facts, as it is limited and watched.
    Doing, "what an issuer does" {
        /// It records them.
        Recorded = "recorded",
        /// It countersigns what another organisation recorded.
        Countersigned = "countersigned",
        /// It takes them back.
        Retracted = "retracted",
        /// It says of them that they are not so.
        Denied = "denied",
    }
}

words! {
    /// Within how long rows are counted together.
    Span, "a span of time" {
        /// An hour.
        Hour = "hour",
        /// A day.
        Day = "day",
        /// A week.
        Week = "week",
    }
}

words! {
    /// What is strange.
    Strange, "a sort of alarm" {
        /// More in an hour than the issuer's limit: it waits for a second office.
        AboveLimit = "above-limit",
        /// More within a span than the issuer's own history knows, of what no laboratory proves.
        UnlikeItself = "unlike-itself",
        /// The persons of a batch share nothing that the vocabulary can see: no place, no contact, no flight.
        NothingInCommon = "nothing-in-common",
    }
}

words! {
    /// What makes a status another.
    Mover, "a cause of a change of status" {
        /// A ruleset came into force.
        Rule = "rule",
        /// A region's risk was set.
        Risk = "risk",
        /// The day began.
        Turn = "turn",
        /// Something was recorded about the person.
        Fact = "fact",
        /// The person lives elsewhere, where other rules may hold.
        Move = "move",
    }
}

words! {
    /// Why codes are revoked.
    RevocationReason, "a reason of a revocation" {
        /// The status has got worse than the colour that they show.
        TooGood = "too-good",
        /// The person signed out on the phone that holds them.
        SignedOut = "signed-out",
        /// The person said that the paper, or the phone, is lost.
        Lost = "lost",
        /// What they say of their holder was corrected.
        Amended = "amended",
    }
}
