//! Where somebody lives, and what a checkpoint compares, over HTTP: read by the person, corrected at the desk of the new home, told and shown.

use axum::http::StatusCode;
use jiff::Timestamp;
use mingma_registry::acts::{AppointStaff, Transit, TransitCause, add_staff, transit};
use mingma_registry::policy::Office;
use mingma_registry::words::{ActName, CodeUse};
use mingma_server::Who;
use serde_json::{Value, json};

use crate::browser::{Browser, LANGUAGES};
use crate::house::{House, NOON, SignedIn, document};
use crate::institutions::staffed;
use crate::office_pages::{post, speaking};
use crate::offices::staff;

const AMENDMENTS: &str = "/api/v1/offices/amendments";
const DESK: &str = "/office/community/amendments";

/// A house with a further desk, in a neighbouring district, and the first person at it.
async fn moving() -> (House, mingma_registry::PersonId) {
    let house = staffed().await;
    let wish = AppointStaff {
        name: "community-there".parse().unwrap(),
        office: Office::Community,
        region: "410102".parse().unwrap(),
        from: Timestamp::from_second(NOON - 86_400).unwrap(),
        until: Timestamp::from_second(NOON + 86_400).unwrap(),
    };
    let registry = house.app.registry();
    add_staff(registry.store(), registry.rng(), registry.now(), &wish).await.unwrap();
    let person = house.registered(1).await;
    (house, person)
}

/// The consent that the first person gives to a worker.
async fn consent(house: &House, person: mingma_registry::PersonId, worker: &SignedIn<'_>) -> Value {
    let wire = document(1).to_wire();
    worker.post("/api/v1/offices/consent-codes", "", &json!({ "document": wire })).await;
    let code = house.code(person, CodeUse::Assistance).await;
    let held = worker.post("/api/v1/offices/consents", "", &json!({ "document": wire, "code": code })).await;
    assert_eq!(held.status, StatusCode::OK, "{held:?}");
    held.json()
}

#[tokio::test]
async fn the_desk_of_the_new_home_moves_somebody_who_lets_it_and_nobody_else_does() {
    let (house, person) = moving().await;
    let resident = house.signed_in(Who::Person(person));
    assert_eq!(resident.get("/api/v1/persons/me").await.json()["home"], "410105");
    let (here, there) = (staff(&house, "community"), staff(&house, "community-there"));
    let held = consent(&house, person, &here).await;
    let to = |held: &Value, what: Value| {
        let mut body = json!({ "consent": held });
        body.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
        body
    };
    let home = || json!({ "home": "410102" });
    assert_eq!(here.post(AMENDMENTS, "", &to(&held, home())).await.problem(), "elsewhere");
    assert_eq!(
        there.post(AMENDMENTS, "", &to(&held, home())).await.problem(),
        "no-consent",
        "it is another's"
    );
    assert_eq!(resident.post(AMENDMENTS, "", &to(&held, home())).await.status, StatusCode::FORBIDDEN);
    house.watch.set(NOON + 600);
    let held = consent(&house, person, &there).await;
    for (wrong, problem) in [
        (json!({ "home": "000000" }), "member"),
        (json!({ "initials": "A\u{7}" }), "member"),
        (json!({}), "elsewhere"),
    ] {
        assert_eq!(there.post(AMENDMENTS, "", &to(&held, wrong)).await.problem(), problem);
    }
    let done = there.post(AMENDMENTS, "", &to(&held, json!({ "home": "410102", "initials": "LS" }))).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{done:?}");
    assert_eq!(there.post(AMENDMENTS, "", &to(&held, home())).await.problem(), "as-it-is", "sent twice");
    let me = resident.get("/api/v1/persons/me").await.json();
    assert_eq!((&me["home"], &me["initials"]), (&json!("410102"), &json!("LS")));
    let notices = resident.get("/api/v1/persons/me/notices").await.json();
    let kinds: Vec<&str> =
        notices["items"].as_array().unwrap().iter().map(|told| told["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "amended").count(), 1, "{kinds:?}");
    let journal = resident.get("/api/v1/persons/me/journal").await.json();
    let entry = journal["items"].as_array().unwrap().iter().find(|entry| entry["act"] == "amend");
    assert!(entry.is_some(), "{journal}");
}

#[tokio::test]
async fn the_desks_page_corrects_and_the_persons_pages_tell_it_in_three_languages() {
    let (house, person) = moving().await;
    let there = staff(&house, "community-there");
    let held = consent(&house, person, &there).await;
    let [whose, consent] = ["person", "consent"].map(|name| held[name].as_str().unwrap().to_owned());
    let form = |home: &'static str, initials: &'static str| {
        [
            ("person", whose.clone()),
            ("consent", consent.clone()),
            ("home", home.into()),
            ("initials", initials.into()),
        ]
    };
    let send = async |form: [(&str, String); 4]| {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        post(&house, "community-there", DESK, &form).await.0
    };
    for (home, initials, said) in [
        ("nowhere", "", "No region has this code"),
        ("", "A\u{7}", "no initials that a code can carry"),
        ("410105", "LS", "the desk there corrects it"),
        ("", "LS", "the desk there corrects it"),
    ] {
        let page = send(form(home, initials)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{home} {initials}");
        assert!(page.text.to_lowercase().contains(&said.to_lowercase()), "{said}: {}", page.text);
    }
    let page = send(form("410102", "LS")).await;
    assert!(page.status == StatusCode::OK && page.text.contains("It is corrected"), "{}", page.text);
    for lang in ["en", "zh-CN", "zh-TW"] {
        let form: Vec<(String, String)> = form("410102", "LS").map(|(n, v)| (n.to_owned(), v)).to_vec();
        let form: Vec<(&str, &str)> =
            form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (page, _) =
            speaking(&house, "community-there", (axum::http::Method::POST, DESK), (&form, lang)).await;
        assert!(!page.text.contains(">office-"), "{lang}: {}", page.text);
    }
    // As the census tells it.
    let registry = house.app.registry();
    let entries = registry.store().entries(Some(person)).await.unwrap();
    let entry = entries.iter().find(|entry| entry.act == ActName::Amend).unwrap().id;
    let told = Transit { person, at: registry.now(), cause: TransitCause::Move(entry), is_worse: true };
    assert_eq!(transit(registry, &[told]).await.unwrap().len(), 1);
    for lang in LANGUAGES {
        let [place, moved, whose, what] = match lang {
            "en" => [
                "Zhongyuan",
                "You live elsewhere",
                "community-there, at a community desk",
                "was corrected at a desk",
            ],
            "zh-Hans" => ["中原区", "您的居住地变更", "社区窗口 community-there", "在社区窗口更正您的居住地"],
            _ => ["中原區", "您的居住地變更", "社區櫃檯 community-there", "在社區櫃檯更正您的居住地"],
        };
        let browser = Browser::of(&house, lang, person);
        let facts = browser.get("/facts").await.text;
        assert!(facts.contains("LS") && facts.contains(place), "{lang}: {facts}");
        let notices = browser.get("/notices").await.text;
        assert!(notices.contains(moved) && notices.contains("community-there"), "{lang}: {notices}");
        let journal = browser.get("/facts/journal").await.text;
        assert!(journal.contains(whose) && journal.contains(what), "{lang}: {journal}");
    }
    let listed = house.signed_in(Who::Person(person)).get("/api/v1/persons/me/notices").await.json();
    let cause = listed["items"].as_array().unwrap().iter().find_map(|told| told.get("cause"));
    assert_eq!(cause.unwrap(), &json!({ "by": "move", "entry": entry.to_string() }));
}

#[tokio::test]
async fn a_desk_takes_initials_away_by_a_word_of_its_own_and_the_code_shows_none() {
    let (house, person) = moving().await;
    let resident = house.signed_in(Who::Person(person));
    let here = staff(&house, "community");
    let held = consent(&house, person, &here).await;
    let amend = async |what: Value| {
        let mut body = json!({ "consent": held });
        body.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
        here.post(AMENDMENTS, "", &body).await
    };
    let done = amend(json!({ "initials": "LS" })).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{done:?}");
    // Whoever leaves initials out, also by writing `null`, leaves them as they are.
    for kept in
        [json!({}), json!({ "initials": null }), json!({ "initials": null, "remove_initials": false })]
    {
        assert_eq!(amend(kept).await.problem(), "as-it-is");
    }
    assert_eq!(amend(json!({ "initials": "ZS", "remove_initials": true })).await.problem(), "member");
    assert_eq!(amend(json!({ "remove_initials": "yes" })).await.problem(), "unreadable");
    assert_eq!(resident.get("/api/v1/persons/me").await.json()["initials"], "LS");

    let form = |more: &[(&'static str, &'static str)]| -> Vec<(&'static str, String)> {
        let consent = ["person", "consent"].map(|name| (name, held[name].as_str().unwrap().to_owned()));
        consent.into_iter().chain(more.iter().map(|(name, value)| (*name, (*value).to_owned()))).collect()
    };
    for (lang, said) in [
        ("en", "Either write what is to stand on the code"),
        ("zh-CN", "要么填写码上的姓名或缩写"),
        ("zh-TW", "要麼填寫碼上的姓名或縮寫"),
    ] {
        let both = form(&[("initials", "ZS"), ("remove_initials", "yes")]);
        let both: Vec<(&str, &str)> = both.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (page, _) = speaking(&house, "community", (axum::http::Method::POST, DESK), (&both, lang)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{lang}");
        assert!(page.text.contains(said), "{lang}: {}", page.text);
        assert!(page.text.contains("name=\"remove_initials\"") && !page.text.contains(">office-"), "{lang}");
    }
    let removed = form(&[("home", ""), ("initials", ""), ("remove_initials", "yes")]);
    let removed: Vec<(&str, &str)> = removed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = post(&house, "community", DESK, &removed).await.0;
    assert!(page.status == StatusCode::OK && page.text.contains("It is corrected"), "{}", page.text);

    let me = resident.get("/api/v1/persons/me").await.json();
    assert_eq!((&me["home"], &me["initials"]), (&json!("410105"), &Value::Null));
    assert_eq!(amend(json!({ "remove_initials": true })).await.problem(), "as-it-is", "by a program, too");
    for lang in LANGUAGES {
        let [name, none] = match lang {
            "en" => ["Name or initials on the code", "none"],
            "zh-Hans" => ["码上的姓名或缩写", "无"],
            _ => ["碼上的姓名或縮寫", "無"],
        };
        let browser = Browser::of(&house, lang, person);
        let told = format!("<dt>{name}</dt><dd>{none}</dd>");
        browser.get("/facts").await.says(&told);
        let code = browser.get("/code").await;
        assert!(!code.is(StatusCode::OK).text.contains("class=\"initials\""), "{lang}: {}", code.text);
        let journal = browser.get("/facts/journal").await;
        // Of the registration and both amendments.
        assert_eq!(journal.text.matches(name).count(), 3, "{lang}: {}", journal.text);
        journal.says("LS").says(&told);
    }
}
