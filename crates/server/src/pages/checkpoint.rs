//! The checkpoint: a page that judges codes by itself. The server gives it its parts and hears nothing of a code.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use askama::Template;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use mingma_credential::VerdictKind;
use mingma_domain::Region;
use mingma_domain::text::Lang;

use super::{Page, show};
use crate::problem::Problem;
use crate::still::Still;

/// A browser asks for each part anew; its service worker keeps them for when nobody answers.
const KEPT: &str = "no-cache";

/// Every part under its name. They lie below the page's address because its service worker answers there.
static PARTS: [(&str, Still); 8] = [
    ("camera.js", Still::script(KEPT, include_bytes!("../../assets/checkpoint/camera.js"))),
    ("eye.js", Still::script(KEPT, include_bytes!("../../assets/checkpoint/eye.js"))),
    ("keys.js", Still::script(KEPT, include_bytes!("../../assets/checkpoint/keys.js"))),
    ("page.js", Still::script(KEPT, include_bytes!("../../assets/checkpoint/page.js"))),
    ("signals.js", Still::script(KEPT, include_bytes!("../../assets/checkpoint/signals.js"))),
    ("style.css", Still::style(KEPT, include_bytes!("../../assets/checkpoint/style.css"))),
    ("sw.js", Still::script(KEPT, include_bytes!("../../assets/checkpoint/sw.js"))),
    ("tell.js", Still::script(KEPT, include_bytes!("../../assets/checkpoint/tell.js"))),
];

/// The names of all regions, in each language.
static REGIONS: LazyLock<BTreeMap<Lang, Still>> = LazyLock::new(|| {
    let names = |lang| -> BTreeMap<_, _> {
        Region::all().map(|region| (region.code(), region.full_name(lang))).collect()
    };
    let still = |lang| {
        let text = serde_json::to_vec(&names(lang)).unwrap_or_default();
        Still::new("application/json", KEPT, Bytes::from(text))
    };
    Lang::ALL.iter().map(|lang| (*lang, still(*lang))).collect()
});

/// The worker lies below the page and answers for the page itself.
const SCOPE: [(&str, &str); 1] = [("service-worker-allowed", "/checkpoint")];

#[derive(Template)]
#[template(path = "checkpoint.html")]
struct Checkpoint {
    page: Page,
    results: Vec<Shown>,
}

/// How one result is shown.
struct Shown {
    /// Its name, as the verifier gives it.
    result: &'static str,
    /// The field of colour behind it.
    face: &'static str,
    /// Its shape.
    shape: &'static str,
    /// What is heard: `pass`, `look` or `no`.
    signal: &'static str,
    /// What it is, in a word or two.
    word: String,
    /// What is to be done.
    act: String,
    /// Whether something of the code is compared with the person.
    compared: bool,
}

/// `GET /checkpoint`
pub(crate) async fn page(page: Page) -> Response {
    let results = KINDS.iter().map(|kind| judged(&page, *kind)).chain(unjudged(&page)).collect();
    show(&Checkpoint { page, results })
}

/// `GET /checkpoint/{name}`
pub(crate) async fn part(Path(name): Path<String>, request: HeaderMap) -> Response {
    let part = Still::named(&PARTS, &name, &request).map(|part| (SCOPE, part).into_response());
    part.unwrap_or_else(|| Problem::not_found().into_response())
}

/// `GET /checkpoint/regions.json`: every region's name by its code, in the reader's language.
pub(crate) async fn regions(page: Page, request: HeaderMap) -> Response {
    let names = REGIONS.get(&page.lang()).map(|names| names.answer(&request));
    names.unwrap_or_else(|| Problem::not_found().into_response())
}

/// Every verdict, in the order in which a reader may want to learn them.
const KINDS: [VerdictKind; 12] = [
    VerdictKind::Green,
    VerdictKind::Yellow,
    VerdictKind::Red,
    VerdictKind::Certificate,
    VerdictKind::Clock,
    VerdictKind::Expired,
    VerdictKind::NotYetValid,
    VerdictKind::Revoked,
    VerdictKind::UnknownKey,
    VerdictKind::BadSignature,
    VerdictKind::Unreadable,
    VerdictKind::Unsupported,
];

fn judged(page: &Page, kind: VerdictKind) -> Shown {
    let (face, shape, signal) = looks(kind);
    let (word, act) = words(page, kind);
    let compared =
        matches!(kind, VerdictKind::Green | VerdictKind::Yellow | VerdictKind::Red | VerdictKind::Clock);
    Shown { result: kind.name(), face, shape, signal, word, act, compared }
}

/// Colour, shape and sound of a verdict. Red is a colour of a code and of nothing else; what is not valid is black.
const fn looks(kind: VerdictKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        VerdictKind::Green => ("green", "tick", "pass"),
        VerdictKind::Yellow => ("yellow", "triangle", "look"),
        VerdictKind::Red => ("red", "octagon", "no"),
        VerdictKind::Certificate => ("blue", "page", "look"),
        VerdictKind::Clock => ("amber", "clock", "look"),
        VerdictKind::Expired | VerdictKind::NotYetValid => ("grey", "hourglass", "look"),
        VerdictKind::Revoked | VerdictKind::UnknownKey | VerdictKind::BadSignature => {
            ("black", "barred", "no")
        }
        VerdictKind::Unreadable | VerdictKind::Unsupported => ("grey", "question", "look"),
    }
}

/// A verdict in a word or two, and what is to be done.
fn words(page: &Page, kind: VerdictKind) -> (String, String) {
    match kind {
        VerdictKind::Green => (page.say("verdict-green"), page.say("verdict-green-act")),
        VerdictKind::Yellow => (page.say("verdict-yellow"), page.say("verdict-yellow-act")),
        VerdictKind::Red => (page.say("verdict-red"), page.say("verdict-red-act")),
        VerdictKind::Certificate => (page.say("verdict-certificate"), page.say("verdict-certificate-act")),
        VerdictKind::Clock => (page.say("verdict-clock"), page.say("verdict-clock-act")),
        VerdictKind::Expired => (page.say("verdict-expired"), page.say("verdict-expired-act")),
        VerdictKind::NotYetValid => (page.say("verdict-not-yet"), page.say("verdict-not-yet-act")),
        VerdictKind::Revoked => (page.say("verdict-revoked"), page.say("verdict-revoked-act")),
        VerdictKind::UnknownKey => (page.say("verdict-unknown-key"), page.say("verdict-unknown-key-act")),
        VerdictKind::BadSignature => {
            (page.say("verdict-bad-signature"), page.say("verdict-bad-signature-act"))
        }
        VerdictKind::Unreadable => (page.say("verdict-unreadable"), page.say("verdict-unreadable-act")),
        VerdictKind::Unsupported => (page.say("verdict-unsupported"), page.say("verdict-unsupported-act")),
    }
}

/// What is shown when the device has nothing to judge by.
fn unjudged(page: &Page) -> [Shown; 3] {
    let shown = |result, word, act| Shown {
        result,
        face: "grey",
        shape: "question",
        signal: "look",
        word,
        act,
        compared: false,
    };
    [
        shown("stale", page.say("verdict-stale"), page.say("verdict-stale-act")),
        shown("ahead", page.say("verdict-ahead"), page.say("verdict-ahead-act")),
        shown("no-trust", page.say("verdict-no-trust"), page.say("verdict-no-trust-act")),
    ]
}
