//! The number of somebody who has no document at all: a desk draws it, and it stands on the slip that they take home.

use std::str::FromStr;

use super::number::{Number, Place, check_form};
use super::{DocumentError, DocumentKind};

/// How many numbers there are: ten digits. A city that has given one to each of ten million people has given one in a
/// thousand, so a number that somebody makes up is hardly ever anybody's.
const NUMBERS: u64 = 10_000_000_000;

/// A desk number, 社区登记号: ten digits drawn by chance and two check digits, on the wire after the kind.
///
/// It encodes nothing of anybody: no place, no day, no order of coming.
///
/// # Source
/// ISO 7064, pure system MOD 97-10: it finds every single wrong digit and every two that are swapped, neighbours or not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeskNumber(Number);

impl DeskNumber {
    /// The number that a draw gives; draws that are evenly spread give numbers that are.
    #[must_use]
    pub fn drawn(draw: u64) -> Self {
        let ten = draw % NUMBERS;
        // 100 n + check ≡ 1 modulo 97.
        let check = 98 - ten * 100 % 97;
        Self(Number::new(&format!("{ten:010}{check:02}")))
    }

    /// The twelve digits.
    #[must_use]
    pub fn number(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for DeskNumber {
    type Err = DocumentError;

    fn from_str(text: &str) -> Result<Self, DocumentError> {
        let kind = DocumentKind::DeskNumber;
        check_form(kind, "12 digits", text, &[(Place::Digit, 12)])?;
        let rest = text.chars().fold(0, |rest, c| (rest * 10 + c.to_digit(10).unwrap_or(0)) % 97);
        // The check digits are 02 to 98: 00, 01 and 99 would fit too, and name somebody twice.
        if rest != 1 || !("02"..="98").contains(&text.get(10..).unwrap_or_default()) {
            return Err(DocumentError::CheckDigit { kind });
        }
        Ok(Self(Number::new(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_number_is_read_and_no_wrong_digit_or_swap_of_it_is() {
        for draw in (0..400).map(|n: u64| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)) {
            let number = DeskNumber::drawn(draw);
            let read = |digits: &[u8]| std::str::from_utf8(digits).unwrap().parse::<DeskNumber>();
            let digits = number.number().as_bytes().to_vec();
            assert_eq!(read(&digits), Ok(number));
            for place in 0..digits.len() {
                for digit in (b'0'..=b'9').filter(|digit| *digit != digits[place]) {
                    let mut wrong = digits.clone();
                    wrong[place] = digit;
                    assert!(read(&wrong).is_err(), "draw {draw}: place {place} is {digit}");
                }
                for other in (0..place).filter(|other| digits[*other] != digits[place]) {
                    let mut swapped = digits.clone();
                    swapped.swap(place, other);
                    assert!(read(&swapped).is_err(), "draw {draw}: {place} and {other} are swapped");
                }
            }
        }
    }
}
