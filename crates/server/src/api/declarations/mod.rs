//! What people say of themselves: their health, their trips.

pub mod health;
pub mod trip;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use mingma_domain::fact::{Fact, FactError, RawFact};
use mingma_registry::acts::DeclareError;
use mingma_registry::row::IdempotencyKey;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::body::member;
use crate::problem::Problem;

/// The header by which a client names a request, so that sending it twice does it once.
const HEADER: &str = "idempotency-key";

/// The name that the client gave the request: 1 to 64 printable characters.
#[derive(Clone, Debug)]
pub(crate) struct Key(pub(crate) IdempotencyKey);

impl FromRequestParts<App> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let value = parts.headers.get(HEADER).ok_or_else(|| {
            Problem::unreadable("the header `idempotency-key` is missing")
                .help("give each request a name of its own, such as a random one; repeat it only to send the same again")
        })?;
        member(HEADER, value.to_str().unwrap_or_default()).map(Self)
    }
}

/// What was declared.
#[derive(Debug, Serialize, ToSchema)]
pub struct Declared {
    /// The ids of the facts, in the order of the declaration.
    #[schema(value_type = Vec<String>)]
    facts: Vec<mingma_registry::FactId>,
}

/// A fact on the person's own word.
fn own_word(kind: &str, value: &str, at: &str) -> Result<Fact, FactError> {
    Fact::parse(&RawFact { kind, value, at, issuer: "self", ..RawFact::default() })
}

impl From<FactError> for Problem {
    fn from(error: FactError) -> Self {
        Self::refused("fact", error)
    }
}

impl From<DeclareError> for Problem {
    fn from(error: DeclareError) -> Self {
        match error {
            DeclareError::Size { .. } => Self::refused("size", error),
            DeclareError::NotOwnWord => Self::refused("not-own-word", error),
            DeclareError::Ahead { .. } | DeclareError::TooLate { .. } => Self::refused("day", error),
            DeclareError::Contradiction { .. } => Self::refused(
                "contradiction",
                "`feeling` is `well`, and `symptoms` names some: declare one or the other",
            ),
            DeclareError::KeyReused => Self::conflict("key-reused", error),
            DeclareError::NotRegistered => Self::conflict("not-registered", error),
            DeclareError::Unable(unable) => unable.into(),
        }
    }
}
