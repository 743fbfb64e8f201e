//! The cookie in which a browser keeps its session.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName};
use jiff::Timestamp;

use crate::app::App;

/// Where only this machine is served.
const NAME: &str = "session";
/// Where people come over TLS: no other site and no page without TLS can set it.
const SECURE_NAME: &str = "__Host-session";

fn is_secure(app: &App) -> bool {
    app.settings().origin.as_deref().is_some_and(|origin| origin.starts_with("https://"))
}

/// The session's text in a request.
pub(crate) fn session<'h>(headers: &'h HeaderMap, app: &App) -> Option<&'h str> {
    let name = if is_secure(app) { SECURE_NAME } else { NAME };
    let lines = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(of, _)| *of == name).map(|(_, text)| text)
}

/// The header that makes the browser keep a session until its end.
pub(crate) fn keep(app: &App, text: &str, until: Timestamp) -> (HeaderName, String) {
    let seconds = until.as_second().saturating_sub(app.registry().now().as_second()).max(0);
    header(app, text, seconds)
}

/// The header that makes the browser forget its session.
pub(crate) fn forget(app: &App) -> (HeaderName, String) {
    header(app, "", 0)
}

fn header(app: &App, text: &str, seconds: i64) -> (HeaderName, String) {
    let (name, secure) = if is_secure(app) { (SECURE_NAME, "; Secure") } else { (NAME, "") };
    let cookie = format!("{name}={text}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    (SET_COOKIE, cookie)
}
