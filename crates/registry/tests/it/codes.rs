//! The life of a code: its place in a status list, how long it lasts, and when it is revoked.

use std::collections::BTreeSet;

use jiff::Timestamp;
use mingma_credential::status_list::StatusLists;
use mingma_credential::{Code, UnixSeconds, Verdict, Verifier, decode, proof};
use mingma_registry::acts::{
    AnswerAppeal, AppealFact, Declare, LossError, Publish, ReportLoss, Show, ShowError, Shown, answer_appeal,
    appeal, publish, report_loss, revoke_phones, revoke_too_good, show,
};
use mingma_registry::policy::{Actor, Denied, Office, Purpose, authorize};
use mingma_registry::ports::Medium;
use mingma_registry::row::{Countersignature, PersonRow};
use mingma_registry::words::{Ground, RevocationReason};
use mingma_registry::{CodeId, PersonId};
use pollster::block_on;

use crate::house::{City, EXAMPLES, NOON, RULES, commissioner, document, negative_test, official};
use crate::residents::{red, second, well as checked_in};

fn well() -> mingma_domain::Fact {
    checked_in("self")
}

pub(crate) fn on_phone(city: &City, person: PersonId) -> Shown {
    get(city, person, Medium::Device(city.phone.device_point())).unwrap()
}

pub(crate) fn on_paper(city: &City, person: PersonId, days: i64) -> Shown {
    get(city, person, Medium::Paper { life_seconds: days * 86_400 }).unwrap()
}

fn get(city: &City, person: PersonId, medium: Medium) -> Result<Shown, ShowError> {
    let allowed = authorize(Actor::Resident(person), Purpose::SelfService, Show { person, medium }).unwrap();
    block_on(show(&city.registry, allowed))
}

pub(crate) fn claims(code: &str) -> mingma_credential::StatusCode {
    let Code::Status(code) = decode(code).unwrap().claims().unwrap() else { panic!("a code of ours") };
    code
}

/// What a checkpoint says that has just fetched every list.
pub(crate) fn at_the_gate(city: &City, code: &str) -> Verdict {
    let now = UnixSeconds::new(city.registry.now().as_second());
    let mut lists = StatusLists::new();
    for shard in block_on(city.registry.current_lists()).unwrap().iter() {
        let list = block_on(city.registry.status_list(*shard)).unwrap().unwrap();
        lists.add(&list.token, &city.trust, now).unwrap();
    }
    let shown = proof::renew(code, &city.phone, now).unwrap_or_else(|_| code.to_owned());
    Verifier { trust: &city.trust, status: Some(&lists), now }.verify(&shown)
}

#[test]
fn a_green_code_is_revoked_when_its_holder_turns_red_and_the_next_has_another_place() {
    let city = City::new();
    let person = city.resident(1);
    let (green, paper) = (on_phone(&city, person), on_paper(&city, person, 7));
    assert!(matches!(at_the_gate(&city, &green.code), Verdict::Green(_)));
    assert!(matches!(at_the_gate(&city, &paper.code), Verdict::Green(_)));
    let fact = city.contact(1, "c");
    city.watch.set(NOON + 60);
    assert!(matches!(at_the_gate(&city, &green.code), Verdict::Green(_)), "one organisation is none");
    second(&city, 1, fact);
    // Half a minute later at most the list is made anew; a checkpoint fetches it within the other half.
    city.watch.set(NOON + 90);
    assert!(matches!(at_the_gate(&city, &green.code), Verdict::Revoked(_)));
    assert!(matches!(at_the_gate(&city, &paper.code), Verdict::Revoked(_)), "on paper, too");
    let now = on_phone(&city, person);
    assert!(matches!(at_the_gate(&city, &now.code), Verdict::Red(_)));
    assert_ne!(claims(&now.code).status.revocation, claims(&green.code).status.revocation);
    let record = block_on(city.registry.store().record(person)).unwrap();
    assert!(record.revocations.iter().all(|row| row.why == RevocationReason::TooGood));
    assert_eq!(record.revocations.len(), 2);
}

#[test]
fn what_is_not_too_good_is_not_revoked() {
    let city = City::new();
    let (person, fact) = red(&city, 1);
    let code = on_phone(&city, person);
    let wish = AppealFact { person, fact, ground: Ground::NotMe };
    let allowed = authorize(Actor::Resident(person), Purpose::Redress, wish).unwrap();
    let opened = block_on(appeal(&city.registry, allowed)).unwrap();
    let wish = AnswerAppeal { person, appeal: opened.id, upheld: true };
    let arbiter = official(Office::Appeals, "410100");
    block_on(answer_appeal(&city.registry, authorize(arbiter, Purpose::Redress, wish).unwrap())).unwrap();
    assert_eq!(city.color(person), "green");
    city.watch.set(NOON + 60);
    assert!(
        matches!(at_the_gate(&city, &code.code), Verdict::Red(_)),
        "worse than the holder is, not better"
    );
    let green = on_phone(&city, person);
    let wire = document(1).to_wire();
    city.record(&city.laboratory, "lab", &[negative_test(&wire)]).unwrap();
    city.declare(Declare { person, key: "k".parse().unwrap(), facts: vec![well()] }).unwrap();
    city.watch.set(NOON + 120);
    assert!(matches!(at_the_gate(&city, &green.code), Verdict::Green(_)));
    assert_eq!(block_on(revoke_too_good(&city.registry, person)), Ok(0), "at any time, any number of times");
}

#[test]
fn what_a_process_died_before_revoking_the_repetition_revokes() {
    let city = City::new();
    let person = city.resident(1);
    let green = on_phone(&city, person);
    let other = city.contact(1, "another");
    // The countersignature is kept as by a process that died before it revoked anything.
    let issuer = city.community.issuer.clone();
    let row = PersonRow::Countersignature(Countersignature { fact: other, issuer, at: city.registry.now() });
    let kept = mingma_registry::conformance::change(person, vec![row], vec![], 1);
    block_on(city.registry.store().apply(vec![kept])).unwrap();
    city.watch.set(NOON + 60);
    assert!(matches!(at_the_gate(&city, &green.code), Verdict::Green(_)), "so far nobody was answered");
    second(&city, 1, other);
    city.watch.set(NOON + 120);
    assert!(matches!(at_the_gate(&city, &green.code), Verdict::Revoked(_)), "the repetition ends it");
}

#[test]
fn codes_of_one_day_and_kind_share_a_place_and_need_one_row() {
    let city = City::new();
    let person = city.resident(1);
    let first = on_phone(&city, person);
    for minute in 1..20 {
        city.watch.set(NOON + minute * 60);
        let next = on_phone(&city, person);
        assert_eq!(next.id, first.id);
        assert_eq!(claims(&next.code).status.revocation, claims(&first.code).status.revocation);
        assert_eq!(claims(&next.code).issued_at.get(), NOON + minute * 60, "signed anew");
    }
    let record = block_on(city.registry.store().record(person)).unwrap();
    assert_eq!(record.codes.len(), 1);
    assert!(first.expires < record.codes[0].expires, "the row ends after the last of them");
    city.watch.set(NOON + 86_400);
    assert_ne!(on_phone(&city, person).id, first.id, "another day, another place");
    let other = city.resident(2);
    let places: BTreeSet<_> =
        [person, other].map(|who| claims(&on_phone(&city, who).code).status.revocation).into();
    assert_eq!(places.len(), 2, "nobody shares with anybody");
}

#[test]
fn places_are_unique_when_many_come_at_once() {
    let city = City::new();
    let persons: Vec<PersonId> = (1..=60).map(|n| city.resident(n)).collect();
    let places = std::thread::scope(|scope| {
        let ask = |part: &[PersonId]| -> Vec<_> {
            let part = part.to_vec();
            let city = &city;
            part.into_iter()
                .flat_map(|who| [on_phone(city, who), on_paper(city, who, 30)])
                .map(|shown| claims(&shown.code).status.revocation.unwrap())
                .collect()
        };
        let asking: Vec<_> = persons.chunks(15).map(|part| scope.spawn(move || ask(part))).collect();
        asking.into_iter().flat_map(|asked| asked.join().unwrap()).collect::<Vec<_>>()
    });
    let different: BTreeSet<_> = places.iter().map(|place| (place.shard, place.index)).collect();
    assert_eq!((places.len(), different.len()), (120, 120));
}

#[test]
fn a_code_ends_when_the_calendar_alone_makes_the_status_worse() {
    let city = City::new();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    // In the district a code is issued only to those who have checked in within three days.
    let rules = RULES.replace("410100", "410105") + "\n[issued_when]\nfact = \"checkin\"\nwithin_days = 3\n";
    let examples = EXAMPLES.replace("expect = { color = \"green\" }", "expect = { color = \"none\" }");
    let wish = Publish { region: "410105".parse().unwrap(), rules, examples };
    block_on(publish(&city.registry, authorize(commissioner(), Purpose::Publication, wish).unwrap()))
        .unwrap();
    let person = city.resident(1);
    city.declare(Declare { person, key: "k".parse().unwrap(), facts: vec![well()] }).unwrap();
    let owed = at("2022-06-17T00:00:00+08:00");
    let paper = on_paper(&city, person, 30);
    assert_eq!((paper.expires, claims(&paper.code).expires_at.get()), (owed, owed.as_second()));
    assert!(on_phone(&city, person).expires < owed, "a phone's code ends before that by itself");
    city.watch.set(at("2022-06-16T23:00:00+08:00").as_second());
    assert_eq!(on_phone(&city, person).expires, owed);
    city.watch.set(owed.as_second());
    let shown = get(&city, person, Medium::Paper { life_seconds: 60 });
    assert!(matches!(shown, Err(ShowError::NoColor { .. })), "what the code would have hidden");
}

#[test]
fn a_code_outlives_a_change_for_the_better_and_no_change_of_rules_for_the_worse() {
    let city = City::new();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let (red, _) = red(&city, 1);
    assert_eq!(city.assess(red).unwrap().status().until(), Some("2022-06-20".parse().unwrap()));
    assert_eq!(
        on_paper(&city, red, 30).expires.as_second(),
        NOON + 30 * 86_400,
        "worse than later, not better"
    );
    // From 1 July contacts are red for longer than the seven days, and those of June are red again.
    let stricter = RULES
        .replace("\"2022-06\"", "\"2022-07\"")
        .replace("effect = 2022-06-01", "effect = 2022-07-01")
        .replace("within_days = 7", "within_days = 21");
    let examples = EXAMPLES
        .replace("on = 2022-06-17", "on = 2022-07-01")
        .replace("on = 2022-06-18", "on = 2022-07-02")
        .replace("until = 2022-06-18", "until = 2022-07-02");
    let wish = Publish { region: "410100".parse().unwrap(), rules: stricter, examples };
    block_on(publish(&city.registry, authorize(commissioner(), Purpose::Publication, wish).unwrap()))
        .unwrap();
    city.watch.set(at("2022-06-25T12:00:00+08:00").as_second());
    assert_eq!(city.color(red), "green");
    assert_eq!(on_paper(&city, red, 30).expires, at("2022-07-01T00:00:00+08:00"));
    let other = city.resident(2);
    assert_eq!(on_paper(&city, other, 30).expires, at("2022-07-25T12:00:00+08:00"), "no change for this one");
    city.watch.set(at("2022-08-31T12:00:00+08:00").as_second());
    assert_eq!(
        on_paper(&city, other, 30).expires,
        at("2022-09-01T00:00:00+08:00"),
        "the sunset of the last rules"
    );
}

#[test]
fn a_lost_paper_is_revoked_and_the_next_counts() {
    let city = City::new();
    let person = city.resident(1);
    let lost = on_paper(&city, person, 30);
    let phone = on_phone(&city, person);
    let report = |who, code| {
        let wish = ReportLoss { person, code };
        let allowed = authorize(Actor::Resident(who), Purpose::SelfService, wish);
        block_on(report_loss(&city.registry, allowed?))
    };
    assert_eq!(report(city.resident(2), lost.id), Err(LossError::Denied(Denied::NotOwn)));
    assert_eq!(report(person, CodeId::from_bytes([0; 16])), Err(LossError::NoSuchCode));
    assert_eq!(report(person, lost.id), Ok(()));
    assert_eq!(report(person, lost.id), Ok(()), "again changes nothing");
    city.watch.set(NOON + 60);
    assert!(matches!(at_the_gate(&city, &lost.code), Verdict::Revoked(_)));
    assert!(matches!(at_the_gate(&city, &phone.code), Verdict::Green(_)));
    let next = on_paper(&city, person, 30);
    assert!(matches!(at_the_gate(&city, &next.code), Verdict::Green(_)));
    assert_ne!(next.id, lost.id);
}

#[test]
fn signing_out_everywhere_revokes_what_is_on_phones() {
    let city = City::new();
    let person = city.resident(1);
    let (paper, phone) = (on_paper(&city, person, 30), on_phone(&city, person));
    let other = Some(city.cdc.key.device_point());
    assert_eq!(block_on(revoke_phones(&city.registry, person, other)), Ok(0), "another phone's");
    assert_eq!(block_on(revoke_phones(&city.registry, person, None)), Ok(1));
    city.watch.set(NOON + 60);
    assert!(matches!(at_the_gate(&city, &phone.code), Verdict::Revoked(_)));
    assert!(matches!(at_the_gate(&city, &paper.code), Verdict::Green(_)));
    let record = block_on(city.registry.store().record(person)).unwrap();
    assert_eq!(record.revocations[0].why, RevocationReason::SignedOut);
}

#[test]
fn a_list_is_signed_anew_only_when_it_changed_or_grows_old() {
    let city = City::new();
    let person = city.resident(1);
    let code = on_phone(&city, person);
    let shard = claims(&code.code).status.revocation.unwrap().shard;
    let list = || block_on(city.registry.status_list(shard)).unwrap().unwrap();
    let first = list();
    assert!(first.token.len() < 1_024, "{} bytes", first.token.len());
    for later in [1, 9, 11, 3_600] {
        city.watch.set(NOON + later);
        assert_eq!(list(), first, "after {later} s");
    }
    city.watch.set(NOON + 43_200);
    let aged = list();
    assert_ne!(aged.tag, first.tag, "whoever asks may use it for half a day at least");
    second(&city, 1, city.contact(1, "c"));
    city.watch.set(NOON + 43_209);
    assert_eq!(list(), aged, "not looked up again yet");
    city.watch.set(NOON + 43_210);
    assert_ne!(list().tag, aged.tag);
    assert_eq!(block_on(city.registry.status_list(shard + 64 * 40)), Ok(None), "no such list yet");
    city.watch.set(NOON + 3 * 86_400);
    assert_eq!(block_on(city.registry.status_list(shard)), Ok(None), "and none any more");
}
