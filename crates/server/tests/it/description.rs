//! The API's description: kept as a file, whole, and without a way to set a colour or to look anybody up.

use std::collections::BTreeSet;
use std::path::Path;

use mingma_server::openapi;
use serde_json::Value;

use crate::cases::{Caller, Case, cases};

const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
/// Set it to write the file anew.
const RENEW: &str = "MINGMA_RENEW";

pub(crate) fn description() -> Value {
    serde_json::to_value(openapi()).unwrap()
}

/// Path, method and operation of every endpoint.
pub(crate) fn operations(description: &Value) -> Vec<(String, String, Value)> {
    let paths = description["paths"].as_object().unwrap();
    let each = paths.iter().flat_map(|(path, item)| {
        let operations = item.as_object().unwrap().iter().filter(|(key, _)| {
            ["get", "put", "post", "delete", "patch", "head", "options", "trace"].contains(&key.as_str())
        });
        operations.map(|(method, operation)| (path.clone(), method.to_uppercase(), operation.clone()))
    });
    each.collect()
}

/// Every member and word of a schema, references followed: `see` is given each schema once.
fn walk(description: &Value, schema: &Value, seen: &mut BTreeSet<String>, see: &mut impl FnMut(&Value)) {
    if let Some(name) = schema["$ref"].as_str() {
        if seen.insert(name.to_owned()) {
            let pointer = name.trim_start_matches('#');
            walk(description, description.pointer(pointer).unwrap(), seen, see);
        }
        return;
    }
    see(schema);
    match schema {
        Value::Object(members) => members.values().for_each(|inner| walk(description, inner, seen, see)),
        Value::Array(items) => items.iter().for_each(|inner| walk(description, inner, seen, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The names of all members below a schema.
fn members(description: &Value, schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    walk(description, schema, &mut BTreeSet::new(), &mut |schema| {
        if let Some(properties) = schema["properties"].as_object() {
            found.extend(properties.keys().cloned());
        }
        for word in schema["enum"].as_array().into_iter().flatten() {
            found.insert(word.to_string());
        }
    });
    found
}

fn names_a_colour(word: &str) -> bool {
    let word = word.to_lowercase();
    let mut parts = word.split(|c: char| !c.is_alphanumeric());
    parts.any(|part| ["color", "colour", "red", "yellow", "green", "status"].contains(&part))
}

#[test]
fn the_description_is_the_file_that_is_kept() {
    let now = format!("{}\n", serde_json::to_string_pretty(&openapi()).unwrap());
    if std::env::var_os(RENEW).is_some() {
        std::fs::write(SNAPSHOT, &now).unwrap();
    }
    let kept = std::fs::read_to_string(Path::new(SNAPSHOT)).unwrap_or_default();
    let differs = kept.lines().zip(now.lines()).enumerate().find(|(_, (kept, now))| kept != now);
    assert!(
        kept == now,
        "the API is not what `crates/server/openapi.json` says, first at {differs:?}: if that is meant, write it anew with \
         `{RENEW}=1 cargo test -p mingma-server --test it the_description_is_the_file`, and read what changed"
    );
}

#[test]
fn every_operation_has_a_name_a_tag_a_summary_and_its_refusals() {
    let description = description();
    let mut names = BTreeSet::new();
    for (path, method, operation) in operations(&description) {
        let at = format!("{method} {path}");
        let name = operation["operationId"].as_str().unwrap();
        assert!(names.insert(name.to_owned()), "{at}: `{name}` is taken");
        let camel = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_alphanumeric());
        assert!(camel, "{at}: `{name}`");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{at}");
        assert!(operation["summary"].as_str().is_some_and(|summary| summary.len() > 10), "{at}");
        let versioned =
            path.starts_with("/api/v1/") || path.starts_with("/health/") || path.starts_with("/problems");
        assert!(versioned, "{at} has no version");
        let responses = operation["responses"].as_object().unwrap();
        for always in ["400", "500", "503"] {
            assert!(responses.contains_key(always), "{at}: {always}");
        }
        assert_eq!(responses.contains_key("401"), !operation["security"].is_null(), "{at}");
        let of_a_person = path.contains("/persons/");
        assert!(!of_a_person || (responses.contains_key("401") && responses.contains_key("403")), "{at}");
        for (status, response) in responses {
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{at} {status}");
            let content = response["content"].as_object();
            if status.as_str() >= "400" {
                let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/Problem", "{at} {status}");
            } else {
                for (kind, content) in content.into_iter().flatten() {
                    let opaque =
                        content["schema"]["type"] == "object" && content["schema"]["properties"].is_null();
                    assert!(!opaque, "{at} {status}: `{kind}` says nothing of its shape");
                }
            }
        }
    }
}

#[test]
fn no_endpoint_takes_a_colour() {
    assert!(names_a_colour("set-color") && names_a_colour("\"red\"") && !names_a_colour("registered"));
    let description = description();
    let mut read = 0;
    for (path, method, operation) in operations(&description) {
        let mut taken = members(&description, &operation["requestBody"]);
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        for parameter in &parameters {
            taken.insert(parameter["name"].as_str().unwrap().to_owned());
            taken.extend(members(&description, &parameter["schema"]));
        }
        read += taken.len();
        for member in taken {
            assert!(!names_a_colour(&member), "{method} {path} takes `{member}`");
        }
    }
    assert!(read > 20, "only {read} members were read");
}

#[test]
fn a_colour_is_only_ever_told_where_it_is_computed_or_published() {
    let description = description();
    for (name, schema) in description["components"]["schemas"].as_object().unwrap() {
        let Some(properties) = schema["properties"].as_object() else { continue };
        for member in properties.keys().filter(|member| names_a_colour(member)) {
            let known = match name.as_str() {
                // The status of a person, by the domain itself; how many of a region are shown which, counted when it is asked.
                "Explanation" | "ExplainedReason" | "Paths" | "Path" | "RegionTold" => true,
                // The same, when a notice of its change is read.
                // The status of an HTTP answer.
                "OwnNotice" | "Problem" | "Known" => member == "status",
                _ => false,
            };
            assert!(known, "`{name}` has the member `{member}`");
        }
    }
}

/// Where somebody may write a document's number: to become known, to name an agent, a child or a ward, to sign in, to be helped at a
/// desk; and where an official writes their own name.
const TAKE_A_DOCUMENT: &[&str] = &[
    "amendAtDesk",
    "askConsent",
    "assistWard",
    "bindAgent",
    "bindChild",
    "giveConsent",
    "register",
    "registerAtDesk",
    "requestCode",
    "signIn",
    "signInStaff",
    "takeOnWard",
];

#[test]
fn no_endpoint_answers_persons_by_number_or_name() {
    let description = description();
    let personal = ["document", "child", "ward", "number", "name", "phone", "initials", "birthday"];
    for (path, method, operation) in operations(&description) {
        let id = operation["operationId"].as_str().unwrap();
        let at = format!("{method} {path}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            let public = path.starts_with("/api/v1/rulesets/") || path.starts_with("/problems/");
            assert!(public || !personal.contains(&name), "{at} is asked by `{name}`");
        }
        let asked = members(&description, &operation["requestBody"]);
        let takes = asked.iter().any(|member| personal.contains(&member.as_str()));
        assert_eq!(takes, TAKE_A_DOCUMENT.contains(&id), "{at} takes a document");
        if takes {
            assert_ne!(method, "GET", "{at}");
            let told = members(&description, &operation["responses"]["200"])
                .union(&members(&description, &operation["responses"]["202"]))
                .cloned()
                .collect::<BTreeSet<_>>();
            for member in told {
                // A guardian is told the id of the child that is bound: what was a document is theirs to name.
                // A worker is told the name of chance of whoever gave them the code, and the slip of whoever they registered,
                // with the number that was drawn for them if they had none.
                let known = [
                    "consent",
                    "person",
                    "slip",
                    "desk_number",
                    "received",
                    "binding",
                    "ward",
                    "type",
                    "title",
                    "status",
                    "help",
                    "mistakes",
                    "minutes",
                    "token",
                    "until",
                ];
                assert!(known.contains(&member.as_str()), "{at} answers a document with `{member}`");
            }
        }
    }
}

/// Whose answers name somebody: a person is told themself and whom they act for or who acts for them, a worker whoever gave them the code
/// and for whom that one acts, an arbiter, by their numbers of chance, those who dispute a fact.
const NAME_A_PERSON: [&str; 6] =
    ["assistWard", "getPerson", "giveConsent", "listAgents", "listOpenAppeals", "listWards"];

#[test]
fn no_endpoint_answers_all_persons_who_something() {
    let description = description();
    for (path, method, operation) in operations(&description) {
        let id = operation["operationId"].as_str().unwrap();
        let mut names = false;
        for (status, answer) in operation["responses"].as_object().unwrap() {
            if status.starts_with('2') {
                walk(&description, answer, &mut BTreeSet::new(), &mut |schema| {
                    let has = |member: &&str| schema["properties"].get(*member).is_some();
                    names |= ["person", "document", "initials"].iter().any(has);
                    let persons = &schema["properties"]["persons"];
                    let is_a_count = persons.is_null() || persons["type"].to_string().contains("integer");
                    assert!(is_a_count, "{method} {path}: {persons}");
                });
            }
        }
        assert_eq!(names, NAME_A_PERSON.contains(&id), "{method} {path} names a person");
    }
}

/// What every fact has, and nothing else that is answered.
const OF_A_FACT: [&str; 5] = ["kind", "value", "at", "issuer", "evidence"];
/// What holds facts in another form: everything as one signed file, the journal's entries with what opens them.
const WHOLE_RECORDS: [&str; 2] = ["exportPerson", "listJournal"];

/// Who may be answered a fact, by where: the person, who acts for them and a program that they let; an institution at its own desk, where
/// it is what it said itself or is asked about; the appeals office in a case that the person opened.
fn may_be_answered(path: &str, caller: Caller) -> bool {
    match caller {
        Caller::Resident | Caller::Agent | Caller::AppLetIn => path.starts_with("/api/v1/persons/{person}/"),
        Caller::Institution => path.starts_with("/api/v1/issuers/{issuer}/"),
        Caller::Arbiter => path == "/api/v1/persons/{person}/appeals/{appeal}/case",
        Caller::Visitor
        | Caller::Stranger
        | Caller::AppNotLetIn
        | Caller::Commissioner
        | Caller::CommunityWorker => false,
    }
}

#[test]
fn no_fact_is_answered_to_anybody_but_its_person_its_issuer_and_the_office_that_is_asked() {
    let description = description();
    let mut answered = BTreeSet::new();
    for (path, method, operation) in operations(&description) {
        let id = operation["operationId"].as_str().unwrap();
        let mut holds_a_fact = WHOLE_RECORDS.contains(&id);
        for (status, answer) in operation["responses"].as_object().unwrap() {
            if status.starts_with('2') {
                walk(&description, answer, &mut BTreeSet::new(), &mut |schema| {
                    let has = |member: &&str| schema["properties"].get(*member).is_some();
                    holds_a_fact |= OF_A_FACT.iter().all(has);
                });
            }
        }
        if holds_a_fact {
            let of_case = |case: &&Case| case.0 == method && case.1 == path;
            let cases: Vec<&Case> = cases().filter(of_case).collect();
            assert!(!cases.is_empty(), "{method} {path}");
            for caller in cases.iter().flat_map(|case| case.2) {
                assert!(may_be_answered(&path, *caller), "{method} {path} answers {caller:?} a fact");
            }
            answered.insert(id.to_owned());
        }
    }
    // Those that are known to, so that a fact in another shape cannot pass for none.
    for known in ["exportPerson", "listFacts", "listJournal", "listNotices"] {
        assert!(answered.contains(known), "{answered:?}");
    }
    assert_eq!(answered.len(), 9, "{answered:?}");
}

/// The names of the types that the description knows by name, in the order of the files.
fn schemas(folder: &Path, names: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            schemas(&path, names);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            for after in text.split("ToSchema)]").skip(1) {
                let told =
                    after.lines().find(|line| line.contains("struct ") || line.contains("enum ")).unwrap();
                let name =
                    told.split(' ').skip_while(|word| !["struct", "enum"].contains(word)).nth(1).unwrap();
                names.push(name.trim_matches(|c: char| !c.is_alphanumeric()).to_owned());
            }
        }
    }
}

#[test]
fn no_two_types_of_the_api_have_one_name_because_one_would_be_described_as_the_other() {
    let mut names = Vec::new();
    schemas(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut names);
    assert!(names.len() > 100, "{names:?}");
    names.sort();
    let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| &pair[0]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
