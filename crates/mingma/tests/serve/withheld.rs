//! What a person's file keeps back: of that it is said that it is not proved, or, where somebody must have it, that it is not there.

use jiff::{SignedDuration, Timestamp};
use mingma_registry::canonical::sha256;
use mingma_registry::journal::{Former, leaf};
use mingma_registry::signed::Proof;
use mingma_registry::{EntryId, FactId};
use serde_json::{Value, json};

use super::exported::{Taken, document, signed};
use super::support::now;

/// Takes an entry out of a document, so that nothing proves it: the one behind says that it follows the one before, and has no salt.
pub(crate) fn hide(mine: &mut Value, at: usize) {
    let entries = mine["journal"].as_array_mut().unwrap();
    let hidden = entries.remove(at);
    entries[at]["former"] = hidden["former"].clone();
    for member in ["salt", "content", "content_hash"] {
        entries[at][member] = Value::Null;
    }
}

/// Says of an act that an issuer signed it, and makes its commitment anew: of a signature that nobody made.
pub(crate) fn forge(mine: &mut Value, at: usize) {
    let entry = &mut mine["journal"].as_array_mut().unwrap()[at];
    let hash = |name: &str| {
        let text = entry[name].as_str().unwrap();
        <[u8; 32]>::try_from(base16ct::lower::decode_vec(text).unwrap()).unwrap()
    };
    let proof = Proof { signature: [1; 64], about: [2; 32], row: None }.to_bytes();
    let named = [&entry["id"], &entry["act"], &entry["at"]].map(|it| it.as_str().unwrap());
    let named = (named[0].parse().unwrap(), named[1].parse().unwrap(), named[2].parse().unwrap());
    let link = (Former::Leaf(hash("former")), Some(&sha256(&proof)));
    let leaf = leaf(named, &hash("salt"), &hash("content_hash"), link);
    entry["leaf"] = json!(base16ct::lower::encode_string(&leaf));
    entry["signature"] =
        json!({ "proof": base16ct::lower::encode_string(&proof), "salt": "00".repeat(32), "key": null });
}

/// Adds an act that was never done, behind the last one; it was done as long ago.
pub(crate) fn invent(mine: &mut Value, ago: SignedDuration) {
    let entries = mine["journal"].as_array_mut().unwrap();
    let mut invented = entries.last().unwrap().clone();
    let at = now() - ago;
    let content = base16ct::lower::decode_vec(invented["content"].as_str().unwrap()).unwrap();
    let former = base16ct::lower::decode_vec(invented["leaf"].as_str().unwrap()).unwrap();
    let id = EntryId::new(at, [9; 10]);
    let named = (id, invented["act"].as_str().unwrap().parse().unwrap(), at);
    let former = Former::Leaf(former.try_into().unwrap());
    let leaf = leaf(named, &[7; 32], &sha256(&content), (former, None));
    let hex = |bytes: &[u8; 32]| base16ct::lower::encode_string(bytes);
    invented["former"] = invented["leaf"].clone();
    invented["id"] = json!(id.to_string());
    invented["at"] = json!(at.to_string());
    invented["salt"] = json!(hex(&[7; 32]));
    invented["leaf"] = json!(hex(&leaf));
    invented["proof"] = Value::Null;
    invented["doer"] = Value::Null;
    entries.push(invented);
}

/// What a file does not prove because of what is not in it is no fault, and is said.
#[test]
fn before_an_act_without_its_salt_nothing_is_called_complete() {
    let taken = Taken::new();
    let whole = document(&taken.city, &taken.files[0]);
    let mut hidden = whole.clone();
    hide(&mut hidden, 2);
    let at: Timestamp = hidden["journal"][2]["at"].as_str().unwrap().parse().unwrap();
    let at = at.strftime("%Y-%m-%d %H:%M:%SZ");
    let (holds, said) = taken.audited(&signed(&taken.city, &hidden), &[]);
    for line in [
        "  4 acts about the person; right before 3 of them none is left out",
        &format!("  that none is left out before the other 1, the newest of {at}: they have no salt"),
        "  4 of the acts are in the public log",
        "  what was done by 3 of them is told here",
    ] {
        assert!(holds && said.contains(line), "no `{line}` in {said}");
    }
    assert!(!said.contains("none between is left out"), "{said}");
    for (lang, line) in [("zh-Hans", "其中 3 项之前没有遗漏"), ("zh-Hant", "另外 1 項操作")] {
        let (holds, said) = taken.audited(&signed(&taken.city, &hidden), &["--lang", lang]);
        assert!(holds && said.contains(line) && !said.contains("各接前一"), "{said}");
    }
    // A fact may be of the act that nothing opens any more, if it was recorded with it.
    hidden["facts"][0]["recorded"] = json!((now() - SignedDuration::from_hours(40)).to_string());
    hidden["facts"][0]["id"] = json!(FactId::new(now(), [9; 10]).to_string());
    let (holds, said) = taken.audited(&signed(&taken.city, &hidden), &[]);
    assert!(!holds && said.contains("no act recorded it"), "{said}");
    // With the content gone and the salt there, what it follows is proved.
    let mut ended = whole;
    ended["journal"][2]["content"] = Value::Null;
    let (holds, said) = taken.audited(&signed(&taken.city, &ended), &[]);
    assert!(holds && said.contains("5 acts about the person, each following the one before it"), "{said}");
    assert!(said.contains("  what was done by 1 act: it is told no more"), "{said}");
}

#[test]
fn what_no_published_log_has_is_told_and_what_the_log_itself_lacks_is_a_fault() {
    let taken = Taken::new();
    let mine = document(&taken.city, &taken.files[0]);
    let log = taken.city.data().join("log");
    let with_log = ["--log", log.to_str().unwrap()];
    // What was done an hour ago may not be published yet; but the log has what was done since.
    let mut invented = mine.clone();
    invent(&mut invented, SignedDuration::from_hours(1));
    let invented = signed(&taken.city, &invented);
    let (holds, said) = taken.audited(&invented, &[]);
    assert!(holds && said.contains("  that 1 act is in the public log"), "{said}");
    let (holds, said) = taken.audited(&invented, &with_log);
    assert!(!holds && said.contains("nothing shows it there"), "{said}");
    // What the log has although the file does not prove it is proved by the log.
    let mut unproved = mine.clone();
    for entry in unproved["journal"].as_array_mut().unwrap() {
        entry["proof"] = Value::Null;
    }
    let signed_unproved = signed(&taken.city, &unproved);
    let (holds, said) = taken.audited(&signed_unproved, &[]);
    assert!(holds && said.contains("  0 of the acts are in the public log"), "{said}");
    let (holds, said) = taken.audited(&signed_unproved, &with_log);
    assert!(holds && said.contains("  5 of the acts are in the public log"), "{said}");
    assert!(!said.contains("that 5 acts are in the public log"), "{said}");
    // And is compared with it.
    hide(&mut unproved, 3);
    unproved["journal"][3]["act"] = json!("record");
    let (holds, said) = taken.audited(&signed(&taken.city, &unproved), &with_log);
    assert!(!holds && said.contains("the public log shows another act, second or office"), "{said}");
}
