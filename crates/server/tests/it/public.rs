//! What everybody may read: rulesets, risk, issuers, and every public act by its number.

use axum::http::StatusCode;
use mingma_domain::fact::value::Contact;
use mingma_domain::fact::{Entitlement, Kind};
use mingma_domain::risk::{Level, RegionRisk};
use mingma_registry::intake::{Cause, Intake};
use mingma_registry::row::{
    Alarm, Counted, EntitlementEntry, IssuerEntry, KeyEntry, KeyWithdrawal, PublicRow, Request,
};
use mingma_registry::words::{Capacity, Doing, Span, Strange};
use mingma_registry::{Applied, Change};
use serde_json::{Value, json};

use crate::house::{House, Visitor};

/// An issuer with a key that is withdrawn and an entitlement, and two risks.
async fn appointed(house: &House) {
    let issuer: mingma_domain::fact::Issuer = "cdc:410100".parse().unwrap();
    let at = house.app.registry().now();
    let until = "2023-06-13T04:00:00Z".parse().unwrap();
    let point = house.phone.device_point();
    let region = "410100".parse().unwrap();
    let (from, last) = ("2022-06-01".parse().unwrap(), "2022-12-31".parse().unwrap());
    let kind = "contact".parse().unwrap();
    let entitlement = Entitlement { issuer: issuer.clone(), kind, region, from, until: last };
    let organisation = "zhengzhou-cdc".parse().unwrap();
    for row in [
        PublicRow::Issuer(IssuerEntry { issuer: issuer.clone(), organisation, region }),
        PublicRow::Key(KeyEntry { issuer, point, from: at, until }),
        PublicRow::Entitlement(EntitlementEntry { capacity: Capacity::Submit, entitlement }),
        PublicRow::Risk(RegionRisk { region, level: Level::High, from, until: None }),
        PublicRow::Risk(RegionRisk {
            region: "410105".parse().unwrap(),
            level: Level::Low,
            from: "2022-06-10".parse().unwrap(),
            until: Some("2022-06-12".parse().unwrap()),
        }),
        PublicRow::KeyWithdrawn(KeyWithdrawal { point, at }),
    ] {
        house.make_public(row).await;
    }
}

#[tokio::test]
async fn a_ruleset_is_read_as_it_was_published_and_rule_by_rule() {
    let house = House::new().await;
    let listed = Visitor(&house).get("/api/v1/rulesets").await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!((&listed["items"][0]["number"], &listed["items"][0]["region"]), (&json!(1), &json!("410100")));
    let one = Visitor(&house).get("/api/v1/rulesets/1").await.json();
    assert_eq!(one["rules_toml"], include_str!("rules.toml"));
    assert_eq!(one["examples_toml"], include_str!("examples.toml"));
    assert_eq!((&one["rules"][0]["code"], &one["rules"][0]["effect"]), (&json!("A1"), &json!("red")));
    assert!(one["rules"][0]["when"]["en"].as_str().unwrap().contains("7 days"), "{one}");
    assert_eq!(one["sunset"], "2022-09-01");
    let in_force = Visitor(&house).get("/api/v1/rulesets/in-force?region=410105").await;
    assert_eq!(in_force.json(), one, "those of the city hold in its districts");
    for (path, problem) in [
        ("/api/v1/rulesets/2", "not-found"),
        ("/api/v1/rulesets/in-force?region=110105", "not-found"),
        ("/api/v1/rulesets/in-force?region=nowhere", "unreadable"),
        ("/api/v1/rulesets/first", "unreadable"),
    ] {
        assert_eq!(Visitor(&house).get(path).await.problem(), problem, "{path}");
    }
}

#[tokio::test]
async fn the_risk_of_a_region_is_that_of_the_narrowest_act_of_the_day() {
    let house = House::new().await;
    appointed(&house).await;
    for (region, on, level) in [
        ("410105", "2022-06-09", json!("high")),
        ("410105", "2022-06-10", json!("low")),
        ("410105", "2022-06-12", json!("low")),
        ("410105", "2022-06-13", json!("high")),
        ("410102", "2022-06-11", json!("high")),
        ("410100", "2022-05-31", Value::Null),
        ("110105", "2022-06-11", Value::Null),
    ] {
        let risk = Visitor(&house).get(&format!("/api/v1/risk?region={region}&on={on}")).await.json();
        assert_eq!((&risk["level"], &risk["on"]), (&level, &json!(on)), "{region} {on}");
    }
    let today = Visitor(&house).get("/api/v1/risk?region=410105").await.json();
    assert_eq!(today["on"], "2022-06-13");
    let spans = json!([
        { "level": "high", "from": "2022-06-01", "until": "2022-06-09" },
        { "level": "low", "from": "2022-06-10", "until": "2022-06-12" },
        { "level": "high", "from": "2022-06-13", "until": null },
    ]);
    assert_eq!(today["spans"], spans);
}

#[tokio::test]
async fn an_issuer_is_published_with_its_keys_and_what_it_may_do() {
    let house = House::new().await;
    appointed(&house).await;
    let issuers = Visitor(&house).get("/api/v1/issuers").await.json();
    let cdc = &issuers["items"][0];
    assert_eq!((&cdc["issuer"], &cdc["organisation"]), (&json!("cdc:410100"), &json!("zhengzhou-cdc")));
    assert_eq!(cdc["keys"][0]["point"].as_str().unwrap().len(), 66);
    assert_eq!(cdc["keys"][0]["withdrawn"], "2022-06-13T04:00:00Z");
    let entitlement = json!({ "number": 4, "withdrawn": null, "capacity": "submit", "kind": "contact", "region": "410100", "from": "2022-06-01", "until": "2022-12-31" });
    assert_eq!(cdc["entitlements"], json!([entitlement]));
}

#[tokio::test]
async fn public_acts_are_read_on_from_any_number() {
    let house = House::new().await;
    appointed(&house).await;
    let mut kinds = Vec::new();
    let mut after = "0".to_owned();
    loop {
        let page = Visitor(&house).get(&format!("/api/v1/publications?limit=2&after={after}")).await;
        assert_eq!(page.status, StatusCode::OK);
        let page = page.json();
        for item in page["items"].as_array().unwrap() {
            assert_eq!(item["number"], json!(kinds.len() + 1));
            kinds.push(item["act"]["is"].as_str().unwrap().to_owned());
        }
        let Some(next) = page["next"].as_str() else { break };
        after = next.to_owned();
    }
    assert_eq!(kinds, ["ruleset", "issuer", "key", "entitlement", "risk", "risk", "key-withdrawn"]);
    for after in ["18446744073709551615", "7"] {
        let end = Visitor(&house).get(&format!("/api/v1/publications?after={after}")).await.json();
        assert_eq!(end, json!({ "items": [], "next": null }), "{after}");
    }
}

#[tokio::test]
async fn the_program_is_ready_when_its_store_answers() {
    let house = House::new().await;
    assert_eq!(Visitor(&house).get("/health/ready").await.json(), json!({ "ready": true }));
}

/// Contacts and refusals of yesterday, and an alarm of today.
async fn yesterdays_work(house: &House) {
    let issuer: mingma_domain::fact::Issuer = "cdc:410100".parse().unwrap();
    let (kind, region) = (Kind::Contact, "410105".parse().unwrap());
    let received = "2022-06-12T04:00:00Z".parse().unwrap();
    let request = Request { key: "k-1".parse().unwrap(), hash: [1; 32], received };
    let intake = Intake { request, rows: Some(24), refused: Vec::new() };
    let taken = |value: &str| Counted::Taken { kind, value: value.to_owned(), region };
    let counted =
        vec![(taken("close"), 12), (taken("general"), 9), (Counted::Refused(Cause::OnPrinciple), 3)];
    let change = Change::Submission { issuer: issuer.clone(), intake, counted };
    assert_eq!(house.app.registry().store().apply(vec![change]).await, Ok(vec![Applied::Done]));
    let at = house.app.registry().now();
    let alarm = Alarm {
        why: Strange::UnlikeItself,
        issuer,
        kind,
        value: Some(mingma_domain::fact::Value::Contact(Contact::Close)),
        rows: 1_317,
        usual: 60,
        batch: [7; 32],
        at,
        doing: Doing::Recorded,
        within: Span::Day,
    };
    house.make_public(PublicRow::Alarm(alarm)).await;
}

#[tokio::test]
async fn the_public_journal_counts_and_names_nobody_and_withholds_what_is_small() {
    let house = House::new().await;
    yesterdays_work(&house).await;
    let told = Visitor(&house).get("/api/v1/journal").await.json();
    let row = |value: &str, rows: Option<u64>| json!({ "kind": "contact", "value": value, "region": "410100", "rows": rows });
    assert_eq!(told["recorded"], json!([row("close", Some(10)), row("general", None)]));
    assert_eq!(told["refused"], json!([{ "cause": "on-principle", "rows": null }]));
    assert_eq!(told["small_cell"], 10);
    assert_eq!(told["until"], "2022-06-13T00:00:00Z");
    let alarms = json!({ "above-limit": 0, "unlike-itself": 1, "nothing-in-common": 0 });
    assert_eq!(told["alarms"], alarms, "an alarm is told at once");
    let alarm = &told["newest_alarms"][0];
    assert_eq!((&alarm["alarm"]["rows"], &alarm["alarm"]["usual"]), (&json!(1_317), &json!(60)));
    assert_eq!(alarm["alarm"]["value"], "close", "of which value, if of one");
    assert_eq!(told["appeals"]["due"], 0);
    for (lang, texts) in [
        ("zh-CN", ["公开日志", "密切接触", "少于 10", "与该单位以往情况不符"]),
        ("zh-TW", ["公開日誌", "密切接觸", "少於 10", "與該單位以往情況不符"]),
        ("en", ["The public journal", "close", "fewer than 10", "Unlike the institution"]),
    ] {
        let request = axum::http::Request::get("/journal").header("accept-language", lang);
        let page = house.send(request.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(page.status, StatusCode::OK);
        for text in texts.into_iter().chain(["1317", "cdc:410100", "href=\"/rules/1\""]) {
            assert!(page.text.contains(text), "{lang}: {text} in {}", page.text);
        }
    }
}
