//! Corrections: a fact is never edited, it is taken back by name and with a reason.

use serde::Serialize;

use crate::fact::Fact;
use crate::fact::evidence::Evidence;
use crate::fact::issuer::{Issuer, IssuerClass};
use crate::time::Moment;
use crate::words::words;

words! {
    /// Why a fact no longer counts.
    RetractionReason, "a reason to retract" {
        /// 录入错误.
        EnteredInError = "entered-in-error",
        /// 非本人.
        WrongPerson = "wrong-person",
        /// The source does not confirm the evidence (证据无法核实).
        Unconfirmed = "unconfirmed",
        /// The issuer did not answer a dispute within its deadline (逾期未答复).
        Unanswered = "unanswered",
        /// 申诉成立.
        AppealUpheld = "appeal-upheld",
    }
}

/// The taking back of one fact, from a moment on.
///
/// In a facts file it is a row of kind `retract`: `value` is the reason, `at` the moment, `issuer` who takes it back,
/// and `evidence` names the fact as [`Fact::name`] does (`test/positive@2022-06-13T09:40:00+08:00`).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Retraction {
    pub(super) reason: RetractionReason,
    pub(super) at: Moment,
    pub(super) issuer: Issuer,
    pub(super) fact: Evidence,
}

impl Retraction {
    /// The word that stands in the `kind` column of such a row.
    pub const KIND: &'static str = "retract";

    /// Why.
    #[must_use]
    pub const fn reason(&self) -> RetractionReason {
        self.reason
    }

    /// From when on the fact no longer counts.
    #[must_use]
    pub const fn at(&self) -> Moment {
        self.at
    }

    /// Who takes it back.
    #[must_use]
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The name of the fact.
    #[must_use]
    pub fn fact(&self) -> &str {
        self.fact.as_str()
    }

    /// Whether this takes back `fact`: it names it, and comes from its own issuer or from an appeal.
    #[must_use]
    pub fn takes_back(&self, fact: &Fact) -> bool {
        (self.issuer.class() == IssuerClass::Appeal || self.issuer == *fact.issuer())
            && self.fact.as_str() == fact.name()
    }
}
