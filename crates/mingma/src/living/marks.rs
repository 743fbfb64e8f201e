//! The marks: up to where everything was told, and each further end of a stretch from which something is to be told.
//!
//! The order within a stretch is fixed — public acts, turns of the day, what witnesses signed, then persons — and a stretch is cut so that this
//! is the order in which they came ([`Part`](super::part::Part)); so one that is read again must begin and end where it did. Stretches of persons alone may run together, because their order stays the same;
//! so a mark is kept where public acts or a day begin, and where something is to be told. A mark says up to where the journal
//! was witnessed, because what waited then is what counts from it on.

use mingma_registry::feed::Mark;
use mingma_registry::{Store, StoreError};

/// The marks as they are kept in the store, but for those before the first that nobody has forgotten yet.
pub(super) struct Marks {
    kept: Vec<Mark>,
    /// Whether the store still has marks, or feed, that nobody needs.
    stale: bool,
}

impl Marks {
    /// The marks that the store has.
    pub(super) const fn of(kept: Vec<Mark>) -> Self {
        Self { kept, stale: false }
    }

    /// Keeps the end of a stretch, and where it began if persons alone had come since the last mark.
    pub(super) async fn keep(&mut self, store: &dyn Store, stretch: (Mark, Mark)) -> Result<(), StoreError> {
        let (begin, end) = stretch;
        let mut marks = self.kept.clone();
        if marks.last().is_none_or(|last| !is_one(last, &begin)) {
            // Nothing waits to be told: what lies before the beginning is not needed any more.
            if marks.len() == 1 {
                marks.clear();
            }
            marks.push(begin);
        }
        marks.push(end);
        write(store, &marks).await?;
        *self = Self { kept: marks, stale: false };
        Ok(())
    }

    /// Everything up to a mark was told. The store forgets it with the next that is kept.
    pub(super) fn told(&mut self, mark: &Mark) {
        if let Some(place) = self.kept.iter().position(|kept| is_one(kept, mark)) {
            self.kept.drain(..place);
            self.stale = true;
        }
    }

    /// Lets the store forget what nobody needs: if nothing waits, everything up to here.
    pub(super) async fn forget(&mut self, store: &dyn Store, here: Mark) -> Result<(), StoreError> {
        match &self.kept[..] {
            [only] if is_one(only, &here) && !self.stale => return Ok(()),
            [] | [_] => {
                store.mark(here, Vec::new()).await?;
                self.kept = vec![here];
            }
            [_, ..] if self.stale => write(store, &self.kept).await?,
            [_, ..] => return Ok(()),
        }
        self.stale = false;
        Ok(())
    }

    /// By how many places of the feed the store could forget more.
    pub(super) fn behind(&self, here: &Mark) -> u64 {
        self.kept.first().map_or(u64::MAX, |first| here.place.saturating_sub(first.place))
    }
}

async fn write(store: &dyn Store, marks: &[Mark]) -> Result<(), StoreError> {
    let Some((first, further)) = marks.split_first() else { return Ok(()) };
    store.mark(*first, further.to_vec()).await
}

/// Whether two marks stand at one point. When it was taken in is not part of the point.
fn is_one(one: &Mark, other: &Mark) -> bool {
    let point = |mark: &Mark| (mark.publication, mark.day, mark.place, mark.witnessed);
    point(one) == point(other)
}
