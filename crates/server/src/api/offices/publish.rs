//! A health commission publishes a ruleset. What the check refuses is told with its line.

use axum::Json;
use axum::extract::State;
use mingma_registry::RulesetNumber;
use mingma_registry::acts::{Held, Publish, PublishError, publish};
use mingma_registry::policy::{Purpose, authorize};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::official;
use crate::app::App;
use crate::body::{Answer, Body, member};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::task::to_the_end;

/// A ruleset to publish.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// For which region.
    #[schema(examples("410100"))]
    region: String,
    /// The text of `ruleset.toml`.
    rules: String,
    /// The text of `examples.toml`.
    examples: String,
}

/// A ruleset that was published.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedAs {
    /// Its number in the journal, by which codes name it.
    #[schema(value_type = u64)]
    number: RulesetNumber,
}

/// Publishes a ruleset, if nothing speaks against it.
#[utoipa::path(
    post, path = "/api/v1/rulesets", operation_id = "publishRuleset", tag = "offices",
    request_body = Draft,
    responses(
        (status = 200, body = PublishedAs),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not a health commission, or of another region", content_type = "application/problem+json", body = Object),
        (status = 409, description = "A ruleset of that name was published", content_type = "application/problem+json", body = Object),
        (status = 422, description = "The check refuses it: every mistake, with file, line and column", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn publish_ruleset(
    State(app): State<App>,
    caller: Caller,
    Body(draft): Body<Draft>,
) -> Answer<PublishedAs> {
    let official = official(&app, &caller).await?;
    let wish =
        Publish { region: member("region", &draft.region)?, rules: draft.rules, examples: draft.examples };
    let wish = authorize(official.actor, Purpose::Publication, wish)?;
    let number = to_the_end(async move { publish(app.registry(), wish).await }).await??;
    Ok(Json(PublishedAs { number }))
}

impl From<PublishError> for Problem {
    fn from(error: PublishError) -> Self {
        match &error {
            PublishError::Syntax { .. } => Self::refused("syntax", &error).mistakes(mistakes(&error)),
            PublishError::Refused { .. } => {
                Self::refused("refused-by-the-check", &error).mistakes(mistakes(&error))
            }
            PublishError::OtherRegion { .. } => Self::refused("other-region", error),
            PublishError::Published { .. } => Self::conflict("published", error),
            PublishError::Held(held) => held.into(),
            PublishError::Unable(_) => {
                let PublishError::Unable(unable) = error else { return Self::broken() };
                unable.into()
            }
        }
    }
}

impl From<&Held> for Problem {
    fn from(held: &Held) -> Self {
        match held {
            Held::UnderWay(_) => Self::conflict("contended", held),
            Held::SecondOffice { .. } | Held::Blind(_) => Self::conflict("held", held),
        }
    }
}

/// Everything that speaks against a publication, each with its place.
pub(crate) fn mistakes(error: &PublishError) -> Vec<String> {
    match error {
        PublishError::Syntax { file, errors } => {
            errors.iter().map(|error| format!("{file}:{error}")).collect()
        }
        PublishError::Refused { refusals } => refusals.iter().map(ToString::to_string).collect(),
        PublishError::OtherRegion { .. }
        | PublishError::Published { .. }
        | PublishError::Held(_)
        | PublishError::Unable(_) => vec![error.to_string()],
    }
}
