//! Query members that an endpoint does not take are refused: a misspelt one would silently ask for something else.
//!
//! What each endpoint takes is read off its description, so there is no second list.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};

use crate::address::misshapen;

/// The query members of every path and method of the description.
#[derive(Clone, Debug)]
pub(crate) struct Members(Arc<BTreeMap<(String, Method), Vec<String>>>);

impl Members {
    /// What the description says.
    pub(crate) fn of(description: &utoipa::openapi::OpenApi) -> Self {
        let paths = description.paths.paths.iter();
        let entries = paths.flat_map(|(path, item)| {
            operations(item).map(move |(method, operation)| ((path.clone(), method), names(operation)))
        });
        Self(Arc::new(entries.collect()))
    }
}

/// The operations of a path.
pub(crate) fn operations(item: &PathItem) -> impl Iterator<Item = (Method, &Operation)> {
    let all = [
        (Method::GET, &item.get),
        (Method::PUT, &item.put),
        (Method::POST, &item.post),
        (Method::DELETE, &item.delete),
        (Method::PATCH, &item.patch),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
}

/// The operations of a path, to be completed.
pub(crate) fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten()
}

fn names(operation: &Operation) -> Vec<String> {
    let parameters = operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    });
    let asked = parameters.filter(|parameter| parameter.parameter_in == ParameterIn::Query);
    asked.map(|parameter| parameter.name.clone()).collect()
}

/// Refuses a request with a query member that its endpoint does not take.
pub(crate) async fn members_only(State(members): State<Members>, request: Request, next: Next) -> Response {
    let method = if request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let query = request.uri().query().unwrap_or_default();
    let mut given =
        query.split('&').filter_map(|pair| pair.split('=').next()).filter(|name| !name.is_empty());
    let known = path.and_then(|path| members.0.get(&(path.to_owned(), method)));
    match known {
        Some(known) if !given.all(|name| known.iter().any(|k| k == name)) => {
            let title = if known.is_empty() {
                "this endpoint takes no query".to_owned()
            } else {
                format!("a query member that is none of `{}`", known.join("`, `"))
            };
            misshapen(title).into_response()
        }
        Some(_) | None => next.run(request).await,
    }
}
