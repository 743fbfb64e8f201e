//! What everybody may know of the words on recorded facts: how often which was said, and why.

use mingma_domain::fact::Kind;
use mingma_registry::digest::Cell;
use mingma_registry::row::Spoken;
use serde::Serialize;
use utoipa::ToSchema;

use super::public::told;

/// How long answers to appeals against facts of a kind took.
#[derive(Debug, Serialize, ToSchema)]
pub struct MedianTold {
    /// The kind.
    #[schema(value_type = String)]
    kind: Kind,
    /// Half of the answers took no longer than so many minutes.
    minutes: i64,
}

impl From<&(Kind, i64)> for MedianTold {
    fn from((kind, minutes): &(Kind, i64)) -> Self {
        Self { kind: *kind, minutes: *minutes }
    }
}

/// What was said of recorded facts.
#[derive(Debug, Serialize, ToSchema)]
pub struct WordSaid {
    /// What: `taken-back`, `confirmed` and `denied` to a dispute, or `disputed`.
    what: &'static str,
    /// Why it was taken back, or on what ground it is disputed; null of the others.
    #[schema(required)]
    why: Option<&'static str>,
    /// How often; null if seldom.
    #[schema(required)]
    times: Option<u64>,
}

impl From<&(Spoken, Cell)> for WordSaid {
    fn from((spoken, times): &(Spoken, Cell)) -> Self {
        let (what, why) = match spoken {
            Spoken::TakenBack(reason) => ("taken-back", Some(reason.word())),
            Spoken::Confirmed => ("confirmed", None),
            Spoken::Denied => ("denied", None),
            Spoken::Disputed(ground) => ("disputed", Some(ground.word())),
        };
        Self { what, why, times: told(*times) }
    }
}
