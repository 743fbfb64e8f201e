//! A person's file says who did what for them, in each language, and the entry commits to it.

use mingma_registry::canonical::sha256;
use mingma_registry::journal::{Former, leaf};
use mingma_registry::words::Tie;
use mingma_registry::{AssistanceId, Doer, GrantId};
use serde_json::{Value, json};

use super::exported::{Taken, document, signed};

/// The newest entry of a document, a declaration.
pub(crate) fn declared(mine: &mut Value) -> &mut Value {
    let newest = mine["journal"].as_array_mut().unwrap().last_mut().unwrap();
    assert_eq!((&newest["act"], &newest["doer"]["role"]), (&json!("declare"), &json!("resident")));
    newest
}

/// Says of an entry who did it.
pub(crate) fn done_by(told: &mut Value, doer: &Doer) {
    *told = json!({
        "role": doer.role().word(), "by": doer.by(), "case": doer.case(),
        "content": base16ct::lower::encode_string(&doer.to_bytes()),
    });
}

/// The same, and makes its commitment anew, of which no published checkpoint knows yet.
pub(crate) fn committed(entry: &mut Value, doer: &Doer) {
    let hash = |name: &str| {
        let text = entry[name].as_str().unwrap();
        <[u8; 32]>::try_from(base16ct::lower::decode_vec(text).unwrap()).unwrap()
    };
    let named = [&entry["id"], &entry["act"], &entry["at"]].map(|it| it.as_str().unwrap());
    let named = (named[0].parse().unwrap(), named[1].parse().unwrap(), named[2].parse().unwrap());
    let beside = sha256(&doer.to_bytes());
    let link = (Former::Leaf(hash("former")), Some(&beside));
    let leaf = leaf(named, &hash("salt"), &hash("content_hash"), link);
    entry["leaf"] = json!(base16ct::lower::encode_string(&leaf));
    entry["proof"] = Value::Null;
    done_by(&mut entry["doer"], doer);
}

#[test]
fn whoever_acted_for_a_person_is_counted_in_the_persons_file_by_who_they_are() {
    let taken = Taken::new();
    let (holds, said) = taken.audited(&taken.files[0], &[]);
    // The city was imported, and the person declared by themselves.
    assert!(holds && !said.contains("somebody else did"), "{said}");
    let (id, staff) = (GrantId::from_bytes([7; 16]), "worker-3".parse().unwrap());
    let consent = Some(AssistanceId::from_bytes([9; 16]));
    for (doer, words) in [
        (
            Doer::Agent { binding: id, tie: Tie::Family },
            ["代办人", "代辦人", "somebody who may act for the person"],
        ),
        (Doer::Worker { staff, consent }, ["社区工作人员", "社區工作人員", "a community worker"]),
        (
            Doer::App { app: "scanner".parse().unwrap(), grant: id },
            ["其授权的程序", "其授權的程式", "a program that the person let in"],
        ),
    ] {
        let mut mine = document(&taken.city, &taken.files[0]);
        committed(declared(&mut mine), &doer);
        let file = signed(&taken.city, &mine);
        for ((lang, said_before), word) in [
            ("zh-Hans", "其中 1 项由他人办理："),
            ("zh-Hant", "其中 1 項由他人辦理："),
            ("en", "somebody else did 1 of them: "),
        ]
        .into_iter()
        .zip(words)
        {
            let (holds, said) = taken.audited(&file, &["--lang", lang]);
            assert!(holds && said.contains(&format!("{said_before}{word}")), "{said}");
        }
    }
}
