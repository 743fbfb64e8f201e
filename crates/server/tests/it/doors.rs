//! Officials and institutions sign in over HTTP; what let them in is asked again at each request.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{Request, StatusCode};
use jiff::Timestamp;
use mingma_credential::key::SigningKey;
use mingma_domain::fact::Issuer;
use mingma_registry::acts::{
    AppointStaff, AskConsent, Assist, Handle, NewStaff, add_staff, ask_consent, assist, institution_bytes,
    remove_staff,
};
use mingma_registry::policy::{Actor, Office, Purpose, authorize};
use mingma_registry::row::{IssuerEntry, KeyEntry, KeyWithdrawal, PublicRow};
use mingma_registry::words::CodeUse;
use mingma_server::{Caller, Session, Who};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::house::{Answered, House, NOON, SignedIn, Visitor, document, hex};

const STAFF: &str = "/api/v1/staff/sessions";
const CHALLENGES: &str = "/api/v1/institutions/challenges";
const SESSIONS: &str = "/api/v1/institutions/sessions";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

async fn worker(house: &House) -> NewStaff {
    let wish = AppointStaff {
        name: "worker-1".parse().unwrap(),
        office: Office::Community,
        region: "410105".parse().unwrap(),
        from: at(NOON),
        until: at(NOON + 86_400),
    };
    let registry = house.app.registry();
    add_staff(registry.store(), registry.rng(), registry.now(), &wish).await.unwrap()
}

/// The caller whom a session makes.
async fn caller(house: &House, who: Who) -> Caller {
    let token = house.app.sessions().seal(&Session { who, ..house.session(77) });
    let request = Request::get("/").header("authorization", format!("Bearer {token}"));
    let (mut parts, ()) = request.body(()).unwrap().into_parts();
    <Caller as axum::extract::FromRequestParts<_>>::from_request_parts(&mut parts, &house.app).await.unwrap()
}

#[tokio::test]
async fn an_official_signs_in_and_a_removed_account_is_out_at_once() {
    let house = House::new().await;
    let new = worker(&house).await;
    let send = async |name: &str, password: &str, code: &str| {
        Visitor(&house).post(STAFF, &json!({ "name": name, "password": password, "code": code })).await
    };
    let code = new.totp.code_at(at(NOON));
    let mut told = Vec::new();
    for (name, password, code) in [
        ("nobody", new.password.as_str(), code.as_str()),
        ("worker-1", "wrong", &code),
        ("worker-1", new.password.as_str(), "000000"),
    ] {
        let refused = send(name, password, code).await;
        assert_eq!(
            (refused.status, refused.problem()),
            (StatusCode::FORBIDDEN, "credentials-refused".to_owned())
        );
        told.push(refused.text);
    }
    assert!(told.iter().all(|text| *text == told[0]), "one refusal has one form");
    let made = send("worker-1", new.password.as_str(), &code).await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let session = house.app.sessions().open(&token, at(NOON)).unwrap();
    assert_eq!(session.who, Who::Staff("worker-1".parse().unwrap()));
    assert_eq!(send("worker-1", new.password.as_str(), &code).await.problem(), "credentials-refused", "once");
    let official = caller(&house, session.who).await;
    let actor = official.official(&house.app).await.unwrap();
    assert!(matches!(actor, Actor::Official { office: Office::Community, .. }));
    assert!(official.person().is_err() && official.institution(&house.app).await.is_err());
    let registry = house.app.registry();
    remove_staff(registry.store(), registry.rng(), registry.now(), &"worker-1".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(official.official(&house.app).await.unwrap_err().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn wrong_passwords_for_a_name_keep_nobody_out_but_whoever_sends_them() {
    let house = House::new().await;
    let new = worker(&house).await;
    let send = async |from: u8, password: &str| {
        let code = new.totp.code_at(house.app.registry().now());
        let body = json!({ "name": "worker-1", "password": password, "code": code });
        Visitor(&house).post_from(from, STAFF, &body).await.status
    };
    let right = new.password.as_str();
    let (refused, too_often) = (StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS);
    for n in 0..12 {
        assert_eq!(send(66, "wrong").await, if n < 10 { refused } else { too_often }, "{n}");
    }
    assert_eq!(send(66, right).await, too_often);
    assert_eq!(send(7, right).await, StatusCode::OK, "from elsewhere");
    // From many places at once there is a limit to guessing, which does not hold where the official has come in before.
    let mut guesses = 10;
    for from in (100..112).flat_map(|from| [from; 10]) {
        guesses += u32::from(send(from, "wrong").await == refused);
    }
    assert_eq!(guesses, 100);
    // The second factor counts once, and its next comes in half a minute; guesses come every six seconds.
    house.watch.pass(30);
    for n in 0..6 {
        assert_eq!(send(120, "wrong").await, if n < 5 { refused } else { too_often }, "{n}");
    }
    assert_eq!((send(8, right).await, send(7, right).await), (too_often, StatusCode::OK));
}

#[tokio::test(start_paused = true)]
async fn no_office_and_no_agent_learns_from_the_time_of_an_answer_who_is_registered() {
    let house = House::new().await;
    worker(&house).await;
    let official = house.signed_in(Who::Staff("worker-1".parse().unwrap()));
    let (_, resident) = house.resident(1).await;
    house.registered(2).await;
    let mut told = Vec::new();
    for n in [2, 3] {
        let document = document(n).to_wire();
        let wrong = json!({ "document": document, "code": "000000" });
        let agent = json!({ "document": document, "tie": "family", "days": 30 });
        for (who, path, body) in [
            (&official, "/api/v1/offices/consent-codes", &wrong),
            (&official, "/api/v1/offices/consents", &wrong),
            (&resident, "/api/v1/persons/me/agents", &agent),
            (&resident, "/api/v1/persons/me/wards", &wrong),
        ] {
            let mut body = body.clone();
            if path.ends_with("codes") || path.ends_with("wards") {
                body.as_object_mut().unwrap().remove("code");
            }
            let before = tokio::time::Instant::now();
            let answer = who.post(path, &format!("k-{n}"), &body).await;
            assert!(before.elapsed() >= Duration::from_millis(250), "{path} {n}");
            told.push((path, answer.status));
        }
    }
    assert_eq!(told[..4], told[4..]);
}

#[tokio::test(start_paused = true)]
async fn an_office_does_not_try_documents_without_end() {
    let house = House::new().await;
    worker(&house).await;
    let official = house.signed_in(Who::Staff("worker-1".parse().unwrap()));
    let (_, resident) = house.resident(1).await;
    let try_all = async |who: &SignedIn<'_>, path: &str, code: bool| {
        for n in 2..200 {
            let mut body = json!({ "document": document(n).to_wire() });
            if code {
                body["code"] = json!("000000");
            }
            if who.post(path, "k", &body).await.status == StatusCode::TOO_MANY_REQUESTS {
                return n - 2;
            }
        }
        200
    };
    assert_eq!(try_all(&official, "/api/v1/offices/consent-codes", false).await, 60);
    assert_eq!(try_all(&official, "/api/v1/offices/consents", true).await, 60);
    house.watch.pass(600);
    assert_eq!(try_all(&resident, "/api/v1/persons/me/wards", false).await, 60);
}

#[tokio::test]
async fn a_worker_acts_for_a_person_only_with_the_handle_of_the_consent() {
    let house = House::new().await;
    worker(&house).await;
    let person = house.registered(1).await;
    let official = caller(&house, Who::Staff("worker-1".parse().unwrap())).await;
    let actor = official.official(&house.app).await.unwrap();
    let wish = AskConsent { document: document(1) };
    let registry = house.app.registry();
    ask_consent(registry, authorize(actor.clone(), Purpose::Assistance, wish).unwrap()).await.unwrap();
    let code = house.code(person, CodeUse::Assistance).await.parse().unwrap();
    let wish = Assist { document: document(1), code };
    let (handle, _) = assist(registry, authorize(actor, Purpose::Assistance, wish).unwrap()).await.unwrap();
    assert!(matches!(official.assisting(&house.app, handle).await, Ok(Actor::Assistant(_))));
    let other = Handle { person: house.registered(2).await, ..handle };
    assert_eq!(official.assisting(&house.app, other).await.unwrap_err().status(), StatusCode::FORBIDDEN);
    let resident = caller(&house, Who::Person(person)).await;
    assert!(resident.assisting(&house.app, handle).await.is_err());
    house.watch.pass(900);
    assert!(official.assisting(&house.app, handle).await.is_err(), "a quarter of an hour");
}

/// A laboratory with its key.
async fn laboratory(house: &House) -> (Issuer, SigningKey) {
    let issuer: Issuer = "laboratory:07".parse().unwrap();
    let key = house.new_key();
    let region = "410100".parse().unwrap();
    let organisation = "kang-lab".parse().unwrap();
    house.make_public(PublicRow::Issuer(IssuerEntry { issuer: issuer.clone(), organisation, region })).await;
    let (point, from, until) = (key.device_point(), at(NOON), at(NOON + 86_400));
    house.make_public(PublicRow::Key(KeyEntry { issuer: issuer.clone(), point, from, until })).await;
    (issuer, key)
}

async fn challenge(house: &House) -> String {
    let given = Visitor(house).post(CHALLENGES, &json!({})).await;
    assert_eq!(given.json()["until"], "2022-06-13T04:02:00Z");
    given.json()["challenge"].as_str().unwrap().to_owned()
}

fn answer(issuer: &Issuer, key: &SigningKey, challenge: &str) -> Value {
    let signature = hex(&key.sign(&institution_bytes(issuer, challenge)).unwrap());
    json!({ "issuer": issuer.to_string(), "challenge": challenge, "signature": signature })
}

#[tokio::test]
async fn an_institution_signs_in_by_its_key_with_each_challenge_once() {
    let house = House::new().await;
    let (issuer, key) = laboratory(&house).await;
    let send = async |body: Value| -> Answered { Visitor(&house).post(SESSIONS, &body).await };
    let first = challenge(&house).await;
    for refused in [answer(&issuer, &house.phone, &first), answer(&issuer, &key, "AAAA")] {
        assert_eq!(send(refused).await.problem(), "challenge-refused");
    }
    let made = send(answer(&issuer, &key, &first)).await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    assert_eq!(send(answer(&issuer, &key, &first)).await.problem(), "challenge-refused", "once");
    let short = json!({ "issuer": "laboratory:07", "challenge": first, "signature": "00" });
    assert_eq!(send(short).await.problem(), "member");
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let lab = caller(&house, house.app.sessions().open(&token, at(NOON)).unwrap().who).await;
    assert_eq!(lab.institution(&house.app).await.unwrap(), issuer);
    assert!(lab.official(&house.app).await.is_err());
    let signed_in = SignedIn { house: &house, token };
    assert_eq!(signed_in.get("/api/v1/persons/me/status").await.problem(), "not-a-person");
    let late = challenge(&house).await;
    house
        .make_public(PublicRow::KeyWithdrawn(KeyWithdrawal { point: key.device_point(), at: at(NOON) }))
        .await;
    assert!(lab.institution(&house.app).await.is_err(), "its last key is gone");
    assert_eq!(send(answer(&issuer, &key, &late)).await.problem(), "challenge-refused");
}

#[tokio::test]
async fn a_challenge_counts_for_two_minutes() {
    for (wait, status) in [(119, StatusCode::OK), (120, StatusCode::FORBIDDEN)] {
        let house = House::new().await;
        let (issuer, key) = laboratory(&house).await;
        let challenge = challenge(&house).await;
        house.watch.pass(wait);
        assert_eq!(Visitor(&house).post(SESSIONS, &answer(&issuer, &key, &challenge)).await.status, status);
    }
}

#[tokio::test]
async fn the_desks_page_gets_a_cookie_and_the_offices_form_leads_back() {
    let house = House::new().await;
    let (issuer, key) = laboratory(&house).await;
    let mut body = answer(&issuer, &key, &challenge(&house).await);
    body["cookie"] = json!(true);
    let request = Request::post(SESSIONS).header(CONTENT_TYPE, "application/json");
    let response =
        house.router.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
    assert!(response.headers()[SET_COOKIE].to_str().unwrap().contains("HttpOnly; SameSite=Strict"));

    let new = worker(&house).await;
    let form = |password: &str| {
        let code = new.totp.code_at(at(NOON));
        format!("name=worker-1&password={password}&code={code}")
    };
    let post = async |form: String| {
        let request =
            Request::post("/office/sign-in").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        house.router.clone().oneshot(request.body(Body::from(form)).unwrap()).await.unwrap()
    };
    assert_eq!(post(form("wrong")).await.status(), StatusCode::FORBIDDEN);
    let entered = post(form(new.password.as_str())).await;
    assert_eq!(
        (entered.status(), entered.headers()[LOCATION].to_str().unwrap()),
        (StatusCode::SEE_OTHER, "/office")
    );
    assert!(entered.headers().contains_key(SET_COOKIE));
    for page in ["/office/sign-in?back=/office", "/desk/sign-in", "/sign-in", "/assets/institution-key.js"] {
        assert_eq!(Visitor(&house).get(page).await.status, StatusCode::OK, "{page}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_visitor_of_a_persons_page_is_led_to_sign_in_and_back_and_may_leave_everywhere() {
    let house = House::new().await;
    let get = async |cookie: String| {
        let request = Request::get("/sessions?x=1").header(COOKIE, cookie);
        house.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    };
    let led = get(String::new()).await;
    assert_eq!(led.status(), StatusCode::SEE_OTHER);
    assert_eq!(led.headers()[LOCATION], "/sign-in?back=/sessions%3Fx%3D1");
    let person = house.registered(1).await;
    let mut tokens = Vec::new();
    for _ in 0..2 {
        Visitor(&house).post("/api/v1/sign-in/codes", &json!({ "document": document(1).to_wire() })).await;
        let code = house.code(person, CodeUse::SignIn).await;
        let body = json!({ "document": document(1).to_wire(), "code": code });
        let made = Visitor(&house).post("/api/v1/sign-in/sessions", &body).await;
        tokens.push(made.json()["token"].as_str().unwrap().to_owned());
        house.watch.pass(60);
    }
    let page = get(format!("session={}", tokens[0])).await;
    let page = axum::body::to_bytes(page.into_body(), 1 << 20).await.unwrap();
    assert_eq!(String::from_utf8(page.to_vec()).unwrap().matches("<li>").count(), 2);
    let request = Request::post("/sessions/end").header(COOKIE, format!("session={}", tokens[0]));
    let left = house.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(left.status(), StatusCode::SEE_OTHER);
    for token in tokens {
        let signed_in = SignedIn { house: &house, token };
        assert_eq!(signed_in.get("/api/v1/persons/me/status").await.problem(), "sign-in");
    }
}
