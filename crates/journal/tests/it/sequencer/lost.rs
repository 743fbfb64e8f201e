//! The log taken up again where its newest files end, after a disk that is gone.

use mingma_journal::sequencer::GivenUp;

use super::*;

/// What was there at a time, as a backup holds it.
type Kept = (BTreeMap<(String, TilePath), Vec<u8>>, BTreeMap<String, Vec<u8>>, usize);

fn backed_up(world: &World) -> Kept {
    (world.tiles.borrow().clone(), world.published.borrow().clone(), world.acts.borrow().len())
}

/// The disk as it was, with the signer's memory as it is.
fn restored(world: &World, (tiles, published, acts): Kept) {
    *world.tiles.borrow_mut() = tiles;
    *world.published.borrow_mut() = published;
    world.acts.borrow_mut().truncate(acts);
}

/// Rounds until nothing waits.
fn settled(world: &Shared, quarter: &str) {
    let mut running = process(world);
    while running.round(q(quarter)).unwrap().more {}
}

#[test]
fn what_is_lost_for_good_is_given_up_once_and_only_then() {
    for (before, after) in [("2022q2", "2022q2"), ("2022q2", "2022q3")] {
        let world = Shared::default();
        world.commit(300);
        settled(&world, before);
        // Committed and not in the log yet: the backup's database has it, and it comes after the log's end.
        world.commit(2);
        let kept = backed_up(&world);
        settled(&world, after);
        world.commit(7);
        settled(&world, after);
        assert_eq!(process(&world).give_up(), Err(Fault::NothingLost), "nothing is missing");

        restored(&world, kept);
        assert!(process(&world).round(q(after)).is_err(), "the signer forks nothing by itself");
        assert_eq!(process(&world).give_up(), Ok(GivenUp { signed: 309, kept: 300 }));
        world.seen.borrow_mut().clear();
        world.commit(1);
        settled(&world, after);
        inspect(&world, after);
        assert_eq!(process(&world).give_up(), Err(Fault::NothingLost), "once");
    }
}

#[test]
fn an_end_that_is_damaged_or_another_databases_is_not_gone_on_from() {
    let world = Shared::default();
    world.commit(5);
    settled(&world, "2022q2");
    let kept = backed_up(&world);
    world.commit(5);
    settled(&world, "2022q2");
    restored(&world, kept);
    let signed = world.memory.borrow().clone();

    let other = act(Hash::leaf(b"another"));
    let own = std::mem::replace(&mut world.acts.borrow_mut()[4], other);
    assert_eq!(process(&world).give_up(), Err(Fault::AnotherDatabase { number: 5 }));
    world.acts.borrow_mut()[4] = own;
    for bytes in world.tiles.borrow_mut().values_mut() {
        bytes[7] ^= 1;
    }
    assert!(matches!(process(&world).give_up(), Err(Fault::Tiles(_))));
    world.published.borrow_mut().clear();
    assert_eq!(process(&world).give_up(), Err(Fault::NothingLeft));
    assert_eq!(*world.memory.borrow(), signed, "nothing was given up");
}
