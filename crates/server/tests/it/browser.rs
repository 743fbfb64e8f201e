//! A browser without script: it keeps cookies, speaks a language, sends forms and asks for pages.

use std::cell::RefCell;
use std::collections::BTreeMap;

use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::request::Builder;
use axum::http::{Request, StatusCode};
use mingma_registry::PersonId;
use mingma_registry::words::CodeUse;
use mingma_server::Who;
use tower::ServiceExt as _;

use crate::house::House;

/// What people read, by the tag that their browser asks for.
pub(crate) const LANGUAGES: [&str; 3] = ["zh-Hans", "zh-Hant", "en"];

/// One browser.
pub(crate) struct Browser<'h> {
    house: &'h House,
    lang: &'static str,
    cookies: RefCell<BTreeMap<String, String>>,
}

/// A page, or the way to one.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) status: StatusCode,
    /// Where it leads.
    pub(crate) leads: String,
    pub(crate) text: String,
}

impl<'h> Browser<'h> {
    pub(crate) fn new(house: &'h House, lang: &'static str) -> Self {
        Self { house, lang, cookies: RefCell::default() }
    }

    /// The browser of somebody who has signed in.
    pub(crate) fn of(house: &'h House, lang: &'static str, person: PersonId) -> Self {
        Self::entered(house, lang, Who::Person(person))
    }

    /// The same of anybody who can.
    pub(crate) fn entered(house: &'h House, lang: &'static str, who: Who) -> Self {
        let browser = Self::new(house, lang);
        let token = house.signed_in(who).token;
        browser.cookies.borrow_mut().insert("session".to_owned(), token);
        browser
    }

    pub(crate) async fn get(&self, path: &str) -> Shown {
        self.send(Request::get(path), String::new()).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let form: Vec<String> = fields.iter().map(|(k, v)| format!("{k}={}", escaped(v))).collect();
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.send(request, form.join("&")).await
    }

    /// Signs in by the two forms, with the code from the person's telephone.
    pub(crate) async fn sign_in(&self, person: PersonId, document: &[(&str, &str)]) -> Shown {
        let asked = self.post("/sign-in", document).await;
        assert_eq!(asked.status, StatusCode::OK, "{asked:?}");
        let code = self.house.code(person, CodeUse::SignIn).await;
        let mut fields = document.to_vec();
        fields.extend([("code", code.as_str()), ("back", "/code")]);
        self.post("/sign-in/code", &fields).await
    }

    async fn send(&self, request: Builder, body: String) -> Shown {
        let cookies: Vec<String> = self.cookies.borrow().iter().map(|(k, v)| format!("{k}={v}")).collect();
        let request = request
            .header(ACCEPT, "text/html,application/xhtml+xml")
            .header(ACCEPT_LANGUAGE, self.lang)
            .header(COOKIE, cookies.join("; "));
        let response =
            self.house.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        for cookie in response.headers().get_all(SET_COOKIE) {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
        }
        let leads = response.headers().get(LOCATION).map_or("", |to| to.to_str().unwrap()).to_owned();
        let status = response.status();
        let body = to_bytes(response.into_body(), 4 << 20).await.unwrap();
        let text = String::from_utf8_lossy(&body).into_owned();
        Shown { status, leads, text }
    }
}

impl Shown {
    /// What stands in the quoted attribute after this beginning, at each place where it occurs.
    pub(crate) fn quoted(&self, beginning: &str) -> Vec<&str> {
        self.text.split(beginning).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
    }

    /// The key of the page's form.
    pub(crate) fn key(&self) -> &str {
        self.quoted("name=\"key\" value=\"")[0]
    }

    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        assert!(self.text.contains(text), "`{text}` is missing: {}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn is(&self, status: StatusCode) -> &Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn leads(&self, to: &str) -> &Self {
        assert_eq!((self.status, self.leads.as_str()), (StatusCode::SEE_OTHER, to), "{}", self.text);
        self
    }
}

fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |escaped, byte| format!("{escaped}%{byte:02X}"))
}
