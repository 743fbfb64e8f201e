//! The days to come: by which rules those of a home region are judged on them, and what somebody is shown by both laws, by what is known now.
//!
//! Between two changes of what a person's facts amount to nothing happens, so nobody steps from day to day: the evaluator says until when its
//! answer holds. Persons who have the same facts have the same future, which is asked once.

use std::ops::ControlFlow;

use mingma_domain::Region;
use mingma_domain::assess::Event;
use mingma_domain::time::Day;

use super::alike::Alike;
use super::turn::{changes, counting};
use crate::columns::{Census, Home, Known, Number};
use crate::outcomes::{NO_RULES, code};
use crate::program::Program;

/// By which rules those of a home region are judged from a day on, up to the next; by none where the two laws are one.
#[derive(Clone, Copy)]
pub(crate) struct Span<'r, 'p> {
    pub(super) from: Day,
    /// By those in force; none where there are none.
    pub(super) before: Option<&'r Program<'p>>,
    /// By the draft.
    pub(super) after: Option<&'r Program<'p>>,
}

impl<'r, 'p> Span<'r, 'p> {
    pub(crate) fn new(from: Day, before: Option<&'r Program<'p>>, after: Option<&'r Program<'p>>) -> Self {
        match (before, after) {
            (Some(old), Some(new)) if old.says_the_same(new) => Self { from, before: None, after: None },
            _ => Self { from, before, after },
        }
    }

    pub(super) const fn differs(&self) -> bool {
        self.before.is_some() || self.after.is_some()
    }
}

/// The span in which a day lies, and when the next one begins; none before the first.
pub(super) fn span_on<'s, 'r, 'p>(
    spans: &'s [Span<'r, 'p>],
    day: Day,
) -> Option<(&'s Span<'r, 'p>, Option<Day>)> {
    let next = spans.partition_point(|span| span.from <= day);
    Some((spans.get(next.checked_sub(1)?)?, spans.get(next).map(|span| span.from)))
}

/// The days to come of those of a home region, from the day on which everybody is compared.
pub(crate) type Ahead<'r, 'p> = &'r (dyn Fn(Option<Region>) -> &'r [Span<'r, 'p>] + Sync);

/// What somebody is shown by the rules in force on a day, and by the draft.
pub(super) type Shown = (u8, u8);

/// What is asked of the future of those of the home regions that have these days to come.
pub(super) struct Futures<'r, 'p, T> {
    census: &'r Census,
    pub(super) spans: &'r [Span<'r, 'p>],
    pub(super) on: Day,
    alike: Alike<'r, T>,
    events: Vec<Known>,
    known: Vec<Event>,
}

impl<'r, 'p, T: Copy + Default> Futures<'r, 'p, T> {
    pub(super) fn new(census: &'r Census, spans: &'r [Span<'r, 'p>], on: Day) -> Self {
        let programs = spans.iter().flat_map(|span| [span.before, span.after]).flatten();
        let alike = Alike::under(census, programs);
        Self { census, spans, on, alike, events: Vec::new(), known: Vec::new() }
    }

    /// Whether these are the days to come that are kept.
    pub(super) fn are_of(&self, spans: &[Span<'_, '_>]) -> bool {
        std::ptr::eq(self.spans, spans)
    }

    /// The answer about a person, which is gathered from [`follow`]; it must follow from their facts alone.
    pub(super) fn of(
        &mut self,
        home: &Home,
        number: Number,
        mut see: impl FnMut(&mut T, Day, Shown) -> ControlFlow<()>,
    ) -> T {
        let Self { census, spans, on, alike, events, known } = self;
        alike.of(home, number, || {
            events.clear();
            census.each_event(number, &mut |event, taken_back| events.push((event, taken_back)));
            let mut answer = T::default();
            follow((spans, *on), events, known, |day, shown| see(&mut answer, day, shown));
            answer
        })
    }
}

/// Sees what somebody with these facts is shown on a day and on each later one on which it may be something else, in their order, until enough is
/// seen or nothing changes any more. Where the two laws are one, neither shows anything.
pub(super) fn follow(
    (spans, on): (&[Span<'_, '_>], Day),
    events: &[Known],
    known: &mut Vec<Event>,
    mut see: impl FnMut(Day, Shown) -> ControlFlow<()>,
) {
    let mut next = Some(on);
    while let Some(day) = next.filter(|day| *day <= Day::LAST)
        && let Some((span, turn)) = span_on(spans, day)
    {
        next = turn;
        let mut shown = (NO_RULES, NO_RULES);
        if span.differs() {
            counting(events, day, known);
            let by = |program: Option<&Program<'_>>| match program {
                Some(program) => {
                    let (outcome, until) = program.judge().outcome(known, day);
                    (code(outcome), Some(until))
                }
                None => (NO_RULES, None),
            };
            let ((from, before), (to, after)) = (by(span.before), by(span.after));
            shown = (from, to);
            next = turn.into_iter().chain(changes(events, [before, after], day)).min();
        }
        if see(day, shown).is_break() {
            return;
        }
    }
}
