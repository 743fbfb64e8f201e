//! The picture of a code: a QR symbol as SVG, as a 1-bit PNG or as blocks in a terminal.
//!
//! A code's symbol is always in alphanumeric mode (5.5 bits a character; that is why the token is in Base45). A
//! screen shows at most version 12 so that any phone's camera can read it; paper is printed with more
//! redundancy, for folds and coffee.

mod png;

use std::fmt::Write as _;

use fast_qr::{ECL, Mode, QRBuilder};
use thiserror::Error;

use crate::limits::{MAX_PAPER_QR_VERSION, MAX_PNG_SCALE, MAX_SCREEN_QR_VERSION};

/// A drawn symbol, without its quiet zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    side: usize,
    rows: Vec<Vec<bool>>,
}

/// What lies behind the blocks in a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Background {
    /// Light text on dark: the blocks are the light modules.
    Dark,
    /// Dark text on light: the blocks are the dark modules.
    Light,
}

/// Why nothing is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum QrError {
    /// A character that alphanumeric mode does not have.
    #[error("only the characters of Base45 can be drawn")]
    Characters,
    /// More than the highest version allowed holds.
    #[error("a text of {length} characters; version {version} holds at most {room} of them")]
    TooLong {
        /// The text's length.
        length: usize,
        /// The highest version allowed.
        version: u8,
        /// What it holds.
        room: usize,
    },
    /// A scale of 0 or above [`MAX_PNG_SCALE`].
    #[error("a module is 1 to {MAX_PNG_SCALE} pixels wide")]
    Scale,
    /// The library failed.
    #[error("the symbol could not be drawn")]
    Backend,
}

/// Light modules around the symbol, on each side.
///
/// # Source
/// ISO/IEC 18004: the quiet zone is four modules wide.
const QUIET: usize = 4;

impl Qr {
    /// A symbol for a screen: ECC M, at most version [`MAX_SCREEN_QR_VERSION`].
    ///
    /// # Errors
    /// [`QrError`].
    pub fn for_screen(text: &str) -> Result<Self, QrError> {
        /// Version 12 at M: 290 data codewords = 2,320 bits − 4 mode − 11 count = 2,305 → 209 pairs of 11 bits
        /// = 418 characters and 6 bits for one more.
        const ROOM: usize = 419;
        Self::draw_code(text, ECL::M, MAX_SCREEN_QR_VERSION, ROOM)
    }

    /// A symbol of an address, such as an authenticator's `otpauth://…`, for a screen: in bytes, for it has small letters;
    /// ECC M, at most version [`MAX_SCREEN_QR_VERSION`].
    ///
    /// # Errors
    /// [`QrError::TooLong`] above 287 bytes, [`QrError::Backend`].
    pub fn for_address(address: &str) -> Result<Self, QrError> {
        /// Version 12 at M: 290 data codewords = 2,320 bits − 4 mode − 16 count = 2,300 → 287 bytes.
        const ROOM: usize = 287;
        Self::draw(address, Mode::Byte, ECL::M, MAX_SCREEN_QR_VERSION, ROOM)
    }

    /// A symbol for paper: ECC Q, at most version [`MAX_PAPER_QR_VERSION`].
    ///
    /// # Errors
    /// [`QrError`].
    pub fn for_paper(text: &str) -> Result<Self, QrError> {
        /// Version 25 at Q: 718 data codewords = 5,744 bits − 4 mode − 11 count = 5,729 → 520 pairs = 1,040
        /// characters and 9 bits for one more.
        const ROOM: usize = 1_041;
        Self::draw_code(text, ECL::Q, MAX_PAPER_QR_VERSION, ROOM)
    }

    fn draw_code(text: &str, redundancy: ECL, highest: u8, room: usize) -> Result<Self, QrError> {
        if text.bytes().all(|byte| base45::alphabet::decode(byte).is_some()) {
            Self::draw(text, Mode::Alphanumeric, redundancy, highest, room)
        } else {
            Err(QrError::Characters)
        }
    }

    fn draw(text: &str, mode: Mode, redundancy: ECL, highest: u8, room: usize) -> Result<Self, QrError> {
        let too_long = QrError::TooLong { length: text.len(), version: highest, room };
        if text.len() > room {
            return Err(too_long);
        }
        let symbol = QRBuilder::new(text).ecl(redundancy).mode(mode).build().map_err(|_| QrError::Backend)?;
        let side = symbol.size;
        if side > side_of(highest) {
            return Err(too_long);
        }
        let rows: Vec<Vec<bool>> = symbol
            .data
            .chunks(side)
            .take(side)
            .map(|row| row.iter().map(|module| module.value()).collect())
            .collect();
        Ok(Self { side, rows })
    }

    /// The modules on a side, without the quiet zone.
    #[must_use]
    pub fn side(&self) -> usize {
        self.side
    }

    /// The version: 1 for 21 modules, and four more for each further.
    #[must_use]
    pub fn version(&self) -> usize {
        self.side.saturating_sub(17) / 4
    }

    /// Whether the module is dark; everything around the symbol is light.
    #[must_use]
    pub fn is_dark(&self, column: usize, row: usize) -> bool {
        self.rows.get(row).and_then(|row| row.get(column)).copied().unwrap_or(false)
    }

    /// An SVG picture that fills what holds it; `label` is what a screen reader says.
    #[must_use]
    pub fn to_svg(&self, label: &str) -> String {
        let whole = self.side + 2 * QUIET;
        let label = escape(label);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {whole}\" role=\"img\" \
             aria-label=\"{label}\" shape-rendering=\"crispEdges\">\
             <rect width=\"{whole}\" height=\"{whole}\" fill=\"#fff\"/><path fill=\"#000\" d=\""
        );
        for (y, row) in self.rows.iter().enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run.first() == Some(&true) {
                    let (x, y, width) = (x + QUIET, y + QUIET, run.len());
                    let _always_ok = write!(svg, "M{x} {y}h{width}v1h-{width}z");
                }
                x += run.len();
            }
        }
        svg.push_str("\"/></svg>\n");
        svg
    }

    /// A PNG picture of one bit a pixel, `scale` pixels a module.
    ///
    /// # Errors
    /// [`QrError::Scale`].
    pub fn to_png(&self, scale: u32) -> Result<Vec<u8>, QrError> {
        png::draw(self, scale)
    }

    /// Lines of half blocks for a terminal, two rows of modules a line, ended by line feeds.
    #[must_use]
    pub fn to_terminal(&self, background: Background) -> String {
        let whole = self.side + 2 * QUIET;
        // Beyond the edge `is_dark` says light, so a column left of the symbol may wrap round to a huge one.
        let filled = |x: usize, y: usize| {
            let dark = self.is_dark(x.wrapping_sub(QUIET), y.wrapping_sub(QUIET));
            match background {
                Background::Dark => !dark,
                Background::Light => dark,
            }
        };
        let mut text = String::new();
        for y in (0..whole).step_by(2) {
            for x in 0..whole {
                // The side is odd, so the last line's lower half lies below the picture.
                let lower = y + 1 < whole && filled(x, y + 1);
                text.push(match (filled(x, y), lower) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                });
            }
            text.push('\n');
        }
        text
    }
}

fn side_of(version: u8) -> usize {
    17 + 4 * usize::from(version)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
