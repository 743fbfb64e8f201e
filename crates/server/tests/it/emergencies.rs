//! What one office published because it could not wait: everybody reads which office, why, what it was foreseen to do, and until when.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use jiff::Timestamp;
use mingma_domain::risk::{Level, RegionRisk};
use mingma_registry::brake::{Draft, Emergency, Hand, Preview, RegionPreview, Share};
use mingma_registry::policy::Office;
use mingma_registry::row::{PublicRow, RulesetEntry};
use mingma_registry::words::EmergencyGround;

use crate::house::House;

const RULES: &str = include_str!("rules.toml");
const EXAMPLES: &str = include_str!("examples.toml");

/// Rules that would make 1,243 of 120,000 worse off, a level of risk of which nobody could foresee anything, and a draft of which nothing came.
async fn gone_ahead(house: &House) {
    let id = RULES.split("id = \"").nth(1).unwrap().split('"').next().unwrap();
    let rules = Draft::Rules(RulesetEntry {
        region: "410100".parse().unwrap(),
        id: "at-once".to_owned(),
        rules: RULES.replacen(&format!("id = \"{id}\""), "id = \"at-once\"", 1),
        examples: EXAMPLES.to_owned(),
    });
    let risk = |level| {
        Draft::Risk(RegionRisk {
            region: "410105".parse().unwrap(),
            level,
            from: "2022-06-13".parse().unwrap(),
            until: Some("2022-06-19".parse().unwrap()),
        })
    };
    let at: Timestamp = house.app.registry().now();
    let by = Hand {
        staff: "commission".parse().unwrap(),
        office: Office::HealthCommission,
        region: "410000".parse().unwrap(),
        at,
    };
    let region = |code: &str, persons, worse, better| RegionPreview {
        region: code.parse().unwrap(),
        persons,
        worse,
        longer: 0,
        later: 0,
        better,
        alone: 0,
    };
    let regions = vec![
        region("410102", 20_000, 9, 0),
        region("410103", 70_000, 0, 500),
        region("410105", 100_000, 1_234, 0),
    ];
    let preview =
        Preview { draft: rules.hash(), as_of: at, share: Share::default(), regions, days: Vec::new() };
    let emergency = |draft: &Draft, preview, ground| {
        PublicRow::Emergency(Emergency { draft: draft.hash(), preview, ground, by: by.clone() })
    };
    for row in [
        emergency(&rules, Some(preview), EmergencyGround::Outbreak),
        rules.into(),
        emergency(&risk(Level::High), None, EmergencyGround::NoSecondOffice),
        risk(Level::High).into(),
        emergency(&risk(Level::Medium), None, EmergencyGround::HarmfulRule),
        // Another draft than the one that could not wait.
        risk(Level::Low).into(),
    ] {
        house.make_public(row).await;
    }
}

async fn read(house: &House, path: &str, lang: &str) -> String {
    let request = Request::get(path).header("accept-language", lang).body(Body::empty()).unwrap();
    let page = house.send(request).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    page.text
}

#[tokio::test]
async fn everybody_reads_of_each_emergency_which_office_why_what_was_foreseen_and_until_when() {
    let house = House::new().await;
    for (lang, none) in
        [("en", "Published in an emergency<"), ("zh-CN", ">紧急发布<"), ("zh-TW", ">緊急發布<")]
    {
        let page = read(&house, "/journal", lang).await;
        assert!(!page.contains(none), "nothing was published so yet: {page}");
    }
    gone_ahead(&house).await;
    let all = [
        (
            "en",
            [
                "By one office, without a second one: Health commission · Henan",
                "13 June 2022, 12:00, because cases outrun the tracing.",
                "worse off by it: 1240 of 120000 people",
                "It ends on 1 September 2022, unless a second office has agreed",
            ],
            [
                "high risk",
                "because no second office can be reached.",
                "could not be foreseen",
                "It ends on 20 June 2022,",
            ],
            "Nothing came of it",
        ),
        (
            "zh-CN",
            [
                "未经第二单位：卫生健康委员会 · 河南省",
                "2022年6月13日 12:00，理由：病例增长快于流调。",
                "共 120000 人，其中 1240 人。",
                "若第二单位未在 2022年9月1日 前同意延续",
            ],
            ["高风险", "理由：联系不到第二机关。", "当时无法预计", "2022年6月20日"],
            "未有发布",
        ),
        (
            "zh-TW",
            [
                "未經第二單位：衛生健康委員會 · 河南省",
                "2022年6月13日 12:00，理由：病例增長快於追查。",
                "共 120000 人，其中 1240 人。",
                "若第二單位未在 2022年9月1日 前同意延續",
            ],
            ["高風險", "理由：聯絡不到第二機關。", "當時無法預計", "2022年6月20日"],
            "未有發布",
        ),
    ];
    for (lang, of_rules, of_risk, nothing) in all {
        let page = read(&house, "/journal", lang).await;
        let section = page.split_once("id=\"second\"").unwrap().1.split_once("</section>").unwrap().0;
        let lines: Vec<&str> = section.split("<li>").skip(1).collect();
        let [unpublished, risk, rules] = lines[..] else { panic!("the newest first: {section}") };
        assert!(rules.contains("href=\"/rules/3\""), "{lang}: {rules}");
        assert!(
            unpublished.contains(nothing) && !unpublished.contains("2022年6月20日"),
            "{lang}: {unpublished}"
        );
        for (line, texts) in [(rules, of_rules), (risk, of_risk)] {
            for text in texts {
                assert!(line.contains(text), "{lang}: {text} in {line}");
            }
        }
        let own = read(&house, "/rules/3", lang).await;
        let other = read(&house, "/rules/1", lang).await;
        for text in of_rules {
            assert!(own.contains(text) && !other.contains(text), "{lang}: {text} in {own}");
        }
    }
    house.watch.set("2022-08-31T16:00:00Z".parse::<Timestamp>().unwrap().as_second());
    for path in ["/journal", "/rules/3"] {
        let page = read(&house, path, "en").await;
        assert!(
            page.contains("It ended on 1 September 2022.") && !page.contains("It ends on"),
            "{path}: {page}"
        );
    }
}

#[tokio::test]
async fn two_rulesets_of_one_title_are_told_apart_in_the_journal() {
    let house = House::new().await;
    gone_ahead(&house).await;
    let page = read(&house, "/journal", "en").await;
    let section = page.split_once("id=\"rules\"").unwrap().1.split_once("</section>").unwrap().0;
    let lines: Vec<&str> = section.split("<li>").skip(1).collect();
    let [newer, older] = lines[..] else { panic!("{section}") };
    assert!(newer.contains("<code>at-once</code> · No. 3 in the journal"), "{newer}");
    assert!(older.contains("No. 1 in the journal") && !older.contains("at-once"), "{older}");
    assert!(section.matches("until 2022-09-01").count() == 2, "{section}");
}
