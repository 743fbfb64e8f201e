//! Everything that a person's file says of itself, held against what it was signed for and against the log's checkpoints.
//!
//! Nothing but the file and the log's key is asked, and the log itself if it is there. The first thing that is wrong with each entry is told, and of all entries.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use mingma_domain::document::Document as Identity;
use mingma_journal::checkpoint::{Checkpoint, SignedCheckpoint};
use mingma_journal::leaf::{Act, Leaf};
use mingma_journal::merkle::ProofError;
use mingma_journal::note::Note;
use mingma_journal::proof_file::ProofFile;
use mingma_registry::canonical::{Hash, sha256};
use mingma_registry::journal::read::read_person;
use mingma_registry::journal::{Former, leaf};
use mingma_registry::policy::Role;
use mingma_registry::row::{PersonRow, RecordedFact};
use mingma_registry::signed::Proof;
use mingma_registry::words::ActName;
use mingma_registry::{Doer, FactId, PersonId};

use super::super::verify::Believed;
use super::file::{Document, ToldDoer, ToldEntry, ToldSignature};
use super::held::Logged;
use crate::journal::clear;

/// For how long an act may be in no published log: one in which nothing is published for as long is not what it is to be.
const UNPUBLISHED: SignedDuration = SignedDuration::from_hours(24);
/// How far by its time an entry may stand from its rows, and from its place in the log.
const BESIDE: SignedDuration = SignedDuration::from_mins(1);

/// What holds, and what does not.
pub(super) struct Found<'f> {
    pub(super) wrong: Vec<Wrong<'f>>,
    /// How many entries of each act there are.
    pub(super) acts: BTreeMap<ActName, usize>,
    /// Entries that a believed checkpoint stands on.
    pub(super) proved: usize,
    /// Those of which the file also says what was done.
    pub(super) told: usize,
    /// Those of them that an issuer's key has signed.
    pub(super) signed: usize,
    /// Those that somebody else did for the person, by whom.
    pub(super) doers: BTreeMap<Role, usize>,
    /// When those were made of which it does not say it any more.
    pub(super) untold: Vec<Timestamp>,
    /// When those were made that are wrong themselves: what is told of their facts is not told again.
    pub(super) doubted: Vec<Timestamp>,
    /// When those were made of which nothing proves which one they follow.
    pub(super) unlinked: Vec<Timestamp>,
    /// The checkpoints, each once.
    pub(super) heads: Vec<Head>,
    /// The entries on which no published checkpoint stood when the file was made.
    pub(super) waiting: Vec<&'f ToldEntry>,
    /// How many facts are told of, and how many of them stand in entries.
    pub(super) facts: (usize, usize),
}

/// A checkpoint that is believed.
pub(super) struct Head {
    pub(super) signed: SignedCheckpoint,
    /// How many witnesses of the policy have signed it.
    pub(super) witnesses: usize,
    /// Whether it is the end of its log, with which the next one begins: who believes that one's checkpoint believes this.
    pub(super) closed: bool,
}

/// One thing that is wrong, and where.
pub(super) enum Wrong<'f> {
    /// An entry of the file.
    Entry(&'f ToldEntry, Fault),
    /// Where a log goes on from the one before.
    Turn(Fault),
    /// A fact that is told otherwise than the entry says which recorded it.
    Fact { recorded: Timestamp },
    /// A fact that no entry recorded, also none whose content has ended.
    Unrecorded { recorded: Timestamp },
}

/// What an entry commits to, as far as the file opens it.
enum Opened {
    /// These rows.
    Told(Vec<PersonRow>),
    /// Something that is not kept any more: what it follows is proved.
    Ended,
    /// Nothing opens it: what it says that it follows, the authority says alone.
    Sealed,
}

/// What is wrong with an entry.
#[derive(Debug)]
pub(super) enum Fault {
    /// It stands there twice.
    Twice,
    /// The content is not the one whose hash is given.
    Content,
    /// A content without the salt, which is destroyed with the content and never before it.
    Unsalted,
    /// Salt, time, content and former entry do not make its commitment.
    Opening,
    /// The content opens the commitment and is none.
    Unreadable,
    /// Who is told to have done it is not who the entry says, or nobody does such an act for somebody.
    Doer,
    /// The issuer's signature is under something else, or by another key than the file says.
    Signature,
    /// The issuer's signature is about whoever has another document than the one that was given.
    Meant,
    /// It is about another person.
    SomebodyElse,
    /// Nothing shows it in a log, although there was time.
    Unlogged,
    /// The proof is none.
    Proof(String),
    /// The proof's checkpoint is not believed.
    Checkpoint(String),
    /// The checkpoint does not stand on it.
    NotInTheLog(ProofError),
    /// The proof is another entry's.
    AnotherEntry,
    /// The log shows another act, another second or another office beside the commitment.
    Otherwise,
    /// The next log begins with another end of the log.
    AnotherEnd,
    /// The entry that it names as the person's former one is left out.
    Gap(Hash),
    /// Another entry of the file follows the same one.
    Fork,
}

/// Holds a file against itself, against the log's key and, if it is given, against the document by which the person is known.
pub(super) fn check<'f>(document: &'f Document, believed: &Believed, whom: Option<&Identity>) -> Found<'f> {
    let mut found = Found {
        wrong: Vec::new(),
        acts: BTreeMap::new(),
        proved: 0,
        told: 0,
        signed: 0,
        doers: BTreeMap::new(),
        untold: Vec::new(),
        doubted: Vec::new(),
        unlinked: Vec::new(),
        heads: Vec::new(),
        waiting: Vec::new(),
        facts: (document.facts.len(), 0),
    };
    let mut committed = BTreeMap::new();
    for entry in &document.journal {
        *found.acts.entry(entry.act).or_default() += 1;
        let opened = match opened(entry, document.person, whom) {
            Ok(opened) => opened,
            Err(fault) => {
                found.wrong.push(Wrong::Entry(entry, fault));
                found.doubted.push(entry.at);
                continue;
            }
        };
        if matches!(opened, Opened::Sealed) || entry.former == Former::Unsaid {
            found.unlinked.push(entry.at);
        }
        let doer = entry.doer.as_ref().filter(|_| !matches!(opened, Opened::Sealed));
        if let Some(doer) = doer.and_then(ToldDoer::read).filter(Doer::is_another) {
            *found.doers.entry(doer.role()).or_default() += 1;
        }
        if let Opened::Told(rows) = opened {
            found.told += 1;
            found.signed += usize::from(entry.signature.is_some());
            let facts = rows
                .into_iter()
                .filter_map(|row| if let PersonRow::Fact(fact) = row { Some((fact.id, fact)) } else { None });
            committed.extend(facts);
        } else {
            found.untold.push(entry.at);
        }
        match proved(entry, believed) {
            Ok(None) if document.made.duration_since(entry.at).abs() > UNPUBLISHED => {
                found.wrong.push(Wrong::Entry(entry, Fault::Unlogged));
            }
            Ok(None) => found.waiting.push(entry),
            Ok(Some(head)) => {
                found.proved += 1;
                found.believe(head);
            }
            Err(fault) => found.wrong.push(Wrong::Entry(entry, fault)),
        }
    }
    found.wrong.extend(chain(&document.journal));
    let turned: Result<Vec<Note>, Fault> =
        document.turns.iter().map(|proof| turn(proof, believed, &mut found)).collect();
    match turned {
        Ok(ends) => found.close(&ends),
        Err(fault) => found.wrong.push(Wrong::Turn(fault)),
    }
    facts(document, &committed, &mut found);
    found
}

/// What an entry commits to.
fn opened(entry: &ToldEntry, person: PersonId, whom: Option<&Identity>) -> Result<Opened, Fault> {
    let given = entry.content.as_deref().map(sha256);
    if let (Some(given), Some(hash)) = (given, entry.content_hash)
        && given != hash
    {
        return Err(Fault::Content);
    }
    let (salt, content) = match (entry.salt, given.or(entry.content_hash)) {
        (Some(salt), Some(content)) => (salt, content),
        (None, _) if given.is_some() => return Err(Fault::Unsalted),
        (None, _) | (Some(_), None) => return Ok(Opened::Sealed),
    };
    let signed = entry.signature.as_ref().map(|signature| sha256(&signature.proof));
    let beside = signed.or_else(|| entry.doer.as_ref().map(|doer| sha256(&doer.content)));
    if leaf((entry.id, entry.act, entry.at), &salt, &content, (entry.former, beside.as_ref())) != entry.leaf {
        return Err(Fault::Opening);
    }
    if entry.doer.as_ref().is_some_and(|doer| doer.read().is_none()) {
        return Err(Fault::Doer);
    }
    let Some(content) = &entry.content else { return Ok(Opened::Ended) };
    let (about, rows) = read_person(content).map_err(|_| Fault::Unreadable)?;
    if entry.doer.is_some() && !Doer::is_told(entry.act, &rows) {
        return Err(Fault::Doer);
    }
    if about != person {
        return Err(Fault::SomebodyElse);
    }
    match &entry.signature {
        Some(signature) if !is_signed(signature, &rows) => Err(Fault::Signature),
        Some(signature) if whom.is_some_and(|whom| !is_about(signature, whom)) => Err(Fault::Meant),
        Some(_) | None => Ok(Opened::Told(rows)),
    }
}

/// Whether the key that the file names signed these rows for their issuer.
fn is_signed(told: &ToldSignature, rows: &[PersonRow]) -> bool {
    let Some((proof, key)) = Proof::from_bytes(&told.proof).zip(told.key) else { return false };
    proof.signed(rows).is_some_and(|(_, bytes)| proof.is_by(&key, &bytes))
}

/// Whether the issuer signed it about whoever has this document.
fn is_about(told: &ToldSignature, whom: &Identity) -> bool {
    Proof::from_bytes(&told.proof).is_some_and(|proof| proof.is_about(&told.salt, whom))
}

impl Found<'_> {
    /// Looks for what waited in the logs themselves, which have everything that was done a while before the last act in them or
    /// a day before `now`.
    pub(super) fn look_in(&mut self, log: &Logged, now: Timestamp) {
        let whole = now.saturating_sub(UNPUBLISHED).unwrap_or(Timestamp::MIN);
        let last = log.last.and_then(|last| last.checked_sub(BESIDE).ok());
        let whole = last.map_or(whole, |last| last.max(whole));
        for entry in std::mem::take(&mut self.waiting) {
            match log.acts.get(&entry.leaf) {
                Some(act) if is_as_told(act, entry) => self.proved += 1,
                Some(_) => self.wrong.push(Wrong::Entry(entry, Fault::Otherwise)),
                None if entry.at < whole => self.wrong.push(Wrong::Entry(entry, Fault::Unlogged)),
                None => self.waiting.push(entry),
            }
        }
    }

    /// Remembers a checkpoint, once.
    fn believe(&mut self, (signed, witnesses): (SignedCheckpoint, usize)) {
        if !self.heads.iter().any(|known| known.signed == signed) {
            self.heads.push(Head { signed, witnesses, closed: false });
        }
    }

    /// Finds which logs are closed by the beginning of the next.
    fn close(&mut self, ends: &[Note]) {
        for head in &mut self.heads {
            let Checkpoint { origin, size, .. } = head.signed.checkpoint();
            let end = ends.iter().find_map(|note| {
                let end: Checkpoint = note.text().parse().ok()?;
                (end.origin == *origin).then_some(end)
            });
            match end {
                Some(end) if end == *head.signed.checkpoint() => head.closed = true,
                // A checkpoint of before the end is proved by the log alone.
                Some(end) if end.size > *size => {}
                Some(_) => self.wrong.push(Wrong::Turn(Fault::AnotherEnd)),
                None => {}
            }
        }
    }
}

/// The checkpoint that stands on an entry; none if there was none yet.
fn proved(entry: &ToldEntry, believed: &Believed) -> Result<Option<(SignedCheckpoint, usize)>, Fault> {
    let Some(proof) = &entry.proof else { return Ok(None) };
    let (leaf, head) = logged(proof, believed)?;
    match leaf {
        Leaf::Act(act) if *act.commitment.as_bytes() == entry.leaf => {
            if is_as_told(&act, entry) {
                Ok(Some(head))
            } else {
                Err(Fault::Otherwise)
            }
        }
        Leaf::Act(_) | Leaf::Former(_) => Err(Fault::AnotherEntry),
    }
}

/// The end of a log, as the next one begins with it.
fn turn(proof: &str, believed: &Believed, found: &mut Found<'_>) -> Result<Note, Fault> {
    let (leaf, head) = logged(proof, believed)?;
    found.believe(head);
    match leaf {
        Leaf::Former(end) => Ok(end),
        Leaf::Act(_) => Err(Fault::AnotherEntry),
    }
}

/// What a proof file proves: an entry of the log, by a checkpoint that is believed.
fn logged(proof: &str, believed: &Believed) -> Result<(Leaf, (SignedCheckpoint, usize)), Fault> {
    let proof = ProofFile::from_bytes(proof.as_bytes()).map_err(|error| Fault::Proof(error.to_string()))?;
    let head = believed.accept(proof.checkpoint.clone()).map_err(Fault::Checkpoint)?;
    let logged = proof.extra.as_deref().unwrap_or_default();
    proof.is_in(logged, head.0.checkpoint()).map_err(Fault::NotInTheLog)?;
    Ok((Leaf::from_bytes(logged).map_err(|_| Fault::AnotherEntry)?, head))
}

/// Whether the log shows the same beside the commitment.
fn is_as_told(act: &Act, entry: &ToldEntry) -> bool {
    let same_office = || {
        let rows = entry.content.as_deref().and_then(|content| read_person(content).ok());
        rows.is_none_or(|(_, rows)| clear(act).is_some_and(|shown| shown.names(&rows)))
    };
    let second = u64::try_from(entry.at.as_second()).ok();
    act.name.as_str() == entry.act.word() && Some(act.at.get()) == second && same_office()
}

/// That each entry follows one of the file, and none follows the same.
fn chain(entries: &[ToldEntry]) -> Vec<Wrong<'_>> {
    let (mut wrong, mut once) = (Vec::new(), Vec::new());
    let (mut leaves, mut followed) = (BTreeSet::new(), BTreeSet::new());
    for entry in entries {
        if leaves.insert(entry.leaf) {
            once.push(entry);
        } else {
            wrong.push(Wrong::Entry(entry, Fault::Twice));
        }
    }
    for entry in once {
        let former = match entry.former {
            // Entries of before entries were chained say nothing.
            Former::Unsaid => continue,
            Former::None => None,
            Former::Leaf(former) => Some(former),
        };
        if let Some(former) = former.filter(|former| !leaves.contains(former)) {
            wrong.push(Wrong::Entry(entry, Fault::Gap(former)));
        }
        if !followed.insert(former) {
            wrong.push(Wrong::Entry(entry, Fault::Fork));
        }
    }
    wrong
}

/// That the facts that are told of are those that the entries speak of.
fn facts(document: &Document, committed: &BTreeMap<FactId, RecordedFact>, found: &mut Found<'_>) {
    for told in &document.facts {
        let Some(recorded) = committed.get(&told.id) else {
            // Its entry was made with it, and is one of those that are not told any more, or is wrong itself.
            if !found
                .untold
                .iter()
                .chain(&found.doubted)
                .any(|at| at.duration_since(told.recorded).abs() <= BESIDE)
            {
                found.wrong.push(Wrong::Unrecorded { recorded: told.recorded });
            }
            continue;
        };
        let same = serde_json::to_value(&recorded.fact).is_ok_and(|fact| fact == told.fact);
        if same && recorded.recorded == told.recorded {
            found.facts.1 += 1;
        } else {
            found.wrong.push(Wrong::Fact { recorded: told.recorded });
        }
    }
}
