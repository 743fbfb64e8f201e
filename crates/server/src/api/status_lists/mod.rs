//! The lists of revoked codes: fetched whole, so that nobody learns which code a checkpoint looks up.

pub mod directory;
pub mod get;

use mingma_registry::lists::ListError;

use crate::problem::Problem;

impl From<ListError> for Problem {
    fn from(error: ListError) -> Self {
        match error {
            ListError::Store(error) => error.into(),
            ListError::List(_) | ListError::Token(_) => Self::broken(),
        }
    }
}
