//! Lists of work, a page at a time: each page names the key after which the next one begins.

use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::address::{misshapen, place};
use crate::problem::Problem;

/// The most rows of a page: 100 facts in JSON are about 30 KB.
const MAX_LIMIT: u32 = 100;
/// The rows of a page whose caller does not say how many.
const DEFAULT_LIMIT: u32 = 50;

/// Which part of a list is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WorkAsked {
    /// The `next` of the page before; none for the first.
    after: Option<String>,
    /// How many rows at most; 50 if it is not said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// One page of a list of work. It may be short, or empty, and yet have a next one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Work<T> {
    /// The rows.
    pub(crate) items: Vec<T>,
    /// After which key the list goes on; null on the last page.
    #[schema(required)]
    pub(crate) next: Option<String>,
}

impl WorkAsked {
    /// How many rows are asked for.
    ///
    /// # Errors
    /// A [`Problem`], 400.
    pub(crate) fn limit(&self) -> Result<u32, Problem> {
        match self.limit.unwrap_or(DEFAULT_LIMIT) {
            limit @ 1..=MAX_LIMIT => Ok(limit),
            _ => Err(misshapen(format!("`limit`: a page has 1 to {MAX_LIMIT} rows"))),
        }
    }

    /// After which key the page begins.
    ///
    /// # Errors
    /// A [`Problem`], 400.
    pub(crate) fn after<K: FromStr<Err: Display>>(&self) -> Result<Option<K>, Problem> {
        self.after.as_deref().map(|text| place("after", text)).transpose()
    }
}
