//! What was published ahead is told, and counted, on its day as what it is.

use mingma_domain::time::Day;
use mingma_registry::Book;
use mingma_registry::acts::{Causes, TransitCause};
use mingma_registry::row::Moved;
use mingma_registry::words::Mover;

use super::*;

impl House {
    /// What each notice of another status tells the person to be its cause, in the order of time.
    fn causes(&self, n: u8) -> Vec<TransitCause> {
        let published = block_on(self.store.publications(0, u32::MAX)).unwrap();
        let book = Book::default().with(published).unwrap();
        let entries = block_on(self.store.entries(Some(person(n)))).unwrap();
        let causes = Causes::of(person(n), &book, &entries);
        let mut notices = block_on(self.store.notices(person(n))).unwrap();
        notices.sort_by_key(|(notice, _)| notice.created);
        notices.iter().map(|(notice, _)| causes.behind(notice).unwrap()).collect()
    }

    fn is_high(&self, region: &str, from: &str) {
        let (region, from) = (region.parse().unwrap(), from.parse().unwrap());
        self.publish(PublicRow::Risk(RegionRisk { region, level: Level::High, from, until: None }));
    }

    /// The program sees what there is to see, and dies over it a few times.
    fn is_seen(&self) {
        for writes in [0, 1, 2, usize::MAX] {
            self.follow(writes, true);
        }
    }

    fn stayed(&mut self, n: u8, region: &str, (at, until): (&str, &str)) {
        let raw = RawFact {
            kind: "stay",
            value: "declared",
            at,
            until,
            region,
            issuer: "self",
            ..RawFact::default()
        };
        self.fact(n, raw);
    }
}

#[test]
fn what_was_published_ahead_is_told_on_its_day_as_what_it_is_and_the_day_alone_as_the_day() {
    let mut house = House::new();
    house.is_high("440105", "2021-12-01");
    house.was_in(1, "440105");
    // Red until the 12th by the rules of today, and yellow from then on.
    house.stayed(2, "440105", ("2021-12-22", "2021-12-22"));
    house.stayed(3, "440106", ("2022-01-08", "2022-01-20"));
    assert!(!house.follow(usize::MAX, true).0);
    // From the 12th on whoever was in an area at high risk is yellow, and on the 13th another area is one.
    let (head, a7) = RULES.split_once("code = \"A7\"\ncolor = \"red\"").unwrap();
    let milder = format!("{head}code = \"A7\"\ncolor = \"yellow\"{a7}");
    let milder = milder.replacen("id = \"2021-12\"", "id = \"2022-01\"", 1);
    house.publish(PublicRow::Ruleset(RulesetEntry {
        region: "450000".parse().unwrap(),
        id: "2022-01".to_owned(),
        rules: milder.replacen("effect = 2021-12-24", "effect = 2022-01-12", 1),
        examples: EXAMPLES.to_owned(),
    }));
    house.is_high("440106", "2022-01-13");
    house.is_seen();
    assert_eq!(house.became(), [(0, 0); 6], "its day has not come");
    for _ in 0..2 {
        house.clock.0.fetch_add(2 * 86_400, Ordering::SeqCst);
        house.is_seen();
    }
    let (_, seen) = house.follow(usize::MAX, true);
    let yellow = Some(Outcome::Code(Color::Yellow));
    assert_eq!((&seen[..3], &seen), (&[yellow; 3][..], &house.assessed()));
    let twelfth: Day = "2022-01-12".parse().unwrap();
    let expected = [TransitCause::Rule(3), TransitCause::Turn(twelfth), TransitCause::Risk(4)];
    assert_eq!([1, 2, 3].map(|n| house.causes(n)), expected.map(|cause| vec![cause]));
    let day = house.clock.now().as_second().div_euclid(86_400);
    let moved = block_on(house.store.moved(day - 9, day + 1)).unwrap();
    let mut counted: Vec<_> = moved.iter().map(|on| (on.moved, on.persons)).collect();
    counted.sort_unstable();
    let by = |by, is_worse| (Moved { by, is_worse }, 1);
    let mut expected = [by(Mover::Rule, false), by(Mover::Turn, false), by(Mover::Risk, true)];
    expected.sort_unstable();
    assert_eq!(counted, expected);
}
