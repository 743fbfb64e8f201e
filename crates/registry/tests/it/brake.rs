//! What would make many people worse at once waits for a second office; an emergency does not wait, and is called one.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use mingma_domain::risk::{Level, RegionRisk};
use mingma_registry::acts::{
    Approve, BrakeError, Held, Propose, PublishError, PublishInEmergency, SetRisk, SetRiskError, approve,
    propose, publish_in_emergency, set_risk,
};
use mingma_registry::brake::{Blind, Draft, Foresight, Preview, Proposed, RegionPreview, Share};
use mingma_registry::policy::{Actor, Denied, Office, Purpose, Role, authorize};
use mingma_registry::row::{PublicRow, RulesetEntry};
use mingma_registry::sight::{OnDay, ReasonShift};
use mingma_registry::words::{ActName, EmergencyGround};
use pollster::block_on;

use crate::house::{City, EXAMPLES, NOON, RULES, commissioner, staff};

/// Foresees what it is told to; none: it is blind.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Option<u64>>>);

impl Told {
    /// So many of a thousand persons of a county would be worse off.
    pub(crate) fn worse(&self, of_1000: Option<u64>) {
        *self.0.lock().unwrap() = of_1000;
    }
}

/// What would happen in detail.
fn day() -> OnDay {
    OnDay {
        on: "2022-06-13".parse().unwrap(),
        persons: 2_000,
        worse: 6,
        longer: 3,
        better: 6,
        shifts: vec![],
        coming: vec![],
        stricter_still: vec![],
        reasons: vec![ReasonShift { code: "R1".to_owned(), of: None, gain: 3, lose: 0 }],
        coming_reasons: vec![],
        longest: vec![],
    }
}

#[async_trait]
impl Foresight for Told {
    async fn foresee(&self, draft: &Draft) -> Result<Preview, Blind> {
        let told = *self.0.lock().unwrap();
        let worse = told.ok_or_else(|| Blind { reason: "the census is being built".to_owned() })?;
        let region = |code: &str, worse| RegionPreview {
            region: code.parse().unwrap(),
            persons: 1_000,
            worse,
            longer: worse / 2,
            later: 0,
            better: 3,
            alone: 0,
        };
        let regions = vec![region("410102", worse.min(1)), region("410105", worse)];
        Ok(Preview {
            draft: draft.hash(),
            as_of: jiff::Timestamp::from_second(NOON).unwrap(),
            share: Share::default(),
            regions,
            days: vec![],
        })
    }

    async fn look(&self, drafts: &[Draft]) -> Result<Vec<Preview>, Blind> {
        let mut seen = Vec::new();
        for draft in drafts {
            seen.push(Preview { days: vec![day()], ..self.foresee(draft).await? });
        }
        Ok(seen)
    }
}

pub(crate) fn braked(worse: Option<u64>) -> (City, Told) {
    let told = Told::default();
    told.worse(worse);
    let city = City::new();
    let registry = city.registry.with_foresight(Arc::new(told.clone()), Share::default());
    (City { registry, ..city }, told)
}

fn next_rules(sunset: &str) -> Draft {
    let rules = RULES.replace("2022-06\"", "2022-07\"").replace("2022-09-01", sunset);
    Draft::Rules(RulesetEntry {
        region: "410100".parse().unwrap(),
        id: "2022-07".to_owned(),
        rules,
        examples: EXAMPLES.to_owned(),
    })
}

pub(crate) fn risk(until: Option<&str>) -> RegionRisk {
    RegionRisk {
        region: "410105".parse().unwrap(),
        level: Level::High,
        from: "2022-06-13".parse().unwrap(),
        until: until.map(|day| day.parse().unwrap()),
    }
}

/// Whether it is refused for being a commission, whichever.
pub(crate) fn is_no_second(denied: Denied) -> bool {
    denied == Denied::Role { role: Role::Commissioner, act: ActName::Approve }
}

fn try_propose(city: &City, actor: Actor, draft: &Draft) -> Result<(u64, Preview), BrakeError> {
    block_on(propose(&city.registry, authorize(actor, Purpose::Publication, Propose(draft.clone())).unwrap()))
}

fn try_approve(city: &City, actor: Actor, of: (&Draft, u64), seen: &Preview) -> Result<u64, BrakeError> {
    let wish = Approve { region: of.0.region(), proposal: of.1, seen: seen.hash() };
    block_on(approve(&city.registry, authorize(actor, Purpose::Publication, wish).unwrap()))
}

pub(crate) fn rows(city: &City) -> Vec<(u64, PublicRow)> {
    let all = block_on(city.registry.store().published(0)).unwrap();
    all.into_iter().map(|published| (published.number, published.row)).collect()
}

/// How many entries of the journal name the act.
pub(crate) fn acts(city: &City, act: ActName) -> usize {
    block_on(city.registry.store().entries(None)).unwrap().iter().filter(|entry| entry.act == act).count()
}

#[test]
fn above_the_share_nobody_publishes_alone_and_at_it_everybody_may() {
    // of a thousand in one county worse, whether it is held
    for (worse, held) in [(0, false), (5, false), (6, true), (1_000, true)] {
        let (city, _) = braked(Some(worse));
        let before = rows(&city).len();
        let wish = || authorize(commissioner(), Purpose::Publication, SetRisk(risk(None))).unwrap();
        let set = block_on(set_risk(&city.registry, wish()));
        let Draft::Rules(entry) = next_rules("2022-09-01") else { panic!("rules") };
        let publish = mingma_registry::acts::Publish {
            region: entry.region,
            rules: entry.rules,
            examples: entry.examples,
        };
        let publish = authorize(commissioner(), Purpose::Publication, publish).unwrap();
        let (other, _) = braked(Some(worse));
        let published = block_on(mingma_registry::acts::publish(&other.registry, publish));
        if held {
            assert!(matches!(set, Err(SetRiskError::Held(Held::SecondOffice { .. }))), "{worse}: {set:?}");
            let Err(PublishError::Held(Held::SecondOffice { preview })) = published else {
                panic!("{worse}")
            };
            assert_eq!(preview.exceeds().unwrap().worse, worse);
            let said = Held::SecondOffice { preview }.to_string();
            assert_eq!(
                said,
                format!(
                    "in `410105`, {worse} of 1000 persons would be worse off: more than 0.50 % of a region waits for a second office; propose it"
                )
            );
            assert_eq!(rows(&city).len(), before, "nothing was published");
        } else {
            assert!(set.is_ok() && published.is_ok(), "{worse}");
        }
    }
}

#[test]
fn a_second_office_that_saw_the_same_numbers_lets_it_go_once() {
    let (city, told) = braked(Some(31));
    let before = [ActName::Propose, ActName::Approve].map(|act| acts(&city, act));
    let draft = next_rules("2022-09-01");
    let city_office = || staff("staff-7", Office::HealthCommission, "410100");
    let (number, preview) = try_propose(&city, city_office(), &draft).unwrap();
    assert_eq!(preview.draft, draft.hash());
    let book = block_on(city.registry.book()).unwrap();
    assert_eq!(book.waiting().map(|(number, _)| number).collect::<Vec<_>>(), [number]);
    let try_it = |actor, seen: &Preview| try_approve(&city, actor, (&draft, number), seen);
    // Who may not, or not like this.
    // No commission: the one of the next region up may have made the account of the one that proposes.
    for (name, region) in
        [("staff-7", "410100"), ("staff-8", "410100"), ("staff-7", "410000"), ("staff-9", "410000")]
    {
        let wish = Approve { region: draft.region(), proposal: number, seen: preview.hash() };
        let by = authorize(staff(name, Office::HealthCommission, region), Purpose::Publication, wish);
        assert!(is_no_second(by.unwrap_err()), "{name} of {region}");
    }
    let province = || staff("staff-9", Office::Appeals, "410000");
    let moved = staff("staff-7", Office::Appeals, "410000");
    assert_eq!(try_it(moved, &preview), Err(BrakeError::SameOffice), "one person is not two");
    assert_eq!(preview.days, [day()], "the second office sees what the first saw, to the reasons");
    for other in [Preview { regions: vec![], ..preview.clone() }, Preview { days: vec![], ..preview.clone() }]
    {
        assert_eq!(try_it(province(), &other), Err(BrakeError::OtherPreview));
    }
    // One person may sit in every office of a city under as many names: whoever agrees is of a region above.
    for (name, region) in [("staff-8", "410100"), ("staff-9", "410100")] {
        let beside = try_it(staff(name, Office::Appeals, region), &preview).unwrap_err();
        assert_eq!(beside, BrakeError::NotAbove { least: "410000".parse().unwrap() });
        assert_eq!(
            beside.to_string(),
            "an appeals office of `410000`, or of a region around it, has to agree: none of the region that proposed"
        );
    }
    let none = try_approve(&city, province(), (&draft, number + 1), &preview);
    assert!(matches!(none, Err(BrakeError::NoProposal { .. })));
    let elsewhere = Approve { region: draft.region(), proposal: number, seen: preview.hash() };
    let elsewhere = authorize(staff("staff-9", Office::Appeals, "410500"), Purpose::Publication, elsewhere);
    assert_eq!(elsewhere.unwrap_err(), Denied::Elsewhere);
    // Seen again it may have grown by as much as numbers move while an office reads; what outgrows that is not what both saw.
    for worse in [42, 900] {
        told.worse(Some(worse));
        let outgrown = try_it(province(), &preview).unwrap_err();
        assert_eq!(
            outgrown.to_string(),
            format!(
                "in `410105`, {worse} of 1000 persons would be worse off, and 31 when it was proposed: propose it anew"
            )
        );
    }
    told.worse(None);
    assert!(
        matches!(try_it(province(), &preview), Err(BrakeError::Blind(_))),
        "nobody agrees to what cannot be foreseen"
    );
    told.worse(Some(41));
    let published = try_it(province(), &preview).unwrap();
    let all = rows(&city);
    assert_eq!(all.last().map(|(number, _)| *number), Some(published));
    assert!(
        matches!(&all[all.len() - 2].1, PublicRow::Approval(row) if row.proposal == number && row.seen == preview.hash())
    );
    assert!(
        matches!(&all[all.len() - 3].1, PublicRow::Proposal(row) if row.what == Proposed::Draft { draft: draft.clone(), preview: preview.clone() })
    );
    assert_eq!(
        [ActName::Propose, ActName::Approve].map(|act| acts(&city, act)),
        [before[0] + 1, before[1] + 2],
        "the approval, and what it let go"
    );
    // Repeated, as after a lost answer: the same number, and nothing twice; what is in force already is not foreseen again.
    told.worse(None);
    assert_eq!(try_it(staff("staff-5", Office::Appeals, "410000"), &preview), Ok(published));
    assert_eq!(rows(&city).len(), all.len());
    assert_eq!(block_on(city.registry.book()).unwrap().waiting().count(), 0);
    let person = city.resident(1);
    assert_eq!(city.assess(person).unwrap().explanation().ruleset, "2022-07");
}

#[test]
fn what_needs_no_second_office_what_is_old_and_what_is_wrong_is_not_proposed() {
    let (city, told) = braked(Some(5));
    let draft = Draft::Risk(risk(None));
    let proposed = try_propose(&city, commissioner(), &draft);
    assert_eq!(proposed, Err(BrakeError::NoNeed { share: Share::default() }));
    told.worse(None);
    assert!(matches!(try_propose(&city, commissioner(), &draft), Err(BrakeError::Blind(_))));
    told.worse(Some(6));
    let backwards = Draft::Risk(RegionRisk { until: Some("2022-06-01".parse().unwrap()), ..risk(None) });
    assert_eq!(
        try_propose(&city, commissioner(), &backwards),
        Err(BrakeError::Risk(SetRiskError::Backwards))
    );
    let Draft::Rules(entry) = next_rules("2022-09-01") else { panic!("rules") };
    let broken = Draft::Rules(RulesetEntry { rules: "?".to_owned(), ..entry });
    assert!(matches!(
        try_propose(&city, commissioner(), &broken),
        Err(BrakeError::Rules(PublishError::Syntax { .. }))
    ));
    let (number, preview) = try_propose(&city, commissioner(), &draft).unwrap();
    let appeals = || staff("staff-5", Office::Appeals, "410000");
    city.watch.set(NOON + 72 * 3_600 - 1);
    assert!(
        try_approve(&city, appeals(), (&draft, number), &preview).is_ok(),
        "an hour is not up before it is"
    );
    // Time does not go back, so the next one grows old from here.
    let (number, preview) = try_propose(&city, commissioner(), &draft).unwrap();
    city.watch.set(NOON + 144 * 3_600 - 1);
    assert_eq!(try_approve(&city, appeals(), (&draft, number), &preview), Err(BrakeError::Stale));
}

#[test]
fn an_emergency_does_not_wait_is_short_and_is_called_one() {
    let (city, told) = braked(Some(400));
    let try_it = |actor: Actor, draft: &Draft| {
        let wish = PublishInEmergency { draft: draft.clone(), ground: EmergencyGround::Outbreak };
        block_on(publish_in_emergency(&city.registry, authorize(actor, Purpose::Publication, wish).unwrap()))
    };
    // until, whether that is short enough: seven days, both ends included
    for (until, short) in [(Some("2022-06-19"), true), (Some("2022-06-20"), false), (None, false)] {
        let done = try_it(commissioner(), &Draft::Risk(risk(until)));
        assert_eq!(done.is_ok(), short, "{until:?}: {done:?}");
        assert!(short || done == Err(BrakeError::TooLong));
    }
    assert_eq!(try_it(commissioner(), &next_rules("2022-09-01")), Err(BrakeError::TooLong));
    let all = rows(&city);
    assert!(
        matches!(&all[all.len() - 2].1, PublicRow::Emergency(row) if row.preview.is_some() && row.draft == Draft::Risk(risk(Some("2022-06-19"))).hash())
    );
    assert_eq!(acts(&city, ActName::PublishInEmergency), 2, "the journal calls both rows what they are");
    // What nobody would have to agree to is none.
    told.worse(Some(0));
    let no_need = try_it(commissioner(), &Draft::Risk(risk(Some("2022-06-18"))));
    assert!(matches!(no_need, Err(BrakeError::NoNeed { .. })), "{no_need:?}");
    // It does not wait for a census either.
    told.worse(None);
    let later = RegionRisk { level: Level::Lockdown, ..risk(Some("2022-06-15")) };
    assert!(try_it(commissioner(), &Draft::Risk(later)).is_ok());
    let all = rows(&city);
    assert!(matches!(&all[all.len() - 2].1, PublicRow::Emergency(row) if row.preview.is_none()));
    // A second one lasts no longer than the first could; and one that begins later ends as soon.
    city.watch.set(NOON + 3 * 86_400);
    for (until, short) in [(Some("2022-06-19"), true), (Some("2022-06-20"), false)] {
        let draft = Draft::Risk(RegionRisk { from: "2022-06-18".parse().unwrap(), ..risk(until) });
        assert_eq!(try_it(commissioner(), &draft).is_ok(), short, "{until:?}");
    }
    // After a second office has agreed to something, or after thirty days, another is a first one.
    told.worse(Some(400));
    let wish = authorize(commissioner(), Purpose::Publication, Propose(Draft::Risk(risk(None)))).unwrap();
    let (proposal, preview) = block_on(propose(&city.registry, wish)).unwrap();
    let wish = Approve { region: risk(None).region, proposal, seen: preview.hash() };
    let arbiter = || staff("staff-5", Office::Appeals, "410000");
    block_on(approve(&city.registry, authorize(arbiter(), Purpose::Publication, wish).unwrap())).unwrap();
    for (days, until, short) in [
        (3, "2022-06-22", true),
        (3, "2022-06-23", false),
        (32, "2022-07-20", false),
        (33, "2022-07-22", true),
    ] {
        city.watch.set(NOON + days * 86_400);
        let draft = Draft::Risk(risk(Some(until)));
        assert_eq!(try_it(commissioner(), &draft).is_ok(), short, "{until}");
    }
    let wish = PublishInEmergency { draft: Draft::Risk(later), ground: EmergencyGround::Outbreak };
    let arbiter = authorize(staff("staff-5", Office::Appeals, "410000"), Purpose::Publication, wish);
    assert!(matches!(arbiter, Err(Denied::Role { .. })), "only the authority's own office");
}

#[test]
fn without_anybody_who_foresees_a_blind_brake_holds_nothing_back_but_a_blind_foresight_does() {
    let set = |city: &City| {
        let wish = authorize(commissioner(), Purpose::Publication, SetRisk(risk(None))).unwrap();
        block_on(set_risk(&city.registry, wish))
    };
    assert!(set(&City::new()).is_ok());
    let (city, _) = braked(None);
    assert!(matches!(set(&city), Err(SetRiskError::Held(Held::Blind(_)))));
}
