//! Reads and writes a policy's file.
//!
//! # Source
//! C2SP `tlog-policy`, "Policy file syntax and structure".

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::{Definition, Is, KnownLog, Policy, Quorum, Threshold, Word};
use crate::note::key::{KeyError, LogKey, PUBLIC_KEY_BYTES, WitnessKey};
use crate::text::decimal;

/// The longest file: some 250 lines of 256 bytes.
pub const MAX_POLICY_BYTES: usize = 1 << 16;

/// The most logs, and the most witnesses and groups together; 32 of each are what every reader must take.
pub const MAX_DEFINITIONS: usize = 256;

/// Why a file is no policy, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {kind}")]
pub struct PolicyError {
    /// The line, counted from 1; the last one for what the whole file lacks.
    pub line: usize,
    /// What is wrong.
    pub kind: PolicyErrorKind,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyErrorKind {
    /// The file is too long.
    #[error("a policy has at most {MAX_POLICY_BYTES} bytes")]
    Long,
    /// The last line does not end.
    #[error("the last line does not end")]
    Unended,
    /// A control character other than tab and the end of a line.
    #[error("a control character")]
    Control,
    /// A line of another kind.
    #[error("a line begins with `log`, `witness`, `group` or `quorum`")]
    Keyword,
    /// Too few or too many words.
    #[error(
        "a line is `log KEY [URL]`, `witness NAME KEY [URL]`, `group NAME K|any|all NAME…` or `quorum NAME`"
    )]
    Words,
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The same key twice.
    #[error("the key was listed before")]
    SameKey,
    /// The name means something already.
    #[error("the name `{0}` was defined before, or is `none`")]
    SameName(Word),
    /// The name means nothing yet.
    #[error("the name `{0}` is not defined on a line before")]
    UnknownName(Word),
    /// The name is a member already: a witness would count twice.
    #[error("`{0}` is a member of a group already")]
    SameMember(Word),
    /// A threshold that cannot be met or means nothing.
    #[error("a group needs `any`, `all`, or a number from 1 to that of its members")]
    Threshold,
    /// More than [`MAX_DEFINITIONS`].
    #[error("more than {MAX_DEFINITIONS} logs, or witnesses and groups")]
    Many,
    /// Two quorums.
    #[error("a policy has one quorum")]
    SecondQuorum,
    /// No quorum.
    #[error("a policy has a quorum; `quorum none` asks for no witness")]
    NoQuorum,
}

impl Policy {
    /// Reads a policy's file.
    ///
    /// # Errors
    /// [`PolicyError`], with the line.
    pub fn from_bytes(file: &[u8]) -> Result<Self, PolicyError> {
        if file.len() > MAX_POLICY_BYTES {
            return Err(PolicyError { line: 1, kind: PolicyErrorKind::Long });
        }
        let mut reading = Reading::default();
        let mut lines: Vec<&[u8]> = file.split(|byte| *byte == b'\n').collect();
        // What follows the last line's end is empty.
        let rest = lines.pop().unwrap_or_default();
        for (number, line) in (1..).zip(&lines) {
            reading.line(line).map_err(|kind| PolicyError { line: number, kind })?;
        }
        let last = lines.len();
        if !rest.is_empty() {
            return Err(PolicyError { line: last + 1, kind: PolicyErrorKind::Unended });
        }
        let quorum = reading.quorum.ok_or(PolicyError { line: last, kind: PolicyErrorKind::NoQuorum })?;
        Ok(Self { logs: reading.logs, definitions: reading.definitions, quorum })
    }

    /// The policy's file: the same meaning in the same order, without comments.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let mut line = |words: &[&[u8]]| {
            file.extend(words.join(&b' '));
            file.push(b'\n');
        };
        for KnownLog { key, url } in &self.logs {
            let key = key.to_string();
            line(
                &[&[b"log".as_slice(), key.as_bytes()], url.as_ref().map(Word::as_bytes).as_slice()].concat(),
            );
        }
        let name = |place: usize| self.definitions.get(place).map_or(NONE, |found| found.name.as_bytes());
        for Definition { name: defined, is } in &self.definitions {
            match is {
                Is::Witness { key, url } => {
                    let key = key.to_string();
                    let words = [b"witness".as_slice(), defined.as_bytes(), key.as_bytes()];
                    line(&[words.as_slice(), url.as_ref().map(Word::as_bytes).as_slice()].concat());
                }
                Is::Group { k, written, members } => {
                    let threshold = match written {
                        Threshold::Any => "any".to_owned(),
                        Threshold::All => "all".to_owned(),
                        Threshold::Number => k.to_string(),
                    };
                    let mut words = vec![b"group".as_slice(), defined.as_bytes(), threshold.as_bytes()];
                    words.extend(members.iter().map(|member| name(*member)));
                    line(&words);
                }
            }
        }
        let quorum = match self.quorum {
            Quorum::Nobody => NONE,
            Quorum::Of(place) => name(place),
        };
        line(&[b"quorum".as_slice(), quorum]);
        file
    }
}

/// The name that asks for no witness.
const NONE: &[u8] = b"none";

/// What was read so far.
#[derive(Default)]
struct Reading {
    logs: Vec<KnownLog>,
    log_keys: BTreeSet<[u8; PUBLIC_KEY_BYTES]>,
    witness_keys: BTreeSet<[u8; PUBLIC_KEY_BYTES]>,
    definitions: Vec<Definition>,
    names: BTreeMap<Word, usize>,
    members: BTreeSet<usize>,
    quorum: Option<Quorum>,
}

impl Reading {
    fn line(&mut self, line: &[u8]) -> Result<(), PolicyErrorKind> {
        if line.iter().any(|byte| (*byte < b' ' && *byte != b'\t') || *byte == 0x7f) {
            return Err(PolicyErrorKind::Control);
        }
        let words = line.split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty());
        let words: Vec<&[u8]> = words.collect();
        match words.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with(b"#") => Ok(()),
            [b"log", key, url @ ..] => self.log(key, optional(url)?),
            [b"witness", name, key, url @ ..] => self.witness(name, key, optional(url)?),
            [b"group", name, threshold, members @ ..] => self.group(name, threshold, members),
            [b"quorum", name] => self.quorum(name),
            [b"log" | b"witness" | b"group" | b"quorum", ..] => Err(PolicyErrorKind::Words),
            [_, ..] => Err(PolicyErrorKind::Keyword),
        }
    }

    fn log(&mut self, key: &[u8], url: Option<Word>) -> Result<(), PolicyErrorKind> {
        let key: LogKey = text(key)?.parse()?;
        if self.logs.len() >= MAX_DEFINITIONS {
            return Err(PolicyErrorKind::Many);
        }
        // "Two vkeys are considered duplicate if they wrap the same underlying public key."
        if !self.log_keys.insert(*key.bytes()) {
            return Err(PolicyErrorKind::SameKey);
        }
        self.logs.push(KnownLog { key, url });
        Ok(())
    }

    fn witness(&mut self, name: &[u8], key: &[u8], url: Option<Word>) -> Result<(), PolicyErrorKind> {
        let key: WitnessKey = text(key)?.parse()?;
        if !self.witness_keys.insert(*key.bytes()) {
            return Err(PolicyErrorKind::SameKey);
        }
        self.define(name, Is::Witness { key, url })
    }

    fn group(&mut self, name: &[u8], threshold: &[u8], members: &[&[u8]]) -> Result<(), PolicyErrorKind> {
        let mut places = Vec::with_capacity(members.len());
        for member in members {
            let place = self.place(member)?;
            // "Each defined name can be listed as a group member at most once."
            if !self.members.insert(place) {
                return Err(PolicyErrorKind::SameMember(Word(member.to_vec())));
            }
            places.push(place);
        }
        let (k, written) = match threshold {
            b"any" => (1, Threshold::Any),
            b"all" => (places.len(), Threshold::All),
            number => {
                let number = std::str::from_utf8(number).ok().and_then(decimal);
                let number = number.and_then(|number| usize::try_from(number).ok());
                (number.ok_or(PolicyErrorKind::Threshold)?, Threshold::Number)
            }
        };
        if k == 0 || k > places.len() {
            return Err(PolicyErrorKind::Threshold);
        }
        self.define(name, Is::Group { k, written, members: places })
    }

    fn quorum(&mut self, name: &[u8]) -> Result<(), PolicyErrorKind> {
        let quorum = if name == NONE { Quorum::Nobody } else { Quorum::Of(self.place(name)?) };
        if self.quorum.replace(quorum).is_some() { Err(PolicyErrorKind::SecondQuorum) } else { Ok(()) }
    }

    fn place(&self, name: &[u8]) -> Result<usize, PolicyErrorKind> {
        let word = Word(name.to_vec());
        self.names.get(&word).copied().ok_or(PolicyErrorKind::UnknownName(word))
    }

    fn define(&mut self, name: &[u8], is: Is) -> Result<(), PolicyErrorKind> {
        let word = Word(name.to_vec());
        if self.definitions.len() >= MAX_DEFINITIONS {
            return Err(PolicyErrorKind::Many);
        }
        if name == NONE || self.names.contains_key(&word) {
            return Err(PolicyErrorKind::SameName(word));
        }
        self.names.insert(word.clone(), self.definitions.len());
        self.definitions.push(Definition { name: word, is });
        Ok(())
    }
}

fn optional(words: &[&[u8]]) -> Result<Option<Word>, PolicyErrorKind> {
    match words {
        [] => Ok(None),
        [word] => Ok(Some(Word(word.to_vec()))),
        [_, _, ..] => Err(PolicyErrorKind::Words),
    }
}

fn text(word: &[u8]) -> Result<&str, KeyError> {
    std::str::from_utf8(word).map_err(|_| KeyError::Shape)
}
