//! Verification: from a text to a verdict, offline.
//!
//! The order of the checks is the order of precedence of the results, and it is public: unreadable,
//! unsupported algorithm, unknown key, bad signature; then, about a signed token, unsupported or unreadable
//! claims, unknown key (not for this), not yet valid, expired, revoked, clock; and only then a colour. It
//! asks nobody and keeps nothing.

use crate::claims::{ClaimsError, Code, StatusCode};
use crate::cose::{CoseError, Sign1};
use crate::key::Algorithm;
use crate::limits::MAX_CLOCK_SKEW_SECONDS;
use crate::proof;
use crate::status::{Color, StatusError};
use crate::status_list::{StatusLists, VALID};
use crate::time::UnixSeconds;
use crate::token::{DecodeError, decode};
use crate::trust::{TrustEntry, TrustList, Use};
use crate::verdict::{Clock, Lapsed, Revocation, Signed, UnknownKey, Unsupported, Verdict, Verified};

/// Everything a verdict depends on, apart from the text.
#[derive(Debug, Clone, Copy)]
pub struct Verifier<'a> {
    /// The keys that are believed.
    pub trust: &'a TrustList,
    /// The lists of revoked codes; without them nothing counts as revoked, and the verdict says so.
    pub status: Option<&'a StatusLists>,
    /// The instant at which to judge.
    pub now: UnixSeconds,
}

impl Verifier<'_> {
    /// Judges one text.
    #[must_use]
    pub fn verify(&self, text: &str) -> Verdict {
        self.judge(text).unwrap_or_else(|refusal| refusal)
    }

    fn judge(&self, text: &str) -> Result<Verdict, Verdict> {
        let token = decode(text).map_err(unreadable)?;
        let envelope = token.envelope();
        let entry = self.signer(envelope)?;
        let code = token.claims().map_err(unclaimed)?;
        self.entitled(&code, envelope, entry)?;
        let code = self.in_time(code, entry)?;
        match code {
            Code::Certificate(code) => {
                // Certificates of others have their own ways of revocation, which are not known here.
                Ok(Verdict::Certificate(Verified::new(code, entry.key_id(), Revocation::NotListed)))
            }
            Code::Status(code) => self.status(code, envelope, entry),
        }
    }

    /// The believed key that made the signature.
    fn signer(&self, envelope: &Sign1) -> Result<&TrustEntry, Verdict> {
        match envelope.algorithm() {
            Some(Algorithm::Es256 | Algorithm::Ps256) => {}
            other @ (Some(Algorithm::Es384 | Algorithm::Es512 | Algorithm::EdDsa) | None) => {
                return Err(Verdict::Unsupported(Unsupported::Algorithm(other)));
            }
        }
        let entries = self.trust.named(envelope.key_id());
        if entries.is_empty() {
            let why = if envelope.key_id().is_none() { UnknownKey::Unnamed } else { UnknownKey::NotListed };
            return Err(Verdict::UnknownKey(why));
        }
        let signed = |entry: &&TrustEntry| envelope.verify(entry.key(), &[]).is_ok();
        entries.iter().find(signed).ok_or(Verdict::BadSignature)
    }

    /// Whether that key is believed for such a code, such a region and now.
    fn entitled(&self, code: &Code, envelope: &Sign1, entry: &TrustEntry) -> Result<(), Verdict> {
        let scope = entry.scope();
        let kind = match code {
            Code::Status(_) => Use::Status,
            Code::Certificate(_) => Use::Certificate,
        };
        if !scope.covers(self.now) {
            return Err(Verdict::UnknownKey(UnknownKey::Period));
        }
        if !scope.allows(kind) {
            return Err(Verdict::UnknownKey(UnknownKey::Use));
        }
        if let Code::Status(code) = code {
            // Ours are signed in one way only; what certificates of others may use is no way around it.
            if envelope.algorithm() != Some(Algorithm::Es256) || !entry.key().is_p256() {
                return Err(Verdict::Unsupported(Unsupported::Algorithm(envelope.algorithm())));
            }
            if !scope.holds(&code.issuer) || !code.issuer.contains(&code.status.region) {
                return Err(Verdict::UnknownKey(UnknownKey::Region));
            }
            if let Color::Other(number) = code.status.color {
                return Err(Verdict::Unsupported(Unsupported::Color(number)));
            }
        }
        Ok(())
    }

    /// The beginning is read with a clock's tolerance, the end without: RFC 8392 §3.1.4, "on or after".
    fn in_time(&self, code: Code, entry: &TrustEntry) -> Result<Code, Verdict> {
        match code.period() {
            (Some(from), _) if from > self.now.plus(MAX_CLOCK_SKEW_SECONDS) => {
                Err(Verdict::NotYetValid(Signed::new(code, entry.key_id()), Lapsed(from)))
            }
            (_, Some(until)) if until <= self.now => {
                Err(Verdict::Expired(Signed::new(code, entry.key_id()), Lapsed(until)))
            }
            (Some(_) | None, Some(_) | None) => Ok(code),
        }
    }

    /// Revocation, then possession, then the colour.
    fn status(&self, code: StatusCode, envelope: &Sign1, entry: &TrustEntry) -> Result<Verdict, Verdict> {
        let signed = |code| Signed::new(Code::Status(code), entry.key_id());
        let revocation = match (self.status, code.status.revocation) {
            (None, _) => Revocation::NotChecked,
            (Some(_), None) => Revocation::NotListed,
            (Some(lists), Some(place)) => match lists.look_up(&code.issuer, place, self.now) {
                Ok(VALID) => Revocation::Checked,
                Ok(_) => return Err(Verdict::Revoked(signed(code))),
                Err(unknown) => return Err(Verdict::Unsupported(Unsupported::Revocation(unknown))),
            },
        };
        if let Some(device) = &code.status.device
            && let Err(why) = proof::check(envelope, device, self.now)
        {
            return Err(Verdict::Clock(signed(code), Clock(why)));
        }
        let color = code.status.color;
        let verified = Verified::new(code, entry.key_id(), revocation);
        match color {
            Color::Green => Ok(Verdict::Green(verified)),
            Color::Yellow => Ok(Verdict::Yellow(verified)),
            Color::Red => Ok(Verdict::Red(verified)),
            Color::Other(number) => Err(Verdict::Unsupported(Unsupported::Color(number))),
        }
    }
}

fn unreadable(error: DecodeError) -> Verdict {
    match error {
        DecodeError::Cose(CoseError::Unregistered | CoseError::Critical) => {
            Verdict::Unsupported(Unsupported::Header)
        }
        DecodeError::Cose(
            CoseError::Cbor(_) | CoseError::Tag(_) | CoseError::Shape | CoseError::Detached,
        )
        | DecodeError::Envelope(_)
        | DecodeError::Claims(_) => Verdict::Unreadable(error),
    }
}

fn unclaimed(error: ClaimsError) -> Verdict {
    match error {
        ClaimsError::NoHealthClaim | ClaimsError::Status(StatusError::Version(_)) => {
            Verdict::Unsupported(Unsupported::Claims(error))
        }
        ClaimsError::Cbor(_)
        | ClaimsError::Shape
        | ClaimsError::Type(_)
        | ClaimsError::Missing(_)
        | ClaimsError::Surplus
        | ClaimsError::Period
        | ClaimsError::Status(_) => Verdict::Unreadable(DecodeError::Claims(error)),
    }
}
