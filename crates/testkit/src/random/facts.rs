//! Random facts, retractions and acts about regions, as statements of text.

use jiff::Timestamp;
use jiff::tz::Offset;
use mingma_domain::time::{Day, Zone};
use proptest::prelude::*;
use proptest::sample::select;

use super::rules::REGIONS;
use crate::build::fact;

/// A fact before it is known in which zone and around which day it lies.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    word: &'static str,
    day: u16,
    /// How long a period is; `None` for an open one.
    days: Option<u16>,
    /// Seconds from the beginning of the day, and of the last day.
    time: Option<i64>,
    last_time: Option<i64>,
    region: &'static str,
    in_utc: bool,
    /// How often it was submitted.
    copies: usize,
}

const WORDS: &[(u32, &str)] = &[
    (14, "contact close"),
    (4, "contact secondary"),
    (2, "contact general"),
    (12, "test negative"),
    (3, "test positive"),
    (1, "test pooled-positive"),
    (1, "test inconclusive"),
    (9, "checkin well"),
    (2, "checkin unwell"),
    (8, "isolation central"),
    (4, "isolation home"),
    (4, "release ended"),
    (2, "release early"),
    (5, "stay declared"),
    (3, "stay ticket"),
    (4, "stay carrier"),
    (3, "stay venue"),
    (5, "screening due"),
    (4, "diagnosis confirmed"),
    (3, "diagnosis suspected"),
    (2, "discharge recovered"),
    (2, "discharge excluded"),
    (1, "symptom fever"),
    (1, "symptom cough"),
    (1, "entry JP"),
    (1, "entry DE"),
    (1, "vaccination 1"),
    (1, "vaccination 3"),
    (2, "foreign-status green"),
    (1, "foreign-status yellow"),
    (4, "foreign-status red"),
];

/// Seconds from the beginning of a civil day: its own edges, the last second of the day before, and times 24 hours
/// apart or a minute less.
pub(super) fn time_of_day() -> impl Strategy<Value = i64> {
    select(vec![0, 1, -1, 28_800, 28_740, 32_400, 43_200, 86_399, 72_000])
}

pub(super) fn draft() -> impl Strategy<Value = Draft> {
    let word = select(WORDS.iter().flat_map(|(n, word)| vec![*word; *n as usize]).collect::<Vec<_>>());
    let day = prop_oneof![6 => 0_u16..16, 2 => 0_u16..40, 1 => 30_u16..70];
    let days = prop_oneof![4 => (0_u16..12).prop_map(Some), 1 => Just(None)];
    let copies = prop_oneof![9 => Just(1_usize), 1 => Just(2)];
    let region = select(REGIONS.to_vec());
    let times = (prop::option::of(time_of_day()), prop::option::weighted(0.3, time_of_day()));
    (word, day, days, times, region, any::<bool>(), copies).prop_map(
        |(word, day, days, (time, last_time), region, in_utc, copies)| Draft {
            word,
            day,
            days,
            time,
            last_time,
            region,
            in_utc,
            copies,
        },
    )
}

impl Draft {
    /// The statements: one, or one a day.
    fn statements(&self, zone: &Zone, anchor: Day) -> Vec<String> {
        let kind = self.word.split(' ').next().unwrap();
        let timeless = self.word == "stay carrier";
        let first = anchor.plus(self.day);
        let moment = |day: Day, time: Option<i64>| match time.filter(|_| !timeless) {
            None => day.to_string(),
            Some(time) => {
                let at = Timestamp::from_second(zone.start_of(day) + time).unwrap();
                let offset = Offset::from_seconds(8 * 3_600).unwrap();
                if self.in_utc { at.to_string() } else { at.display_with_offset(offset).to_string() }
            }
        };
        let region = if matches!(kind, "stay" | "entry" | "foreign-status") { self.region } else { "" };
        let is_period = matches!(kind, "stay" | "screening" | "isolation" | "foreign-status");
        let days = if kind == "screening" { Some(self.days.unwrap_or(0)) } else { self.days };
        let mut lines = Vec::new();
        if let Some(days) = days.filter(|_| is_period) {
            // Two days later at least, where a time of day could otherwise turn the period round.
            let days = if self.last_time.is_some() || self.time.is_some() { days + 2 } else { days };
            let when = format!("{}..{}", moment(first, self.time), moment(first.plus(days), self.last_time));
            lines.push(format!("{} {when} {region}", self.word));
        } else if matches!(self.word, "checkin well" | "test negative") {
            // A streak of check-ins; up to three tests, 24 hours apart but for a change of the clock.
            let streak = self.days.unwrap_or(0) % if kind == "test" { 3 } else { u16::MAX };
            lines.extend((0..=streak).map(|n| format!("{} {}", self.word, moment(first.plus(n), self.time))));
        } else {
            lines.push(format!("{} {} {region}", self.word, moment(first, self.time)));
        }
        vec![lines; self.copies].concat()
    }
}

/// An act about a region: which, its level, its first day, its length.
pub(super) type ActDraft = (&'static str, &'static str, u16, Option<u16>);

pub(super) fn act() -> impl Strategy<Value = ActDraft> {
    let level = select(vec!["low", "medium", "high", "lockdown"]);
    (select(REGIONS.to_vec()), level, 0_u16..30, prop::option::of(0_u16..15))
}

/// A retraction: of which fact, on which day, by an appeal or by the issuer.
pub(super) type RetractionDraft = (prop::sample::Index, u16, bool);

pub(super) fn retraction() -> impl Strategy<Value = RetractionDraft> {
    (any::<prop::sample::Index>(), 0_u16..50, any::<bool>())
}

pub(super) fn statements(
    drafts: &[Draft],
    acts: &[ActDraft],
    retractions: &[RetractionDraft],
    zone: &Zone,
    anchor: Day,
) -> String {
    let mut lines: Vec<String> = drafts.iter().flat_map(|draft| draft.statements(zone, anchor)).collect();
    let facts = lines.clone();
    for (which, day, by_appeal) in retractions {
        if facts.is_empty() {
            continue;
        }
        let taken = fact(which.get::<String>(&facts));
        let issuer = if *by_appeal { "appeal".to_owned() } else { taken.issuer().to_string() };
        lines.push(format!("retract {taken} {} by {issuer}", anchor.plus(*day)));
    }
    for (region, level, from, days) in acts {
        let until = days.map_or(String::new(), |days| anchor.plus(from + days).to_string());
        lines.push(format!("risk {region} {level} {}..{until}", anchor.plus(*from)));
    }
    lines.join("; ")
}
