//! The public acts that are kept, and the staff list, are what the journal commits to: whatever somebody changes, adds or takes away is
//! found, and nothing is believed of it.

use std::sync::Arc;
use std::sync::Mutex;

use async_trait::async_trait;
use mingma_domain::risk::RegionRisk;
use mingma_domain::time::Zone;
use mingma_registry::StoreError;
use mingma_registry::acts::purge;
use mingma_registry::journal::{PublicEdited, public_is_held};
use mingma_registry::memory::MemoryStore;
use mingma_registry::row::PublicRow;
use mingma_registry::store::{self, Layer, Published};
use mingma_registry::words::Capacity;
use mingma_registry::{Book, Store};
use pollster::block_on;

use crate::house::{City, NOON};

/// What somebody makes of the public acts.
type Edit = fn(&mut Vec<Published>);

/// A store in whose public acts somebody has written.
struct Edited {
    store: MemoryStore,
    edit: Edit,
}

#[async_trait]
impl Layer for Edited {
    type Below = MemoryStore;

    fn below(&self) -> Result<&MemoryStore, StoreError> {
        Ok(&self.store)
    }

    async fn publications(&self, after: u64, limit: u32) -> Result<Vec<Published>, StoreError> {
        let mut acts = self.store.publications(after, limit).await?;
        (self.edit)(&mut acts);
        Ok(acts)
    }
}

fn is_key(act: &Published) -> bool {
    matches!(act.row, PublicRow::Key(_))
}

const EDITS: [(&str, Edit); 7] = [
    ("a key is exchanged for one's own", |acts| {
        let points: Vec<_> = acts
            .iter()
            .filter_map(|act| if let PublicRow::Key(key) = &act.row { Some(key.point) } else { None })
            .collect();
        let key = acts.iter_mut().find(|act| is_key(act)).unwrap();
        if let PublicRow::Key(key) = &mut key.row {
            key.point = *points.last().unwrap();
        }
    }),
    ("a rule is changed for one street", |acts| {
        for act in acts {
            if let PublicRow::Ruleset(rules) = &mut act.row {
                rules.rules.push_str("\n# and one street more\n");
            }
        }
    }),
    ("a region's risk is raised", |acts| {
        let region = "410105".parse().unwrap();
        let (level, from) = ("high".parse().unwrap(), "2022-06-01".parse().unwrap());
        let last = acts.last().unwrap().clone();
        let row = PublicRow::Risk(RegionRisk { region, level, from, until: None });
        acts.push(Published { number: last.number + 1, row, ..last });
    }),
    ("an old act is put down again under the next number", |acts| {
        let number = acts.last().unwrap().number + 1;
        let old = acts.iter().find(|act| is_key(act)).unwrap().clone();
        acts.push(Published { number, ..old });
    }),
    ("the last act is taken away", |acts| drop(acts.pop())),
    ("an act is taken away from between", |acts| {
        let place = acts.iter().position(is_key).unwrap();
        acts.remove(place);
    }),
    ("two acts change places", |acts| {
        let keys: Vec<usize> =
            acts.iter().enumerate().filter(|(_, act)| is_key(act)).map(|(place, _)| place).collect();
        let (one, other) = (acts[keys[0]].row.clone(), acts[keys[1]].row.clone());
        (acts[keys[0]].row, acts[keys[1]].row) = (other, one);
    }),
];

#[test]
fn what_is_written_into_the_public_acts_is_found_and_named() {
    let city = City::new();
    city.watch.set(NOON + 9 * 86_400);
    block_on(purge(&city.registry, Zone::named("Asia/Shanghai").unwrap(), false)).unwrap();
    assert_eq!(block_on(public_is_held(&city.store)), Ok(()), "also after a night");
    for (what, edit) in EDITS {
        let edited = Edited { store: city.store.clone(), edit };
        let found = block_on(public_is_held(&edited)).unwrap_err();
        assert!(matches!(found, PublicEdited::Act { .. } | PublicEdited::Entry { .. }), "{what}: {found}");
    }
}

#[test]
fn a_public_act_that_no_entry_commits_to_is_left_out_of_the_book_and_told() {
    let city = City::new();
    let genuine = block_on(city.store.published(0)).unwrap();
    for (what, edit) in EDITS.into_iter().take(4) {
        let told = Arc::new(Mutex::new(0));
        let hears = Arc::clone(&told);
        let below = Edited { store: city.store.clone(), edit };
        let store = store::Proven::new(below, Arc::new(city.watch.clone()), move |edited| {
            *hears.lock().unwrap() += edited.acts;
        });
        let read = block_on(Store::published(&store, 0)).unwrap();
        assert!(read.iter().all(|act| genuine.contains(act)), "{what}");
        assert_eq!(*told.lock().unwrap(), 1, "{what}");
        assert!(Book::default().with(read).is_ok());
    }
}

/// A store that counts how often it is asked for anything.
struct Asked {
    store: MemoryStore,
    asked: Arc<Mutex<usize>>,
}

impl Layer for Asked {
    type Below = MemoryStore;

    fn below(&self) -> Result<&MemoryStore, StoreError> {
        *self.asked.lock().unwrap() += 1;
        Ok(&self.store)
    }
}

#[test]
fn entries_are_asked_for_by_acts_that_were_not_held_before_alone() {
    let city = City::new();
    let asked = Arc::new(Mutex::new(0));
    let below = Asked { store: city.store.clone(), asked: Arc::clone(&asked) };
    let store = store::Proven::new(below, Arc::new(city.watch.clone()), |edited| panic!("{edited:?}"));
    // The acts alone, or their entries, too.
    let read = || {
        let before = *asked.lock().unwrap();
        let acts = block_on(Store::published(&store, 0)).unwrap().len();
        (acts, *asked.lock().unwrap() - before)
    };
    let (acts, first) = read();
    assert_eq!((first, read(), read()), (3, (acts, 1), (acts, 1)));
    city.entitle(&city.cdc, Capacity::Submit, "isolation");
    let (more, then) = read();
    assert!(more > acts);
    assert_eq!((then, read()), (3, (more, 1)));
}
