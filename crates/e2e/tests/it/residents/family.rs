//! One phone for a family: a child without a document, large type, paper; and what is left after signing out.

use serde_json::{Value, json};

use super::{COLOR, DRAWN};
use crate::harness::{Browser, Server, in_city};
use crate::people::{RETURNING, sign_in};

/// Everything that a device could keep of a person; what pages are made of is everybody's.
pub(super) const LEFT: &str = "(async () => {
    const left = [...await indexedDB.databases()].map(({ name }) => name).concat(Object.keys(localStorage), Object.keys(sessionStorage));
    for (const name of await caches.keys())
        for (const { url } of await (await caches.open(name)).keys()) left.push(url.slice(location.origin.length));
    return left.filter((one) => !one.startsWith('/assets/')).sort();
})()";

#[tokio::test]
async fn a_guardian_acts_for_a_child_in_large_type_prints_its_paper_and_leaves_nothing_behind() {
    let Some((browser, server)) = in_city().await else { return };
    browser.goto(&server.at("/language?to=en&back=/")).await.unwrap();
    sign_in(&browser, &server, RETURNING, "/code").await;
    browser.until(DRAWN).await;
    registers_a_child(&browser).await;

    browser.follow("article.person a[href^='/code?for=']").await;
    browser.says("main .ward", "You are acting for somebody else").await;
    let child = browser.path().await.trim_start_matches("/code?for=").to_owned();
    declares_for_it(&browser, &server, &child).await;
    assert_eq!(browser.value(COLOR).await, json!("green"));
    browser.until(DRAWN).await;
    browser.axe("code-child").await;

    declares_a_trip_of_two_places_for_it(&browser, &server, &child).await;

    browser.follow("#type").await;
    assert!(browser.path().await.starts_with(&format!("/code?for={child}")), "large type, the same page");
    browser.until(DRAWN).await;
    assert_eq!(browser.value("document.documentElement.className").await, json!("large"));
    browser.axe("code-child-large").await;
    prints(&browser, &server, &child).await;

    // One's own code and page are kept for later, and the child's, until somebody signs out.
    for path in ["/code".to_owned(), format!("/code?for={child}")] {
        browser.until("navigator.serviceWorker.controller").await;
        browser.goto(&server.at(&path)).await.unwrap();
        browser.until(DRAWN).await;
    }
    browser.until_it_is(LEFT, &kept_of(&["me", &child])).await;
    browser.follow("#sign-out").await;
    browser.until_it_is(LEFT, &json!([])).await;
    browser.goto(&server.at("/code")).await.unwrap();
    assert_eq!(browser.path().await, "/sign-in?back=/code");
    browser.back().await.unwrap();
    browser.back().await.unwrap();
    assert!(!browser.source().await.unwrap().contains("id=\"picture\""), "the page is still there");
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

pub(super) async fn registers_a_child(browser: &Browser) {
    browser.follow("nav.places a[href='/family']").await;
    browser.axe("family-nobody").await;
    browser.follow("main a[href='/register']").await;
    browser.choose("whom", "child").await;
    browser.choose("kind", "child").await;
    browser.axe("register-child").await;
    browser.write("birth", "2021-03-04").await;
    browser.write("place-name", "450902").await;
    browser.write("initials", "XM").await;
    browser.press("#consent").await;
    browser.follow("main form button[value='register']:not(.first)").await;
    assert_eq!(browser.path().await, "/family?done=child");
    browser.says("main [role='status']", "You can act for the child now.").await;
    browser.axe("family").await;
}

/// What a device keeps of its own person and of those for whom that one acts.
pub(super) fn kept_of(persons: &[&str]) -> Value {
    let page =
        |person: &&str| if *person == "me" { "/code".to_owned() } else { format!("/code?for={person}") };
    let codes = persons.iter().map(|person| format!("/api/v1/persons/{person}/codes"));
    let mut kept: Vec<String> = persons.iter().map(page).chain(codes).chain(["mingma".to_owned()]).collect();
    kept.sort();
    json!(kept)
}

async fn declares_for_it(browser: &Browser, server: &Server, child: &str) {
    browser.visit(&server.at(&format!("/declare?for={child}")), "declare-child").await;
    browser.follow("main a[href^='/declare/health']").await;
    browser.choose("feeling", "well").await;
    browser.follow("main form button[value='check']").await;
    browser.says("main .ward", "XM").await;
    browser.follow("main form button[value='send']").await;
    assert_eq!(browser.path().await, format!("/code?for={child}&done=declared"));
}

async fn declares_a_trip_of_two_places_for_it(browser: &Browser, server: &Server, child: &str) {
    let today = browser.today().await;
    browser.goto(&server.at(&format!("/declare/trip?for={child}"))).await.unwrap();
    browser.write("place-name", "450903").await;
    browser.write("from", &today).await;
    browser.follow("main form button[value='add']").await;
    assert_eq!(browser.value("location.hash").await, json!("#stay-2"), "where the new one stands");
    browser.write("place-name-2", "450902").await;
    browser.axe("declare-trip-two").await;
    browser.follow("main form button[value='check']:not(.first)").await;
    browser.says("#mistakes", "Give the day").await;
    browser.axe("declare-trip-mistake").await;
    browser.write("from-2", &today).await;
    browser.follow("main form button[value='check']:not(.first)").await;
    assert_eq!(
        browser.value("document.querySelectorAll('main section:first-of-type li').length").await,
        json!(2)
    );
    browser.axe("declare-trip-check").await;
    browser.follow("main form button[value='send']").await;
    assert_eq!(browser.path().await, format!("/code?for={child}&done=declared"));
    browser.until(DRAWN).await;
}

async fn prints(browser: &Browser, server: &Server, child: &str) {
    browser.visit(&server.at(&format!("/code/paper?for={child}")), "paper-ask").await;
    browser.choose("days", "7").await;
    browser.choose("size", "card").await;
    browser.follow("main form button").await;
    browser.says("#sheet", "XM").await;
    browser.says("#sheet", "Counts until").await;
    browser.until("!document.getElementById('print').hidden").await;
    browser.axe("paper").await;
    // What comes out of the printer: the sheet alone.
    browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
    browser.picture("paper-print").await;
    let shown = "[...document.querySelectorAll('header, nav, footer, .screen')].filter((one) => one.checkVisibility()).length";
    assert_eq!(browser.value(shown).await, json!(0));
    assert_eq!(browser.value("document.querySelector('#sheet svg').checkVisibility()").await, json!(true));
    browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "" })).await;
    // A lost one is reported from where it was made.
    browser.visit(&server.at(&format!("/code/paper?for={child}")), "paper-held").await;
    browser.follow("section[aria-labelledby='held'] button").await;
    browser.says("main [role='status']", "The paper is revoked.").await;
}
