//! What is said of each kind of code.

use mingma_credential::status::{Color, StatusRef};
use serde_json::json;

use super::{KEPT, READY, WORD, click, opened, scanned, text, text_of, typed};
use crate::harness::{Authority, Browser, Camera, Film, Server, forged, now};

const HOUR: i64 = 3_600;

/// One code of each kind, and the page's word for it.
fn codes(authority: &Authority) -> [(&'static str, String); 10] {
    let green = authority.paper(Color::Green);
    [
        ("Forged or damaged", forged(&green)),
        ("Green", green),
        ("Yellow", authority.paper(Color::Yellow)),
        ("Red", authority.paper(Color::Red)),
        ("Green", authority.shown(Color::Green, now())),
        ("Clock?", authority.shown(Color::Green, now().plus(-HOUR))),
        ("Expired", authority.paper_of(Color::Green, now().plus(-HOUR), 60)),
        ("Not yet valid", authority.paper_of(Color::Green, now().plus(HOUR), 60)),
        ("Unknown issuer", Authority::unknown().paper(Color::Green)),
        ("Not a health code", "HTTPS://PAY.EXAMPLE/1".to_owned()),
    ]
}

#[tokio::test]
async fn each_kind_of_code_has_its_word_also_with_the_network_cut() {
    let Some(browser) = Browser::open(Camera::None).await else { return };
    let mut server = Server::bare();
    let authority = server.authority();
    opened(&browser, &server, "en").await;
    browser.until(KEPT).await;
    for (expected, code) in codes(&authority).into_iter().take(2) {
        assert_eq!(scanned(&browser, &code).await, expected, "by a scanner");
    }
    for (expected, code) in codes(&authority) {
        assert_eq!(typed(&browser, &code).await, expected);
    }
    // A centre that hangs is no better than none, and is told of like none.
    server.hang();
    browser.refresh().await.unwrap();
    browser.until(READY).await;
    browser.until("!document.getElementById('network-cut').hidden").await;
    for (expected, code) in codes(&authority).into_iter().take(2) {
        assert_eq!(typed(&browser, &code).await, expected, "with a centre that hangs");
    }
    server.go_on();
    browser.refresh().await.unwrap();
    browser.until(READY).await;
    browser.until("document.getElementById('network-cut').hidden").await;
    server.stop();
    browser.refresh().await.unwrap();
    browser.until(READY).await;
    browser.until("!document.getElementById('network-cut').hidden").await;
    let held = text_of(&browser, "keys").await;
    assert!(held.starts_with("Keys from ") && held.contains(" min ago; good until "), "{held}");
    for (expected, code) in codes(&authority) {
        assert_eq!(typed(&browser, &code).await, expected, "with the network cut");
    }
    server.start();
    browser.refresh().await.unwrap();
    browser.until(READY).await;
    browser.until("document.getElementById('network-cut').hidden").await;
}

/// The centre as it is once somebody has reported a code as lost; everything else is the server's own answer.
fn centre_with(shard: u32, list: &[u8]) -> String {
    format!(
        "const real = fetch;
        fetch = async (to, how) => {{
            if (to === '/api/v1/status-lists/{shard}') return new Response(new Uint8Array({list:?}));
            const answer = await real(to, how);
            if (to !== '/api/v1/status-lists') return answer;
            return Response.json({{ lists: [{{ shard: {shard}, tag: 'a1' }}] }}, {{ headers: {{ date: answer.headers.get('date') }} }});
        }};"
    )
}

#[tokio::test]
async fn a_revoked_code_is_told_from_its_neighbour_also_with_the_network_cut() {
    let Some(browser) = Browser::open(Camera::None).await else { return };
    let mut server = Server::bare();
    let authority = server.authority();
    let shard = StatusRef::shard_for(now().plus(86_400), 0).unwrap();
    let place = |index| authority.listed(Color::Green, StatusRef { shard, index });
    let other = authority.listed(Color::Green, StatusRef { shard: shard + 1, index: 3 });
    browser.before_pages(&centre_with(shard, &authority.status_list(shard, 3))).await;
    opened(&browser, &server, "en").await;
    browser.until(KEPT).await;
    for cut in [false, true] {
        assert_eq!(typed(&browser, &place(3)).await, "Revoked", "cut: {cut}");
        assert_eq!(typed(&browser, &place(4)).await, "Green", "cut: {cut}");
        assert_eq!(typed(&browser, &other).await, "Cannot be judged", "cut: {cut}");
        assert!(text_of(&browser, "lists").await.starts_with("Lists of revoked codes: 1, compared"));
        server.stop();
        browser.refresh().await.unwrap();
        browser.until(READY).await;
    }
}

#[tokio::test]
async fn the_camera_reads_what_is_held_up_and_waits_while_a_result_stands() {
    let green = Server::bare();
    let authority = green.authority();
    let film = Film::of(&authority.shown(Color::Green, now()));
    let Some(browser) = Browser::open(Camera::Film(&film)).await else { return };
    opened(&browser, &green, "en").await;
    browser.until(KEPT).await;
    click(&browser, "start").await;
    browser.until(&format!("{WORD} === 'Green'")).await;
    let compared = "[...document.querySelectorAll('#result dd')].map((one) => one.textContent)";
    assert_eq!(browser.value(compared).await, json!(["Z.S.", "05-12", "Yulin 玉林市, Guangxi"]));
    browser.picture("checkpoint-green").await;

    // The next person comes while the result stands: nothing is read until somebody asks for it.
    film.show(Some(&authority.paper(Color::Red)));
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(text(&browser, WORD).await, "Green");
    click(&browser, "again").await;
    browser.until(&format!("{WORD} === 'Red'")).await;

    let mut server = green;
    server.stop();
    for (expected, code) in codes(&authority) {
        film.show(None);
        click(&browser, "again").await;
        film.show(Some(&code));
        browser.until(&format!("{WORD} === '{expected}'")).await;
    }
}

#[tokio::test]
async fn a_result_goes_away_by_itself_and_the_camera_is_off_while_nobody_looks() {
    let server = Server::bare();
    let film = Film::of(&server.authority().paper(Color::Yellow));
    let Some(browser) = Browser::open(Camera::Film(&film)).await else { return };
    opened(&browser, &server, "en").await;
    browser.execute("document.getElementById('after').value = '4'", vec![]).await.unwrap();
    click(&browser, "start").await;
    browser.until(&format!("{WORD} === 'Yellow'")).await;
    film.show(None);
    browser.until(&format!("{WORD} === ''")).await;
    browser.until("!document.getElementById('finder').hidden").await;

    let lit = "document.getElementById('video').srcObject?.active ?? false";
    assert_eq!(browser.value(lit).await, json!(true));
    let seen = format!(
        "seen = []; document.addEventListener('visibilitychange', () => seen.push([document.hidden, {lit}]))"
    );
    browser.execute(&seen, vec![]).await.unwrap();
    let first = browser.window().await.unwrap();
    let other = browser.new_window(true).await.unwrap();
    browser.switch_to_window(other.handle).await.unwrap();
    browser.goto(&server.at("/rules")).await.unwrap();
    browser.close_window().await.unwrap();
    browser.switch_to_window(first).await.unwrap();
    browser.until(lit).await;
    assert_eq!(browser.value("seen[0]").await, json!([true, false]), "hidden, the camera was still on");
    browser.until("!document.getElementById('stop').hidden").await;
    click(&browser, "stop").await;
    assert_eq!(browser.value(lit).await, json!(false));
}

#[tokio::test]
async fn a_camera_that_is_refused_or_missing_says_what_to_do() {
    let server = Server::bare();
    let film = Film::of("HC1:");
    for (camera, said) in [
        (Camera::Refused(&film), "Allow it in the browser’s settings"),
        (Camera::None, "This device has no camera. Type the code"),
    ] {
        let Some(browser) = Browser::open(camera).await else { return };
        opened(&browser, &server, "en").await;
        click(&browser, "start").await;
        browser.until("!document.getElementById('camera-trouble').hidden").await;
        let trouble = text_of(&browser, "camera-trouble").await;
        assert!(trouble.contains(said), "{trouble}");
        assert_eq!(typed(&browser, &server.authority().paper(Color::Green)).await, "Green");
    }
}
