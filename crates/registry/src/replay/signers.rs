//! That what issuers said was signed by a key of theirs, as it counted then.
//!
//! Programs of before kept no signatures. So they are asked for from the first entry on that is opened with one: of what was said before it,
//! that it was signed is the program's word, and it is counted.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use mingma_credential::key::DevicePoint;
use mingma_domain::fact::Kind;

use super::{Proved, Step, Why};
use crate::book::Book;
use crate::canonical::{Canonical, Hash};
use crate::recognition::recognised;
use crate::row::PersonRow;
use crate::signed::{Proof, SignedRow, keys};
use crate::words::ActName;

/// What there is to say of an entry's signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Signing {
    /// No issuer signs such an act.
    NotDue,
    /// It was not kept, for it is of before signatures were.
    NotKept,
    /// It holds.
    Holds,
}

/// What is known of signatures.
#[derive(Debug, Default)]
pub(super) struct Signers {
    /// The first entry that has one.
    since: Option<u64>,
    /// Which key made a signature: a batch has one for all of its rows.
    known: Mutex<BTreeMap<Hash, DevicePoint>>,
}

impl Signers {
    /// Of entries about persons.
    pub(super) fn of(about: &[Proved<'_>]) -> Self {
        let first = about.iter().find(|proved| proved.act.is_signed() && proved.opened.beside.is_some());
        Self { since: first.map(|proved| proved.opened.number), known: Mutex::default() }
    }

    /// Checks what signed an entry, by the book that was in force.
    ///
    /// # Errors
    /// Why it does not follow.
    pub(super) fn check(&self, step: &Step<'_>, book: &Book) -> Result<Signing, Why> {
        let opened = &step.of.opened;
        if !step.of.act.is_signed() {
            return Ok(Signing::NotDue);
        }
        let Some(proof) = opened.beside else {
            return match self.since {
                Some(since) if since < opened.number => Err(Why::Unsigned),
                Some(_) | None => Ok(Signing::NotKept),
            };
        };
        let proof = Proof::from_bytes(proof).ok_or(Why::SignedOtherwise)?;
        let (issuer, bytes) = proof.signed(&step.rows).ok_or(Why::SignedOtherwise)?;
        let of = {
            let mut text = Canonical::default();
            text.bytes(&proof.signature);
            text.bytes(&bytes);
            text.hash()
        };
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&of).copied();
        let by = keys(book, &issuer, opened.at).find(|key| known == Some(*key) || proof.is_by(key, &bytes));
        let by = by.ok_or_else(|| Why::NotItsKey { issuer: issuer.clone() })?;
        if let Some(PersonRow::Fact(recorded)) = step.rows.first()
            && recorded.fact.kind() == Kind::ForeignStatus
        {
            let code = proof.row.as_ref().map_or("", SignedRow::credential);
            recognised(&recorded.fact, code, keys(book, &issuer, recorded.recorded), recorded.recorded)
                .map_err(Why::BareColor)?;
        }
        if known.is_none() {
            self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(of, by);
        }
        Ok(Signing::Holds)
    }
}

/// The first entry of a row that was signed and is another entry's, too, about whomever that is: a row is signed about one person, once.
pub(super) fn recorded_twice<'s, 'f: 's>(steps: impl Iterator<Item = &'s Step<'f>>) -> Option<u64> {
    let recorded = steps.filter(|step| step.of.act == ActName::Record);
    let said = recorded.filter_map(|step| {
        let proof = Proof::from_bytes(step.of.opened.beside?)?;
        Some((proof.said(), step.of.opened.number))
    });
    let mut said: Vec<(Hash, u64)> = said.collect();
    said.sort_unstable();
    let again = said.iter().zip(said.iter().skip(1)).filter(|((one, _), (other, _))| one == other);
    again.map(|(_, (_, number))| *number).min()
}
