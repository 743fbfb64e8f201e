//! No refusal repeats what was sent, also where the framework refuses before a handler runs.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::house::House;

const CARD: &str = "110105194912310021";

#[tokio::test]
async fn no_refusal_repeats_what_was_sent() {
    let house = House::new().await;
    let (_, resident) = house.resident(1).await;
    for (method, path, kind, body, status, problem) in [
        ("GET", format!("/rules/{CARD}x"), "", String::new(), StatusCode::BAD_REQUEST, "unreadable"),
        ("GET", format!("/{CARD}"), "", String::new(), StatusCode::NOT_FOUND, "not-found"),
        ("GET", format!("/assets/{CARD}"), "", String::new(), StatusCode::NOT_FOUND, "not-found"),
        ("DELETE", "/".to_owned(), "", String::new(), StatusCode::METHOD_NOT_ALLOWED, "method"),
        (
            "GET",
            format!("/api/v1/persons/{CARD}/status"),
            "",
            String::new(),
            StatusCode::BAD_REQUEST,
            "unreadable",
        ),
        (
            "POST",
            "/api/v1/persons/me/health-declarations".to_owned(),
            "application/json",
            format!("{{\"on\": \"{CARD}\", \"feeling\": \"{CARD}\"}}"),
            StatusCode::UNPROCESSABLE_ENTITY,
            "fact",
        ),
        (
            "POST",
            "/api/v1/persons/me/health-declarations".to_owned(),
            "application/json",
            format!("{{\"{CARD}\": 1}}"),
            StatusCode::BAD_REQUEST,
            "unreadable",
        ),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(&path)
            .header("content-type", kind)
            .header("authorization", format!("Bearer {}", resident.token))
            .header("idempotency-key", "k");
        let answer = house.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!((answer.status, answer.problem()), (status, problem.to_owned()), "{method} {path}");
        assert!(!answer.text.contains(CARD), "{method} {path}: {}", answer.text);
    }
}
