//! Everything that is recorded about a person, with who says it and whether it counts.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_domain::fact::kind::EvidenceDue;
use mingma_domain::fact::{Fact, IssuerClass, RetractionReason};
use mingma_registry::record::Standing;
use mingma_registry::row::RecordedFact;
use mingma_registry::{FactId, PersonRecord};
use serde::Serialize;
use utoipa::ToSchema;

use crate::address::{InPath, InQuery};
use crate::app::App;
use crate::body::Answer;
use crate::caller::{Caller, Whom};
use crate::list::{Listed, PageAsked, page};
use crate::problem::Refusal;

/// A fact about a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnFact {
    /// Its id, by which it is disputed.
    #[schema(value_type = String, format = "uuid")]
    id: FactId,
    /// What it says, and who says it.
    #[schema(value_type = crate::api::status::explained::Fact)]
    fact: Fact,
    /// The class of its issuer.
    #[schema(value_type = String)]
    issuer_class: IssuerClass,
    /// What its evidence is a reference to, such as a `sample number`; null where none is due: then it is a word alone.
    #[schema(required)]
    evidence_class: Option<&'static str>,
    /// When it was recorded.
    #[schema(value_type = String, format = "date-time")]
    recorded: Timestamp,
    /// Whether it counts.
    standing: FactStanding,
}

/// Whether a fact counts.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum FactStanding {
    /// It waits for a second organisation, and does not count.
    Pending,
    /// It waits for the witnesses of the journal's log, or its countersignature does, and does not count yet: until they have signed,
    /// nothing counts that makes a status worse. Its issuer is told so of all that is not signed, whatever it does to the status.
    Unwitnessed,
    /// It does not count: rows that are gone from the database may have cleared it.
    Doubtful,
    /// It counts.
    Counts {
        /// The second organisation that put its name under it, where one is due.
        #[schema(required)]
        countersigned_by: Option<String>,
    },
    /// It was taken back, and no longer counts.
    Retracted {
        /// By whom.
        by: String,
        /// Why.
        #[schema(value_type = String)]
        reason: RetractionReason,
        /// Since when.
        #[schema(value_type = String, format = "date-time")]
        at: Timestamp,
    },
    /// Its issuer, or the source of its evidence, says that it is not so.
    Unconfirmed {
        /// Who.
        by: String,
        /// Since when it does not count.
        #[schema(value_type = String, format = "date-time")]
        at: Timestamp,
    },
    /// It was disputed, and nobody answered in time.
    Unanswered {
        /// Since when it does not count.
        #[schema(value_type = String, format = "date-time")]
        since: Timestamp,
    },
}

/// The facts about oneself or a ward, in the order in which they were recorded.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}/facts", operation_id = "listFacts", tag = "facts",
    params(Whom, PageAsked),
    responses(
        (status = 200, body = Listed<OwnFact>),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "Not the caller's affair"),
    )
)]
pub(crate) async fn list_facts(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
    InQuery(asked): InQuery<PageAsked>,
) -> Answer<Listed<OwnFact>> {
    let (_, person) = caller.acting(&app, whom, None).await?;
    let record = app.registry().told(person).await?;
    let now = app.registry().now();
    page(&asked, &record.facts, |fact| fact.id, |fact| told(&record, fact, now)).map(Json)
}

impl From<Standing<'_>> for FactStanding {
    fn from(standing: Standing<'_>) -> Self {
        match standing {
            Standing::Pending => Self::Pending,
            Standing::Unwitnessed => Self::Unwitnessed,
            Standing::Doubtful => Self::Doubtful,
            Standing::Counts(second) => {
                Self::Counts { countersigned_by: second.map(|second| second.issuer.to_string()) }
            }
            Standing::Retracted(retraction) => Self::Retracted {
                by: retraction.issuer.to_string(),
                reason: retraction.reason,
                at: retraction.at,
            },
            Standing::Unconfirmed(word) => Self::Unconfirmed { by: word.issuer.to_string(), at: word.at },
            Standing::Unanswered(appeal) => Self::Unanswered { since: appeal.due },
        }
    }
}

pub(crate) fn told(record: &PersonRecord, recorded: &RecordedFact, now: Timestamp) -> OwnFact {
    let fact = recorded.fact.clone();
    let class = fact.issuer().class();
    let evidence_class = match fact.kind().spec().evidence {
        EvidenceDue::None => None,
        EvidenceDue::ReferenceUnlessSelf(_) if class == IssuerClass::Resident => None,
        EvidenceDue::Reference(what) | EvidenceDue::ReferenceUnlessSelf(what) => Some(what),
    };
    OwnFact {
        id: recorded.id,
        fact,
        issuer_class: class,
        evidence_class,
        recorded: recorded.recorded,
        standing: record.standing(recorded, now).into(),
    }
}
