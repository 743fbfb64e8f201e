//! Everybody whom a draft would touch, one a line: who, how, from which day on, from what to what, and why. A list of persons is
//! made for whoever holds everybody's facts in a file, and for nobody over the network.

use std::path::Path;

use mingma_census::job::{Hit, Touched, touched};
use mingma_census::{Census, Program};
use mingma_domain::Region;
use mingma_domain::assess::Status;
use mingma_domain::time::Day;
use mingma_registry::sight::word;
use serde::Serialize;

use super::Told;
use super::working::Working;
use crate::failure::Failure;
use crate::table::csv::quoted;
use crate::table::output::Output;

/// How the list is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Jsonl,
}

/// A line. In CSV it is the same in the same order, the reasons with `;` between them.
#[derive(Serialize)]
struct Line<'a> {
    draft: &'a str,
    person: Option<&'a str>,
    region: Option<Region>,
    becomes: &'static str,
    on: Day,
    from: &'static str,
    until_before: Option<Day>,
    reasons_before: Vec<&'a str>,
    to: &'static str,
    until: Option<Day>,
    reasons: Vec<&'a str>,
}

const HEADER: &str = "draft,person,region,becomes,on,from,until_before,reasons_before,to,until,reasons\n";

/// A list that is to be written.
pub(super) struct List {
    form: Form,
    output: Output,
}

impl List {
    /// A list in this file, which is there whole or not at all.
    pub(super) fn in_file(path: &Path) -> Result<Self, Failure> {
        let form = match path.extension().and_then(|end| end.to_str()) {
            Some("csv") => Form::Csv,
            Some("jsonl") => Form::Jsonl,
            _ => {
                return Err(Failure::about(path, "the name does not say how the list is to be written")
                    .help("name a file that ends in `.csv` or `.jsonl`"));
            }
        };
        Ok(Self { form, output: Output::file(path)? })
    }

    /// Writes down whom each draft touches, by each day on which it is looked at; nothing if the job is to end before it is whole.
    pub(super) fn write(
        self,
        census: &Census,
        drafts: &[Told<'_>],
        working: &Working,
    ) -> Result<(), Failure> {
        let Self { form, mut output } = self;
        if form == Form::Csv {
            output.text(HEADER)?;
        }
        for Told { today, draft, preview, .. } in drafts {
            let programs = (*today, draft.program);
            for one in touched(census, programs, preview) {
                working.go_on()?;
                let line = line(census, programs, (draft.label, &one));
                match form {
                    Form::Csv => output.text(csv(&line))?,
                    Form::Jsonl => output.with(|to| {
                        serde_json::to_writer(&mut *to, &line)?;
                        to.write_all(b"\n")
                    })?,
                }
            }
        }
        working.go_on()?;
        output.finish()
    }
}

fn line<'a>(
    census: &'a Census,
    (today, then): (&'a Program<'a>, &'a Program<'a>),
    (draft, touched): (&'a str, &Touched),
) -> Line<'a> {
    let Touched { number, hit, on, before, after } = touched;
    Line {
        draft,
        person: census.name(*number),
        region: census.home_of(*number),
        becomes: match hit {
            Hit::Stricter => "stricter",
            Hit::Longer => "longer",
            Hit::Later(_) => "stricter-later",
            Hit::Better => "milder",
        },
        on: *on,
        from: word(before.as_ref().map(Status::outcome)),
        until_before: before.as_ref().and_then(Status::until),
        reasons_before: codes(today, before.as_ref()),
        to: word(after.as_ref().map(Status::outcome)),
        until: after.as_ref().and_then(Status::until),
        reasons: codes(then, after.as_ref()),
    }
}

fn codes<'a>(program: &'a Program<'a>, status: Option<&Status>) -> Vec<&'a str> {
    let reasons = status.into_iter().flat_map(Status::reasons);
    reasons
        .filter_map(|reason| program.ruleset().rules.get(reason.rule))
        .map(|rule| rule.code.as_str())
        .collect()
}

fn csv(line: &Line<'_>) -> String {
    let Line { draft, person, region, becomes, on, from, until_before, reasons_before, to, until, reasons } =
        line;
    let day = |day: &Option<Day>| day.map_or_else(String::new, |day| day.to_string());
    let region = region.map_or_else(String::new, |region| region.to_string());
    format!(
        "{},{},{region},{becomes},{on},{from},{},{},{to},{},{}\n",
        quoted(draft),
        quoted(person.unwrap_or_default()),
        day(until_before),
        reasons_before.join(";"),
        day(until),
        reasons.join(";"),
    )
}
