//! What is known of a person on a day, and for which days a pattern counts it.

use mingma_domain::assess::Record;
use mingma_domain::fact::Value;
use mingma_domain::fact::kind::Until;
use mingma_domain::region::Region;
use mingma_domain::risk::{Level, RegionRisk};
use mingma_domain::ruleset::Pattern;
use mingma_domain::time::{Day, Moment, Zone};

use super::Judge;

/// A civil day and, where it is known, the second.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stamp {
    pub(super) day: Day,
    pub(super) second: Option<i64>,
}

impl Stamp {
    fn of(moment: Moment, zone: &Zone) -> Self {
        let second = match moment {
            Moment::Day(_) => None,
            Moment::Instant(at, _) => Some(at.as_second()),
        };
        Self { day: zone.day(moment), second }
    }

    /// On a later day; or on the same, unless both have a time of day and this is the earlier one.
    pub(super) fn is_at_or_after(self, other: Self) -> bool {
        let earlier = matches!((self.second, other.second), (Some(this), Some(other)) if this < other);
        self.day > other.day || (self.day == other.day && !earlier)
    }
}

/// A fact that counts.
pub(super) struct Known {
    pub(super) place: usize,
    pub(super) value: Value,
    pub(super) begin: Stamp,
    /// `None` for an open period.
    pub(super) end: Option<Stamp>,
    pub(super) region: Option<Region>,
}

/// The facts that are neither taken back nor dated later than today.
pub(super) fn known(record: &Record<'_>, zone: &Zone, today: Day) -> Vec<Known> {
    let facts = record.facts.iter().enumerate();
    let counted = facts.filter(|(_, fact)| {
        // CHOICE: a retraction counts from the day of its moment on, as a fact does.
        let taken_back = record.retractions.iter().any(|r| zone.day(r.at()) <= today && r.takes_back(fact));
        zone.day(fact.at()) <= today && !taken_back
    });
    counted
        .map(|(place, fact)| {
            let begin = Stamp::of(fact.at(), zone);
            let end = match (fact.until(), fact.kind().spec().until) {
                (None, Until::Open) => None,
                (None, Until::None | Until::Required | Until::OneDay) => Some(begin),
                // CHOICE: in another zone than its writer's a period could end on the day before it began; then it
                // is one day long.
                (Some(until), _) => {
                    Some(Stamp::of(until, zone)).filter(|end| end.day >= begin.day).or(Some(begin))
                }
            };
            Known { place, value: fact.value(), begin, end, region: fact.region() }
        })
        .collect()
}

impl Known {
    /// Whether its retention is over: it is kept through the last of its `retention_days`.
    ///
    /// CHOICE: of an open period it is counted from the first day, for everything ends.
    pub(super) fn destroyed_by(&self, day: Day) -> bool {
        day > self.last_kept()
    }

    /// The last day on which it is kept.
    pub(super) fn last_kept(&self) -> Day {
        self.end.unwrap_or(self.begin).day.plus(self.value.kind().spec().retention_days)
    }
}

/// The days for which a pattern counts a fact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Spell {
    pub(super) first: Stamp,
    /// `None` for an open period.
    pub(super) last: Option<Stamp>,
}

impl Spell {
    /// The reference day of clearances: the last, or the first of an open period.
    ///
    /// CHOICE: the time of day at which a period of several days ended is not looked at.
    pub(super) fn reference(&self) -> Stamp {
        match self.last {
            None => self.first,
            Some(last) if last.day == self.first.day => self.first,
            Some(last) => Stamp { day: last.day, second: None },
        }
    }
}

impl Judge<'_> {
    /// The days for which the pattern counts the fact; `None` if the fact is not of the pattern.
    pub(super) fn spell(&self, pattern: &Pattern, fact: &Known) -> Option<Spell> {
        let within =
            |regions: &[Region]| fact.region.is_some_and(|at| regions.iter().any(|region| at.is_in(*region)));
        let from = if let Value::Entry(country) = fact.value { Some(country) } else { None };
        let dose = if let Value::Vaccination(dose) = fact.value { dose.get() } else { 0 };
        let is_meant = pattern.words.contains(fact.value.word())
            && (pattern.regions.is_empty() || within(&pattern.regions))
            && !within(&pattern.not_regions)
            && (pattern.countries.is_empty() || from.is_some_and(|c| pattern.countries.contains(&c)))
            && !from.is_some_and(|c| pattern.not_countries.contains(&c))
            && dose >= pattern.min_dose;
        if !is_meant {
            return None;
        }
        let Some(levels) = pattern.risk else { return Some(Spell { first: fact.begin, last: fact.end }) };
        let (region, end) = (fact.region?, fact.end?);
        let mut days = Vec::new();
        let mut day = fact.begin.day;
        while day <= end.day {
            if level(self.acts, region, day).is_some_and(|level| levels.contains(level)) {
                days.push(day);
            }
            day = day.plus(1);
        }
        // CHOICE: the fact's own time of day stands only on the fact's own first and last day.
        let stamp = |day: Day, own: Stamp| if day == own.day { own } else { Stamp { day, second: None } };
        Some(Spell { first: stamp(*days.first()?, fact.begin), last: Some(stamp(*days.last()?, end)) })
    }
}

/// The level of a region on a day: of the acts around it that hold that day, the narrowest; of those about one
/// region the one that began last; of those that began together the one made last.
fn level(acts: &[RegionRisk], region: Region, day: Day) -> Option<Level> {
    let mut found: Option<&RegionRisk> = None;
    for act in acts {
        let holds = act.from <= day && act.until.is_none_or(|until| day <= until);
        let supersedes = found.is_none_or(|former| {
            if act.region == former.region {
                act.from >= former.from
            } else {
                act.region.is_in(former.region)
            }
        });
        if holds && region.is_in(act.region) && supersedes {
            found = Some(act);
        }
    }
    found.map(|act| act.level)
}
