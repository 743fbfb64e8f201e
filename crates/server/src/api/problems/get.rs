//! What a problem means, at the address that its `type` names.

use axum::Json;

use crate::address::InPath;
use crate::body::Answer;
use crate::problem::{Known, PROBLEMS, Problem, Refusal};

/// The problem with this name.
#[utoipa::path(
    get, path = "/problems/{name}", operation_id = "getProblem", tag = "problems",
    params(("name" = String, Path, description = "the last part of a problem's `type`")),
    responses(
        (status = 200, body = Known),
        (status = 404, body = Refusal, description = "There is no such problem"),
    ),
)]
pub(crate) async fn get_problem(InPath(name): InPath<String>) -> Answer<Known> {
    let known = PROBLEMS.into_iter().flatten().find(|known| known.name == name);
    Ok(Json(*known.ok_or_else(Problem::not_found)?))
}
