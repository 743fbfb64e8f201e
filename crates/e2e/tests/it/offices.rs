//! The offices: each signs in with a password and a second factor, and does its own work.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::checkpoint::typed;
use crate::harness::{Browser, Server, in_city};
use crate::people::{NEWCOMER, RETURNING, enter, sign_in_at_office};
use crate::residents::is_ready;

#[tokio::test]
async fn a_commission_sets_a_risk_and_publishes_rules_that_everybody_reads_at_once() {
    let Some((browser, server)) = in_city().await else { return };
    let official = server.official("commissioner");
    browser.goto(&server.on("commissioner", "/language?to=en&back=/office")).await.unwrap();
    browser.axe("office-sign-in").await;
    browser.write("name", "commissioner").await;
    browser.write("password", &official.password).await;
    browser.write("code", "000000").await;
    browser.follow("main form button").await;
    browser.says("#wrong", "do not fit together").await;
    browser.axe("office-sign-in-wrong").await;
    sign_in_at_office(&browser, &server, "commissioner").await;
    browser.axe("office").await;
    sets_a_risk(&browser).await;
    publishes(&browser, &server).await;
    browser.visit(&server.on("commissioner", "/office/issuers"), "office-issuers").await;
    browser.says("main", "laboratory:yl-2").await;
    for page in ["alarms", "proposals"] {
        browser
            .visit(&server.on("commissioner", &format!("/office/{page}")), &format!("office-{page}"))
            .await;
    }
    // Another office's work is a page that says so.
    browser.visit(&server.on("commissioner", "/office/appeals"), "office-elsewhere").await;
    browser.says("main", "This cannot be done").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

async fn sets_a_risk(browser: &Browser) {
    let today = browser.today().await;
    browser.follow("main a[href='/office/risk']").await;
    browser.axe("office-risk").await;
    for (region, said) in [("440106", "outside"), ("450903", "")] {
        browser.write("region", region).await;
        browser.element("#level option[value='high']").await.click().await.unwrap();
        browser.write("from", &today).await;
        browser.press("main form input[type='checkbox']").await;
        browser.follow("main form button").await;
        // What it would do is seen first; another region's is not looked at either.
        if said.is_empty() {
            goes_on(browser, "office-risk-ahead").await;
        } else {
            browser.says("main .wrong", said).await;
            browser.axe("office-risk-elsewhere").await;
        }
    }
    browser.says("section[aria-labelledby='now']", "450903").await;
    browser.says("section[aria-labelledby='history'] tbody tr:first-child", "450903").await;
}

/// What the page says would happen is few enough for one office, which goes on.
async fn goes_on(browser: &Browser, name: &str) {
    browser.says("#ahead", "").await;
    browser.axe(name).await;
    browser.follow("section[aria-labelledby='ahead'] form:has(input[value='publish']) button").await;
}

/// The rules that are in force, from tomorrow on: nothing in them is worse for anybody.
async fn publishes(browser: &Browser, server: &Server) {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulesets/guangxi/2021-12");
    let text = fs::read_to_string(rules.join("ruleset.toml")).unwrap();
    let examples = fs::read_to_string(rules.join("examples.toml")).unwrap();
    browser.visit(&server.on("commissioner", "/office/rules"), "office-rules").await;
    let fill = "for (const [name, text] of Object.entries(arguments[0])) document.getElementById(name).value = text;";
    let broken = text.replacen("effect = ", "efect = ", 1);
    browser.execute(fill, vec![json!({ "rules": broken, "examples": examples })]).await.unwrap();
    browser.follow("main form button").await;
    browser.says("main .wrong", "efect").await;
    browser.axe("office-rules-mistakes").await;
    let day = |days: u32| {
        format!("new Date(Date.parse('{{today}}') + {days} * 86_400_000).toISOString().slice(0, 10)")
    };
    let today = browser.today().await;
    let effect = browser.value(&day(1).replace("{today}", &today)).await;
    let sunset = browser.value(&day(120).replace("{today}", &today)).await;
    let dated = |name: &str, day: &serde_json::Value| {
        let line = text.lines().find(|line| line.starts_with(&format!("{name} = "))).unwrap();
        (line.to_owned(), format!("{name} = {}", day.as_str().unwrap()))
    };
    let (effect, sunset) = (dated("effect", &effect), dated("sunset", &sunset));
    let moved = text.replacen(&effect.0, &effect.1, 1).replacen(&sunset.0, &sunset.1, 1);
    // A published ruleset is never edited: it is another one, by its name.
    let moved = moved.replacen("id = \"2021-12\"", "id = \"2021-12-again\"", 1);
    browser.execute(fill, vec![json!({ "rules": moved, "examples": examples })]).await.unwrap();
    browser.follow("main form:last-of-type button").await;
    browser.says("#good", "").await;
    goes_on(browser, "office-rules-ahead").await;
    assert!(browser.path().await.starts_with("/rules/"), "{}", browser.read("main .wrong").await);
    browser.axe("office-rules-published").await;
}

#[tokio::test]
async fn who_has_no_document_is_given_a_number_signs_in_with_it_and_is_let_through_by_paper() {
    let Some((browser, server)) = in_city().await else { return };
    sign_in_at_office(&browser, &server, "worker").await;
    browser.goto(&server.on("worker", "/office/community")).await.unwrap();
    browser.write("name", "Somebody").await;
    browser.write("birth", "1961-02-03").await;
    for (field, text) in [("home", "450902"), ("initials", "WM"), ("contact", "13800138009")] {
        browser.element(format!("#number-{field}")).await.send_keys(text).await.unwrap();
    }
    browser.follow("form[action$='/numbers'] button").await;
    browser.says("main", "Somebody").await;
    browser.axe("office-slip-number").await;
    let number = browser.read("strong.number").await;
    let slip = browser.read("strong.code").await;

    // The phone of that person, who types the number as it is printed.
    browser.goto(&server.at("/language?to=en&back=/sign-in")).await.unwrap();
    browser.element("#kind option[value='desk-number']").await.click().await.unwrap();
    enter(&browser, &number).await;
    assert_eq!(browser.path().await, "/code");
    browser.axe("code-desk-number").await;
    browser.visit(&server.at("/facts"), "facts-desk-number").await;
    browser.says("section[aria-labelledby='looks']", "worker").await;

    // The worker prints a paper code for them, and a gate reads it.
    browser.goto(&server.on("worker", "/office/community")).await.unwrap();
    browser.element("#of").await.send_keys(&number).await.unwrap();
    browser.element("#code").await.send_keys(&slip).await.unwrap();
    browser.follow("form[action$='/consents'] button").await;
    browser.follow("form[action$='/paper'] button").await;
    let paper = browser.value("document.querySelector('main code').textContent").await;
    browser.goto(&server.on("gate", "/language?to=en&back=/checkpoint")).await.unwrap();
    is_ready(&browser).await;
    browser.press("h1").await;
    typed(&browser, paper.as_str().unwrap()).await;
    browser.until("document.getElementById('result').textContent.includes('WM')").await;
    browser.axe("checkpoint-desk-number").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_community_worker_helps_somebody_without_a_phone_who_lets_them() {
    let Some((browser, server)) = in_city().await else { return };
    sign_in_at_office(&browser, &server, "worker").await;
    browser.follow("main a[href='/office/community']").await;
    browser.axe("office-community").await;
    // Registered at the desk: a slip in place of a phone.
    let register = "form[action$='/registrations']";
    browser.write("document", "nobody").await;
    browser.element(&format!("{register} #document")).await.send_keys(NEWCOMER).await.unwrap();
    browser.write("home", "450902").await;
    browser.write("initials", "ZS").await;
    browser.follow(format!("{register} button")).await;
    let slip: String = browser.read("strong.code").await.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(slip.len(), 10);
    browser.axe("office-slip").await;

    // Without the slip nobody is looked up, whether they are registered or not.
    let consents = async |document: &str, code: &str| {
        browser.goto(&server.on("worker", "/office/community")).await.unwrap();
        browser.element("#of").await.send_keys(document).await.unwrap();
        browser.element("#code").await.send_keys(code).await.unwrap();
        browser.follow("form[action$='/consents'] button").await;
    };
    for document in [NEWCOMER, RETURNING, "330106200101018880"] {
        consents(document, "000000").await;
        browser.says("main .wrong", "do not fit together").await;
    }
    browser.axe("office-no-consent").await;
    consents(NEWCOMER, &slip).await;
    browser.says("main", "let you help for a quarter of an hour").await;
    browser.axe("office-help").await;

    browser.write("agent", &format!("resident-id:{RETURNING}")).await;
    browser.choose("tie", "family").await;
    browser.write("days", "30").await;
    browser.follow("form[action$='/bindings'] button").await;
    browser.says("main .done", "The agent is bound.").await;
    browser.follow("form[action$='/paper'] button").await;
    browser.says("main", "Counts until").await;
    browser.until("document.querySelector('img.code').naturalWidth > 0").await;
    browser.axe("office-paper").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}
