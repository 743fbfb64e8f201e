//! An auditor is given what opens entries of the journal. Whoever they are about sees it in their record and is told, before
//! anything is given.
//!
//! Nobody is looked up: persons come from the draw of a checkpoint, or are everybody. What is given are the rows that the entries
//! commit to, under the person's random id; no document, no name, nothing that lets anybody in.

use mingma_domain::fact::Evidence;
use thiserror::Error;

use super::look::{Look, written_down};
use super::{Registry, Unable};
use crate::id::PersonId;
use crate::journal::{Beside, Entry, Openings, public_text, rows_of, staff_text};
use crate::policy::{Actor, Denied, Purpose, Subject, Wish, authorize};
use crate::replay::bundle::{Content, Opened};
use crate::row::PublicRow;
use crate::staff::StaffRow;
use crate::store::{Change, MAX_CHANGES, StoreError};
use crate::words::ActName;

/// Who audits, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Audit {
    /// The auditor, as the persons read it.
    pub by: Evidence,
    /// The case that it belongs to: the order of a court, the number of an inspection.
    pub case: Evidence,
}

/// Why an auditor is given nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AuditError {
    /// The policies do not permit it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

impl From<StoreError> for AuditError {
    fn from(error: StoreError) -> Self {
        Self::Unable(error.into())
    }
}

/// Openings as they stand in a file, each with its entry's number.
pub type Written = Vec<(u64, Vec<u8>)>;

/// What opens entries about persons, and of which of them somebody took the rows out of the database beside the acts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OfPersons {
    /// The openings.
    pub written: Written,
    /// The entries whose rows were found again by what they commit to.
    pub found: Vec<u64>,
    /// The entries whose rows nobody can find again: of these the hash alone is given.
    pub gone: Vec<u64>,
}

/// What opens the entries about these persons, up to a number of the journal. It is given as the store reads their records: by
/// [`Proven`](crate::store::Proven) as the journal commits to them, by a bare one as they stand in its database.
///
/// # Errors
/// [`AuditError`]; then nothing is given, and some may have been told.
pub async fn open_persons(
    registry: &Registry,
    audit: &Audit,
    persons: &[PersonId],
    until: u64,
) -> Result<OfPersons, AuditError> {
    for part in persons.chunks(MAX_CHANGES) {
        let looks = part.iter().map(|person| look(registry, audit, *person));
        registry.store().apply(looks.collect::<Result<_, _>>()?).await?;
    }
    let mut given = OfPersons::default();
    for person in persons {
        let store = registry.store();
        let (entries, numbers) = (store.entries(Some(*person)).await?, store.numbers(Some(*person)).await?);
        let record = store.record(*person).await?;
        let openings = Openings::of(*person, &record, &store.requests(*person).await?);
        for (entry, (_, number)) in entries.iter().zip(numbers).filter(|(_, (_, number))| *number <= until) {
            let is_found = record.found.contains(&entry.id);
            let kind = if is_found { Content::Found } else { Content::Whole };
            let whole = openings.open(entry).map(|opening| kind(&opening.content));
            let content = whole.or_else(|| entry.content.map(Content::Ended));
            given.found.extend(is_found.then_some(number));
            given.gone.extend(record.gone.contains(&entry.id).then_some(number));
            given.written.extend(content.and_then(|content| write(entry, number, content)));
        }
    }
    given.found.sort_unstable();
    given.gone.sort_unstable();
    Ok(given)
}

/// What opens the entries of public acts, up to a number of the journal. They are about nobody.
///
/// # Errors
/// [`Unable`].
pub async fn open_public(registry: &Registry, until: u64) -> Result<Written, Unable> {
    let store = registry.store();
    let (mut entries, mut numbers) = (store.entries(None).await?, store.numbers(None).await?);
    // Two reads: what came between them is past the number that is asked for.
    numbers.retain(|(_, number)| *number <= until);
    entries.retain(|entry| numbers.iter().any(|(id, _)| *id == entry.id));
    let mut publications = store.published(0).await?.into_iter().map(|act| act.row).peekable();
    let staff = staff(registry).await?;
    let mut in_order: Vec<(u64, Entry)> =
        numbers.iter().zip(entries).map(|((_, number), entry)| (*number, entry)).collect();
    in_order.sort_by_key(|(number, _)| *number);
    let mut written = Vec::new();
    for (number, entry) in in_order {
        // Public acts are kept in the order of their entries, and a change of the staff list is none of them.
        let next = publications.next_if(|row: &PublicRow| entry.commits_to_public(row));
        let content = next
            .as_ref()
            .map(public_text)
            .or_else(|| staff.iter().find(|row| entry.commits_to_staff(row)).map(staff_text));
        written.extend(content.and_then(|content| write(&entry, number, Content::Whole(&content))));
    }
    Ok(written)
}

async fn staff(registry: &Registry) -> Result<Vec<StaffRow>, StoreError> {
    let members = registry.store().staff().await?;
    Ok(members.iter().flat_map(rows_of).collect())
}

fn write(entry: &Entry, number: u64, content: Content<'_>) -> Option<(u64, Vec<u8>)> {
    let mut bytes = Vec::new();
    let Entry { id, at, salt, former, beside, .. } = entry;
    let beside = beside.as_ref().map(Beside::proof);
    let beside = beside.as_deref();
    Opened { number, id: *id, at: *at, salt: (*salt)?, former: *former, content, beside }.write(&mut bytes);
    Some((number, bytes))
}

/// A wish to be given what opens the entries about a person whom a checkpoint has drawn.
struct OpenEntries<'a> {
    person: PersonId,
    case: &'a Evidence,
}

impl Wish for OpenEntries<'_> {
    const ACT: ActName = ActName::Disclose;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.person)
    }

    fn case(&self) -> Option<Evidence> {
        Some(self.case.clone())
    }
}

fn look(registry: &Registry, audit: &Audit, person: PersonId) -> Result<Change, AuditError> {
    let wish = OpenEntries { person, case: &audit.case };
    let wish = authorize(Actor::Auditor(audit.by.clone()), Purpose::Audit, wish)?;
    let look = Look::of(&wish).ok_or(Unable::NoAnswer)?;
    Ok(written_down(registry, person, look)?)
}
