//! A person is told of a transition once, however often it is found.

use jiff::Timestamp;
use mingma_registry::acts::{Transit, TransitCause, transit};
use mingma_registry::words::NoticeKind;
use pollster::block_on;

use crate::house::{City, NOON};

#[test]
fn a_transition_is_told_once_and_two_causes_are_two() {
    let city = City::new();
    let (one, two) = (city.resident(1), city.resident(2));
    let at = Timestamp::from_second(NOON).unwrap();
    let of = |person, cause| Transit { person, at, cause };
    let found = [of(one, TransitCause::Risk(7)), of(two, TransitCause::Risk(7))];
    assert_eq!(block_on(transit(&city.registry, &found)), Ok(2));
    // A process died before it wrote down that it had told them, and another tells them again with one more.
    let again = [found[0], found[1], of(one, TransitCause::Turn("2022-06-14".parse().unwrap()))];
    assert_eq!(block_on(transit(&city.registry, &again)), Ok(1));
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
