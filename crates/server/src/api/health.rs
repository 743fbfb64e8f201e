//! Whether the program answers, and whether it can do its work.

use axum::Json;
use axum::extract::State;
use mingma_registry::acts::Lag;
use mingma_registry::brake::Kept;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::body::Answer;

/// The program answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Live {
    /// Always `true`.
    live: bool,
}

/// The program can do its work.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the word of the answer")]
pub struct Ready {
    /// Always `true`.
    ready: bool,
    /// How far the census of everybody is behind what was recorded; absent if none is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    census: Option<CensusLag>,
    /// In how much the database differed from the journal's log when all of it was last held against the log, which takes a while after a start
    /// and is done each hour: above 0 somebody has written there beside the acts. The program's log names the entries. Absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    differences: Option<u64>,
}

/// How far the census is behind. It says who is told, whose codes are revoked and what a draft would do; nobody's own
/// status waits for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CensusLag {
    /// `current`; `building`: what was recorded meanwhile is taken in when it is built; or `broken`: it cannot be kept current and is built
    /// anew again and again, so nobody is told of rules, risks and days, and no draft can be foreseen. The program's log says why, and `mingma doctor` what to do.
    state: &'static str,
    /// By so many acts about persons; 0 most of the time.
    entries: u64,
    /// Since so many seconds; absent while it is built for the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<i64>,
}

/// Whether the program answers; it asks neither the store nor anything else.
#[utoipa::path(
    get, path = "/health/live", operation_id = "live", tag = "health",
    responses((status = 200, body = Live)),
)]
pub(crate) async fn live() -> Json<Live> {
    Json(Live { live: true })
}

/// Whether the program can do its work: it reads the public acts from the store.
#[utoipa::path(
    get, path = "/health/ready", operation_id = "ready", tag = "health",
    responses((status = 200, body = Ready)),
)]
pub(crate) async fn ready(State(app): State<App>) -> Answer<Ready> {
    app.registry().book().await?;
    let lag = app.registry().census_lag().await?;
    let state = |kept| match kept {
        Kept::Building => "building",
        Kept::Current => "current",
        Kept::Broken => "broken",
    };
    let told = |lag: Lag| CensusLag { state: state(lag.state), entries: lag.entries, seconds: lag.seconds };
    let census = lag.map(told);
    Ok(Json(Ready { ready: true, census, differences: app.assets().differences() }))
}
