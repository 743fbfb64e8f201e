//! The quarter turns while the witnesses are away, and the process ends.

use super::*;

#[test]
fn what_was_published_stays_published_where_a_quarter_turns_without_its_witnesses() {
    for (committed, all) in [(0, 3), (2, 5)] {
        let world = Shared::default();
        world.commit(3);
        let mut running = process(&world);
        assert_eq!(running.round(q("2022q2")).unwrap().published, 3);
        world.alone.set(true);
        world.commit(committed);
        let round = running.round(q("2022q3")).unwrap();
        assert_eq!((round.published, round.unwitnessed), (3, true));
        // Another process reads it from the disk alone: the head of the quarter is remembered and not published.
        assert_eq!(process(&world).round(q("2022q3")).unwrap().published, 3, "{committed}");
        world.alone.set(false);
        assert_eq!(process(&world).round(q("2022q3")).unwrap().published, all);
    }
}
