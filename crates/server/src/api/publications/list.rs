//! The public acts, from 1 without gaps: what a mirror or an auditor reads on from the last number it knows.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::fact::{Issuer, Kind};
use mingma_domain::risk::Level;
use mingma_domain::time::Day;
use mingma_registry::Book;
use mingma_registry::brake::{Hand, Proposed};
use mingma_registry::policy::Office;
use mingma_registry::row::PublicRow;
use mingma_registry::store::Published;
use mingma_registry::words::EmergencyGround;
use serde::Serialize;
use utoipa::ToSchema;

use super::about::About;
use super::brought::BroughtTold;
use super::ended::DataEnded;
use super::foreseen::{Foreseen, foreseen};
use crate::address::InQuery;
use crate::api::hex;
use crate::api::issuers::list::{IssuerEntitlement, IssuerKey, told_entitlement, told_key};
use crate::api::publications::alarm::AlarmTold;
use crate::app::App;
use crate::body::Answer;
use crate::list::{Listed, PageAsked, page};

/// A public act.
#[derive(Debug, Serialize, ToSchema)]
pub struct Publication {
    /// Its number.
    number: u64,
    /// What it says.
    act: PublicAct,
}

/// What a public act says.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum PublicAct {
    /// An issuer is known.
    Issuer {
        /// Who.
        #[schema(value_type = String)]
        issuer: Issuer,
        /// Of which organisation.
        organisation: String,
        /// Where it works.
        #[schema(value_type = String)]
        region: Region,
    },
    /// An issuer signs with a key.
    Key {
        /// Whose.
        #[schema(value_type = String)]
        issuer: Issuer,
        /// Which.
        key: IssuerKey,
    },
    /// A key no longer counts.
    KeyWithdrawn {
        /// The public point, in hexadecimal.
        point: String,
        /// Since when.
        #[schema(value_type = String, format = "date-time")]
        at: Timestamp,
        /// Which office did it; null where the authority signed it apart, in the act before.
        #[schema(required)]
        by: Option<PublicOffice>,
    },
    /// An issuer is entitled.
    Entitlement {
        /// Who.
        #[schema(value_type = String)]
        issuer: Issuer,
        /// To what.
        entitlement: IssuerEntitlement,
    },
    /// A ruleset; its texts are at `/api/v1/rulesets/{number}`.
    Ruleset {
        /// Whose.
        #[schema(value_type = String)]
        region: Region,
        /// Its name within the region.
        id: String,
    },
    /// The risk of a region.
    Risk {
        /// Which region.
        #[schema(value_type = String)]
        region: Region,
        /// Its level.
        #[schema(value_type = String)]
        level: Level,
        /// The first day.
        #[schema(value_type = String, format = "date")]
        from: Day,
        /// The last day; null while it goes on.
        #[schema(value_type = Option<String>, format = "date", required)]
        until: Option<Day>,
    },
    /// An entitlement no longer counts.
    EntitlementWithdrawn {
        /// The number of the act that gave it.
        entitlement: u64,
        /// Since when.
        #[schema(value_type = String, format = "date-time")]
        at: Timestamp,
        /// Which office did it; null where the authority signed it apart, in the act before.
        #[schema(required)]
        by: Option<PublicOffice>,
    },
    /// An issuer is to have more than it had: that waits for a second office.
    AppointmentProposed {
        /// Over what region it reaches.
        #[schema(value_type = String)]
        region: Region,
        /// What, in one line of words.
        appointment: String,
        /// Who proposes it.
        by: PublicOffice,
    },
    /// What would make many people worse waits for a second office.
    Proposal {
        /// For which region.
        #[schema(value_type = String)]
        region: Region,
        /// What is proposed.
        about: About,
        /// Above how many of ten thousand persons of a region a second office has to agree.
        share_of_10_000: u16,
        /// What it would do.
        foreseen: Vec<Foreseen>,
        /// Who proposes it.
        by: PublicOffice,
    },
    /// A second office agrees, having seen the same.
    Approval {
        /// The number of the proposal.
        proposal: u64,
        /// Who proposed it; null if the proposal is not there.
        #[schema(required)]
        proposed_by: Option<PublicOffice>,
        /// Who agrees.
        by: PublicOffice,
    },
    /// What is published next did not wait for a second office.
    Emergency {
        /// What: the next act; null if nothing came of it.
        #[schema(required)]
        about: Option<About>,
        /// Why.
        #[schema(value_type = String)]
        ground: EmergencyGround,
        /// Above which share of a region a second office was waited for, in ten thousandths; null if it could not be foreseen.
        #[schema(required)]
        share_of_10_000: Option<u16>,
        /// What it would do; null if that could not be foreseen.
        #[schema(required)]
        foreseen: Option<Vec<Foreseen>>,
        /// Whose act it is.
        by: PublicOffice,
    },
    /// What is published next makes fewer worse than wait for a second office; it counts along with what follows.
    LetGo {
        /// What: the next act; null if nothing came of it.
        #[schema(required)]
        about: Option<About>,
        /// Above how many of ten thousand persons of a region a second office would have had to agree.
        share_of_10_000: u16,
        /// What it would do.
        foreseen: Vec<Foreseen>,
        /// Whose act it is.
        by: PublicOffice,
    },
    /// What the authority signed on a machine apart was brought in; what it made is published next.
    Brought(BroughtTold),
    /// What was over was destroyed.
    Purged(DataEnded),
    /// How many rows of a kind an issuer records within an hour before a second office is asked.
    Limit {
        /// Whose.
        #[schema(value_type = String)]
        issuer: Issuer,
        /// Of which kind.
        #[schema(value_type = String)]
        kind: Kind,
        /// How many.
        per_hour: u32,
    },
    /// What an issuer records is strange.
    Alarm(AlarmTold),
    /// A second office lets through what was above a limit.
    Allowance {
        /// The number of the alarm.
        alarm: u64,
        /// Which office.
        by: PublicOffice,
    },
}

/// An office that acted in public.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicOffice {
    /// Which sort.
    #[schema(value_type = String)]
    office: Office,
    /// Of which region.
    #[schema(value_type = String)]
    region: Region,
    /// When.
    #[schema(value_type = String, format = "date-time")]
    at: Timestamp,
}

/// The public acts after a number, in order.
#[utoipa::path(
    get, path = "/api/v1/publications", operation_id = "listPublications", tag = "publications",
    params(PageAsked),
    responses((status = 200, body = Listed<Publication>)),
)]
pub(crate) async fn list_publications(
    State(app): State<App>,
    InQuery(asked): InQuery<PageAsked>,
) -> Answer<Listed<Publication>> {
    let after = asked.after()?.unwrap_or(0);
    // One more than the page, to know whether the list goes on.
    let limit = u32::try_from(asked.limit()?).unwrap_or(u32::MAX).saturating_add(1);
    let acts = app.registry().store().publications(after, limit).await?;
    let book = app.registry().book().await?;
    page(&asked, acts, |act| act.number, |act| told(&book, act)).map(Json)
}

fn told(book: &Book, published: Published) -> Publication {
    let alone = published.alone.map(|(office, region)| PublicOffice { office, region, at: published.at });
    let act = match published.row {
        PublicRow::Issuer(entry) => PublicAct::Issuer {
            issuer: entry.issuer,
            organisation: entry.organisation.to_string(),
            region: entry.region,
        },
        // A withdrawal is an act of its own, with a later number.
        PublicRow::Key(entry) => PublicAct::Key { key: told_key(&entry, None), issuer: entry.issuer },
        PublicRow::KeyWithdrawn(entry) => {
            PublicAct::KeyWithdrawn { point: hex(entry.point.as_bytes()), at: entry.at, by: alone }
        }
        PublicRow::Entitlement(entry) => {
            PublicAct::Entitlement { entitlement: told_entitlement(&entry), issuer: entry.entitlement.issuer }
        }
        PublicRow::Ruleset(entry) => PublicAct::Ruleset { region: entry.region, id: entry.id },
        PublicRow::Risk(risk) => {
            PublicAct::Risk { region: risk.region, level: risk.level, from: risk.from, until: risk.until }
        }
        PublicRow::EntitlementWithdrawn(entry) => {
            PublicAct::EntitlementWithdrawn { entitlement: entry.entitlement, at: entry.at, by: alone }
        }
        PublicRow::Proposal(row) => {
            let (region, by) = (row.region(), told_office(&row.by));
            match row.what {
                Proposed::Draft { preview, draft } => PublicAct::Proposal {
                    region,
                    about: About::of(&draft),
                    share_of_10_000: preview.share.in_10_000(),
                    foreseen: foreseen(&preview),
                    by,
                },
                Proposed::Appointment { appointment, .. } => {
                    PublicAct::AppointmentProposed { region, appointment: appointment.to_string(), by }
                }
            }
        }
        PublicRow::Approval(row) => PublicAct::Approval {
            proposal: row.proposal,
            proposed_by: book.proposal(row.proposal).map(|proposal| told_office(&proposal.by)),
            by: told_office(&row.by),
        },
        PublicRow::Emergency(row) => PublicAct::Emergency {
            about: About::after(book, published.number, &row.draft),
            ground: row.ground,
            share_of_10_000: row.preview.as_ref().map(|preview| preview.share.in_10_000()),
            foreseen: row.preview.as_ref().map(foreseen),
            by: told_office(&row.by),
        },
        PublicRow::LetGo(row) => PublicAct::LetGo {
            about: About::after(book, published.number, &row.draft),
            share_of_10_000: row.preview.share.in_10_000(),
            foreseen: foreseen(&row.preview),
            by: told_office(&row.by),
        },
        PublicRow::Limit(row) => {
            PublicAct::Limit { issuer: row.issuer, kind: row.kind, per_hour: row.per_hour }
        }
        PublicRow::Alarm(row) => PublicAct::Alarm(AlarmTold::from(&row)),
        PublicRow::Allowance(row) => PublicAct::Allowance { alarm: row.alarm, by: told_office(&row.by) },
        PublicRow::Brought(row) => PublicAct::Brought(BroughtTold::from(&row)),
        PublicRow::Purged(row) => PublicAct::Purged(DataEnded::from(&row)),
    };
    Publication { number: published.number, act }
}

/// The office, and not the official: the journal binds the name.
const fn told_office(hand: &Hand) -> PublicOffice {
    PublicOffice { office: hand.office, region: hand.region, at: hand.at }
}
