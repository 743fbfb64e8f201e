//! What goes wrong, as a page for people: the same problem that programs read as JSON, in the reader's language.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::header::{ACCEPT, RETRY_AFTER};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::{Page, show};
use crate::app::App;
use crate::problem::Name;

#[derive(Template)]
#[template(path = "trouble.html")]
struct Trouble {
    page: Page,
    said: String,
}

/// Turns a problem into a page where a browser asked for one.
pub(crate) async fn for_people(State(app): State<App>, request: Request, next: Next) -> Response {
    if !wants_page(&request) {
        return next.run(request).await;
    }
    let is_get = request.method() == Method::GET;
    let (mut parts, body) = request.into_parts();
    let Ok(page) = <Page as axum::extract::FromRequestParts<App>>::from_request_parts(&mut parts, &app).await;
    let response = next.run(Request::from_parts(parts, body)).await;
    if is_get && response.extensions().get() == Some(&Name("sign-in")) {
        return Redirect::to(&page.sign_in()).into_response();
    }
    told(page, response)
}

/// The page on which a reader would be told, made from the request's head alone; none for a program.
pub(crate) fn page_for(app: &App, request: &Request) -> Option<Page> {
    wants_page(request).then(|| Page::for_visitor(app, request.uri(), request.headers()))
}

/// A problem as a page; every other answer as it is.
pub(crate) fn told(page: Page, response: Response) -> Response {
    let Some(Name(name)) = response.extensions().get::<Name>() else { return response };
    let said = said(&page, name, &response);
    let mut told = show(&Trouble { page, said });
    *told.status_mut() = response.status();
    if let Some(wait) = response.headers().get(RETRY_AFTER) {
        told.headers_mut().insert(RETRY_AFTER, wait.clone());
    }
    told
}

fn wants_page(request: &Request) -> bool {
    let accepted = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    !request.uri().path().starts_with("/api/") && accepted.is_some_and(|kinds| kinds.contains("text/html"))
}

/// What is said of a problem.
fn said(page: &Page, name: &str, answer: &Response) -> String {
    match name {
        "not-found" => page.say("problem-not-found"),
        "sign-in" => page.say("problem-sign-in"),
        "not-registered" => page.say("problem-not-registered"),
        "kept-back" => page.say("problem-kept-back"),
        "no-rules" => page.say("problem-no-rules"),
        "no-color" => page.say("problem-no-color"),
        "key-reused" => page.say("problem-key-reused"),
        "too-often" => page.with("problem-too-often", &[("minutes", minutes(answer))]),
        "cross-site" => page.say("problem-cross-site"),
        "too-large" => page.say("problem-too-large"),
        "unreadable" => page.say("problem-unreadable"),
        "full" | "busy" | "in-doubt" | "stopped" | "no-entropy" | "overloaded" | "slow" | "slow-body"
        | "clock" => page.say("problem-busy"),
        "not-bound" | "not-own" | "not-a-person" | "not-granted" | "role" | "purpose" | "elsewhere"
        | "scope" => page.say("problem-not-yours"),
        _ if answer.status().is_client_error() => page.say("problem-refused"),
        _ => page.say("problem-broken"),
    }
}

/// How many minutes there are to wait, begun ones whole.
fn minutes(answer: &Response) -> u64 {
    let seconds = answer.headers().get(RETRY_AFTER).and_then(|wait| wait.to_str().ok()?.parse().ok());
    seconds.unwrap_or(60_u64).div_ceil(60)
}
