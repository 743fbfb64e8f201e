//! The acts of a journal's logs, one after the other: the order of the database's numbers.

use mingma_journal::checkpoint::Checkpoint;
use mingma_journal::hash::Hash;
use mingma_journal::leaf::{Act, Leaf, LeafError};
use mingma_journal::merkle::consistency;
use mingma_journal::note::Note;
use mingma_journal::tiles::{Start, StoredTree, audit};
use mingma_registry::replay::Logged;

use super::place::Place;
use crate::failure::Failure;
use crate::journal::clear;

/// Reads a log whole and computes it again; `see` sees each act. Gives what the log begins with; none of the first.
pub(super) fn whole(
    place: &Place,
    (size, root): (u64, Hash),
    mut see: impl FnMut(Act),
) -> Result<Option<Note>, Failure> {
    let wrong = |what: &dyn std::fmt::Display| Failure::new(format_args!("{place}: {what}"));
    let (mut former, mut odd) = (None, None);
    audit(place, Start::Beginning, size, root, |index, entry| match (index, Leaf::from_bytes(entry)) {
        (_, Ok(Leaf::Act(act))) => see(act),
        (0, Ok(Leaf::Former(note))) => former = Some(note),
        (_, Ok(Leaf::Former(_))) => odd = odd.or(Some((index, None))),
        (_, Err(error)) => odd = odd.or(Some((index, Some(error)))),
    })
    .map_err(|error| wrong(&error))?;
    match odd {
        None => Ok(former),
        Some((index, why)) => Err(wrong(&format_args!("entry {index}: {}", told(why)))),
    }
}

fn told(why: Option<LeafError>) -> String {
    why.map_or_else(|| "a former log's checkpoint, which stands only first".to_owned(), |why| why.to_string())
}

/// An act as it is replayed.
///
/// # Errors
/// A [`Failure`] if this program does not know the act: it is of a later one.
pub(super) fn logged(act: &Act) -> Result<Logged, Failure> {
    let name = act.name.as_str();
    let known = name.parse().map_err(|_| {
        Failure::new(format_args!("the log has an act `{name}`, which this program does not know"))
            .help("use the program of the version that wrote the log")
    })?;
    Ok(Logged {
        act: known,
        second: i64::try_from(act.at.get()).unwrap_or(i64::MAX),
        commitment: *act.commitment.as_bytes(),
        shown: clear(act),
    })
}

/// That a log whose head is `now` grew out of what a kept checkpoint of it says.
///
/// # Errors
/// Why it did not, or why that cannot be told.
pub(super) fn grew(place: &Place, kept: &Checkpoint, now: &Checkpoint) -> Result<(), String> {
    // Every tree grew out of none.
    if kept.size == 0 {
        return Ok(());
    }
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let mut tree = StoredTree::open(place, now.size, now.root).map_err(|error| told(&error))?;
    let proof = consistency(&mut tree, kept.size, now.size).map_err(|error| told(&error))?;
    proof.verify(kept.root, now.root).map_err(|error| told(&error))
}

/// The logs' acts up to a checkpoint of the last log: one that was kept, or the head.
pub(super) struct Upto {
    pub(super) acts: Vec<Logged>,
    pub(super) root: [u8; 32],
}

/// Cuts the acts of all logs, the last of which has this head, to those under a checkpoint of it.
///
/// # Errors
/// A [`Failure`] if the checkpoint is not one of this log.
pub(super) fn upto(
    mut acts: Vec<Logged>,
    (place, head, begins): (&Place, &Checkpoint, bool),
    at: &Checkpoint,
) -> Result<Upto, Failure> {
    let wrong = |why: &dyn std::fmt::Display| {
        Failure::new(format_args!(
            "{place}: the checkpoint of {} entries of `{}` is none of this log: {why}",
            at.size, at.origin
        ))
    };
    if at.origin != head.origin {
        return Err(wrong(&format_args!("the newest log here is `{}`", head.origin))
            .help("name a checkpoint of the newest log, and the folder or address of all logs"));
    }
    if at.size > head.size || at.size == 0 {
        return Err(wrong(&format_args!("the log has {} entries", head.size)));
    }
    grew(place, at, head).map_err(|error| wrong(&error))?;
    // The entry of a former log's checkpoint is no act; it lies before those that are cut off.
    let later = usize::try_from(head.size - at.size).unwrap_or(usize::MAX);
    let left = acts.len().saturating_sub(later);
    if begins && at.size == 1 && left == 0 {
        return Err(wrong(&"it has no act"));
    }
    acts.truncate(left);
    Ok(Upto { acts, root: *at.root.as_bytes() })
}
