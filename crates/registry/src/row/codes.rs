//! Rows of codes: the place that a person's codes have in a status list, and whether it is revoked.

use jiff::Timestamp;
use mingma_credential::key::DevicePoint;
use mingma_credential::status::StatusRef;
use mingma_domain::fact::Color;

use crate::id::{CodeId, RulesetNumber};
use crate::words::RevocationReason;

/// Codes of one kind were issued from an instant on. Their texts are not kept: they lie with the person.
///
/// The first of a kind writes this row; those that follow it on the same day differ in nothing but their time of
/// issue, share its place and need no row. So every code that anybody holds can be found, and revoked, by its row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IssuedCode {
    /// Its id.
    pub id: CodeId,
    /// Under which ruleset.
    pub ruleset: RulesetNumber,
    /// For paper or for a phone.
    pub paper: bool,
    /// When the first of them was issued.
    pub issued: Timestamp,
    /// The first instant at which none of them counts any more.
    pub expires: Timestamp,
    /// Where they can be revoked; none of a code that was issued before codes had a place.
    pub listed: Option<Listed>,
}

/// Where codes can be revoked, and what they say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Listed {
    /// The place, which no other codes ever have.
    pub place: StatusRef,
    /// The colour that they show.
    pub color: Color,
    /// The phone that they are bound to; none on paper.
    pub device: Option<DevicePoint>,
}

/// The codes of a row do not count any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Revocation {
    /// Which row's.
    pub code: CodeId,
    /// Their place, so that the list can be made of these rows alone.
    pub place: StatusRef,
    /// Why.
    pub why: RevocationReason,
    /// When.
    pub at: Timestamp,
}
