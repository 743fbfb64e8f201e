//! Neither the log nor an error answer nor a count holds what people send.

use std::io::BufRead as _;

use serde_json::Value;

use super::support::{Answer, City};

const CARD: &str = "110105194912310021";
const SECRETS: &[&str] =
    &[CARD, "TR7654321", "王小明", "Wang-Xiaoming", "13912345678", "xiaoming@mail.example", "tok-4b1d"];

/// The addresses with a secret in every place, those of the description and those beside it.
fn addresses(description: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            found.push((method.to_uppercase(), path.clone()));
        }
    }
    assert!(found.len() >= 4, "{found:?}");
    for path in ["/", "/rules/{x}", "/assets/{x}", "/language", "/{x}", "/{x}/{x}", "/register", "/declare"] {
        for method in ["GET", "POST", "DELETE", CARD] {
            found.push((method.to_owned(), path.to_owned()));
        }
    }
    found
}

fn filled(path: &str, secret: &str) -> String {
    let secret = secret.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02X}"));
    let parts = path.split('/').map(|part| if part.starts_with('{') { secret.as_str() } else { part });
    format!("{}?document={secret}&{secret}=1", parts.collect::<Vec<_>>().join("/"))
}

fn bodies(secret: &str) -> Vec<(&'static str, String)> {
    vec![
        ("application/json", format!("{{\"{secret}\":\"{secret}\"}}")),
        (
            "application/json",
            format!("{{\"document\":\"{secret}\",\"name\":\"{secret}\",\"on\":\"{secret}\"}}"),
        ),
        ("application/json", format!("{{\"on\":\"{secret}\",\"feeling\":\"{secret}\"}}")),
        ("application/json", format!("\"{secret}")),
        ("application/json", secret.to_owned()),
        ("application/x-www-form-urlencoded", format!("document={secret}&{secret}={secret}")),
        ("text/plain", secret.to_owned()),
    ]
}

#[test]
fn neither_the_log_nor_an_error_nor_a_count_holds_what_people_send() {
    let city = City::new(1);
    let served = city.serve(&["--log", "debug", "--metrics", "127.0.0.1:0"]);
    let description: Value = serde_json::from_str(&served.get("/openapi.json").body).unwrap();
    let token = city.token(0);
    let mut secrets: Vec<&str> = SECRETS.to_vec();
    secrets.push(token);
    let (mut sent, mut refused) = (1, 0);
    let mut see = |answer: &Answer, what: &str| {
        sent += 1;
        if answer.status >= 400 {
            refused += 1;
            for secret in &secrets {
                assert!(!answer.body.contains(secret), "{what} is answered with `{secret}`: {answer:?}");
            }
        }
    };
    for (method, path) in addresses(&description) {
        for secret in SECRETS {
            for (n, (kind, body)) in bodies(secret).into_iter().enumerate() {
                let who = if n % 2 == 0 { token } else { "tok-4b1d" };
                let key = if secret.is_ascii() { secret } else { "k" };
                let request = format!(
                    "{method} {path} HTTP/1.1\r\nhost: code\r\nauthorization: Bearer {who}\r\ncookie: session={who}\r\n\
                     x-forwarded-for: 203.0.113.77\r\nuser-agent: {key}\r\nreferer: https://code/{key}\r\n\
                     idempotency-key: {key}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\
                     connection: close\r\n\r\n{body}",
                    path = filled(&path, secret),
                    length = body.len(),
                );
                see(&served.send(&request), &format!("{method} {path}"));
            }
        }
    }
    assert!(refused > 1_000, "{refused} of {sent} were refused");
    let log = served.log();
    for secret in secrets.iter().copied().chain(["203.0.113", "127.0.0.1:5", "idempotency", "%31%31"]) {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "`{secret}` is in the log: {line:?}");
    }
    let lines = log.as_bytes().lines().map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    let requests = lines.filter(|line| line["route"].is_string()).count();
    assert_eq!(requests, sent, "each request has its line");
    let at = log.split("\"address\":\"").nth(1).unwrap().split('"').next().unwrap();
    let mut metrics = super::support::connect(at.parse().unwrap());
    std::io::Write::write_all(&mut metrics, b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let counted = Answer::read(&mut std::io::BufReader::new(metrics)).unwrap().body;
    assert!(counted.contains("mingma_requests_total{"), "{counted}");
    for secret in secrets {
        assert!(!counted.contains(secret), "`{secret}` is counted");
    }
    println!("{sent} requests, {refused} refused");
}
