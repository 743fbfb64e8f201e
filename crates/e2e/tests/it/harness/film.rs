//! What the fake camera sees: a phone or a paper that somebody holds up, slightly tilted, a little out of focus.
//!
//! Chromium reads the file frame by frame and begins again at its end, so what is held up can be changed while it looks.

use std::fs;
use std::path::{Path, PathBuf};

use mingma_credential::qr::Qr;
use tempfile::TempDir;

const WIDTH: u16 = 640;
const HEIGHT: u16 = 480;
/// Pixels a module: a symbol of version 12 with its quiet zone, 73 modules, fills 365 of 480 lines.
const MODULE: f64 = 5.0;
/// By how much the hand turns it in each frame, as a tangent.
const TILTS: [f64; 4] = [0.03, 0.05, 0.07, 0.05];
/// Samples on a side of a pixel, spread over two pixels: the blur.
const SAMPLES: u8 = 3;
const SPREAD: f64 = 2.0;
/// The grey of the wall behind.
const WALL: u32 = 110;
/// Grey has no colour: both planes of colour are in their middle.
const NO_COLOR: u8 = 128;

/// A film of one thing.
pub(crate) struct Film {
    folder: TempDir,
}

impl Film {
    /// A film of a code.
    pub(crate) fn of(code: &str) -> Self {
        let film = Self { folder: TempDir::new().unwrap() };
        film.show(Some(code));
        film
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("film.y4m")
    }

    /// Another code is held up from now on; or nothing, and the camera sees the wall.
    pub(crate) fn show(&self, code: Option<&str>) {
        let symbol = code.map(|code| Qr::for_paper(code).unwrap());
        let mut film = format!("YUV4MPEG2 W{WIDTH} H{HEIGHT} F20:1 Ip A1:1 C420jpeg\n").into_bytes();
        for tilt in TILTS {
            film.extend_from_slice(b"FRAME\n");
            for y in 0..HEIGHT {
                for x in 0..WIDTH {
                    film.push(pixel(symbol.as_ref(), f64::from(x), f64::from(y), tilt));
                }
            }
            film.extend(std::iter::repeat_n(NO_COLOR, usize::from(WIDTH / 2) * usize::from(HEIGHT / 2) * 2));
        }
        replace(&self.path(), &film);
    }
}

/// Writes over the file without cutting it first: the camera is reading it.
fn replace(path: &Path, film: &[u8]) {
    use std::io::Write as _;
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(false).open(path).unwrap();
    file.write_all(film).unwrap();
}

/// The light at a pixel.
fn pixel(symbol: Option<&Qr>, x: f64, y: f64, tilt: f64) -> u8 {
    let mut light = 0;
    for sample in 0..SAMPLES * SAMPLES {
        let shift = |n: u8| (f64::from(n) / f64::from(SAMPLES) - 0.5) * SPREAD;
        light += at(symbol, x + shift(sample % SAMPLES), y + shift(sample / SAMPLES), tilt);
    }
    u8::try_from(light / u32::from(SAMPLES * SAMPLES)).unwrap()
}

/// The light at a point: dark modules, the white of the screen with its quiet zone, the wall.
fn at(symbol: Option<&Qr>, x: f64, y: f64, tilt: f64) -> u32 {
    /// Modules of white around the symbol.
    const QUIET: f64 = 4.0;
    let Some(symbol) = symbol else { return WALL };
    let (across, down) = (x - f64::from(WIDTH) / 2.0, y - f64::from(HEIGHT) / 2.0);
    let side = f64::from(u16::try_from(symbol.side()).unwrap());
    let column = (across + down * tilt) / MODULE + side / 2.0;
    let row = (down - across * tilt) / MODULE + side / 2.0;
    let within = |place: f64| (-QUIET..side + QUIET).contains(&place);
    if !within(column) || !within(row) {
        return WALL;
    }
    let on = |place: f64| (0.0..side).contains(&place);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the side")]
    let dark = on(column) && on(row) && symbol.is_dark(column as usize, row as usize);
    if dark { 25 } else { 225 }
}
