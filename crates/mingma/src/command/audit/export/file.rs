//! What a person's exported file says, as far as it can be held against the log.

use jiff::Timestamp;
use mingma_credential::key::DevicePoint;
use mingma_registry::canonical::Hash;
use mingma_registry::journal::Former;
use mingma_registry::words::ActName;
use mingma_registry::{Doer, EntryId, FactId, PersonId};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

/// What the document is, and in which version.
const FORMAT: &str = "mingma/export/2";
/// What it was when it did not say who did what.
const FORMER: &str = "mingma/export/1";

/// Everything about a person, without what the authority's signature alone vouches for.
#[derive(Deserialize)]
pub(super) struct Document {
    format: String,
    pub(super) made: Timestamp,
    #[serde(deserialize_with = "parsed")]
    pub(super) person: PersonId,
    pub(super) facts: Vec<ToldFact>,
    pub(super) journal: Vec<ToldEntry>,
    /// Proof files of how each log begins with the end of the one before.
    pub(super) turns: Vec<String>,
}

/// A fact as the file tells it.
#[derive(Deserialize)]
pub(super) struct ToldFact {
    #[serde(deserialize_with = "parsed")]
    pub(super) id: FactId,
    pub(super) fact: Value,
    pub(super) recorded: Timestamp,
}

/// An entry as the file tells it.
#[derive(Deserialize)]
pub(super) struct ToldEntry {
    #[serde(deserialize_with = "parsed")]
    pub(super) id: EntryId,
    #[serde(deserialize_with = "parsed")]
    pub(super) act: ActName,
    pub(super) at: Timestamp,
    #[serde(deserialize_with = "digits")]
    pub(super) leaf: Hash,
    #[serde(deserialize_with = "former")]
    pub(super) former: Former,
    #[serde(deserialize_with = "perhaps_digits")]
    pub(super) salt: Option<Hash>,
    #[serde(deserialize_with = "perhaps_bytes")]
    pub(super) content: Option<Vec<u8>>,
    #[serde(deserialize_with = "perhaps_digits")]
    pub(super) content_hash: Option<Hash>,
    /// An issuer's signature; files of before signatures were kept say nothing of it.
    pub(super) signature: Option<ToldSignature>,
    /// Who did it; files of before that was kept say nothing of it.
    pub(super) doer: Option<ToldDoer>,
    pub(super) proof: Option<String>,
}

/// An issuer's signature as the file tells it.
#[derive(Deserialize)]
pub(super) struct ToldSignature {
    #[serde(deserialize_with = "bytes")]
    pub(super) proof: Vec<u8>,
    /// With it whoever has the person's document sees whether they are meant.
    #[serde(deserialize_with = "digits")]
    pub(super) salt: Hash,
    /// By whose key it is, as the file says.
    #[serde(deserialize_with = "point")]
    pub(super) key: Option<DevicePoint>,
}

/// Who did an act, as the file tells it.
#[derive(Deserialize)]
pub(super) struct ToldDoer {
    pub(super) role: String,
    pub(super) by: Option<String>,
    pub(super) case: Option<String>,
    /// The same as the entry commits to it.
    #[serde(deserialize_with = "bytes")]
    pub(super) content: Vec<u8>,
}

impl ToldDoer {
    /// Who did it, if what is told is what the entry commits to.
    pub(super) fn read(&self) -> Option<Doer> {
        let told = (self.role.as_str(), self.by.as_deref(), self.case.as_deref());
        let is_told = |doer: &Doer| (doer.role().word(), doer.by(), doer.case().as_deref()) == told;
        Doer::from_bytes(&self.content).filter(is_told)
    }
}

impl Document {
    /// Reads what was signed.
    ///
    /// # Errors
    /// What is wrong with it, without a word of what it holds.
    pub(super) fn read(signed: &[u8]) -> Result<Self, String> {
        let document: Self = serde_json::from_slice(signed).map_err(|error| {
            // The parser's own words may repeat what stands there.
            format!(
                "it is no document of version `{FORMAT}`, at line {}, column {}",
                error.line(),
                error.column()
            )
        })?;
        if [FORMAT, FORMER].contains(&document.format.as_str()) {
            Ok(document)
        } else {
            Err(format!("it is not of version `{FORMAT}`; use the program of the version that made it"))
        }
    }
}

fn parsed<'de, D: Deserializer<'de>, T: std::str::FromStr>(from: D) -> Result<T, D::Error> {
    String::deserialize(from)?.parse().map_err(|_| de::Error::custom("not such a word"))
}

fn digits<'de, D: Deserializer<'de>>(from: D) -> Result<Hash, D::Error> {
    unhex(&String::deserialize(from)?)
}

fn perhaps_digits<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Hash>, D::Error> {
    Option::<String>::deserialize(from)?.map(|text| unhex(&text)).transpose()
}

fn perhaps_bytes<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<u8>>, D::Error> {
    let bytes = |text: String| base16ct::lower::decode_vec(text).map_err(de::Error::custom);
    Option::<String>::deserialize(from)?.map(bytes).transpose()
}

fn bytes<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    base16ct::lower::decode_vec(String::deserialize(from)?).map_err(de::Error::custom)
}

fn point<'de, D: Deserializer<'de>>(from: D) -> Result<Option<DevicePoint>, D::Error> {
    let point = |bytes: Vec<u8>| DevicePoint::from_bytes(&bytes).ok_or_else(|| de::Error::custom("no point"));
    perhaps_bytes(from)?.map(point).transpose()
}

fn former<'de, D: Deserializer<'de>>(from: D) -> Result<Former, D::Error> {
    match Option::<String>::deserialize(from)?.as_deref() {
        None => Ok(Former::Unsaid),
        Some("") => Ok(Former::None),
        Some(text) => unhex(text).map(Former::Leaf),
    }
}

fn unhex<E: de::Error>(text: &str) -> Result<Hash, E> {
    let mut hash = Hash::default();
    let read = base16ct::lower::decode(text, &mut hash).map_err(E::custom)?.len();
    if read == hash.len() { Ok(hash) } else { Err(E::custom("not 64 digits")) }
}
