//! What would become of rows, before they are signed: each refused one with what is wrong, the good ones with what people are told.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use mingma_domain::fact::Issuer;
use mingma_domain::fact::names::{kind_name, value_name};
use mingma_registry::acts::told;
use mingma_registry::intake::{Cause, RefusedRow};
use mingma_registry::row::IdempotencyKey;
use mingma_registry::submission::{RawRow, Row, read_rows, request_hash};
use mingma_registry::words::NoticeKind;
use serde::Deserialize;

use super::submissions::{local, zone};
use super::table::{TableRow, write};
use super::{Page, at_desk, show};
use crate::api::submissions::{SentRow, check};
use crate::app::App;
use crate::caller::Caller;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "desk-review.html")]
struct Review {
    page: Page,
    issuer: Issuer,
    key: String,
    good: Vec<GoodLine>,
    refused: Vec<RefusedLine>,
    told: Vec<String>,
    /// The good rows as the script signs them, safe inside a page.
    rows: String,
    /// The refused rows, to be mended.
    mend: String,
}

struct GoodLine {
    line: u64,
    kind: &'static str,
    value: String,
    at: String,
    evidence: String,
    pending: bool,
}

struct RefusedLine {
    line: u64,
    column: &'static str,
    wrong: String,
}

/// The page on rows that were looked at.
///
/// # Errors
/// A [`Problem`] if they cannot be looked at.
pub(super) async fn review(
    app: &App,
    page: Page,
    issuer: Issuer,
    rows: Vec<TableRow>,
) -> Result<Response, Problem> {
    let sent: Vec<SentRow> = rows.iter().map(|row| row.row.clone()).collect();
    let judged = check::judged(app, &issuer, &sent).await?;
    let zone = zone(app, &issuer).await?;
    let raw: Vec<RawRow<'_>> = sent.iter().map(SentRow::raw).collect();
    let read = read_rows(&issuer, &raw)?;
    let stands = |number: &str| {
        let place = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let line = place.and_then(|place| rows.get(place)).map(|row| row.line);
        line.map_or_else(String::new, |line| page.with("desk-twice-line", &[("line", line)]))
    };
    let (mut good, mut refused, mut send, mut mend, mut notices) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for ((row, judged), read) in rows.iter().zip(judged).zip(&read) {
        match (judged, read) {
            (Ok(pending), Ok(Row { fact, .. })) => {
                notices.push(told(fact));
                send.push(&row.row);
                good.push(GoodLine {
                    line: row.line,
                    kind: kind_name(fact.kind(), page.lang()),
                    value: value_name(fact.value(), page.lang()),
                    at: row.row.at.clone(),
                    evidence: row.row.evidence.clone(),
                    pending,
                });
            }
            (Err(wrong), _) => {
                mend.push(&row.row);
                let (column, wrong) = (wrong.column.word(), what_is_wrong(&page, &wrong, zone, stands));
                refused.push(RefusedLine { line: row.line, column, wrong });
            }
            (Ok(_), Err(_)) => return Err(Problem::broken()),
        }
    }
    let key = key(app, &issuer, &send)?;
    // A text within a page ends at the first `<`; JSON may write the letter by its number.
    let rows = serde_json::to_string(&send).map_err(|_| Problem::broken())?.replace('<', "\\u003c");
    let told = say_notices(&page, &notices);
    let mend = write(mend.into_iter());
    Ok(show(&Review { page, issuer, key, good, refused, told, rows, mend }))
}

/// The name of a request, by its rows and the day: whoever uploads a table twice records it once.
fn key(app: &App, issuer: &Issuer, rows: &[&SentRow]) -> Result<String, Problem> {
    let raw: Vec<RawRow<'_>> = rows.iter().map(|row| row.raw()).collect();
    let name: IdempotencyKey = "desk".parse().map_err(|_| Problem::broken())?;
    let hash = request_hash(issuer, &name, &raw);
    let short = Base64UrlUnpadded::encode_string(hash.first_chunk::<12>().unwrap_or(&[0; 12]));
    Ok(format!("{}-{short}", app.registry().now().strftime("%Y%m%d")))
}

/// What people are told of facts, each sort once.
fn say_notices(page: &Page, notices: &[Option<NoticeKind>]) -> Vec<String> {
    let mut said = Vec::new();
    for (kind, text) in [
        (Some(NoticeKind::FactPending), page.say("desk-told-pending")),
        (Some(NoticeKind::FactRecorded), page.say("desk-told-recorded")),
        (None, page.say("desk-told-page")),
    ] {
        if notices.contains(&kind) {
            said.push(text);
        }
    }
    said
}

/// What is wrong with a row, in the reader's language; hours are those of the institution's zone, and `stands` says of a row's number where
/// the reader finds it.
pub(super) fn what_is_wrong(
    page: &Page,
    refused: &RefusedRow,
    zone: &str,
    stands: impl Fn(&str) -> String,
) -> String {
    let mut said = page.say(cause(refused.cause));
    match &refused.nearest {
        Some(first) if refused.cause == Cause::Twice => said = format!("{said} {}", stands(first)),
        Some(word) => said = format!("{said} {}", page.with("desk-nearest", &[("word", word)])),
        None => {}
    }
    if let Some(fact) = refused.former {
        let former = [("fact", fact.to_string()), ("at", local(fact.recorded(), zone))];
        said = format!("{said} {}", page.with("desk-former", &former));
    }
    said
}

const fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::Document => "desk-cause-document",
        Cause::UnknownWord => "desk-cause-unknown-word",
        Cause::OnPrinciple => "desk-cause-on-principle",
        Cause::WrongValue => "desk-cause-wrong-value",
        Cause::NotAMoment => "desk-cause-not-a-moment",
        Cause::Backwards => "desk-cause-backwards",
        Cause::UnknownRegion => "desk-cause-unknown-region",
        Cause::Missing => "desk-cause-missing",
        Cause::Superfluous => "desk-cause-superfluous",
        Cause::NotAReference => "desk-cause-not-a-reference",
        Cause::NoEvidence => "desk-cause-no-evidence",
        Cause::NoTimeOfDay => "desk-cause-no-time-of-day",
        Cause::OtherClass => "desk-cause-other-class",
        Cause::NotEntitled => "desk-cause-not-entitled",
        Cause::Ahead => "desk-cause-ahead",
        Cause::NoCredential => "desk-cause-no-credential",
        Cause::OtherCredential => "desk-cause-other-credential",
        Cause::Again => "desk-cause-again",
        Cause::Twice => "desk-cause-twice",
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Mend {
    rows: String,
}

/// `POST /desk/refused-rows`: the refused rows of a table as a file, to be mended and uploaded again.
pub(crate) async fn refused_rows(
    State(app): State<App>,
    caller: Option<Caller>,
    Form(mend): Form<Mend>,
) -> Response {
    if let Err(elsewhere) = at_desk(&app, caller).await {
        return elsewhere;
    }
    // With the mark by which Excel knows UTF-8.
    let text = format!("\u{feff}{}", mend.rows);
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"refused-rows.csv\""),
    ];
    (headers, text).into_response()
}

#[cfg(test)]
mod tests {
    use mingma_domain::text::Lang;

    use super::*;
    use crate::text::Texts;

    #[test]
    fn every_cause_is_told_in_every_language() {
        for lang in [Lang::ZhHans, Lang::ZhHant, Lang::En] {
            let speaker = Texts::shipped().speaker(lang);
            for known in Cause::ALL {
                assert_ne!(speaker.say(cause(*known)), cause(*known), "{lang}");
            }
        }
    }
}
