//! The files of the newest log made again from the database, where they are lost or damaged.
//!
//! The whole tree is computed before anything is written, and only the tree that was signed is written: so a database that is another one
//! spoils no file that is left.

use super::{Disk, Fault, GROUP, Sequencer, Signed, Source, Witnesses};
use crate::checkpoint::Checkpoint;
use crate::leaf::Leaf;
use crate::quarter::Quarter;
use crate::tiles::{Growing, TilePath};

impl<S: Source, D: Disk, W: Witnesses> Sequencer<S, D, W> {
    /// Writes the files of the log that was signed last anew; gives how many entries they hold.
    ///
    /// # Errors
    /// [`Fault::AnotherDatabase`] if the database does not give the tree that was signed: nothing is written. Other faults as of a round.
    pub fn rebuild(&mut self) -> Result<u64, Fault> {
        let Some(signed) = self.disk.signed()? else { return Ok(0) };
        let Signed { checkpoint, last } = signed.parse()?;
        let log = self.quarter(&checkpoint)?;
        self.rebuilt(log, &checkpoint, last, false)?;
        self.rebuilt(log, &checkpoint, last, true)?;
        // What was believed of the disk was believed of the former files.
        self.at = None;
        Ok(checkpoint.size)
    }

    /// Computes the tree, and writes its files if told to.
    fn rebuilt(&mut self, log: Quarter, head: &Checkpoint, last: u64, write: bool) -> Result<(), Fault> {
        let another = Fault::AnotherDatabase { number: last };
        let mut entries = self.first(log)?;
        let acts = head.size.saturating_sub(u64::try_from(entries.len()).unwrap_or(u64::MAX));
        let mut after = last.saturating_sub(acts);
        let mut tree = Growing::new();
        loop {
            let left = usize::try_from(last - after).unwrap_or(usize::MAX).min(GROUP);
            let acts = if left == 0 { Vec::new() } else { self.source.after(after, left)? };
            if acts.len() < left {
                return Err(another);
            }
            after += u64::try_from(acts.len()).unwrap_or(0);
            entries.extend(acts.into_iter().map(|(_, act)| Leaf::Act(act).to_bytes()));
            if !entries.is_empty() {
                let files: Vec<(TilePath, Vec<u8>)> = tree.append(&std::mem::take(&mut entries))?.files;
                if write {
                    self.disk.write(log, &files)?;
                }
            }
            if after == last {
                break;
            }
        }
        if (tree.size(), tree.root()) == (head.size, head.root) { Ok(()) } else { Err(another) }
    }

    /// What a log begins with before any act: the end of the one before, if there was one.
    fn first(&self, log: Quarter) -> Result<Vec<Vec<u8>>, Fault> {
        let Some(before) = log.former() else { return Ok(Vec::new()) };
        let Some(head) = self.shown(before)? else { return Ok(Vec::new()) };
        Ok(vec![Leaf::former(&head)?.to_bytes()])
    }
}
