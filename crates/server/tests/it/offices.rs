//! What offices do, as each kind of caller; and that each office does its own work only.

use axum::http::StatusCode;
use jiff::Timestamp;
use mingma_credential::{UnixSeconds, Verdict, Verifier};
use mingma_domain::document::Document;
use mingma_registry::PersonId;
use mingma_registry::acts::{AppealFact, appeal};
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::words::{Ground, NoticeKind};
use mingma_server::Who;
use serde_json::{Value, json};

use crate::house::{House, NOON, SignedIn, Visitor, document};
use crate::institutions::{cdc, community, contact_of, laboratory, staffed, test_of};

const RULES: &str = include_str!("rules.toml");
const EXAMPLES: &str = include_str!("examples.toml");

pub(crate) fn staff<'h>(house: &'h House, name: &str) -> SignedIn<'h> {
    house.signed_in(Who::Staff(name.parse().unwrap()))
}

pub(crate) fn ruleset(id: &str) -> Value {
    let rules = RULES.replacen(&format!("id = \"{}\"", id_of(RULES)), &format!("id = \"{id}\""), 1);
    json!({ "region": "410100", "rules": rules, "examples": EXAMPLES })
}

/// A draft that lasts too long for an emergency.
pub(crate) fn risk_draft() -> Value {
    json!({ "risk": { "region": "410105", "level": "high", "from": "2022-06-13" } })
}

fn id_of(rules: &str) -> &str {
    rules.split("id = \"").nth(1).unwrap().split('"').next().unwrap()
}

/// A red contact of the first person, disputed; the fact's and the appeal's ids.
async fn disputed(house: &House) -> (PersonId, String, String) {
    let (person, _) = house.resident(1).await;
    let (cdc, second) = (cdc(house).await, community(house).await);
    let recorded = cdc.submit(house, "k-1", &[contact_of(1)]).await.json();
    let fact = recorded["rows"][0]["id"].as_str().unwrap().to_owned();
    let given = Visitor(house).post("/api/v1/countersignatures", &second.countersignature(1, &fact)).await;
    assert_eq!(given.status, StatusCode::OK);
    let wish = AppealFact { person, fact: fact.parse().unwrap(), ground: Ground::NotMe };
    let allowed = authorize(Actor::Resident(person), Purpose::Redress, wish).unwrap();
    let opened = appeal(house.app.registry(), allowed).await.unwrap();
    (person, fact, opened.id.to_string())
}

#[tokio::test]
async fn each_office_does_its_own_work_and_nobody_else_does_it() {
    let house = staffed().await;
    let (person, resident) = house.resident(1).await;
    let laboratory = laboratory(&house).await;
    let id = "0190c000-0000-7000-8000-000000000000";
    let consent = json!({ "person": person, "consent": id });
    let risk = json!({ "level": "high", "from": "2022-06-13" });
    let entitlement = json!({
        "capacity": "submit", "kind": "test", "region": "410100", "from": "2022-06-01", "until": "2022-06-30",
    });
    let issuer = json!({ "issuer": "laboratory:09", "organisation": "lab-9", "region": "410100" });
    let point = "AkF3CGvOCnA0mh0oPqB4QDwYHqM6yFQxDrTTwqGhc7Wk";
    let new_key = json!({ "point": point, "from": "2022-06-01T00:00:00Z", "until": "2023-06-01T00:00:00Z" });
    let at_desk = json!({ "document": document(7).to_wire(), "home": "410105" });
    let binding = json!({
        "consent": consent, "idempotency_key": "b-1", "agent": document(8).to_wire(), "tie": "family", "days": 9,
    });
    let posts = [
        ("/api/v1/rulesets".to_owned(), ruleset("2022-09"), "commission"),
        ("/api/v1/regions/410100/risk-levels".to_owned(), risk, "commission"),
        ("/api/v1/issuers".to_owned(), issuer, "commission"),
        ("/api/v1/issuers/laboratory:07/keys".to_owned(), new_key, "commission"),
        (format!("/api/v1/keys/{point}/withdrawal"), Value::Null, "commission"),
        ("/api/v1/issuers/laboratory:07/entitlements".to_owned(), entitlement, "commission"),
        (format!("/api/v1/persons/{person}/appeals/{id}/answer"), json!({ "upheld": true }), "appeals"),
        ("/api/v1/offices/registrations".to_owned(), at_desk, "community"),
        (
            "/api/v1/offices/consent-codes".to_owned(),
            json!({ "document": document(1).to_wire() }),
            "community",
        ),
        (
            "/api/v1/offices/consents".to_owned(),
            json!({ "document": document(1).to_wire(), "code": "000000" }),
            "community",
        ),
        ("/api/v1/offices/paper-codes".to_owned(), consent, "community"),
        ("/api/v1/offices/bindings".to_owned(), binding, "community"),
    ];
    for (path, body, office) in &posts {
        assert_eq!(Visitor(&house).post(path, body).await.status, StatusCode::UNAUTHORIZED, "{path}");
        for caller in [&resident, &laboratory.signed_in(&house), &staff(&house, "left-last-year")] {
            let answer = caller.post(path, "", body).await;
            assert_eq!(
                (answer.status, answer.problem()),
                (StatusCode::FORBIDDEN, "not-an-official".to_owned()),
                "{path}"
            );
        }
        for other in ["commission", "appeals", "community"].iter().filter(|other| *other != office) {
            let answer = staff(&house, other).post(path, "", body).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} by {other}: {answer:?}");
        }
    }
    for path in ["/api/v1/offices/appeals".to_owned(), format!("/api/v1/persons/{person}/appeals/{id}/case")]
    {
        assert_eq!(Visitor(&house).get(&path).await.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(resident.get(&path).await.problem(), "not-an-official");
        for other in ["commission", "community"] {
            assert_eq!(
                staff(&house, other).get(&path).await.status,
                StatusCode::FORBIDDEN,
                "{path} by {other}"
            );
        }
    }
}

#[tokio::test]
async fn a_commission_publishes_and_is_told_every_mistake_with_its_line() {
    let house = staffed().await;
    let commission = staff(&house, "commission");
    let done = commission.post("/api/v1/rulesets", "", &ruleset("2022-09")).await;
    assert_eq!(done.status, StatusCode::OK, "{done:?}");
    assert_eq!(done.json(), json!({ "number": 2 }));
    let again = commission.post("/api/v1/rulesets", "", &ruleset("2022-09")).await;
    assert_eq!((again.status, again.problem()), (StatusCode::CONFLICT, "published".to_owned()));
    let mut wrong = ruleset("2022-10");
    wrong["rules"] = json!(format!("colour = \"red\"\n{}", wrong["rules"].as_str().unwrap()));
    let wrong = commission.post("/api/v1/rulesets", "", &wrong).await;
    assert_eq!((wrong.status, wrong.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "syntax".to_owned()));
    assert!(wrong.json()["mistakes"][0].as_str().unwrap().starts_with("ruleset.toml:1:1: "), "{wrong:?}");
    let mut untried = ruleset("2022-11");
    untried["examples"] = json!("");
    let untried = commission.post("/api/v1/rulesets", "", &untried).await;
    assert_eq!(untried.problem(), "refused-by-the-check");
    assert!(!untried.json()["mistakes"].as_array().unwrap().is_empty());
    let mut elsewhere = ruleset("2022-12");
    elsewhere["region"] = json!("310000");
    assert_eq!(commission.post("/api/v1/rulesets", "", &elsewhere).await.problem(), "elsewhere");
}

#[tokio::test]
async fn a_commission_appoints_and_withdraws_within_its_region() {
    let house = staffed().await;
    let commission = staff(&house, "commission");
    let post = async |path: &str, body: Value| commission.post(path, "", &body).await;
    let issuer =
        |name: &str, region: &str| json!({ "issuer": name, "organisation": "lab-9", "region": region });
    // What gives more is proposed; an appeals office agrees, by what it saw.
    let appeals = staff(&house, "appeals");
    let agreed = async |path: &str, body: Value| {
        let made = post(path, body).await.json();
        let waiting = appeals.get("/api/v1/proposals").await.json();
        let newest = &waiting["proposals"][0];
        assert_eq!((&newest["number"], &newest["seen"]), (&made["number"], &made["seen"]), "{waiting}");
        let path = format!("/api/v1/proposals/{}/approval", made["number"]);
        let seen = json!({ "seen": made["seen"] });
        assert_eq!(commission.post(&path, "", &seen).await.problem(), "same-office");
        let beside = staff(&house, "appeals-beside").post(&path, "", &seen).await;
        assert_eq!((beside.status, beside.problem()), (StatusCode::FORBIDDEN, "not-above".to_owned()));
        let done = appeals.post(&path, "", &seen).await;
        assert_eq!(done.status, StatusCode::OK, "{done:?}");
        newest["appointment"].as_str().unwrap().to_owned()
    };
    let before = house.app.registry().book().await.unwrap().issuers().count();
    let line = agreed("/api/v1/issuers", issuer("laboratory:09", "410100")).await;
    assert_eq!(line, "issuer laboratory:09 lab-9 410100");
    assert_eq!(house.app.registry().book().await.unwrap().issuers().count(), before + 1);
    let acts = Visitor(&house).get("/api/v1/publications?after=1").await.json();
    let said: Vec<&str> =
        acts["items"].as_array().unwrap().iter().map(|item| item["act"]["is"].as_str().unwrap()).collect();
    assert_eq!(said, ["appointment-proposed", "approval", "issuer"]);
    let approval = &acts["items"][1]["act"];
    let offices = ["proposed_by", "by"].map(|hand| approval[hand]["office"].as_str().unwrap());
    assert_eq!(offices, ["health-commission", "appeals"], "the public act names both");
    assert_eq!(post("/api/v1/issuers", issuer("laboratory:09", "410100")).await.problem(), "exists");
    assert_eq!(post("/api/v1/issuers", issuer("laboratory:10", "310000")).await.problem(), "outside");
    assert_eq!(post("/api/v1/issuers", issuer("self", "410100")).await.problem(), "class");
    let entitle = |kind: &str, until: &str| json!({ "capacity": "submit", "kind": kind, "region": "410100", "from": "2022-06-01", "until": until });
    let path = "/api/v1/issuers/laboratory:09/entitlements";
    assert_eq!(post(path, entitle("contact", "2022-06-30")).await.problem(), "vocabulary");
    assert_eq!(post(path, entitle("test", "2022-05-30")).await.problem(), "backwards");
    assert_eq!(post(path, entitle("test", "2023-06-02")).await.problem(), "days");
    agreed(path, entitle("test", "2022-06-30")).await;
    assert_eq!(
        post("/api/v1/issuers/laboratory:99/entitlements", entitle("test", "2022-06-30")).await.problem(),
        "unknown-issuer"
    );
    let key = |until: &str| {
        let point = crate::institutions::base64(house.phone.device_point().as_bytes());
        json!({ "point": point, "from": "2022-06-01T00:00:00Z", "until": until })
    };
    let path = "/api/v1/issuers/laboratory:09/keys";
    assert_eq!(
        post(
            path,
            json!({ "point": "AAAA", "from": "2022-06-01T00:00:00Z", "until": "2023-06-01T00:00:00Z" })
        )
        .await
        .problem(),
        "member"
    );
    assert_eq!(post(path, key("2022-06-01T00:00:00Z")).await.problem(), "backwards");
    agreed(path, key("2023-06-01T00:00:00Z")).await;
    let signed = crate::institutions::Institution {
        issuer: "laboratory:09".parse().unwrap(),
        key: house.phone.clone(),
    };
    assert_eq!(signed.submit(&house, "k-1", &[test_of(1, "negative")]).await.json()["recorded"], 1);
    let point = crate::institutions::base64(house.phone.device_point().as_bytes());
    let withdrawal = format!("/api/v1/keys/{point}/withdrawal");
    assert_eq!(post(&withdrawal, Value::Null).await.status, StatusCode::OK);
    assert_eq!(post(&withdrawal, Value::Null).await.problem(), "exists");
    assert_eq!(signed.submit(&house, "k-2", &[test_of(1, "negative")]).await.problem(), "signature");
    let issuers = Visitor(&house).get("/api/v1/issuers").await.json();
    let withdrawal =
        format!("/api/v1/entitlements/{}/withdrawal", issuers["items"][0]["entitlements"][0]["number"]);
    assert_eq!(post(&withdrawal, Value::Null).await.json()["seen"], Value::Null, "at once");
    assert_eq!(post(&withdrawal, Value::Null).await.problem(), "exists");
    assert_eq!(post("/api/v1/entitlements/1/withdrawal", Value::Null).await.problem(), "not-found");
    let issuers = Visitor(&house).get("/api/v1/issuers").await.json();
    assert_eq!(issuers["items"][0]["entitlements"][0]["withdrawn"], "2022-06-13T04:00:00Z");
    // Everybody reads whose doing that was, of either.
    let acts = Visitor(&house).get("/api/v1/publications").await.json();
    let acts = acts["items"].as_array().unwrap().iter().map(|item| &item["act"]);
    let taken: Vec<_> = acts.filter(|act| act["is"].as_str().unwrap().ends_with("-withdrawn")).collect();
    let by = json!({ "office": "health-commission", "region": "410000", "at": "2022-06-13T04:00:00Z" });
    assert!(taken.len() == 2 && taken.iter().all(|act| act["by"] == by), "{taken:?}");
    let page = Visitor(&house).get("/journal").await.text;
    let (_, section) = page.split_once("id=\"taken\"").unwrap();
    assert_eq!(section.split("</section>").next().unwrap().matches("laboratory:09").count(), 2, "{page}");
    assert!(section.contains("卫生健康委员会 · 河南省"), "{page}");
    let limit = async |per_hour: u32| {
        let body = json!({ "kind": "test", "per_hour": per_hour });
        post("/api/v1/issuers/laboratory:09/limits", body).await.json()["seen"].is_null()
    };
    assert!(limit(50_000).await && limit(10).await && !limit(11).await, "a higher one waits");
}

#[tokio::test]
async fn a_commission_sets_a_risk_within_its_region() {
    let house = staffed().await;
    let commission = staff(&house, "commission");
    let risk = |region: &str, until: &str| {
        (
            format!("/api/v1/regions/{region}/risk-levels"),
            json!({ "level": "high", "from": "2022-06-13", "until": until }),
        )
    };
    for (region, until, expected) in [
        ("410105", "2022-06-20", "OK"),
        ("310000", "2022-06-20", "elsewhere"),
        ("410105", "2022-06-01", "backwards"),
    ] {
        let (path, body) = risk(region, until);
        let answer = commission.post(&path, "", &body).await;
        let got = if answer.status == StatusCode::OK { "OK".to_owned() } else { answer.problem() };
        assert_eq!(got, expected, "{region} {until}");
    }
}

#[tokio::test]
async fn an_appeal_is_found_examined_and_answered_once_by_the_office_of_where_the_person_lives() {
    let house = staffed().await;
    let (person, fact, id) = disputed(&house).await;
    let office = staff(&house, "appeals");
    let list = office.get("/api/v1/offices/appeals").await.json();
    assert_eq!(
        list["items"][0],
        json!({
            "person": person, "appeal": id, "ground": "not-me", "opened": "2022-06-13T04:00:00Z",
            "due": "2022-06-16T04:00:00Z", "overdue": false,
            "elsewhere": null,
        })
    );
    let case = format!("/api/v1/persons/{person}/appeals/{id}/case");
    let elsewhere = staff(&house, "appeals-elsewhere");
    assert_eq!(elsewhere.get("/api/v1/offices/appeals").await.json()["items"], json!([]));
    assert_eq!(elsewhere.get(&case).await.problem(), "elsewhere");
    let told = office.get(&case).await.json();
    assert_eq!((&told["now"], &told["if_upheld"]), (&json!("red"), &json!("green")));
    assert_eq!((&told["fact"]["evidence"], &told["id"]), (&json!("INV-1"), &json!(fact)));
    let record = house.app.registry().store().record(person).await.unwrap();
    let by: Vec<_> = record.disclosures.iter().map(|look| look.by.as_str()).collect();
    assert_eq!(by, ["appeals-elsewhere", "appeals"], "the person sees who looked, and who was refused");

    let answer = format!("/api/v1/persons/{person}/appeals/{id}/answer");
    let upheld = json!({ "upheld": true });
    assert_eq!(elsewhere.post(&answer, "", &upheld).await.problem(), "elsewhere");
    assert_eq!(office.post(&answer, "", &upheld).await.status, StatusCode::OK);
    assert_eq!(office.post(&answer, "", &json!({ "upheld": false })).await.problem(), "answered");
    assert_eq!(office.get(&case).await.problem(), "answered", "the case is closed: nobody looks any more");
    let resident = house.signed_in(Who::Person(person));
    assert_eq!(resident.get("/api/v1/persons/me/status").await.json()["color"], "green");
    assert_eq!(office.get("/api/v1/offices/appeals").await.json()["items"], json!([]));
    let kinds: Vec<NoticeKind> = house
        .app
        .registry()
        .store()
        .due(Timestamp::MAX, 99)
        .await
        .unwrap()
        .iter()
        .map(|(n, _)| n.kind)
        .collect();
    assert!(
        kinds.contains(&NoticeKind::AppealAnswered) && kinds.contains(&NoticeKind::Disclosed),
        "{kinds:?}"
    );
}

#[tokio::test]
async fn who_has_no_document_is_given_a_number_at_a_desk_and_nowhere_else() {
    let house = staffed().await;
    let worker = staff(&house, "community");
    let path = "/api/v1/offices/registrations";
    let given = worker.post(path, "", &json!({ "home": "410105" })).await.json();
    let number = given["desk_number"].as_str().unwrap();
    assert!(matches!(number.parse(), Ok(Document::DeskNumber(_))), "{given}");
    let with_document = json!({ "document": document(1).to_wire(), "home": "410105" });
    assert_eq!(worker.post(path, "", &with_document).await.json().get("desk_number"), None);
    for number in [number, "desk-number:012345678978"] {
        let of_visitor = json!({ "document": number, "home": "410105" });
        let refused = Visitor(&house).post("/api/v1/registrations", &of_visitor).await;
        assert_eq!(refused.problem(), "desk-number", "the same whether it was given or not");
    }
}

#[tokio::test]
async fn a_community_worker_helps_who_lets_them_and_nobody_else() {
    let house = staffed().await;
    let worker = staff(&house, "community");
    let wire = document(1).to_wire();
    let at_desk = json!({ "document": wire, "home": "410105", "initials": "张三", "language": "zh-Hant" });
    let slip = worker.post("/api/v1/offices/registrations", "", &at_desk).await.json();
    let slip = slip["slip"].as_str().unwrap().to_owned();
    assert_eq!(slip.len(), 10);
    let consents = "/api/v1/offices/consents";
    let wrong = if slip == "0000000000" { "1111111111" } else { "0000000000" };
    for (document, code) in [(&wire, wrong), (&document(2).to_wire(), slip.as_str())] {
        let refused = worker.post(consents, "", &json!({ "document": document, "code": code })).await;
        assert_eq!((refused.status, refused.problem()), (StatusCode::FORBIDDEN, "no-consent".to_owned()));
    }
    let held = worker.post(consents, "", &json!({ "document": wire, "code": slip })).await;
    assert_eq!(held.status, StatusCode::OK, "{held:?}");
    let held = held.json();

    let paper = worker.post("/api/v1/offices/paper-codes", "", &held).await;
    assert_eq!(paper.status, StatusCode::OK, "{paper:?}");
    let now = UnixSeconds::new(NOON);
    let verdict =
        Verifier { trust: &house.trust, status: None, now }.verify(paper.json()["code"].as_str().unwrap());
    assert!(matches!(verdict, Verdict::Green(_)), "{verdict:?}");
    let colleague = staff(&house, "community-2");
    assert_eq!(colleague.post("/api/v1/offices/paper-codes", "", &held).await.problem(), "no-consent");

    let binding = json!({
        "consent": held, "idempotency_key": "b-1", "agent": document(2).to_wire(), "tie": "family", "days": 30,
    });
    let bound = worker.post("/api/v1/offices/bindings", "", &binding).await;
    assert_eq!(bound.status, StatusCode::OK, "{bound:?}");
    assert_eq!(worker.post("/api/v1/offices/bindings", "", &binding).await.json(), bound.json());
    let (person, _) = house.resident(1).await;
    assert_eq!(house.app.registry().store().record(person).await.unwrap().bindings.len(), 1);
    let asked = async |n: u32| {
        let body = json!({ "document": document(n).to_wire() });
        worker.post("/api/v1/offices/consent-codes", "", &body).await.text
    };
    assert_eq!(asked(1).await, asked(9).await, "who is registered is not told");
}
