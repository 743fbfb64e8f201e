//! An authority looks at everybody as they are, and at what the next turn of the day would change: numbers of persons of its own
//! region, and nobody. Nothing is kept of a look: it is about nobody.

use mingma_domain::Region;

use super::Registry;
use crate::brake::{Blind, Everybody, Kept, Looking, Turned, What};
use crate::policy::{Authorized, Subject, Wish};
use crate::store::StoreError;
use crate::words::ActName;

/// How far a census is behind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lag {
    /// Whether it is kept current.
    pub state: Kept,
    /// By so many commitments.
    pub entries: u64,
    /// Since so many seconds; none if it is being built for the first time.
    pub seconds: Option<i64>,
}

/// A wish to see everybody of a region: of whoever may propose what would change them.
#[derive(Clone, Copy, Debug)]
pub struct LookAround(pub Region);

impl Wish for LookAround {
    const ACT: ActName = ActName::Propose;

    fn subject(&self) -> Subject<'_> {
        Subject::Region(self.0)
    }
}

/// How many of the region are shown what, and which looks at everybody are under way.
///
/// # Errors
/// [`Blind`].
pub async fn look_around(
    registry: &Registry,
    wish: Authorized<LookAround>,
) -> Result<(Everybody, Vec<Looking>), Blind> {
    let (foresight, _) = registry.foresight().ok_or_else(Blind::none)?;
    // Before it counts as one itself.
    let mut looking = foresight.looking();
    let mut everybody = foresight.everybody().await?;
    let LookAround(here) = *wish.wish();
    // What others have not published is theirs.
    looking.retain(|look| match look.what {
        What::Draft(region) => region.is_in(here),
        What::Everybody | What::Turn => true,
    });
    everybody.regions.retain(|of| of.region.is_some_and(|region| region.is_in(here)));
    Ok((everybody, looking))
}

/// What the next turn of the day would change of those who live in the region.
///
/// # Errors
/// [`Blind`].
pub async fn next_turn(registry: &Registry, wish: Authorized<LookAround>) -> Result<Turned, Blind> {
    let (foresight, _) = registry.foresight().ok_or_else(Blind::none)?;
    let LookAround(here) = *wish.wish();
    foresight.turned(here).await
}

impl Registry {
    /// How far the census is behind what was committed; none if none is kept.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn census_lag(&self) -> Result<Option<Lag>, StoreError> {
        let Some((foresight, _)) = self.foresight() else { return Ok(None) };
        let Some(state) = foresight.kept() else { return Ok(None) };
        let current = foresight.current();
        let entries = self.store.fed().await?.saturating_sub(current.map_or(0, |current| current.place));
        let at = current.and_then(|current| current.at);
        let seconds = at.map(|at| self.now().duration_since(at).as_secs().max(0));
        Ok(Some(Lag { state, entries, seconds }))
    }
}
