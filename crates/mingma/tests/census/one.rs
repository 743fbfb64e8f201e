//! One person of a census, and a preview by the share that is set.

use super::*;

fn built() -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    city(dir.path());
    let build =
        ["--facts", "facts.csv", "--homes", "homes.csv", "--on", "2020-04-28", "--out", "xian.census"];
    told(&mingma(dir.path(), &[&["census", "build"][..], &build].concat()));
    (dir, rules("shaanxi/2020"))
}

#[test]
fn one_person_of_a_census_is_told_with_facts_status_and_reasons_and_nobody_else() {
    let (dir, shaanxi) = built();
    let of = |person: &str, json: bool| {
        let under =
            ["census", "assess", "--census", "xian.census", "--rules", &shaanxi, "--on", "2020-04-28"];
        let who = ["--person", person, "--json"];
        mingma(dir.path(), &[&under[..], if json { &who } else { &who[..2] }].concat())
    };
    // A close contact of 28 April, the last day.
    let contact: Value = serde_json::from_str(&told(&of("P02700", true))).unwrap();
    assert_eq!((&contact["home"], &contact["status"]), (&"610102".into(), &"red".into()), "{contact}");
    assert_eq!(contact["ruleset"], serde_json::json!({ "region": "610000", "id": "2020" }));
    let fact = &contact["facts"][0];
    assert_eq!(
        (&fact["kind"], &fact["value"], &fact["at"]),
        (&"contact".into(), &"close".into(), &"2020-04-28".into())
    );
    assert_eq!(contact["reasons"][0]["facts"], serde_json::json!([0]));
    let words = told(&of("P02700", false));
    assert!(words.contains("contact close on 2020-04-28") && words.contains("red, until "), "{words}");
    // Whose contact was taken back, and who has nothing.
    for nobody in ["P00000", "P00099"] {
        let none: Value = serde_json::from_str(&told(&of(nobody, true))).unwrap();
        assert_eq!((&none["status"], &none["facts"]), (&"green".into(), &serde_json::json!([])), "{nobody}");
    }
    let unknown = of("410105199001011234", false);
    let said = String::from_utf8(unknown.stderr).unwrap();
    assert!(!unknown.status.success() && said.contains("nobody in the census is called that"), "{said}");
    assert!(!said.contains("4101"), "what is typed is not repeated: {said}");
}

#[test]
fn of_two_who_are_called_alike_neither_is_told_and_both_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let zone = mingma_domain::time::Zone::named("Asia/Shanghai").unwrap();
    let mut builder = mingma_census::Builder::new(&zone, "2020-04-28".parse().unwrap());
    // The columns have the one without a home last.
    for (name, home) in [("P1", None), ("P2", Some("610102")), ("P1", Some("610102"))] {
        builder.named(name, home.map(|home| home.parse().unwrap())).unwrap();
    }
    let mut file = fs::File::create(dir.path().join("alike.census")).unwrap();
    builder.finish().unwrap().write(&mut file, jiff::Timestamp::MAX).unwrap();
    let shaanxi = rules("shaanxi/2020");
    let of = |person: &str| {
        let under =
            ["census", "assess", "--census", "alike.census", "--rules", &shaanxi, "--on", "2020-04-28"];
        mingma(dir.path(), &[&under[..], &["--person", person]].concat())
    };
    let refused = of("P1");
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && refused.stdout.is_empty(), "{said}");
    assert!(said.contains("persons 1 and 3 in the order") && said.contains("a name of their own"), "{said}");
    assert!(told(&of("P2")).contains("green"));
}

#[test]
fn a_preview_goes_by_the_share_that_is_set_and_no_file_sets_one_beyond_its_limits() {
    let (dir, shaanxi) = built();
    let heilongjiang = rules("heilongjiang/2020");
    let preview = |share: &str| {
        fs::write(dir.path().join("mingma.toml"), format!("[brake]\nshare = \"{share}\"\n")).unwrap();
        let under =
            ["census", "preview", "--census", "xian.census", "--rules", &shaanxi, "--on", "2020-04-28"];
        let rest = ["--draft", &heilongjiang, "--config", "mingma.toml"];
        mingma(dir.path(), &[&under[..], &rest].concat())
    };
    for share in ["0.01 %", "0.75 %"] {
        let words = told(&preview(share));
        assert!(words.contains(&format!("more than {share} would be worse off")), "{words}");
    }
    for share in ["0", "1.01 %", "a half"] {
        let refused = preview(share);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(!refused.status.success() && said.contains("from 0.01 % to 1.00 %"), "{said}");
    }
}
