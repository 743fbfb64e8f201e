//! The proof that an entry about a person is in the public log, as a file that is of use without us.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use mingma_registry::EntryId;
use serde::Deserialize;
use tokio::task::spawn_blocking;

use crate::address::{InPath, InQuery};
use crate::app::{App, Assets, LogDamaged};
use crate::caller::{Caller, Whom};
use crate::problem::Problem;

/// What a proof file is called.
const KIND: &str = "text/plain; charset=utf-8";

/// On which checkpoint.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SizeAsked {
    /// How many entries the log has at the checkpoint on which the proof is to stand: from the one whose last entry this is to the newest; the file ends before
    /// the checkpoint, which the caller has. So all proofs of a list stand on one checkpoint, though the log grows meanwhile.
    size: Option<u64>,
}

/// An entry's proof file (C2SP `tlog-proof`), with the entry as the extra data: whoever holds it and the entry's salt can show
/// what was done and when, to anybody, for ever.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}/journal/{entry}/proof", operation_id = "proveEntry", tag = "journal",
    params(
        ("person" = String, Path, description = "`me`, or the id of a ward"),
        ("entry" = String, Path, description = "The entry's id"),
        SizeAsked,
    ),
    responses(
        (status = 200, description = "The proof file", content_type = "text/plain", body = String),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not the caller's affair", content_type = "application/problem+json", body = Object),
        (status = 404, description = "No such entry about the person", content_type = "application/problem+json", body = Object),
        (status = 409, description = "No such checkpoint stands on the entry, or none yet", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn prove_entry(
    State(app): State<App>,
    caller: Caller,
    InPath((whom, entry)): InPath<(Whom, String)>,
    InQuery(asked): InQuery<SizeAsked>,
) -> Result<Response, Problem> {
    let (_, person) = caller.acting(&app, whom, None).await?;
    let entry: EntryId = entry.parse().map_err(|_| Problem::not_found())?;
    app.registry().told(person).await?;
    let numbers = app.registry().store().numbers(Some(person)).await?;
    let number = numbers.iter().find(|(id, _)| *id == entry).map(|(_, number)| *number);
    let number = number.ok_or_else(Problem::not_found)?;
    let Some(proof) = read(&app, move |log| log.proof(number, asked.size)).await? else {
        return Err(match read(&app, move |log| log.sizes(number)).await? {
            Some((least, most)) => Problem::conflict(
                "no-such-size",
                format_args!("the checkpoints that stand on the entry have from {least} to {most} entries"),
            ),
            None => Problem::conflict("not-in-the-log", "no published checkpoint stands on the entry yet"),
        });
    };
    let file = format!("attachment; filename=\"{entry}.tlog-proof\"");
    Ok(([(CONTENT_TYPE, KIND.to_owned()), (CONTENT_DISPOSITION, file)], proof).into_response())
}

/// The proof files of the acts with these numbers, each where a published checkpoint stands on it.
pub(crate) async fn proofs(app: &App, numbers: Vec<u64>) -> Result<Vec<Option<String>>, Problem> {
    read(app, move |log| numbers.into_iter().map(|number| log.proof(number, None)).collect()).await
}

/// The proof files of how each log begins with the end of the one before.
pub(crate) async fn turns(app: &App) -> Result<Vec<String>, Problem> {
    read(app, Assets::turns).await
}

/// Reads the log, which is on the disk.
async fn read<T: Send + 'static>(
    app: &App,
    what: impl FnOnce(&Assets) -> Result<T, LogDamaged> + Send + 'static,
) -> Result<T, Problem> {
    let app = app.clone();
    let read = spawn_blocking(move || what(app.assets())).await.map_err(|_| Problem::broken())?;
    read.map_err(|_| Problem::broken())
}
