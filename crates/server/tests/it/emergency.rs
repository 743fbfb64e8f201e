//! What one office publishes in an emergency, as everybody reads it.

use axum::http::StatusCode;
use serde_json::json;

use crate::house::Visitor;
use crate::institutions::staffed;
use crate::offices::{risk_draft, staff};

#[tokio::test]
async fn an_emergency_stands_in_public_at_once_with_its_office_and_its_reason() {
    let house = staffed().await;
    let commission = staff(&house, "commission");
    let endless = json!({ "draft": risk_draft(), "ground": "outbreak" });
    let refused = commission.post("/api/v1/emergencies", "", &endless).await;
    assert_eq!(refused.problem(), "too-long-for-an-emergency");
    let unfounded = json!({ "draft": risk_draft(), "ground": "depositors" });
    let refused = commission.post("/api/v1/emergencies", "", &unfounded).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "a reason of the list");
    let mut week = endless;
    week["draft"]["risk"]["until"] = json!("2022-06-19");
    let number = commission.post("/api/v1/emergencies", "", &week).await.json()["number"].as_u64().unwrap();
    // Both acts: that it was one, and what was published.
    let acts = Visitor(&house).get(&format!("/api/v1/publications?after={}", number - 2)).await.json();
    let [said, done] = &acts["items"].as_array().unwrap()[..] else { panic!("{acts}") };
    let by = json!({ "office": "health-commission", "region": "410000", "at": "2022-06-13T04:00:00Z" });
    assert_eq!((&said["act"]["is"], &said["act"]["ground"]), (&json!("emergency"), &json!("outbreak")));
    assert_eq!(said["act"]["by"], by);
    assert_eq!((&done["number"], &done["act"]["until"]), (&json!(number), &json!("2022-06-19")), "{done}");
    let journal = Visitor(&house).get("/api/v1/journal").await.json();
    assert_eq!(journal["second_offices"]["emergencies"], json!(1));
}
