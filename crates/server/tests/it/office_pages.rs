//! The offices' pages, as each office and as others meet them.

use axum::body::Body;
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, LOCATION};
use axum::http::{Method, Request, StatusCode};
use mingma_credential::qr::Qr;
use mingma_domain::document::Document;
use mingma_registry::acts::{AppealFact, appeal};
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::words::Ground;
use mingma_server::Who;
use tower::ServiceExt as _;

use crate::house::{Answered, House, Visitor, document};
use crate::institutions::{cdc, community, contact_of, laboratory, staffed};

const RULES: &str = include_str!("rules.toml");
const EXAMPLES: &str = include_str!("examples.toml");

async fn send(
    house: &House,
    who: &str,
    (method, path): (Method, &str),
    form: &[(&str, &str)],
) -> (Answered, String) {
    speaking(house, who, (method, path), (form, "en")).await
}

pub(crate) async fn speaking(
    house: &House,
    who: &str,
    (method, path): (Method, &str),
    (form, lang): (&[(&str, &str)], &str),
) -> (Answered, String) {
    let token = house.signed_in(Who::Staff(who.parse().unwrap())).token;
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
            .collect()
    };
    let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
    let request = Request::builder().method(method).uri(path).header(ACCEPT_LANGUAGE, lang);
    let request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let response =
        house.router.clone().oneshot(request.body(Body::from(body.join("&"))).unwrap()).await.unwrap();
    let leads = response.headers().get(LOCATION).map_or("", |to| to.to_str().unwrap()).to_owned();
    let status = response.status();
    let kind = response.headers().get(CONTENT_TYPE).map_or("", |kind| kind.to_str().unwrap()).to_owned();
    let body = axum::body::to_bytes(response.into_body(), 1 << 22).await.unwrap();
    (Answered { status, kind, text: String::from_utf8(body.to_vec()).unwrap() }, leads)
}

pub(crate) async fn get(house: &House, who: &str, path: &str) -> Answered {
    send(house, who, (Method::GET, path), &[]).await.0
}

pub(crate) async fn post(house: &House, who: &str, path: &str, form: &[(&str, &str)]) -> (Answered, String) {
    send(house, who, (Method::POST, path), form).await
}

#[tokio::test]
async fn each_office_sees_its_own_pages_in_three_languages_and_nobody_else_does() {
    let house = staffed().await;
    let (person, _) = house.resident(1).await;
    laboratory(&house).await;
    for (path, office) in [
        ("/office/rules", "commission"),
        ("/office/risk", "commission"),
        ("/office/issuers", "commission"),
        ("/office/appeals", "appeals"),
        ("/office/community", "community"),
    ] {
        for lang in ["en", "zh-CN", "zh-TW"] {
            let (page, _) = speaking(&house, office, (Method::GET, path), (&[], lang)).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            let marked = page.text.contains(">office-") || page.text.contains(">desk-");
            assert!(!marked, "{lang} {path}: a text is missing: {}", page.text);
        }
        for other in ["commission", "appeals", "community"].iter().filter(|other| **other != office) {
            assert_eq!(get(&house, other, path).await.problem(), "role", "{path} by {other}");
        }
        assert_eq!(Visitor(&house).get(path).await.status, StatusCode::SEE_OTHER);
        let resident = house.signed_in(Who::Person(person)).get(path).await;
        assert_eq!(resident.status, StatusCode::SEE_OTHER, "{path}");
    }
    assert!(get(&house, "commission", "/office").await.text.contains("href=\"/office/rules\""));
    assert!(!get(&house, "appeals", "/office").await.text.contains("href=\"/office/rules\""));
}

#[tokio::test]
async fn a_ruleset_is_checked_at_its_lines_and_published_when_it_is_confirmed() {
    let house = staffed().await;
    let id = RULES.split("id = \"").nth(1).unwrap().split('"').next().unwrap();
    let rules = RULES.replacen(&format!("id = \"{id}\""), "id = \"2022-09\"", 1).replace('\n', "\r\n");
    let broken = format!("colour = \"<b>red\"\r\n{rules}");
    let (page, _) =
        post(&house, "commission", "/office/rules", &[("rules", &broken), ("examples", EXAMPLES)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("ruleset.toml:1:1") && page.text.contains("<mark>colour = "), "{}", page.text);
    assert!(!page.text.contains("<b>red"), "what was sent is no part of the page");
    let form = [("rules", rules.as_str()), ("examples", EXAMPLES)];
    let (page, _) = post(&house, "commission", "/office/rules", &form).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(
        page.text.contains("Nothing speaks against publication")
            && page.text.contains("Everybody reads the rules")
            && page.text.contains("cannot be seen now"),
        "without a census nobody is led to publish alone"
    );
    assert_eq!(house.app.registry().book().await.unwrap().rulesets().len(), 1, "not yet");
    let confirmed = [form[0], form[1], ("act", "publish")];
    let (_, leads) = post(&house, "commission", "/office/rules", &confirmed).await;
    assert_eq!(leads, "/rules/2");
    let (again, _) = post(&house, "commission", "/office/rules", &confirmed).await;
    assert!(again.text.contains("never edited"), "{}", again.text);
}

/// The appeals office reads the newest proposal, which says this, and agrees.
async fn agree(house: &House, says: &str) {
    let list = get(house, "appeals", "/office/proposals").await.text;
    let one = list.split("href=\"/office/proposals/").nth(1).unwrap().split('"').next().unwrap();
    let path = format!("/office/proposals/{one}");
    for lang in ["en", "zh-CN", "zh-TW"] {
        let (page, _) = speaking(house, "appeals", (Method::GET, &path), (&[], lang)).await;
        assert!(!page.text.contains(">ahead-") && !page.text.contains(">office-"), "{lang}: {}", page.text);
        assert!(!page.text.contains("ahead-where"), "an appointment changes nobody's status: {}", page.text);
    }
    let page = get(house, "appeals", &path).await.text;
    assert!(page.to_lowercase().contains(&says.to_lowercase()), "{says}: {page}");
    let own = get(house, "commission", &path).await.text;
    assert!(own.contains("An appeals office has to agree") && !own.contains("name=\"seen\""), "{own}");
    let seen = page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let (page, to) = post(house, "appeals", &path, &[("seen", seen)]).await;
    assert_eq!(to, "/office/proposals", "{}", page.text);
}

#[tokio::test]
async fn a_commission_sets_risk_and_appoints_by_forms() {
    let house = staffed().await;
    let risk =
        |region, until| [("region", region), ("level", "high"), ("from", "2022-06-13"), ("until", until)];
    let (page, to) = post(&house, "commission", "/office/risk", &risk("410105", "2022-06-20")).await;
    assert!(
        to.is_empty() && page.text.contains("cannot be seen now"),
        "first it is looked at: {}",
        page.text
    );
    assert!(page.text.contains("name=\"act\" value=\"emergency\""), "{}", page.text);
    assert!(!page.text.contains("value=\"publish\""), "{}", page.text);
    for (region, until, leads, told) in [
        ("410105", "2022-06-20", "/office/risk", ""),
        ("310000", "", "", "outside your region"),
        ("410105", "2022-06-01", "", "end lies before"),
        ("nowhere", "", "", "No region has this code"),
    ] {
        let sent = [&risk(region, until)[..], &[("act", "publish")]].concat();
        let (page, to) = post(&house, "commission", "/office/risk", &sent).await;
        assert_eq!(to, leads, "{region} {until}");
        assert!(page.text.contains(told), "{told}: {}", page.text);
    }
    let page = get(&house, "commission", "/office/risk").await.text;
    assert!(page.contains("high risk · 2022-06-13"), "{page}");
    let path = "/office/issuers";
    let lab = ("issuer", "laboratory:09");
    let point = crate::institutions::base64(house.phone.device_point().as_bytes());
    let days = [("from", "2022-06-01"), ("until", "2022-06-30")];
    let appoint = [("what", "issuer"), lab, ("organisation", "lab-9"), ("region", "410100")];
    let key = [("what", "key"), lab, ("point", &point), days[0], days[1]];
    let entitle = [
        ("what", "entitle"),
        lab,
        ("capacity", "submit"),
        ("kind", "test"),
        ("region", "410100"),
        days[0],
        days[1],
    ];
    let contact = [
        ("what", "entitle"),
        lab,
        ("capacity", "submit"),
        ("kind", "contact"),
        ("region", "410100"),
        days[0],
        days[1],
    ];
    let withdraw = [("what", "withdraw"), ("point", point.as_str())];
    for (form, leads, told) in [
        (&key[..], "", "not appointed yet"),
        (&appoint, "/office/proposals", "laboratory:09 · lab-9 · "),
        (&appoint, "", "there already"),
        (&key, "/office/proposals", &point),
        (&entitle, "/office/proposals", "record: test"),
        (&contact, "", "Institutions of your class"),
        (&withdraw, path, ""),
        (&withdraw, "", "there already"),
    ] {
        let (page, to) = post(&house, "commission", path, form).await;
        assert_eq!(to, leads, "{form:?}: {}", page.text);
        if leads == "/office/proposals" {
            agree(&house, told).await;
        } else {
            assert!(page.text.contains(told), "{told}: {}", page.text);
        }
    }
    let page = get(&house, "commission", path).await.text;
    for part in ["laboratory:09", "lab-9", &point, "withdrawn at 2022-06-13", "record: test"] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[tokio::test]
async fn an_appeal_is_answered_after_both_outcomes_were_shown() {
    let house = staffed().await;
    let (person, resident) = house.resident(1).await;
    let (cdc, second) = (cdc(&house).await, community(&house).await);
    let recorded = cdc.submit(&house, "k-1", &[contact_of(1)]).await.json();
    let fact = recorded["rows"][0]["id"].as_str().unwrap().to_owned();
    Visitor(&house).post("/api/v1/countersignatures", &second.countersignature(1, &fact)).await;
    let wish = AppealFact { person, fact: fact.parse().unwrap(), ground: Ground::NotMe };
    let allowed = authorize(Actor::Resident(person), Purpose::Redress, wish).unwrap();
    let opened = appeal(house.app.registry(), allowed).await.unwrap();
    let path = format!("/office/appeals/{person}/{}", opened.id);
    let queue = get(&house, "appeals", "/office/appeals").await.text;
    assert!(queue.contains(&path) && queue.contains("2022-06-16 12:00"), "{queue}");
    assert!(!get(&house, "appeals-elsewhere", "/office/appeals").await.text.contains(&path));
    assert_eq!(get(&house, "appeals-elsewhere", &path).await.problem(), "elsewhere");
    let case = get(&house, "appeals", &path).await.text;
    for part in [
        "INV-1",
        "now red, then green",
        "Your appeal was upheld",
        "Your appeal was rejected",
        "not about this person",
    ] {
        assert!(case.contains(part), "{part}: {case}");
    }
    assert!(!case.contains("TR0000001"), "the office needs no document");
    let (_, leads) = post(&house, "appeals", &path, &[("upheld", "true")]).await;
    assert_eq!(leads, "/office/appeals");
    assert_eq!(resident.get("/api/v1/persons/me/status").await.json()["color"], "green");
    assert_eq!(post(&house, "appeals", &path, &[("upheld", "false")]).await.0.problem(), "answered");
    assert_eq!(get(&house, "appeals", &path).await.problem(), "answered", "nobody looks any more");
}

fn field<'t>(page: &'t str, name: &str) -> &'t str {
    page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap().split('"').next().unwrap()
}

#[tokio::test]
async fn a_community_worker_registers_somebody_and_helps_with_their_slip() {
    let house = staffed().await;
    let wire = document(1).to_wire();
    let path = "/office/community";
    let somebody =
        |home| [("document", wire.as_str()), ("home", home), ("initials", "张三"), ("language", "zh-Hant")];
    let registrations = format!("{path}/registrations");
    let (wrong, _) = post(&house, "community", &registrations, &somebody("nowhere")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (slip, _) = post(&house, "community", &registrations, &somebody("410105")).await;
    let code =
        slip.text.split("<strong class=\"code\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(code.len(), 11, "two groups of five: {code}");
    let consents = format!("{path}/consents");
    let (refused, _) = post(&house, "community", &consents, &[("document", &wire), ("code", "000000")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("do not fit together"));
    let (help, _) = post(&house, "community", &consents, &[("document", &wire), ("code", &code)]).await;
    assert_eq!(help.status, StatusCode::OK, "{}", help.text);
    let held = [("person", field(&help.text, "person")), ("consent", field(&help.text, "consent"))];
    let (paper, _) = post(&house, "community", &format!("{path}/paper"), &held).await;
    let text = paper.text.split("<code>").nth(1).unwrap().split('<').next().unwrap();
    assert!(
        text.starts_with("HC1:")
            && Qr::for_paper(text).is_ok()
            && paper.text.contains("data:image/png;base64,")
    );
    let (other, _) = post(&house, "community-2", &format!("{path}/paper"), &held).await;
    assert_eq!(other.problem(), "no-consent");
    let agent = document(2).to_wire();
    let bind = |agent: &'static str| [held[0], held[1], ("agent", agent), ("tie", "family"), ("days", "30")];
    let binding = [held[0], held[1], ("agent", agent.as_str()), ("tie", "family"), ("days", "30")];
    let bindings = format!("{path}/bindings");
    let (bound, _) = post(&house, "community", &bindings, &binding).await;
    assert!(bound.text.contains("The agent is bound."), "{}", bound.text);
    let (again, _) = post(&house, "community", &bindings, &bind("passport:JP:TR0000003")).await;
    assert!(again.text.contains("was bound by this consent"), "{}", again.text);
    let document: Document = wire.parse().unwrap();
    let person = house.app.registry().store().find(&document).await.unwrap().unwrap();
    assert_eq!(house.app.registry().store().record(person).await.unwrap().bindings.len(), 1);
    let asked = async |of: &str| {
        let (page, _) =
            post(&house, "community", &format!("{path}/consent-codes"), &[("document", of)]).await;
        page.text.replace(of, "")
    };
    assert_eq!(asked(&wire).await, asked("passport:JP:TR0000009").await, "who is registered is not told");
}

#[tokio::test]
async fn somebody_without_a_document_is_given_a_number_on_the_slip_and_their_name_is_kept_nowhere() {
    let house = staffed().await;
    let path = "/office/community/numbers";
    let somebody = |home| {
        [("name", "无名 <氏>"), ("birth", "1961-02-03"), ("home", home), ("contact", ""), ("language", "en")]
    };
    let (wrong, _) = post(&house, "community", path, &somebody("nowhere")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (elsewhere, _) = post(&house, "appeals", path, &somebody("410105")).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    let (slip, _) = post(&house, "community", path, &somebody("410105")).await;
    let printed = |class: &str| {
        let from = format!("<strong class=\"{class}\">");
        slip.text.split(&from).nth(1).unwrap().split('<').next().unwrap().to_owned()
    };
    let number = printed("number");
    assert_eq!(number.len(), 14, "three groups of four: {number}");
    assert!(slip.text.contains("1961-02-03") && slip.text.contains("无名 &#60;氏&#62;"), "{}", slip.text);

    // The number is read as it is printed, and whoever holds the slip too is helped.
    let code = printed("code");
    let consents = "/office/community/consents";
    let (help, _) = post(&house, "community", consents, &[("document", &number), ("code", &code)]).await;
    assert_eq!(help.status, StatusCode::OK, "{}", help.text);
    let held = [("person", field(&help.text, "person")), ("consent", field(&help.text, "consent"))];
    let (paper, _) = post(&house, "community", "/office/community/paper", &held).await;
    assert!(paper.text.contains("HC1:"), "{}", paper.text);
}
