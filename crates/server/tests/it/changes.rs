//! Somebody's code changed: the notices say what made it so, and what it is now, until when, the way back, and how to appeal.

use axum::http::StatusCode;
use mingma_domain::risk::{Level, RegionRisk};
use mingma_registry::acts::{SetRisk, Transit, TransitCause, set_risk, transit};
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::row::{AppealAnswer, AppealOpened, Countersignature, PersonRow};
use mingma_registry::words::{ActName, Ground};
use mingma_registry::{AppealId, PersonId};
use mingma_server::Who;
use serde_json::json;

use crate::browser::{Browser, LANGUAGES};
use crate::house::{House, Visitor, commissioner, document};
use crate::kept::fact;
use crate::own::CONTACT;

const NOTICES: &str = "/api/v1/persons/me/notices";

/// A contact that counts is kept, and the person is told as the census would tell it: by the entry that made it count.
async fn turned_red(house: &House, person: PersonId) -> String {
    let contact = fact(house, 1, &CONTACT);
    let id = contact.id.to_string();
    let second =
        Countersignature { fact: contact.id, issuer: "community:4".parse().unwrap(), at: contact.recorded };
    house.keep(person, vec![PersonRow::Fact(contact), PersonRow::Countersignature(second)], vec![]).await;
    let entries = house.app.registry().store().entries(Some(person)).await.unwrap();
    let recorded = entries.iter().rfind(|entry| entry.act == ActName::Record).unwrap();
    told(house, person, TransitCause::Fact(recorded.id)).await;
    id
}

async fn told(house: &House, person: PersonId, cause: TransitCause) {
    let at = house.app.registry().now();
    assert_eq!(
        transit(house.app.registry(), &[Transit { person, at, cause, is_worse: true }]).await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn a_changed_code_is_told_with_its_reason_its_end_the_way_back_and_how_to_appeal() {
    for lang in LANGUAGES {
        let house = House::new().await;
        let person = house.registered(1).await;
        let browser = Browser::of(&house, lang, person);
        let before = browser.get("/notices").await;
        assert!(!before.text.contains("id=\"color\""), "nothing has changed yet");
        let contact = turned_red(&house, person).await;
        let page = browser.get("/notices").await;
        let said = match lang {
            "en" => [
                "red",
                "You are a close contact.",
                "It ends after day 7.",
                "A fact was recorded",
                "within 3 days",
            ],
            "zh-Hans" => ["红码", "密切接触者", "满 7 天", "录入事实", "3 天内答复"],
            _ => ["紅碼", "密切接觸者", "滿 7 天", "輸入事實", "3 天內答覆"],
        };
        for part in said {
            page.says(part);
        }
        page.is(StatusCode::OK)
            .says("class=\"status red\"")
            .says("id=\"way\"")
            .says("href=\"/facts/journal\"");
        page.says(&format!("href=\"/facts/{contact}/appeal\""));
        assert!(!page.text.contains("notice-"), "a text is missing");
        let stranger = Browser::of(&house, lang, house.registered(2).await);
        assert!(
            !stranger.get("/notices").await.text.contains("status red"),
            "another's code is no affair of theirs"
        );
    }
}

#[tokio::test]
async fn each_change_is_told_with_what_made_it_and_the_newest_with_the_status_as_it_is() {
    let house = House::new().await;
    let (person, me) = house.resident(1).await;
    let risk = RegionRisk {
        region: "410105".parse().unwrap(),
        level: Level::High,
        from: "2022-06-13".parse().unwrap(),
        until: None,
    };
    let wish = authorize(commissioner(), Purpose::Publication, SetRisk(risk)).unwrap();
    set_risk(house.app.registry(), wish).await.unwrap();
    let book = house.app.registry().book().await.unwrap();
    let (rules, risk) = (book.rulesets()[0].number.0, book.risk_acts().next().unwrap().0);
    told(&house, person, TransitCause::Rule(rules)).await;
    house.watch.pass(1);
    told(&house, person, TransitCause::Risk(risk)).await;
    house.watch.pass(1);
    told(&house, person, TransitCause::Turn("2022-06-13".parse().unwrap())).await;
    house.watch.pass(1);
    // As nothing else is known of it: an act whose number is none of ours.
    told(&house, person, TransitCause::Risk(999)).await;
    house.watch.pass(1);
    turned_red(&house, person).await;

    let notices = me.get(NOTICES).await.json();
    let changes: Vec<_> =
        notices["items"].as_array().unwrap().iter().filter(|n| n["kind"] == "status-changed").collect();
    let causes: Vec<_> = changes.iter().map(|change| &change["cause"]).collect();
    assert_eq!(causes[0], &json!({ "by": "rules", "publication": rules }));
    assert_eq!(causes[1], &json!({ "by": "risk", "publication": risk }));
    assert_eq!(causes[2], &json!({ "by": "day", "day": "2022-06-13" }));
    assert!(causes[3].is_null(), "{notices}");
    assert_eq!(causes[4]["by"], "act");
    let journal = me.get("/api/v1/persons/me/journal").await.json();
    assert!(journal["items"].as_array().unwrap().iter().any(|entry| entry["id"] == causes[4]["entry"]));
    let (newest, others) = changes.split_last().unwrap();
    assert!(others.iter().all(|change| change["status"].is_null()), "an old change keeps no colour");
    assert_eq!(newest["status"], me.get("/api/v1/persons/me/status").await.json());
    assert_eq!(
        (&newest["status"]["color"], &newest["status"]["reasons"][0]["code"]),
        (&json!("red"), &json!("A1"))
    );
    assert_eq!(newest["status"]["path_to_green"]["smallest"]["green_on"], newest["status"]["until"]);

    let page = Browser::of(&house, "en", person).get("/notices").await;
    for part in [
        "because rules came into force: An example",
        "because a region&#39;s risk level was set",
        "because a day began",
        "<p>Your code changed.</p>",
        &format!("href=\"/rules/{rules}\""),
        "href=\"/journal\"",
    ] {
        page.says(part);
    }
}

#[tokio::test]
async fn whoever_no_rules_are_for_still_reads_what_they_were_told() {
    let house = House::new().await;
    // The only rules are another province's.
    let wish = json!({ "document": "passport:JP:TR0000001", "home": "310104" });
    assert_eq!(Visitor(&house).post("/api/v1/registrations", &wish).await.status, StatusCode::ACCEPTED);
    let person = house.app.registry().store().find(&document(1)).await.unwrap().unwrap();
    turned_red(&house, person).await;
    let me = house.signed_in(Who::Person(person));
    assert_eq!(me.get("/api/v1/persons/me/status").await.problem(), "no-rules");
    let notices = me.get(NOTICES).await.json();
    let change = notices["items"].as_array().unwrap().iter().find(|n| n["kind"] == "status-changed").unwrap();
    assert!(change["status"].is_null() && change["cause"]["by"] == "act", "{change}");
    let page = Browser::of(&house, "en", person).get("/notices").await;
    page.is(StatusCode::OK).says("because of this: A fact was recorded");
}

#[tokio::test]
async fn how_a_dispute_ended_is_told_by_what_was_disputed() {
    let house = House::new().await;
    let at = house.app.registry().now();
    for (n, (ground, upheld, said)) in (1..).zip([
        (Ground::NotMe, false, ["保持不变。", "維持不變。", "stays as it is."]),
        (Ground::TakenBack, false, ["仍为已撤回。", "仍為已撤回。", "stays taken back."]),
        (Ground::TakenBack, true, ["重新有效。", "重新有效。", "counts again."]),
    ]) {
        let person = house.registered(n).await;
        let recorded = fact(&house, 1, &CONTACT);
        let appeal = AppealId::new(at, [1; 10]);
        let rows = vec![
            PersonRow::Appeal(AppealOpened { id: appeal, fact: recorded.id, ground, at, due: at }),
            PersonRow::AppealAnswer(AppealAnswer { appeal, upheld, at }),
            PersonRow::Fact(recorded),
        ];
        house.keep(person, rows, vec![]).await;
        for (lang, said) in LANGUAGES.into_iter().zip(said) {
            Browser::of(&house, lang, person).get("/notices").await.says(said);
        }
    }
}
