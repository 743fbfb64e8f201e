//! What an authority's own key says: signed on a machine apart, brought in as a file by whoever likes, and counted once.
//!
//! The key that signs codes lies on a server that everybody reaches. This one does not, so it says what that one must not: which
//! keys checkpoints trust, and, where an authority prefers it to an account, rules, risk and issuers. A signature stands where a
//! commission's hand does, never higher: what waits for a second office when an official asks for it waits when this key does.

use std::fmt;
use std::str::FromStr;

use base16ct::HexDisplay;
use mingma_credential::authority::{Act, ActError, open, unproved};
use mingma_credential::key::KeyId;
use mingma_credential::trust::file::{Anchor, TrustError, TrustFile};
use mingma_credential::{Certificate, UnixSeconds};
use mingma_domain::Region;
use mingma_domain::risk::RegionRisk;
use thiserror::Error;

use crate::acts::Less;
use crate::appointment::{Appointment, point};
use crate::brake::Proposed;
use crate::canonical::{Hash, sha256};
use crate::row::{Brought, PublicRow};
use crate::words::AuthorityAct;

/// The authority of a deployment, as whoever owns the folder of keys has told the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Authority {
    anchor: Certificate,
    region: Region,
    list: u64,
}

impl Authority {
    /// The authority of this region, whose key is this certificate's; the folder's trust list is its edition of this number.
    #[must_use]
    pub const fn new(anchor: Certificate, region: Region, list: u64) -> Self {
        Self { anchor, region, list }
    }

    /// The certificate of its key: what a checkpoint's `--anchor` is.
    #[must_use]
    pub const fn anchor(&self) -> &Certificate {
        &self.anchor
    }

    /// The region over which it acts.
    #[must_use]
    pub const fn region(&self) -> Region {
        self.region
    }

    /// The number of the trust list with which the program began.
    #[must_use]
    pub const fn list(&self) -> u64 {
        self.list
    }

    /// A trust list that this authority's key signed, also if it was to be renewed by now.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn list_of(&self, bytes: &[u8], now: UnixSeconds) -> Result<TrustFile, TrustError> {
        TrustFile::open_even_if_stale(bytes, Anchor::Certificate(&self.anchor), now)
    }
}

/// That the authority's key signed: who acts. Nobody but [`Signed::open`] makes one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Vouched {
    region: Region,
    key: KeyId,
}

impl Vouched {
    /// The region over which the authority acts.
    #[must_use]
    pub const fn region(&self) -> Region {
        self.region
    }

    /// The name of its key.
    #[must_use]
    pub const fn key(&self) -> KeyId {
        self.key
    }
}

/// An act that the authority's key signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signed {
    /// Who acts.
    pub by: Vouched,
    /// What.
    pub directive: Directive,
    /// The last second at which it may be brought in.
    pub until: UnixSeconds,
    /// By which it counts once.
    pub id: [u8; 16],
    /// The hash of what is signed.
    pub hash: Hash,
}

/// Why a file is no act of this authority's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotSigned {
    /// It is none, or another key's, or was changed.
    #[error(transparent)]
    File(#[from] ActError),
    /// It was signed for another region.
    #[error("it was signed for `{of}`, and this is `{here}`")]
    OtherRegion {
        /// For which.
        of: String,
        /// Where it was brought.
        here: Region,
    },
    /// No such act is known, or it says something else than such an act can.
    #[error("what is signed is no act that is known here")]
    Unknown,
}

impl Signed {
    /// Reads a file, and proves that this authority signed it for this region.
    ///
    /// # Errors
    /// [`NotSigned`]: of the key first, then the signature, the region and what is said.
    pub fn open(file: &[u8], authority: &Authority) -> Result<Self, NotSigned> {
        let act = open(file, &authority.anchor)?;
        if act.region.as_str() != authority.region.code() {
            return Err(NotSigned::OtherRegion { of: act.region.to_string(), here: authority.region });
        }
        let directive = Directive::of(&act).ok_or(NotSigned::Unknown)?;
        let by = Vouched { region: authority.region, key: authority.anchor.key_id() };
        Ok(Self { by, directive, until: act.until, id: act.id, hash: sha256(&act.to_bytes()) })
    }
}

/// What an authority's key can say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Directive {
    /// These rules are to be in force.
    Publish {
        /// Whose.
        region: Region,
        /// The `ruleset.toml`.
        rules: String,
        /// The `examples.toml`.
        examples: String,
    },
    /// A region's risk.
    SetRisk(RegionRisk),
    /// An issuer is to have more than it had.
    Appoint(Appointment),
    /// An issuer is to have less.
    Withdraw(Less),
    /// The keys that checkpoints trust: the bytes of a list that the same key signed.
    TrustList(Vec<u8>),
}

impl Directive {
    /// Which act it is.
    #[must_use]
    pub const fn name(&self) -> AuthorityAct {
        match self {
            Self::Publish { .. } => AuthorityAct::Publish,
            Self::SetRisk(_) => AuthorityAct::SetRisk,
            Self::Appoint(_) => AuthorityAct::Appoint,
            Self::Withdraw(_) => AuthorityAct::Withdraw,
            Self::TrustList(_) => AuthorityAct::TrustList,
        }
    }

    /// The one form in which it is signed: a line of words; of rules, a line with the length of the first text, and both.
    #[must_use]
    pub fn content(&self) -> Vec<u8> {
        match self {
            Self::Publish { region, rules, examples } => {
                format!("{region} {}\n{rules}{examples}", rules.len()).into_bytes()
            }
            Self::SetRisk(RegionRisk { region, level, from, until }) => {
                let until = until.map_or_else(|| "-".to_owned(), |until| until.to_string());
                format!("{region} {level} {from} {until}").into_bytes()
            }
            Self::Appoint(appointment) => appointment.to_string().into_bytes(),
            Self::Withdraw(less) => less.to_string().into_bytes(),
            Self::TrustList(bytes) => bytes.clone(),
        }
    }

    /// Whether a row is what this says, and no other's.
    pub(crate) fn makes(&self, row: &PublicRow) -> bool {
        match (self, row) {
            (Self::Publish { region, rules, examples }, PublicRow::Ruleset(entry)) => {
                (&entry.region, &entry.rules, &entry.examples) == (region, rules, examples)
            }
            (Self::SetRisk(risk), PublicRow::Risk(set)) => set == risk,
            (Self::Withdraw(Less::Key(point)), PublicRow::KeyWithdrawn(row)) => row.point == *point,
            (Self::Withdraw(Less::Entitlement(number)), PublicRow::EntitlementWithdrawn(row)) => {
                row.entitlement == *number
            }
            (Self::Withdraw(Less::Limit(limit)), PublicRow::Limit(row)) => row == limit,
            _ => false,
        }
    }

    /// Whether what waits for a second office is what this says.
    pub(crate) fn proposes(&self, what: &Proposed) -> bool {
        match what {
            Proposed::Draft { draft, .. } => self.makes(&draft.clone().into()),
            Proposed::Appointment { appointment, .. } => {
                matches!(self, Self::Appoint(wanted) if wanted == appointment)
            }
        }
    }

    /// What an act says; none if it is no act that is known, or is written otherwise.
    #[must_use]
    pub fn of(act: &Act) -> Option<Self> {
        let name = act.name.parse().ok()?;
        let read = if name == AuthorityAct::TrustList {
            Self::TrustList(act.content.clone())
        } else {
            Self::read(name, std::str::from_utf8(&act.content).ok()?)?
        };
        (read.content() == act.content).then_some(read)
    }

    /// What the line of an act says, if it is written as it is signed.
    #[must_use]
    pub fn of_line(name: AuthorityAct, line: &str) -> Option<Self> {
        Self::read(name, line).filter(|read| read.content() == line.as_bytes())
    }

    fn read(name: AuthorityAct, text: &str) -> Option<Self> {
        Some(match name {
            AuthorityAct::Publish => {
                let (head, texts) = text.split_once('\n')?;
                let (region, length) = head.split_once(' ')?;
                let (rules, examples) = texts.split_at_checked(length.parse().ok()?)?;
                let region = region.parse().ok()?;
                Self::Publish { region, rules: rules.to_owned(), examples: examples.to_owned() }
            }
            AuthorityAct::SetRisk => {
                let mut words = text.split(' ');
                let mut word = || words.next();
                let (region, level, from) =
                    (word()?.parse().ok()?, word()?.parse().ok()?, word()?.parse().ok()?);
                let until = match word()? {
                    "-" => None,
                    until => Some(until.parse().ok()?),
                };
                Self::SetRisk(RegionRisk { region, level, from, until })
            }
            AuthorityAct::Appoint => Self::Appoint(text.parse().ok()?),
            AuthorityAct::Withdraw => Self::Withdraw(text.parse().ok()?),
            AuthorityAct::TrustList => return None,
        })
    }
}

impl Brought {
    /// The row of a file that was brought in.
    #[must_use]
    pub fn new(signed: &Signed, file: &[u8], at: jiff::Timestamp) -> Self {
        Self { id: signed.id, file: file.to_owned(), at }
    }

    /// What the file says, with the name of the key that signed it; none if it was not kept as it was brought.
    #[must_use]
    pub fn act(&self) -> Option<(Act, KeyId)> {
        let (act, key) = unproved(&self.file).ok()?;
        Some((act, key?))
    }
}

/// One line of words: `key` and its point in hexadecimal, `entitlement` and the number of the act that gave it, `limit` and whose,
/// kind and rows an hour.
impl fmt::Display for Less {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(point) => write!(f, "key {:x}", HexDisplay(point.as_bytes())),
            Self::Entitlement(number) => write!(f, "entitlement {number}"),
            Self::Limit(limit) => write!(f, "{}", Appointment::Limit(limit.clone())),
        }
    }
}

/// A text that takes nothing away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a withdrawal")]
pub struct NotLess;

impl FromStr for Less {
    type Err = NotLess;

    /// Reads what is printed, and nothing else.
    fn from_str(text: &str) -> Result<Self, NotLess> {
        let read = match text.split_once(' ') {
            Some(("key", hex)) => point(hex).map(Self::Key),
            Some(("entitlement", number)) => number.parse().ok().map(Self::Entitlement),
            Some(("limit", _)) => match text.parse() {
                Ok(Appointment::Limit(limit)) => Some(Self::Limit(limit)),
                Ok(Appointment::Issuer(_) | Appointment::Key(_) | Appointment::Entitlement(_)) | Err(_) => {
                    None
                }
            },
            Some(_) | None => None,
        };
        read.filter(|read| read.to_string() == text).ok_or(NotLess)
    }
}

#[cfg(test)]
mod tests {
    use mingma_credential::status::RegionCode;

    use super::*;

    fn act(name: &str, content: &[u8]) -> Act {
        let region = RegionCode::parse("410000").unwrap();
        Act {
            region,
            name: name.to_owned(),
            content: content.to_vec(),
            until: UnixSeconds::new(1),
            id: [7; 16],
        }
    }

    #[test]
    fn what_is_signed_reads_back_as_it_was_written_and_nothing_else_does() {
        let contents = [
            ("publish", "410100 6\nrules\nexamples"),
            ("set-risk", "410105 high 2022-06-13 2022-06-27"),
            ("set-risk", "410105 low 2022-06-13 -"),
            ("appoint", "issuer border:410100 immigration 410100"),
            ("withdraw", "key 020707070707070707070707070707070707070707070707070707070707070707"),
            ("withdraw", "entitlement 17"),
            ("withdraw", "limit border:410100 entry 50"),
        ];
        for (name, content) in contents {
            let directive = Directive::of(&act(name, content.as_bytes())).unwrap();
            assert_eq!(directive.name().word(), name);
            assert_eq!(directive.content(), content.as_bytes());
            for other in contents.map(|(name, _)| name).into_iter().chain(["assess", ""]) {
                // A limit is more or less by what it was before.
                let due = other == name || (other == "appoint" && content.starts_with("limit "));
                assert_eq!(
                    Directive::of(&act(other, content.as_bytes())).is_some(),
                    due,
                    "{other}: {content}"
                );
            }
            if name != "publish" {
                for other in [format!("{content} "), content.replacen(' ', "  ", 1), format!(" {content}")] {
                    assert_eq!(Directive::of(&act(name, other.as_bytes())), None, "{other}");
                }
            }
        }
        for broken in ["410100 99\nrules", "410100 06\nrules\n", "410100\nrules", "410100 6rules", "41 0\n"] {
            assert_eq!(Directive::of(&act("publish", broken.as_bytes())), None, "{broken}");
        }
        assert_eq!(Directive::of(&act("set-risk", &[0xff])), None);
    }
}
