//! The slots of records in memory, and which of them makes room.

use std::sync::Arc;

use indexmap::IndexMap;
use indexmap::map::Entry as Place;
use mingma_registry::{PersonId, PersonRecord};

/// Slots in the order of a clock's face: a hand goes round, spares what was used since it came by, and takes the next.
#[derive(Debug, Default)]
pub(super) struct Clock {
    pub(super) slots: IndexMap<PersonId, Slot>,
    hand: usize,
}

/// What is known of a person here.
///
/// INVARIANT: a record that is `Held` was read after every change of that person that has been answered.
/// - A change sets `Barred` before it goes to the store, so that nothing read before is `Held` any more, and takes it away
///   after the store has answered: what is read from then on sees it.
/// - A reading that begins without one leaves `Reading` with a ticket of its own, and puts its record there only if the
///   same ticket still lies there. A change that began meanwhile has taken it away, whether or not it has ended since.
/// - A caller who goes away before the store has answered leaves `Barred` behind for good: nobody knows when that change
///   will be kept, so the person is read from the store until the process ends.
#[derive(Debug)]
pub(super) enum Slot {
    Held { record: Arc<PersonRecord>, used: bool },
    Reading { ticket: u64 },
    Barred { changes: usize },
}

impl Clock {
    pub(super) fn bar(&mut self, person: PersonId) {
        match self.slots.entry(person) {
            Place::Occupied(mut slot) => match slot.get_mut() {
                Slot::Barred { changes } => *changes += 1,
                other @ (Slot::Held { .. } | Slot::Reading { .. }) => *other = Slot::Barred { changes: 1 },
            },
            Place::Vacant(slot) => drop(slot.insert(Slot::Barred { changes: 1 })),
        }
    }

    pub(super) fn lift(&mut self, person: PersonId) {
        if let Some(Slot::Barred { changes }) = self.slots.get_mut(&person) {
            *changes -= 1;
            if *changes == 0 {
                self.slots.swap_remove(&person);
            }
        }
    }

    /// Makes room for one: at most two rounds, for the first spares what was used. Slots without a record stay.
    pub(super) fn make_room(&mut self, records: usize) {
        for _ in 0..2 * self.slots.len() {
            if self.slots.len() < records {
                return;
            }
            self.hand = if self.hand < self.slots.len() { self.hand } else { 0 };
            match self.slots.get_index_mut(self.hand) {
                Some((_, Slot::Held { used, .. })) if !*used => {
                    self.slots.swap_remove_index(self.hand);
                }
                Some((_, Slot::Held { used, .. })) => {
                    *used = false;
                    self.hand += 1;
                }
                Some((_, Slot::Reading { .. } | Slot::Barred { .. })) | None => self.hand += 1,
            }
        }
    }
}
