//! Uploading a table: looked at row by row before anything is sent.

use std::error::Error;

use askama::Template;
use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use http_body_util::LengthLimitError;
use mingma_domain::fact::Column;

use super::review::review;
use super::table::{TableFault, called, name, read};
use super::{Page, at_desk, show};
use crate::app::App;
use crate::body::too_large;
use crate::caller::Caller;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "desk-table.html")]
struct Upload {
    page: Page,
    wrong: Option<String>,
    /// The first line of a table, in the reader's language.
    header: String,
}

impl Upload {
    fn new(page: Page, wrong: Option<String>) -> Self {
        // Each institution sends its own rows, so nobody need say who it is.
        let columns = Column::ALL.iter().filter(|column| **column != Column::Issuer);
        let header = columns.map(|column| name(&page.texts, *column)).collect::<Vec<_>>().join(",");
        Self { page, wrong, header }
    }
}

/// `GET /desk/table`
pub(crate) async fn form(State(app): State<App>, page: Page, caller: Option<Caller>) -> Response {
    match at_desk(&app, caller).await {
        Ok(_) => show(&Upload::new(page, None)),
        Err(elsewhere) => elsewhere,
    }
}

/// `POST /desk/table`
pub(crate) async fn upload(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    parts: Multipart,
) -> Result<Response, Problem> {
    let issuer = match at_desk(&app, caller).await {
        Ok(issuer) => issuer,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let bytes = file(parts).await?;
    match read(&bytes, &issuer, &called(app.texts())) {
        Ok(rows) => review(&app, page, issuer, rows).await,
        Err(fault) => {
            let wrong = Some(told(&page, &fault));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&Upload::new(page, wrong))).into_response())
        }
    }
}

/// The uploaded file. The whole request is limited before this.
async fn file(mut parts: Multipart) -> Result<axum::body::Bytes, Problem> {
    let broken = |error: MultipartError| {
        if is_too_large(&error) { too_large() } else { Problem::unreadable("the form broke off") }
    };
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        if part.name() == Some("table") {
            return part.bytes().await.map_err(broken);
        }
    }
    Err(Problem::unreadable("the form has no file"))
}

/// Whether a form broke off because it is larger than what is read: the limit's own error lies below the reader's.
fn is_too_large(error: &MultipartError) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    error.status() == StatusCode::PAYLOAD_TOO_LARGE
}

fn told(page: &Page, fault: &TableFault) -> String {
    match fault {
        TableFault::Empty => page.say("desk-table-empty"),
        TableFault::Workbook => page.say("desk-table-workbook"),
        TableFault::Encoding { line } => page.with("desk-table-encoding", &[("line", line)]),
        TableFault::Separator { separator } => page.with("desk-table-separator", &[("separator", separator)]),
        TableFault::NoHeader => page.say("desk-table-no-header"),
        TableFault::Unknown { column, nearest: None } => {
            page.with("desk-table-unknown", &[("column", column)])
        }
        TableFault::Unknown { column, nearest: Some(near) } => {
            page.with("desk-table-nearest", &[("column", column.as_str()), ("word", near)])
        }
        TableFault::OnPrinciple { column } => page.with("desk-table-on-principle", &[("column", column)]),
        TableFault::Twice { column } => page.with("desk-table-twice", &[("column", column)]),
        TableFault::Missing { column } => {
            page.with("desk-table-missing", &[("column", name(&page.texts, *column))])
        }
        TableFault::Ragged { line } => page.with("desk-table-ragged", &[("line", line)]),
        TableFault::OtherIssuer { line } => page.with("desk-table-other-issuer", &[("line", line)]),
        TableFault::TooMany => page.say("desk-table-too-many"),
    }
}
