//! The demo's ways in: one for each role, made as they are made outside the demo, printed once.

use std::net::SocketAddr;
use std::path::Path;

use jiff::SignedDuration;
use mingma_domain::text::Lang;
use mingma_registry::acts::{AppointStaff, add_staff};
use mingma_registry::policy::Office;
use mingma_registry::staff::TotpSecret;
use mingma_server::App;

use super::tell::{line, pick};
use super::{Scene, offices, stories};
use crate::failure::Failure;
use crate::ports::SystemRng;

/// How long the demo's officials hold their offices, in days.
const DAYS: i64 = 140;
/// An official: name, office, region.
pub(super) type Row = (&'static str, Office, &'static str);

/// An official for each office.
const OFFICIALS: [Row; 3] = [
    ("commissioner", Office::HealthCommission, "450000"),
    ("arbiter", Office::Appeals, "450000"),
    ("worker", Office::Community, "450902"),
];

/// An official's way in.
pub(super) struct Official {
    pub(super) name: &'static str,
    office: Office,
    region: &'static str,
    pub(super) password: String,
    pub(super) second_factor: TotpSecret,
}

/// Gives every office of the demo's city to somebody.
pub(super) async fn appoint_officials(app: &App) -> Result<Vec<Official>, Failure> {
    appoint_all(app, &OFFICIALS).await
}

/// Gives these offices to somebody each.
pub(super) async fn appoint_all(app: &App, offices: &[Row]) -> Result<Vec<Official>, Failure> {
    let now = app.registry().now();
    let until = now.checked_add(SignedDuration::from_hours(24 * DAYS)).map_err(Failure::new)?;
    let mut officials = Vec::with_capacity(offices.len());
    for (name, office, region) in offices.iter().copied() {
        let wish = AppointStaff {
            name: name.parse().map_err(Failure::new)?,
            office,
            region: region.parse().map_err(Failure::new)?,
            from: now,
            until,
        };
        let new = add_staff(app.registry().store(), &SystemRng, now, &wish).await.map_err(Failure::new)?;
        officials.push(Official {
            name,
            office,
            region,
            password: new.password.as_str().to_owned(),
            second_factor: new.totp,
        });
    }
    Ok(officials)
}

/// Every way in, for whoever tries the demo.
pub(super) fn tell(page: &mut String, scene: &Scene, data: &Path, at: SocketAddr) -> Result<(), Failure> {
    let lang = scene.lang;
    let say = |page: &mut String, text: [&str; 3], address: &str| {
        line(page, format_args!("\n{} — http://{at}{address}", pick(lang, text)));
    };
    say(page, ["所有人", "所有人", "everybody"], "/");
    line(page, format_args!("  http://{at}/rules · http://{at}/checkpoint · http://{at}/openapi.json"));
    let shown = [
        "居民（验证码显示在页面上）",
        "居民（驗證碼顯示在頁面上）",
        "residents (the code is shown on the page)",
    ];
    say(page, shown, "/sign-in");
    for story in stories::ALL {
        let (resident, _) = scene.resident(story.resident)?;
        line(page, format_args!("  {}  {}", resident.document.to_wire(), pick(lang, story.title)));
    }
    let offices = [
        "部门工作人员（密码与动态码）",
        "部門工作人員（密碼與動態碼）",
        "officials (password and second factor)",
    ];
    say(page, offices, "/office");
    for official in &scene.officials {
        let Official { name, office, region, password, second_factor } = official;
        let uri = second_factor.uri(&name.parse().map_err(Failure::new)?);
        line(page, format_args!("  {name}  {office} {region}  {password}\n    {uri}"));
    }
    say(page, ["机构（密钥文件）", "機構（金鑰檔案）", "institutions (by their key file)"], "/desk");
    for issuer in offices::names() {
        let file = data.join(offices::FOLDER).join(crate::keys::issuer_key_name(issuer));
        line(page, format_args!("  {issuer}  {}", file.display()));
    }
    let ends = match lang {
        Lang::ZhHans => "\n按 Ctrl-C 结束。",
        Lang::ZhHant => "\n按 Ctrl-C 結束。",
        Lang::En => "\nCtrl-C ends it.",
    };
    line(page, ends);
    Ok(())
}
