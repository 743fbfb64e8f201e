//! What goes wrong, as problem details (RFC 9457): a name, what was wrong, what to do next; never a person's data.

mod a_to_m;
mod known;
mod n_to_z;

pub(crate) use known::Known;

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use mingma_registry::acts::Unable;
use mingma_registry::policy::{Denied, Role};
use mingma_registry::words::ActName;
use mingma_registry::{NoEntropy, StoreError};
use problem_details::ProblemDetails;
use serde::Serialize;
use utoipa::ToSchema;

/// Every problem that there is, in the order of the names: its status, what it means and what to do. A test finds any that is not here.
pub(crate) const PROBLEMS: [&[Known]; 2] = [a_to_m::PROBLEMS, n_to_z::PROBLEMS];

/// How long a client waits before it tries again when the store is busy, in seconds.
const RETRY_SECONDS: &str = "1";

/// A problem: `{"type", "title", "status", "help"?, "mistakes"?}`, as `application/problem+json`.
#[derive(Debug)]
pub struct Problem(Box<ProblemDetails<Members>>);

/// The name of a problem, which its answer carries inside the program for whoever tells people of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Name(pub(crate) &'static str);

/// The members of ours.
#[derive(Debug, Default, Serialize)]
struct Members {
    /// The name, as the last part of `type` has it.
    #[serde(skip)]
    name: &'static str,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    /// Every single mistake, where there can be several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mistakes: Vec<String>,
    /// How many seconds to wait before trying again, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_seconds: Option<u64>,
    /// The number of the alarm that holds what was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm: Option<u64>,
}

/// What a problem looks like on the wire, for the description of the API.
#[derive(Debug, ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "the shape of what `ProblemDetails` writes; a test holds the two together")]
pub(crate) struct Refusal {
    /// Which problem it is: an address at which it is explained.
    #[schema(rename = "type", format = "uri-reference", examples("/problems/sign-in"))]
    kind: String,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What was wrong; never a person's data.
    title: String,
    /// What to do next.
    #[schema(nullable = false)]
    help: Option<String>,
    /// Every single mistake, where there can be several.
    #[schema(nullable = false)]
    mistakes: Option<Vec<String>>,
    /// How many seconds to wait before trying again, if that is known.
    #[schema(nullable = false)]
    retry_seconds: Option<u64>,
    /// The number of the alarm that holds what was sent, until a second office lets it through.
    #[schema(nullable = false)]
    alarm: Option<u64>,
}

#[expect(clippy::needless_pass_by_value, reason = "errors are handed over where they end")]
impl Problem {
    /// A problem whose `type` is `/problems/NAME`.
    #[must_use]
    pub fn new(status: StatusCode, name: &'static str, title: impl ToString) -> Self {
        // INVARIANT: names are literals of small letters and hyphens, which a path may hold.
        let uri = format!("/problems/{name}").parse::<Uri>().unwrap_or_default();
        let details = ProblemDetails::new()
            .with_status(status)
            .with_type(uri)
            .with_title(title.to_string())
            .with_extensions(Members { name, ..Members::default() });
        Self(Box::new(details))
    }

    /// 400: what was sent cannot be read.
    #[must_use]
    pub fn unreadable(title: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unreadable", title)
    }

    /// 401: nobody has signed in.
    #[must_use]
    pub fn sign_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "sign-in", "sign in first")
    }

    /// 403, for a reason of its own.
    #[must_use]
    pub fn forbidden(name: &'static str, title: impl ToString) -> Self {
        Self::new(StatusCode::FORBIDDEN, name, title)
    }

    /// 404: there is no such thing, or it is not the caller's.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "there is no such thing here")
    }

    /// 405: there is such an address, but not with this method.
    #[must_use]
    pub fn method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method", "this address does not take this method")
            .help("the header `allow` says which it takes")
    }

    /// 409: it clashes with what is there.
    #[must_use]
    pub fn conflict(name: &'static str, title: impl ToString) -> Self {
        Self::new(StatusCode::CONFLICT, name, title)
    }

    /// 422: it was read, and is refused.
    #[must_use]
    pub fn refused(name: &'static str, title: impl ToString) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, name, title)
    }

    /// 429: too often from one address, for one document, or under one name.
    #[must_use]
    pub fn too_often(wait_seconds: u64) -> Self {
        let mut problem =
            Self::new(StatusCode::TOO_MANY_REQUESTS, "too-often", "too many tries in a short time")
                .help(format_args!("wait {wait_seconds} seconds and try again"));
        problem.members().retry_seconds = Some(wait_seconds);
        problem
    }

    /// 500: the program broke off.
    #[must_use]
    pub fn broken() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "broken", "the program broke off")
            .help("send the same request again: nothing is kept by half, and what was kept is not kept twice")
    }

    /// The same with what to do next.
    #[must_use]
    pub fn help(mut self, help: impl ToString) -> Self {
        self.members().help = Some(help.to_string());
        self
    }

    /// The same with every single mistake.
    #[must_use]
    pub fn mistakes(mut self, mistakes: impl IntoIterator<Item = String>) -> Self {
        self.members().mistakes = mistakes.into_iter().collect();
        self
    }

    /// The same with the number of the alarm that holds what was sent.
    #[must_use]
    pub fn alarm(mut self, number: u64) -> Self {
        self.members().alarm = Some(number);
        self
    }

    /// Its status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Whether it is the one of this name.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.0.extensions.name == name
    }

    fn members(&mut self) -> &mut Members {
        &mut self.0.extensions
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, name) = (self.status(), Name(self.0.extensions.name));
        let wait = self.0.extensions.retry_seconds;
        let mut response = self.0.into_response();
        if let Some(seconds) = wait {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        } else if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(RETRY_SECONDS));
        }
        response.extensions_mut().insert(name);
        response
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        let name = match denied {
            // Who else has to agree is more than that this one may not.
            Denied::Role { role: Role::Commissioner, act: ActName::Approve } => "same-office",
            Denied::Role { .. } => "role",
            Denied::Purpose { .. } => "purpose",
            Denied::NotOwn => "not-own",
            Denied::NoConsent => "no-consent",
            Denied::NoCase => "no-case",
            Denied::Elsewhere => "elsewhere",
            Denied::Scope => "scope",
        };
        Self::forbidden(name, denied)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let (status, name) = match error {
            StoreError::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            StoreError::Full => (StatusCode::INSUFFICIENT_STORAGE, "full"),
            StoreError::InDoubt => (StatusCode::SERVICE_UNAVAILABLE, "in-doubt"),
            StoreError::Stopped { .. } => (StatusCode::SERVICE_UNAVAILABLE, "stopped"),
            StoreError::Damaged { .. } => (StatusCode::INTERNAL_SERVER_ERROR, "damaged"),
            StoreError::TooMany { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too-many"),
        };
        Self::new(status, name, error)
    }
}

impl From<NoEntropy> for Problem {
    fn from(error: NoEntropy) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "no-entropy", error)
    }
}

impl From<Unable> for Problem {
    fn from(error: Unable) -> Self {
        match error {
            Unable::Store(error) => error.into(),
            Unable::Entropy(error) => error.into(),
            Unable::ClockBack { .. } => Self::new(StatusCode::SERVICE_UNAVAILABLE, "clock", error),
            Unable::NoAnswer => Self::broken(),
            Unable::NoPlace => Self::new(StatusCode::SERVICE_UNAVAILABLE, "no-place", error),
        }
    }
}
