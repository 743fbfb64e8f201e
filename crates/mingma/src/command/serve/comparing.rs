//! The database held against the journal's log while it is served: slowly, from beginning to end, and each hour again.
//!
//! What is found is told by the entries' numbers and counted; nothing stops for it, for what is read of a person is held against the person's
//! entries anyway, and an operator who reads the line looks who wrote there.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use mingma_server::App;
use mingma_store::Beside;

use crate::failure::Failure;
use crate::journal::{Compared, Halt, Running, State, compare};

/// How long it rests between two parts, of 256 entries or 64 persons, which take some 5 ms: a twentieth of one core. A million entries and
/// a hundred thousand persons take ten minutes.
const REST: Duration = Duration::from_millis(100);
/// How long it rests between two comparisons.
const BETWEEN: Duration = Duration::from_hours(1);

/// What is compared.
pub(super) struct Sides {
    pub(super) logs: PathBuf,
    pub(super) beside: Beside,
    pub(super) state: Arc<State>,
    pub(super) app: App,
}

/// Starts it in a thread of its own. Told to end it ends where it is: it leaves nothing half done, but has the database open.
///
/// # Errors
/// A [`Failure`] if the system gives none.
pub(super) fn start(sides: Sides) -> Result<Running, Failure> {
    Running::start("comparing", move |ends| run(&sides, ends))
}

fn run(Sides { logs, beside, state, app }: &Sides, ends: &Receiver<()>) {
    let rest = |so_long| match ends.recv_timeout(so_long) {
        Err(RecvTimeoutError::Timeout) => Ok(()),
        Ok(()) | Err(RecvTimeoutError::Disconnected) => Err(Halt::Ended),
    };
    loop {
        match compare(logs, beside, || app.registry().now(), &|| rest(REST)) {
            Ok(compared) => {
                tell(&compared);
                state.compared(compared.count());
            }
            Err(Halt::Ended) => return,
            Err(Halt::Trouble(why)) => {
                tracing::error!(why, "the database could not be held against the journal's log");
            }
        }
        if rest(BETWEEN).is_err() {
            return;
        }
    }
}

fn tell(compared: &Compared) {
    let Compared { entries, persons, edits, more, .. } = compared;
    for edit in edits {
        tracing::error!(%edit, "the database is not what the journal's log commits to");
    }
    if *more > 0 {
        tracing::error!(more, "further differences between the database and the journal's log");
    }
    if edits.is_empty() {
        tracing::info!(entries, persons, "the database is what the journal's log commits to");
    }
}
