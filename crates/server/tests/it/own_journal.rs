//! Everything that was done about a person, to that person: entries that they alone can open, one signed file, a page.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::StatusCode;
use mingma_credential::export::{self, ExportError};
use mingma_credential::status::Initials;
use mingma_domain::Region;
use mingma_domain::document::DocumentKind;
use mingma_domain::text::Lang;
use mingma_registry::PersonId;
use mingma_registry::acts::{Register, register};
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_server::{Kept, LogDamaged, LogFiles, Who};
use serde_json::{Value, json};

use crate::browser::{Browser, LANGUAGES};
use crate::house::{House, SignedIn, document, hex};
use crate::institutions::{laboratory, test_of};
use crate::kept::fact;
use crate::own::CONTACT;

const JOURNAL: &str = "/api/v1/persons/me/journal";
const EXPORT: &str = "/api/v1/persons/me/export";

fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA256, bytes).as_ref().to_vec()
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// The leaf of an entry as the API tells it, computed as a stranger would, with this salt.
pub(crate) fn leaf(entry: &Value, salt: &[u8]) -> String {
    let text = |name: &str| entry[name].as_str().unwrap().as_bytes().to_vec();
    let id = unhex(&entry["id"].as_str().unwrap().replace('-', ""));
    let content = sha256(&unhex(entry["content"].as_str().unwrap()));
    let former = unhex(entry["former"].as_str().unwrap());
    // What stands beside the content: an issuer's signature, or who did it.
    let beside =
        [&entry["signature"]["proof"], &entry["doer"]["content"]].into_iter().find_map(Value::as_str);
    let name = if beside.is_some() { "mingma/leaf/3" } else { "mingma/leaf/2" };
    let mut fields = vec![name.into(), salt.to_vec(), id, text("act"), text("at"), content, former];
    fields.extend(beside.map(|beside| sha256(&unhex(beside))));
    let bytes = fields.iter().flat_map(|field| {
        let length = u32::try_from(field.len()).unwrap().to_be_bytes();
        length.into_iter().chain(field.iter().copied())
    });
    hex(&sha256(&bytes.collect::<Vec<_>>()))
}

/// Does, and has done to it, what the tests look for.
async fn lived(house: &House) -> (PersonId, SignedIn<'_>) {
    let (person, me) = house.resident(1).await;
    house.registered(2).await;
    let day = json!({ "on": "2022-06-13", "feeling": "well" });
    let trip = json!({ "stays": [
        { "region": "310104", "from": "2022-06-10", "until": "2022-06-11" },
        { "region": "410105", "from": "2022-06-12" },
    ] });
    let tie = json!({ "document": "passport:JP:TR0000002", "tie": "agent", "days": 1 });
    let app = json!({ "app": "bank", "scope": "query-status", "days": 1 });
    let recorded = fact(house, 1, &CONTACT);
    let wrong = json!({ "fact": recorded.id, "ground": "not-me" });
    house.keep(person, vec![mingma_registry::row::PersonRow::Fact(recorded)], vec![]).await;
    for (place, body) in [
        ("health-declarations", &day),
        ("trip-declarations", &trip),
        ("agents", &tie),
        ("apps", &app),
        ("appeals", &wrong),
        ("codes", &Value::Null),
    ] {
        house.watch.pass(60);
        let answer = me.post(&format!("/api/v1/persons/me/{place}"), place, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{place}: {answer:?}");
    }
    (person, me)
}

#[tokio::test]
async fn every_entry_opens_with_its_salt_and_not_without() {
    let house = House::new().await;
    let (_, me) = lived(&house).await;
    let entries = me.get(JOURNAL).await.json();
    let entries = entries["items"].as_array().unwrap();
    let acts: BTreeSet<_> = entries.iter().map(|entry| entry["act"].as_str().unwrap()).collect();
    for act in ["register", "record", "declare", "bind", "authorize-app", "appeal", "show"] {
        assert!(acts.contains(act), "{act}: {acts:?}");
    }
    for entry in entries {
        let salt = unhex(entry["salt"].as_str().unwrap());
        assert_eq!(leaf(entry, &salt), entry["leaf"].as_str().unwrap(), "{entry}");
        assert_ne!(leaf(entry, &[0; 32]), entry["leaf"].as_str().unwrap(), "{entry}");
    }
    // And each names the one before it, so that none can be left out.
    let all = |name: &str| entries.iter().map(|entry| entry[name].as_str().unwrap()).collect::<BTreeSet<_>>();
    let (leaves, formers) = (all("leaf"), all("former"));
    assert_eq!((leaves.len(), formers.len()), (entries.len(), entries.len()), "none is named twice");
    assert_eq!(formers.difference(&leaves).collect::<Vec<_>>(), [&""], "the first names none");
}

#[tokio::test]
async fn an_entry_whose_rows_are_not_kept_opens_to_nothing() {
    let house = House::new().await;
    let (person, me) = house.resident(1).await;
    let never_kept = mingma_registry::row::PersonRow::Fact(fact(&house, 1, &CONTACT));
    house.keep_entry_alone(person, &[never_kept]).await;
    let entries = me.get(JOURNAL).await.json();
    let contents: Vec<_> =
        entries["items"].as_array().unwrap().iter().map(|e| e["content"].is_null()).collect();
    assert_eq!(contents.iter().filter(|gone| **gone).count(), 1, "{entries}");
    let page = Browser::of(&house, "en", person).get("/facts/journal").await;
    page.says("What was done has ended and is kept no longer.");
}

#[tokio::test]
async fn another_persons_signature_that_was_moved_to_ones_own_entry_is_named() {
    let house = House::new().await;
    let ((person, _), (other, _)) = (house.resident(1).await, house.resident(2).await);
    let laboratory = laboratory(&house).await;
    laboratory.submit(&house, "k", &[test_of(1, "negative"), test_of(2, "positive")]).await;
    let page = Browser::of(&house, "en", person).get("/facts/journal").await;
    page.says("by the institution’s key ");
    assert!(!page.text.contains("and about somebody else"), "{}", page.text);
    // Of the same key, under the same words.
    let store = house.app.registry().store();
    let signature =
        store.entries(Some(other)).await.unwrap().into_iter().find_map(|entry| entry.signature().cloned());
    let fact = store.record(other).await.unwrap().facts[0].clone();
    house.keep_signed(person, mingma_registry::row::PersonRow::Fact(fact), signature.unwrap()).await;
    for (lang, said) in LANGUAGES.into_iter().zip(["另一个人。", "另一個人。", "and about somebody else."])
    {
        let page = Browser::of(&house, lang, person).get("/facts/journal").await;
        page.says(said);
    }
}

/// A log of which nothing is asked.
#[derive(Debug)]
struct Unread;

impl LogFiles for Unread {
    fn read(&self, _: &str) -> Option<(Vec<u8>, Kept)> {
        None
    }

    fn proof(&self, _: u64, _: Option<u64>) -> Result<Option<String>, LogDamaged> {
        Ok(None)
    }

    fn sizes(&self, _: u64) -> Result<Option<(u64, u64)>, LogDamaged> {
        Ok(None)
    }

    fn turns(&self) -> Result<Vec<String>, LogDamaged> {
        Ok(Vec::new())
    }

    fn differences(&self) -> Option<u64> {
        None
    }
}

#[tokio::test]
async fn whichever_document_somebody_has_is_compared_with_whom_a_signature_is_about() {
    let house = House::logged(Arc::new(Unread)).await;
    let (person, _) = house.resident(1).await;
    let own = Browser::of(&house, "en", person).get("/facts/journal").await;
    let registering = Browser::new(&house, "en").get("/register").await;
    for kind in DocumentKind::ALL {
        let choice = format!("id=\"kind-{kind}\"");
        own.says(&choice);
        assert_eq!(registering.text.contains(&choice), *kind != DocumentKind::DeskNumber, "{kind}");
    }
}

#[tokio::test]
async fn a_proof_is_for_the_entrys_own_person_and_waits_for_the_log() {
    let house = House::new().await;
    let (_, me) = house.resident(1).await;
    let (_, other) = house.resident(2).await;
    let id = me.get(JOURNAL).await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("{JOURNAL}/{id}/proof");
    assert_eq!(me.get(&path).await.problem(), "not-in-the-log", "the house has no log");
    assert_eq!(other.get(&path).await.problem(), "not-found", "it is about somebody else");
    assert_eq!(me.get(&format!("{JOURNAL}/x/proof")).await.problem(), "not-found");
}

#[tokio::test]
async fn everything_is_one_file_that_the_authoritys_key_has_signed() {
    let house = House::new().await;
    let (person, me) = lived(&house).await;
    let file = house.bytes_as(&me, EXPORT).await;
    let signer = export::signer(&file).unwrap().unwrap();
    let key = house.trust.entries().iter().find(|entry| entry.key_id() == signer).unwrap().key();
    let document: Value = serde_json::from_slice(&export::open(&file, key).unwrap()).unwrap();
    assert_eq!((&document["format"], &document["person"]), (&json!("mingma/export/2"), &json!(person)));
    for (member, path) in [
        ("facts", "facts"),
        ("appeals", "appeals"),
        ("apps", "apps"),
        ("agents", "agents"),
        ("wards", "wards"),
        ("disclosures", "disclosures"),
        ("notices", "notices"),
    ] {
        let alone = me.get(&format!("/api/v1/persons/me/{path}?limit=100")).await.json();
        assert_eq!(document[member], alone["items"], "{member}");
    }
    let entries = document["journal"].as_array().unwrap();
    assert!(entries.len() >= 7, "{entries:?}");
    for entry in entries {
        let salt = unhex(entry["salt"].as_str().unwrap());
        assert_eq!(leaf(entry, &salt), entry["leaf"].as_str().unwrap());
    }
    // One bit in each part of it.
    for at in (0..file.len()).step_by(file.len() / 40) {
        let mut spoilt = file.clone();
        spoilt[at] ^= 1;
        assert!(export::open(&spoilt, key).is_err(), "byte {at}");
    }
    assert!(matches!(export::open(&file, &house.phone.verifying_key()), Err(ExportError::Signature(_))));
    let list = format!("/api/v1/status-lists/{}", crate::house::NOON / 86_400 * 64);
    let list = house.bytes(&list, None).await.bytes;
    assert!(export::open(&list, key).is_err(), "a list by the same key is no export");
}

#[tokio::test]
async fn the_page_says_what_was_done_and_leads_to_this_is_wrong() {
    let house = House::new().await;
    let (person, me) = lived(&house).await;
    let facts = me.get("/api/v1/persons/me/facts").await.json();
    for lang in LANGUAGES {
        let page = Browser::of(&house, lang, person).get("/facts/journal").await;
        for fact in facts["items"].as_array().unwrap() {
            page.says(&format!("href=\"/facts/{}/appeal\"", fact["id"].as_str().unwrap()));
        }
        page.says("INV-7").says("href=\"/rules/1\"").says(&format!("href=\"{EXPORT}\""));
        assert!(!page.text.contains("own-act") && !page.text.contains(">own-"), "a text is missing");
    }
    // The API says the same in words, in the language that is asked for.
    let page = Browser::of(&house, "zh-Hans", person).get("/facts/journal").await;
    let entries = me.get(&format!("{JOURNAL}?limit=100")).await.json();
    let entries = entries["items"].as_array().unwrap();
    assert!(entries.len() > 6);
    for words in entries.iter().map(|entry| &entry["words"]) {
        page.says(words["what"].as_str().unwrap());
        for line in words["lines"].as_array().unwrap() {
            page.says(line["name"].as_str().unwrap()).says(line["value"].as_str().unwrap());
        }
    }
    let rules =
        |act: &str| entries.iter().find(|entry| entry["act"] == act).unwrap()["words"]["rules"].clone();
    assert_eq!((rules("show"), rules("declare")), (json!(1), Value::Null), "a code names its rules");
    let page = Browser::of(&house, "en", person).get("/facts/journal").await;
    for what in ["A fact was recorded", "A declaration was made", "A fact was disputed", "A code was made"] {
        page.says(what);
    }
    let other = house.registered(3).await;
    let page = Browser::of(&house, "en", other).get(&format!("/facts/journal?for={person}")).await;
    assert_ne!(page.status, StatusCode::OK);
    assert!(!page.text.contains("INV-7"));
    let app = house.signed_in(Who::App { person, app: "bank".parse().unwrap() });
    assert_eq!(app.get(EXPORT).await.problem(), "not-granted");
}

#[tokio::test]
async fn the_entry_of_a_registration_says_where_one_lives_and_under_which_initials() {
    let house = House::new().await;
    let wish = Register {
        initials: Some(Initials::parse("ZS").unwrap()),
        ..Register::new(document(1), "410105".parse().unwrap())
    };
    let allowed = authorize(Actor::Visitor, Purpose::SelfService, wish).unwrap();
    register(house.app.registry(), allowed).await.unwrap();
    let person = house.app.registry().store().find(&document(1)).await.unwrap().unwrap();
    let home: Region = "410105".parse().unwrap();
    for lang in Lang::ALL {
        let page = Browser::of(&house, lang.word(), person).get("/facts/journal").await;
        page.says(&home.full_name(*lang)).says("<dd>ZS</dd>");
    }
}
