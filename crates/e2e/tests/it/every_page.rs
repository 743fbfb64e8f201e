//! No page is left out: each one that the server has is opened by somebody whom it is for, and held to be for everybody.

use std::collections::BTreeSet;

use serde_json::json;

use crate::harness::{Browser, Camera, Server};
use crate::people::{CONTACT, RETURNING, sign_in, sign_in_at_desk, sign_in_at_office};
use crate::public;

/// The server's own list of its addresses, which a test of it holds to be whole.
const ADDRESSES: &str = include_str!("../../../server/tests/it/cases/pages.rs");

/// Answers that are no page: files, and what leads to another address.
const NO_PAGES: [&str; 9] = [
    "/app.webmanifest",
    "/assets/{name}",
    "/checkpoint/regions.json",
    "/checkpoint/{name}",
    "/language",
    "/log/{*file}",
    "/openapi.json",
    "/sw.js",
    "/type",
];

/// Looked at in other journeys: the form of a kind of fact by the laboratory (`desk.rs`), and a proposal, which two offices make (`brake.rs`).
const ELSEWHERE: [&str; 2] = ["/desk/fact", "/office/proposals/{proposal}"];

#[tokio::test]
async fn every_page_is_for_everybody_whom_it_is_for() {
    // The browser before the city: where there is none, nothing is tried.
    let Some(browser) = Browser::open(Camera::None).await else { return };
    let server = Server::demo();
    let mut walk =
        Walk { browser: &browser, seen: public::PAGES.into_iter().chain(["/rules/{number}"]).collect() };

    sign_in(&browser, &server, CONTACT, "/facts").await;
    disputes(&browser, "S-118204").await;
    let own = addresses().filter(|page| !page.starts_with("/desk") && !page.starts_with("/office"));
    walk.from(&|path| server.at(path), own).await;

    sign_in_at_desk(&browser, &server, "cdc", "cdc:450900").await;
    records_a_contact(&browser).await;
    walk.from(&|path| server.on("cdc", path), addresses().filter(|page| page.starts_with("/desk"))).await;
    sign_in_at_desk(&browser, &server, "community", "community:450902").await;
    walk.from(&|path| server.on("community", path), ["/desk/countersign"]).await;
    sign_in_at_desk(&browser, &server, "lab", "laboratory:yl-2").await;
    walk.from(&|path| server.on("lab", path), ["/desk/disputes"]).await;
    answers(&browser, &server).await;

    for official in ["commissioner", "arbiter", "worker"] {
        sign_in_at_office(&browser, &server, official).await;
        walk.from(&|path| server.on(official, path), addresses().filter(|page| page.starts_with("/office")))
            .await;
    }

    let without = [NO_PAGES.as_slice(), ELSEWHERE.as_slice()].concat();
    let missed: Vec<_> =
        addresses().filter(|page| !walk.seen.contains(page) && !without.contains(page)).collect();
    assert_eq!(missed, Vec::<&str>::new(), "nobody came to these pages");
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

/// What the server answers to a reader, in the form of its list.
fn addresses() -> impl Iterator<Item = &'static str> {
    ADDRESSES.lines().filter_map(|line| line.trim().strip_prefix("(\"GET\", \"")?.split('"').next())
}

/// The address of the list that a path is one of.
fn address_of(path: &str) -> Option<&'static str> {
    let is_one = |address: &&str| {
        let (mut of, mut in_path) = (address.split('/'), path.split('/'));
        let same = of.by_ref().zip(in_path.by_ref()).all(|(of, part)| of.starts_with('{') || of == part);
        same && address.matches('/').count() == path.matches('/').count()
    };
    addresses().find(|address| *address == path).or_else(|| addresses().find(is_one))
}

struct Walk<'b> {
    browser: &'b Browser,
    seen: BTreeSet<&'static str>,
}

impl Walk<'_> {
    /// Opens pages and what they lead to, each kind once, and checks whatever this reader is answered.
    async fn from(&mut self, at: &dyn Fn(&str) -> String, pages: impl IntoIterator<Item = &'static str>) {
        self.browser.goto(&at("/language?to=zh-Hant&back=/accessibility")).await.unwrap();
        // An address with a name in it is come to by a link alone.
        let mut ahead: Vec<String> =
            pages.into_iter().filter(|page| !page.contains('{')).map(str::to_owned).collect();
        let begun: BTreeSet<String> = ahead.iter().cloned().collect();
        let mut opened = BTreeSet::new();
        while let Some(path) = ahead.pop() {
            let Some(address) = address_of(&path).filter(|page| !NO_PAGES.contains(page)) else { continue };
            let is_new = !self.seen.contains(address) || begun.contains(&path);
            if !is_new || !opened.insert(path.clone()) {
                continue;
            }
            self.browser.goto(&at(&path)).await.unwrap();
            let here = self.browser.value(HERE).await;
            if here != json!([path, 200]) {
                continue;
            }
            if self.seen.insert(address) {
                let name = address.trim_start_matches('/').replace(['/', '{', '}'], "-");
                self.browser.axe(&format!("every-{name}")).await;
            }
            let links = self.browser.value(LINKS).await;
            ahead.extend(links.as_array().unwrap().iter().map(|link| link.as_str().unwrap().to_owned()));
        }
    }
}

const HERE: &str = "[location.pathname, performance.getEntriesByType('navigation')[0].responseStatus]";
const LINKS: &str = "[...document.querySelectorAll('main a[href^=\"/\"]')].map((link) => link.pathname)";

/// «This is wrong» about what has this evidence.
async fn disputes(browser: &Browser, evidence: &str) {
    let fact = format!(
        "[...document.querySelectorAll('div.fact')].find((fact) => fact.textContent.includes('{evidence}')).id"
    );
    let fact = browser.value(&fact).await;
    browser.follow(format!("#{} a.report", fact.as_str().unwrap())).await;
    browser.choose("ground", "not-me").await;
    browser.follow("main form button").await;
}

/// A fact that counts when another organisation has countersigned it.
async fn records_a_contact(browser: &Browser) {
    let today = browser.today().await;
    browser.choose("kind", "contact").await;
    browser.follow("main form button").await;
    browser.write("person", RETURNING).await;
    browser.choose("value", "secondary").await;
    browser.write("at_day", &today).await;
    browser.write("evidence", "INV-EVERY-1").await;
    browser.follow("main form button").await;
    browser.follow("form.sign button").await;
}

/// Whoever recorded what somebody disputes says in their browser, signed, that it is so.
async fn answers(browser: &Browser, server: &Server) {
    browser.goto(&server.on("lab", "/language?to=en&back=/desk/disputes")).await.unwrap();
    browser.follow("main tbody a").await;
    browser.write("person", CONTACT).await;
    browser.choose("confirmed", "true").await;
    browser.follow("main form button").await;
    browser.axe("desk-dispute-signs").await;
    browser.follow("form.sign button").await;
    assert_eq!(browser.path().await, "/desk/disputes");
    assert_eq!(browser.value("document.querySelectorAll('main tbody tr').length").await, json!(0));
}
