//! Who may act for whom: agents that a person bound, and children whose guardian one is.

pub mod bind;
pub mod child;
pub mod end;
pub mod list;
pub mod wards;

use mingma_registry::acts::BindError;

use crate::problem::Problem;

impl From<BindError> for Problem {
    fn from(error: BindError) -> Self {
        match error {
            BindError::Denied(denied) => denied.into(),
            BindError::Days { .. } => Self::refused("days", error),
            BindError::NotPossible => Self::conflict("not-possible", error),
            BindError::KeyReused => Self::conflict("key-reused", error),
            BindError::Unable(unable) => unable.into(),
        }
    }
}
