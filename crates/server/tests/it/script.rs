//! The browser signs the bytes that the registry checks: both are held to `tests/vectors/signed.json`, the script in an engine of
//! its own.

use mingma_registry::FactId;
use mingma_registry::acts::{Confirm, Countersign, Retract, institution_bytes};
use mingma_registry::canonical::sha256;
use mingma_registry::submission::{RawRow, signed_bytes};
use rquickjs::{CatchResultExt as _, Context, Function, Module, Runtime};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::house::{House, hex};

const VECTORS: &str = include_str!("../vectors/signed.json");
const SCRIPT: &str = include_str!("../../assets/submission.js");

/// What the engine lacks and every browser has.
const BROWSER: &str = r#"
globalThis.TextEncoder = class { encode(text) { return new Uint8Array(utf8(text)); } };
globalThis.crypto = { subtle: { digest: async (name, bytes) => {
    if (name !== "SHA-256") throw new Error(name);
    return new Uint8Array(sha256([...bytes])).buffer;
} } };
"#;

/// Signs each vector and gives the hexadecimal digits of the bytes, one a line.
const SIGN: &str = r#"
import { submissionBytes, confirmationBytes, countersignatureBytes, institutionSignInBytes, retractionBytes, hex } from "submission";
const salt = (v) => Uint8Array.from(v.salt.match(/../g), (pair) => Number.parseInt(pair, 16));
const bytes = (v) => v.of === "submission" ? submissionBytes(v.issuer, v.key, salt(v), v.rows)
    : v.of === "countersignature" ? countersignatureBytes(v.issuer, salt(v), v.person, v.fact)
    : v.of === "confirmation" ? confirmationBytes(v.issuer, salt(v), v.person, v.fact, v.confirmed)
    : v.of === "sign-in" ? institutionSignInBytes(v.issuer, v.challenge)
    : retractionBytes(v.issuer, salt(v), v.person, v.fact, v.reason);
const signed = [];
for (const vector of JSON.parse(globalThis.vectors)) signed.push(hex(await bytes(vector)));
globalThis.signed = signed.join("\n");
"#;

fn by_the_script() -> Vec<String> {
    let runtime = Runtime::new().unwrap();
    Context::full(&runtime).unwrap().with(|engine| {
        let globals = engine.globals();
        let utf8 = Function::new(engine.clone(), String::into_bytes).unwrap();
        globals.set("utf8", utf8).unwrap();
        let sha256 = |bytes: Vec<u8>| sha256(&bytes).to_vec();
        globals.set("sha256", Function::new(engine.clone(), sha256).unwrap()).unwrap();
        globals.set("vectors", VECTORS).unwrap();
        engine.eval::<(), _>(BROWSER).catch(&engine).unwrap();
        let script = Module::declare(engine.clone(), "submission", SCRIPT).catch(&engine).unwrap();
        let (_, done) = script.eval().catch(&engine).unwrap();
        done.finish::<()>().catch(&engine).unwrap();
        Module::evaluate(engine.clone(), "sign", SIGN)
            .catch(&engine)
            .unwrap()
            .finish::<()>()
            .catch(&engine)
            .unwrap();
        let signed: String = globals.get("signed").unwrap();
        signed.lines().map(str::to_owned).collect()
    })
}

fn by_the_registry(vector: &Value) -> Vec<u8> {
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let issuer = text(vector, "issuer").parse().unwrap();
    if vector["of"] == "sign-in" {
        return institution_bytes(&issuer, &text(vector, "challenge"));
    }
    let salt = text(vector, "salt");
    let salt = base16ct::lower::decode_vec(salt).unwrap().try_into().unwrap();
    if vector["of"] == "submission" {
        let columns = ["person", "kind", "value", "at", "until", "region", "evidence", "credential"];
        let rows: Vec<[String; 8]> =
            vector["rows"].as_array().unwrap().iter().map(|row| columns.map(|c| text(row, c))).collect();
        let rows: Vec<RawRow<'_>> = rows
            .iter()
            .map(|[person, kind, value, at, until, region, evidence, credential]| RawRow {
                person,
                kind,
                value,
                at,
                until,
                region,
                evidence,
                credential,
            })
            .collect();
        return signed_bytes(&issuer, &text(vector, "key").parse().unwrap(), &salt, &rows);
    }
    let person = text(vector, "person").parse().unwrap();
    let fact: FactId = text(vector, "fact").parse().unwrap();
    if vector["of"] == "countersignature" {
        return Countersign::signed_bytes(&issuer, &salt, &person, fact);
    }
    if vector["of"] == "confirmation" {
        return Confirm::signed_bytes(&issuer, &salt, &person, fact, vector["confirmed"].as_bool().unwrap());
    }
    Retract::signed_bytes(&issuer, &salt, &person, fact, text(vector, "reason").parse().unwrap())
}

#[test]
fn the_browser_signs_the_bytes_that_the_registry_checks() {
    let vectors: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    let script = by_the_script();
    assert_eq!((vectors.len(), script.len()), (8, 8));
    for (vector, script) in vectors.iter().zip(&script) {
        let expected = vector["bytes"].as_str().unwrap();
        assert_eq!(hex(&by_the_registry(vector)), expected, "the registry: {vector}");
        assert_eq!(script, expected, "the script: {vector}");
    }
}

#[tokio::test]
async fn the_code_page_and_its_script_say_a_status_in_the_same_words() {
    const CODE: &str = include_str!("../../assets/code.js");
    let function = CODE.split("function said(").nth(1).and_then(|rest| rest.split("\n}\n").next()).unwrap();
    let house = House::new().await;
    let (person, me) = house.resident(1).await;
    for symptoms in [json!([]), json!(["cough"])] {
        let feeling = if symptoms == json!([]) { "well" } else { "unwell" };
        let body = json!({ "on": "2022-06-13", "feeling": feeling, "symptoms": symptoms });
        me.post("/api/v1/persons/me/health-declarations", feeling, &body).await;
        let answer = me.get("/api/v1/persons/me/status").await.text;
        let by_the_script = Context::full(&Runtime::new().unwrap()).unwrap().with(|engine| {
            engine.globals().set("answer", answer).unwrap();
            let run = format!("(function said({function}\n}})(JSON.parse(answer))");
            engine.eval::<String, _>(run).catch(&engine).unwrap()
        });
        let page = Browser::of(&house, "en", person).get("/code").await.text;
        let by_the_page = page.split("data-said=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        assert_eq!(by_the_script, by_the_page);
        assert_eq!(by_the_page.contains("B1 "), feeling == "unwell", "{by_the_page}");
    }
}
