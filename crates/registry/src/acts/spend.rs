//! Something is used up: a session ends, a challenge was answered.

use super::{Registry, Unable};
use crate::store::{Applied, Change, Spent};

/// Spends these, durably; says of each whether this was the first time.
///
/// # Errors
/// [`Unable`].
pub async fn spend(registry: &Registry, spent: Vec<Spent>) -> Result<Vec<bool>, Unable> {
    let changes = spent.into_iter().map(Change::Spend).collect();
    let applied = registry.store().apply(changes).await?;
    Ok(applied.iter().map(|applied| matches!(applied, Applied::Done)).collect())
}
