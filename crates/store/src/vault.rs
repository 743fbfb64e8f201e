//! Sealing: each person's identity under a key of its own, each such key under the key of the day.
//!
//! Each night the keys that live on are wrapped anew under the next day's key, and the former is destroyed: with it dies every copy of
//! the wrapped keys that was ever made, and what was destroyed among them. The key of the day lies beside the master key, in no backup.
//! Until the first night it is made of the master key.
//!
//! AES-256-GCM with random nonces; the person's id is the associated data, so that a sealed text cannot be moved
//! to another row. Documents are found by HMAC-SHA-256 under a key of its own. Nothing here is written to a log.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use mingma_domain::document::Document;
use mingma_registry::ports::draw;
use mingma_registry::{NoEntropy, PersonId, Rng};
use zeroize::Zeroizing;

/// The bytes of the master key and of a person's.
pub(crate) const KEY_BYTES: usize = 32;

/// The master key's two halves of work, and chance.
#[derive(Clone)]
pub(crate) struct Vault(Arc<Inner>);

struct Inner {
    index: Key,
    days: RwLock<Days>,
    staff: LessSafeKey,
    master: Key,
    check: [u8; 32],
    rng: Arc<dyn Rng>,
}

/// The keys of days that this process knows: the present one, and while keys are wrapped anew the next. The former stays until the
/// next night, for whoever began to read before.
struct Days {
    present: u32,
    keys: BTreeMap<u32, LessSafeKey>,
}

/// The bytes of a person's key, or of a month's.
pub(crate) type Secret = Zeroizing<Vec<u8>>;

/// Whose a wrapped key is: it cannot be moved to another row.
#[derive(Clone, Copy)]
pub(crate) enum Whose {
    Person(PersonId),
    Month(i64),
}

impl Whose {
    fn name(self) -> Vec<u8> {
        match self {
            Self::Person(person) => person.as_bytes().to_vec(),
            Self::Month(month) => [&b"month"[..], &month.to_be_bytes()].concat(),
        }
    }
}

/// A person's key.
pub(crate) struct PersonKey(LessSafeKey);

/// Why something cannot be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsealed {
    /// No chance to draw from.
    NoEntropy,
    /// The library failed.
    Backend,
}

impl From<NoEntropy> for Unsealed {
    fn from(_: NoEntropy) -> Self {
        Self::NoEntropy
    }
}

impl Vault {
    /// The vault of a master key.
    pub(crate) fn new(master: &[u8; KEY_BYTES], rng: Arc<dyn Rng>) -> Option<Self> {
        let master = Key::new(HMAC_SHA256, master);
        let derived = |what: &str| sign(&master, what.as_bytes());
        let index = Key::new(HMAC_SHA256, derived("mingma/document-index/1").as_ref());
        let first = aes(derived("mingma/wrap/1").as_ref())?;
        let days = RwLock::new(Days { present: 0, keys: BTreeMap::from([(0, first)]) });
        let staff = aes(derived("mingma/staff/1").as_ref())?;
        let check = derived("mingma/key-check/1").as_ref().try_into().ok()?;
        Some(Self(Arc::new(Inner { index, days, staff, master, check, rng })))
    }

    /// What a folder keeps to know its key again, without telling it.
    pub(crate) fn check(&self) -> &[u8; 32] {
        &self.0.check
    }

    /// A secret for a purpose of the program's own; nothing kept can be opened with it.
    pub(crate) fn secret(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut secret = Zeroizing::new([0; 32]);
        let derived = sign(&self.0.master, format!("mingma/secret/1/{purpose}").as_bytes());
        secret.iter_mut().zip(derived.as_ref()).for_each(|(to, from)| *to = *from);
        secret
    }

    /// By what a document is found.
    pub(crate) fn document_key(&self, document: &Document) -> [u8; 32] {
        let wire = Zeroizing::new(document.to_wire());
        let mut key = [0; 32];
        let tag = sign(&self.0.index, wire.as_bytes());
        key.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
        key
    }

    /// The number of the present day's key.
    pub(crate) fn day(&self) -> u32 {
        self.days().present
    }

    /// Learns the key of a day, by which nothing is wrapped yet.
    pub(crate) fn learn(&self, day: u32, key: &[u8; KEY_BYTES]) -> Option<()> {
        let key = aes(key)?;
        self.0.days.write().unwrap_or_else(PoisonError::into_inner).keys.insert(day, key);
        Some(())
    }

    /// From now on keys are wrapped under this day's key. The one before it is still known, older ones are not.
    pub(crate) fn begin(&self, day: u32) {
        let mut days = self.0.days.write().unwrap_or_else(PoisonError::into_inner);
        days.present = day;
        days.keys.retain(|known, _| known.saturating_add(1) >= day);
    }

    fn days(&self) -> RwLockReadGuard<'_, Days> {
        // What a panic elsewhere left behind is whole: keys are added and dropped one by one.
        self.0.days.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new key for a person, and its wrapped form.
    pub(crate) fn new_key(&self, person: PersonId) -> Result<(PersonKey, Vec<u8>), Unsealed> {
        let bytes = Zeroizing::new(draw::<KEY_BYTES>(&*self.0.rng)?);
        let wrapped = self.wrap(self.day(), Whose::Person(person), bytes.as_slice())?;
        Ok((PersonKey(aes(bytes.as_slice()).ok_or(Unsealed::Backend)?), wrapped))
    }

    /// A new key of a month, wrapped.
    pub(crate) fn new_month(&self, month: i64) -> Result<Vec<u8>, Unsealed> {
        let bytes = Zeroizing::new(draw::<KEY_BYTES>(&*self.0.rng)?);
        self.wrap(self.day(), Whose::Month(month), bytes.as_slice())
    }

    /// The key of a person from its wrapped form; none if it is not this vault's or not this person's.
    pub(crate) fn unwrap(&self, person: PersonId, wrapped: &[u8]) -> Option<PersonKey> {
        aes(&self.open(Whose::Person(person), wrapped)?).map(PersonKey)
    }

    /// The bytes of a wrapped key; none if its day is over, or it is somebody else's.
    pub(crate) fn open(&self, whose: Whose, wrapped: &[u8]) -> Option<Secret> {
        // What was wrapped before the first night has no number before it.
        let (day, sealed) = match wrapped.split_first_chunk() {
            Some((day, sealed)) if wrapped.len() == NUMBERED => (u32::from_be_bytes(*day), sealed),
            Some(_) | None => (0, wrapped),
        };
        open_with(self.days().keys.get(&day)?, &whose.name(), sealed)
    }

    /// A key wrapped anew under a day's key.
    pub(crate) fn rewrap(&self, day: u32, whose: Whose, wrapped: &[u8]) -> Option<Result<Vec<u8>, Unsealed>> {
        Some(self.wrap(day, whose, &self.open(whose, wrapped)?))
    }

    fn wrap(&self, day: u32, whose: Whose, bytes: &[u8]) -> Result<Vec<u8>, Unsealed> {
        let days = self.days();
        let key = days.keys.get(&day).ok_or(Unsealed::Backend)?;
        let sealed = self.seal_with(key, &whose.name(), bytes)?;
        Ok(if day == 0 { sealed } else { [&day.to_be_bytes()[..], &sealed].concat() })
    }

    /// Bytes sealed under a key that was made for them alone.
    pub(crate) fn seal_under(&self, key: &[u8], name: &[u8], bytes: &[u8]) -> Result<Vec<u8>, Unsealed> {
        self.seal_with(&aes(key).ok_or(Unsealed::Backend)?, name, bytes)
    }

    /// Chance.
    pub(crate) fn rng(&self) -> &dyn Rng {
        &*self.0.rng
    }

    /// Bytes sealed for a person.
    pub(crate) fn seal(&self, key: &PersonKey, person: PersonId, bytes: &[u8]) -> Result<Vec<u8>, Unsealed> {
        self.seal_with(&key.0, person.as_bytes(), bytes)
    }

    /// Bytes sealed under the folder's key for a name of the staff list.
    pub(crate) fn seal_staff(&self, name: &str, bytes: &[u8]) -> Result<Vec<u8>, Unsealed> {
        self.seal_with(&self.0.staff, name.as_bytes(), bytes)
    }

    /// The bytes that were sealed for this name of the staff list; none if they are another's or were changed.
    pub(crate) fn open_staff(&self, name: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        open_with(&self.0.staff, name.as_bytes(), sealed)
    }

    fn seal_with(&self, key: &LessSafeKey, whose: &[u8], text: &[u8]) -> Result<Vec<u8>, Unsealed> {
        let nonce: [u8; NONCE_LEN] = draw(&*self.0.rng)?;
        let mut body = text.to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(whose), &mut body)
            .map_err(|_| Unsealed::Backend)?;
        let mut sealed = nonce.to_vec();
        sealed.append(&mut body);
        Ok(sealed)
    }
}

impl PersonKey {
    /// The text that was sealed for this person; none if it is another's or was changed.
    pub(crate) fn open(&self, person: PersonId, sealed: &[u8]) -> Option<String> {
        String::from_utf8(self.open_bytes(person, sealed)?.to_vec()).ok()
    }

    /// The bytes that were sealed for this person; none if they are another's or were changed.
    pub(crate) fn open_bytes(&self, person: PersonId, sealed: &[u8]) -> Option<Secret> {
        open_with(&self.0, person.as_bytes(), sealed)
    }
}

/// Bytes that were sealed under a key that was made for them alone; none if they were changed.
pub(crate) fn open_under(key: &[u8], name: &[u8], sealed: &[u8]) -> Option<Secret> {
    open_with(&aes(key)?, name, sealed)
}

/// The key of what a person's key and another make together; under each name another.
pub(crate) fn derive(key: &[u8], other: &[u8], name: &str) -> Zeroizing<[u8; KEY_BYTES]> {
    let mut derived = Zeroizing::new([0; KEY_BYTES]);
    let text = Zeroizing::new([name.as_bytes(), &[0], other].concat());
    let tag = sign(&Key::new(HMAC_SHA256, key), &text);
    derived.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
    derived
}

/// The length of a wrapped key with the number of its day: that, a nonce, the key, a tag.
const NUMBERED: usize = 4 + NONCE_LEN + KEY_BYTES + 16;

fn aes(key: &[u8]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key).ok().map(LessSafeKey::new)
}

fn open_with(key: &LessSafeKey, whose: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let mut body = Zeroizing::new(body.to_vec());
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let length = key.open_in_place(nonce, Aad::from(whose), &mut body).ok()?.len();
    body.truncate(length);
    Some(body)
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);

    impl Rng for Counting {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
            bytes.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
            Ok(())
        }
    }

    fn vault(master: u8) -> Vault {
        Vault::new(&[master; KEY_BYTES], Arc::new(Counting(1.into()))).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_for_its_person_and_key_only() {
        let (one, two) = (PersonId::new([1; 16]), PersonId::new([2; 16]));
        let vault = vault(7);
        let (key, wrapped) = vault.new_key(one).unwrap();
        let sealed = vault.seal(&key, one, b"ZS").unwrap();
        assert_eq!(vault.unwrap(one, &wrapped).unwrap().open(one, &sealed).as_deref(), Some("ZS"));
        assert!(vault.unwrap(two, &wrapped).is_none(), "moved to another row");
        assert!(key.open(two, &sealed).is_none());
        assert!(self::vault(8).unwrap(one, &wrapped).is_none(), "another master key");
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(key.open(one, &changed).is_none(), "byte {place}");
        }
        assert!(key.open(one, &sealed[..5]).is_none());
        let sealed = vault.seal_staff("zhang", b"secret").unwrap();
        assert_eq!(vault.open_staff("zhang", &sealed).unwrap().as_slice(), b"secret");
        assert!(vault.open_staff("li", &sealed).is_none(), "another name");
    }

    #[test]
    fn what_was_wrapped_on_a_former_day_opens_no_more() {
        let (vault, one) = (vault(7), PersonId::new([1; 16]));
        let (_, first) = vault.new_key(one).unwrap();
        let secret = vault.open(Whose::Person(one), &first).unwrap();
        let mut wrapped = first.clone();
        let mut former = Vec::new();
        for day in 1..4 {
            vault.learn(day, &[u8::try_from(day).unwrap(); KEY_BYTES]).unwrap();
            former.push(wrapped.clone());
            wrapped = vault.rewrap(day, Whose::Person(one), &wrapped).unwrap().unwrap();
            vault.begin(day);
            assert_eq!(vault.open(Whose::Person(one), &wrapped), Some(secret.clone()), "day {day}");
        }
        let opens: Vec<bool> =
            former.iter().map(|old| vault.open(Whose::Person(one), old).is_some()).collect();
        assert_eq!(opens, [false, false, true], "whoever began to read before the night goes on");
        assert!(vault.open(Whose::Month(1), &wrapped).is_none(), "moved to another row");
    }

    #[test]
    fn a_secret_is_one_purposes_and_one_masters() {
        assert_eq!(vault(1).secret("sessions"), vault(1).secret("sessions"));
        assert_ne!(vault(1).secret("sessions"), vault(1).secret("other"));
        assert_ne!(vault(1).secret("sessions"), vault(2).secret("sessions"));
    }

    #[test]
    fn documents_have_different_keys_under_different_masters() {
        let document: Document = "passport:JP:TR0000001".parse().unwrap();
        assert_ne!(vault(1).document_key(&document), vault(2).document_key(&document));
        assert_ne!(vault(1).check(), vault(2).check());
    }
}
