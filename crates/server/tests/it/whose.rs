//! Whose word a dispute waits for, and whose answer: desks and queues offer nobody what the act refuses.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION};
use mingma_registry::acts::{AppealFact, appeal};
use mingma_registry::brake::{Approval, Hand, Proposal, Proposed};
use mingma_registry::policy::{Actor, Office, Purpose, authorize};
use mingma_registry::row::{AppealOpened, PublicRow};
use mingma_registry::words::{Capacity, Ground};
use mingma_registry::{FactId, PersonId};
use mingma_server::Who;

use crate::desk;
use crate::house::{House, Visitor};
use crate::institutions::{Institution, cdc, contact_of, institution, staffed};
use crate::office_pages::get;
use crate::offices::staff;

/// A contact of the first person that two organisations said and that is disputed.
async fn disputed(
    house: &House,
    (first, second): (&Institution, &Institution),
) -> (PersonId, FactId, AppealOpened) {
    let (person, _) = house.resident(1).await;
    let recorded = first.submit(house, "k-1", &[contact_of(1)]).await.json();
    let fact = recorded["rows"][0]["id"].as_str().unwrap();
    Visitor(house).post("/api/v1/countersignatures", &second.countersignature(1, fact)).await;
    let fact = fact.parse().unwrap();
    let wish = AppealFact { person, fact, ground: Ground::NotMe };
    let allowed = authorize(Actor::Resident(person), Purpose::Redress, wish).unwrap();
    (person, fact, appeal(house.app.registry(), allowed).await.unwrap())
}

#[tokio::test]
async fn whoever_is_disputed_is_offered_no_yes_that_would_be_refused() {
    let house = House::new().await;
    let cdc = cdc(&house).await;
    let may = [(Capacity::Countersign, "contact"), (Capacity::Confirm, "contact")];
    let second = institution(&house, "community:4", "community-4", &may).await;
    let confirms = [(Capacity::Confirm, "contact")];
    let sister = institution(&house, "cdc:410199", "Zhengzhou.CDC", &confirms).await;
    let source = institution(&house, "hospital:5", "hospital-5", &confirms).await;
    let (_, fact, opened) = disputed(&house, (&cdc, &second)).await;
    let path = format!("/desk/disputes/{}/{}", opened.due, opened.id);
    for (who, others) in [(&cdc, true), (&second, true), (&sister, true), (&source, false)] {
        let page = desk::get(who, &house, &path, "en").await.text;
        assert_eq!(page.contains("name=\"confirmed\" value=\"true\""), !others, "{}: {page}", who.issuer);
        assert_eq!(page.contains("That it is so others have to say"), others, "{}: {page}", who.issuer);
        let list = format!("/api/v1/issuers/{}/disputes", who.issuer);
        let told = who.signed_in(&house).get(&list).await.json();
        assert_eq!(told["items"][0]["asks_others"], others, "{}: {told}", who.issuer);
        if others {
            let word = who.confirmation(1, &fact.to_string(), true);
            assert_eq!(Visitor(&house).post("/api/v1/confirmations", &word).await.problem(), "own-word");
        }
    }
}

#[tokio::test]
async fn a_queue_says_which_appeals_are_another_offices_to_answer() {
    let house = staffed().await;
    let cdc = cdc(&house).await;
    let second =
        institution(&house, "community:4", "community-4", &[(Capacity::Countersign, "contact")]).await;
    let (person, _, opened) = disputed(&house, (&cdc, &second)).await;
    let path = format!("/office/appeals/{person}/{}", opened.id);
    let case = format!("/api/v1/persons/{person}/appeals/{}/case", opened.id);
    let elsewhere = async |who: &str| {
        let told = staff(&house, who).get("/api/v1/offices/appeals").await.json();
        assert_eq!(told["items"][0]["appeal"], opened.id.to_string(), "{who}: {told}");
        told["items"][0]["elsewhere"].clone()
    };
    // As long as the city let nobody in it answers.
    assert!(elsewhere("appeals-beside").await.is_null());
    assert!(get(&house, "appeals-beside", "/office/appeals").await.text.contains(&path));

    let hand = |office, region: &str| Hand {
        staff: "410100-3".parse().unwrap(),
        office,
        region: region.parse().unwrap(),
        at: house.app.registry().now(),
    };
    let region = "410100".parse().unwrap();
    let appointment = "limit cdc:410100 contact 1500".parse().unwrap();
    let what = Proposed::Appointment { region, appointment };
    let proposal = Proposal { what, by: hand(Office::HealthCommission, "410100") };
    let seen = proposal.seen();
    house.make_public(PublicRow::Proposal(proposal)).await;
    let number = house.app.registry().book().await.unwrap().last();
    let by = hand(Office::Appeals, "410000");
    house.make_public(PublicRow::Approval(Approval { proposal: number, seen, by })).await;

    assert_eq!(
        (elsewhere("appeals-beside").await, elsewhere("appeals").await.is_null()),
        ("410000".into(), true)
    );
    let queue = get(&house, "appeals-beside", "/office/appeals").await.text;
    assert!(queue.contains("the office of 410000 ") && !queue.contains(&path), "{queue}");
    assert!(get(&house, "appeals", "/office/appeals").await.text.contains(&path));
    // Whoever tries it nevertheless is refused, and the person reads that.
    assert_eq!(staff(&house, "appeals-beside").get(&case).await.problem(), "not-above");
    let resident = house.signed_in(Who::Person(person));
    let told = resident.get("/api/v1/persons/me/disclosures").await.json();
    assert_eq!(
        (&told["items"][0]["refused"], &told["items"][0]["region"]),
        (&"not-above".into(), &"410100".into())
    );
    for (lang, said) in
        [("en", "Refused: that office"), ("zh-CN", "已拒绝：该机关"), ("zh-TW", "已拒絕：該機關")]
    {
        let request = Request::builder().uri("/facts").header(ACCEPT_LANGUAGE, lang);
        let request = request.header(AUTHORIZATION, format!("Bearer {}", resident.token));
        let page = house.send(request.body(Body::empty()).unwrap()).await.text;
        assert!(page.contains(said), "{lang}: {page}");
    }
}
