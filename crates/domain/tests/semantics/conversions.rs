//! Conversion in steps: what follows a rule that has ended.

use mingma_domain::Ruleset;
use mingma_testkit::build::rules;

use super::check;

/// Red for 7 days, then yellow for 7 days, then pop-up until a check-in.
fn steps() -> Ruleset {
    rules(&[
        (
            "A",
            "red",
            "{ fact = 'contact', within_days = 6, cleared_by = [ { negatives = 2, apart_hours = 24 } ] }",
        ),
        ("B", "yellow", "{ follows = 'A', for_days = 7 }"),
        ("C", "popup", "{ follows = 'B', cleared_by = [ { checkins = 1 } ] }"),
    ])
}

#[test]
fn a_colour_is_converted_in_steps() {
    check(
        &steps(),
        &[
            ("contact close 2022-01-01", "2022-01-07", "red A until 2022-01-08"),
            ("contact close 2022-01-01", "2022-01-08", "yellow B until 2022-01-15"),
            ("contact close 2022-01-01", "2022-01-14", "yellow B until 2022-01-15"),
            ("contact close 2022-01-01", "2022-01-15", "popup C until 2022-03-03"),
            ("contact close 2022-01-01; checkin well 2022-01-14", "2022-01-15", "popup C until 2022-03-03"),
            ("contact close 2022-01-01; checkin well 2022-01-15", "2022-01-15", "green"),
            ("contact close 2022-01-01; checkin well 2022-01-20", "2022-01-19", "popup C until 2022-03-03"),
            ("contact close 2022-01-01; checkin well 2022-01-20", "2022-01-20", "green"),
            // An end that comes sooner is followed sooner.
            (
                "contact close 2022-01-01; test negative 2022-01-02; test negative 2022-01-03",
                "2022-01-03",
                "yellow B until 2022-01-10",
            ),
            // The contact itself is destroyed after 60 days, and nothing follows that.
            ("contact close 2022-01-01", "2022-03-03", "green"),
        ],
    );
}

#[test]
fn a_new_exposure_takes_the_steps_again() {
    let twice = "contact close 2022-01-01; contact close 2022-01-10; ";
    check(
        &steps(),
        &[
            (twice, "2022-01-09", "yellow B until 2022-01-15"),
            (twice, "2022-01-10", "red A B until 2022-01-17"),
            (twice, "2022-01-15", "red A C until 2022-01-17"),
            (twice, "2022-01-17", "yellow B C until 2022-01-24"),
            (twice, "2022-01-24", "popup C until 2022-03-12"),
        ],
    );
    // The first contact's end is not forgotten because a second still holds.
    check(
        &steps(),
        &[("contact close 2022-01-01; contact close 2022-01-03", "2022-01-08", "red A B until 2022-01-10")],
    );
}

#[test]
fn the_destruction_of_a_record_is_followed_by_nothing() {
    let ruleset =
        rules(&[("A", "red", "{ fact = 'symptom' }"), ("B", "yellow", "{ follows = 'A', for_days = 7 }")]);
    check(
        &ruleset,
        &[
            // Symptoms are kept for 30 days.
            ("symptom fever 2022-01-01", "2022-01-31", "red A until 2022-02-01"),
            ("symptom fever 2022-01-01", "2022-02-01", "green"),
        ],
    );
}
