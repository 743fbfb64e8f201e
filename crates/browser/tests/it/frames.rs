//! The camera: what is seen straight, turned, tipped and out of focus, in light alone and in colour.

use mingma_browser::{Code, Frame, read_qr};
use mingma_credential::qr::Qr;
use mingma_credential::status::Color;

use crate::camera::Picture;
use crate::support::{House, NOON, Seeded, full_order};

fn read(picture: &Picture) -> Option<String> {
    let side = |length: usize| u32::try_from(length).unwrap();
    let height = picture.light.len() / picture.width;
    read_qr(&Frame::new(picture.light.clone(), side(picture.width), side(height)).unwrap())
}

/// A text as long as a shown code's. A real code is signed anew each time, and so would be another picture in each run.
fn text(chance: &mut Seeded) -> String {
    const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    const LENGTH: usize = 405;
    assert_eq!(House::new(1).shown(&full_order(Color::Green), NOON).len(), LENGTH);
    (0..LENGTH).map(|_| char::from(LETTERS[chance.below(LETTERS.len())])).collect()
}

/// Of twenty frames that the reader reads with which the symbols themselves are tested, nineteen; and never a wrong text.
#[test]
fn frames_of_a_hand_held_phone_are_read() {
    const SEED: u64 = 20_220_613;
    const FRAMES: u64 = 12;
    let mut chance = Seeded(SEED);
    let between = |chance: &mut Seeded, low: f64, high: f64| {
        let part = u32::try_from(chance.below(10_001)).unwrap();
        low + (high - low) * f64::from(part) / 10_000.0
    };
    // Pixels a module, how far it is tipped, pixels out of focus, frames of twelve that must be read.
    let rows = [(4, 0.0, 0, 12), (4, 0.15, 1, 12), (4, 0.15, 2, 11), (6, 0.25, 0, 9), (8, 0.15, 3, 11)];
    eprintln!("seed {SEED}");
    let (mut ours, mut others) = (0, 0);
    for (scale, tip, blur, least) in rows {
        let mut good = 0;
        for frame in 0..FRAMES {
            let text = text(&mut chance);
            let symbol = Qr::for_screen(&text).unwrap();
            let (turned, tipped) = (between(&mut chance, -180.0, 180.0), between(&mut chance, -tip, tip));
            let picture = Picture::of_png(&symbol.to_png(scale).unwrap());
            let seen = picture.seen(turned, tipped).blurred(blur);
            if let Some(read) = read(&seen) {
                assert_eq!(read, text, "frame {frame} at {scale}, {tip}, {blur}");
                good += 1;
            }
            others += usize::from(seen.read().is_some());
        }
        assert!(good >= least, "{good} of {FRAMES} at {scale} pixels, tipped {tip}, blurred {blur}");
        ours += good;
    }
    assert!(20 * ours >= 19 * others, "{ours} read, {others} by the other reader");
}

#[test]
fn four_bytes_a_pixel_are_seen_as_their_light() {
    let text = House::new(1).paper(&full_order(Color::Red));
    let picture = Picture::of_png(&Qr::for_screen(&text).unwrap().to_png(4).unwrap());
    let side = u32::try_from(picture.width).unwrap();
    // Dark blue on yellow: apart by their light, not by any one channel's sign.
    let colours: Vec<u8> = picture
        .light
        .iter()
        .flat_map(|light| if *light < 128 { [20, 20, 130, 255] } else { [240, 230, 90, 255] })
        .collect();
    assert_eq!(read_qr(&Frame::new(colours, side, side).unwrap()).as_deref(), Some(text.as_str()));
    let white = Frame::new(vec![255; 4 * 40 * 40], 40, 40).unwrap();
    assert_eq!(white, Frame::new(vec![255; 40 * 40], 40, 40).unwrap());
    assert_eq!(read_qr(&white), None);
}

#[test]
fn a_frame_has_the_bytes_of_its_sides() {
    let rows = [
        (28, 40, 28 * 40),
        (40, 28, 28 * 40),
        (40, 40, 1_599),
        (40, 40, 4_800),
        (0, 0, 0),
        (u32::MAX, u32::MAX, 1_600),
    ];
    for (width, height, bytes) in rows {
        let refusal = Frame::new(vec![0; bytes], width, height).unwrap_err();
        assert_eq!(refusal.code(), Code::Misused, "{width} × {height} in {bytes}");
    }
}
