//! Who calls: the session in the request, and as which [`Actor`] it may wish.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use mingma_domain::fact::Issuer;
use mingma_registry::acts::{
    Handle, counts_as_issuer, enter_as_app, enter_as_official, enter_assisting, enter_for,
};
use mingma_registry::policy::Denied;
use mingma_registry::words::Scope;
use mingma_registry::{Actor, PersonId};

use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, Required};

use crate::app::App;
use crate::cookie;
use crate::problem::Problem;
use crate::session::{Session, Who};

/// Who calls: somebody with a session. Where anybody may call, a handler takes an `Option<Caller>`.
#[derive(Clone, Debug)]
pub struct Caller {
    session: Session,
}

/// Whose affairs a request is about: `me`, or a ward's id.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whom {
    /// The caller's own, or those of the person who let the calling program in.
    Me,
    /// Those of a person for whom the caller may act.
    Ward(PersonId),
}

impl std::str::FromStr for Whom {
    type Err = mingma_registry::id::NotAnId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "me" { Ok(Self::Me) } else { text.parse().map(Self::Ward) }
    }
}

impl<'de> serde::Deserialize<'de> for Whom {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl IntoParams for Whom {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^(me|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$"));
        let parameter = ParameterBuilder::new()
            .name("person")
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some("`me`, or the id of a person who let the caller act"))
            .schema(Some(text));
        vec![parameter.build()]
    }
}

impl Caller {
    /// The session.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// The person who signed in.
    ///
    /// # Errors
    /// 403 if somebody else than a person did.
    pub fn person(&self) -> Result<PersonId, Problem> {
        match &self.session.who {
            Who::Person(person) => Ok(*person),
            Who::App { .. } | Who::Staff(_) | Who::Institution(_) => Err(not_a_person()),
        }
    }

    /// The official who signed in, as the staff list has them at this moment: a removed account is out at once.
    ///
    /// # Errors
    /// 403 if somebody else than an official did, or the account has ended.
    pub async fn official(&self, app: &App) -> Result<Actor, Problem> {
        let Who::Staff(name) = &self.session.who else { return Err(not_an_official()) };
        enter_as_official(app.registry(), name).await?.ok_or_else(not_an_official)
    }

    /// The institution that signed in, as long as any key counts for it.
    ///
    /// # Errors
    /// 403 if somebody else than an institution did, or all its keys were withdrawn or are over.
    pub async fn institution(&self, app: &App) -> Result<Issuer, Problem> {
        let Who::Institution(issuer) = &self.session.who else { return Err(not_an_institution()) };
        let counts = counts_as_issuer(app.registry(), issuer).await?;
        counts.then(|| issuer.clone()).ok_or_else(not_an_institution)
    }

    /// A community worker whom the person of a handle has let help.
    ///
    /// # Errors
    /// 403 if the caller is no official, or the person did not let them or no longer.
    pub async fn assisting(&self, app: &App, handle: Handle) -> Result<Actor, Problem> {
        let worker = self.official(app).await?;
        let assisted = enter_assisting(app.registry(), &worker, handle).await?;
        assisted.map(Actor::Assistant).ok_or_else(|| Denied::NoConsent.into())
    }

    /// As whom the caller acts in somebody's affairs, and whose they are. A program needs the person's consent to
    /// `scope`; where no program may act, `scope` is none.
    ///
    /// # Errors
    /// 403 if nobody let the caller act.
    pub async fn acting(
        &self,
        app: &App,
        whom: Whom,
        scope: Option<Scope>,
    ) -> Result<(Actor, PersonId), Problem> {
        match (&self.session.who, whom, scope) {
            (Who::Person(person), Whom::Me, _) => Ok((Actor::Resident(*person), *person)),
            (Who::Person(person), Whom::Ward(ward), _) if *person == ward => {
                Ok((Actor::Resident(ward), ward))
            }
            (Who::Person(agent), Whom::Ward(ward), _) => {
                let bound = enter_for(app.registry(), *agent, ward).await?.ok_or_else(not_bound)?;
                Ok((Actor::Agent(bound), ward))
            }
            (Who::App { person, app: name }, Whom::Me, Some(scope)) => {
                let granted = enter_as_app(app.registry(), *person, name, scope).await?;
                Ok((Actor::App(granted.ok_or_else(not_granted)?), *person))
            }
            (Who::App { .. }, ..) => Err(not_granted()),
            (Who::Staff(_) | Who::Institution(_), ..) => Err(not_a_person()),
        }
    }
}

fn not_a_person() -> Problem {
    Problem::forbidden("not-a-person", "this is for the person themselves, or for one who may act for them")
}

fn not_an_official() -> Problem {
    Problem::forbidden("not-an-official", "this is for officials, as long as their account counts")
}

fn not_an_institution() -> Problem {
    Problem::forbidden("not-an-institution", "this is for institutions, as long as a key counts for them")
}

/// 403: nobody let the caller act for a person, or there is no such person, which are not told apart.
pub(crate) fn not_bound() -> Problem {
    Problem::forbidden("not-bound", "nobody has let you act for this person")
}

fn not_granted() -> Problem {
    Problem::forbidden("not-granted", "the person has not let this program do that, or no longer")
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        caller(parts, app).await?.ok_or_else(Problem::sign_in)
    }
}

impl OptionalFromRequestParts<App> for Caller {
    type Rejection = Infallible;

    /// A session that is over, was ended or was not made by us is none: whoever holds one reads the public pages as a
    /// visitor, and so does everybody while the store cannot say.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Infallible> {
        Ok(caller(parts, app).await.unwrap_or(None))
    }
}

async fn caller(parts: &Parts, app: &App) -> Result<Option<Caller>, Problem> {
    let now = app.registry().now();
    let opened = session_text(parts, app).and_then(|text| app.sessions().open(text, now));
    let Some(session) = opened else { return Ok(None) };
    let ended = app.ended().has(app.registry(), session.id).await?;
    Ok((!ended).then_some(Caller { session }))
}

/// The session's text: from the header of a program, or the cookie of a browser.
fn session_text<'p>(parts: &'p Parts, app: &App) -> Option<&'p str> {
    match parts.headers.get(AUTHORIZATION) {
        Some(value) => value.to_str().ok()?.strip_prefix("Bearer "),
        None => cookie::session(&parts.headers, app),
    }
}
