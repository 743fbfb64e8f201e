//! Where a person is reached, over HTTP: told covered, and changed when the code that was sent to the new contact is given back.

use axum::http::StatusCode;
use mingma_registry::PersonId;
use mingma_registry::acts::CODES_A_DAY;
use mingma_registry::words::{CodeUse, NoticeKind};
use mingma_server::{Settings, Who};
use serde_json::json;

use crate::browser::{Browser, LANGUAGES};
use crate::house::{Answered, House, NOON, SignedIn};
use crate::residents::registered;

const CONTACT: &str = "/api/v1/persons/me/contact";
const CONFIRMATION: &str = "/api/v1/persons/me/contact/confirmation";

/// Where the person is reached now.
async fn reached(house: &House, person: PersonId) -> String {
    let registry = house.app.registry();
    let access = registry.store().access(person, registry.now()).await.unwrap();
    access.contact().unwrap().wire().to_owned()
}

/// A code that is not this one.
fn other_than(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[tokio::test]
async fn where_a_person_is_reached_is_shown_covered_and_changed_when_the_code_is_given_back() {
    for lang in LANGUAGES {
        let [now, wrong_contact, on_its_way, wrong_code, changed] = match lang {
            "en" => [
                "You are reached at …8000 now.",
                "neither a telephone number",
                "on its way to zhang@example.cn",
                "another code than was sent",
                "It is changed.",
            ],
            "zh-Hans" => [
                "目前的联系方式：…8000。",
                "既不是手机号",
                "正在发送到 zhang@example.cn",
                "验证码不对",
                "已更改。",
            ],
            _ => [
                "目前的聯絡方式：…8000。",
                "既不是手機號碼",
                "正在傳送到 zhang@example.cn",
                "驗證碼不對",
                "已更改。",
            ],
        };
        let house = House::new().await;
        let person = registered(&house).await;
        let browser = Browser::of(&house, lang, person);
        let page = browser.get("/contact").await;
        page.says(now);
        assert!(!page.text.contains("/contact/code"), "nothing is to be proved yet");
        let page = browser.post("/contact", &[("contact", "8000")]).await;
        page.is(StatusCode::UNPROCESSABLE_ENTITY).says(wrong_contact).says("value=\"8000\"");

        browser.post("/contact", &[("contact", "zhang@example.cn")]).await.leads("/contact#prove");
        let page = browser.get("/contact").await;
        page.says(now).says(on_its_way).says("action=\"/contact/code\"");
        assert!(!page.text.contains("demo-code"), "the code is shown to nobody");
        let code = house.code(person, CodeUse::Contact).await;
        for wrong in [other_than(&code).as_str(), "no code", ""] {
            let page = browser.post("/contact/code", &[("code", wrong)]).await;
            page.is(StatusCode::UNPROCESSABLE_ENTITY).says(wrong_code).says("id=\"code-mistake\"").says(now);
        }
        browser.post("/contact/code", &[("code", &code)]).await.leads("/contact?done=changed");
        let page = browser.get("/contact?done=changed").await;
        page.says(changed).says("z…@example.cn");
        assert!(!page.text.contains("/contact/code"), "nothing is to be proved any more");
        assert_eq!(reached(&house, person).await, "zhang@example.cn");
    }
}

#[tokio::test]
async fn after_five_wrong_tries_the_page_has_a_new_code_sent() {
    let house = House::new().await;
    let person = registered(&house).await;
    let browser = Browser::of(&house, "en", person);
    browser.post("/contact", &[("contact", "zhang@example.cn")]).await.leads("/contact#prove");
    let code = house.code(person, CodeUse::Contact).await;
    for last in [false, false, false, false, true] {
        let page = browser.post("/contact/code", &[("code", &other_than(&code))]).await;
        page.is(StatusCode::UNPROCESSABLE_ENTITY).says("have a new one sent");
        assert_eq!(page.text.contains("id=\"contact-mistake\""), last, "{}", page.text);
    }
    let late = browser.post("/contact/code", &[("code", &code)]).await;
    late.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(reached(&house, person).await, "+8613800138000");
    browser.post("/contact", &[("contact", "zhang@example.cn")]).await.leads("/contact#prove");
    let code = house.code(person, CodeUse::Contact).await;
    browser.post("/contact/code", &[("code", &code)]).await.leads("/contact?done=changed");
}

#[tokio::test]
async fn the_demonstration_alone_shows_the_code_that_proves_a_contact() {
    let house = House::with(Settings { demo: true, ..Settings::default() }).await;
    let person = registered(&house).await;
    let browser = Browser::of(&house, "en", person);
    browser.post("/contact", &[("contact", "13900139000")]).await.leads("/contact#prove");
    let code = house.code(person, CodeUse::Contact).await;
    browser.get("/contact").await.says(&format!("Demonstration: the code is {code}"));
}

async fn change(me: &SignedIn<'_>, contact: &str) -> Answered {
    let body = json!({ "contact": contact, "language": "en" });
    me.house.ask(Some(&me.token), ("PUT", CONTACT), "", Some(&body)).await
}

async fn confirm(me: &SignedIn<'_>, code: &str) -> Answered {
    me.post(CONFIRMATION, "", &json!({ "code": code })).await
}

#[tokio::test]
async fn a_program_changes_a_contact_in_two_steps_and_the_former_one_is_told() {
    let house = House::new().await;
    let (person, me) = house.resident(1).await;
    let other = house.registered(2).await;
    let before = reached(&house, person).await;
    let others = reached(&house, other).await;
    // Nobody's, and another resident's.
    for contact in ["13900139000", others.as_str()] {
        let asked = change(&me, contact).await;
        assert_eq!((asked.status, asked.json()), (StatusCode::ACCEPTED, json!({ "minutes": 5 })));
    }
    assert_eq!(reached(&house, person).await, before);
    let code = house.code(person, CodeUse::Contact).await;
    let wrong = confirm(&me, &other_than(&code)).await;
    assert_eq!((wrong.status, wrong.problem()), (StatusCode::FORBIDDEN, "code-refused".to_owned()));
    assert_eq!(confirm(&me, "none").await.problem(), "member");
    let theirs = house.signed_in(Who::Person(other));
    assert_eq!(confirm(&theirs, &code).await.problem(), "code-refused", "it is not the other's");
    assert_eq!(confirm(&me, &code).await.status, StatusCode::NO_CONTENT);
    assert_eq!(reached(&house, person).await, others);
    assert_eq!(confirm(&me, &code).await.problem(), "code-refused", "once");
    assert_eq!(change(&me, &others).await.status, StatusCode::NO_CONTENT, "as it is");
    let told = house.app.registry().store().notices(person).await.unwrap();
    let count = |kind| told.iter().filter(|(notice, _)| notice.kind == kind).count();
    assert_eq!((count(NoticeKind::ContactCode), count(NoticeKind::ContactChanged)), (2, 1));
    let journal = me.get("/api/v1/persons/me/journal").await.json();
    let changes =
        journal["items"].as_array().unwrap().iter().filter(|entry| entry["act"] == "change-contact");
    assert_eq!(changes.count(), 2, "the contact, and the language: {journal}");
    let listed = me.get("/api/v1/persons/me/notices").await.json();
    let code_told = listed["items"].as_array().unwrap().iter().any(|told| told["kind"] == "contact-code");
    assert!(!listed.to_string().contains(&code) && code_told, "that one was sent, never which: {listed}");
}

#[tokio::test]
async fn a_day_has_twenty_codes_for_contacts_and_says_how_long_it_lasts() {
    let house = House::new().await;
    let (_, me) = house.resident(1).await;
    for n in 0..CODES_A_DAY {
        assert_eq!(change(&me, &format!("139{n:08}")).await.status, StatusCode::ACCEPTED, "{n}");
    }
    let enough = change(&me, "13900139000").await;
    assert_eq!((enough.status, enough.problem()), (StatusCode::TOO_MANY_REQUESTS, "too-often".to_owned()));
    let seconds = enough.json()["retry_seconds"].as_i64().unwrap();
    assert_eq!((NOON + seconds) % 86_400, 0, "until the next day of UTC");
}
