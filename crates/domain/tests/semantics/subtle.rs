//! What is easily got wrong: each table here was a bug once.

use mingma_domain::assess::path_to_green;
use mingma_testkit::build::{at, rules, world};

use super::{check, one};

#[test]
fn a_fact_neither_clears_nor_prevents_itself() {
    check(
        &one("{ fact = 'stay', region = '410000', cleared_by = [ { fact = 'stay' } ] }"),
        &[
            ("stay declared 2022-01-01 410105", "2022-01-01", "red A until 2022-02-01"),
            ("stay declared 2022-01-01 410105; stay declared 2022-01-05 420100", "2022-01-05", "green"),
        ],
    );
    check(
        &one("{ fact = 'contact', within_days = 3, unless_during = { fact = 'contact' } }"),
        &[
            ("contact close 2022-01-01", "2022-01-01", "red A until 2022-01-05"),
            ("contact close 2022-01-01; contact general 2022-01-01", "2022-01-01", "green"),
        ],
    );
}

#[test]
fn a_period_that_still_runs_has_not_lapsed() {
    let stays = "stay declared 2022-01-01 410105; stay declared 2022-01-10..2022-01-20 410105";
    check(
        &one("{ lapse = 'stay', within_days = 3 }"),
        &[
            (stays, "2022-01-09", "red A until 2022-02-01"),
            (stays, "2022-01-12", "green until 2022-01-24"),
            (stays, "2022-01-23", "green until 2022-01-24"),
            (stays, "2022-01-24", "red A until 2022-02-20"),
        ],
    );
}

#[test]
fn a_lapse_and_a_clearance_count_only_the_days_at_the_risk_they_ask_for() {
    let stay = "stay declared 2022-01-01..2022-01-09 410105; risk 410105 high 2022-01-03..2022-01-04";
    check(
        &one("{ lapse = 'stay', risk = 'high', within_days = 2 }"),
        &[(stay, "2022-01-06", "green until 2022-01-07"), (stay, "2022-01-07", "red A until 2022-02-09")],
    );
    check(
        &one("{ fact = 'symptom', cleared_by = [ { fact = 'stay', risk = 'high' } ] }"),
        &[
            (&format!("symptom fever 2022-01-02; {stay}"), "2022-01-02", "red A until 2022-01-03"),
            (&format!("symptom fever 2022-01-02; {stay}"), "2022-01-03", "green"),
        ],
    );
}

#[test]
fn days_that_follow_an_open_isolation_count_from_its_end() {
    let ruleset = rules(&[
        ("A", "red", "{ fact = 'isolation', cleared_by = [ { fact = 'release' } ] }"),
        ("B", "yellow", "{ follows = 'A', cleared_by = [ { after_days = 7 } ] }"),
    ]);
    let day_by_day = "isolation home 2022-01-01; release ended 2022-01-01";
    // Never red, so nothing is followed; one day of red, and seven of yellow follow.
    check(&ruleset, &[(day_by_day, "2022-01-01", "green")]);
    check(
        &ruleset,
        &[
            (
                "isolation home 2022-01-01; release ended 2022-01-02",
                "2022-01-02",
                "yellow B until 2022-01-09",
            ),
            ("isolation home 2022-01-01; release ended 2022-01-02", "2022-01-09", "green"),
        ],
    );
}

#[test]
fn what_a_fact_makes_hold_in_two_ways_has_ended_when_both_have() {
    let ruleset = rules(&[
        (
            "A",
            "yellow",
            "{ any = [ { fact = 'contact', value = 'close', within_days = 3 }, { fact = 'contact', within_days = 6 } ] }",
        ),
        ("B", "red", "{ follows = 'A', for_days = 5 }"),
    ]);
    check(
        &ruleset,
        &[
            ("contact close 2022-01-01", "2022-01-05", "yellow A until 2022-01-08"),
            ("contact close 2022-01-01", "2022-01-08", "red B until 2022-01-13"),
        ],
    );
}

#[test]
fn a_reason_does_not_name_the_facts_of_a_part_that_is_false() {
    let ruleset = one(
        "{ any = [ { fact = 'contact' }, { all = [ { fact = 'symptom' }, { fact = 'test', value = 'positive' } ] } ] }",
    );
    let facts =
        |statements: &str| world(statements).status(&ruleset, "2022-01-05").reasons()[0].facts.clone();
    assert_eq!(facts("symptom fever 2022-01-02; contact close 2022-01-01"), [1]);
    assert_eq!(
        facts("symptom fever 2022-01-02; contact close 2022-01-01; test positive 2022-01-03"),
        [0, 1, 2]
    );
}

#[test]
fn a_period_too_began_at_its_time_of_day() {
    check(
        &one("{ fact = 'isolation', cleared_by = [ { fact = 'release' } ] }"),
        &[
            (
                "release ended 2022-01-01T08:00:00+08:00; isolation home 2022-01-01T10:00:00+08:00..2022-01-14",
                "2022-01-01",
                "red A until 2022-01-15",
            ),
            (
                "release ended 2022-01-01T12:00:00+08:00; isolation home 2022-01-01T10:00:00+08:00..2022-01-14",
                "2022-01-01",
                "green",
            ),
        ],
    );
}

#[test]
fn a_path_asks_for_nothing_that_is_not_needed() {
    let ruleset =
        one("{ all = [ { fact = 'isolation' }, { not = { fact = 'test', value = 'negative' } } ] }");
    let world = world("isolation central 2022-03-02..2022-03-08");
    let paths = path_to_green(&ruleset, &world.record(), &world.risk(), at(&ruleset, "2022-03-02")).unwrap();
    let fastest = paths.fastest.unwrap();
    assert_eq!((fastest.green_on.to_string().as_str(), fastest.steps.len()), ("2022-03-02", 1));
}

#[test]
fn a_test_of_a_path_comes_after_a_contact_of_later_today() {
    let ruleset = one("{ fact = 'contact', cleared_by = [ { negatives = 1 } ] }");
    let world = world("contact close 2022-01-01T18:00:00+08:00");
    let now = at(&ruleset, "2022-01-01T10:00:00+08:00");
    let paths = path_to_green(&ruleset, &world.record(), &world.risk(), now).unwrap();
    let test = paths.smallest.steps[0].not_before().unwrap();
    assert_eq!(test, at(&ruleset, "2022-01-01T18:00:00+08:00"));
}

#[test]
fn a_step_abroad_names_a_region() {
    let ruleset = one("{ not = { fact = 'foreign-status', value = 'green' } }");
    let world = world("");
    let paths = path_to_green(&ruleset, &world.record(), &world.risk(), at(&ruleset, "2022-01-01")).unwrap();
    assert!(paths.smallest.steps.iter().all(|step| step.region.is_some()));
}

#[test]
fn a_way_that_is_open_today_is_found_although_something_else_will_hold_later() {
    let ruleset = rules(&[
        ("A", "red", "{ fact = 'stay', cleared_by = [ { fact = 'release' } ] }"),
        ("B", "red", "{ lapse = 'contact', within_days = 7 }"),
    ]);
    let world = world("stay declared 2022-02-20 410105; contact close 2022-03-03");
    let paths = path_to_green(&ruleset, &world.record(), &world.risk(), at(&ruleset, "2022-03-03")).unwrap();
    assert_eq!(paths.smallest.green_on.to_string(), "2022-03-03");
}

#[test]
fn who_is_green_because_a_record_was_destroyed_needs_no_steps() {
    let ruleset = one("{ fact = 'stay', cleared_by = [ { fact = 'release', after_days = 1 } ] }");
    let world = world("stay declared 2022-02-20 410105");
    let paths = path_to_green(&ruleset, &world.record(), &world.risk(), at(&ruleset, "2022-04-20")).unwrap();
    assert_eq!((paths.smallest.green_on.to_string().as_str(), paths.smallest.steps.len()), ("2022-04-20", 0));
}

#[test]
fn what_has_been_met_already_does_not_stand_in_the_way_of_a_path() {
    let ruleset =
        one("{ fact = 'contact', cleared_by = [ { all = [ { fact = 'isolation' }, { negatives = 1 } ] } ] }");
    let world = world("contact close 2022-01-01; isolation central 2022-01-01..2022-01-03");
    let paths = path_to_green(&ruleset, &world.record(), &world.risk(), at(&ruleset, "2022-01-04")).unwrap();
    assert_eq!((paths.smallest.green_on.to_string().as_str(), paths.smallest.steps.len()), ("2022-01-04", 1));
}
