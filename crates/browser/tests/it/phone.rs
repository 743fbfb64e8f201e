//! The phone: a proof made by a key that lies elsewhere, and the symbol as modules and as a picture.

use mingma_browser::{Checkpoint, Code, Redundancy, proof_to_sign, qr, qr_svg, with_proof};
use mingma_credential::VerdictKind;
use mingma_credential::qr::Qr;
use mingma_credential::status::Color;

use crate::support::{House, NOON, full_order};
use crate::trust_file;

#[test]
fn a_proof_signed_outside_makes_the_code_count() {
    let (house, thief) = (House::new(111), House::new(112));
    let code = house.device_code(&full_order(Color::Yellow));
    let mut checkpoint = Checkpoint::default();
    checkpoint.set_trust(&trust_file(&house, &house, 1, NOON), &[], NOON).unwrap();
    assert_eq!(checkpoint.verify(&code, NOON).unwrap().kind(), VerdictKind::Clock);
    let message = proof_to_sign(&code, NOON).unwrap();
    let shown = with_proof(&code, NOON, &house.phone.sign(&message).unwrap()).unwrap();
    assert_eq!(checkpoint.verify(&shown, NOON).unwrap().kind(), VerdictKind::Yellow);

    let refused = |code: &str, signature: &[u8]| with_proof(code, NOON, signature).unwrap_err().code();
    let stolen = thief.phone.sign(&message).unwrap();
    assert_eq!(refused(&code, &stolen), Code::OtherDevice);
    assert_eq!(refused(&code, &stolen[..63]), Code::Misused);
    assert_eq!(refused(&house.paper(&full_order(Color::Green)), &stolen), Code::NotBound);
    assert_eq!(refused("HC1:", &stolen), Code::Unreadable);
    assert_eq!(proof_to_sign("", NOON).unwrap_err().code(), Code::Unreadable);
}

#[test]
fn modules_and_picture_are_those_of_the_symbol() {
    let house = House::new(111);
    let text = house.shown(&full_order(Color::Green), NOON);
    let rows = [
        (Redundancy::Screen, Qr::for_screen(&text).unwrap()),
        (Redundancy::Paper, Qr::for_paper(&text).unwrap()),
    ];
    for (redundancy, symbol) in rows {
        let side = symbol.side();
        let drawn = qr(&text, redundancy).unwrap();
        assert_eq!((usize::from(drawn[0]), drawn.len()), (side, 1 + side * side));
        for (at, module) in drawn[1..].iter().enumerate() {
            assert_eq!(
                *module,
                u8::from(symbol.is_dark(at % side, at / side)),
                "{redundancy:?}, module {at}"
            );
        }
        assert_eq!(qr_svg(&text, redundancy, "a <code>").unwrap(), symbol.to_svg("a <code>"));
    }
    assert_eq!(qr(&"A".repeat(420), Redundancy::Screen).unwrap_err().code(), Code::TooLong);
    assert_eq!(qr("lower", Redundancy::Paper).unwrap_err().code(), Code::Unreadable);
}
