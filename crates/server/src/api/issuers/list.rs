//! Every issuer, with its keys and what it is entitled to.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::fact::{Issuer, Kind};
use mingma_domain::time::Day;
use mingma_registry::Book;
use mingma_registry::row::{EntitlementEntry, IssuerEntry, KeyEntry};
use mingma_registry::words::Capacity;
use serde::Serialize;
use utoipa::ToSchema;

use crate::address::InQuery;
use crate::api::hex;
use crate::app::App;
use crate::body::Answer;
use crate::list::{Listed, PageAsked, page};

/// An issuer.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedIssuer {
    /// Its name: class and name.
    #[schema(value_type = String)]
    issuer: Issuer,
    /// Its organisation: two issuers of one organisation cannot vouch for each other.
    organisation: String,
    /// Where it works.
    #[schema(value_type = String)]
    region: Region,
    /// Its keys, those that no longer count included.
    keys: Vec<IssuerKey>,
    /// What it may put its key under, what was withdrawn included.
    entitlements: Vec<GivenEntitlement>,
}

/// A key with which an issuer signs.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuerKey {
    /// The public point on P-256, compressed, in hexadecimal.
    point: String,
    /// From this instant on.
    #[schema(value_type = String, format = "date-time")]
    from: Timestamp,
    /// The first instant at which it no longer counts.
    #[schema(value_type = String, format = "date-time")]
    until: Timestamp,
    /// Since when it is withdrawn; null if it is not.
    #[schema(value_type = Option<String>, format = "date-time", required)]
    withdrawn: Option<Timestamp>,
}

/// An entitlement, by the act that gave it.
#[derive(Debug, Serialize, ToSchema)]
pub struct GivenEntitlement {
    /// The number of the act.
    number: u64,
    /// Since when it is withdrawn; null if it is not.
    #[schema(value_type = Option<String>, format = "date-time", required)]
    withdrawn: Option<Timestamp>,
    /// To what.
    #[serde(flatten)]
    entitlement: IssuerEntitlement,
}

/// What an issuer may do with one kind of fact.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuerEntitlement {
    /// `submit` or `countersign`.
    #[schema(value_type = String)]
    capacity: Capacity,
    /// The kind.
    #[schema(value_type = String)]
    kind: Kind,
    /// About events in this region.
    #[schema(value_type = String)]
    region: Region,
    /// The first day.
    #[schema(value_type = String, format = "date")]
    from: Day,
    /// The last day.
    #[schema(value_type = String, format = "date")]
    until: Day,
}

/// The issuers, in the order of their names.
#[utoipa::path(
    get, path = "/api/v1/issuers", operation_id = "listIssuers", tag = "issuers",
    params(PageAsked),
    responses((status = 200, body = Listed<PublishedIssuer>)),
)]
pub(crate) async fn list_issuers(
    State(app): State<App>,
    InQuery(asked): InQuery<PageAsked>,
) -> Answer<Listed<PublishedIssuer>> {
    let book = app.registry().book().await?;
    page(&asked, book.issuers(), |entry| entry.issuer.to_string(), |entry| told(&book, entry)).map(Json)
}

fn told(book: &Book, entry: &IssuerEntry) -> PublishedIssuer {
    PublishedIssuer {
        issuer: entry.issuer.clone(),
        organisation: entry.organisation.to_string(),
        region: entry.region,
        keys: book.all_keys(&entry.issuer).map(|(key, withdrawn)| told_key(key, withdrawn)).collect(),
        entitlements: book
            .all_entitlements(&entry.issuer)
            .map(|(number, entry, withdrawn)| GivenEntitlement {
                number,
                withdrawn,
                entitlement: told_entitlement(entry),
            })
            .collect(),
    }
}

pub(crate) fn told_key(key: &KeyEntry, withdrawn: Option<Timestamp>) -> IssuerKey {
    IssuerKey { point: hex(key.point.as_bytes()), from: key.from, until: key.until, withdrawn }
}

pub(crate) fn told_entitlement(entry: &EntitlementEntry) -> IssuerEntitlement {
    let e = &entry.entitlement;
    IssuerEntitlement {
        capacity: entry.capacity,
        kind: e.kind,
        region: e.region,
        from: e.from,
        until: e.until,
    }
}
