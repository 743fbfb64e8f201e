//! `mingma doctor`: what is wrong, and which page of the manual to read. It reads and changes nothing.

mod census;
mod channels;
mod compared;
mod data;
mod desks;
mod finding;
mod keys;
mod machine;
mod witnesses;

use std::io::Write;
use std::process::ExitCode;

use finding::{Finding, Mark};

use crate::channel::ways;
use crate::clock;
use crate::failure::Failure;
use crate::options::Options;

/// Say what is wrong, and which page of the manual to read.
///
/// Ends with status 1 if something fails, with 0 otherwise.
#[derive(clap::Args, Debug)]
pub(crate) struct Doctor {
    #[command(flatten)]
    options: Options,
    /// Read the whole database, and hold it against the journal's log, however large it is: a minute for a million entries.
    #[arg(long)]
    whole: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let (place, config) = self.options.read()?;
        let now = clock::now();
        let mut findings = data::look_at(&place.data, ways(&config), self.whole, now);
        if findings.iter().any(|finding| finding.check == data::DATABASE && finding.mark != Mark::Fail) {
            findings.extend(census::look_at(&place.data, &place.keys, now));
            findings.extend(desks::look_at(&place.data, now));
        }
        findings.extend(witnesses::look_at(&place, &config.journal, now));
        findings.extend(keys::look_at((&place.data, &place.keys), now));
        findings.extend(machine::look_at(&place, now));
        let text = if self.json { json(&findings) } else { table(&findings) };
        std::io::stdout().write_all(text.as_bytes()).map_err(Failure::output)?;
        Ok(if worst(&findings) == Mark::Fail { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn worst(findings: &[Finding]) -> Mark {
    findings.iter().map(|finding| finding.mark).max().unwrap_or(Mark::Ok)
}

fn table(findings: &[Finding]) -> String {
    let lines = findings.iter().flat_map(|Finding { check, mark, said, page }| {
        let line = format!("{:<5} {check:<14} {said}\n", mark.word());
        let read = (*mark != Mark::Ok).then(|| format!("{:20} read {}\n", "", page.address()));
        std::iter::once(line).chain(read)
    });
    lines.collect()
}

fn json(findings: &[Finding]) -> String {
    let each = findings.iter().map(|finding| {
        let Finding { check, mark, said, page } = finding;
        serde_json::json!({ "check": check, "mark": mark.word(), "said": said, "page": page.address() })
    });
    let all = serde_json::json!({ "worst": worst(findings).word(), "findings": each.collect::<Vec<_>>() });
    format!("{all:#}\n")
}
