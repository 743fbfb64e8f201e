//! What a draft would do, before it is published: tables and a plot that an official reads, and what can then be done —
//! publish it, propose it to a second office, or go ahead in an emergency. Numbers of persons, and nobody.

mod reasons;

use axum::response::{IntoResponse as _, Redirect, Response};
use mingma_domain::assess::Outcome;
use mingma_domain::fact::Color;
use mingma_registry::Book;
use mingma_registry::acts::{
    AppointError, BrakeError, EMERGENCY_DAYS, Held, LookAhead, PROPOSAL_HOURS, Propose, PublishError,
    PublishInEmergency, SetRiskError, look_ahead, propose, publish_in_emergency,
};
use mingma_registry::brake::{ALONE_DAYS, Draft, Preview, RegionPreview};
use mingma_registry::policy::{Denied, Purpose, authorize};
use mingma_registry::sight::{ComingShift, Longest, OnDay};
use mingma_registry::words::EmergencyGround;

use super::{Page, for_above};
use crate::api::offices::Official;
use crate::app::App;
use crate::problem::Problem;
use crate::task::to_the_end;
pub(super) use reasons::ReasonLine;
use reasons::Rulesets;

/// A draft with what it would do, and the form by which it goes on.
pub(super) struct Ahead {
    /// None if nobody can say.
    pub(super) seen: Option<Seen>,
    /// Where the form goes, and what it carries on.
    pub(super) action: &'static str,
    pub(super) fields: Vec<(&'static str, String)>,
    pub(super) grounds: &'static [EmergencyGround],
}

impl Ahead {
    /// A draft with what it would do; the form goes back to where it was written.
    pub(super) const fn new(
        seen: Option<Seen>,
        action: &'static str,
        fields: Vec<(&'static str, String)>,
    ) -> Self {
        Self { seen, action, fields, grounds: EmergencyGround::ALL }
    }

    /// Whether nobody may publish it alone, but in an emergency.
    pub(super) fn is_held(&self) -> bool {
        self.seen.as_ref().is_none_or(|seen| seen.held)
    }

    /// For how many days what was published alone counts along.
    #[expect(clippy::unused_self, reason = "a template asks what it was given")]
    pub(super) const fn days(&self) -> i64 {
        ALONE_DAYS
    }

    #[expect(
        clippy::unused_self,
        clippy::trivially_copy_pass_by_ref,
        reason = "a template hands over references"
    )]
    pub(super) fn ground(&self, page: &Page, ground: &EmergencyGround) -> String {
        ground_name(page, *ground)
    }
}

/// What a draft would do, to be read.
pub(super) struct Seen {
    pub(super) share: String,
    pub(super) held: bool,
    /// Whether anything was published alone before.
    pub(super) after: bool,
    pub(super) days: Vec<DayLines>,
    pub(super) regions: Vec<RegionLine>,
}

/// What it would do on a day.
pub(super) struct DayLines {
    /// Which, in words.
    pub(super) on: String,
    /// How many would be worse and better off.
    pub(super) sum: String,
    pub(super) shifts: Vec<ShiftLine>,
    pub(super) coming: Vec<ComingLine>,
    pub(super) stricter_still: Vec<ComingLine>,
    pub(super) reasons: Vec<ReasonLine>,
    /// Those of whoever would be worse off from a day to come on.
    pub(super) coming_reasons: Vec<ReasonLine>,
    pub(super) longest: Vec<LongestLine>,
}

pub(super) struct ShiftLine {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) persons: u64,
}

/// How many would be worse off, or more so, from a day to come on.
pub(super) struct ComingLine {
    pub(super) on: String,
    pub(super) shift: ShiftLine,
}

/// A row of the table and a bar of the plot.
pub(super) struct RegionLine {
    pub(super) name: &'static str,
    pub(super) code: &'static str,
    pub(super) persons: u64,
    pub(super) worse: u64,
    /// How many of them would be held longer.
    pub(super) longer: u64,
    /// How many of them would be worse off on a day to come alone.
    pub(super) later: u64,
    pub(super) better: u64,
    /// What was published alone before.
    pub(super) alone: u64,
    pub(super) percent: String,
    pub(super) is_over: bool,
    /// How long the bar is, of a hundred; the region hit hardest has all of it.
    pub(super) bar: u64,
}

pub(super) struct LongestLine {
    pub(super) from: String,
    pub(super) to: String,
    /// For how long, in words.
    pub(super) lasts: String,
    pub(super) reasons: String,
}

/// What a draft would do; none if that cannot be foreseen. In words, why the official may not publish it anyway.
///
/// # Errors
/// A [`Problem`] that is not the official's to mend.
pub(super) async fn look(
    app: &App,
    page: &Page,
    official: &Official,
    draft: Draft,
) -> Result<Result<Option<Seen>, String>, Problem> {
    let wish = match authorize(official.actor.clone(), Purpose::Publication, LookAhead(draft.clone())) {
        Ok(wish) => wish,
        Err(Denied::Elsewhere) => return Ok(Err(page.say("office-elsewhere"))),
        Err(denied) => return Err(denied.into()),
    };
    let book = app.registry().book().await?;
    match look_ahead(app.registry(), vec![wish]).await {
        Ok(looked) => Ok(Ok(looked.first().map(|preview| seen(page, &book, &draft, preview)))),
        Err(BrakeError::Blind(_)) => Ok(Ok(None)),
        Err(error) => in_words(page, error).map(Err),
    }
}

/// The rows of regions, those hit hardest first.
fn regions(page: &Page, preview: &Preview) -> Vec<RegionLine> {
    let (regions, share) = (&preview.regions, preview.share);
    let parts = |region: &RegionPreview| {
        let parts = (u128::from(region.worse) + u128::from(region.alone)) * 10_000;
        u64::try_from(parts.checked_div(u128::from(region.persons)).unwrap_or(0)).unwrap_or(u64::MAX)
    };
    let most = regions.iter().map(parts).max().unwrap_or(0).max(1);
    let line = |region: &RegionPreview| {
        let parts = parts(region);
        RegionLine {
            name: region.region.name(page.lang()),
            code: region.region.code(),
            persons: region.persons,
            worse: region.worse,
            longer: region.longer,
            later: region.later,
            better: region.better,
            alone: region.alone,
            percent: format!("{}.{:02} %", parts / 100, parts % 100),
            is_over: share.is_exceeded(region),
            bar: parts.saturating_mul(100) / most,
        }
    };
    let mut lines: Vec<RegionLine> = regions.iter().map(line).collect();
    lines.sort_by_key(|line| (std::cmp::Reverse(line.bar), line.code));
    lines
}

/// A draft's numbers, to be read.
pub(super) fn seen(page: &Page, book: &Book, draft: &Draft, preview: &Preview) -> Seen {
    Seen {
        share: preview.share.to_string(),
        held: preview.exceeds().is_some(),
        after: preview.regions.iter().any(|region| region.alone > 0),
        days: days(page, book, draft, preview),
        regions: regions(page, preview),
    }
}

/// What each day would bring, in detail; nothing of a preview that has no details.
fn days(page: &Page, book: &Book, draft: &Draft, preview: &Preview) -> Vec<DayLines> {
    let rulesets = Rulesets::of(book, draft);
    let several = preview.days.len() > 1;
    let which = |place| match (several, place) {
        (false, _) => "ahead-on",
        (true, 0) => "ahead-on-effect",
        (true, _) => "ahead-at-once",
    };
    let all = preview.days.iter().enumerate();
    all.map(|(place, day)| day_lines(page, &rulesets, which(place), day)).collect()
}

fn day_lines(page: &Page, rulesets: &Rulesets<'_>, which: &str, day: &OnDay) -> DayLines {
    let name = |outcome| outcome_name(page, outcome);
    let shift = |(from, to), persons| ShiftLine { from: name(from), to: name(to), persons };
    let sum = if day.worse == 0 && day.better == 0 && day.shifts.is_empty() {
        page.with("ahead-nobody", &[("persons", day.persons)])
    } else {
        let OnDay { persons, worse, longer, better, .. } = *day;
        page.with(
            "ahead-sum",
            &[
                ("persons", persons),
                ("worse", worse),
                ("stricter", day.stricter()),
                ("longer", longer),
                ("later", day.later()),
                ("better", better),
            ],
        )
    };
    let coming =
        |of: &ComingShift| ComingLine { on: of.on.to_string(), shift: shift((of.from, of.to), of.persons) };
    let lasts = |longest: &Longest| match (longest.until, longest.instead_of) {
        (Some(until), None) => page.with("ahead-until", &[("day", until)]),
        (Some(until), Some(instead)) => {
            page.with("ahead-until-instead", &[("day", until), ("instead", instead)])
        }
        (None, None) => page.say("ahead-never"),
        (None, Some(instead)) => page.with("ahead-never-instead", &[("instead", instead)]),
    };
    DayLines {
        on: page.with(which, &[("day", day.on)]),
        sum,
        shifts: day.shifts.iter().map(|of| shift((of.from, of.to), of.persons)).collect(),
        coming: day.coming.iter().map(coming).collect(),
        stricter_still: day.stricter_still.iter().map(coming).collect(),
        reasons: rulesets.lines(page, day, &day.reasons),
        coming_reasons: rulesets.lines(page, day, &day.coming_reasons),
        longest: day
            .longest
            .iter()
            .map(|longest| LongestLine {
                from: name(longest.from),
                to: name(longest.to),
                lasts: lasts(longest),
                reasons: longest.reasons.join(", "),
            })
            .collect(),
    }
}

fn outcome_name(page: &Page, outcome: Option<Outcome>) -> String {
    match outcome {
        Some(Outcome::Code(Color::Green)) => page.say("office-status-green"),
        Some(Outcome::Code(Color::Yellow)) => page.say("office-status-yellow"),
        Some(Outcome::Code(Color::Red)) => page.say("office-status-red"),
        Some(Outcome::Popup) => page.say("office-status-popup"),
        Some(Outcome::NotIssued) => page.say("office-status-none"),
        None => page.say("ahead-no-rules"),
    }
}

/// Proposes a draft, or publishes it in an emergency; leads on, or says in words why not.
///
/// # Errors
/// A [`Problem`] that is not the official's to mend.
pub(super) async fn go_on(
    app: &App,
    page: &Page,
    official: &Official,
    (draft, act, ground): (Draft, &str, &str),
) -> Result<Result<Response, String>, Problem> {
    let acting = app.clone();
    let done = if act == "propose" {
        let wish = authorize(official.actor.clone(), Purpose::Publication, Propose(draft))?;
        let proposed = to_the_end(async move { propose(acting.registry(), wish).await }).await?;
        proposed.map(|(number, _)| format!("/office/proposals/{number}"))
    } else {
        let Ok(ground) = ground.parse() else { return Ok(Err(page.say("ahead-ground-which"))) };
        let back = match &draft {
            Draft::Risk(_) => "/office/risk",
            Draft::Rules(_) => "/rules",
        };
        let wish = PublishInEmergency { draft, ground };
        let wish = authorize(official.actor.clone(), Purpose::Publication, wish)?;
        let published =
            to_the_end(async move { publish_in_emergency(acting.registry(), wish).await }).await?;
        published.map(|_| back.to_owned())
    };
    match done {
        Ok(to) => Ok(Ok(Redirect::to(&to).into_response())),
        Err(error) => in_words(page, error).map(Err),
    }
}

/// Why something was not done, in words for the official.
pub(super) fn in_words(page: &Page, error: BrakeError) -> Result<String, Problem> {
    Ok(match error {
        BrakeError::NoNeed { .. } => page.say("ahead-no-need"),
        BrakeError::Blind(_) => page.say("ahead-blind"),
        BrakeError::OtherPreview => page.say("ahead-other-numbers"),
        BrakeError::Outgrown { region, seen } => {
            let named = format!("{} {}", region.region.code(), region.region.name(page.lang()));
            page.with(
                "ahead-outgrown",
                &[("region", named), ("worse", region.worse.to_string()), ("seen", seen.to_string())],
            )
        }
        BrakeError::SameOffice => page.say("ahead-same-office"),
        BrakeError::NotAbove { least } => for_above(page, least),
        BrakeError::Stale => page.with("ahead-stale", &[("hours", PROPOSAL_HOURS)]),
        BrakeError::TooLong => page.with("ahead-too-long", &[("days", EMERGENCY_DAYS)]),
        BrakeError::UnderWay(_) => page.say("ahead-under-way"),
        BrakeError::Risk(SetRiskError::Backwards) => page.say("desk-cause-backwards"),
        BrakeError::Rules(PublishError::Published { .. })
        | BrakeError::Appointment(AppointError::Exists { .. }) => page.say("office-exists"),
        BrakeError::NoOffice
        | BrakeError::Appointment(_)
        | BrakeError::NoProposal { .. }
        | BrakeError::Rules(_)
        | BrakeError::Risk(_)
        | BrakeError::Unable(_) => return Err(error.into()),
    })
}

/// Why the brake does not let it go.
pub(super) fn held_in_words(page: &Page, held: &Held) -> String {
    match held {
        Held::SecondOffice { preview } => page.with("ahead-held", &[("share", preview.share)]),
        Held::UnderWay(_) => page.say("ahead-under-way"),
        Held::Blind(_) => page.say("ahead-blind"),
    }
}

/// Why it cannot wait.
fn ground_name(page: &Page, ground: EmergencyGround) -> String {
    match ground {
        EmergencyGround::Outbreak => page.say("ahead-ground-outbreak"),
        EmergencyGround::HarmfulRule => page.say("ahead-ground-harmful-rule"),
        EmergencyGround::NoSecondOffice => page.say("ahead-ground-no-second-office"),
    }
}
