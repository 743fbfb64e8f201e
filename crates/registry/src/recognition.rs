//! Another region's status comes as the code that the region signed, and never as a bare colour.
//!
//! A recognised region is an issuer that two offices appointed, with the keys by which it signs codes; those stand in the public journal. A fact
//! of its status names the code by its hash, and the code is kept with the signature of whoever sent it: so the person and an auditor see who
//! said the colour, by which ruleset of theirs, from when and until when. What follows from it our own rules say.

use base16ct::HexDisplay;
use jiff::Timestamp;
use mingma_credential::key::DevicePoint;
use mingma_credential::status::Color as Signed;
use mingma_credential::{Code, StatusCode, decode};
use mingma_domain::Fact;
use mingma_domain::fact::{Color, Value};
use mingma_domain::time::{Moment, Zone};
use thiserror::Error;

use crate::canonical::sha256;

/// By which evidence a fact names a code: the SHA-256 of its text, in hexadecimal.
#[must_use]
pub fn credential_id(code: &str) -> String {
    format!("{:x}", HexDisplay(&sha256(code.as_bytes())))
}

/// Why a code does not bear out a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unrecognised {
    /// The fact names another code.
    #[error("it is not the code that the fact names")]
    Other,
    /// It is no code of a status.
    #[error("it is no code of a region's status")]
    NoCode,
    /// No key of the region's signed it.
    #[error("no key of that region that counted then signed it")]
    Key,
    /// It says something else.
    #[error("it says another colour, region or day than the fact")]
    Otherwise,
    /// It was over.
    #[error("it had expired")]
    Expired,
}

/// What a code says that bears out a fact of another region's status, sent at an instant; the keys are the region's.
///
/// # Errors
/// [`Unrecognised`], the first in the order of its variants.
pub fn recognised(
    fact: &Fact,
    code: &str,
    mut keys: impl Iterator<Item = DevicePoint>,
    sent: Timestamp,
) -> Result<StatusCode, Unrecognised> {
    if fact.evidence().is_none_or(|evidence| evidence.as_str() != credential_id(code)) {
        return Err(Unrecognised::Other);
    }
    let token = decode(code).map_err(|_| Unrecognised::NoCode)?;
    let Ok(Code::Status(said)) = token.claims() else { return Err(Unrecognised::NoCode) };
    if !keys.any(|key| token.envelope().verify(&key.verifying_key(), &[]).is_ok()) {
        return Err(Unrecognised::Key);
    }
    if !says(&said, fact) {
        return Err(Unrecognised::Otherwise);
    }
    if said.expires_at.get() <= sent.as_second() {
        return Err(Unrecognised::Expired);
    }
    Ok(said)
}

/// Whether a code says what a fact says: the colour and the region, of the day on which it was signed, and for no longer than it lasts.
fn says(said: &StatusCode, fact: &Fact) -> bool {
    let (Value::ForeignStatus(color), Some(region)) = (fact.value(), fact.region()) else { return false };
    let same_color = match said.status.color {
        Signed::Green => color == Color::Green,
        Signed::Yellow => color == Color::Yellow,
        Signed::Red => color == Color::Red,
        Signed::Other(_) => false,
    };
    let Ok(zone) = Zone::named(region.zone()) else { return false };
    let day = |second: i64| Timestamp::from_second(second).ok().map(|at| zone.day_of(at));
    let (issued, expires) = (said.issued_at.get(), said.expires_at.get());
    let same_moment = match fact.at() {
        Moment::Day(at) => Some(at) == day(issued),
        Moment::Instant(at, _) => at.as_second() == issued,
    };
    let ends = match fact.until() {
        // Without an end it would last for ever.
        None => false,
        Some(Moment::Day(until)) => day(expires).is_some_and(|last| until <= last),
        Some(Moment::Instant(until, _)) => until.as_second() <= expires,
    };
    let issuer = fact.issuer().name().is_some_and(|name| name == said.issuer.as_str());
    let same_region =
        said.status.region.as_str() == region.code() && said.issuer.contains(&said.status.region);
    same_color && same_moment && ends && issuer && same_region
}
