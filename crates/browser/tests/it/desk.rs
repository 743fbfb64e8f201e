//! The desk: numbers that are right, and every way in which a page may get one wrong.

use mingma_browser::limits::{MAX_BUFFER_BYTES, MAX_BUFFERS, MAX_CHECKPOINTS};
use mingma_browser::{Answer, Code, Desk, instant};
use mingma_credential::status::Color;

use crate::support::{House, NOON, full_order};
use crate::{page_time, trust_file};

fn hand_in(desk: &mut Desk, bytes: &[u8]) -> u32 {
    let buffer = desk.buffer(u32::try_from(bytes.len()).unwrap());
    desk.bytes(buffer).copy_from_slice(bytes);
    buffer
}

/// The answer, or the refusal's word.
fn take(desk: &mut Desk, answer: Answer) -> Result<String, String> {
    let bytes = String::from_utf8(desk.bytes(answer.unsigned_abs()).to_vec()).unwrap();
    desk.free(answer.unsigned_abs());
    if answer > 0 {
        return Ok(bytes);
    }
    let refusal: serde_json::Value = serde_json::from_str(&bytes).unwrap();
    assert!(refusal["message"].as_str().is_some_and(|message| !message.is_empty()));
    Err(refusal["code"].as_str().unwrap().to_owned())
}

#[test]
fn a_page_is_served_by_numbers() {
    let house = House::new(121);
    let mut desk = Desk::new();
    let checkpoint = desk.checkpoint();
    let file = hand_in(&mut desk, &trust_file(&house, &house, 9, NOON));
    let answer = desk.set_trust(checkpoint, file, 0, page_time(NOON));
    let held: serde_json::Value = serde_json::from_str(&take(&mut desk, answer).unwrap()).unwrap();
    let expected = serde_json::json!({
        "number": 9, "issued_at": NOON.get(), "next_update": NOON.plus(3_600).get(), "stale": false,
        "age_seconds": 0, "signer": house.certificate.key_id().to_string(), "keys": 1, "status_lists": 0,
    });
    assert_eq!(held, expected);
    let code = hand_in(&mut desk, house.paper(&full_order(Color::Green)).as_bytes());
    let answer = desk.verify(checkpoint, code, page_time(NOON) + 0.999);
    let verdict: serde_json::Value = serde_json::from_str(&take(&mut desk, answer).unwrap()).unwrap();
    assert_eq!(verdict["result"], "green");
    assert!(
        desk.bytes(code).is_empty() && desk.bytes(file).is_empty(),
        "a call lets go of what it was given"
    );
}

#[test]
fn a_wrong_number_is_refused_and_harms_nothing() {
    let mut desk = Desk::new();
    let checkpoint = desk.checkpoint();
    let misused = Err("misused".to_owned());
    for wrong in [0, checkpoint, 77, u32::MAX] {
        assert!(desk.bytes(wrong).is_empty());
        desk.free(wrong);
        let answers = [
            desk.set_trust(checkpoint, wrong, 0, 0.0),
            desk.add_status_list(checkpoint, wrong, 0.0),
            desk.verify(checkpoint, wrong, 0.0),
            desk.proof_to_sign(wrong, 0.0),
            desk.with_proof(wrong, 0.0, wrong),
            desk.qr(wrong, 0),
            desk.qr_svg(wrong, 0, wrong),
            desk.read_qr(wrong, 100, 100),
        ];
        for answer in answers {
            assert_eq!(take(&mut desk, answer), misused, "buffer {wrong}");
        }
    }
    let answer = desk.verify(checkpoint + 1_000, 0, 0.0);
    assert_eq!(take(&mut desk, answer), misused);
    for time in [f64::NAN, f64::INFINITY, f64::MIN] {
        let answer = desk.holdings(checkpoint, time);
        assert_eq!(take(&mut desk, answer), misused, "{time}");
        assert_eq!(instant(time).unwrap_err().code(), Code::Misused);
    }
    let text = hand_in(&mut desk, &[0xff, 0xfe]);
    let answer = desk.qr(text, 0);
    assert_eq!(take(&mut desk, answer), misused, "no text");
    let text = hand_in(&mut desk, b"HC1:A");
    let answer = desk.qr(text, 2);
    assert_eq!(take(&mut desk, answer), misused, "no such symbol");
    desk.close(checkpoint);
    let answer = desk.holdings(checkpoint, 0.0);
    assert_eq!(take(&mut desk, answer), misused, "a closed checkpoint");
}

#[test]
fn what_is_held_has_limits() {
    let mut desk = Desk::new();
    assert_eq!(desk.buffer(u32::try_from(MAX_BUFFER_BYTES).unwrap() + 1), 0);
    assert_ne!(desk.buffer(u32::try_from(MAX_BUFFER_BYTES).unwrap()), 0);
    let mut numbers: Vec<u32> = (1..MAX_BUFFERS).map(|_| desk.buffer(0)).collect();
    assert!(!numbers.contains(&0));
    assert_eq!(desk.buffer(0), 0, "one more");
    assert_eq!(desk.holdings(7, 0.0), 0, "no room for the answer");
    for number in numbers.drain(..) {
        desk.free(number);
    }
    let checkpoints: Vec<u32> = (0..MAX_CHECKPOINTS).map(|_| desk.checkpoint()).collect();
    assert!(!checkpoints.contains(&0));
    assert_eq!(desk.checkpoint(), 0);
    desk.close(checkpoints[0]);
    let again = desk.checkpoint();
    assert!(again != 0 && !checkpoints.contains(&again), "no number is given twice");
}
