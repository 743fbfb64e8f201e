//! What an institution says of a recorded fact, signed well, and what the state of things refuses: each with its own problem, and
//! nothing that would change nothing is acknowledged.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use mingma_domain::fact::RetractionReason;
use mingma_registry::FactId;
use mingma_registry::bulk::UNPROVED_AN_HOUR;
use mingma_registry::row::{Confirmation, Limit, PersonRow, PublicRow, RecordedFact, RecordedRetraction};
use mingma_registry::words::Capacity;
use serde_json::{Value, json};

use crate::cases::REFUSED;
use crate::house::{House, SignedIn, Visitor};
use crate::institutions::{Institution, cdc, community, contact_of, institution, laboratory, test_of};
use crate::kept::fact;

const SAYS: &str = "/api/v1/confirmations";
const SECONDS: &str = "/api/v1/countersignatures";
const TAKES_BACK: &str = "/api/v1/retractions";
const ERROR: &str = "entered-in-error";

/// Sends what institutions sign, and remembers what was refused.
struct Desk<'h> {
    house: &'h House,
    refused: BTreeSet<(&'static str, String)>,
}

impl Desk<'_> {
    async fn is_taken(&self, path: &str, body: Value) {
        let answer = Visitor(self.house).post(path, &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    }

    async fn is_refused(&mut self, path: &'static str, body: Value) {
        let answer = Visitor(self.house).post(path, &body).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{path}: {}", answer.text);
        self.refused.insert((path, answer.problem()));
    }

    async fn recorded(&self, by: &Institution, key: &str, row: Value) -> String {
        by.submit(self.house, key, &[row]).await.json()["rows"][0]["id"].as_str().unwrap().to_owned()
    }
}

async fn dispute(person: &SignedIn<'_>, fact: &str, ground: &str) {
    let body = json!({ "fact": fact, "ground": ground });
    let answer = person.post("/api/v1/persons/me/appeals", &format!("{fact} {ground}"), &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}

/// As many facts as an institution may take back, and as many as it may deny, within an hour: it did.
async fn has_done_its_hour(house: &House, by: &Institution, n: u32) {
    let (person, at) = (house.registered(n).await, house.app.registry().now());
    let RecordedFact { fact, .. } = fact(house, 0, &crate::own::CONTACT);
    let rows = (0..UNPROVED_AN_HOUR).flat_map(|nth| {
        let mut chance = [0; 10];
        chance[..4].copy_from_slice(&nth.to_be_bytes());
        let (id, issuer) = (FactId::new(at, chance), by.issuer.clone());
        let reason = RetractionReason::EnteredInError;
        let word = Confirmation { fact: id, issuer: issuer.clone(), appeal: None, confirmed: false, at };
        [
            PersonRow::Fact(RecordedFact { id, fact: fact.clone(), recorded: at }),
            PersonRow::Retraction(RecordedRetraction { fact: id, issuer, reason, at }),
            PersonRow::Confirmation(word),
        ]
    });
    house.keep(person, rows.collect(), vec![]).await;
}

#[tokio::test]
async fn what_is_signed_well_and_would_change_nothing_or_too_much_is_refused_with_its_problem() {
    let house = House::new().await;
    let (cdc, community, laboratory) = (cdc(&house).await, community(&house).await, laboratory(&house).await);
    let mut desk = Desk { house: &house, refused: BTreeSet::new() };

    // It was wrong to take it back, as who took it back says: then nobody takes it back again, nor agrees to a dispute.
    let (_, one) = house.resident(1).await;
    let first = desk.recorded(&cdc, "k-1", contact_of(1)).await;
    desk.is_taken(TAKES_BACK, cdc.retraction(1, &first, ERROR)).await;
    dispute(&one, &first, "taken-back").await;
    desk.is_taken(SAYS, cdc.confirmation(1, &first, true)).await;
    desk.is_refused(TAKES_BACK, cdc.retraction(1, &first, ERROR)).await;
    dispute(&one, &first, "not-me").await;
    desk.is_refused(SAYS, cdc.confirmation(1, &first, false)).await;
    // Of what two say, who said it is not who answers.
    desk.is_refused(SAYS, cdc.confirmation(1, &first, true)).await;

    // Nor does a source's word that answered the one dispute answer the other.
    let source = institution(&house, "cdc:410400", "source", &[(Capacity::Confirm, "contact")]).await;
    let (_, six) = house.resident(6).await;
    let sixth = desk.recorded(&cdc, "k-7", contact_of(6)).await;
    dispute(&six, &sixth, "not-me").await;
    desk.is_taken(SAYS, source.confirmation(6, &sixth, true)).await;
    dispute(&six, &sixth, "wrong-value").await;
    desk.is_refused(SAYS, source.confirmation(6, &sixth, true)).await;

    // It is so, of something that was taken back, and that it was is disputed by nobody.
    let (_, two) = house.resident(2).await;
    let second = desk.recorded(&cdc, "k-2", contact_of(2)).await;
    dispute(&two, &second, "not-me").await;
    desk.is_taken(TAKES_BACK, cdc.retraction(2, &second, ERROR)).await;
    desk.is_refused(SAYS, cdc.confirmation(2, &second, true)).await;

    // It is so, of what the same institution has said is not.
    let (_, three) = house.resident(3).await;
    let third = desk.recorded(&cdc, "k-3", contact_of(3)).await;
    dispute(&three, &third, "not-me").await;
    desk.is_taken(SAYS, cdc.confirmation(3, &third, false)).await;
    desk.is_taken(SAYS, cdc.confirmation(3, &third, false)).await;
    desk.is_refused(SAYS, cdc.confirmation(3, &third, true)).await;

    // Unasked; about somebody else's fact; where no second organisation is due.
    house.registered(4).await;
    let fourth = desk.recorded(&cdc, "k-4", contact_of(4)).await;
    desk.is_refused(SAYS, cdc.confirmation(4, &fourth, true)).await;
    desk.is_refused(SAYS, community.confirmation(4, &fourth, false)).await;
    desk.is_refused(TAKES_BACK, community.retraction(4, &fourth, ERROR)).await;
    desk.is_refused(SECONDS, community.countersignature(3, &fourth)).await;
    let test = desk.recorded(&laboratory, "k-5", test_of(4, "negative")).await;
    desk.is_refused(SECONDS, community.countersignature(4, &test)).await;

    // Above the limits.
    let busy = institution(&house, "cdc:410300", "another-cdc", &[(Capacity::Submit, "contact")]).await;
    has_done_its_hour(&house, &busy, 5).await;
    let fifth = desk.recorded(&busy, "k-6", contact_of(4)).await;
    desk.is_refused(TAKES_BACK, busy.retraction(4, &fifth, ERROR)).await;
    desk.is_refused(SAYS, busy.confirmation(4, &fifth, false)).await;
    let kind = "contact".parse().unwrap();
    let limit = Limit { issuer: community.issuer.clone(), kind, per_hour: 0 };
    house.make_public(PublicRow::Limit(limit)).await;
    desk.is_refused(SECONDS, community.countersignature(4, &fourth)).await;

    let due = REFUSED.iter().map(|(path, problem)| (*path, (*problem).to_owned()));
    assert_eq!(desk.refused, due.collect());
}
