//! Several drafts as one table: a column for each, a row for what an official compares.

use mingma_census::job::Preview;
use mingma_domain::assess::Outcome;
use mingma_domain::fact::Color;
use mingma_domain::text::Lang;

use super::line;
use super::words::{Words, padded, percent};
use crate::command::census::Told;

/// How wide a column is: the longest entry is a number of persons and a share, `1400000000 (100.00 %)`.
const WIDTH: usize = 22;

pub(super) fn by_side(page: &mut String, words: Words<'_>, drafts: &[Told<'_>]) {
    let persons = u64::from(words.census.persons());
    let (day, now) = (words.today.today(), words.title(words.today.ruleset()));
    let told = match words.lang {
        Lang::En => format!("On {day}, instead of {now}, of {persons} persons\n"),
        Lang::ZhHans | Lang::ZhHant => format!("{day}，取代{now}，共 {persons} 人\n"),
    };
    line(page, format_args!("{told}"));
    for (letter, Told { draft, .. }) in ('A'..='Z').zip(drafts) {
        line(page, format_args!("  {letter}  {}  ({})", words.title(draft.program.ruleset()), draft.label));
    }
    let letters: Vec<String> = ('A'..='Z').take(drafts.len()).map(String::from).collect();
    line(page, format_args!("\n{}", row("", &letters)));
    let mut told = |what: [&str; 3], of: &dyn Fn(&Preview) -> u64| {
        let cells: Vec<String> = drafts.iter().map(|told| share(of(told.preview), persons)).collect();
        line(page, format_args!("{}", row(words.pick(what), &cells)));
    };
    told(["状态改变", "狀態改變", "another status"], &Preview::changed);
    told(["变严", "轉嚴", "a stricter one"], &Preview::stricter);
    told(["受限更久", "受限更久", "held longer"], &Preview::longer);
    told(["今后才变差", "今後才變差", "worse off only later"], &Preview::later);
    told(["变宽", "轉寬", "a milder one"], &Preview::better);
    let to = |outcome: Outcome| {
        move |preview: &Preview| -> u64 {
            preview.shifts.iter().filter(|shift| shift.to == Some(outcome)).map(|shift| shift.persons).sum()
        }
    };
    told(["新增红码", "新增紅碼", "newly red"], &to(Outcome::Code(Color::Red)));
    told(["新增黄码", "新增黃碼", "newly yellow"], &to(Outcome::Code(Color::Yellow)));
    told(["新增绿码", "新增綠碼", "newly green"], &to(Outcome::Code(Color::Green)));
    let cells =
        |of: &dyn Fn(&Preview) -> String| drafts.iter().map(|told| of(told.preview)).collect::<Vec<_>>();
    let hit = |preview: &Preview| {
        let worst = preview.regions.iter().max_by_key(|r| (r.worse * 1_000_000).checked_div(r.persons));
        worst.filter(|r| r.worse > 0).copied()
    };
    let hardest = cells(&|preview| hit(preview).map_or_else(String::new, |r| share(r.worse, r.persons)));
    let what = ["影响最大的地区", "影響最大的地區", "in the region hit hardest"];
    line(page, format_args!("{}", row(words.pick(what), &hardest)));
    let where_to = cells(&|preview| hit(preview).map_or_else(String::new, |r| words.place(r.region)));
    line(page, format_args!("{}", row("", &where_to)));
    let never = ["仅靠等待不会变宽", "單靠等候不會轉寬", "never by waiting"];
    let longest = cells(&|preview| match preview.stuck.first() {
        None => String::new(),
        Some(stuck) => stuck.until.map_or_else(|| words.pick(never).to_owned(), |day| day.to_string()),
    });
    let what = ["最后变宽的日期", "最後轉寬的日期", "the last is milder on"];
    line(page, format_args!("{}\n", row(words.pick(what), &longest)));
}

fn row(what: &str, cells: &[String]) -> String {
    let mut row = padded(what, 28);
    for cell in cells {
        // To the right: what would stand behind the cell stands before it.
        row.push_str(padded(cell, WIDTH).strip_prefix(cell.as_str()).unwrap_or_default());
        row.push_str(cell);
    }
    row.trim_end().to_owned()
}

fn share(persons: u64, of: u64) -> String {
    format!("{persons} ({})", percent(persons, of))
}
