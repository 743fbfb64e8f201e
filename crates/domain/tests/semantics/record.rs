//! The record: corrections, facts from the future, and what a reason names.

use mingma_testkit::build::{rules, world};

use super::{CLOSE_14, check, one};

#[test]
fn a_correction_counts_from_its_day_on_and_leaves_what_was_true_before() {
    let wrong = "contact close 2022-01-01; retract contact/close@2022-01-01 2022-01-05 by cdc";
    check(
        &one(CLOSE_14),
        &[
            (wrong, "2022-01-04", "red A until 2022-01-16"),
            (wrong, "2022-01-05", "green"),
            (wrong, "2022-01-06", "green"),
            (
                "contact close 2022-01-01; retract contact/close@2022-01-01 2022-01-05T00:00:00+08:00 by appeal",
                "2022-01-04",
                "red A until 2022-01-16",
            ),
            // By another than its issuer, or of another fact, it takes back nothing.
            (
                "contact close 2022-01-01; retract contact/close@2022-01-01 2022-01-05 by cdc:other",
                "2022-01-06",
                "red A until 2022-01-16",
            ),
            (
                "contact close 2022-01-01; retract contact/close@2022-01-02 2022-01-05 by appeal",
                "2022-01-06",
                "red A until 2022-01-16",
            ),
            (
                "contact close 2022-01-01; contact close 2022-01-03; retract contact/close@2022-01-01 2022-01-05 by cdc",
                "2022-01-06",
                "red A until 2022-01-18",
            ),
        ],
    );
    // A test that was taken back no longer clears.
    check(
        &one("{ fact = 'contact', cleared_by = [ { negatives = 1 } ] }"),
        &[
            (
                "contact close 2022-01-01; test negative 2022-01-02; retract test/negative@2022-01-02 2022-01-04 by laboratory",
                "2022-01-03",
                "green",
            ),
            (
                "contact close 2022-01-01; test negative 2022-01-02; retract test/negative@2022-01-02 2022-01-04 by laboratory",
                "2022-01-04",
                "red A until 2022-03-03",
            ),
        ],
    );
}

#[test]
fn what_is_dated_later_does_not_count_yet_not_even_for_the_end() {
    check(
        &one("{ fact = 'contact', within_days = 14, cleared_by = [ { negatives = 1 } ] }"),
        &[
            ("contact close 2022-01-02", "2022-01-01", "green"),
            ("contact close 2022-01-01; contact close 2022-01-05", "2022-01-04", "red A until 2022-01-16"),
            ("contact close 2022-01-01; test negative 2022-01-05", "2022-01-04", "red A until 2022-01-16"),
            ("contact close 2022-01-01; test negative 2022-01-05", "2022-01-05", "green"),
            // Later on the same civil day is today.
            (
                "contact close 2022-01-01T20:00:00+08:00",
                "2022-01-01T08:00:00+08:00",
                "red A until 2022-01-16",
            ),
            // The end of a period that has begun is known.
            ("contact close 2021-12-01; stay declared 2022-01-01..2022-01-09 410105", "2022-01-01", "green"),
        ],
    );
}

#[test]
fn a_reason_names_its_facts_by_their_place_in_the_record() {
    let ruleset = rules(&[("A", "red", CLOSE_14), ("L", "yellow", "{ lapse = 'checkin', within_days = 3 }")]);
    let world = world(
        "test negative 2022-01-02; contact close 2022-01-10; contact secondary 2022-01-10; contact close 2022-01-03; \
         contact close 2021-12-01; checkin well 2022-01-01",
    );
    let status = world.status(&ruleset, "2022-01-12");
    let reasons: Vec<_> = status.reasons().iter().map(|reason| (reason.rule, reason.facts.clone())).collect();
    assert_eq!(reasons, [(0, vec![1, 3]), (1, vec![])]);
    assert_eq!(status.reasons()[0].since.to_string(), "2022-01-03");
    assert_eq!(status.reasons()[0].until.map(|day| day.to_string()).as_deref(), Some("2022-01-25"));
    assert_eq!(status.reasons()[1].until.map(|day| day.to_string()).as_deref(), Some("2022-02-01"));
}
