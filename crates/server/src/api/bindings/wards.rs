//! For whom a person acts: those whom they have taken on and who let them now.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_credential::status::Initials;
use mingma_domain::document::Document;
use mingma_registry::acts::{take_on, wards};
use mingma_registry::policy::Denied;
use mingma_registry::row::Binding;
use mingma_registry::words::Tie;
use mingma_registry::{Actor, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::address::{InPath, InQuery};
use crate::alike::alike;
use crate::app::App;
use crate::body::{Answer, Body, member};
use crate::caller::{Caller, Whom, not_bound};
use crate::limited::Client;
use crate::limiter::Limit;
use crate::list::{Listed, PageAsked, page};
use crate::problem::{Problem, Refusal};
use crate::task::to_the_end;

/// Somebody for whom the person acts. What they may do is what the policies let an `agent` do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ward {
    /// The ward's id, to be used in the place of `me`.
    #[schema(value_type = String, format = "uuid")]
    person: PersonId,
    /// The ward's document with its middle covered.
    document: String,
    /// What a checkpoint may compare with the ward.
    #[schema(required)]
    initials: Option<String>,
    /// `family` or `agent`.
    #[schema(value_type = String)]
    tie: Tie,
    /// Since when.
    #[schema(value_type = String, format = "date-time")]
    from: Timestamp,
    /// The first instant at which the person may no more.
    #[schema(value_type = String, format = "date-time")]
    until: Timestamp,
}

/// Whom to take on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WardWish {
    /// The document of somebody who has let the person act.
    #[schema(examples("passport:JP:TR0000001"))]
    document: String,
}

/// Somebody whom the person has taken on.
#[derive(Debug, Serialize, ToSchema)]
pub struct TakenOn {
    /// The ward's id, to be used in the place of `me`.
    #[schema(value_type = String, format = "uuid")]
    ward: PersonId,
}

/// Those for whom one acts now: taken on, and not ended by them.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}/wards", operation_id = "listWards", tag = "bindings",
    params(Whom, PageAsked),
    responses(
        (status = 200, body = Listed<Ward>),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "For the person alone"),
    )
)]
pub(crate) async fn list_wards(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
    InQuery(asked): InQuery<PageAsked>,
) -> Answer<Listed<Ward>> {
    let person = alone(&app, &caller, whom).await?;
    let mut kept = wards(app.registry(), person).await?;
    kept.sort_by_key(|(_, binding)| binding.id);
    let Listed { items, next } = page(&asked, kept, |(_, binding)| binding.id, |ward| ward)?;
    Ok(Json(Listed { items: called(&app, items).await?, next }))
}

/// Takes it on to act for somebody who has let the person do so. Whoever has not is answered like nobody.
#[utoipa::path(
    post, path = "/api/v1/persons/{person}/wards", operation_id = "takeOnWard", tag = "bindings",
    params(Whom),
    request_body = WardWish,
    responses(
        (status = 200, body = TakenOn, description = "It is kept; also if it was before"),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "For the person alone, or there is nobody of this document who let them act"),
        (status = 422, body = Refusal, description = "No document"),
        (status = 429, body = Refusal, description = "Too often"),
    )
)]
pub(crate) async fn take_on_ward(
    State(app): State<App>,
    caller: Caller,
    client: Client,
    InPath(whom): InPath<Whom>,
    Body(sent): Body<WardWish>,
) -> Answer<TakenOn> {
    let person = alone(&app, &caller, whom).await?;
    client.count(&app, Limit::TriesFrom)?;
    let document: Document = member("document", &sent.document)?;
    let own = app.clone();
    let taken = to_the_end(async move { take_on(own.registry(), person, &document).await });
    // Neither the answer nor its time tells whether somebody is registered.
    let bound = alike(taken).await??.ok_or_else(not_bound)?;
    Ok(Json(TakenOn { ward: bound.ward() }))
}

/// The person themselves: whom one acts for is not the affair of who acts for oneself.
async fn alone(app: &App, caller: &Caller, whom: Whom) -> Result<PersonId, Problem> {
    let (actor, person) = caller.acting(app, whom, None).await?;
    if matches!(actor, Actor::Resident(_)) { Ok(person) } else { Err(Denied::NotOwn.into()) }
}

/// These wards as the person knows them.
pub(crate) async fn called(app: &App, wards: Vec<(PersonId, Binding)>) -> Result<Vec<Ward>, Problem> {
    let store = app.registry().store();
    let mut told = Vec::with_capacity(wards.len());
    for (person, Binding { tie, from, until, .. }) in wards {
        let record = store.record(person).await?;
        told.push(Ward {
            person,
            document: store
                .document(person)
                .await?
                .map(|document| document.masked().to_string())
                .unwrap_or_default(),
            initials: record.initials().map(Initials::as_str).map(str::to_owned),
            tie,
            from,
            until,
        });
    }
    Ok(told)
}
