//! A deployment ends: everything that is kept is counted in a last public act, so that what is then destroyed has been told of.

use mingma_domain::time::Zone;

use super::purge::ties;
use super::{Registry, Unable};
use crate::journal::Entry;
use crate::retention::{Purged, all};
use crate::row::PublicRow;
use crate::store::MAX_ERASURES;
use crate::words::ActName;

/// The last act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ceased {
    /// What is kept, and is to be destroyed.
    pub row: Purged,
    /// The entry that commits to it: the journal's last.
    pub entry: Entry,
}

/// Makes the last public act, or finds it again if nothing was recorded since. Nothing is destroyed yet.
///
/// # Errors
/// [`Unable`].
pub async fn cease(registry: &Registry, zone: Zone) -> Result<Ceased, Unable> {
    registry.may_record()?;
    if let Some(ceased) = found(registry).await? {
        return Ok(ceased);
    }
    let (now, store) = (registry.now(), registry.store());
    let mut row = Purged { sealed: None, ..Purged::none(now) };
    let ties = ties(&*registry.book().await?, zone, now);
    let page = u32::try_from(MAX_ERASURES).unwrap_or(u32::MAX);
    let mut after = None;
    loop {
        let persons = store.aged(after, page, None).await?.items;
        let Some(last) = persons.last() else { break };
        after = Some(*last);
        for person in persons {
            all(&store.holding(person).await?, &ties, now, &mut row);
        }
    }
    registry.make_public(ActName::Cease, PublicRow::Purged(row)).await?;
    found(registry).await?.ok_or(Unable::NoAnswer)
}

/// The last act, if it was made and is still the last.
async fn found(registry: &Registry) -> Result<Option<Ceased>, Unable> {
    let store = registry.store();
    let entries = store.entries(None).await?;
    let Some(entry) = entries.into_iter().rev().find(|entry| entry.act == ActName::Cease) else {
        return Ok(None);
    };
    let numbers = store.numbers(None).await?;
    let Some((_, number)) = numbers.into_iter().find(|(id, _)| *id == entry.id) else { return Ok(None) };
    if !store.journal(number, 1).await?.is_empty() {
        return Ok(None);
    }
    let published = store.published(0).await?;
    let row = published.into_iter().rev().find_map(|act| {
        let committed = entry.commits_to_public(&act.row);
        let PublicRow::Purged(row) = act.row else { return None };
        committed.then_some(row)
    });
    Ok(row.map(|row| Ceased { row, entry }))
}
