//! What is around the program: room, open files, the way people reach it, backups.

use std::fs;
use std::path::Path;

use jiff::Timestamp;

use super::finding::{Finding, Mark, Page};
use crate::machine::{FILES_NEEDED, open_files, room};
use crate::options::Place;

/// The room below which the disk will soon be full: the log of 128 MiB, a migration's copy, and a day's entries of a city.
const LITTLE: u64 = 2 << 30;
/// The room below which writing stops at any moment: the log is folded every 128 MiB.
const NONE_LEFT: u64 = 256 << 20;
/// The hours after which a daily backup is late, and after which there is none to speak of.
const LATE_HOURS: i64 = 26;
const OLD_HOURS: i64 = 7 * 24;

pub(super) fn look_at(place: &Place, now: Timestamp) -> Vec<Finding> {
    vec![disk(&place.data), files(open_files()), reached(place), backups(place.backups.as_deref(), now)]
}

fn disk(data: &Path) -> Finding {
    let finding = |mark, said: String| Finding::new("disk", mark, said, Page::Disk);
    match room(data) {
        Err(error) => finding(Mark::Warn, format!("the room cannot be told: {error}")),
        Ok((free, all)) => {
            let mark = match free {
                ..NONE_LEFT => Mark::Fail,
                NONE_LEFT..LITTLE => Mark::Warn,
                LITTLE.. => Mark::Ok,
            };
            finding(mark, format!("{} MiB of {} MiB are free", free >> 20, all >> 20))
        }
    }
}

fn files((now, most): (u64, u64)) -> Finding {
    let (mark, said) = if most >= FILES_NEEDED {
        (Mark::Ok, format!("{now} now, {most} if asked for; {FILES_NEEDED} are needed, `mingma serve` asks"))
    } else {
        (Mark::Warn, format!("{most} at most, {FILES_NEEDED} are needed: `LimitNOFILE={FILES_NEEDED}`"))
    };
    Finding::new("open-files", mark, said, Page::OpenFiles)
}

/// Where people reach it, and whether what they send can be read on the way.
fn reached(place: &Place) -> Finding {
    let Place { listen, origin, metrics, .. } = place;
    let own = listen.ip().is_loopback();
    let (mark, said) = match origin.as_deref() {
        Some(origin) if origin.starts_with("https://") => {
            if own {
                (Mark::Ok, format!("{origin}, by a proxy on this machine that comes to {listen}"))
            } else {
                let said = format!("{listen} can be reached beside the proxy of {origin}, without TLS");
                (Mark::Warn, format!("{said}: listen on 127.0.0.1, or let only the proxy through"))
            }
        }
        Some(origin) => (Mark::Fail, format!("the origin {origin} is not https: sessions travel in clear")),
        None if own => {
            let said =
                format!("only this machine reaches {listen}; name the origin, `https://…`, that people use");
            (Mark::Warn, said)
        }
        None => (Mark::Fail, format!("{listen} is open to others and no https origin is named")),
    };
    let open = metrics.filter(|at| !at.ip().is_loopback());
    match open {
        Some(at) if mark < Mark::Fail => {
            let said = format!("{said}; the metrics at {at} are open to others");
            Finding::new("address", Mark::Warn, said, Page::Tls)
        }
        Some(_) | None => Finding::new("address", mark, said, Page::Tls),
    }
}

fn backups(dir: Option<&Path>, now: Timestamp) -> Finding {
    let finding = |mark, said: String| Finding::new("backup", mark, said, Page::Backups);
    let Some(dir) = dir else {
        return finding(Mark::Warn, "no folder of backups is named: `--backups DIR`".to_owned());
    };
    let listing = match fs::read_dir(dir) {
        Ok(listing) => listing,
        Err(error) => return finding(Mark::Fail, format!("{}: {error}", dir.display())),
    };
    // A draft that broke off is no backup.
    let whole = listing.filter_map(Result::ok).map(|entry| entry.path());
    let whole = whole.filter(|path| path.extension().is_none_or(|ending| ending != "draft"));
    let made = whole.filter_map(|path| fs::metadata(path.join("backup.db")).ok()?.modified().ok());
    let Some(newest) = made.filter_map(|at| Timestamp::try_from(at).ok()).max() else {
        return finding(Mark::Fail, format!("{} holds no backup", dir.display()));
    };
    let mark = match now.duration_since(newest).as_hours() {
        OLD_HOURS.. => Mark::Fail,
        LATE_HOURS.. => Mark::Warn,
        _ => Mark::Ok,
    };
    finding(mark, format!("the newest in {} is of {newest:.0}", dir.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Level;

    #[test]
    fn what_travels_in_clear_fails() {
        for (listen, origin, metrics, mark) in [
            ("127.0.0.1:8080", Some("https://code.cn"), None, Mark::Ok),
            ("127.0.0.1:8080", None, None, Mark::Warn),
            ("127.0.0.1:8080", Some("http://code.cn"), None, Mark::Fail),
            ("0.0.0.0:8080", Some("https://code.cn"), None, Mark::Warn),
            ("0.0.0.0:8080", None, None, Mark::Fail),
            ("127.0.0.1:8080", Some("https://code.cn"), Some("127.0.0.1:9090"), Mark::Ok),
            ("127.0.0.1:8080", Some("https://code.cn"), Some("0.0.0.0:9090"), Mark::Warn),
        ] {
            let place = Place {
                data: "data".into(),
                keys: "keys".into(),
                listen: listen.parse().unwrap(),
                origin: origin.map(str::to_owned),
                metrics: metrics.map(|at: &str| at.parse().unwrap()),
                log: Level::Off,
                backups: None,
                limits: mingma_server::Limits::default(),
            };
            let found = reached(&place);
            assert_eq!(found.mark, mark, "{}", found.said);
        }
        assert_eq!(files((1_024, 1 << 20)).mark, Mark::Ok);
        assert_eq!(files((1_024, 1_024)).mark, Mark::Warn);
    }
}
