//! The picture, read again by a reader that is not ours: straight, tilted, blurred, from PNG, SVG and terminal.

use mingma_credential::VerdictKind;
use mingma_credential::Verifier;
use mingma_credential::limits::MAX_SCREEN_QR_VERSION;
use mingma_credential::qr::{Background, Qr, QrError};
use mingma_credential::status::Color;

use crate::camera::Picture;
use crate::support::{House, NOON, full_order};

#[test]
fn a_code_on_a_screen_is_read_back_and_verifies() {
    let house = House::new(71);
    let text = house.shown(&full_order(Color::Green), NOON);
    let symbol = Qr::for_screen(&text).unwrap();
    assert!(symbol.version() <= usize::from(MAX_SCREEN_QR_VERSION));
    let straight = Picture::of_png(&symbol.to_png(8).unwrap());
    assert_eq!(straight.width, (symbol.side() + 8) * 8);
    let seen = [
        ("straight", straight.seen(0.0, 0.0)),
        ("turned by 9°", straight.seen(9.0, 0.0)),
        ("upside down", straight.seen(180.0, 0.0)),
        ("tipped", straight.seen(-4.0, 0.12)),
        ("blurred", straight.blurred(3)),
        ("tipped and blurred", straight.seen(5.0, 0.08).blurred(2)),
    ];
    for (how, picture) in seen {
        let read = picture.read().unwrap_or_else(|| panic!("{how}: nothing was read"));
        assert_eq!(read, text, "{how}");
        let verdict = Verifier { trust: &house.trust(), status: None, now: NOON }.verify(&read);
        assert_eq!(verdict.kind(), VerdictKind::Green, "{how}");
    }
}

#[test]
fn a_code_on_paper_is_read_with_a_stain_on_it() {
    let house = House::new(71);
    let text = house.paper(&full_order(Color::Yellow));
    let symbol = Qr::for_paper(&text).unwrap();
    let mut picture = Picture::of_png(&symbol.to_png(6).unwrap());
    // A tenth of the side, in the data between the corners: ECC Q restores a quarter of the words.
    let side = picture.width;
    for y in side * 6 / 10..side * 7 / 10 {
        for x in side * 6 / 10..side * 7 / 10 {
            picture.light[y * side + x] = 0;
        }
    }
    assert_eq!(picture.read().as_deref(), Some(text.as_str()));
}

#[test]
fn every_length_up_to_the_limit_is_drawn_in_alphanumeric_mode_and_read_back() {
    for length in [1, 20, 100, 255, 256, 300, 350, 400, 418, 419] {
        let text: String =
            "HC1:ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 $%*+-./".chars().cycle().take(length).collect();
        let symbol = Qr::for_screen(&text).unwrap();
        let picture = Picture::of_png(&symbol.to_png(4).unwrap());
        assert_eq!(picture.read().as_deref(), Some(text.as_str()), "{length}");
    }
    // Bytes mode would need version 13 for what alphanumeric mode puts into 12.
    assert_eq!(Qr::for_screen(&"A".repeat(419)).unwrap().version(), 12);
    let too_long = QrError::TooLong { length: 420, version: 12, room: 419 };
    assert_eq!(Qr::for_screen(&"A".repeat(420)), Err(too_long));
    assert_eq!(Qr::for_paper(&"A".repeat(1_041)).unwrap().version(), 25);
    let too_long = QrError::TooLong { length: 1_042, version: 25, room: 1_041 };
    assert_eq!(Qr::for_paper(&"A".repeat(1_042)), Err(too_long));
    assert_eq!(Qr::for_screen("hc1:lower"), Err(QrError::Characters));
    assert_eq!(Qr::for_screen("码"), Err(QrError::Characters));
}

#[test]
fn an_authenticators_address_is_read_back_in_small_letters() {
    let start = "otpauth://totp/Mingma:%E7%8E%8B?secret=IK5BUXGKRPGOMBYXQNCVRQW5FWQO37KV&digits=6&x=";
    for length in [start.len(), 200, 287] {
        let address = format!("{start:a<length$}");
        let picture = Picture::of_png(&Qr::for_address(&address).unwrap().to_png(4).unwrap());
        assert_eq!(picture.read(), Some(address));
    }
    assert!(matches!(Qr::for_address(&"a".repeat(288)), Err(QrError::TooLong { room: 287, .. })));
}

#[test]
fn svg_terminal_and_png_show_the_same_modules() {
    let house = House::new(71);
    let symbol = Qr::for_screen(&house.paper(&full_order(Color::Red))).unwrap();
    let whole = symbol.side() + 8;
    let dark = |x: usize, y: usize| symbol.is_dark(x.wrapping_sub(4), y.wrapping_sub(4));

    let lines: Vec<Vec<char>> =
        symbol.to_terminal(Background::Light).lines().map(|line| line.chars().collect()).collect();
    let inverse: Vec<Vec<char>> =
        symbol.to_terminal(Background::Dark).lines().map(|line| line.chars().collect()).collect();
    let upper = |c: char| matches!(c, '█' | '▀');
    let lower = |c: char| matches!(c, '█' | '▄');
    for y in 0..whole {
        for x in 0..whole {
            let (block, negative) = (lines[y / 2][x], inverse[y / 2][x]);
            let (drawn, undrawn) =
                if y % 2 == 0 { (upper(block), upper(negative)) } else { (lower(block), lower(negative)) };
            assert_eq!((drawn, undrawn), (dark(x, y), !dark(x, y)), "{x}, {y}");
        }
    }

    let svg = symbol.to_svg("a <code> & \"more\"");
    assert!(svg.contains("aria-label=\"a &lt;code&gt; &amp; &quot;more&quot;\""));
    assert!(svg.contains(&format!("viewBox=\"0 0 {whole} {whole}\"")));
    let mut painted = vec![false; whole * whole];
    let path = svg.split_once(" d=\"").unwrap().1.split_once('"').unwrap().0;
    for run in path.split('z').filter(|run| !run.is_empty()) {
        let (from, width) = run.trim_start_matches('M').split_once('h').unwrap();
        let (x, y) = from.split_once(' ').unwrap();
        let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
        let (width, back) = width.split_once("v1h-").expect("a row high, and back as far as it went");
        assert_eq!(width, back, "{run}");
        let width: usize = width.parse().unwrap();
        painted[y * whole + x..y * whole + x + width].fill(true);
    }
    let expected: Vec<bool> = (0..whole * whole).map(|at| dark(at % whole, at / whole)).collect();
    assert_eq!(painted, expected);

    assert_eq!(symbol.to_png(0), Err(QrError::Scale));
    assert_eq!(symbol.to_png(33), Err(QrError::Scale));
}
