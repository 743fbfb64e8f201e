//! The sequencer's thread: a round every fifth of a second, and one at the end.
//!
//! What a start finds in the database and not in the log, such as a city that was imported, is given its places while acts are
//! served already, a group a round: `/log/checkpoint` answers what is published so far.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mingma_journal::quarter::{NotAQuarter, Quarter};
use mingma_journal::sequencer::{Fault, GivenUp, Round, Sequencer};
use mingma_registry::Witnessed;
use mingma_server::App;

use super::folder::Folder;
use super::place::Place;
use super::source::FromStore;
use super::state::State;
use super::witnesses::Quorum;
use crate::failure::Failure;

/// How long entries gather: at 4,000 acts a second 800, which cost one signature and about a dozen syncs together.
const GATHER: Duration = Duration::from_millis(200);
/// How long the sequencer rests after a fault: it is told once in that time, and an operator sees it.
const REST: Duration = Duration::from_secs(5);

type OnDisk = Sequencer<FromStore, Folder, Quorum>;

/// A sequencer that has seen that the log is its own and the database is the log's.
pub(crate) struct Ready {
    sequencer: OnDisk,
    app: App,
    witnessed: Arc<Witnessed>,
    state: Arc<State>,
}

/// What is done before the log goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum First {
    /// Nothing.
    Nothing,
    /// The database is given what it has lost.
    GiveBack,
    /// The log's files are made again from the database.
    Rebuild,
    /// What was signed and is lost is given up.
    GiveUp,
}

/// A thread at work until it is told to end.
pub(crate) struct Running {
    end: Sender<()>,
    thread: JoinHandle<()>,
}

impl Ready {
    /// Opens the log of a data folder, and gives it the first group of what it lacks of the database: at most some
    /// [`GROUP`](mingma_journal::sequencer::GROUP) entries, a third of a second. The rest follows once it [runs](Self::start).
    ///
    /// # Errors
    /// A [`Failure`] if the log, the key and the database do not belong together: then nothing may be recorded, for it would
    /// get numbers that the log has given away.
    pub(crate) fn open(app: &App, place: Place, first: First) -> Result<Self, Failure> {
        place.begin()?;
        let Place { logs, keys, name, seed, witnesses, witnessed, state, .. } = place;
        let source = FromStore::new(app.clone())?;
        let disk = Folder::new(logs, keys, witnesses.lines());
        let sequencer = Sequencer::new(name, *seed, source, disk, witnesses);
        let mut ready = Self { sequencer, app: app.clone(), witnessed, state };
        if first == First::Rebuild {
            let entries = ready.sequencer.rebuild().map_err(|fault| told(&fault))?;
            tracing::warn!(entries, "the log's files were made again from the database");
        }
        if first == First::GiveUp {
            let GivenUp { signed, kept } = ready.sequencer.give_up().map_err(|fault| told(&fault))?;
            tracing::warn!(
                signed,
                kept,
                "the log goes on after an earlier entry than was signed: later checkpoints are contradicted"
            );
        }
        if first == First::GiveBack {
            let lost = ready.sequencer.lost().map_err(|fault| told(&fault))?;
            let entries = lost.len();
            FromStore::new(app.clone())?.adopt(lost)?;
            tracing::warn!(entries, "of so many entries of the journal only what the log holds is left");
        }
        ready.round()?;
        Ok(ready)
    }

    /// Rounds until nothing waits any more; tells whether what is published is all there is.
    ///
    /// # Errors
    /// A [`Failure`] if the log does not go on.
    pub(crate) fn finish(&mut self) -> Result<bool, Failure> {
        loop {
            let round = self.round()?;
            if !round.more {
                return Ok(!round.unwitnessed);
            }
        }
    }

    /// A round.
    fn round(&mut self) -> Result<Round, Failure> {
        let now = quarter_of(self.app.registry().now()).map_err(Failure::new)?;
        match self.sequencer.round(now) {
            Ok(round) => {
                // What is published the quorum has signed, or was there before one was asked for.
                self.witnessed.reach(round.published);
                self.state.went_on(round.published, round.unwitnessed);
                Ok(round)
            }
            Err(fault) => {
                self.state.stood_still();
                Err(told(&fault))
            }
        }
    }

    /// Starts the thread.
    ///
    /// # Errors
    /// A [`Failure`] if the system gives none.
    pub(crate) fn start(self) -> Result<Running, Failure> {
        Running::start("sequencer", |ends| self.run(ends))
    }

    fn run(mut self, ends: &Receiver<()>) {
        // What was committed before the start waits already.
        let mut rest = Duration::ZERO;
        let mut told_to_end = false;
        loop {
            told_to_end |= !matches!(ends.recv_timeout(rest), Err(RecvTimeoutError::Timeout));
            rest = match self.round() {
                Ok(Round { more: true, .. }) => Duration::ZERO,
                Ok(Round { more: false, .. }) => GATHER,
                Err(fault) => {
                    tracing::error!(fault = fault.message(), "the journal's log does not go on");
                    REST
                }
            };
            // What was acknowledged is in the log when the program has ended in good order.
            if told_to_end && rest != Duration::ZERO {
                return;
            }
        }
    }
}

impl Running {
    /// Starts a thread of this name, which looks whether it is told to end.
    ///
    /// # Errors
    /// A [`Failure`] if the system gives none.
    pub(crate) fn start(
        name: &str,
        run: impl FnOnce(&Receiver<()>) + Send + 'static,
    ) -> Result<Self, Failure> {
        let (end, ends) = channel();
        let thread = std::thread::Builder::new().name(name.to_owned());
        let thread = thread.spawn(move || run(&ends)).map_err(Failure::new)?;
        Ok(Self { end, thread })
    }

    /// Tells it to end, and waits until it has.
    pub(crate) fn end(self) {
        // A thread that has broken off has nothing left to tell here.
        let _gone = self.end.send(());
        let _ended = self.thread.join();
    }
}

/// The quarter of an instant, by UTC.
///
/// # Errors
/// [`NotAQuarter`] before 2000 and after 2100.
pub(crate) fn quarter_of(now: Timestamp) -> Result<Quarter, NotAQuarter> {
    let day = now.to_zoned(TimeZone::UTC).date();
    let year = u16::try_from(day.year()).map_err(|_| NotAQuarter)?;
    let month = u8::try_from(day.month()).map_err(|_| NotAQuarter)?;
    Quarter::of_month(year, month)
}

/// What a fault is to an operator.
fn told(fault: &Fault) -> Failure {
    let failure = Failure::new(format_args!("the journal's log: {fault}"));
    match fault {
        Fault::DatabaseBehind { .. } => failure.help(
            "put the newest backup back; if this is it, `--database-was-restored` takes over what the log still knows of the lost entries; if no copy of the log is newer than the backup, `--newest-entries-are-lost` goes on without them",
        ),
        Fault::AnotherDatabase { .. } => failure.help("put back the database that belongs to this log"),
        Fault::MemoryLost(_) | Fault::Memory(_) => failure.help(format_args!(
            "put back `{}`, which lies beside the keys: without it the key might sign two histories",
            super::key::SIGNED
        )),
        Fault::AnotherName(_) => failure.help("set `[journal] name` back"),
        Fault::Tiles(_) => failure.help(
            "`--rebuild-log` makes the newest quarter's files again from the database; those of former quarters come back from a copy of the log, which anybody who reads it has; to data that was restored belongs the newest copy of the folder `log`; if none is newer than the backup, `--newest-entries-are-lost` goes on from there; `--without-log` only tries it",
        ),
        Fault::NothingLost => failure.help("start without `--newest-entries-are-lost`; the message then says what is to be done"),
        Fault::NothingLeft => failure.help("put a copy of the folder `log` into the data folder"),
        Fault::Port(_)
        | Fault::NotAsWritten { .. }
        | Fault::Gap { .. }
        | Fault::AnotherSigner
        | Fault::Fork(_)
        | Fault::Published(_)
        | Fault::Name(_)
        | Fault::Seed(_)
        | Fault::Full(_)
        | Fault::Leaf(_) => failure,
    }
}
