//! A person declares: symptoms and the day's check-in, or a trip.

use mingma_domain::fact::value::Checkin;
use mingma_domain::fact::{IssuerClass, Kind, Value};
use mingma_domain::time::Zone;
use mingma_domain::{Day, Fact};
use thiserror::Error;

use super::{Registry, Unable, revoke_too_good};
use crate::canonical::Canonical;
use crate::id::{FactId, PersonId};
use crate::policy::{Authorized, Subject, Wish};
use crate::row::{IdempotencyKey, PersonRow, RecordedFact, Request};
use crate::words::ActName;

/// The most facts of one declaration: a fortnight of stays in two counties a day, and every symptom.
pub const MAX_DECLARED: usize = 14 * 2 + 8;

/// How many days back a stay or a symptom may be declared: the longest that a shipped rule reads one.
const DAYS_BACK: u16 = 30;
/// How many days back a check-in may be declared: its own day and the next, because nobody sleeps by the calendar. A streak
/// of days is worth what it says only if it took as many days to say.
const CHECKIN_DAYS_BACK: u16 = 1;

/// The first day of which a person may declare such a fact on a day.
#[must_use]
pub const fn first_day(kind: Kind, today: Day) -> Day {
    today.minus(if matches!(kind, Kind::Checkin) { CHECKIN_DAYS_BACK } else { DAYS_BACK })
}

/// A wish to declare.
#[derive(Clone, Debug)]
pub struct Declare {
    /// About whom.
    pub person: PersonId,
    /// The name of the request.
    pub key: IdempotencyKey,
    /// What: facts on the person's own word.
    pub facts: Vec<Fact>,
}

impl Wish for Declare {
    const ACT: ActName = ActName::Declare;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.person)
    }
}

/// Why nothing was declared.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DeclareError {
    /// Nothing, or too much.
    #[error("a declaration of {given} facts: declare 1 to {MAX_DECLARED}")]
    Size {
        /// How many.
        given: usize,
    },
    /// A fact that is not on the person's own word.
    #[error("a declaration is on one's own word: its issuer is `self`")]
    NotOwnWord,
    /// A day that has not come where the person lives.
    #[error("`{day}` has not come yet: declare what was, up to `{today}`")]
    Ahead {
        /// Which.
        day: Day,
        /// The last that has come.
        today: Day,
    },
    /// A day too long ago.
    #[error("a `{kind}` of `{day}` comes too late: declare it from `{first}` on")]
    TooLate {
        /// Of what.
        kind: Kind,
        /// Which.
        day: Day,
        /// The first that may be declared today.
        first: Day,
    },
    /// Well, and a symptom of the same day: a streak of well days clears rules, so it is one or the other.
    #[error("a check-in of `{day}` that is well, and a symptom of that day: declare one or the other")]
    Contradiction {
        /// Of which day.
        day: Day,
    },
    /// The key was used for something else.
    #[error("the idempotency key was used for another request: take a new one")]
    KeyReused,
    /// The person has not registered.
    #[error("register first")]
    NotRegistered,
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Declares facts about oneself or a ward, all of them or none. Repeating a request gives the same ids.
///
/// # Errors
/// [`DeclareError`].
pub async fn declare(registry: &Registry, wish: Authorized<Declare>) -> Result<Vec<FactId>, DeclareError> {
    let Declare { person, key, facts } = wish.wish();
    if !(1..=MAX_DECLARED).contains(&facts.len()) {
        return Err(DeclareError::Size { given: facts.len() });
    }
    if facts.iter().any(|fact| fact.issuer().class() != IssuerClass::Resident) {
        return Err(DeclareError::NotOwnWord);
    }
    let record = registry.store().record(*person).await.map_err(Unable::from)?;
    let home = record.home().ok_or(DeclareError::NotRegistered)?;
    let now = registry.now();
    let zone = Zone::named(home.zone()).map_err(|_| Unable::NoAnswer)?;
    for fact in facts {
        in_time(fact, &zone, zone.day_of(now))?;
    }
    if let Some(day) = contradicted(facts, &zone) {
        return Err(DeclareError::Contradiction { day });
    }
    let request = Request { key: key.clone(), hash: hash(key, facts), received: now };
    let mut rows = vec![PersonRow::Request(request.clone())];
    rows.extend(recorded(facts, &request).map(PersonRow::Fact));
    let change = registry.change(wish.deed(), *person, rows, Vec::new())?;
    let first = super::keep_once(registry, *person, request, change).await?.ok_or(DeclareError::KeyReused)?;
    revoke_too_good(registry, *person).await?;
    Ok(recorded(facts, &first).map(|fact| fact.id).collect())
}

/// Whether a fact is of days that have come and may still be declared.
fn in_time(fact: &Fact, zone: &Zone, today: Day) -> Result<(), DeclareError> {
    let (kind, from) = (fact.kind(), zone.day(fact.at()));
    let last = fact.until().map_or(from, |until| zone.day(until));
    let first = first_day(kind, today);
    if last > today {
        Err(DeclareError::Ahead { day: last, today })
    } else if from < first {
        Err(DeclareError::TooLate { kind, day: from, first })
    } else {
        Ok(())
    }
}

/// The first day of which these facts say that somebody was well and had a symptom.
fn contradicted(facts: &[Fact], zone: &Zone) -> Option<Day> {
    let days =
        |is: fn(&Fact) -> bool| facts.iter().filter(move |fact| is(fact)).map(|fact| zone.day(fact.at()));
    let mut well = days(|fact| fact.value() == Value::Checkin(Checkin::Well));
    well.find(|day| days(|fact| fact.kind() == Kind::Symptom).any(|ill| ill == *day))
}

/// With the key in it, so that the same said twice in one millisecond under two keys gives two facts' ids.
fn hash(key: &IdempotencyKey, facts: &[Fact]) -> crate::canonical::Hash {
    let mut text = Canonical::new("mingma/declaration/1");
    text.text(key);
    for fact in facts {
        crate::journal::fact(&mut text, fact);
    }
    text.hash()
}

fn recorded<'f>(facts: &'f [Fact], request: &Request) -> impl Iterator<Item = RecordedFact> + use<'f> {
    let request = request.clone();
    facts.iter().enumerate().map(move |(place, fact)| RecordedFact {
        id: FactId::new(request.received, request.chance_of(place)),
        fact: fact.clone(),
        recorded: request.received,
    })
}
