//! The desk's pages, as an institution and as others meet them.

use axum::body::Body;
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, LOCATION};
use axum::http::{Request, StatusCode};
use jiff::Timestamp;
use mingma_registry::acts::{AppealFact, appeal};
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::words::{Capacity, Ground};
use mingma_server::{Session, Who};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::house::{Answered, House, NOON, Visitor, document};
use crate::institutions::{Institution, cdc, community, contact_of, institution, laboratory, test_of};

const HEADER: &str = "person,kind,value,at,until,region,issuer,evidence";
const LANGUAGES: [&str; 3] = ["en", "zh-CN", "zh-TW"];

fn request(of: &Institution, house: &House, lang: &str) -> axum::http::request::Builder {
    let token = of.signed_in(house).token;
    Request::builder().header(AUTHORIZATION, format!("Bearer {token}")).header(ACCEPT_LANGUAGE, lang)
}

pub(crate) async fn get(of: &Institution, house: &House, path: &str, lang: &str) -> Answered {
    house.send(request(of, house, lang).uri(path).body(Body::empty()).unwrap()).await
}

async fn post(of: &Institution, house: &House, path: &str, form: &[(&str, &str)]) -> Answered {
    let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    let request = request(of, house, "en").method("POST").uri(path);
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    house.send(request.body(Body::from(body.join("&"))).unwrap()).await
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

pub(crate) async fn upload(of: &Institution, house: &House, table: &[u8]) -> Answered {
    let head = "--b\r\ncontent-disposition: form-data; name=\"table\"; filename=\"t.csv\"\r\ncontent-type: text/csv\r\n\r\n";
    let body = [head.as_bytes(), table, b"\r\n--b--\r\n"].concat();
    let request = request(of, house, "en").method("POST").uri("/desk/table");
    house
        .send(request.header(CONTENT_TYPE, "multipart/form-data; boundary=b").body(Body::from(body)).unwrap())
        .await
}

/// The good rows as the page hands them to the script, and the name of the request.
fn to_sign(page: &Answered) -> (Vec<Value>, String) {
    let json = page.text.split("id=\"rows\">").nth(1).unwrap().split("</script>").next().unwrap();
    let key = page.text.split("data-key=\"").nth(1).unwrap().split('"').next().unwrap();
    (serde_json::from_str(json).unwrap(), key.to_owned())
}

#[tokio::test]
async fn the_desk_is_for_institutions_that_have_signed_in() {
    let house = House::new().await;
    let (person, _) = house.resident(1).await;
    let callers = [None, Some(Who::Person(person)), Some(Who::Staff("community".parse().unwrap()))];
    for who in callers {
        for path in [
            "/desk",
            "/desk/fact?kind=test",
            "/desk/table",
            "/desk/submissions",
            "/desk/submissions/k",
            "/desk/submissions/k/1",
            "/desk/countersign",
            "/desk/countersign/x",
            "/desk/disputes",
            "/desk/disputes/x/x",
        ] {
            let mut request = Request::get(path);
            if let Some(who) = &who {
                let token = house.signed_in(who.clone()).token;
                request = request.header(AUTHORIZATION, format!("Bearer {token}"));
            }
            let answer = house.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path} {who:?}");
            assert_eq!(answer.headers()[LOCATION], "/desk/sign-in?back=/desk", "{path}");
        }
    }
}

#[tokio::test]
async fn every_page_of_the_desk_is_there_in_three_languages() {
    let house = House::new().await;
    let (cdc, community) = (cdc(&house).await, community(&house).await);
    let recorded = cdc.submit(&house, "k-1", &[contact_of(1), test_of(1, "no")]).await.json();
    let fact = recorded["rows"][0]["id"].as_str().unwrap();
    for (lang, own, word) in [
        ("en", "Own submissions", "close contact"),
        ("zh-CN", "本机构的提交", "密切接触者"),
        ("zh-TW", "本機構的提交", "密切接觸者"),
    ] {
        assert!(get(&cdc, &house, "/desk", lang).await.text.contains(own), "{lang}");
        let form = get(&cdc, &house, "/desk/fact?kind=contact", lang).await.text;
        assert!(form.contains(word) && form.contains("value=\"close\""), "{lang}: {form}");
        let one = get(&cdc, &house, "/desk/submissions/k-1", lang).await.text;
        assert!(one.contains(word) && one.contains("INV-1"), "{lang}: {one}");
        assert!(
            get(&community, &house, &format!("/desk/countersign/{fact}"), lang).await.text.contains("INV-1")
        );
    }
    for lang in LANGUAGES {
        for path in [
            "/desk/table",
            "/desk/submissions",
            "/desk/submissions/k-1/1",
            "/desk/countersign",
            "/desk/disputes",
        ] {
            let page = get(&cdc, &house, path, lang).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(
                !page.text.contains("desk-"),
                "{lang} {path}: a text is missing: {}",
                page.text.replace("/assets/desk-", "")
            );
            assert!(!page.text.contains("TR000"), "{path} says about whom");
        }
    }
}

#[tokio::test]
async fn the_form_offers_what_the_institution_is_entitled_to_and_keeps_what_was_typed() {
    let house = House::new().await;
    let laboratory = laboratory(&house).await;
    let home = get(&laboratory, &house, "/desk", "en").await.text;
    assert!(home.contains("value=\"test\"") && !home.contains("value=\"contact\""), "{home}");
    let nothing = institution(&house, "laboratory:08", "other-lab", &[]).await;
    assert!(get(&nothing, &house, "/desk", "en").await.text.contains("entitled to no kind"));
    assert_eq!(get(&laboratory, &house, "/desk/fact?kind=contact", "en").await.status, StatusCode::SEE_OTHER);
    let form = get(&laboratory, &house, "/desk/fact?kind=test", "en").await.text;
    assert!(form.contains("Sample number") && !form.contains("name=\"region\""), "{form}");

    let sent = [
        ("kind", "test"),
        ("person", "11010519491231002x"),
        ("value", "positive"),
        ("at_day", "2022-06-13"),
        ("at_time", "09:40"),
        ("evidence", "S 1"),
    ];
    let wrong = post(&laboratory, &house, "/desk/fact", &sent).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text.contains("href=\"#evidence\"") && wrong.text.contains("value=\"11010519491231002x\""),
        "{}",
        wrong.text
    );
    let mut sent = sent;
    sent[5].1 = "S-1";
    let page = post(&laboratory, &house, "/desk/fact", &sent).await;
    assert_eq!(page.status, StatusCode::OK, "{page:?}");
    let (rows, key) = to_sign(&page);
    assert_eq!(rows[0]["person"], "resident-id:11010519491231002X");
    assert_eq!(rows[0]["at"], "2022-06-13T09:40:00+08:00");
    assert!(page.text.contains("counts from now on"), "what the person is told stands there before");
    assert_eq!(laboratory.submit(&house, &key, &rows).await.json()["recorded"], 1);
}

#[tokio::test]
async fn a_table_is_looked_at_row_by_row_before_its_good_rows_are_sent() {
    let house = House::new().await;
    let laboratory = laboratory(&house).await;
    let person = document(1).to_wire();
    let table = format!(
        "\u{feff}{HEADER}\r\n{person},test,negative,2022-06-13T09:40:00+08:00,,,,S-1\r\n\
         {person},test,negativ,2022-06-13,,,,S-2\r\n\"{person}\",test,positive,2022-06-13,,,laboratory:07,\"<b>S-3\"\r\n"
    );
    let page = upload(&laboratory, &house, table.as_bytes()).await;
    assert_eq!(page.status, StatusCode::OK, "{page:?}");
    assert!(page.text.contains("Good rows: 2. Refused rows: 1."), "{}", page.text);
    assert!(page.text.contains("<th scope=\"row\">3</th><td>Value <code>value</code></td>"), "{}", page.text);
    assert!(page.text.contains("Did you mean “negative”?"));
    assert!(!page.text.contains("<b>S-3"), "what was uploaded is no part of the page");
    let (rows, key) = to_sign(&page);
    assert_eq!((rows.len(), &rows[1]["evidence"]), (2, &Value::from("<b>S-3")));
    let again = to_sign(&upload(&laboratory, &house, table.as_bytes()).await).1;
    assert_eq!(again, key, "the same table has the same name, so it is recorded once");
    let answer = laboratory.submit(&house, &key, &rows).await;
    assert_eq!(answer.json()["recorded"], 2, "{answer:?}");
    let state = get(&laboratory, &house, &format!("/desk/submissions/{key}"), "en").await.text;
    assert!(state.contains("negative test") && state.contains("S-1"), "{state}");

    let mend = page.text.split("aria-hidden=\"true\">").nth(1).unwrap().split("</textarea>").next().unwrap();
    let file = post(&laboratory, &house, "/desk/refused-rows", &[("rows", mend)]).await;
    assert_eq!(file.kind, "text/csv; charset=utf-8");
    let expected = format!(
        "\u{feff}person,kind,value,at,until,region,evidence\n{person},test,negativ,2022-06-13,,,S-2\n"
    );
    assert_eq!(file.text, expected);
}

#[tokio::test]
async fn an_upload_says_of_a_sample_that_was_recorded_before_as_which_fact_and_when() {
    let house = House::new().await;
    let laboratory = laboratory(&house).await;
    let recorded = laboratory.submit(&house, "k-1", &[test_of(1, "negative")]).await.json();
    let former = recorded["rows"][0]["id"].as_str().unwrap();
    let row = test_of(1, "positive");
    let cell = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let cells = ["person", "kind", "value", "at", "evidence"].map(cell);
    let table = format!("person,kind,value,at,evidence\n{}\n", cells.join(","));
    let page = upload(&laboratory, &house, table.as_bytes()).await;
    assert!(!page.text.contains("id=\"rows\""), "nothing of it is to be signed: {}", page.text);
    let hour = "2022-06-13 12:00";
    assert!(page.text.contains(&format!("It is the fact {former}, recorded {hour}.")), "{}", page.text);

    let again = laboratory.submit(&house, "k-2", &[row]).await.json();
    assert_eq!((&again["rows"][0]["cause"], &again["rows"][0]["former"]), (&"again".into(), &former.into()));
    let kept = get(&laboratory, &house, "/desk/submissions/k-2", "en").await.text;
    assert!(kept.contains(&format!("It is the fact {former}, recorded {hour}.")), "{kept}");
}

#[tokio::test]
async fn what_is_no_table_is_told_with_what_to_do() {
    let house = House::new().await;
    let laboratory = laboratory(&house).await;
    let gb = [HEADER.as_bytes(), b"\npassport:JP:TR0000001,\xBC\xEC\xB2\xE2,,,,,,\n"].concat();
    for (table, told) in [
        (gb.as_slice(), "Line 2 is not UTF-8"),
        (b"person;kind;value;at;until;region;evidence\n", "parted by “;”"),
        (b"passport:JP:TR0000001,test\n", "no name of a column"),
        (b"", "has no row"),
        (b"person,kind,value,at,evidence,gps\n", "takes from nobody"),
    ] {
        let page = upload(&laboratory, &house, table).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text.contains(told) && !page.text.contains("TR0000001"), "{told}: {}", page.text);
    }
    let huge = vec![b'x'; 3 << 20];
    assert_eq!(upload(&laboratory, &house, &huge).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_correction_and_a_countersignature_are_prepared_with_what_the_person_is_told() {
    let house = House::new().await;
    let (cdc, community) = (cdc(&house).await, community(&house).await);
    let recorded = cdc.submit(&house, "k/1", &[contact_of(1), test_of(1, "no")]).await.json();
    let fact = recorded["rows"][0]["id"].as_str().unwrap().to_owned();
    let wire = document(1).to_wire();
    let path = format!("/desk/countersign/{fact}");
    assert_eq!(get(&cdc, &house, &path, "en").await.problem(), "not-found", "its own waits for others");
    let wrong = post(&community, &house, &path, &[("person", "nobody")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = post(&community, &house, &path, &[("person", &wire)]).await.text;
    for part in [
        "data-sign=\"countersignature\"",
        &format!("data-fact=\"{fact}\""),
        "data-person=\"passport:JP:TR0000001\"",
        "counts from now on",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let path = "/desk/submissions/k%2F1/1";
    assert!(get(&cdc, &house, "/desk/submissions/k%2F1", "en").await.text.contains(path));
    assert_eq!(
        post(&cdc, &house, path, &[("person", &wire), ("reason", "appeal-upheld")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let page = post(&cdc, &house, path, &[("person", &wire), ("reason", "wrong-person")]).await.text;
    for part in ["data-sign=\"retraction\"", "data-reason=\"wrong-person\"", "no longer counts"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(
        get(&cdc, &house, "/desk/submissions/k%2F1/2", "en").await.problem(),
        "not-found",
        "it was refused"
    );
    assert_eq!(get(&cdc, &house, "/desk/submissions/k%2F1/0", "en").await.problem(), "not-found");
}

#[tokio::test]
async fn a_disputed_fact_stands_with_its_deadline_until_a_signed_word_answers() {
    let house = House::new().await;
    let (person, resident) = house.resident(1).await;
    let (cdc, community) = (cdc(&house).await, community(&house).await);
    let recorded = cdc.submit(&house, "k-1", &[contact_of(1)]).await.json();
    let fact = recorded["rows"][0]["id"].as_str().unwrap().to_owned();
    Visitor(&house).post("/api/v1/countersignatures", &community.countersignature(1, &fact)).await;
    let list = "/desk/disputes";
    assert!(get(&cdc, &house, list, "en").await.text.contains("No dispute waits"));
    let wish = AppealFact { person, fact: fact.parse().unwrap(), ground: Ground::NotMe };
    let allowed = authorize(Actor::Resident(person), Purpose::Redress, wish).unwrap();
    appeal(house.app.registry(), allowed).await.unwrap();

    let page = get(&cdc, &house, list, "en").await.text;
    let path = page.split("href=\"/desk/disputes/").nth(1).unwrap().split('"').next().unwrap();
    let path = format!("{list}/{path}");
    for part in ["INV-1", "2022-06-16 12:00", "not about this person"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!get(&community, &house, list, "en").await.text.contains("INV-1"), "it is another's fact");
    assert_eq!(get(&community, &house, &path, "en").await.problem(), "not-found");
    for lang in LANGUAGES {
        for path in [list, &path] {
            let page = get(&cdc, &house, path, lang).await.text;
            assert!(page.contains("INV-1") && page.contains("2022-06-16 12:00"), "{lang} {path}: {page}");
            assert!(!page.contains(">desk-") && !page.contains("TR0000001"), "{lang} {path}: {page}");
            assert!(!page.contains(&person.to_string()), "{lang} {path} says who disputes it");
        }
    }

    let wire = document(1).to_wire();
    for (form, told) in [
        ([("person", "nobody"), ("confirmed", "true")], "This is no document"),
        ([("person", &wire), ("confirmed", "perhaps")], "Say whether it is so"),
        ([("person", &wire), ("confirmed", "true")], "That it is so others have to say"),
    ] {
        let wrong = post(&cdc, &house, &path, &form).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains(told) && !wrong.text.contains("data-sign"), "{}", wrong.text);
    }
    // Whoever may say so of others' facts is asked, too; who says it and is not disputed says also that it is so.
    let source = institution(&house, "hospital:5", "hospital-5", &[(Capacity::Confirm, "contact")]).await;
    for (who, word, told) in [
        (&source, "true", "goes on counting"),
        (&source, "false", "no longer counts"),
        (&cdc, "false", "no longer counts"),
    ] {
        let page = get(who, &house, list, "en").await.text;
        assert!(
            page.contains("INV-1") && page.contains("cdc:410100") && !page.contains("TR0000001"),
            "{page}"
        );
        let page = post(who, &house, &path, &[("person", &wire), ("confirmed", word)]).await.text;
        for part in [
            "data-sign=\"confirmation\"",
            &format!("data-fact=\"{fact}\""),
            &format!("data-confirmed=\"{word}\""),
            "data-person=\"passport:JP:TR0000001\"",
            "data-to=\"/api/v1/confirmations\"",
            "data-problem=\"not-disputed\"",
            told,
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }
    assert_eq!(resident.get("/api/v1/persons/me/status").await.json()["color"], "red");
    let own = Visitor(&house).post("/api/v1/confirmations", &cdc.confirmation(1, &fact, true)).await;
    assert_eq!((own.status, own.problem()), (StatusCode::CONFLICT, "own-word".to_owned()));
    let said = Visitor(&house).post("/api/v1/confirmations", &cdc.confirmation(1, &fact, false)).await;
    assert_eq!(said.status, StatusCode::OK, "{said:?}");
    assert_eq!(resident.get("/api/v1/persons/me/status").await.json()["color"], "green");
    assert!(get(&cdc, &house, list, "en").await.text.contains("No dispute waits"));
    assert_eq!(get(&cdc, &house, &path, "en").await.problem(), "not-found", "it was answered");
}

#[tokio::test]
async fn what_is_due_already_waits_for_nobody_s_word() {
    let house = House::new().await;
    let (person, _) = house.resident(1).await;
    let cdc = cdc(&house).await;
    let recorded = cdc.submit(&house, "k-1", &[contact_of(1)]).await.json();
    let fact = recorded["rows"][0]["id"].as_str().unwrap().to_owned();
    let wish = AppealFact { person, fact: fact.parse().unwrap(), ground: Ground::NoEvidence };
    let allowed = authorize(Actor::Resident(person), Purpose::Redress, wish).unwrap();
    let opened = appeal(house.app.registry(), allowed).await.unwrap();
    let path = format!("/desk/disputes/{}/{}", opened.due, opened.id);
    let mut desk = cdc.signed_in(&house);
    let until = Timestamp::from_second(NOON + 4 * 86_400).unwrap();
    let session = Session { who: Who::Institution(cdc.issuer.clone()), until, ..house.session(99) };
    desk.token = house.app.sessions().seal(&session);
    house.watch.set(NOON + 3 * 86_400 - 1);
    for path in [&path, "/desk/disputes"] {
        assert!(desk.get(path).await.text.contains("INV-1"), "{path}");
    }
    house.watch.set(NOON + 3 * 86_400);
    assert_eq!(desk.get(&path).await.problem(), "not-found");
    assert!(!desk.get("/desk/disputes").await.text.contains("INV-1"));
    for nothing in ["x/y", "2022-06-16T04:00:00Z/y"] {
        assert_eq!(desk.get(&format!("/desk/disputes/{nothing}")).await.problem(), "not-found");
    }
}
