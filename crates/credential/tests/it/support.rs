//! What the tests of this crate share: the place of the shared data, an entropy that repeats, an authority.

use std::path::PathBuf;

use mingma_credential::issue::{Issuer, Jitter, Order};
use mingma_credential::key::{Entropy, NoEntropy, SigningKey};
use mingma_credential::status::{Birthday, Color, Initials, RegionCode, StatusRef};
use mingma_credential::{Certificate, TrustList, UnixSeconds, proof};

/// Noon of 13 June 2022 in Zhengzhou.
pub(crate) const NOON: UnixSeconds = UnixSeconds::new(1_655_092_800);
pub(crate) const YEAR_SECONDS: i64 = 365 * 86_400;

/// The folder of data that others wrote, if it is there.
pub(crate) fn shared(folder: &str, cases: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    #[expect(clippy::disallowed_methods, reason = "the one setting of the tests: where the shared data lie")]
    let root = std::env::var("MINGMA_SHARED").map_or_else(|_| beside(), PathBuf::from);
    let path = root.join("conformance").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped {cases}: no folder conformance/{folder} beside the project and none at MINGMA_SHARED");
    None
}

/// `SplitMix64`: chance that is the same every time.
pub(crate) struct Seeded(pub(crate) u64);

impl Seeded {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }
}

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.next().to_le_bytes();
            chunk.iter_mut().zip(word).for_each(|(to, from)| *to = from);
        }
        Ok(())
    }
}

/// An authority of Henan (41) and a phone.
pub(crate) struct House {
    pub(crate) key: SigningKey,
    pub(crate) certificate: Certificate,
    pub(crate) phone: SigningKey,
}

impl House {
    pub(crate) fn new(seed: u64) -> Self {
        let mut entropy = Seeded(seed);
        let key = SigningKey::generate(&mut entropy).unwrap();
        let certificate = Certificate::self_signed(
            &key,
            "Henan test authority",
            NOON.plus(-YEAR_SECONDS),
            NOON.plus(YEAR_SECONDS),
        )
        .unwrap();
        let phone = SigningKey::generate(&mut entropy).unwrap();
        Self { key, certificate, phone }
    }

    pub(crate) fn issuer(&self) -> Issuer<'_> {
        Issuer::new(&self.key, &self.certificate, region("41")).unwrap()
    }

    pub(crate) fn trust(&self) -> TrustList {
        TrustList::of_certificate(self.certificate.clone())
    }

    /// A code for the phone, without a proof.
    pub(crate) fn device_code(&self, order: &Order) -> String {
        self.issuer().device_code(order, &self.phone.device_point(), NOON, Jitter::NONE).unwrap()
    }

    /// A code for the phone with a proof of this instant.
    pub(crate) fn shown(&self, order: &Order, at: UnixSeconds) -> String {
        proof::renew(&self.device_code(order), &self.phone, at).unwrap()
    }

    pub(crate) fn paper(&self, order: &Order) -> String {
        self.issuer().paper_code(order, NOON, 7 * 86_400).unwrap()
    }
}

pub(crate) fn region(code: &str) -> RegionCode {
    RegionCode::parse(code).unwrap()
}

/// An order with every optional part.
pub(crate) fn full_order(color: Color) -> Order {
    Order {
        initials: Some(Initials::parse("ZS").unwrap()),
        birthday: Some(Birthday::parse("0229").unwrap()),
        revocation: Some(StatusRef { shard: 1_226_112, index: 77 }),
        ..Order::new(color, region("410100"), 17)
    }
}

/// Bytes of hexadecimal text; white space counts for nothing.
pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> =
        text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_digit(16).unwrap()).collect();
    assert!(digits.len().is_multiple_of(2));
    digits.chunks(2).map(|pair| u8::try_from(pair.iter().fold(0, |n, d| n * 16 + d)).unwrap()).collect()
}
