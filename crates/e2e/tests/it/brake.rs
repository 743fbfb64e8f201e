//! Nobody turns many people alone: a draft is seen first, held, proposed, agreed to by another office by the same numbers, and told
//! to each whom it turns.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::harness::{Browser, Server, in_city};
use crate::people::{TRAVELLER, enter, sign_in_at_office};

/// A rule that turns whoever came from Guangzhou, where one in eleven of the city's people was; and one that begins only days after a stay
/// elsewhere, so that whom it turns stands in the days to come.
const RULE: &str = r#"
[[rule]]
code = "T1"
color = "yellow"
article = "a draft of a journey"
when = { fact = "stay", region = "440100", within_days = 10 }
text = { zh-Hans = "您近期到过广州。", zh-Hant = "您近期到過廣州。", en = "You were in Guangzhou lately." }
clears = { zh-Hans = "第 11 天自动解除。", zh-Hant = "第 11 天自動解除。", en = "It ends by itself on day 11." }

[[rule]]
code = "T2"
color = "red"
article = "a draft of a journey, late"
when = { fact = "stay", region = "330604", from_days = 12, within_days = 13 }
text = { zh-Hans = "您 12 天前到过上虞。", zh-Hant = "您 12 天前到過上虞。", en = "You were in Shangyu twelve days ago." }
clears = { zh-Hans = "第 14 天自动解除。", zh-Hant = "第 14 天自動解除。", en = "It ends by itself on day 14." }
"#;

/// Both sides of their boundaries.
const EXAMPLES: &str = r#"
[[example]]
name = "a stay in Guangzhou is yellow up to day 10"
on = 2022-01-15
facts = [{ kind = "stay", value = "declared", region = "440100", at = 2022-01-05, until = 2022-01-05 }]
expect = { color = "yellow", reasons = ["T1"], until = 2022-01-16 }

[[example]]
name = "a stay in Guangzhou is green again on day 11"
on = 2022-01-16
facts = [{ kind = "stay", value = "declared", region = "440100", at = 2022-01-05, until = 2022-01-05 }]
expect = { color = "green" }

[[example]]
name = "a stay in Shangyu is no reason up to day 11"
on = 2022-01-16
facts = [{ kind = "stay", value = "declared", region = "330604", at = 2022-01-05, until = 2022-01-05 }]
expect = { color = "green", until = 2022-01-17 }

[[example]]
name = "a stay in Shangyu is red from day 12 on"
on = 2022-01-17
facts = [{ kind = "stay", value = "declared", region = "330604", at = 2022-01-05, until = 2022-01-05 }]
expect = { color = "red", reasons = ["T2"], until = 2022-01-19 }

[[example]]
name = "a stay in Shangyu is red up to day 13"
on = 2022-01-18
facts = [{ kind = "stay", value = "declared", region = "330604", at = 2022-01-05, until = 2022-01-05 }]
expect = { color = "red", reasons = ["T2"], until = 2022-01-19 }

[[example]]
name = "a stay in Shangyu is green again on day 14"
on = 2022-01-19
facts = [{ kind = "stay", value = "declared", region = "330604", at = 2022-01-05, until = 2022-01-05 }]
expect = { color = "green" }
"#;

/// What the page's tables say of the regions, of the days to come, and of the reasons there, line by line.
const NUMBERS: &str = "['where', 'coming-1', 'coming-reasons-1'].map((name) => [...document.querySelectorAll(`table:has(#ahead-${name}) tbody tr`)].map((row) => row.innerText.replace(/\\s+/g, ' ').trim()))";

#[tokio::test]
async fn rules_that_turn_many_wait_for_a_second_office_with_the_same_numbers_and_each_is_told() {
    let Some((browser, server)) = in_city().await else { return };
    has_travelled(&browser, &server).await;

    sign_in_at_office(&browser, &server, "commissioner").await;
    sees_what_they_would_do(&browser, &server).await;
    let seen = browser.value(NUMBERS).await;
    let lines = |table: usize| seen[table].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
    assert!(lines(0).count() >= 5, "{seen}");
    // Each day until then has somebody whose stay was twelve days before.
    assert!(lines(1).filter(|line| line.contains(" yellow red ")).count() >= 2, "{seen}");
    assert!(lines(2).any(|line| line.starts_with("T2 You were in Shangyu twelve days ago. ")), "{seen}");
    browser.follow("section[aria-labelledby='ahead'] form:has(input[value='propose']) button").await;
    let proposal = browser.path().await;
    assert!(proposal.starts_with("/office/proposals/"), "{proposal}");
    browser.says("main", "An appeals office has to agree").await;
    browser.axe("office-proposal-own").await;

    // Another office, at its own machine, sees the same.
    sign_in_at_office(&browser, &server, "arbiter").await;
    browser.visit(&server.on("arbiter", "/office/proposals"), "office-proposals-waiting").await;
    browser.follow(format!("main a[href='{proposal}']")).await;
    assert_eq!(browser.value(NUMBERS).await, seen);
    browser.axe("office-proposal").await;
    is_not_published_yet(&browser, &server).await;
    browser.goto(&server.on("arbiter", &proposal)).await.unwrap();
    browser.press("main form input[type='checkbox']").await;
    browser.follow("main form button").await;
    assert_eq!(browser.path().await, "/office/proposals", "{}", browser.read("main").await);
    browser.axe("office-proposals").await;

    is_told(&browser, &server).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

/// Somebody of the city declares a trip, and stays green.
async fn has_travelled(browser: &Browser, server: &Server) {
    browser.goto(&server.at("/language?to=en&back=/register")).await.unwrap();
    browser.choose("whom", "self").await;
    browser.choose("kind", "resident-id").await;
    browser.write("number", TRAVELLER).await;
    browser.write("place-name", "450902").await;
    browser.write("contact", "13800138001").await;
    browser.press("#consent").await;
    browser.follow("main form button[value='register']:not(.first)").await;
    browser.goto(&server.at("/sign-in?back=/declare/trip")).await.unwrap();
    enter(browser, TRAVELLER).await;
    let today = browser.today().await;
    let yesterday = format!("new Date(Date.parse('{today}') - 86_400_000).toISOString().slice(0, 10)");
    let yesterday = browser.value(&yesterday).await;
    browser.write("place-name", "440100").await;
    browser.write("from", yesterday.as_str().unwrap()).await;
    browser.follow("main form button[value='check']:not(.first)").await;
    browser.says("main", "Your code stays the same: green").await;
    browser.follow("main form button[value='send']").await;
    browser.visit(&server.at("/notices"), "notices-unchanged").await;
    assert_eq!(browser.value("document.querySelector('.status')").await, json!(null));
}

/// A draft's numbers and plot stand before any button that publishes, and there is none.
async fn sees_what_they_would_do(browser: &Browser, server: &Server) {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulesets/guangxi/2021-12");
    let text = fs::read_to_string(rules.join("ruleset.toml")).unwrap();
    let examples = fs::read_to_string(rules.join("examples.toml")).unwrap() + EXAMPLES;
    let today = browser.today().await;
    let sunset = format!("new Date(Date.parse('{today}') + 90 * 86_400_000).toISOString().slice(0, 10)");
    let sunset = browser.value(&sunset).await;
    let dated = |name: &str, day: &str| {
        let line = text.lines().find(|line| line.starts_with(&format!("{name} = "))).unwrap();
        (line.to_owned(), format!("{name} = {day}"))
    };
    let (effect, sunset) = (dated("effect", &today), dated("sunset", sunset.as_str().unwrap()));
    let draft = text.replacen(&effect.0, &effect.1, 1).replacen(&sunset.0, &sunset.1, 1);
    let draft = draft.replacen("id = \"2021-12\"", "id = \"2021-12-travel\"", 1) + RULE;
    browser.visit(&server.on("commissioner", "/office/rules"), "office-rules").await;
    let fill = "for (const [name, text] of Object.entries(arguments[0])) document.getElementById(name).value = text;";
    browser.execute(fill, vec![json!({ "rules": draft, "examples": examples })]).await.unwrap();
    browser.follow("main form:last-of-type button").await;
    browser.says("section[aria-labelledby='ahead']", "T1").await;
    browser.says("section[aria-labelledby='ahead']", "You were in Guangzhou lately.").await;
    browser.says("section[aria-labelledby='ahead'] [role='alert']", "second").await;
    are_drawn(browser).await;
    let publish = "document.querySelector(\"section[aria-labelledby='ahead'] input[value='publish']\")";
    assert_eq!(browser.value(publish).await, json!(null));
    browser.axe("office-rules-held").await;
}

/// Each region's bar is drawn, as long as its share is of the greatest one: a hundredth of the frame more or less, for the page's numbers are rounded.
async fn are_drawn(browser: &Browser) {
    let plot = "[...document.querySelectorAll('table:has(#ahead-where) tbody tr')].map((row) => {
        const [bar, frame] = [...row.querySelectorAll('svg.plot rect')].map((rect) => rect.getBoundingClientRect());
        return [parseFloat(row.innerText.match(/([\\d.]+) %/)[1]), bar.width / frame.width, bar.height, frame.width];
    })";
    let plot = browser.value(plot).await;
    let bars: Vec<[f64; 4]> = serde_json::from_value(plot.clone()).unwrap();
    let most = bars.iter().map(|[share, ..]| *share).fold(0.0, f64::max);
    assert!(most > 0.0, "somebody is hit: {plot}");
    for [share, part, height, frame] in bars {
        assert!((height >= 5.0 || share <= 0.0) && frame >= 50.0, "there is something to be seen: {plot}");
        assert!((part - share / most).abs() <= 0.011, "{share} % of at most {most} %: {plot}");
    }
}

/// A draft that waits is in force nowhere.
async fn is_not_published_yet(browser: &Browser, server: &Server) {
    browser.goto(&server.at("/code")).await.unwrap();
    browser.says("#color", "green").await;
}

/// Whom the rules turn reads why, until when, the way back and how to appeal.
async fn is_told(browser: &Browser, server: &Server) {
    browser.goto(&server.at("/notices")).await.unwrap();
    let told = "fetch('/notices').then((page) => page.text()).then((page) => page.includes('status yellow'))";
    browser.until_it_is(told, &json!(true)).await;
    browser.visit(&server.at("/notices"), "notices-changed").await;
    browser.says("main", "because rules came into force").await;
    browser.says("section[aria-labelledby='why']", "You were in Guangzhou lately.").await;
    browser.says("section[aria-labelledby='why']", "It ends by itself on day 11.").await;
    browser.says("section[aria-labelledby='way']", "Green again on").await;
    browser.says("section[aria-labelledby='appeal']", "within 3 days").await;
    let appeal = browser.element("section[aria-labelledby='why'] a.report").await.attr("href").await.unwrap();
    assert!(appeal.is_some_and(|path| path.ends_with("/appeal")));
}
