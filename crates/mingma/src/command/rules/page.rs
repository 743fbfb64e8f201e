//! A ruleset as a page in Markdown, in one language: what a resident is told, and beside it what the rule computes.
//!
//! The line «computed» is made from the condition itself, so that it cannot say anything else than the rule does.

use mingma_domain::ruleset::phrase::phrase;
use mingma_domain::ruleset::{Effect, Ruleset};
use mingma_domain::text::Lang;

/// The page.
pub(super) fn page(ruleset: &Ruleset, lang: Lang) -> String {
    let words = labels(lang);
    let mut page = String::new();
    let mut line = |text: &str| {
        page.push_str(text);
        page.push('\n');
    };
    line(&format!("# {}\n", ruleset.title.get(lang)));
    line(&format!("{}: {}  ", words.authority, ruleset.authority.get(lang)));
    line(&format!("{}: {} ({})  ", words.region, ruleset.region.name(lang), ruleset.region));
    line(&format!("{}: {} … {} ({})\n", words.term, ruleset.effect, ruleset.sunset, words.sunset));
    line(words.meaning);
    for (number, rule) in ruleset.rules.iter().enumerate() {
        line(&format!(
            "\n## {}. {} {} {}\n",
            number + 1,
            mark(rule.effect),
            color(rule.effect, lang),
            rule.code
        ));
        line(rule.text.get(lang));
        line(&format!("\n- {}: {}", words.clears, rule.clears.get(lang)));
        line(&format!("- {}: {}", words.computed, phrase(&rule.when, &ruleset.rules, lang)));
        line(&format!("- {}: {}", words.article, rule.article.get(lang)));
    }
    if let Some(condition) = &ruleset.issued_when {
        line(&format!("\n{}: {}", words.issued, phrase(condition, &ruleset.rules, lang)));
    }
    if let Some(permit) = &ruleset.permit {
        line(&format!(
            "\n{}: {} ({}–{} h, ×{})",
            words.permit,
            permit.text.get(lang),
            permit.min_hours,
            permit.max_hours,
            permit.times
        ));
    }
    page
}

/// A shape beside the colour's word, for those who do not see the colour.
const fn mark(effect: Effect) -> &'static str {
    match effect {
        Effect::Red => "■",
        Effect::Yellow => "▲",
        Effect::Popup => "◆",
    }
}

const fn color(effect: Effect, lang: Lang) -> &'static str {
    match (effect, lang) {
        (Effect::Red, Lang::ZhHans) => "红码",
        (Effect::Red, Lang::ZhHant) => "紅碼",
        (Effect::Red, Lang::En) => "red",
        (Effect::Yellow, Lang::ZhHans) => "黄码",
        (Effect::Yellow, Lang::ZhHant) => "黃碼",
        (Effect::Yellow, Lang::En) => "yellow",
        (Effect::Popup, Lang::ZhHans) => "弹窗",
        (Effect::Popup, Lang::ZhHant) => "彈窗",
        (Effect::Popup, Lang::En) => "pop-up",
    }
}

/// The page's own words.
struct Labels {
    authority: &'static str,
    region: &'static str,
    term: &'static str,
    sunset: &'static str,
    meaning: &'static str,
    clears: &'static str,
    computed: &'static str,
    article: &'static str,
    issued: &'static str,
    permit: &'static str,
}

const fn labels(lang: Lang) -> Labels {
    match lang {
        Lang::ZhHans => Labels {
            authority: "负责机关",
            region: "适用地区",
            term: "施行期间",
            sunset: "末日当天起失效",
            meaning: "健康码的颜色取下列成立的规则中最严重者；均不成立时为绿码。全部成立的规则都会告知本人。",
            clears: "如何解除",
            computed: "计算方式",
            article: "依据",
            issued: "发码条件",
            permit: "限时通行",
        },
        Lang::ZhHant => Labels {
            authority: "負責機關",
            region: "適用地區",
            term: "施行期間",
            sunset: "末日當天起失效",
            meaning: "健康碼的顏色取下列成立的規則中最嚴重者；均不成立時為綠碼。全部成立的規則都會告知本人。",
            clears: "如何解除",
            computed: "計算方式",
            article: "依據",
            issued: "發碼條件",
            permit: "限時通行",
        },
        Lang::En => Labels {
            authority: "Answered for by",
            region: "In force in",
            term: "In force",
            sunset: "the last day not included",
            meaning: "The code has the most severe colour of the rules below that hold, and is green when none does. A person is told every rule that holds.",
            clears: "What clears it",
            computed: "Computed",
            article: "Source",
            issued: "A code is issued when",
            permit: "Movement permit",
        },
    }
}
