//! Where a person is reached: a telephone number or an e-mail address, checked before it is kept.
//!
//! Neither is ever printed by accident: `Debug` and every error keep it back. What is sent goes through [`Contact::wire`].

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The most characters of an address of e-mail (RFC 5321, 4.5.3.1.3).
const MAX_EMAIL: usize = 254;
/// The most characters before the `@` (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL: usize = 64;

/// Where a person is reached.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contact {
    /// A telephone that takes short messages.
    Phone(Phone),
    /// An e-mail address.
    Email(Email),
}

/// A telephone number in the form of E.164: `+` and 8 to 15 digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Phone(String);

/// An e-mail address of ASCII characters, its host in small letters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Email(String);

/// By which ways whoever serves reaches people: the contacts that are taken. What is told to any other never arrives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ways {
    /// Whether short messages go out.
    pub phone: bool,
    /// Whether e-mail goes out.
    pub email: bool,
}

/// No way leads from here to a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoWay {
    /// E-mail does not go out, short messages do.
    #[error("no e-mail goes out from here: give a telephone number")]
    Email,
    /// Short messages do not go out, e-mail does.
    #[error("no short message goes out from here: give an e-mail address")]
    Phone,
    /// Neither does.
    #[error(
        "neither short messages nor e-mail go out from here: leave the contact out, and register at a community's desk"
    )]
    Either,
}

impl Ways {
    /// Every way.
    pub const ALL: Self = Self { phone: true, email: true };

    /// Whether a contact is taken.
    ///
    /// # Errors
    /// [`NoWay`], which says what is taken.
    pub const fn take(self, contact: &Contact) -> Result<(), NoWay> {
        match (contact, self) {
            (Contact::Phone(_), Self { phone: true, .. }) | (Contact::Email(_), Self { email: true, .. }) => {
                Ok(())
            }
            (Contact::Phone(_), Self { email: true, .. }) => Err(NoWay::Phone),
            (Contact::Email(_), Self { phone: true, .. }) => Err(NoWay::Email),
            (Contact::Phone(_) | Contact::Email(_), _) => Err(NoWay::Either),
        }
    }
}

impl Default for Ways {
    fn default() -> Self {
        Self::ALL
    }
}

impl NoWay {
    /// The word by which texts name it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Either => "either",
        }
    }
}

/// Why a text is no contact. The text is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ContactError {
    /// No number.
    #[error(
        "not a telephone number: write it as `+` and 8 to 15 digits, or a mainland mobile number as its 11 digits"
    )]
    Phone,
    /// No address.
    #[error("not an e-mail address: write it as name, `@`, host, in plain letters")]
    Email,
}

impl Contact {
    /// The form in which it is kept and handed to a channel.
    #[must_use]
    pub fn wire(&self) -> &str {
        match self {
            Self::Phone(Phone(text)) | Self::Email(Email(text)) => text,
        }
    }
}

impl FromStr for Contact {
    type Err = ContactError;

    /// Reads a number or an address, whichever the text looks like. Spaces and hyphens in a number are passed over.
    fn from_str(text: &str) -> Result<Self, ContactError> {
        let text = text.trim();
        if text.contains('@') { email(text).map(Self::Email) } else { phone(text).map(Self::Phone) }
    }
}

fn phone(text: &str) -> Result<Phone, ContactError> {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let digits = plain.strip_prefix('+').unwrap_or(&plain);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) || digits.starts_with('0') {
        return Err(ContactError::Phone);
    }
    let bytes = digits.as_bytes();
    let mainland = bytes.len() == 11 && matches!(bytes, [b'1', b'3'..=b'9', ..]);
    match (plain.len() > digits.len(), bytes.len()) {
        (true, 8..=15) => Ok(Phone(plain)),
        (false, _) if mainland => Ok(Phone(format!("+86{digits}"))),
        (true | false, _) => Err(ContactError::Phone),
    }
}

fn email(text: &str) -> Result<Email, ContactError> {
    let (local, host) = text.split_once('@').ok_or(ContactError::Email)?;
    let host = host.to_ascii_lowercase();
    let part = |part: &str| {
        let inner = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        !part.is_empty()
            && part.len() <= 63
            && part.bytes().all(inner)
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    let good_host = host.contains('.') && host.split('.').all(part);
    let good_local = (1..=MAX_LOCAL).contains(&local.len())
        && local.split('.').all(|atom| {
            !atom.is_empty()
                && atom.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b))
        });
    if good_host && good_local && text.len() <= MAX_EMAIL {
        Ok(Email(format!("{local}@{host}")))
    } else {
        Err(ContactError::Email)
    }
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Phone(_) => "Phone(…)",
            Self::Email(_) => "Email(…)",
        })
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(…)")
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_a_number_of_e164_or_a_plain_address() {
        for (text, wire) in [
            ("+8613800138000", "+8613800138000"),
            (" +86 138-0013-8000 ", "+8613800138000"),
            ("13800138000", "+8613800138000"),
            ("+49301234", "+49301234"),
            ("+123456789012345", "+123456789012345"),
            ("Zhang.San+code@Example.CN", "Zhang.San+code@example.cn"),
        ] {
            let contact: Contact = text.parse().unwrap();
            assert_eq!(contact.wire(), wire);
            assert_eq!(wire.parse(), Ok(contact), "what is kept reads back");
        }
    }

    #[test]
    fn a_contact_to_which_no_way_leads_is_refused_with_what_is_taken() {
        let (phone, email) = ("13800138000".parse().unwrap(), "zhang@example.cn".parse().unwrap());
        for (ways, of_phone, of_email) in [
            ((true, true), Ok(()), Ok(())),
            ((true, false), Ok(()), Err(NoWay::Email)),
            ((false, true), Err(NoWay::Phone), Ok(())),
            ((false, false), Err(NoWay::Either), Err(NoWay::Either)),
        ] {
            let ways = Ways { phone: ways.0, email: ways.1 };
            assert_eq!((ways.take(&phone), ways.take(&email)), (of_phone, of_email), "{ways:?}");
        }
    }

    #[test]
    fn what_is_no_contact_is_refused_and_never_repeated() {
        for text in [
            "",
            "+",
            "+1234567",
            "+1234567890123456",
            "+0386138001",
            "12800138000",
            "1380013800",
            "０１３８",
            "+86138001380x0",
            "a@b",
            "a@b..cn",
            "a@-b.cn",
            "@b.cn",
            "a@b@c.cn",
            ".a@b.cn",
            "a b@c.cn",
            "张@b.cn",
            "a@b.cn\r\nTo: x@y.cn",
            "a@b.cn, c@d.cn",
        ] {
            let error = text.parse::<Contact>().unwrap_err().to_string();
            assert!(text.len() < 4 || !error.contains(text), "{text}: {error}");
        }
        let contact: Contact = "13800138000".parse().unwrap();
        assert!(!format!("{contact:?}").contains("138"));
    }
}
