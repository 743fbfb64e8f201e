//! Programs that a person let in: which, to do what, until when; and letting one in.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use mingma_domain::fact::Evidence;
use mingma_registry::GrantId;
use mingma_registry::acts::{AuthorizeApp, EndGrant, authorize_app, end_grant};
use mingma_registry::policy::Purpose;
use mingma_registry::words::Scope;

use super::affairs::Affairs;
use super::form::{Fields, Mistakes};
use super::key::key;
use super::{Done, Page, show};
use crate::app::App;
use crate::problem::Problem;
use crate::task::to_the_end;

/// For how long a program may be let in, in days: a journey, a month, the longest.
const DAYS: [u16; 3] = [1, 30, 180];

#[derive(Template)]
#[template(path = "apps.html")]
struct Apps {
    page: Page,
    affairs: Affairs,
    grants: Vec<Granted>,
    fields: Fields,
    mistakes: Mistakes,
    key: String,
    said: Option<String>,
}

/// One program.
struct Granted {
    grant: GrantId,
    app: String,
    scope: String,
    from: String,
    until: String,
}

/// `GET /apps`
pub(crate) async fn page(
    State(app): State<App>,
    affairs: Affairs,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Problem> {
    let mut apps = apps(&app, affairs, Fields::default()).await?;
    apps.said = match done.as_str() {
        "let-in" => Some(apps.page.say("apps-done")),
        "ended" => Some(apps.page.say("apps-ended")),
        _ => None,
    };
    Ok(show(&apps))
}

/// `POST /apps`: lets a program in for one's own affairs.
pub(crate) async fn let_in(
    State(app): State<App>,
    affairs: Affairs,
    fields: Fields,
) -> Result<Response, Problem> {
    let mut form = apps(&app, affairs, fields).await?;
    let Apps { page, fields, mistakes, .. } = &mut form;
    let name: Result<Evidence, _> = fields.get("app").parse();
    let name = mistakes.unless("app", name.map_err(|_| page.say("apps-name-wrong")));
    let scope: Result<Scope, _> = fields.get("scope").parse();
    let scope = mistakes.unless("scope", scope.map_err(|_| page.say("apps-scope-missing")));
    let days = DAYS.into_iter().find(|days| fields.get("days") == days.to_string());
    let days = mistakes.unless("days", days.ok_or_else(|| page.say("family-days-missing")));
    let (Some(name), Some(scope), Some(days)) = (name, scope, days) else {
        return Ok((form.mistakes.status(), show(&form)).into_response());
    };
    let person = form.affairs.person;
    let wish = AuthorizeApp {
        person,
        key: key(&app, &form.fields)?,
        app: name,
        scope,
        days: days.into(),
        device: None,
    };
    let allowed = form.affairs.wish(Purpose::SelfService, wish)?;
    to_the_end(async move { authorize_app(app.registry(), allowed).await }).await??;
    Ok(Redirect::to("/apps?done=let-in").into_response())
}

/// `POST /apps/{grant}/end`: from now on the program may no more.
pub(crate) async fn end(
    State(app): State<App>,
    affairs: Affairs,
    Path(grant): Path<String>,
) -> Result<Response, Problem> {
    let grant = grant.parse().map_err(|_| Problem::not_found())?;
    let allowed = affairs.wish(Purpose::SelfService, EndGrant { person: affairs.person, grant })?;
    to_the_end(async move { end_grant(app.registry(), allowed).await }).await??;
    Ok(Redirect::to("/apps?done=ended").into_response())
}

async fn apps(app: &App, affairs: Affairs, fields: Fields) -> Result<Apps, Problem> {
    let page = affairs.page.clone();
    let record = affairs.record(app).await?;
    let when = affairs.when(&record)?;
    let now = app.registry().now();
    let grants = record.grants_in_force(now).map(|grant| Granted {
        grant: grant.id,
        app: grant.app.to_string(),
        scope: page.say(format!("scope-{}", grant.scope)),
        from: when.instant(grant.from),
        until: when.instant(grant.until),
    });
    let (grants, key) = (grants.collect(), key(app, &fields)?.to_string());
    Ok(Apps { page, affairs, grants, fields, mistakes: Mistakes::default(), key, said: None })
}
