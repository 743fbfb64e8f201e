//! The certificate of destruction of a deployment that has ended: a document of JSON, signed with the key that signed its codes.
//!
//! It says what the log says, and can be held against it: the last entry, what opens it, the counts that it commits to, and the checkpoint
//! under which it stands. That nothing was recorded afterwards follows from the tree, which ends there.

use std::fmt;
use std::str::FromStr;

use base16ct::lower::encode_string as hex;
use jiff::Timestamp;
use mingma_journal::checkpoint::SignedCheckpoint;
use mingma_registry::acts::Ceased;
use mingma_registry::journal::{Clear, Entry, Former};
use mingma_registry::retention::{KindPurged, Purged};
use mingma_registry::row::PublicRow;
use mingma_registry::words::ActName;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::plural::counted;

/// The format's name.
const FORMAT: &str = "mingma/certificate-of-destruction/1";

/// What was destroyed, and what proves that it was told of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Certificate {
    format: String,
    /// The region whose deployment it was.
    pub(crate) region: String,
    /// When the last act was made.
    at: String,
    /// The facts, by kind.
    facts: Vec<Facts>,
    /// Everything else that was kept of persons: codes, grants, looks, ways in, notices, salts.
    others: u32,
    /// The log's name, as its checkpoint has it.
    pub(crate) log: String,
    /// How many entries it has; the last is the last act.
    pub(crate) entries: u64,
    /// The checkpoint with its signatures.
    pub(crate) checkpoint: String,
    /// Whether witnesses were asked for, and signed.
    pub(crate) witnessed: bool,
    entry: Opened,
}

/// How many facts of a kind there were, and the first and last day on which they would have been over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    kind: String,
    count: u32,
    first: String,
    last: String,
}

/// The last entry, and what opens it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Opened {
    id: String,
    at: String,
    salt: String,
    leaf: String,
}

/// Why a certificate says nothing.
fn wrong(what: impl fmt::Display) -> Failure {
    Failure::new(format_args!("the certificate cannot be read: {what}"))
}

fn read<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(wrong)
}

fn unhex(text: &str) -> Result<[u8; 32], Failure> {
    let mut bytes = [0; 32];
    match base16ct::lower::decode(text, &mut bytes).map(<[u8]>::len) {
        Ok(32) => Ok(bytes),
        _ => Err(wrong("not 64 hexadecimal digits")),
    }
}

impl Certificate {
    /// The certificate of a last act that stands under this checkpoint.
    ///
    /// # Errors
    /// A [`Failure`] if the act's entry has no salt.
    pub(crate) fn of(
        region: String,
        Ceased { row, entry }: &Ceased,
        head: &SignedCheckpoint,
        witnessed: bool,
    ) -> Result<Self, Failure> {
        let salt = entry.salt.ok_or_else(|| Failure::new("the last entry has no salt"))?;
        let facts = row.facts.iter().map(|facts| Facts {
            kind: facts.kind.to_string(),
            count: facts.count,
            first: facts.first.to_string(),
            last: facts.last.to_string(),
        });
        Ok(Self {
            format: FORMAT.to_owned(),
            region,
            at: row.at.to_string(),
            facts: facts.collect(),
            others: row.others,
            log: head.checkpoint().origin.to_string(),
            entries: head.checkpoint().size,
            checkpoint: head.note().to_string(),
            witnessed,
            entry: Opened {
                id: entry.id.to_string(),
                at: entry.at.to_string(),
                salt: hex(&salt),
                leaf: hex(&entry.leaf),
            },
        })
    }

    /// Reads a document.
    ///
    /// # Errors
    /// A [`Failure`] if it is none.
    pub(crate) fn read(document: &[u8]) -> Result<Self, Failure> {
        let read: Self = serde_json::from_slice(document).map_err(wrong)?;
        if read.format == FORMAT {
            Ok(read)
        } else {
            Err(wrong(format_args!("its format is `{}`", read.format)))
        }
    }

    /// The document.
    ///
    /// # Errors
    /// A [`Failure`] if it cannot be written.
    pub(crate) fn document(&self) -> Result<Vec<u8>, Failure> {
        serde_json::to_vec_pretty(self).map_err(Failure::new)
    }

    /// The commitment of its last entry, if what it counts is what that commits to.
    ///
    /// # Errors
    /// A [`Failure`] if it counts something else.
    pub(crate) fn commitment(&self) -> Result<[u8; 32], Failure> {
        let facts = self.facts.iter().map(|facts| {
            Ok(KindPurged {
                kind: read(&facts.kind)?,
                count: facts.count,
                first: read(&facts.first)?,
                last: read(&facts.last)?,
            })
        });
        let at: Timestamp = read(&self.at)?;
        let row =
            Purged { at, facts: facts.collect::<Result<_, Failure>>()?, others: self.others, sealed: None };
        let entry = Entry {
            id: read(&self.entry.id)?,
            act: ActName::Cease,
            at: read(&self.entry.at)?,
            salt: Some(unhex(&self.entry.salt)?),
            content: None,
            leaf: unhex(&self.entry.leaf)?,
            former: Former::Unsaid,
            beside: None,
            clear: Clear::default(),
        };
        if entry.commits_to_public(&PublicRow::Purged(row)) {
            return Ok(entry.leaf);
        }
        Err(Failure::new("the certificate counts something else than the log's last entry commits to"))
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { region, at, others, log, entries, .. } = self;
        let facts: u64 = self.facts.iter().map(|facts| u64::from(facts.count)).sum();
        writeln!(f, "certificate of destruction: the deployment of region {region} ended at {at}")?;
        writeln!(
            f,
            "  destroyed: {}, {} about persons, and every key that opens anything",
            counted(facts, "fact", "facts"),
            counted(*others, "other row", "other rows")
        )?;
        for Facts { kind, count, first, last } in &self.facts {
            writeln!(f, "    {kind}: {count}, which would have been over from {first} to {last}")?;
        }
        let entries = counted(*entries, "entry", "entries");
        writeln!(f, "  the log `{log}` stands with {entries}, of which this end is the last")?;
        let witnesses =
            if self.witnessed { "witnesses signed its head" } else { "no witnesses were asked for" };
        writeln!(f, "  {witnesses}")
    }
}
