//! Whose affairs a page is about: the reader's own, or with `?for=ID` those of a ward, marked clearly as another's.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use mingma_credential::status::Initials;
use mingma_domain::Region;
use mingma_domain::time::Zone;
use mingma_registry::policy::{Authorized, Purpose, Wish, authorize};
use mingma_registry::{Actor, PersonId, PersonRecord};
use serde::Deserialize;

use super::layout::Page;
use super::when::When;
use crate::app::App;
use crate::caller::{Caller, Whom};
use crate::problem::Problem;

/// A page about somebody's affairs, and the proof that the reader may see them.
#[derive(Clone, Debug)]
pub(crate) struct Affairs {
    /// What stands around the page.
    pub(crate) page: Page,
    /// Who reads.
    pub(crate) caller: Caller,
    /// As whom the reader acts.
    pub(crate) actor: Actor,
    /// Whose affairs they are.
    pub(crate) person: PersonId,
    /// How another person is called on the page; none if the affairs are the reader's own.
    pub(crate) ward: Option<String>,
}

#[derive(Debug, Deserialize)]
struct For {
    r#for: Option<Whom>,
}

impl Affairs {
    /// A wish in these affairs, allowed by the policy.
    ///
    /// # Errors
    /// 403.
    pub(crate) fn wish<W: Wish>(&self, purpose: Purpose, wish: W) -> Result<Authorized<W>, Problem> {
        Ok(authorize(self.actor.clone(), purpose, wish)?)
    }

    /// Everything recorded about the person, as far as it counts.
    ///
    /// # Errors
    /// A [`Problem`] if the store cannot say.
    pub(crate) async fn record(&self, app: &App) -> Result<Arc<PersonRecord>, Problem> {
        Ok(app.registry().record(self.person).await?)
    }

    /// The same as it is told to the person and to whoever acts for them.
    ///
    /// # Errors
    /// 403 while it is kept back, and a [`Problem`] if the store cannot say.
    pub(crate) async fn told(&self, app: &App) -> Result<Arc<PersonRecord>, Problem> {
        Ok(app.registry().told(self.person).await?)
    }

    /// A path of ours that stays in these affairs.
    pub(crate) fn link(&self, path: impl AsRef<str>) -> String {
        let path = path.as_ref();
        if self.ward.is_some() { format!("{path}?for={}", self.person) } else { path.to_owned() }
    }

    /// The same with a further parameter.
    pub(crate) fn link_with(&self, path: &str, parameter: &str) -> String {
        let mark = if self.ward.is_some() { '&' } else { '?' };
        format!("{}{mark}{parameter}", self.link(path))
    }

    /// What the API calls the person.
    pub(crate) fn api_name(&self) -> String {
        if self.ward.is_some() { self.person.to_string() } else { "me".to_owned() }
    }

    /// The zone in which the person's days are reckoned: that of the place where the person lives.
    ///
    /// # Errors
    /// None in truth: every region of the table has a zone of the database.
    pub(crate) fn zone(record: &PersonRecord) -> Result<Zone, Problem> {
        // Who has not registered lives nowhere that is known; the national zone is the likeliest.
        let name = record.home().map_or("Asia/Shanghai", Region::zone);
        Zone::named(name).map_err(|_| Problem::broken())
    }

    /// How the reader is told when, by the clocks of the place where the person lives.
    ///
    /// # Errors
    /// As [`Affairs::zone`].
    pub(crate) fn when(&self, record: &PersonRecord) -> Result<When, Problem> {
        Ok(When::new(self.page.lang(), &Self::zone(record)?))
    }
}

impl FromRequestParts<App> for Affairs {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Ok(page) = Page::from_request_parts(parts, app).await;
        let Ok(caller) = <Caller as FromRequestParts<App>>::from_request_parts(parts, app).await else {
            return Err(Redirect::to(&page.sign_in()).into_response());
        };
        affairs(parts, app, page, caller).await.map_err(Problem::into_response)
    }
}

async fn affairs(parts: &Parts, app: &App, page: Page, caller: Caller) -> Result<Affairs, Problem> {
    let Query(For { r#for: whom }) = Query::try_from_uri(&parts.uri).map_err(|_| Problem::not_found())?;
    let own = caller.person()?;
    let (actor, person) = caller.acting(app, whom.unwrap_or(Whom::Me), None).await?;
    let ward = if person == own { None } else { Some(called(app, person).await?) };
    Ok(Affairs { page, caller, actor, person, ward })
}

/// How a person is called to somebody who may act for them: the initials, and the document with its number covered.
pub(crate) async fn called(app: &App, person: PersonId) -> Result<String, Problem> {
    let store = app.registry().store();
    let record = store.record(person).await?;
    let initials = record.initials();
    let document = store.document(person).await?.map(|document| document.masked().to_string());
    let parts = [initials.map(Initials::as_str).map(str::to_owned), document];
    Ok(parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
}
