//! «This is wrong»: from the resident's page to the appeals office and back.

use serde_json::json;

use super::{COLOR, DRAWN};
use crate::harness::{Browser, Server, in_city};
use crate::people::{CONTACT, sign_in, sign_in_at_office};

#[tokio::test]
async fn an_error_is_reported_answered_by_the_office_and_the_code_is_green_again() {
    let Some((browser, server)) = in_city().await else { return };
    browser.goto(&server.at("/language?to=en&back=/")).await.unwrap();
    sign_in(&browser, &server, CONTACT, "/code").await;
    assert_eq!(browser.value(COLOR).await, json!("red"));

    browser.follow("article.reason a.report").await;
    browser.axe("appeal").await;
    browser.follow("main form button").await;
    browser.says("#mistakes", "Choose what is wrong.").await;
    browser.axe("appeal-mistake").await;
    browser.choose("ground", "not-me").await;
    browser.follow("main form button").await;
    browser.says("main [role='status']", "waits for an answer, due by").await;
    browser.axe("appeal-open").await;

    is_upheld(&browser, &server).await;

    browser.visit(&server.at("/notices"), "notices").await;
    browser.says("main", "You disputed:").await;
    browser.says("main", "Your appeal was upheld:").await;
    browser.says("main", "Your status was looked at by").await;
    browser.visit(&server.at("/facts"), "facts").await;
    browser.visit(&server.at("/facts/journal"), "facts-journal").await;
    browser.press("#check").await;
    let right = "const right = document.getElementById('check').dataset.right;
        const told = [...document.querySelectorAll('article.fact output')].map((said) => said.textContent);
        return told.length > 3 && told.every((text) => text === right)";
    browser.until(&format!("(() => {{ {right} }})()")).await;
    browser.axe("facts-journal-checked").await;
    browser.visit(&server.at("/facts"), "facts").await;
    browser.says("main", "you were right. Answered on").await;
    browser.says("section[aria-labelledby='looks']", "arbiter").await;
    browser.visit(&server.at("/code"), "code-corrected").await;
    assert_eq!(browser.value(COLOR).await, json!("green"));
    browser.until(DRAWN).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

async fn is_upheld(browser: &Browser, server: &Server) {
    sign_in_at_office(browser, server, "arbiter").await;
    browser.axe("office-appeals-home").await;
    browser.follow("main a[href='/office/appeals']").await;
    browser.says("main tbody", "not about this person").await;
    browser.axe("office-appeals").await;
    browser.follow("main tbody a").await;
    browser.says("main", "INV-2022-0007").await;
    browser.says("#upheld-does", "now red, then green").await;
    browser.axe("office-appeal").await;
    browser.choose("upheld", "true").await;
    browser.press("main form input[type='checkbox']").await;
    browser.follow("main form button").await;
    assert_eq!(browser.path().await, "/office/appeals");
    browser.says("main", "No appeal waits here.").await;
}
