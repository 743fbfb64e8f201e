//! One person lets another act: both on their own phones, until the first ends it.

use serde_json::json;

use super::DRAWN;
use super::family::{LEFT, kept_of};
use crate::harness::{Browser, Server, in_city};
use crate::people::{CONTACT, RETURNING, ask_for_code, enter, enter_code};

/// The pages that somebody who has signed in sees most.
const MAIN: [&str; 8] =
    ["/code", "/declare", "/declare/health", "/declare/trip", "/notices", "/family", "/apps", "/sessions"];

#[tokio::test]
async fn whoever_was_let_act_keeps_the_others_code_until_that_ends() {
    let Some((browser, server)) = in_city().await else { return };
    lets_act(&browser, &server).await;
    let ward = takes_it_on(&browser, &server).await;

    // Everything else that is the agent's own, in their language, and in the city's.
    browser.visit(&server.at("/apps"), "apps").await;
    browser.visit(&server.at("/sessions"), "sessions").await;
    browser.goto(&server.at("/language?to=zh-Hans&back=/")).await.unwrap();
    for path in MAIN {
        browser.visit(&server.at(path), &format!("zh-Hans{}", path.replace('/', "-"))).await;
        assert_eq!(browser.value("document.documentElement.lang").await, json!("zh-Hans"), "{path}");
    }

    for path in ["/code".to_owned(), format!("/code?for={ward}")] {
        browser.goto(&server.at(&path)).await.unwrap();
        browser.until("navigator.serviceWorker.controller").await;
        browser.refresh().await.unwrap();
        browser.until(DRAWN).await;
    }
    browser.until_it_is(LEFT, &kept_of(&["me", &ward])).await;

    browser.goto(&server.on("ward", "/family")).await.unwrap();
    browser.follow("article.person form button").await;
    assert_eq!(browser.path().await, "/family?done=ended");
    browser.goto(&server.at(&format!("/code?for={ward}"))).await.unwrap();
    assert_eq!(
        browser.value("document.getElementById('status')").await,
        json!(null),
        "it is not theirs to see"
    );
    browser.until_it_is(LEFT, &kept_of(&["me"])).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

/// Somebody lets another act for them for a week.
async fn lets_act(browser: &Browser, server: &Server) {
    browser.goto(&server.on("ward", "/language?to=en&back=/family/agent")).await.unwrap();
    assert_eq!(browser.path().await, "/sign-in?back=/family/agent");
    ask_for_code(browser, RETURNING).await;
    browser.axe("sign-in-code").await;
    enter_code(browser).await;
    browser.axe("family-agent").await;
    browser.choose("kind", "resident-id").await;
    browser.write("number", CONTACT).await;
    browser.choose("days", "7").await;
    browser.follow("main form button").await;
    assert_eq!(browser.path().await, "/family?done=agent");
}

/// The other takes it on. Gives the id under which the first is known to them.
async fn takes_it_on(browser: &Browser, server: &Server) -> String {
    browser.goto(&server.at("/language?to=en&back=/family/ward")).await.unwrap();
    enter(browser, CONTACT).await;
    browser.axe("family-ward").await;
    browser.choose("kind", "resident-id").await;
    browser.write("number", RETURNING).await;
    browser.follow("main form button").await;
    assert_eq!(browser.path().await, "/family?done=ward");
    browser.follow("article.person a[href^='/code?for=']").await;
    browser.until(DRAWN).await;
    browser.path().await.trim_start_matches("/code?for=").to_owned()
}
