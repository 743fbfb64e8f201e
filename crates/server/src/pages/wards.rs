//! For whom a person may act. Each binding lies with the person acted for and is asked for every time; which persons to
//! ask about is remembered on the reader's own device, by their random ids alone.

use axum::http::HeaderMap;
use mingma_registry::PersonId;

use super::affairs::{Affairs, called};
use super::layout::cookie;
use crate::app::App;
use crate::problem::Problem;

/// The cookie of ids.
const COOKIE: &str = "wards";
/// The most that are remembered: two children each with two parents, and four grandparents.
pub(crate) const MAX_WARDS: usize = 8;
/// How long they are remembered, in seconds: as long as the longest binding.
const KEPT_SECONDS: u32 = 366 * 86_400;

/// Somebody for whom the reader may act.
#[derive(Clone, Debug)]
pub(crate) struct Ward {
    /// Who.
    pub(crate) person: PersonId,
    /// How they are called.
    pub(crate) called: String,
    /// As what the reader is bound to them, and until when.
    pub(crate) tie: String,
    /// Until when.
    pub(crate) until: String,
}

/// The ids that this device remembers.
pub(crate) fn remembered(headers: &HeaderMap) -> Vec<PersonId> {
    let ids = cookie(headers, COOKIE).unwrap_or_default();
    ids.split('.').filter_map(|id| id.parse().ok()).take(MAX_WARDS).collect()
}

/// The cookie that remembers one more.
pub(crate) fn remember(app: &App, known: &[PersonId], further: PersonId) -> String {
    let others = known.iter().filter(|id| **id != further);
    let ids: Vec<String> =
        std::iter::once(&further).chain(others).take(MAX_WARDS).map(PersonId::to_string).collect();
    let secure = app.settings().origin.as_ref().is_some_and(|origin| origin.starts_with("https:"));
    let secure = if secure { "; Secure" } else { "" };
    format!("{COOKIE}={}; Path=/; Max-Age={KEPT_SECONDS}; HttpOnly; SameSite=Lax{secure}", ids.join("."))
}

/// Those whom this device remembers and who let the reader act now.
pub(crate) async fn wards(app: &App, affairs: &Affairs) -> Result<Vec<Ward>, Problem> {
    let reader = affairs.caller.person()?;
    let now = app.registry().now();
    let mut wards = Vec::new();
    for person in &affairs.page.wards {
        let record = app.registry().store().record(*person).await?;
        let Some(binding) = record.bindings_in_force(now).find(|binding| binding.agent == reader) else {
            continue;
        };
        let when = affairs.when(record.registration.as_ref())?;
        wards.push(Ward {
            person: *person,
            called: called(app, *person).await?,
            tie: affairs.page.say(format!("tie-{}", binding.tie)),
            until: when.instant(binding.until),
        });
    }
    Ok(wards)
}
