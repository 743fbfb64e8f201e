//! A health commission's issuers: who is appointed, with which keys, entitled to what; and the forms that add to it.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use jiff::Timestamp;
use mingma_domain::fact::names::kind_name;
use mingma_domain::fact::{Entitlement, Kind};
use mingma_domain::time::Zone;
use mingma_registry::Appointment;
use mingma_registry::acts::{AppointError, Less, MAX_ENTITLEMENT_DAYS};
use mingma_registry::policy::Office;
use mingma_registry::row::{EntitlementEntry, IssuerEntry, KeyEntry, Limit};
use mingma_registry::words::Capacity;
use serde::Deserialize;

use super::{Page, holding, show};
use crate::api::offices::Official;
use crate::api::offices::appoint::{point, propose, set_limit, take};
use crate::app::App;
use crate::caller::Caller;
use crate::pages::desk::submissions::local;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "office-issuers.html")]
struct Issuers {
    page: Page,
    known: Vec<Known>,
    kinds: Vec<(Kind, &'static str)>,
    sent: Sent,
    wrong: Option<String>,
}

/// An issuer with all that was said of it.
struct Known {
    name: String,
    organisation: String,
    place: &'static str,
    keys: Vec<Key>,
    entitlements: Vec<Given>,
    /// How much it records within an hour before a second office is asked.
    limits: Vec<String>,
}

struct Key {
    point: String,
    until: String,
    withdrawn: Option<String>,
}

struct Given {
    number: u64,
    text: String,
    withdrawn: Option<String>,
}

/// What a form asks for.
enum Asked {
    More(Appointment),
    Less(Less),
    Limit(Limit),
}

/// The fields of all the forms; `what` says which one was sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sent {
    what: String,
    issuer: String,
    organisation: String,
    region: String,
    point: String,
    capacity: String,
    kind: String,
    from: String,
    until: String,
    per_hour: String,
    number: String,
}

/// `GET /office/issuers`
pub(crate) async fn form(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
) -> Result<Response, Problem> {
    match holding(&app, caller, Office::HealthCommission).await {
        Ok(official) => Ok(show(&issuers(&app, page, &official, Sent::default(), None).await?)),
        Err(elsewhere) => Ok(elsewhere),
    }
}

/// `POST /office/issuers`
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
    let wrong = match asked(&page, &official, &sent) {
        Err(wrong) => wrong,
        Ok(asked) => {
            let done = match asked {
                Asked::More(more) => propose(&app, &official, more).await?,
                Asked::Less(less) => take(&app, &official, less).await?,
                Asked::Limit(limit) => set_limit(&app, &official, limit).await?,
            };
            match done {
                Ok(act) if act.waits() => return Ok(Redirect::to("/office/proposals").into_response()),
                Ok(_) => return Ok(Redirect::to("/office/issuers").into_response()),
                Err(AppointError::Unable(unable)) => return Err(unable.into()),
                Err(error) => told(&page, &error),
            }
        }
    };
    let form = issuers(&app, page, &official, sent, Some(wrong)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&form)).into_response())
}

/// What a form says; else what is wrong with it.
fn asked(page: &Page, official: &Official, sent: &Sent) -> Result<Asked, String> {
    let unknown = |_| page.say("desk-cause-unknown-word");
    let region = || sent.region.trim().parse().map_err(|_| page.say("desk-cause-unknown-region"));
    let issuer = || sent.issuer.trim().parse().map_err(|_| page.say("office-no-issuer"));
    let day = |text: &str| text.parse().map_err(|_| page.say("desk-cause-not-a-moment"));
    let key = || point(sent.point.trim()).map_err(|_| page.say("office-no-key"));
    // A key's days are whole days of the office's zone.
    let zone = Zone::named(official.region.zone()).map_err(|_| page.say("desk-trouble-other"))?;
    let midnight = |text: &str| -> Result<Timestamp, String> {
        let second = zone.start_of(day(text)?);
        Timestamp::from_second(second).map_err(|_| page.say("desk-cause-not-a-moment"))
    };
    Ok(match sent.what.as_str() {
        "issuer" => Asked::More(Appointment::Issuer(IssuerEntry {
            issuer: issuer()?,
            organisation: sent
                .organisation
                .trim()
                .parse()
                .map_err(|_| page.say("desk-cause-not-a-reference"))?,
            region: region()?,
        })),
        "key" => Asked::More(Appointment::Key(KeyEntry {
            issuer: issuer()?,
            point: key()?,
            from: midnight(&sent.from)?,
            until: midnight(&sent.until)?,
        })),
        "withdraw" => Asked::Less(Less::Key(key()?)),
        "withdraw-entitlement" => {
            Asked::Less(Less::Entitlement(sent.number.parse().map_err(|_| page.say("office-no-number"))?))
        }
        "entitle" => {
            let entitlement = Entitlement {
                issuer: issuer()?,
                kind: sent.kind.parse().map_err(unknown)?,
                region: region()?,
                from: day(&sent.from)?,
                until: day(&sent.until)?,
            };
            let capacity = sent.capacity.parse().map_err(unknown)?;
            Asked::More(Appointment::Entitlement(EntitlementEntry { capacity, entitlement }))
        }
        "limit" => Asked::Limit(Limit {
            issuer: issuer()?,
            kind: sent.kind.parse().map_err(unknown)?,
            per_hour: sent.per_hour.trim().parse().map_err(|_| page.say("office-no-number"))?,
        }),
        _ => return Err(page.say("desk-trouble-other")),
    })
}

fn told(page: &Page, error: &AppointError) -> String {
    match error {
        AppointError::NoOffice
        | AppointError::SecondOffice { .. }
        | AppointError::UnknownEntitlement { .. }
        | AppointError::Unable(_) => page.say("desk-trouble-other"),
        AppointError::TooLong => page.with("office-too-long", &[("days", MAX_ENTITLEMENT_DAYS)]),
        AppointError::Class { .. } => page.say("office-no-key-class"),
        AppointError::Outside { .. } => page.say("office-elsewhere"),
        AppointError::UnknownIssuer { .. } => page.say("office-no-issuer"),
        AppointError::UnknownKey => page.say("office-no-key"),
        AppointError::Vocabulary { .. } => page.say("desk-cause-other-class"),
        AppointError::Backwards => page.say("desk-cause-backwards"),
        AppointError::Exists { .. } => page.say("office-exists"),
    }
}

async fn issuers(
    app: &App,
    page: Page,
    official: &Official,
    sent: Sent,
    wrong: Option<String>,
) -> Result<Issuers, Problem> {
    let book = app.registry().book().await?;
    let lang = page.lang();
    let zone = official.region.zone();
    let mut known = Vec::new();
    for entry in book.issuers().filter(|entry| entry.region.is_in(official.region)) {
        let keys = book.all_keys(&entry.issuer).map(|(key, withdrawn)| Key {
            point: Base64UrlUnpadded::encode_string(key.point.as_bytes()),
            until: local(key.until, zone),
            withdrawn: withdrawn.map(|at| local(at, zone)),
        });
        let entitled = |(number, entry, withdrawn): (u64, &EntitlementEntry, Option<Timestamp>)| Given {
            number,
            text: entitlement_in_words(&page, entry),
            withdrawn: withdrawn.map(|at| local(at, zone)),
        };
        let recorded = |kind: &Kind| {
            let mut may = book.entitlements(&entry.issuer);
            may.any(|e| e.capacity == Capacity::Submit && e.entitlement.kind == *kind)
        };
        let limit = |kind: &Kind| {
            let limit = book.limit(&entry.issuer, *kind).to_string();
            page.with("office-limit-is", &[("kind", kind_name(*kind, lang).to_owned()), ("limit", limit)])
        };
        known.push(Known {
            name: entry.issuer.to_string(),
            organisation: entry.organisation.to_string(),
            place: entry.region.name(lang),
            keys: keys.collect(),
            entitlements: book.all_entitlements(&entry.issuer).map(entitled).collect(),
            limits: Kind::ALL.iter().filter(|kind| recorded(kind)).map(limit).collect(),
        });
    }
    let kinds = Kind::ALL.iter().map(|kind| (*kind, kind_name(*kind, lang))).collect();
    Ok(Issuers { page, known, kinds, sent, wrong })
}

/// An appointment, for whoever is to agree to it.
pub(super) fn appointment_in_words(page: &Page, appointment: &Appointment) -> String {
    let lang = page.lang();
    let (name, what) = match appointment {
        Appointment::Issuer(entry) => {
            ("office-appoint", format!("{} · {}", entry.organisation, entry.region.name(lang)))
        }
        Appointment::Key(entry) => {
            let point = Base64UrlUnpadded::encode_string(entry.point.as_bytes());
            ("office-add-key", format!("{point} · {} – {}", entry.from, entry.until))
        }
        Appointment::Entitlement(entry) => ("office-entitle", entitlement_in_words(page, entry)),
        Appointment::Limit(limit) => {
            ("office-set-limit", format!("{} · {}", kind_name(limit.kind, lang), limit.per_hour))
        }
    };
    format!("{} · {} · {what}", page.say(name), appointment.issuer())
}

fn entitlement_in_words(page: &Page, entry: &EntitlementEntry) -> String {
    let Entitlement { kind, region, from, until, .. } = &entry.entitlement;
    let (capacity, lang) = (capacity_name(page, entry.capacity), page.lang());
    format!("{capacity}: {} · {} · {from} – {until}", kind_name(*kind, lang), region.name(lang))
}

fn capacity_name(page: &Page, capacity: Capacity) -> String {
    match capacity {
        Capacity::Submit => page.say("office-capacity-submit"),
        Capacity::Countersign => page.say("office-capacity-countersign"),
        Capacity::Confirm => page.say("office-capacity-confirm"),
    }
}
