//! The public journal: what holds, what was counted, what stood out, for everybody to read.

mod emergencies;
mod more;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use mingma_domain::fact::Value;
use mingma_domain::fact::names::{kind_name, value_name};
use mingma_domain::risk::RegionRisk;
use mingma_domain::time::{Day, Zone};
use mingma_registry::book::PublishedRuleset;
use mingma_registry::digest::{Cell, DIGEST_DAYS, Digest, SMALL_CELL};
use mingma_registry::intake::Cause;
use mingma_registry::row::{Alarm, Moved};
use mingma_registry::words::{Doing, Mover, Span, Strange};

pub(crate) use self::emergencies::{EmergencyLine, of_rules};
use self::more::EndedLine;
use super::office::office_name;
use super::office::risk::level_name;
use super::when::When;
use super::{Page, show};
use crate::api::journal::public::ALARMS;
use crate::app::App;
use crate::problem::Problem;

/// How many of the newest risk levels are shown; all of them are among the publications.
const LEVELS: usize = 100;

#[derive(Template)]
#[template(path = "journal.html")]
struct Journal {
    page: Page,
    rules: Vec<RulesLine>,
    risk: Vec<RiskLine>,
    since: String,
    until: String,
    recorded: Vec<RecordedLine>,
    refused: Vec<(String, String)>,
    changed: Vec<ChangedLine>,
    medians: Vec<(String, String)>,
    said: Vec<(String, String)>,
    ended: Vec<EndedLine>,
    appeals: Vec<(String, String)>,
    second: Vec<(String, String)>,
    emergencies: Vec<EmergencyLine>,
    alarms: Vec<(String, String)>,
    newest: Vec<AlarmLine>,
    taken: Vec<TakenLine>,
    head: Option<Head>,
}

/// The head of the quarter's log, as its checkpoint says it.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    file: String,
    size: String,
    root: String,
}

struct RulesLine {
    published: Arc<PublishedRuleset>,
    title: String,
    place: String,
    in_force: bool,
}

struct RiskLine {
    place: String,
    level: String,
    from: String,
    until: String,
}

struct RecordedLine {
    what: String,
    place: String,
    rows: String,
}

struct ChangedLine {
    day: String,
    cause: String,
    direction: String,
    persons: String,
}

struct AlarmLine {
    number: u64,
    why: String,
    issuer: String,
    kind: String,
    rows: u64,
    usual: u64,
    at: String,
    let_through: bool,
}

/// What was taken away from an institution.
struct TakenLine {
    number: u64,
    issuer: String,
    what: String,
    by: String,
    at: String,
}

/// `GET /journal`
pub(crate) async fn journal(State(app): State<App>, page: Page) -> Result<Response, Problem> {
    let (digest, book) = (app.registry().digest().await?, app.registry().book().await?);
    let (now, lang) = (app.registry().now(), page.lang());
    let (when, today) = as_of(&app, &page)?;
    let rules = book.rulesets().iter().rev().map(|published| RulesLine {
        published: Arc::clone(published),
        title: published.ruleset.title.get(lang).to_owned(),
        place: published.ruleset.region.full_name(lang),
        in_force: book
            .ruleset_for(published.ruleset.region, now)
            .is_some_and(|in_force| in_force.number == published.number),
    });
    let risk = book.risk().acts().iter().rev().take(LEVELS).map(|risk: &RegionRisk| RiskLine {
        place: risk.region.full_name(lang),
        level: level_name(&page, risk.level),
        from: when.day(risk.from),
        until: risk.until.map_or_else(String::new, |day| when.day(day)),
    });
    let recorded = digest.recorded.iter().map(|row| {
        let value = Value::parse(row.kind, &row.value).map(|value| value_name(value, lang));
        RecordedLine {
            what: format!("{} · {}", kind_name(row.kind, lang), value.unwrap_or_else(|_| row.value.clone())),
            place: row.region.full_name(lang),
            rows: told(&page, Some(row.rows)),
        }
    });
    let refused =
        digest.refused.iter().map(|(cause, rows)| (cause_name(&page, *cause), told(&page, Some(*rows))));
    let changed = digest.moved.iter().rev().filter_map(|(day, Moved { by, is_worse }, persons)| {
        Some(ChangedLine {
            day: when.day(Day::from_number(i32::try_from(*day).ok()?).ok()?),
            cause: mover_name(&page, *by),
            direction: page.say(if *is_worse { "journal-changed-worse" } else { "journal-changed-better" }),
            persons: told(&page, Some(*persons)),
        })
    });
    let changed = changed.collect();
    let of_sort = |why: Strange| book.alarms().filter(|(_, alarm, _)| alarm.why == why).count().to_string();
    let alarms = Strange::ALL.iter().map(|why| (strange_name(&page, *why), of_sort(*why)));
    let newest = book.alarms().rev().take(ALARMS).map(|(number, alarm, let_through)| AlarmLine {
        number,
        why: alarm_name(&page, alarm),
        issuer: alarm.issuer.to_string(),
        kind: alarm_kind(&page, alarm),
        rows: alarm.rows,
        usual: alarm.usual,
        at: when.instant(alarm.at),
        let_through,
    });
    let taken = book.taken().rev().take(ALARMS).map(|taken| TakenLine {
        number: taken.number,
        issuer: taken.issuer.to_string(),
        what: taken
            .kind
            .map_or_else(|| page.say("journal-taken-key"), |kind| kind_name(kind, lang).to_owned()),
        by: taken.by.map_or_else(
            || page.say("journal-taken-authority"),
            |(office, region)| format!("{} · {}", office_name(&page, office), region.full_name(lang)),
        ),
        at: when.instant(taken.at),
    });
    let (proposals, batches) = book.second_approvals();
    let share = app.registry().share().unwrap_or_default();
    let second = vec![
        (page.say("journal-share"), share.to_string()),
        (page.say("journal-proposals"), proposals.to_string()),
        (page.say("journal-batches"), batches.to_string()),
        (page.say("journal-emergencies"), book.emergencies().len().to_string()),
    ];
    let journal = Journal {
        rules: rules.collect(),
        risk: risk.collect(),
        since: when.instant(digest.since),
        until: when.instant(digest.until),
        recorded: recorded.collect(),
        refused: refused.collect(),
        changed,
        medians: more::medians(&page, &digest),
        said: more::said(&page, &digest),
        ended: more::ended(&page, &book, &when),
        appeals: appeals(&page, &digest),
        second,
        emergencies: emergencies::emergencies(&page, &book, (&when, today), ALARMS),
        alarms: alarms.collect(),
        newest: newest.collect(),
        taken: taken.collect(),
        head: head(&app, now),
        page,
    };
    Ok(show(&journal))
}

/// How this reader is told when, and which day it is, by the clocks of the region whose registry this is.
pub(crate) fn as_of(app: &App, page: &Page) -> Result<(When, Day), Problem> {
    let zone = match app.registry().zone() {
        Some(zone) => zone.clone(),
        None => Zone::named("Asia/Shanghai").map_err(|_| Problem::broken())?,
    };
    Ok((When::new(page.lang(), &zone), zone.day_of(app.registry().now())))
}

impl Journal {
    /// What withholding means, in words.
    fn small(&self) -> String {
        self.page.with("journal-small-what", &[("number", SMALL_CELL.to_string())])
    }

    fn days(&self) -> String {
        let places =
            [("days", DIGEST_DAYS.to_string()), ("since", self.since.clone()), ("until", self.until.clone())];
        self.page.with("journal-days", &places)
    }
}

/// The head of the log of the quarter (of UTC) in which an instant lies; none if no log is published here.
fn head(app: &App, now: Timestamp) -> Option<Head> {
    let date = now.to_zoned(TimeZone::UTC).date();
    let file = format!("{}q{}/checkpoint", date.year(), (date.month() - 1) / 3 + 1);
    let (note, _) = app.assets().log(&file)?;
    read_head(file, &String::from_utf8(note).ok()?)
}

/// A checkpoint's second line is how many entries there are, its third the root over them.
fn read_head(file: String, note: &str) -> Option<Head> {
    let mut lines = note.lines().skip(1);
    let (size, root) = (lines.next()?.to_owned(), lines.next()?.to_owned());
    Some(Head { file, size, root })
}

fn appeals(page: &Page, digest: &Digest) -> Vec<(String, String)> {
    let counts = &digest.appeals;
    let median = match counts.median_minutes {
        None => page.say("journal-few"),
        Some(minutes) => {
            page.with("journal-hours", &[("hours", format!("{}.{}", minutes / 60, minutes % 60 / 6))])
        }
    };
    vec![
        (page.say("journal-appeals-due"), told(page, counts.due)),
        (page.say("journal-appeals-upheld"), told(page, counts.upheld)),
        (page.say("journal-appeals-rejected"), told(page, counts.rejected)),
        (page.say("journal-appeals-unanswered"), told(page, counts.unanswered)),
        (page.say("journal-appeals-median"), median),
    ]
}

fn told(page: &Page, cell: Option<Cell>) -> String {
    match cell {
        None => "0".to_owned(),
        Some(Cell::Told(number)) => number.to_string(),
        Some(Cell::Small) => page.with("journal-small", &[("number", SMALL_CELL.to_string())]),
    }
}

/// What is strange and, of what is unlike an issuer's history, within how long, in the reader's language.
pub(crate) fn alarm_name(page: &Page, alarm: &Alarm) -> String {
    let why = strange_name(page, alarm.why);
    match (alarm.why, alarm.within) {
        (Strange::AboveLimit | Strange::NothingInCommon, _) => why,
        (Strange::UnlikeItself, Span::Hour) => format!("{why} · {}", page.say("journal-within-hour")),
        (Strange::UnlikeItself, Span::Day) => format!("{why} · {}", page.say("journal-within-day")),
        (Strange::UnlikeItself, Span::Week) => format!("{why} · {}", page.say("journal-within-week")),
    }
}

/// Of which kind the facts are, or which value of it, and what was done to them but for recording them, in the reader's language.
pub(crate) fn alarm_kind(page: &Page, alarm: &Alarm) -> String {
    let all = || kind_name(alarm.kind, page.lang()).to_owned();
    let kind = alarm.value.map_or_else(all, |value| value_name(value, page.lang()));
    match alarm.doing {
        Doing::Recorded => kind,
        Doing::Countersigned => format!("{kind} · {}", page.say("journal-countersigned")),
        Doing::Retracted => format!("{kind} · {}", page.say("journal-retracted")),
        Doing::Denied => format!("{kind} · {}", page.say("journal-denied")),
    }
}

/// What makes a status another, in words.
fn mover_name(page: &Page, by: Mover) -> String {
    page.say(match by {
        Mover::Rule => "journal-changed-rule",
        Mover::Risk => "journal-changed-risk",
        Mover::Turn => "journal-changed-turn",
        Mover::Fact => "journal-changed-fact",
        Mover::Move => "journal-changed-move",
    })
}

/// What is strange, in the reader's language.
fn strange_name(page: &Page, why: Strange) -> String {
    match why {
        Strange::AboveLimit => page.say("journal-above-limit"),
        Strange::UnlikeItself => page.say("journal-unlike-itself"),
        Strange::NothingInCommon => page.say("journal-nothing-in-common"),
    }
}

fn cause_name(page: &Page, cause: Cause) -> String {
    match cause {
        Cause::OnPrinciple => page.say("journal-refused-on-principle"),
        Cause::OtherClass | Cause::NotEntitled => page.say("journal-refused-not-entitled"),
        Cause::NoEvidence | Cause::NoCredential | Cause::OtherCredential => {
            page.say("journal-refused-no-evidence")
        }
        Cause::Document => page.say("journal-refused-document"),
        Cause::UnknownWord
        | Cause::WrongValue
        | Cause::NotAMoment
        | Cause::Ahead
        | Cause::Again
        | Cause::Twice
        | Cause::Backwards
        | Cause::UnknownRegion
        | Cause::Missing
        | Cause::Superfluous
        | Cause::NotAReference
        | Cause::NoTimeOfDay => page.with("journal-refused-unreadable", &[("cause", cause.to_string())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_is_read_off_the_checkpoint() {
        let note = "mingma.example/410000/2022q2\n1317\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— mingma.example Az3g…\n";
        let head = read_head("2022q2/checkpoint".to_owned(), note).unwrap();
        assert_eq!(
            (head.size.as_str(), head.root.as_str()),
            ("1317", "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
        );
        assert_eq!(read_head(String::new(), "mingma.example/410000/2022q2\n1317"), None);
    }
}
