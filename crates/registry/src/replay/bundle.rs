//! The file that an auditor is given: what opens entries of the log, and nothing that needs to be believed.
//!
//! `mingma/openings/3`, then the checkpoint as of which it was made and how many entries were drawn (nothing where nobody was), then an opening after the other, in the order of the log;
//! each of these after its length in four bytes. An opening is again fields after their lengths: the entry's number, its id, its time, the
//! salt, the former entry (a zero if it does not say, empty if there is none, else its leaf), and `whole` with the content
//! or `ended` with the content's hash, or `found` with a content whose rows were not in the database any more; and, where that was kept, what
//! stands beside the content: the [proof](crate::signed::Proof) that an issuer signed it, or [who did it](crate::doer::Doer). So one reader of ten
//! lines reads it, and everything in it is proved by the log.

use std::num::NonZeroUsize;

use jiff::Timestamp;
use thiserror::Error;

use crate::canonical::{Canonical, Hash, sha256};
use crate::id::{EntryId, PersonId};
use crate::journal::Former;
use crate::journal::read::person_of;

/// What the file is.
const NAME: &str = "mingma/openings/3";
/// What files were in which nobody is said to have done anything.
const NAME_WITHOUT_DOERS: &str = "mingma/openings/2";
/// What files were that did not say how many entries were drawn, either.
const NAME_WITHOUT_DRAWN: &str = "mingma/openings/1";

/// What opens one entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Opened<'f> {
    /// Which entry of the journal, from 1.
    pub number: u64,
    /// Its id.
    pub id: EntryId,
    /// When it was made.
    pub at: Timestamp,
    /// What kept the leaf from being guessed.
    pub salt: [u8; 32],
    /// The person's entry before it.
    pub former: Former,
    /// What was done.
    pub content: Content<'f>,
    /// What stands beside the content within the commitment: the proof that an issuer signed it, or who did it; none of what nobody signs and the
    /// program finds by itself, and of entries of before either was kept.
    pub beside: Option<&'f [u8]>,
}

/// What an entry commits to, as far as it is still kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Content<'f> {
    /// All of it, in the canonical encoding.
    Whole(&'f [u8]),
    /// All of it, too: the rows had been taken out of the database beside the acts, and were found again by what the entry commits to.
    Found(&'f [u8]),
    /// Its rows have ended; this is its hash.
    Ended(Hash),
}

impl<'f> Content<'f> {
    /// The content, if it is given.
    #[must_use]
    pub const fn given(&self) -> Option<&'f [u8]> {
        match self {
            Self::Whole(content) | Self::Found(content) => Some(content),
            Self::Ended(_) => None,
        }
    }

    /// The hash that stands in the commitment.
    #[must_use]
    pub fn hash(&self) -> Hash {
        match self {
            Self::Whole(content) | Self::Found(content) => sha256(content),
            Self::Ended(hash) => *hash,
        }
    }
}

/// The file is cut off, or is no such file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a file of openings, or one that was cut off after entry {after}")]
pub struct Torn {
    /// The number of the last entry that could be read.
    pub after: u64,
}

/// The beginning of a file, as of a checkpoint, about everybody or those whom so many drawn entries are about.
#[must_use]
pub fn begin(checkpoint: &str, drawn: Option<NonZeroUsize>) -> Vec<u8> {
    let mut text = Canonical::new(NAME);
    text.text(checkpoint);
    text.text(drawn.map(|count| count.to_string()).unwrap_or_default());
    text.finish()
}

/// What a file says of itself before its openings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Beginning<'f> {
    /// The checkpoint as of which it was made.
    pub checkpoint: &'f str,
    /// How many entries were drawn for it; none if it is about everybody, or does not say.
    pub drawn: Option<NonZeroUsize>,
    /// How many bytes that takes.
    pub bytes: usize,
}

/// Reads what a file says of itself: of the file, or of as much of it as holds that.
///
/// # Errors
/// [`Torn`].
pub fn beginning(file: &[u8]) -> Result<Beginning<'_>, Torn> {
    let mut rest = file;
    let (checkpoint, drawn) = begun(&mut rest)?;
    Ok(Beginning { checkpoint, drawn, bytes: file.len() - rest.len() })
}

/// Of an opening without its length its number and whom it is about, and nothing else of it; nobody where its rows have ended.
#[must_use]
pub fn about(mut opening: &[u8]) -> Option<(u64, Option<PersonId>)> {
    let fields = &mut opening;
    let number = str::from_utf8(take(fields)?).ok()?.parse().ok()?;
    for _ in ["id", "time", "salt", "former"] {
        take(fields)?;
    }
    let (kind, content) = (take(fields)?, take(fields)?);
    Some((number, if matches!(kind, b"whole" | b"found") { person_of(content) } else { None }))
}

/// Takes the beginning off a file.
fn begun<'f>(rest: &mut &'f [u8]) -> Result<(&'f str, Option<NonZeroUsize>), Torn> {
    let torn = Torn { after: 0 };
    let name = take(rest).ok_or(torn)?;
    let mut text = || take(rest).and_then(|text| str::from_utf8(text).ok()).ok_or(torn);
    let checkpoint = text()?;
    if name == NAME_WITHOUT_DRAWN.as_bytes() {
        return Ok((checkpoint, None));
    }
    let is_known = [NAME, NAME_WITHOUT_DOERS].iter().any(|known| name == known.as_bytes());
    let drawn = if is_known { text()? } else { return Err(torn) };
    let drawn = if drawn.is_empty() { None } else { Some(drawn.parse().map_err(|_| torn)?) };
    Ok((checkpoint, drawn))
}

impl Opened<'_> {
    /// Adds it to a file.
    pub fn write(&self, file: &mut Vec<u8>) {
        let mut text = Canonical::default();
        text.text(self.number);
        text.bytes(self.id.as_bytes());
        text.text(self.at);
        text.bytes(&self.salt);
        match &self.former {
            Former::Unsaid => text.bytes(&[0]),
            Former::None => text.bytes(&[]),
            Former::Leaf(leaf) => text.bytes(leaf),
        }
        match &self.content {
            Content::Whole(content) => {
                text.bytes(b"whole");
                text.bytes(content);
            }
            Content::Found(content) => {
                text.bytes(b"found");
                text.bytes(content);
            }
            Content::Ended(hash) => {
                text.bytes(b"ended");
                text.bytes(hash);
            }
        }
        if let Some(beside) = self.beside {
            text.bytes(beside);
        }
        let opening = text.finish();
        let mut field = Canonical::default();
        field.bytes(&opening);
        file.extend(field.finish());
    }
}

/// Reads a file: the checkpoint as of which it was made, and the openings in its order.
///
/// # Errors
/// [`Torn`].
pub fn read(file: &[u8]) -> Result<(&str, Vec<Opened<'_>>), Torn> {
    let mut rest = file;
    let (checkpoint, _) = begun(&mut rest)?;
    let mut openings: Vec<Opened<'_>> = Vec::new();
    while !rest.is_empty() {
        let opened = take(&mut rest).and_then(opening);
        let after = openings.last().map_or(0, |last| last.number);
        openings.push(opened.ok_or(Torn { after })?);
    }
    Ok((checkpoint, openings))
}

fn opening(mut fields: &[u8]) -> Option<Opened<'_>> {
    let fields = &mut fields;
    let number = str::from_utf8(take(fields)?).ok()?.parse().ok()?;
    let id = EntryId::from_bytes(take(fields)?.try_into().ok()?);
    let at = str::from_utf8(take(fields)?).ok()?.parse().ok()?;
    let salt = take(fields)?.try_into().ok()?;
    let former = match take(fields)? {
        [0] => Former::Unsaid,
        [] => Former::None,
        leaf => Former::Leaf(leaf.try_into().ok()?),
    };
    let content = match (take(fields)?, take(fields)?) {
        (b"whole", content) => Content::Whole(content),
        (b"found", content) => Content::Found(content),
        (b"ended", hash) => Content::Ended(hash.try_into().ok()?),
        _ => return None,
    };
    let beside = if fields.is_empty() { None } else { Some(take(fields)?) };
    fields.is_empty().then_some(Opened { number, id, at, salt, former, content, beside })
}

fn take<'f>(rest: &mut &'f [u8]) -> Option<&'f [u8]> {
    let (length, after) = rest.split_first_chunk()?;
    let (field, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    *rest = after;
    Some(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_reads_back_and_a_cut_file_says_where() {
        let opened = |number, former, content| Opened {
            number,
            id: EntryId::from_bytes([7; 16]),
            at: "2022-06-13T09:40:00.123456789Z".parse().unwrap(),
            salt: [9; 32],
            former,
            content,
            beside: (number == 5).then_some(b"signed"),
        };
        let openings = [
            opened(1, Former::Unsaid, Content::Whole(b"done")),
            opened(5, Former::None, Content::Whole(b"")),
            opened(6, Former::Leaf([3; 32]), Content::Ended([4; 32])),
            opened(7, Former::Leaf([3; 32]), Content::Found(b"done")),
        ];
        let mut file = begin("log.example/2022q2\n6\n", NonZeroUsize::new(3));
        let begins = Beginning {
            checkpoint: "log.example/2022q2\n6\n",
            drawn: NonZeroUsize::new(3),
            bytes: file.len(),
        };
        let mut ends = vec![file.len()];
        for opened in &openings {
            opened.write(&mut file);
            ends.push(file.len());
        }
        assert_eq!(read(&file), Ok(("log.example/2022q2\n6\n", openings.to_vec())));
        assert_eq!(beginning(&file), Ok(begins));
        for (opened, ends) in openings.iter().zip(ends.windows(2)) {
            assert_eq!(about(&file[ends[0] + 4..ends[1]]), Some((opened.number, None)), "it is about nobody");
        }
        for cut in 0..file.len() {
            let whole = ends.iter().position(|end| *end == cut);
            let before = ends.iter().filter(|end| **end <= cut).count();
            let after = before.checked_sub(2).and_then(|place| openings.get(place)).map_or(0, |o| o.number);
            match (read(&file[..cut]), whole) {
                (Ok((_, read)), Some(count)) => assert_eq!(read, openings[..count]),
                (Err(torn), None) => assert_eq!(torn, Torn { after }, "cut at {cut}"),
                (read, whole) => panic!("cut at {cut}: {read:?}, {whole:?}"),
            }
        }
    }
}
