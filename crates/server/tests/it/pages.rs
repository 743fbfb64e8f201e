//! The pages that everybody may read.

use axum::body::Body;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, LOCATION};
use axum::http::{Request, StatusCode};
use tower::ServiceExt as _;

use crate::house::{House, Visitor};

#[tokio::test]
async fn the_rules_in_force_are_there_for_anyone_in_three_languages() {
    let house = House::new().await;
    for (lang, text) in [("zh-CN", "密切接触者"), ("zh-TW", "密切接觸者"), ("en", "You are a close contact.")]
    {
        let request = Request::get("/rules/1").header(ACCEPT_LANGUAGE, lang).body(Body::empty()).unwrap();
        let page = house.send(request).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains(text), "{lang}: {}", page.text);
    }
    let list = Visitor(&house).get("/rules").await;
    assert!(list.text.contains("href=\"/rules/1\""), "{}", list.text);
    assert_eq!(Visitor(&house).get("/rules/2").await.problem(), "not-found");
}

#[tokio::test]
async fn every_answer_keeps_the_browser_to_our_own_code() {
    let house = House::new().await;
    for path in ["/", "/rules", "/nowhere", "/openapi.json", "/assets/style.css"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = house.router.clone().oneshot(request).await.unwrap();
        let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{path}");
        assert_eq!(response.headers()["referrer-policy"], "same-origin", "{path}");
    }
}

#[tokio::test]
async fn choosing_a_language_leads_back_and_never_away() {
    let house = House::new().await;
    // A browser leaves out what cannot be seen, and what no header can hold would be no answer.
    for (back, leads) in [
        ("/rules", "/rules"),
        ("//evil.cn", "/"),
        ("/%5Cevil.cn", "/"),
        ("/%09/evil.cn", "/"),
        ("/%0D%0Aevil.cn", "/"),
        ("https://evil.cn", "/"),
        ("", "/"),
    ] {
        let request = Request::get(format!("/language?to=en&back={back}")).body(Body::empty()).unwrap();
        let response = house.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()[LOCATION], leads, "{back}");
    }
}
