//! Sessions: who has signed in, until when, on which device; carried by the client, sealed by the server.
//!
//! A session is a text that the client keeps (in a cookie or a header) and that nobody can make or change without the
//! key: its fields and an HMAC-SHA-256 over them, in Base64. So asking for a status needs no look-up of a session, and
//! any process with the key can answer. Signing out is a row elsewhere; what a session permits is the policy's to say.

use std::fmt;

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign, verify};
use base64ct::{Base64UrlUnpadded, Encoding};
use jiff::Timestamp;
use mingma_credential::key::DevicePoint;
use mingma_domain::fact::{Evidence, Issuer};
use mingma_registry::ports::draw;
use mingma_registry::{NoEntropy, PersonId, Registry};

/// The longest session text that is read, in bytes: an issuer's or app's name of 64, 100 of fields and tag, in Base64.
const MAX_TEXT: usize = 320;
/// The first byte of a session's fields.
const VERSION: u8 = 1;
/// The bytes of the tag.
const TAG: usize = 32;

/// The name of one session, by which it can be ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SessionId([u8; 16]);

impl SessionId {
    /// The name in these bytes of chance.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// A new name.
    pub(crate) fn draw(registry: &Registry) -> Result<Self, NoEntropy> {
        draw(registry.rng()).map(Self)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// Who signed in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Who {
    /// A person.
    Person(PersonId),
    /// A program that a person let in.
    App {
        /// Which person.
        person: PersonId,
        /// The program, as the person named it.
        app: Evidence,
    },
    /// An official, as the staff list calls them.
    Staff(Evidence),
    /// An issuer, by its key.
    Institution(Issuer),
}

/// One session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    /// Its name.
    pub id: SessionId,
    /// Who signed in.
    pub who: Who,
    /// The first instant, to the second, at which it no longer counts.
    pub until: Timestamp,
    /// The key of the device that it is bound to: codes are made for this one alone.
    pub device: Option<DevicePoint>,
}

/// The key that makes and reads sessions.
pub struct SessionKey(Key);

impl SessionKey {
    /// The key in these bytes.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(Key::new(HMAC_SHA256, bytes))
    }

    /// The text that the client keeps.
    #[must_use]
    pub fn seal(&self, session: &Session) -> String {
        let mut bytes = fields(session);
        let tag = sign(&self.0, &bytes);
        bytes.extend_from_slice(tag.as_ref());
        Base64UrlUnpadded::encode_string(&bytes)
    }

    /// A tag over bytes for another purpose, whose name begins with a letter: a session's fields begin with 1.
    pub(crate) fn tag(&self, purpose: &str, bytes: &[u8]) -> [u8; TAG] {
        let signed = [purpose.as_bytes(), &[0], bytes].concat();
        let mut tag = [0; TAG];
        tag.iter_mut().zip(sign(&self.0, &signed).as_ref()).for_each(|(to, from)| *to = *from);
        tag
    }

    /// The session in a text; none if this key did not make it or it is over.
    #[must_use]
    pub fn open(&self, text: &str, now: Timestamp) -> Option<Session> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let bytes = Base64UrlUnpadded::decode_vec(text).ok()?;
        let (fields, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG)?)?;
        verify(&self.0, fields, tag).ok()?;
        read(fields).filter(|session| now < session.until)
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey")
    }
}

/// Version, name, end, device (33 zeros for none), the letter of who, who.
fn fields(session: &Session) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(&session.id.0);
    bytes.extend_from_slice(&session.until.as_second().to_be_bytes());
    bytes.extend_from_slice(session.device.as_ref().map_or(&[0; 33], |device| device.as_bytes()));
    match &session.who {
        Who::Person(person) => {
            bytes.push(b'P');
            bytes.extend_from_slice(person.as_bytes());
        }
        Who::App { person, app } => {
            bytes.push(b'A');
            bytes.extend_from_slice(person.as_bytes());
            bytes.extend_from_slice(app.as_str().as_bytes());
        }
        Who::Staff(name) => {
            bytes.push(b'S');
            bytes.extend_from_slice(name.as_str().as_bytes());
        }
        Who::Institution(issuer) => {
            bytes.push(b'I');
            bytes.extend_from_slice(issuer.to_string().as_bytes());
        }
    }
    bytes
}

fn read(bytes: &[u8]) -> Option<Session> {
    let (&[VERSION], rest) = bytes.split_first_chunk::<1>()? else { return None };
    let (id, rest) = rest.split_first_chunk::<16>()?;
    let (until, rest) = rest.split_first_chunk::<8>()?;
    let (device, rest) = rest.split_first_chunk::<33>()?;
    let (letter, who) = rest.split_first()?;
    let person = |bytes: &[u8]| bytes.try_into().ok().map(PersonId::from_bytes);
    let text = |bytes: &[u8]| str::from_utf8(bytes).ok().map(str::to_owned);
    let who = match letter {
        b'P' => Who::Person(person(who)?),
        b'A' => {
            let (id, app) = who.split_first_chunk::<16>()?;
            Who::App { person: person(id)?, app: text(app)?.parse().ok()? }
        }
        b'S' => Who::Staff(text(who)?.parse().ok()?),
        b'I' => Who::Institution(text(who)?.parse().ok()?),
        _ => return None,
    };
    Some(Session {
        id: SessionId(*id),
        who,
        until: Timestamp::from_second(i64::from_be_bytes(*until)).ok()?,
        device: DevicePoint::from_bytes(device),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn every() -> Vec<Session> {
        let person = PersonId::new([7; 16]);
        let device = DevicePoint::from_bytes(&[3; 33]);
        let whos = [
            Who::Person(person),
            Who::App { person, app: "bus-company".parse().unwrap() },
            Who::Staff("staff-7".parse().unwrap()),
            Who::Institution("laboratory:07".parse().unwrap()),
        ];
        whos.into_iter().map(|who| Session { id: SessionId([9; 16]), who, until: at(100), device }).collect()
    }

    #[test]
    fn a_session_opens_with_its_key_until_its_end() {
        let key = SessionKey::new(&[1; 32]);
        for session in every() {
            let text = key.seal(&session);
            assert!(text.len() <= MAX_TEXT);
            assert_eq!(key.open(&text, at(99)), Some(session));
            assert_eq!(key.open(&text, at(100)), None, "its end is exclusive");
            assert_eq!(SessionKey::new(&[2; 32]).open(&text, at(0)), None, "another key");
        }
    }

    #[test]
    fn a_changed_session_opens_nothing() {
        let key = SessionKey::new(&[1; 32]);
        for session in every() {
            let bytes = Base64UrlUnpadded::decode_vec(&key.seal(&session)).unwrap();
            for place in 0..bytes.len() {
                let mut changed = bytes.clone();
                changed[place] ^= 1;
                assert_eq!(
                    key.open(&Base64UrlUnpadded::encode_string(&changed), at(0)),
                    None,
                    "byte {place}"
                );
            }
        }
        for text in ["", "A", "not base64!", &"A".repeat(MAX_TEXT), &"A".repeat(MAX_TEXT + 4)] {
            assert_eq!(key.open(text, at(0)), None);
        }
    }
}
