//! The pages that everybody may read, whatever stands on them.

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use serde_json::json;

use crate::harness::{Browser, in_city};
use crate::people::READER;

/// What nobody has to sign in for.
pub(crate) const PAGES: [&str; 12] = [
    "/",
    "/accessibility",
    "/charter",
    "/checkpoint",
    "/desk/sign-in",
    "/journal",
    "/office/sign-in",
    "/policies",
    "/privacy",
    "/register",
    "/rules",
    "/sign-in",
];

#[tokio::test]
async fn every_public_page_is_for_everybody_in_three_languages_and_asks_nobody_else() {
    let Some((browser, server)) = in_city().await else { return };
    browser.goto(&server.at("/rules")).await.unwrap();
    let rules = browser.element("main article a").await.attr("href").await.unwrap().unwrap();
    for lang in ["zh-Hans", "zh-Hant", "en"] {
        for path in PAGES.into_iter().chain([rules.as_str()]) {
            browser.goto(&server.at(&format!("/language?to={lang}&back={path}"))).await.unwrap();
            assert_eq!(browser.path().await, path);
            assert_eq!(browser.value("document.documentElement.lang").await, json!(lang));
            let name =
                if path == "/" { "home".to_owned() } else { path.trim_start_matches('/').replace('/', "-") };
            browser.axe(&format!("{name}-{lang}")).await;
        }
    }
    let asked = browser.requests().await;
    assert!(asked.len() >= 60, "{asked:?}");
    for address in asked {
        assert!(address.starts_with(&server.at("/")), "{address}");
    }
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

const TAB: char = '\u{E004}';
const ENTER: char = '\u{E007}';
const SPACE: char = ' ';

#[tokio::test]
async fn somebody_registers_with_a_keyboard_alone_and_always_sees_where_they_are() {
    let Some((browser, server)) = in_city().await else { return };
    browser.goto(&server.at("/language?to=en&back=/register")).await.unwrap();
    // The first stop leads past what stands on every page.
    type_keys(&browser, &TAB.to_string()).await;
    assert_eq!(focus(&browser).await, "#content");
    type_keys(&browser, &ENTER.to_string()).await;
    for (field, keys) in [
        ("whom", ""),
        ("kind", ""),
        ("number", READER),
        ("place-name", "450902"),
        ("initials", "ZS"),
        ("contact", "13800138000"),
        ("consent", &SPACE.to_string()),
    ] {
        walk_to(&browser, field).await;
        type_keys(&browser, keys).await;
    }
    walk_to(&browser, "step").await;
    type_keys(&browser, &ENTER.to_string()).await;
    browser.until("location.pathname === '/register/done'").await;
    browser.says("main [role='status']", "The registration was received.").await;
}

/// Goes from stop to stop until the field of this name has the focus; each stop on the way can be seen.
async fn walk_to(browser: &Browser, field: &str) {
    for _ in 0..30 {
        type_keys(browser, &TAB.to_string()).await;
        let seen = "(({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && outlineWidth !== '0px')(
            getComputedStyle(document.activeElement.closest('.choice') ?? document.activeElement))";
        assert_eq!(browser.value(seen).await, json!(true), "on the way to {field}: {}", focus(browser).await);
        if focus(browser).await == field {
            return;
        }
    }
    panic!("no way to {field} by the keyboard");
}

/// The field that has the focus, or where the link leads that has it.
async fn focus(browser: &Browser) -> String {
    let at = "document.activeElement.name || document.activeElement.getAttribute('href') || ''";
    browser.value(at).await.as_str().unwrap().to_owned()
}

async fn type_keys(browser: &Browser, keys: &str) {
    let actions = keys.chars().fold(KeyActions::new("keyboard".to_owned()), |keys, value| {
        keys.then(KeyAction::Down { value }).then(KeyAction::Up { value })
    });
    browser.perform_actions(actions).await.unwrap();
}
