//! The page keeps nothing of what it reads, and tells nobody.

use mingma_credential::status::Color;
use serde_json::{Value, json};

use super::{KEPT, WORD, click, opened, text, typed};
use crate::harness::{Browser, Camera, Film, Server, now};

/// Everything that this device keeps for the pages: names, sizes and addresses, in every place that a page can write to.
async fn kept(browser: &Browser) -> Value {
    let everything = "(async () => {
        const kept = [location.href, history.length, document.cookie, name,
            ...Object.entries(localStorage), ...Object.entries(sessionStorage), ...await indexedDB.databases()];
        for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) {
                const body = await (await cache.match(request)).arrayBuffer();
                kept.push([name, request.url, body.byteLength]);
            }
        }
        return kept.map(String).sort();
    })()";
    let kept = browser.value(everything).await;
    assert!(
        kept.as_array().is_some_and(|kept| kept.len() > 10),
        "the page and its keys are not kept: {kept}"
    );
    kept
}

#[tokio::test]
async fn a_scan_is_neither_sent_nor_kept_nor_written_down() {
    let server = Server::bare();
    let authority = server.authority();
    let film = Film::of(&authority.shown(Color::Green, now()));
    let Some(browser) = Browser::open(Camera::Film(&film)).await else { return };
    opened(&browser, &server, "en").await;
    browser.until(KEPT).await;
    // The camera's own reader is a part of the page: it comes before the first scan.
    click(&browser, "start").await;
    browser.until(&format!("{WORD} === 'Green'")).await;
    let before = kept(&browser).await;
    browser.requests().await;

    for color in [Color::Green, Color::Yellow, Color::Red] {
        typed(&browser, &authority.paper(color)).await;
    }
    film.show(Some(&authority.paper(Color::Red)));
    click(&browser, "again").await;
    browser.until(&format!("{WORD} === 'Red'")).await;

    assert_eq!(browser.requests().await, Vec::<String>::new(), "something was asked for because of a scan");
    assert_eq!(kept(&browser).await, before);
    assert_eq!(browser.console().await, Vec::<String>::new());

    browser.goto(&server.at("/rules")).await.unwrap();
    browser.back().await.unwrap();
    browser.until(super::READY).await;
    assert_eq!(text(&browser, WORD).await, "");
    assert_eq!(browser.value("document.getElementById('typed').value").await, json!(""));
    assert_eq!(kept(&browser).await.to_string().matches("HC1").count(), 0);
}
