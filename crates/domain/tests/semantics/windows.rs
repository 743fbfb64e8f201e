//! For how long a fact counts: windows, periods, windows missed, lapses.

use super::{CLOSE_14, check, one};

#[test]
fn a_window_counts_the_facts_own_day_as_day_0() {
    check(
        &one(CLOSE_14),
        &[
            ("contact close 2022-01-01", "2021-12-31", "green"),
            ("contact close 2022-01-01", "2022-01-01", "red A until 2022-01-16"),
            ("contact close 2022-01-01", "2022-01-15", "red A until 2022-01-16"),
            ("contact close 2022-01-01", "2022-01-16", "green"),
            ("contact secondary 2022-01-01", "2022-01-01", "green"),
            ("", "2022-01-01", "green"),
        ],
    );
}

#[test]
fn of_several_facts_the_last_window_decides() {
    check(
        &one(CLOSE_14),
        &[
            ("contact close 2022-01-01; contact close 2022-01-10", "2022-01-12", "red A until 2022-01-25"),
            ("contact close 2022-01-10; contact close 2022-01-01", "2022-01-12", "red A until 2022-01-25"),
            ("contact close 2022-01-01; contact close 2022-01-16", "2022-01-16", "red A until 2022-01-31"),
            ("contact close 2022-01-01; contact close 2022-01-01", "2022-01-12", "red A until 2022-01-16"),
        ],
    );
}

#[test]
fn a_window_may_begin_some_days_after_the_fact() {
    check(
        &one("{ fact = 'contact', from_days = 3, within_days = 5 }"),
        &[
            ("contact close 2022-01-01", "2022-01-03", "green until 2022-01-04"),
            ("contact close 2022-01-01", "2022-01-04", "red A until 2022-01-07"),
            ("contact close 2022-01-01", "2022-01-06", "red A until 2022-01-07"),
            ("contact close 2022-01-01", "2022-01-07", "green"),
        ],
    );
}

#[test]
fn the_window_of_a_period_counts_from_its_last_day() {
    check(
        &one("{ fact = 'stay', region = '410000', within_days = 2 }"),
        &[
            ("stay declared 2022-01-01..2022-01-05 410105", "2022-01-01", "red A until 2022-01-08"),
            ("stay declared 2022-01-01..2022-01-05 410105", "2022-01-07", "red A until 2022-01-08"),
            ("stay declared 2022-01-01..2022-01-05 410105", "2022-01-08", "green"),
            ("stay declared 2022-01-01 410105", "2022-01-03", "red A until 2022-01-04"),
            ("stay declared 2022-01-01 410105", "2022-01-04", "green"),
            ("stay declared 2022-01-01 420100", "2022-01-01", "green"),
        ],
    );
}

#[test]
fn an_isolation_holds_for_its_own_period() {
    check(
        &one("{ fact = 'isolation' }"),
        &[
            ("isolation central 2022-01-01..2022-01-14", "2021-12-31", "green"),
            ("isolation central 2022-01-01..2022-01-14", "2022-01-01", "red A until 2022-01-15"),
            ("isolation central 2022-01-01..2022-01-14", "2022-01-14", "red A until 2022-01-15"),
            ("isolation central 2022-01-01..2022-01-14", "2022-01-15", "green"),
            // In New York it is still 13 January; in Shanghai the 14th is the last day.
            ("isolation home 2022-01-01..2022-01-13T23:00:00-05:00", "2022-01-14", "red A until 2022-01-15"),
        ],
    );
}

#[test]
fn an_open_isolation_goes_on_until_it_is_released_or_its_order_is_destroyed() {
    let ruleset = one("{ fact = 'isolation', cleared_by = [ { fact = 'release' } ] }");
    check(
        &ruleset,
        &[
            // Kept for 60 days from its beginning: 1 January and 60 days are 2 March.
            ("isolation central 2022-01-01", "2022-01-30", "red A until 2022-03-03"),
            ("isolation central 2022-01-01", "2022-03-02", "red A until 2022-03-03"),
            ("isolation central 2022-01-01", "2022-03-03", "green"),
            (
                "isolation central 2022-01-01; release ended 2022-01-15",
                "2022-01-14",
                "red A until 2022-03-03",
            ),
            ("isolation central 2022-01-01; release ended 2022-01-15", "2022-01-15", "green"),
        ],
    );
}

#[test]
fn a_missed_screening_counts_from_the_day_after_its_window() {
    let missed = "{ fact = 'screening', starts = 'after-end', unless_during = { fact = 'test' }, cleared_by = [ { negatives = 1 } ] }";
    check(
        &one(missed),
        &[
            ("screening due 2022-01-10..2022-01-12", "2022-01-12", "green until 2022-01-13"),
            ("screening due 2022-01-10..2022-01-12", "2022-01-13", "red A until 2022-02-12"),
            ("screening due 2022-01-10..2022-01-12; test negative 2022-01-10", "2022-01-13", "green"),
            ("screening due 2022-01-10..2022-01-12; test negative 2022-01-12", "2022-01-13", "green"),
            ("screening due 2022-01-10..2022-01-12; test inconclusive 2022-01-11", "2022-01-13", "green"),
            (
                "screening due 2022-01-10..2022-01-12; test negative 2022-01-09",
                "2022-01-13",
                "red A until 2022-02-12",
            ),
            (
                "screening due 2022-01-10..2022-01-12; test negative 2022-01-14",
                "2022-01-13",
                "red A until 2022-02-12",
            ),
            ("screening due 2022-01-10..2022-01-12; test negative 2022-01-14", "2022-01-14", "green"),
            (
                "screening due 2022-01-10..2022-01-12; test positive 2022-01-14",
                "2022-01-14",
                "red A until 2022-02-12",
            ),
            // 16:00 in UTC is the next day in Shanghai: too late.
            (
                "screening due 2022-01-10..2022-01-12; test positive 2022-01-12T16:00:00Z",
                "2022-01-13",
                "red A until 2022-02-12",
            ),
        ],
    );
}

#[test]
fn a_lapse_begins_when_the_latest_fact_is_more_than_n_days_ago() {
    check(
        &one("{ lapse = 'checkin', within_days = 3 }"),
        &[
            ("checkin well 2022-01-01", "2022-01-04", "green until 2022-01-05"),
            ("checkin well 2022-01-01", "2022-01-05", "red A until 2022-02-01"),
            // A check-in is kept for 30 days; what has been destroyed holds nothing against anybody.
            ("checkin well 2022-01-01", "2022-01-31", "red A until 2022-02-01"),
            ("checkin well 2022-01-01", "2022-02-01", "green"),
            ("checkin well 2022-01-01; checkin well 2022-01-03", "2022-01-06", "green until 2022-01-07"),
            ("checkin well 2022-01-01; checkin well 2022-01-03", "2022-01-07", "red A until 2022-02-03"),
            ("checkin well 2022-01-01; checkin unwell 2022-01-09", "2022-01-09", "green until 2022-01-13"),
            // Who never had one has none that lapses.
            ("", "2022-01-05", "green"),
            ("test negative 2022-01-01", "2022-01-05", "green"),
        ],
    );
}
