//! What is sent within limits is answered, and what is sent beyond them is told so, always as a problem.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::http::{Method, Request, StatusCode};
use mingma_server::{Limits, Meters, serve};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

use crate::house::{House, Visitor};

const REGISTER: &str = "/api/v1/registrations";

async fn sent(house: &House, body: impl Into<Body>) -> crate::house::Answered {
    let request = Request::post(REGISTER).header(CONTENT_TYPE, "application/json").body(body.into()).unwrap();
    house.send(request).await
}

#[tokio::test]
async fn a_body_of_2_mib_is_read_and_a_byte_more_is_not() {
    const MAX: usize = 2 << 20;
    let house = House::new().await;
    let body = r#"{"document":"passport:JP:TR0000001","home":"410105"}"#;
    let padded = |to: usize| format!("{body}{}", " ".repeat(to - body.len()));
    assert_eq!(sent(&house, padded(MAX)).await.status, StatusCode::ACCEPTED);
    let over = sent(&house, padded(MAX + 1)).await;
    assert_eq!((over.status, over.problem()), (StatusCode::PAYLOAD_TOO_LARGE, "too-large".to_owned()));
}

#[tokio::test]
async fn a_body_that_is_nested_without_end_is_refused() {
    let house = House::new().await;
    for depth in [10, 128, 1_000, 100_000] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let body = format!("{{\"document\":{}1{}}}", open.repeat(depth), close.repeat(depth));
            let answer = sent(&house, body).await;
            assert_eq!((answer.status, answer.problem()), (StatusCode::BAD_REQUEST, "unreadable".to_owned()));
        }
    }
}

#[tokio::test]
async fn a_body_is_json_and_marked_as_json() {
    let house = House::new().await;
    for (kind, status) in [
        ("application/json; charset=utf-8", StatusCode::ACCEPTED),
        ("text/plain", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("", StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ] {
        let body = json!({ "document": "passport:JP:TR0000001", "home": "410105" }).to_string();
        let request = Request::post(REGISTER).header(CONTENT_TYPE, kind).body(Body::from(body)).unwrap();
        assert_eq!(house.send(request).await.status, status, "{kind}");
    }
}

#[tokio::test]
async fn an_address_has_2048_bytes() {
    let house = House::new().await;
    let risk = "/api/v1/risk?region=410105&on=";
    let of = |length: usize| format!("{risk}{}", "1".repeat(length - risk.len()));
    assert_eq!(Visitor(&house).get(&of(2_048)).await.problem(), "unreadable");
    let over = Visitor(&house).get(&of(2_049)).await;
    assert_eq!((over.status, over.problem()), (StatusCode::URI_TOO_LONG, "address-too-long".to_owned()));
    let path = format!("/{}", "a/".repeat(1_024));
    assert_eq!(Visitor(&house).get(&path).await.problem(), "address-too-long");
}

#[tokio::test]
async fn a_page_has_at_most_100_rows() {
    let house = House::new().await;
    for (limit, status) in [
        ("1", 200),
        ("100", 200),
        ("0", 400),
        ("101", 400),
        ("100000", 400),
        ("-1", 400),
        ("x", 400),
        ("", 400),
    ] {
        let answer = Visitor(&house).get(&format!("/api/v1/publications?limit={limit}")).await;
        assert_eq!(answer.status.as_u16(), status, "{limit}: {answer:?}");
        assert!(status == 200 || answer.json()["title"] == "`limit`: a page has 1 to 100 rows", "{answer:?}");
    }
}

#[tokio::test]
async fn a_query_member_that_the_endpoint_does_not_take_is_refused() {
    let house = House::new().await;
    for (path, status) in [
        ("/api/v1/risk?region=410105", 200),
        ("/api/v1/risk?region=410105&", 200),
        ("/api/v1/risk?region=410105&date=2022-06-13", 400),
        ("/api/v1/risk?region=410105&region=410106", 400),
        ("/api/v1/risk?REGION=410105", 400),
        ("/api/v1/risk", 400),
        ("/health/live?verbose=1", 400),
        ("/api/v1/rulesets/1?region=410105", 400),
        ("/rules?from=wechat", 200),
    ] {
        let answer = Visitor(&house).get(path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {answer:?}");
        let head = Request::head(path).body(Body::empty()).unwrap();
        assert_eq!(house.send(head).await.status.as_u16(), status, "HEAD {path}");
    }
}

#[tokio::test]
async fn a_method_that_an_address_does_not_take_is_refused_and_told_which_it_takes() {
    let house = House::new().await;
    for (method, path, allow) in [
        (Method::DELETE, "/api/v1/registrations", "POST"),
        (Method::GET, "/api/v1/registrations", "POST"),
        (Method::POST, "/api/v1/publications", "GET,HEAD"),
        (Method::PUT, "/", "GET,HEAD"),
        (Method::TRACE, "/api/v1/persons/me/appeals", "GET,HEAD,POST"),
    ] {
        let request = Request::builder().method(&method).uri(path).body(Body::empty()).unwrap();
        let response = house.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json", "{method} {path}");
        let mut said: Vec<_> = response.headers()[ALLOW].to_str().unwrap().split(',').collect();
        said.sort_unstable();
        assert_eq!(said.join(","), allow, "{method} {path}");
    }
}

#[tokio::test]
async fn head_is_answered_like_get_without_a_body() {
    let house = House::new().await;
    for path in ["/", "/rules", "/openapi.json", "/health/ready", "/api/v1/rulesets/1", "/api/v1/rulesets/9"]
    {
        let get = Visitor(&house).get(path).await;
        let head = house.send(Request::head(path).body(Body::empty()).unwrap()).await;
        assert_eq!((head.status, &head.kind, head.text.as_str()), (get.status, &get.kind, ""), "{path}");
    }
}

#[tokio::test]
async fn a_request_with_more_headers_than_64_is_refused_before_anybody_reads_it() {
    let house = House::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let router = house.router.clone();
    let served = tokio::spawn(async move {
        let told = async { drop(ended.await) };
        serve(listener, router, Limits::default(), &Meters::default(), told).await
    });
    for (headers, status) in [(64, "200"), (65, "431"), (5_000, "431")] {
        let mut stream = TcpStream::connect(at).await.unwrap();
        let mut request = "GET /health/live HTTP/1.1\r\nconnection: close\r\n".to_owned();
        for n in 1..headers {
            write!(request, "x-{n}: {n}\r\n").unwrap();
        }
        request += "\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // After a refusal the rest of what was sent is not read, and the connection is reset.
        let _reset = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{headers}: {answer}");
    }
    end.send(()).unwrap();
    served.await.unwrap().unwrap();
}
