//! Pieces of text that several formats share: decimals, Base64, lines.

use base64ct::{Base64, Encoding as _};

/// The number that this ASCII decimal writes; none with a sign, a leading zero, or above 2^64 − 1.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !(text.len() > 1 && text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

/// The bytes of standard Base64 with padding; none if the text is not what these bytes are written as.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    let bytes = Base64::decode_vec(text).ok()?;
    // A decoder that lets stray bits of the last character pass would give two texts for one signature.
    (Base64::encode_string(&bytes) == text).then_some(bytes)
}

/// The first line without its end, and what follows; none if no line ends.
pub(crate) fn line(text: &str) -> Option<(&str, &str)> {
    text.split_once('\n')
}
