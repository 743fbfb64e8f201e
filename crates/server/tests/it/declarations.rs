//! Declaring, and what is said when a declaration cannot be read.

use axum::http::StatusCode;
use serde_json::json;

use crate::house::{House, Visitor};

const HEALTH: &str = "/api/v1/persons/me/health-declarations";

#[tokio::test]
async fn sending_a_declaration_twice_declares_once() {
    let house = House::new().await;
    let (person, resident) = house.resident(1).await;
    let body = json!({ "on": "2022-06-13", "feeling": "well" });
    let first = resident.post(HEALTH, "k", &body).await;
    assert_eq!(first.status, StatusCode::OK, "{first:?}");
    assert_eq!(resident.post(HEALTH, "k", &body).await.json(), first.json());
    let facts = house.app.registry().store().record(person).await.unwrap().facts.clone();
    assert_eq!(facts.len(), 1);
    let other = json!({ "on": "2022-06-13", "feeling": "unwell" });
    let conflict = resident.post(HEALTH, "k", &other).await;
    assert_eq!((conflict.status, conflict.problem()), (StatusCode::CONFLICT, "key-reused".to_owned()));
}

#[tokio::test]
async fn eight_days_are_not_declared_in_one_second_and_none_to_come() {
    let house = House::new().await;
    let (person, resident) = house.resident(1).await;
    // It is noon of 13 June where the person lives.
    for (day, taken) in (6..=15).map(|day| (day, (12..=13).contains(&day))) {
        let body = json!({ "on": format!("2022-06-{day:02}"), "feeling": "well" });
        let answer = resident.post(HEALTH, &format!("k-{day}"), &body).await;
        let due = if taken { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        assert_eq!(answer.status, due, "{day}: {answer:?}");
        assert!(taken || answer.problem() == "day", "{answer:?}");
    }
    assert_eq!(house.app.registry().store().record(person).await.unwrap().facts.len(), 2);
}

#[tokio::test]
async fn nobody_is_well_and_has_symptoms_on_one_day() {
    let house = House::new().await;
    let (person, resident) = house.resident(1).await;
    let body = json!({ "on": "2022-06-13", "feeling": "well", "symptoms": ["fever"] });
    let answer = resident.post(HEALTH, "k", &body).await;
    assert_eq!(
        (answer.status, answer.problem()),
        (StatusCode::UNPROCESSABLE_ENTITY, "contradiction".to_owned())
    );
    assert!(answer.text.contains("`feeling`") && answer.text.contains("`symptoms`"), "{answer:?}");
    assert_eq!(house.app.registry().store().record(person).await.unwrap().facts.len(), 0);
    for (key, feeling, symptoms) in [("k-1", "unwell", json!(["fever"])), ("k-2", "well", json!([]))] {
        let body = json!({ "on": "2022-06-13", "feeling": feeling, "symptoms": symptoms });
        assert_eq!(resident.post(HEALTH, key, &body).await.status, StatusCode::OK, "{feeling}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_told_by_its_place_and_never_repeated() {
    let house = House::new().await;
    let (_, resident) = house.resident(1).await;
    for (body, status, problem) in [
        (json!({ "on": "2022-06-13" }), StatusCode::BAD_REQUEST, "unreadable"),
        (
            json!({ "on": "2022-06-13", "feeling": "well", "colour": "red" }),
            StatusCode::BAD_REQUEST,
            "unreadable",
        ),
        (json!({ "on": 11_010_519_491_231_i64, "feeling": "well" }), StatusCode::BAD_REQUEST, "unreadable"),
        (json!({ "on": "2022-13-06", "feeling": "well" }), StatusCode::UNPROCESSABLE_ENTITY, "fact"),
        (json!({ "on": "2022-06-13", "feeling": "fine" }), StatusCode::UNPROCESSABLE_ENTITY, "fact"),
    ] {
        let answer = resident.post(HEALTH, "k", &body).await;
        assert_eq!((answer.status, answer.problem()), (status, problem.to_owned()), "{body}: {answer:?}");
        assert!(!answer.text.contains("11010519491231"), "{answer:?}");
    }
    assert_eq!(Visitor(&house).post(HEALTH, &json!({})).await.problem(), "sign-in");
}
