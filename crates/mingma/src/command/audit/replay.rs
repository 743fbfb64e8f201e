//! `mingma audit replay`: everything that the log commits to is done again, by an auditor who was given what opens it.
//!
//! The log is read and computed again as by `verify`; then each opening is held against its entry, and each status is made anew
//! from the facts, the rules and the calendar. The first entry that does not follow is named.

mod told;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use mingma_domain::Region;
use mingma_registry::replay::bundle::{self, Opened};
use mingma_registry::replay::{Case, Extent, Fault, Sound, draw, of_drawn, together};

use self::told::Told;
use super::logged::{Upto, logged, upto};
use super::openings::{Files, Given};
use super::place::missing;
use super::verify::{Trust, say};
use crate::failure::Failure;
use crate::{keys, machine};

/// Do again everything that a log commits to, and name the first entry that does not follow.
#[derive(clap::Args, Debug)]
pub(crate) struct Replay {
    #[command(flatten)]
    trust: Trust,
    /// What opens the entries: a file that `mingma audit open` made, or a folder of such files.
    #[arg(long, value_name = "FILE|DIR")]
    facts: PathBuf,
    /// The checkpoint that the auditor named; by default that as of which the file says it was made.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// The certificate of the authority's key: what is said to be signed apart has to be signed by it. Once more for each key that the
    /// authority had before.
    #[arg(long, value_name = "FILE.der")]
    anchor: Vec<PathBuf>,
    /// The region for which all of it is, above which there is no office: nobody else's own offices may have agreed with one another.
    /// Without it they are named.
    #[arg(long, value_name = "CODE")]
    region: Option<Region>,
    /// Only those whom so many entries are about, drawn by the checkpoint's root; by default as many as the file says were drawn for it.
    #[arg(long, value_name = "N")]
    sample: Option<NonZeroUsize>,
    /// Tell what was found as one JSON object.
    #[arg(long)]
    json: bool,
}

impl Replay {
    /// Replays a log by a policy and one file of openings, for a region above which there is none.
    ///
    /// # Errors
    /// A [`Failure`] if that is no place.
    pub(crate) fn of(log: &str, policy: PathBuf, facts: PathBuf, region: Region) -> Result<Self, Failure> {
        let trust = Trust::of(log, policy)?;
        let (checkpoint, anchor, sample) = (None, Vec::new(), None);
        let region = Some(region);
        Ok(Self { trust, facts, checkpoint, anchor, region, sample, json: false })
    }

    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        self.read(say)?;
        Ok(ExitCode::SUCCESS)
    }

    /// Does everything again, and says what was found in order.
    ///
    /// # Errors
    /// A [`Failure`] that names the first entry that does not follow.
    pub(crate) fn read(&self, mut say: impl FnMut(&str) -> Result<(), Failure>) -> Result<(), Failure> {
        let files = Files::of(&self.facts, self.sample)?;
        let (made, sample) = (files.made.clone(), files.sample);
        let (believed, mut acts, mut unknown) = (self.trust.believed()?, Vec::new(), None);
        let each = |line: &str| if self.json { Ok(()) } else { say(line) };
        let logs = self.trust.logs(&believed, each, |act| match logged(&act) {
            Ok(act) => acts.push(act),
            Err(failure) => unknown = unknown.take().or(Some(failure)),
        })?;
        if let Some(failure) = unknown {
            return Err(failure);
        }
        // Entries are counted from the first log's first act.
        if let Some((first, former)) = logs.first().and_then(|first| Some((first, first.former.as_ref()?))) {
            return Err(missing(&first.place, former));
        }
        if let Some(path) = &self.checkpoint {
            let named = believed.kept(path)?;
            if *named.checkpoint() != made {
                return Err(Failure::about(
                    path,
                    format_args!("the openings were made as of another checkpoint, of {} entries", made.size),
                ));
            }
        }
        let last = logs.last().ok_or_else(|| Failure::new("there is no log"))?;
        let newest = (&last.place, last.head.checkpoint(), last.former.is_some());
        let Upto { acts, root } = upto(acts, newest, &made)?;
        let drawn = sample.map(|count| draw(&acts, &root, count.get()));
        let extent = drawn.as_ref().map_or(Extent::Everybody, |drawn| Extent::Drawn(drawn));
        let Given { files, mut aside } = match &drawn {
            Some(drawn) => files.drawn(&acts, drawn)?,
            None => files.whole()?,
        };
        let mut openings: Vec<Opened<'_>> = Vec::new();
        for (path, bytes) in &files {
            openings.extend(bundle::read(bytes).map_err(|error| Failure::about(path, error))?.1);
        }
        // Sorted it is already, if it is one file.
        openings.sort_by_key(|opened| opened.number);
        if let Some(drawn) = &drawn {
            let given = openings.len();
            openings = of_drawn(&acts, openings, drawn);
            aside += given - openings.len();
        }
        let signed = believed.signed(&logs);
        let anchors =
            self.anchor.iter().map(|path| keys::read_certificate(path)).collect::<Result<Vec<_>, _>>()?;
        let case = Case::new(&acts, &openings, extent).map(|case| match &signed {
            Some(signed) => case.witnessed(signed),
            None => case,
        });
        let found = case.and_then(|case| {
            let hands = (!anchors.is_empty()).then(|| case.hands(&anchors)).transpose();
            let (offices, staff, in_time) = (case.offices(self.region), case.staff(), case.in_time());
            // The first of them all is named.
            let nothing = |_: &_| Sound::default();
            let sound = together([
                everywhere(&case),
                case.in_clear().map(|()| Sound::default()),
                in_time.as_ref().map(|_| Sound::default()).map_err(Fault::clone),
                offices.as_ref().map(nothing).map_err(Fault::clone),
                staff.as_ref().map(|_| Sound::default()).map_err(Fault::clone),
                hands.as_ref().map(|_| Sound::default()).map_err(Fault::clone),
            ])?;
            Ok((sound, hands?, offices?, staff?, in_time?))
        });
        let (sound, hands, offices, staff, in_time) = found.map_err(|fault| {
            Failure::new(&fault).help("entries are counted from 1, over the logs of all quarters, without their first entries that are no acts")
        })?;
        let told = Told {
            sound: &sound,
            made: &made,
            drawn: drawn.as_deref().map(|drawn| (drawn.len(), aside)),
            by_choice: sample.filter(|_| self.checkpoint.is_none()),
            offices: &offices,
            top: self.region,
            staff,
            in_time: &in_time,
            hands: hands.as_ref(),
        };
        if self.json {
            return say(&told.json().to_string());
        }
        told.lines().iter().try_for_each(|line| say(line))
    }
}

/// Replays on every core.
fn everywhere(case: &Case<'_>) -> Result<Sound, Fault> {
    let cores = machine::cores().get();
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..cores).map(|part| scope.spawn(move || case.part(part, cores))).collect();
        // What broke off there breaks off here: half a replay is none.
        together(
            parts
                .into_iter()
                .map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))),
        )
    })
}
