//! The staff list: who holds which office where and until when, and with what they sign in.
//!
//! A name is one person's for good: an account that ended is never taken up again. The password is kept as an argon2id hash,
//! the secret of the second factor is sealed by the store. Neither is ever printed by accident.

use std::fmt;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::fact::Evidence;
use thiserror::Error;
use totp_rs::{Builder, Secret};

use crate::policy::{Actor, Office};
use crate::ports::{NoEntropy, Rng, draw};

/// The characters of a password that is made: no two look alike, and a telephone's keyboard has them on one page.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// How many there are: 20 of 32 are 100 bits.
const PASSWORD_CHARACTERS: usize = 20;
/// The longest password that is tried, in bytes.
pub const MAX_PASSWORD: usize = 128;

/// A password's hash, as a PHC string (`$argon2id$…`) that carries its own cost.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

/// The secret of a second factor: 20 bytes, for HMAC-SHA-1 in steps of 30 s (RFC 6238, as every authenticator has it).
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; 20]);

/// What is kept of a password is damaged, or the library failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the password's hash cannot be made or read")]
pub struct HashError;

/// A password that was made, to be told once.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// An account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StaffAccount {
    /// The name in the staff list, by which disclosures and the journal call its holder.
    pub name: Evidence,
    /// Which office its holder has.
    pub office: Office,
    /// Where.
    pub region: Region,
    /// From when.
    pub from: Timestamp,
    /// The first instant at which it no longer counts.
    pub until: Timestamp,
    /// The password.
    pub password: PasswordHash,
    /// The second factor. A store seals it.
    pub totp: TotpSecret,
}

/// An account ended before its time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StaffEnd {
    /// Whose.
    pub name: Evidence,
    /// From when on.
    pub at: Timestamp,
}

/// A row of the staff list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StaffRow {
    /// One for each name.
    Account(StaffAccount),
    /// One for each name.
    End(StaffEnd),
}

/// A change of the staff list, as everybody may read it who is shown it: without what lets the holder in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StaffChange {
    /// Somebody holds an office.
    Account {
        /// The name in the staff list.
        name: Evidence,
        /// Which office.
        office: Office,
        /// Where.
        region: Region,
        /// From when.
        from: Timestamp,
        /// The first instant at which the account no longer counts.
        until: Timestamp,
    },
    /// An account ended before its time.
    End(StaffEnd),
}

impl From<&StaffRow> for StaffChange {
    fn from(row: &StaffRow) -> Self {
        match row {
            StaffRow::Account(StaffAccount { name, office, region, from, until, .. }) => Self::Account {
                name: name.clone(),
                office: *office,
                region: *region,
                from: *from,
                until: *until,
            },
            StaffRow::End(end) => Self::End(end.clone()),
        }
    }
}

/// An account, and whether it ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StaffMember {
    /// The account.
    pub account: StaffAccount,
    /// From when on it counts no more, if it ended before its time.
    pub ended: Option<Timestamp>,
}

impl Password {
    /// A new one.
    ///
    /// # Errors
    /// [`NoEntropy`].
    pub fn draw(rng: &dyn Rng) -> Result<Self, NoEntropy> {
        let bytes: [u8; PASSWORD_CHARACTERS] = draw(rng)?;
        let letter = |byte: &u8| ALPHABET.get(usize::from(byte % 32)).copied().map_or('a', char::from);
        let letters: Vec<char> = bytes.iter().map(letter).collect();
        Ok(Self(letters.chunks(5).map(String::from_iter).collect::<Vec<_>>().join("-")))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PasswordHash {
    /// The hash of a password, by argon2id with 19 MiB and two passes (the library's and OWASP's least); some 20 ms.
    ///
    /// # Errors
    /// [`HashError`].
    pub fn of(password: &str, salt: [u8; 16]) -> Result<Self, HashError> {
        let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
        hash.map(|hash| Self(hash.to_string())).map_err(|_| HashError)
    }

    /// The hash in a PHC string, as a store keeps it.
    ///
    /// # Errors
    /// [`HashError`].
    pub fn from_text(text: &str) -> Result<Self, HashError> {
        Phc::new(text).map_err(|_| HashError)?;
        Ok(Self(text.to_owned()))
    }

    /// The PHC string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the password.
    #[must_use]
    pub fn is_of(&self, password: &str) -> bool {
        Argon2::default().verify_password(password.as_bytes(), self.0.as_str()).is_ok()
    }
}

impl TotpSecret {
    /// A new one.
    ///
    /// # Errors
    /// [`NoEntropy`].
    pub fn draw(rng: &dyn Rng) -> Result<Self, NoEntropy> {
        draw(rng).map(Self)
    }

    /// The secret in these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// The bytes, for a store that seals them.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// The step of 30 s whose code this is, if it is the present one or one beside it.
    #[must_use]
    pub fn step_of(&self, code: &str, now: Timestamp) -> Option<u64> {
        let plain: String = code.chars().filter(|c| *c != ' ').collect();
        let seconds = u64::try_from(now.as_second()).ok()?;
        self.totp().check(&plain, seconds)
    }

    /// The code of an instant.
    #[must_use]
    pub fn code_at(&self, now: Timestamp) -> String {
        self.totp().generate(u64::try_from(now.as_second()).unwrap_or(0)).to_string()
    }

    /// What an authenticator reads from a QR symbol.
    ///
    /// # Source
    /// The key URI format of Google Authenticator, which all others read.
    #[must_use]
    pub fn uri(&self, name: &Evidence) -> String {
        // A name may hold any printable character: what is not a letter, digit, `-`, `.` or `_` is written by its bytes.
        let name = name.as_str().bytes().fold(String::new(), |text, byte| match byte {
            b if b.is_ascii_alphanumeric() || b"-._".contains(&b) => {
                text + char::from(b).encode_utf8(&mut [0; 4])
            }
            b => format!("{text}%{b:02X}"),
        });
        let secret = Secret::from(self.0).to_base32();
        format!(
            "otpauth://totp/Mingma:{name}?secret={secret}&issuer=Mingma&algorithm=SHA1&digits=6&period=30"
        )
    }

    fn totp(&self) -> totp_rs::Totp {
        // Six digits, 30 s, one step to either side, HMAC-SHA-1: the defaults, all within the standard.
        Builder::new().with_secret(self.0).build_noncompliant()
    }
}

impl StaffMember {
    /// Whether the account counts at an instant.
    #[must_use]
    pub fn counts(&self, now: Timestamp) -> bool {
        let ended = self.ended.is_some_and(|at| at <= now);
        self.account.from <= now && now < self.account.until && !ended
    }

    /// As whom its holder acts.
    #[must_use]
    pub fn actor(&self) -> Actor {
        let StaffAccount { name, office, region, .. } = &self.account;
        Actor::Official { staff: name.clone(), office: *office, region: *region }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// RFC 6238, appendix B, SHA-1: the last six of the eight digits there.
    #[test]
    fn codes_are_those_of_the_standard_and_one_step_to_either_side_counts() {
        let secret = TotpSecret::from_bytes(*b"12345678901234567890");
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(secret.code_at(at(second)), code);
            let step = u64::try_from(second / 30).unwrap();
            for (moved, found) in
                [(-60, None), (-30, Some(step)), (0, Some(step)), (30, Some(step)), (60, None)]
            {
                assert_eq!(secret.step_of(code, at(second + moved)), found, "{code} {moved}");
            }
        }
        for wrong in ["", "28708", "2870820", "28708a", "２８７０８２"] {
            assert_eq!(secret.step_of(wrong, at(59)), None);
        }
        let name = "staff+7".parse().unwrap();
        let uri = "otpauth://totp/Mingma:staff%2B7?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Mingma&algorithm=SHA1&digits=6&period=30";
        assert_eq!(secret.uri(&name), uri);
    }

    #[test]
    fn a_password_fits_its_hash_and_no_other() {
        let hash = PasswordHash::of("correct horse", [7; 16]).unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        assert!(hash.is_of("correct horse") && !hash.is_of("correct horsf") && !hash.is_of(""));
        assert_eq!(PasswordHash::from_text(hash.as_str()), Ok(hash));
        assert_eq!(PasswordHash::from_text("plain"), Err(HashError));
    }
}
