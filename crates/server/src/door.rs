//! What every request passes before its handler, and every answer after it: one layer, for each layer copies all that lie inside of it.

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::csrf::own_pages_only;
use crate::known::Members;
use crate::limits::{MAX_BODY, no_huge_bodies, short_addresses_only};
use crate::problem::Problem;
use crate::words::ours;

/// Refuses what no handler is to see; a refusal that a library wrote becomes ours.
pub(crate) async fn door(State(members): State<Members>, mut request: Request, next: Next) -> Response {
    if let Err(problem) = let_in(&members, &request) {
        return problem.into_response();
    }
    DefaultBodyLimit::max(MAX_BODY).apply(&mut request);
    ours(next.run(request).await)
}

fn let_in(members: &Members, request: &Request) -> Result<(), Problem> {
    own_pages_only(request)?;
    short_addresses_only(request)?;
    no_huge_bodies(request)?;
    members.only(request)
}
