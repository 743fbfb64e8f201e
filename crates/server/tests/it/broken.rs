//! What breaks off is told to people as a page in their language and to programs as a problem, and nothing of it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Body;
use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use mingma_registry::memory::MemoryStore;
use mingma_registry::store::Layer;
use mingma_registry::{PersonId, PersonRecord, StoreError};
use mingma_server::{Limits, Meters, Settings, Who, guarded};
use tower::ServiceExt as _;

use crate::browser::{Browser, LANGUAGES};
use crate::house::House;

/// What the store does when it is asked for a record.
const SOUND: u8 = 0;
const BREAKS_AT_ONCE: u8 = 1;
const BREAKS_AFTER_A_WAIT: u8 = 2;
const NEVER_ANSWERS: u8 = 3;

/// A store with a fault that a test turns on.
#[derive(Default)]
struct Faulty {
    store: MemoryStore,
    fault: Arc<AtomicU8>,
}

#[async_trait]
impl Layer for Faulty {
    type Below = MemoryStore;

    fn below(&self) -> Result<&MemoryStore, StoreError> {
        Ok(&self.store)
    }

    async fn record(&self, person: PersonId) -> Result<Arc<PersonRecord>, StoreError> {
        match self.fault.load(Ordering::SeqCst) {
            BREAKS_AT_ONCE => panic!("the record of {person} is odd"),
            BREAKS_AFTER_A_WAIT => {
                tokio::task::yield_now().await;
                panic!("the record of {person} is odd")
            }
            NEVER_ANSWERS => std::future::pending().await,
            _ => mingma_registry::Store::record(&self.store, person).await,
        }
    }
}

async fn faulty() -> (House, Arc<AtomicU8>) {
    let store = Faulty::default();
    let fault = Arc::clone(&store.fault);
    (House::over(store, Settings::default()).await, fault)
}

/// What the page says on top, in each language.
fn title(lang: &str) -> &'static str {
    match lang {
        "en" => "This cannot be done",
        "zh-Hans" => "无法完成",
        _ => "無法完成",
    }
}

#[tokio::test]
async fn what_breaks_off_is_a_page_in_the_readers_language_and_a_problem_for_a_program() {
    let (house, fault) = faulty().await;
    let (person, program) = house.resident(1).await;
    let declared = [("step", "send"), ("key", "k-1"), ("on", "2022-06-13"), ("feeling", "well")];
    for broken in [BREAKS_AT_ONCE, BREAKS_AFTER_A_WAIT] {
        for lang in LANGUAGES {
            let browser = Browser::of(&house, lang, person);
            fault.store(broken, Ordering::SeqCst);
            for shown in [browser.get("/code").await, browser.post("/declare/health", &declared).await] {
                shown.is(StatusCode::INTERNAL_SERVER_ERROR).says(title(lang));
                shown.says(&format!("<html lang=\"{lang}\""));
                assert!(!shown.text.contains("odd") && !shown.text.contains(&person.to_string()));
            }
            let told = program.get("/api/v1/persons/me/status").await;
            assert_eq!((told.status, told.problem()), (StatusCode::INTERNAL_SERVER_ERROR, "broken".into()));
            assert!(!told.text.contains("odd") && !told.text.contains(&person.to_string()), "{}", told.text);
            fault.store(SOUND, Ordering::SeqCst);
            browser.get("/code").await.is(StatusCode::OK);
        }
    }
}

#[tokio::test]
async fn what_is_too_slow_or_too_much_is_a_page_for_people_too() {
    let (house, fault) = faulty().await;
    let token = {
        let person = house.registered(1).await;
        house.signed_in(Who::Person(person)).token
    };
    fault.store(NEVER_ANSWERS, Ordering::SeqCst);
    for (requests, time) in [(1, Duration::from_millis(20)), (0, Duration::from_secs(30))] {
        let limits = Limits { requests, time, ..Limits::default() };
        let router = guarded(house.app.clone(), limits, Meters::default(), Arc::new(|| Duration::ZERO));
        let ask = async |accept: &str, lang: &str| {
            let request = Request::get("/code")
                .header("cookie", format!("session={token}"))
                .header(ACCEPT, accept)
                .header(ACCEPT_LANGUAGE, lang);
            router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
        };
        for lang in LANGUAGES {
            let shown = ask("text/html", lang).await;
            let (kind, text) = read(shown, requests).await;
            assert!(kind.starts_with("text/html") && text.contains(title(lang)), "{requests}: {kind} {text}");
        }
        let (kind, text) = read(ask("*/*", "en").await, requests).await;
        assert_eq!(kind, "application/problem+json");
        assert!(
            text.contains(if requests == 0 { "/problems/overloaded" } else { "/problems/slow" }),
            "{text}"
        );
    }
}

async fn read(answer: Response<Body>, requests: usize) -> (String, String) {
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{requests}");
    for header in [RETRY_AFTER, CONTENT_SECURITY_POLICY] {
        assert!(answer.headers().contains_key(&header), "{requests}: {header}");
    }
    let kind = answer.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (kind, String::from_utf8_lossy(&body).into_owned())
}
