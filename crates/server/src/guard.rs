//! What stands around the router: how many requests run, how long one may take, what is counted and what is written
//! down about each.
//!
//! A line of the log has the method, the route as the table of contents writes it (never the path that was sent, which
//! holds ids), the status, how long it took and how large the body was said to be. No address, no query, no header, no
//! word of a body. What is counted has no label that comes from a client.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::app::App;
use crate::arrival::{Arrived, Uploads, arrived};
use crate::headers::headed;
use crate::limited::Client;
use crate::meters::Meters;
use crate::pages::trouble::{page_for, told};
use crate::problem::Problem;
use crate::rest::{Rest, lent};
use crate::router::router;
use crate::serve::Limits;

/// Gives the time since some fixed moment; it never goes back.
pub type Stopwatch = Arc<dyn Fn() -> Duration + Send + Sync>;

/// The address that answers even when no further request is taken: whoever asks must not take the program for dead.
const ALIVE: &str = "/health/live";

#[derive(Clone)]
struct Guard {
    app: App,
    places: Arc<Semaphore>,
    uploads: Arc<Uploads>,
    time: Duration,
    meters: Meters,
    stopwatch: Stopwatch,
}

/// Everything that is served, with its limits, its counts and its log.
pub fn guarded(app: App, limits: Limits, meters: Meters, stopwatch: Stopwatch) -> Router {
    let places = Arc::new(Semaphore::new(limits.requests));
    let uploads = Arc::new(Uploads::of(limits.requests));
    let guard = Guard { app: app.clone(), places, uploads, time: limits.time, meters, stopwatch };
    router(app).layer(from_fn_with_state(guard, watch))
}

async fn watch(
    State(guard): State<Guard>,
    route: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    let mut watched = Watched {
        method: method(request.method()),
        route,
        size: size(request.headers()),
        began: (guard.stopwatch)(),
        status: None,
        guard: &guard,
    };
    let page = page_for(&guard.app, &request);
    let (answered, rest) = guard.answered(route, request, next).await;
    let answer = answered.unwrap_or_else(|problem| {
        let problem = problem.into_response();
        headed(if let Some(page) = page { told(page, problem) } else { problem })
    });
    rest.read().await;
    watched.status = Some(answer.status());
    answer
}

impl Guard {
    /// What is answered, and where the rest of the body comes back to. A small body comes before its request takes a place.
    async fn answered(&self, route: &str, request: Request, next: Next) -> (Result<Response, Problem>, Rest) {
        let client = Client::of(request.headers(), request.extensions(), &self.app);
        let Ok(Ok(Arrived { request, whole })) = timeout(self.time, arrived(request)).await else {
            return (Err(not_sent()), Rest::default());
        };
        let upload = if whole { None } else { Some(self.uploads.begin(client)) };
        let place = self.places.try_acquire().ok();
        let (request, mut rest) = lent(request);
        if (place.is_none() || matches!(upload, Some(None))) && route != ALIVE {
            self.meters.shed();
            // The body that nobody wants is left where it is.
            drop(request);
            return (Err(overloaded()), rest);
        }
        let answered = timeout(self.time, next.run(request)).await;
        (answered.map_err(|_| if rest.is_left() { not_sent() } else { too_slow(self.time) }), rest)
    }
}

/// One request, counted and told when it is over, however that comes about.
struct Watched<'g> {
    method: &'static str,
    route: &'g str,
    size: &'static str,
    began: Duration,
    status: Option<StatusCode>,
    guard: &'g Guard,
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        let Self { method, route, size, .. } = *self;
        let took = (self.guard.stopwatch)().saturating_sub(self.began);
        self.guard.meters.request(method, route, self.status, took);
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        match self.status.map(|status| status.as_u16()) {
            None => tracing::info!(method, route, us, size, "the client left"),
            Some(status) if status >= 500 => tracing::warn!(method, route, status, us, size, "request"),
            Some(status) => tracing::info!(method, route, status, us, size, "request"),
        }
    }
}

/// What is told instead of a route where none was found.
const NO_ROUTE: &str = "none";

/// The method by a closed list: a client may write any word.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// How large the body is said to be, by classes.
fn size(headers: &HeaderMap) -> &'static str {
    let Some(length) = headers.get(CONTENT_LENGTH) else { return "not-said" };
    match length.to_str().ok().and_then(|length| length.parse::<u64>().ok()) {
        None => "unreadable",
        Some(0) => "none",
        Some(..=1_024) => "1-KiB",
        Some(..=65_536) => "64-KiB",
        Some(..=2_097_152) => "2-MiB",
        Some(_) => "more",
    }
}

/// 503: as many requests are under way as may be.
fn overloaded() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", "too many requests are under way")
        .help("nothing of this was done; send the same request again in a moment")
}

/// 408: its body did not come.
fn not_sent() -> Problem {
    Problem::new(StatusCode::REQUEST_TIMEOUT, "slow-body", "the body of the request did not come in time")
        .help("nothing of this was done; send the same request again, all at once")
}

/// 503: it was given up.
fn too_slow(time: Duration) -> Problem {
    let title = format!("the request was not over after {} s", time.as_secs());
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "slow", title)
        .help("send the same request again: nothing is kept by half, and what was kept is not kept twice")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn what_a_client_writes_is_told_by_classes_alone() {
        assert_eq!(method(&Method::from_bytes(b"CARD110105194912310021").unwrap()), "other");
        for (length, class) in
            [("0", "none"), ("1024", "1-KiB"), ("1025", "64-KiB"), ("2097153", "more"), ("x", "unreadable")]
        {
            let headers = HeaderMap::from_iter([(CONTENT_LENGTH, HeaderValue::from_static(length))]);
            assert_eq!(size(&headers), class, "{length}");
        }
        assert_eq!(size(&HeaderMap::new()), "not-said");
    }
}
