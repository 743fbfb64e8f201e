//! A trip on the page: several stays, added and taken away without script, declared together.

use axum::http::StatusCode;

use crate::browser::Browser;
use crate::house::House;

#[tokio::test]
async fn a_trip_of_several_stays_is_declared_at_once_and_whole_or_not_at_all() {
    let house = House::new().await;
    let person = house.registered(1).await;
    let browser = Browser::of(&house, "en", person);
    let facts = async || house.app.registry().store().record(person).await.unwrap().facts.clone();
    let empty = browser.get("/declare/trip").await;
    empty.says("Add a further place");
    assert!(!empty.text.contains("Stay 1") && !empty.text.contains("remove-"), "one stay is not numbered");
    let key = empty.key().to_owned();
    let first = [("place-name", "410105"), ("from", "2022-06-06"), ("until", "2022-06-08")];
    let second = [("place-name-2", "朝阳"), ("place-within-2", "110000"), ("place-2", "110105")];
    let send = async |step: &str, stays: &str, fields: &[(&str, &str)]| {
        let all = [&[("key", key.as_str()), ("step", step), ("stays", stays)], fields].concat();
        browser.post("/declare/trip", &all).await
    };
    let added = send("add", "1", &first).await;
    added.is(StatusCode::OK).says("Stay 2").says("name=\"stays\" value=\"2\"").says("id=\"stay-2\"");
    added.says("value=\"410105\"").says("value=\"2022-06-08\"");
    assert_eq!(added.key(), key, "still one declaration");

    // What is wrong with one stay is said at that stay, and nothing of the others is declared.
    let fields = [&first[..], &second].concat();
    for step in ["check", "send"] {
        let wrong = send(step, "2", &fields).await;
        wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says("href=\"#from-2\"").says("id=\"from-mistake-2\"");
        assert!(!wrong.text.contains("id=\"from-mistake\""));
    }
    assert_eq!(facts().await, []);

    let days = [("from-2", "2022-06-09"), ("until-2", "2022-06-11")];
    let third = [("place-name-3", "410106"), ("from-3", "2022-06-12"), ("until-3", "")];
    let fields = [&fields[..], &days, &third].concat();
    let checked = send("check", "3", &fields).await;
    checked
        .is(StatusCode::OK)
        .says("9 June 2022 to 11 June 2022")
        .says("name=\"from-3\" value=\"2022-06-12\"");
    assert_eq!(facts().await, []);
    let less = send("remove-2", "3", &fields).await;
    less.says("name=\"stays\" value=\"2\"").says("value=\"2022-06-12\"");
    assert!(
        !less.text.contains("110105") && !less.text.contains("id=\"stay-3\""),
        "the third is the second now"
    );

    for _ in 0..2 {
        send("send", "3", &fields).await.leads("/code?done=declared");
    }
    let declared = facts().await;
    let mut stays: Vec<_> =
        declared.iter().map(|row| (row.fact.region().unwrap().code(), row.fact.at().to_string())).collect();
    stays.sort_by_key(|(_, at)| at.clone());
    let expected = [("410105", "2022-06-06"), ("110105", "2022-06-09"), ("410106", "2022-06-12")];
    assert_eq!(stays, expected.map(|(region, at)| (region, at.to_owned())), "once");

    let nowhere = send("look", "1", &[("place-name", "没有这个地方")]).await;
    nowhere.is(StatusCode::OK).says("No place of this name was found.");
    assert!(!empty.text.contains("No place"), "nothing was looked for");

    let full = send("add", "12", &first).await;
    full.is(StatusCode::OK).says("Stay 12");
    assert!(!full.text.contains("Stay 13") && !full.text.contains("value=\"add\""));
    for stays in ["0", "-1", "x", ""] {
        assert!(!send("edit", stays, &first).await.text.contains("Stay 1"), "{stays}");
    }
    send("remove-9", "1", &first).await.is(StatusCode::OK).says("value=\"410105\"");
    for lang in ["zh-Hans", "zh-Hant"] {
        let added =
            Browser::of(&house, lang, person).post("/declare/trip", &[("step", "add"), ("stays", "1")]).await;
        added.is(StatusCode::OK).says(if lang == "zh-Hans" { "第 2 处" } else { "第 2 處" });
    }
}
