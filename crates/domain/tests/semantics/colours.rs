//! From the rules that hold to what is shown: severity, order, conditions, pop-ups, permits.

use mingma_domain::assess::explain;
use mingma_testkit::build::{at, parsed, rules, toml, world};

use super::{CLOSE_14, check, one};

#[test]
fn the_most_severe_colour_wins_and_all_rules_are_listed_in_the_order_of_the_file() {
    let ruleset = rules(&[
        ("P", "popup", "{ lapse = 'test', within_days = 2 }"),
        ("Y", "yellow", "{ fact = 'contact', value = 'secondary', within_days = 7 }"),
        ("R", "red", "{ fact = 'contact', value = 'close', within_days = 14 }"),
        ("S", "yellow", "{ fact = 'contact', within_days = 21 }"),
    ]);
    check(
        &ruleset,
        &[
            ("test negative 2022-01-01", "2022-01-03", "green until 2022-01-04"),
            ("test negative 2022-01-01", "2022-01-04", "popup P until 2022-03-03"),
            (
                "contact general 2022-01-04; test negative 2022-01-01",
                "2022-01-04",
                "yellow P S until 2022-01-26",
            ),
            ("contact secondary 2022-01-04", "2022-01-04", "yellow Y S until 2022-01-26"),
            (
                "contact secondary 2022-01-04; contact close 2022-01-04; test negative 2022-01-01",
                "2022-01-04",
                "red P Y R S until 2022-01-19",
            ),
            // Yellow by another rule is the same colour: it goes on until both have ended.
            ("contact close 2022-01-01", "2022-01-15", "red R S until 2022-01-16"),
            ("contact close 2022-01-01", "2022-01-16", "yellow S until 2022-01-23"),
        ],
    );
}

#[test]
fn any_all_and_not_mean_what_they_say() {
    let (contact, fever) =
        ("{ fact = 'contact', within_days = 7 }", "{ fact = 'symptom', value = 'fever', within_days = 3 }");
    let (both, only_contact, only_fever) = (
        "contact close 2022-01-01; symptom fever 2022-01-04",
        "contact close 2022-01-01",
        "symptom fever 2022-01-04",
    );
    check(
        &one(&format!("{{ any = [ {contact}, {fever} ] }}")),
        &[
            (both, "2022-01-05", "red A until 2022-01-09"),
            (only_contact, "2022-01-05", "red A until 2022-01-09"),
            (only_fever, "2022-01-05", "red A until 2022-01-08"),
            ("", "2022-01-05", "green"),
        ],
    );
    check(
        &one(&format!("{{ all = [ {contact}, {fever} ] }}")),
        &[
            (both, "2022-01-03", "green"),
            (both, "2022-01-05", "red A until 2022-01-08"),
            (only_contact, "2022-01-05", "green"),
            (only_fever, "2022-01-05", "green"),
        ],
    );
    check(
        &one(&format!("{{ all = [ {contact}, {{ not = {fever} }} ] }}")),
        &[
            (both, "2022-01-03", "red A until 2022-01-09"),
            (both, "2022-01-05", "green until 2022-01-08"),
            (both, "2022-01-08", "red A until 2022-01-09"),
            (both, "2022-01-09", "green"),
        ],
    );
}

#[test]
fn no_green_code_is_issued_before_its_condition_is_met() {
    let issued = "[issued_when]\nfact = 'checkin'\nvalue = 'well'\nwithin_days = 2\n";
    let ruleset = parsed(&toml("Asia/Shanghai", issued, &[("A", "red", CLOSE_14)]));
    check(
        &ruleset,
        &[
            ("", "2022-01-01", "not-issued"),
            ("checkin unwell 2022-01-01", "2022-01-01", "not-issued"),
            ("checkin well 2022-01-01", "2022-01-03", "green until 2022-01-04"),
            ("checkin well 2022-01-01", "2022-01-04", "not-issued"),
            // A colour that restricts is given all the same.
            ("contact close 2022-01-01", "2022-01-15", "red A until 2022-01-16"),
            ("contact close 2022-01-01", "2022-01-16", "not-issued"),
        ],
    );
}

#[test]
fn a_permit_is_offered_with_its_colour_only() {
    let permit = "[permit]\ncolor = 'yellow'\ntimes = 1\nmin_hours = 1\nmax_hours = 24\n\
                  text = { zh-Hans = '限时通行', zh-Hant = '限時通行', en = 'movement permit' }\n";
    let ruleset = parsed(&toml(
        "Asia/Shanghai",
        permit,
        &[("A", "red", CLOSE_14), ("B", "yellow", "{ follows = 'A', for_days = 7 }")],
    ));
    let world = world("contact close 2022-01-01");
    for (on, offered) in [("2022-01-15", None), ("2022-01-16", Some((1, 1, 24))), ("2022-01-23", None)] {
        let status = world.status(&ruleset, on);
        let told = explain(&ruleset, &world.record(), &world.risk(), at(&ruleset, on), &status);
        assert_eq!(told.permit.map(|p| (p.times, p.min_hours, p.max_hours)), offered, "on {on}");
    }
}
