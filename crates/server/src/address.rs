//! Reading the address of a request: what stands in its path and its query. Errors say where, never what.

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// What stands in the places of the path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InPath<T>(pub(crate) T);

/// The members of the query. That there are no others than those of the description is seen to in [`crate::known`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct InQuery<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for InPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(path) = Path::from_request_parts(parts, state)
            .await
            .map_err(|_| misshapen("the path is not of this endpoint's shape"))?;
        Ok(Self(path))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for InQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(query) = Query::from_request_parts(parts, state)
            .await
            .map_err(|_| misshapen("the query is not of this endpoint's shape"))?;
        Ok(Self(query))
    }
}

/// 400: the address cannot be read.
pub(crate) fn misshapen(title: impl ToString) -> Problem {
    Problem::unreadable(title).help("the description at `/openapi.json` says what stands where")
}

/// Reads one place of the path or one member of the query as a type of the domain.
///
/// # Errors
/// A [`Problem`], 400: the error names the member, and repeats nothing that its type would not.
pub(crate) fn place<T: std::str::FromStr<Err: std::fmt::Display>>(
    name: &str,
    text: &str,
) -> Result<T, Problem> {
    text.parse().map_err(|error| misshapen(format!("`{name}`: {error}")))
}
