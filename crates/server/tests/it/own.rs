//! What a person can do and see of their own: registering, trips, facts, apps, appeals, agents, looks, notices, journal.

use axum::http::StatusCode;
use mingma_domain::fact::{RawFact, RetractionReason};
use mingma_registry::policy::{Purpose, Role};
use mingma_registry::row::{
    AppealAnswer, Countersignature, Disclosure, Notice, NoticeState, PersonRow, RecordedRetraction,
};
use mingma_registry::words::NoticeKind;
use mingma_registry::{DisclosureId, NoticeId};
use mingma_server::Who;
use serde_json::{Value, json};

use crate::house::{House, SignedIn, Visitor, document};
use crate::kept::fact;

pub(crate) const REGISTER: &str = "/api/v1/registrations";

#[tokio::test]
async fn a_registration_is_answered_alike_whether_or_not_the_person_is_known() {
    let house = House::new().await;
    let body = json!({ "document": "passport:JP:TR0000007", "home": "410105", "initials": "张三" });
    let first = Visitor(&house).post(REGISTER, &body).await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{first:?}");
    let elsewhere = json!({ "document": "passport:JP:TR0000007", "home": "110105" });
    let second = Visitor(&house).post(REGISTER, &elsewhere).await;
    assert_eq!((second.status, second.text), (first.status, first.text));
    let person = house.app.registry().store().find(&document(7)).await.unwrap().unwrap();
    let me = house.signed_in(Who::Person(person)).get("/api/v1/persons/me").await.json();
    assert_eq!(me["id"], json!(person));
    assert_eq!((&me["home"], &me["initials"]), (&json!("410105"), &json!("张三")), "the first stands");
    for (document, home, initials) in [
        ("passport:JP:TR 000007", "410105", "A"),
        ("11010519491231002X", "410105", "A"),
        ("passport:JP:TR0000008", "999999", "A"),
        ("passport:JP:TR0000008", "410105", ""),
    ] {
        let body = json!({ "document": document, "home": home, "initials": initials });
        let refused = Visitor(&house).post(REGISTER, &body).await;
        assert_eq!(refused.problem(), "member", "{body}");
        assert!(!refused.text.contains("TR") && !refused.text.contains("1949"), "{refused:?}");
    }
}

#[tokio::test]
async fn a_trip_is_declared_stay_by_stay_by_region_and_day_and_never_closer() {
    let house = House::new().await;
    let (_, me) = house.resident(1).await;
    let path = "/api/v1/persons/me/trip-declarations";
    let trip = json!({ "stays": [
        { "region": "310104", "from": "2022-06-10", "until": "2022-06-11" },
        { "region": "410105", "from": "2022-06-12" },
    ] });
    let declared = me.post(path, "k", &trip).await;
    assert_eq!(declared.status, StatusCode::OK, "{declared:?}");
    let facts = me.get("/api/v1/persons/me/facts").await.json();
    let of = |n: usize, member: &str| facts["items"][n]["fact"][member].clone();
    assert_eq!(declared.json()["facts"].as_array().unwrap().len(), 2);
    let stays: Vec<_> = (0..2).map(|n| (of(n, "region"), of(n, "at"), of(n, "until"))).collect();
    assert!(stays.contains(&(json!("310104"), json!("2022-06-10"), json!("2022-06-11"))), "{stays:?}");
    assert!(stays.contains(&(json!("410105"), json!("2022-06-12"), Value::Null)), "{stays:?}");
    for (stay, status) in [
        (json!({ "region": "410105", "from": "2022-06-31" }), 422),
        (json!({ "region": "410105", "from": "2022-06-12", "until": "2022-06-11" }), 422),
        (json!({ "region": "nowhere", "from": "2022-06-12" }), 422),
        (json!({ "region": "410105", "from": "2022-06-12", "latitude": 34.7 }), 400),
    ] {
        let answer = me.post(path, "other", &json!({ "stays": [stay] })).await;
        assert_eq!(answer.status.as_u16(), status, "{stay}: {answer:?}");
    }
    let none = me.post(path, "other", &json!({ "stays": [] })).await;
    assert_eq!(none.problem(), "size");
    let many = json!({ "stays": vec![json!({ "region": "410105", "from": "2022-06-12" }); 37] });
    assert_eq!(me.post(path, "other", &many).await.problem(), "size");
}

/// A contact on an investigation, which needs a second organisation.
pub(crate) const CONTACT: RawFact<'_> = RawFact {
    kind: "contact",
    value: "close",
    at: "2022-06-12",
    until: "",
    region: "",
    issuer: "cdc:410100",
    evidence: "INV-7",
};

#[tokio::test]
async fn a_person_sees_every_fact_with_its_issuer_its_evidence_and_whether_it_counts() {
    let house = House::new().await;
    let (person, me) = house.resident(1).await;
    let (pending, counts, gone) =
        (fact(&house, 1, &CONTACT), fact(&house, 2, &CONTACT), fact(&house, 3, &CONTACT));
    let at = counts.recorded;
    let second = Countersignature { fact: counts.id, issuer: "community:4".parse().unwrap(), at };
    let reason = RetractionReason::WrongPerson;
    let retraction = RecordedRetraction { fact: gone.id, issuer: "cdc:410100".parse().unwrap(), reason, at };
    let mut rows: Vec<_> = [pending, counts, gone].into_iter().map(PersonRow::Fact).collect();
    rows.push(PersonRow::Countersignature(second));
    rows.push(PersonRow::Retraction(retraction));
    house.keep(person, rows, vec![]).await;

    let facts = me.get("/api/v1/persons/me/facts").await.json();
    let standings: Vec<_> =
        facts["items"].as_array().unwrap().iter().map(|item| item["standing"].clone()).collect();
    let at = facts["items"][0]["recorded"].clone();
    assert_eq!(
        standings,
        [
            json!({ "is": "pending" }),
            json!({ "is": "counts", "countersigned_by": "community:4" }),
            json!({ "is": "retracted", "by": "cdc:410100", "reason": "wrong-person", "at": at }),
        ]
    );
    let first = &facts["items"][0];
    assert_eq!(first["fact"]["issuer"], "cdc:410100");
    assert_eq!(
        (&first["issuer_class"], &first["evidence_class"]),
        (&json!("cdc"), &json!("investigation number"))
    );
    assert_eq!(facts["next"], Value::Null);

    let page = me.get("/api/v1/persons/me/facts?limit=2").await.json();
    assert_eq!(page["items"].as_array().unwrap()[..], facts["items"].as_array().unwrap()[..2]);
    let next = page["next"].as_str().unwrap();
    let last = me.get(&format!("/api/v1/persons/me/facts?limit=2&after={next}")).await.json();
    assert_eq!((&last["items"][0], &last["next"]), (&facts["items"][2], &Value::Null));
    assert_eq!(me.get("/api/v1/persons/me/facts?after=11010519491231002X").await.problem(), "unreadable");
}

#[tokio::test]
async fn an_app_is_let_in_by_a_token_listed_and_ended_at_once() {
    let house = House::new().await;
    let (person, me) = house.resident(1).await;
    let apps = "/api/v1/persons/me/apps";
    let wish = json!({ "app": "metro-gate", "scope": "query-status", "days": 7 });
    let granted = me.post(apps, "k", &wish).await;
    assert_eq!(granted.status, StatusCode::OK, "{granted:?}");
    assert_eq!(me.post(apps, "k", &wish).await.json(), granted.json(), "the same token");
    let granted = granted.json();
    assert_eq!(granted["until"], "2022-06-20T04:00:00Z");
    let token = granted["token"].as_str().unwrap().to_owned();
    let app = SignedIn { house: &house, token };
    assert_eq!(app.get("/api/v1/persons/me/status").await.json()["color"], "green");
    assert_eq!(app.post("/api/v1/persons/me/codes", "", &Value::Null).await.problem(), "not-granted");
    for path in ["facts", "apps", "journal", "disclosures"] {
        assert_eq!(app.get(&format!("/api/v1/persons/me/{path}")).await.problem(), "not-granted", "{path}");
    }
    let looks = me.get("/api/v1/persons/me/disclosures").await.json();
    assert_eq!((&looks["items"][0]["by"], &looks["items"][0]["role"]), (&json!("metro-gate"), &json!("app")));
    let listed = me.get(apps).await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!((&listed["items"][0]["grant"], &listed["items"][0]["app"]), (&granted["grant"], &wish["app"]));

    let grant = format!("{apps}/{}", granted["grant"].as_str().unwrap());
    let (_, other) = house.resident(2).await;
    assert_eq!(other.delete(&grant).await.problem(), "not-found", "another's grant");
    for _ in 0..2 {
        assert_eq!(me.delete(&grant).await.status, StatusCode::NO_CONTENT);
        assert_eq!(app.get("/api/v1/persons/me/status").await.problem(), "not-granted");
    }
    assert_eq!(me.get(apps).await.json()["items"], json!([]));
    for (wish, problem) in [
        (json!({ "app": "metro-gate", "scope": "query-status", "days": 0 }), "days"),
        (json!({ "app": "metro-gate", "scope": "query-status", "days": 181 }), "days"),
        (json!({ "app": "metro-gate", "scope": "everything", "days": 1 }), "member"),
        (json!({ "app": "", "scope": "query-status", "days": 1 }), "member"),
        (json!({ "app": "metro-gate", "scope": "query-status", "days": 70_000 }), "days"),
    ] {
        assert_eq!(me.post(apps, "z", &wish).await.problem(), problem, "{wish}");
    }
    let session = app.token.clone();
    assert!(house.app.sessions().open(&session, house.app.registry().now()).is_some());
    let until = house.app.sessions().open(&session, house.app.registry().now()).unwrap();
    assert_eq!(until.who, Who::App { person, app: "metro-gate".parse().unwrap() });
}

#[tokio::test]
async fn a_fact_is_disputed_once_on_each_ground_and_the_answer_is_seen() {
    let house = House::new().await;
    let (person, me) = house.resident(1).await;
    let recorded = fact(&house, 1, &CONTACT);
    let id = recorded.id;
    house.keep(person, vec![PersonRow::Fact(recorded)], vec![]).await;
    let appeals = "/api/v1/persons/me/appeals";
    let dispute = json!({ "fact": id, "ground": "not-me" });
    let opened = me.post(appeals, "", &dispute).await.json();
    assert_eq!(opened["state"], json!({ "is": "open", "overdue": false }));
    assert_eq!(
        (&opened["opened"], &opened["due"]),
        (&json!("2022-06-13T04:00:00Z"), &json!("2022-06-16T04:00:00Z"))
    );
    assert_eq!(me.post(appeals, "", &dispute).await.json(), opened, "asking again gives the first");
    me.post(appeals, "", &json!({ "fact": id, "ground": "no-evidence" })).await;
    let appeal = opened["id"].as_str().unwrap().parse().unwrap();
    let at = house.app.registry().now();
    let answer = AppealAnswer { appeal, upheld: true, at };
    house.keep(person, vec![PersonRow::AppealAnswer(answer)], vec![]).await;
    let listed = me.get(appeals).await.json();
    let states: Vec<_> =
        listed["items"].as_array().unwrap().iter().map(|a| a["state"]["is"].as_str()).collect();
    assert!(states.contains(&Some("upheld")) && states.contains(&Some("open")), "{listed}");
    assert_eq!(me.post(appeals, "", &dispute).await.json()["state"]["is"], "upheld");
    let (_, other) = house.resident(2).await;
    assert_eq!(other.post(appeals, "", &dispute).await.problem(), "not-found", "a fact about somebody else");
    assert_eq!(me.post(appeals, "", &json!({ "fact": id, "ground": "unfair" })).await.problem(), "member");
    let no_id = json!({ "fact": "11010519491231002X", "ground": "not-me" });
    let refused = me.post(appeals, "", &no_id).await;
    assert!(refused.problem() == "member" && !refused.text.contains("1949"), "{refused:?}");
}

#[tokio::test]
async fn a_bound_agent_acts_until_the_person_ends_it_and_the_person_sees_who() {
    let house = House::new().await;
    let (person, me) = house.resident(1).await;
    let (_, agent) = house.resident(2).await;
    let agents = "/api/v1/persons/me/agents";
    let wish = json!({ "document": "passport:JP:TR0000002", "tie": "family", "days": 30 });
    let bound = me.post(agents, "k", &wish).await;
    assert_eq!(bound.status, StatusCode::OK, "{bound:?}");
    let unknown = json!({ "document": "passport:JP:TR0000099", "tie": "agent", "days": 30 });
    let unknown = me.post(agents, "l", &unknown).await;
    assert_eq!(unknown.status, StatusCode::OK, "answered alike for one who is not here");
    let of_me = |path: &str| format!("/api/v1/persons/{person}/{path}");
    // Being let is not yet taking it on: nobody fills a stranger's list.
    let wards = "/api/v1/persons/me/wards";
    assert_eq!(agent.get(wards).await.json()["items"], json!([]));
    let nobody = agent.post(wards, "", &json!({ "document": "passport:JP:TR0000099" })).await;
    let not_let = agent.post(wards, "", &json!({ "document": "passport:JP:TR0000002" })).await;
    assert_eq!((nobody.problem(), nobody.text), (not_let.problem(), not_let.text));
    let taken = agent.post(wards, "", &json!({ "document": "passport:JP:TR0000001" })).await;
    assert_eq!(taken.status, StatusCode::OK, "{taken:?}");
    assert_eq!(taken.json(), json!({ "ward": person }));
    let listed = agent.get(wards).await.json();
    let [ward] = listed["items"].as_array().unwrap().as_slice() else { panic!("{listed}") };
    assert_eq!((&ward["person"], &ward["tie"]), (&json!(person), &json!("family")));
    assert_eq!(ward["document"], "JP:T******01");
    assert_eq!(agent.get(&of_me("wards")).await.problem(), "not-own");
    assert_eq!(me.get(wards).await.json()["items"], json!([]));
    assert_eq!(agent.get(&of_me("status")).await.status, StatusCode::OK);
    assert_eq!(agent.get(&of_me("facts")).await.status, StatusCode::OK);
    let own = json!({ "app": "metro-gate", "scope": "query-status", "days": 1 });
    assert_eq!(agent.post(&of_me("apps"), "k", &own).await.problem(), "role", "letting apps in is one's own");
    assert_eq!(agent.post(&of_me("agents"), "k", &wish).await.problem(), "role");
    let listed = me.get(agents).await.json();
    let documents: Vec<_> =
        listed["items"].as_array().unwrap().iter().map(|a| a["document"].as_str()).collect();
    assert!(documents.contains(&Some("JP:T******02")) && documents.len() == 2, "{listed}");
    let binding = format!("{agents}/{}", bound.json()["binding"].as_str().unwrap());
    assert_eq!(me.delete(&binding).await.status, StatusCode::NO_CONTENT);
    assert_eq!(agent.get(&of_me("status")).await.problem(), "not-bound");
    assert_eq!(agent.get(wards).await.json()["items"], json!([]), "an ended binding is nobody's ward");
    let oneself = json!({ "document": "passport:JP:TR0000001", "tie": "family", "days": 30 });
    assert_eq!(me.post(agents, "m", &oneself).await.problem(), "not-possible");
    for (member, wrong) in [
        ("tie", json!("friend")),
        ("days", json!(367)),
        ("days", json!(99_999)),
        ("document", json!("TR0000001")),
    ] {
        let mut body = wish.clone();
        body[member] = wrong;
        assert_eq!(me.post(agents, "n", &body).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
    let mut long = wish.clone();
    long["days"] = json!(99_999);
    let told = me.post(agents, "n", &long).await;
    assert!(told.text.contains("for 99999 days: somebody is bound for 1 to 366"), "{}", told.text);
}

#[tokio::test]
async fn a_guardian_registers_a_child_and_acts_for_it() {
    let house = House::new().await;
    let (_, me) = house.resident(1).await;
    let (_, other) = house.resident(2).await;
    let child = "child:passport:JP:TR0000001:2020-05-01:1";
    let wish = json!({ "child": child, "days": 30 });
    let children = "/api/v1/persons/me/children";
    assert_eq!(me.post(children, "k", &wish).await.problem(), "not-possible", "it has not registered");
    Visitor(&house).post(REGISTER, &json!({ "document": child, "home": "410105" })).await;
    assert_eq!(other.post(children, "k", &wish).await.problem(), "not-possible", "another's child");
    let bound = me.post(children, "k", &wish).await.json();
    let ward = bound["ward"].as_str().unwrap();
    let status = me.get(&format!("/api/v1/persons/{ward}/status")).await;
    assert_eq!(status.json()["color"], "green", "{status:?}");
    assert_eq!(other.get(&format!("/api/v1/persons/{ward}/status")).await.problem(), "not-bound");
    let grown = json!({ "child": "passport:JP:TR0000002", "days": 30 });
    assert_eq!(me.post(children, "l", &grown).await.problem(), "member");
}

#[tokio::test]
async fn a_person_sees_who_looked_what_they_are_told_and_every_act_about_them() {
    let house = House::new().await;
    let (person, me) = house.resident(1).await;
    let at = house.app.registry().now();
    let id = DisclosureId::new(at, [1; 10]);
    let look = Disclosure {
        id,
        role: Role::CommunityWorker,
        by: "staff-7".parse().unwrap(),
        purpose: Purpose::Assistance,
        policies: Some("community-worker:assess:assistance".parse().unwrap()),
        case: None,
        at,
    };
    let notice = |n: u8| Notice {
        person,
        id: NoticeId::new(at, [n; 10]),
        kind: NoticeKind::Disclosed,
        about: *id.as_bytes(),
        created: at,
    };
    house.keep(person, vec![PersonRow::Disclosure(look)], vec![notice(1), notice(2)]).await;
    let store = house.app.registry().store();
    store.settle(person, notice(1).id, NoticeState::Undeliverable { at }).await.unwrap();

    let looks = me.get("/api/v1/persons/me/disclosures").await.json();
    let expected = json!({ "id": id, "role": "community-worker", "by": "staff-7", "region": null, "purpose": "assistance", "policies": "community-worker:assess:assistance", "refused": null, "case": null, "at": "2022-06-13T04:00:00Z" });
    assert_eq!(looks["items"], json!([expected]));
    let notices = me.get("/api/v1/persons/me/notices").await.json();
    let told: Vec<_> =
        notices["items"].as_array().unwrap().iter().map(|n| (&n["about"], &n["delivery"])).collect();
    let about = json!(id);
    assert_eq!(told, [(&about, &json!("undeliverable")), (&about, &json!("waiting"))]);

    let journal = me.get("/api/v1/persons/me/journal").await.json();
    let entries = store.entries(Some(person)).await.unwrap();
    assert_eq!(journal["items"].as_array().unwrap().len(), entries.len());
    let acts: Vec<_> =
        journal["items"].as_array().unwrap().iter().map(|e| e["act"].as_str().unwrap()).collect();
    assert!(acts.contains(&"register") && acts.contains(&"record"), "{acts:?}");
    let leaf = journal["items"][0]["leaf"].as_str().unwrap().as_bytes().chunks(2).map(str::from_utf8);
    let bytes: Vec<u8> = leaf.map(|pair| u8::from_str_radix(pair.unwrap(), 16).unwrap()).collect();
    assert_eq!(bytes, entries[0].leaf);
}
