//! What a draft would do, in the words of those who decide about it, in three languages.

use mingma_census::job::{Draft, Preview, RegionShift, Stuck};
use mingma_census::{Census, Program};
use mingma_domain::assess::Outcome;
use mingma_domain::fact::Color;
use mingma_domain::risk::RegionRisk;
use mingma_domain::text::Lang;
use mingma_domain::{Region, Ruleset};
use mingma_registry::brake::{RegionPreview, Share};

use super::line;
use crate::command::demo::pick;
use crate::plural::counted;

/// Speaks of a census under today's rules.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) census: &'a Census,
    pub(super) today: &'a Program<'a>,
    /// What the drafts set beside the risk in force.
    pub(super) levels: &'a [RegionRisk],
    pub(super) lang: Lang,
    /// Above which share of a region a second office has to agree.
    pub(super) share: Share,
}

impl Words<'_> {
    /// One of three texts: simplified, traditional, English.
    pub(super) fn pick<'t>(&self, texts: [&'t str; 3]) -> &'t str {
        pick(self.lang, texts)
    }

    /// What a draft would do to whom: how many, where, why, and who for longest.
    pub(super) fn preview(&self, page: &mut String, draft: &Draft<'_>, preview: &Preview) {
        let persons = u64::from(self.census.persons());
        let (would, now) = (self.title(draft.program.ruleset()), self.title(self.today.ruleset()));
        let day = self.today.today();
        let told = match self.lang {
            Lang::En if would == now => format!("If these levels were set on {day}, under {now}:\n"),
            Lang::ZhHans if would == now => format!("如果在 {day} 设定以下风险等级，依据{now}：\n"),
            Lang::ZhHant if would == now => format!("如果在 {day} 設定以下風險等級，依據{now}：\n"),
            Lang::En => format!("If {would} were in force on {day}\ninstead of {now}:\n"),
            Lang::ZhHans | Lang::ZhHant => format!("如果{would}在 {day} 生效，\n取代{now}：\n"),
        };
        line(page, format_args!("{told}"));
        for level in self.levels {
            line(page, format_args!("  {}", self.level(level)));
        }
        if !self.levels.is_empty() {
            line(page, format_args!(""));
        }
        let (changed, worse) = (preview.changed(), preview.worse());
        let better = changed - worse;
        let told = match (self.lang, changed) {
            (Lang::En, 0) => format!("Nobody would see another status, of {persons} persons.\n"),
            (Lang::ZhHans, 0) => format!("{persons} 人中没有人的状态会改变。\n"),
            (Lang::ZhHant, 0) => format!("{persons} 人之中，無人的狀態會改變。\n"),
            (Lang::En, _) => format!(
                "{changed} of {persons} persons would see another status: {worse} a stricter one, {better} a milder one.\n"
            ),
            (Lang::ZhHans, _) => {
                format!("{persons} 人中有 {changed} 人的状态会改变：{worse} 人变严，{better} 人变宽。\n")
            }
            (Lang::ZhHant, _) => {
                format!("{persons} 人之中，{changed} 人的狀態會改變：{worse} 人轉嚴，{better} 人轉寬。\n")
            }
        };
        line(page, format_args!("{told}"));
        if changed == 0 {
            return;
        }
        for shift in &preview.shifts {
            let (from, to, n) = (self.outcome(shift.from), self.outcome(shift.to), shift.persons);
            let told = match self.lang {
                Lang::En => format!("{n:>8} from {from} to {to}"),
                Lang::ZhHans => format!("{n:>8} 人由{from}变为{to}"),
                Lang::ZhHant => format!("{n:>8} 人由{from}變為{to}"),
            };
            line(page, format_args!("{told}"));
        }
        self.regions(page, preview);
        self.reasons(page, draft, preview);
        if !preview.stuck.is_empty() {
            let longest =
                ["等待变宽最久的人", "等候轉寬最久的人", "Who would wait longest for a milder status"];
            line(page, format_args!("\n{}", self.pick(longest)));
        }
        for stuck in &preview.stuck {
            line(page, format_args!("  {}", self.stuck(stuck)));
        }
        line(page, format_args!(""));
    }

    /// A region's level as it is called.
    fn level(&self, risk: &RegionRisk) -> String {
        let (place, level, from) = (self.place(Some(risk.region)), risk.level, risk.from);
        let until = risk.until.map(|day| day.to_string());
        match (self.lang, until) {
            (Lang::En, None) => format!("{place}: {level} from {from} on"),
            (Lang::En, Some(until)) => format!("{place}: {level} from {from} until {until}"),
            (Lang::ZhHans | Lang::ZhHant, None) => format!("{place}：{level}，自 {from} 起"),
            (Lang::ZhHans | Lang::ZhHant, Some(until)) => format!("{place}：{level}，{from} 至 {until}"),
        }
    }

    fn regions(&self, page: &mut String, preview: &Preview) {
        line(page, format_args!("\n{}", self.pick(["居住地", "居住地區", "Where they live"])));
        for r in &preview.regions {
            let (place, part) = (padded(&self.place(r.region), 28), percent(r.worse, r.persons));
            let RegionShift { persons, worse, better, .. } = r;
            let told = match self.lang {
                Lang::En => format!("{place} {worse} of {persons} stricter ({part}), {better} milder"),
                Lang::ZhHans => format!("{place} {persons} 人中 {worse} 人变严（{part}），{better} 人变宽"),
                Lang::ZhHant => format!("{place} {persons} 人中 {worse} 人轉嚴（{part}），{better} 人轉寬"),
            };
            line(page, format_args!("  {told}"));
        }
        let share = self.share;
        let over = preview.regions.iter().filter(|r| is_over(share, r)).count();
        let told = match (self.lang, over) {
            (Lang::En, 0) => format!(
                "In no region would more than {share} see a stricter status: this needs no second office, unless it is more with what was published alone before."
            ),
            (Lang::ZhHans, 0) => {
                format!("没有地区变严人数超过 {share}：不需要第二机关，除非连同此前单独发布的内容超过。")
            }
            (Lang::ZhHant, 0) => {
                format!("沒有地區轉嚴人數超過 {share}：毋須第二機關，除非連同先前單獨發布的內容超過。")
            }
            (Lang::En, _) => {
                let regions = counted(over, "region", "regions");
                format!(
                    "In {regions} more than {share} would see a stricter status: publishing it waits for a second office that has seen these numbers."
                )
            }
            (Lang::ZhHans, _) => {
                format!("{over} 个地区变严人数超过 {share}：须由第二机关看过这些数字并同意后才能发布。")
            }
            (Lang::ZhHant, _) => {
                format!("{over} 個地區轉嚴人數超過 {share}：須由第二機關看過這些數字並同意後方可發布。")
            }
        };
        line(page, format_args!("{told}"));
    }

    fn reasons(&self, page: &mut String, draft: &Draft<'_>, preview: &Preview) {
        line(page, format_args!("\n{}", self.pick(["因何原因", "因何種原因", "By which reasons"])));
        for (code, gained) in &preview.reasons {
            let rules = [draft.program.ruleset(), self.today.ruleset()];
            let rule = rules.iter().find_map(|ruleset| ruleset.rule(code.as_str()));
            let why = rule.map_or("", |rule| rule.text.get(self.lang));
            let gain = [
                "人将有此原因，现在没有。",
                "人將有此原因，現在沒有。",
                "would have this reason and do not have it now. ",
            ];
            let lose = [
                "人现在有此原因，将不再有。",
                "人現在有此原因，將不再有。",
                "have this reason and would not have it any more. ",
            ];
            let colon = self.pick(["：", "：", ": "]);
            for (persons, what) in [(gained.gain, gain), (gained.lose, lose)] {
                if persons > 0 {
                    line(page, format_args!("  {code}{colon}{persons} {}{why}", self.pick(what)));
                }
            }
        }
    }

    fn stuck(&self, stuck: &Stuck) -> String {
        let without = ["（无名）", "（無名）", "(without a name)"];
        let name = self.census.name(stuck.number).unwrap_or(self.pick(without));
        let codes: Vec<_> = stuck.reasons.iter().map(ToString::to_string).collect();
        let codes = codes.join(self.pick(["、", "、", ", "]));
        let (from, to) = (self.outcome(stuck.from), self.outcome(stuck.to));
        match (self.lang, stuck.until) {
            (Lang::En, Some(day)) => format!("{name}: {to} instead of {from}, until {day} ({codes})"),
            (Lang::En, None) => {
                format!("{name}: {to} instead of {from}, for ever, by waiting alone ({codes})")
            }
            (Lang::ZhHans, Some(day)) => format!("{name}：由{from}变为{to}，至 {day} 变宽（{codes}）"),
            (Lang::ZhHans, None) => format!("{name}：由{from}变为{to}，仅靠等待不会变宽（{codes}）"),
            (Lang::ZhHant, Some(day)) => format!("{name}：由{from}變為{to}，至 {day} 轉寬（{codes}）"),
            (Lang::ZhHant, None) => format!("{name}：由{from}變為{to}，單靠等候不會轉寬（{codes}）"),
        }
    }

    /// A ruleset as it is called.
    pub(super) fn title(&self, ruleset: &Ruleset) -> String {
        let title = ruleset.title.get(self.lang);
        if self.lang == Lang::En { format!("«{title}»") } else { format!("《{title}》") }
    }

    /// A region as it is called, with its code.
    pub(super) fn place(&self, region: Option<Region>) -> String {
        let without = ["无居住地", "無居住地", "without a home"];
        region.map_or_else(|| self.pick(without).to_owned(), |r| format!("{r} {}", r.name(self.lang)))
    }

    fn outcome(&self, outcome: Option<Outcome>) -> &'static str {
        let texts = match outcome {
            Some(Outcome::Code(Color::Green)) => ["绿码", "綠碼", "green"],
            Some(Outcome::Code(Color::Yellow)) => ["黄码", "黃碼", "yellow"],
            Some(Outcome::Code(Color::Red)) => ["红码", "紅碼", "red"],
            Some(Outcome::Popup) => ["弹窗", "彈窗", "pop-up"],
            Some(Outcome::NotIssued) => ["未发码", "未發碼", "no code"],
            None => ["无规则", "無規則", "no rules"],
        };
        pick(self.lang, texts)
    }
}

/// Whether publishing would wait for a second office because of a home region; those without a home live in none.
pub(super) fn is_over(share: Share, r: &RegionShift) -> bool {
    let RegionShift { persons, worse, better, .. } = *r;
    r.region
        .is_some_and(|region| share.is_exceeded(&RegionPreview { region, persons, worse, better, alone: 0 }))
}

/// A part of persons, in hundredths of a per cent.
pub(super) fn percent(persons: u64, of: u64) -> String {
    let parts = (persons * 10_000).checked_div(of).unwrap_or(0);
    format!("{}.{:02} %", parts / 100, parts % 100)
}

/// A text with blanks behind it, as wide on a terminal as so many letters; a Chinese character is as wide as two.
pub(super) fn padded(text: &str, width: usize) -> String {
    let taken: usize = text.chars().map(|letter| if letter >= '\u{1100}' { 2 } else { 1 }).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(taken)))
}
