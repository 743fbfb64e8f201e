//! The residents' pages, as somebody without script uses them.

use axum::http::StatusCode;
use mingma_domain::fact::Value;
use mingma_domain::fact::value::Symptom;
use mingma_registry::row::RecordedFact;
use mingma_registry::{FactId, PersonId};

use crate::browser::Browser;
use crate::house::House;

/// A resident ID that fits its check digit, of nobody.
pub(crate) const NUMBER: &str = "11010519491231002X";
const TYPED: &str = "110105 19491231 002x";

/// Which of the facts is a cough: facts of one declaration have ids of one instant, in no order.
fn cough(facts: &[RecordedFact]) -> FactId {
    let is_cough = |recorded: &&RecordedFact| recorded.fact.value() == Value::Symptom(Symptom::Cough);
    facts.iter().find(is_cough).unwrap().id
}

pub(crate) fn registration<'f>(number: &'f str, place: &'f str) -> Vec<(&'f str, &'f str)> {
    vec![
        ("step", "register"),
        ("whom", "self"),
        ("kind", "resident-id"),
        ("number", number),
        ("place-name", place),
        ("initials", "ZS"),
        ("contact", "13800138000"),
        ("consent", "yes"),
    ]
}

pub(crate) async fn registered(house: &House) -> PersonId {
    let browser = Browser::new(house, "en");
    browser.post("/register", &registration(TYPED, "410105")).await.leads("/register/done?whom=self");
    let document = format!("resident-id:{NUMBER}").parse().unwrap();
    house.app.registry().store().find(&document).await.unwrap().unwrap()
}

#[tokio::test(start_paused = true)]
async fn from_registering_to_a_changed_status_no_page_needs_script() {
    for (lang, green, yellow, turns) in [
        ("zh-Hans", "绿码", "黄码", "您的码将由绿码变为黄码"),
        ("zh-Hant", "綠碼", "黃碼", "您的碼將由綠碼變為黃碼"),
        ("en", "green", "yellow", "Your code changes from green to yellow"),
    ] {
        let house = House::new().await;
        let person = registered(&house).await;
        let browser = Browser::new(&house, lang);
        browser.get("/code").await.leads("/sign-in?back=/code");
        browser.sign_in(person, &[("kind", "resident-id"), ("number", NUMBER)]).await.leads("/code");
        let code = browser.get("/code").await;
        code.is(StatusCode::OK).says(green).says("data-color=\"green\"").says("href=\"/code/paper\"");

        let form = browser.get("/declare/health").await;
        form.is(StatusCode::OK).says("value=\"2022-06-13\"");
        let mut fields =
            vec![("key", form.key()), ("on", "2022-06-13"), ("feeling", "unwell"), ("symptom", "cough")];
        fields.push(("step", "check"));
        let check = browser.post("/declare/health", &fields).await;
        check.is(StatusCode::OK).says(turns).says("data-color=\"yellow\"").says("B1");
        assert!(house.app.registry().store().record(person).await.unwrap().facts.is_empty(), "not sent yet");

        fields.pop();
        fields.push(("step", "edit"));
        browser.post("/declare/health", &fields).await.says("value=\"cough\" checked").says(form.key());
        fields.pop();
        fields.push(("step", "send"));
        for _ in 0..2 {
            browser.post("/declare/health", &fields).await.leads("/code?done=declared");
        }
        let facts = house.app.registry().store().record(person).await.unwrap().facts.clone();
        assert_eq!(facts.len(), 2, "the check-in and the cough, once");
        let code = browser.get("/code?done=declared").await;
        code.says(yellow).says("data-color=\"yellow\"").says("id=\"reason-B1\"").says("class=\"way\"");
        code.says(&format!("/facts/{}/appeal", cough(&facts)));
    }
}

/// What a guardian writes who registers a child.
pub(crate) const CHILD: [(&str, &str); 7] = [
    ("step", "register"),
    ("whom", "child"),
    ("kind", "child"),
    ("birth", "2020-05-01"),
    ("place-name", "410105"),
    ("initials", "小明"),
    ("consent", "yes"),
];

#[tokio::test]
async fn a_trip_is_declared_by_a_place_that_was_looked_for() {
    let house = House::new().await;
    let person = house.registered(1).await;
    let browser = Browser::of(&house, "en", person);
    let key = browser.get("/declare/trip").await.key().to_owned();
    let trip = |step, place| {
        vec![
            ("key", key.as_str()),
            ("step", step),
            ("place-name", "朝阳"),
            ("place-within", "110000"),
            ("place", place),
            ("from", "2022-06-10"),
            ("until", "2022-06-12"),
        ]
    };
    let looked = browser.post("/declare/trip", &trip("look", "")).await;
    looked.is(StatusCode::OK).says("value=\"110105\" checked").says("value=\"2022-06-10\"");
    let check = browser.post("/declare/trip", &trip("check", "110105")).await;
    check.says("Your code stays the same: green").says("10 June 2022 to 12 June 2022");
    browser.post("/declare/trip", &trip("send", "110105")).await.leads("/code?done=declared");
    let facts = house.app.registry().store().record(person).await.unwrap().facts.clone();
    assert_eq!(facts[0].fact.region().unwrap().code(), "110105");
    let many = [("key", "k"), ("step", "check"), ("place-name", "朝阳"), ("from", "2022-06-10")];
    browser
        .post("/declare/trip", &many)
        .await
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .says("Choose one of the places");
    let backwards = [("place", "110105"), ("from", "2022-06-10"), ("until", "2022-06-09")];
    browser.post("/declare/trip", &backwards).await.says("The last day lies before the first.");
    for (day, said) in
        [("2022-06-14", "lies in the future"), ("2022-05-13", "too far back"), ("", "Give the day")]
    {
        browser.post("/declare/trip", &[("place", "110105"), ("from", day)]).await.says(said);
    }
}

#[tokio::test]
async fn a_mistake_is_said_beside_its_field_and_everything_else_is_kept() {
    let house = House::new().await;
    for (lang, said) in [
        ("zh-Hans", "有一位输错，或有两位颠倒"),
        ("zh-Hant", "有一位輸錯，或有兩位顛倒"),
        ("en", "A character is wrong, or two are swapped"),
    ] {
        let browser = Browser::new(&house, lang);
        let shown = browser.post("/register", &registration("110105194912310021", "410105")).await;
        shown.is(StatusCode::UNPROCESSABLE_ENTITY).says(said).says("href=\"#number\"").says("autofocus");
        shown.says("value=\"110105194912310021\"").says("value=\"ZS\"").says("value=\"13800138000\"");
        shown.says("value=\"410105\" checked").says("name=\"consent\" value=\"yes\" checked");
    }
    let browser = Browser::new(&house, "en");
    for (field, value, said) in [
        ("kind", "passport", "Choose the country of the passport"),
        ("kind", "taiwan-permit", "You typed 18 characters. It has: 8 digits."),
        ("number", "", "Type the number of the document"),
        ("number", "11010519491331002X", "no day of the calendar"),
        ("number", "810000194912310025", "character is wrong"),
        ("place-name", "", "Type a place and choose it"),
        ("place-name", "nowhere at all", "No place of this name was found"),
        ("place-name", "朝阳", "Choose one of the places"),
        ("initials", "张三丰", "At most two Chinese characters"),
        ("contact", "", "without one you cannot sign in"),
        ("contact", "138", "neither a telephone number"),
        ("consent", "", "Without your consent nothing is stored"),
    ] {
        let mut fields = registration(NUMBER, "410105");
        fields.iter_mut().find(|(of, _)| *of == field).unwrap().1 = value;
        let shown = browser.post("/register", &fields).await;
        shown.is(StatusCode::UNPROCESSABLE_ENTITY).says(said);
    }
    let document = format!("resident-id:{NUMBER}").parse().unwrap();
    assert_eq!(house.app.registry().store().find(&document).await.unwrap(), None, "nothing was kept");
}

#[tokio::test]
async fn every_kind_of_document_registers() {
    let house = House::new().await;
    let browser = Browser::new(&house, "zh-Hans");
    for (kind, country, number, wire) in [
        ("passport", "DE", "c01x00t47", "passport:DE:C01X00T47"),
        ("hong-kong-macau-permit", "", "H12345678", "hong-kong-macau-permit:H12345678"),
        ("taiwan-permit", "", "1234 5678", "taiwan-permit:12345678"),
    ] {
        let mut fields = registration(number, "410105");
        fields[2].1 = kind;
        fields.push(("country", country));
        browser.post("/register", &fields).await.leads("/register/done?whom=self");
        let found = house.app.registry().store().find(&wire.parse().unwrap()).await.unwrap();
        assert!(found.is_some(), "{wire}");
    }
}

#[tokio::test]
async fn a_guardian_registers_a_child_without_a_document_and_acts_for_it_at_once() {
    let house = House::new().await;
    let guardian = house.registered(1).await;
    let browser = Browser::of(&house, "en", guardian);
    browser.get("/register").await.says("You are the guardian");
    browser.post("/register", &CHILD).await.leads("/family?done=child");
    let family = browser.get("/family").await;
    let ward = family.quoted("href=\"/code?for=")[0].to_owned();
    family.says("小明").says("family member");
    browser.get("/family?done=child").await.says("You can act for the child now.");
    let code = browser.get(&format!("/code?for={ward}")).await;
    code.is(StatusCode::OK).says("You are acting for somebody else").says(&format!("data-person=\"{ward}\""));
    code.says(&format!("href=\"/declare?for={ward}\""));

    let fields =
        [("key", "k-1"), ("on", "2022-06-13"), ("feeling", "unwell"), ("symptom", "fever"), ("step", "send")];
    let sent = browser.post(&format!("/declare/health?for={ward}"), &fields).await;
    sent.leads(&format!("/code?for={ward}&done=declared"));
    browser.get(&format!("/code?for={ward}")).await.says("data-color=\"yellow\"");
    browser.get("/code").await.says("data-color=\"green\"");

    let elsewhere = Browser::of(&house, "zh-Hant", guardian);
    elsewhere.get("/family").await.says(&format!("/code?for={ward}"));
    elsewhere.get("/code").await.says(&format!("/code?for={ward}"));

    let stranger = Browser::of(&house, "en", house.registered(2).await);
    assert!(!stranger.get("/family").await.text.contains(&ward));
    for path in ["/code", "/code/paper", "/declare/health", "/declare/trip", "/facts", "/notices", "/apps"] {
        let refused = stranger.get(&format!("{path}?for={ward}")).await;
        refused.is(StatusCode::FORBIDDEN).says("has not let you act for them");
    }
    let twin = [("birth", "2020-05-01"), ("ordinal", "2")];
    browser.post("/family/child", &twin).await.is(StatusCode::UNPROCESSABLE_ENTITY).says("No such child");
}

#[tokio::test(start_paused = true)]
async fn somebody_is_let_act_and_finds_the_other_by_the_document_alone_once_let() {
    let house = House::new().await;
    let (parent, child) = (house.registered(1).await, house.registered(2).await);
    let (parents, childs) = (Browser::of(&house, "en", parent), Browser::of(&house, "en", child));
    let of_parent = [("kind", "passport"), ("country", "JP"), ("number", "TR0000001")];
    let of_nobody = [("kind", "passport"), ("country", "JP"), ("number", "TR0000009")];
    let (not_bound, nobody) =
        (childs.post("/family/ward", &of_parent).await, childs.post("/family/ward", &of_nobody).await);
    not_bound
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .says("Nobody with this document has let you act for them.");
    assert_eq!(
        not_bound.text.replace("TR0000001", "").replace(not_bound.key(), ""),
        nobody.text.replace("TR0000009", "").replace(nobody.key(), ""),
        "the answer does not tell who is registered"
    );
    let agent =
        [("kind", "passport"), ("country", "JP"), ("number", "TR0000002"), ("tie", "family"), ("days", "90")];
    parents.post("/family/agent", &agent).await.leads("/family?done=agent");
    parents.get("/family").await.says("JP:T******02").says("family member");
    assert!(
        !childs.get("/family").await.text.contains(&parent.to_string()),
        "nobody is put on a list that they have not put them on themselves"
    );
    for _ in 0..2 {
        childs.post("/family/ward", &of_parent).await.leads("/family?done=ward");
    }
    let shown = childs.get("/family").await;
    assert_eq!(shown.quoted("href=\"/code?for="), [parent.to_string()], "once");
    let elsewhere = Browser::of(&house, "en", child);
    elsewhere.get("/family").await.says(&format!("/code?for={parent}"));
    childs.get("/family").await.says(&format!("/code?for={parent}")).says("until 11 September 2022");
    childs.get(&format!("/code?for={parent}")).await.is(StatusCode::OK);
    let end = parents.get("/family").await.quoted("action=\"/family/agent/")[0].to_owned();
    parents.post(&format!("/family/agent/{end}"), &[]).await.leads("/family?done=ended");
    childs.get(&format!("/code?for={parent}")).await.is(StatusCode::FORBIDDEN);
    for phone in [&childs, &elsewhere] {
        assert!(!phone.get("/family").await.text.contains(&parent.to_string()), "ended at once, everywhere");
    }
    // Let act anew, they are there again without another word.
    house.watch.pass(60);
    let again = [("kind", "passport"), ("country", "JP"), ("number", "TR0000002"), ("days", "7")];
    parents.post("/family/agent", &again).await.leads("/family?done=agent");
    childs.get("/family").await.says(&format!("/code?for={parent}")).says("until 20 June 2022");
    house.watch.pass(8 * 86_400);
    let late = Browser::of(&house, "en", child);
    assert!(!late.get("/family").await.text.contains(&parent.to_string()), "over by itself");
    let oneself = [("kind", "passport"), ("country", "JP"), ("number", "TR0000001"), ("days", "7")];
    let fresh = House::new().await;
    let own = Browser::of(&fresh, "en", fresh.registered(1).await);
    own.post("/family/agent", &oneself).await.is(StatusCode::UNPROCESSABLE_ENTITY).says("your own document");
}

#[tokio::test]
async fn a_fact_is_disputed_where_it_stands_and_the_answer_has_a_day() {
    let house = House::new().await;
    let person = house.registered(1).await;
    let browser = Browser::of(&house, "en", person);
    let fields =
        [("key", "k-1"), ("on", "2022-06-13"), ("feeling", "unwell"), ("symptom", "cough"), ("step", "send")];
    browser.post("/declare/health", &fields).await.leads("/code?done=declared");
    let fact = cough(&house.app.registry().store().record(person).await.unwrap().facts);
    let path = format!("/facts/{fact}/appeal");
    for from in ["/code", "/facts", "/notices"] {
        browser.get(from).await.says(&format!("href=\"{path}\""));
    }
    browser.get(&path).await.says("This is not about me").says("within 3 days");
    browser.post(&path, &[]).await.is(StatusCode::UNPROCESSABLE_ENTITY).says("Choose what is wrong.");
    browser.post(&path, &[("ground", "not-me")]).await.leads(&path);
    let state = "“This is not about me”: waits for an answer, due by 16 June 2022, 12:00.";
    for at in [path.as_str(), "/code", "/facts"] {
        browser.get(at).await.says(state);
    }
    browser
        .get("/notices")
        .await
        .says("You disputed: symptom: cough. An answer is due by 16 June 2022, 12:00.");
    let stranger = Browser::of(&house, "en", house.registered(2).await);
    stranger.get(&path).await.is(StatusCode::NOT_FOUND);
    stranger.post(&path, &[("ground", "not-me")]).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_paper_code_is_made_when_it_is_asked_for_and_has_the_word_and_shape() {
    let house = House::new().await;
    let person = house.registered(1).await;
    let browser = Browser::of(&house, "zh-Hans", person);
    browser.get("/code/paper").await.is(StatusCode::OK).says("纸质码");
    assert!(
        house.app.registry().store().record(person).await.unwrap().codes.is_empty(),
        "looking makes none"
    );
    let sheet = browser.post("/code/paper", &[("days", "7"), ("size", "card")]).await;
    sheet
        .is(StatusCode::OK)
        .says("sheet wallet")
        .says("绿码")
        .says("有效至2022年6月20日 12:00")
        .says("<circle");
    let codes = house.app.registry().store().record(person).await.unwrap().codes.clone();
    assert!(codes.len() == 1 && codes[0].paper, "{codes:?}");
}

#[tokio::test]
async fn a_program_is_let_in_for_one_thing_and_a_time() {
    let house = House::new().await;
    let browser = Browser::of(&house, "en", house.registered(1).await);
    browser.get("/apps").await.says("You have let no program in.");
    let grant = [("key", "k-1"), ("app", "bus-company"), ("scope", "query-status"), ("days", "30")];
    for _ in 0..2 {
        browser.post("/apps", &grant).await.leads("/apps?done=let-in");
    }
    let page = browser.get("/apps").await;
    page.says("bus-company").says("13 July 2022, 12:00");
    assert_eq!(page.text.matches("<h2>bus-company</h2>").count(), 1);
    let end = page.quoted("action=\"/apps/")[0];
    browser.post(&format!("/apps/{end}"), &[]).await.leads("/apps?done=ended");
    browser
        .get("/apps?done=ended")
        .await
        .says("You have let no program in.")
        .says("The program may no more.");
    let wrong = browser.post("/apps", &[("app", "bus company"), ("days", "30")]).await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY).says("value=\"bus company\"").says("Choose what it may do.");
}

#[tokio::test]
async fn a_lost_paper_is_revoked_from_the_page_that_makes_papers() {
    let house = House::new().await;
    let person = house.registered(1).await;
    let browser = Browser::of(&house, "en", person);
    browser.post("/code/paper", &[("days", "7"), ("size", "card")]).await.is(StatusCode::OK);
    let page = browser.get("/code/paper").await;
    page.says("Paper codes that still count");
    let lost = page.quoted("action=\"/code/paper/")[0].to_owned();
    for _ in 0..2 {
        browser.post(&format!("/code/paper/{lost}"), &[]).await.leads("/code/paper?done=lost");
    }
    let page = browser.get("/code/paper?done=lost").await;
    page.says("The paper is revoked.");
    assert!(!page.text.contains("Paper codes that still count"));
    assert_eq!(house.app.registry().store().record(person).await.unwrap().revocations.len(), 1);
}
