//! The database held against the journal's log while it is served: slowly, from beginning to end, and each hour again.
//!
//! What is found is told by the entries' numbers and counted; nothing stops for it, for what is read of a person is held against the person's
//! entries anyway, and an operator who reads the line looks who wrote there.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use mingma_server::App;
use mingma_store::Beside;

use crate::failure::Failure;
use crate::journal::{Compared, Halt, State, compare};

/// How long it rests between two parts, of 256 entries or 64 persons, which take some 5 ms: a twentieth of one core. A million entries and
/// a hundred thousand persons take ten minutes.
const REST: Duration = Duration::from_millis(100);
/// How long it rests between two comparisons.
const BETWEEN: Duration = Duration::from_hours(1);

/// A comparison under way.
pub(super) struct Comparing {
    end: Sender<()>,
    thread: JoinHandle<()>,
}

/// What is compared.
pub(super) struct Sides {
    pub(super) logs: PathBuf,
    pub(super) beside: Beside,
    pub(super) state: Arc<State>,
    pub(super) app: App,
}

impl Comparing {
    /// Starts it in a thread of its own.
    ///
    /// # Errors
    /// A [`Failure`] if the system gives none.
    pub(super) fn start(sides: Sides) -> Result<Self, Failure> {
        let (end, ends) = channel();
        let thread = std::thread::Builder::new().name("comparing".to_owned());
        let thread = thread.spawn(move || run(&sides, &ends)).map_err(Failure::new)?;
        Ok(Self { end, thread })
    }

    /// Ends it where it is: it leaves nothing half done, but has the database open.
    pub(super) fn end(self) {
        // A thread that has broken off has nothing left to tell here.
        let _gone = self.end.send(());
        let _ended = self.thread.join();
    }
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
