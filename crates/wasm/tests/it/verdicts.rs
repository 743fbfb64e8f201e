//! The same code, list and clock give the same verdict in the browser and on the command line.

use std::collections::BTreeMap;

use ciborium::value::Value;
use mingma_credential::issue::Order;
use mingma_credential::status::Color;
use mingma_credential::{UnixSeconds, envelope};

use crate::both::{Both, status_list, trust_file};
use crate::forge::{self, Forgery, map};
use crate::support::{House, NOON, Seeded, full_order, region};

#[test]
fn each_of_the_twelve_results_is_the_same() {
    let (house, stranger) = (House::new(141), House::new(142));
    let mut both = Both::new();
    both.set_trust(&trust_file(&[&house], &house, NOON), NOON).unwrap();
    let plain = |color| Order::new(color, region("410100"), 17);
    let dcc = map(vec![(1, "IT".into()), (-260, map(vec![(1, map(vec![(0, Value::Float(0.5))]))]))]);
    let certificate = Forgery::of(&house).text_of(&house.key, forge::bytes(&dcc));
    let borrowed = Forgery::of(&house).text(&stranger.key);
    let mut blue = Forgery::of(&house);
    blue.status[1].1 = 3.into();
    let rows: [(String, i64, &str); 13] = [
        (house.shown(&plain(Color::Green), NOON), 0, "green"),
        (house.paper(&plain(Color::Yellow)), 0, "yellow"),
        (house.paper(&full_order(Color::Red)), 0, "red"),
        (certificate, 0, "valid certificate"),
        (house.paper(&plain(Color::Green)), 7 * 86_400, "expired"),
        (house.paper(&plain(Color::Green)), -31, "not yet valid"),
        (house.shown(&plain(Color::Green), NOON), 91, "clock"),
        (house.device_code(&plain(Color::Green)), 0, "clock"),
        (stranger.paper(&plain(Color::Green)), 0, "unknown key"),
        (borrowed, 0, "bad signature"),
        ("HC1:".to_owned(), 0, "unreadable"),
        ("\u{feff}码".to_owned(), 0, "unreadable"),
        (blue.text(&house.key), 0, "unsupported"),
    ];
    for (code, later, result) in rows {
        assert_eq!(both.result(code.as_bytes(), NOON.plus(later)), result, "{later} s later: {code}");
    }
    let listed = house.paper(&full_order(Color::Green));
    both.add_status_list(&status_list(&house, 0, NOON), NOON).unwrap();
    assert_eq!(both.result(listed.as_bytes(), NOON), "green");
    both.add_status_list(&status_list(&house, 1, NOON.plus(1)), NOON).unwrap();
    assert_eq!(both.result(listed.as_bytes(), NOON), "revoked");
    assert_eq!(both.result(&[0xff, 0xfe, b'H'], NOON), "unreadable", "no text at all");
}

#[test]
fn lists_are_refused_for_the_same_reasons() {
    let (house, stranger) = (House::new(141), House::new(142));
    let mut both = Both::new();
    let code = house.paper(&full_order(Color::Green)).into_bytes();
    assert!(both.verify(&code, NOON).unwrap_err().contains("no-trust"));
    let file = trust_file(&[&house], &house, NOON);
    for (later, word) in [(-31, "ahead"), (i64::from(i32::MAX), "stale")] {
        assert!(both.set_trust(&file, NOON.plus(later)).unwrap_err().contains(word), "{word}");
    }
    both.set_trust(&file, NOON).unwrap();
    let other = trust_file(&[&stranger], &stranger, NOON);
    assert!(both.set_trust(&other, NOON).unwrap_err().contains("other-signer"));
    assert!(
        both.add_status_list(&status_list(&stranger, 0, NOON), NOON).unwrap_err().contains("bad-signature")
    );
    assert!(both.add_status_list(&code, NOON).unwrap_err().contains("unreadable"));
    assert!(both.verify(&code, NOON.plus(i64::from(i32::MAX))).unwrap_err().contains("stale"));
}

#[test]
fn bent_codes_are_judged_the_same() {
    const SEED: u64 = 20_220_613;
    const EACH: usize = 60;
    eprintln!("seed {SEED}, {EACH} of each");
    let house = House::new(141);
    let mut both = Both::new();
    both.set_trust(&trust_file(&[&house], &house, NOON), NOON).unwrap();
    let texts = [house.shown(&full_order(Color::Green), NOON), house.paper(&full_order(Color::Red))];
    let mut chance = Seeded(SEED);
    let mut results = BTreeMap::new();
    for text in &texts {
        let token = envelope::open(text).unwrap();
        for _ in 0..EACH {
            // A letter of the text, a bit of the token, and the clock.
            let mut letter = text.clone().into_bytes();
            let at = chance.below(letter.len());
            letter[at] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"[chance.below(45)];
            let mut bit = token.clone();
            let at = chance.below(bit.len());
            bit[at] ^= 1 << chance.below(8);
            let later = i64::try_from(chance.below(200)).unwrap() - 60;
            let cases = [
                (letter, NOON),
                (envelope::seal(&bit).into_bytes(), NOON),
                (text.clone().into_bytes(), NOON.plus(later)),
            ];
            for (code, now) in cases {
                *results.entry(both.result(&code, now)).or_insert(0) += 1;
            }
        }
    }
    eprintln!("{results:?}");
    assert_eq!(results.values().sum::<usize>(), 2 * 3 * EACH);
    for word in ["green", "red", "clock", "not yet valid", "bad signature", "unreadable", "unknown key"] {
        assert!(results.contains_key(word), "no `{word}` among {results:?}");
    }
}

#[test]
fn the_ends_of_the_number_line_are_the_same() {
    let house = House::new(141);
    let mut both = Both::new();
    both.set_trust(&trust_file(&[&house], &house, NOON), NOON).unwrap();
    let code = house.paper(&full_order(Color::Green)).into_bytes();
    for now in [-(1_i64 << 53), -1, 0, 1 << 53] {
        let _either = both.verify(&code, UnixSeconds::new(now));
    }
}
