//! Every problem has a page of its own, and looks as the description says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::description::description;
use crate::house::{House, Visitor};

/// Makers of a problem in the source, and the place of the name among their arguments.
const MAKERS: [(&str, usize); 4] =
    [("Problem::new(", 1), ("::conflict(", 0), ("::forbidden(", 0), ("::refused(", 0)];

/// Every name that the source gives a problem.
fn named_in_the_source() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let mut add = |name: &str| found.insert(name.to_owned(), path.display().to_string());
        for (maker, place) in MAKERS {
            for call in code.split(maker).skip(1) {
                let mut arguments = call.splitn(place + 2, ',');
                let name = arguments.nth(place).unwrap().trim();
                if let Some(name) = name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
                    add(name);
                }
            }
        }
        if path.ends_with("src/problem.rs") {
            for text in code.split('"').skip(1).step_by(2) {
                let word = text.len() < 20 && text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
                if word && !["type", "title", "status", "help", "mistakes", "uri-reference"].contains(&text) {
                    add(text);
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn every_problem_is_explained_where_its_type_leads() {
    let house = House::new().await;
    let named = named_in_the_source();
    assert!(named.len() > 30, "only {named:?}");
    let listed = Visitor(&house).get("/problems").await.json();
    let listed: Vec<&str> =
        listed.as_array().unwrap().iter().map(|known| known["name"].as_str().unwrap()).collect();
    assert!(listed.is_sorted(), "the table is in the order of the names");
    for (name, file) in &named {
        assert!(listed.contains(&name.as_str()), "`{name}` in {file} is not in the table of problems");
        let page = Visitor(&house).get(&format!("/problems/{name}")).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
    }
    let unused: BTreeSet<_> = listed.iter().filter(|name| !named.contains_key(**name)).collect();
    assert!(unused.is_empty(), "explained, but never answered: {unused:?}");
    assert_eq!(Visitor(&house).get("/problems/nothing").await.problem(), "not-found");
}

#[tokio::test]
async fn a_problem_looks_as_the_description_says() {
    let house = House::new().await;
    let schema = &description()["components"]["schemas"]["Problem"];
    let known: BTreeSet<&str> =
        schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    let required: BTreeSet<&str> =
        schema["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    for path in
        ["/nowhere", "/api/v1/persons/me/status", "/api/v1/rulesets/x", "/api/v1/risk?region=410105&x=1"]
    {
        let answer = Visitor(&house).get(path).await;
        let problem = answer.json();
        let has: BTreeSet<&str> = problem.as_object().unwrap().keys().map(String::as_str).collect();
        assert!(has.is_superset(&required) && has.is_subset(&known), "{path}: {has:?}");
        assert_eq!(problem["status"], json!(answer.status.as_u16()), "{path}");
        let explained = Visitor(&house).get(problem["type"].as_str().unwrap()).await.json();
        assert_eq!(explained["status"], problem["status"], "{path}");
    }
    assert_eq!(schema["properties"]["mistakes"]["type"], Value::from("array"));
}

#[tokio::test]
async fn a_form_that_cannot_be_read_is_answered_by_a_page_and_to_a_program_by_a_problem() {
    let house = House::new().await;
    let browser = crate::browser::Browser::new(&house, "en");
    for path in ["/desk/countersign/x", "/office/community/consents", "/office/appeals/x/y"] {
        let shown = browser.post(path, &[("else", "1")]).await;
        shown.is(StatusCode::UNPROCESSABLE_ENTITY).says("<html lang=\"en\"").says("cannot be read");
    }
    let told = house.ask(None, ("POST", "/office/appeals/x/y"), "k", None).await;
    assert_eq!(told.json()["type"], "/problems/media-type");
}
