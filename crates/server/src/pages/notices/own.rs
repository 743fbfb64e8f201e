//! What the reader alone is told, and nobody who acts for them: that somebody signed in as them, that they are reached elsewhere, and that
//! there is news of somebody for whom they act.

use mingma_registry::PersonId;
use mingma_registry::row::{Notice, NoticeState};
use mingma_registry::words::NoticeKind;

use super::super::affairs::Affairs;
use super::super::wards::wards;
use super::super::when::When;
use super::Told;
use crate::app::App;
use crate::problem::Problem;

/// What of a person's notices is theirs alone, each with where it leads; nothing on another's page, and no news of somebody for whom the
/// reader acts no more.
pub(super) async fn read(
    app: &App,
    affairs: &Affairs,
    when: &When,
    notices: &[(Notice, NoticeState)],
) -> Result<Vec<Told>, Problem> {
    if affairs.ward.is_some() {
        return Ok(Vec::new());
    }
    let has_news = notices.iter().any(|(notice, _)| notice.kind == NoticeKind::AboutWard);
    let wards = if has_news { wards(app, affairs).await? } else { Vec::new() };
    let page = &affairs.page;
    let told = notices.iter().filter_map(|(notice, _)| {
        let (said, leads, name) = match notice.kind {
            NoticeKind::SignedIn => {
                (page.say("notice-was-signed-in"), "/sessions".to_owned(), "sessions-title")
            }
            NoticeKind::ContactChanged => {
                (page.say("notice-was-moved"), "/contact".to_owned(), "contact-title")
            }
            NoticeKind::AboutWard => {
                let about = PersonId::from_bytes(notice.about);
                let ward = wards.iter().find(|ward| ward.person == about)?;
                let said = page.with("notice-of-ward", &[("called", ward.called.as_str())]);
                (said, format!("/notices?for={about}"), "notices-title")
            }
            NoticeKind::FactRecorded
            | NoticeKind::FactPending
            | NoticeKind::FactRetracted
            | NoticeKind::FactConfirmed
            | NoticeKind::AppealAnswered
            | NoticeKind::Disclosed
            | NoticeKind::Amended
            | NoticeKind::StatusChanged
            | NoticeKind::SignInCode
            | NoticeKind::AssistanceCode
            | NoticeKind::ContactCode => return None,
        };
        let (at, more) = (notice.created, Some((leads, page.say(name))));
        Some(Told { at, when: when.instant(at), said, fact: None, more })
    });
    Ok(told.collect())
}
