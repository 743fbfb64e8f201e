//! A person is told of a transition once, however often it is found.

use jiff::Timestamp;
use mingma_domain::risk::{Level, RegionRisk};
use mingma_registry::acts::{Causes, SetRisk, Transit, TransitCause, set_risk, transit};
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::words::NoticeKind;
use pollster::block_on;

use crate::house::{City, NOON, commissioner};

#[test]
fn a_transition_is_told_once_and_two_causes_are_two() {
    let city = City::new();
    let (one, two) = (city.resident(1), city.resident(2));
    let at = Timestamp::from_second(NOON).unwrap();
    let of = |person, cause| Transit { person, at, cause, is_worse: true };
    let found = [of(one, TransitCause::Risk(7)), of(two, TransitCause::Risk(7))];
    assert_eq!(block_on(transit(&city.registry, &found)), Ok(found.to_vec()));
    // A process died before it wrote down that it had told them, and another tells them again with one more.
    let again = [found[0], found[1], of(one, TransitCause::Turn("2022-06-14".parse().unwrap()))];
    let new = block_on(transit(&city.registry, &again)).unwrap();
    assert_eq!(new.len(), 1, "what was told before is not counted again");
    let told = block_on(city.registry.store().due(Timestamp::MAX, 10)).unwrap();
    let changed: Vec<_> = told.iter().filter(|(n, _)| n.kind == NoticeKind::StatusChanged).collect();
    assert_eq!(changed.len(), 3);
    let causes = [
        TransitCause::Rule(7),
        TransitCause::Risk(7),
        TransitCause::Turn("2022-06-14".parse().unwrap()),
        TransitCause::Turn("2022-06-15".parse().unwrap()),
        TransitCause::Fact(mingma_registry::EntryId::new(at, [7; 10])),
    ];
    let ids: std::collections::BTreeSet<_> =
        causes.iter().flat_map(|cause| [one, two].map(|who| of(who, *cause).notice().id)).collect();
    assert_eq!(ids.len(), 10);
}

#[test]
fn a_notice_of_a_change_leads_back_to_what_made_it_and_to_nothing_else() {
    let city = City::new();
    let (one, two) = (city.resident(1), city.resident(2));
    let store = city.registry.store();
    let risk = RegionRisk {
        region: "410105".parse().unwrap(),
        level: Level::High,
        from: "2022-06-10".parse().unwrap(),
        until: None,
    };
    let wish = authorize(commissioner(), Purpose::Publication, SetRisk(risk)).unwrap();
    block_on(set_risk(&city.registry, wish)).unwrap();
    let book = block_on(city.registry.book()).unwrap();
    let entries = block_on(store.entries(Some(one))).unwrap();
    let (rules, (act, _)) = (book.rulesets()[0].number.0, book.risk_acts().next().unwrap());
    assert_ne!(act, rules);
    let causes = Causes::of(one, &book, &entries);
    // The same instant lies on the 12th, the 13th or the 14th, by where it is.
    let at = Timestamp::from_second(NOON).unwrap();
    let behind = |person, cause| causes.behind(&Transit { person, at, cause, is_worse: true }.notice());
    let day = |day: &str| TransitCause::Turn(day.parse().unwrap());
    let known = [TransitCause::Rule(rules), TransitCause::Risk(act), TransitCause::Fact(entries[0].id)];
    for cause in known.into_iter().chain([day("2022-06-12"), day("2022-06-13"), day("2022-06-14")]) {
        assert_eq!(behind(one, cause), Some(cause));
        assert_eq!(behind(two, cause), None, "another's notice is not the person's");
    }
    let others = block_on(store.entries(Some(two))).unwrap();
    let unknown = [TransitCause::Rule(act), TransitCause::Risk(rules), TransitCause::Fact(others[0].id)];
    for cause in unknown.into_iter().chain([day("2022-06-11"), day("2022-06-15")]) {
        assert_eq!(behind(one, cause), None, "{cause:?}");
    }
}
