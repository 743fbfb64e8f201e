//! Who calls.

use Caller::{
    Agent, AppLetIn, AppNotLetIn, Arbiter, Commissioner, CommunityWorker, Institution, Resident, Stranger,
    Visitor,
};

/// Who calls, and whose affairs it then is: one's own (`me`), or those of the resident by id.
pub(crate) const CALLERS: [(Caller, bool); 10] = [
    (Visitor, true),
    (Resident, true),
    (Stranger, false),
    (Agent, false),
    (AppLetIn, true),
    (AppNotLetIn, true),
    (Commissioner, false),
    (Arbiter, false),
    (CommunityWorker, false),
    (Institution, false),
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Caller {
    Visitor,
    Resident,
    Stranger,
    Agent,
    AppLetIn,
    AppNotLetIn,
    Commissioner,
    Arbiter,
    CommunityWorker,
    Institution,
}
/// Everybody.
pub(crate) const ALL: &[Caller] = &[
    Visitor,
    Resident,
    Stranger,
    Agent,
    AppLetIn,
    AppNotLetIn,
    Commissioner,
    Arbiter,
    CommunityWorker,
    Institution,
];
