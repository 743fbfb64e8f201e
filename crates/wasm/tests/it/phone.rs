//! The phone's and the camera's part in the module: the same proofs, symbols and readings as natively.

use mingma_credential::qr::Qr;
use mingma_credential::status::Color;

use crate::both::{Both, trust_file};
use crate::camera::Picture;
use crate::support::{House, NOON, full_order};

#[test]
fn a_code_is_proven_shown_seen_read_and_verified_by_the_module() {
    let house = House::new(161);
    let mut both = Both::new();
    both.set_trust(&trust_file(&[&house], &house, NOON), NOON).unwrap();
    let code = house.device_code(&full_order(Color::Green));
    let message = both.proof_to_sign(&code, NOON).unwrap();
    let shown = both.with_proof(&code, NOON, &house.phone.sign(&message).unwrap()).unwrap();
    let shown = String::from_utf8(shown).unwrap();

    let modules = both.qr(&shown, 0).unwrap();
    let symbol = Qr::for_screen(&shown).unwrap();
    assert_eq!(usize::from(modules[0]), symbol.side());
    let svg = String::from_utf8(both.qr_svg(&shown, 0, "健康码").unwrap()).unwrap();
    assert_eq!(svg, symbol.to_svg("健康码"));
    assert!(both.qr(&shown, 1).unwrap().len() > modules.len(), "paper bears more");

    let straight = Picture::of_png(&symbol.to_png(4).unwrap());
    let seen = [
        ("straight", straight.seen(0.0, 0.0)),
        ("turned", straight.seen(9.0, 0.0)),
        ("upside down", straight.seen(180.0, 0.0)),
        ("tipped", straight.seen(-4.0, 0.12)),
        ("blurred", straight.blurred(1)),
        ("tipped and blurred", straight.seen(5.0, 0.08).blurred(1)),
    ];
    for (how, picture) in seen {
        let height = picture.light.len() / picture.width;
        let read = both.read_qr(&picture.light, picture.width, height).unwrap();
        assert_eq!(String::from_utf8(read).unwrap(), shown, "{how}");
        assert_eq!(picture.read().as_deref(), Some(shown.as_str()), "{how}, by another reader");
    }
    let empty = both.read_qr(&vec![255; 100 * 100], 100, 100).unwrap();
    assert!(empty.is_empty(), "nothing is found in white");
    assert_eq!(both.result(shown.as_bytes(), NOON.plus(90)), "green");
    assert_eq!(both.result(shown.as_bytes(), NOON.plus(91)), "clock");
}

#[test]
fn what_cannot_be_proven_or_drawn_is_refused_the_same() {
    let (house, thief) = (House::new(161), House::new(162));
    let mut both = Both::new();
    let code = house.device_code(&full_order(Color::Green));
    let message = both.proof_to_sign(&code, NOON).unwrap();
    let stolen = thief.phone.sign(&message).unwrap();
    assert!(both.with_proof(&code, NOON, &stolen).unwrap_err().contains("other-device"));
    assert!(both.with_proof(&code, NOON, &stolen[1..]).unwrap_err().contains("misused"));
    let paper = house.paper(&full_order(Color::Green));
    assert!(both.proof_to_sign(&paper, NOON).unwrap_err().contains("not-bound"));
    assert!(both.qr("lower", 0).unwrap_err().contains("unreadable"));
    assert!(both.qr(&"A".repeat(420), 0).unwrap_err().contains("too-long"));
    assert!(both.qr("A", 2).unwrap_err().contains("misused"));
    assert!(both.qr_svg(&"A".repeat(1_042), 1, "").unwrap_err().contains("too-long"));
}
