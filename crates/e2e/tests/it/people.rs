//! The people of the demonstration, and how each of them gets in.

use crate::harness::{Browser, Server};

/// A resident ID that fits its check digit, of nobody: not yet of the city.
pub(crate) const NEWCOMER: &str = "11010519491231002X";

/// Another one.
pub(crate) const READER: &str = "450902198807041236";

/// A third one, who travels.
pub(crate) const TRAVELLER: &str = "450902199202291237";

/// A fourth one, who lives in another city at first.
pub(crate) const MOVER: &str = "450305199303031238";

/// A fifth one, with a new telephone.
pub(crate) const CALLER: &str = "450902199404041236";

/// The demonstration's close contact on day 9.
pub(crate) const CONTACT: &str = "450922195001010002";

/// The demonstration's yellow code on its way back to green.
pub(crate) const RETURNING: &str = "450902195001030008";

/// Where a resident's phone is: `127.0.0.1`, the one address that a phone with a worker of ours is tried at.
pub(crate) async fn sign_in(browser: &Browser, server: &Server, number: &str, back: &str) {
    browser.goto(&server.at(&format!("/sign-in?back={back}"))).await.unwrap();
    enter(browser, number).await;
}

/// Signs a resident in on the page to sign in, with the code that the demonstration shows in place of a message.
pub(crate) async fn enter(browser: &Browser, number: &str) {
    ask_for_code(browser, number).await;
    enter_code(browser).await;
}

/// The first half: the number is given, and the page asks for the code.
pub(crate) async fn ask_for_code(browser: &Browser, number: &str) {
    browser.write("number", number).await;
    browser.follow("main form button").await;
}

/// The second half.
pub(crate) async fn enter_code(browser: &Browser) {
    let said = browser.read("#demo-code").await;
    let code: String = said.chars().filter(char::is_ascii_digit).collect();
    browser.until("document.getElementById('device').value !== ''").await;
    browser.write("code", &code).await;
    browser.follow("main form button").await;
}

/// Signs an institution in at its own machine, with its key file, and asserts that it stands at its desk.
pub(crate) async fn sign_in_at_desk(browser: &Browser, server: &Server, machine: &str, issuer: &str) {
    browser.goto(&server.on(machine, "/language?to=en&back=/desk")).await.unwrap();
    assert_eq!(browser.path().await, "/desk/sign-in?back=/desk");
    browser.write("issuer", issuer).await;
    browser.write("key", server.key_file(issuer).to_str().unwrap()).await;
    browser.follow("#desk-sign-in button").await;
    assert_eq!(browser.path().await, "/desk");
}

/// Signs an official in at their own machine, with password and second factor.
pub(crate) async fn sign_in_at_office(browser: &Browser, server: &Server, name: &str) {
    let official = server.official(name);
    browser.goto(&server.on(name, "/language?to=en&back=/office")).await.unwrap();
    assert_eq!(browser.path().await, "/office/sign-in?back=/office");
    browser.write("name", name).await;
    browser.write("password", &official.password).await;
    browser.write("code", &official.code().await).await;
    browser.follow("main form button").await;
    assert_eq!(browser.path().await, "/office");
}
