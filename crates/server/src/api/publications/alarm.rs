//! An alarm as everybody reads it.

use jiff::Timestamp;
use mingma_domain::fact::{Issuer, Kind, Value};
use mingma_registry::row::Alarm;
use mingma_registry::words::{Doing, Span, Strange};
use serde::Serialize;
use utoipa::ToSchema;

/// What an issuer does is strange.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlarmTold {
    /// What: `above-limit`, `unlike-itself` or `nothing-in-common`.
    #[schema(value_type = String)]
    pub(crate) why: Strange,
    /// About whose doing.
    #[schema(value_type = String)]
    pub(crate) issuer: Issuer,
    /// What it does: `recorded`, `countersigned`, `retracted` or `denied`.
    #[schema(value_type = String)]
    pub(crate) doing: Doing,
    /// To facts of which kind.
    #[schema(value_type = String)]
    pub(crate) kind: Kind,
    /// Of which value of the kind alone; null if of all.
    #[schema(required, value_type = Option<String>)]
    pub(crate) value: Option<Value>,
    /// How many rows, or persons.
    pub(crate) rows: u64,
    /// How many would have been usual; of persons with nothing in common, how many share the most.
    pub(crate) usual: u64,
    /// Within how long they came: `hour`, `day` or `week`.
    #[schema(value_type = String)]
    pub(crate) within: Span,
    /// When.
    #[schema(value_type = String, format = "date-time")]
    pub(crate) at: Timestamp,
}

impl From<&Alarm> for AlarmTold {
    fn from(alarm: &Alarm) -> Self {
        let Alarm { why, issuer, doing, kind, value, rows, usual, within, at, batch: _ } = alarm;
        let (issuer, within) = (issuer.clone(), *within);
        let (doing, kind, value) = (*doing, *kind, *value);
        Self { why: *why, issuer, doing, kind, value, rows: *rows, usual: *usual, within, at: *at }
    }
}
