//! Regions, their risk on the days of a stay, countries, doses.

use super::{check, one};

#[test]
fn a_county_counts_by_its_risk_on_the_days_of_the_stay() {
    let ruleset = one("{ fact = 'stay', risk = 'high', within_days = 2 }");
    let stay = "stay ticket 2022-01-04..2022-01-08 410105; ";
    let green = "green";
    for (risk, on, status) in [
        ("", "2022-01-08", green),
        ("risk 410105 medium 2022-01-01", "2022-01-08", green),
        ("risk 410105 high 2022-01-01..2022-01-03", "2022-01-04", green),
        ("risk 410105 high 2022-01-09", "2022-01-09", green),
        ("risk 410105 high 2022-01-05..2022-01-06", "2022-01-04", "green until 2022-01-05"),
        ("risk 410105 high 2022-01-05..2022-01-06", "2022-01-05", "red A until 2022-01-09"),
        ("risk 410105 high 2022-01-05..2022-01-06", "2022-01-08", "red A until 2022-01-09"),
        ("risk 410105 high 2022-01-05..2022-01-06", "2022-01-09", green),
        // From the first to the last day at that risk, also where it was interrupted.
        (
            "risk 410105 high 2022-01-04..2022-01-04; risk 410105 high 2022-01-08",
            "2022-01-06",
            "red A until 2022-01-11",
        ),
        // The city's level is the county's, unless an act names the county.
        ("risk 410100 high 2022-01-01", "2022-01-04", "red A until 2022-01-11"),
        ("risk 410100 high 2022-01-01; risk 410105 low 2022-01-01", "2022-01-04", green),
        ("risk 410105 low 2022-01-01; risk 410100 high 2022-01-02", "2022-01-04", green),
        ("risk 420100 high 2022-01-01", "2022-01-04", green),
        // A later act supersedes.
        ("risk 410105 high 2022-01-01; risk 410105 low 2022-01-06", "2022-01-06", "red A until 2022-01-08"),
    ] {
        check(&ruleset, &[(&format!("{stay}{risk}"), on, status)]);
    }
}

#[test]
fn a_region_includes_those_in_it_and_an_excluded_one_too() {
    check(
        &one("{ fact = 'stay', region = '410000', not_region = '410100', within_days = 2 }"),
        &[
            ("stay venue 2022-01-01 410000", "2022-01-01", "red A until 2022-01-04"),
            ("stay venue 2022-01-01 410200", "2022-01-01", "red A until 2022-01-04"),
            ("stay venue 2022-01-01 410105", "2022-01-01", "green"),
            ("stay venue 2022-01-01 CN", "2022-01-01", "green"),
        ],
    );
    check(
        &one("{ fact = 'entry', country = 'JP', within_days = 2 }"),
        &[
            ("entry JP 2022-01-01 310115", "2022-01-01", "red A until 2022-01-04"),
            ("entry DE 2022-01-01 310115", "2022-01-01", "green"),
        ],
    );
    check(
        &one("{ not = { fact = 'vaccination', min_dose = 2 } }"),
        &[
            ("vaccination 1 2022-01-01", "2022-01-01", "red A"),
            ("vaccination 3 2022-01-01", "2022-01-01", "green until 2022-07-01"),
        ],
    );
}
