//! A new telephone: it counts when the code that was sent there is given back, and until then the former one does.

use serde_json::json;

use crate::harness::{Browser, Server, in_city};
use crate::people::{CALLER, enter};

#[tokio::test]
async fn a_new_contact_counts_when_its_code_is_given_back_and_not_with_another_one() {
    let Some((browser, server)) = in_city().await else { return };
    registers(&browser, &server).await;
    browser.follow("main a[href='/contact']").await;
    browser.says("main", "You are reached at …8005 now.").await;
    browser.axe("contact").await;

    browser.write("contact", "8005").await;
    browser.follow("form[action='/contact'] button").await;
    browser.says("#mistakes", "neither a telephone number").await;
    browser.axe("contact-mistake").await;
    browser.write("contact", "13900139005").await;
    browser.follow("form[action='/contact'] button").await;
    browser.says("section[aria-labelledby='prove']", "on its way to +8613900139005").await;
    browser.axe("contact-prove").await;
    let code: String = browser.read("#demo-code").await.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(code.len(), 6);

    // Another code, and the page as it is when it is opened again: the former number counts, the right code too.
    let other = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    browser.write("code", &other).await;
    browser.follow("form[action='/contact/code'] button").await;
    browser.says("#mistakes", "another code than was sent").await;
    browser.says("main", "You are reached at …8005 now.").await;
    browser.axe("contact-wrong-code").await;
    browser.goto(&server.at("/contact")).await.unwrap();
    browser.write("code", &code).await;
    browser.follow("form[action='/contact/code'] button").await;
    assert_eq!(browser.path().await, "/contact?done=changed");
    browser.says("main [role='status']", "It is changed.").await;
    browser.says("main", "You are reached at …9005 now.").await;
    assert_eq!(browser.value("document.getElementById('prove')").await, json!(null));
    browser.axe("contact-changed").await;

    browser.visit(&server.at("/notices"), "notices-contact").await;
    browser.says("main", "Where you are reached was changed.").await;
    browser.visit(&server.at("/facts/journal"), "facts-journal-contact").await;
    browser.says("main", "Where you are reached was changed").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

async fn registers(browser: &Browser, server: &Server) {
    browser.goto(&server.at("/language?to=en&back=/register")).await.unwrap();
    browser.choose("whom", "self").await;
    browser.choose("kind", "resident-id").await;
    browser.write("number", CALLER).await;
    browser.write("place-name", "450902").await;
    browser.write("contact", "13800138005").await;
    browser.press("#consent").await;
    browser.follow("main form button[value='register']:not(.first)").await;
    browser.goto(&server.at("/sign-in?back=/facts")).await.unwrap();
    enter(browser, CALLER).await;
    assert_eq!(browser.path().await, "/facts");
}
