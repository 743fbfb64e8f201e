//! `mingma audit replay`: everything that the log commits to is done again, by an auditor who was given what opens it.
//!
//! The log is read and computed again as by `verify`; then each opening is held against its entry, and each status is made anew
//! from the facts, the rules and the calendar. The first entry that does not follow is named.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use mingma_domain::Region;
use mingma_journal::checkpoint::Checkpoint;
use mingma_registry::replay::bundle::{self, Opened};
use mingma_registry::replay::{
    Case, Extent, Fault, Hands, InTime, LATE_DAYS, Offices, Sound, draw, of_drawn, together,
};

use super::logged::{Upto, logged, upto};
use super::open::by_choice;
use super::openings::{Files, Given};
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
}

impl Replay {
    /// Replays a log by a policy and one file of openings, for a region above which there is none.
    ///
    /// # Errors
    /// A [`Failure`] if that is no place.
    pub(crate) fn of(log: &str, policy: PathBuf, facts: PathBuf, region: Region) -> Result<Self, Failure> {
        let trust = Trust::of(log, policy)?;
        let (checkpoint, anchor, sample) = (None, Vec::new(), None);
        Ok(Self { trust, facts, checkpoint, anchor, region: Some(region), sample })
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
        let logs = self.trust.logs(&believed, &mut say, |act| match logged(&act) {
            Ok(act) => acts.push(act),
            Err(failure) => unknown = unknown.take().or(Some(failure)),
        })?;
        if let Some(failure) = unknown {
            return Err(failure);
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
        say(&told(&sound, &made, drawn.as_deref().map(|drawn| (drawn, aside))))?;
        if let (Some(count), None) = (sample, &self.checkpoint) {
            say(&by_choice(count.get()))?;
        }
        say(&by_offices(&offices, self.region))?;
        say(&format!(
            "  hands under public acts, looks, and offices that stand in clear alone, as the staff list had them then: {staff}"
        ))?;
        say(&by_ends(&in_time))?;
        say(&by_whom(hands.as_ref()))
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

/// What offices did with one another.
fn by_offices(offices: &Offices, top: Option<Region>) -> String {
    let Offices { agreed, emergencies, let_go, unforeseen, beside } = offices;
    let beside: Vec<&str> = beside.iter().map(|region| region.code()).collect();
    let beside = match top {
        Some(top) => format!("none but {top}"),
        None if beside.is_empty() => "none".to_owned(),
        None => format!("{}; whether that is it, say with `--region`", beside.join(", ")),
    };
    format!(
        "  what two offices agreed to, the second in time and having seen it: {agreed}, in emergencies that end together: {emergencies}\n  \
         regions whose own offices agreed with one another, as those of the topmost region may: {beside}\n  \
         drafts that one office published below the share, with what had been published alone before: {let_go}\n  \
         drafts that one office published with no numbers: {unforeseen}; what a draft was foreseen to do is not done again"
    )
}

/// How much was ended, and when.
fn by_ends(in_time: &InTime) -> String {
    let late: Vec<String> = in_time
        .late
        .iter()
        .map(|late| format!("`{}` by {} days (entry {})", late.kind, late.days, late.entry))
        .collect();
    let late = if late.is_empty() { "none".to_owned() } else { late.join(", ") };
    format!(
        "  ends of data: {}, none before its time; more than {LATE_DAYS} days after it, but for what a kept fact may have needed: {late}",
        in_time.ends
    )
}

/// By whose hands what counts came about.
fn by_whom(hands: Option<&Hands>) -> String {
    let Some(hands) = hands else {
        return "  what the authority signed apart: not checked, for want of `--anchor`".to_owned();
    };
    let Hands { brought, made, agreed, emergencies, alone } = hands;
    let entries: Vec<String> = alone.iter().map(u64::to_string).collect();
    let entries = if alone.is_empty() { String::new() } else { format!(" (entries {})", entries.join(", ")) };
    format!(
        "  acts that the authority signed and somebody brought in: {brought}, and what they made or proposed: {made}\n  \
         what two offices agreed to: {agreed}, what was published in an emergency: {emergencies}\n  \
         what an account of one office published or took away alone, without a signature: {}{entries}",
        alone.len()
    )
}

fn told(sound: &Sound, made: &Checkpoint, drawn: Option<(&[u64], usize)>) -> String {
    let Sound { opened, ended, persons, facts, signed, unkept, for_others, transitions, judged, unjudged } =
        sound;
    let whom = drawn.map_or_else(
        || "everybody".to_owned(),
        |(drawn, aside)| {
            format!(
                "those whom {} drawn entries are about; openings of others that were left aside unread: {aside}",
                drawn.len()
            )
        },
    );
    format!(
        "{} of {} entries: everything follows\n  \
         replayed: {whom}\n  persons: {persons}\n  entries opened: {opened}, ended: {ended}\n  facts: {facts}\n  \
         what issuers said, with a signature that holds: {signed}, of before signatures were kept: {unkept}\n  \
         what others did for a person who had let them: {for_others}\n  \
         transitions of a status: {transitions}\n  codes, revocations and notices judged: {judged}, of a time that has ended: {unjudged}",
        made.origin, made.size
    )
}
