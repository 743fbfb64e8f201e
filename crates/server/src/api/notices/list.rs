//! Everything that a person was to be told, whether or not a channel took it.
//!
//! That a status is another is told with what made it so, and the newest of these with the status itself: assessed when it
//! is read, for no notice keeps a colour.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_domain::time::Day;
use mingma_registry::acts::{Assess, AssessError, Causes, TransitCause, assess};
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::row::{Notice, NoticeState};
use mingma_registry::words::NoticeKind;
use mingma_registry::{EntryId, NoticeId, PersonId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::address::{InPath, InQuery};
use crate::app::App;
use crate::body::Answer;
use crate::caller::{Caller, Whom};
use crate::list::{Listed, PageAsked, page};
use crate::problem::{Problem, Refusal};
use crate::task::to_the_end;

/// Something that a person is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnNotice {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    id: NoticeId,
    /// What it is about: `fact-recorded`, `fact-pending`, `fact-retracted`, `fact-confirmed`, `appeal-answered`, `disclosed`,
    /// `signed-in`, `contact-changed`, `amended`, `status-changed` or, of somebody for whom the person acts, `about-ward`; or a code that was sent.
    #[schema(value_type = String)]
    kind: NoticeKind,
    /// The id of the fact, appeal, disclosure or ward that it is about.
    #[schema(format = "uuid")]
    about: String,
    /// When it arose.
    #[schema(value_type = String, format = "date-time")]
    created: Timestamp,
    /// What became of it on the way to the person: `waiting`, `delivered` or `undeliverable`; of somebody who is reached nowhere `passed-on` to
    /// whoever acts for them, or left `on-page`.
    delivery: &'static str,
    /// What made the status another, if it is about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    cause: Option<ChangeCause>,
    /// With the newest notice that the status is another: the status as it is now, with every reason, its end, and the path to
    /// green. Each fact that it names can be disputed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::api::status::explained::Explanation>, nullable = false)]
    status: Option<Value>,
}

/// What made a status another.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum ChangeCause {
    /// Rules came into force by this publication, at once or on the day for which it was made.
    Rules {
        /// The number of the publication.
        publication: u64,
    },
    /// A region's risk level was set, from then on or from a later day.
    Risk {
        /// The number of the publication.
        publication: u64,
    },
    /// A day began.
    Day {
        /// Which.
        #[schema(value_type = String, format = "date")]
        day: Day,
    },
    /// The person lives elsewhere, where other rules may hold.
    Move {
        /// The id of the journal's entry.
        #[schema(value_type = String, format = "uuid")]
        entry: EntryId,
    },
    /// Something was done about the person.
    Act {
        /// The id of the journal's entry.
        #[schema(value_type = String, format = "uuid")]
        entry: EntryId,
    },
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
    let (actor, person) = caller.acting(&app, whom, None).await?;
    app.registry().told(person).await?;
    page(&asked, all(&app, actor, person).await?, |notice| notice.id, |notice| notice).map(Json)
}

/// All notices to a person, for somebody who may read them.
pub(crate) async fn all(app: &App, actor: Actor, person: PersonId) -> Result<Vec<OwnNotice>, Problem> {
    // The notices before the status: it is no older than what they tell.
    let notices = app.registry().store().notices(person).await?;
    let causes = causes(app, person, &notices).await?;
    let newest = notices.iter().map(|(notice, _)| notice).rfind(|notice| is_change(notice));
    // Who signed in, where the person is reached and for whom they act is no affair of whoever acts for them.
    let is_own = matches!(actor, Actor::Resident(_));
    let status = match newest {
        Some(notice) => status(app, actor, person).await?.map(|status| (notice.id, status)),
        None => None,
    };
    let shown = notices.iter().filter(|(notice, _)| is_own || notice.kind.is_about_record());
    let told = shown.map(|(notice, state)| OwnNotice {
        id: notice.id,
        kind: notice.kind,
        // What a notice is about is one of several kinds of id, all of which are written alike.
        about: NoticeId::from_bytes(notice.about).to_string(),
        created: notice.created,
        delivery: match state {
            NoticeState::Waiting { .. } => "waiting",
            NoticeState::Delivered { .. } => "delivered",
            NoticeState::Undeliverable { .. } => "undeliverable",
            NoticeState::PassedOn { .. } => "passed-on",
            NoticeState::OnPage { .. } => "on-page",
        },
        cause: causes.as_ref().filter(|_| is_change(notice)).and_then(|c| c.behind(notice)).map(told_cause),
        status: status.as_ref().filter(|(of, _)| *of == notice.id).map(|(_, status)| status.clone()),
    });
    Ok(told.collect())
}

/// Whether a notice tells that a status is another.
pub(crate) fn is_change(notice: &Notice) -> bool {
    notice.kind == NoticeKind::StatusChanged
}

/// What can have made a person's status another; nothing is read if no notice tells of that.
pub(crate) async fn causes(
    app: &App,
    person: PersonId,
    notices: &[(Notice, NoticeState)],
) -> Result<Option<Causes>, Problem> {
    if !notices.iter().any(|(notice, _)| is_change(notice)) {
        return Ok(None);
    }
    let entries = app.registry().store().entries(Some(person)).await?;
    Ok(Some(Causes::of(person, &*app.registry().book().await?, &entries)))
}

/// The status now, explained; none of somebody for whom no rules are in force.
async fn status(app: &App, actor: Actor, person: PersonId) -> Result<Option<Value>, Problem> {
    let wish = authorize(actor, Purpose::SelfService, Assess { person })?;
    let shared = app.clone();
    match to_the_end(async move { assess(shared.registry(), wish).await }).await? {
        Ok(assessment) => {
            serde_json::to_value(assessment.explanation()).map(Some).map_err(|_| Problem::broken())
        }
        Err(AssessError::NotRegistered | AssessError::NoRules { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

const fn told_cause(cause: TransitCause) -> ChangeCause {
    match cause {
        TransitCause::Rule(publication) => ChangeCause::Rules { publication },
        TransitCause::Risk(publication) => ChangeCause::Risk { publication },
        TransitCause::Turn(day) => ChangeCause::Day { day },
        TransitCause::Fact(entry) => ChangeCause::Act { entry },
        TransitCause::Move(entry) => ChangeCause::Move { entry },
    }
}
