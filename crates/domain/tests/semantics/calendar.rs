//! Days and hours: leap days, midnight in the zone of the region, the changes of the clock.

use super::{CLOSE_14, check, one, one_in};

#[test]
fn leap_days_are_days() {
    check(
        &one("{ fact = 'contact', within_days = 2 }"),
        &[
            ("contact close 2020-02-27", "2020-02-29", "red A until 2020-03-01"),
            ("contact close 2020-02-27", "2020-03-01", "green"),
            ("contact close 2021-02-27", "2021-03-01", "red A until 2021-03-02"),
            ("contact close 2021-02-27", "2021-03-02", "green"),
            ("contact close 2020-02-29", "2020-03-02", "red A until 2020-03-03"),
            ("contact close 2020-02-28", "2020-03-01", "red A until 2020-03-02"),
            ("contact close 2021-02-28", "2021-03-02", "red A until 2021-03-03"),
            // 2000 was a leap year, 2100 is none.
            ("contact close 2000-02-28", "2000-03-01", "red A until 2000-03-02"),
            ("contact close 2100-02-28", "2100-03-02", "red A until 2100-03-03"),
        ],
    );
}

#[test]
fn an_instant_falls_on_the_civil_day_of_the_regions_zone() {
    check(
        &one("{ fact = 'contact', within_days = 1 }"),
        &[
            // 23:59:59 and 00:00 in Shanghai, written in three ways.
            ("contact close 2022-01-01T15:59:59Z", "2022-01-01", "red A until 2022-01-03"),
            ("contact close 2022-01-01T16:00:00Z", "2022-01-01", "green"),
            ("contact close 2022-01-01T16:00:00Z", "2022-01-02", "red A until 2022-01-04"),
            ("contact close 2022-01-01T23:59:59+08:00", "2022-01-03", "green"),
            ("contact close 2022-01-02T00:00:00+08:00", "2022-01-03", "red A until 2022-01-04"),
            ("contact close 2022-01-01T10:59:59-05:00", "2022-01-03", "green"),
        ],
    );
    check(
        &one_in("America/New_York", "{ fact = 'contact', within_days = 1 }"),
        &[
            ("contact close 2022-01-02T04:59:59Z", "2022-01-01", "red A until 2022-01-03"),
            ("contact close 2022-01-02T05:00:00Z", "2022-01-01", "green"),
        ],
    );
}

#[test]
fn the_day_turns_at_midnight_in_the_regions_zone() {
    check(
        &one(CLOSE_14),
        &[
            ("contact close 2022-01-01", "2022-01-15T23:59:59+08:00", "red A until 2022-01-16"),
            ("contact close 2022-01-01", "2022-01-15T15:59:59Z", "red A until 2022-01-16"),
            ("contact close 2022-01-01", "2022-01-15T16:00:00Z", "green"),
            ("contact close 2022-01-01", "2022-01-16T00:00:00+08:00", "green"),
        ],
    );
}

#[test]
fn a_day_is_a_day_also_when_the_clocks_change() {
    // 27 March 2022 has 23 hours in Berlin, 30 October 25; in New York 13 March and 6 November.
    check(
        &one_in("Europe/Berlin", "{ fact = 'contact', within_days = 1 }"),
        &[
            ("contact close 2022-03-26T23:30:00+01:00", "2022-03-27", "red A until 2022-03-28"),
            ("contact close 2022-03-27T00:00:00+01:00", "2022-03-28", "red A until 2022-03-29"),
            ("contact close 2022-03-27T23:59:59+02:00", "2022-03-28", "red A until 2022-03-29"),
            ("contact close 2022-03-27T22:00:00Z", "2022-03-29", "red A until 2022-03-30"),
            ("contact close 2022-10-30T22:59:59Z", "2022-10-31", "red A until 2022-11-01"),
            ("contact close 2022-10-30T23:00:00Z", "2022-10-31", "red A until 2022-11-02"),
        ],
    );
    check(
        &one_in("America/New_York", "{ fact = 'contact', within_days = 1 }"),
        &[
            ("contact close 2022-03-14T03:59:59Z", "2022-03-14", "red A until 2022-03-15"),
            ("contact close 2022-03-14T04:00:00Z", "2022-03-14", "red A until 2022-03-16"),
            ("contact close 2022-11-07T04:59:59Z", "2022-11-07", "red A until 2022-11-08"),
        ],
    );
}

#[test]
fn hours_between_tests_are_hours_that_passed() {
    let two = "{ fact = 'contact', cleared_by = [ { negatives = 2, apart_hours = 24 } ] }";
    check(
        &one_in("Europe/Berlin", two),
        &[
            // From 20:00 to 20:00 are 23 hours in spring and 25 in autumn.
            (
                "contact close 2022-03-25; test negative 2022-03-26T20:00:00+01:00; test negative 2022-03-27T20:00:00+02:00",
                "2022-03-27",
                "red A until 2022-05-25",
            ),
            (
                "contact close 2022-03-25; test negative 2022-03-26T20:00:00+01:00; test negative 2022-03-27T21:00:00+02:00",
                "2022-03-27",
                "green",
            ),
            (
                "contact close 2022-10-28; test negative 2022-10-29T20:00:00+02:00; test negative 2022-10-30T19:00:00+01:00",
                "2022-10-30",
                "green",
            ),
        ],
    );
}
