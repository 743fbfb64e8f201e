//! Whoever reads what was done about them reads who did it: the person, and whoever acts for the person, in each language.

use mingma_registry::journal::Entry;
use mingma_registry::row::PersonRow;
use mingma_registry::words::{ActName, RevocationReason};
use mingma_registry::{AssistanceId, Change, Doer, GrantId, PersonId};
use mingma_server::Who;
use serde_json::{Value, json};

use crate::browser::{Browser, LANGUAGES};
use crate::house::{House, SignedIn, Visitor};
use crate::kept::Counted;
use crate::own::REGISTER;
use crate::own_journal::leaf;

/// A guardian and the child for whom they act.
async fn family(house: &House) -> (PersonId, SignedIn<'_>, PersonId) {
    let (guardian, me) = house.resident(1).await;
    let child = "child:passport:JP:TR0000001:2020-05-01:1";
    Visitor(house).post(REGISTER, &json!({ "document": child, "home": "410105" })).await;
    let wish = json!({ "child": child, "days": 30 });
    let bound = me.post("/api/v1/persons/me/children", "k", &wish).await.json();
    let ward = bound["ward"].as_str().unwrap().parse().unwrap();
    (guardian, me, ward)
}

/// Keeps an entry as it is when somebody has done it.
async fn done(house: &House, person: PersonId, (act, rows): (ActName, Vec<PersonRow>), doer: Option<Doer>) {
    house.watch.pass(60);
    let at = house.app.registry().now();
    let entry = Entry::about(&Counted, act, at, person, &rows).unwrap().done_by(doer);
    let change = Change::Person { person, rows, notices: vec![], entry };
    house.app.registry().store().apply(vec![change]).await.unwrap();
}

async fn entries(of: &SignedIn<'_>, whose: &str) -> Vec<Value> {
    let told = of.get(&format!("/api/v1/persons/{whose}/journal?limit=100")).await.json();
    told["items"].as_array().unwrap().clone()
}

/// How each of them is told, in each language.
const WORDS: [[&str; 8]; 3] = [
    [
        "知道您证件号码的人，未以您的身份登录",
        "您的监护人（自 ",
        "您本人（已登录）",
        "社区工作人员 worker-3，经同意协助您",
        "社区工作人员 worker-4，当面验看了您的证件",
        "您授权的程序 scanner",
        "<dd>获准代您办理的人</dd>",
        "您本人，或代您办理的人：当时尚不保存是哪一位",
    ],
    [
        "知道您證件號碼的人，未以您的身分登入",
        "您的監護人（自 ",
        "您本人（已登入）",
        "社區工作人員 worker-3，經同意協助您",
        "社區工作人員 worker-4，當面驗看了您的證件",
        "您授權的程式 scanner",
        "<dd>獲准代您辦理的人</dd>",
        "您本人，或代您辦理的人：當時尚不保存是哪一位",
    ],
    [
        "somebody who had the number of your document and was not signed in as you",
        "your guardian, let act for you since ",
        "<dd>you, signed in</dd>",
        "the community worker worker-3, who was let help you",
        "the community worker worker-4, who had your document before them",
        "the program scanner, which you let in",
        "<dd>somebody who was let act for you</dd>",
        "you, or somebody who acted for you: which of them was not kept then",
    ],
];

#[tokio::test]
async fn the_person_and_whoever_acts_for_them_read_who_did_each_act() {
    let house = House::new().await;
    let (guardian, me, ward) = family(&house).await;
    let day = json!({ "on": "2022-06-13", "feeling": "well" });
    house.watch.pass(60);
    let declared = me.post(&format!("/api/v1/persons/{ward}/health-declarations"), "d-1", &day).await;
    assert_eq!(declared.status, 200, "{declared:?}");
    house.watch.pass(60);
    let own = house.signed_in(Who::Person(ward));
    assert_eq!(own.post("/api/v1/persons/me/health-declarations", "d-2", &day).await.status, 200);
    let (staff, id) = ("worker-3".parse().unwrap(), GrantId::from_bytes([7; 16]));
    let contact = || (ActName::ChangeContact, vec![]);
    let consent = Some(AssistanceId::from_bytes([9; 16]));
    done(&house, ward, contact(), Some(Doer::Worker { staff, consent })).await;
    let desk = Doer::Worker { staff: "worker-4".parse().unwrap(), consent: None };
    done(&house, ward, contact(), Some(desk)).await;
    done(&house, ward, contact(), Some(Doer::App { app: "scanner".parse().unwrap(), grant: id })).await;
    let gone = Doer::Agent { binding: id, tie: mingma_registry::words::Tie::Agent };
    done(&house, ward, contact(), Some(gone)).await;
    done(&house, ward, contact(), None).await;

    // In the order in which it was done.
    let told = entries(&own, "me").await;
    let doer = |entry: &Value| {
        let of = &entry["doer"];
        let word = |name: &str| of[name].as_str().map(str::to_owned);
        (word("role"), word("by"), of["case"].is_string())
    };
    let said =
        |role: &str, by: Option<&str>, has_case| (Some(role.to_owned()), by.map(str::to_owned), has_case);
    let of_acts: Vec<_> = told.iter().filter(|entry| entry["act"] != "disclose").map(doer).collect();
    assert_eq!(
        of_acts,
        [
            said("visitor", None, false),
            said("agent", Some("family"), true),
            said("agent", Some("family"), true),
            said("resident", None, false),
            said("community-worker", Some("worker-3"), true),
            said("community-worker", Some("worker-4"), false),
            said("app", Some("scanner"), true),
            said("agent", Some("agent"), true),
            (None, None, false),
        ]
    );
    for entry in &told {
        // As a stranger computes it, who did it is in the commitment.
        let salt = crate::own_journal::unhex(entry["salt"].as_str().unwrap());
        assert_eq!(leaf(entry, &salt), entry["leaf"].as_str().unwrap(), "{entry}");
        let mut other = entry.clone();
        if !entry["doer"].is_null() {
            other["doer"] = Value::Null;
            assert_ne!(leaf(&other, &salt), entry["leaf"].as_str().unwrap(), "{entry}");
        }
        assert!(entry["act"] != "disclose" || entry["doer"].is_null(), "a look says who in its row");
    }
    let mine = entries(&me, &ward.to_string()).await;
    let without_new_looks = |entries: &[Value]| -> Vec<Value> {
        entries.iter().filter(|entry| entry["act"] != "disclose").map(|entry| entry["doer"].clone()).collect()
    };
    assert_eq!(
        without_new_looks(&mine),
        without_new_looks(&told),
        "whoever acts for the child reads the same"
    );

    for (lang, words) in LANGUAGES.into_iter().zip(WORDS) {
        for page in [
            Browser::of(&house, lang, ward).get("/facts/journal").await,
            Browser::of(&house, lang, guardian).get(&format!("/facts/journal?for={ward}")).await,
        ] {
            for said in words {
                page.says(said);
            }
            assert!(!page.text.contains("own-doer") && !page.text.contains("own-way"), "a text is missing");
        }
        let entries = entries(&own, "me").await;
        let lines = entries.iter().filter(|entry| entry["act"] != "disclose");
        assert!(lines.into_iter().all(|entry| !entry["words"]["lines"].as_array().unwrap().is_empty()));
    }
    // What there is to do about it is for whoever did it.
    let page = Browser::of(&house, "en", ward).get("/facts/journal").await;
    page.says("If this person should not act for you, end it").says("If nobody let this worker help");
    page.says("If this program should not do this, end it").says("If it was not you, end your sessions.");
    page.says("Registering asks for no more than the number of a document");
}

#[tokio::test]
async fn who_revoked_a_code_is_told_where_somebody_did_and_of_the_program_nothing() {
    let house = House::new().await;
    let (person, me) = house.resident(1).await;
    me.post("/api/v1/persons/me/codes", "c", &Value::Null).await;
    let record = house.app.registry().record(person).await.unwrap();
    let (code, place) = (record.codes[0].id, record.codes[0].listed.unwrap().place);
    let at = house.app.registry().now();
    let row = |why| PersonRow::Revocation(mingma_registry::row::Revocation { code, place, why, at });
    let before = |why| Doer::is_told(ActName::Revoke, &[row(why)]);
    assert!(before(RevocationReason::Lost) && before(RevocationReason::SignedOut));
    assert!(!before(RevocationReason::TooGood) && !before(RevocationReason::Amended));
    house.watch.pass(60);
    let lost = me.post(&format!("/api/v1/persons/me/codes/{code}/loss"), "l", &json!({})).await;
    let revoked = entries(&me, "me").await.into_iter().find(|entry| entry["act"] == "revoke");
    assert_eq!(revoked.unwrap_or_else(|| panic!("{lost:?}"))["doer"]["role"], "resident");
}
