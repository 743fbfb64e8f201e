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
        /// A person's codes are revoked.
        Revoke = "revoke",
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
        /// An appeal was answered.
        AppealAnswered = "appeal-answered",
        /// Somebody other than the person looked at the status.
        Disclosed = "disclosed",
    }
}

words! {
    /// In which capacity an issuer may put its key under a kind of fact.
    Capacity, "a capacity" {
        /// Record facts of the kind.
        Submit = "submit",
        /// Countersign facts of the kind that another organisation recorded.
        Countersign = "countersign",
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
    }
}
