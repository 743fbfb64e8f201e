//! What holds for every page of a resident: its language, its links, what it never shows.

use axum::http::StatusCode;

use crate::browser::{Browser, LANGUAGES};
use crate::house::House;
use crate::residents::{NUMBER, registered};

/// Every page of a resident.
const PAGES: [&str; 22] = [
    "/",
    "/accessibility",
    "/apps",
    "/checkpoint",
    "/charter",
    "/code",
    "/code/paper",
    "/contact",
    "/declare",
    "/declare/health",
    "/declare/trip",
    "/facts",
    "/facts/journal",
    "/family",
    "/family/agent",
    "/family/child",
    "/family/ward",
    "/notices",
    "/policies",
    "/privacy",
    "/register",
    "/register/done?whom=parent",
];

#[tokio::test(start_paused = true)]
async fn every_page_is_whole_in_its_language_and_shows_no_number_but_covered() {
    let house = House::new().await;
    let person = registered(&house).await;
    for lang in LANGUAGES {
        let browser = Browser::of(&house, lang, person);
        for path in PAGES.iter().chain(&["/sign-in", "/nowhere"]) {
            let page = browser.get(path).await;
            page.says(&format!("<html lang=\"{lang}\""));
            assert!(!page.text.contains(NUMBER) && !page.text.contains("13800138000"), "{path}");
            let other = match lang {
                "zh-Hans" => "碼",
                "zh-Hant" => "码",
                _ => "。",
            };
            assert!(!page.text.contains(other), "{lang} {path}: {}", page.text);
            for place in ["id=\"content\"", "<h1", "<title>", "class=\"skip\""] {
                page.says(place);
            }
            let bare = |part: &&str| {
                part.contains("style=\"") || part.contains("onclick") || part.contains("<style")
            };
            assert!(!page.text.split('>').any(|part| bare(&part)), "{path}: something inline");
        }
    }
    Browser::of(&house, "en", person).get("/facts").await.says("110***********002X");
}

#[tokio::test]
async fn every_link_of_every_page_leads_to_a_page() {
    let house = House::new().await;
    let browser = Browser::of(&house, "en", house.registered(1).await);
    let mut links = std::collections::BTreeSet::new();
    for path in PAGES {
        let page = browser.get(path).await;
        for attribute in ["href=\"", "src=\"", "action=\""] {
            links.extend(page.quoted(attribute).into_iter().map(|to| to.replace("&amp;", "&")));
        }
        let ids: Vec<&str> = page.quoted(" id=\"");
        for to in page.quoted("href=\"#").into_iter().chain(page.quoted(" for=\"")) {
            assert!(ids.contains(&to), "{path}: nothing is called `{to}`");
        }
        for (at, id) in ids.iter().enumerate() {
            assert!(!ids[..at].contains(id), "{path}: `{id}` stands twice");
        }
    }
    links.retain(|link| link.starts_with('/') && !link.starts_with("/language"));
    assert!(links.len() > 25, "{links:?}");
    for link in links {
        let status = browser.get(&link).await.status;
        let is_there =
            matches!(status, StatusCode::OK | StatusCode::SEE_OTHER | StatusCode::METHOD_NOT_ALLOWED);
        assert!(is_there, "{link}: {status}");
    }
}

#[tokio::test]
async fn whoever_has_not_signed_in_is_led_to_it_and_back() {
    let house = House::new().await;
    let visitor = Browser::new(&house, "en");
    for path in ["/code", "/facts", "/notices", "/family", "/apps", "/declare/health", "/code/paper"] {
        visitor.get(path).await.leads(&format!("/sign-in?back={path}"));
    }
    visitor.get("/code?for=x&y=1").await.leads("/sign-in?back=/code%3Ffor%3Dx%26y%3D1");
    for path in ["/", "/register", "/privacy", "/accessibility", "/rules"] {
        visitor.get(path).await.is(StatusCode::OK).says("id=\"sign-in\"");
    }
    visitor.get("/nowhere").await.is(StatusCode::NOT_FOUND).says("There is no such page here.");
}

#[tokio::test]
async fn the_table_of_what_is_kept_is_the_vocabularys_own() {
    use mingma_domain::fact::Kind;
    use mingma_domain::fact::names::kind_name;
    use mingma_domain::text::Lang;
    let house = House::new().await;
    let mut page = Browser::new(&house, "en").get("/privacy").await;
    page.text = page.text.replace("&#39;", "'");
    for kind in Kind::ALL {
        let row =
            page.text.split("<tr>").find(|row| row.contains(&format!(">{}", kind_name(*kind, Lang::En))));
        let row = row.unwrap_or_else(|| panic!("{kind}"));
        assert!(row.contains(&format!("<td>{} days</td>", kind.spec().retention_days)), "{kind}: {row}");
        assert_eq!(
            row.contains("second organisation"),
            !kind.spec().second_organisation.is_empty(),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn large_type_is_chosen_and_let_go() {
    let house = House::new().await;
    let browser = Browser::new(&house, "en");
    browser.get("/type?to=large&back=/rules").await.leads("/rules");
    browser.get("/rules").await.says("class=\"large\"").says("to=usual");
    browser.get("/type?to=large&back=//evil.cn").await.leads("/");
}

#[tokio::test]
async fn what_a_phone_installs_is_served_and_the_worker_answers_for_the_root() {
    let house = House::new().await;
    let browser = Browser::new(&house, "zh-Hans");
    let manifest = browser.get("/app.webmanifest").await;
    let manifest: serde_json::Value = serde_json::from_str(&manifest.text).unwrap();
    assert_eq!((&manifest["name"], &manifest["start_url"]), (&"明码".into(), &"/code".into()));
    let worker = browser.get("/sw.js").await;
    worker.is(StatusCode::OK);
    let parts = worker.text.split("PARTS = [").nth(1).unwrap().split(']').next().unwrap();
    let parts: Vec<&str> = parts.split('"').filter(|part| part.starts_with('/')).collect();
    assert!(parts.len() >= 6, "{parts:?}");
    for part in parts {
        browser.get(part).await.is(StatusCode::OK);
    }
}
