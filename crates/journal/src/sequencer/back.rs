//! The log taken up where its newest files end, when what was signed after that is lost for good.
//!
//! Everybody who kept a later checkpoint sees from then on that this log is not its continuation, and no witness that signed one
//! signs again: nothing here hides that, and nothing could.

use std::iter::successors;

use super::{Disk, Fault, GROUP, Sequencer, Signed, Source, Tiles, Witnesses};
use crate::checkpoint::SignedCheckpoint;
use crate::leaf::{Act, Leaf};
use crate::quarter::Quarter;
use crate::tiles::{Start, audit, entry};

/// How far back the newest files may lie: ten years.
const QUARTERS: usize = 40;

/// What was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenUp {
    /// The number of the last act that was signed.
    pub signed: u64,
    /// The number of the last act that the log still holds.
    pub kept: u64,
}

impl<S: Source, D: Disk, W: Witnesses> Sequencer<S, D, W> {
    /// Takes the newest published checkpoint for what was signed last. All of its files have been read, and the database holds the
    /// act with which it ends.
    ///
    /// # Errors
    /// [`Fault::NothingLost`] if the database or the files still give what was signed, [`Fault::NothingLeft`] if no checkpoint is left;
    /// other faults as of a round. Then nothing is given up.
    pub fn give_up(&mut self) -> Result<GivenUp, Fault> {
        let signed = self.disk.signed()?.ok_or(Fault::NothingLost)?;
        let Signed { checkpoint, last } = signed.parse()?;
        let has = self.end(last)?;
        let (head, end) = self.newest(self.quarter(&checkpoint)?)?;
        if has == last || *head.checkpoint() == checkpoint {
            return Err(Fault::NothingLost);
        }
        let kept = self.number_of(&end, has)?.ok_or(Fault::AnotherDatabase { number: has })?;
        let checkpoint = head.checkpoint().clone();
        self.disk.remember(&Signed { checkpoint, last: kept }.to_string())?;
        // A crash from here on leaves a signer that remembers what everybody can read: the next opening goes on from there.
        self.at = None;
        Ok(GivenUp { signed: last, kept })
    }

    /// The newest checkpoint that is published, and the last act before it: in the log before, where its own begins with that one's end
    /// and holds no act yet.
    fn newest(&self, from: Quarter) -> Result<(SignedCheckpoint, Act), Fault> {
        let mut newest = None;
        for log in successors(Some(from), |log| log.former()).take(QUARTERS) {
            let Some(head) = self.shown(log)? else { continue };
            let (size, root) = (head.checkpoint().size, head.checkpoint().root);
            let tiles = Tiles { disk: &self.disk, log };
            audit(&tiles, Start::Beginning, size, root, |_, _| {})?;
            let end = Leaf::from_bytes(&entry(&tiles, size.saturating_sub(1), size)?)?;
            let newest = newest.get_or_insert(head);
            match end {
                Leaf::Act(act) => return Ok((newest.clone(), act)),
                Leaf::Former(_) => {}
            }
        }
        Err(Fault::NothingLeft)
    }

    /// The number of an act in a database that ends with `has`. No two acts are the same: each has a commitment of its own.
    fn number_of(&mut self, act: &Act, has: u64) -> Result<Option<u64>, Fault> {
        let mut before = has;
        while before > 0 {
            let after = before.saturating_sub(u64::try_from(GROUP).unwrap_or(u64::MAX));
            let acts = self.source.after(after, GROUP)?;
            if let Some((number, _)) = acts.iter().rev().find(|(_, kept)| kept == act) {
                return Ok(Some(*number));
            }
            before = after;
        }
        Ok(None)
    }
}
