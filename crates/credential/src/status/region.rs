//! Region codes, and which region lies in which.

use std::fmt;

use serde::Serialize;

use super::StatusError;
use crate::limits::MAX_REGION_BYTES;

/// A region: two to ten capital letters, digits and hyphens; `410100`, `IT-25`, `DE`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RegionCode(String);

impl RegionCode {
    /// Reads a region code.
    ///
    /// # Errors
    /// [`StatusError::Region`].
    pub fn parse(text: &str) -> Result<Self, StatusError> {
        let fits = (2..=MAX_REGION_BYTES).contains(&text.len());
        let legal = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
        if fits && text.bytes().all(legal) { Ok(Self(text.to_owned())) } else { Err(StatusError::Region) }
    }

    /// The code as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `other` is this region or lies in it.
    ///
    /// Codes of six digits are those of GB/T 2260, where pairs of zeros at the end stand for the whole:
    /// `410000` and `41` hold `410100`, which holds `410102`. Elsewhere a hyphen parts the levels: `IT` holds
    /// `IT-25`.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        let (outer, inner) = (self.significant(), other.significant());
        let Some(rest) = inner.strip_prefix(outer) else { return false };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        rest.is_empty() || rest.starts_with('-') || (digits(inner) && outer.len().is_multiple_of(2))
    }

    fn significant(&self) -> &str {
        let code = self.0.as_str();
        if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return code;
        }
        let city = code.strip_suffix("00").unwrap_or(code);
        if city.len() == 4 { city.strip_suffix("00").unwrap_or(city) } else { city }
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_holds_itself_and_what_lies_in_it() {
        let rows = [
            ("41", "410100", true),
            ("410000", "410100", true),
            ("410100", "410102", true),
            ("410100", "410000", false),
            ("410102", "410103", false),
            ("41", "42", false),
            ("41", "410000", true),
            ("410000", "41", true),
            ("IT", "IT-25", true),
            ("IT-2", "IT-25", false),
            ("IT", "ITX", false),
            ("DE", "DE", true),
            ("DE", "410100", false),
        ];
        for (outer, inner, holds) in rows {
            let (a, b) = (RegionCode::parse(outer).unwrap(), RegionCode::parse(inner).unwrap());
            assert_eq!(a.contains(&b), holds, "{outer} {inner}");
        }
        for text in ["", "4", "4101000000x", "41 0100", "de", "北京"] {
            assert_eq!(RegionCode::parse(text), Err(StatusError::Region), "{text}");
        }
    }
}
