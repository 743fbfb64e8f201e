//! What the authority signed apart, brought in by anybody over HTTP.

use axum::http::StatusCode;
use base64ct::{Base64, Encoding as _};
use mingma_credential::authority::{Act, sign};
use mingma_credential::key::{SigningKey, SystemEntropy};
use mingma_credential::status::RegionCode;
use mingma_credential::trust::file::{Edition, sign as sign_list};
use mingma_credential::trust::{Scope, TrustEntry, Use};
use mingma_credential::{Certificate, TrustList, UnixSeconds};
use serde_json::{Value, json};

use crate::house::{Answered, House, NOON, Visitor};
use crate::offices::staff;

const ACTS: &str = "/api/v1/authority/acts";

fn act(name: &str, content: &[u8], id: u8) -> Act {
    let region = RegionCode::parse("410000").unwrap();
    let until = UnixSeconds::new(NOON + 86_400);
    Act { region, name: name.to_owned(), content: content.to_vec(), until, id: [id; 16] }
}

fn body(file: &[u8]) -> Value {
    json!({ "file": Base64::encode_string(file) })
}

fn signed(act: &Act) -> Value {
    let (key, certificate) = House::authority();
    body(&sign(act, &key, &certificate).unwrap())
}

/// An act that some other key signed.
pub(crate) fn foreign() -> Value {
    let key = SigningKey::generate(&mut SystemEntropy).unwrap();
    let from = UnixSeconds::new(NOON);
    let certificate = Certificate::self_signed(&key, "Somebody", from, from.plus(86_400)).unwrap();
    body(&sign(&act("withdraw", b"entitlement 1", 9), &key, &certificate).unwrap())
}

async fn bring(house: &House, body: &Value) -> Answered {
    Visitor(house).post(ACTS, body).await
}

#[tokio::test]
async fn anybody_brings_what_the_authority_signed_and_it_counts_once() {
    let house = House::new().await;
    let risk = signed(&act("set-risk", b"410105 high 2022-06-13 2022-06-27", 1));
    let first = bring(&house, &risk).await;
    assert_eq!(first.status, StatusCode::OK, "{first:?}");
    assert_eq!(first.json()["seen"], Value::Null);
    let again = bring(&house, &risk).await;
    assert_eq!((again.status, again.text), (first.status, first.text.clone()));
    let told = Visitor(&house).get("/api/v1/publications?limit=100").await.json();
    let acts = told["items"].as_array().unwrap();
    let brought: Vec<_> = acts.iter().filter(|act| act["act"]["is"] == "brought").collect();
    assert_eq!(brought.len(), 1, "{told}");
    assert_eq!(brought[0]["act"]["act"], "set-risk");
    assert_eq!(brought[0]["act"]["file"], risk["file"], "everybody can check the signature");
    assert_eq!(brought[0]["act"]["key"], House::authority().1.key_id().to_string());
    assert_eq!(acts.iter().filter(|act| act["act"]["is"] == "risk").count(), 1);
}

#[tokio::test]
async fn each_refusal_of_a_signed_act_has_a_name_of_its_own() {
    let house = House::new().await;
    let good = act("set-risk", b"410105 high 2022-06-13 -", 1);
    let (key, certificate) = House::authority();
    let mut changed = sign(&good, &key, &certificate).unwrap();
    *changed.last_mut().unwrap() ^= 1;
    let elsewhere = Act { region: RegionCode::parse("110000").unwrap(), ..good.clone() };
    let late = Act { until: UnixSeconds::new(NOON - 1), ..good.clone() };
    let drawer = Act { until: UnixSeconds::new(NOON + 400 * 86_400), ..good.clone() };
    let beyond = act("set-risk", b"110101 high 2022-06-13 -", 2);
    let unheard = act("assess", b"410105 high 2022-06-13 -", 3);
    for (body, status, name) in [
        (json!({ "file": "no base64" }), 400, "unreadable"),
        (body(b"no envelope"), 400, "unreadable"),
        (foreign(), 403, "not-the-authority"),
        (body(&changed), 403, "not-the-authority"),
        (signed(&elsewhere), 422, "signed-elsewhere"),
        (signed(&late), 422, "act-expired"),
        (signed(&drawer), 422, "days"),
        (signed(&beyond), 403, "elsewhere"),
        (signed(&unheard), 422, "unknown-act"),
        (signed(&act("trust-list", b"none", 4)), 422, "trust-list"),
        (signed(&act("withdraw", b"entitlement 999", 5)), 404, "not-found"),
    ] {
        let refused = bring(&house, &body).await;
        assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (status, name), "{refused:?}");
    }
    assert_eq!(
        bring(&house, &signed(&good)).await.status,
        StatusCode::OK,
        "nothing was kept of what was refused"
    );
    let other = Act { content: b"410105 low 2022-06-13 -".to_vec(), ..good };
    assert_eq!(bring(&house, &signed(&other)).await.problem(), "act-used");
}

#[tokio::test]
async fn a_signed_appointment_waits_for_an_appeals_office() {
    let house = crate::institutions::staffed().await;
    let line = b"issuer border:410100 immigration 410100";
    let proposed = bring(&house, &signed(&act("appoint", line, 1))).await.json();
    let known = || async { Visitor(&house).get("/api/v1/issuers").await.text.contains("border:410100") };
    assert!(!known().await);
    let approval = format!("/api/v1/proposals/{}/approval", proposed["number"]);
    let agree = json!({ "seen": proposed["seen"] });
    let own = staff(&house, "commission").post(&approval, "", &agree).await;
    assert_eq!(own.problem(), "same-office");
    let second = staff(&house, "appeals").post(&approval, "", &agree).await;
    assert_eq!(second.status, StatusCode::OK, "{second:?}");
    assert!(known().await);
}

#[tokio::test]
async fn a_trust_list_that_was_brought_is_served_at_once_and_no_older_one_after_it() {
    let house = House::new().await;
    let (key, certificate) = House::authority();
    let list = |number| {
        let now = UnixSeconds::new(NOON);
        let regions = vec![RegionCode::parse("410000").unwrap()];
        let scope = Scope::Limited { regions, uses: vec![Use::Status], from: now, until: now.plus(86_400) };
        let list = TrustList::of_entries(vec![TrustEntry::of_certificate(certificate.clone(), scope)]);
        let edition = Edition { number, issued_at: now, next_update: now.plus(86_400) };
        sign_list(&list, edition, &key, &certificate).unwrap()
    };
    let before = house.bytes("/api/v1/trust-list", None).await;
    let third = list(3);
    let act3 = signed(&act("trust-list", &third, 3));
    assert_eq!(bring(&house, &act3).await.status, StatusCode::OK);
    let after = house.bytes("/api/v1/trust-list", None).await;
    assert_eq!(after.bytes, third);
    assert_ne!(after.tag, before.tag);
    assert_eq!(bring(&house, &signed(&act("trust-list", &list(2), 2))).await.problem(), "older-list");
    let last = bring(&house, &signed(&act("trust-list", &list(u64::MAX), 5))).await;
    assert_eq!((last.status.as_u16(), last.problem().as_str()), (422, "trust-list"));
    assert_eq!(bring(&house, &act3).await.status, StatusCode::OK);
    assert_eq!(house.bytes("/api/v1/trust-list", Some(&after.tag)).await.status, StatusCode::NOT_MODIFIED);
}
