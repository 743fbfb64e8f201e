//! The pages that everybody may read, whatever stands on them.

use serde_json::json;

use crate::harness::{Browser, Camera, Server};

#[tokio::test]
async fn the_first_page_is_whole_in_three_languages_and_asks_nobody_else() {
    let Some(browser) = Browser::open(Camera::None).await else { return };
    let server = Server::bare();
    for lang in ["zh-Hans", "zh-Hant", "en"] {
        browser.goto(&server.at(&format!("/language?to={lang}&back=/"))).await.unwrap();
        assert_eq!(browser.value("document.documentElement.lang").await, json!(lang));
        browser.axe(&format!("home-{lang}")).await;
    }
    let asked = browser.requests().await;
    assert!(asked.len() >= 6, "{asked:?}");
    for address in asked {
        assert!(address.starts_with(&server.at("/")), "{address}");
    }
    assert_eq!(browser.console().await, Vec::<String>::new());
}
