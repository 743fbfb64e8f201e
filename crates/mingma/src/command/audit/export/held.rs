//! An exported file held against the log itself: whether that is still the one whose checkpoints the file has, and which acts the file
//! leaves out.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use mingma_journal::checkpoint::Checkpoint;
use mingma_journal::leaf::Act;
use mingma_registry::canonical::Hash;

use super::super::logged::{grew, whole};
use super::super::place::{Named, Place};
use super::super::verify::Believed;
use super::check::Head;
use crate::failure::Failure;

/// What the logs have of what was looked for.
pub(super) struct Logged {
    /// The acts, by their commitments.
    pub(super) acts: BTreeMap<Hash, Act>,
    /// When the last act of all in them was done; none if nothing was looked for.
    pub(super) last: Option<Timestamp>,
}

/// Reads the logs at a place: each must be the continuation of the file's checkpoints of it. They are read whole only if acts are
/// looked for, which are given by their commitments.
///
/// # Errors
/// A [`Failure`] that names the log which is another one.
pub(super) fn held(
    log: &Named,
    believed: &Believed,
    heads: &[Head],
    wanted: &[Hash],
) -> Result<Logged, Failure> {
    let (mut logged, mut seen) = (Logged { acts: BTreeMap::new(), last: None }, BTreeSet::new());
    for place in Place::open(log)?.logs()? {
        let (now, _) = believed.head(&place)?;
        let Checkpoint { origin, size, root, .. } = now.checkpoint();
        seen.insert(origin.clone());
        for kept in heads.iter().map(|head| head.signed.checkpoint()).filter(|kept| kept.origin == *origin) {
            grew(&place, kept, now.checkpoint()).map_err(|error| {
                Failure::new(format_args!(
                    "{place}: the log is another one than it was: of {} entries that were signed: {error}",
                    kept.size
                ))
            })?;
        }
        if !wanted.is_empty() {
            whole(&place, (*size, *root), |act| {
                logged.last = done(&act);
                if wanted.contains(act.commitment.as_bytes()) {
                    logged.acts.insert(*act.commitment.as_bytes(), act);
                }
            })?;
        }
    }
    // The end of a closed log stands in the next, which is there or closed itself.
    if heads.iter().any(|head| !head.closed && !seen.contains(&head.signed.checkpoint().origin)) {
        return Err(Failure::new("the file's checkpoints are of a log that is not there")
            .help("name the folder or address of all quarters' logs"));
    }
    Ok(logged)
}

/// When an act was done, as the log shows it.
pub(super) fn done(act: &Act) -> Option<Timestamp> {
    i64::try_from(act.at.get()).ok().and_then(|at| Timestamp::from_second(at).ok())
}
