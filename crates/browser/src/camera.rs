//! The camera: the text of a QR symbol in a frame, whatever it says. The frame is let go of at once.

use rxing::common::cpp_essentials::DecoderResult;
use rxing::common::{DetectorRXingResult as _, HybridBinarizer};
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{FindFinderPatterns, GenerateFinderPatternSets, SampleQR};
use rxing::{Binarizer as _, Luma8Source};

use crate::limits::{MAX_BUFFER_BYTES, MIN_PICTURE_SIDE};
use crate::refusal::{Code, Refusal};

/// A picture, row by row from the top left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    width: u32,
    height: u32,
    luma: Vec<u8>,
}

impl Frame {
    /// A frame of light alone, one byte a pixel, or of red, green, blue and opacity, four: which, is told by
    /// the number of bytes.
    ///
    /// # Errors
    /// [`Code::Misused`] if the bytes are neither, or a side is shorter than [`MIN_PICTURE_SIDE`].
    pub fn new(pixels: Vec<u8>, width: u32, height: u32) -> Result<Self, Refusal> {
        if width < MIN_PICTURE_SIDE || height < MIN_PICTURE_SIDE {
            return Err(Refusal::new(Code::Misused, "the picture is too small to hold a symbol"));
        }
        let area = usize::try_from(u64::from(width) * u64::from(height)).unwrap_or(usize::MAX);
        let luma = if pixels.len() == area {
            pixels
        } else if area <= MAX_BUFFER_BYTES && pixels.len() == 4 * area {
            pixels.as_chunks().0.iter().map(|[red, green, blue, _]| light(*red, *green, *blue)).collect()
        } else {
            return Err(Refusal::new(Code::Misused, "the picture has other than one or four bytes a pixel"));
        };
        Ok(Self { width, height, luma })
    }
}

/// # Source
/// ITU-R BT.601: 0.299 red, 0.587 green, 0.114 blue; here in parts of 256.
fn light(red: u8, green: u8, blue: u8) -> u8 {
    let sum = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
    // INVARIANT: the parts add up to 256, so the sum is at most 255 × 256.
    u8::try_from(sum >> 8).unwrap_or(u8::MAX)
}

/// The text of a symbol in the frame; none if none is found.
///
/// The library's own way from a frame to a text asks the clock what time it is, which a module for a browser
/// does not have, and falls back on an older reader that finds less. These are the steps of its better one.
/// A code is ASCII; what a foreign symbol holds in another alphabet is not guessed at.
#[must_use]
pub fn read_qr(frame: &Frame) -> Option<String> {
    let source = Luma8Source::new_with_slice(&frame.luma, frame.width, frame.height).ok()?;
    let binarizer = HybridBinarizer::new(source);
    let image = binarizer.get_black_matrix().ok()?;
    let mut corners = FindFinderPatterns(image, true, 0);
    GenerateFinderPatternSets(&mut corners).iter().find_map(|corners| {
        let symbol = SampleQR(image, corners).ok()?;
        let read = Decode(symbol.getBits()).ok().filter(DecoderResult::isValid)?;
        Some(String::from_utf8_lossy(read.content().bytes()).into_owned())
    })
}
