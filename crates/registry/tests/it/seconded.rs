//! What offices did with one another, done again by whoever has the log: each deed of somebody who writes past the acts is named.

use jiff::{SignedDuration, Timestamp};
use mingma_domain::fact::Entitlement;
use mingma_domain::risk::RegionRisk;
use mingma_registry::brake::{
    Approval, Draft, Emergency, Hand, LetGo, Preview, Proposal, Proposed, RegionPreview, Share,
};
use mingma_registry::policy::Office;
use mingma_registry::replay::bundle::read;
use mingma_registry::replay::{Case, Extent, Fault, Offices};
use mingma_registry::row::{Allowance, EntitlementEntry, KeyEntry, Limit, PublicRow};
use mingma_registry::words::{ActName, Capacity, EmergencyGround};
use mingma_registry::{Appointment, Change, Clock as _, Store as _};
use pollster::block_on;

use crate::brake::risk;
use crate::house::City;
use crate::replay::{Chance, lived, log, opened};

fn offices(city: &City) -> Result<Offices, Fault> {
    let log = log(city);
    let file = opened(city, &log, &[]);
    Case::new(&log, &read(&file).unwrap().1, Extent::Drawn(&[]))?.offices("410000".parse().ok())
}

/// Keeps a public act past the acts, a second after the last one; gives its number among them.
pub(crate) fn put(city: &City, act: ActName, row: PublicRow) -> u64 {
    let entry = mingma_registry::journal::Entry::public(&Chance, act, city.watch.now(), &row).unwrap();
    block_on(city.store.apply(vec![Change::Public { row, entry }])).unwrap();
    city.watch.set(city.watch.now().as_second() + 1);
    block_on(city.store.published(0)).unwrap().last().unwrap().number
}

pub(crate) fn hand(city: &City, staff: &str, office: Office) -> Hand {
    hand_of(city, staff, office, "410000")
}

fn hand_of(city: &City, staff: &str, office: Office, region: &str) -> Hand {
    let region = region.parse().unwrap();
    Hand { staff: staff.parse().unwrap(), office, region, at: city.watch.now() }
}

fn commission(city: &City) -> Hand {
    hand(city, "staff-7", Office::HealthCommission)
}

/// What a draft is foreseen to do: so many of a thousand worse, after so many by what was published alone.
pub(crate) fn preview(city: &City, of: &RegionRisk, (worse, alone): (u64, u64)) -> Preview {
    let region = "410105".parse().unwrap();
    let regions =
        vec![RegionPreview { region, persons: 1_000, worse, longer: 0, later: 0, better: 0, alone }];
    let (draft, as_of) = (Draft::Risk(*of).hash(), city.watch.now());
    Preview { draft, as_of, share: Share::default(), regions, days: vec![] }
}

fn lets_go(city: &City, of: &RegionRisk, numbers: (u64, u64)) -> u64 {
    let preview = preview(city, of, numbers);
    let row = LetGo { draft: Draft::Risk(*of).hash(), preview, by: commission(city) };
    put(city, ActName::SetRisk, PublicRow::LetGo(row))
}

pub(crate) fn proposes(city: &City, of: &RegionRisk, numbers: (u64, u64)) -> (u64, Proposal) {
    let what = Proposed::Draft { draft: Draft::Risk(*of), preview: preview(city, of, numbers) };
    let proposal = Proposal { what, by: commission(city) };
    (put(city, ActName::Propose, PublicRow::Proposal(proposal.clone())), proposal)
}

fn approves(city: &City, number: u64, of: &Proposal, by: Hand) -> u64 {
    let row = Approval { proposal: number, seen: of.seen(), by };
    put(city, ActName::Approve, PublicRow::Approval(row))
}

fn emergency(city: &City, of: &RegionRisk) -> u64 {
    let row = Emergency {
        draft: Draft::Risk(*of).hash(),
        preview: None,
        ground: EmergencyGround::ALL[0],
        by: commission(city),
    };
    put(city, ActName::PublishInEmergency, PublicRow::Emergency(row))
}

/// What somebody does past the acts, and what is said of the last act of it; nothing of what follows.
type Deed = (&'static str, fn(&City), &'static str);

fn until(day: &str) -> RegionRisk {
    risk(Some(day))
}

const DEEDS: &[Deed] = &[
    (
        "a sum that adds up",
        |city| {
            lets_go(city, &until("2022-06-20"), (3, 0));
            lets_go(city, &until("2022-06-21"), (2, 3));
        },
        "",
    ),
    (
        "a sum that does not",
        |city| {
            lets_go(city, &until("2022-06-20"), (3, 0));
            lets_go(city, &until("2022-06-21"), (2, 0));
        },
        "the sum of what was published alone",
    ),
    (
        "more than the share",
        |city| {
            lets_go(city, &until("2022-06-20"), (6, 0));
        },
        "one office let it go alone",
    ),
    (
        "more than the share with what came before",
        |city| {
            lets_go(city, &until("2022-06-20"), (3, 0));
            lets_go(city, &until("2022-06-21"), (3, 3));
        },
        "one office let it go alone",
    ),
    (
        "another draft's numbers",
        |city| {
            let preview = preview(city, &until("2022-06-20"), (1, 0));
            let row = LetGo { draft: Draft::Risk(until("2022-06-21")).hash(), preview, by: commission(city) };
            put(city, ActName::SetRisk, PublicRow::LetGo(row));
        },
        "another draft's",
    ),
    (
        "a hand of yesterday",
        |city| {
            let (of, mut by) = (until("2022-06-20"), commission(city));
            by.at -= SignedDuration::from_hours(24);
            let row = LetGo { draft: Draft::Risk(of).hash(), preview: preview(city, &of, (1, 0)), by };
            put(city, ActName::SetRisk, PublicRow::LetGo(row));
        },
        "of another time",
    ),
    (
        "a second office",
        |city| {
            let (number, proposal) = proposes(city, &until("2022-06-20"), (600, 0));
            approves(city, number, &proposal, hand(city, "staff-9", Office::Appeals));
            put(city, ActName::Approve, PublicRow::Risk(until("2022-06-20")));
        },
        "",
    ),
    (
        "the same hand twice",
        |city| {
            let (number, proposal) = proposes(city, &until("2022-06-20"), (600, 0));
            approves(city, number, &proposal, hand(city, "staff-7", Office::Appeals));
        },
        "no second office",
    ),
    (
        "a second commission",
        |city| {
            let (number, proposal) = proposes(city, &until("2022-06-20"), (600, 0));
            approves(city, number, &proposal, hand(city, "staff-9", Office::HealthCommission));
        },
        "no second office",
    ),
    (
        "a second office of a city below",
        |city| {
            let (number, proposal) = proposes(city, &until("2022-06-20"), (600, 0));
            approves(city, number, &proposal, hand_of(city, "staff-9", Office::Appeals, "410100"));
        },
        "of no region above",
    ),
    (
        "both offices of one city",
        |city| {
            let (_, of) = proposes(city, &until("2022-06-20"), (600, 0));
            let by = hand_of(city, "staff-7", Office::HealthCommission, "410100");
            let proposal = Proposal { by, ..of };
            let number = put(city, ActName::Propose, PublicRow::Proposal(proposal.clone()));
            approves(city, number, &proposal, hand_of(city, "staff-9", Office::Appeals, "410100"));
        },
        "of no region above",
    ),
    (
        "a second office that saw something else",
        |city| {
            let (number, _) = proposes(city, &until("2022-06-20"), (600, 0));
            let other = Proposal {
                what: Proposed::Draft {
                    draft: Draft::Risk(until("2022-06-20")),
                    preview: preview(city, &until("2022-06-20"), (1, 0)),
                },
                by: commission(city),
            };
            approves(city, number, &other, hand(city, "staff-9", Office::Appeals));
        },
        "no second office",
    ),
    (
        "a second office four days later",
        |city| {
            let (number, proposal) = proposes(city, &until("2022-06-20"), (600, 0));
            city.watch.set(city.watch.now().as_second() + 96 * 3_600);
            approves(city, number, &proposal, hand(city, "staff-9", Office::Appeals));
        },
        "no second office",
    ),
    (
        "a second approval of one proposal",
        |city| {
            let (number, proposal) = proposes(city, &until("2022-06-20"), (600, 0));
            approves(city, number, &proposal, hand(city, "staff-9", Office::Appeals));
            put(city, ActName::Approve, PublicRow::Risk(until("2022-06-20")));
            put(city, ActName::Approve, PublicRow::Risk(until("2022-06-20")));
        },
        "needs two offices",
    ),
    (
        "an approval of nothing",
        |city| {
            let (_, proposal) = proposes(city, &until("2022-06-20"), (600, 0));
            approves(city, 9_999, &proposal, hand(city, "staff-9", Office::Appeals));
        },
        "a proposal that there is not",
    ),
    (
        "something else than was agreed to",
        |city| {
            let (number, proposal) = proposes(city, &until("2022-06-20"), (600, 0));
            approves(city, number, &proposal, hand(city, "staff-9", Office::Appeals));
            put(city, ActName::Approve, PublicRow::Risk(until("2022-06-21")));
        },
        "needs two offices",
    ),
    (
        "a key that one office gave",
        |city| {
            put(city, ActName::Appoint, PublicRow::Key(key(city)));
        },
        "needs two offices",
    ),
    (
        "an entitlement that one office gave",
        |city| {
            let entitlement = Entitlement {
                issuer: city.laboratory.issuer.clone(),
                kind: "test".parse().unwrap(),
                region: "410000".parse().unwrap(),
                from: "2022-06-01".parse().unwrap(),
                until: "2022-06-30".parse().unwrap(),
            };
            put(
                city,
                ActName::Appoint,
                PublicRow::Entitlement(EntitlementEntry { capacity: Capacity::Submit, entitlement }),
            );
        },
        "needs two offices",
    ),
    (
        "a limit that one office lowered",
        |city| {
            put(city, ActName::Appoint, limit(city, 10));
        },
        "",
    ),
    (
        "a limit that one office raised",
        |city| {
            put(city, ActName::Appoint, limit(city, 4_000_000));
        },
        "needs two offices",
    ),
    (
        "an emergency of a week",
        |city| {
            emergency(city, &until("2022-06-27"));
            put(city, ActName::PublishInEmergency, PublicRow::Risk(until("2022-06-27")));
        },
        "",
    ),
    (
        "an emergency without an end",
        |city| {
            emergency(city, &risk(None));
            put(city, ActName::PublishInEmergency, PublicRow::Risk(risk(None)));
        },
        "emergencies ends within days",
    ),
    (
        "an emergency that nobody declared",
        |city| {
            put(city, ActName::PublishInEmergency, PublicRow::Risk(until("2022-06-22")));
        },
        "needs two offices",
    ),
    (
        "an emergency after the other",
        |city| {
            emergency(city, &until("2022-06-24"));
            put(city, ActName::PublishInEmergency, PublicRow::Risk(until("2022-06-24")));
            city.watch.set(city.watch.now().as_second() + 5 * 86_400);
            emergency(city, &until("2022-07-01"));
            put(city, ActName::PublishInEmergency, PublicRow::Risk(until("2022-07-01")));
        },
        "emergencies ends within days",
    ),
    (
        "a batch that nobody held",
        |city| {
            put(city, ActName::Allow, PublicRow::Allowance(Allowance { alarm: 1, by: commission(city) }));
        },
        "was not held",
    ),
];

fn key(city: &City) -> KeyEntry {
    let at = |day: &str| -> Timestamp { day.parse().unwrap() };
    let (from, until) = (at("2022-06-01T00:00:00Z"), at("2022-12-01T00:00:00Z"));
    KeyEntry { issuer: city.cdc.issuer.clone(), point: city.phone.device_point(), from, until }
}

fn limit(city: &City, per_hour: u32) -> PublicRow {
    let (issuer, kind) = (city.laboratory.issuer.clone(), "test".parse().unwrap());
    PublicRow::Limit(Limit { issuer, kind, per_hour })
}

#[test]
fn what_offices_did_with_one_another_is_done_again_and_what_does_not_follow_is_named() {
    for (what, deed, why) in DEEDS {
        let (city, _) = lived();
        assert!(offices(&city).is_ok(), "what the acts did follows");
        deed(&city);
        let found = offices(&city);
        let last = u64::try_from(log(&city).len()).unwrap();
        match (&found, *why) {
            (Ok(_), "") => {}
            (Err(fault), why) if !why.is_empty() => {
                assert!(fault.why.to_string().contains(why), "{what}: {fault}");
                assert!(fault.entry <= last && fault.entry + 1 >= last, "{what}: {fault} of {last}");
            }
            _ => panic!("{what}: {found:?}"),
        }
    }
}

#[test]
fn what_offices_did_is_counted_and_what_nobody_foresaw_too() {
    let (city, _) = lived();
    let before = offices(&city).unwrap();
    assert!(
        before.agreed > 5 && before.unforeseen > 0,
        "appointments, and rules without a census: {before:?}"
    );
    lets_go(&city, &until("2022-06-20"), (3, 0));
    put(&city, ActName::SetRisk, PublicRow::Risk(until("2022-06-20")));
    put(&city, ActName::SetRisk, PublicRow::Risk(until("2022-06-23")));
    let after = offices(&city).unwrap();
    assert_eq!((after.let_go, after.unforeseen), (before.let_go + 1, before.unforeseen + 1));
    let proposal = Appointment::Key(key(&city));
    city.say(proposal).unwrap();
    assert_eq!(offices(&city).unwrap().agreed, after.agreed + 1);
}
