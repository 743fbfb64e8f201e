//! The checkpoint of the demo: codes are issued, shown, verified offline, and bad ones refused.

use mingma_credential::issue::{Issuer, Jitter, Order};
use mingma_credential::key::{SigningKey, SystemEntropy};
use mingma_credential::limits::{CODE_LIFE_SECONDS, MAX_PAPER_LIFE_SECONDS, MAX_PROOF_AGE_SECONDS};
use mingma_credential::qr::{Background, Qr};
use mingma_credential::status::{Color as CodeColor, RegionCode};
use mingma_credential::trust::file::{Anchor, TrustFile};
use mingma_credential::{Certificate, UnixSeconds, Verdict, VerdictKind, Verifier, proof};
use mingma_domain::fact::Color;
use mingma_registry::acts::{Show, show as act};
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::ports::Medium;

use super::stories::{self, Story};
use super::tell::{color_name, line, pick};
use super::{Scene, city::Resident};
use crate::failure::Failure;

/// The number that a forger writes.
const RULESET_NUMBER: u64 = 1;
/// A year, the life of the forger's certificate.
const YEAR_SECONDS: i64 = 365 * 86_400;

/// A shape beside the colour, for those who do not see it.
pub(super) const fn mark(color: Color) -> char {
    match color {
        Color::Green => '●',
        Color::Yellow => '▲',
        Color::Red => '■',
    }
}

/// Issues, shows and verifies the codes of one green, one yellow and one red resident and one on paper; then refuses
/// a forged, an expired and a screenshot-old one.
pub(super) async fn show(page: &mut String, scene: &Scene) -> Result<(), Failure> {
    let now = UnixSeconds::new(scene.now.as_second());
    let trust = TrustFile::open(scene.app.trust().list(), Anchor::InFile, now).map_err(Failure::new)?;
    let phone = SigningKey::generate(&mut SystemEntropy).map_err(Failure::new)?;
    let judge =
        |code: &str, at: UnixSeconds| Verifier { trust: trust.list(), status: None, now: at }.verify(code);

    line(
        page,
        format_args!(
            "\n── {}",
            pick(scene.lang, ["亮码与离线核验", "亮碼與離線核驗", "codes, shown and verified offline"])
        ),
    );
    let mut shown = String::new();
    for story in [&stories::CORRECTED, &stories::RETURNING, &stories::CONTACT, &stories::PAPER] {
        let (resident, assessment) = scene.resident(story.resident)?;
        let color = assessment.status().color();
        let color = color.ok_or_else(|| Failure::new("a resident of the stories has no colour"))?;
        let (code, qr) = if story.paper {
            let code = made(scene, story, Medium::Paper { life_seconds: MAX_PAPER_LIFE_SECONDS }).await?;
            (code.clone(), Qr::for_paper(&code))
        } else {
            let code = made(scene, story, Medium::Device(phone.device_point())).await?;
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
    let forger = SigningKey::generate(&mut SystemEntropy).map_err(Failure::new)?;
    let own = Certificate::self_signed(&forger, "Mingjiang (demo)", now, now.plus(YEAR_SECONDS))
        .map_err(Failure::new)?;
    let (contact, _) = scene.resident(stories::CONTACT.resident)?;
    let mut wanted = Order::new(
        CodeColor::Green,
        RegionCode::parse(contact.home.code()).map_err(Failure::new)?,
        RULESET_NUMBER,
    );
    wanted.initials = Some(contact.initials.clone());
    let region = RegionCode::parse(scene.ruleset.region.code()).map_err(Failure::new)?;
    let forged = Issuer::new(&forger, &own, region)
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

/// A code of the story's resident, as the registry makes it.
async fn made(scene: &Scene, story: &Story, medium: Medium) -> Result<String, Failure> {
    let person = scene.person(story.resident)?;
    let wish = Show { person, medium };
    let allowed = authorize(Actor::Resident(person), Purpose::SelfService, wish).map_err(Failure::new)?;
    Ok(act(scene.app.registry(), allowed).await.map_err(Failure::new)?.code)
}

/// The code with one character in its middle replaced by another of the alphabet.
fn altered(code: &str) -> String {
    let middle = code.len() / 2;
    let change = |(at, sign)| if at == middle { if sign == 'A' { 'B' } else { 'A' } } else { sign };
    code.chars().enumerate().map(change).collect()
}
