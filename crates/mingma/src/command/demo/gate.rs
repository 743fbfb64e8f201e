//! The checkpoint of the demo: codes are issued, shown, verified offline, and bad ones refused.

use mingma_credential::issue::{Issuer, Jitter, Order};
use mingma_credential::key::{Entropy, NoEntropy, SigningKey};
use mingma_credential::limits::{CODE_LIFE_SECONDS, MAX_PAPER_LIFE_SECONDS, MAX_PROOF_AGE_SECONDS};
use mingma_credential::qr::{Background, Qr};
use mingma_credential::status::{Color as CodeColor, Initials, RegionCode};
use mingma_credential::{Certificate, TrustList, UnixSeconds, Verdict, VerdictKind, Verifier, proof};
use mingma_domain::fact::Color;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::stories::{self, Story};
use super::tell::{color_name, line, pick};
use super::{Scene, city::Resident};
use crate::failure::Failure;

/// The number that the journal would give the ruleset.
const RULESET_NUMBER: u64 = 1;
/// A year, the life of the demo's certificate.
const YEAR_SECONDS: i64 = 365 * 86_400;

/// A shape beside the colour, for those who do not see it.
pub(super) const fn mark(color: Color) -> char {
    match color {
        Color::Green => '●',
        Color::Yellow => '▲',
        Color::Red => '■',
    }
}

/// The keys of the demo: drawn from its seed, so worth nothing outside it.
struct Seeded(ChaCha20Rng);

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        self.0.fill_bytes(bytes);
        Ok(())
    }
}

/// Issues, shows and verifies the codes of one green, one yellow and one red resident and one on paper; then refuses
/// a forged, an expired and a screenshot-old one.
pub(super) fn show(page: &mut String, scene: &Scene) -> Result<(), Failure> {
    let mut entropy = Seeded(ChaCha20Rng::seed_from_u64(1));
    let now = UnixSeconds::new(scene.now.as_second());
    let region = |code: &str| RegionCode::parse(code).map_err(Failure::new);
    let key = SigningKey::generate(&mut entropy).map_err(Failure::new)?;
    let certificate = Certificate::self_signed(&key, "Mingjiang (demo)", now, now.plus(YEAR_SECONDS))
        .map_err(Failure::new)?;
    let issuer =
        Issuer::new(&key, &certificate, region(scene.ruleset.region.code())?).map_err(Failure::new)?;
    let trust = TrustList::of_certificate(certificate.clone());
    let phone = SigningKey::generate(&mut entropy).map_err(Failure::new)?;
    let judge = |code: &str, at: UnixSeconds| Verifier { trust: &trust, status: None, now: at }.verify(code);

    line(
        page,
        format_args!(
            "\n── {}",
            pick(scene.lang, ["亮码与离线核验", "亮碼與離線核驗", "codes, shown and verified offline"])
        ),
    );
    let mut shown = String::new();
    for story in [&stories::CORRECTED, &stories::RETURNING, &stories::CONTACT, &stories::PAPER] {
        let (resident, status) = scene.resident(story.resident)?;
        let color = status.color().ok_or_else(|| Failure::new("a resident of the stories has no colour"))?;
        let order = order(resident, color)?;
        let (code, qr) = if story.paper {
            let code = issuer.paper_code(&order, now, MAX_PAPER_LIFE_SECONDS).map_err(Failure::new)?;
            (code.clone(), Qr::for_paper(&code))
        } else {
            let code =
                issuer.device_code(&order, &phone.device_point(), now, Jitter::NONE).map_err(Failure::new)?;
            let code = proof::renew(&code, &phone, now).map_err(Failure::new)?;
            (code.clone(), Qr::for_screen(&code))
        };
        told(page, scene, story, resident, color, &judge(&code, now.plus(5)));
        page.push_str(&qr.map_err(Failure::new)?.to_terminal(Background::Dark));
        if shown.is_empty() {
            shown = code;
        }
    }

    line(
        page,
        format_args!("\n── {}", pick(scene.lang, ["被拒绝的码", "被拒絕的碼", "codes that are refused"])),
    );
    let forger = SigningKey::generate(&mut entropy).map_err(Failure::new)?;
    let own = Certificate::self_signed(&forger, "Mingjiang (demo)", now, now.plus(YEAR_SECONDS))
        .map_err(Failure::new)?;
    let (contact, _) = scene.resident(stories::CONTACT.resident)?;
    let wanted = order(contact, Color::Green)?;
    let forged = Issuer::new(&forger, &own, region(scene.ruleset.region.code())?)
        .and_then(|issuer| issuer.device_code(&wanted, &phone.device_point(), now, Jitter::NONE))
        .map_err(Failure::new)?;
    for (title, verdict, expected) in [
        (["伪造的码", "偽造的碼", "forged with another key"], judge(&forged, now), VerdictKind::UnknownKey),
        (
            ["改动过的码", "改動過的碼", "one character changed"],
            judge(&altered(&shown), now),
            VerdictKind::Unreadable,
        ),
        (
            ["过期的码", "過期的碼", "expired since yesterday"],
            judge(&shown, now.plus(CODE_LIFE_SECONDS + 1)),
            VerdictKind::Expired,
        ),
        (
            ["旧截图", "舊截圖", "a screenshot two minutes old"],
            judge(&shown, now.plus(MAX_PROOF_AGE_SECONDS + 30)),
            VerdictKind::Clock,
        ),
    ] {
        let reason = verdict.reason().map_or(String::new(), |reason| format!(": {reason}"));
        line(page, format_args!("   ✗ {} — {}{reason}", pick(scene.lang, title), verdict.kind()));
        if verdict.is_valid() || (verdict.kind() != expected && expected != VerdictKind::Unreadable) {
            return Err(Failure::new(format_args!(
                "a code that must be refused as `{expected}` was judged `{}`",
                verdict.kind()
            )));
        }
    }
    Ok(())
}

fn told(
    page: &mut String,
    scene: &Scene,
    story: &Story,
    resident: &Resident,
    color: Color,
    verdict: &Verdict,
) {
    let form = if story.paper {
        pick(scene.lang, ["纸质码", "紙質碼", "paper"])
    } else {
        pick(scene.lang, ["手机", "手機", "phone"])
    };
    let valid = if verdict.is_valid() { '✓' } else { '✗' };
    line(
        page,
        format_args!(
            "\n   {} {} {} ({form}) → {valid} {}",
            mark(color),
            color_name(color, scene.lang),
            resident.name,
            verdict.kind()
        ),
    );
}

fn order(resident: &Resident, color: Color) -> Result<Order, Failure> {
    let color = match color {
        Color::Green => CodeColor::Green,
        Color::Yellow => CodeColor::Yellow,
        Color::Red => CodeColor::Red,
    };
    let region = RegionCode::parse(resident.home.code()).map_err(Failure::new)?;
    let mut order = Order::new(color, region, RULESET_NUMBER);
    order.initials = Some(Initials::parse(&resident.initials).map_err(Failure::new)?);
    Ok(order)
}

/// The code with one character in its middle replaced by another of the alphabet.
fn altered(code: &str) -> String {
    let middle = code.len() / 2;
    let change = |(at, sign)| if at == middle { if sign == 'A' { 'B' } else { 'A' } } else { sign };
    code.chars().enumerate().map(change).collect()
}
