//! What happened, in plain words, the newest first: read off what is recorded, so that nothing is told that is not there.
//!
//! If the code changed, the page begins with what it is now: every reason, until when, the way to green, and how to appeal.

mod changed;
mod own;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use mingma_domain::fact::IssuerClass;
use mingma_registry::acts::DAYS_TO_ANSWER;
use mingma_registry::record::Appeal;
use mingma_registry::row::Confirmation;
use mingma_registry::words::Ground;
use mingma_registry::{FactId, PersonRecord};

use self::changed::Change;
use super::affairs::Affairs;
use super::fact_view::{issuer, looker, what};
use super::status_view::StatusView;
use super::when::When;
use super::{Page, show};
use crate::app::App;
use crate::problem::Problem;

/// The most that a page shows: a year of daily tests.
const MAX_SHOWN: usize = 400;

#[derive(Template)]
#[template(path = "notices.html")]
struct Notices {
    page: Page,
    affairs: Affairs,
    told: Vec<Told>,
    /// When the code last changed, and what made it so.
    changed: Option<(String, String)>,
    /// What it is now, if it ever changed.
    status: Option<StatusView>,
    /// Within how many days an appeal is answered.
    days: u16,
}

/// One thing that happened.
struct Told {
    at: Timestamp,
    when: String,
    said: String,
    /// The fact that can be disputed.
    fact: Option<FactId>,
    /// Where more of it is told, and what that is called.
    more: Option<(String, String)>,
}

/// `GET /notices[?for=ID]`
pub(crate) async fn page(State(app): State<App>, affairs: Affairs) -> Result<Response, Problem> {
    affairs.told(&app).await?;
    // The changes before the status: it is no older than the newest of them.
    let notices = app.registry().store().notices(affairs.person).await?;
    let changes = changed::read(&app, &affairs, &notices).await?;
    let status = match changes.last() {
        Some(_) => changed::status(&app, &affairs).await?,
        None => None,
    };
    let record = affairs.record(&app).await?;
    let when = affairs.when(&record)?;
    let page = affairs.page.clone();
    let mut told = told(&page, &when, &record);
    let changed = changes.last().map(|change| (when.instant(change.at), change.said.clone()));
    told.extend(changes.into_iter().map(|Change { at, said, more }| Told {
        at,
        when: when.instant(at),
        said,
        fact: None,
        more,
    }));
    told.extend(own::read(&app, &affairs, &when, &notices).await?);
    told.sort_by_key(|notice| std::cmp::Reverse(notice.at));
    told.truncate(MAX_SHOWN);
    Ok(show(&Notices { page, affairs, told, changed, status, days: DAYS_TO_ANSWER }))
}

fn told(page: &Page, when: &When, record: &PersonRecord) -> Vec<Told> {
    let tell =
        |at: Timestamp, said: String, fact| Told { at, when: when.instant(at), said, fact, more: None };
    let fact = |id: FactId| record.fact(id).map_or_else(String::new, |recorded| what(page, &recorded.fact));
    let mut told = Vec::new();
    if let Some(registration) = &record.registration {
        told.push(tell(registration.at, page.say("notice-registered"), None));
    }
    for amended in &record.amendments {
        let places = [("home", amended.home.full_name(page.lang())), ("by", amended.by.to_string())];
        told.push(tell(amended.at, page.with("notice-was-amended", &places), None));
    }
    for recorded in &record.facts {
        let (what, by) = (what(page, &recorded.fact), issuer(page, recorded.fact.issuer()));
        let said = if recorded.fact.issuer().class() == IssuerClass::Resident {
            page.with("notice-declared", &[("what", what)])
        } else if recorded.fact.value().needs_second_organisation() {
            page.with("notice-recorded-pending", &[("what", what), ("by", by)])
        } else {
            page.with("notice-recorded", &[("what", what), ("by", by)])
        };
        told.push(tell(recorded.recorded, said, Some(recorded.id)));
    }
    for second in &record.countersignatures {
        let places = [("what", fact(second.fact)), ("by", issuer(page, &second.issuer))];
        told.push(tell(second.at, page.with("notice-countersigned", &places), Some(second.fact)));
    }
    for retraction in &record.retractions {
        let why = page.say(format!("retraction-{}", retraction.reason));
        let places = [("what", fact(retraction.fact)), ("why", why)];
        told.push(tell(retraction.at, page.with("notice-retracted", &places), None));
    }
    for appeal in record.appeals.iter().filter_map(|opened| record.appeal(opened.id)) {
        let (Appeal::Open(mingma_registry::record::OpenAppeal { opened })
        | Appeal::Answered(mingma_registry::record::AnsweredAppeal { opened, .. })) = appeal;
        let places = [("what", fact(opened.fact)), ("due", when.instant(opened.due))];
        told.push(tell(opened.at, page.with("notice-appealed", &places), None));
        if let Appeal::Answered(answered) = appeal {
            let places = [("what", fact(opened.fact))];
            let said = match (answered.answer.upheld, opened.ground == Ground::TakenBack) {
                (true, false) => "notice-upheld",
                (false, false) => "notice-rejected",
                (true, true) => "notice-upheld-back",
                (false, true) => "notice-rejected-back",
            };
            told.push(tell(answered.answer.at, page.with(said, &places), None));
        }
    }
    // One word answers every dispute that waits for it.
    for (n, word) in record.confirmations.iter().enumerate() {
        let same = |former: &Confirmation| Confirmation { appeal: word.appeal, ..former.clone() } == *word;
        if record.confirmations.iter().take(n).any(same) {
            continue;
        }
        let (said, disputable) = match (word.confirmed, word.appeal) {
            (true, _) => ("notice-confirmed", Some(word.fact)),
            (false, Some(_)) => ("notice-denied-answer", None),
            (false, None) => ("notice-denied", None),
        };
        let places = [("what", fact(word.fact)), ("by", issuer(page, &word.issuer))];
        told.push(tell(word.at, page.with(said, &places), disputable));
    }
    for look in &record.disclosures {
        let [role, by] = looker(page, look);
        let places = [role, by, ("purpose", page.say(format!("purpose-{}", look.purpose)))];
        let said = if look.refused().is_some() { "notice-look-refused" } else { "notice-looked" };
        told.push(tell(look.at, page.with(said, &places), None));
    }
    for binding in &record.bindings {
        // An end is a binding for no time.
        let said = if binding.from < binding.until {
            page.with("notice-bound", &[("until", when.instant(binding.until))])
        } else {
            page.say("notice-unbound")
        };
        told.push(tell(binding.from, said, None));
    }
    told
}
