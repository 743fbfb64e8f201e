//! What the page says besides: its age, its clock, its sounds; for every reader and on every screen.

use mingma_credential::status::Color;
use serde_json::json;

use super::{READY, opened, text_of, typed};
use crate::harness::{Authority, Browser, Camera, Server, now};

/// Every page that is opened from now on has a clock that is so many seconds ahead.
async fn set_clock(browser: &Browser, seconds: i64) {
    browser.before_pages(&format!("const real = Date.now; Date.now = () => real() + {seconds}_000;")).await;
}

#[tokio::test]
async fn keys_past_their_time_judge_nothing_and_say_so() {
    let Some(browser) = Browser::open(Camera::None).await else { return };
    let server = Server::bare();
    let green = server.authority().paper_of(Color::Green, now(), 30 * 86_400);
    opened(&browser, &server, "en").await;
    assert_eq!(typed(&browser, &green).await, "Green");
    set_clock(&browser, 31 * 86_400).await;
    browser.refresh().await.unwrap();
    browser.until(READY).await;
    let held = text_of(&browser, "keys").await;
    assert!(held.contains("It judges nothing until it has been connected"), "{held}");
    assert_eq!(typed(&browser, &green).await, "Keys too old");
    assert_eq!(browser.value("document.querySelector('#result .green')").await, json!(null));
}

#[tokio::test]
async fn a_device_that_has_never_been_connected_judges_nothing() {
    let Some(browser) = Browser::open(Camera::None).await else { return };
    let server = Server::bare();
    // A centre without keys answers every page and no trust list.
    browser.before_pages("const real = fetch; fetch = (to, how) => String(to).includes('/api/') ? Promise.reject(new TypeError()) : real(to, how);").await;
    opened(&browser, &server, "en").await;
    assert_eq!(typed(&browser, &server.authority().paper(Color::Green)).await, "No keys");
    assert!(text_of(&browser, "keys").await.contains("has no keys yet"));
}

#[tokio::test]
async fn a_clock_that_is_wrong_by_more_than_a_minute_is_named() {
    let server = Server::bare();
    let green = server.authority().paper_of(Color::Green, now().plus(-600), 86_400);
    for (seconds, said, word) in [
        (300, "clock is 5 min fast", "Green"),
        (-300, "clock is 5 min slow", "Wrong clock"),
        (30, "", "Green"),
    ] {
        let Some(browser) = Browser::open(Camera::None).await else { return };
        set_clock(&browser, seconds).await;
        opened(&browser, &server, "en").await;
        let warning = text_of(&browser, "clock-wrong").await;
        assert!(warning.contains(said) && warning.is_empty() == said.is_empty(), "{seconds}: {warning}");
        assert_eq!(typed(&browser, &green).await, word, "{seconds}");
    }
}

#[tokio::test]
async fn each_signal_sounds_different_and_can_be_muted() {
    let Some(browser) = Browser::open(Camera::None).await else { return };
    let server = Server::bare();
    let authority = server.authority();
    browser
        .before_pages(
            "globalThis.heard = []; const start = OscillatorNode.prototype.start;
            OscillatorNode.prototype.start = function (at) { heard.push(this.frequency.value); start.call(this, at); };",
        )
        .await;
    opened(&browser, &server, "en").await;
    super::click(&browser, "typed").await;
    let mut heard = Vec::new();
    for code in [
        authority.paper(Color::Green),
        authority.paper(Color::Yellow),
        authority.paper(Color::Red),
        Authority::unknown().paper(Color::Green),
    ] {
        typed(&browser, &code).await;
        heard.push(browser.value("heard.splice(0)").await);
    }
    assert_eq!(heard[2], heard[3], "neither a red code nor one of an unknown issuer passes");
    assert!(heard[0] != heard[1] && heard[1] != heard[2] && heard[0] != heard[2], "{heard:?}");
    assert!(heard.iter().all(|tones| !tones.as_array().unwrap().is_empty()), "{heard:?}");
    super::click(&browser, "mute").await;
    typed(&browser, &authority.paper(Color::Green)).await;
    assert_eq!(browser.value("heard").await, json!([]));
}

/// Shows every result at once, as if each had been judged.
const ALL: &str = "document.getElementById('result').replaceChildren(
    ...[...document.querySelectorAll('template')].map((one) => one.content.cloneNode(true)))";

#[tokio::test]
async fn every_result_is_for_everybody_in_three_languages_and_on_small_and_wide_screens() {
    let Some(browser) = Browser::open(Camera::None).await else { return };
    let server = Server::bare();
    for lang in ["zh-Hans", "zh-Hant", "en"] {
        opened(&browser, &server, lang).await;
        browser.axe(&format!("checkpoint-{lang}")).await;
        for (width, height, name) in [(320, 640, "phone"), (1_180, 820, "tablet")] {
            let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
            browser.devtools("Emulation.setDeviceMetricsOverride", screen).await;
            typed(&browser, &server.authority().paper(Color::Green)).await;
            browser.picture(&format!("checkpoint-{lang}-{name}")).await;
            browser.execute(ALL, vec![]).await.unwrap();
            assert_eq!(browser.value("document.querySelectorAll('#result .word').length").await, json!(15));
            let over = browser.value("document.documentElement.scrollWidth - innerWidth").await;
            assert!(over.as_i64().unwrap() <= 0, "{lang} {name}: {over} pixels too wide");
            browser.axe(&format!("checkpoint-{lang}-{name}-all")).await;
        }
        browser.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await;
    }
}
