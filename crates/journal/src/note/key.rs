//! The public keys of logs and witnesses, written as `NAME+ID+BASE64`.
//!
//! A log's key and a witness's are different types, because what they sign differs: a log signs the note's text, a witness
//! also the time at which it saw it.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64ct::{Base64, Encoding as _};
use thiserror::Error;

use super::{Note, Signature};
use crate::hash::sha256;
use crate::text::{base64, decimal};

/// Bytes of an Ed25519 public key.
pub const PUBLIC_KEY_BYTES: usize = 32;

/// The name of a key: not empty, without white space, plus or control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyName(String);

/// What a key's algorithm made of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal(Vec<u8>);

/// A log's key: Ed25519 over the note's text.
///
/// # Source
/// C2SP `signed-note`, "Ed25519 signatures": type `0x01`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogKey(PublicKey);

/// A witness's key: Ed25519 over a time and the note's text.
///
/// # Source
/// C2SP `tlog-cosignature`, "Format": type `0x04`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessKey(PublicKey);

/// Seconds since 1970-01-01T00:00:00Z, at most 2^63 − 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PosixSeconds(u64);

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Not `NAME+ID+BASE64`.
    #[error("not a key; one looks like `NAME+ID+BASE64`, with eight digits of hexadecimal in the middle")]
    Shape,
    /// A name that no key can have.
    #[error("a key's name is not empty and holds no white space, no `+` and no control character")]
    Name,
    /// The number is not that of this name and key.
    #[error("the key's number does not fit its name and bytes")]
    Id,
    /// Another algorithm.
    #[error(
        "a key of type {found:#04x}; this place takes {expected:#04x} (1 a log's Ed25519, 4 a witness's)"
    )]
    Type {
        /// What it says.
        found: u8,
        /// What is taken here.
        expected: u8,
    },
    /// Not 32 bytes.
    #[error("an Ed25519 key has {PUBLIC_KEY_BYTES} bytes")]
    Length,
}

/// What a key says of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed<T> {
    /// It signed it.
    Yes(T),
    /// No line names the key.
    No,
    /// A line names the key, and its signature is not the key's.
    Forged,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct PublicKey {
    name: KeyName,
    id: u32,
    bytes: [u8; PUBLIC_KEY_BYTES],
}

pub(super) const LOG_TYPE: u8 = 0x01;
pub(super) const WITNESS_TYPE: u8 = 0x04;

impl LogKey {
    /// The key of this name with these bytes.
    #[must_use]
    pub fn new(name: KeyName, bytes: [u8; PUBLIC_KEY_BYTES]) -> Self {
        Self(PublicKey::new(name, LOG_TYPE, bytes))
    }

    /// The key's name, which is the log's origin.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.0.name
    }

    /// The number by which signature lines name the key.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.0.id
    }

    /// The key's bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; PUBLIC_KEY_BYTES] {
        &self.0.bytes
    }

    /// Whether this key signed the note. Every line that names it is checked, and one forged line is enough to say so.
    #[must_use]
    pub fn signed(&self, note: &Note) -> Signed<()> {
        self.0.all(note, |signature| self.0.verify(note.text(), signature.seal.as_bytes()).then_some(()))
    }

    /// Whether one of the lines that name this key is its signature.
    pub(crate) fn signed_once(&self, note: &Note) -> bool {
        let mut lines = note.signatures().iter().filter(|signature| self.0.is_named_by(signature));
        lines.any(|signature| self.0.verify(note.text(), signature.seal.as_bytes()))
    }
}

impl WitnessKey {
    /// The key of this name with these bytes.
    #[must_use]
    pub fn new(name: KeyName, bytes: [u8; PUBLIC_KEY_BYTES]) -> Self {
        Self(PublicKey::new(name, WITNESS_TYPE, bytes))
    }

    /// The key's name.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.0.name
    }

    /// The number by which signature lines name the key.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.0.id
    }

    /// The key's bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; PUBLIC_KEY_BYTES] {
        &self.0.bytes
    }

    /// Whether this key cosigned the note, and when: the latest time, if it did more than once.
    #[must_use]
    pub fn signed(&self, note: &Note) -> Signed<PosixSeconds> {
        self.0.all(note, |signature| self.check(note.text(), signature))
    }

    /// Whether this line is the key's cosignature of the text, and when it was made.
    pub(crate) fn check(&self, text: &str, signature: &Signature) -> Option<PosixSeconds> {
        if !self.0.is_named_by(signature) {
            return None;
        }
        let (seconds, seal) = signature.seal.as_bytes().split_first_chunk()?;
        let time = PosixSeconds::new(u64::from_be_bytes(*seconds))?;
        self.0.verify(&cosigned(text, time), seal).then_some(time)
    }
}

/// What a witness signs.
///
/// # Source
/// C2SP `tlog-cosignature`, "Ed25519 signed message".
pub(super) fn cosigned(text: &str, time: PosixSeconds) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

impl PublicKey {
    fn new(name: KeyName, kind: u8, bytes: [u8; PUBLIC_KEY_BYTES]) -> Self {
        let id = id(&name, &[&[kind], bytes.as_slice()].concat());
        Self { name, id, bytes }
    }

    fn parse(text: &str, expected: u8) -> Result<Self, KeyError> {
        let (name, rest) = text.split_once('+').ok_or(KeyError::Shape)?;
        // The Base64 may hold a plus of its own.
        let (number, encoded) = rest.split_once('+').ok_or(KeyError::Shape)?;
        let name: KeyName = name.parse()?;
        let hexadecimal = number.len() == 8 && number.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
        let number = u32::from_str_radix(number, 16).ok().filter(|_| hexadecimal).ok_or(KeyError::Shape)?;
        let typed = base64(encoded).ok_or(KeyError::Shape)?;
        let (found, bytes) = typed.split_first().ok_or(KeyError::Shape)?;
        if id(&name, &typed) != number {
            return Err(KeyError::Id);
        }
        if *found != expected {
            return Err(KeyError::Type { found: *found, expected });
        }
        let bytes = bytes.try_into().map_err(|_| KeyError::Length)?;
        Ok(Self { name, id: number, bytes })
    }

    fn is_named_by(&self, signature: &Signature) -> bool {
        signature.id == self.id && signature.name == self.name
    }

    fn verify(&self, text: &str, seal: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.bytes).verify(text.as_bytes(), seal).is_ok()
    }

    /// What the lines say that name this key; the greatest answer, if all of them hold.
    fn all<T: Ord>(&self, note: &Note, check: impl Fn(&Signature) -> Option<T>) -> Signed<T> {
        let lines = note.signatures().iter().filter(|signature| self.is_named_by(signature));
        match lines.map(check).collect::<Option<Vec<T>>>() {
            None => Signed::Forged,
            Some(all) => all.into_iter().max().map_or(Signed::No, Signed::Yes),
        }
    }

    fn write(&self, kind: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed = [&[kind], self.bytes.as_slice()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id, Base64::encode_string(&typed))
    }
}

/// "key ID = SHA-256(key name || 0x0A || signature type || public key)[:4]"
fn id(name: &KeyName, typed: &[u8]) -> u32 {
    let hash = sha256(&[name.as_str().as_bytes(), b"\n", typed].concat());
    let [first, second, third, fourth, ..] = *hash.as_bytes();
    u32::from_be_bytes([first, second, third, fourth])
}

impl FromStr for LogKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        PublicKey::parse(text, LOG_TYPE).map(Self)
    }
}

impl FromStr for WitnessKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        PublicKey::parse(text, WITNESS_TYPE).map(Self)
    }
}

impl fmt::Display for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(LOG_TYPE, f)
    }
}

impl fmt::Display for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(WITNESS_TYPE, f)
    }
}

impl KeyName {
    /// The name as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let odd = |c: char| c.is_whitespace() || c == '+' || c < ' ';
        if text.is_empty() || text.contains(odd) { Err(KeyError::Name) } else { Ok(Self(text.to_owned())) }
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Seal {
    pub(super) const fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl PosixSeconds {
    /// This many seconds after the epoch; none above 2^63 − 1.
    ///
    /// # Source
    /// C2SP `tlog-cosignature`, "Format": the time must not exceed 2^63 − 1.
    #[must_use]
    pub const fn new(seconds: u64) -> Option<Self> {
        if seconds > i64::MAX.cast_unsigned() { None } else { Some(Self(seconds)) }
    }

    /// The seconds.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        decimal(text).and_then(Self::new)
    }
}

impl fmt::Display for PosixSeconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
