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
/// The greys of the wall behind, of dark modules and of light ones.
const WALL: u8 = 110;
const DARK: u8 = 25;
const LIGHT: u8 = 225;
/// Grey has no colour: both planes of colour are in their middle.
const NO_COLOR: u8 = 128;

/// A film of one thing.
pub(crate) struct Film {
    folder: TempDir,
}

/// What a screen shows, in grey, row by row.
pub(crate) struct Picture {
    pub(super) width: usize,
    pub(super) grey: Vec<u8>,
}

/// What is held up.
enum Seen<'s> {
    Nothing,
    Symbol(Qr),
    Screen(&'s Picture),
}

impl Film {
    /// A film of a code.
    pub(crate) fn of(code: &str) -> Self {
        let film = Self::of_nothing();
        film.show(Some(code));
        film
    }

    /// A film of the wall.
    pub(crate) fn of_nothing() -> Self {
        let film = Self { folder: TempDir::new().unwrap() };
        film.show(None);
        film
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("film.y4m")
    }

    /// Another code is held up from now on; or nothing, and the camera sees the wall.
    pub(crate) fn show(&self, code: Option<&str>) {
        self.write(&code.map_or(Seen::Nothing, |code| Seen::Symbol(Qr::for_paper(code).unwrap())));
    }

    /// A phone is held up from now on, with this on its screen.
    pub(crate) fn show_screen(&self, picture: &Picture) {
        self.write(&Seen::Screen(picture));
    }

    fn write(&self, seen: &Seen<'_>) {
        let mut film = format!("YUV4MPEG2 W{WIDTH} H{HEIGHT} F20:1 Ip A1:1 C420jpeg\n").into_bytes();
        for tilt in TILTS {
            film.extend_from_slice(b"FRAME\n");
            for y in 0..HEIGHT {
                for x in 0..WIDTH {
                    film.push(pixel(seen, f64::from(x), f64::from(y), tilt));
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
fn pixel(seen: &Seen<'_>, x: f64, y: f64, tilt: f64) -> u8 {
    // A wall needs no lens.
    if matches!(seen, Seen::Nothing) {
        return WALL;
    }
    let mut light = 0;
    for sample in 0..SAMPLES * SAMPLES {
        let shift = |n: u8| (f64::from(n) / f64::from(SAMPLES) - 0.5) * SPREAD;
        light += u32::from(at(seen, x + shift(sample % SAMPLES), y + shift(sample / SAMPLES), tilt));
    }
    u8::try_from(light / u32::from(SAMPLES * SAMPLES)).unwrap()
}

/// The light at a point: dark modules, the white of the screen with its quiet zone, the wall.
fn at(seen: &Seen<'_>, x: f64, y: f64, tilt: f64) -> u8 {
    /// Modules of white around the symbol.
    const QUIET: f64 = 4.0;
    let (across, down) = (x - f64::from(WIDTH) / 2.0, y - f64::from(HEIGHT) / 2.0);
    let turned = (across + down * tilt, down - across * tilt);
    match seen {
        Seen::Nothing => WALL,
        Seen::Symbol(symbol) => {
            let side = f64::from(u16::try_from(symbol.side()).unwrap());
            let (column, row) = (turned.0 / MODULE + side / 2.0, turned.1 / MODULE + side / 2.0);
            let within = |place: f64| (-QUIET..side + QUIET).contains(&place);
            if !within(column) || !within(row) {
                return WALL;
            }
            let dark = place(column, symbol.side())
                .zip(place(row, symbol.side()))
                .is_some_and(|(column, row)| symbol.is_dark(column, row));
            if dark { DARK } else { LIGHT }
        }
        Seen::Screen(Picture { width, grey }) => {
            // As near as it fits: its height fills the frame.
            let height = grey.len() / width;
            let (w, h) = (small(*width), small(height));
            let scale = (h / f64::from(HEIGHT)).max(w / f64::from(WIDTH)) * 1.1;
            let column = place(turned.0 * scale + w / 2.0, *width);
            let row = place(turned.1 * scale + h / 2.0, height);
            column.zip(row).map_or(WALL, |(column, row)| grey[row * width + column])
        }
    }
}

fn small(number: usize) -> f64 {
    f64::from(u16::try_from(number).unwrap())
}

/// A coordinate as a place below an end; none outside.
fn place(at: f64, end: usize) -> Option<usize> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the end")]
    (0.0..small(end)).contains(&at).then_some(at as usize)
}
