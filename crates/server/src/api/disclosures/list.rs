//! Who looked at a person's status, or was refused, in which role and for which office, and what for.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::fact::Evidence;
use mingma_registry::policy::{Purpose, Role};
use mingma_registry::row::Disclosure;
use mingma_registry::{DisclosureId, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::address::{InPath, InQuery};
use crate::app::App;
use crate::body::Answer;
use crate::caller::{Caller, Whom};
use crate::list::{Listed, PageAsked, page};
use crate::problem::Refusal;

/// Somebody looked, or was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct Look {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    id: DisclosureId,
    /// In which role: `app`, `community-worker`, `arbiter`, `auditor` or, once a day for each binding, `agent`.
    #[schema(value_type = String)]
    role: Role,
    /// Who: the program, as the person called it, the official, as the staff list does, or as what somebody acts for the person: `family`, `agent`.
    #[schema(value_type = String)]
    by: Evidence,
    /// Where the official is in office; null of a program and of an auditor.
    #[schema(value_type = Option<String>, required)]
    region: Option<Region>,
    /// What for.
    #[schema(value_type = String)]
    purpose: Purpose,
    /// The policies that permitted it; null of what was refused, and of a look of before they were written down.
    #[schema(value_type = Option<String>, required)]
    policies: Option<Evidence>,
    /// Why it was refused: `elsewhere`, for the person lives outside the office's region, `no-case`, for there is no such appeal, or `not-above`, for the office's region let in an institution that the appeal is about; null of a look.
    #[schema(required)]
    refused: Option<String>,
    /// The case that it belonged to: an appeal, a consent to be helped, a grant to a program, a binding; null if it had none.
    #[schema(value_type = Option<String>, required)]
    case: Option<Evidence>,
    /// When.
    #[schema(value_type = String, format = "date-time")]
    at: Timestamp,
}

/// Who looked at the status of oneself or a ward, in the order of the looks.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}/disclosures", operation_id = "listDisclosures", tag = "disclosures",
    params(Whom, PageAsked),
    responses(
        (status = 200, body = Listed<Look>),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "Not the caller's affair"),
    )
)]
pub(crate) async fn list_disclosures(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
    InQuery(asked): InQuery<PageAsked>,
) -> Answer<Listed<Look>> {
    let (_, person) = caller.acting(&app, whom, None).await?;
    let record = app.registry().store().record(person).await?;
    let Listed { items, next } = page(&asked, &record.disclosures, |look| look.id, Disclosure::clone)?;
    let offices = Offices::of(&app, &items).await?;
    let items = items.into_iter().map(|look| told(look, &offices)).collect();
    Ok(Json(Listed { items, next }))
}

pub(crate) fn told(look: Disclosure, offices: &Offices) -> Look {
    let refused = look.refused().map(str::to_owned);
    let region = offices.region(&look);
    let Disclosure { id, role, by, purpose, policies, case, at } = look;
    let policies = policies.filter(|_| refused.is_none());
    Look { id, role, by, region, purpose, policies, refused, case, at }
}

/// Where those officials are in office who looked at somebody, by the staff list: a name in it is one person's for good.
pub(crate) struct Offices(BTreeMap<Evidence, Region>);

impl Offices {
    pub(crate) async fn of(app: &App, looks: &[Disclosure]) -> Result<Self, StoreError> {
        let mut offices = BTreeMap::new();
        for look in looks.iter().filter(|look| look.role.office().is_some()) {
            if !offices.contains_key(&look.by)
                && let Some(member) = app.registry().store().staff_member(&look.by).await?
            {
                offices.insert(look.by.clone(), member.account.region);
            }
        }
        Ok(Self(offices))
    }

    pub(crate) fn region(&self, look: &Disclosure) -> Option<Region> {
        let Self(offices) = self;
        look.role.office().and_then(|_| offices.get(&look.by)).copied()
    }
}
