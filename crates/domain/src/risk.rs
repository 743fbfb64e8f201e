//! Risk levels of regions: acts of an authority about places, never about a person.

use crate::region::Region;
use crate::time::Day;
use crate::words::words;

words! {
    /// How risky a region is. A level is a name, not a rank: each ruleset says which levels it reads.
    Level, "a risk level" {
        /// 低风险.
        Low = "low",
        /// 中风险.
        Medium = "medium",
        /// 高风险.
        High = "high",
        /// 防范区.
        Precaution = "precaution",
        /// 管控区.
        Control = "control",
        /// 封控区.
        Lockdown = "lockdown",
        /// 重点疫区, the word of early 2020.
        Focus = "focus",
    }
}

/// A set of levels.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LevelSet(u8);

impl LevelSet {
    /// This set and one level more.
    #[must_use]
    pub const fn with(self, level: Level) -> Self {
        Self(self.0 | 1 << level as u8)
    }

    /// Whether the level is in it.
    #[must_use]
    pub const fn contains(self, level: Level) -> bool {
        self.0 & (1 << level as u8) != 0
    }

    /// The levels in it.
    pub fn iter(self) -> impl Iterator<Item = Level> {
        Level::ALL.iter().copied().filter(move |level| self.contains(*level))
    }
}

/// One act: a region has a level from a day to a day, both included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RegionRisk {
    /// Which region; the regions in it have the level too, unless an act names them.
    pub region: Region,
    /// Its level.
    pub level: Level,
    /// From this day on, included.
    pub from: Day,
    /// To this day, included; `None` while it goes on.
    pub until: Option<Day>,
}

/// Days during which one region has one level.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RiskSpan {
    /// The first day.
    pub first: Day,
    /// The day after the last.
    pub end: Day,
    /// The level.
    pub level: Level,
}

/// The risk levels of every region on every day, resolved once and then only looked up.
///
/// On a day, a region has the level of the narrowest region around it that an act names for that day. Of two acts
/// about one region the one that began later holds, and of two that began on one day the later one in the list,
/// as an act supersedes the former.
#[derive(Clone, Debug, Default)]
pub struct RiskMap {
    /// By [`Region::index`]: which of `spans` is the region's, counted from 1; 0 where no act reaches.
    places: Vec<u16>,
    /// Spans of one region are disjoint and in order.
    spans: Vec<Box<[RiskSpan]>>,
    acts: Vec<RegionRisk>,
}

impl RiskMap {
    /// The map of these acts, in the order in which they were made.
    #[must_use]
    pub fn new(acts: &[RegionRisk]) -> Self {
        if acts.is_empty() {
            return Self::default();
        }
        let mut named = vec![false; Region::COUNT];
        for act in acts {
            if let Some(named) = named.get_mut(usize::from(act.region.index())) {
                *named = true;
            }
        }
        let is_named = |region: Region| named.get(usize::from(region.index())).is_some_and(|named| *named);
        let mut places = vec![0; Region::COUNT];
        let mut spans = Vec::new();
        for (region, place) in Region::all().zip(&mut places) {
            // Most regions no act reaches, and of these nothing is resolved.
            if region.ancestors().any(is_named) {
                spans.push(resolve(region, acts));
                // There are not more spans than regions, whose number has sixteen bits.
                *place = u16::try_from(spans.len()).unwrap_or(0);
            }
        }
        Self { places, spans, acts: acts.to_vec() }
    }

    /// The regions that an act reaches, in order.
    pub fn regions(&self) -> impl Iterator<Item = Region> {
        Region::all().zip(&self.places).filter(|(_, place)| **place > 0).map(|(region, _)| region)
    }

    /// The acts that it was made of.
    #[must_use]
    pub fn acts(&self) -> &[RegionRisk] {
        &self.acts
    }

    /// The days on which a region has a level, disjoint and in order.
    #[must_use]
    pub fn spans(&self, region: Region) -> &[RiskSpan] {
        let place = self.places.get(usize::from(region.index())).copied().unwrap_or(0);
        usize::from(place).checked_sub(1).and_then(|at| self.spans.get(at)).map_or(&[], |spans| spans)
    }

    /// The level of a region on a day.
    #[must_use]
    pub fn level(&self, region: Region, day: Day) -> Option<Level> {
        self.spans(region).iter().find(|span| (span.first..span.end).contains(&day)).map(|span| span.level)
    }

    /// The first and the last day within `first..=last` on which the region has one of the levels.
    #[must_use]
    pub fn exposure(&self, region: Region, levels: LevelSet, first: Day, last: Day) -> Option<(Day, Day)> {
        let mut overlap = self
            .spans(region)
            .iter()
            .filter(|span| levels.contains(span.level) && span.first <= last && first < span.end)
            .map(|span| (span.first.max(first), span.end.minus(1).min(last)));
        let (from, to) = overlap.next()?;
        Some((from, overlap.next_back().map_or(to, |(_, to)| to)))
    }
}

/// The spans of one region: from every boundary to the next, the level that holds there.
fn resolve(region: Region, acts: &[RegionRisk]) -> Box<[RiskSpan]> {
    let around: Vec<&RegionRisk> = acts.iter().filter(|act| region.is_in(act.region)).collect();
    if around.is_empty() {
        return Box::default();
    }
    let end = |act: &RegionRisk| act.until.map_or(Day::NEVER, |until| until.plus(1));
    let mut bounds: Vec<Day> = around.iter().flat_map(|act| [act.from, end(act)]).collect();
    bounds.sort_unstable();
    bounds.dedup();
    let mut spans: Vec<RiskSpan> = Vec::new();
    for (first, next) in bounds.iter().zip(bounds.iter().skip(1)) {
        let holding = around.iter().filter(|act| act.from <= *first && *first < end(act));
        // `max_by_key` keeps the last of equals, which is the act made last.
        let Some(act) = holding.max_by_key(|act| (act.region.ancestors().count(), act.from)) else {
            continue;
        };
        match spans.last_mut() {
            Some(former) if former.end == *first && former.level == act.level => former.end = *next,
            _ => spans.push(RiskSpan { first: *first, end: *next, level: act.level }),
        }
    }
    spans.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(region: &str, level: &str, from: &str, until: &str) -> RegionRisk {
        RegionRisk {
            region: region.parse().unwrap(),
            level: level.parse().unwrap(),
            from: from.parse().unwrap(),
            until: until.parse().ok(),
        }
    }

    fn level(map: &RiskMap, region: &str, day: &str) -> Option<&'static str> {
        map.level(region.parse().unwrap(), day.parse().unwrap()).map(Level::word)
    }

    #[test]
    fn a_county_has_its_citys_level_unless_an_act_names_the_county() {
        let map = RiskMap::new(&[
            act("410100", "medium", "2022-06-01", ""),
            act("410105", "high", "2022-06-05", "2022-06-07"),
        ]);
        assert_eq!(level(&map, "410105", "2022-05-31"), None);
        assert_eq!(level(&map, "410105", "2022-06-04"), Some("medium"));
        assert_eq!(level(&map, "410105", "2022-06-05"), Some("high"));
        assert_eq!(level(&map, "410105", "2022-06-07"), Some("high"));
        assert_eq!(level(&map, "410105", "2022-06-08"), Some("medium"));
        assert_eq!(level(&map, "410100", "2022-06-05"), Some("medium"));
        assert_eq!(level(&map, "420100", "2022-06-05"), None);
    }

    #[test]
    fn a_later_act_supersedes_an_earlier_one() {
        let map = RiskMap::new(&[
            act("410105", "high", "2022-06-01", ""),
            act("410105", "low", "2022-06-10", ""),
            act("410105", "medium", "2022-06-10", "2022-06-10"),
        ]);
        assert_eq!(level(&map, "410105", "2022-06-09"), Some("high"));
        assert_eq!(level(&map, "410105", "2022-06-10"), Some("medium"));
        assert_eq!(level(&map, "410105", "2022-06-11"), Some("low"));
    }

    #[test]
    fn exposure_is_the_first_and_last_day_of_a_stay_at_a_level() {
        let map = RiskMap::new(&[act("410105", "high", "2022-06-05", "2022-06-07")]);
        let exposure = |first: &str, last: &str| {
            let high = LevelSet::default().with(Level::High);
            map.exposure("410105".parse().unwrap(), high, first.parse().unwrap(), last.parse().unwrap())
                .map(|(from, to)| format!("{from} {to}"))
        };
        assert_eq!(exposure("2022-06-01", "2022-06-04"), None);
        assert_eq!(exposure("2022-06-01", "2022-06-06").unwrap(), "2022-06-05 2022-06-06");
        assert_eq!(exposure("2022-06-07", "2022-06-09").unwrap(), "2022-06-07 2022-06-07");
        assert_eq!(exposure("2022-06-08", "2022-06-09"), None);
    }
}
