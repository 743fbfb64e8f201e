//! A census that was built of a data folder is assessed and previewed by the levels of risk that the folder has.

use mingma_registry::row::PublicRow;
use serde_json::{Value, json};

use super::living::{publish, risk, rules, was_in};
use super::support::{City, mingma};

/// Where one of them has been.
const ABROAD: &str = "440105";

#[test]
fn a_census_of_a_folder_is_seen_by_the_folders_levels_or_it_is_said_that_none_is_known() {
    let city = City::new(2);
    {
        let store = city.store();
        publish(&store, rules());
        publish(&store, PublicRow::Risk(risk(ABROAD)));
        was_in(&store, city.people[0], ABROAD);
    }
    let (data, census) = (city.data(), city.dir.path().join("all.census"));
    let [data, census] = [&data, &census].map(|path| path.to_str().unwrap());
    assert!(mingma(&["census", "build", "--data", data, "--out", census]).status.success());
    let guangxi = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rulesets/guangxi/2021-12");
    let on = super::living::day_of(super::support::now()).to_string();
    let under = ["--census", census, "--rules", guangxi, "--on", &on];
    let run = |arguments: &[&str]| {
        let done = mingma(arguments);
        let said = String::from_utf8(done.stderr).unwrap();
        assert!(done.status.success(), "{said}");
        let told: Value = serde_json::from_slice(&done.stdout).unwrap();
        assert_eq!(
            said.contains("no region's level of risk is known"),
            told["levels_known"] == json!(false),
            "{said}"
        );
        told
    };
    let assess = [&["census", "assess", "--json"][..], &under].concat();
    let preview = [&["census", "preview", "--json", "--draft", guangxi][..], &under].concat();
    for (more, known, red) in [(&[][..], false, 0), (&["--data", data], true, 1)] {
        let assessed = run(&[&assess[..], more].concat());
        assert_eq!((&assessed["levels_known"], &assessed["counts"]["red"]), (&json!(known), &json!(red)));
        assert_eq!(run(&[&preview[..], more].concat())["levels_known"], known);
    }
    let both = mingma(&[&assess[..], &["--data", data, "--risk", "levels.csv"]].concat());
    assert!(!both.status.success(), "one of them says which levels there are");
}
