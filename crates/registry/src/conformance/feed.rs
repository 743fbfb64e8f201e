//! Cases about the feed: what was committed, in order, each as it was then; and the marks of whoever reads it.

use jiff::Timestamp;
use mingma_domain::fact::RetractionReason;

use super::{change, contact, fact, instant, known, listed_code};
use crate::feed::{Added, AsOf, Fed, Mark};
use crate::row::{Amendment, Countersignature, PersonRow, RecordedRetraction, Registration};
use crate::store::{Applied, Store};
use crate::witnessed::Witnessed;

/// With everything witnessed.
const fn at(disputes: Timestamp) -> AsOf {
    AsOf { disputes, witnessed: Witnessed::EVERYTHING }
}

/// Runs the cases; gives how many there were.
pub(super) async fn all<S: Store>(mut fresh: impl FnMut() -> S) -> usize {
    the_feed_tells_each_commitment_as_it_was_then(&fresh()).await;
    the_feed_tells_where_somebody_lived_by_then(&fresh()).await;
    marks_are_replaced_whole_and_the_feed_before_them_is_forgotten(&fresh()).await;
    those_whose_dispute_was_due_are_told_as_they_are_then(&fresh()).await;
    what_is_not_witnessed_is_told_apart_and_not_forgotten(&fresh()).await;
    5
}

fn seen(fed: &Fed) -> (u64, bool, Vec<&'static str>) {
    let kinds = fed.resident.facts.iter().map(|fact| fact.kind().word()).collect();
    (fed.place, fed.resident.home.is_some(), kinds)
}

/// Each place has what counted by it, whatever was committed later; what changes no status has no place.
pub async fn the_feed_tells_each_commitment_as_it_was_then<S: Store>(store: &S) {
    let (who, other) = (known(store, 1).await, known(store, 2).await);
    assert_eq!((store.fed().await, store.feed(0, 9, at(instant())).await), (Ok(0), Ok(vec![])));
    let (test, contact) = (fact(1), contact(2, "cdc:410100"));
    let second = Countersignature { fact: contact.id, issuer: "cdc:1".parse().unwrap(), at: instant() };
    let registration = Registration { home: "410105".parse().unwrap(), initials: None, at: instant() };
    let (issuer, reason) = ("laboratory:410100-07".parse().unwrap(), RetractionReason::WrongPerson);
    let back = RecordedRetraction { fact: test.id, issuer, reason, at: instant() };
    let acts = [
        (who, vec![PersonRow::Fact(test), PersonRow::Fact(contact)]),
        (other, vec![PersonRow::Fact(fact(3))]),
        (who, vec![PersonRow::Countersignature(second)]),
        (who, vec![PersonRow::Code(listed_code(1))]),
        (who, vec![]),
        (who, vec![PersonRow::Registration(registration)]),
        (who, vec![PersonRow::Retraction(back)]),
    ];
    let mut changes = Vec::new();
    for (n, (person, rows)) in (0_u8..).zip(acts) {
        changes.push(change(person, rows, vec![], n));
    }
    let entries: Vec<_> = changes.iter().map(entry_of).collect();
    assert_eq!(store.apply(changes.clone()).await, Ok(vec![Applied::Done; 7]));
    // What was there before leaves no place.
    assert!(matches!(store.apply(changes).await.unwrap()[0], Applied::Exists(_)));
    let fed = store.feed(0, 99, at(instant())).await.unwrap();
    assert_eq!(
        fed.iter().map(seen).collect::<Vec<_>>(),
        [
            (1, false, vec!["test"]),
            (2, false, vec!["test"]),
            (3, false, vec!["test", "contact"]),
            (4, true, vec!["test", "contact"]),
            (5, true, vec!["contact"]),
        ]
    );
    let places = [0, 1, 2, 5, 6].map(|n: usize| entries[n]);
    assert_eq!(fed.iter().map(|fed| (fed.entry, fed.at)).collect::<Vec<_>>(), places);
    assert_eq!(fed.iter().map(|fed| fed.resident.person).collect::<Vec<_>>(), [who, other, who, who, who]);
    assert_eq!(store.feed(1, 2, at(instant())).await.unwrap(), fed[1..3], "a page is the same as the whole");
    assert_eq!((store.fed().await, store.feed(5, 9, at(instant())).await), (Ok(5), Ok(vec![])));
}

/// Each place has the home that held by it; initials alone have a place too, for what they stand with decides where somebody lives.
pub async fn the_feed_tells_where_somebody_lived_by_then<S: Store>(store: &S) {
    let who = known(store, 1).await;
    let home = |code: &str| code.parse().unwrap();
    let registration = Registration { home: home("410105"), initials: None, at: instant() };
    let moved = |number, to| {
        let by = "staff-7".parse().unwrap();
        PersonRow::Amendment(Amendment { number, home: home(to), initials: None, by, at: instant() })
    };
    let acts =
        [vec![PersonRow::Registration(registration)], vec![moved(1, "110101")], vec![moved(2, "450902")]];
    let changes = (0_u8..).zip(acts).map(|(n, rows)| change(who, rows, vec![], n)).collect();
    assert_eq!(store.apply(changes).await, Ok(vec![Applied::Done; 3]));
    let fed = store.feed(0, 9, at(instant())).await.unwrap();
    let homes: Vec<_> = fed.iter().map(|fed| fed.resident.home.map(mingma_domain::Region::code)).collect();
    assert_eq!(homes, [Some("410105"), Some("110101"), Some("450902")]);
    let later = store.later(who, 0).await.unwrap();
    let added: Vec<_> = later.iter().flat_map(|later| later.added.iter().copied()).collect();
    assert_eq!(added, [Added::Registration, Added::Amendment(1), Added::Amendment(2)]);
    let [.., newest] = &later[..] else { panic!("{later:?}") };
    let as_of = AsOf { disputes: instant(), witnessed: newest.number - 1 };
    let fed = store.feed(2, 9, as_of).await.unwrap();
    let beyond = fed[0].resident.beyond.as_ref().unwrap();
    assert_eq!(beyond.home().map(mingma_domain::Region::code), Some("450902"));
    assert_eq!(beyond.later.len(), 1, "it may wait for its witnesses");
}

fn entry_of(change: &crate::store::Change) -> (crate::id::EntryId, Timestamp) {
    let crate::store::Change::Person { entry, .. } = change else { panic!("{change:?}") };
    (entry.id, entry.at)
}

fn mark_at((publication, place): (u64, u64), witnessed: u64) -> Mark {
    Mark { publication, day: "2022-06-13".parse().unwrap(), place, witnessed, at: instant() }
}

/// Places go on after what was forgotten.
pub async fn marks_are_replaced_whole_and_the_feed_before_them_is_forgotten<S: Store>(store: &S) {
    let who = known(store, 1).await;
    assert_eq!(store.marks().await, Ok(vec![]));
    for n in 1..=4 {
        store.apply(vec![change(who, vec![PersonRow::Fact(fact(n))], vec![], n)]).await.unwrap();
    }
    let whole = store.feed(0, 9, at(instant())).await.unwrap();
    let mark = |publication, place| mark_at((publication, place), Witnessed::EVERYTHING);
    let marks = vec![mark(7, 2), mark(8, 3), mark(8, 3)];
    store.mark(marks[0], marks[1..].to_vec()).await.unwrap();
    assert_eq!(store.marks().await, Ok(marks));
    assert_eq!(store.feed(2, 9, at(instant())).await.unwrap(), whole[2..]);
    store.mark(mark(9, 4), vec![]).await.unwrap();
    assert_eq!((store.marks().await, store.fed().await), (Ok(vec![mark(9, 4)]), Ok(4)));
    store.apply(vec![change(who, vec![PersonRow::Fact(fact(5))], vec![], 5)]).await.unwrap();
    let next = store.feed(4, 9, at(instant())).await.unwrap();
    assert_eq!(next.iter().map(|fed| (fed.place, fed.resident.facts.len())).collect::<Vec<_>>(), [(5, 5)]);
}

/// Nobody committed anything when a time is over; so those are asked for.
pub async fn those_whose_dispute_was_due_are_told_as_they_are_then<S: Store>(store: &S) {
    let due = |hours| instant() + jiff::SignedDuration::from_hours(hours);
    for n in [2, 1, 3] {
        let who = known(store, n).await;
        let id = crate::id::AppealId::new(instant(), [n; 10]);
        let (fact, ground) = (fact(1).id, crate::words::Ground::NotMe);
        let opened = crate::row::AppealOpened { id, fact, ground, at: instant(), due: due(i64::from(n)) };
        let rows =
            vec![PersonRow::Fact(super::fact(1)), PersonRow::Fact(super::fact(2)), PersonRow::Appeal(opened)];
        store.apply(vec![change(who, rows, vec![], n)]).await.unwrap();
    }
    let told = async |from, to, place| -> Vec<(crate::PersonId, usize)> {
        let lapsed = store.lapsed(place, (due(from), due(to)), Witnessed::EVERYTHING).await.unwrap();
        lapsed.into_iter().map(|resident| (resident.person, resident.facts.len())).collect()
    };
    assert_eq!(told(0, 2, 3).await, [(super::person(1), 1), (super::person(2), 1)]);
    assert_eq!(told(2, 3, 3).await, [(super::person(3), 1)], "not the first instant, but the second");
    assert_eq!(told(0, 1, 1).await, [(super::person(1), 0)], "by then nothing of the first was committed");
    assert_eq!(told(3, 9, 3).await, []);
    let fed = store.feed(0, 9, at(due(1))).await.unwrap();
    assert_eq!(fed.iter().map(|fed| fed.resident.facts.len()).collect::<Vec<_>>(), [2, 1, 2]);
}

/// Entries above a number are told with their person's record, and outlast the marks until they are witnessed.
pub async fn what_is_not_witnessed_is_told_apart_and_not_forgotten<S: Store>(store: &S) {
    let (one, two) = (known(store, 1).await, known(store, 2).await);
    // The second entry is one about nobody's status: numbers run ahead of places.
    let acts = [
        (one, vec![PersonRow::Fact(fact(1))]),
        (one, vec![]),
        (two, vec![PersonRow::Fact(fact(2))]),
        (one, vec![PersonRow::Fact(fact(3)), PersonRow::Fact(fact(4))]),
    ];
    for (n, (person, rows)) in (1..).zip(acts) {
        assert_eq!(store.apply(vec![change(person, rows, vec![], n)]).await, Ok(vec![Applied::Done]));
    }
    let numbers = async |person, witnessed| -> Vec<u64> {
        store.later(person, witnessed).await.unwrap().iter().map(|entry| entry.number).collect()
    };
    assert_eq!((numbers(one, 0).await, numbers(two, 0).await), (vec![1, 4], vec![3]));
    assert_eq!((numbers(one, 1).await, numbers(two, 3).await), (vec![4], vec![]));
    let last = store.later(one, 1).await.unwrap().remove(0);
    let own = store.entries(Some(one)).await.unwrap();
    assert!(own.iter().any(|entry| (entry.id, entry.at) == (last.entry, last.at)));
    assert_eq!(last.added, [fact(3).id, fact(4).id].map(Added::Fact).into());

    let as_of = |witnessed| AsOf { disputes: instant(), witnessed };
    let beyond = |fed: &Fed| {
        let record = fed.resident.beyond.as_ref()?;
        let later = record.later.iter().map(|entry| entry.number).collect::<Vec<_>>();
        Some((record.facts.len(), later))
    };
    let fed = store.feed(0, 9, as_of(1)).await.unwrap();
    assert_eq!(fed.iter().map(|fed| (fed.place, fed.number)).collect::<Vec<_>>(), [(1, 1), (2, 3), (3, 4)]);
    let none: Option<(usize, Vec<u64>)> = None;
    assert_eq!(fed.iter().map(beyond).collect::<Vec<_>>(), [none, Some((1, vec![3])), Some((3, vec![4]))]);
    // As of a place, what came behind it is neither there nor among what may wait.
    let then = store.resident(one, 2, as_of(0)).await.unwrap();
    assert_eq!((then.facts.len(), then.beyond.unwrap().later.len()), (1, 1));
    let now = store.resident(one, 3, as_of(4)).await.unwrap();
    assert_eq!((now.facts.len(), now.beyond), (3, None));
    let lapsed = async |place, witnessed| -> Vec<crate::PersonId> {
        let lapsed = store.lapsed(place, (instant(), instant()), witnessed).await.unwrap();
        lapsed.into_iter().map(|resident| resident.person).collect()
    };
    assert_eq!(
        (lapsed(3, 0).await, lapsed(3, 3).await, lapsed(2, 3).await),
        (vec![one, two], vec![one], vec![])
    );

    // The census has taken in everything, of which the second half is not witnessed.
    store.mark(mark_at((0, 3), 1), vec![]).await.unwrap();
    assert_eq!(store.marks().await.unwrap()[0].witnessed, 1);
    assert_eq!((numbers(one, 0).await, numbers(two, 0).await), (vec![4], vec![3]));
    store.mark(mark_at((0, 3), 4), vec![]).await.unwrap();
    assert_eq!(numbers(two, 0).await, Vec::<u64>::new(), "and when it is, it goes");
}
