//! Of the public journal what was said of facts, and what was destroyed.

use mingma_domain::fact::Kind;
use mingma_domain::fact::names::kind_name;
use mingma_registry::book::Book;
use mingma_registry::digest::{Cell, Digest};
use mingma_registry::row::Spoken;

use super::told;
use crate::pages::Page;
use crate::pages::when::When;

/// Facts of a kind that were destroyed at an end of data; of rows of other sorts the number alone.
pub(super) struct EndedLine {
    pub(super) at: String,
    pub(super) what: String,
    pub(super) count: String,
    pub(super) due: String,
}

/// What was said of facts, and how often.
pub(super) fn said(page: &Page, digest: &Digest) -> Vec<(String, String)> {
    let line = |spoken: &Spoken| match spoken {
        Spoken::TakenBack(reason) => {
            let why = page.say(format!("desk-reason-{reason}"));
            page.with("journal-said-taken-back", &[("why", why)])
        }
        Spoken::Confirmed => page.say("journal-said-confirmed"),
        Spoken::Denied => page.say("journal-said-denied"),
        Spoken::Disputed(ground) => {
            let why = page.say(format!("office-ground-{ground}"));
            page.with("journal-said-disputed", &[("why", why)])
        }
    };
    digest.spoken.iter().map(|(spoken, times)| (line(spoken), told(page, Some(*times)))).collect()
}

/// How long answers took, by the kind of the disputed fact.
pub(super) fn medians(page: &Page, digest: &Digest) -> Vec<(String, String)> {
    let line = |(kind, minutes): &(Kind, i64)| {
        let hours = [("hours", format!("{}.{}", minutes / 60, minutes % 60 / 6))];
        let kind = [("kind", kind_name(*kind, page.lang()).to_owned())];
        (page.with("journal-appeals-median-of", &kind), page.with("journal-hours", &hours))
    };
    digest.appeal_medians.iter().map(line).collect()
}

/// The last ends of data: of each kind how many facts, and when they were due.
pub(super) fn ended(page: &Page, book: &Book, when: &When) -> Vec<EndedLine> {
    let mut lines = Vec::new();
    for end in book.ends() {
        let at = when.instant(end.at);
        lines.extend(end.facts.iter().map(|facts| EndedLine {
            at: at.clone(),
            what: kind_name(facts.kind, page.lang()).to_owned(),
            count: told(page, Cell::of(facts.count.into())),
            due: if facts.first == facts.last {
                when.day(facts.first)
            } else {
                let days = [("first", when.day(facts.first)), ("last", when.day(facts.last))];
                page.with("journal-ended-days", &days)
            },
        }));
        if end.others > 0 {
            let what = page.say("journal-ended-others");
            let count = told(page, Cell::of(end.others.into()));
            lines.push(EndedLine { at, what, count, due: String::new() });
        }
    }
    lines
}
