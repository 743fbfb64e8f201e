//! The night: what is over is destroyed, each night by the region's clock, and at the start if the last night was missed.

use std::time::Duration;

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};
use mingma_domain::time::Zone;
use mingma_registry::acts::purge;
use mingma_server::App;
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::memory;

/// When it is done: after midnight's end of retentions, before the morning's codes.
const AT: Time = Time::constant(3, 30, 0, 0);
/// How far the clock may stand after the newest record for anything to be destroyed by itself: a clock that is wrong would destroy
/// everything, and nothing brings it back.
const LONGEST_REST_DAYS: i64 = 31;

/// Whose nights.
#[derive(Clone, Debug)]
pub(super) struct Night {
    /// By whose days.
    pub(super) zone: Zone,
    /// When the newest thing in the folder was recorded, as it was opened.
    pub(super) newest: Option<Timestamp>,
    /// When the last round was over; none if there never was one.
    pub(super) last: Option<Timestamp>,
}

/// Destroys what is over each night until `ends` says so, and now, while serving has begun, if last night's round is not done.
pub(super) async fn run(app: App, night: Night, mut ends: watch::Receiver<bool>) {
    let now = app.registry().now();
    let longest = SignedDuration::from_hours(24 * LONGEST_REST_DAYS);
    if night.newest.is_some_and(|newest| now.duration_since(newest) > longest) {
        tracing::error!(
            "the clock is long after the newest record: nothing is destroyed until `mingma purge` was run"
        );
        return;
    }
    if night.last.is_none_or(|last| is_missed(&night.zone, last, now)) {
        round(&app, &night).await;
    }
    loop {
        let rest = until_next(&night.zone, app.registry().now());
        tokio::select! {
            () = tokio::time::sleep(rest) => round(&app, &night).await,
            changed = ends.changed() => if changed.is_err() || *ends.borrow() { return },
        }
    }
}

/// A round, on a thread of its own: it reads for seconds, and acts have the others.
async fn round(app: &App, night: &Night) {
    let (app, zone, here) = (app.clone(), night.zone.clone(), Handle::current());
    let purged = tokio::task::spawn_blocking(move || here.block_on(purge(app.registry(), zone, false))).await;
    memory::give_back();
    // A panic there was told where it was.
    let Ok(purged) = purged else { return };
    match purged {
        Ok(round) => {
            let (facts, others, passed) = (round.purged.facts(), round.purged.others, round.passed);
            tracing::info!(facts, others, passed, "what is over was destroyed");
        }
        Err(error) => {
            tracing::error!(%error, "what is over could not be destroyed; it is tried again tonight");
        }
    }
}

/// How long until the next night.
fn until_next(zone: &Zone, now: Timestamp) -> Duration {
    Duration::from_secs(u64::try_from(next(zone, now) - now.as_second()).unwrap_or(0).max(1))
}

/// Whether a night has come since the last round was over.
fn is_missed(zone: &Zone, last: Timestamp, now: Timestamp) -> bool {
    next(zone, last) <= now.as_second()
}

/// When the first night after an instant begins, in seconds since 1970.
fn next(zone: &Zone, after: Timestamp) -> i64 {
    let seconds = i64::from(AT.hour()) * 3_600 + i64::from(AT.minute()) * 60;
    let today = zone.day_of(after);
    let night = |day| zone.start_of(day) + seconds;
    if after.as_second() < night(today) { night(today) } else { night(today.plus(1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_night_is_at_half_past_three_by_the_regions_clock() {
        let zone = Zone::named("Asia/Shanghai").unwrap();
        for (now, minutes) in [
            ("2022-06-13T00:00:00+08:00", 210),
            ("2022-06-13T03:29:00+08:00", 1),
            ("2022-06-13T03:30:00+08:00", 24 * 60),
            ("2022-06-13T12:00:00+08:00", 15 * 60 + 30),
        ] {
            assert_eq!(until_next(&zone, now.parse().unwrap()).as_secs(), minutes * 60, "{now}");
        }
    }

    #[test]
    fn a_night_is_missed_when_it_came_after_the_last_round() {
        let zone = Zone::named("Asia/Shanghai").unwrap();
        let now = "2022-06-13T12:00:00+08:00".parse().unwrap();
        for (last, missed) in [
            ("2022-06-12T03:30:20+08:00", true),
            ("2022-06-13T03:29:59+08:00", true),
            ("2022-06-13T03:30:00+08:00", false),
            ("2022-06-13T11:59:00+08:00", false),
        ] {
            assert_eq!(is_missed(&zone, last.parse().unwrap(), now), missed, "{last}");
        }
    }
}
