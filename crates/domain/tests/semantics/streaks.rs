//! Streaks of daily check-ins.

use super::{check, one};

/// One check-in «well» a day, from the first to the last of January 2022.
fn well(first: u8, last: u8) -> String {
    (first..=last).map(|day| format!("checkin well 2022-01-{day:02}; ")).collect::<Vec<_>>().concat()
}

#[test]
fn a_streak_is_broken_by_a_missing_day_and_by_unwell() {
    let ruleset = one("{ fact = 'contact', cleared_by = [ { checkins = 7 } ] }");
    let red = "red A until 2022-03-03";
    for (checkins, on, status) in [
        (well(1, 6), "2022-01-06", red),
        (well(1, 7), "2022-01-06", red),
        (well(1, 7), "2022-01-07", "green"),
        (well(2, 8), "2022-01-08", "green"),
        // The fourth is missing.
        (well(1, 3) + &well(5, 10), "2022-01-10", red),
        (well(1, 3) + &well(5, 11), "2022-01-11", "green"),
        // Both well and unwell on the fourth.
        (well(1, 7) + "checkin unwell 2022-01-04", "2022-01-07", red),
        (well(1, 11) + "checkin unwell 2022-01-04", "2022-01-11", "green"),
        // Two on one day are one day.
        (well(1, 6) + "checkin well 2022-01-06", "2022-01-07", red),
        // Unwell after the streak was full.
        (well(1, 7) + "checkin unwell 2022-01-08", "2022-01-08", "green"),
    ] {
        check(&ruleset, &[(&format!("contact close 2022-01-01; {checkins}"), on, status)]);
    }
}

#[test]
fn a_streak_may_have_to_begin_later() {
    let ruleset = one("{ fact = 'contact', cleared_by = [ { checkins = 3, from_day = 2 } ] }");
    let with = |checkins: String| format!("contact close 2022-01-05; {checkins}");
    check(&ruleset, &[(&with(well(5, 8)), "2022-01-08", "red A until 2022-03-07")]);
    check(&ruleset, &[(&with(well(5, 9)), "2022-01-09", "green")]);
    check(&ruleset, &[(&with(well(1, 4)), "2022-01-06", "red A until 2022-03-07")]);
}
