//! What one office was let publish alone, and what that adds up to.
//!
//! A draft below the share needs no second office; twenty such drafts together may do what one would have had to wait for.
//! So what each is foreseen to do is public with it, and counts along with the next one, until a second office has agreed to
//! something that makes the same region worse: it saw the sum. After [`ALONE_DAYS`] it is forgotten, for by then people
//! have lived with it, disputed it, or it has ended.

use std::collections::BTreeMap;

use jiff::Timestamp;
use mingma_domain::Region;

use super::{Hand, Preview};
use crate::canonical::Hash;

/// For how many days what was published alone counts along: alone no office makes more than the share of a region worse within them.
/// Thirty: longer than any county stays at a level of risk in the shipped rules, and six such steps in half a year, the life of a ruleset.
pub const ALONE_DAYS: i64 = 30;

/// What is published next makes somebody worse, and fewer than wait for a second office.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LetGo {
    /// The hash of the draft, which is published next.
    pub draft: Hash,
    /// What it was foreseen to do.
    pub preview: Preview,
    /// The office.
    pub by: Hand,
}

/// By region, what was published alone since a second office saw the region.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alone(BTreeMap<Region, Vec<Step>>);

/// An act that no second office agreed to.
#[derive(Clone, Copy, Debug)]
struct Step {
    number: u64,
    at: Timestamp,
    worse: u64,
}

impl Alone {
    /// An office published something alone, by the act with this number.
    pub(crate) fn add(&mut self, number: u64, at: Timestamp, preview: &Preview) {
        for of in preview.regions.iter().filter(|of| of.worse > 0) {
            self.0.entry(of.region).or_default().push(Step { number, at, worse: of.worse });
        }
    }

    /// A second office agreed to the proposal with this number: what came before that was in the sum that it saw.
    pub(crate) fn agreed(&mut self, proposal: u64, preview: &Preview) {
        for of in preview.regions.iter().filter(|of| of.worse > 0) {
            if let Some(steps) = self.0.get_mut(&of.region) {
                steps.retain(|step| step.number > proposal);
            }
        }
    }

    /// How many persons of a region all of it together was foreseen to make worse, as of an instant; whoever was hit twice is
    /// counted twice.
    pub(crate) fn worse(&self, region: Region, now: Timestamp) -> u64 {
        let recent = |step: &&Step| now.duration_since(step.at).as_hours() < ALONE_DAYS * 24;
        let steps = self.0.get(&region).into_iter().flatten().filter(recent);
        steps.fold(0, |sum, step| sum.saturating_add(step.worse))
    }
}
