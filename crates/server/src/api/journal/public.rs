//! What everybody may know of all acts: how many of which sort, how appeals ended, what stood out. Numbers, and nobody.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::fact::Kind;
use mingma_domain::time::Day;
use mingma_registry::brake::Share;
use mingma_registry::digest::{AppealCounts, Cell, SMALL_CELL};
use mingma_registry::intake::Cause;
use mingma_registry::row::Moved;
use mingma_registry::words::{Mover, Strange};
use serde::Serialize;
use utoipa::ToSchema;

use super::said::{MedianTold, WordSaid};
use crate::api::publications::alarm::AlarmTold;
use crate::api::publications::ended::DataEnded;
use crate::app::App;
use crate::body::Answer;

/// How many of the newest alarms are told here; all of them are among the publications.
pub(crate) const ALARMS: usize = 50;

/// Everybody's view of the journal.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicJournal {
    /// The counts are of this instant and later.
    #[schema(value_type = String, format = "date-time")]
    since: Timestamp,
    /// The first instant that is not counted: only whole days are.
    #[schema(value_type = String, format = "date-time")]
    until: Timestamp,
    /// A number below this is withheld: null stands for it. All others are rounded down to a multiple of it.
    small_cell: u64,
    /// What institutions recorded.
    recorded: Vec<RowsRecorded>,
    /// Rows of institutions that were refused.
    refused: Vec<RowsRefused>,
    /// The appeals that were due.
    appeals: AppealsTold,
    /// How long answers took, by the kind of the disputed fact; kinds of which few were answered are left out.
    appeal_medians: Vec<MedianTold>,
    /// What was said of recorded facts, and why.
    said: Vec<WordSaid>,
    /// The last ends of data, the newest first: at most 28.
    ended: Vec<DataEnded>,
    /// People who were told that their status is another, by day.
    changed: Vec<StatusesChanged>,
    /// How often a second office has agreed, since the beginning.
    second_offices: SecondOffices,
    /// How many alarms there were since the beginning, by what was strange.
    alarms: BTreeMap<&'static str, usize>,
    /// The newest of them.
    newest_alarms: Vec<AlarmNumbered>,
}

/// How many rows of a sort were recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowsRecorded {
    /// The kind.
    #[schema(value_type = String)]
    kind: Kind,
    /// The value.
    value: String,
    /// Where, down to a prefecture.
    #[schema(value_type = String)]
    region: Region,
    /// How many; null if they are few.
    #[schema(required)]
    rows: Option<u64>,
}

/// How many rows were refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowsRefused {
    /// Why.
    #[schema(value_type = String)]
    cause: Cause,
    /// How many; null if they are few.
    #[schema(required)]
    rows: Option<u64>,
}

/// How many were told on a day that their status is another.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusesChanged {
    /// The day, by the zone of the region that the service is for, whose whole days are counted.
    #[schema(value_type = String, format = "date")]
    on: Day,
    /// By what: `rule`, `risk`, `turn` of the day, `fact`, or `move`.
    #[schema(value_type = String)]
    cause: Mover,
    /// `worse`, if they may do less than before; else `better`.
    direction: &'static str,
    /// How many; null if they are few.
    #[schema(required)]
    persons: Option<u64>,
}

/// What became of the appeals that were due; each number is null if it is small, and 0 if there is nothing.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppealsTold {
    /// How many.
    #[schema(required)]
    due: Option<u64>,
    /// In how many the person was right.
    #[schema(required)]
    upheld: Option<u64>,
    /// In how many not.
    #[schema(required)]
    rejected: Option<u64>,
    /// How many the office did not answer in time: the fact stopped counting, unless its issuer had confirmed it.
    #[schema(required)]
    unanswered: Option<u64>,
    /// Half of the answers took no longer than so many minutes; null if there were few.
    #[schema(required)]
    median_minutes: Option<i64>,
}

/// How often a second office has agreed.
#[derive(Debug, Serialize, ToSchema)]
pub struct SecondOffices {
    /// Above how many of ten thousand persons of a region one has to agree; null where no census is kept.
    #[schema(required)]
    share_of_10_000: Option<u16>,
    /// To what was proposed.
    proposals: usize,
    /// To batches above an issuer's limit.
    batches: usize,
    /// How often something did not wait for one.
    emergencies: u64,
}

/// An alarm with its number.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlarmNumbered {
    /// The number of the act.
    number: u64,
    /// Whether a second office has let the batch through.
    let_through: bool,
    /// The alarm.
    alarm: AlarmTold,
}

/// What is counted of all acts. The same for everybody, and new once a day but for the alarms.
#[utoipa::path(
    get, path = "/api/v1/journal", operation_id = "readPublicJournal", tag = "journal",
    responses((status = 200, body = PublicJournal)),
)]
pub(crate) async fn read_public_journal(State(app): State<App>) -> Answer<PublicJournal> {
    let (digest, book) = (app.registry().digest().await?, app.registry().book().await?);
    let rows = digest.recorded.iter().map(|row| RowsRecorded {
        kind: row.kind,
        value: row.value.clone(),
        region: row.region,
        rows: told(row.rows),
    });
    let refused = digest.refused.iter().map(|(cause, rows)| RowsRefused { cause: *cause, rows: told(*rows) });
    let mut alarms = BTreeMap::new();
    for (_, alarm, _) in book.alarms() {
        *alarms.entry(alarm.why.word()).or_default() += 1;
    }
    for why in Strange::ALL {
        alarms.entry(why.word()).or_default();
    }
    let newest = book.alarms().rev().take(ALARMS).map(|(number, alarm, let_through)| AlarmNumbered {
        number,
        let_through,
        alarm: AlarmTold::from(&**alarm),
    });
    let (proposals, batches) = book.second_approvals();
    let share = app.registry().share().map(Share::in_10_000);
    Ok(Json(PublicJournal {
        since: digest.since,
        until: digest.until,
        small_cell: SMALL_CELL,
        recorded: rows.collect(),
        refused: refused.collect(),
        appeals: appeals(&digest.appeals),
        appeal_medians: digest.appeal_medians.iter().map(MedianTold::from).collect(),
        said: digest.spoken.iter().map(WordSaid::from).collect(),
        ended: book.ends().map(DataEnded::from).collect(),
        changed: digest.moved.iter().filter_map(changed).collect(),
        second_offices: SecondOffices {
            share_of_10_000: share,
            proposals,
            batches,
            emergencies: book.emergencies().len() as u64,
        },
        alarms,
        newest_alarms: newest.collect(),
    }))
}

/// None of a day that no calendar here has.
fn changed((day, Moved { by, is_worse }, persons): &(i64, Moved, Cell)) -> Option<StatusesChanged> {
    let on = Day::from_number(i32::try_from(*day).ok()?).ok()?;
    let direction = if *is_worse { "worse" } else { "better" };
    Some(StatusesChanged { on, cause: *by, direction, persons: told(*persons) })
}

pub(super) const fn told(cell: Cell) -> Option<u64> {
    match cell {
        Cell::Told(number) => Some(number),
        Cell::Small => None,
    }
}

fn appeals(counts: &AppealCounts) -> AppealsTold {
    let number = |cell: Option<Cell>| cell.map_or(Some(0), told);
    AppealsTold {
        due: number(counts.due),
        upheld: number(counts.upheld),
        rejected: number(counts.rejected),
        unanswered: number(counts.unanswered),
        median_minutes: counts.median_minutes,
    }
}
