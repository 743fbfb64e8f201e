//! What a person finds among their notices, and where the pages lead from there.

use axum::http::StatusCode;
use mingma_registry::row::{Confirmation, Notice, PersonRow};
use mingma_registry::words::NoticeKind;
use mingma_registry::{AppealId, NoticeId, PersonId, Ways};
use mingma_server::Who;
use serde_json::json;

use crate::browser::{Browser, LANGUAGES};
use crate::house::{House, Visitor};
use crate::kept::fact;
use crate::own::CONTACT;
use crate::residents::{CHILD, NUMBER, registration};

fn notice(house: &House, person: PersonId, kind: NoticeKind, about: [u8; 16]) -> Notice {
    let created = house.app.registry().now();
    let [n, ..] = about;
    Notice { person, id: NoticeId::new(created, [n; 10]), kind, about, created }
}

#[tokio::test]
async fn what_institutions_say_of_a_dispute_is_among_the_notices_once_in_every_language() {
    let house = House::new().await;
    let person = house.registered(1).await;
    let at = house.app.registry().now();
    let contact = fact(&house, 1, &CONTACT);
    let word = |issuer: &str, appeal: Option<u8>, confirmed| {
        PersonRow::Confirmation(Confirmation {
            fact: contact.id,
            issuer: issuer.parse().unwrap(),
            appeal: appeal.map(|n| AppealId::new(at, [n; 10])),
            confirmed,
            at,
        })
    };
    let rows = vec![
        PersonRow::Fact(contact.clone()),
        // One word that answers two disputes.
        word("cdc:410100", Some(1), true),
        word("cdc:410100", Some(2), true),
        word("hospital:7", Some(1), false),
        word("laboratory:8", None, false),
    ];
    house.keep(person, rows, vec![]).await;
    for lang in LANGUAGES {
        let page = Browser::of(&house, lang, person).get("/notices").await;
        let [so, not_so, unasked] = match lang {
            "en" => [
                "answered your dispute: it is so (",
                "answered your dispute: it is not so (",
                "said that this is not so: ",
            ],
            "zh-Hans" => ["答复了您的申诉：属实（", "答复了您的申诉：不属实（", "说明此事不属实："],
            _ => ["答覆了您的申訴：屬實（", "答覆了您的申訴：不屬實（", "說明此事不屬實："],
        };
        for (said, by) in [(so, "410100"), (not_so, "7"), (unasked, "8")] {
            let lines: Vec<&str> = page.text.split("<li>").filter(|line| line.contains(said)).collect();
            assert_eq!(lines.len(), 1, "`{said}`: {}", page.text);
            let before = lines[0].split(said).next().unwrap();
            assert!(before.trim_end().ends_with(by), "{by}: {}", lines[0]);
        }
    }
}

#[tokio::test]
async fn who_signed_in_that_one_is_reached_elsewhere_and_news_of_a_ward_lead_the_reader_alone_on() {
    let house = House::new().await;
    let guardian = house.registered(1).await;
    let browser = Browser::of(&house, "en", guardian);
    browser.post("/register", &CHILD).await.leads("/family?done=child");
    let ward = browser.get("/family").await.quoted("href=\"/code?for=")[0].to_owned();
    let own = |kind, about| notice(&house, guardian, kind, about);
    let about_ward = ward.parse::<PersonId>().unwrap();
    let (sign_in, moved) = (NoticeKind::SignedIn, NoticeKind::ContactChanged);
    let notices = vec![
        own(sign_in, [1; 16]),
        own(moved, [2; 16]),
        own(NoticeKind::AboutWard, *about_ward.as_bytes()),
        // Of somebody for whom the reader acts no more.
        own(NoticeKind::AboutWard, [9; 16]),
    ];
    house.keep(guardian, vec![], notices).await;
    house.keep(about_ward, vec![], vec![notice(&house, about_ward, sign_in, [3; 16])]).await;
    for lang in LANGUAGES {
        let reader = Browser::of(&house, lang, guardian);
        let page = reader.get("/notices").await;
        let said = match lang {
            "en" => [
                "You signed in on another device, or",
                "Where you are reached was changed.",
                "news of somebody for whom you act: 小明",
            ],
            "zh-Hans" => {
                ["您在另一台或未表明身份的设备上登录", "您的联系方式已更改", "您代为办理的人有新消息：小明"]
            }
            _ => ["您在另一臺或未表明身分的裝置上登入", "您的聯絡方式已變更", "您代為辦理的人有新訊息：小明"],
        };
        let leads = ["/sessions".to_owned(), "/contact".to_owned(), format!("/notices?for={ward}")];
        for (said, leads) in said.into_iter().zip(leads) {
            let lines: Vec<&str> = page.text.split("<li>").filter(|line| line.contains(said)).collect();
            let [line] = lines[..] else { panic!("{} lines say `{said}`: {}", lines.len(), page.text) };
            assert!(line.contains(&format!("href=\"{leads}\"")), "{line}");
        }
        let others = reader.get(&format!("/notices?for={ward}")).await;
        others.is(StatusCode::OK);
        assert!(!others.text.contains(said[0]), "who signed in as the ward is the ward's affair");
    }
    let reader = house.signed_in(Who::Person(guardian));
    let kinds = |text: &str| text.matches("\"signed-in\"").count();
    let own = reader.get("/api/v1/persons/me/notices").await;
    let others = reader.get(&format!("/api/v1/persons/{ward}/notices")).await;
    assert_eq!((kinds(&own.text), kinds(&others.text)), (1, 0), "{}", others.text);
}

#[tokio::test]
async fn signing_out_everywhere_is_reached_from_where_a_resident_looks_and_each_door_from_the_first_page() {
    let house = House::new().await;
    let person = house.registered(1).await;
    for lang in LANGUAGES {
        let browser = Browser::of(&house, lang, person);
        for path in ["/", "/contact", "/facts", "/privacy", "/notices"] {
            let content = browser.get(path).await.says("id=\"sessions\" href=\"/sessions\"").text.clone();
            let main = content.split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap();
            let leads = main.contains("href=\"/sessions\"");
            assert_eq!(leads, ["/contact", "/facts", "/privacy"].contains(&path), "{path}: {main}");
        }
        browser.get("/sessions").await.is(StatusCode::OK);
        let visitor = Browser::new(&house, lang);
        let first = visitor.get("/").await;
        for place in ["/desk", "/office"] {
            first.says(&format!("href=\"{place}\""));
            visitor.get(place).await.leads(&format!("{place}/sign-in?back={place}"));
        }
        assert!(!first.text.contains("id=\"sessions\""), "nobody has signed in");
    }
    for (who, place) in [
        (Who::Staff("worker-1".parse().unwrap()), "/office"),
        (Who::Institution("cdc:450100".parse().unwrap()), "/desk"),
    ] {
        let page = Browser::entered(&house, "en", who).get("/").await;
        page.says("id=\"sign-out\"").says(&format!("class=\"card first\" href=\"{place}\""));
        assert!(!page.text.contains("id=\"sessions\""), "a resident's page alone");
        assert!(!page.text.contains("href=\"/declare\"><strong>"), "{place}: what a resident does");
    }
}

#[tokio::test]
async fn what_goes_wrong_offers_registering_to_nobody_who_has_signed_in() {
    let house = House::new().await;
    let (person, other) = (house.registered(1).await, house.registered(2).await);
    let forbidden = format!("/notices?for={other}");
    let visitor = Browser::new(&house, "en");
    visitor.get("/nowhere").await.is(StatusCode::NOT_FOUND).says("href=\"/register\"");
    let resident = Browser::of(&house, "en", person);
    for (path, status) in [("/nowhere", StatusCode::NOT_FOUND), (&forbidden, StatusCode::FORBIDDEN)] {
        let page = resident.get(path).await;
        assert!(!page.is(status).text.contains("href=\"/register\""), "{path}: {}", page.text);
    }
}

#[tokio::test]
async fn a_contact_to_which_nothing_goes_is_refused_with_what_is_taken() {
    let email = "zhang@example.cn";
    for (ways, contact, said) in [
        (
            Ways { phone: true, email: false },
            email,
            ["give a telephone number", "请填写手机号", "請填寫手機號碼"],
        ),
        (
            Ways { phone: false, email: true },
            "13800138000",
            ["give an e-mail address", "请填写电子邮箱", "請填寫電子郵箱"],
        ),
        (
            Ways { phone: false, email: false },
            email,
            ["registers people without a telephone", "到社区窗口", "到社區櫃檯"],
        ),
    ] {
        let house = House::reached_by(ways).await;
        for (lang, said) in ["en", "zh-Hans", "zh-Hant"].into_iter().zip(said) {
            let mut fields = registration(NUMBER, "410105");
            fields.iter_mut().find(|(of, _)| *of == "contact").unwrap().1 = contact;
            let page = Browser::new(&house, lang).post("/register", &fields).await;
            page.is(StatusCode::UNPROCESSABLE_ENTITY).says(said).says("id=\"contact-mistake\"");
        }
        let body = json!({ "document": "passport:JP:TR0000003", "home": "410105", "contact": contact });
        let refused = Visitor(&house).post("/api/v1/registrations", &body).await;
        assert_eq!(
            (refused.status, refused.problem()),
            (StatusCode::UNPROCESSABLE_ENTITY, "no-way".to_owned())
        );
        let without = json!({ "document": "passport:JP:TR0000003", "home": "410105" });
        assert_eq!(
            Visitor(&house).post("/api/v1/registrations", &without).await.status,
            StatusCode::ACCEPTED
        );
        let person = house.app.registry().store().find(&crate::house::document(3)).await.unwrap().unwrap();
        let changed = Browser::of(&house, "en", person).post("/contact", &[("contact", contact)]).await;
        changed.is(StatusCode::UNPROCESSABLE_ENTITY).says(said[0]);
        let me = house.signed_in(Who::Person(person));
        let change = json!({ "contact": contact, "language": "en" });
        let refused =
            house.ask(Some(&me.token), ("PUT", "/api/v1/persons/me/contact"), "", Some(&change)).await;
        assert_eq!(refused.problem(), "no-way");
    }
}
