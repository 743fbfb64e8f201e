//! What is stored of whom and for how long, read off the vocabulary itself; and how accessible the pages are.

use askama::Template;
use axum::response::Response;
use mingma_domain::fact::Kind;
use mingma_domain::fact::kind::EvidenceDue;
use mingma_domain::fact::names::kind_name;

use super::fact_view::{evidence_sort, issuer_class, listed, second_of};
use super::{Page, show};

#[derive(Template)]
#[template(path = "privacy.html")]
struct Privacy {
    page: Page,
    kinds: Vec<KindLine>,
}

/// One line of the vocabulary.
struct KindLine {
    name: &'static str,
    issuers: String,
    evidence: String,
    /// What of it a second organisation countersigns; empty where nothing is.
    second: String,
    days: u16,
}

/// `GET /privacy`
pub(crate) async fn privacy(page: Page) -> Response {
    let kinds = Kind::ALL.iter().map(|kind| line(&page, *kind)).collect();
    show(&Privacy { page, kinds })
}

fn line(page: &Page, kind: Kind) -> KindLine {
    let spec = kind.spec();
    let issuers: Vec<String> = spec.issuers.iter().map(|class| issuer_class(page, *class)).collect();
    KindLine {
        name: kind_name(kind, page.lang()),
        issuers: listed(page, &issuers),
        evidence: match spec.evidence {
            EvidenceDue::None => page.say("privacy-no-evidence"),
            EvidenceDue::Reference(sort) | EvidenceDue::ReferenceUnlessSelf(sort) => {
                evidence_sort(page, sort)
            }
        },
        second: second_of(page, kind, "privacy-second"),
        days: spec.retention_days,
    }
}

#[derive(Template)]
#[template(path = "accessibility.html")]
struct Accessibility {
    page: Page,
}

/// `GET /accessibility`
pub(crate) async fn accessibility(page: Page) -> Response {
    show(&Accessibility { page })
}
