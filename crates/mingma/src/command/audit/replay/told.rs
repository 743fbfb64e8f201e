//! What a replay has found in order, in lines and as JSON.

use std::num::NonZeroUsize;

use mingma_domain::Region;
use mingma_journal::checkpoint::Checkpoint;
use mingma_registry::replay::{Hands, InTime, LATE_DAYS, Noted, Offices, Sound};
use serde_json::{Value, json};

use super::super::open::by_choice;

/// What was found.
pub(super) struct Told<'t> {
    pub(super) sound: &'t Sound,
    /// As of which checkpoint.
    pub(super) made: &'t Checkpoint,
    /// How many entries were drawn, and how many openings were left aside; none of everybody.
    pub(super) drawn: Option<(usize, usize)>,
    /// How many were drawn by a checkpoint that the authority chose.
    pub(super) by_choice: Option<NonZeroUsize>,
    pub(super) offices: &'t Offices,
    /// Above which region there is no office.
    pub(super) top: Option<Region>,
    /// How many hands were held to the staff list.
    pub(super) staff: u64,
    pub(super) in_time: &'t InTime,
    /// By whose hands what counts came about, if that was asked.
    pub(super) hands: Option<&'t Hands>,
}

impl Told<'_> {
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.followed()];
        lines.extend(self.by_choice.map(|count| by_choice(count.get())));
        lines.push(by_offices(self.offices, self.top));
        lines.push(format!(
            "  hands under public acts, looks, and offices that stand in clear alone, as the staff list had them then: {}",
            self.staff
        ));
        lines.push(by_ends(self.in_time));
        lines.push(by_whom(self.hands));
        lines
    }

    pub(super) fn json(&self) -> Value {
        let sound = self.sound;
        let noted = |Noted { count, first }: Noted| json!({ "count": count, "first_entry": first });
        let Offices { agreed, emergencies, let_go, unforeseen, beside } = self.offices;
        let late = |late: &mingma_registry::replay::Late| json!({ "entry": late.entry, "kind": late.kind, "days": late.days });
        let hands = self.hands.map(|Hands { brought, made, agreed, emergencies, alone }| {
            json!({ "brought": brought, "made": made, "agreed": agreed, "emergencies": emergencies, "alone": alone })
        });
        json!({
            "log": self.made.origin.as_str(),
            "entries": self.made.size,
            "drawn": self.drawn.map(|(drawn, aside)| json!({
                "entries": drawn, "left_aside": aside, "by_the_authoritys_choice": self.by_choice.is_some(),
            })),
            "persons": sound.persons,
            "opened": sound.opened,
            "ended": sound.ended,
            "found_again": noted(sound.found),
            "facts": sound.facts,
            "signed": sound.signed,
            "of_before_signatures_were_kept": sound.unkept,
            "for_others": sound.for_others,
            "transitions": sound.transitions,
            "judged": sound.judged,
            "unjudged": sound.unjudged,
            "untold": { "count": sound.untold.count, "first_entry": sound.untold.first, "passed_over": sound.passed_over },
            "offices": {
                "agreed": agreed, "emergencies": emergencies, "let_go": let_go, "unforeseen": unforeseen,
                "beside": beside.iter().map(|region| region.code()).collect::<Vec<_>>(),
            },
            "on_the_staff_list": self.staff,
            "ends": { "count": self.in_time.ends, "late": self.in_time.late.iter().map(late).collect::<Vec<_>>() },
            "hands": hands,
        })
    }

    fn followed(&self) -> String {
        let Sound {
            opened,
            ended,
            persons,
            facts,
            signed,
            unkept,
            for_others,
            transitions,
            judged,
            unjudged,
            found,
            untold,
            passed_over,
        } = *self.sound;
        let whom = self.drawn.map_or_else(
            || "everybody".to_owned(),
            |(drawn, aside)| {
                format!(
                    "those whom {drawn} drawn entries are about; openings of others that were left aside unread: {aside}"
                )
            },
        );
        let first = |Noted { count, first }: Noted, what: &str| match first {
            Some(entry) => format!("{count}, the first {what} entry {entry}"),
            None => "none".to_owned(),
        };
        let passed_over = match untold.count {
            0 => String::new(),
            _ => format!(
                "; a day and more before somebody was told of another one: {passed_over}\n    no fault by itself: a folder that nobody serves tells nobody, and a program that was off tells later"
            ),
        };
        format!(
            "{} of {} entries: everything follows\n  \
             replayed: {whom}\n  persons: {persons}\n  entries opened: {opened}, ended: {ended}\n  \
             entries whose rows were taken out of the database beside the acts, and were found again: {}\n  facts: {facts}\n  \
             what issuers said, with a signature that holds: {signed}, of before signatures were kept: {unkept}\n  \
             what others did for a person who had let them: {for_others}\n  \
             transitions of a status: {transitions}\n  changes of a status after which their person was told nothing: {}{passed_over}\n  \
             codes, revocations and notices judged: {judged}, of a time that has ended: {unjudged}",
            self.made.origin,
            self.made.size,
            first(found, "of"),
            first(untold, "with or after"),
        )
    }
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
