//! A status as the person reads it: colour, word and shape, until when, every reason with its facts, the way to green.

use mingma_domain::assess::{Explanation, Outcome, Path, Step};
use mingma_domain::fact::Color;
use mingma_domain::fact::names::value_name;
use mingma_domain::text::Lang;
use mingma_domain::time::Day;
use mingma_registry::FactId;
use mingma_registry::acts::Assessment;

use super::Page;
use super::fact_view::{FactView, Reading, issuer_class};
use super::when::When;

/// A status in words.
#[derive(Clone, Debug)]
pub(crate) struct StatusView {
    /// `green`, `yellow`, `red`, `popup` or `none`: the class of styles and the name of the shape.
    pub(crate) word: &'static str,
    /// The colour in words.
    pub(crate) said: String,
    /// What that means, in a sentence.
    pub(crate) meaning: String,
    /// The first day on which it would be another.
    pub(crate) until: Option<String>,
    /// As of when, for people.
    pub(crate) as_of: String,
    /// As of when, for machines.
    pub(crate) as_of_instant: String,
    /// What it says, as a script compares it with the centre's answer: outcome, end, reasons with their ends, and the days of the
    /// smallest way.
    pub(crate) in_short: String,
    /// By the clocks of which zone.
    pub(crate) zone: &'static str,
    /// By which rules.
    pub(crate) rules: String,
    /// Their number in the journal.
    pub(crate) rules_number: u64,
    /// Where the rules count.
    pub(crate) region: String,
    /// Every rule that holds.
    pub(crate) reasons: Vec<ReasonView>,
    /// The ways to green, the one that asks for least first; none for a green code.
    pub(crate) ways: Vec<WayView>,
    /// Whether no way to green is known though the code is not green.
    pub(crate) no_way: bool,
    /// The permit that the person may ask for.
    pub(crate) permit: Option<String>,
}

/// One rule that holds.
#[derive(Clone, Debug)]
pub(crate) struct ReasonView {
    /// Its code.
    pub(crate) code: String,
    /// What it makes of the code.
    pub(crate) word: &'static str,
    /// Why.
    pub(crate) text: String,
    /// What clears it.
    pub(crate) clears: String,
    /// Where the source says so.
    pub(crate) article: String,
    /// Since when.
    pub(crate) since: String,
    /// The first day on which it no longer holds.
    pub(crate) until: Option<String>,
    /// The facts that make it hold.
    pub(crate) facts: Vec<FactView>,
    /// Facts that are not recorded: those of a declaration that has not been sent.
    pub(crate) declared: bool,
}

/// One way to green.
#[derive(Clone, Debug)]
pub(crate) struct WayView {
    /// The day on which the code is green.
    pub(crate) green_on: String,
    /// What to do until then, in the order of the days.
    pub(crate) steps: Vec<StepView>,
}

/// One step.
#[derive(Clone, Debug)]
pub(crate) struct StepView {
    /// On which day or later.
    pub(crate) on: String,
    /// What.
    pub(crate) what: String,
    /// By whom.
    pub(crate) by: String,
}

impl StatusView {
    /// The words for an assessment, read by somebody who may.
    pub(crate) fn new(reading: &Reading<'_>, assessment: &Assessment) -> Self {
        let (page, when) = (reading.page, reading.when);
        let explanation = assessment.explanation();
        let published = assessment.ruleset();
        let word = word(assessment.status().outcome());
        let is_green = word == "green";
        let ways = explanation.path_to_green.iter().filter(|_| !is_green);
        let ways: Vec<_> =
            ways.flat_map(|paths| std::iter::once(&paths.smallest).chain(&paths.fastest)).collect();
        Self {
            word,
            said: page.say(format!("color-{word}")),
            meaning: page.say(format!("meaning-{word}")),
            until: explanation.until.map(|day| when.day(day)),
            as_of: when.time(assessment.now()),
            as_of_instant: assessment.now().to_string(),
            in_short: in_short(word, &explanation),
            zone: assessment.ruleset().ruleset.region.zone(),
            rules: published.ruleset.title.get(page.lang()).to_owned(),
            rules_number: published.number.0,
            region: published.ruleset.region.full_name(page.lang()),
            reasons: reasons(reading, &explanation),
            no_way: ways.is_empty() && !is_green,
            ways: ways.into_iter().map(|path| way(page, when, path)).collect(),
            permit: explanation.permit.as_ref().map(|permit| permit.text.get(page.lang()).to_owned()),
        }
    }
}

/// As `said` of `assets/code.js` writes it from the API's answer.
fn in_short(word: &str, explanation: &Explanation<'_>) -> String {
    let day = |until: Option<Day>| until.map_or(String::new(), |day| day.to_string());
    let reasons = explanation.reasons.iter().map(|reason| format!("{} {}", reason.code, day(reason.until)));
    let ways = explanation.path_to_green.iter().map(|paths| &paths.smallest);
    let ways = ways.flat_map(|way| std::iter::once(way.green_on).chain(way.steps.iter().map(|step| step.on)));
    let said = [word.to_owned(), day(explanation.until)].into_iter().chain(reasons);
    said.chain(ways.map(|day| day.to_string())).collect::<Vec<_>>().join(";")
}

const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Code(Color::Green) => "green",
        Outcome::Code(Color::Yellow) => "yellow",
        Outcome::Code(Color::Red) => "red",
        Outcome::Popup => "popup",
        Outcome::NotIssued => "none",
    }
}

fn reasons(reading: &Reading<'_>, explanation: &Explanation<'_>) -> Vec<ReasonView> {
    let (page, when) = (reading.page, reading.when);
    let view = |reason: &mingma_domain::assess::ExplainedReason<'_>| {
        let mut taken: Vec<FactId> = Vec::new();
        let mut facts = Vec::new();
        for fact in &reason.facts {
            if let Some(recorded) = reading.recorded(fact, &taken) {
                taken.push(recorded.id);
                facts.push(reading.view(recorded));
            }
        }
        ReasonView {
            code: reason.code.to_string(),
            word: reason.color.word(),
            text: reason.text.get(page.lang()).to_owned(),
            clears: reason.clears.get(page.lang()).to_owned(),
            article: reason.article.get(page.lang()).to_owned(),
            since: when.day(reason.since),
            until: reason.until.map(|day| when.day(day)),
            declared: facts.len() < reason.facts.len(),
            facts,
        }
    };
    explanation.reasons.iter().map(view).collect()
}

fn way(page: &Page, when: &When, path: &Path) -> WayView {
    let steps = path.steps.iter().map(|step| StepView {
        on: step.not_before().map_or_else(|| when.day(step.on), |at| when.instant(at)),
        what: step_what(page, step),
        by: by(page, step),
    });
    WayView { green_on: when.day(path.green_on), steps: steps.collect() }
}

fn step_what(page: &Page, step: &Step) -> String {
    let value = value_name(step.value, page.lang());
    match step.region {
        Some(region) => format!("{value} ({})", region.full_name(page.lang())),
        None => value,
    }
}

fn by(page: &Page, step: &Step) -> String {
    let names: Vec<String> = step.by.iter().map(|class| issuer_class(page, *class)).collect();
    names.join(match page.lang() {
        Lang::En => " or ",
        Lang::ZhHans | Lang::ZhHant => "或",
    })
}
