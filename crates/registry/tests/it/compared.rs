//! All that is kept of a person against the journal, also what decides nothing: what was taken out, put in or changed is named by its entry.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::SignedDuration;
use mingma_domain::time::Zone;
use mingma_registry::acts::purge;
use mingma_registry::journal::{Edit, Ends, Entry, Former, Kept, edits};
use mingma_registry::row::PublicRow;
use mingma_registry::words::ActName;
use mingma_registry::{PersonId, PersonRecord};
use pollster::block_on;

use crate::codes::on_paper;
use crate::house::{City, NOON};
use crate::proven::busy;

const DAY: i64 = 86_400;

/// How what is kept of a person differs from the journal after an edit.
pub(crate) fn found(
    city: &City,
    person: PersonId,
    edit: impl FnOnce(&mut PersonRecord, &mut Vec<(u64, Entry)>),
) -> Vec<Edit> {
    let store = city.registry.store();
    let mut record = Arc::unwrap_or_clone(block_on(store.record(person)).unwrap());
    let numbers = block_on(store.numbers(Some(person))).unwrap().into_iter().map(|(_, number)| number);
    let mut entries: Vec<(u64, Entry)> =
        numbers.zip(block_on(store.entries(Some(person))).unwrap()).collect();
    edit(&mut record, &mut entries);
    let (numbers, entries): (Vec<u64>, Vec<Entry>) = entries.into_iter().unzip();
    let requests = block_on(store.requests(person)).unwrap();
    let told = block_on(store.published(0)).unwrap().into_iter().filter_map(|act| {
        let PublicRow::Purged(purged) = act.row else { return None };
        Some(purged.at)
    });
    let kept = Kept { person, record: &record, requests: &requests, entries: &entries, earlier: &entries };
    edits(&kept, &numbers, Some(1), &Ends { purged: told.max(), now: city.registry.now() })
}

/// The number of the last entry of an act.
fn number(entries: &[(u64, Entry)], act: ActName) -> u64 {
    entries.iter().rfind(|(_, entry)| entry.act == act).unwrap().0
}

#[test]
fn what_ended_on_schedule_is_no_difference_on_any_day() {
    let city = City::new();
    let person = busy(&city);
    on_paper(&city, person, 1);
    for day in 0..260 {
        city.watch.set(NOON + day * DAY);
        block_on(purge(&city.registry, Zone::named("Asia/Shanghai").unwrap(), false)).unwrap();
        assert_eq!(found(&city, person, |_, _| ()), [], "day {day}");
    }
}

#[test]
fn every_row_that_was_taken_out_changed_or_put_in_is_named_by_its_entry() {
    let city = City::new();
    let person = busy(&city);
    on_paper(&city, person, 1);
    let mut last = 0;
    let mut of = |act| {
        found(&city, person, |_, entries| last = number(entries, act));
        last
    };
    let (shown, registered) = (of(ActName::Show), of(ActName::Register));
    let newest = shown;

    let (mut recorded, mut facts) = (BTreeSet::new(), 0);
    let mut named = BTreeSet::new();
    for n in 0.. {
        let gone = found(&city, person, |record, entries| {
            facts = record.facts.len();
            let of =
                entries.iter().filter(|(_, entry)| matches!(entry.act, ActName::Record | ActName::Declare));
            recorded = of.map(|(number, _)| *number).collect();
            if n < facts {
                record.facts.remove(n);
            }
        });
        if n == facts {
            break;
        }
        let unopened = gone.iter().filter_map(|edit| {
            let Edit::Unopened { entry } = edit else { return None };
            Some(*entry)
        });
        named.extend(unopened);
    }
    assert_eq!(named, recorded, "of each fact the entry is named");
    let stripped = found(&city, person, |record, _| record.codes.clear());
    assert_eq!(stripped, [Edit::Unopened { entry: shown }], "also what decides nothing");
    let gone = found(&city, person, |record, _| record.registration = None);
    assert_eq!(gone, [Edit::Unopened { entry: registered }]);

    let changed = found(&city, person, |record, _| {
        let code = record.codes.first_mut().unwrap();
        code.expires = code.expires.checked_add(SignedDuration::from_hours(24)).unwrap();
    });
    assert_eq!(changed, [Edit::Unopened { entry: shown }, Edit::Beside { rows: 1, newest }]);

    let copied = found(&city, person, |record, _| {
        let mut row = record.facts[0].clone();
        row.recorded = row.recorded.checked_add(SignedDuration::from_secs(1)).unwrap();
        record.facts.push(row);
    });
    assert_eq!(copied, [Edit::Beside { rows: 1, newest }]);
    let nobody = found(&city, person, |record, entries| {
        record.codes.clear();
        entries.clear();
    });
    assert!(matches!(nobody[..], [Edit::OfNobody { rows: 10.. }]), "{nobody:?}");
}

#[test]
fn an_entry_that_was_taken_out_or_put_in_breaks_the_chain_and_its_rows_are_beside_it() {
    let city = City::new();
    let person = busy(&city);
    on_paper(&city, person, 1);

    // One in between: the next does not follow.
    let (mut taken, mut next) = (0, 0);
    let between = found(&city, person, |_, entries| {
        entries.sort_by_key(|(number, _)| *number);
        taken = entries.remove(2).0;
        next = entries[2].0;
    });
    assert!(between.contains(&Edit::Unchained { entry: next }), "without {taken}: {between:?}");
    assert!(between.iter().any(|edit| matches!(edit, Edit::Beside { .. })), "{between:?}");

    // The last: no chain shows a gap, and its rows are beside the acts. Without them the log alone knows of it.
    let mut newest = 0;
    let last = found(&city, person, |_, entries| {
        entries.sort_by_key(|(number, _)| *number);
        entries.pop();
        newest = entries.last().unwrap().0;
    });
    assert_eq!(last, [Edit::Beside { rows: 1, newest }]);
    let both = found(&city, person, |record, entries| {
        entries.sort_by_key(|(number, _)| *number);
        entries.pop();
        record.codes.clear();
    });
    assert_eq!(both, [], "the log's entry without a row is what tells");

    // One that says it is of before entries were chained, and one that begins a second time.
    for former in [Former::Unsaid, Former::None] {
        let again = found(&city, person, |_, entries| {
            let mut copy = entries.last().unwrap().1.clone();
            (copy.former, copy.salt) = (former, None);
            entries.push((1_000, copy));
        });
        assert!(again.contains(&Edit::Unchained { entry: 1_000 }), "{again:?}");
    }
    // What opens the last one was destroyed before its time.
    let mut last = 0;
    let stripped = found(&city, person, |record, entries| {
        let (number, entry) = entries.iter_mut().max_by_key(|(number, _)| *number).unwrap();
        (last, *entry) = (*number, entry.clone().sealed());
        record.codes.clear();
    });
    assert_eq!(stripped, [Edit::Unopened { entry: last }]);
}
