//! Several drafts as one table: a column for each, a row for what an official compares.

use std::fmt::Write as _;

use mingma_census::job::{Draft, Preview};
use mingma_census::{Census, Program};
use mingma_domain::assess::Outcome;
use mingma_domain::fact::Color;

use super::{line, place, title};

/// How wide a column is: the longest entry is a number of persons and a share, `1400000000 (100.00 %)`.
const WIDTH: usize = 22;

pub(super) fn by_side(
    page: &mut String,
    census: &Census,
    today: &Program<'_>,
    drafts: &[Draft<'_>],
    previews: &[Preview],
) {
    let persons = u64::from(census.persons());
    line(
        page,
        format_args!("On {}, instead of {}, of {persons} persons\n", today.today(), title(today.ruleset())),
    );
    for (letter, draft) in ('A'..='Z').zip(drafts) {
        line(page, format_args!("  {letter}  {}  ({})", title(draft.program.ruleset()), draft.label));
    }
    let letters: Vec<String> = ('A'..='Z').take(drafts.len()).map(String::from).collect();
    line(page, format_args!("\n{}", row("", &letters)));
    let mut told = |what: &str, of: &dyn Fn(&Preview) -> u64| {
        let cells: Vec<String> = previews.iter().map(|preview| share(of(preview), persons)).collect();
        line(page, format_args!("{}", row(what, &cells)));
    };
    told("another code", &Preview::changed);
    told("a stricter one", &Preview::worse);
    told("a milder one", &|preview| preview.changed() - preview.worse());
    let to = |outcome: Outcome| {
        move |preview: &Preview| -> u64 {
            preview.shifts.iter().filter(|shift| shift.to == Some(outcome)).map(|shift| shift.persons).sum()
        }
    };
    told("newly red", &to(Outcome::Code(Color::Red)));
    told("newly yellow", &to(Outcome::Code(Color::Yellow)));
    told("newly green", &to(Outcome::Code(Color::Green)));
    let cells = |of: &dyn Fn(&Preview) -> String| previews.iter().map(of).collect::<Vec<_>>();
    let hardest = cells(&|preview| {
        let worst = preview.regions.iter().max_by_key(|r| (r.worse * 1_000_000).checked_div(r.persons));
        worst.filter(|r| r.worse > 0).map_or_else(String::new, |r| share(r.worse, r.persons))
    });
    line(page, format_args!("{}", row("in the region hit hardest", &hardest)));
    let where_to = cells(&|preview| {
        let worst = preview.regions.iter().max_by_key(|r| (r.worse * 1_000_000).checked_div(r.persons));
        worst.filter(|r| r.worse > 0).map_or_else(String::new, |r| place(r.region))
    });
    line(page, format_args!("{}", row("", &where_to)));
    let longest = cells(&|preview| match preview.stuck.first() {
        None => String::new(),
        Some(stuck) => stuck.until.map_or_else(|| "never by waiting".to_owned(), |day| day.to_string()),
    });
    line(page, format_args!("{}\n", row("the last is milder on", &longest)));
}

fn row(what: &str, cells: &[String]) -> String {
    let mut row = format!("{what:<28}");
    for cell in cells {
        // Writing to a string cannot fail.
        let _written = write!(row, "{cell:>WIDTH$}");
    }
    row.trim_end().to_owned()
}

fn share(persons: u64, of: u64) -> String {
    // Hundredths of a per cent.
    let parts = (persons * 10_000).checked_div(of).unwrap_or(0);
    format!("{persons} ({}.{:02} %)", parts / 100, parts % 100)
}
