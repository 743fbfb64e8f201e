//! What was recorded before somebody registered, over HTTP: kept back everywhere, opened at a desk, and given to its owner by
//! two officials.

use axum::http::StatusCode;
use mingma_server::Who;
use serde_json::{Value, json};

use crate::house::{NOON, SignedIn, Visitor, document};
use crate::institutions::{laboratory, staffed, test_of};
use crate::offices::staff;

/// Everything that tells something of a person's record.
const TOLD: [&str; 8] = [
    "/api/v1/persons/me/status",
    "/api/v1/persons/me/facts",
    "/api/v1/persons/me/journal",
    "/api/v1/persons/me/notices",
    "/api/v1/persons/me/export",
    "/code",
    "/facts",
    "/notices",
];

#[tokio::test]
async fn nothing_of_what_is_kept_back_is_answered_and_the_desk_opens_it() {
    let house = staffed().await;
    let laboratory = laboratory(&house).await;
    let sent = laboratory.submit(&house, "k-1", &[test_of(1, "negative")]).await;
    assert_eq!(sent.status, StatusCode::OK, "{sent:?}");
    house.watch.set(NOON + 600);
    let (person, resident) = house.resident(1).await;
    for path in TOLD.iter().chain(&["/facts/journal"]) {
        let answered = resident.get(path).await;
        assert_eq!(
            (answered.status, answered.problem().as_str()),
            (StatusCode::FORBIDDEN, "kept-back"),
            "{path}"
        );
        let told = format!("{}{}", answered.text, answered.problem());
        assert!(
            !told.contains("negative") && !told.contains("green") && !told.contains("laboratory"),
            "{told}"
        );
    }
    let wire = document(1).to_wire();
    let worker = staff(&house, "community");
    worker.post("/api/v1/offices/consent-codes", "", &json!({ "document": wire })).await;
    let code = house.code(person, mingma_registry::words::CodeUse::Assistance).await;
    let held = worker.post("/api/v1/offices/consents", "", &json!({ "document": wire, "code": code })).await;
    let held = held.json();
    let paper = worker.post("/api/v1/offices/paper-codes", "", &held).await;
    assert_eq!(paper.problem(), "kept-back");
    let colleague = staff(&house, "community-2");
    assert_eq!(colleague.post("/api/v1/offices/identifications", "", &held).await.problem(), "no-consent");
    let seen = worker.post("/api/v1/offices/identifications", "", &held).await;
    assert_eq!(seen.status, StatusCode::NO_CONTENT, "{seen:?}");
    for path in TOLD {
        assert_eq!(resident.get(path).await.status, StatusCode::OK, "{path}");
    }
    let looks = resident.get("/api/v1/persons/me/disclosures").await.json();
    let look = looks["items"].as_array().unwrap().iter().find(|look| look["purpose"] == "identification");
    assert_eq!(look.unwrap()["by"], json!("community"));
}

#[tokio::test]
async fn whoever_a_stranger_registered_gets_the_way_in_by_two_officials_and_the_stranger_is_out() {
    let house = staffed().await;
    let (person, _) = house.resident(1).await;
    let entered = async |phone: &str| -> Value {
        let wire = document(1).to_wire();
        Visitor(&house).post("/api/v1/sign-in/codes", &json!({ "document": wire })).await;
        let code = house.code(person, mingma_registry::words::CodeUse::SignIn).await;
        let body = json!({ "document": wire, "code": code });
        let answered = Visitor(&house).post("/api/v1/sign-in/sessions", &body).await;
        assert!(answered.status.is_success(), "{phone}: {answered:?}");
        answered.json()
    };
    let stranger = entered("the stranger's").await;
    let token = stranger["token"].as_str().unwrap();
    let asked = async |token: &str| {
        let caller = SignedIn { house: &house, token: token.to_owned() };
        caller.get("/api/v1/persons/me/status").await.status
    };
    assert_eq!(asked(token).await, StatusCode::OK);
    let form = json!({ "document": document(1).to_wire(), "home": "410105", "contact": "13900139000" });
    let newcomer = json!({ "document": document(7).to_wire(), "home": "410105", "contact": "13900139001" });
    let path = "/api/v1/offices/registrations";
    let first = staff(&house, "community").post(path, "", &form).await;
    let other = staff(&house, "community").post(path, "", &newcomer).await;
    assert_eq!(first.status, other.status, "who is registered is not told");
    assert_eq!(first.json().as_object().unwrap().keys().collect::<Vec<_>>(), ["slip"]);
    assert_eq!(asked(token).await, StatusCode::OK, "one official alone ends nothing");
    house.watch.set(NOON + 600);
    let second = staff(&house, "community-2").post(path, "", &form).await;
    assert_eq!(second.status, StatusCode::OK);
    assert_eq!(asked(token).await, StatusCode::UNAUTHORIZED, "the stranger is out at once");
    house.watch.set(NOON + 1_200);
    let owner = entered("the owner's").await;
    assert_eq!(asked(owner["token"].as_str().unwrap()).await, StatusCode::OK);
    let me = house.signed_in(Who::Person(person)).get("/api/v1/persons/me/disclosures").await.json();
    let by: Vec<_> = me["items"].as_array().unwrap().iter().map(|look| look["by"].clone()).collect();
    assert_eq!(by, [json!("community"), json!("community-2")], "both stand on the person's list");
}
