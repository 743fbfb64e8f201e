//! What gives an issuer more than it had: its being known, a key, an entitlement, a higher limit.
//!
//! Whoever could do this alone could invent a border post and a second organisation, and turn people red with them. So one
//! office proposes it and another one agrees ([`crate::brake`]); what takes something away from an issuer one office does
//! at once. An appointment has one line of text, which is what is kept and what both offices put their hand to.

use std::fmt;
use std::str::FromStr;

use base16ct::HexDisplay;
use mingma_credential::key::DevicePoint;
use mingma_domain::fact::{Entitlement, Issuer};
use thiserror::Error;

use crate::row::{EntitlementEntry, IssuerEntry, KeyEntry, Limit, PublicRow};

/// What gives an issuer more than it had.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Appointment {
    /// It is known from now on.
    Issuer(IssuerEntry),
    /// It signs with a key.
    Key(KeyEntry),
    /// It is entitled to a kind, in a region, until a day.
    Entitlement(EntitlementEntry),
    /// It records more of a kind within an hour than before.
    Limit(Limit),
}

impl Appointment {
    /// About whom.
    #[must_use]
    pub const fn issuer(&self) -> &Issuer {
        match self {
            Self::Issuer(entry) => &entry.issuer,
            Self::Key(entry) => &entry.issuer,
            Self::Entitlement(entry) => &entry.entitlement.issuer,
            Self::Limit(limit) => &limit.issuer,
        }
    }

    /// What it is, in a word: of an entitlement and a limit, the kind of fact.
    #[must_use]
    pub const fn subject(&self) -> &'static str {
        match self {
            Self::Issuer(_) => "issuer",
            Self::Key(_) => "key",
            Self::Entitlement(entry) => entry.entitlement.kind.word(),
            Self::Limit(limit) => limit.kind.word(),
        }
    }
}

impl From<Appointment> for PublicRow {
    fn from(appointment: Appointment) -> Self {
        match appointment {
            Appointment::Issuer(entry) => Self::Issuer(entry),
            Appointment::Key(entry) => Self::Key(entry),
            Appointment::Entitlement(entry) => Self::Entitlement(entry),
            Appointment::Limit(limit) => Self::Limit(limit),
        }
    }
}

/// One line of words with a blank between: `issuer` and its name, organisation and region; `key` and whose, its point in
/// hexadecimal, from and until; `entitlement` and its capacity, whose, kind, region, first and last day; `limit` and whose,
/// kind and rows an hour.
impl fmt::Display for Appointment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issuer(IssuerEntry { issuer, organisation, region }) => {
                write!(f, "issuer {issuer} {organisation} {region}")
            }
            Self::Key(KeyEntry { issuer, point, from, until }) => {
                write!(f, "key {issuer} {:x} {from} {until}", HexDisplay(point.as_bytes()))
            }
            Self::Entitlement(EntitlementEntry { capacity, entitlement }) => {
                let Entitlement { issuer, kind, region, from, until } = entitlement;
                write!(f, "entitlement {capacity} {issuer} {kind} {region} {from} {until}")
            }
            Self::Limit(Limit { issuer, kind, per_hour }) => write!(f, "limit {issuer} {kind} {per_hour}"),
        }
    }
}

/// A text that is no appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an appointment")]
pub struct NotAnAppointment;

impl FromStr for Appointment {
    type Err = NotAnAppointment;

    /// Reads what is printed, and nothing else.
    fn from_str(text: &str) -> Result<Self, NotAnAppointment> {
        let read = read(text).filter(|read| read.to_string() == text);
        read.ok_or(NotAnAppointment)
    }
}

fn read(text: &str) -> Option<Appointment> {
    let mut words = text.split(' ');
    let what = words.next()?;
    let mut word = || words.next();
    Some(match what {
        "issuer" => Appointment::Issuer(IssuerEntry {
            issuer: word()?.parse().ok()?,
            organisation: word()?.parse().ok()?,
            region: word()?.parse().ok()?,
        }),
        "key" => Appointment::Key(KeyEntry {
            issuer: word()?.parse().ok()?,
            point: point(word()?)?,
            from: word()?.parse().ok()?,
            until: word()?.parse().ok()?,
        }),
        "entitlement" => Appointment::Entitlement(EntitlementEntry {
            capacity: word()?.parse().ok()?,
            entitlement: Entitlement {
                issuer: word()?.parse().ok()?,
                kind: word()?.parse().ok()?,
                region: word()?.parse().ok()?,
                from: word()?.parse().ok()?,
                until: word()?.parse().ok()?,
            },
        }),
        "limit" => Appointment::Limit(Limit {
            issuer: word()?.parse().ok()?,
            kind: word()?.parse().ok()?,
            per_hour: word()?.parse().ok()?,
        }),
        _ => return None,
    })
}

/// A public point of its hexadecimal digits.
pub(crate) fn point(hex: &str) -> Option<DevicePoint> {
    let mut bytes = [0; 33];
    let read = base16ct::lower::decode(hex, &mut bytes).ok()?;
    DevicePoint::from_bytes(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [&str; 4] = [
        "issuer border:410100 immigration 410100",
        "key border:410100 020707070707070707070707070707070707070707070707070707070707070707 2022-06-01T00:00:00Z 2023-06-01T00:00:00Z",
        "entitlement submit border:410100 entry 410100 2022-06-01 2022-06-30",
        "limit border:410100 entry 5000",
    ];

    #[test]
    fn an_appointment_reads_back_as_it_was_printed_and_nothing_else_does() {
        for line in LINES {
            let appointment: Appointment = line.parse().unwrap();
            assert_eq!(appointment.to_string(), line);
            assert_eq!(appointment.issuer().to_string(), "border:410100");
            for other in [
                line.split_at(1).1.to_owned(),
                format!("{line} "),
                format!("{line} more"),
                line.replace("border", "Border"),
                line.replacen(' ', "  ", 1),
            ] {
                assert_eq!(other.parse::<Appointment>(), Err(NotAnAppointment), "{other}");
            }
        }
        assert_eq!("limit border:410100 entry 05000".parse::<Appointment>(), Err(NotAnAppointment));
        assert_eq!(
            LINES.map(|line| line.parse::<Appointment>().unwrap().subject()),
            ["issuer", "key", "entry", "entry"]
        );
    }
}
