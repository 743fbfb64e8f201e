//! What the public journal tells of words on facts and of ends of data, by API and page.

use axum::http::StatusCode;
use jiff::SignedDuration;
use mingma_domain::fact::{Kind, RawFact, RetractionReason};
use mingma_registry::AppealId;
use mingma_registry::retention::{KindPurged, Purged, Sealed};
use mingma_registry::row::{AppealOpened, PersonRow, PublicRow, RecordedRetraction};
use mingma_registry::words::{ActName, Ground};
use serde_json::json;

use crate::house::{House, Visitor};
use crate::kept::fact;

#[tokio::test]
async fn why_facts_were_taken_back_and_disputed_is_counted_and_small_numbers_are_withheld() {
    let house = House::new().await;
    let person = house.registered(1).await;
    let yesterday = house.app.registry().now() - SignedDuration::from_hours(24);
    let raw = RawFact {
        kind: "contact",
        value: "close",
        at: "2022-06-10",
        issuer: "cdc:410100",
        evidence: "X-1",
        ..RawFact::default()
    };
    let mut rows = Vec::new();
    for n in 0..12 {
        let fact = fact(&house, n, &raw);
        let reason = RetractionReason::WrongPerson;
        let issuer = "cdc:410100".parse().unwrap();
        rows.push(PersonRow::Retraction(RecordedRetraction { fact: fact.id, issuer, reason, at: yesterday }));
        if n < 3 {
            let id = AppealId::new(yesterday, [n; 10]);
            let due = yesterday + SignedDuration::from_hours(72);
            let opened = AppealOpened { id, fact: fact.id, ground: Ground::NotMe, at: yesterday, due };
            rows.push(PersonRow::Appeal(opened));
        }
        rows.push(PersonRow::Fact(fact));
    }
    house.keep(person, rows, vec![]).await;
    let told = Visitor(&house).get("/api/v1/journal").await.json();
    let said =
        |what: &str, why: &str, times: Option<u64>| json!({ "what": what, "why": why, "times": times });
    assert_eq!(
        told["said"],
        json!([said("taken-back", "wrong-person", Some(10)), said("disputed", "not-me", None)])
    );
    assert_eq!(told["appeal_medians"], json!([]), "nothing was answered");
    says(
        &house,
        [
            ("zh-CN", ["撤回：非本人", "异议：", "少于 10"]),
            ("zh-TW", ["撤回：非本人", "異議：", "少於 10"]),
            ("en", ["Taken back: ", "Disputed: not about this person", "fewer than 10"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_last_ends_of_data_are_told_with_when_they_were_due_and_in_whole_tens() {
    let house = House::new().await;
    let at = house.app.registry().now();
    let facts = |kind, count| {
        let (first, last) = ("2022-06-11".parse().unwrap(), "2022-06-13".parse().unwrap());
        vec![KindPurged { kind, count, first, last }]
    };
    let sealed =
        Some(vec![Sealed { act: ActName::Record, count: 633, newest: "2022-04-13".parse().unwrap() }]);
    // One night in two pages, and the one before, of before entries were counted.
    let before = at - SignedDuration::from_hours(24);
    for row in [
        Purged { at: before, facts: facts(Kind::Stay, 7), others: 2, sealed: None },
        Purged { at, facts: facts(Kind::Test, 600), others: 0, sealed: sealed.clone() },
        Purged { at, facts: facts(Kind::Test, 33), others: 5, sealed },
    ] {
        house.make_public(PublicRow::Purged(row)).await;
    }
    let told = Visitor(&house).get("/api/v1/journal").await.json();
    let facts = |kind: &str, count: Option<u64>| json!([{ "kind": kind, "count": count, "first": "2022-06-11", "last": "2022-06-13" }]);
    assert_eq!(
        told["ended"],
        json!([
            {
                "at": at, "facts": facts("test", Some(630)), "others": null,
                "entries": [{ "act": "record", "count": 1260, "newest": "2022-04-13" }],
            },
            { "at": before, "facts": facts("stay", None), "others": null, "entries": null },
        ])
    );
    let published = Visitor(&house).get("/api/v1/publications").await.json();
    assert_eq!(published.to_string().matches("\"newest\"").count(), 2);
    for exact in ["633", "1266", "\"count\":33", "\"count\":7", "\"others\":5", "\"others\":2"] {
        assert!(
            !told["ended"].to_string().contains(exact) && !published.to_string().contains(exact),
            "{exact}"
        );
    }
    says(
        &house,
        [
            ("zh-CN", ["已销毁的数据", "<td>630</td>", "<td>少于 10</td>"]),
            ("zh-TW", ["已銷毀的資料", "<td>630</td>", "<td>少於 10</td>"]),
            ("en", ["What was destroyed", "<td>630</td>", "<td>fewer than 10</td>"]),
        ],
    )
    .await;
}

async fn says(house: &House, languages: [(&str, [&str; 3]); 3]) {
    for (lang, texts) in languages {
        let request = axum::http::Request::get("/journal").header("accept-language", lang);
        let page = house.send(request.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(page.status, StatusCode::OK);
        for text in texts {
            assert!(page.text.contains(text), "{lang}: {text} in {}", page.text);
        }
    }
}
