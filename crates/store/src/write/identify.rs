//! Who is known by which document: a row of its own, before everything else of a person.

use mingma_registry::row::RowKind;
use mingma_registry::store::Newcomer;
use mingma_registry::{PersonId, StoreError};
use rusqlite::Connection;

use super::{Stop, insert, unsealed};
use crate::read;
use crate::rows::failed;
use crate::vault::Vault;

/// Gives each newcomer's id, and makes those known who are not.
pub(crate) fn identify(
    connection: &Connection,
    vault: &Vault,
    newcomers: &[Newcomer],
) -> Result<Vec<PersonId>, StoreError> {
    newcomers.iter().map(|newcomer| identify_one(connection, vault, newcomer)).collect()
}

fn identify_one(connection: &Connection, vault: &Vault, newcomer: &Newcomer) -> Result<PersonId, StoreError> {
    let document_key = vault.document_key(&newcomer.document);
    let person = newcomer.candidate;
    let claim = "INSERT INTO documents (document_key, person) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    match insert(connection, RowKind::Entry, claim, (document_key, person.as_bytes())) {
        Ok(()) => {}
        Err(Stop::Failed(error)) => return Err(error),
        Err(Stop::Exists(_)) => {
            let known = read::person_of(connection, &document_key)?;
            return known.ok_or(StoreError::Damaged { place: "table `documents`".to_owned() });
        }
    }
    let (key, wrapped) = vault.new_key(person).map_err(unsealed)?;
    let sealed = vault.seal(&key, person, newcomer.document.to_wire().as_bytes()).map_err(unsealed)?;
    let sql = "INSERT INTO persons (person, wrapped_key, sealed_identity) VALUES (?1, ?2, ?3)";
    let mut statement = connection.prepare_cached(sql).map_err(|e| failed(&e))?;
    statement.execute((person.as_bytes(), wrapped, sealed)).map_err(|e| failed(&e))?;
    Ok(person)
}
