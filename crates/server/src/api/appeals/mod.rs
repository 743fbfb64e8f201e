//! Appeals: a person disputes what is recorded, and sees what became of it.

pub mod list;
pub mod open;

use jiff::Timestamp;
use mingma_registry::record::Appeal;
use mingma_registry::words::Ground;
use mingma_registry::{AppealId, FactId};
use serde::Serialize;
use utoipa::ToSchema;

/// An appeal, and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnAppeal {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    id: AppealId,
    /// The fact that is disputed.
    #[schema(value_type = String, format = "uuid")]
    fact: FactId,
    /// `not-me`, `wrong-value`, `wrong-time-or-place`, `no-evidence` or `taken-back`.
    #[schema(value_type = String)]
    ground: Ground,
    /// When it was opened.
    #[schema(value_type = String, format = "date-time")]
    opened: Timestamp,
    /// The first instant at which it should have been answered.
    #[schema(value_type = String, format = "date-time")]
    due: Timestamp,
    /// Where it stands.
    state: AppealState,
}

/// Where an appeal stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum AppealState {
    /// It waits for an answer.
    Open {
        /// Whether the time for answering has passed.
        overdue: bool,
    },
    /// The person was right: the fact no longer counts; on the ground `taken-back`, it counts again.
    Upheld {
        /// When it was answered.
        #[schema(value_type = String, format = "date-time")]
        at: Timestamp,
    },
    /// It stays as it was.
    Rejected {
        /// When it was answered.
        #[schema(value_type = String, format = "date-time")]
        at: Timestamp,
    },
}

pub(crate) fn told(appeal: Appeal, now: Timestamp) -> OwnAppeal {
    let (opened, state) = match appeal {
        Appeal::Open(open) => (open.opened, AppealState::Open { overdue: open.opened.due <= now }),
        Appeal::Answered(answered) => {
            let at = answered.answer.at;
            let state = if answered.answer.upheld {
                AppealState::Upheld { at }
            } else {
                AppealState::Rejected { at }
            };
            (answered.opened, state)
        }
    };
    OwnAppeal {
        id: opened.id,
        fact: opened.fact,
        ground: opened.ground,
        opened: opened.at,
        due: opened.due,
        state,
    }
}
