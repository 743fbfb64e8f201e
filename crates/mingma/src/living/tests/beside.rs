//! Whoever looks at everybody holds up nobody who is to be told; and what is planned aside tells the same.

use std::sync::mpsc;

use mingma_census::Work;

use super::*;

/// A follower that runs until the test ends it.
struct Running {
    living: Arc<Living>,
    process: tokio::runtime::Runtime,
    end: watch::Sender<bool>,
    following: tokio::task::JoinHandle<()>,
}

impl House {
    fn running(&self) -> Running {
        let store = Arc::new(Dying::after(Arc::clone(&self.store), usize::MAX, true));
        let living = Arc::<Living>::default();
        let (app, zone) = (self.app(&store), Zone::named("Asia/Shanghai").unwrap());
        let follower = Follower { app, data: self.path().to_owned(), zone, living: Arc::clone(&living) };
        let process =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
        let (end, ends) = watch::channel(false);
        let following = process.spawn(follower.run(ends));
        Running { living, process, end, following }
    }
}

impl Running {
    fn until(&self, what: &str, is_so: impl Fn(&Living) -> bool) {
        let mut patience = 6_000;
        while !is_so(&self.living) {
            std::thread::sleep(Duration::from_millis(5));
            patience -= 1;
            assert!(patience > 0, "{what}");
        }
    }

    fn is_planned(living: &Living) -> bool {
        living.read().is_some_and(|now| now.as_ref().is_some_and(|now| now.ledger.is_planned()))
    }

    fn end(self) {
        self.end.send(true).unwrap();
        self.process.block_on(self.following).unwrap();
    }
}

#[test]
fn a_look_that_is_under_way_holds_up_nobody_who_is_to_be_told() {
    let mut house = House::new();
    house.risk("440105");
    let running = house.running();
    running.until("it is never built", |living| living.look().is_some());
    // A look stops in the middle of its work until the test lets it go on.
    let (reached, is_there) = mpsc::channel();
    let (go_on, goes_on) = mpsc::channel::<()>();
    let goes_on = std::sync::Mutex::new(goes_on);
    let living = Arc::clone(&running.living);
    let looking = std::thread::spawn(move || {
        let stop = |_, _| {
            reached.send(()).unwrap();
            goes_on.lock().unwrap().recv().unwrap();
        };
        let look = living.look().unwrap().look;
        look.turned(look.cursor().day.plus(1), &|_| true, &Work::default().telling(&stop)).unwrap().changed()
    });
    is_there.recv().unwrap();
    house.was_in(1, "440105");
    running.until("nobody is told", |_| house.became()[0] == (1, 1));
    assert!(!looking.is_finished());
    go_on.send(()).unwrap();
    assert_eq!(looking.join().unwrap(), 0, "it saw what was when it began");
    running.end();
    assert_eq!(house.became()[1..], [(0, 0); 5]);
}

#[test]
fn what_is_planned_aside_is_told_at_the_turn_once_and_to_nobody_else() {
    let mut house = House::new();
    house.was_in(1, "440105");
    house.risk("440105");
    let running = house.running();
    running.until("it is never planned", Running::is_planned);
    // Somebody comes after the plan, and another law makes it anew.
    house.was_in(2, "440105");
    house.risk("440106");
    let fed = block_on(house.store.fed()).unwrap();
    running.until("it is not planned anew", |living| {
        living.state().place == fed && living.state().waiting == 0 && Running::is_planned(living)
    });
    assert_eq!(house.became()[..3], [(0, 0), (1, 1), (0, 0)]);
    house.clock.0.fetch_add(42 * 86_400, Ordering::SeqCst);
    running.until("nobody is told of the turn", |_| {
        house.became()[..2].iter().map(|(told, _)| *told).eq([2, 3])
    });
    running.end();
    assert_eq!(house.became()[2..], [(0, 0); 4]);
    let (_, seen) = house.follow(usize::MAX, true);
    assert_eq!(seen, house.assessed());
    assert_eq!(seen[..2], [GREEN, GREEN]);
}
