//! Signing in on the pages, without script.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use mingma_registry::words::CodeUse;
use mingma_server::Settings;
use tower::ServiceExt as _;

use crate::house::House;

const PERSON: &str = "kind=passport&country=jp&number=tr+0000001&back=%2Frules";

async fn post(house: &House, path: &str, form: &str, cookie: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::post(path)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(COOKIE, cookie)
        .header("sec-fetch-site", "same-origin");
    let response =
        house.router.clone().oneshot(request.body(Body::from(form.to_owned())).unwrap()).await.unwrap();
    read(response).await
}

async fn read(response: Response) -> (StatusCode, HeaderMap, String) {
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

fn over(origin: &str) -> Settings {
    Settings { origin: Some(origin.to_owned()), ..Settings::default() }
}

#[tokio::test(start_paused = true)]
async fn the_two_steps_lead_back_with_a_cookie_that_no_script_reads() {
    for (origin, name, rest) in [
        ("https://code.example.cn", "__Host-session=", "; HttpOnly; SameSite=Strict; Secure"),
        ("http://127.0.0.1:8080", "session=", "; HttpOnly; SameSite=Strict"),
    ] {
        let house = House::with(over(origin)).await;
        let person = house.registered(1).await;
        let (status, _, page) = post(&house, "/sign-in", PERSON, "").await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let code = house.code(person, CodeUse::SignIn).await;
        assert!(!page.contains(&code), "the code is on the phone alone");
        let form = format!("{PERSON}&code={code}&device=");
        let (status, headers, _) = post(&house, "/sign-in/code", &form, "").await;
        assert_eq!((status, headers[LOCATION].to_str().unwrap()), (StatusCode::SEE_OTHER, "/rules"));
        let cookie = headers[SET_COOKIE].to_str().unwrap();
        assert!(
            cookie.starts_with(name) && cookie.ends_with(rest) && cookie.contains("; Path=/;"),
            "{cookie}"
        );
        let kept = cookie.split(';').next().unwrap();
        let status = |cookie: String| {
            let request = Request::get("/api/v1/persons/me/status").header(COOKIE, cookie);
            house.router.clone().oneshot(request.body(Body::empty()).unwrap())
        };
        assert_eq!(status(kept.to_owned()).await.unwrap().status(), StatusCode::OK);
        let text = kept.split_once('=').unwrap().1;
        let other = if name == "session=" { "__Host-session" } else { "session" };
        let planted = status(format!("{other}={text}")).await.unwrap().status();
        assert_eq!(planted, StatusCode::UNAUTHORIZED, "only the one name counts");
        let (left, headers, _) = post(&house, "/sign-out", "", kept).await;
        assert_eq!((left, headers[LOCATION].to_str().unwrap()), (StatusCode::SEE_OTHER, "/"));
        assert!(headers[SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
        assert_eq!(status(kept.to_owned()).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_code_or_number_is_said_on_the_page_and_the_number_is_not_printed_in_the_first_step() {
    let house = House::new().await;
    house.registered(1).await;
    post(&house, "/sign-in", PERSON, "").await;
    let (status, headers, page) = post(&house, "/sign-in/code", &format!("{PERSON}&code=abc"), "").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("role=\"alert\"") && !headers.contains_key(SET_COOKIE), "{page}");
    let (status, _, page) = post(&house, "/sign-in", "kind=resident-id&number=110105194912310021", "").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("role=\"alert\"") && !page.contains("110105"), "{page}");
}

#[tokio::test(start_paused = true)]
async fn the_demonstration_alone_shows_the_code_and_back_leads_nowhere_else() {
    let house = House::with(Settings { demo: true, ..Settings::default() }).await;
    let person = house.registered(1).await;
    let form = PERSON.replace("%2Frules", "%2F%2Fevil.cn");
    let (_, _, page) = post(&house, "/sign-in", &form, "").await;
    let code = house.code(person, CodeUse::SignIn).await;
    assert!(page.contains(&code), "{page}");
    let (_, headers, _) = post(&house, "/sign-in/code", &format!("{form}&code={code}"), "").await;
    assert_eq!(headers[LOCATION], "/code", "a place of ours");
}
