//! What a draft would do, seen in the census that lives: the registry's port [`Foresight`].
//!
//! While the census is being built, the folder itself is looked at, as of one moment; the numbers are the same and take
//! longer. Everybody is compared with what the rules in force give them; a draft of rules touches those who live where it
//! would be in force, a draft of risk all. From the day on which it takes effect everybody is followed through the days to come, by what is known
//! now; and what takes effect later is looked at as if it did today, too. Whoever is worse off on any of these days counts, once.

mod looks;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use mingma_census::transition::{Law, Look, Shown};
use mingma_census::{Need, Work, job};
use mingma_domain::Region;
use mingma_domain::assess::Outcome;
use mingma_domain::fact::Color;
use mingma_domain::risk::RegionRisk;
use mingma_domain::time::{Day, Zone};
use mingma_domain::{RiskMap, Ruleset};
use mingma_registry::brake::{
    Blind, Current, Draft, Everybody, Foresight, Kept, Looking, Preview, RegionPreview, RegionShown, Share,
    Turned, What,
};
use mingma_registry::row::PublicRow;
use mingma_registry::sight::{ComingShift, Longest, OnDay, OutcomeShift, ReasonShift};
use mingma_registry::store::Published;
use mingma_registry::{Clock, Witnessed};

use crate::living::{InForce, Living, Seen, as_of_now};
use crate::{machine, memory};
use looks::Looks;

/// Sees beforehand in the census that lives.
pub(crate) struct OverLiving<C> {
    living: Arc<Living>,
    zone: Zone,
    data: PathBuf,
    witnessed: Arc<Witnessed>,
    looks: Arc<Looks>,
    clock: C,
}

impl<C: Clock> OverLiving<C> {
    /// Over the census of this folder, whose journal is witnessed so far, and whose days are reckoned in this zone.
    pub(crate) fn new(
        living: Arc<Living>,
        zone: Zone,
        (data, witnessed): (&Path, Arc<Witnessed>),
        clock: C,
    ) -> Self {
        Self { living, zone, data: data.to_owned(), witnessed, looks: Arc::default(), clock }
    }
}

#[async_trait]
impl<C: Clock> Foresight for OverLiving<C> {
    async fn foresee(&self, draft: &Draft) -> Result<Preview, Blind> {
        let seen = self.see(vec![draft.clone()], Depth::Sums).await?;
        seen.into_iter().next().ok_or_else(Blind::none)
    }

    async fn look(&self, drafts: &[Draft]) -> Result<Vec<Preview>, Blind> {
        self.see(drafts.to_vec(), Depth::Reasons).await
    }

    async fn everybody(&self) -> Result<Everybody, Blind> {
        let everybody = self.on(What::Everybody, |seen, _| Ok(everybody(&seen.look))).await?;
        Ok(Everybody { current: self.current().and_then(|current| current.at), ..everybody })
    }

    async fn turned(&self, here: Region) -> Result<Turned, Blind> {
        self.on(What::Turn, move |seen, work| turned(&seen.look, here, work)).await
    }

    fn looking(&self) -> Vec<Looking> {
        self.looks.all()
    }

    fn kept(&self) -> Option<Kept> {
        Some(self.living.kept())
    }

    fn current(&self) -> Option<Current> {
        let place = self.living.place()?;
        Some(Current { place, at: self.living.current() })
    }
}

/// How closely a draft is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// How many change, and where.
    Sums,
    /// Also why, and for how long: as much work again for each who changes.
    Reasons,
}

impl<C: Clock> OverLiving<C> {
    /// Looks once: whatever is compared is as of one moment.
    async fn see(&self, drafts: Vec<Draft>, depth: Depth) -> Result<Vec<Preview>, Blind> {
        let Some(first) = drafts.first() else { return Ok(Vec::new()) };
        let (what, zone, now) = (What::Draft(first.region()), self.zone.clone(), self.clock.now());
        self.on(what, move |seen, work| {
            drafts.iter().map(|draft| see((seen, &zone), draft, (now, depth), work)).collect()
        })
        .await
    }

    /// Looks at everybody, on every core; if nobody waits for it any more it stops. What is shared is looked at without a lock, so that
    /// whoever keeps it current goes on.
    async fn on<T: Send + 'static>(
        &self,
        what: What,
        look: impl FnOnce(&Seen, &Work<'_>) -> Result<T, String> + Send + 'static,
    ) -> Result<T, Blind> {
        let (living, zone, data) = (Arc::clone(&self.living), self.zone.clone(), self.data.clone());
        let as_of = (self.clock.now(), self.witnessed.number());
        // Whoever only counts everybody has nobody change.
        let drafts = u64::from(what != What::Everybody);
        let looks = Arc::clone(&self.looks);
        let waiting = looks.begin(what, as_of.0);
        let under_way = waiting.under_way();
        let job = move || {
            let seen = match living.look() {
                Some(seen) => seen,
                None => as_of_now(&data, &zone, as_of, &under_way.left).map_err(words)?,
            };
            let need = Need::of_a_look(seen.look.census().persons().into(), drafts);
            memory::enough(need, machine::free_memory()).map_err(words)?;
            let told = |done, of| under_way.is_at(done, of);
            look(&seen, &Work::default().on(machine::cores()).telling(&told).until(&under_way.left))
        };
        let blind = |reason: String| Blind { reason };
        let done = tokio::task::spawn_blocking(job).await.map_err(|error| blind(error.to_string()))?;
        drop(waiting);
        done.map_err(blind)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "errors are handed over where they end")]
fn words(error: impl ToString) -> String {
    error.to_string()
}

/// How many live where and are shown what.
fn everybody(look: &Look) -> Everybody {
    let census = look.census();
    let region = |(home, shown): (Option<Region>, Shown)| {
        let of = |outcome| shown.counts.of(outcome);
        let [green, yellow, red] =
            [Color::Green, Color::Yellow, Color::Red].map(|color| of(Outcome::Code(color)));
        let no_rules = shown.persons - shown.counts.total();
        let Shown { persons, .. } = shown;
        let (popup, no_code) = (of(Outcome::Popup), of(Outcome::NotIssued));
        RegionShown { region: home, persons, green, yellow, red, popup, no_code, no_rules }
    };
    Everybody {
        day: look.cursor().day,
        place: look.cursor().entry,
        current: None,
        persons: u64::from(census.persons()),
        facts: u64::try_from(census.facts()).unwrap_or(u64::MAX),
        regions: look.shown().into_iter().map(region).collect(),
    }
}

/// What the next turn of the day would change of those who live here.
fn turned(look: &Look, here: Region, work: &Work<'_>) -> Result<Turned, String> {
    let day = look.cursor().day.plus(1);
    let lives_here = |home: Option<Region>| home.is_some_and(|home| home.is_in(here));
    let preview = look.turned(day, &lives_here, work).map_err(words)?;
    let homes = look.census().homes().filter(|(home, _)| lives_here(*home));
    Ok(Turned {
        day,
        persons: homes.map(|(_, persons)| u64::from(persons)).sum(),
        shifts: preview.shifts.iter().map(shift).collect(),
        regions: regions(&preview.regions),
        reasons: preview.reasons.iter().map(reason).collect(),
    })
}

fn shift(shift: &job::Shift) -> OutcomeShift {
    let job::Shift { from, to, persons } = *shift;
    OutcomeShift { from, to, persons }
}

fn reason(gained: &job::Gained) -> ReasonShift {
    let job::Gained { code, text: _, of, gain, lose } = gained;
    ReasonShift { code: code.to_string(), of: Some(of.clone()), gain: *gain, lose: *lose }
}

/// Where anybody would be worse or better off, in the order of the regions; whoever has no home is in none.
fn regions(shifts: &[job::RegionShift]) -> Vec<RegionPreview> {
    let region = |shift: &job::RegionShift| {
        let job::RegionShift { region, persons, worse, longer, later, better } = *shift;
        region.map(|region| RegionPreview { region, persons, worse, longer, later, better, alone: 0 })
    };
    let mut regions: Vec<RegionPreview> = shifts.iter().filter_map(region).collect();
    regions.sort_by_key(|of| of.region.index());
    regions
}

fn see(
    (seen, zone): (&Seen, &Zone),
    draft: &Draft,
    (now, depth): (Timestamp, Depth),
    work: &Work<'_>,
) -> Result<Preview, String> {
    let today = seen.look.cursor().day;
    // Rules that take effect later are looked at on the day on which they do.
    let on = match draft {
        Draft::Rules(entry) => {
            let rules = Ruleset::parse(&entry.rules).ok();
            if let Some(other) = rules.as_ref().filter(|rules| rules.zone != *zone) {
                return Err(format!(
                    "the rules reckon their days in `{}`, the census does not",
                    other.zone.name()
                ));
            }
            rules.map_or(today, |rules| rules.effect.max(today))
        }
        Draft::Risk(risk) => risk.from.max(today),
    };
    let mut days = vec![(on, see_on((seen, zone), draft, (on, on, now, depth), work)?)];
    if on > today {
        // By then most of what people have today will be over, and other facts will have come: of today's city more is to be seen
        // by what the draft would do today.
        days.push((today, see_on((seen, zone), draft, (on, today, now, depth), work)?));
    }
    let census = seen.look.census();
    let hit: Vec<&job::Preview> = days.iter().map(|(_, foreseen)| foreseen).collect();
    let regions = regions(&job::together(census, &hit));
    let days = days.into_iter().filter(|_| depth == Depth::Reasons);
    let days = days.map(|(on, foreseen)| detail(on, census.persons().into(), foreseen)).collect();
    Ok(Preview { draft: draft.hash(), as_of: now, share: Share::default(), regions, days })
}

fn coming(shift: &job::ComingShift) -> ComingShift {
    let job::ComingShift { on, from, to, persons } = *shift;
    ComingShift { on, from, to, persons }
}

/// What is foreseen of a day, without whom it is about.
fn detail(on: Day, persons: u64, foreseen: job::Preview) -> OnDay {
    let longest = |stuck: job::Stuck| Longest {
        from: stuck.from,
        to: stuck.to,
        until: stuck.until,
        instead_of: stuck.instead_of,
        reasons: stuck.reasons.iter().map(ToString::to_string).collect(),
    };
    OnDay {
        on,
        persons,
        worse: foreseen.worse(),
        longer: foreseen.longer(),
        better: foreseen.better(),
        shifts: foreseen.shifts.iter().map(shift).collect(),
        coming: foreseen.coming.iter().map(coming).collect(),
        stricter_still: foreseen.stricter_still.iter().map(coming).collect(),
        reasons: foreseen.reasons.iter().map(reason).collect(),
        coming_reasons: foreseen.coming_reasons.iter().map(reason).collect(),
        longest: foreseen.stuck.into_iter().map(longest).collect(),
    }
}

/// What a draft that takes effect on one day would do from a day on, if it did so by then.
fn see_on(
    (seen, zone): (&Seen, &Zone),
    draft: &Draft,
    (effect, on, now, depth): (Day, Day, Timestamp, Depth),
    work: &Work<'_>,
) -> Result<job::Preview, String> {
    let row = match draft {
        Draft::Rules(entry) => PublicRow::Ruleset(entry.clone()),
        Draft::Risk(risk) => PublicRow::Risk(RegionRisk { from: risk.from.min(on), ..*risk }),
    };
    let published = Published { number: seen.book.last() + 1, entry: u64::MAX, at: now, alone: None, row };
    let after = Arc::new(seen.book.with(vec![published]).map_err(words)?);
    let law = InForce::new(after, zone.clone());
    let law = Forward { law, draft, effect };
    let foreseen = match depth {
        Depth::Sums => seen.look.foresee(&law, on, work),
        Depth::Reasons => seen.look.foresee_with_reasons(&law, on, work),
    };
    foreseen.map_err(words)
}

/// A law in which the rules of a draft are in force already for whom they will be when they take effect.
struct Forward<'d> {
    law: InForce,
    draft: &'d Draft,
    effect: Day,
}

impl Law for Forward<'_> {
    fn rules(&self, home: Region, today: Day) -> Option<&Ruleset> {
        let is_drafted = |rules: &&Ruleset| match self.draft {
            Draft::Rules(entry) => (rules.region, &rules.id) == (entry.region, &entry.id),
            Draft::Risk(_) => false,
        };
        let drafted = self.law.rules(home, self.effect.max(today)).filter(is_drafted);
        drafted.or_else(|| self.law.rules(home, today))
    }

    fn turns(&self, home: Region) -> Vec<Day> {
        self.law.turns(home)
    }

    fn risk(&self) -> &RiskMap {
        self.law.risk()
    }

    fn begins(&self, home: Region, day: Day) -> Option<u64> {
        self.law.begins(home, day)
    }

    fn risk_acts(&self) -> Vec<(u64, RegionRisk)> {
        self.law.risk_acts()
    }
}

#[cfg(test)]
mod tests;
