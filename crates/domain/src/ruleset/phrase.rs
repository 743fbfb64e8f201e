//! Conditions in words, made from the conditions themselves, so that what a page says is what the rule computes.

use crate::fact::kind::Kind;
use crate::fact::names::{kind_name, word_name};
use crate::fact::{Word, WordSet};
use crate::region::Region;
use crate::risk::Level;
use crate::ruleset::{Clearance, Code, Condition, FactCondition, Pattern, Rule, Starts};
use crate::text::Lang;

/// A condition in words of one language. `rules` are those of the ruleset, for conditions that follow one of them.
#[must_use]
pub fn phrase(condition: &Condition, rules: &[Rule], lang: Lang) -> String {
    let say = Say { lang };
    match condition {
        Condition::Fact(c) => say.fact(c),
        Condition::Lapse(c) => say.with(
            [
                &format!("距上次“{{}}”已超过 {} 天", c.within_days),
                &format!("距上次「{{}}」已超過 {} 天", c.within_days),
                &format!("the latest {{}} is more than {} days ago", c.within_days),
            ],
            &say.pattern(&c.pattern),
        ),
        Condition::Follows(c) => {
            let code = rules.get(c.rule).map_or("?", |rule| Code::as_str(&rule.code));
            let mut words = say.with(["{} 终止后", "{} 終止後", "after {} has ended"], code);
            if let Some(days) = c.for_days {
                words += &say.with(["的 {} 天内", "的 {} 天內", ", for {} days"], &days.to_string());
            }
            words + &say.clearances(&c.cleared_by)
        }
        Condition::Any(parts) => {
            say.list(parts.iter().map(|part| part_of(part, rules, lang)), ["；或 ", "；或 ", "; or "])
        }
        Condition::All(parts) => {
            say.list(parts.iter().map(|part| part_of(part, rules, lang)), ["；且 ", "；且 ", "; and "])
        }
        Condition::Not(inner) => {
            say.with(["并非（{}）", "並非（{}）", "not ({})"], &phrase(inner, rules, lang))
        }
    }
}

/// A condition within another one: a list stands in brackets, so that «and» and «or» cannot be mistaken.
fn part_of(condition: &Condition, rules: &[Rule], lang: Lang) -> String {
    let words = phrase(condition, rules, lang);
    match condition {
        Condition::Any(_) | Condition::All(_) => Say { lang }.with(["（{}）", "（{}）", "({})"], &words),
        Condition::Fact(_) | Condition::Lapse(_) | Condition::Follows(_) | Condition::Not(_) => words,
    }
}

/// One language's way to say things. Templates are in the order simplified, traditional, English.
#[derive(Clone, Copy)]
struct Say {
    lang: Lang,
}

impl Say {
    fn pick(self, [hans, hant, en]: [&str; 3]) -> &str {
        match self.lang {
            Lang::ZhHans => hans,
            Lang::ZhHant => hant,
            Lang::En => en,
        }
    }

    fn with(self, templates: [&str; 3], word: &str) -> String {
        self.pick(templates).replacen("{}", word, 1)
    }

    fn list(self, words: impl Iterator<Item = String>, separators: [&str; 3]) -> String {
        words.collect::<Vec<_>>().join(self.pick(separators))
    }

    fn fact(self, c: &FactCondition) -> String {
        let mut words = self.pattern(&c.pattern);
        match (c.starts, c.from_days) {
            (Starts::AfterEnd, 0) => {
                words += self.pick(["，自结束次日起", "，自結束次日起", ", from the day after its end"]);
            }
            (Starts::At, 0) => {}
            (_, days) => {
                words += &self.with(["，自第 {} 天起", "，自第 {} 天起", ", from day {}"], &days.to_string());
            }
        }
        if let Some(days) = c.within_days {
            words += &self.with(["，{} 天内", "，{} 天內", ", within {} days"], &days.to_string());
        } else if c.pattern.words.iter().all(|word| word.kind().is_open_period()) {
            words += self.pick(["，期间", "，期間", ", while it lasts"]);
        }
        if let Some(pattern) = &c.unless_during {
            words += &self.with(
                ["，且期间无“{}”", "，且期間無「{}」", ", with no {} in that time"],
                &self.pattern(pattern),
            );
        }
        words + &self.clearances(&c.cleared_by)
    }

    fn pattern(self, pattern: &Pattern) -> String {
        let kinds: Vec<Kind> =
            Kind::ALL.iter().copied().filter(|kind| WordSet::of_kind(*kind).meets(pattern.words)).collect();
        let of_kind = |kind: Kind| {
            let all = WordSet::of_kind(kind);
            let some = || pattern.words.iter().filter(move |word: &Word| all.contains(*word));
            if some().count() == all.iter().count() && some().count() > 1 {
                kind_name(kind, self.lang).to_owned()
            } else {
                self.list(some().map(|word| word_name(word, self.lang).to_owned()), ["、", "、", " or "])
            }
        };
        let mut words = self.list(kinds.into_iter().map(of_kind), ["、", "、", " or "]);
        let regions =
            |all: &[Region]| all.iter().map(|r| r.name(self.lang).to_owned()).collect::<Vec<_>>().join("、");
        if !pattern.regions.is_empty() {
            words += &self.with(["（{}）", "（{}）", " ({})"], &regions(&pattern.regions));
        }
        if !pattern.not_regions.is_empty() {
            words +=
                &self.with(["（{} 以外）", "（{} 以外）", " (outside {})"], &regions(&pattern.not_regions));
        }
        for (countries, templates) in [
            (&pattern.countries, ["（来自 {}）", "（來自 {}）", " (from {})"]),
            (&pattern.not_countries, ["（来自 {} 以外）", "（來自 {} 以外）", " (not from {})"]),
        ] {
            if !countries.is_empty() {
                let names: Vec<&str> = countries.iter().map(|c| c.name(self.lang)).collect();
                words += &self.with(templates, &names.join("、"));
            }
        }
        if pattern.min_dose > 1 {
            words += &self.with(
                ["（至少 {} 剂）", "（至少 {} 劑）", " (at least dose {})"],
                &pattern.min_dose.to_string(),
            );
        }
        if let Some(levels) = pattern.risk {
            let names =
                self.list(levels.iter().map(|level| self.level(level).to_owned()), ["、", "、", " or "]);
            words += &self.with(["（当时为{}）", "（當時為{}）", " (then {})"], &names);
        }
        words
    }

    fn level(self, level: Level) -> &'static str {
        self.pick(match level {
            Level::Low => ["低风险地区", "低風險地區", "a low-risk area"],
            Level::Medium => ["中风险地区", "中風險地區", "a medium-risk area"],
            Level::High => ["高风险地区", "高風險地區", "a high-risk area"],
            Level::Precaution => ["防范区", "防範區", "a precaution zone"],
            Level::Control => ["管控区", "管控區", "a control zone"],
            Level::Lockdown => ["封控区", "封控區", "a lockdown zone"],
            Level::Focus => ["重点疫区", "重點疫區", "a focus area"],
        })
    }

    fn clearances(self, all: &[Clearance]) -> String {
        if all.is_empty() {
            return String::new();
        }
        let each = self.list(all.iter().map(|c| self.clearance(c)), ["，或", "，或", ", or by "]);
        self.with(["；解除条件：{}", "；解除條件：{}", "; ended by {}"], &each)
    }

    fn clearance(self, clearance: &Clearance) -> String {
        match clearance {
            Clearance::After { days } => {
                self.counted(["满 {} 天", "滿 {} 天", "{} day passing", "{} days passing"], *days)
            }
            Clearance::Fact { pattern, after_days, same_region } => {
                let mut words = self.with(["“{}”", "「{}」", "“{}”"], &self.pattern(pattern));
                if *same_region {
                    words += self.pick(["（同一地区）", "（同一地區）", " (same region)"]);
                }
                if *after_days > 0 {
                    words +=
                        &self.counted(["满 {} 天", "滿 {} 天", " {} day ago", " {} days ago"], *after_days);
                }
                words
            }
            Clearance::Negatives { count, apart_hours, from_day } => {
                let tests = ["{} 次检测阴性", "{} 次檢測陰性", "{} negative test", "{} negative tests"];
                let mut words = self.counted(tests, *count);
                if *apart_hours > 0 && *count > 1 {
                    let templates =
                        ["（间隔至少 {} 小时）", "（間隔至少 {} 小時）", " at least {} hours apart"];
                    words += &self.with(templates, &apart_hours.to_string());
                }
                words + &self.from(*from_day)
            }
            Clearance::Checkins { count, from_day } => {
                let templates = [
                    "连续 {} 天健康打卡",
                    "連續 {} 天健康打卡",
                    "{} daily check-in",
                    "{} daily check-ins in a row",
                ];
                self.counted(templates, *count) + &self.from(*from_day)
            }
            Clearance::All(parts) => {
                self.list(parts.iter().map(|c| self.clearance(c)), ["且", "且", " and "])
            }
        }
    }

    /// A number of things: in Chinese the same of one and of many.
    fn counted(self, [hans, hant, one, many]: [&str; 4], number: impl Into<u32>) -> String {
        let number = number.into();
        self.with([hans, hant, if number == 1 { one } else { many }], &number.to_string())
    }

    fn from(self, day: u16) -> String {
        if day == 0 {
            return String::new();
        }
        self.with(["（第 {} 天起）", "（第 {} 天起）", " (from day {} on)"], &day.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_said_as_one_and_more_as_many() {
        for (count, en, hans) in
            [(1, "1 negative test", "1 次检测阴性"), (2, "2 negative tests", "2 次检测阴性")]
        {
            let clearance = Clearance::Negatives { count, apart_hours: 0, from_day: 0 };
            assert_eq!(Say { lang: Lang::En }.clearance(&clearance), en);
            assert_eq!(Say { lang: Lang::ZhHans }.clearance(&clearance), hans);
        }
    }
}
