//! The shape of an explained status, for the description of the API.
//!
//! The status itself is written by the domain ([`mingma_domain::assess::Explanation`]); these types say what that looks
//! like and are never made by the server. A test reads what the domain writes into them and back, and finds it unchanged.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A status and all that explains it.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// The civil day of assessment.
    #[schema(format = "date")]
    on: String,
    /// Under which region's rules.
    region: String,
    /// Under which ruleset of that region.
    ruleset: String,
    /// `green`, `yellow`, `red`, or `none`: no colour to show.
    color: String,
    /// Whether a pop-up blocks showing.
    popup: bool,
    /// The first civil day on which that would be different if nothing new were recorded; null if it would go on.
    #[schema(format = "date", required)]
    until: Option<String>,
    /// Every rule that holds, in the public order.
    reasons: Vec<ExplainedReason>,
    /// The ways back to green; null if the rules give none.
    #[schema(required)]
    path_to_green: Option<Paths>,
    /// The movement permit that the person may ask for; left out if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    permit: Option<PermitOffer>,
}

/// One rule that holds.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExplainedReason {
    /// Its code.
    code: String,
    /// What it does: `red`, `yellow` or `popup`.
    color: String,
    /// Where the source says so.
    article: Text,
    /// Why.
    text: Text,
    /// What clears it.
    clears: Text,
    /// Since which day.
    #[schema(format = "date")]
    since: String,
    /// The first day on which it would no longer hold; null if it would go on.
    #[schema(format = "date", required)]
    until: Option<String>,
    /// The facts that make it hold; none for a rule that holds for want of a fact.
    facts: Vec<Fact>,
}

/// A fact: what was recorded, and who says so.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// What it is about.
    kind: String,
    /// What it says.
    value: String,
    /// When it was, or began: a day or an instant.
    at: String,
    /// When it ended or will end, that day included.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    until: Option<String>,
    /// Where it was, for the kinds that name a region.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    region: Option<String>,
    /// Who says so.
    issuer: String,
    /// The reference to its evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    evidence: Option<String>,
}

/// The ways back to green.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Paths {
    /// The one with the fewest further facts.
    smallest: Path,
    /// The fastest, if it is faster than that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    fastest: Option<Path>,
}

/// One way to green.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Path {
    /// The first civil day on which the code is green.
    #[schema(format = "date")]
    green_on: String,
    /// The further facts, in the order of their days.
    steps: Vec<Step>,
}

/// One further fact.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The earliest civil day on which it helps.
    #[schema(format = "date")]
    on: String,
    /// Its kind.
    kind: String,
    /// Its value.
    value: String,
    /// Where, for the kinds that name a region.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    region: Option<String>,
    /// Which classes of issuer record it.
    by: Vec<String>,
}

/// A movement permit for which the person may ask.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PermitOffer {
    /// How often while the colour lasts.
    times: u8,
    /// The shortest, in hours.
    min_hours: u8,
    /// The longest, in hours.
    max_hours: u8,
    /// What it is for.
    text: Text,
}

/// One text in every language.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// In simplified characters.
    #[serde(rename = "zh-Hans")]
    zh_hans: String,
    /// In traditional characters.
    #[serde(rename = "zh-Hant")]
    zh_hant: String,
    /// In English.
    en: String,
}

#[cfg(test)]
mod tests {
    use mingma_domain::assess::{Record, assess, explain};
    use mingma_domain::fact::{Fact as DomainFact, RawFact};
    use mingma_domain::{RiskMap, Ruleset};

    use super::*;

    const HEAD: &str = r#"
[ruleset]
id = "2022-06"
region = "410100"
zone = "Asia/Shanghai"
effect = 2022-06-01
sunset = 2022-09-01
title = { zh-Hans = "示例", zh-Hant = "示例", en = "An example" }
authority = { zh-Hans = "示例", zh-Hant = "示例", en = "An example" }
"#;

    fn rule(code: &str, color: &str, when: &str) -> String {
        let text = r#"{ zh-Hans = "简", zh-Hant = "繁", en = "English" }"#;
        format!(
            "[[rule]]\ncode = \"{code}\"\ncolor = \"{color}\"\narticle = \"1\"\nwhen = {when}\ntext = {text}\nclears = {text}\n"
        )
    }

    fn fact(line: [&str; 7]) -> DomainFact {
        let [kind, value, at, until, region, issuer, evidence] = line;
        DomainFact::parse(&RawFact { kind, value, at, until, region, issuer, evidence }).unwrap()
    }

    #[test]
    fn the_described_shape_is_what_the_domain_writes() {
        let rules = [
            rule(
                "A1",
                "red",
                r#"{ fact = "contact", value = "close", within_days = 7, cleared_by = [{ fact = "release" }] }"#,
            ),
            rule("A2", "red", r#"{ fact = "diagnosis", within_days = 60 }"#),
            rule("B1", "yellow", r#"{ fact = "symptom", within_days = 3 }"#),
            rule("B2", "yellow", r#"{ fact = "stay", within_days = 3 }"#),
            rule("P1", "popup", r#"{ lapse = "test", value = "negative", within_days = 3 }"#),
        ];
        let facts = [
            fact(["contact", "close", "2022-06-12", "", "", "cdc:410100", "INV-7"]),
            fact(["diagnosis", "suspected", "2022-06-12T09:40:00+08:00", "", "", "hospital", "C-1"]),
            fact(["symptom", "cough", "2022-06-13", "", "", "self", ""]),
            fact(["stay", "declared", "2022-06-11", "2022-06-12", "310104", "self", ""]),
            fact(["test", "negative", "2022-06-08T09:40:00+08:00", "", "", "laboratory:7", "S-1"]),
        ];
        let permit = "[permit]\ncolor = \"yellow\"\ntimes = 1\nmin_hours = 1\nmax_hours = 24\ntext = { zh-Hans = \"简\", zh-Hant = \"繁\", en = \"English\" }\n";
        let now = "2022-06-13T12:00:00+08:00".parse().unwrap();
        let mut members = std::collections::BTreeSet::new();
        // Every set of these facts, with and without a permit and the rule that asks for a test.
        for chosen in 0..(1_usize << facts.len()) {
            let facts: Vec<_> = facts
                .iter()
                .enumerate()
                .filter(|(n, _)| chosen >> n & 1 == 1)
                .map(|(_, f)| f.clone())
                .collect();
            for (permit, kept) in [("", 4), (permit, 5)] {
                let text = format!("{HEAD}{permit}{}", rules[..kept].concat());
                let ruleset = Ruleset::parse(&text).unwrap();
                let record = Record { facts: &facts, retractions: &[] };
                let status = assess(&ruleset, &record, &RiskMap::default(), now);
                let explanation = explain(&ruleset, &record, &RiskMap::default(), now, &status);
                let written = serde_json::to_value(&explanation).unwrap();
                let read: Explanation = serde_json::from_value(written.clone())
                    .unwrap_or_else(|error| panic!("{error}: {written}"));
                assert_eq!(serde_json::to_value(&read).unwrap(), written);
                members.extend(read.permit.is_some().then_some("permit"));
                members.extend(read.popup.then_some("popup"));
                members.extend(read.until.is_none().then_some("no until"));
                if let Some(path) = &read.path_to_green {
                    members.extend(path.fastest.is_some().then_some("fastest"));
                    members.extend((!path.smallest.steps.is_empty()).then_some("steps"));
                }
                for fact in read.reasons.iter().flat_map(|reason| &reason.facts) {
                    members.extend(fact.evidence.is_some().then_some("evidence"));
                    members.extend(fact.region.is_some().then_some("region"));
                    members.extend(fact.until.is_some().then_some("fact until"));
                }
            }
        }
        let seen: Vec<_> = members.into_iter().collect();
        assert_eq!(
            seen,
            ["evidence", "fact until", "fastest", "no until", "permit", "popup", "region", "steps"],
            "the samples have all"
        );
    }
}
