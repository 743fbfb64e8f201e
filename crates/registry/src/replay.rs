//! The replay: what an auditor does with the log and with what opens its entries, believing neither the program nor the authority.
//!
//! Every opening is held against its entry's commitment; every public act must open; the entries about a person are a chain
//! without a gap. Then everything is done again: each fact by an issuer that was entitled to it, each countersignature by
//! another organisation, and at each code, each revocation and each notice of another status the status that the rules in
//! force made of the facts that counted. The first entry that does not follow is named.
//!
//! What has ended is not taken for withheld: an entry is excused where a later act tells of an end of data, as far as those
//! tell of so many rows. What the ended rows made of a status before that act is judged no more, and is counted.

pub mod bundle;
mod chain;
mod doers;
mod draw;
mod ended;
mod fault;
mod hands;
mod law;
mod offices;
mod person;
mod shown;
mod signers;
mod sound;
mod staff;
mod untold;
mod waits;

pub use draw::{Sieve, draw, of_drawn};
pub use ended::{InTime, LATE_DAYS, Late};
pub use fault::{Fault, Why};
pub use hands::Hands;
pub use offices::Offices;
pub use sound::{Noted, Sound};
pub use waits::Signed;

use std::collections::BTreeMap;

use jiff::Timestamp;
use mingma_credential::Certificate;
use mingma_domain::Region;
use mingma_domain::assess::Outcome;
use mingma_domain::fact::Color;

use self::bundle::{Content, Opened};
use self::chain::Chains;
use self::law::Law;
use self::person::Life;
use self::waits::Floors;
use crate::canonical::{Hash, sha256};
use crate::id::PersonId;
use crate::journal::read::read_person;
use crate::journal::{Clear, Entry, leaf};
use crate::row::PersonRow;
use crate::staff::StaffChange;
use crate::store::Published;
use crate::words::{ActName, RevocationReason};

/// An entry as the log shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Logged {
    /// Which act.
    pub act: ActName,
    /// In which second since 1970.
    pub second: i64,
    /// What it commits to.
    pub commitment: Hash,
    /// What it shows beside that; none if that is nothing which a program of ours would show.
    pub shown: Option<Clear>,
}

impl From<&Entry> for Logged {
    fn from(entry: &Entry) -> Self {
        let (act, second) = (entry.act, entry.at.as_second());
        Self { act, second, commitment: entry.leaf, shown: Some(entry.clear.clone()) }
    }
}

/// Whose entries are to be there.
#[derive(Clone, Copy, Debug)]
pub enum Extent<'d> {
    /// Everybody's.
    Everybody,
    /// Those of the persons whom these entries are about.
    Drawn(&'d [u64]),
}

/// Somebody was shown something else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Changed {
    /// From when on.
    pub at: Timestamp,
    /// What was shown; none before the person registered, or where no rules were in force.
    pub from: Option<Outcome>,
    /// What is shown from then on.
    pub to: Option<Outcome>,
}

/// An opening that is its entry's.
#[derive(Clone, Copy, Debug)]
struct Proved<'f> {
    opened: Opened<'f>,
    act: ActName,
    leaf: Hash,
    shown: Option<&'f Clear>,
}

/// An entry of a person, with its rows if they are kept.
#[derive(Clone, Debug)]
struct Step<'f> {
    of: Proved<'f>,
    rows: Vec<PersonRow>,
}

impl Step<'_> {
    /// Whether somebody lives elsewhere by it.
    fn moves(&self) -> bool {
        self.rows.iter().any(|row| matches!(row, PersonRow::Amendment(_)))
    }

    /// Whether it may show up to where witnesses had signed: by a code that is not green, or the end of one that was too good.
    fn may_show(&self) -> bool {
        self.rows.iter().any(|row| match row {
            PersonRow::Code(code) => code.listed.is_some_and(|listed| listed.color != Color::Green),
            PersonRow::Revocation(revoked) => revoked.why == RevocationReason::TooGood,
            PersonRow::Request(_)
            | PersonRow::Registration(_)
            | PersonRow::Amendment(_)
            | PersonRow::Fact(_)
            | PersonRow::Countersignature(_)
            | PersonRow::Retraction(_)
            | PersonRow::Grant(_)
            | PersonRow::Binding(_)
            | PersonRow::Appeal(_)
            | PersonRow::AppealAnswer(_)
            | PersonRow::Disclosure(_)
            | PersonRow::Access(_)
            | PersonRow::Confirmation(_) => false,
        })
    }
}

/// What a public entry says.
enum Said {
    /// A public act, and what the log shows beside it.
    Act(ActName, Box<Published>, Option<Clear>),
    /// A change of the staff list with its entry, and what the log shows beside it.
    Staff(u64, StaffChange, Option<Clear>),
}

/// What is to be replayed, after every opening was held against its entry.
pub struct Case<'f> {
    law: Law,
    chains: Chains<'f>,
    lives: Vec<(PersonId, Vec<Step<'f>>)>,
    /// Up to where witnesses are known to have signed; none where none were asked.
    witnessed: Option<Floors>,
    sound: Sound,
}

impl<'f> Case<'f> {
    /// The acts of the journal from its first on: `log[0]` is entry 1.
    ///
    /// # Errors
    /// The [`Fault`] that was found first.
    pub fn new(log: &'f [Logged], openings: &[Opened<'f>], extent: Extent<'_>) -> Result<Self, Fault> {
        let (public, about): (Vec<Proved<'_>>, Vec<Proved<'_>>) =
            proved(log, openings)?.into_iter().partition(|proved| proved.act.is_public());
        let law = Law::read(log, &public, &about)?;
        let mut chains = Chains::new(log, &about, openings, &law);
        let ended = chains.missing(extent, &law)?;
        let mut persons = BTreeMap::<PersonId, Vec<Step<'_>>>::new();
        for of in about {
            if let Some(content) = of.opened.content.given() {
                let unreadable = |_| Fault { entry: of.opened.number, why: Why::Unreadable };
                let (person, rows) = read_person(content).map_err(unreadable)?;
                persons.entry(person).or_default().push(Step { of, rows });
            }
        }
        let opened = u64::try_from(openings.len()).unwrap_or(u64::MAX);
        let mut found = Noted::default();
        let is_found = |opened: &&Opened<'_>| matches!(opened.content, Content::Found(_));
        openings.iter().filter(is_found).for_each(|opened| found.note(opened.number));
        let sound = Sound { opened, ended, found, ..Sound::default() };
        let lives = persons.into_iter().collect();
        Ok(Self { law, chains, lives, witnessed: None, sound })
    }

    /// The same of a log that asked witnesses: what made somebody worse may have waited for their signatures, but for those that are known
    /// already, and those that something shows that anybody was shown.
    #[must_use]
    pub fn witnessed(self, signed: &[Signed]) -> Self {
        let mut floors = Floors::default();
        for signed in signed {
            floors.raise(*signed);
        }
        let (mut lives, mut entries) = (Vec::new(), Vec::new());
        for (_, steps) in self.lives.iter().filter(|(_, steps)| steps.iter().any(Step::may_show)) {
            // What does not follow is named when its own part is replayed.
            let Ok(gone) = self.chains.follow(steps) else { continue };
            entries.extend(steps.iter().map(|step| (lives.len(), step)));
            lives.push(Some(Life::new(&self.law, true, gone)));
        }
        // All of them together, in the order in which they lived.
        entries.sort_by_key(|(_, step)| step.of.opened.number);
        for (whose, step) in entries {
            let Some(slot) = lives.get_mut(whose) else { continue };
            let Some(life) = slot else { continue };
            match life.step(step, &floors) {
                Ok(()) => floors.raise(Signed { number: life.floor(), by: step.of.opened.at }),
                Err(_) => *slot = None,
            }
        }
        Self { witnessed: Some(floors), ..self }
    }

    /// Replays a part of the persons, the first of which is 0: whoever has several cores takes one on each.
    ///
    /// # Errors
    /// The [`Fault`] with the lowest number of those that were found in it.
    pub fn part(&self, part: usize, parts: usize) -> Result<Sound, Fault> {
        let size = self.lives.len().div_ceil(parts.max(1)).max(1);
        let lives = self.lives.chunks(size).nth(part).unwrap_or_default();
        let lived = lives.iter().map(|(_, steps)| Ok(self.live(steps)?.0));
        if part > 0 {
            return together(lived);
        }
        // Of everybody together, beside what the first of them did.
        let twice = signers::recorded_twice(self.lives.iter().flat_map(|(_, steps)| steps));
        let twice = twice.map(|entry| Err(Fault { entry, why: Why::RecordedTwice }));
        together(lived.chain(twice)).map(|sound| sound.and(self.sound))
    }

    /// By whose hands what is public came about: what was brought in as the authority's has to be signed by one of these keys.
    ///
    /// # Errors
    /// The [`Fault`] that was found first.
    pub fn hands(&self, anchors: &[Certificate]) -> Result<Hands, Fault> {
        hands::hands(&self.law.said, anchors)
    }

    /// What offices did with one another, as far as it can be done again. Where it is said which region is the topmost, nobody else's
    /// own offices may have agreed with one another.
    ///
    /// # Errors
    /// The [`Fault`] that was found first.
    pub fn offices(&self, top: Option<Region>) -> Result<Offices, Fault> {
        offices::offices(&self.law.said, top)
    }

    /// That whoever put a hand under a public act, or looked at somebody, held that office then: by the staff list, whose changes are entries.
    /// So must somebody have held an office that stands alone beside what it took away or answered. Gives how many were held to it.
    ///
    /// # Errors
    /// The [`Fault`] that was found first.
    pub fn staff(&self) -> Result<u64, Fault> {
        staff::staff(&self.law.said, || self.lives.iter().flat_map(|(_, steps)| steps))
    }

    /// That public acts show beside them what they commit to.
    ///
    /// # Errors
    /// The [`Fault`] that was found first.
    pub fn in_clear(&self) -> Result<(), Fault> {
        shown::in_clear(&self.law.said)
    }

    /// That nothing was ended before its retention was over, and what came late.
    ///
    /// # Errors
    /// The [`Fault`] that was found first.
    pub fn in_time(&self) -> Result<InTime, Fault> {
        ended::in_time(&self.law)
    }

    /// What each person was shown, from the first status on, in the order of their ids.
    ///
    /// # Errors
    /// The [`Fault`] that was found first.
    pub fn shown(&self) -> Result<Vec<(PersonId, Vec<Changed>)>, Fault> {
        let shown = |(person, steps): &(PersonId, Vec<Step<'f>>)| Ok((*person, self.live(steps)?.1));
        self.lives.iter().map(shown).collect()
    }

    fn live(&self, steps: &[Step<'f>]) -> Result<(Sound, Vec<Changed>), Fault> {
        let nothing = Floors::default();
        let floors = self.witnessed.as_ref().unwrap_or(&nothing);
        let gone = self.chains.follow(steps)?;
        Life::new(&self.law, self.witnessed.is_some(), gone).live(steps, floors)
    }
}

/// What all parts have found together.
///
/// # Errors
/// The [`Fault`] with the lowest number.
pub fn together(parts: impl IntoIterator<Item = Result<Sound, Fault>>) -> Result<Sound, Fault> {
    let (mut sound, mut first) = (Sound::default(), None::<Fault>);
    for part in parts {
        match part {
            Ok(part) => sound = sound.and(part),
            Err(fault) if first.as_ref().is_none_or(|first| fault.entry < first.entry) => first = Some(fault),
            Err(_) => {}
        }
    }
    first.map_or(Ok(sound), Err)
}

/// Replays everything in one go.
///
/// # Errors
/// The [`Fault`] with the lowest number of those that were found.
pub fn replay(log: &[Logged], openings: &[Opened<'_>], extent: Extent<'_>) -> Result<Sound, Fault> {
    let case = Case::new(log, openings, extent)?;
    let nothing = Sound::default();
    let (offices, in_clear) = (case.offices(None).map(|_| nothing), case.in_clear().map(|()| nothing));
    together([case.part(0, 1), offices, in_clear, case.in_time().map(|_| nothing)])
}

/// The openings, each held against its entry.
fn proved<'f>(log: &'f [Logged], openings: &[Opened<'f>]) -> Result<Vec<Proved<'f>>, Fault> {
    let mut last = 0;
    let mut proved = Vec::with_capacity(openings.len());
    for opened in openings {
        let number = opened.number;
        let fault = |why| Fault { entry: number, why };
        let entry = number.checked_sub(1).and_then(|place| log.get(usize::try_from(place).ok()?));
        let entry = entry.filter(|_| number > last).ok_or_else(|| fault(Why::Superfluous))?;
        let named = (opened.id, entry.act, opened.at);
        let beside = opened.beside.map(sha256);
        let leaf = leaf(named, &opened.salt, &opened.content.hash(), (opened.former, beside.as_ref()));
        if leaf != entry.commitment || opened.at.as_second() != entry.second {
            return Err(fault(Why::Changed));
        }
        last = number;
        proved.push(Proved { opened: *opened, act: entry.act, leaf, shown: entry.shown.as_ref() });
    }
    Ok(proved)
}
