//! An authority publishes a ruleset. What is published is numbered, and never edited.

use mingma_domain::ruleset::check::{Refusal, check};
use mingma_domain::ruleset::{SyntaxError, example};
use mingma_domain::{Region, Ruleset};
use thiserror::Error;

use super::let_go::{Held, let_go};
use super::{Registry, Unable};
use crate::brake::Draft;
use crate::id::RulesetNumber;
use crate::policy::{Authorized, Subject, Wish};
use crate::row::RulesetEntry;
use crate::store::Applied;
use crate::words::ActName;

/// A wish to publish.
#[derive(Clone, Debug)]
pub struct Publish {
    /// For which region.
    pub region: Region,
    /// The `ruleset.toml`.
    pub rules: String,
    /// The `examples.toml`.
    pub examples: String,
}

impl Wish for Publish {
    const ACT: ActName = ActName::Publish;

    fn subject(&self) -> Subject<'_> {
        Subject::Region(self.region)
    }
}

/// Why a ruleset is not published.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PublishError {
    /// The rules or the examples cannot be read.
    #[error("`{file}` has mistakes ({}); the first: {}", .errors.len(), first(.errors))]
    Syntax {
        /// Which file.
        file: &'static str,
        /// Every mistake.
        errors: Vec<SyntaxError>,
    },
    /// The check refuses it.
    #[error("{} reasons against publication; the first: {}", .refusals.len(), first(.refusals))]
    Refused {
        /// Every reason.
        refusals: Vec<Refusal>,
    },
    /// The rules are another region's.
    #[error("the rules say they are of `{of}`, the publication is for `{given}`")]
    OtherRegion {
        /// What the rules say.
        of: Region,
        /// What was asked for.
        given: Region,
    },
    /// A ruleset of that name was published.
    #[error("`{id}` is published for `{region}`: a ruleset is never edited, publish a new one")]
    Published {
        /// Its name.
        id: String,
        /// Its region.
        region: Region,
    },
    /// The brake holds it.
    #[error(transparent)]
    Held(#[from] Held),
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

fn first<E: ToString>(errors: &[E]) -> String {
    errors.first().map_or_else(String::new, ToString::to_string)
}

/// Publishes a ruleset that the check does not refuse, and gives its number.
///
/// # Errors
/// [`PublishError`].
pub async fn publish(registry: &Registry, wish: Authorized<Publish>) -> Result<RulesetNumber, PublishError> {
    let Publish { region, rules, examples } = wish.wish();
    let ruleset = checked(*region, rules, examples)?;
    let entry = RulesetEntry {
        region: *region,
        id: ruleset.id.clone(),
        rules: rules.clone(),
        examples: examples.clone(),
    };
    let published = || PublishError::Published { id: ruleset.id.clone(), region: *region };
    if registry.book().await.map_err(Unable::from)?.is_published(*region, &ruleset.id) {
        return Err(published());
    }
    let draft = (ActName::Publish, Draft::Rules(entry));
    match let_go::<PublishError>(registry, wish.actor(), draft).await? {
        Applied::Published(number) => Ok(RulesetNumber(number)),
        Applied::Exists(_) => Err(published()),
        Applied::Done => Err(Unable::NoAnswer.into()),
    }
}

/// The ruleset of these texts, if nothing speaks against its publication for this region.
pub(super) fn checked(region: Region, rules: &str, examples: &str) -> Result<Ruleset, PublishError> {
    let ruleset =
        Ruleset::parse(rules).map_err(|errors| PublishError::Syntax { file: "ruleset.toml", errors })?;
    let cases =
        example::parse(examples).map_err(|errors| PublishError::Syntax { file: "examples.toml", errors })?;
    if ruleset.region != region {
        return Err(PublishError::OtherRegion { of: ruleset.region, given: region });
    }
    let report = check(&ruleset, &cases);
    if !report.refusals.is_empty() {
        return Err(PublishError::Refused { refusals: report.refusals });
    }
    Ok(ruleset)
}
