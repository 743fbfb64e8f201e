//! A health commission publishes a ruleset: checked first, with every refusal at its line, and published when it is confirmed.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use mingma_domain::Ruleset;
use mingma_domain::ruleset::check::check;
use mingma_domain::ruleset::example;
use mingma_registry::acts::{Publish, PublishError, publish};
use mingma_registry::brake::Draft as PublicDraft;
use mingma_registry::policy::{Office, Purpose, authorize};
use mingma_registry::row::RulesetEntry;
use serde::Deserialize;

use super::ahead::{self, Ahead};
use super::{Page, holding, show};
use crate::api::offices::publish::mistakes;
use crate::app::App;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::task::to_the_end;

/// How many mistakes are shown at once: what follows a first screenful is often the consequence of what stands on it.
const SHOWN: usize = 40;

#[derive(Template)]
#[template(path = "office-rules.html")]
struct Rules {
    page: Page,
    draft: Draft,
    /// Every mistake, with the line that it is about where there is one.
    mistakes: Vec<Mistake>,
    more: usize,
    /// What would be published, if nothing speaks against it.
    good: Option<Good>,
    ahead: Option<Ahead>,
    wrong: Option<String>,
}

impl Rules {
    const fn new(page: Page, draft: Draft) -> Self {
        Self { page, draft, mistakes: Vec::new(), more: 0, good: None, ahead: None, wrong: None }
    }
}

struct Mistake {
    text: String,
    line: Option<String>,
}

struct Good {
    title: String,
    id: String,
    effect: String,
    sunset: String,
    rules: usize,
    states: usize,
    examples: usize,
}

/// The form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Draft {
    rules: String,
    examples: String,
    /// Empty: check it, and see what it would do. `publish`, `propose` or `emergency`.
    act: String,
    ground: String,
}

/// `GET /office/rules`
pub(crate) async fn form(State(app): State<App>, page: Page, caller: Option<Caller>) -> Response {
    match holding(&app, caller, Office::HealthCommission).await {
        Ok(_) => show(&Rules::new(page, Draft::default())),
        Err(elsewhere) => elsewhere,
    }
}

/// `POST /office/rules`: checks; with the confirmation publishes.
pub(crate) async fn send(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Form(draft): Form<Draft>,
) -> Result<Response, Problem> {
    let official = match holding(&app, caller, Office::HealthCommission).await {
        Ok(official) => official,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let draft = Draft { rules: plain(&draft.rules), examples: plain(&draft.examples), ..draft };
    let read = draft.clone();
    // Exploring every state takes seconds of a large ruleset: not on a thread that answers others.
    let looked = tokio::task::spawn_blocking(move || look(&read)).await.map_err(|_| Problem::broken())?;
    let (ruleset, good) = match looked {
        Ok(looked) => looked,
        Err(error) => return Ok(refused(page, draft, &error)),
    };
    if draft.act != "publish" {
        let entry = RulesetEntry {
            region: ruleset.region,
            id: ruleset.id.clone(),
            rules: draft.rules.clone(),
            examples: draft.examples.clone(),
        };
        let drafted = PublicDraft::Rules(entry);
        let wrong = match draft.act.as_str() {
            act @ ("propose" | "emergency") => {
                let deed = (drafted.clone(), act, draft.ground.as_str());
                match ahead::go_on(&app, &page, &official, deed).await? {
                    Ok(led_on) => return Ok(led_on),
                    Err(wrong) => Some(wrong),
                }
            }
            _ => None,
        };
        let fields = || vec![("rules", draft.rules.clone()), ("examples", draft.examples.clone())];
        let (ahead, wrong) = match ahead::look(&app, &page, &official, drafted).await? {
            Ok(seen) => (Some(Ahead::new(seen, "/office/rules", fields())), wrong),
            Err(wrong) => (None, Some(wrong)),
        };
        let good = Some(Good { title: ruleset.title.get(page.lang()).to_owned(), ..good });
        let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        return Ok((status, show(&Rules { good, ahead, wrong, ..Rules::new(page, draft) })).into_response());
    }
    let wish =
        Publish { region: ruleset.region, rules: draft.rules.clone(), examples: draft.examples.clone() };
    let wish = authorize(official.actor, Purpose::Publication, wish)?;
    match to_the_end(async move { publish(app.registry(), wish).await }).await? {
        Ok(number) => Ok(Redirect::to(&format!("/rules/{number}")).into_response()),
        Err(PublishError::Unable(unable)) => Err(unable.into()),
        Err(error) => Ok(refused(page, draft, &error)),
    }
}

/// Browsers send lines with CR LF; a ruleset is kept with LF, as it is written.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn look(draft: &Draft) -> Result<(Ruleset, Good), PublishError> {
    let syntax = |file| move |errors| PublishError::Syntax { file, errors };
    let ruleset = Ruleset::parse(&draft.rules).map_err(syntax("ruleset.toml"))?;
    let cases = example::parse(&draft.examples).map_err(syntax("examples.toml"))?;
    let report = check(&ruleset, &cases);
    if !report.refusals.is_empty() {
        return Err(PublishError::Refused { refusals: report.refusals });
    }
    let good = Good {
        title: String::new(),
        id: ruleset.id.clone(),
        effect: ruleset.effect.to_string(),
        sunset: ruleset.sunset.to_string(),
        rules: ruleset.rules.len(),
        states: report.states,
        examples: report.examples,
    };
    Ok((ruleset, good))
}

fn refused(page: Page, draft: Draft, error: &PublishError) -> Response {
    let of_examples = matches!(error, PublishError::Syntax { file: "examples.toml", .. });
    let source = if of_examples { &draft.examples } else { &draft.rules };
    let all = mistakes(error);
    let more = all.len().saturating_sub(SHOWN);
    let line_of = |text: &str| {
        let number: usize = text.split(':').nth(1)?.parse().ok()?;
        source.lines().nth(number.checked_sub(1)?).map(str::to_owned)
    };
    let mistake = |text: String| Mistake { line: line_of(&text), text };
    let mistakes = all.into_iter().take(SHOWN).map(mistake).collect();
    let page = Rules { mistakes, more, ..Rules::new(page, draft) };
    (StatusCode::UNPROCESSABLE_ENTITY, show(&page)).into_response()
}
