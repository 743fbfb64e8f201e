//! The browser checks proofs that the log makes, in an engine of its own, and refuses every one that is spoilt.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64ct::{Base64, Encoding as _};
use mingma_journal::checkpoint::{Checkpoint, SignedCheckpoint};
use mingma_journal::hash::Hash;
use mingma_journal::leaf::{Act, Leaf};
use mingma_journal::merkle::{MemoryTree, inclusion};
use mingma_journal::note::key::PosixSeconds;
use mingma_journal::note::sign::LogSigner;
use mingma_journal::policy::Policy;
use mingma_journal::proof_file::ProofFile;
use rquickjs::{CatchResultExt as _, Context, Function, Module, Runtime};
use serde_json::{Value, json};

use crate::house::{House, SignedIn, Visitor, document, hex};
use crate::institutions::{cdc, contact_of, laboratory, test_of};

/// The log of a quarter.
const ORIGIN: &str = "log.example/2022q2";

const SCRIPT: &str = include_str!("../../assets/proof.js");

/// What the engine lacks and every browser has.
const BROWSER: &str = r#"
globalThis.TextEncoder = class { encode(text) { return new Uint8Array(utf8(text)); } };
globalThis.crypto = { subtle: {
    digest: async (name, bytes) => {
        if (name !== "SHA-256") throw new Error(name);
        return new Uint8Array(sha256([...bytes])).buffer;
    },
    importKey: async (format, bytes, name) => ({ format, bytes: [...bytes], name }),
    verify: async (name, key, seal, text) => {
        if (name !== "Ed25519" || key.name !== name || key.format !== "raw") throw new Error(name);
        return ed25519(key.bytes, [...seal], [...text]);
    },
} };
globalThis.atob = (text) => {
    const bytes = unbase64(text);
    if (bytes === null || bytes === undefined) throw new Error("not Base64");
    return String.fromCharCode(...bytes);
};
"#;

/// Checks each file against its entry and the checkpoint that the policy's key has signed: `index/size` and whether it was opened, or why not.
const CHECK: &str = r#"
import { check, logKey, signed, Unproved } from "proof";
const said = [];
for (const { file, entry, policy, checkpoint } of JSON.parse(globalThis.cases)) {
    try {
        const { name, bytes } = await logKey(policy);
        if (name !== "log.example") throw new Error(name);
        const head = await signed(checkpoint, bytes);
        const { index, opened } = await check(file, entry, head);
        said.push(`${index}/${head.size}${opened ? "" : " shut"}`);
    } catch (error) {
        said.push(error instanceof Unproved ? `unproved: ${error.message}` : `broken: ${error} ${error.stack}`);
    }
}
globalThis.said = said.join("\n");
"#;

/// The ids of the entries of each list that follow a gap.
const GAPS: &str = r#"
import { gaps } from "proof";
globalThis.said = JSON.parse(globalThis.cases).map((list) => `gaps: ${gaps(list).join(" ")}`).join("\n");
"#;

/// Of each signature and document whether the one is about the other's holder.
const ABOUT: &str = r#"
import { isAbout, Unproved } from "proof";
const said = [];
for (const { signature, whom } of JSON.parse(globalThis.cases)) {
    try {
        said.push(String(await isAbout(signature, whom)));
    } catch (error) {
        said.push(error instanceof Unproved ? "unproved" : `broken: ${error}`);
    }
}
globalThis.said = said.join("\n");
"#;

fn by_the_script(cases: &[Value]) -> Vec<String> {
    by(CHECK, cases)
}

fn by(asked: &str, cases: &[Value]) -> Vec<String> {
    let runtime = Runtime::new().unwrap();
    Context::full(&runtime).unwrap().with(|engine| {
        let globals = engine.globals();
        let sha256 = |bytes: Vec<u8>| digest(&SHA256, &bytes).as_ref().to_vec();
        let unbase64 = |text: String| Base64::decode_vec(&text).ok();
        let ed25519 = |key: Vec<u8>, seal: Vec<u8>, text: Vec<u8>| {
            UnparsedPublicKey::new(&ED25519, &key).verify(&text, &seal).is_ok()
        };
        globals.set("ed25519", Function::new(engine.clone(), ed25519).unwrap()).unwrap();
        globals.set("utf8", Function::new(engine.clone(), String::into_bytes).unwrap()).unwrap();
        globals.set("sha256", Function::new(engine.clone(), sha256).unwrap()).unwrap();
        globals.set("unbase64", Function::new(engine.clone(), unbase64).unwrap()).unwrap();
        globals.set("cases", Value::from(cases.to_vec()).to_string()).unwrap();
        engine.eval::<(), _>(BROWSER).catch(&engine).unwrap();
        let script = Module::declare(engine.clone(), "proof", SCRIPT).catch(&engine).unwrap();
        let (_, done) = script.eval().catch(&engine).unwrap();
        done.finish::<()>().catch(&engine).unwrap();
        let check = Module::evaluate(engine.clone(), "asked", asked).catch(&engine).unwrap();
        check.finish::<()>().catch(&engine).unwrap();
        let said: String = globals.get("said").unwrap();
        said.lines().map(str::to_owned).collect()
    })
}

/// The log's entry of what the API tells.
fn act(entry: &Value) -> Vec<u8> {
    let text = |name: &str| entry[name].as_str().unwrap();
    let word = |name: &str| entry[name].as_str().map(|word| word.parse().unwrap());
    let at: jiff::Timestamp = text("at").parse().unwrap();
    let leaf = text("leaf").as_bytes().chunks(2);
    let leaf = leaf.map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap());
    let leaf: Vec<u8> = leaf.collect();
    Leaf::Act(Act {
        name: text("act").parse().unwrap(),
        at: PosixSeconds::new(u64::try_from(at.as_second()).unwrap()).unwrap(),
        issuer: word("issuer"),
        region: word("region"),
        subject: word("subject"),
        commitment: Hash::new(leaf.try_into().unwrap()),
    })
    .to_bytes()
}

/// What somebody reads of themselves: that they registered, twelve declarations, and a test that a laboratory recorded.
async fn told_entries() -> Vec<Value> {
    let house = House::new().await;
    let (_, me) = house.resident(1).await;
    for n in 0..12 {
        house.watch.pass(60);
        let day = json!({ "on": "2022-06-13", "feeling": "well" });
        me.post("/api/v1/persons/me/health-declarations", &format!("k-{n}"), &day).await;
    }
    let laboratory = laboratory(&house).await;
    house.watch.pass(60);
    laboratory.submit(&house, "k", &[test_of(1, "negative"), test_of(2, "negative")]).await;
    let told = me.get("/api/v1/persons/me/journal").await.json();
    let told = told["items"].as_array().unwrap().clone();
    let kept = &told.last().unwrap()["signature"];
    assert_eq!(kept["key"], hex(laboratory.key.device_point().as_bytes()), "{kept}");
    assert!(told[0]["signature"].is_null(), "what a person did themselves no issuer signed");
    assert_eq!(told.last().unwrap()["issuer"], json!(laboratory.issuer.to_string()), "an office is told");
    told
}

/// Each entry under the checkpoint of each size, as the script is asked, and what it is to say.
fn proofs(
    told: &[Value],
    (entries, tree): (&[Vec<u8>], &MemoryTree),
    signer: &LogSigner,
    said: &str,
) -> (Vec<Value>, Vec<String>) {
    let policy = Policy::from_bytes(said.as_bytes()).unwrap();
    let (mut cases, mut due) = (Vec::new(), Vec::new());
    for size in 1..=u64::try_from(entries.len()).unwrap() {
        let head = Checkpoint::new(ORIGIN.parse().unwrap(), size, tree.root_at(size).unwrap());
        let checkpoint = head.sign(signer).unwrap();
        for index in 0..size {
            let place = usize::try_from(index).unwrap();
            let path = inclusion(&mut &*tree, index, size).unwrap().path;
            let proof = ProofFile {
                extra: Some(entries[place].clone()),
                index,
                path,
                checkpoint: checkpoint.note().clone(),
            };
            proof.verify(&entries[place], &policy).unwrap();
            // The page completes the way up with the checkpoint that it has.
            assert_eq!(proof.to_string(), proof.way() + &checkpoint.note().to_string());
            cases.push(json!({
                "file": proof.to_string(), "entry": told[place], "policy": said, "checkpoint": checkpoint.note().to_string(),
            }));
            due.push(format!("{index}/{size}"));
        }
    }
    (cases, due)
}

#[tokio::test]
async fn the_browser_believes_the_logs_proofs_and_no_spoilt_one() {
    let told = told_entries().await;
    let entries: Vec<Vec<u8>> = told.iter().map(act).collect();
    let tree: MemoryTree = entries.iter().map(|entry| Hash::leaf(entry)).collect();
    let signer = LogSigner::from_seed(ORIGIN.parse().unwrap(), &[7; 32]).unwrap();
    let said = format!("log {} https://log.example\nquorum none\n", signer.key());
    let (cases, due) = proofs(&told, (&entries, &tree), &signer, &said);
    assert_eq!(by_the_script(&cases), due);

    // What is gone is proved without its content; what is not the entry is not proved at all.
    let good = cases.last().unwrap().clone();
    let spoilt = |spoil: &dyn Fn(&mut Value)| {
        let mut case = good.clone();
        spoil(&mut case);
        case
    };
    let in_file = |from: &str, to: &str| {
        let text = good["file"].as_str().unwrap();
        assert!(text.contains(from), "{from}");
        let text = text.replacen(from, to, 1);
        spoilt(&|case| case["file"] = json!(text))
    };
    let last = due.last().unwrap().clone();
    let ended = |more: &[&str]| {
        spoilt(&|case| {
            case["entry"]["content"] = Value::Null;
            for member in more {
                case["entry"][*member] = Value::Null;
            }
        })
    };
    for more in [&[][..], &["content_hash"], &["salt"], &["salt", "content_hash"]] {
        assert_eq!(by_the_script(&[ended(more)]), [format!("{last} shut")], "{more:?}");
    }
    // A tree of this one entry, made by somebody with a key of their own: its file holds by itself, and stands on no checkpoint of the log.
    let stranger = LogSigner::from_seed(ORIGIN.parse().unwrap(), &[8; 32]).unwrap();
    let entry = entries.last().unwrap();
    let own = Checkpoint::new(ORIGIN.parse().unwrap(), 1, Hash::leaf(entry)).sign(&stranger).unwrap();
    let renamed = |own: &SignedCheckpoint| {
        // Under the real key's number, so that the line is taken for its own.
        let number = signer.key().id().to_be_bytes();
        let line = own.note().signatures()[0].seal.as_bytes();
        let line = Base64::encode_string(&[&number, line].concat());
        format!("{}\n\u{2014} {ORIGIN} {line}\n", own.note().text())
    };
    let alone =
        ProofFile { extra: Some(entry.clone()), index: 0, path: vec![], checkpoint: own.note().clone() };
    let alone = alone.to_string();
    let size = entries.len();
    let other = &told[0];
    // The first entry says who registered.
    let registered = |doer: Value| {
        let mut case = cases[cases.len() - size].clone();
        assert_eq!(case["entry"]["doer"]["role"], "visitor");
        case["entry"]["doer"] = doer;
        case
    };
    let spoils = [
        spoilt(&|case| case["entry"]["salt"] = json!("00".repeat(32))),
        spoilt(&|case| case["entry"]["content"] = other["content"].clone()),
        spoilt(&|case| case["entry"]["leaf"] = other["leaf"].clone()),
        spoilt(&|case| case["entry"]["former"] = other["leaf"].clone()),
        spoilt(&|case| {
            case["entry"]["content"] = Value::Null;
            case["entry"]["former"] = other["leaf"].clone();
        }),
        spoilt(&|case| case["entry"]["signature"] = Value::Null),
        spoilt(&|case| case["entry"]["signature"]["proof"] = json!("00")),
        registered(Value::Null),
        registered(told[1]["doer"].clone()),
        registered(json!({ "content": "00" })),
        spoilt(&|case| case["entry"]["former"] = json!("")),
        spoilt(&|case| case["entry"]["former"] = Value::Null),
        spoilt(&|case| case["entry"]["at"] = json!("2022-06-13T04:00:01Z")),
        spoilt(&|case| case["entry"]["issuer"] = json!("hospital:nobody")),
        spoilt(&|case| case["entry"]["issuer"] = Value::Null),
        spoilt(&|case| case["entry"]["region"] = json!("999999")),
        spoilt(&|case| case["entry"]["subject"] = json!("audit")),
        spoilt(&|case| case["checkpoint"] = cases[0]["checkpoint"].clone()),
        spoilt(&|case| case["checkpoint"] = json!(own.note().to_string())),
        spoilt(&|case| case["checkpoint"] = json!(renamed(&own))),
        spoilt(&|case| case["policy"] = json!(format!("log {}\n", stranger.key()))),
        spoilt(&|case| case["policy"] = json!("quorum none\n")),
        spoilt(&|case| case["file"] = json!(alone)),
        spoilt(&|case| case["entry"]["act"] = json!("declare")),
        spoilt(&|case| case["entry"]["id"] = other["id"].clone()),
        spoilt(&|case| case["file"] = json!("")),
        in_file("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        in_file(&format!("index {}", size - 1), &format!("index {}", size - 2)),
        in_file(&format!("index {}", size - 1), &format!("index {size}")),
        in_file(&format!("\n{size}\n"), &format!("\n{}\n", size + 1)),
        in_file(
            &format!("index {}\n", size - 1),
            &format!("index {}\n{}\n", size - 1, Base64::encode_string(&[0; 32])),
        ),
        in_file(
            &tree.root_at(u64::try_from(size).unwrap()).unwrap().to_string(),
            &Base64::encode_string(&[0; 32]),
        ),
        in_file("extra AAAA", "extra !!!!"),
    ];
    for (case, said) in spoils.iter().zip(by_the_script(&spoils)) {
        assert!(said.starts_with("unproved: "), "{said}: {case}");
    }
}

#[tokio::test]
async fn the_browser_tells_a_signature_about_its_reader_from_one_about_somebody_else() {
    let house = House::new().await;
    let (laboratory, cdc) = (laboratory(&house).await, cdc(&house).await);
    let (_, me) = house.resident(1).await;
    let (_, other) = house.resident(2).await;
    laboratory.submit(&house, "k", &[test_of(1, "negative"), test_of(2, "negative")]).await;
    // What is signed by itself, too.
    let fact = cdc.submit(&house, "k", &[contact_of(1)]).await.json()["rows"][0]["id"].clone();
    let taken_back = cdc.retraction(1, fact.as_str().unwrap(), "wrong-person");
    Visitor(&house).post("/api/v1/retractions", &taken_back).await;
    let signatures = async |of: &SignedIn<'_>| {
        let told = of.get("/api/v1/persons/me/journal").await.json();
        let kept = told["items"].as_array().unwrap().iter().map(|entry| entry["signature"].clone());
        kept.filter(|kept| !kept.is_null()).collect::<Vec<_>>()
    };
    let (mine, others) = (signatures(&me).await, signatures(&other).await);
    assert_eq!((mine.len(), others.len()), (3, 1));
    let [my_document, another] = [1, 2].map(|n| document(n).to_wire());
    let case = |signature: &Value, whom: &str| json!({ "signature": signature, "whom": whom });
    let mut salted = mine[0].clone();
    salted["salt"] = others[0]["salt"].clone();
    let spoilt = |proof: &str| json!({ "proof": proof, "salt": mine[0]["salt"] });
    let (cases, due): (Vec<Value>, Vec<&str>) = [
        (case(&mine[0], &my_document), "true"),
        (case(&mine[1], &my_document), "true"),
        (case(&mine[2], &my_document), "true"),
        (case(&others[0], &another), "true"),
        (case(&others[0], &my_document), "false"),
        (case(&mine[2], &another), "false"),
        (case(&salted, &my_document), "false"),
        (case(&mine[0], ""), "false"),
        (case(&spoilt(""), &my_document), "unproved"),
        (case(&spoilt("00"), &my_document), "unproved"),
        (case(&spoilt("0000000161"), &my_document), "unproved"),
    ]
    .into_iter()
    .unzip();
    assert_eq!(by(ABOUT, &cases), due);
}

#[test]
fn a_list_that_leaves_an_entry_out_shows_where() {
    let entry =
        |id: &str, former: Option<&str>, leaf: &str| json!({ "id": id, "former": former, "leaf": leaf });
    let whole = [
        entry("old", None, "01"),
        entry("older-than-chains", None, "02"),
        entry("a", Some("02"), "0a"),
        entry("b", Some("0a"), "0b"),
        entry("c", Some("0b"), "0c"),
    ];
    let of = |places: &[usize]| json!(places.iter().map(|place| whole[*place].clone()).collect::<Vec<_>>());
    let with = |other: Value| json!([&whole[..], &[other]].concat());
    let cases = [
        (of(&[0, 1, 2, 3, 4]), ""),
        (json!([]), ""),
        (json!([entry("first", Some(""), "01"), entry("next", Some("01"), "02")]), ""),
        (of(&[0, 1, 2, 4]), "c"),
        (of(&[0, 2, 3, 4]), "a"),
        (of(&[3, 4]), "b"),
        (with(entry("fork", Some("0a"), "0d")), "fork"),
        (with(entry("unsaid", None, "0d")), "unsaid"),
        (json!([entry("first", Some(""), "01"), entry("second first", Some(""), "02")]), "second first"),
    ];
    let (lists, due): (Vec<Value>, Vec<String>) =
        cases.into_iter().map(|(list, gaps)| (list, format!("gaps: {gaps}"))).unzip();
    assert_eq!(by(GAPS, &lists), due);
}
