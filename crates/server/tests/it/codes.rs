//! Codes over HTTP: made for a phone and for paper, verified, reported lost; the lists that checkpoints fetch.

use axum::http::StatusCode;
use mingma_credential::key::SigningKey;
use mingma_credential::status_list::StatusLists;
use mingma_credential::{Code, UnixSeconds, Verdict, Verifier, decode, proof};
use serde_json::{Value, json};

use crate::house::{House, NOON, SignedIn, Visitor, hex};

const CODES: &str = "/api/v1/persons/me/codes";
const PAPERS: &str = "/api/v1/persons/me/paper-codes";

async fn code(resident: &SignedIn<'_>) -> String {
    let made = resident.post(CODES, "k", &json!({})).await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    made.json()["code"].as_str().unwrap().to_owned()
}

async fn verdict(house: &House, code: &str) -> String {
    let answer = Visitor(house).post("/api/v1/codes/verify", &json!({ "code": code })).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json()["result"].as_str().unwrap().to_owned()
}

fn renewed(house: &House, code: &str, at: i64) -> String {
    proof::renew(code, &house.phone, UnixSeconds::new(at)).unwrap()
}

#[tokio::test]
async fn anybody_may_have_a_code_verified() {
    let house = House::new().await;
    let (_, resident) = house.resident(1).await;
    let code = code(&resident).await;
    let shown = renewed(&house, &code, NOON);
    let answer = Visitor(&house).post("/api/v1/codes/verify", &json!({ "code": shown })).await.json();
    assert_eq!((&answer["result"], &answer["revocation"]), (&json!("green"), &json!("checked")));
    assert_eq!(answer["code"]["status"]["region"], "410100");
    assert_eq!(verdict(&house, &code).await, "clock", "without its phone");
    assert_eq!(verdict(&house, &renewed(&house, &code, NOON - 91)).await, "clock", "a picture of it");
    assert_eq!(verdict(&house, "HC1:NOTHING").await, "unreadable");
    assert_eq!(verdict(&house, "").await, "unreadable");
    let unknown = Visitor(&house).post("/api/v1/codes/verify", &json!({ "code": "", "keep": true })).await;
    assert_eq!((unknown.status, unknown.problem()), (StatusCode::BAD_REQUEST, "unreadable".to_owned()));
}

#[tokio::test]
async fn a_code_that_has_become_too_good_is_revoked_within_a_minute() {
    let house = House::new().await;
    let (_, resident) = house.resident(1).await;
    let green = code(&resident).await;
    assert_eq!(verdict(&house, &renewed(&house, &green, NOON)).await, "green");
    let body = json!({ "on": "2022-06-13", "feeling": "unwell", "symptoms": ["cough"] });
    let declared = resident.post("/api/v1/persons/me/health-declarations", "k", &body).await;
    assert_eq!(declared.status, StatusCode::OK);
    house.watch.set(NOON + 60);
    assert_eq!(verdict(&house, &renewed(&house, &green, NOON + 60)).await, "revoked");
    let yellow = code(&resident).await;
    assert_eq!(verdict(&house, &renewed(&house, &yellow, NOON + 60)).await, "yellow");
}

#[tokio::test]
async fn a_checkpoint_needs_the_lists_and_nothing_else() {
    let house = House::new().await;
    let (_, resident) = house.resident(1).await;
    let made = resident.post(PAPERS, "k", &json!({ "days": 30 })).await.json();
    let paper = made["code"].as_str().unwrap();
    let Code::Status(claims) = decode(paper).unwrap().claims().unwrap() else { panic!("ours") };
    let shard = claims.status.revocation.unwrap().shard;
    let lost = |id: &str| format!("{CODES}/{id}/loss");
    let mut lists = StatusLists::new();
    let now = UnixSeconds::new(NOON);
    let directory = Visitor(&house).get("/api/v1/status-lists").await.json();
    let directory = directory["lists"].as_array().unwrap();
    assert_eq!(directory.len(), 31, "today and the thirty days of a paper");
    for listing in directory {
        let list = house.bytes(&format!("/api/v1/status-lists/{}", listing["shard"]), None).await;
        assert_eq!((list.status, list.tag.as_str()), (StatusCode::OK, listing["tag"].as_str().unwrap()));
        assert_eq!(list.cache, "public, max-age=30");
        lists.add(&list.bytes, &house.trust, now).unwrap();
    }
    let verify =
        |lists: &StatusLists| Verifier { trust: &house.trust, status: Some(lists), now }.verify(paper);
    assert!(matches!(verify(&lists), Verdict::Green(_)));

    let path = format!("/api/v1/status-lists/{shard}");
    let first = house.bytes(&path, None).await;
    assert_eq!(house.bytes(&path, Some(&first.tag)).await.status, StatusCode::NOT_MODIFIED);
    let reported = resident.post(&lost(made["id"].as_str().unwrap()), "k", &json!({})).await;
    assert_eq!(reported.status, StatusCode::NO_CONTENT);
    house.watch.set(NOON + 30);
    let second = house.bytes(&path, Some(&first.tag)).await;
    assert_eq!(second.status, StatusCode::OK);
    lists.add(&second.bytes, &house.trust, UnixSeconds::new(NOON + 30)).unwrap();
    assert!(matches!(verify(&lists), Verdict::Revoked(_)));

    for (path, what) in [("/api/v1/status-lists/1", "past"), ("/api/v1/status-lists/x", "no number")] {
        assert_eq!(Visitor(&house).get(path).await.status, StatusCode::NOT_FOUND, "{what}");
    }
    let trust = house.bytes("/api/v1/trust-list", None).await;
    assert_eq!((trust.status, trust.bytes.as_slice()), (StatusCode::OK, &b"signed"[..]));
    assert_eq!(house.bytes("/api/v1/trust-list", Some(&trust.tag)).await.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn papers_and_losses_are_ones_own_affair() {
    let house = House::new().await;
    let (person, resident) = house.resident(1).await;
    let (_, stranger) = house.resident(2).await;
    for days in [0, 31, -1] {
        let refused = resident.post(PAPERS, "k", &json!({ "days": days })).await;
        assert_eq!(
            (refused.status, refused.problem()),
            (StatusCode::UNPROCESSABLE_ENTITY, "life".to_owned())
        );
    }
    let id =
        resident.post(PAPERS, "k", &json!({ "days": 1 })).await.json()["id"].as_str().unwrap().to_owned();
    let papers = format!("/api/v1/persons/{person}/paper-codes");
    let loss = format!("/api/v1/persons/{person}/codes/{id}/loss");
    for path in [&papers, &loss] {
        let body = if path == &papers { json!({ "days": 1 }) } else { json!({}) };
        let visitor = Visitor(&house).post(path, &body).await;
        assert_eq!((visitor.status, visitor.problem()), (StatusCode::UNAUTHORIZED, "sign-in".to_owned()));
        let other = stranger.post(path, "k", &body).await;
        assert_eq!((other.status, other.problem()), (StatusCode::FORBIDDEN, "not-bound".to_owned()));
    }
    let none = "/api/v1/persons/me/codes/00000000-0000-7000-8000-000000000000/loss";
    assert_eq!(resident.post(none, "k", &json!({})).await.status, StatusCode::NOT_FOUND);
    let own = format!("{CODES}/{id}/loss");
    assert_eq!(
        stranger.post(&own, "k", &json!({})).await.status,
        StatusCode::NOT_FOUND,
        "not among their own"
    );
}

#[tokio::test]
async fn a_program_that_was_let_makes_codes_for_its_own_device_alone() {
    let house = House::new().await;
    let (person, me) = house.resident(1).await;
    let gate = house.new_key();
    let apps = "/api/v1/persons/me/apps";
    let wish = json!({ "app": "metro-gate", "scope": "make-code", "days": 1 });
    let without = me.post(apps, "k-1", &wish).await;
    assert_eq!((without.status, without.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "member".to_owned()));
    let with = |key: &SigningKey| {
        let mut wish = wish.clone();
        wish["device"] = json!(hex(key.device_point().as_bytes()));
        wish
    };
    let granted = me.post(apps, "k-2", &with(&gate)).await;
    assert_eq!(granted.status, StatusCode::OK, "{granted:?}");
    assert_eq!(me.post(apps, "k-2", &with(&gate)).await.json(), granted.json(), "once");
    assert_eq!(me.post(apps, "k-2", &with(&house.phone)).await.problem(), "key-reused");

    let program = SignedIn { house: &house, token: granted.json()["token"].as_str().unwrap().to_owned() };
    let made = program.post("/api/v1/persons/me/codes", "k", &Value::Null).await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    let code = made.json()["code"].as_str().unwrap().to_owned();
    let shown = |key| proof::renew(&code, key, UnixSeconds::new(NOON));
    assert_eq!(verdict(&house, &shown(&gate).unwrap()).await, "green");
    assert!(shown(&house.phone).is_err(), "the person's phone proves nothing about it");
    let codes = house.app.registry().store().record(person).await.unwrap().codes.clone();
    assert_eq!(codes.len(), 1, "on the person's record");
}
