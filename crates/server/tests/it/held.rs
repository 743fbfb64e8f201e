//! What is above a limit, from the desk that sends it to the second office that lets it through, as their pages tell it.

use axum::http::{Method, StatusCode};
use mingma_server::Who;
use serde_json::Value;

use crate::desk;
use crate::house::{House, Visitor};
use crate::institutions::{Institution, cdc, contact_of, staffed};
use crate::office_pages::{get, post, speaking};

const ALARMS: &str = "/office/alarms";

/// The contacts of three people.
fn three() -> [Value; 3] {
    [contact_of(1), contact_of(2), contact_of(3)]
}

/// The institution, which may record two contacts within an hour, after it sent three of them; the number of the alarm.
async fn held(house: &House) -> (Institution, u64) {
    let cdc = cdc(house).await;
    let limit = [("what", "limit"), ("issuer", "cdc:410100"), ("kind", "contact"), ("per_hour", "2")];
    assert_eq!(post(house, "commission", "/office/issuers", &limit).await.1, "/office/issuers");
    let answer = cdc.submit(house, "k-1", &three()).await;
    assert_eq!((answer.status, answer.problem()), (StatusCode::CONFLICT, "above-limit".to_owned()));
    let alarm = answer.json()["alarm"].as_u64().unwrap();
    (cdc, alarm)
}

#[tokio::test]
async fn a_commission_sets_a_limit_that_stands_beside_the_issuer() {
    let house = staffed().await;
    cdc(&house).await;
    let path = "/office/issuers";
    assert!(get(&house, "commission", path).await.text.contains("contact: 1000 rows an hour"), "the usual");
    let limit =
        |issuer, kind, rows| [("what", "limit"), ("issuer", issuer), ("kind", kind), ("per_hour", rows)];
    for (form, leads, told) in [
        (limit("cdc:410100", "contact", "-1"), "", "as a whole number"),
        (limit("cdc:410100", "contact", "4294967296"), "", "as a whole number"),
        (limit("cdc:410100", "money", "5"), "", "not a word of the vocabulary"),
        (limit("cdc:9", "contact", "5"), "", "not appointed yet"),
        (limit("cdc:410100", "contact", "20"), path, ""),
        (limit("cdc:410100", "contact", " 0 "), path, ""),
    ] {
        let (page, to) = post(&house, "commission", path, &form).await;
        assert_eq!(to, leads, "{form:?}: {}", page.text);
        assert!(page.text.contains(told), "{told}: {}", page.text);
    }
    assert!(
        get(&house, "commission", path).await.text.contains("contact: 0 rows an hour"),
        "the last act counts"
    );
    let form = limit("cdc:410100", "contact", "9000");
    assert_eq!(post(&house, "appeals", path, &form).await.0.problem(), "role");
}

#[tokio::test]
async fn a_desk_is_told_in_words_what_waits_and_under_which_number() {
    let house = staffed().await;
    let (cdc, alarm) = held(&house).await;
    for (lang, told) in [
        ("en", format!("It waits as alarm {alarm}.")),
        ("zh-CN", format!("以警报 {alarm} 等待批准")),
        ("zh-TW", format!("以警報 {alarm} 等待核准")),
    ] {
        let page = desk::get(&cdc, &house, "/desk/submissions/k-1", lang).await.text;
        assert!(page.contains(&told) && !page.contains("TR000"), "{lang}: {page}");
    }
    let sign = desk::upload(
        &cdc,
        &house,
        b"person,kind,value,at,evidence\npassport:JP:TR0000001,contact,close,2022-06-12,INV-1\n",
    )
    .await;
    assert!(
        sign.text.contains("data-problem=\"above-limit\">Above your limit")
            && sign.text.contains("as alarm {alarm}."),
        "the script puts the number there: {}",
        sign.text
    );
    post(&house, "appeals", &format!("{ALARMS}/{alarm}"), &[]).await;
    let page = desk::get(&cdc, &house, "/desk/submissions/k-1", "en").await.text;
    assert!(!page.contains("It waits as alarm") && page.contains("send the same submission again"), "{page}");
}

#[tokio::test]
async fn a_second_office_reads_the_numbers_and_lets_the_batch_through() {
    let house = staffed().await;
    let (person, resident) = house.resident(1).await;
    let (cdc, alarm) = held(&house).await;
    let one = format!("{ALARMS}/{alarm}");
    for office in ["commission", "appeals"] {
        for (lang, number, through) in [
            ("en", format!("Alarm {alarm} · contact"), format!("Let alarm {alarm} through")),
            ("zh-CN", format!("警报 {alarm} · "), format!("批准警报 {alarm}")),
            ("zh-TW", format!("警報 {alarm} · "), format!("核准警報 {alarm}")),
        ] {
            let (page, _) = speaking(&house, office, (Method::GET, ALARMS), (&[], lang)).await;
            for part in [&number, &through, "cdc:410100 · zhengzhou-cdc", "<dd>3</dd>", "<dd>2</dd>", &one] {
                assert!(page.text.contains(part), "{lang}: {part} in {}", page.text);
            }
            let marked = page.text.contains(">office-") || page.text.contains(">desk-");
            assert!(!marked, "{lang}: a text is missing: {}", page.text);
            for whom in ["TR000", "INV-", "k-1", &person.to_string()] {
                assert!(!page.text.contains(whom), "{whom} is nobody's there: {}", page.text);
            }
        }
        assert!(get(&house, office, "/office").await.text.contains("href=\"/office/alarms\""));
    }

    for (method, path) in [(Method::GET, ALARMS), (Method::POST, one.as_str())] {
        let (refused, _) = speaking(&house, "community", (method.clone(), path), (&[], "en")).await;
        assert_eq!(refused.problem(), "role", "{method} {path}");
    }
    assert!(!get(&house, "community", "/office").await.text.contains(ALARMS));
    assert_eq!(Visitor(&house).get(ALARMS).await.status, StatusCode::SEE_OTHER);
    for caller in [resident, cdc.signed_in(&house), house.signed_in(Who::Person(person))] {
        assert_eq!(caller.get(ALARMS).await.status, StatusCode::SEE_OTHER);
        caller.post(&one, "", &Value::Null).await;
    }
    assert!(!get(&house, "appeals-elsewhere", ALARMS).await.text.contains("cdc:410100"));
    for (who, number) in [("appeals-elsewhere", alarm), ("appeals", alarm + 1)] {
        let (refused, _) = post(&house, who, &format!("{ALARMS}/{number}"), &[]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.text.contains(&format!("Alarm {number} holds nothing in your region.")), "{who}");
    }
    assert_eq!(
        cdc.submit(&house, "k-1", &three()).await.problem(),
        "above-limit",
        "nobody let it through yet"
    );

    // The city's own office reads it, and whose it is.
    for (lang, told) in [("en", "the office of 410000 "), ("zh-CN", "410000 "), ("zh-TW", "410000 ")] {
        let (page, _) = speaking(&house, "appeals-beside", (Method::GET, ALARMS), (&[], lang)).await;
        let text = &page.text;
        assert!(text.contains("cdc:410100") && text.contains(told) && !text.contains(&one), "{lang}: {text}");
    }
    assert_eq!(post(&house, "appeals-beside", &one, &[]).await.0.problem(), "not-above");
    assert_eq!(post(&house, "appeals", &one, &[]).await.1, ALARMS);
    let page = get(&house, "commission", ALARMS).await.text;
    assert!(page.contains("let through") && !page.contains(&format!("action=\"{one}\"")), "{page}");
    assert_eq!(post(&house, "commission", &one, &[]).await.1, ALARMS, "again changes nothing");
    assert_eq!(cdc.submit(&house, "k-1", &three()).await.json()["recorded"], 3);
}
