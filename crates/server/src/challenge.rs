//! Challenges for institutions: made by chance, sealed, for two minutes; the store spends each name once.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64ct::{Base64UrlUnpadded, Encoding};
use jiff::Timestamp;
use mingma_registry::store::Spent;

use crate::session::SessionKey;

/// How long a challenge counts, in seconds.
pub(crate) const CHALLENGE_SECONDS: i64 = 120;
const PURPOSE: &str = "mingma/challenge/1";
/// Name, end, tag.
const BYTES: usize = 16 + 8 + 32;

/// The text of a challenge.
pub(crate) fn seal(key: &SessionKey, challenge: Spent) -> String {
    let mut bytes = challenge.name.to_vec();
    bytes.extend_from_slice(&challenge.until.as_second().to_be_bytes());
    let tag = key.tag(PURPOSE, &bytes);
    bytes.extend_from_slice(&tag);
    Base64UrlUnpadded::encode_string(&bytes)
}

/// The challenge in a text; none if this key did not make it or it is over.
pub(crate) fn open(key: &SessionKey, text: &str, now: Timestamp) -> Option<Spent> {
    let mut bytes = [0; BYTES];
    let bytes = Base64UrlUnpadded::decode(text, &mut bytes).ok()?;
    let (fields, tag) = bytes.split_at_checked(BYTES - 32)?;
    verify_slices_are_equal(&key.tag(PURPOSE, fields), tag).ok()?;
    let (name, until) = fields.split_first_chunk::<16>()?;
    let until = Timestamp::from_second(i64::from_be_bytes(until.try_into().ok()?)).ok()?;
    (now < until).then_some(Spent { name: *name, until })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_opens_with_its_key_until_its_end_and_unchanged() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let key = SessionKey::new(&[1; 32]);
        let challenge = Spent { name: [7; 16], until: at(100) };
        let text = seal(&key, challenge);
        assert_eq!(open(&key, &text, at(99)), Some(challenge));
        assert_eq!(open(&key, &text, at(100)), None);
        assert_eq!(open(&SessionKey::new(&[2; 32]), &text, at(0)), None);
        for place in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(open(&key, &changed, at(0)), None, "{place}");
        }
        assert_eq!(open(&key, "", at(0)), None);
        assert_eq!(open(&key, &"A".repeat(500), at(0)), None);
    }
}
