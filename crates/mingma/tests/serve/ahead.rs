//! What an office sees of the days to come before it publishes: by the API and on its pages, in three languages, and as the second office.

use mingma_registry::policy::Office;
use mingma_registry::row::{PublicRow, RulesetEntry};
use serde_json::json;

use super::living::{ABROAD, publish, rules, sent, settled, staff, today, was_in};
use super::support::{City, Served};

/// In which languages a page is asked for, and in each how it calls green and red, and the rule.
const LANGUAGES: [(&str, [&str; 3]); 3] = [
    ("en", ["green", "red", "was there"]),
    ("zh-CN", ["绿码", "红码", "到过"]),
    ("zh-TW", ["綠碼", "紅碼", "到過"]),
];

/// A rule that begins days after the facts by which it holds would make nobody red today, and a third of a county tomorrow.
#[test]
fn what_would_make_people_red_only_tomorrow_is_published_by_no_office_alone() {
    let city = City::new(40);
    let (commission, appeals) = {
        let store = city.store();
        publish(&store, rules());
        city.people.iter().take(13).for_each(|person| was_in(&store, *person, ABROAD));
        (staff(&store, "commission", Office::HealthCommission), staff(&store, "appeals", Office::Appeals))
    };
    let mut served = city.serve(&["--metrics", "127.0.0.1:0"]);
    settled(&served);
    let PublicRow::Ruleset(RulesetEntry { rules, examples, .. }) = rules() else { panic!("rules") };
    let rules = rules.replacen("id = \"2021-12\"", "id = \"later\"", 1)
        + r#"
[[rule]]
code = "Z1"
color = "red"
article = "1"
when = { fact = "stay", region = "440100", from_days = 4, within_days = 10 }
text = { zh-Hans = "到过", zh-Hant = "到過", en = "was there" }
clears = { zh-Hans = "过期", zh-Hant = "過期", en = "it is over" }
"#;
    let (at, expect) =
        (today().minus(3), |days: u16, expect: &str| (today().minus(3).plus(days), expect.to_owned()));
    let red = format!("color = \"red\", reasons = [\"Z1\"], until = {}", at.plus(11));
    let green = format!("color = \"green\", until = {}", at.plus(4));
    let cases = [expect(3, &green), expect(4, &red), expect(10, &red), expect(11, "color = \"green\"")];
    let cases = cases.map(|(on, expect)| {
        format!(
            "\n[[example]]\nname = \"a stay, on {on}\"\non = {on}\n\
             facts = [{{ kind = \"stay\", value = \"declared\", region = \"440105\", at = {at} }}]\nexpect = {{ {expect} }}\n"
        )
    });
    let examples = examples + &cases.concat();
    let draft = json!({ "region": "410000", "rules": rules, "examples": examples });
    let (status, seen) =
        sent(&served, &commission, "/api/v1/previews", &json!({ "drafts": [{ "ruleset": draft }] }));
    assert_eq!(status, 200, "{seen}");
    let seen = &seen["drafts"][0];
    assert_eq!(seen["needs_second_office"], json!(true), "{seen}");
    let hit = json!([{ "region": "410105", "persons": 40, "worse": 13, "longer": 0, "later": 13, "better": 0, "alone": 0 }]);
    assert_eq!(seen["regions"], hit);
    let tomorrow = today().plus(1).to_string();
    let coming = json!([{ "on": tomorrow, "from": "green", "to": "red", "persons": 13 }]);
    let day = &seen["days"][0];
    assert_eq!((&day["coming"], &day["later"], &day["changed"]), (&coming, &json!(13), &json!(0)));
    let ruleset = json!({ "region": "410000", "id": "later" });
    let why = json!([{ "code": "Z1", "ruleset": ruleset, "gain": 13, "lose": 0 }]);
    assert_eq!((&day["reasons"], &day["coming_reasons"]), (&json!([]), &why));
    let form = format!("rules={}&examples={}", escaped(&rules), escaped(&examples));
    for (lang, words) in LANGUAGES {
        let page = page(&served, &commission, ("POST", "/office/rules"), (lang, &form));
        says_what_comes(&page, &tomorrow, words);
    }
    let alone = sent(&served, &commission, "/api/v1/rulesets", &draft);
    assert_eq!((alone.0, alone.1["type"].as_str()), (409, Some("/problems/held")), "{}", alone.1);
    let proposed = sent(&served, &commission, "/api/v1/proposals", &json!({ "ruleset": draft }));
    assert_eq!((proposed.0, &proposed.1["regions"]), (200, &hit), "{}", proposed.1);
    // The second office reads the same of what was kept.
    let path = format!("/office/proposals/{}", proposed.1["number"]);
    for (lang, words) in LANGUAGES {
        says_what_comes(&page(&served, &appeals, ("GET", &path), (lang, "")), &tomorrow, words);
    }
    // A few days alone are an emergency, as of whatever hits as many.
    let short = rules.replacen(
        &format!("sunset = {}", today().plus(100)),
        &format!("sunset = {}", today().plus(6)),
        1,
    );
    let short = json!({ "draft": { "ruleset": { "region": "410000", "rules": short, "examples": examples } }, "ground": "outbreak" });
    let gone_ahead = sent(&served, &commission, "/api/v1/emergencies", &short);
    assert_eq!(gone_ahead.0, 200, "{}", gone_ahead.1);
    served.terminate();
    assert!(served.wait().success());
}

/// A rule about whoever was abroad.
fn about_a_stay(code: &str, color: &str, days: &str, [hans, hant, en]: [&str; 3]) -> String {
    format!(
        "\n[[rule]]\ncode = \"{code}\"\ncolor = \"{color}\"\narticle = \"1\"\n\
         when = {{ fact = \"stay\", region = \"440100\", {days} }}\n\
         text = {{ zh-Hans = \"{hans}\", zh-Hant = \"{hant}\", en = \"{en}\" }}\n\
         clears = {{ zh-Hans = \"过期\", zh-Hant = \"過期\", en = \"it is over\" }}\n"
    )
}

/// Under the rules in force whoever was abroad is shown a pop-up; by the draft they are yellow today, by a rule of the same code, and red tomorrow.
#[test]
fn who_is_worse_off_today_and_more_so_tomorrow_is_seen_so_and_each_reason_by_what_it_says() {
    let city = City::new(40);
    let PublicRow::Ruleset(in_force) = rules() else { panic!("rules") };
    let was_there = ["到过", "到過", "was there"];
    let drafted = in_force.rules.replacen("id = \"2021-12\"", "id = \"steps\"", 1)
        + &about_a_stay("Z1", "red", "from_days = 4, within_days = 10", ["次日", "翌日", "the day after"])
        + &about_a_stay("Z2", "yellow", "within_days = 3", was_there);
    let at = today().minus(3);
    let yellow = format!("color = \"yellow\", reasons = [\"Z2\"], until = {}", at.plus(4));
    let red = format!("color = \"red\", reasons = [\"Z1\"], until = {}", at.plus(11));
    let cases = [(3, &*yellow), (4, &*red), (10, &*red), (11, "color = \"green\"")].map(|(days, expect)| {
        format!(
            "\n[[example]]\nname = \"day {days}\"\non = {}\nfacts = [{{ kind = \"stay\", value = \"declared\", region = \"440105\", at = {at} }}]\n\
             expect = {{ {expect} }}\n",
            at.plus(days)
        )
    });
    let draft = json!({ "region": "410000", "rules": drafted, "examples": in_force.examples.clone() + &cases.concat() });
    let commission = {
        let store = city.store();
        let popup = about_a_stay("Z2", "popup", "within_days = 12", ["请报告", "請報告", "report it"]);
        publish(
            &store,
            PublicRow::Ruleset(RulesetEntry { rules: in_force.rules.clone() + &popup, ..in_force }),
        );
        city.people.iter().take(13).for_each(|person| was_in(&store, *person, ABROAD));
        staff(&store, "commission", Office::HealthCommission)
    };
    let mut served = city.serve(&["--metrics", "127.0.0.1:0"]);
    settled(&served);
    let (status, seen) =
        sent(&served, &commission, "/api/v1/previews", &json!({ "drafts": [{ "ruleset": draft }] }));
    assert_eq!(status, 200, "{seen}");
    let (day, tomorrow) = (&seen["drafts"][0]["days"][0], today().plus(1).to_string());
    assert_eq!((&day["worse"], &day["later"], &day["coming"]), (&json!(13), &json!(0), &json!([])), "{day}");
    let still = json!([{ "on": tomorrow, "from": "pop-up", "to": "red", "persons": 13 }]);
    assert_eq!(day["stricter_still"], still);
    let reason = |id: &str, gain: u8, lose: u8| json!({ "code": "Z2", "ruleset": { "region": "410000", "id": id }, "gain": gain, "lose": lose });
    assert_eq!(day["reasons"], json!([reason("2021-12", 0, 13), reason("steps", 13, 0)]));
    // Tomorrow they turn red, and nothing milder comes before that has ended.
    assert_eq!(
        (&day["longest"][0]["to"], &day["longest"][0]["until"]),
        (&json!("yellow"), &json!(at.plus(11)))
    );
    let form =
        format!("rules={}&examples={}", escaped(&drafted), escaped(draft["examples"].as_str().unwrap()));
    for (lang, red, [popup, now, then]) in [
        ("en", "red", ["pop-up, no colour", "report it (", "was there ("]),
        ("zh-CN", "红码", ["弹窗（无颜色）", "请报告（", "到过（"]),
        ("zh-TW", "紅碼", ["彈窗（無顏色）", "請報告（", "到過（"]),
    ] {
        let page = page(&served, &commission, ("POST", "/office/rules"), (lang, &form));
        assert_eq!(rows(&page, "ahead-stricter-still-1"), [[&*tomorrow, popup, red, "13"]]);
        let reasons = rows(&page, "ahead-reasons-1");
        let [lost, gained] = &reasons[..] else { panic!("{reasons:?}") };
        for (row, text, id, numbers) in
            [(lost, now, "2021-12", ["0", "13"]), (gained, then, "steps", ["13", "0"])]
        {
            assert!(row[0].starts_with(&format!("Z2 {text}")) && row[0].contains(id), "{row:?}");
            assert_eq!(row[1..], numbers);
        }
        assert!(!page.contains(">ahead-"), "a text is missing: {page}");
    }
    served.terminate();
    assert!(served.wait().success());
}

fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02X}"))
}

fn page(served: &Served, token: &str, (method, path): (&str, &str), (lang, form): (&str, &str)) -> String {
    let answer = served.send(&format!(
        "{method} {path} HTTP/1.1\r\nhost: code\r\nauthorization: Bearer {token}\r\naccept-language: {lang}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    ));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

/// The cells of a table of a page, row by row, its head left out.
fn rows(page: &str, caption: &str) -> Vec<Vec<String>> {
    let table = page.split(&format!("<caption id=\"{caption}\">")).nth(1);
    let table = table.unwrap_or_else(|| panic!("no {caption}: {page}")).split("</table>").next().unwrap();
    let body = table.split("<tbody>").nth(1).unwrap();
    let text = |cell: &str| {
        let mut tags = cell.split('<');
        let first = tags.next().unwrap().to_owned();
        let text = tags.fold(first, |text, tag| text + tag.split_once('>').map_or("", |(_, after)| after));
        text.trim().to_owned()
    };
    let cells = |row: &str| {
        let cells = row.split_inclusive("</td>").flat_map(|cell| cell.split_inclusive("</th>"));
        cells.map(text).filter(|cell| !cell.is_empty()).collect()
    };
    body.split("<tr>").skip(1).map(cells).collect()
}

/// Who is worse off only in the days to come stands there by day, from what to what, and why.
fn says_what_comes(page: &str, tomorrow: &str, [green, red, rule]: [&str; 3]) {
    assert_eq!(rows(page, "ahead-coming-1"), [[tomorrow, green, red, "13"]]);
    assert_eq!(rows(page, "ahead-coming-reasons-1"), [[&*format!("Z1 {rule}"), "13", "0"]]);
    for today in ["ahead-shifts-1", "ahead-reasons-1"] {
        assert!(!page.contains(today), "nobody changes at once: {page}");
    }
    assert!(!page.contains(">ahead-"), "a text is missing: {page}");
}
