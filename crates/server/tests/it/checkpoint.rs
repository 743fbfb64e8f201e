//! The checkpoint's page and its parts. What it does in a browser is tested in `crates/e2e`.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use mingma_credential::VerdictKind;
use tower::ServiceExt as _;

use crate::browser::{Browser, LANGUAGES};
use crate::house::{House, Visitor};

const KINDS: [VerdictKind; 12] = [
    VerdictKind::Green,
    VerdictKind::Yellow,
    VerdictKind::Red,
    VerdictKind::Certificate,
    VerdictKind::Expired,
    VerdictKind::NotYetValid,
    VerdictKind::Revoked,
    VerdictKind::Clock,
    VerdictKind::UnknownKey,
    VerdictKind::BadSignature,
    VerdictKind::Unreadable,
    VerdictKind::Unsupported,
];

#[tokio::test]
async fn every_result_has_its_own_word_and_what_to_do_in_every_language() {
    let house = House::new().await;
    for lang in LANGUAGES {
        let page = Browser::new(&house, lang).get("/checkpoint").await;
        let mut words: Vec<&str> = Vec::new();
        for result in KINDS.iter().map(|kind| kind.name()).chain(["stale", "ahead", "no-trust"]) {
            let template = page.text.split(&format!("<template data-result=\"{result}\"")).nth(1).unwrap();
            let template = template.split("</template>").next().unwrap();
            let between = |start: &str| template.split(start).nth(1).unwrap().split('<').next().unwrap();
            let (word, act) = (between("<p class=\"word\">"), between("<p class=\"act\">"));
            assert!(
                !word.is_empty() && act.chars().count() > 8 && template.contains("<svg"),
                "{lang} {result}"
            );
            words.push(word);
            let passes = template.contains("data-signal=\"pass\"") || template.contains("verdict green");
            assert!(!passes || result == "green", "{lang}: `{result}` looks or sounds as if it passed");
        }
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), 15, "{lang}: two results have one word");
    }
}

#[tokio::test]
async fn only_a_red_code_is_red_and_a_clock_is_not() {
    let house = House::new().await;
    let page = Browser::new(&house, "en").get("/checkpoint").await;
    let red = page.text.split("<template ").filter(|template| template.contains("\"verdict red\""));
    assert_eq!(red.map(|template| template.contains("data-result=\"red\"")).collect::<Vec<_>>(), [true]);
    page.says("This is not a red code.");
}

#[tokio::test]
async fn the_field_for_a_code_has_no_name_so_that_no_form_can_send_it() {
    let house = House::new().await;
    let page = Browser::new(&house, "en").get("/checkpoint").await;
    let form = page.text.split("<form id=\"typed-form\"").nth(1).unwrap().split("</form>").next().unwrap();
    assert!(form.contains("id=\"typed\"") && !form.contains(" name="), "{form}");
}

#[tokio::test]
async fn the_worker_keeps_every_part_that_the_page_is_made_of_and_each_is_served() {
    let house = House::new().await;
    let visitor = Visitor(&house);
    let worker = visitor.get("/checkpoint/sw.js").await.text;
    let list = worker.split("const PARTS = [").nth(1).unwrap().split(']').next().unwrap();
    let parts: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    assert!(parts.len() > 10, "{parts:?}");
    let page = visitor.get("/checkpoint").await.text;
    let mut needed: Vec<String> =
        ["/assets/icon.svg", "/assets/style.css", "/checkpoint/style.css", "/checkpoint/page.js"]
            .map(|part| {
                assert!(page.contains(part), "the page does not name {part}");
                part.to_owned()
            })
            .to_vec();
    for part in &parts {
        let answer = visitor.get(part).await;
        assert_eq!(answer.status, StatusCode::OK, "{part}");
        let is_script = std::path::Path::new(part).extension().is_some_and(|ending| ending == "js");
        if is_script && part.starts_with("/checkpoint/") {
            for from in ["from \"", "Worker(\"", "load(\"", "fetch(\"/checkpoint"] {
                needed.extend(answer.text.split(from).skip(1).map(|rest| {
                    let named = rest.split('"').next().unwrap();
                    let named = named.trim_start_matches("./");
                    let named = if from.starts_with("fetch") { named.trim_start_matches('/') } else { named };
                    if named.starts_with('/') { named.to_owned() } else { format!("/checkpoint/{named}") }
                }));
            }
        }
    }
    assert!(needed.len() > 10, "{needed:?}");
    for part in needed {
        assert!(parts.contains(&part.as_str()), "the worker does not keep {part}");
    }
}

#[tokio::test]
async fn the_worker_may_answer_for_the_page_and_is_asked_for_anew() {
    let house = House::new().await;
    let request = Request::get("/checkpoint/sw.js").body(Body::empty()).unwrap();
    let response = house.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()["service-worker-allowed"], "/checkpoint");
    assert_eq!(response.headers()["cache-control"], "no-cache");
    assert_eq!(Visitor(&house).get("/checkpoint/nothing.js").await.problem(), "not-found");
}

#[tokio::test]
async fn a_region_has_its_name_in_the_readers_language() {
    let house = House::new().await;
    for (lang, name) in [("zh-Hans", "广西壮族自治区 玉林市"), ("en", "Yulin 玉林市, Guangxi")] {
        let page = Browser::new(&house, lang).get("/checkpoint/regions.json").await;
        let names: serde_json::Value = serde_json::from_str(&page.text).unwrap();
        assert_eq!(names["450900"], name);
        assert_eq!(names.as_object().unwrap().len(), 3_589);
    }
}
