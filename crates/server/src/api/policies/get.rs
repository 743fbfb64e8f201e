//! The policies by which everything is decided, as the program reads them. Secret they would be nobody's to answer for.

use axum::Json;
use mingma_registry::policy::{POLICIES, SCHEMA};
use serde::Serialize;
use utoipa::ToSchema;

/// The policies and their schema, in the language of Cedar.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedPolicies {
    /// The text of `policies.cedar`: who may do what, for which purpose, over what. A look at a person names the policy that
    /// permitted it.
    policies: &'static str,
    /// The text of `policies.cedarschema`, to which they are held.
    schema: &'static str,
}

/// The policies by which it is decided who may do what.
#[utoipa::path(
    get, path = "/api/v1/policies", operation_id = "getPolicies", tag = "publications",
    responses((status = 200, body = PublishedPolicies)),
)]
pub(crate) async fn get_policies() -> Json<PublishedPolicies> {
    Json(PublishedPolicies { policies: POLICIES, schema: SCHEMA })
}
