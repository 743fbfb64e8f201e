//! Asking for a status and for a code, as each kind of caller.

use axum::http::StatusCode;
use mingma_credential::{UnixSeconds, Verdict, Verifier, proof};
use mingma_server::Who;
use serde_json::{Value, json};

use crate::house::{House, NOON, Visitor};

#[tokio::test]
async fn a_resident_asks_for_the_status_and_is_told_why() {
    let house = House::new().await;
    let (_, resident) = house.resident(1).await;
    let green = resident.get("/api/v1/persons/me/status").await;
    assert_eq!((green.status, &green.json()["color"]), (StatusCode::OK, &json!("green")));
    let body = json!({ "on": "2022-06-13", "feeling": "unwell", "symptoms": ["cough"] });
    resident.post("/api/v1/persons/me/health-declarations", "k", &body).await;
    let yellow = resident.get("/api/v1/persons/me/status").await.json();
    assert_eq!(yellow["color"], "yellow");
    assert_eq!(yellow["until"], "2022-06-17");
    assert_eq!(yellow["reasons"][0]["text"]["en"], "You declared a symptom.");
    assert_eq!(yellow["path_to_green"]["smallest"]["green_on"], "2022-06-17");
}

#[tokio::test]
async fn nobody_else_may_ask() {
    let house = House::new().await;
    let (person, _) = house.resident(1).await;
    let (_, other) = house.resident(2).await;
    let path = format!("/api/v1/persons/{person}/status");
    let visitor = Visitor(&house).get(&path).await;
    assert_eq!((visitor.status, visitor.problem()), (StatusCode::UNAUTHORIZED, "sign-in".to_owned()));
    let stranger = other.get(&path).await;
    assert_eq!((stranger.status, stranger.problem()), (StatusCode::FORBIDDEN, "not-bound".to_owned()));
    let app = house.signed_in(Who::App { person, app: "bus-company".parse().unwrap() });
    assert_eq!(app.get("/api/v1/persons/me/status").await.problem(), "not-granted");
    let staff = house.signed_in(Who::Staff("staff-7".parse().unwrap()));
    assert_eq!(staff.get(&path).await.problem(), "not-a-person");
}

#[tokio::test]
async fn a_code_is_made_for_the_sessions_phone_and_verifies() {
    let house = House::new().await;
    let (_, resident) = house.resident(1).await;
    let made = resident.post("/api/v1/persons/me/codes", "", &Value::Null).await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    let now = UnixSeconds::new(NOON);
    let code = made.json()["code"].as_str().unwrap().to_owned();
    let shown = proof::renew(&code, &house.phone, now).unwrap();
    let verdict = Verifier { trust: &house.trust, status: None, now }.verify(&shown);
    assert!(matches!(verdict, Verdict::Green(_)), "{verdict:?}");
}
