//! Submitting, countersigning and taking back, as each kind of caller.

use std::sync::Arc;

use axum::http::StatusCode;
use mingma_registry::Witnessed;
use mingma_registry::words::Capacity;
use mingma_server::Who;
use serde_json::{Value, json};

use crate::desk::get;
use crate::house::{House, Visitor, document};
use crate::institutions::{cdc, community, contact_of, institution, laboratory, test_of};

#[tokio::test]
async fn a_batch_is_answered_row_by_row_and_a_repetition_alike() {
    let house = House::new().await;
    let (_, resident) = house.resident(1).await;
    let laboratory = laboratory(&house).await;
    let mut unknown = test_of(3, "negative");
    unknown["person"] = json!("resident-id:110105194912310020");
    let rows =
        [test_of(1, "negative"), test_of(2, "negativ"), unknown, contact_of(1), test_of(9, "positive")];
    let answer = laboratory.submit(&house, "k-1", &rows).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let said = answer.json();
    assert_eq!((&said["recorded"], &said["refused"]), (&json!(2), &json!(3)));
    let results: Vec<_> =
        said["rows"].as_array().unwrap().iter().map(|row| row["result"].as_str().unwrap()).collect();
    assert_eq!(results, ["recorded", "refused", "refused", "refused", "recorded"]);
    assert_eq!(
        said["rows"][1],
        json!({
            "result": "refused", "row": 2, "cause": "unknown-word", "column": "value", "kind": null,
            "nearest": "negative", "former": null, "reason": "`value`: not a word of the vocabulary; did you mean `negative`?",
        })
    );
    assert_eq!(said["rows"][2]["cause"], "document");
    assert_eq!(said["rows"][3]["cause"], "other-class", "a laboratory knows no contacts");
    assert!(!answer.text.contains("1105194912"), "no answer repeats a document");
    assert_eq!(laboratory.submit(&house, "k-1", &rows).await.text, answer.text);
    let reused = laboratory.submit(&house, "k-1", &rows[..1]).await;
    assert_eq!((reused.status, reused.problem()), (StatusCode::CONFLICT, "key-reused".to_owned()));
    let status = resident.get("/api/v1/persons/me/status").await;
    assert_eq!(status.status, StatusCode::OK, "{status:?}");
}

#[tokio::test]
async fn what_was_not_signed_by_a_key_that_counts_is_refused() {
    let house = House::new().await;
    let (laboratory, cdc) = (laboratory(&house).await, cdc(&house).await);
    let rows = [test_of(1, "negative")];
    let refused = async |mut body: Value, member: &str, value: Value| {
        body[member] = value;
        Visitor(&house).post("/api/v1/submissions", &body).await
    };
    let good = laboratory.submission("k-1", &rows);
    let others = cdc.submission("k-1", &rows)["signature"].clone();
    for (member, value) in [
        ("rows", json!([test_of(1, "positive")])),
        ("rows", json!([test_of(2, "negative")])),
        ("idempotency_key", json!("k-2")),
        ("issuer", json!("cdc:410100")),
        ("issuer", json!("laboratory:08")),
        ("signature", others),
    ] {
        let answer = refused(good.clone(), member, value).await;
        assert_eq!(
            (answer.status, answer.problem()),
            (StatusCode::FORBIDDEN, "signature".to_owned()),
            "{member}"
        );
    }
    for (member, value, status) in [
        ("signature", json!("00"), StatusCode::UNPROCESSABLE_ENTITY),
        ("issuer", json!("laboratory:"), StatusCode::UNPROCESSABLE_ENTITY),
        ("idempotency_key", json!(""), StatusCode::UNPROCESSABLE_ENTITY),
        ("rows", json!([]), StatusCode::UNPROCESSABLE_ENTITY),
        ("rows", json!([{ "person": "x" }]), StatusCode::BAD_REQUEST),
        ("colour", json!("red"), StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(refused(good.clone(), member, value).await.status, status, "{member}");
    }
    assert_eq!(Visitor(&house).post("/api/v1/submissions", &good).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_institution_records_what_it_is_entitled_to_and_nothing_else() {
    let house = House::new().await;
    let nothing = institution(&house, "laboratory:08", "other-lab", &[]).await;
    let answer = nothing.submit(&house, "k-1", &[test_of(1, "negative")]).await.json();
    assert_eq!((&answer["recorded"], &answer["rows"][0]["cause"]), (&json!(0), &json!("not-entitled")));
    let check = json!({ "rows": [test_of(1, "negative")] });
    let checked = nothing.signed_in(&house).post("/api/v1/submissions/check", "", &check).await.json();
    assert_eq!(checked["rows"][0], answer["rows"][0], "a dry run says the same");
}

#[tokio::test]
async fn a_batch_has_a_limit() {
    let house = House::new().await;
    let laboratory = laboratory(&house).await;
    let rows: Vec<_> = (0..4_096).map(|n| test_of(n, "negative")).collect();
    let answer = laboratory.submit(&house, "k-1", &rows).await;
    assert_eq!((answer.status, &answer.json()["recorded"]), (StatusCode::OK, &json!(4_096)));
    let rows = vec![test_of(1, "negative"); 4_097];
    let answer = laboratory.submit(&house, "k-2", &rows).await;
    assert_eq!((answer.status, answer.problem()), (StatusCode::PAYLOAD_TOO_LARGE, "too-large".to_owned()));
    let mut long = test_of(1, "negative");
    long["value"] = json!("x".repeat(3 << 20));
    assert_eq!(laboratory.submit(&house, "k-3", &[long]).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_dry_run_says_what_would_become_of_rows_and_writes_nothing() {
    let house = House::new().await;
    let (person, _) = house.resident(1).await;
    let cdc = cdc(&house).await;
    let check = json!({ "rows": [contact_of(1), test_of(1, "negative")] });
    let checked = cdc.signed_in(&house).post("/api/v1/submissions/check", "", &check).await;
    let said = checked.json();
    assert_eq!(said["rows"][0], json!({ "result": "good", "row": 1, "pending": true }));
    assert_eq!((&said["good"], &said["rows"][1]["cause"]), (&json!(1), &json!("other-class")));
    assert!(house.app.registry().store().record(person).await.unwrap().facts.is_empty());
    let path = format!("/api/v1/issuers/{}/submissions", cdc.issuer);
    assert_eq!(cdc.signed_in(&house).get(&path).await.json(), json!({ "items": [], "next": null }));
}

#[tokio::test]
async fn an_institution_reads_its_own_submissions_and_nobody_else_does() {
    let house = House::new().await;
    let (person, resident) = house.resident(1).await;
    let (laboratory, cdc) = (laboratory(&house).await, cdc(&house).await);
    for key in ["k-1", "k-2", "k-3"] {
        let mut sample = test_of(1, "negative");
        sample["evidence"] = json!(key);
        laboratory.submit(&house, key, &[sample, test_of(2, "no")]).await;
    }
    let path = format!("/api/v1/issuers/{}/submissions", laboratory.issuer);
    let own = laboratory.signed_in(&house);
    let first = own.get(&format!("{path}?limit=2")).await.json();
    assert_eq!(
        first["items"][0],
        json!({ "key": "k-3", "received": "2022-06-13T04:00:00Z", "rows": 2, "refused": 1 })
    );
    assert_eq!((&first["items"][1]["key"], &first["next"]), (&json!("k-2"), &json!("k-2")));
    let second = own.get(&format!("{path}?limit=2&after=k-2")).await.json();
    assert_eq!((second["items"].as_array().unwrap().len(), &second["next"]), (1, &Value::Null));
    assert_eq!(own.get(&format!("{path}?after=k-9")).await.problem(), "not-found");
    assert_eq!(own.get(&format!("{path}?limit=0")).await.status, StatusCode::BAD_REQUEST);

    let one = own.get(&format!("{path}/k-1")).await;
    let said = one.json();
    assert_eq!(said["results"][0]["fact"]["value"], "negative");
    assert_eq!(said["results"][0]["standing"], json!({ "is": "counts", "countersigned_by": null }));
    assert_eq!(said["results"][1]["cause"], "unknown-word");
    assert!(!one.text.contains("TR0000001"), "nothing says about whom: {}", one.text);
    assert_eq!(own.get(&format!("{path}/k-9")).await.problem(), "not-found");

    let staff = house.signed_in(Who::Staff("staff-7".parse().unwrap()));
    let app = house.signed_in(Who::App { person, app: "bus-company".parse().unwrap() });
    let due = format!("/api/v1/issuers/{}/countersignatures-due", laboratory.issuer);
    for path in [path.clone(), format!("{path}/k-1"), due] {
        assert_eq!(Visitor(&house).get(&path).await.status, StatusCode::UNAUTHORIZED, "{path}");
        for caller in [&resident, &staff, &app] {
            assert_eq!(caller.get(&path).await.problem(), "not-an-institution", "{path}");
        }
        let other = cdc.signed_in(&house).get(&path).await;
        assert_eq!((other.status, other.problem()), (StatusCode::FORBIDDEN, "not-own".to_owned()), "{path}");
    }
    let check = json!({ "rows": [test_of(1, "negative")] });
    let path = "/api/v1/submissions/check";
    assert_eq!(Visitor(&house).post(path, &check).await.status, StatusCode::UNAUTHORIZED);
    for caller in [&resident, &staff, &app] {
        assert_eq!(caller.post(path, "", &check).await.problem(), "not-an-institution");
    }
}

#[tokio::test]
async fn an_issuer_is_told_of_what_is_not_signed_alike_whoever_it_is_about() {
    let witnessed = Arc::new(Witnessed::nothing_yet());
    let house = House::witnessed(&witnessed).await;
    let (_, resident) = house.resident(1).await;
    let may = [(Capacity::Submit, "symptom"), (Capacity::Submit, "test")];
    let hospital = institution(&house, "hospital:1", "first-hospital", &may).await;
    // The first is worse off by a fever, not by a test; of the second nobody knows but the hospital.
    let fever_of = |n: u32| json!({ "person": document(n).to_wire(), "kind": "symptom", "value": "fever", "at": "2022-06-13" });
    hospital.submit(&house, "k-1", &[fever_of(1), test_of(1, "negative"), fever_of(2)]).await;
    let path = format!("/api/v1/issuers/{}/submissions/k-1", hospital.issuer);
    let own = hospital.signed_in(&house);
    let standings = async || {
        let said = own.get(&path).await.json();
        let rows = said["results"].as_array().unwrap().clone();
        rows.iter().map(|row| row["standing"]["is"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let page = async || get(&hospital, &house, "/desk/submissions/k-1", "en").await.text;
    assert_eq!(standings().await, ["unwitnessed"; 3]);
    assert_eq!(page().await.matches("not signed by the log").count(), 3);
    let facts = resident.get("/api/v1/persons/me/facts").await.json();
    let own_view = |kind: &str| {
        let of_kind = |fact: &&Value| fact["fact"]["kind"] == kind;
        facts["items"].as_array().unwrap().iter().find(of_kind).unwrap()["standing"]["is"].clone()
    };
    let seen = ["symptom", "test"].map(own_view);
    assert_eq!(seen, ["unwitnessed", "counts"], "the person sees which of them waits");
    witnessed.reach(u64::MAX - 1);
    assert_eq!(standings().await, ["counts"; 3]);
    assert_eq!(page().await.matches("not signed by the log").count(), 0);
}

#[tokio::test]
async fn a_contact_waits_for_a_second_organisation_which_finds_it_by_its_evidence() {
    let house = House::new().await;
    let (_, resident) = house.resident(1).await;
    let (cdc, community) = (cdc(&house).await, community(&house).await);
    let recorded = cdc.submit(&house, "k-1", &[contact_of(1), contact_of(2)]).await.json();
    assert_eq!(recorded["rows"][0]["pending"], true);
    let fact = recorded["rows"][0]["id"].as_str().unwrap().to_owned();
    let due = format!("/api/v1/issuers/{}/countersignatures-due", community.issuer);
    let listed = community.signed_in(&house).get(&due).await;
    let items = listed.json()["items"].as_array().unwrap().clone();
    assert_eq!(items.len(), 2);
    let waiting = items.iter().find(|item| item["id"] == fact.as_str()).unwrap();
    assert_eq!(
        waiting["fact"],
        json!({ "kind": "contact", "value": "close", "at": "2022-06-12", "issuer": "cdc:410100", "evidence": "INV-1" })
    );
    assert!(!listed.text.contains("TR000"), "the list does not say about whom: {}", listed.text);
    let own = format!("/api/v1/issuers/{}/countersignatures-due", cdc.issuer);
    let none = cdc.signed_in(&house).get(&own).await.json();
    assert_eq!(none["items"], json!([]), "nobody vouches for oneself");

    let give = async |body: &Value| Visitor(&house).post("/api/v1/countersignatures", body).await;
    assert_eq!(give(&cdc.countersignature(1, &fact)).await.problem(), "same-organisation");
    assert_eq!(give(&community.countersignature(2, &fact)).await.problem(), "no-such-fact");
    let mut forged = community.countersignature(1, &fact);
    forged["issuer"] = json!("community:5");
    assert_eq!(give(&forged).await.problem(), "signature");
    let color = async || resident.get("/api/v1/persons/me/status").await.json()["color"].clone();
    assert_eq!(color().await, "green");
    assert_eq!(give(&community.countersignature(1, &fact)).await.status, StatusCode::OK);
    assert_eq!(
        give(&community.countersignature(1, &fact)).await.status,
        StatusCode::OK,
        "again changes nothing"
    );
    assert_eq!(color().await, "red");
    let left = community.signed_in(&house).get(&due).await.json();
    assert_eq!(left["items"].as_array().unwrap().len(), 1);

    let take_back = async |body: &Value| Visitor(&house).post("/api/v1/retractions", body).await;
    let error = "entered-in-error";
    assert_eq!(take_back(&community.retraction(1, &fact, error)).await.problem(), "no-such-fact");
    assert_eq!(take_back(&cdc.retraction(2, &fact, error)).await.problem(), "no-such-fact");
    assert_eq!(take_back(&cdc.retraction(1, &fact, "appeal-upheld")).await.problem(), "reason");
    assert_eq!(take_back(&cdc.retraction(1, &fact, error)).await.status, StatusCode::OK);
    assert_eq!(color().await, "green");
    let state = cdc.signed_in(&house).get("/api/v1/issuers/cdc:410100/submissions/k-1").await.json();
    assert_eq!(state["results"][0]["standing"]["reason"], error);
    assert_eq!(state["results"][1]["standing"], json!({ "is": "pending" }));
}

#[tokio::test]
async fn an_official_records_no_fact_by_any_endpoint() {
    let house = House::new().await;
    let (person, _) = house.resident(1).await;
    let cdc = cdc(&house).await;
    let staff = house.signed_in(Who::Staff("staff-7".parse().unwrap()));
    let mut unsigned = cdc.submission("k-1", &[contact_of(1)]);
    unsigned["signature"] = json!("0".repeat(128));
    assert_eq!(staff.post("/api/v1/submissions", "", &unsigned).await.problem(), "signature");
    let mut own_name = unsigned.clone();
    own_name["issuer"] = json!("cdc:staff-7");
    assert_eq!(staff.post("/api/v1/submissions", "", &own_name).await.problem(), "signature");
    for (path, body) in
        [("health-declarations", json!({ "on": "2022-06-13", "feeling": "unwell" })), ("codes", Value::Null)]
    {
        for whom in ["me".to_owned(), person.to_string()] {
            let answer = staff.post(&format!("/api/v1/persons/{whom}/{path}"), "k", &body).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    assert!(house.app.registry().store().record(person).await.unwrap().facts.is_empty());
    assert_eq!(house.app.registry().store().find(&document(2)).await, Ok(None));
}
