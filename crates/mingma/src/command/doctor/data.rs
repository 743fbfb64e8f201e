//! The data folder: who may enter it, whether it can be opened, what waits in it, and whether the clock fits to it.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use jiff::Timestamp;
use mingma_registry::{TOLERANCE, Ways};
use mingma_store::{Backlog, Depth, Look, OpenError, in_use, look};

use super::finding::{Finding, Mark, Page};
use super::{channels, compared};
use crate::plural::counted;
use crate::{journal, machine};

/// The hours after which a notice that still waits is late, and after which something is wrong: people are told within
/// the minute, and a channel's outage of a night is met by trying again.
const LATE_HOURS: i64 = 1;
const LOST_HOURS: i64 = 24;

/// What is said of the database itself.
pub(super) const DATABASE: &str = "database";

pub(super) fn look_at(dir: &Path, ways: Ways, whole: bool, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Ok(meta) = fs::metadata(dir) else {
        let said = format!("{} is not there or may not be entered", dir.display());
        return vec![Finding::new("data-folder", Mark::Fail, said, Page::FirstStart)];
    };
    findings.push(owner("data-folder", dir, &meta));
    if let Ok(meta) = fs::metadata(dir.join("master.key")) {
        findings.push(owner("master-key", &dir.join("master.key"), &meta));
    }
    let busy = in_use(dir).unwrap_or(false);
    let depth = if whole { Depth::Whole } else { Depth::AsOpening };
    match look(dir, depth) {
        Ok(found) => {
            findings.push(database(&found, busy));
            findings.push(clock(found.newest, now));
            findings.push(outbox(found.backlog, now));
            findings.push(channels::look_at(ways, found.backlog.waiting));
            findings.push(log(dir, found.numbered, busy));
            findings.extend(compared::look_at(dir, &found, whole));
        }
        Err(error) => findings.push(Finding::new(DATABASE, Mark::Fail, error.to_string(), page_of(&error))),
    }
    findings
}

/// Whose a file or folder is, and who else may read it.
pub(super) fn owner(check: &'static str, path: &Path, meta: &fs::Metadata) -> Finding {
    let (path, mode, owner) = (path.display(), meta.mode() & 0o7777, meta.uid());
    let user = machine::user();
    let right = if meta.is_dir() { 0o700 } else { 0o600 };
    if mode & 0o077 != 0 {
        let said = format!("{path} has mode {mode:o}: others may read it; `chmod {right:o}` takes that away");
        Finding::new(check, Mark::Fail, said, Page::Permissions)
    } else if user != owner && user != 0 {
        let said = format!("{path} is user {owner}'s, and this is run by user {user}");
        Finding::new(check, Mark::Fail, said, Page::Permissions)
    } else {
        Finding::new(check, Mark::Ok, format!("{path} is user {owner}'s alone"), Page::Permissions)
    }
}

fn database(found: &Look, busy: bool) -> Finding {
    let Look { version, older, bytes, checked, .. } = found;
    let megabytes = bytes.div_ceil(1 << 20);
    let open = if busy { "a process has it open" } else { "no process has it open" };
    let pages = match (checked, busy) {
        (true, _) => "its pages are whole",
        (false, true) => "its pages were not checked, for it is in use; `--whole` reads them all",
        (false, false) => "its pages were not checked, for it is large; `--whole` reads them all",
    };
    let said = format!("version {version}, {megabytes} MiB; {open}; {pages}");
    if *older {
        let said = format!("{said}; the next start brings it to this program's version: make a backup first");
        return Finding::new(DATABASE, Mark::Warn, said, Page::Upgrade);
    }
    Finding::new(DATABASE, Mark::Ok, said, Page::Damage)
}

fn page_of(error: &OpenError) -> Page {
    match error {
        OpenError::Folder { .. } => Page::Permissions,
        OpenError::Ended { .. } => Page::End,
        OpenError::NoData { .. } | OpenError::InUse { .. } | OpenError::NoEntropy => Page::FirstStart,
        OpenError::KeyLost { .. }
        | OpenError::Key { .. }
        | OpenError::NotAKey { .. }
        | OpenError::OtherKey { .. } => Page::KeyFile,
        OpenError::Newer { .. } | OpenError::Older { .. } | OpenError::Migration { .. } => Page::Upgrade,
        OpenError::Torn { .. }
        | OpenError::Damaged { .. }
        | OpenError::DatabaseLost { .. }
        | OpenError::Database { .. } => Page::Damage,
    }
}

fn clock(newest: Option<Timestamp>, now: Timestamp) -> Finding {
    let Some(newest) = newest else {
        let said = format!("{now:.0}; nothing is recorded yet that would tell whether it is right");
        return Finding::new("clock", Mark::Ok, said, Page::Clock);
    };
    let behind = newest.duration_since(now);
    if behind > TOLERANCE {
        let said = format!(
            "it is {now:.0} here, {} s before the newest entry: nothing is recorded",
            behind.as_secs()
        );
        return Finding::new("clock", Mark::Fail, said, Page::Clock);
    }
    Finding::new("clock", Mark::Ok, format!("{now:.0}; the newest entry is of {newest:.0}"), Page::Clock)
}

/// How many entries may wait for their place while the program runs: two of its rounds at their fullest.
const BEHIND: u64 = 32_768;

/// How far the log has come, by its files.
fn log(data: &Path, numbered: u64, busy: bool) -> Finding {
    let said = |mark, said: String| Finding::new("log", mark, said, Page::Log);
    let logs = data.join(journal::LOG);
    let mut entries = 0_u64;
    for (place, quarter) in journal::quarters(&logs).into_iter().enumerate() {
        let path = logs.join(quarter.to_string()).join(journal::CHECKPOINT);
        let text = fs::read_to_string(&path).unwrap_or_default();
        let size = text.lines().nth(1).and_then(|size| size.parse::<u64>().ok());
        let Some(size) = size else {
            return said(Mark::Fail, format!("{} is not there or is no checkpoint", path.display()));
        };
        // Each log but the first begins with the end of the one before.
        entries = entries.saturating_add(size).saturating_sub(u64::from(place > 0));
    }
    if entries > numbered {
        let text = format!(
            "it holds {entries} entries, the database {numbered}: entries were taken out, or it is an older backup"
        );
        return said(Mark::Fail, text);
    }
    let waiting = numbered - entries;
    let published = counted(entries, "entry is", "entries are");
    match (waiting, busy) {
        (0, _) => said(Mark::Ok, format!("{published} published, which is all")),
        (1..BEHIND, true) => said(
            Mark::Ok,
            format!("{published} published, {} for the next round", counted(waiting, "waits", "wait")),
        ),
        (_, true) => said(
            Mark::Fail,
            format!(
                "{}: it does not go on, or its witnesses are silent",
                counted(waiting, "entry waits", "entries wait")
            ),
        ),
        (_, false) => {
            said(Mark::Ok, format!("{published} published, those since ({waiting}) by the next start"))
        }
    }
}

fn outbox(backlog: Backlog, now: Timestamp) -> Finding {
    let mark = match backlog.oldest.map_or(0, |oldest| now.duration_since(oldest).as_hours()) {
        LOST_HOURS.. => Mark::Fail,
        LATE_HOURS.. => Mark::Warn,
        _ => Mark::Ok,
    };
    let waiting = match backlog.oldest {
        Some(oldest) => format!("{} notices wait, the oldest since {oldest:.0}", backlog.waiting),
        None => "no notice waits".to_owned(),
    };
    let given_up = match backlog.given_up {
        Some(newest) => format!("; {} were given up, the last {newest:.0}", backlog.undeliverable),
        None => String::new(),
    };
    Finding::new("outbox", mark, waiting + &given_up, Page::Notices)
}
