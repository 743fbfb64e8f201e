//! Everything that a person was to be told, whether or not a channel took it.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_registry::NoticeId;
use mingma_registry::row::{Notice, NoticeState};
use mingma_registry::words::NoticeKind;
use serde::Serialize;
use utoipa::ToSchema;

use crate::address::{InPath, InQuery};
use crate::app::App;
use crate::body::Answer;
use crate::caller::{Caller, Whom};
use crate::list::{Listed, PageAsked, page};
use crate::problem::Refusal;

/// Something that a person is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnNotice {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    id: NoticeId,
    /// What it is about: `fact-recorded`, `fact-pending`, `fact-retracted`, `appeal-answered` or `disclosed`.
    #[schema(value_type = String)]
    kind: NoticeKind,
    /// The id of the fact, appeal or disclosure that it is about.
    #[schema(format = "uuid")]
    about: String,
    /// When it arose.
    #[schema(value_type = String, format = "date-time")]
    created: Timestamp,
    /// What became of it on the way to the person: `waiting`, `delivered` or `undeliverable`.
    delivery: &'static str,
}

/// The notices to oneself or a ward, in the order in which they arose.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}/notices", operation_id = "listNotices", tag = "notices",
    params(Whom, PageAsked),
    responses(
        (status = 200, body = Listed<OwnNotice>),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "Not the caller's affair"),
    )
)]
pub(crate) async fn list_notices(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
    InQuery(asked): InQuery<PageAsked>,
) -> Answer<Listed<OwnNotice>> {
    let (_, person) = caller.acting(&app, whom, None).await?;
    let notices = app.registry().store().notices(person).await?;
    page(&asked, notices, |(notice, _)| notice.id, told).map(Json)
}

pub(crate) fn told((notice, state): (Notice, NoticeState)) -> OwnNotice {
    let delivery = match state {
        NoticeState::Waiting { .. } => "waiting",
        NoticeState::Delivered { .. } => "delivered",
        NoticeState::Undeliverable { .. } => "undeliverable",
    };
    // What a notice is about is one of several kinds of id, all of which are written alike.
    let about = NoticeId::from_bytes(notice.about).to_string();
    OwnNotice { id: notice.id, kind: notice.kind, about, created: notice.created, delivery }
}
