//! What is said of a problem: in the table, at `/problems/NAME` and in the description.

use serde::Serialize;
use utoipa::ToSchema;

/// What a problem means.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct Known {
    /// The last part of the `type`.
    pub(crate) name: &'static str,
    /// The status of the answer.
    pub(crate) status: u16,
    /// What it means.
    pub(crate) meaning: &'static str,
    /// What to do.
    pub(crate) help: &'static str,
}

pub(super) const fn known(
    name: &'static str,
    status: u16,
    meaning: &'static str,
    help: &'static str,
) -> Known {
    Known { name, status, meaning, help }
}
