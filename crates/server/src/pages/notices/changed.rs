//! That the code changed: each time that it was told, with what made it so, and what the code is now.
//!
//! A notice keeps no colour. What made the code another is read off its name; what the code is, is assessed when it is read.

use jiff::Timestamp;
use mingma_domain::text::Lang;
use mingma_registry::Book;
use mingma_registry::acts::{AssessError, TransitCause};
use mingma_registry::journal::Entry;
use mingma_registry::row::{Notice, NoticeState};

use super::super::affairs::Affairs;
use super::super::code::{assessed, view};
use super::super::office::risk::level_name;
use super::super::status_view::StatusView;
use crate::api::notices::list::{causes, is_change};
use crate::app::App;
use crate::problem::Problem;

/// A change in words.
pub(super) struct Change {
    pub(super) at: Timestamp,
    /// What made it so.
    pub(super) said: String,
    /// Where more of that is told, and what that is called.
    pub(super) more: Option<(String, String)>,
}

/// The changes that a person was told of, the newest last.
pub(super) async fn read(
    app: &App,
    affairs: &Affairs,
    notices: &[(Notice, NoticeState)],
) -> Result<Vec<Change>, Problem> {
    let Some(causes) = causes(app, affairs.person, notices).await? else { return Ok(Vec::new()) };
    let entries = app.registry().store().entries(Some(affairs.person)).await?;
    let book = app.registry().book().await?;
    let changes = notices.iter().map(|(notice, _)| notice).filter(|notice| is_change(notice));
    let told = changes.map(|notice| {
        let (said, more) = in_words(affairs, &book, &entries, causes.behind(notice));
        Change { at: notice.created, said, more }
    });
    Ok(told.collect())
}

/// What the code is now; none of somebody for whom no rules are in force.
pub(super) async fn status(app: &App, affairs: &Affairs) -> Result<Option<StatusView>, Problem> {
    match assessed(app, affairs).await? {
        Ok(assessment) => Ok(Some(view(affairs, &*affairs.record(app).await?, &assessment))),
        Err(AssessError::NotRegistered | AssessError::NoRules { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn in_words(
    affairs: &Affairs,
    book: &Book,
    entries: &[Entry],
    cause: Option<TransitCause>,
) -> (String, Option<(String, String)>) {
    let page = &affairs.page;
    let lang: Lang = page.lang();
    let told = match cause {
        Some(TransitCause::Rule(number)) => {
            let rules = book.rulesets().iter().find(|published| published.number.0 == number);
            rules.map(|rules| {
                let title = rules.ruleset.title.get(lang);
                let more = (format!("/rules/{number}"), page.say("notice-changed-rules-read"));
                (page.with("notice-changed-rules", &[("rules", title)]), Some(more))
            })
        }
        Some(TransitCause::Risk(number)) => {
            let act = book.risk_acts().find(|(of, _)| *of == number);
            act.map(|(_, act)| {
                let places = [("place", act.region.full_name(lang)), ("level", level_name(page, act.level))];
                let more = ("/journal".to_owned(), page.say("notice-changed-risk-read"));
                (page.with("notice-changed-risk", &places), Some(more))
            })
        }
        Some(TransitCause::Turn(_)) => Some((page.say("notice-changed-day"), None)),
        Some(TransitCause::Move(_)) => {
            let more = (affairs.link("/facts/journal"), page.say("own-title"));
            Some((page.say("notice-changed-move"), Some(more)))
        }
        Some(TransitCause::Fact(entry)) => {
            let entry = entries.iter().find(|known| known.id == entry);
            entry.map(|entry| {
                let what = page.say(format!("own-act-{}", entry.act));
                let more = (affairs.link("/facts/journal"), page.say("own-title"));
                (page.with("notice-changed-act", &[("what", what)]), Some(more))
            })
        }
        None => None,
    };
    told.unwrap_or_else(|| (page.say("notice-changed"), None))
}
