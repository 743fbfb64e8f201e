//! Somebody moves: the desk of the new home corrects it with their code, the rules there hold, and what was made before is refused.

use serde_json::json;

use super::{COLOR, DRAWN, is_ready};
use crate::checkpoint::typed;
use crate::harness::{Browser, Server, in_city};
use crate::people::{MOVER, enter, sign_in_at_office};

/// The rules of the former home, a city where nobody else lives: a cough is nothing there.
const RULES: &str = r#"
[ruleset]
id = "guilin"
region = "450300"
zone = "Asia/Shanghai"
effect = TODAY
sunset = SUNSET
title = { zh-Hans = "桂林", zh-Hant = "桂林", en = "Rules of Guilin" }
authority = { zh-Hans = "桂林", zh-Hant = "桂林", en = "Guilin" }

[[rule]]
code = "G1"
color = "red"
article = "1"
when = { fact = "contact", value = "close", within_days = 7 }
text = { zh-Hans = "密切接触者", zh-Hant = "密切接觸者", en = "You are a close contact." }
clears = { zh-Hans = "满 7 天", zh-Hant = "滿 7 天", en = "It ends after day 7." }
"#;

/// Both sides of its boundary.
const EXAMPLES: &str = r#"
[[example]]
name = "the seventh day"
on = 2022-06-17
facts = [{ kind = "contact", value = "close", at = 2022-06-10, issuer = "cdc" }]
expect = { color = "red", reasons = ["G1"], until = 2022-06-18 }

[[example]]
name = "the eighth day"
on = 2022-06-18
facts = [{ kind = "contact", value = "close", at = 2022-06-10, issuer = "cdc" }]
expect = { color = "green" }
"#;

/// A paper code of the reader's own, as its text.
const PAPER: &str = "fetch('/api/v1/persons/me/paper-codes', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ days: 1 }),
}).then((made) => made.json()).then(({ code }) => code)";

#[tokio::test]
async fn whoever_moves_lets_the_desk_there_help_and_is_judged_by_its_rules_and_the_former_code_is_refused() {
    let Some((browser, server)) = in_city().await else { return };
    has_rules_of_its_own(&browser, &server).await;
    registers_there(&browser, &server).await;
    assert_eq!(browser.value(COLOR).await, json!("green"));
    browser.until(DRAWN).await;
    let former = browser.value(PAPER).await.as_str().unwrap().to_owned();
    browser.goto(&server.on("gate", "/language?to=en&back=/checkpoint")).await.unwrap();
    is_ready(&browser).await;
    browser.press("h1").await;
    assert_eq!(typed(&browser, &former).await, "Green");

    is_moved(&browser, &server).await;

    browser.visit(&server.at("/code"), "code-moved").await;
    assert_eq!(browser.value(COLOR).await, json!("yellow"));
    browser.says("main .as-of", "LS").await;
    browser.says("section[aria-labelledby='why']", "a symptom such as fever or cough").await;
    browser.visit(&server.at("/facts"), "facts-moved").await;
    browser.says("main", "Yuzhou").await;
    browser.visit(&server.at("/facts/journal"), "facts-journal-moved").await;
    browser.says("main", "was corrected at a desk").await;
    browser.says("main", "worker, at a community desk").await;
    let told =
        "fetch('/notices').then((page) => page.text()).then((page) => page.includes('You live elsewhere'))";
    browser.until_it_is(told, &json!(true)).await;
    browser.visit(&server.at("/notices"), "notices-moved").await;
    browser.says("main", "A community desk (worker) noted that you live in").await;

    is_refused(&browser, &server, &former).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

/// The commission publishes rules for one city; nobody is worse off, for nobody lives there.
async fn has_rules_of_its_own(browser: &Browser, server: &Server) {
    sign_in_at_office(browser, server, "commissioner").await;
    let today = browser.today().await;
    let sunset = format!("new Date(Date.parse('{today}') + 60 * 86_400_000).toISOString().slice(0, 10)");
    let sunset = browser.value(&sunset).await;
    let rules = RULES.replace("TODAY", &today).replace("SUNSET", sunset.as_str().unwrap());
    browser.goto(&server.on("commissioner", "/office/rules")).await.unwrap();
    let fill = "for (const [name, text] of Object.entries(arguments[0])) document.getElementById(name).value = text;";
    browser.execute(fill, vec![json!({ "rules": rules, "examples": EXAMPLES })]).await.unwrap();
    browser.follow("main form:last-of-type button").await;
    browser.axe("office-rules-of-a-city").await;
    browser.follow("section[aria-labelledby='ahead'] form:has(input[value='publish']) button").await;
    assert!(browser.path().await.starts_with("/rules/"), "{}", browser.read("main").await);
}

/// Somebody registers in that city, and coughs.
async fn registers_there(browser: &Browser, server: &Server) {
    browser.goto(&server.at("/language?to=en&back=/register")).await.unwrap();
    browser.choose("whom", "self").await;
    browser.choose("kind", "resident-id").await;
    browser.write("number", MOVER).await;
    browser.write("place-name", "450305").await;
    browser.write("initials", "LS").await;
    browser.write("contact", "13800138006").await;
    browser.press("#consent").await;
    browser.follow("main form button[value='register']:not(.first)").await;
    browser.goto(&server.at("/sign-in?back=/declare/health")).await.unwrap();
    enter(browser, MOVER).await;
    browser.choose("feeling", "unwell").await;
    browser.choose("symptom", "cough").await;
    browser.follow("main form button[value='check']").await;
    browser.says("main", "Your code stays the same: green").await;
    browser.follow("main form button[value='send']").await;
    assert_eq!(browser.path().await, "/code?done=declared");
}

/// The desk of the new home asks for their code, is given it, and corrects where they live.
async fn is_moved(browser: &Browser, server: &Server) {
    sign_in_at_office(browser, server, "worker").await;
    browser.goto(&server.on("worker", "/office/community")).await.unwrap();
    browser.element("#ask").await.send_keys(MOVER).await.unwrap();
    browser.follow("form[action$='/consent-codes'] button").await;
    browser.axe("office-code-sent").await;
    let code: String = browser.read("#demo-code").await.chars().filter(char::is_ascii_digit).collect();
    browser.element("#code").await.send_keys(&code).await.unwrap();
    browser.follow("form[action$='/consents'] button").await;
    browser.axe("office-help-mover").await;
    browser.write("home", "450902").await;
    browser.press("form[action$='/amendments'] input[type='checkbox'][required]").await;
    browser.follow("form[action$='/amendments'] button").await;
    browser.says("main .done", "It is corrected, and the person is told.").await;
    browser.axe("office-amended").await;
}

/// A gate that has fetched the lists says that the former code is no more: they are handed out for some seconds before they are made anew.
async fn is_refused(browser: &Browser, server: &Server, former: &str) {
    for _ in 0..15 {
        browser.goto(&server.on("gate", "/checkpoint")).await.unwrap();
        is_ready(browser).await;
        browser.press("h1").await;
        if typed(browser, former).await == "Revoked" {
            browser.axe("checkpoint-moved").await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    panic!("the former code counts on");
}
