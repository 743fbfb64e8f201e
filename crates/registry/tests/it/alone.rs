//! What one office publishes alone adds up, until a second one has seen the sum.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use mingma_registry::acts::{
    Approve, BrakeError, Held, Propose, PublishInEmergency, SetRisk, SetRiskError, UnderWay, approve,
    propose, publish_in_emergency, set_risk,
};
use mingma_registry::brake::{Blind, Draft, Foresight, Preview, Share};
use mingma_registry::policy::{Actor, Office, Purpose, authorize};
use mingma_registry::row::PublicRow;
use mingma_registry::words::EmergencyGround;
use pollster::block_on;

use crate::brake::{Told, braked, risk, rows};
use crate::house::{City, NOON, commissioner};

fn set(city: &City) -> Result<u64, SetRiskError> {
    let wish = authorize(commissioner(), Purpose::Publication, SetRisk(risk(None))).unwrap();
    block_on(set_risk(&city.registry, wish))
}

/// What is said of the sum, if it waits for a second office.
fn held(done: Result<u64, SetRiskError>) -> Option<String> {
    match done {
        Ok(_) => None,
        Err(SetRiskError::Held(held @ Held::SecondOffice { .. })) => Some(held.to_string()),
        Err(other) => panic!("{other}"),
    }
}

/// Proposes it; gives what a second office has to say to agree.
fn proposed(city: &City) -> Approve {
    let draft = Draft::Risk(risk(None));
    let wish = authorize(commissioner(), Purpose::Publication, Propose(draft.clone())).unwrap();
    let (proposal, preview) = block_on(propose(&city.registry, wish)).unwrap();
    Approve { region: draft.region(), proposal, seen: preview.hash() }
}

/// A second office agrees.
fn agree(city: &City, wish: Approve) -> Result<u64, BrakeError> {
    let appeals = Actor::Official {
        staff: "staff-5".parse().unwrap(),
        office: Office::Appeals,
        region: "410000".parse().unwrap(),
    };
    block_on(approve(&city.registry, authorize(appeals, Purpose::Publication, wish).unwrap()))
}

#[test]
fn what_one_office_publishes_alone_adds_up_until_a_second_one_has_agreed() {
    let (city, told) = braked(Some(1));
    // Of a thousand persons one at a time: five are half a per cent, and the sixth is more.
    let alone = |most: usize| (0..most).position(|_| held(set(&city)).is_some());
    assert_eq!(alone(200), Some(5));
    assert_eq!(
        held(set(&city)).unwrap(),
        "in `410102`, 1 of 1000 persons would be worse off, after 5 by what was published alone before: \
         more than 0.50 % of a region waits for a second office; propose it"
    );
    // What makes nobody worse waits for nobody.
    told.worse(Some(0));
    assert_eq!(alone(3), None);
    told.worse(Some(1));
    // The second office sees the sum, and with its agreement it begins anew.
    agree(&city, proposed(&city)).unwrap();
    assert_eq!(alone(200), Some(5));
    // Whose hand each was stands in public, also of those that make nobody worse.
    assert_eq!(rows(&city).iter().filter(|(_, row)| matches!(row, PublicRow::LetGo(_))).count(), 10 + 3);
}

#[test]
fn two_hundred_drafts_just_below_the_share_are_one_and_the_rest_wait() {
    let (city, _) = braked(Some(4));
    let through = (0..200).filter(|_| held(set(&city)).is_none()).count();
    assert_eq!(through, 1);
    // After thirty days it is forgotten, and not a second before.
    city.watch.set(NOON + 30 * 86_400 - 1);
    assert!(held(set(&city)).is_some());
    city.watch.set(NOON + 30 * 86_400);
    assert!(held(set(&city)).is_none());
}

/// Foresees nothing before it is told to; a look in detail waits for nobody.
struct Slow {
    told: Told,
    asked: Mutex<Sender<()>>,
    go: Mutex<Receiver<()>>,
}

#[async_trait]
impl Foresight for Slow {
    async fn foresee(&self, draft: &Draft) -> Result<Preview, Blind> {
        self.asked.lock().unwrap().send(()).unwrap();
        self.go.lock().unwrap().recv().unwrap();
        self.told.foresee(draft).await
    }

    async fn look(&self, drafts: &[Draft]) -> Result<Vec<Preview>, Blind> {
        self.told.look(drafts).await
    }
}

/// A city whose foresight says when it is asked, and foresees when it is told to.
fn slow(worse: u64) -> (City, Receiver<()>, Sender<()>) {
    let ((asked, hears), (go, waits)) = (channel(), channel());
    let told = Told::default();
    told.worse(Some(worse));
    let slow = Slow { told, asked: Mutex::new(asked), go: Mutex::new(waits) };
    let city = City::new();
    let registry = city.registry.with_foresight(Arc::new(slow), Share::default());
    (City { registry, ..city }, hears, go)
}

#[test]
fn of_two_that_are_published_in_one_moment_the_second_is_not_looked_at_without_the_first() {
    let (city, hears, go) = slow(4);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| set(&city));
        hears.recv().unwrap();
        assert_eq!(set(&city), Err(SetRiskError::Held(Held::UnderWay(UnderWay))));
        go.send(()).unwrap();
        assert!(first.join().unwrap().is_ok());
        go.send(()).unwrap();
        assert!(held(set(&city)).is_some(), "the first counts along");
    });
}

#[test]
fn two_who_agree_in_one_moment_agree_once_and_nobody_publishes_beside_them() {
    let (city, hears, go) = slow(6);
    let wish = proposed(&city);
    let emergency = || {
        let draft = Draft::Risk(risk(Some("2022-06-15")));
        let wish = PublishInEmergency { draft, ground: EmergencyGround::Outbreak };
        let wish = authorize(commissioner(), Purpose::Publication, wish).unwrap();
        block_on(publish_in_emergency(&city.registry, wish))
    };
    std::thread::scope(|scope| {
        let first = scope.spawn(|| agree(&city, wish));
        hears.recv().unwrap();
        let beside = (agree(&city, wish), emergency(), set(&city));
        go.send(()).unwrap();
        let published = first.join().unwrap().unwrap();
        let held = Err(SetRiskError::Held(Held::UnderWay(UnderWay)));
        assert_eq!(beside, (Err(UnderWay.into()), Err(UnderWay.into()), held));
        // Whoever sends it again is answered what came of it.
        assert_eq!(agree(&city, wish), Ok(published));
        let since: Vec<_> = rows(&city).into_iter().filter(|(number, _)| *number > wish.proposal).collect();
        let of = |is: fn(&PublicRow) -> bool| since.iter().filter(|(_, row)| is(row)).count();
        let (approvals, risks) =
            (of(|row| matches!(row, PublicRow::Approval(_))), of(|row| matches!(row, PublicRow::Risk(_))));
        assert_eq!((approvals, risks), (1, 1));
        go.send(()).unwrap();
        assert!(emergency().is_ok(), "what ended holds nobody up");
    });
}
