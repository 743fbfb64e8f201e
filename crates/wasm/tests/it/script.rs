//! `mingma.js` itself, where there is a Node to run it: a phone with a key of `WebCrypto` and a checkpoint.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use mingma_credential::status::Color;
use mingma_wasm::WASM;

use crate::both::{status_list, trust_file};
use crate::support::{House, NOON, full_order};

#[test]
fn the_script_serves_a_phone_and_a_checkpoint() {
    let (house, thief) = (House::new(171), House::new(172));
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let node = Command::new("node")
        .arg(tests.join("script.mjs"))
        .arg(tests.join("../../browser/js/mingma.js"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut node) = node else {
        eprintln!("skipped: no `node` to run mingma.js in");
        return;
    };
    let given = serde_json::json!({
        "module": hex(WASM),
        "now": NOON.get(),
        "code": house.device_code(&full_order(Color::Green)),
        "trust": hex(&trust_file(&[&house], &house, NOON)),
        "anchor": hex(house.certificate.as_der()),
        "otherTrust": hex(&trust_file(&[&thief], &thief, NOON)),
        "statusList": hex(&status_list(&house, 1, NOON)),
        "phone": hex(&house.phone.to_pkcs8_der().unwrap()),
        "point": hex(house.phone.device_point().as_bytes()),
        "thief": hex(&thief.phone.to_pkcs8_der().unwrap()),
    });
    node.stdin.take().unwrap().write_all(given.to_string().as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "all is well");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}
