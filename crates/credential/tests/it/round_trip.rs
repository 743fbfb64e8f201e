//! Properties over many random orders: what is issued comes back, from the text and from the picture's limits.

use mingma_credential::issue::{Jitter, Order};
use mingma_credential::limits::MAX_JITTER_SECONDS;
use mingma_credential::qr::Qr;
use mingma_credential::status::{Birthday, Color, Initials, RegionCode, StatusRef};
use mingma_credential::{Code, UnixSeconds, Verdict, Verifier, decode, proof};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};

use crate::support::{House, full_order, region};

/// The seed of a run that names no other in `PROPTEST_RNG_SEED`.
const SEED: u64 = 20_220_613;

fn holds<S: Strategy>(cases: u32, strategy: &S, law: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let given = ProptestConfig::default();
    let seed = match given.rng_seed {
        RngSeed::Fixed(seed) => seed,
        RngSeed::Random => SEED,
    };
    eprintln!("PROPTEST_RNG_SEED={seed}, {cases} cases");
    let config = ProptestConfig { cases, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..given };
    let found = TestRunner::new(config).run(strategy, law);
    assert!(found.is_ok(), "with PROPTEST_RNG_SEED={seed}: {}", found.unwrap_err());
}

fn orders() -> impl Strategy<Value = Order> {
    let color = prop::sample::select(vec![Color::Green, Color::Yellow, Color::Red]);
    let place = "41(0[0-9]|1[0-9])[0-9]{2}".prop_map(|code| region(&code));
    let initials = prop::option::of(prop::sample::select(vec!["A", "ZS", "张三", "Ö.Ü", "X Y Z"]));
    let birthday = prop::option::of((1_u8..=12, 1_u8..=28));
    let revocation = prop::option::of((any::<u32>(), any::<u32>()));
    (color, place, 0_u64..=0xffff, initials, birthday, revocation).prop_map(
        |(color, region, ruleset, initials, birthday, revocation)| Order {
            color,
            region,
            ruleset,
            initials: initials.map(|text| Initials::parse(text).unwrap()),
            birthday: birthday.map(|(month, day)| Birthday::new(month, day).unwrap()),
            revocation: revocation.map(|(shard, index)| StatusRef { shard, index }),
        },
    )
}

#[test]
fn what_is_issued_comes_back_verified() {
    let house = House::new(61);
    let trust = house.trust();
    let instants = 0_i64..=0xffff_ffff;
    holds(300, &(orders(), instants, 0..=MAX_JITTER_SECONDS), |(order, now, jitter)| {
        let now = UnixSeconds::new(now);
        let jitter = Jitter::from_seconds(jitter).unwrap();
        let code = house.issuer().device_code(&order, &house.phone.device_point(), now, jitter).unwrap();
        let shown = proof::renew(&code, &house.phone, now.plus(7)).unwrap();
        prop_assert_eq!(
            &decode(&shown).unwrap().encode(),
            &shown,
            "decode and encode are one another's inverse"
        );
        let verdict = Verifier { trust: &trust, status: None, now: now.plus(10) }.verify(&shown);
        let kind = verdict.kind().to_string();
        prop_assert_eq!(kind, order.color.to_string());
        let (Verdict::Green(verified) | Verdict::Yellow(verified) | Verdict::Red(verified)) = verdict else {
            return Err(TestCaseError::fail("no colour"));
        };
        let status = &verified.code().status;
        prop_assert_eq!(&status.region, &order.region);
        prop_assert_eq!(status.ruleset, order.ruleset);
        prop_assert_eq!(&status.initials, &order.initials);
        prop_assert_eq!(status.birthday, order.birthday);
        prop_assert_eq!(status.revocation, order.revocation);
        prop_assert_eq!(status.device, Some(house.phone.device_point()));
        prop_assert_eq!(verified.code().issued_at, now);
        prop_assert!(Qr::for_screen(&shown).is_ok(), "{} characters", shown.len());
        prop_assert!(Qr::for_paper(&shown).is_ok());
        Ok(())
    });
}

/// Every optional part at its longest: this is the code for which the limits of [`Initials`] and the QR version
/// were reckoned. The instants are of the year 2100, the last century whose seconds fit four bytes.
#[test]
fn the_longest_code_fits_the_screen() {
    let house = House::new(61);
    let order = Order {
        color: Color::Red,
        region: region("410102"),
        ruleset: 0xffff,
        initials: Some(Initials::parse("张三").unwrap()),
        birthday: Some(Birthday::parse("1231").unwrap()),
        revocation: Some(StatusRef { shard: u32::MAX, index: u32::MAX }),
    };
    let mut lengths = Vec::new();
    for round in 0..200 {
        let now = UnixSeconds::new(4_102_444_800 + round);
        let code =
            house.issuer().device_code(&order, &house.phone.device_point(), now, Jitter::NONE).unwrap();
        let shown = proof::renew(&code, &house.phone, now).unwrap();
        let symbol = Qr::for_screen(&shown).unwrap();
        assert!(symbol.version() <= 12);
        lengths.push(shown.len());
    }
    eprintln!("{} to {} characters", lengths.iter().min().unwrap(), lengths.iter().max().unwrap());
    assert!(lengths.iter().all(|length| *length <= 419));
}

#[test]
fn region_codes_and_texts_never_panic() {
    holds(2_000, &".{0,40}", |text| {
        let _judged = RegionCode::parse(&text).is_ok();
        let _judged = Birthday::parse(&text).is_ok();
        let _judged = Initials::parse(&text).is_ok();
        prop_assert!(decode(&text).is_err());
        let prefixed = format!("HC1:{text}");
        prop_assert!(decode(&prefixed).is_err());
        Ok(())
    });
}

#[test]
fn a_decoded_code_is_ours_or_none() {
    let house = House::new(61);
    holds(100, &orders(), |order| {
        let text = house.paper(&order);
        let Code::Status(code) = decode(&text).unwrap().claims().unwrap() else {
            return Err(TestCaseError::fail("not ours"));
        };
        prop_assert_eq!(code.status.device, None);
        Ok(())
    });
}

#[test]
fn compressing_a_code_would_not_make_its_picture_smaller() {
    // Why `seal` does without: keys and signatures are chance, and hardly anything in a code stands twice.
    let house = House::new(7);
    let order = full_order(Color::Green);
    for text in [house.device_code(&order), house.paper(&order)] {
        let token = mingma_credential::envelope::open(&text).unwrap();
        let mut packed = Vec::new();
        let mut compressor = flate2::read::ZlibEncoder::new(token.as_slice(), flate2::Compression::best());
        std::io::Read::read_to_end(&mut compressor, &mut packed).unwrap();
        let stored = token.len() + 11;
        assert!(stored <= packed.len(), "{stored} bytes stored, {} compressed", packed.len());
    }
}
