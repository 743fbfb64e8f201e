//! What one code costs: signing, proving, verifying and drawing, in processor time on one core.
//!
//! `cargo bench -p mingma-credential` prints one line an act. Each is repeated for about half a second and
//! the best of five rounds counts, for noise only ever adds.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and stops where it fails")]

use std::hint::black_box;

use mingma_credential::issue::{Issuer, Jitter, Order};
use mingma_credential::key::{SigningKey, SystemEntropy};
use mingma_credential::qr::Qr;
use mingma_credential::status::{Birthday, Color, Initials, RegionCode, StatusRef};
use mingma_credential::{Certificate, TrustList, UnixSeconds, Verifier, decode, proof};

fn main() {
    let now = UnixSeconds::new(1_655_092_800);
    let mut entropy = SystemEntropy;
    let key = SigningKey::generate(&mut entropy).unwrap();
    let phone = SigningKey::generate(&mut entropy).unwrap();
    let device = phone.device_point();
    let certificate = Certificate::self_signed(&key, "bench", now, now.plus(31_536_000)).unwrap();
    let issuer = Issuer::new(&key, &certificate, RegionCode::parse("41").unwrap()).unwrap();
    let order = Order {
        initials: Some(Initials::parse("ZS").unwrap()),
        birthday: Some(Birthday::parse("0229").unwrap()),
        revocation: Some(StatusRef { shard: 1_226_112, index: 77 }),
        ..Order::new(Color::Green, RegionCode::parse("410100").unwrap(), 17)
    };
    let code = issuer.device_code(&order, &device, now, Jitter::NONE).unwrap();
    let paper = issuer.paper_code(&order, now, 86_400).unwrap();
    let shown = proof::renew(&code, &phone, now).unwrap();
    let trust = TrustList::of_certificate(certificate.clone());
    let verifier = Verifier { trust: &trust, status: None, now };

    println!("device code with proof: {} characters; paper: {}", shown.len(), paper.len());
    time("sign 64 bytes of nothing", || key.sign(&[0; 64]).unwrap());
    time("sign and encode a code", || issuer.device_code(&order, &device, now, Jitter::NONE).unwrap());
    time("renew a proof", || proof::renew(&code, &phone, now).unwrap());
    time("decode a text, verify nothing", || decode(&shown).unwrap());
    time("verify a paper code (one signature)", || assert!(verifier.verify(&paper).is_valid()));
    time("verify a device code (two signatures)", || assert!(verifier.verify(&shown).is_valid()));
    time("draw for a screen", || Qr::for_screen(&shown).unwrap());
    let symbol = Qr::for_screen(&shown).unwrap();
    time("write the SVG", || symbol.to_svg("code"));
    time("write the PNG, 8 pixels a module", || symbol.to_png(8).unwrap());
}

fn time<T>(what: &str, mut act: impl FnMut() -> T) {
    const ROUNDS: usize = 5;
    const ROUND_NANOSECONDS: u64 = 100_000_000;
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = processor_nanoseconds();
        let mut acts = 0_u32;
        let spent = loop {
            for _ in 0..16 {
                black_box(act());
                acts += 1;
            }
            let spent = processor_nanoseconds() - start;
            if spent >= ROUND_NANOSECONDS {
                break spent;
            }
        };
        let spent = std::time::Duration::from_nanos(spent);
        best = best.min(spent.as_secs_f64() * 1e6 / f64::from(acts));
    }
    println!("{what:<40} {best:>9.1} µs");
}

/// The time this thread has spent on a processor, as Linux keeps it.
fn processor_nanoseconds() -> u64 {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}
