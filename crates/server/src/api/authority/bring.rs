//! An act that the authority signed on a machine apart, brought in by anybody: the signature says whose it is.

use axum::Json;
use axum::extract::State;
use base64ct::{Base64, Encoding as _};
use mingma_credential::authority::ActError;
use mingma_registry::acts::{BringError, BroughtIn, UnfitList, bring};
use mingma_registry::authority::NotSigned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::hex;
use crate::app::App;
use crate::body::{Answer, Body};
use crate::problem::Problem;
use crate::task::to_the_end;

/// What the authority signed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignedAct {
    /// The file that `mingma authority sign` wrote, in Base64.
    file: String,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct BroughtAct {
    /// The number of the public act that it made, or of the proposal that it is.
    number: u64,
    /// What the second office sends to agree, if it waits for one; null if it counts.
    #[schema(required)]
    seen: Option<String>,
}

/// Does what the authority signed, once: it counts, or is proposed and waits for an appeals office, as if an official of the
/// authority had asked for it. Brought again it is answered as it was.
#[utoipa::path(
    post, path = "/api/v1/authority/acts", operation_id = "bringAct", tag = "offices",
    request_body = SignedAct,
    responses(
        (status = 200, description = "It counts, or waits for a second office", body = BroughtAct),
        (status = 400, description = "Not of this shape, or no signed act", content_type = "application/problem+json", body = Object),
        (status = 403, description = "The authority's key has not signed this, or it reaches out of its region", content_type = "application/problem+json", body = Object),
        (status = 409, description = "Its id was used, a later trust list is in force, it is there already, or it cannot be foreseen", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Signed for another region, brought too late, or nothing that anybody could do", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn bring_act(State(app): State<App>, Body(sent): Body<SignedAct>) -> Answer<BroughtAct> {
    let file = Base64::decode_vec(&sent.file).map_err(|_| Problem::unreadable("`file` is not in Base64"))?;
    let acting = app.clone();
    let brought = to_the_end(async move {
        let brought = bring(acting.registry(), &file).await?;
        acting.follow_trust_list().await.map_err(Problem::from)?;
        Ok::<_, Problem>(brought)
    });
    Ok(Json(match brought.await?? {
        BroughtIn::Counts(number) => BroughtAct { number, seen: None },
        BroughtIn::Waits { proposal, seen } => BroughtAct { number: proposal, seen: Some(hex(&seen)) },
    }))
}

impl From<BringError> for Problem {
    fn from(error: BringError) -> Self {
        match error {
            BringError::NoAuthority => Self::conflict("no-authority", error),
            BringError::NotSigned(NotSigned::File(
                ActError::OtherKey { .. } | ActError::Signature(_) | ActError::Key(_),
            )) => Self::forbidden("not-the-authority", error),
            BringError::NotSigned(NotSigned::File(
                ActError::TooLong(_)
                | ActError::Cose(_)
                | ActError::OtherContent
                | ActError::Unsigned
                | ActError::Shape,
            )) => Self::unreadable(error),
            BringError::NotSigned(NotSigned::OtherRegion { .. }) => Self::refused("signed-elsewhere", error),
            BringError::NotSigned(NotSigned::Unknown) => Self::refused("unknown-act", error),
            BringError::Denied(denied) => denied.into(),
            BringError::Expired(_) => Self::refused("act-expired", error),
            BringError::TooLong(_) => Self::refused("days", error),
            BringError::Used => Self::conflict("act-used", error),
            BringError::UnderWay => Self::conflict("contended", error),
            BringError::List(_) => Self::refused("trust-list", error),
            BringError::Unfit(UnfitList::Older(_)) => Self::conflict("older-list", error),
            BringError::Unfit(UnfitList::Outside(_)) => Self::refused("outside", error),
            BringError::Unfit(UnfitList::Number(_) | UnfitList::TooLong(_) | UnfitList::NoKey) => {
                Self::refused("trust-list", error)
            }
            BringError::Act(error) => error.into(),
        }
    }
}
