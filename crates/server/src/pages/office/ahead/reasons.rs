//! By which reasons: each with what its ruleset says, and whose it is where one code stands for two things.

use mingma_domain::text::Text;
use mingma_domain::{Region, Ruleset};
use mingma_registry::Book;
use mingma_registry::brake::Draft;
use mingma_registry::sight::{OnDay, ReasonShift};

use super::Page;

/// How many would have a reason, and how many not any more.
pub(in super::super) struct ReasonLine {
    pub(in super::super) code: String,
    /// What it says.
    pub(in super::super) text: String,
    pub(in super::super) gain: u64,
    pub(in super::super) lose: u64,
}

/// What says the reasons: the rules of the draft, and those that were published.
pub(super) struct Rulesets<'b> {
    own: Option<Ruleset>,
    book: &'b Book,
}

impl<'b> Rulesets<'b> {
    pub(super) fn of(book: &'b Book, draft: &Draft) -> Self {
        let own = match draft {
            Draft::Rules(entry) => Ruleset::parse(&entry.rules).ok(),
            Draft::Risk(_) => None,
        };
        Self { own, book }
    }

    /// The rows of some reasons of a day.
    pub(super) fn lines(&self, page: &Page, day: &OnDay, reasons: &[ReasonShift]) -> Vec<ReasonLine> {
        let line = |reason: &ReasonShift| {
            let ReasonShift { code, gain, lose, .. } = reason.clone();
            let said = self.said_by(reason);
            let text = said.map_or_else(String::new, |(text, _)| text.get(page.lang()).to_owned());
            let another = |other: &ReasonShift| {
                other.code == code && self.said_by(other).map(|said| said.0) != said.map(|said| said.0)
            };
            let is_of_two = day.reasons.iter().chain(&day.coming_reasons).any(another);
            let text = match said.filter(|_| is_of_two) {
                Some((_, ruleset)) => {
                    let title = ruleset.title.get(page.lang()).to_owned();
                    page.with(
                        "ahead-reason-of",
                        &[("text", text), ("title", title), ("id", ruleset.id.clone())],
                    )
                }
                None => text,
            };
            ReasonLine { code, text, gain, lose }
        };
        reasons.iter().map(line).collect()
    }

    /// What a reason says, and which ruleset says so.
    fn said_by(&self, reason: &ReasonShift) -> Option<(&Text, &Ruleset)> {
        let said = |ruleset: &&Ruleset| ruleset.rule(&reason.code).is_some();
        let ruleset = match &reason.of {
            Some((region, id)) => self.named(*region, id),
            // Of what was proposed before this was told: the draft's own, or the newest that has the code.
            None => self.own.as_ref().filter(said).or_else(|| self.published().rev().find(said)),
        }?;
        Some((&ruleset.rule(&reason.code)?.text, ruleset))
    }

    fn named(&self, region: Region, id: &str) -> Option<&Ruleset> {
        self.own.iter().chain(self.published()).find(|ruleset| ruleset.region == region && ruleset.id == id)
    }

    fn published(&self) -> impl DoubleEndedIterator<Item = &Ruleset> {
        self.book.rulesets().iter().map(|published| &published.ruleset)
    }
}
