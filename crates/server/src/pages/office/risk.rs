//! A health commission sets the risk of a region: what holds now, what was set before, and the form.

use std::collections::BTreeSet;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use mingma_domain::Region;
use mingma_domain::risk::{Level, RegionRisk};
use mingma_domain::time::Zone;
use mingma_registry::acts::{SetRisk, SetRiskError, set_risk};
use mingma_registry::brake::Draft;
use mingma_registry::policy::{Denied, Office, Purpose, authorize};
use serde::Deserialize;

use super::ahead::{self, Ahead};
use super::{Page, holding, show};
use crate::api::offices::Official;
use crate::app::App;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::task::to_the_end;

/// How many acts of the past are shown, the newest first.
const HISTORY: usize = 100;

#[derive(Template)]
#[template(path = "office-risk.html")]
struct Risk {
    page: Page,
    now: Vec<Line>,
    history: Vec<Line>,
    levels: &'static [Level],
    sent: Sent,
    wrong: Option<String>,
    ahead: Option<Ahead>,
}

struct Line {
    code: &'static str,
    name: &'static str,
    level: Level,
    from: String,
    until: String,
}

/// The form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sent {
    region: String,
    level: String,
    from: String,
    until: String,
    /// Empty: see what it would do. `publish`, `propose` or `emergency`.
    act: String,
    ground: String,
}

/// `GET /office/risk`
pub(crate) async fn form(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
) -> Result<Response, Problem> {
    match holding(&app, caller, Office::HealthCommission).await {
        Ok(official) => Ok(show(&risk(&app, page, &official, Sent::default(), None).await?)),
        Err(elsewhere) => Ok(elsewhere),
    }
}

/// `POST /office/risk`
pub(crate) async fn send(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    let official = match holding(&app, caller, Office::HealthCommission).await {
        Ok(official) => official,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let mut ahead = None;
    let wrong = match read(&page, &sent) {
        Err(wrong) => Some(wrong),
        Ok(risk) if sent.act != "publish" => {
            let draft = Draft::Risk(risk);
            let gone_on = match sent.act.as_str() {
                act @ ("propose" | "emergency") => {
                    let deed = (draft.clone(), act, sent.ground.as_str());
                    match ahead::go_on(&app, &page, &official, deed).await? {
                        Ok(led_on) => return Ok(led_on),
                        Err(wrong) => Some(wrong),
                    }
                }
                _ => None,
            };
            match ahead::look(&app, &page, &official, draft).await? {
                Err(wrong) => Some(wrong),
                Ok(seen) => {
                    ahead = Some(Ahead::new(seen, "/office/risk", fields(&sent)));
                    gone_on
                }
            }
        }
        Ok(risk) => match authorize(official.actor.clone(), Purpose::Publication, SetRisk(risk)) {
            Err(Denied::Elsewhere) => Some(page.say("office-elsewhere")),
            Err(denied) => return Err(denied.into()),
            Ok(wish) => {
                let acting = app.clone();
                match to_the_end(async move { set_risk(acting.registry(), wish).await }).await? {
                    Ok(_) => return Ok(Redirect::to("/office/risk").into_response()),
                    Err(SetRiskError::Backwards) => Some(page.say("desk-cause-backwards")),
                    Err(SetRiskError::Held(held)) => Some(ahead::held_in_words(&page, &held)),
                    Err(SetRiskError::Unable(unable)) => return Err(unable.into()),
                }
            }
        },
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let form = Risk { ahead, ..risk(&app, page, &official, sent, wrong).await? };
    Ok((status, show(&form)).into_response())
}

/// What the form carries on.
fn fields(sent: &Sent) -> Vec<(&'static str, String)> {
    let of = |text: &String| text.trim().to_owned();
    vec![
        ("region", of(&sent.region)),
        ("level", of(&sent.level)),
        ("from", of(&sent.from)),
        ("until", of(&sent.until)),
    ]
}

fn read(page: &Page, sent: &Sent) -> Result<RegionRisk, String> {
    let moment = || page.say("desk-cause-not-a-moment");
    Ok(RegionRisk {
        region: sent.region.trim().parse().map_err(|_| page.say("desk-cause-unknown-region"))?,
        level: sent.level.parse().map_err(|_| page.say("desk-cause-unknown-word"))?,
        from: sent.from.parse().map_err(|_| moment())?,
        until: match sent.until.as_str() {
            "" => None,
            day => Some(day.parse().map_err(|_| moment())?),
        },
    })
}

async fn risk(
    app: &App,
    page: Page,
    official: &Official,
    sent: Sent,
    wrong: Option<String>,
) -> Result<Risk, Problem> {
    let book = app.registry().book().await?;
    let lang = page.lang();
    let line = |risk: &RegionRisk| Line {
        code: risk.region.code(),
        name: risk.region.name(lang),
        level: risk.level,
        from: risk.from.to_string(),
        until: risk.until.map_or_else(String::new, |day| day.to_string()),
    };
    let own: Vec<&RegionRisk> =
        book.risk().acts().iter().rev().filter(|risk| risk.region.is_in(official.region)).collect();
    let zone = Zone::named(official.region.zone()).map_err(|_| Problem::broken())?;
    let today = zone.day_of(app.registry().now());
    let regions: BTreeSet<Region> = own.iter().map(|risk| risk.region).collect();
    let holds = |region: &Region| {
        let mut spans = book.risk().spans(*region).iter();
        let span = spans.find(|span| (span.first..span.end).contains(&today))?;
        let (code, name) = (region.code(), region.name(lang));
        Some(Line { code, name, level: span.level, from: span.first.to_string(), until: String::new() })
    };
    let now = regions.iter().filter_map(holds).collect();
    let history = own.into_iter().take(HISTORY).map(line).collect();
    Ok(Risk { page, now, history, levels: Level::ALL, sent, wrong, ahead: None })
}

impl Risk {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template hands over references")]
    fn level_name(&self, level: &Level) -> String {
        level_name(&self.page, *level)
    }
}

/// The name of a level.
pub(crate) fn level_name(page: &Page, level: Level) -> String {
    match level {
        Level::Low => page.say("office-level-low"),
        Level::Medium => page.say("office-level-medium"),
        Level::High => page.say("office-level-high"),
        Level::Precaution => page.say("office-level-precaution"),
        Level::Control => page.say("office-level-control"),
        Level::Lockdown => page.say("office-level-lockdown"),
        Level::Focus => page.say("office-level-focus"),
    }
}
