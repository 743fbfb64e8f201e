//! The policies in force, as the running system reads them: in words, and as they stand.

use askama::Template;
use axum::response::Response;
use mingma_registry::policy::{SCHEMA, each};

use super::{Page, show};

#[derive(Template)]
#[template(path = "policies.html")]
struct Policies {
    page: Page,
    lines: Vec<Line>,
    schema: &'static str,
}

/// One policy.
struct Line {
    /// By which a look at somebody names it.
    id: &'static str,
    /// What it permits, for everybody to follow.
    words: String,
    /// The policy itself.
    text: &'static str,
}

/// `GET /policies`
pub(crate) async fn policies(page: Page) -> Response {
    let line = |(id, text)| Line { id, words: page.say(format!("policy-{id}")), text };
    let lines = each().map(line).collect();
    show(&Policies { page, lines, schema: SCHEMA })
}
