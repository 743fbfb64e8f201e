//! The phone: the proof that it holds its code, and the picture of both.
//!
//! The phone's key lies in the browser's key store and never comes here; here is only what it signs.

use mingma_credential::UnixSeconds;
use mingma_credential::proof;
use mingma_credential::qr::Qr;

use crate::refusal::{Code, Refusal};

/// How much of a symbol may be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redundancy {
    /// ECC M, at most version 12: for a screen.
    Screen,
    /// ECC Q, at most version 25: for paper.
    Paper,
}

impl Redundancy {
    /// 0 for a screen, 1 for paper.
    ///
    /// # Errors
    /// [`Code::Misused`] for any other number.
    pub fn from_number(number: u32) -> Result<Self, Refusal> {
        match number {
            0 => Ok(Self::Screen),
            1 => Ok(Self::Paper),
            _ => Err(Refusal::new(Code::Misused, "a symbol is for a screen (0) or for paper (1)")),
        }
    }
}

/// The bytes that the phone's key signs by ECDSA with SHA-256, so that `code` counts from `now`.
///
/// # Errors
/// [`Refusal`].
pub fn proof_to_sign(code: &str, now: UnixSeconds) -> Result<Vec<u8>, Refusal> {
    Ok(proof::to_sign(code, now)?)
}

/// The text to show: `code` with the signature made over [`proof_to_sign`] of the same instant.
///
/// # Errors
/// [`Refusal`]; [`Code::OtherDevice`] if the signature is not by the device that the code names.
pub fn with_proof(code: &str, now: UnixSeconds, signature: &[u8]) -> Result<String, Refusal> {
    let signature =
        signature.try_into().map_err(|_| Refusal::new(Code::Misused, "a signature by P-256 has 64 bytes"))?;
    Ok(proof::attach(code, now, signature)?)
}

/// The symbol without its quiet zone: the modules on a side, then a byte for each, row by row, 1 if it is dark.
///
/// # Errors
/// [`Refusal`].
pub fn qr(text: &str, redundancy: Redundancy) -> Result<Vec<u8>, Refusal> {
    let symbol = draw(text, redundancy)?;
    let side = symbol.side();
    // INVARIANT: version 40, the largest there is, has 177 modules on a side.
    let first = u8::try_from(side).map_err(|_| Refusal::new(Code::TooLong, "the symbol is too large"))?;
    let modules = (0..side).flat_map(|row| (0..side).map(move |column| (column, row)));
    Ok(std::iter::once(first).chain(modules.map(|(x, y)| u8::from(symbol.is_dark(x, y)))).collect())
}

/// The symbol with its quiet zone as SVG; `label` is what a screen reader says.
///
/// # Errors
/// [`Refusal`].
pub fn qr_svg(text: &str, redundancy: Redundancy, label: &str) -> Result<String, Refusal> {
    Ok(draw(text, redundancy)?.to_svg(label))
}

fn draw(text: &str, redundancy: Redundancy) -> Result<Qr, Refusal> {
    Ok(match redundancy {
        Redundancy::Screen => Qr::for_screen(text)?,
        Redundancy::Paper => Qr::for_paper(text)?,
    })
}
