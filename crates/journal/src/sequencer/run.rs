//! The round itself, with what is on disk at each crash point.

use super::{Disk, Fault, Round, Signed, Source, Tiles, Witnesses};
use crate::checkpoint::{Checkpoint, OpenError, SignedCheckpoint};
use crate::hash::Hash;
use crate::leaf::{Act, Leaf};
use crate::merkle::{Nodes as _, consistency};
use crate::note::Note;
use crate::note::sign::{LogSigner, SEED_BYTES};
use crate::quarter::Quarter;
use crate::tiles::{Growing, Growth, Start, StoredTree, audit, entry};

/// The most entries of one round: at 50,000 acts a second a third of a second's; 2 MiB of entries.
pub const GROUP: usize = 16_384;

/// One journal's sequencer. One program at a time runs it.
#[derive(Debug)]
pub struct Sequencer<S, D, W> {
    name: String,
    seed: [u8; SEED_BYTES],
    pub(super) source: S,
    pub(super) disk: D,
    witnesses: W,
    /// What the disk holds; none before it was read, and after every error.
    pub(super) at: Option<At>,
}

/// Where the log is.
#[derive(Debug)]
pub(super) struct At {
    log: Quarter,
    signer: LogSigner,
    tree: Growing,
    /// The number of the last act in the tree; of a log that has none yet, in the one before.
    last: u64,
    /// That act; none before there is one, and where a log begins with the end of the one before.
    end: Option<Act>,
    /// The end of the log before, which becomes the first entry; none once it is.
    former: Option<SignedCheckpoint>,
    /// The number of the last act under the published checkpoint.
    published: u64,
    /// The head as it was published; none if the tree's head is not.
    shown: Option<SignedCheckpoint>,
}

impl<S: Source, D: Disk, W: Witnesses> Sequencer<S, D, W> {
    /// The sequencer of a journal of this name, with the key that this seed gives.
    #[must_use]
    pub const fn new(name: String, seed: [u8; SEED_BYTES], source: S, disk: D, witnesses: W) -> Self {
        Self { name, seed, source, disk, witnesses, at: None }
    }

    /// The disk.
    pub const fn disk(&self) -> &D {
        &self.disk
    }

    /// Gives what was committed meanwhile its places, signs, and publishes.
    ///
    /// # Errors
    /// [`Fault`]; the next round begins with what the disk holds.
    pub fn round(&mut self, now: Quarter) -> Result<Round, Fault> {
        // After an error nothing in memory is believed: a write that was answered with one may have reached the disk.
        let mut at = match self.at.take() {
            Some(at) => at,
            None => self.open(now)?,
        };
        let round = self.go_on(&mut at, now)?;
        self.at = Some(at);
        Ok(round)
    }

    /// What the log holds and the database has lost: the acts after its last one, in order.
    ///
    /// # Errors
    /// [`Fault::DatabaseBehind`] if some of them stand in a former quarter's log; other faults as of a round.
    pub fn lost(&mut self) -> Result<Vec<(u64, Act)>, Fault> {
        let Some(signed) = self.disk.signed()? else { return Ok(Vec::new()) };
        let Signed { checkpoint, last } = signed.parse()?;
        let (log, Checkpoint { size, root, .. }) = (self.quarter(&checkpoint)?, checkpoint);
        let has = self.end(last)?;
        let tiles = Tiles { disk: &self.disk, log };
        let mut tree = StoredTree::open(&tiles, size, root)?;
        let mut lost = Vec::new();
        for number in has + 1..=last {
            let behind = Fault::DatabaseBehind { signed: last, has };
            let Some(index) = size.checked_sub(1 + last - number) else { return Err(behind) };
            let bytes = entry(&tiles, index, size)?;
            if tree.node(0, index)? != Hash::leaf(&bytes) {
                return Err(Fault::NotAsWritten { number, index });
            }
            match Leaf::from_bytes(&bytes)? {
                Leaf::Act(act) => lost.push((number, act)),
                Leaf::Former(_) => return Err(behind),
            }
        }
        Ok(lost)
    }

    /// Which quarter's log a head of this journal is.
    pub(super) fn quarter(&self, head: &Checkpoint) -> Result<Quarter, Fault> {
        let quarter = head.origin.as_str().strip_prefix(&self.name).and_then(|rest| rest.strip_prefix('/'));
        let quarter = quarter.and_then(|quarter| quarter.parse().ok());
        quarter.ok_or_else(|| Fault::AnotherName(head.origin.clone()))
    }

    /// The head of a log as it was published; none if it was not.
    pub(super) fn shown(&self, log: Quarter) -> Result<Option<SignedCheckpoint>, Fault> {
        let Some(published) = self.disk.published(log)? else { return Ok(None) };
        let note = Note::from_bytes(&published).map_err(OpenError::from)?;
        Ok(Some(SignedCheckpoint::open(note, self.signer(log)?.key())?))
    }

    fn go_on(&mut self, at: &mut At, now: Quarter) -> Result<Round, Fault> {
        if at.log < now {
            self.turn(at, now)?;
        }
        let news = self.news(at)?;
        if !news.is_empty() || at.former.is_some() {
            self.grow(at, &news)?;
        }
        // Also where nothing grew: what was signed before a crash, or before witnesses could be reached, is not published.
        let unwitnessed = at.tree.size() > 0 && at.shown.is_none() && !self.show(at)?;
        let (entries, more) = (news.len(), news.len() >= GROUP || (at.log < now && !unwitnessed));
        Ok(Round { entries, published: at.published, more, unwitnessed })
    }

    /// Reads where the log is.
    fn open(&mut self, now: Quarter) -> Result<At, Fault> {
        let Some(signed) = self.disk.signed()? else {
            // Nothing was ever signed: whatever files there are, no checkpoint needs them. A published one would.
            for log in [Some(now), now.former()].into_iter().flatten() {
                if self.disk.published(log)?.is_some() {
                    return Err(Fault::MemoryLost(log.origin(&self.name)?));
                }
            }
            let (signer, tree) = (self.signer(now)?, Growing::new());
            return Ok(At {
                log: now,
                signer,
                tree,
                last: 0,
                end: None,
                former: None,
                published: 0,
                shown: None,
            });
        };
        let Signed { checkpoint, last } = signed.parse()?;
        let (log, Checkpoint { size, root, .. }) = (self.quarter(&checkpoint)?, &checkpoint);
        let signer = self.signer(log)?;
        let tiles = Tiles { disk: &self.disk, log };
        let tree = Growing::load(&tiles, *size, *root)?;
        // The files are those that were signed; whether the database is, too, is seen by its last entry, each time that it is read.
        let end = match Leaf::from_bytes(&entry(&tiles, size.saturating_sub(1), *size)?)? {
            Leaf::Act(act) => Some(act),
            Leaf::Former(_) => None,
        };
        let shown = self.shown(log)?;
        // One that was remembered and not published is signed again: the same bytes, for the key has no chance in it.
        let behind = if let Some(shown) = &shown {
            size.saturating_sub(shown.checkpoint().size)
        } else {
            // Of a log that nobody has seen the acts alone: it may begin with the end of the one before.
            let first = Leaf::from_bytes(&entry(&tiles, 0, *size)?)?;
            size.saturating_sub(u64::from(matches!(first, Leaf::Former(_))))
        };
        let shown = shown.filter(|shown| shown.checkpoint() == &checkpoint);
        let published = last.saturating_sub(behind);
        Ok(At { log, signer, tree, last, end, former: None, published, shown })
    }

    /// The last number of a database that ends before `signed`.
    pub(super) fn end(&mut self, signed: u64) -> Result<u64, Fault> {
        let (mut low, mut high) = (0, signed);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.source.after(middle, 1)?.is_empty() { high = middle } else { low = middle + 1 }
        }
        Ok(low)
    }

    pub(super) fn signer(&self, log: Quarter) -> Result<LogSigner, Fault> {
        let origin = log.origin(&self.name)?;
        let name = origin.as_str().parse().map_err(|_| crate::checkpoint::CheckpointError::Origin)?;
        Ok(LogSigner::from_seed(name, &self.seed)?)
    }

    /// Turns to the log of the next quarter, once the end of the old one is published: what closes it has all its signatures.
    ///
    /// One quarter a round, so that no link is missing where nothing was done for longer.
    fn turn(&self, at: &mut At, now: Quarter) -> Result<(), Fault> {
        let next = if at.tree.size() == 0 {
            // There is no log yet: the first is that of its first act.
            now
        } else if let (Some(next), Some(shown)) = (at.log.next(), at.shown.take_if(|_| at.log < now)) {
            at.former = Some(shown);
            next
        } else {
            return Ok(());
        };
        at.signer = self.signer(next)?;
        at.tree = Growing::new();
        at.log = next;
        Ok(())
    }

    /// What was committed and has no place yet, of a database that still has the entry where the log ends: whoever takes entries
    /// away has their numbers given again, to acts that the log would never see.
    fn news(&mut self, at: &At) -> Result<Vec<(u64, Act)>, Fault> {
        let At { last, end, .. } = at;
        let (from, limit) = if end.is_some() { (last.saturating_sub(1), GROUP + 1) } else { (*last, GROUP) };
        let mut news = self.source.after(from, limit)?;
        if let Some(end) = end {
            match news.first() {
                Some((number, kept)) if number == last && kept == end => drop(news.remove(0)),
                Some(_) => return Err(Fault::AnotherDatabase { number: *last }),
                None => return Err(Fault::DatabaseBehind { signed: *last, has: self.end(*last)? }),
            }
        }
        match (last + 1..).zip(&news).find(|(expected, (found, _))| expected != found) {
            Some((expected, (found, _))) => Err(Fault::Gap { expected, found: *found }),
            None => Ok(news),
        }
    }

    /// Writes, reads back, remembers.
    fn grow(&mut self, at: &mut At, news: &[(u64, Act)]) -> Result<(), Fault> {
        let former = at.former.as_ref().map(Leaf::former).transpose()?.map(|leaf| leaf.to_bytes());
        let heads = u64::from(former.is_some());
        let acts = news.iter().map(|(_, act)| Leaf::Act(act.clone()).to_bytes());
        let entries: Vec<Vec<u8>> = former.into_iter().chain(acts).collect();
        let (size, root) = (at.tree.size(), at.tree.root());
        let mut tree = at.tree.clone();
        let growth = tree.append(&entries)?;

        // A crash up to here leaves nothing; the entries are in the database and come again.
        self.disk.write(at.log, &growth.files)?;
        // A crash here leaves files past the signed tree. No checkpoint speaks of them, and the next round writes them
        // anew under the same names: with the same bytes, or, if the database was exchanged, with others.
        self.read_back(at, &growth, (heads, news))?;

        let last = at.last + u64::try_from(news.len()).unwrap_or(u64::MAX);
        let checkpoint = Checkpoint::new(at.log.origin(&self.name)?, growth.to, growth.root);
        self.may_sign(at, (size, root), &checkpoint)?;
        self.disk.remember(&Signed { checkpoint, last }.to_string())?;
        // A crash here, or an error that was none, leaves a head that is remembered and that nobody has seen: the next
        // opening finds its files (they were durable before it was), signs it and publishes it. No other tree of
        // this size is ever signed.
        (at.tree, at.last, at.former, at.shown) = (tree, last, None, None);
        at.end = news.last().map(|(_, act)| act.clone()).or(at.end.take());
        Ok(())
    }

    /// Reads back what was written, and compares it with what the database says now: neither the memory in between nor the
    /// disk is trusted.
    fn read_back(
        &mut self,
        at: &At,
        growth: &Growth,
        (heads, news): (u64, &[(u64, Act)]),
    ) -> Result<(), Fault> {
        let again = self.source.after(at.last, news.len())?;
        let start = match growth.from {
            0 => Start::Beginning,
            size => Start::After { size, root: at.tree.root() },
        };
        let first = growth.from + heads;
        let mut wrong = None;
        let tiles = Tiles { disk: &self.disk, log: at.log };
        audit(&tiles, start, growth.to, growth.root, |index, bytes| {
            let Some(place) = index.checked_sub(first) else { return };
            let kept = usize::try_from(place).ok().and_then(|place| again.get(place));
            let same = kept.is_some_and(|(_, act)| Leaf::Act(act.clone()).to_bytes() == bytes);
            if !same && wrong.is_none() {
                wrong = Some(Fault::NotAsWritten { number: at.last + 1 + place, index });
            }
        })?;
        wrong.map_or(Ok(()), Err)
    }

    /// The signer's own look: it signs what grew out of what it signed last, whatever anybody else believes.
    fn may_sign(&self, at: &At, (size, root): (u64, Hash), next: &Checkpoint) -> Result<(), Fault> {
        let Some(signed) = self.disk.signed()? else {
            return if size == 0 && at.last == 0 { Ok(()) } else { Err(Fault::AnotherSigner) };
        };
        let Signed { checkpoint, last } = signed.parse()?;
        if last != at.last {
            return Err(Fault::AnotherSigner);
        }
        if checkpoint.origin != next.origin {
            // The first of a log: it holds the end of the one before, which is what was signed last.
            let continues = at.former.as_ref().is_some_and(|former| *former.checkpoint() == checkpoint);
            return if continues && size == 0 { Ok(()) } else { Err(Fault::AnotherSigner) };
        }
        if (checkpoint.size, checkpoint.root) != (size, root) {
            return Err(Fault::AnotherSigner);
        }
        let tiles = Tiles { disk: &self.disk, log: at.log };
        let mut tree = StoredTree::open(tiles, next.size, next.root)?;
        consistency(&mut tree, size, next.size)?.verify(checkpoint.root, next.root)?;
        Ok(())
    }

    /// Signs the tree's head, has it witnessed and publishes it; tells whether the witnesses were enough.
    fn show(&mut self, at: &mut At) -> Result<bool, Fault> {
        let (size, root) = (at.tree.size(), at.tree.root());
        let signed = Checkpoint::new(at.log.origin(&self.name)?, size, root).sign(&at.signer)?;
        let tiles = Tiles { disk: &self.disk, log: at.log };
        let mut proof = |old| {
            let mut tree = StoredTree::open(&tiles, size, root).ok()?;
            consistency(&mut tree, old, size).ok().map(|proof| proof.path)
        };
        let (note, enough) = self.witnesses.cosign(&signed, &mut proof);
        if !enough {
            return Ok(false);
        }
        // A crash before or in the middle of this leaves the former checkpoint, whose files are all there; after it the
        // new one. The log's reader never sees one without its tree.
        self.disk.publish(at.log, &note)?;
        at.shown = Some(SignedCheckpoint::open(note, at.signer.key())?);
        at.published = at.last;
        Ok(true)
    }
}
