//! One person's life with the system, lived again from the entries: what counted when, and what was said of it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use mingma_domain::assess::{Outcome, Record as DomainRecord, assess};
use mingma_domain::fact::{Issuer, IssuerClass};

use super::chain::Gone;
use super::doers::Let;
use super::law::Law;
use super::signers::Signing;
use super::untold::Untold;
use super::waits::{Floors, Seen};
use super::{Changed, Fault, Sound, Step, Why};
use crate::acts::ASSISTANCE_MINUTES;
use crate::acts::assess::is_worse;
use crate::book::{Book, day_at};
use crate::id::FactId;
use crate::record::PersonRecord;
use crate::row::{Countersignature, PersonRow, RecordedFact};
use crate::words::{ActName, Capacity, RevocationReason};

/// For how long what was so still explains a code: an act assesses before it is committed, and is committed in the moment
/// after, beside others.
pub(super) const MOMENT: SignedDuration = SignedDuration::from_secs(10);

/// A life up to an entry.
pub(super) struct Life<'l> {
    law: &'l Law,
    /// Whether witnesses were asked.
    is_witnessed: bool,
    /// Up to which entry they are known to have signed.
    floor: u64,
    /// What has ended.
    gone: Gone,
    record: PersonRecord,
    book: Arc<Book>,
    last: u64,
    seen: Seen,
    /// What was so before, and until when; the newest last.
    before: Vec<(Timestamp, Seen)>,
    /// Until when nothing changes by itself.
    holds: Timestamp,
    /// When the person let somebody at a desk help last.
    consented: Option<Timestamp>,
    /// Changes of which the person was not told yet, or that may have been none as what made them waited.
    untold: u64,
    /// Those that were seen with everything signed, after which no notice came.
    unsaid: Untold,
    sound: Sound,
}

impl<'l> Life<'l> {
    pub(super) fn new(law: &'l Law, is_witnessed: bool, gone: Gone) -> Self {
        Self {
            law,
            is_witnessed,
            floor: 0,
            gone,
            record: PersonRecord::default(),
            book: Arc::default(),
            last: 0,
            seen: Seen::default(),
            before: Vec::new(),
            holds: Timestamp::MAX,
            consented: None,
            untold: 0,
            unsaid: Untold::default(),
            sound: Sound { persons: 1, ..Sound::default() },
        }
    }

    /// Up to which entry witnesses are known to have signed, by what was shown so far.
    pub(super) const fn floor(&self) -> u64 {
        self.floor
    }

    /// Lives it, held to what is known of everybody; gives also each change of what was shown with everything signed.
    pub(super) fn live(
        mut self,
        steps: &[Step<'_>],
        floors: &Floors,
    ) -> Result<(Sound, Vec<Changed>), Fault> {
        for step in steps {
            self.step(step, floors).map_err(|why| Fault { entry: step.of.opened.number, why })?;
        }
        let sound = self.sound;
        let shown = self.before.len();
        self.outlive();
        let (untold, passed_over) = std::mem::take(&mut self.unsaid).left(self.law.end, self.law.last_told);
        let sound = Sound { untold, passed_over, ..sound };
        let Self { mut before, mut seen, .. } = self;
        // What was shown is told up to the last entry.
        if let Some((_, last)) = before.drain(shown..).next() {
            seen = last;
        }
        let after = before.iter().skip(1).map(|(_, seen)| seen).chain([&seen]);
        let changes = before.iter().zip(after).map(|((at, from), to)| Changed {
            at: *at,
            from: from.outcome,
            to: to.outcome,
        });
        Ok((sound, changes.filter(|changed| changed.from != changed.to).collect()))
    }

    pub(super) fn step(&mut self, step: &Step<'_>, floors: &Floors) -> Result<(), Why> {
        let (number, at) = (step.of.opened.number, step.of.opened.at);
        let law = self.law;
        self.ruled(number);
        self.pass(at);
        self.last = number;
        self.signed(floors.at(at));
        if step.of.act == ActName::Assist {
            self.consented = Some(at);
        }
        let mut counts = false;
        for row in &step.rows {
            counts |= self.row(row, step.of.act, at)?;
        }
        match law.signers.check(step, &self.book)? {
            Signing::NotDue => {}
            Signing::NotKept => self.sound.unkept += 1,
            Signing::Holds => self.sound.signed += 1,
        }
        self.done(step)?;
        if counts {
            if self.is_witnessed {
                self.record.may_wait(step);
            }
            let (begins, untold) = (self.seen.outcome.is_none() && !step.moves(), self.untold);
            self.see(at, number);
            if begins {
                // Nobody is told of the status that they begin with, but of what waits when it is signed.
                self.untold = untold + u64::try_from(self.seen.less.len()).unwrap_or(u64::MAX);
            }
        }
        let works = |issuer: &Issuer| self.book.issuer(issuer).map(|known| known.region);
        if !step.of.shown.is_some_and(|shown| shown.is_beside(&step.rows, works)) {
            return Err(Why::ShownOtherwise);
        }
        if step.of.act == ActName::Transit {
            self.judge(self.untold > 0, Why::NotAnother)?;
            self.untold = self.untold.saturating_sub(1);
            self.unsaid.told();
        }
        Ok(())
    }

    /// That whoever did it for the person had been let do so, unless what let them has ended.
    fn done(&mut self, step: &Step<'_>) -> Result<(), Why> {
        let by = Let { record: &self.record, consented: self.consented };
        match self.law.doers.check(step, by)? {
            None => {}
            Some(true) => self.sound.for_others += 1,
            Some(false) if self.gone.letting.is_some_and(|gone| gone < self.last) => self.sound.unjudged += 1,
            Some(false) => return Err(Why::NotLet),
        }
        Ok(())
    }

    /// Lives on to the end of the log, where nothing more is said of the person.
    fn outlive(&mut self) {
        self.ruled(u64::MAX);
        self.pass(self.law.end);
    }

    /// Lives through what came into force before an entry.
    fn ruled(&mut self, before: u64) {
        let law = self.law;
        for (since, book) in law.between(self.last, before) {
            self.pass(since);
            self.book = Arc::clone(book);
            self.see(since, u64::MAX);
        }
    }

    /// Lives through whatever turned by itself up to an instant, each turn at its own: a program that was off tells of every one.
    fn pass(&mut self, at: Timestamp) {
        while self.holds <= at {
            let turn = self.holds;
            self.see(turn, u64::MAX);
            if self.holds <= turn {
                // What was decided later than this turn is seen as of then.
                self.see(at, u64::MAX);
                break;
            }
        }
    }

    /// Judges what was said, unless of that time something has ended; tells whether it did.
    fn judge(&mut self, follows: bool, why: Why) -> Result<bool, Why> {
        if self.is_past_judging() {
            self.sound.unjudged += 1;
            return Ok(false);
        }
        if !follows {
            return Err(why);
        }
        self.sound.judged += 1;
        Ok(true)
    }

    /// Whether something has ended of what counted at the last entry, which an end of data after it tells.
    fn is_past_judging(&self) -> bool {
        self.gone.deciding.first().is_some_and(|first| *first < self.last)
            && self.last < self.law.last_end().0
    }

    /// The lowest number up to which everything may have been signed if such a status was shown; none if it was not so, nor had been a
    /// moment before.
    fn least(&self, at: Timestamp, is_shown: impl Fn(Option<Outcome>, u64) -> bool) -> Option<u64> {
        let lately = self.before.iter().rev().take_while(|(until, _)| at.duration_since(*until) <= MOMENT);
        let seen = std::iter::once(&self.seen).chain(lately.map(|(_, seen)| seen));
        seen.filter_map(|seen| seen.least(self.floor, |outcome| is_shown(outcome, seen.ruleset))).min()
    }

    /// Witnesses are known to have signed up to there.
    fn signed(&mut self, number: u64) {
        self.floor = self.floor.max(number);
        self.record.later.retain(|entry| entry.number > self.floor);
    }

    /// The status at an instant, before an entry may have been signed; a change of it is a transition.
    fn see(&mut self, at: Timestamp, entry: u64) {
        let now = at.max(self.record.decided());
        let home = self.record.home();
        let rules = home.and_then(|home| self.book.ruleset_for(home, now));
        let turn = home.and_then(|home| self.book.rules_change(home, now, Timestamp::MAX));
        let (seen, by_facts) = match rules {
            None => (Seen::default(), None),
            Some(rules) => {
                let facts = self.record.counting(now);
                let counting = DomainRecord { facts: &facts, retractions: &[] };
                let status = assess(&rules.ruleset, &counting, self.book.risk(), now);
                let until = status.until().map(|day| rules.ruleset.zone.start_of(day));
                let mut until = until.and_then(|second| Timestamp::from_second(second).ok());
                let outcome = Some(status.outcome());
                let less = self.record.seen_with_less(outcome, self.floor, (&self.book, at));
                if self.record.may_turn(outcome) {
                    // What is seen without an entry may turn on any day.
                    let zone = &rules.ruleset.zone;
                    let day = Timestamp::from_second(zone.start_of(zone.day_of(now).plus(1)));
                    until = until.into_iter().chain(day.ok()).min();
                }
                (Seen { outcome, less, ruleset: rules.number.0 }, until)
            }
        };
        let lapses = self.record.lapses(now);
        self.holds = [turn, by_facts, lapses].into_iter().flatten().min().unwrap_or(Timestamp::MAX);
        if seen != self.seen {
            self.untold += self.seen.changes(&seen, self.floor, entry);
            let is_another = seen.outcome != self.seen.outcome;
            self.sound.transitions += u64::from(is_another);
            // Nobody is told of the status that they begin with.
            if is_another
                && [&seen, &self.seen].iter().all(|seen| seen.outcome.is_some())
                && !self.is_past_judging()
            {
                self.unsaid.changed(at, if entry == u64::MAX { self.last } else { entry });
            }
            self.before.push((at, std::mem::replace(&mut self.seen, seen)));
        }
    }

    /// Checks a row and takes it in; whether it may change what counts.
    fn row(&mut self, row: &PersonRow, act: ActName, at: Timestamp) -> Result<bool, Why> {
        match row {
            PersonRow::Registration(row) => self.record.registration = Some(row.clone()),
            PersonRow::Amendment(row) => {
                let next = self.record.amendments.last().map_or(1, |last| last.number + 1);
                if row.number != next {
                    return Err(Why::OutOfOrder);
                }
                let longest = SignedDuration::from_mins(ASSISTANCE_MINUTES) + MOMENT;
                let consented = self.consented.is_some_and(|then| at.duration_since(then) <= longest);
                self.judge(consented, Why::NoConsent)?;
                self.record.amendments.push(row.clone());
            }
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
                let by_appeal = row.issuer.class() == IssuerClass::Appeal && act == ActName::AnswerAppeal;
                if let Some(fact) = self.fact(row.fact)?
                    && !by_appeal
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
                    let shown = (Some(Outcome::Code(listed.color)), row.ruleset.0);
                    let least = self.least(at, |outcome, ruleset| (outcome, ruleset) == shown);
                    if self.judge(least.is_some(), Why::Color)? {
                        self.signed(least.unwrap_or(0));
                    }
                }
                self.record.codes.push(*row);
                return Ok(false);
            }
            PersonRow::Revocation(row) => {
                let code = self.record.codes.iter().find(|code| code.id == row.code);
                let color = code.and_then(|code| code.listed.as_ref()).map(|listed| listed.color);
                if let (RevocationReason::TooGood, Some(color)) = (row.why, color) {
                    let than = Outcome::Code(color);
                    let worse =
                        |outcome: Option<Outcome>| outcome.is_some_and(|outcome| is_worse(outcome, than));
                    let least = self.least(at, |outcome, _| worse(outcome));
                    if self.judge(least.is_some(), Why::NotWorse)? {
                        self.signed(least.unwrap_or(0));
                    }
                }
                return Ok(false);
            }
            PersonRow::Grant(row) => {
                self.record.grants.push(row.clone());
                return Ok(false);
            }
            PersonRow::Binding(row) => {
                self.record.bindings.push(*row);
                return Ok(false);
            }
            PersonRow::Request(_) | PersonRow::Disclosure(_) | PersonRow::Access(_) => return Ok(false),
        }
        Ok(true)
    }

    /// The fact that a row speaks about; none if it may be among those that have ended.
    fn fact(&self, id: FactId) -> Result<Option<&RecordedFact>, Why> {
        match self.record.fact(id) {
            Some(fact) => Ok(Some(fact)),
            None if self.gone.deciding.first().is_some_and(|gone| *gone < self.last) => Ok(None),
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
