//! An issuer's signature as it is sent: 64 bytes (r and s of ES256), and the 32 bytes of its salt, in hex or in Base64 for URLs without padding.

use base64ct::{Base64UrlUnpadded, Encoding};

use mingma_registry::signed::Salt;

use crate::api::unhex;
use crate::problem::Problem;

/// Reads a signature.
///
/// # Errors
/// A [`Problem`], 422.
pub(crate) fn read(text: &str) -> Result<[u8; 64], Problem> {
    bytes(text).ok_or_else(|| {
        Problem::refused("member", "`signature`: not the 64 bytes of an ES256 signature").help(
            "write r and s, 32 bytes each, as 128 hexadecimal digits or as 86 characters of Base64 for URLs",
        )
    })
}

/// Reads the salt that was drawn for a signature.
///
/// # Errors
/// A [`Problem`], 422.
pub(crate) fn salt(text: &str) -> Result<Salt, Problem> {
    bytes(text).ok_or_else(|| {
        Problem::refused("member", "`salt`: not 32 bytes")
            .help("draw 32 bytes anew for each signature and write them as 64 hexadecimal digits")
    })
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let base64 = || {
        let mut bytes = [0; N];
        let read = Base64UrlUnpadded::decode(text, &mut bytes).ok()?;
        (read.len() == N).then_some(bytes)
    };
    unhex(text).or_else(base64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_read_from_hex_or_base64_and_from_nothing_else() {
        let bytes: [u8; 64] = std::array::from_fn(|n| u8::try_from(n * 3).unwrap());
        let hex = bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        let base64 = Base64UrlUnpadded::encode_string(&bytes);
        for text in [&hex, &hex.to_uppercase(), &base64] {
            assert_eq!(read(text).unwrap(), bytes, "{text}");
        }
        let signed = format!("+1{}", hex.split_at(2).1);
        for text in ["", "00", hex.split_at(1).1, &format!("{base64}=="), &format!("{base64}AA"), &signed] {
            assert_eq!(read(text).unwrap_err().status(), 422, "{text}");
        }
    }
}
