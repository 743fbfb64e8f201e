//! One fact by hand: a form whose choices are those to which the institution is entitled.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use mingma_domain::fact::kind::{EvidenceDue, KindSpec, Until};
use mingma_domain::fact::names::{kind_name, value_name};
use mingma_domain::fact::{Fact, FactError, Issuer, Kind, RawFact, Value, WordSet};
use mingma_domain::text::Lang;
use mingma_registry::words::Capacity;
use serde::Deserialize;

use super::review::{review, what_is_wrong};
use super::submissions::zone;
use super::table::TableRow;
use super::{Page, at_desk, entitled, show};
use crate::api::submissions::{SentRow, check};
use crate::app::App;
use crate::caller::Caller;
use crate::pages::fact_view::second_of;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "desk-fact.html")]
struct FactForm {
    page: Page,
    kind: Kind,
    kind_name: &'static str,
    /// The words that may stand in `value`, with their names; empty where it is written.
    values: Vec<(String, String)>,
    spec: KindSpec,
    /// What of it counts only when a second organisation has countersigned; empty where all does.
    second: String,
    sent: Sent,
    wrong: Option<(&'static str, String)>,
}

/// Which kind.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    kind: String,
}

/// The fields of the form. A moment is a day, and a time of the place where the institution works.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sent {
    kind: String,
    person: String,
    value: String,
    at_day: String,
    at_time: String,
    until_day: String,
    until_time: String,
    region: String,
    evidence: String,
}

/// `GET /desk/fact?kind=test`
pub(crate) async fn form(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let issuer = match at_desk(&app, caller).await {
        Ok(issuer) => issuer,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let Some(kind) = may(&app, &issuer, &asked.kind).await? else {
        return Ok(Redirect::to("/desk").into_response());
    };
    Ok(show(&form_of(page, &issuer, kind, Sent::default(), None)))
}

/// `POST /desk/fact`: looked at, and shown before it is signed.
pub(crate) async fn look(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    let issuer = match at_desk(&app, caller).await {
        Ok(issuer) => issuer,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let Some(kind) = may(&app, &issuer, &sent.kind).await? else {
        return Ok(Redirect::to("/desk").into_response());
    };
    let zone = zone(&app, &issuer).await?;
    let row = SentRow {
        person: document(&sent.person),
        kind: sent.kind.clone(),
        value: sent.value.trim().to_owned(),
        at: moment(&sent.at_day, &sent.at_time, zone),
        until: moment(&sent.until_day, &sent.until_time, zone),
        region: sent.region.trim().to_owned(),
        evidence: sent.evidence.trim().to_owned(),
        credential: String::new(),
    };
    let judged = check::judged(&app, &issuer, std::slice::from_ref(&row)).await?;
    if let Some(Err(refused)) = judged.first() {
        let wrong = Some((refused.column.word(), what_is_wrong(&page, refused, zone, |_| String::new())));
        let form = form_of(page, &issuer, kind, sent, wrong);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&form)).into_response());
    }
    review(&app, page, issuer, vec![TableRow { line: 1, row }]).await
}

/// The kind of this word, if the institution is entitled to it today.
async fn may(app: &App, issuer: &Issuer, word: &str) -> Result<Option<Kind>, Problem> {
    let book = app.registry().book().await?;
    let kinds = entitled(app, &book, issuer, Capacity::Submit);
    Ok(word.parse().ok().filter(|kind| kinds.contains(kind)))
}

fn form_of(
    page: Page,
    issuer: &Issuer,
    kind: Kind,
    sent: Sent,
    wrong: Option<(&'static str, String)>,
) -> FactForm {
    let spec = kind.spec();
    let lang = page.lang();
    FactForm {
        kind,
        kind_name: kind_name(kind, lang),
        values: values(kind, issuer, lang),
        second: second_of(&page, kind, "desk-second-due"),
        spec,
        page,
        sent,
        wrong,
    }
}

/// The values of a kind that an issuer of this class may say; none where the value is written: a country, a dose.
fn values(kind: Kind, issuer: &Issuer, lang: Lang) -> Vec<(String, String)> {
    if matches!(kind, Kind::Entry | Kind::Vaccination) {
        return Vec::new();
    }
    let all = WordSet::of_kind(kind).iter().filter_map(|word| Value::any_of(word, 1));
    all.filter(|value| may_say(*value, issuer))
        .map(|value| (value.to_string(), value_name(value, lang)))
        .collect()
}

/// Whether the vocabulary lets an issuer of this class say the value, asked of the one maker of facts.
fn may_say(value: Value, issuer: &Issuer) -> bool {
    let (word, issuer) = (value.to_string(), issuer.to_string());
    let spec = value.kind().spec();
    let raw = RawFact {
        kind: value.kind().word(),
        value: &word,
        at: "2022-06-13",
        until: if spec.until == Until::None { "" } else { "2022-06-13" },
        region: if spec.region { "410100" } else { "" },
        issuer: &issuer,
        evidence: if spec.evidence == EvidenceDue::None { "" } else { "E-1" },
    };
    !matches!(Fact::parse(&raw), Err(FactError::NotEntitled { .. }))
}

/// A document in wire form; a bare number of 18 characters is a resident identity card's, one of 12 digits is a desk's, which is printed in
/// groups of four.
pub(crate) fn document(text: &str) -> String {
    let text = text.trim();
    let digits: String = text.split(' ').collect();
    if text.len() == 18 && !text.contains(':') {
        format!("resident-id:{}", text.to_uppercase())
    } else if digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("desk-number:{digits}")
    } else {
        text.to_owned()
    }
}

/// A day, or with a time the instant at the place's offset from UTC. What cannot be read stays as it was and is refused by its column.
fn moment(day: &str, time: &str, zone: &str) -> String {
    let (day, time) = (day.trim(), time.trim());
    if day.is_empty() || time.is_empty() {
        return day.to_owned();
    }
    let local = jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M", format!("{day} {time}"));
    let zoned = local.ok().and_then(|local| local.to_zoned(jiff::tz::TimeZone::get(zone).ok()?).ok());
    zoned.map_or_else(|| format!("{day}T{time}"), |zoned| zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

impl FactForm {
    fn has_until(&self) -> bool {
        self.spec.until != Until::None
    }

    fn has_evidence(&self) -> bool {
        self.spec.evidence != EvidenceDue::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_of_where_the_institution_works() {
        for (day, time, zone, moment) in [
            ("2022-06-13", "", "Asia/Shanghai", "2022-06-13"),
            ("2022-06-13", "09:40", "Asia/Shanghai", "2022-06-13T09:40:00+08:00"),
            ("2022-06-13", "09:40", "Asia/Seoul", "2022-06-13T09:40:00+09:00"),
            ("", "09:40", "Asia/Shanghai", ""),
            ("2022-02-30", "09:40", "Asia/Shanghai", "2022-02-30T09:40"),
        ] {
            assert_eq!(super::moment(day, time, zone), moment);
        }
    }

    #[test]
    fn the_choices_are_those_of_the_issuers_class() {
        let words = |kind, issuer: &str| -> Vec<String> {
            values(kind, &issuer.parse().unwrap(), Lang::En).into_iter().map(|(word, _)| word).collect()
        };
        assert_eq!(words(Kind::Stay, "transport:rail"), ["ticket"]);
        assert_eq!(
            words(Kind::Contact, "cdc:1"),
            ["close", "secondary", "same-vehicle", "spatiotemporal", "general"]
        );
        assert!(words(Kind::Contact, "laboratory:1").is_empty());
        assert!(words(Kind::Vaccination, "hospital").is_empty(), "a dose is written");
    }

    #[test]
    fn a_bare_number_is_an_identity_cards() {
        for (text, wire) in [
            ("11010519491231002x", "resident-id:11010519491231002X"),
            (" passport:JP:TR0000001 ", "passport:JP:TR0000001"),
            ("TR0000001", "TR0000001"),
        ] {
            assert_eq!(document(text), wire);
        }
    }
}
