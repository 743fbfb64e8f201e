//! Query members that an endpoint does not take are refused: a misspelt one would silently ask for something else.
//!
//! What each endpoint takes is read off its description, so there is no second list.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};

use crate::address::misshapen;
use crate::problem::Problem;

/// The query members of every path and method of the description.
#[derive(Clone, Debug)]
pub(crate) struct Members(Arc<BTreeMap<String, OfMethods>>);

/// The query members of each method of a path.
type OfMethods = Vec<(Method, Vec<String>)>;

impl Members {
    /// What the description says.
    pub(crate) fn of(description: &utoipa::openapi::OpenApi) -> Self {
        let paths = description.paths.paths.iter();
        let entries = paths.map(|(path, item)| {
            let methods = operations(item).map(|(method, operation)| (method, names(operation)));
            (path.clone(), methods.collect())
        });
        Self(Arc::new(entries.collect()))
    }

    /// What the endpoint of this request takes; none where the description has no such endpoint.
    fn known(&self, request: &Request) -> Option<&[String]> {
        let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
        let path = request.extensions().get::<MatchedPath>()?.as_str();
        let (_, names) = self.0.get(path)?.iter().find(|(of, _)| of == method)?;
        Some(names)
    }

    /// Refuses a request with a query member that its endpoint does not take.
    pub(crate) fn only(&self, request: &Request) -> Result<(), Problem> {
        let Some(query) = request.uri().query() else { return Ok(()) };
        let Some(known) = self.known(request) else { return Ok(()) };
        let mut given =
            query.split('&').filter_map(|pair| pair.split('=').next()).filter(|name| !name.is_empty());
        if given.all(|name| known.iter().any(|known| known == name)) {
            return Ok(());
        }
        Err(misshapen(if known.is_empty() {
            "this endpoint takes no query".to_owned()
        } else {
            format!("a query member that is none of `{}`", known.join("`, `"))
        }))
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
