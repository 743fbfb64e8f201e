//! What the census found, in words for officials and as JSON for machines.

mod person;
mod side;
mod why;
mod words;

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use jiff::Timestamp;
use mingma_census::job::{Change, ComingShift, Gained, Reassessment, RegionShift};
use mingma_census::transition::Beside;
use mingma_census::{Census, Counts, Program, VERSION};
use mingma_domain::assess::Outcome;
use mingma_domain::fact::Color;
use mingma_domain::text::Lang;
use mingma_domain::time::Day;
use mingma_domain::{Region, Ruleset};
use mingma_registry::brake::Share;
use serde_json::{Value, json};

use super::Told;
use super::working::{self, Working};
use crate::failure::Failure;
use crate::plural::counted;
pub(super) use person::person;
use why::Whose;
use words::Words;

const OUTCOMES: [Outcome; 5] = [
    Outcome::Code(Color::Green),
    Outcome::Code(Color::Yellow),
    Outcome::Code(Color::Red),
    Outcome::Popup,
    Outcome::NotIssued,
];

/// The most persons who are listed in words; JSON lists all.
const LISTED: usize = 20;

/// What is in a census, until when it may be used, and what it takes beside its columns where it lives.
pub(super) fn info(
    census: &Census,
    (ends, beside): (Option<Timestamp>, Option<Beside>),
    as_json: bool,
) -> Result<ExitCode, Failure> {
    let bytes = census.bytes();
    let all = bytes.facts + bytes.places + bytes.order + bytes.names;
    if as_json {
        let homes: Vec<Value> =
            census.homes().map(|(region, persons)| json!({ "region": region, "persons": persons })).collect();
        return print(&json!({ "version": VERSION, "day": census.day(), "ends": ends, "persons": census.persons(), "facts": census.facts(), "zone": census.zone().name(),
            "bytes": { "facts": bytes.facts, "places": bytes.places, "order": bytes.order, "names": bytes.names },
            "served_bytes": beside.map(|beside| json!({ "ids": beside.ids, "outcomes": beside.outcomes, "schedule": beside.schedule })), "homes": homes })
        .to_string());
    }
    let mut page = format!(
        "{} in {}, {}, {} bytes, for {}, days in {}\n",
        counted(census.persons(), "person", "persons"),
        counted(census.homes().count(), "home region", "home regions"),
        counted(census.facts(), "fact", "facts"),
        all,
        census.day(),
        census.zone().name()
    );
    if let Some(ends) = ends {
        line(&mut page, format_args!("it is everybody's facts in clear, and ends on {ends:.0}"));
    }
    if let Some(Beside { ids, outcomes, schedule }) = beside {
        let more = ids + outcomes + schedule;
        line(
            &mut page,
            format_args!(
                "while it is served it takes {more} bytes more: {ids} to find persons by their ids, {outcomes} for what everybody is shown, {schedule} for whose day comes when"
            ),
        );
    }
    for (region, persons) in census.homes() {
        line(&mut page, format_args!("  {:<28} {persons:>10}", place(region)));
    }
    print(page.trim_end())
}

pub(super) fn assessed(
    census: &Census,
    (program, levels_known): (&Program<'_>, bool),
    since: Option<&Program<'_>>,
    done: &Reassessment,
    (as_json, working): (bool, &Working),
) -> Result<ExitCode, Failure> {
    let change = |change: &Change| {
        let before = since.map_or_else(Vec::new, |since| reasons(census, since, change.number));
        (before, reasons(census, program, change.number))
    };
    if as_json {
        let counts = |counts: &Counts| -> Value {
            OUTCOMES
                .iter()
                .map(|o| (word(*o).to_owned(), json!(counts.of(*o))))
                .collect::<serde_json::Map<_, _>>()
                .into()
        };
        let regions: Vec<Value> = done
            .regions
            .iter()
            .map(|(region, found)| json!({ "region": region, "counts": counts(found) }))
            .collect();
        let bar = working::bar("reasons");
        bar.set_length(done.changes.len() as u64);
        let mut changes = Vec::with_capacity(done.changes.len());
        for c in &done.changes {
            working.go_on()?;
            let (before, after) = change(c);
            changes
                .push(json!({ "person": census.name(c.number), "from": word(c.from()), "to": word(c.to()),
                "reasons_before": before, "reasons_after": after }));
            bar.inc(1);
        }
        bar.finish_and_clear();
        let changes = since.map(|since| json!({ "since": since.today(), "persons": changes }));
        let note = as_if(program.ruleset(), program.today(), Lang::En);
        return print(&json!({ "on": program.today(), "ruleset": named(program.ruleset()), "note": note, "levels_known": levels_known, "counts": counts(&done.counts()),
            "regions": regions, "changes": changes })
        .to_string());
    }
    let mut page = format!("{} on {}\n\n", title(program.ruleset()), program.today());
    line(
        &mut page,
        format_args!(
            "{:<28} {:>10} {:>10} {:>10} {:>10} {:>10}",
            "", "green", "yellow", "red", "pop-up", "no code"
        ),
    );
    let mut row = |name: &str, counts: &Counts| {
        let [green, yellow, red, popup, none] = OUTCOMES.map(|outcome| counts.of(outcome));
        line(&mut page, format_args!("{name:<28} {green:>10} {yellow:>10} {red:>10} {popup:>10} {none:>10}"));
    };
    for (region, counts) in &done.regions {
        row(&place(*region), counts);
    }
    row("everybody", &done.counts());
    if let Some(since) = since {
        line(
            &mut page,
            format_args!(
                "\n{} since {}",
                counted(done.changes.len(), "person has changed", "persons have changed"),
                since.today()
            ),
        );
        for c in done.changes.iter().take(LISTED) {
            let (before, after) = change(c);
            let name = census.name(c.number).unwrap_or("(without a name)");
            line(
                &mut page,
                format_args!(
                    "  {name}: {} {} → {} {}",
                    word(c.from()),
                    before.join(" "),
                    word(c.to()),
                    after.join(" ")
                ),
            );
        }
        if done.changes.len() > LISTED {
            line(&mut page, format_args!("  … and {} more: `--json` lists all", done.changes.len() - LISTED));
        }
    }
    print(page.trim_end())
}

/// What is to be known of rules that are not in force on a day: they are judged as if they were.
pub(super) fn as_if(rules: &Ruleset, on: Day, lang: Lang) -> Option<String> {
    let (named, effect, sunset) = (format!("`{}` {}", rules.id, rules.region), rules.effect, rules.sunset);
    let told = match lang {
        _ if rules.in_force(on) => return None,
        Lang::En if on < effect => format!("the rules {named} take effect on {effect}"),
        Lang::En => format!("the rules {named} ended on {sunset}"),
        Lang::ZhHans if on < effect => format!("规则 {named} 自 {effect} 起生效"),
        Lang::ZhHans => format!("规则 {named} 已于 {sunset} 失效"),
        Lang::ZhHant if on < effect => format!("規則 {named} 自 {effect} 起生效"),
        Lang::ZhHant => format!("規則 {named} 已於 {sunset} 失效"),
    };
    Some(match lang {
        Lang::En => format!("{told}; they are judged as if they were in force on {on}"),
        Lang::ZhHans => format!("{told}；此处按其在 {on} 有效计算"),
        Lang::ZhHant => format!("{told}；此處按其在 {on} 有效計算"),
    })
}

/// What is to be known where nothing says which regions have which level of risk, and the rules ask for it.
pub(super) fn no_levels(lang: Lang) -> String {
    let told = match lang {
        Lang::En => {
            "no region's level of risk is known here, and the rules ask for it: give the levels with `--risk FILE`, or with `--data DIR` those of the folder"
        }
        Lang::ZhHans => {
            "此处不知道任何地区的风险等级，而规则要用到：请用 `--risk FILE` 给出，或用 `--data DIR` 取数据目录中的等级"
        }
        Lang::ZhHant => {
            "此處不知道任何地區的風險等級，而規則要用到：請用 `--risk FILE` 給出，或用 `--data DIR` 取資料目錄中的等級"
        }
    };
    told.to_owned()
}

/// Tells beside the answer what is to be known of it.
pub(super) fn notes<'n>(notes: impl IntoIterator<Item = &'n String>) {
    let mut stderr = std::io::stderr().lock();
    for note in notes {
        // There is nothing left to tell it to.
        let _closed = writeln!(stderr, " note: {note}");
    }
}

/// What drafts would do: in words of a language, or as JSON.
pub(super) fn previewed(
    (census, today, levels_known): (&Census, &Program<'_>, bool),
    drafts: &[Told<'_>],
    (lang, share): (Option<Lang>, Share),
) -> Result<ExitCode, Failure> {
    let of_drafts = drafts.iter().flat_map(|told| [told.today, told.draft.program]);
    let programs: Vec<&Program<'_>> = std::iter::once(today).chain(of_drafts).collect();
    let asks = !levels_known && programs.iter().any(|program| program.asks_risk());
    let mut notes = Vec::new();
    let words = lang.unwrap_or(Lang::En);
    let all = programs.iter().filter_map(|program| as_if(program.ruleset(), program.today(), words));
    for note in all.chain(asks.then(|| no_levels(words))) {
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    self::notes(&notes);
    let Some(lang) = lang else {
        let all: Vec<Value> =
            drafts.iter().map(|draft| preview_json((census, today), draft, share)).collect();
        let note = as_if(today.ruleset(), today.today(), Lang::En);
        return print(&json!({ "on": today.today(), "ruleset": named(today.ruleset()), "note": note, "levels_known": levels_known, "persons": census.persons(), "drafts": all }).to_string());
    };
    let mut page = String::new();
    let words = Words { census, today, lang, share };
    if drafts.len() > 1 {
        side::by_side(&mut page, words, drafts);
    }
    for draft in drafts {
        words.preview(&mut page, draft);
    }
    print(page.trim_end())
}

fn preview_json((census, today): (&Census, &Program<'_>), told: &Told<'_>, share: Share) -> Value {
    let Told { sketch, draft, preview, .. } = *told;
    let program = draft.program;
    let shifts: Vec<Value> = preview
        .shifts
        .iter()
        .map(|s| json!({ "from": word(s.from), "to": word(s.to), "persons": s.persons }))
        .collect();
    let days = |days: &[ComingShift]| -> Vec<Value> {
        let day = |c: &ComingShift| json!({ "on": c.on, "from": word(c.from), "to": word(c.to), "persons": c.persons });
        days.iter().map(day).collect()
    };
    let (coming, stricter_still) = (days(&preview.coming), days(&preview.stricter_still));
    let of_regions = |regions: &[RegionShift]| -> Vec<Value> {
        let region = |r: &RegionShift| json!({ "region": r.region, "persons": r.persons, "worse": r.worse, "longer": r.longer, "later": r.later, "better": r.better });
        regions.iter().map(region).collect()
    };
    let (regions, any_day) = (of_regions(&preview.regions), of_regions(&told.regions));
    let of_reasons = |reasons: &[Gained]| -> Vec<Value> {
        let whose = |g: &Gained| Whose::of(g, [today.ruleset(), program.ruleset()]).0.word();
        let reason =
            |g: &Gained| json!({ "code": g.code, "whose": whose(g), "gain": g.gain, "lose": g.lose });
        reasons.iter().map(reason).collect()
    };
    let (reasons, coming_reasons) = (of_reasons(&preview.reasons), of_reasons(&preview.coming_reasons));
    let stuck: Vec<Value> = preview
        .stuck
        .iter()
        .map(|s| {
            json!({ "person": census.name(s.number), "from": word(s.from), "to": word(s.to),
            "until": s.until, "instead_of": s.instead_of, "reasons": s.reasons })
        })
        .collect();
    let exceeds = words::exceeds_share(share, &told.regions);
    let levels: Vec<Value> = sketch
        .levels
        .iter()
        .map(
            |l| json!({ "region": l.region, "level": l.level.to_string(), "from": l.from, "until": l.until }),
        )
        .collect();
    let note = as_if(program.ruleset(), program.today(), Lang::En);
    json!({ "draft": preview.label, "on": program.today(), "ruleset": named(program.ruleset()), "note": note, "draft_levels": levels, "changed": preview.changed(), "worse": preview.worse(),
        "longer": preview.longer(), "later": preview.later(), "better": preview.better(), "exceeds_share": exceeds, "share_of_10_000": share.in_10_000(), "shifts": shifts,
        "coming": coming, "stricter_still": stricter_still, "regions": regions, "regions_on_any_day": any_day, "reasons": reasons, "coming_reasons": coming_reasons, "stuck_longest": stuck })
}

fn reasons(census: &Census, program: &Program<'_>, number: u32) -> Vec<String> {
    let Some(found) = census.status(program, number) else { return Vec::new() };
    let rules = &program.ruleset().rules;
    let codes = found.status.reasons().iter().filter_map(|reason| rules.get(reason.rule));
    codes.map(|rule| rule.code.to_string()).collect()
}

/// A ruleset by what no other has: its region and its id there.
fn named(ruleset: &Ruleset) -> Value {
    json!({ "region": ruleset.region, "id": ruleset.id })
}

fn title(ruleset: &Ruleset) -> String {
    format!("«{}»", ruleset.title.get(Lang::En))
}

fn place(region: Option<Region>) -> String {
    region.map_or_else(
        || "without a home".to_owned(),
        |r| format!("{r} {}", r.name_en().unwrap_or(r.name_zh())),
    )
}

fn word(outcome: impl Into<Option<Outcome>>) -> &'static str {
    mingma_registry::sight::word(outcome.into())
}

fn line(page: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _written = writeln!(page, "{line}");
}

fn print(page: &str) -> Result<ExitCode, Failure> {
    writeln!(std::io::stdout().lock(), "{page}").map_err(Failure::output)?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use mingma_census::job::reassess;
    use mingma_census::{Builder, Work};
    use mingma_domain::RiskMap;
    use mingma_domain::fact::RawFact;

    use super::*;
    use crate::ruleset_dir;

    #[test]
    fn whoever_asks_for_everybodys_reasons_may_stop_it() {
        let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rulesets/shaanxi/2020");
        let (rules, risk) = (ruleset_dir::load(rules.as_ref()).unwrap(), RiskMap::default());
        let [before, day] = ["2020-04-20", "2020-04-28"].map(|day| day.parse().unwrap());
        let mut builder = Builder::new(&rules.zone, day);
        let contact = RawFact {
            kind: "contact",
            value: "close",
            at: "2020-04-27",
            issuer: "cdc:610100",
            evidence: "INV-1",
            ..RawFact::default()
        };
        let person = builder.named("P1", Some("610102".parse().unwrap())).unwrap();
        builder.fact(person, &mingma_domain::Fact::parse(&contact).unwrap(), &[]).unwrap();
        let census = builder.finish().unwrap();
        let [since, today] = [before, day].map(|day| Program::compile(&census, &rules, &risk, day).unwrap());
        let former = reassess(&census, &since, None, &Work::default()).unwrap().outcomes;
        let done = reassess(&census, &today, Some(&former), &Work::default()).unwrap();
        assert_eq!(done.changes.len(), 1);
        let told = |working| assessed(&census, (&today, true), Some(&since), &done, (true, &working));
        assert!(told(Working::stopped(true)).is_err());
        assert!(told(Working::stopped(false)).is_ok());
    }
}
