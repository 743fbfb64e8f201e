//! From registering to a red code that everybody understands, also with the network cut.

use serde_json::json;

use super::{COLOR, DRAWN, WORD, is_ready};
use crate::harness::{Browser, Camera, Film, Server};
use crate::people::{NEWCOMER, enter, sign_in_at_desk};

/// What stands beside the checkpoint's word.
const COMPARED: &str = "[...document.querySelectorAll('#result dd')].map((one) => one.textContent)";

#[tokio::test]
async fn a_contact_turns_a_newcomer_red_who_sees_why_and_until_when_and_is_let_judge_offline_too() {
    let film = Film::of_nothing();
    let Some(browser) = Browser::open(Camera::Film(&film)).await else { return };
    let mut server = Server::demo();

    registers(&browser, &server).await;
    declares_to_be_well(&browser).await;
    assert_eq!(browser.value(COLOR).await, json!("green"));
    browser.until(DRAWN).await;
    browser.axe("code-green").await;

    is_recorded_as_a_contact(&browser, &server).await;
    browser.visit(&server.at("/code"), "code-pending").await;
    assert_eq!(browser.value(COLOR).await, json!("green"));
    is_countersigned(&browser, &server).await;

    browser.visit(&server.at("/code"), "code-red").await;
    assert_eq!(browser.value(COLOR).await, json!("red"));
    explains_itself(&browser).await;

    // The checkpoint, while it can reach the centre: it gets its keys and its worker.
    browser.goto(&server.on("gate", "/language?to=en&back=/checkpoint")).await.unwrap();
    is_ready(&browser).await;
    is_judged(&browser, &server, &film).await;

    assert_eq!(browser.complaints().await, Vec::<String>::new());

    server.stop();
    is_judged(&browser, &server, &film).await;
    tells_how_old_it_is(&browser, &server).await;
}

async fn registers(browser: &Browser, server: &Server) {
    browser.visit(&server.at("/language?to=en&back=/"), "home").await;
    browser.follow("main a[href='/register']").await;
    browser.axe("register").await;
    browser.choose("whom", "self").await;
    browser.choose("kind", "resident-id").await;
    browser.write("number", NEWCOMER).await;
    browser.write("place-name", "450902").await;
    browser.write("initials", "ZS").await;
    browser.write("contact", "13800138000").await;
    browser.follow("main form button[value='register']:not(.first)").await;
    // Nothing is stored without consent, and nothing that was typed is lost.
    browser.says("#mistakes", "Without your consent nothing is stored").await;
    browser.axe("register-mistake").await;
    browser.press("#consent").await;
    browser.follow("main form button[value='register']:not(.first)").await;
    assert_eq!(browser.path().await, "/register/done?whom=self");
    browser.axe("register-done").await;
    browser.follow("main .actions a").await;
    browser.axe("sign-in").await;
    enter(browser, NEWCOMER).await;
    assert_eq!(browser.path().await, "/code");
}

async fn declares_to_be_well(browser: &Browser) {
    browser.follow("nav.places a[href='/declare']").await;
    browser.axe("declare").await;
    browser.follow("main a[href='/declare/health']").await;
    browser.axe("declare-health").await;
    browser.choose("feeling", "well").await;
    browser.follow("main form button[value='check']").await;
    browser.axe("declare-check").await;
    browser.follow("main form button[value='send']").await;
    assert_eq!(browser.path().await, "/code?done=declared");
    browser.says("main", "Your declaration was received").await;
}

async fn is_recorded_as_a_contact(browser: &Browser, server: &Server) {
    let today = browser.today().await;
    sign_in_at_desk(browser, server, "cdc", "cdc:450900").await;
    browser.choose("kind", "contact").await;
    browser.follow("main form button").await;
    browser.write("person", NEWCOMER).await;
    browser.choose("value", "close").await;
    browser.write("at_day", &today).await;
    browser.write("evidence", "INV-JOURNEY-1").await;
    browser.follow("main form button").await;
    browser.says("main", "waits for a second organisation").await;
    browser.follow("form.sign button").await;
    assert!(browser.path().await.starts_with("/desk/submissions/"));
    browser.says("main tbody", "waits for a second organisation").await;
}

async fn is_countersigned(browser: &Browser, server: &Server) {
    sign_in_at_desk(browser, server, "community", "community:450902").await;
    browser.follow("main a[href='/desk/countersign']").await;
    browser.axe("desk-countersign").await;
    let link = "main tbody th a";
    browser.says(link, "INV-JOURNEY-1").await;
    browser.follow(link).await;
    browser.axe("desk-countersign-one").await;
    browser.write("person", NEWCOMER).await;
    browser.follow("main form button").await;
    browser.axe("desk-countersign-signs").await;
    browser.follow("form.sign button").await;
    assert_eq!(browser.path().await, "/desk/countersign");
    browser.says("main", "Nothing waits for you here").await;
}

/// The page says why, by whom, until when, and the way back.
async fn explains_itself(browser: &Browser) {
    browser.says("#color", "red").await;
    let until = browser.read("#until").await;
    let day = until.split("changes on ").nth(1).unwrap().split(',').next().unwrap();
    browser.says("section[aria-labelledby='why']", "close contact").await;
    browser.says("section[aria-labelledby='why']", "INV-JOURNEY-1").await;
    browser.says("section[aria-labelledby='way']", &format!("Green again on {day}")).await;
    browser.says("section[aria-labelledby='way']", "Nothing to do but to wait").await;
    let report = browser.element("article.reason a.report").await.attr("href").await.unwrap().unwrap();
    assert!(report.starts_with("/facts/") && report.ends_with("/appeal"), "{report}");
}

/// The phone is held up to the checkpoint's camera; neither knows whether the centre is there.
async fn is_judged(browser: &Browser, server: &Server, film: &Film) {
    browser.goto(&server.at("/code")).await.unwrap();
    browser.until(DRAWN).await;
    let screen = browser.screen_of("#picture").await;
    browser.goto(&server.on("gate", "/checkpoint")).await.unwrap();
    is_ready(browser).await;
    film.show_screen(&screen);
    browser.press("#start").await;
    browser.until(&format!("{WORD} === 'Red'")).await;
    assert_eq!(browser.value(COMPARED).await, json!(["ZS", "12-31", "Guangxi"]));
    browser.axe("checkpoint-red").await;
}

/// Ten minutes later, with the centre down, the page is the last one and says so; a day later it shows no code any more.
async fn tells_how_old_it_is(browser: &Browser, server: &Server) {
    let ahead =
        |minutes: u32| format!("{{ const real = Date.now; Date.now = () => real() + {minutes} * 60_000; }}");
    browser.before_pages(&ahead(10)).await;
    browser.goto(&server.at("/code")).await.unwrap();
    browser.until(DRAWN).await;
    browser.until("!document.getElementById('stale').hidden").await;
    browser.says("#stale", "10 min ago").await;
    browser.says("#color", "red").await;
    browser.axe("code-centre-down").await;
    browser.before_pages(&ahead(3 * 24 * 60)).await;
    browser.refresh().await.unwrap();
    browser.until("!document.getElementById('qr-trouble').hidden").await;
    browser.says("#qr-trouble", "The last code has expired").await;
    browser.says("#stale", "3 days ago").await;
    assert_eq!(browser.value(DRAWN).await, json!(null));
    browser.axe("code-expired").await;
}
