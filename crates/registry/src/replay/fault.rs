//! What does not follow, and by which entry it is called. Nothing here repeats what an entry says of a person.

use mingma_credential::authority::ActError;
use mingma_domain::fact::{Evidence, Issuer, Kind};
use thiserror::Error;

use crate::policy::Role;
use crate::recognition::Unrecognised;

/// An entry that does not follow.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("entry {entry}: {why}")]
pub struct Fault {
    /// Its number.
    pub entry: u64,
    /// Why.
    pub why: Why,
}

/// Why an entry does not follow.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Why {
    /// The log has it, and nothing that was given opens it.
    #[error("the log has it, and nothing that was given opens it")]
    Missing,
    /// The log has it, nothing opens it, and more are missing than have ended.
    #[error(
        "the log has it, nothing that was given opens it, and of its sort more are missing than ends of data tell of"
    )]
    OneTooMany,
    /// An end of data before its time.
    #[error("it tells of an end of data before the retention was over")]
    Early,
    /// Beside the commitment stands something else than what it commits to.
    #[error(
        "what the log shows beside the commitment is not what it commits to: another office, place or subject"
    )]
    ShownOtherwise,
    /// An office that nobody held there then.
    #[error("nobody on the staff list held the office then that the log shows beside it")]
    NobodyInOffice,
    /// Only the hash of what it commits to was given, and no end of data that the log tells of explains that.
    #[error(
        "only the hash of what it commits to was given, and no end of data explains that: it is kept back, or was taken out of the database"
    )]
    Withheld,
    /// An opening of an entry that the log does not have, or a second one of the same.
    #[error("there is no such entry in the log, or it is opened twice")]
    Superfluous,
    /// It commits to something else.
    #[error("it does not commit to what was given for it")]
    Changed,
    /// The content is of no kind.
    #[error("what it commits to is no content of an entry")]
    Unreadable,
    /// It names a former entry that is not the person's last one before it.
    #[error("it does not follow the person's last entry before it, which is {last}")]
    Unchained {
        /// The last one that was given; 0 if there is none.
        last: u64,
    },
    /// No such issuer was appointed by then.
    #[error("`{issuer}` was not an appointed issuer")]
    UnknownIssuer {
        /// Who.
        issuer: Issuer,
    },
    /// The issuer was not entitled to it there and then.
    #[error("`{issuer}` was not entitled to `{kind}` there on that day")]
    NotEntitled {
        /// Who.
        issuer: Issuer,
        /// To which kind.
        kind: Kind,
    },
    /// The organisation vouches for itself.
    #[error("`{first}` and `{second}` are one organisation, which cannot countersign for itself")]
    SameOrganisation {
        /// Who recorded.
        first: Issuer,
        /// Who countersigned.
        second: Issuer,
    },
    /// It is about a fact that the person has not.
    #[error("it is about a fact that is not the person's")]
    NoSuchFact,
    /// It takes back, or answers for, what somebody else recorded.
    #[error("`{issuer}` did not record the fact that it speaks about")]
    NotItsFact {
        /// Who.
        issuer: Issuer,
    },
    /// What a person may do for themselves, and nobody is said to have done it, in a log that says who.
    #[error("it does not say who did it, though the log says that of such acts")]
    ByNobody,
    /// Something is said of who did it that says nothing, or of what the program finds by itself.
    #[error("what is kept of who did it is none, or it is no act that anybody does for a person")]
    NoDoer,
    /// Somebody who is said to have acted for the person was not let do so then.
    #[error("the person had not let whoever is said to have done it act for them then")]
    NotLet,
    /// An issuer's word without its signature, in a log that keeps them.
    #[error("an issuer is said to have said it, and its signature was not kept with it")]
    Unsigned,
    /// What was signed is something else.
    #[error("the signature that was kept with it is under something else")]
    SignedOtherwise,
    /// Another region's colour without the code that the region signed.
    #[error("another region's status is not borne out by a code that the region signed: {0}")]
    BareColor(Unrecognised),
    /// An approval of no proposal.
    #[error("it agrees to a proposal that there is not")]
    NoProposal,
    /// An approval that makes no second office.
    #[error(
        "no second office agreed by it: it is late or the second one, another proposal was seen, or the hand is the first office's own"
    )]
    NotSeconded,
    /// An office beside or below the first one, or the institution.
    #[error(
        "whoever agreed is of no region above: an office agrees to what one below it proposed, or an institution did"
    )]
    NotAbove,
    /// What needs two offices, and none agreed to.
    #[error("it needs two offices, and nothing that two agreed to before it says it")]
    NotAgreed,
    /// Numbers that are another draft's.
    #[error("the numbers that stand with it are another draft's")]
    OtherDraft,
    /// A sum that does not add up.
    #[error("the sum of what was published alone before it is another one")]
    OtherSum,
    /// One office published alone what had to wait.
    #[error("more than the share of a region was foreseen to be worse off, and one office let it go alone")]
    AboveTheShare,
    /// An emergency without an end in time.
    #[error("what is published in emergencies ends within days of the first of them, and this does not")]
    TooLong,
    /// What let through a batch that was not held.
    #[error("it lets through what was not held above a limit where its office is")]
    NothingHeld,
    /// A hand of another time than its entry's.
    #[error("the hand under it is of another time than the entry")]
    OtherTime,
    /// A hand or a look of somebody who did not hold that office then.
    #[error("`{name}` was no account of the staff list then that acts there as `{role}`")]
    NotInOffice {
        /// Who.
        name: Evidence,
        /// As what.
        role: Role,
    },
    /// What a registration says was corrected past a number.
    #[error("it is not the next correction of where the person lives and what a checkpoint compares")]
    OutOfOrder,
    /// What a registration says was corrected without the person's consent.
    #[error("the person let nobody at a desk help before it")]
    NoConsent,
    /// One row that was signed was recorded twice.
    #[error("the row that was signed was recorded before, about this person or another")]
    RecordedTwice,
    /// No key that counted for the issuer then made the signature.
    #[error("no key that counted for `{issuer}` then made the signature that was kept with it")]
    NotItsKey {
        /// Who.
        issuer: Issuer,
    },
    /// A code shows another colour than the facts and the rules made, or names other rules.
    #[error("a code of another colour, or by other rules, than the facts made then")]
    Color,
    /// Codes were revoked for a worse status that there was not.
    #[error("codes were revoked for a worse status, and none follows from the facts")]
    NotWorse,
    /// A person was told of another status that there was not.
    #[error("the person was told of another status, and none follows from the facts")]
    NotAnother,
    /// A file that was brought in is not the authority's.
    #[error("it was brought in as the authority's, and is not: {0}")]
    NotTheAuthoritys(ActError),
    /// A file was brought in under another id, after its last day, or a second time.
    #[error(
        "a file of the authority's was brought in under another id, after its last day, or a second time"
    )]
    OutOfTurn,
    /// A file says that another region's authority acts.
    #[error("it was signed for another region than what was brought in before it")]
    OtherAuthority,
    /// The log calls it the authority's, and no file says so that was brought in before it and of which nothing else came.
    #[error("it is said to be the authority's, and no signed file that was brought in before it says it")]
    Unsaid,
}
