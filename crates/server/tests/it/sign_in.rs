//! Signing in over the API: by a code that only the person has, answered alike for everybody else.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::AUTHORIZATION;
use axum::http::{Request, StatusCode};
use mingma_registry::words::CodeUse;
use mingma_server::{Session, Who};
use serde_json::{Value, json};

use crate::house::{Answered, House, SignedIn, Visitor, document, hex};

const CODES: &str = "/api/v1/sign-in/codes";
const SESSIONS: &str = "/api/v1/sign-in/sessions";
const STATUS: &str = "/api/v1/persons/me/status";

fn wire(n: u32) -> String {
    document(n).to_wire()
}

async fn ask(house: &House, n: u32) -> Answered {
    Visitor(house).post(CODES, &json!({ "document": wire(n) })).await
}

async fn enter(house: &House, n: u32, code: &str) -> Answered {
    Visitor(house).post(SESSIONS, &json!({ "document": wire(n), "code": code })).await
}

/// Tries to sign in from an address.
async fn enter_from(house: &House, from: u8, n: u32, code: &str) -> Answered {
    Visitor(house).post_from(from, SESSIONS, &json!({ "document": wire(n), "code": code })).await
}

fn other_than(code: &str) -> &'static str {
    if code == "123456" { "123457" } else { "123456" }
}

/// Ends the session of a token.
async fn leave(house: &House, token: &str) -> StatusCode {
    let request = Request::delete("/api/v1/sign-in/session").header(AUTHORIZATION, format!("Bearer {token}"));
    house.send(request.body(Body::empty()).unwrap()).await.status
}

#[tokio::test(start_paused = true)]
async fn a_resident_signs_in_with_the_code_on_the_phone_and_out_again() {
    let house = House::new().await;
    let person = house.registered(1).await;
    let asked = ask(&house, 1).await;
    assert_eq!((asked.status, asked.json()), (StatusCode::ACCEPTED, json!({ "minutes": 5 })));
    let code = house.code(person, CodeUse::SignIn).await;
    let device = hex(house.phone.device_point().as_bytes());
    let body = json!({ "document": wire(1), "code": code, "device": device });
    let made = Visitor(&house).post(SESSIONS, &body).await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    assert_eq!(made.json()["until"], "2022-07-13T04:00:00Z");
    let resident = SignedIn { house: &house, token: made.json()["token"].as_str().unwrap().to_owned() };
    assert_eq!(resident.get(STATUS).await.status, StatusCode::OK);
    let made = resident.post("/api/v1/persons/me/codes", "k", &Value::Null).await;
    assert_eq!(made.status, StatusCode::OK, "the session is bound to the device: {made:?}");
    assert_eq!(leave(&house, &resident.token).await, StatusCode::NO_CONTENT);
    assert_eq!(resident.get(STATUS).await.problem(), "sign-in", "an ended session is ended at once");
    assert_eq!(leave(&house, &resident.token).await, StatusCode::UNAUTHORIZED);
    let record = house.app.registry().store().record(person).await.unwrap();
    assert_eq!(
        (record.codes.len(), record.revocations.len()),
        (1, 1),
        "the phone's code does not outlive it"
    );
}

#[tokio::test(start_paused = true)]
async fn an_ended_session_stays_ended_in_the_next_process_and_others_go_on() {
    let house = House::new().await;
    let (_, resident) = house.resident(1).await;
    let (_, other) = house.resident(2).await;
    assert_eq!(leave(&house, &resident.token).await, StatusCode::NO_CONTENT);
    let spent = house.app.registry().store().spent(house.app.registry().now()).await.unwrap();
    assert_eq!(spent.len(), 1, "it is kept, and read when a process starts");
    assert_eq!(other.get(STATUS).await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn nobody_learns_from_the_answer_or_its_time_who_is_registered() {
    let house = House::new().await;
    house.registered(1).await;
    let mut asked = Vec::new();
    for n in [1, 2] {
        let before = tokio::time::Instant::now();
        let first = ask(&house, n).await;
        let wrong = enter(&house, n, "000000").await;
        assert!(before.elapsed() >= Duration::from_millis(500), "each takes a quarter of a second at least");
        assert_eq!((wrong.status, wrong.problem()), (StatusCode::FORBIDDEN, "code-refused".to_owned()));
        asked.push((first.status, first.text, wrong.text, before.elapsed()));
    }
    assert_eq!(asked[0], asked[1]);
}

#[tokio::test(start_paused = true)]
async fn guessing_is_cut_off_after_five_tries() {
    let house = House::new().await;
    let person = house.registered(1).await;
    ask(&house, 1).await;
    let right = house.code(person, CodeUse::SignIn).await;
    let wrong = other_than(&right);
    for from in 1..=5 {
        assert_eq!(enter_from(&house, from, 1, wrong).await.problem(), "code-refused");
    }
    assert_eq!(enter(&house, 1, &right).await.problem(), "code-refused", "the right one comes too late");
    house.watch.pass(60);
    ask(&house, 1).await;
    let right = house.code(person, CodeUse::SignIn).await;
    assert_eq!(enter(&house, 1, &right).await.status, StatusCode::OK, "a new code is a new chance");
}

#[tokio::test(start_paused = true)]
async fn who_knows_no_more_than_a_number_keeps_nobody_out_from_one_address() {
    let house = House::new().await;
    let person = house.registered(1).await;
    let asked =
        async |from: u8| Visitor(&house).post_from(from, CODES, &json!({ "document": wire(1) })).await.status;
    let own = async || house.code(person, CodeUse::SignIn).await;
    // Somebody asks for a code and tries all that they may: the person whose telephone it came to still comes in by it.
    asked(66).await;
    let right = own().await;
    let attack = async |right: &str| {
        while enter_from(&house, 66, 1, other_than(right)).await.status == StatusCode::FORBIDDEN {}
    };
    attack(&right).await;
    assert_eq!(enter_from(&house, 7, 1, &right).await.status, StatusCode::OK);
    // They go on until the day of UTC is nearly over: there is still a code of today for the person.
    for _ in 0..19 * 6 {
        house.watch.pass(600);
        asked(66).await;
        attack("").await;
    }
    house.watch.pass(120);
    assert_eq!(asked(7).await, StatusCode::ACCEPTED);
    assert_eq!(enter_from(&house, 7, 1, &own().await).await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_document_code_or_device_is_told_and_never_repeated() {
    let house = House::new().await;
    for (member, body) in [
        ("document", json!({ "document": "11010519491231002X", "code": "123456" })),
        ("code", json!({ "document": wire(1), "code": "12345" })),
        ("device", json!({ "document": wire(1), "code": "123456", "device": "02ab" })),
        ("device", json!({ "document": wire(1), "code": "123456", "device": "05".repeat(33) })),
    ] {
        let answer = Visitor(&house).post(SESSIONS, &body).await;
        assert_eq!(
            (answer.status, answer.problem()),
            (StatusCode::UNPROCESSABLE_ENTITY, "member".to_owned())
        );
        assert!(answer.json()["title"].as_str().unwrap().starts_with(&format!("`{member}`")), "{answer:?}");
        assert!(!answer.text.contains("1101") && !answer.text.contains("TR000"), "{answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_is_no_person_signs_out_too() {
    let house = House::new().await;
    for (n, who) in
        [(8, Who::Staff("staff-7".parse().unwrap())), (9, Who::Institution("laboratory:07".parse().unwrap()))]
    {
        let session = Session { who, ..house.session(n) };
        let token = house.app.sessions().seal(&session);
        assert_eq!(leave(&house, &token).await, StatusCode::NO_CONTENT);
        assert_eq!(leave(&house, &token).await, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test(start_paused = true)]
async fn who_tries_too_often_is_told_how_long_to_wait_known_or_not() {
    let house = House::new().await;
    house.registered(1).await;
    let mut waits = Vec::new();
    for n in [1, 2] {
        let mut last = ask(&house, n).await;
        for _ in 0..10 {
            last = ask(&house, n).await;
        }
        assert_eq!((last.status, last.problem()), (StatusCode::TOO_MANY_REQUESTS, "too-often".to_owned()));
        waits.push(last.json()["retry_seconds"].clone());
    }
    assert_eq!(waits[0], waits[1]);
    let mut tried = 0;
    while enter(&house, 3, "123456").await.status == StatusCode::FORBIDDEN {
        tried += 1;
    }
    assert_eq!(tried, 4, "four tries at one document from one address");
    for n in 4.. {
        let answer = enter(&house, n, "123456").await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            assert_eq!(n, 59, "sixty tries from one address, one of them refused above");
            break;
        }
    }
    house.watch.pass(2);
    assert_eq!(enter(&house, 99, "123456").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn one_address_registers_sixty_at_once_and_then_one_in_ten_seconds() {
    let house = House::new().await;
    let register = async |n: u32| {
        let wish = json!({ "document": wire(n), "home": "410105" });
        Visitor(&house).post("/api/v1/registrations", &wish).await
    };
    for n in 0..60 {
        assert_eq!(register(n).await.status, StatusCode::ACCEPTED, "{n}");
    }
    let page = crate::browser::Browser::new(&house, "en");
    let refused = register(60).await;
    assert_eq!((refused.status, refused.problem()), (StatusCode::TOO_MANY_REQUESTS, "too-often".to_owned()));
    let fields = [
        ("step", "register"),
        ("kind", "passport"),
        ("country", "JP"),
        ("number", "TR0000061"),
        ("place-name", "410105"),
        ("contact", "13800138000"),
        ("consent", "yes"),
    ];
    page.post("/register", &fields).await.is(StatusCode::TOO_MANY_REQUESTS).says("Please wait a minute.");
    let nobody = house.app.registry().store().find(&document(61)).await.unwrap();
    assert!(nobody.is_none(), "nothing is kept of a refused one");
    house.watch.pass(10);
    page.post("/register", &fields).await.leads("/register/done?whom=self");
}
