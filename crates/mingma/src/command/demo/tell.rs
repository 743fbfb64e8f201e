//! The demo in words.

use std::fmt::Write as _;

use mingma_domain::assess::{Explanation, Path, Status};
use mingma_domain::fact::names::value_name;
use mingma_domain::fact::{Color, IssuerClass, Kind};
use mingma_domain::text::Lang;
use mingma_registry::acts::Assessment;
use mingma_registry::record::Standing;

use super::city::{NAME, RESIDENTS};
use super::stories::Story;
use super::{Scene, gate};
use crate::failure::Failure;

/// One of three texts: simplified, traditional, English.
pub(crate) fn pick(lang: Lang, [hans, hant, en]: [&str; 3]) -> &str {
    match lang {
        Lang::ZhHans => hans,
        Lang::ZhHant => hant,
        Lang::En => en,
    }
}

/// Adds a line. Writing to a `String` cannot fail.
pub(super) fn line(page: &mut String, text: impl std::fmt::Display) {
    let _infallible = writeln!(page, "{text}");
}

/// The city and the rules it lives under.
pub(super) fn city(page: &mut String, scene: &Scene) {
    let Scene { lang, ruleset, .. } = scene;
    let title = ruleset.title.get(*lang);
    let name = pick(*lang, NAME);
    line(page, "Mingma 明码");
    line(
        page,
        pick(
            *lang,
            [
                "虚构的城市、虚构的人；真实公布的规则。颜色由事实按规则算出，任何人都不能设定。",
                "虛構的城市、虛構的人；真實公布的規則。顏色由事實按規則算出，任何人都不能設定。",
                "A fictional city, fictional people, real published rules. A colour is computed from facts; nobody can set one.",
            ],
        ),
    );
    line(
        page,
        format_args!(
            "\n{name}: {RESIDENTS} {} · {title} · {}",
            pick(*lang, ["人", "人", "residents"]),
            scene.clock_time()
        ),
    );
    counts(page, scene);
}

fn counts(page: &mut String, scene: &Scene) {
    for (color, count) in [Color::Green, Color::Yellow, Color::Red].map(|c| (c, scene.count(Some(c)))) {
        line(page, format_args!("  {} {:<7} {count:>6}", gate::mark(color), color_name(color, scene.lang)));
    }
}

/// A colour's name.
pub(super) fn color_name(color: Color, lang: Lang) -> &'static str {
    match (color, lang) {
        (Color::Green, Lang::ZhHans) => "绿码",
        (Color::Green, Lang::ZhHant) => "綠碼",
        (Color::Green, Lang::En) => "green",
        (Color::Yellow, Lang::ZhHans) => "黄码",
        (Color::Yellow, Lang::ZhHant) => "黃碼",
        (Color::Yellow, Lang::En) => "yellow",
        (Color::Red, Lang::ZhHans) => "红码",
        (Color::Red, Lang::ZhHant) => "紅碼",
        (Color::Red, Lang::En) => "red",
    }
}

/// One resident: the facts, the colour, why, until when, and the way back.
pub(super) fn story(page: &mut String, scene: &Scene, story: &Story) -> Result<(), Failure> {
    let lang = scene.lang;
    let (resident, assessment) = scene.resident(story.resident)?;
    let record = scene.record(story)?;
    let explained = assessment.explanation();
    line(
        page,
        format_args!("\n── {} — {}, {}", pick(lang, story.title), resident.name, resident.home.name(lang)),
    );
    let mut facts: Vec<_> = record.facts.iter().map(|fact| (fact.fact.at().to_string(), fact)).collect();
    facts.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (at, recorded) in facts {
        let fact = &recorded.fact;
        let standing = match record.standing(recorded, scene.now) {
            Standing::Counts(None) => String::new(),
            Standing::Counts(Some(second)) => {
                format!(" · {} {}", pick(lang, ["会签：", "會簽：", "countersigned by"]), second.issuer)
            }
            Standing::Pending => {
                pick(lang, [" · 待会签", " · 待會簽", " · waits for a second organisation"]).to_owned()
            }
            Standing::Doubtful => {
                pick(lang, [" · 存疑，不计入", " · 存疑，不計入", " · in doubt, does not count"]).to_owned()
            }
            Standing::Unwitnessed => {
                pick(lang, [" · 待见证方签名", " · 待見證方簽名", " · waits for the log's witnesses"])
                    .to_owned()
            }
            Standing::Retracted(retraction) => {
                format!(" · {} {}", pick(lang, ["已撤回：", "已撤回：", "retracted:"]), retraction.reason)
            }
            Standing::Unconfirmed(word) => {
                format!(" · {} {}", pick(lang, ["未予确认：", "未予確認：", "not confirmed by"]), word.issuer)
            }
            Standing::Unanswered(_) => {
                pick(lang, [" · 异议逾期未答复", " · 異議逾期未答覆", " · disputed, and nobody answered"])
                    .to_owned()
            }
        };
        line(
            page,
            format_args!("   {at:<26} {} · {}{standing}", value_name(fact.value(), lang), fact.issuer()),
        );
    }
    status_lines(page, scene, assessment.status().color(), &explained);
    Ok(())
}

fn status_lines(page: &mut String, scene: &Scene, color: Option<Color>, explained: &Explanation<'_>) {
    let lang = scene.lang;
    let word = color.map_or("–", |color| color_name(color, lang));
    let until = explained.until.map_or(String::new(), |day| {
        format!(
            "{} {day}",
            pick(lang, ["，若无新情况，变化日：", "，若無新情況，變化日：", "; would change by itself on"])
        )
    });
    line(page, format_args!("   ⇒ {} {word}{until}", color.map_or('○', gate::mark)));
    for reason in &explained.reasons {
        let until = reason
            .until
            .map_or(String::new(), |day| format!(" ({} {day})", pick(lang, ["至", "至", "until"])));
        line(page, format_args!("     {} {}{until}", reason.code, reason.text.get(lang)));
        line(
            page,
            format_args!(
                "        {} {}",
                pick(lang, ["解除：", "解除：", "to clear:"]),
                reason.clears.get(lang)
            ),
        );
    }
    let Some(paths) = explained.path_to_green.as_ref().filter(|_| color != Some(Color::Green)) else {
        return;
    };
    path(page, lang, pick(lang, ["转绿：", "轉綠：", "green again:"]), &paths.smallest);
    if let Some(fastest) = &paths.fastest {
        path(page, lang, pick(lang, ["更快：", "更快：", "sooner:"]), fastest);
    }
    if let Some(permit) = &explained.permit {
        line(page, format_args!("     {}", permit.text.get(lang)));
    }
}

fn path(page: &mut String, lang: Lang, label: &str, path: &Path) {
    let mut steps: Vec<String> = Vec::new();
    let mut rest = path.steps.as_slice();
    while let Some((first, more)) = rest.split_first() {
        // A streak of check-ins is one thing to do, not fourteen.
        let same = more.iter().take_while(|s| s.value == first.value && s.kind == Kind::Checkin).count();
        let last = more.iter().take(same).next_back().unwrap_or(first);
        let days = if same == 0 { first.on.to_string() } else { format!("{}…{}", first.on, last.on) };
        let by = first.by.iter().copied().map(IssuerClass::word).collect::<Vec<_>>().join("/");
        let by = if first.is_own() { String::new() } else { format!(" ({by})") };
        steps.push(format!("{days} {}{by}", value_name(first.value, lang)));
        rest = more.get(same..).unwrap_or_default();
    }
    let steps =
        if steps.is_empty() { pick(lang, ["等待", "等待", "wait"]).to_owned() } else { steps.join(", ") };
    line(page, format_args!("     {label} {} — {steps}", path.green_on));
}

/// What there was, in a few numbers.
pub(super) fn summary(page: &mut String, scene: &Scene) {
    line(page, format_args!("\n── {}", pick(scene.lang, ["小结", "小結", "summary"])));
    counts(page, scene);
    let mut by_reason = vec![0_usize; scene.ruleset.rules.len()];
    let statuses = || scene.assessments.iter().map(Assessment::status);
    for reason in statuses().flat_map(Status::reasons) {
        if let Some(count) = by_reason.get_mut(reason.rule) {
            *count += 1;
        }
    }
    let reasons = scene.ruleset.rules.iter().zip(by_reason).filter(|(_, count)| *count > 0);
    let reasons: Vec<String> = reasons.map(|(rule, count)| format!("{} {count}", rule.code)).collect();
    line(
        page,
        format_args!(
            "  {} {}",
            pick(scene.lang, ["各原因人数：", "各原因人數：", "people by reason:"]),
            reasons.join(" · ")
        ),
    );
    let stuck =
        statuses().filter(|status| status.color() != Some(Color::Green) && status.until().is_none()).count();
    line(
        page,
        format_args!(
            "  {} {stuck}",
            pick(
                scene.lang,
                [
                    "须有新事实（如出院、解除隔离）才会变化的人数：",
                    "須有新事實（如出院、解除隔離）才會變化的人數：",
                    "people whose colour waits for a further fact (a discharge, a release):",
                ]
            )
        ),
    );
}
