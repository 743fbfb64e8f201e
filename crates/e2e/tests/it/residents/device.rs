//! The phone's own key: it proves the code by itself, and nobody takes it out.

use serde_json::json;

use super::family::registers_a_child;
use super::{DRAWN, WORD, is_ready};
use crate::harness::{Browser, Camera, Film, Server};
use crate::people::{CONTACT, sign_in};

/// What the phone keeps for its pages, every key tried to be taken out of it: their names, and what came of it.
const TAKEN: &str = "(async () => {
    const opened = await new Promise((done) => {
        const asked = indexedDB.open('mingma');
        asked.onsuccess = () => done(asked.result);
    });
    const all = (what) => new Promise((done) => {
        const asked = opened.transaction('kept').objectStore('kept')[what]();
        asked.onsuccess = () => done(asked.result);
    });
    const [names, values] = [await all('getAllKeys'), await all('getAll')];
    opened.close();
    const pair = values[names.findIndex((name) => name.startsWith('device:'))];
    const tried = ['pkcs8', 'jwk', 'raw'].map((format) =>
        crypto.subtle.exportKey(format, pair.privateKey).then(() => 'taken', (error) => error.name));
    return [names.map((name) => name.split(':')[0]), pair.privateKey.extractable, await Promise.all(tried)];
})()";

/// Whether the clock shows its instant as clocks in China do.
const CLOCK_IS_THERE: &str = "(() => {
    const clock = document.getElementById('clock');
    const there = { hour12: false, timeZone: 'Asia/Shanghai' };
    return clock.textContent === new Date(clock.dateTime).toLocaleTimeString('en', there);
})()";

/// When the code that is shown was proven.
const PROVEN: &str = "document.getElementById('qr').dataset.proofAt";

/// Half a minute passes in half a second for whatever the page does every half minute.
const HASTE: &str =
    "{ const real = setInterval; setInterval = (act, ms) => real(act, ms === 30_000 ? 500 : ms); }";

/// A centre that never answers who asks it for a code, however long they wait.
const UNANSWERED: &str = "{
    const real = fetch;
    fetch = (to, how) => how?.method === 'POST' ? new Promise(() => {}) : real(to, how);
}";

#[tokio::test]
async fn the_phone_renews_its_code_without_the_centre_by_a_key_that_nobody_takes_out() {
    let film = Film::of_nothing();
    let Some(browser) = Browser::open(Camera::Film(&film)).await else { return };
    let mut server = Server::demo();
    browser.goto(&server.at("/language?to=en&back=/")).await.unwrap();
    sign_in(&browser, &server, CONTACT, "/code").await;
    browser.until(DRAWN).await;
    has_one_clock(&browser, &server).await;
    assert_eq!(
        browser.value(TAKEN).await,
        json!([["device"], false, ["InvalidAccessError", "InvalidAccessError", "InvalidAccessError"]])
    );

    browser.goto(&server.on("gate", "/language?to=en&back=/checkpoint")).await.unwrap();
    is_ready(&browser).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    is_shown_by_a_centre_that_hangs(&browser, &server).await;
    server.stop();
    browser.before_pages(HASTE).await;
    browser.before_pages(UNANSWERED).await;
    browser.goto(&server.at("/code")).await.unwrap();
    browser.until(DRAWN).await;
    let first = browser.value(PROVEN).await;
    browser.until(&format!("{PROVEN} > {first}")).await;
    let screen = browser.screen_of("#picture").await;
    browser.goto(&server.on("gate", "/checkpoint")).await.unwrap();
    is_ready(&browser).await;
    film.show_screen(&screen);
    browser.press("#start").await;
    browser.until(&format!("{WORD} !== ''")).await;
    assert_eq!(browser.value(WORD).await, json!("Red"));
}

/// The page's clock is that of the place whose rules count, as everything on the page, wherever the phone says that it is.
async fn has_one_clock(browser: &Browser, server: &Server) {
    browser.devtools("Emulation.setTimezoneOverride", json!({ "timezoneId": "America/New_York" })).await;
    browser.goto(&server.at("/code")).await.unwrap();
    browser.until(DRAWN).await;
    assert_eq!(browser.value(CLOCK_IS_THERE).await, json!(true));
    browser.devtools("Emulation.setTimezoneOverride", json!({ "timezoneId": "" })).await;
    browser.goto(&server.at("/code")).await.unwrap();
    browser.until(DRAWN).await;
}

/// One's own code and a child's, each with its age, while the centre takes every request and answers none.
async fn is_shown_by_a_centre_that_hangs(browser: &Browser, server: &Server) {
    browser.goto(&server.at("/code")).await.unwrap();
    registers_a_child(browser).await;
    browser.follow("article.person a[href^='/code?for=']").await;
    browser.until(DRAWN).await;
    let child = browser.path().await;
    server.hang();
    for path in ["/code", &child] {
        browser.goto(&server.at(path)).await.unwrap();
        browser.until(DRAWN).await;
        assert_eq!(browser.path().await, path);
    }
    server.go_on();
}
