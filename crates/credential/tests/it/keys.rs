//! Keys and certificates: made, written, read, and never shown.

use der::Decode as _;
use mingma_credential::key::{Algorithm, KeyError, KeyId, SigningKey, SystemEntropy, VerifyingKey};
use mingma_credential::{Certificate, CertificateError, UnixSeconds};

use crate::support::{House, NOON, Seeded, YEAR_SECONDS, unhex};

#[test]
fn one_entropy_gives_one_key_and_the_systems_gives_another_each_time() {
    let make = |seed| SigningKey::generate(&mut Seeded(seed)).unwrap().device_point();
    assert_eq!(make(1), make(1));
    assert_ne!(make(1), make(2));
    let draw = || SigningKey::generate(&mut SystemEntropy).unwrap().device_point();
    assert_ne!(draw(), draw());
}

#[test]
fn a_source_that_gives_no_scalar_is_given_up() {
    struct Stuck(u8);
    impl mingma_credential::key::Entropy for Stuck {
        fn fill(&mut self, bytes: &mut [u8]) -> Result<(), mingma_credential::key::NoEntropy> {
            bytes.fill(self.0);
            Ok(())
        }
    }
    // Zero is no key, and 2^256 - 1 lies above the group's order.
    for byte in [0, 0xff] {
        assert_eq!(SigningKey::generate(&mut Stuck(byte)).err(), Some(KeyError::Entropy), "{byte}");
    }
}

#[test]
fn a_key_survives_der_and_pem() {
    let key = SigningKey::generate(&mut Seeded(51)).unwrap();
    let der = key.to_pkcs8_der().unwrap();
    let pem = key.to_pkcs8_pem().unwrap();
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"), "the armour other programs expect");
    for back in [SigningKey::from_pkcs8_der(&der).unwrap(), SigningKey::from_pkcs8_pem(&pem).unwrap()] {
        assert_eq!(back.device_point(), key.device_point());
        let signature = back.sign(b"message").unwrap();
        assert!(key.verifying_key().verifies(Algorithm::Es256, b"message", &signature));
        assert!(!key.verifying_key().verifies(Algorithm::Es256, b"messagf", &signature));
        assert!(key.device_point().verifying_key().verifies(Algorithm::Es256, b"message", &signature));
    }
}

#[test]
fn what_is_no_key_is_refused() {
    let key = SigningKey::generate(&mut Seeded(51)).unwrap();
    let pem = key.to_pkcs8_pem().unwrap();
    let der = key.to_pkcs8_der().unwrap();
    assert_eq!(SigningKey::from_pkcs8_pem("").err(), Some(KeyError::NotPem));
    assert_eq!(SigningKey::from_pkcs8_pem(&pem.replace("PRIVATE", "PUBLIC")).err(), Some(KeyError::NotPem));
    assert_eq!(SigningKey::from_pkcs8_der(&der[1..]).err(), Some(KeyError::NotPkcs8));
    assert_eq!(SigningKey::from_pkcs8_der(&vec![0; 5_000]).err(), Some(KeyError::NotPkcs8));
}

#[test]
fn nothing_that_formats_a_key_shows_its_secret() {
    let key = SigningKey::generate(&mut Seeded(51)).unwrap();
    let der = key.to_pkcs8_der().unwrap();
    // In PKCS#8 the scalar follows the octet string header 04 20.
    let start = der.windows(2).position(|pair| pair == [0x04, 0x20]).unwrap() + 2;
    let secret = format!("{:02x?}", &der[start..start + 4]).replace(['[', ']', ',', ' '], "");
    let decimal = format!("{:?}", &der[start..start + 4]);
    let shown = format!("{key:?} {key:#?} {:?}", House::new(51).issuer());
    assert!(!shown.contains(&secret) && !shown.contains(decimal.trim_matches(['[', ']'])), "{shown}");
}

#[test]
fn a_made_certificate_is_one_to_a_strict_reader() {
    let house = House::new(52);
    let der = house.certificate.as_der();
    let read = x509_cert::Certificate::from_der(der).unwrap();
    let tbs = read.tbs_certificate();
    assert_eq!(tbs.subject().to_string(), "CN=Henan test authority");
    assert_eq!(tbs.subject(), tbs.issuer());
    assert_eq!(tbs.validity().not_before.to_unix_duration().as_secs(), 1_655_092_800 - 31_536_000);
    assert_eq!(tbs.validity().not_after.to_unix_duration().as_secs(), 1_655_092_800 + 31_536_000);
    let (critical, usage) = tbs.get_extension::<x509_cert::ext::pkix::KeyUsage>().unwrap().unwrap();
    assert!(critical && usage.digital_signature() && !usage.key_cert_sign());
    let (critical, basic) = tbs.get_extension::<x509_cert::ext::pkix::BasicConstraints>().unwrap().unwrap();
    assert!(critical && !basic.ca);
    assert_eq!(house.certificate.valid_from(), NOON.plus(-YEAR_SECONDS));
    assert_eq!(house.certificate.valid_until(), NOON.plus(YEAR_SECONDS));
    assert_eq!(house.certificate.key(), &house.key.verifying_key());
    assert_eq!(KeyId::of_certificate(der), house.certificate.key_id());
}

#[test]
fn periods_past_2049_and_names_in_chinese_are_written_right() {
    let house = House::new(52);
    let far = UnixSeconds::new(4_102_444_800); // 2100
    let certificate = Certificate::self_signed(&house.key, "河南省健康码签发", NOON, far).unwrap();
    assert_eq!((certificate.valid_from(), certificate.valid_until()), (NOON, far));
    assert!(x509_cert::Certificate::from_der(certificate.as_der()).is_ok());
    let refused = |name: &str, from, until| Certificate::self_signed(&house.key, name, from, until).err();
    assert_eq!(refused("", NOON, far), Some(CertificateError::Name));
    assert_eq!(refused(&"x".repeat(65), NOON, far), Some(CertificateError::Name));
    assert_eq!(refused("x", far, NOON), Some(CertificateError::Period));
    assert_eq!(refused("x", UnixSeconds::new(-1), far), Some(CertificateError::Period));
    assert_eq!(refused("x", NOON, UnixSeconds::new(i64::MAX)), Some(CertificateError::Period));
}

#[test]
fn what_is_no_certificate_is_refused() {
    let der = House::new(52).certificate.as_der().to_vec();
    for end in 0..der.len() {
        assert!(Certificate::from_der(&der[..end]).is_err(), "{end} bytes");
    }
    let longer = [der.clone(), vec![0]].concat();
    assert_eq!(Certificate::from_der(&longer), Err(CertificateError::NotDer));
    assert_eq!(Certificate::from_der(&vec![0x30; 9_000]), Err(CertificateError::TooLong(9_000)));
}

/// A health certificate exists whose signer has a P-384 key and names ES256: hash and curve are two choices.
#[test]
fn es256_with_a_p384_key_is_sha256_on_p384() {
    let spki = unhex(
        "3076301006072a8648ce3d020106052b81040022036200049538de7200f6dc94927e558ab3bb5604186d363c62b5db2fa387f61b
         21e163d9f2e67cdda324c3533fc7406a0e3f982a273ae05f61e5047f95b80b51a281a8fcdc5a4fd7bec35b9a8e3fdf62fa8cc66c
         a7d94af58f46fad1359efd4b2b8b01c8",
    );
    let signature = unhex(
        "86AF3715164E5BD256CFEBEDAA839AA657EDF7419799FC0F4C4AA0579FDBD2A27211B4A054C0EC62501FBD0E6A5818C0
         42182A5447CD917EF0244E48837D35B4DC25ADC536A33FB4C04A7C86F11E0BBAE662A9799E5A896ED9187B9C48B5D858",
    );
    let key = VerifyingKey::from_spki_der(&spki).unwrap();
    assert!(key.verifies(Algorithm::Es256, b"P-384 under SHA-256", &signature));
    assert!(!key.verifies(Algorithm::Es384, b"P-384 under SHA-256", &signature));
    assert!(!key.verifies(Algorithm::Es256, b"P-384 under SHA-256", &signature[..64]));
    assert!(!key.fits(Algorithm::Ps256) && !key.fits(Algorithm::EdDsa));
}
