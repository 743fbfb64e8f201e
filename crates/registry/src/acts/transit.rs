//! Somebody is shown something else: the person is told, once, whatever crashes.
//!
//! A transition is found by the census and has a name, the person and the cause; the notice's id is made of it. So the
//! same transition told again — after a crash, or by a second process — finds its notice there and writes nothing. The
//! notice says *that* the status is another, not which it is: the page it leads to assesses anew, and nothing here keeps a
//! status. What made it another is read off the name: of all that can have been ([`Causes`]) one fits.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mingma_domain::time::Day;

use super::{Registry, Unable};
use crate::book::Book;
use crate::canonical::{Canonical, Hash};
use crate::id::{EntryId, NoticeId, PersonId};
use crate::journal::Entry;
use crate::row::{Moved, Notice};
use crate::store::{Applied, Change, Told};
use crate::words::{ActName, Mover, NoticeKind};

/// What made a status another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TransitCause {
    /// A ruleset came into force by this publication, at once or on the day for which it was made.
    Rule(u64),
    /// A region's risk was set by this publication, from then on or from a later day.
    Risk(u64),
    /// The day began.
    Turn(Day),
    /// Something was recorded about the person, by this entry of the journal.
    Fact(EntryId),
    /// The person lives elsewhere, by this entry of the journal.
    Move(EntryId),
}

/// A transition, without what was shown before and after.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Transit {
    /// Whose.
    pub person: PersonId,
    /// From when on.
    pub at: Timestamp,
    /// Why.
    pub cause: TransitCause,
    /// Whether the person may do less than before.
    pub is_worse: bool,
}

impl Transit {
    /// What is counted of it.
    #[must_use]
    pub const fn moved(&self) -> Moved {
        let by = match self.cause {
            TransitCause::Rule(_) => Mover::Rule,
            TransitCause::Risk(_) => Mover::Risk,
            TransitCause::Turn(_) => Mover::Turn,
            TransitCause::Fact(_) => Mover::Fact,
            TransitCause::Move(_) => Mover::Move,
        };
        Moved { by, is_worse: self.is_worse }
    }

    /// The notice of it, the same whenever it is made.
    #[must_use]
    pub fn notice(&self) -> Notice {
        let (chance, about) = parts(name(self.person, self.cause));
        Notice {
            person: self.person,
            id: NoticeId::new(self.at, chance),
            kind: NoticeKind::StatusChanged,
            about,
            created: self.at,
        }
    }
}

/// What can have made a person's status another, by what a notice of it is about.
#[derive(Clone, Debug)]
pub struct Causes {
    person: PersonId,
    known: BTreeMap<[u8; 16], TransitCause>,
}

impl Causes {
    /// The public acts that can change a status, and the entries about the person; the days are known by themselves.
    #[must_use]
    pub fn of(person: PersonId, book: &Book, entries: &[Entry]) -> Self {
        let rules = book.rulesets().iter().map(|published| TransitCause::Rule(published.number.0));
        let risks = book.risk_acts().map(|(number, _)| TransitCause::Risk(number));
        let facts = entries.iter().map(|entry| TransitCause::Fact(entry.id));
        let moves = entries.iter().map(|entry| TransitCause::Move(entry.id));
        let causes = rules.chain(risks).chain(facts).chain(moves);
        Self { person, known: causes.map(|cause| (parts(name(person, cause)).1, cause)).collect() }
    }

    /// What a notice of a changed status tells of; none if it is not known here any more.
    #[must_use]
    pub fn behind(&self, notice: &Notice) -> Option<TransitCause> {
        // Wherever the days were reckoned, the day that began is the one in Greenwich or one beside it.
        let day = || Day::from_date(notice.created.to_zoned(TimeZone::UTC).date()).ok();
        let turns = || day().into_iter().flat_map(|day| [day.minus(1), day, day.plus(1)]);
        let turn = |day: &Day| parts(name(self.person, TransitCause::Turn(*day))).1 == notice.about;
        let known = self.known.get(&notice.about).copied();
        known.or_else(|| turns().find(turn).map(TransitCause::Turn))
    }
}

/// The parts of a name that stand in a notice: in its id, and in what it is about.
fn parts(name: Hash) -> ([u8; 10], [u8; 16]) {
    let (mut chance, mut about) = ([0; 10], [0; 16]);
    chance.iter_mut().zip(name).for_each(|(to, from)| *to = from);
    about.iter_mut().zip(name.iter().skip(10)).for_each(|(to, from)| *to = *from);
    (chance, about)
}

/// The name of a transition.
fn name(person: PersonId, cause: TransitCause) -> Hash {
    let mut text = Canonical::new("mingma/transition/1");
    text.bytes(person.as_bytes());
    match cause {
        TransitCause::Rule(number) => {
            text.text("rule");
            text.text(number);
        }
        TransitCause::Risk(number) => {
            text.text("risk");
            text.text(number);
        }
        TransitCause::Turn(day) => {
            text.text("turn");
            text.text(day);
        }
        TransitCause::Fact(entry) => {
            text.text("fact");
            text.bytes(entry.as_bytes());
        }
        TransitCause::Move(entry) => {
            text.text("move");
            text.bytes(entry.as_bytes());
        }
    }
    text.hash()
}

/// Tells persons of their transitions; gives those of which nobody had been told before. At most
/// [`MAX_CHANGES`](crate::store::MAX_CHANGES) at a time.
///
/// # Errors
/// [`Unable`]: some may be told; tell the same again.
pub async fn transit(registry: &Registry, transits: &[Transit]) -> Result<Vec<Transit>, Unable> {
    let change = |transit: &Transit| -> Result<Change, Unable> {
        let entry = registry.entry(ActName::Transit, transit.person, &[])?;
        let day = registry.day_of(entry.at);
        Ok(Change::Told(Told { notice: transit.notice(), entry, moved: transit.moved(), day }))
    };
    let changes = transits.iter().map(change).collect::<Result<Vec<_>, _>>()?;
    let applied = registry.store().apply(changes).await?;
    let new = transits.iter().zip(applied).filter(|(_, applied)| matches!(applied, Applied::Done));
    Ok(new.map(|(transit, _)| *transit).collect())
}
