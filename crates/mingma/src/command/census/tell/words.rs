//! What a draft would do, in the words of those who decide about it, in three languages.

use mingma_census::job::{ComingShift, Draft, Preview, RegionShift, Stuck};
use mingma_census::{Census, Program};
use mingma_domain::assess::Outcome;
use mingma_domain::fact::Color;
use mingma_domain::risk::RegionRisk;
use mingma_domain::text::Lang;
use mingma_domain::{Region, Ruleset};
use mingma_registry::brake::{RegionPreview, Share};

use super::why::{NOW, THEN};
use super::{LISTED, line};
use crate::command::census::Told;
use crate::command::demo::pick;
use crate::plural::counted;

/// Speaks of a census under today's rules.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) census: &'a Census,
    pub(super) today: &'a Program<'a>,
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
    pub(super) fn preview(&self, page: &mut String, told: &Told<'_>) {
        let Told { sketch, draft, preview, .. } = *told;
        let (regions, day, now) = (&told.regions, draft.program.today(), self.today.ruleset());
        let told = match (self.lang, sketch.rules) {
            (Lang::En, None) => format!("If these levels were set on {day}, under {}:\n", self.title(now)),
            (Lang::ZhHans, None) => format!("如果在 {day} 设定以下风险等级，依据{}：\n", self.title(now)),
            (Lang::ZhHant, None) => format!("如果在 {day} 設定以下風險等級，依據{}：\n", self.title(now)),
            (lang, Some(rules)) => {
                let (would, now) = self.told_apart((rules, draft.label), now);
                match lang {
                    Lang::En => format!("If {would} were in force on {day}\ninstead of {now}:\n"),
                    Lang::ZhHans | Lang::ZhHant => format!("如果{would}在 {day} 生效，\n取代{now}：\n"),
                }
            }
        };
        line(page, format_args!("{told}"));
        for level in &sketch.levels {
            line(page, format_args!("  {}", self.level(level)));
        }
        if !sketch.levels.is_empty() {
            line(page, format_args!(""));
        }
        let persons = u64::from(self.census.persons());
        let (worse, longer, better) = (preview.worse(), preview.longer(), preview.better());
        let (stricter, later) = (preview.stricter(), preview.later());
        let is_nobody = preview.changed() == 0 && worse == 0;
        let told = match (self.lang, is_nobody) {
            (Lang::En, true) => format!("Nobody would be worse or better off, of {persons} persons.\n"),
            (Lang::ZhHans, true) => format!("{persons} 人中，没有人变差或变宽。\n"),
            (Lang::ZhHant, true) => format!("{persons} 人之中，無人變差或轉寬。\n"),
            (Lang::En, false) => format!(
                "Of {persons} persons, {worse} would be worse off: {stricter} by a stricter status, {longer} because theirs lasts longer, {later} only in the days to come. {better} would be better off.\n"
            ),
            (Lang::ZhHans, false) => format!(
                "{persons} 人中，{worse} 人变差：{stricter} 人状态变严，{longer} 人受限更久，{later} 人今后才变差。{better} 人变宽。\n"
            ),
            (Lang::ZhHant, false) => format!(
                "{persons} 人之中，{worse} 人變差：{stricter} 人狀態轉嚴，{longer} 人受限更久，{later} 人今後才變差。{better} 人轉寬。\n"
            ),
        };
        line(page, format_args!("{told}"));
        if is_nobody {
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
        self.coming(page, draft, preview);
        self.regions(page, preview, regions);
        if !preview.reasons.is_empty() {
            line(page, format_args!("\n{}", self.pick(["因何原因", "因何種原因", "By which reasons"])));
            self.reasons(page, (draft, &preview.reasons), NOW);
        }
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

    /// From when on whoever would not be so at once would be worse off, and why; and on which days the worse off would be so even more.
    fn coming(&self, page: &mut String, draft: &Draft<'_>, preview: &Preview) {
        let title = [
            "今后才变差的人，按今天已有的记录",
            "今後才變差的人，按今天已有的記錄",
            "Who would be worse off only in the days to come, by what is recorded now",
        ];
        self.days(page, title, &preview.coming);
        self.reasons(page, (draft, &preview.coming_reasons), THEN);
        let title = [
            "变差者中，今后状态会更严的人，按今天已有的记录",
            "變差者之中，今後狀態會更嚴的人，按今天已有的記錄",
            "Of the worse off, whose status would become stricter still in the days to come",
        ];
        self.days(page, title, &preview.stricter_still);
    }

    fn days(&self, page: &mut String, title: [&str; 3], days: &[ComingShift]) {
        if days.is_empty() {
            return;
        }
        line(page, format_args!("\n{}", self.pick(title)));
        for ComingShift { on, from, to, persons } in days.iter().take(LISTED) {
            let (from, to) = (self.outcome(*from), self.outcome(*to));
            let told = match self.lang {
                Lang::En => format!("{persons:>8} from {on} on: {to} instead of {from}"),
                Lang::ZhHans => format!("{persons:>8} 人自 {on} 起：为{to}而非{from}"),
                Lang::ZhHant => format!("{persons:>8} 人自 {on} 起：為{to}而非{from}"),
            };
            line(page, format_args!("{told}"));
        }
        if let Some(last) = days.last().filter(|_| days.len() > LISTED) {
            let last = last.on;
            let told = match self.lang {
                Lang::En => format!("       … up to {last}: `--json` lists all"),
                Lang::ZhHans | Lang::ZhHant => format!("       … 直至 {last}：`--json` 列出全部"),
            };
            line(page, format_args!("{told}"));
        }
    }

    /// Where they live; and what the brake says of it, which goes by all days on which the draft is looked at.
    fn regions(&self, page: &mut String, preview: &Preview, any_day: &[RegionShift]) {
        line(page, format_args!("\n{}", self.pick(["居住地", "居住地區", "Where they live"])));
        for r in &preview.regions {
            let (place, part) = (padded(&self.place(r.region), 28), percent(r.worse, r.persons));
            let RegionShift { persons, worse, longer, later, better, .. } = r;
            let told = match (self.lang, longer + later) {
                (Lang::En, 0) => format!("{place} {worse} of {persons} stricter ({part}), {better} milder"),
                (Lang::En, _) => format!(
                    "{place} {worse} of {persons} worse off ({part}), {longer} of them longer, {later} only later; {better} milder"
                ),
                (Lang::ZhHans, 0) => {
                    format!("{place} {persons} 人中 {worse} 人变严（{part}），{better} 人变宽")
                }
                (Lang::ZhHans, _) => format!(
                    "{place} {persons} 人中 {worse} 人变差（{part}），其中受限更久 {longer} 人，今后才变差 {later} 人；{better} 人变宽"
                ),
                (Lang::ZhHant, 0) => {
                    format!("{place} {persons} 人中 {worse} 人轉嚴（{part}），{better} 人轉寬")
                }
                (Lang::ZhHant, _) => format!(
                    "{place} {persons} 人中 {worse} 人變差（{part}），其中受限更久 {longer} 人，今後才變差 {later} 人；{better} 人轉寬"
                ),
            };
            line(page, format_args!("  {told}"));
        }
        let share = self.share;
        let over = any_day.iter().filter(|r| is_over(share, r)).count();
        let told = match (self.lang, exceeds_share(share, any_day)) {
            (Lang::En, None) => "Whether one office may publish it cannot be told: it goes by where people live, and some who would be worse off have no home here. Build the census with `--homes`.".to_owned(),
            (Lang::ZhHans, None) => "能否由一个单位发布无从判断：须按居住地计算，而受影响者中有人没有居住地。请用 `--homes` 建立普查。".to_owned(),
            (Lang::ZhHant, None) => "能否由一個單位發布無從判斷：須按居住地計算，而受影響者中有人沒有居住地。請用 `--homes` 建立普查。".to_owned(),
            (Lang::En, Some(false)) => format!(
                "In no region would more than {share} be worse off: by this alone it waits for no second office. Where it is published, what was published alone there before is added; a census does not tell that."
            ),
            (Lang::ZhHans, Some(false)) => {
                format!("没有地区变差的人数超过 {share}：单凭这些数字无须第二单位。发布时还要加上该处此前单独发布的部分，普查文件不含此项。")
            }
            (Lang::ZhHant, Some(false)) => {
                format!("沒有地區變差的人數超過 {share}：單憑這些數字無須第二單位。發布時還要加上該處此前單獨發布的部分，普查檔案不含此項。")
            }
            (Lang::En, Some(true)) => {
                let regions = counted(over, "region", "regions");
                format!(
                    "In {regions} more than {share} would be worse off: publishing it waits for a second office that has seen these numbers."
                )
            }
            (Lang::ZhHans, Some(true)) => {
                format!("{over} 个地区变差的人数超过 {share}：须由另一单位看过这些数字并同意后才能发布。")
            }
            (Lang::ZhHant, Some(true)) => {
                format!("{over} 個地區變差的人數超過 {share}：須由另一單位看過這些數字並同意後才能發布。")
            }
        };
        line(page, format_args!("{told}"));
    }

    fn stuck(&self, stuck: &Stuck) -> String {
        let without = ["（无名）", "（無名）", "(without a name)"];
        let name = self.census.name(stuck.number).unwrap_or(self.pick(without));
        let codes: Vec<_> = stuck.reasons.iter().map(ToString::to_string).collect();
        let codes = codes.join(self.pick(["、", "、", ", "]));
        let (from, to) = (self.outcome(stuck.from), self.outcome(stuck.to));
        let what = match self.lang {
            _ if stuck.from == stuck.to => to.to_owned(),
            Lang::En => format!("{to} instead of {from}"),
            Lang::ZhHans => format!("由{from}变为{to}"),
            Lang::ZhHant => format!("由{from}變為{to}"),
        };
        let instead = match (self.lang, stuck.instead_of) {
            (_, None) => String::new(),
            (Lang::En, Some(day)) => format!(" instead of {day}"),
            (Lang::ZhHans | Lang::ZhHant, Some(day)) => format!("，而非 {day}"),
        };
        match (self.lang, stuck.until) {
            (Lang::En, Some(day)) => format!("{name}: {what}, until {day}{instead} ({codes})"),
            (Lang::En, None) => format!("{name}: {what}, for ever, by waiting alone{instead} ({codes})"),
            (Lang::ZhHans, Some(day)) => format!("{name}：{what}，至 {day} 变宽{instead}（{codes}）"),
            (Lang::ZhHans, None) => format!("{name}：{what}，仅靠等待不会变宽{instead}（{codes}）"),
            (Lang::ZhHant, Some(day)) => format!("{name}：{what}，至 {day} 轉寬{instead}（{codes}）"),
            (Lang::ZhHant, None) => format!("{name}：{what}，單靠等候不會轉寬{instead}（{codes}）"),
        }
    }

    /// A draft of rules and those in force as they are called. A new version mostly has the old one's title: then by their ids, and
    /// a draft that has kept that too by where it lies.
    fn told_apart(&self, (would, label): (&Ruleset, &str), now: &Ruleset) -> (String, String) {
        let titles = (self.title(would), self.title(now));
        if titles.0 != titles.1 {
            return titles;
        }
        let apart = if would.id == now.id { label } else { would.id.as_str() };
        match self.lang {
            Lang::En => (format!("{} ({apart})", titles.0), format!("{} ({})", titles.1, now.id)),
            Lang::ZhHans | Lang::ZhHant => {
                (format!("{}（{apart}）", titles.0), format!("{}（{}）", titles.1, now.id))
            }
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

/// Whether more than the share of a region would be worse off, so that it waits for a second office whatever was published before; none where
/// that cannot be told, because some who would be worse off have no home here and the brake goes by where people live.
pub(super) fn exceeds_share(share: Share, regions: &[RegionShift]) -> Option<bool> {
    let is_homeless = |r: &RegionShift| r.region.is_none() && r.worse > 0;
    let over = regions.iter().any(|r| is_over(share, r));
    (over || !regions.iter().any(is_homeless)).then_some(over)
}

/// Whether more than the share of a home region would be worse off.
fn is_over(share: Share, r: &RegionShift) -> bool {
    let RegionShift { persons, worse, longer, later, better, .. } = *r;
    r.region.is_some_and(|region| {
        share.is_exceeded(&RegionPreview { region, persons, worse, longer, later, better, alone: 0 })
    })
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
