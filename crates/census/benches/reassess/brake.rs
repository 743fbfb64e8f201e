//! The brake's look: whom a draft would make worse off today and on the days to come, before anybody publishes it.

use std::fs;
use std::path::Path;

use mingma_census::job::{Draft, foresee, preview};
use mingma_census::{Census, Outcomes, Program, Work};
use mingma_domain::{Day, RiskMap, Ruleset};
use serde_json::{Value, json};

use super::median;

/// A rule by which whoever was in a medium-risk county turns red when they are free by the rules in force: worse off, mostly, only in the
/// days to come. With it the contacts of the draft are red for a week longer.
const LATE: &str = r#"
[[rule]]
code = "R7"
color = "red"
article = "Red: a stay in a county that is now medium-risk, in the third week after it"
when = { fact = "stay", risk = "medium", starts = "after-end", from_days = 13, within_days = 20 }
text = { zh-Hans = "离开中风险县区两周后。", zh-Hant = "離開中風險縣區兩週後。", en = "Two weeks after a stay in a medium-risk county." }
clears = { zh-Hans = "离开后第 21 天自动解除。", zh-Hant = "離開後第 21 天自動解除。", en = "It ends by itself on day 21 after the stay." }
"#;

/// The rules of a file, and the draft of the next.
pub(super) fn draft(file: &Path) -> Ruleset {
    let text = fs::read_to_string(file).unwrap();
    let (contact, longer) = ("value = \"close\", within_days = 13", "value = \"close\", within_days = 20");
    assert!(text.contains(contact), "the contacts of {} are others", file.display());
    Ruleset::parse(&(text.replace(contact, longer) + LATE)).unwrap()
}

/// What both offices wait for: the sums, which the brake asks, and with the reasons, which they read.
pub(super) fn look(
    census: &Census,
    (ruleset, draft): (&Ruleset, &Ruleset),
    (risk, today): (&RiskMap, Day),
    outcomes: &Outcomes,
) -> Value {
    let work = Work::default();
    let look = |with_reasons: bool| {
        let [in_force, drafted] =
            [ruleset, draft].map(|rules| Program::compile(census, rules, risk, today).unwrap());
        let draft = Draft { label: "draft", program: &drafted };
        let look = if with_reasons { preview } else { foresee };
        look(census, (&in_force, outcomes), &draft, &work).unwrap()
    };
    let (sums, ms) = median(|| look(false));
    let (seen, with_reasons_ms) = median(|| look(true));
    assert_eq!((sums.worse(), sums.later()), (seen.worse(), seen.later()));
    json!({ "cpu_ms": ms, "with_reasons_cpu_ms": with_reasons_ms, "worse": seen.worse(), "longer": seen.longer(), "later": seen.later(),
        "days_to_come": seen.coming.len(), "reasons": seen.reasons.len(), "reasons_to_come": seen.coming_reasons.len() })
}
