//! One person's life with the system, lived again from the entries: what counted when, and what was said of it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use mingma_domain::assess::{Outcome, Record as DomainRecord, assess};
use mingma_domain::fact::{Color, Issuer, IssuerClass};

use super::law::Law;
use super::waits::Waits;
use super::{Changed, Fault, Sound, Step, Why};
use crate::acts::assess::is_worse;
use crate::book::{Book, day_at};
use crate::id::FactId;
use crate::record::PersonRecord;
use crate::row::{Countersignature, PersonRow, RecordedFact};
use crate::words::{ActName, Capacity, RevocationReason};

/// For how long what was so still explains a code: an act assesses before it is committed, and is committed in the moment
/// after, beside others.
const MOMENT: SignedDuration = SignedDuration::from_secs(10);

/// What a person was shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Seen {
    outcome: Option<Outcome>,
    ruleset: u64,
}

/// A life up to an entry.
pub(super) struct Life<'l> {
    law: &'l Law,
    waits: Waits,
    /// The entries whose rows have ended.
    gone: Vec<u64>,
    record: PersonRecord,
    book: Arc<Book>,
    last: u64,
    seen: Seen,
    /// What was so before, and until when; the newest last.
    before: Vec<(Timestamp, Seen)>,
    /// Until when nothing changes by itself.
    holds: Timestamp,
    /// Changes of which the person was not told yet.
    untold: u64,
    sound: Sound,
}

impl<'l> Life<'l> {
    pub(super) fn new(law: &'l Law, waits: Waits, gone: Vec<u64>) -> Self {
        Self {
            law,
            waits,
            gone,
            record: PersonRecord::default(),
            book: Arc::default(),
            last: 0,
            seen: Seen { outcome: None, ruleset: 0 },
            before: Vec::new(),
            holds: Timestamp::MAX,
            untold: 0,
            sound: Sound { persons: 1, ..Sound::default() },
        }
    }

    /// Lives it; gives also each change of what was shown.
    pub(super) fn live(mut self, steps: &[Step<'_>]) -> Result<(Sound, Vec<Changed>), Fault> {
        for step in steps {
            self.step(step).map_err(|why| Fault { entry: step.of.opened.number, why })?;
        }
        let Self { sound, before, seen, .. } = self;
        let after = before.iter().skip(1).map(|(_, seen)| *seen).chain([seen]);
        let changes = before.iter().zip(after).map(|((at, from), to)| Changed {
            at: *at,
            from: from.outcome,
            to: to.outcome,
        });
        Ok((sound, changes.filter(|changed| changed.from != changed.to).collect()))
    }

    fn step(&mut self, step: &Step<'_>) -> Result<(), Why> {
        let (number, at) = (step.of.opened.number, step.of.opened.at);
        let law = self.law;
        for (since, book) in law.between(self.last, number) {
            self.pass(since);
            self.book = Arc::clone(book);
            self.see(since);
        }
        self.pass(at);
        self.last = number;
        let mut counts = false;
        for row in &step.rows {
            counts |= self.row(row, step.of.act, at)?;
        }
        if counts {
            let (first, untold) = (self.seen.outcome.is_none(), self.untold);
            self.see(at);
            if first {
                // Nobody is told of the status that they begin with.
                self.untold = untold;
            }
            self.waits.add(&mut self.record, step);
        }
        if step.of.act == ActName::Transit {
            self.judge(
                |life| life.untold > 0 || life.waits.may(&life.record, &life.book, at),
                Why::NotAnother,
            )?;
            self.untold = self.untold.saturating_sub(1);
        }
        Ok(())
    }

    /// Lives through whatever turned by itself up to an instant, each turn at its own: a program that was off tells of every one.
    fn pass(&mut self, at: Timestamp) {
        while self.holds <= at {
            let turn = self.holds;
            self.see(turn);
            if self.holds <= turn {
                // What was decided later than this turn is seen as of then.
                self.see(at);
                break;
            }
        }
    }

    /// Judges what was said, unless of that time something has ended.
    fn judge(&mut self, follows: impl Fn(&Self) -> bool, why: Why) -> Result<(), Why> {
        let first = self.gone.first().copied().unwrap_or(u64::MAX);
        if first < self.last && self.last < self.law.last_purge {
            self.sound.unjudged += 1;
            return Ok(());
        }
        if !follows(self) {
            return Err(why);
        }
        self.sound.judged += 1;
        Ok(())
    }

    /// Whether it was so, or had been a moment before.
    fn was(&self, at: Timestamp, so: impl Fn(&Seen) -> bool) -> bool {
        let lately = self.before.iter().rev().take_while(|(until, _)| at.duration_since(*until) <= MOMENT);
        so(&self.seen) || lately.into_iter().any(|(_, seen)| so(seen))
    }

    /// The status at an instant; a change of it is a transition.
    fn see(&mut self, at: Timestamp) {
        let now = at.max(self.record.decided());
        let home = self.record.registration.as_ref().map(|known| known.home);
        let rules = home.and_then(|home| self.book.ruleset_for(home, now));
        let turn = home.and_then(|home| self.book.rules_change(home, now, Timestamp::MAX));
        let (seen, by_facts) = match rules {
            None => (Seen { outcome: None, ruleset: 0 }, None),
            Some(rules) => {
                let facts = self.record.counting(now);
                let counting = DomainRecord { facts: &facts, retractions: &[] };
                let status = assess(&rules.ruleset, &counting, self.book.risk(), now);
                let until = status.until().map(|day| rules.ruleset.zone.start_of(day));
                let until = until.and_then(|second| Timestamp::from_second(second).ok());
                (Seen { outcome: Some(status.outcome()), ruleset: rules.number.0 }, until)
            }
        };
        let lapses = self.record.lapses(now);
        self.holds = [turn, by_facts, lapses].into_iter().flatten().min().unwrap_or(Timestamp::MAX);
        if seen != self.seen {
            if seen.outcome != self.seen.outcome {
                self.untold += 1;
                self.sound.transitions += 1;
            }
            self.before.push((at, self.seen));
            self.seen = seen;
        }
    }

    /// Checks a row and takes it in; whether it may change what counts.
    fn row(&mut self, row: &PersonRow, act: ActName, at: Timestamp) -> Result<bool, Why> {
        match row {
            PersonRow::Registration(row) => self.record.registration = Some(row.clone()),
            PersonRow::Fact(row) => {
                self.recorded(row, act)?;
                self.sound.facts += 1;
                self.record.facts.push(row.clone());
            }
            PersonRow::Countersignature(row) => {
                self.countersigned(row)?;
                self.record.countersignatures.push(row.clone());
            }
            PersonRow::Retraction(row) => {
                let by_appeal = row.issuer.class() == IssuerClass::Appeal && act == ActName::AnswerAppeal;
                if let Some(fact) = self.fact(row.fact)?
                    && !by_appeal
                    && *fact.fact.issuer() != row.issuer
                {
                    return Err(Why::NotItsFact { issuer: row.issuer.clone() });
                }
                self.record.retractions.push(row.clone());
            }
            PersonRow::Confirmation(row) => {
                if let Some(fact) = self.fact(row.fact)?
                    && *fact.fact.issuer() != row.issuer
                    && !self.entitled(Capacity::Confirm, &row.issuer, fact, row.at)?
                {
                    return Err(Why::NotItsFact { issuer: row.issuer.clone() });
                }
                self.record.confirmations.push(row.clone());
            }
            PersonRow::Appeal(row) => self.record.appeals.push(*row),
            PersonRow::AppealAnswer(row) => self.record.answers.push(*row),
            PersonRow::Code(row) => {
                if let Some(listed) = &row.listed {
                    let shown = Seen { outcome: Some(Outcome::Code(listed.color)), ruleset: row.ruleset.0 };
                    let outcome = Outcome::Code(listed.color);
                    let held = |life: &Self| {
                        shown.ruleset == life.seen.ruleset
                            && life
                                .waits
                                .from(&life.record, (&life.book, at), |seen| seen == outcome)
                                .is_some()
                    };
                    self.judge(|life| life.was(at, |seen| *seen == shown) || held(life), Why::Color)?;
                    if listed.color != Color::Green {
                        self.waits.shown(&mut self.record, (&self.book, at), |seen| seen == outcome);
                    }
                }
                self.record.codes.push(*row);
                return Ok(false);
            }
            PersonRow::Revocation(row) => {
                let code = self.record.codes.iter().find(|code| code.id == row.code);
                let color = code.and_then(|code| code.listed.as_ref()).map(|listed| listed.color);
                if let (RevocationReason::TooGood, Some(color)) = (row.why, color) {
                    let worse = |seen: &Seen| {
                        seen.outcome.is_some_and(|outcome| is_worse(outcome, Outcome::Code(color)))
                    };
                    self.judge(|life| life.was(at, worse), Why::NotWorse)?;
                    let worse = |seen| is_worse(seen, Outcome::Code(color));
                    self.waits.shown(&mut self.record, (&self.book, at), worse);
                }
                return Ok(false);
            }
            PersonRow::Request(_)
            | PersonRow::Grant(_)
            | PersonRow::Binding(_)
            | PersonRow::Disclosure(_)
            | PersonRow::Access(_) => return Ok(false),
        }
        Ok(true)
    }

    /// The fact that a row speaks about; none if it may be among those that have ended.
    fn fact(&self, id: FactId) -> Result<Option<&RecordedFact>, Why> {
        match self.record.fact(id) {
            Some(fact) => Ok(Some(fact)),
            None if self.gone.first().is_some_and(|gone| *gone < self.last) => Ok(None),
            None => Err(Why::NoSuchFact),
        }
    }

    fn recorded(&self, row: &RecordedFact, act: ActName) -> Result<(), Why> {
        let issuer = row.fact.issuer();
        if issuer.class() == IssuerClass::Resident && act == ActName::Declare {
            return Ok(());
        }
        if self.entitled(Capacity::Submit, issuer, row, row.recorded)? {
            return Ok(());
        }
        Err(Why::NotEntitled { issuer: issuer.clone(), kind: row.fact.kind() })
    }

    fn countersigned(&self, row: &Countersignature) -> Result<(), Why> {
        let Some(fact) = self.fact(row.fact)? else { return Ok(()) };
        let (first, second) = (fact.fact.issuer(), &row.issuer);
        let known = |issuer: &Issuer| {
            self.book.issuer(issuer).ok_or_else(|| Why::UnknownIssuer { issuer: issuer.clone() })
        };
        if known(first)?.is_of_one_organisation_with(known(second)?) {
            return Err(Why::SameOrganisation { first: first.clone(), second: second.clone() });
        }
        if self.entitled(Capacity::Countersign, second, fact, row.at)? {
            return Ok(());
        }
        Err(Why::NotEntitled { issuer: second.clone(), kind: fact.fact.kind() })
    }

    fn entitled(
        &self,
        as_what: Capacity,
        issuer: &Issuer,
        fact: &RecordedFact,
        at: Timestamp,
    ) -> Result<bool, Why> {
        let known = self.book.issuer(issuer);
        let known = known.ok_or_else(|| Why::UnknownIssuer { issuer: issuer.clone() })?;
        let what = (fact.fact.kind(), fact.fact.region());
        Ok(day_at(known.region, at).is_some_and(|day| self.book.entitled(as_what, known, what, day)))
    }
}
