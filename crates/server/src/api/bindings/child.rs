//! A guardian comes to act for a child that has no document of its own.

use axum::Json;
use axum::extract::State;
use mingma_domain::document::Document;
use mingma_registry::acts::{BindChild, bind_child};
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::{GrantId, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::address::InPath;
use crate::api::declarations::Key;
use crate::app::App;
use crate::body::{Answer, Body, member};
use crate::caller::{Caller, Whom};
use crate::problem::{Problem, Refusal};
use crate::task::to_the_end;

/// Which child, and how long.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChildWish {
    /// The child, registered before by the guardian's document: `child:GUARDIAN:BIRTH:ORDINAL`.
    #[schema(examples("child:passport:JP:TR0000001:2020-05-01:1"))]
    child: String,
    /// For how many days, 1 to 366.
    #[schema(minimum = 1, maximum = 366)]
    days: u64,
}

/// The guardian may act for the child.
#[derive(Debug, Serialize, ToSchema)]
pub struct GuardianBound {
    /// The binding's id, by which it is ended.
    #[schema(value_type = String, format = "uuid")]
    binding: GrantId,
    /// The child's id, to be used in the place of `me`.
    #[schema(value_type = String, format = "uuid")]
    ward: PersonId,
}

/// Lets a guardian act for their child.
#[utoipa::path(
    post, path = "/api/v1/persons/{person}/children", operation_id = "bindChild", tag = "bindings",
    params(
        Whom,
        ("idempotency-key" = String, Header, description = "the name of the request; sending it twice binds once"),
    ),
    request_body = ChildWish,
    responses(
        (status = 200, body = GuardianBound),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "For the guardian alone"),
        (status = 409, body = Refusal, description = "Not one's own child, not registered, or the key was used before"),
        (status = 422, body = Refusal, description = "No child, or for too long"),
    )
)]
pub(crate) async fn bind_own_child(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
    Key(key): Key,
    Body(sent): Body<ChildWish>,
) -> Answer<GuardianBound> {
    let (actor, guardian) = caller.acting(&app, whom, None).await?;
    let Document::ChildWithoutDocument(child) = member("child", &sent.child)? else {
        return Err(Problem::refused("member", "`child`: not a child without a document")
            .help("whoever has a document signs in with it and binds an agent"));
    };
    let wish = BindChild { guardian, key, child, days: sent.days };
    let wish = authorize(actor, Purpose::SelfService, wish)?;
    let bound = to_the_end(async move { bind_child(app.registry(), wish).await }).await??;
    Ok(Json(GuardianBound { binding: bound.binding, ward: bound.ward }))
}
