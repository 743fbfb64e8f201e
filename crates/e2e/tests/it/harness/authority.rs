//! The authority behind the server under test: signs any colour, as the rules would have to order it to.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use mingma_credential::issue::{Issuer, Jitter, Order};
use mingma_credential::key::{SigningKey, SystemEntropy};
use mingma_credential::status::{Birthday, Color, Initials, RegionCode, StatusRef};
use mingma_credential::status_list::{INVALID, StatusList, Width, token};
use mingma_credential::{Certificate, UnixSeconds, proof};

use super::server::REGION;

/// A day, the life of the codes made here.
const LIFE: i64 = 86_400;

/// A key that signs codes, and the phone of a person.
pub(crate) struct Authority {
    key: SigningKey,
    certificate: Certificate,
    phone: SigningKey,
}

/// The present.
pub(crate) fn now() -> UnixSeconds {
    #[expect(clippy::disallowed_methods, reason = "the server and the browser have no other clock")]
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    UnixSeconds::new(i64::try_from(since.as_secs()).unwrap())
}

impl Authority {
    /// The one whose folder of keys this is.
    pub(super) fn read(keys: &Path) -> Self {
        let file = the_key(keys);
        let key = SigningKey::from_pkcs8_pem(&fs::read_to_string(&file).unwrap()).unwrap();
        let beside = file.to_str().unwrap().replace(".key.pem", ".cert.der");
        Self::of(key, Certificate::from_der(&fs::read(beside).unwrap()).unwrap())
    }

    /// One that nobody believes.
    pub(crate) fn unknown() -> Self {
        let key = SigningKey::generate(&mut SystemEntropy).unwrap();
        let (from, until) = (now().plus(-LIFE), now().plus(LIFE));
        let certificate = Certificate::self_signed(&key, "Nowhere", from, until).unwrap();
        Self::of(key, certificate)
    }

    fn of(key: SigningKey, certificate: Certificate) -> Self {
        Self { key, certificate, phone: SigningKey::generate(&mut SystemEntropy).unwrap() }
    }

    /// A code on paper, of Z.S., born on 12 May, in Yulin.
    pub(crate) fn paper(&self, color: Color) -> String {
        self.paper_of(color, now(), LIFE)
    }

    /// A code on paper that counts for some seconds from an instant on.
    pub(crate) fn paper_of(&self, color: Color, from: UnixSeconds, seconds: i64) -> String {
        self.issuer().paper_code(&order(color), from, seconds).unwrap()
    }

    /// A code on a phone, proven at an instant.
    pub(crate) fn shown(&self, color: Color, at: UnixSeconds) -> String {
        let point = self.phone.device_point();
        let code = self.issuer().device_code(&order(color), &point, now(), Jitter::NONE).unwrap();
        proof::renew(&code, &self.phone, at).unwrap()
    }

    /// A code on paper that has a place in a status list.
    pub(crate) fn listed(&self, color: Color, place: StatusRef) -> String {
        let order = Order { revocation: Some(place), ..order(color) };
        self.issuer().paper_code(&order, now(), LIFE).unwrap()
    }

    /// The status list of this number, in which the code at one place is revoked.
    pub(crate) fn status_list(&self, shard: u32, revoked: u32) -> Vec<u8> {
        let mut list = StatusList::new(Width::Two, 16).unwrap();
        list.set(revoked, INVALID).unwrap();
        token::sign(&list, shard, &self.issuer(), now(), 86_400).unwrap()
    }

    fn issuer(&self) -> Issuer<'_> {
        Issuer::new(&self.key, &self.certificate, RegionCode::parse(REGION).unwrap()).unwrap()
    }
}

/// The code with another signature: as somebody makes it who has no key.
pub(crate) fn forged(code: &str) -> String {
    let packed = base45::decode(code.strip_prefix("HC1:").unwrap()).unwrap();
    let mut token = Vec::new();
    ZlibDecoder::new(&*packed).read_to_end(&mut token).unwrap();
    // The signature is the last of a token's parts.
    *token.last_mut().unwrap() ^= 1;
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
    packer.write_all(&token).unwrap();
    format!("HC1:{}", base45::encode(packer.finish().unwrap()))
}

fn order(color: Color) -> Order {
    Order {
        initials: Some(Initials::parse("Z.S.").unwrap()),
        birthday: Some(Birthday::new(5, 12).unwrap()),
        ..Order::new(color, RegionCode::parse("450900").unwrap(), 1)
    }
}

/// The file of the one key of a folder; its certificate has the same name.
fn the_key(folder: &Path) -> PathBuf {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths = paths.filter(|path| path.to_string_lossy().ends_with(".key.pem"));
    paths.next().unwrap()
}
