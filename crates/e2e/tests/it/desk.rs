//! Those who submit facts by hand: what they sign, they sign in the browser.

use std::fs;

use serde_json::json;
use tempfile::TempDir;

use crate::harness::{Browser, Server, in_city};
use crate::people::{CONTACT, RETURNING, sign_in_at_desk};

const LABORATORY: &str = "laboratory:yl-2";

#[tokio::test]
async fn a_laboratory_signs_a_form_a_table_with_bad_rows_and_a_correction_in_its_browser() {
    let Some((browser, server)) = in_city().await else { return };
    let files = TempDir::new().unwrap();
    signs_in(&browser, &server, &files).await;
    let today = browser.today().await;
    enters_one(&browser, &today).await;
    uploads(&browser, &server, &files, &today).await;
    takes_back(&browser, &server).await;
    browser.visit(&server.on("lab", "/desk/disputes"), "desk-disputes").await;
    comes_back(&browser, &server).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

async fn signs_in(browser: &Browser, server: &Server, files: &TempDir) {
    let wrong = files.path().join("wrong.pem");
    fs::write(&wrong, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    browser.goto(&server.on("lab", "/language?to=en&back=/desk")).await.unwrap();
    browser.axe("desk-sign-in").await;
    browser.write("issuer", LABORATORY).await;
    browser.write("key", wrong.to_str().unwrap()).await;
    browser.press("#desk-sign-in button").await;
    browser.until("!document.getElementById('not-a-key').hidden").await;
    browser.says("#not-a-key", "This file holds no key of the right kind").await;
    browser.write("key", server.key_file("cdc:450900").to_str().unwrap()).await;
    browser.press("#desk-sign-in button").await;
    browser.until("!document.getElementById('refused').hidden").await;
    browser.says("#refused", "does not count for this institution").await;
    browser.axe("desk-sign-in-refused").await;
    sign_in_at_desk(browser, server, "lab", LABORATORY).await;
    browser.axe("desk").await;
}

async fn enters_one(browser: &Browser, today: &str) {
    browser.choose("kind", "test").await;
    browser.follow("main form button").await;
    browser.axe("desk-fact").await;
    browser.write("person", "450922195001010003").await;
    browser.choose("value", "negative").await;
    browser.write("at_day", today).await;
    browser.write("evidence", "S-JOURNEY-1").await;
    browser.follow("main form button").await;
    browser.says("#wrong", "This is no document").await;
    browser.axe("desk-fact-wrong").await;
    browser.write("person", CONTACT).await;
    browser.follow("main form button").await;
    browser.says("main", "What the person is told").await;
    browser.axe("desk-review").await;
    browser.follow("form.sign button").await;
    assert!(browser.path().await.starts_with("/desk/submissions/"));
    browser.says("main tbody", "counts").await;
    browser.axe("desk-submission").await;
}

async fn uploads(browser: &Browser, server: &Server, files: &TempDir, today: &str) {
    let table = files.path().join("table.csv");
    browser.visit(&server.on("lab", "/desk/table"), "desk-table").await;
    fs::write(&table, "person;kind\n").unwrap();
    browser.write("table", table.to_str().unwrap()).await;
    browser.follow("main form button").await;
    browser.says("main .wrong", "not by commas").await;
    browser.axe("desk-table-wrong").await;
    let rows = format!(
        "person,kind,value,at,until,region,evidence\n\
        {CONTACT},test,negative,{today},,,S-2\n\
        resident-id:{CONTACT}X,test,negative,{today},,,S-3\n\
        resident-id:{RETURNING},test,negatve,{today},,,S-4\n\
        resident-id:{RETURNING},contact,close,{today},,,INV-5\n\
        resident-id:{RETURNING},test,negative,{today},,,S-6\n\
        resident-id:{RETURNING},test,negative,yesterday,,,S-7\n\
        resident-id:{CONTACT},test,negative,{today},,,S-2\n"
    );
    fs::write(&table, rows).unwrap();
    browser.write("table", table.to_str().unwrap()).await;
    browser.follow("main form button").await;
    browser.says("main", "Good rows: 2. Refused rows: 5. Nothing has been sent yet.").await;
    let lines = "[...document.querySelectorAll('section[aria-labelledby=refused] tbody tr')].map((row) =>
        [row.children[0].textContent, row.querySelector('code').textContent])";
    let refused = json!([["3", "person"], ["4", "value"], ["5", "issuer"], ["7", "at"], ["8", "evidence"]]);
    assert_eq!(browser.value(lines).await, refused);
    browser.says("section[aria-labelledby='refused']", "Did you mean “negative”?").await;
    browser.says("section[aria-labelledby='refused']", "It stands first in line 2.").await;
    browser.axe("desk-review-table").await;
    browser.follow("form.sign button").await;
    let rows = "[...document.querySelectorAll('main tbody tr')].map((row) => row.children[2].textContent)";
    assert_eq!(browser.value(rows).await, json!(["S-2", "S-6"]));
}

async fn takes_back(browser: &Browser, server: &Server) {
    browser.visit(&server.on("lab", "/desk/submissions"), "desk-submissions").await;
    browser.says("main .list", "2 rows, 0 refused").await;
    browser.follow("main .list li:first-child a").await;
    browser.follow("main tbody tr:nth-child(2) a").await;
    browser.axe("desk-correct").await;
    browser.write("person", CONTACT).await;
    browser.choose("reason", "entered-in-error").await;
    browser.follow("main form button").await;
    browser.axe("desk-correct-signs").await;
    // Not the person of that row: nothing of anybody else can be taken back, and the page says so in words.
    browser.press("form.sign button").await;
    browser.until("!document.getElementById('outcome').hidden").await;
    browser.says("#outcome", "No such fact is recorded about the person").await;
    browser.axe("desk-correct-refused").await;
    browser.back().await.unwrap();
    browser.write("person", RETURNING).await;
    browser.choose("reason", "entered-in-error").await;
    browser.follow("main form button").await;
    browser.follow("form.sign button").await;
    browser.says("main tbody tr:nth-child(2)", "taken back by").await;
    browser.says("main tbody tr:nth-child(2)", "entered in error").await;
    browser.axe("desk-submission-corrected").await;
}

/// The key stays on the machine, where nobody can take it out, until somebody has it forgotten.
async fn comes_back(browser: &Browser, server: &Server) {
    browser.follow("#sign-out").await;
    browser.goto(&server.on("lab", "/desk")).await.unwrap();
    browser.until("!document.getElementById('key-kept').hidden").await;
    let taken = "import('/assets/institution-key.js').then(async ({ keptKey }) => {
        const key = await keptKey('laboratory:yl-2');
        return [key.extractable, await crypto.subtle.exportKey('pkcs8', key).catch((error) => error.name)];
    })";
    assert_eq!(browser.value(taken).await, json!([false, "InvalidAccessError"]));
    browser.axe("desk-sign-in-kept").await;
    browser.follow("#desk-sign-in button").await;
    assert_eq!(browser.path().await, "/desk");
    browser.follow("#sign-out").await;
    browser.goto(&server.on("lab", "/desk")).await.unwrap();
    browser.until("!document.getElementById('forget').hidden").await;
    browser.press("#forget").await;
    browser.until("document.getElementById('key-kept').hidden").await;
    browser.says("#key-field", "The key file").await;
}
