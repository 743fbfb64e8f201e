//! Whom a draft touches, one by one, with what it says of them: for whoever holds everybody's facts themselves.

use mingma_domain::assess::Status;
use mingma_domain::time::Day;

use super::ahead::span_on;
use super::preview::{Hit, Preview, spans};
use crate::columns::{Census, Number};
use crate::program::Program;

/// Somebody whom a draft touches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Touched {
    /// Who.
    pub number: Number,
    /// How.
    pub hit: Hit,
    /// From which day on.
    pub on: Day,
    /// What they are on that day by today's rules; none where those have ended by then.
    pub before: Option<Status>,
    /// What they would be by the draft.
    pub after: Option<Status>,
}

/// Everybody whom a draft touches, in the order of numbers: each on the day of the comparison or, if they would be worse off only later, on the
/// first such day.
///
/// The preview must be that of these two.
pub fn touched<'a>(
    census: &'a Census,
    (today, draft): (&'a Program<'a>, &'a Program<'a>),
    preview: &'a Preview,
) -> impl Iterator<Item = Touched> {
    let spans = spans(today, draft);
    preview.hits().map(move |(number, hit)| {
        let on = if let Hit::Later(day) = hit { day } else { today.today() };
        let status = |program: Option<&Program<'_>>| Some(census.status_on(program?, number, on)?.status);
        let [before, after] = span_on(&spans, on).map_or([None, None], |(span, _)| [span.before, span.after]);
        Touched { number, hit, on, before: status(before), after: status(after) }
    })
}
