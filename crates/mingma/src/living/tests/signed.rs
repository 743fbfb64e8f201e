//! What is signed in the same stretch in which the day or the law makes it wait, and codes that were given while it did.

use super::*;

impl House {
    /// From now on a quorum is asked for, which has signed everything so far.
    fn asks_witnesses(&mut self) {
        self.witnessed = Arc::new(Witnessed::nothing_yet());
        self.sign();
        assert!(!self.follow(usize::MAX, true).0);
        assert_eq!(self.became(), [(0, 0); 6], "it begins with what is now");
    }

    /// The witnesses sign all that was committed.
    fn sign(&self) {
        let entries = block_on(self.store.journal(0, u32::MAX)).unwrap();
        self.witnessed.reach(entries.last().unwrap().number);
    }

    fn seen(&self) -> Vec<Option<Outcome>> {
        let (died, seen) = self.follow(usize::MAX, true);
        assert!(!died);
        seen
    }
}

#[test]
fn what_the_day_makes_wait_counts_when_it_was_signed_in_the_same_stretch() {
    for by_law in [false, true] {
        let mut house = House::new();
        house.was_in(1, "440105");
        house.risk("440105");
        house.asks_witnesses();
        // Harmless beside the stay, and not signed yet.
        house.positive(1);
        assert_eq!(house.seen()[0], RED);
        assert_eq!(house.became()[0].0, 0);
        // The stay ends with the days or with the risk, while the program is off; and the witnesses sign.
        if by_law {
            let (region, from) = ("440105".parse().unwrap(), "2022-01-02".parse().unwrap());
            house.publish(PublicRow::Risk(RegionRisk { region, level: Level::Low, from, until: None }));
        } else {
            house.clock.0.fetch_add(42 * 86_400, Ordering::SeqCst);
        }
        house.sign();
        let seen = house.seen();
        assert_eq!(seen[0], RED, "{by_law}");
        assert_eq!(seen, house.assessed(), "{by_law}");
        let told = house.became()[0].0;
        assert!(told >= 2, "that it was better without, and that it is not: {told}");
        assert_eq!(house.seen()[0], RED);
        assert_eq!(house.became()[0].0, told, "once");
        assert_eq!(block_on(house.store.marks()).unwrap().len(), 1, "it is at rest");
    }
}

#[test]
fn a_code_that_was_given_while_something_waited_is_revoked_when_it_is_signed_whatever_the_census_said() {
    for is_read_before in [true, false] {
        let mut house = House::new();
        house.risk("440105");
        let disputed = house.was_in(1, "440105");
        house.asks_witnesses();
        let at = house.clock.now();
        let (id, due) = (AppealId::new(at, house.chance()), at + SignedDuration::from_hours(2));
        house.add(1, PersonRow::Appeal(AppealOpened { id, fact: disputed, ground: Ground::NotMe, at, due }));
        // Nobody answers: the acts see that at once, the census at the end of the day.
        house.clock.0.fetch_add(3 * 3_600, Ordering::SeqCst);
        house.sign();
        assert_eq!((house.seen()[0], house.assessed()[0]), (RED, GREEN));
        assert_eq!(house.became()[0].1, 0);
        house.holds_green(1);
        house.positive(1);
        assert_eq!(house.assessed()[0], GREEN, "it waits");
        if is_read_before {
            assert_eq!(house.seen()[0], RED);
            assert_eq!(house.became()[0].1, 0);
        }
        house.sign();
        assert_eq!((house.seen()[0], house.assessed()[0]), (RED, RED));
        assert_eq!(house.became()[0].1, 2, "{is_read_before}: also the one from before the dispute");
    }
}
