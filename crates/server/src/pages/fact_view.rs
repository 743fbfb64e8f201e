//! A recorded fact as the person reads it: what, when, where, from whom, on which evidence, and whether it counts.

use jiff::Timestamp;
use mingma_domain::Fact;
use mingma_domain::assess::Event;
use mingma_domain::fact::kind::EvidenceDue;
use mingma_domain::fact::names::{kind_name, value_name, word_name};
use mingma_domain::fact::{Issuer, IssuerClass, Kind, WordSet};
use mingma_domain::text::Lang;
use mingma_domain::time::Zone;
use mingma_registry::policy::Role;
use mingma_registry::record::{Appeal, Standing};
use mingma_registry::row::{Disclosure, RecordedFact};
use mingma_registry::words::Ground;
use mingma_registry::{FactId, PersonRecord};

use super::Page;
use super::when::When;

/// A fact in words.
#[derive(Clone, Debug)]
pub(crate) struct FactView {
    /// Its id, by which it is disputed.
    pub(crate) id: FactId,
    /// Its kind and what it says.
    pub(crate) what: String,
    /// When it was.
    pub(crate) when: String,
    /// Where it was, for the kinds that name a region.
    pub(crate) place: Option<String>,
    /// Who says so.
    pub(crate) from: String,
    /// The sort of its evidence and the reference.
    pub(crate) evidence: Option<String>,
    /// When it was recorded.
    pub(crate) recorded: String,
    /// Whether it counts, in a word for styles.
    pub(crate) standing_word: &'static str,
    /// Whether it counts, and why not.
    pub(crate) standing: String,
    /// The last day on which it is kept.
    pub(crate) kept_until: String,
    /// Where its appeals stand.
    pub(crate) appeals: Vec<String>,
    /// On which grounds it may be disputed as it stands.
    pub(crate) grounds: Vec<Ground>,
}

/// What a view of facts needs besides the facts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading<'r> {
    /// The texts.
    pub(crate) page: &'r Page,
    /// How to tell when.
    pub(crate) when: &'r When,
    /// Everything recorded about the person.
    pub(crate) record: &'r PersonRecord,
    /// The present instant.
    pub(crate) now: Timestamp,
    /// In which zone days are reckoned.
    pub(crate) zone: &'r Zone,
}

impl Reading<'_> {
    /// A recorded fact in words.
    pub(crate) fn view(&self, recorded: &RecordedFact) -> FactView {
        let (page, when, fact) = (self.page, self.when, &recorded.fact);
        let (standing_word, standing) = self.standing(recorded);
        FactView {
            id: recorded.id,
            what: what(page, fact),
            when: self.days(fact),
            place: fact.region().map(|region| region.full_name(page.lang())),
            from: issuer(page, fact.issuer()),
            evidence: self.evidence(fact),
            recorded: when.instant(recorded.recorded),
            standing_word,
            standing,
            // The first day on which it is no longer kept follows the last on which it is.
            kept_until: when.day(Event::of(0, fact, self.zone).retention_end().minus(1)),
            appeals: self.appeals(recorded.id),
            grounds: self.record.grounds(recorded, self.now),
        }
    }

    /// The recorded fact that reads like this one and counts, not yet among those `taken`.
    pub(crate) fn recorded(&self, fact: &Fact, taken: &[FactId]) -> Option<&RecordedFact> {
        self.record.facts.iter().find(|recorded| {
            recorded.fact == *fact
                && !taken.contains(&recorded.id)
                && matches!(self.record.standing(recorded, self.now), Standing::Counts(_))
        })
    }

    fn days(&self, fact: &Fact) -> String {
        let from = self.when.moment(fact.at());
        match fact.until() {
            Some(until) if until != fact.at() => {
                self.page.with("fact-from-until", &[("from", from), ("until", self.when.moment(until))])
            }
            None if fact.kind().is_open_period() => self.page.with("fact-from-open", &[("from", from)]),
            Some(_) | None => from,
        }
    }

    fn evidence(&self, fact: &Fact) -> Option<String> {
        let sort = match fact.kind().spec().evidence {
            EvidenceDue::Reference(sort) | EvidenceDue::ReferenceUnlessSelf(sort) => {
                evidence_sort(self.page, sort)
            }
            EvidenceDue::None => return None,
        };
        fact.evidence().map(|reference| format!("{sort} {reference}"))
    }

    fn standing(&self, recorded: &RecordedFact) -> (&'static str, String) {
        let page = self.page;
        match self.record.standing(recorded, self.now) {
            Standing::Pending => ("pending", page.say("standing-pending")),
            Standing::Unwitnessed => ("pending", page.say("standing-unwitnessed")),
            Standing::Doubtful => ("pending", page.say("standing-doubtful")),
            Standing::Counts(None) => ("counts", page.say("standing-counts")),
            Standing::Counts(Some(second)) => {
                let by = issuer(page, &second.issuer);
                ("counts", page.with("standing-countersigned", &[("by", by)]))
            }
            Standing::Retracted(retraction) => {
                let why = page.say(format!("retraction-{}", retraction.reason));
                let at = self.when.instant(retraction.at);
                ("retracted", page.with("standing-retracted", &[("why", why), ("at", at)]))
            }
            Standing::Unconfirmed(word) => {
                let (by, at) = (issuer(page, &word.issuer), self.when.instant(word.at));
                ("retracted", page.with("standing-unconfirmed", &[("by", by), ("at", at)]))
            }
            Standing::Unanswered(appeal) => {
                let at = self.when.instant(appeal.due);
                ("retracted", page.with("standing-unanswered", &[("at", at)]))
            }
        }
    }

    fn appeals(&self, fact: FactId) -> Vec<String> {
        let of_fact = self.record.appeals.iter().filter(|appeal| appeal.fact == fact);
        of_fact.filter_map(|opened| self.record.appeal(opened.id)).map(|appeal| self.appeal(appeal)).collect()
    }

    fn appeal(&self, appeal: Appeal) -> String {
        let page = self.page;
        let ground = |word| page.say(format!("ground-{word}"));
        match appeal {
            Appeal::Open(open) => {
                let due = self.when.instant(open.opened.due);
                page.with("appeal-open", &[("ground", ground(open.opened.ground)), ("due", due)])
            }
            Appeal::Answered(answered) => {
                let places = [
                    ("ground", ground(answered.opened.ground)),
                    ("at", self.when.instant(answered.answer.at)),
                ];
                if answered.answer.upheld && answered.opened.ground == Ground::TakenBack {
                    page.with("appeal-given-back", &places)
                } else if answered.answer.upheld {
                    page.with("appeal-upheld", &places)
                } else {
                    page.with("appeal-rejected", &places)
                }
            }
        }
    }
}

/// What a fact says: its value, and its kind where the value alone does not tell.
pub(crate) fn what(page: &Page, fact: &Fact) -> String {
    let lang = page.lang();
    let (kind, value) = (kind_name(fact.kind(), lang), value_name(fact.value(), lang));
    // A check-in's value says its kind in other words.
    if value.contains(kind) || fact.kind() == Kind::Checkin {
        value
    } else {
        page.with("fact-what", &[("kind", kind), ("value", &value)])
    }
}

/// Who looked, as texts name them: the role and the name, or of whoever acts for the person, as what they do.
pub(crate) fn looker(page: &Page, look: &Disclosure) -> [(&'static str, String); 2] {
    let (role, by) = if look.role == Role::Agent {
        (page.say("look-bound"), page.say(format!("tie-{}", look.by)))
    } else {
        (page.say(format!("role-{}", look.role)), look.by.to_string())
    };
    [("role", role), ("by", by)]
}

/// An issuer: its class, and its name within the class.
pub(crate) fn issuer(page: &Page, issuer: &Issuer) -> String {
    let class = issuer_class(page, issuer.class());
    issuer.name().map_or_else(|| class.clone(), |name| format!("{class} {name}"))
}

/// The name of a class of issuers.
pub(crate) fn issuer_class(page: &Page, class: IssuerClass) -> String {
    page.say(format!("issuer-{class}"))
}

/// The name of a sort of evidence.
pub(crate) fn evidence_sort(page: &Page, sort: &str) -> String {
    page.say(format!("evidence-{}", sort.replace(' ', "-")))
}

/// What is said of the values of a kind that a second organisation countersigns; nothing if there are none.
pub(crate) fn second_of(page: &Page, kind: Kind, said: &'static str) -> String {
    let due = kind.spec().second_organisation;
    if due.is_empty() {
        return String::new();
    }
    if due == WordSet::of_kind(kind) {
        return page.say(said);
    }
    let names: Vec<&str> = due.iter().map(|word| word_name(word, page.lang())).collect();
    page.with(&format!("{said}-of"), &[("values", listed(page, &names))])
}

/// Words one after the other, as the page's language sets them apart.
pub(crate) fn listed<S: std::borrow::Borrow<str>>(page: &Page, words: &[S]) -> String {
    words.join(if page.lang() == Lang::En { ", " } else { "、" })
}

#[cfg(test)]
mod tests {
    use mingma_domain::document::DocumentKind;
    use mingma_domain::fact::RetractionReason;
    use mingma_domain::text::Lang;
    use mingma_registry::policy::{Purpose, Role};
    use mingma_registry::words::{Scope, Tie};

    use super::*;
    use crate::text::Texts;

    #[test]
    fn every_word_that_is_put_together_has_its_text_in_every_language() {
        let evidence = Kind::ALL.iter().filter_map(|kind| match kind.spec().evidence {
            EvidenceDue::Reference(sort) | EvidenceDue::ReferenceUnlessSelf(sort) => {
                Some(sort.replace(' ', "-"))
            }
            EvidenceDue::None => None,
        });
        let evidence: Vec<String> = evidence.collect();
        let evidence: Vec<&str> = evidence.iter().map(String::as_str).collect();
        let policies: Vec<&str> = mingma_registry::policy::each().map(|(id, _)| id).collect();
        let words: [(&str, &[&str]); 13] = [
            ("issuer", IssuerClass::WORDS),
            ("evidence", &evidence),
            ("retraction", RetractionReason::WORDS),
            ("ground", Ground::WORDS),
            ("role", Role::WORDS),
            ("purpose", Purpose::WORDS),
            ("tie", Tie::WORDS),
            ("scope", Scope::WORDS),
            ("document", DocumentKind::WORDS),
            ("color", &["green", "yellow", "red", "popup", "none"]),
            ("meaning", &["green", "yellow", "red", "popup", "none"]),
            ("paper-days", &["1", "7", "14"]),
            ("policy", &policies),
        ];
        for lang in Lang::ALL {
            let texts = Texts::shipped().speaker(*lang);
            for (first, rest) in words {
                for word in rest {
                    let name = format!("{first}-{word}");
                    assert_ne!(texts.say(&name), name, "{lang}");
                }
            }
            for kind in DocumentKind::WORDS {
                let name = format!("document-{kind}-hint");
                assert_ne!(texts.say(&name), name, "{lang}");
            }
        }
    }
}
