//! Rulesets, as they were published.

pub mod get;
pub mod in_force;
pub mod list;

use mingma_domain::Region;
use mingma_domain::text::{Lang, Text};
use mingma_domain::time::Day;
use mingma_registry::RulesetNumber;
use mingma_registry::book::PublishedRuleset;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::status::explained;

/// A ruleset's name and term.
#[derive(Debug, Serialize, ToSchema)]
pub struct RulesetHead {
    /// The number of its publication.
    #[schema(value_type = u64)]
    number: RulesetNumber,
    /// Where it is in force.
    #[schema(value_type = String)]
    region: Region,
    /// Its name within the region.
    id: String,
    /// What it is called.
    #[schema(value_type = explained::Text)]
    title: Text,
    /// Who answers for it.
    #[schema(value_type = explained::Text)]
    authority: Text,
    /// The first day on which it is in force.
    #[schema(value_type = String, format = "date")]
    effect: Day,
    /// The first day on which it is no longer in force.
    #[schema(value_type = String, format = "date")]
    sunset: Day,
    /// The zone in which its days are reckoned.
    zone: String,
}

/// A ruleset in full: read, and as the texts that were published.
#[derive(Debug, Serialize, ToSchema)]
pub struct WholeRuleset {
    #[serde(flatten)]
    head: RulesetHead,
    /// The rules, in their public order of precedence.
    rules: Vec<PublishedRule>,
    /// The `ruleset.toml`, as published: this is what counts.
    rules_toml: String,
    /// The `examples.toml`, as published.
    examples_toml: String,
}

/// One rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedRule {
    /// Its reason code.
    code: String,
    /// What it does while it holds: `red`, `yellow` or `popup`.
    effect: &'static str,
    /// Where the source says so.
    #[schema(value_type = explained::Text)]
    article: Text,
    /// When it holds, in words made from the rule itself.
    #[schema(value_type = explained::Text)]
    when: Text,
    /// Why, for the person.
    #[schema(value_type = explained::Text)]
    text: Text,
    /// What clears it, for the person.
    #[schema(value_type = explained::Text)]
    clears: Text,
}

fn head(published: &PublishedRuleset) -> RulesetHead {
    let rules = &published.ruleset;
    RulesetHead {
        number: published.number,
        region: rules.region,
        id: rules.id.clone(),
        title: rules.title.clone(),
        authority: rules.authority.clone(),
        effect: rules.effect,
        sunset: rules.sunset,
        zone: rules.zone.name().to_owned(),
    }
}

fn whole(published: &PublishedRuleset) -> WholeRuleset {
    let rules = &published.ruleset.rules;
    let phrase = |rule: &mingma_domain::ruleset::Rule, lang| {
        mingma_domain::ruleset::phrase::phrase(&rule.when, rules, lang)
    };
    let read = rules.iter().map(|rule| PublishedRule {
        code: rule.code.to_string(),
        effect: rule.effect.word(),
        article: rule.article.clone(),
        when: Text {
            zh_hans: phrase(rule, Lang::ZhHans),
            zh_hant: phrase(rule, Lang::ZhHant),
            en: phrase(rule, Lang::En),
        },
        text: rule.text.clone(),
        clears: rule.clears.clone(),
    });
    WholeRuleset {
        head: head(published),
        rules: read.collect(),
        rules_toml: published.texts.rules.clone(),
        examples_toml: published.texts.examples.clone(),
    }
}
