//! What ends a fact's holding: releases, discharges, days, tests.

use super::{check, one};

#[test]
fn a_release_cuts_an_isolation_short_and_not_the_next_one() {
    check(
        &one("{ fact = 'isolation', cleared_by = [ { fact = 'release' } ] }"),
        &[
            (
                "isolation home 2022-01-01..2022-01-14; release early 2022-01-08",
                "2022-01-07",
                "red A until 2022-01-15",
            ),
            ("isolation home 2022-01-01..2022-01-14; release early 2022-01-08", "2022-01-08", "green"),
            (
                "release ended 2021-12-31; isolation home 2022-01-01..2022-01-14",
                "2022-01-05",
                "red A until 2022-01-15",
            ),
            (
                "isolation home 2022-01-01; release ended 2022-01-08; isolation home 2022-01-10..2022-01-12",
                "2022-01-10",
                "red A until 2022-01-13",
            ),
            // On one day without times of day, the release counts.
            ("isolation home 2022-01-01; release ended 2022-01-01", "2022-01-01", "green"),
        ],
    );
}

#[test]
fn on_one_day_a_clearing_fact_counts_unless_both_have_a_time_and_it_is_the_earlier() {
    check(
        &one("{ fact = 'isolation', within_days = 9, cleared_by = [ { fact = 'release' } ] }"),
        &[
            (
                "release ended 2022-01-01T08:00:00+08:00; isolation home 2022-01-01T10:00:00+08:00",
                "2022-01-01",
                "red A until 2022-03-03",
            ),
            (
                "release ended 2022-01-01T10:00:00+08:00; isolation home 2022-01-01T10:00:00+08:00",
                "2022-01-01",
                "green",
            ),
            (
                "release ended 2022-01-01T12:00:00+08:00; isolation home 2022-01-01T10:00:00+08:00",
                "2022-01-01",
                "green",
            ),
            ("release ended 2022-01-01; isolation home 2022-01-01T10:00:00+08:00", "2022-01-01", "green"),
            ("release ended 2022-01-01T08:00:00+08:00; isolation home 2022-01-01", "2022-01-01", "green"),
        ],
    );
}

#[test]
fn a_suspicion_counts_until_it_is_excluded_and_a_new_one_counts_anew() {
    let suspected = "{ fact = 'diagnosis', value = 'suspected', cleared_by = [ { fact = 'discharge', value = 'excluded' } ] }";
    check(
        &one(suspected),
        &[
            ("diagnosis suspected 2022-01-01", "2022-01-20", "red A until 2022-07-01"),
            (
                "diagnosis suspected 2022-01-01; discharge excluded 2022-01-03",
                "2022-01-02",
                "red A until 2022-07-01",
            ),
            ("diagnosis suspected 2022-01-01; discharge excluded 2022-01-03", "2022-01-03", "green"),
            (
                "diagnosis suspected 2022-01-01; discharge recovered 2022-01-03",
                "2022-01-03",
                "red A until 2022-07-01",
            ),
            (
                "diagnosis suspected 2022-01-01; discharge excluded 2022-01-03; diagnosis suspected 2022-01-05",
                "2022-01-05",
                "red A until 2022-07-05",
            ),
        ],
    );
}

#[test]
fn days_can_clear_and_a_clearing_fact_can_need_days() {
    check(
        &one("{ fact = 'diagnosis', cleared_by = [ { after_days = 14 } ] }"),
        &[
            ("diagnosis confirmed 2022-03-01", "2022-03-14", "red A until 2022-03-15"),
            ("diagnosis confirmed 2022-03-01", "2022-03-15", "green"),
        ],
    );
    check(
        &one("{ fact = 'diagnosis', cleared_by = [ { fact = 'discharge', after_days = 7 } ] }"),
        &[
            (
                "diagnosis confirmed 2022-03-01; discharge recovered 2022-03-10",
                "2022-03-16",
                "red A until 2022-03-17",
            ),
            ("diagnosis confirmed 2022-03-01; discharge recovered 2022-03-10", "2022-03-17", "green"),
        ],
    );
}

#[test]
fn all_clearances_of_a_list_are_needed_and_the_day_is_that_of_the_last() {
    check(
        &one("{ fact = 'contact', cleared_by = [ { all = [ { after_days = 7 }, { negatives = 1 } ] } ] }"),
        &[
            ("contact close 2022-01-01; test negative 2022-01-03", "2022-01-07", "red A until 2022-01-08"),
            ("contact close 2022-01-01; test negative 2022-01-03", "2022-01-08", "green"),
            ("contact close 2022-01-01; test negative 2022-01-10", "2022-01-09", "red A until 2022-03-03"),
            ("contact close 2022-01-01; test negative 2022-01-10", "2022-01-10", "green"),
            ("contact close 2022-01-01", "2022-01-10", "red A until 2022-03-03"),
        ],
    );
}

#[test]
fn two_negatives_must_be_24_hours_apart() {
    let first = "contact close 2022-01-01; test negative 2022-01-02T09:00:00+08:00; ";
    let ruleset = one("{ fact = 'contact', cleared_by = [ { negatives = 2, apart_hours = 24 } ] }");
    for (second, status) in [
        ("test negative 2022-01-03T08:59:59+08:00", "red A until 2022-03-03"),
        ("test negative 2022-01-03T09:00:00+08:00", "green"),
        // A test without a time of day counts from 00:00.
        ("test negative 2022-01-03", "red A until 2022-03-03"),
        ("test negative 2022-01-04", "green"),
        // The one that comes too early does not count, and does not spoil the next.
        ("test negative 2022-01-02T20:00:00+08:00; test negative 2022-01-03T09:00:00+08:00", "green"),
        ("test inconclusive 2022-01-03T09:00:00+08:00", "red A until 2022-03-03"),
    ] {
        check(&ruleset, &[(&format!("{first}{second}"), "2022-01-04", status)]);
    }
    check(
        &ruleset,
        &[(
            "contact close 2022-01-01; test negative 2022-01-02; test negative 2022-01-03",
            "2022-01-03",
            "green",
        )],
    );
}

#[test]
fn a_positive_in_between_starts_the_count_anew() {
    let start = "contact close 2022-01-01; test negative 2022-01-02T09:00:00+08:00; ";
    let ruleset = one("{ fact = 'contact', cleared_by = [ { negatives = 2 } ] }");
    for (rest, status) in [
        (
            "test positive 2022-01-03T09:00:00+08:00; test negative 2022-01-04T09:00:00+08:00",
            "red A until 2022-03-03",
        ),
        (
            "test pooled-positive 2022-01-03T09:00:00+08:00; test negative 2022-01-04T09:00:00+08:00",
            "red A until 2022-03-03",
        ),
        ("test inconclusive 2022-01-03T09:00:00+08:00; test negative 2022-01-04T09:00:00+08:00", "green"),
        (
            "test positive 2022-01-03T09:00:00+08:00; test negative 2022-01-04T09:00:00+08:00; test negative 2022-01-05",
            "green",
        ),
        // What has been cleared is not brought back by a later positive: that is another rule's to say.
        ("test negative 2022-01-03T09:00:00+08:00; test positive 2022-01-04T09:00:00+08:00", "green"),
    ] {
        check(&ruleset, &[(&format!("{start}{rest}"), "2022-01-05", status)]);
    }
}

#[test]
fn of_two_tests_at_one_instant_the_positive_outweighs() {
    let ruleset = one("{ fact = 'contact', cleared_by = [ { negatives = 2 } ] }");
    let at_nine = "2022-01-03T09:00:00+08:00";
    let red = "red A until 2022-03-03";
    for (tests, status) in [
        (format!("test negative {at_nine}; test positive {at_nine}; test negative 2022-01-04"), red),
        (format!("test positive {at_nine}; test negative {at_nine}; test negative 2022-01-04"), red),
        // Also where the negative one would have been the last that was wanted, in either order of the facts.
        (format!("test negative 2022-01-02; test positive {at_nine}; test negative {at_nine}"), red),
        (format!("test negative 2022-01-02; test negative {at_nine}; test positive {at_nine}"), red),
        // Two samples at one instant are one.
        (format!("test negative {at_nine}; test negative {at_nine}"), red),
        (format!("test negative {at_nine} by hospital; test negative {at_nine}"), red),
    ] {
        check(&ruleset, &[(&format!("contact close 2022-01-01; {tests}"), "2022-01-04", status)]);
    }
}

#[test]
fn negatives_count_since_the_last_exposure_and_from_their_day_on() {
    check(
        &one("{ fact = 'contact', cleared_by = [ { negatives = 1 } ] }"),
        &[
            ("contact close 2022-01-02; test negative 2022-01-01", "2022-01-02", "red A until 2022-03-04"),
            ("contact close 2022-01-02; test negative 2022-01-02", "2022-01-02", "green"),
            (
                "contact close 2022-01-02T12:00:00+08:00; test negative 2022-01-02T11:59:59+08:00",
                "2022-01-02",
                "red A until 2022-03-04",
            ),
            (
                "contact close 2022-01-02T12:00:00+08:00; test negative 2022-01-02T12:00:00+08:00",
                "2022-01-02",
                "green",
            ),
            (
                "contact close 2022-01-02; test negative 2022-01-03; contact close 2022-01-05",
                "2022-01-05",
                "red A until 2022-03-07",
            ),
        ],
    );
    check(
        &one("{ fact = 'contact', cleared_by = [ { negatives = 1, from_day = 7 } ] }"),
        &[
            ("contact close 2022-01-01; test negative 2022-01-07", "2022-01-08", "red A until 2022-03-03"),
            ("contact close 2022-01-01; test negative 2022-01-08T00:00:00+08:00", "2022-01-08", "green"),
        ],
    );
}

#[test]
fn a_clearing_fact_may_have_to_lie_in_the_same_region() {
    check(
        &one(
            "{ fact = 'foreign-status', value = 'red', cleared_by = [ { fact = 'foreign-status', value = 'green', same_region = true } ] }",
        ),
        &[
            (
                "foreign-status red 2022-01-01 440000; foreign-status green 2022-01-02 440000",
                "2022-01-02",
                "green",
            ),
            (
                "foreign-status red 2022-01-01 440000; foreign-status green 2022-01-02 450000",
                "2022-01-02",
                "red A until 2022-01-16",
            ),
            ("foreign-status red 2022-01-01..2022-01-03 440000", "2022-01-03", "red A until 2022-01-04"),
            // Kept for 14 days.
            ("foreign-status red 2022-01-01 440000", "2022-01-15", "red A until 2022-01-16"),
            ("foreign-status red 2022-01-01 440000", "2022-01-16", "green"),
        ],
    );
}
