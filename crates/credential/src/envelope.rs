//! The outer three layers of a code: the prefix `HC1:`, Base45 and zlib. Inside lies the signed token.
//!
//! Everything here happens before any signature is checked, on bytes from a stranger: each step has a
//! limit, and each refuses what another reader might silently skip, so that one text means one token.

use std::io::Read;

use flate2::{Compression, Decompress, FlushDecompress, Status};
use thiserror::Error;

use crate::limits::{MAX_INFLATED_BYTES, MAX_TEXT_BYTES};

/// What every code begins with: health certificate, version 1.
pub const PREFIX: &str = "HC1:";

/// Why a text has no token in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EnvelopeError {
    /// Longer than any QR symbol: [`MAX_TEXT_BYTES`].
    #[error("a text of {0} bytes; no QR symbol holds more than {MAX_TEXT_BYTES}")]
    TooLong(usize),
    /// It does not begin with [`PREFIX`].
    #[error("the text does not begin with `HC1:`")]
    NoPrefix,
    /// A character outside Base45, a group above its range, or one character too few.
    #[error("the text after `HC1:` is not Base45")]
    NotBase45,
    /// Not a zlib stream, or a broken or shortened one.
    #[error("the content is not a whole zlib stream")]
    NotZlib,
    /// The stream would give more than the limit.
    #[error("the content inflates to more than {0} bytes")]
    TooLarge(usize),
    /// Bytes follow the zlib stream.
    #[error("bytes follow the zlib stream")]
    TrailingBytes,
}

/// The signed token in a text, as bytes of CBOR.
///
/// A byte-order mark before it and line ends around it are dropped; a space is not, for it is a letter of
/// Base45.
///
/// # Errors
/// [`EnvelopeError`], the first layer that fails.
pub fn open(text: &str) -> Result<Vec<u8>, EnvelopeError> {
    let compressed = base45_decode(unprefix(text)?)?;
    inflate(&compressed, MAX_INFLATED_BYTES)
}

/// The text of a token's bytes.
///
/// A short token is keys, signatures and numbers, and gains nothing by being compressed: it is put into the stream as it
/// is, which takes 11 bytes and a hundredth of the time that a compressor needs to set itself up. A longer one is
/// compressed.
#[must_use]
pub fn seal(token: &[u8]) -> String {
    let stream = if token.len() <= MAX_STORED { store(token) } else { deflate(token) };
    let mut text = String::from(PREFIX);
    text.push_str(&base45::encode(stream));
    text
}

/// The longest token that is not compressed, in bytes: one of ours with a proof has at most 265.
const MAX_STORED: usize = 320;

/// A zlib stream of one stored block.
///
/// # Source
/// RFC 1950 §2.2 (header for a 32 KiB window, no dictionary, fastest; Adler-32 at the end), RFC 1951 §3.2.4.
fn store(bytes: &[u8]) -> Vec<u8> {
    /// The largest prime below 2¹⁶. Sums of [`MAX_STORED`] bytes stay far below 2³² without it.
    const BASE: u32 = 65_521;
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = a.wrapping_add(u32::from(*byte));
        (a, b.wrapping_add(a))
    });
    let mut stream = Vec::with_capacity(bytes.len() + 11);
    stream.extend_from_slice(&[0x78, 0x01, 0x01]);
    stream.extend_from_slice(&length.to_le_bytes());
    stream.extend_from_slice(&(!length).to_le_bytes());
    stream.extend_from_slice(bytes);
    stream.extend_from_slice(&((b % BASE) << 16 | (a % BASE)).to_be_bytes());
    stream
}

/// What follows the prefix.
///
/// # Errors
/// [`EnvelopeError::TooLong`] or [`EnvelopeError::NoPrefix`].
pub fn unprefix(text: &str) -> Result<&str, EnvelopeError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_matches(['\r', '\n', '\t']);
    if text.len() > MAX_TEXT_BYTES {
        return Err(EnvelopeError::TooLong(text.len()));
    }
    text.strip_prefix(PREFIX).ok_or(EnvelopeError::NoPrefix)
}

/// The bytes of a Base45 text.
///
/// # Errors
/// [`EnvelopeError::NotBase45`].
///
/// # Source
/// RFC 9285. The decoder cuts a last pair above 255 to its low byte; the text is therefore made anew from the
/// bytes and must be the same, so that no two texts give one token.
pub fn base45_decode(text: &str) -> Result<Vec<u8>, EnvelopeError> {
    let bytes = base45::decode(text).map_err(|_| EnvelopeError::NotBase45)?;
    if base45::encode(&bytes) == text { Ok(bytes) } else { Err(EnvelopeError::NotBase45) }
}

/// The content of one whole zlib stream of at most `limit` bytes, after which nothing may follow.
///
/// # Errors
/// [`EnvelopeError::NotZlib`], [`EnvelopeError::TooLarge`] or [`EnvelopeError::TrailingBytes`].
pub fn inflate(stream: &[u8], limit: usize) -> Result<Vec<u8>, EnvelopeError> {
    /// Output grows by this much at a time, so that a bomb is paid for only as far as it goes off.
    const STEP: usize = 4_096;
    let mut inflater = Decompress::new(true);
    let mut out = Vec::new();
    loop {
        let taken = usize::try_from(inflater.total_in()).unwrap_or(usize::MAX);
        let rest = stream.get(taken..).unwrap_or_default();
        out.reserve(STEP);
        let before = (inflater.total_in(), out.len());
        let status = inflater
            .decompress_vec(rest, &mut out, FlushDecompress::None)
            .map_err(|_| EnvelopeError::NotZlib)?;
        if out.len() > limit {
            return Err(EnvelopeError::TooLarge(limit));
        }
        let stuck = before == (inflater.total_in(), out.len());
        match status {
            Status::StreamEnd => break,
            Status::Ok | Status::BufError if stuck => return Err(EnvelopeError::NotZlib),
            Status::Ok | Status::BufError => {}
        }
    }
    let taken = usize::try_from(inflater.total_in()).unwrap_or(usize::MAX);
    if taken < stream.len() { Err(EnvelopeError::TrailingBytes) } else { Ok(out) }
}

/// A zlib stream of these bytes, as small as can be had: for a token the levels cost the same.
pub(crate) fn deflate(bytes: &[u8]) -> Vec<u8> {
    deflate_at(Compression::best(), bytes)
}

/// A zlib stream of these bytes, quickly: for pixels, where the highest level takes six times as long.
pub(crate) fn deflate_quickly(bytes: &[u8]) -> Vec<u8> {
    deflate_at(Compression::fast(), bytes)
}

fn deflate_at(level: Compression, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    // INVARIANT: reading from a slice into a `Vec` cannot fail; a short stream would fail every inflate.
    let mut encoder = flate2::read::ZlibEncoder::new(bytes, level);
    let _always_ok = encoder.read_to_end(&mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_opens_to_what_was_sealed() {
        for length in [0, 1, 2, 3, 255, 4_096, 4_097, 20_000] {
            let token: Vec<u8> = (0..length).map(|n: usize| u8::try_from(n * n % 7).unwrap()).collect();
            assert_eq!(open(&seal(&token)).as_deref(), Ok(token.as_slice()), "{length}");
        }
    }

    #[test]
    fn a_stored_stream_is_what_any_reader_of_zlib_takes() {
        for length in 0..=MAX_STORED {
            for byte in [0x00, 0x55, 0xff] {
                let token = vec![byte; length];
                let mut out = Vec::new();
                let stream = store(&token);
                flate2::read::ZlibDecoder::new(stream.as_slice()).read_to_end(&mut out).unwrap();
                assert_eq!(out, token);
                assert_eq!(stream.len(), length + 11);
            }
        }
    }

    #[test]
    fn line_ends_and_a_mark_are_dropped_but_a_space_is_a_letter() {
        let text = seal(b"token");
        assert_eq!(open(&format!("\u{feff}{text}\r\n")), Ok(b"token".to_vec()));
        assert_ne!(open(&format!("{text} ")), Ok(b"token".to_vec()));
        assert_eq!(open(&format!(" {text}")), Err(EnvelopeError::NoPrefix));
        assert_eq!(open(&text.to_lowercase()), Err(EnvelopeError::NoPrefix));
    }

    #[test]
    fn each_layer_has_its_own_refusal() {
        assert_eq!(open(""), Err(EnvelopeError::NoPrefix));
        assert_eq!(open("HC2:00"), Err(EnvelopeError::NoPrefix));
        assert_eq!(open("HC1:abc"), Err(EnvelopeError::NotBase45));
        assert_eq!(open("HC1:0"), Err(EnvelopeError::NotBase45), "a group of one");
        assert_eq!(open("HC1::::"), Err(EnvelopeError::NotBase45), "a group above 65,535");
        assert_eq!(base45_decode("::"), Err(EnvelopeError::NotBase45), "a last pair above 255");
        assert_eq!(open("HC1:"), Err(EnvelopeError::NotZlib), "an empty stream");
        assert_eq!(open(&"H".repeat(MAX_TEXT_BYTES + 1)), Err(EnvelopeError::TooLong(MAX_TEXT_BYTES + 1)));
    }

    #[test]
    fn a_bomb_goes_off_within_its_limit() {
        let bomb = deflate(&vec![0; 100 * 1_024 * 1_024]);
        assert_eq!(inflate(&bomb, MAX_INFLATED_BYTES), Err(EnvelopeError::TooLarge(MAX_INFLATED_BYTES)));
        let last = deflate(&vec![0; MAX_INFLATED_BYTES]);
        assert_eq!(inflate(&last, MAX_INFLATED_BYTES).unwrap().len(), MAX_INFLATED_BYTES);
        let over = deflate(&vec![0; MAX_INFLATED_BYTES + 1]);
        assert_eq!(inflate(&over, MAX_INFLATED_BYTES), Err(EnvelopeError::TooLarge(MAX_INFLATED_BYTES)));
    }

    #[test]
    fn a_stream_is_whole_and_alone() {
        let stream = deflate(b"a token of some length, so that every cut is a cut");
        for cut in 0..stream.len() {
            assert_eq!(inflate(&stream[..cut], 1_000), Err(EnvelopeError::NotZlib), "{cut}");
        }
        let mut longer = stream.clone();
        longer.push(0);
        assert_eq!(inflate(&longer, 1_000), Err(EnvelopeError::TrailingBytes));
        let twice = [stream.clone(), stream].concat();
        assert_eq!(inflate(&twice, 1_000), Err(EnvelopeError::TrailingBytes));
    }
}
