//! Reading back what an entry commits to: the other side of `content`, for whoever is shown contents and believes nobody.
//!
//! What is read is written again and must be the same bytes: so there is one reading of each content, and what no program of
//! ours wrote is none.

mod public;

use std::str::FromStr;

use mingma_credential::key::DevicePoint;
use mingma_credential::status::{Initials, StatusRef};
use mingma_domain::Fact;
use mingma_domain::fact::RawFact;
use thiserror::Error;

use super::content::{change_text, person_text, public_text};
use crate::id::{AppealId, CodeId, DisclosureId, FactId, GrantId, PersonId, RulesetNumber};
use crate::row::{
    Amendment, AppealAnswer, AppealOpened, Binding, Confirmation, Countersignature, Disclosure, Grant,
    IssuedCode, Listed, PersonRow, PublicRow, RecordedFact, RecordedRetraction, Registration, Request,
    Revocation,
};
use crate::staff::{StaffChange, StaffEnd};

/// The content is not one that this program, or one before it, wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no content of an entry")]
pub struct Unreadable;

/// Whom a content is about, and the rows.
///
/// # Errors
/// [`Unreadable`].
pub fn read_person(content: &[u8]) -> Result<(PersonId, Vec<PersonRow>), Unreadable> {
    let mut fields = Fields(content);
    fields.named("mingma/person-rows/1")?;
    let person = PersonId::from_bytes(fields.array()?);
    let mut rows = Vec::new();
    while !fields.0.is_empty() {
        rows.push(person_row(&mut fields)?);
    }
    if person_text(person, &rows) == content { Ok((person, rows)) } else { Err(Unreadable) }
}

/// Whom a content is about; none if it is about nobody.
#[must_use]
pub fn person_of(content: &[u8]) -> Option<PersonId> {
    let mut fields = Fields(content);
    fields.named("mingma/person-rows/1").ok()?;
    fields.array().ok().map(PersonId::from_bytes)
}

/// A public act; none of a change of the staff list.
///
/// # Errors
/// [`Unreadable`].
pub fn read_public(content: &[u8]) -> Result<Option<PublicRow>, Unreadable> {
    let mut fields = Fields(content);
    if fields.text()? != "mingma/public-row/1" {
        return Ok(None);
    }
    let row = public::row(&mut fields)?;
    if public_text(&row) == content { Ok(Some(row)) } else { Err(Unreadable) }
}

/// A change of the staff list; none of a public act.
///
/// # Errors
/// [`Unreadable`].
pub fn read_staff(content: &[u8]) -> Result<Option<StaffChange>, Unreadable> {
    let mut fields = Fields(content);
    if fields.text()? != "mingma/staff-row/1" {
        return Ok(None);
    }
    let change = match fields.text()? {
        "account" => StaffChange::Account {
            name: fields.word()?,
            office: fields.word()?,
            region: fields.word()?,
            from: fields.word()?,
            until: fields.word()?,
        },
        "end" => StaffChange::End(StaffEnd { name: fields.word()?, at: fields.word()? }),
        _ => return Err(Unreadable),
    };
    if change_text(&change) == content { Ok(Some(change)) } else { Err(Unreadable) }
}

fn person_row(fields: &mut Fields<'_>) -> Result<PersonRow, Unreadable> {
    Ok(match fields.text()? {
        "request" => PersonRow::Request(Request {
            key: fields.word()?,
            hash: fields.array()?,
            received: fields.word()?,
        }),
        "registration" => PersonRow::Registration(Registration {
            home: fields.word()?,
            initials: initials(fields)?,
            at: fields.word()?,
        }),
        "amendment" => PersonRow::Amendment(Amendment {
            number: fields.word()?,
            home: fields.word()?,
            initials: initials(fields)?,
            by: fields.word()?,
            at: fields.word()?,
        }),
        "fact" => PersonRow::Fact(RecordedFact {
            id: FactId::from_bytes(fields.array()?),
            fact: fact(fields)?,
            recorded: fields.word()?,
        }),
        "countersignature" => PersonRow::Countersignature(Countersignature {
            fact: FactId::from_bytes(fields.array()?),
            issuer: fields.word()?,
            at: fields.word()?,
        }),
        "retraction" => PersonRow::Retraction(RecordedRetraction {
            fact: FactId::from_bytes(fields.array()?),
            issuer: fields.word()?,
            reason: fields.word()?,
            at: fields.word()?,
        }),
        "code" => PersonRow::Code(code(fields)?),
        "revocation" => PersonRow::Revocation(Revocation {
            code: CodeId::from_bytes(fields.array()?),
            place: StatusRef { shard: fields.word()?, index: fields.word()? },
            why: fields.word()?,
            at: fields.word()?,
        }),
        "grant" => PersonRow::Grant(Grant {
            id: GrantId::from_bytes(fields.array()?),
            app: fields.word()?,
            scope: fields.word()?,
            from: fields.word()?,
            until: fields.word()?,
        }),
        "binding" => PersonRow::Binding(Binding {
            id: GrantId::from_bytes(fields.array()?),
            agent: PersonId::from_bytes(fields.array()?),
            tie: fields.word()?,
            from: fields.word()?,
            until: fields.word()?,
        }),
        "appeal" => PersonRow::Appeal(AppealOpened {
            id: AppealId::from_bytes(fields.array()?),
            fact: FactId::from_bytes(fields.array()?),
            ground: fields.word()?,
            at: fields.word()?,
            due: fields.word()?,
        }),
        "appeal-answer" => PersonRow::AppealAnswer(AppealAnswer {
            appeal: AppealId::from_bytes(fields.array()?),
            upheld: fields.word()?,
            at: fields.word()?,
        }),
        "disclosure" => PersonRow::Disclosure(disclosure(fields)?),
        "confirmation" => PersonRow::Confirmation(Confirmation {
            fact: FactId::from_bytes(fields.array()?),
            issuer: fields.word()?,
            appeal: match fields.next()? {
                [] => None,
                id => Some(AppealId::from_bytes(id.try_into().map_err(|_| Unreadable)?)),
            },
            confirmed: fields.word()?,
            at: fields.word()?,
        }),
        _ => return Err(Unreadable),
    })
}

fn initials(fields: &mut Fields<'_>) -> Result<Option<Initials>, Unreadable> {
    let given = fields.optional_text()?;
    given.map(|text| Initials::parse(text).map_err(|_| Unreadable)).transpose()
}

fn fact(fields: &mut Fields<'_>) -> Result<Fact, Unreadable> {
    let (kind, value, at) = (fields.text()?, fields.text()?, fields.text()?);
    let (until, region) = (fields.optional_text()?, fields.optional_text()?);
    let (issuer, evidence) = (fields.text()?, fields.optional_text()?);
    let (until, region) = (until.unwrap_or_default(), region.unwrap_or_default());
    let evidence = evidence.unwrap_or_default();
    Fact::parse(&RawFact { kind, value, at, until, region, issuer, evidence }).map_err(|_| Unreadable)
}

fn code(fields: &mut Fields<'_>) -> Result<IssuedCode, Unreadable> {
    let id = CodeId::from_bytes(fields.array()?);
    let ruleset = RulesetNumber(fields.word()?);
    let (paper, issued, expires) = (fields.word()?, fields.word()?, fields.word()?);
    // Codes of before had no place: then another row follows, or nothing, and no row's name is a number.
    let listed = match fields.ahead()?.and_then(|shard| shard.parse().ok()) {
        None => None,
        Some(shard) => {
            fields.next()?;
            let place = StatusRef { shard, index: fields.word()? };
            let color = fields.word()?;
            let device = match fields.next()? {
                [] => None,
                point => Some(DevicePoint::from_bytes(point).ok_or(Unreadable)?),
            };
            Some(Listed { place, color, device })
        }
    };
    Ok(IssuedCode { id, ruleset, paper, issued, expires, listed })
}

fn disclosure(fields: &mut Fields<'_>) -> Result<Disclosure, Unreadable> {
    let id = DisclosureId::from_bytes(fields.array()?);
    let (role, by, purpose, at) = (fields.word()?, fields.word()?, fields.word()?, fields.word()?);
    // A look is its act's last row: what follows is what permitted it, since that is written down.
    let known = !fields.0.is_empty();
    let policies = if known { Some(fields.word()?) } else { None };
    let case = if known { fields.optional()? } else { None };
    Ok(Disclosure { id, role, by, purpose, policies, case, at })
}

/// Fields that are still to be read.
struct Fields<'c>(&'c [u8]);

impl<'c> Fields<'c> {
    fn next(&mut self) -> Result<&'c [u8], Unreadable> {
        let (length, rest) = self.0.split_first_chunk().ok_or(Unreadable)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| Unreadable)?;
        let (field, rest) = rest.split_at_checked(length).ok_or(Unreadable)?;
        self.0 = rest;
        Ok(field)
    }

    fn text(&mut self) -> Result<&'c str, Unreadable> {
        str::from_utf8(self.next()?).map_err(|_| Unreadable)
    }

    /// The next field without taking it, if it is a text; none at the end.
    fn ahead(&self) -> Result<Option<&'c str>, Unreadable> {
        if self.0.is_empty() { Ok(None) } else { Ok(str::from_utf8(Self(self.0).next()?).ok()) }
    }

    fn named(&mut self, name: &str) -> Result<(), Unreadable> {
        if self.text()? == name { Ok(()) } else { Err(Unreadable) }
    }

    fn word<T: FromStr>(&mut self) -> Result<T, Unreadable> {
        self.text()?.parse().map_err(|_| Unreadable)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        self.next()?.try_into().map_err(|_| Unreadable)
    }

    fn optional_text(&mut self) -> Result<Option<&'c str>, Unreadable> {
        match self.next()? {
            [0] => Ok(None),
            [1] => self.text().map(Some),
            _ => Err(Unreadable),
        }
    }

    fn optional<T: FromStr>(&mut self) -> Result<Option<T>, Unreadable> {
        self.optional_text()?.map(|text| text.parse().map_err(|_| Unreadable)).transpose()
    }
}

#[cfg(all(test, feature = "conformance"))]
mod tests {
    use super::*;
    use crate::conformance::{FACTS, additive_rows, every_fact, one_of_each, person, public_rows};

    #[test]
    fn what_was_written_reads_back_and_nothing_else_is_read() {
        let facts = (0..FACTS).map(|n| PersonRow::Fact(every_fact(n)));
        let rows: Vec<PersonRow> = one_of_each().into_iter().map(|(row, _)| row).chain(facts).collect();
        let each = rows.iter().map(|row| vec![row.clone()]);
        for rows in each.chain([vec![], rows[..2].to_vec()]) {
            let content = person_text(person(1), &rows);
            assert_eq!(read_person(&content), Ok((person(1), rows.clone())));
            for cut in 0..content.len() {
                // What ends with a row is a content, of fewer rows, or of one from before it had all its fields.
                assert_ne!(read_person(&content[..cut]), Ok((person(1), rows.clone())), "{rows:?}");
            }
            for place in 0..content.len() {
                let mut changed = content.clone();
                changed[place] ^= 0x10;
                assert_ne!(read_person(&changed), Ok((person(1), rows.clone())), "byte {place}");
            }
        }
        for row in public_rows().into_iter().chain(additive_rows()) {
            let content = public_text(&row);
            assert_eq!(read_public(&content), Ok(Some(row)));
        }
        assert_eq!(read_public(&person_text(person(1), &[])), Ok(None));
    }
}
