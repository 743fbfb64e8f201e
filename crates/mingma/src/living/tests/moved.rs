//! People move: each is told once of a status that is another for it, and what they hold that says where they lived ends.

use mingma_registry::Applied;
use mingma_registry::row::Amendment;
use mingma_registry::words::Mover;

use super::*;

/// Rules of another region, by which nobody is red but a close contact.
const MILD: &str = r#"
[ruleset]
id = "mild"
region = "610000"
zone = "Asia/Shanghai"
effect = 2021-12-01
sunset = 2022-12-01
title = { zh-Hans = "示例", zh-Hant = "示例", en = "An example" }
authority = { zh-Hans = "示例", zh-Hant = "示例", en = "An example" }

[[rule]]
code = "A1"
color = "red"
article = "1"
when = { fact = "contact", value = "close", within_days = 7 }
text = { zh-Hans = "密切接触者", zh-Hant = "密切接觸者", en = "You are a close contact." }
clears = { zh-Hans = "满 7 天", zh-Hant = "滿 7 天", en = "It ends after day 7." }
"#;

impl House {
    /// The person lets a worker help, and lives elsewhere from now on.
    pub(super) fn moves(&self, n: u8, home: &str) {
        let at = self.clock.now();
        let former = block_on(self.store.record(person(n))).unwrap();
        let number = former.amendments.last().map_or(1, |last| last.number + 1);
        let (home, by) = (home.parse().unwrap(), "worker-1".parse().unwrap());
        let row = PersonRow::Amendment(Amendment { number, home, initials: None, by, at });
        for (act, rows) in [(ActName::Assist, Vec::new()), (ActName::Amend, vec![row])] {
            let entry = Entry::about(&SystemRng, act, at, person(n), &rows).unwrap();
            let change = Change::Person { person: person(n), rows, notices: Vec::new(), entry };
            assert_eq!(block_on(self.store.apply(vec![change])).unwrap(), [Applied::Done]);
        }
    }
}

#[test]
fn whoever_moves_is_told_once_and_what_they_hold_ends_whichever_write_the_process_dies_at() {
    let mut deaths = 0;
    for writes in 0.. {
        let mut house = House::new();
        house.publish(PublicRow::Ruleset(RulesetEntry {
            region: "610000".parse().unwrap(),
            id: "mild".to_owned(),
            rules: MILD.to_owned(),
            examples: EXAMPLES.to_owned(),
        }));
        house.positive(1);
        assert!(!house.follow(usize::MAX, true).0);
        // One is red no more where they live now; for one nothing changes; one leaves for where there are no rules.
        for (n, home) in [(1, "610100"), (2, "610100"), (3, "110101")] {
            house.clock.0.fetch_add(1, Ordering::SeqCst);
            house.moves(n, home);
        }
        deaths += usize::from(house.follow(writes, true).0);
        house.follow(1, true);
        let (_, seen) = house.follow(usize::MAX, true);
        assert_eq!(seen, house.assessed(), "{writes}");
        assert_eq!(seen[..4], [GREEN, GREEN, None, GREEN], "{writes}");
        // Whose status stays what it was is told of no other; their code ends with the act itself.
        assert_eq!(house.became()[..4], [(1, 1), (0, 0), (1, 1), (0, 0)], "{writes}");
        let counted = block_on(house.store.moved(0, i64::MAX)).unwrap();
        let by: Vec<_> = counted.iter().map(|on| (on.moved.by, on.moved.is_worse, on.persons)).collect();
        assert_eq!(by, [(Mover::Move, false, 2)], "{writes}");
        if deaths < writes + 1 {
            assert!(writes > 2, "{writes} writes");
            return;
        }
    }
}
