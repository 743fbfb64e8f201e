//! The kinds of rows that have a key, by which a store says which it had already.

/// Which kind of row was there already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RowKind {
    /// A request with the key.
    Request,
    /// The person's registration.
    Registration,
    /// An amendment of the person's registration with the number.
    Amendment,
    /// A fact with the id.
    Fact,
    /// The fact's countersignature.
    Countersignature,
    /// The fact's retraction.
    Retraction,
    /// A code with the id.
    Code,
    /// A grant with the id.
    Grant,
    /// A binding with the id.
    Binding,
    /// An appeal against the fact on the ground.
    Appeal,
    /// The appeal's answer.
    AppealAnswer,
    /// A disclosure with the id.
    Disclosure,
    /// A reach with the number.
    Reach,
    /// A challenge with the id, or of the use, day and ordinal.
    Challenge,
    /// A try at the challenge with the ordinal.
    Try,
    /// A sign-in with the id.
    SignIn,
    /// An assistance with the id.
    Assistance,
    /// A ward by the binding.
    Ward,
    /// An account of the staff list with the name, or its end.
    Staff,
    /// Something that was spent, with the name.
    Spent,
    /// The code's revocation.
    Revocation,
    /// The issuer.
    Issuer,
    /// The key.
    Key,
    /// The key's withdrawal.
    KeyWithdrawn,
    /// The entitlement's withdrawal.
    EntitlementWithdrawn,
    /// A ruleset with the region and id.
    Ruleset,
    /// The proposal's approval.
    Approval,
    /// The confirmation of the fact by the issuer, in that dispute.
    Confirmation,
    /// The alarm.
    Alarm,
    /// The alarm's allowance.
    Allowance,
    /// The authority's act with the id.
    Brought,
    /// A journal entry or notice with the id: the request was repeated as it stood.
    Entry,
}
