//! By which reasons: what people would be told, and by whose rules.

use mingma_census::job::{Draft, Gained};
use mingma_domain::Ruleset;

use super::line;
use super::words::Words;

impl Words<'_> {
    /// Each reason with what it says, and how many would have it and how many not, in these words; where the rules in force and the draft say two things
    /// under one code, also whose it is.
    pub(super) fn reasons(
        &self,
        page: &mut String,
        (draft, reasons): (&Draft<'_>, &[Gained]),
        [gain, lose]: Gains,
    ) {
        for gained in reasons {
            let whose = match Whose::of(gained, [self.today.ruleset(), draft.program.ruleset()]) {
                (_, false) | (Whose::Both, _) => "",
                (Whose::InForce, true) => self.pick(["（现行）", "（現行）", " (in force)"]),
                (Whose::Draft, true) => self.pick(["（草案）", "（草案）", " (draft)"]),
            };
            let (code, why) = (&gained.code, gained.text.get(self.lang));
            let colon = self.pick(["：", "：", ": "]);
            for (persons, what) in [(gained.gain, gain), (gained.lose, lose)] {
                if persons > 0 {
                    line(page, format_args!("  {code}{whose}{colon}{persons} {}{why}", self.pick(what)));
                }
            }
        }
    }
}

/// Whose a reason is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    InForce,
    Draft,
    /// Both say the same.
    Both,
}

impl Whose {
    /// Of the rules in force or of a draft; and whether the other ruleset says something else under the code.
    pub(super) fn of(gained: &Gained, rulesets: [&Ruleset; 2]) -> (Self, bool) {
        let says = rulesets.map(|ruleset| ruleset.rule(gained.code.as_str()).map(|rule| &rule.text));
        let [in_force, drafted] = says.map(|text| text == Some(&gained.text));
        let whose = match (in_force, drafted) {
            (true, true) => Self::Both,
            (true, false) => Self::InForce,
            (false, _) => Self::Draft,
        };
        (whose, says.iter().flatten().any(|text| **text != gained.text))
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::InForce => "in-force",
            Self::Draft => "draft",
            Self::Both => "both",
        }
    }
}

/// How many would have a reason who do not have it, and how many have it and would not, in simplified, traditional, English.
pub(super) type Gains = [[&'static str; 3]; 2];

/// On the day of the comparison.
pub(super) const NOW: Gains = [
    [
        "人将有此原因，现在没有。",
        "人將有此原因，現在沒有。",
        "would have this reason and do not have it now. ",
    ],
    [
        "人现在有此原因，将不再有。",
        "人現在有此原因，將不再有。",
        "have this reason and would not have it any more. ",
    ],
];

/// On the first day on which they would be worse off.
pub(super) const THEN: Gains = [
    [
        "人届时将有此原因，而按有效规则没有。",
        "人屆時將有此原因，而按有效規則沒有。",
        "would then have this reason, and not by the rules in force. ",
    ],
    [
        "人届时按有效规则有此原因，而按此没有。",
        "人屆時按有效規則有此原因，而按此沒有。",
        "would then have this reason by the rules in force, and not by this. ",
    ],
];
