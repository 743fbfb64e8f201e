//! What the census has done aside while it goes on: what came later is folded in, and whose day comes when is planned.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use mingma_census::Work;

use super::super::Now;
use super::super::aside::aside;
use super::super::news::{Trouble, census};
use super::Following;
use crate::memory;

impl Following<'_> {
    /// Folds in what came later, when it pays: on a copy, in a thread, while more comes.
    pub(super) async fn fold(&mut self) -> Result<(), Trouble> {
        if let Some(folding) = self.folding.take_if(|folding| folding.is_finished()) {
            let folded = folding.await.map_err(census)??;
            let mut now = self.of.living.write();
            if let (Some(folded), Some(now)) = (folded, now.as_mut()) {
                now.ledger.adopt(folded).map_err(census)?;
                self.of.living.folded.fetch_add(1, Ordering::Relaxed);
            }
            drop(now);
            memory::give_back();
            return Ok(());
        }
        let is_to_be = |now: &Now| now.ledger.living().is_to_be_folded();
        let is_to_be = self.of.living.read().is_some_and(|now| now.as_ref().is_some_and(is_to_be));
        if is_to_be && self.folding.is_none() {
            let (living, day) = (Arc::clone(&self.of.living), self.here.day);
            self.folding = Some(tokio::spawn(async move {
                // Copied at once, for whoever changes it waits that long; folded when nobody else needs the core.
                let copy = move || Some(living.read()?.as_ref()?.ledger.living().clone());
                let Some(copy) = tokio::task::spawn_blocking(copy).await.map_err(census)? else {
                    return Ok(None);
                };
                let cannot = |error: &_| tracing::error!(%error, "the census cannot be folded");
                aside(move || copy.folded(day).inspect_err(cannot).ok()).await
            }));
        }
        Ok(())
    }

    /// Plans whose day comes when, so that the turn of a day asks for nobody else: on what is shared, in a thread, after each act
    /// that made another law. If it is not done by the turn everybody is asked for.
    pub(super) async fn plan(&mut self) -> Result<(), Trouble> {
        if let Some(planning) = self.planning.take_if(|planning| planning.is_finished()) {
            let plan = planning.await.map_err(census)?;
            if self.cancel.load(Ordering::Relaxed) {
                return Ok(());
            }
            if let (Some(plan), Some(now)) = (plan?, self.of.living.write().as_mut()) {
                now.ledger.plan(plan);
                tracing::debug!(is_planned = now.ledger.is_planned(), "it was planned whose day comes when");
            }
            return Ok(());
        }
        let is_to_be = |now: &Now| !now.ledger.is_planned();
        let is_to_be = self.of.living.read().is_some_and(|now| now.as_ref().is_some_and(is_to_be));
        // What is being folded gets other numbers.
        if is_to_be && self.planning.is_none() && self.folding.is_none() {
            let (living, cancel) = (Arc::clone(&self.of.living), Arc::clone(&self.cancel));
            self.planning = Some(tokio::spawn(async move {
                let plan = move || {
                    let seen = living.look();
                    seen.map(|seen| seen.look.planned(&Work::default().until(&cancel))).transpose()
                };
                aside(plan).await?.map_err(census)
            }));
        }
        Ok(())
    }
}
