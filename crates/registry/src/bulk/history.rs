//! Whether what an issuer does departs from its own history: arithmetic on what was counted, hour by hour.
//!
//! Three windows are looked at, each ending with the present hour: the hour, a day, a week. The short one sees what comes at
//! once, the long one what drips. Each is held against the same windows of the eight weeks before, by a bound that knows how
//! uneven the issuer has been: a tracer's contacts come in clusters, a border post's travellers by the ship.
//!
//! What an issuer was told of enters its history as much as would have been like it then, and no more. So nobody gets used to
//! an abuse, and a district that has grown is told of a few times and not for ever.

use std::cell::LazyCell;
use std::collections::BTreeMap;

use crate::words::Span;

/// For how many days back an issuer's windows are read: eight weeks, so that each weekday is there eight times.
pub const HISTORY_DAYS: i64 = 56;
/// How many hours are read: the first window of a week begins a week before the first day.
pub const HISTORY_HOURS: i64 = (HISTORY_DAYS + 7) * DAY;
/// An issuer that did nothing of the sort before so many days has no history: what is notable of it is told of.
pub const NEWCOMER_DAYS: i64 = 14;
/// How many standard deviations beyond its mean a window is unlike an issuer. One in three hundred thousand windows is, by chance
/// alone: of the 26,000 windows of a year none. What honest issuers raise in a year is simulated in `tests/it/history.rs`.
pub const DEVIATIONS: f64 = 4.5;
/// Once told of, an issuer is told of again within a week when so many times as many rows have come within as long, or longer.
pub const TOLD_AGAIN: u64 = 2;
/// One in so many windows, the largest, counts as the next one: what was never noticed makes nobody used to it.
const WINSORISED: usize = 50;
const DAY: i64 = 24;

/// From so many rows within a span on an issuer is compared with its history: a household with its visitors, a bus, two buses.
#[must_use]
pub const fn notable(span: Span) -> u64 {
    match span {
        Span::Hour => 20,
        Span::Day => 50,
        Span::Week => 100,
    }
}

/// How many hours a span has.
#[must_use]
pub const fn hours(span: Span) -> i64 {
    match span {
        Span::Hour => 1,
        Span::Day => DAY,
        Span::Week => 7 * DAY,
    }
}

/// What is unlike an issuer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unlike {
    /// In which span, ending with the present hour.
    pub span: Span,
    /// How many rows came in it.
    pub rows: u64,
    /// How many would have been like it.
    pub usual: u64,
}

/// An alarm that was raised in an hour, counted from 1970.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Told {
    /// The hour.
    pub hour: i64,
    /// What it said.
    pub of: Unlike,
}

impl Told {
    /// As much of what came in an hour as would have been like the issuer.
    fn usual(&self, hour: i64, rows: u64) -> u64 {
        let Unlike { span, rows: all, usual } = self.of;
        let covers = (self.hour - hours(span) + 1..=self.hour).contains(&hour);
        if covers { (rows * usual).div_ceil(all.max(1)).min(rows) } else { rows }
    }
}

/// What is unlike an issuer in the present hour, given how many rows came in which hour up to and with it, and what was told
/// of it. None if it is like itself, or if what is unlike it was told of, of as long or shorter, and has not doubled since.
#[must_use]
pub fn unlike(rows: &BTreeMap<i64, u64>, told: &[Told], now: i64) -> Option<Unlike> {
    let within = |hours: i64| rows.range(now - hours + 1..=now).map(|(_, rows)| rows).sum::<u64>();
    let week = hours(Span::Week);
    // What was told of a short window is in the long ones, too; what was told of a long one says nothing of how the next rows come.
    let again = |span| {
        let said = told.iter().filter(|told| told.hour <= now && now - told.hour < week);
        let said = said.filter(|told| hours(told.of.span) <= hours(span));
        said.map(|told| told.of.rows * TOLD_AGAIN).max().unwrap_or(0)
    };
    let history = LazyCell::new(|| {
        Sums::of(now, |hour| {
            let came = rows.get(&hour).copied().unwrap_or(0);
            told.iter().map(|told| told.usual(hour, came)).min().unwrap_or(came)
        })
    });
    let began =
        rows.range(now - HISTORY_HOURS + 1..).find(|(_, rows)| **rows > 0).map_or(now, |(hour, _)| *hour);
    // The longest first: it says most of what came.
    [Span::Week, Span::Day, Span::Hour].into_iter().find_map(|span| {
        let came = within(hours(span));
        if came < notable(span) || came < again(span) {
            return None;
        }
        let usual = bound(&history, (began, now), span).max(notable(span) - 1);
        (came > usual).then_some(Unlike { span, rows: came, usual })
    })
}

/// How many rows within a span ending now would be like the issuer.
///
/// # Source
/// C. P. Farrington et al., A statistical algorithm for the early detection of outbreaks of infectious disease (1996): the upper
/// bound of a count with mean μ whose variance is φ times that, after a 2/3-power transformation that makes it symmetric.
fn bound(history: &Sums, (began, now): (i64, i64), span: Span) -> u64 {
    if now - began < NEWCOMER_DAYS * DAY {
        return 0;
    }
    let windows = |span: Span| {
        let near = if matches!(span, Span::Hour) { -1..=1 } else { 0..=0 };
        // No window that the present one overlaps.
        let first = (hours(span) / DAY).max(1);
        let ends = (first..=HISTORY_DAYS).flat_map(|day| near.clone().map(move |by| now - day * DAY + by));
        let ends = ends.filter(|end| end - hours(span) >= began - 1);
        spread(ends.map(|end| history.within(end, hours(span))).collect())
    };
    let days = windows(Span::Day);
    let (mean, dispersion, independent) = match span {
        // A ship that came at ten may come at four.
        Span::Hour => {
            let hours = windows(Span::Hour);
            (hours.mean.max(days.mean / 24.0), hours.dispersion.max(days.dispersion), HISTORY_DAYS)
        }
        Span::Day => (days.mean, days.dispersion, HISTORY_DAYS),
        // Of weeks there are too few to tell their mean.
        Span::Week => {
            (days.mean * 7.0, windows(Span::Week).dispersion.max(days.dispersion), HISTORY_DAYS / 7)
        }
    };
    farrington(Spread { mean, dispersion }, independent)
}

/// The mean of windows, and how many times it their variance is: 1 where rows come one by one by chance, more where they cluster.
#[derive(Clone, Copy, Debug)]
struct Spread {
    mean: f64,
    dispersion: f64,
}

#[expect(clippy::cast_precision_loss, reason = "rows of windows are far below 2^52")]
fn spread(mut windows: Vec<u64>) -> Spread {
    windows.sort_unstable();
    let cut = windows.len() - windows.len() / WINSORISED;
    let largest = windows.get(cut.saturating_sub(1)).copied().unwrap_or(0);
    let number = windows.len().max(1) as f64;
    let values = || windows.iter().map(|rows| (*rows).min(largest) as f64);
    // Where nothing ever came, one may have been about to.
    let mean = (values().sum::<f64>() / number).max(1.0 / number);
    let variance = values().map(|rows| (rows - mean) * (rows - mean)).sum::<f64>() / number;
    Spread { mean, dispersion: (variance / mean).max(1.0) }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a bound of a count is positive and far below 2^52"
)]
fn farrington(spread: Spread, windows: i64) -> u64 {
    let Spread { mean, dispersion } = spread;
    // The mean is itself an estimate of so many windows.
    let error = dispersion * (1.0 + 1.0 / windows as f64) / mean;
    let grown = 1.0 + 2.0 / 3.0 * DEVIATIONS * error.sqrt();
    (mean * grown * grown.sqrt()) as u64
}

/// Sums over the hours up to the present one.
struct Sums {
    now: i64,
    /// At each place the sum of all hours before it.
    before: Vec<u64>,
}

impl Sums {
    fn of(now: i64, mut hour: impl FnMut(i64) -> u64) -> Self {
        let mut before = vec![0];
        let mut sum = 0;
        for back in (0..HISTORY_HOURS).rev() {
            sum += hour(now - back);
            before.push(sum);
        }
        Self { now, before }
    }

    /// The sum of so many hours that end with this one.
    fn within(&self, end: i64, hours: i64) -> u64 {
        let until = |hour: i64| {
            let place = usize::try_from(HISTORY_HOURS - (self.now - hour)).unwrap_or(0);
            self.before.get(place.min(self.before.len() - 1)).copied().unwrap_or(0)
        };
        until(end).saturating_sub(until(end - hours))
    }
}
