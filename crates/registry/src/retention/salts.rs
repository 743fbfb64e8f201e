//! How long the salts of entries are kept by their age, and when the rows of an act may end before its salt.

use super::{CODE_DAYS, DISCLOSURE_DAYS, GRANT_DAYS, SALT_DAYS, UNKNOWN_SALT_DAYS};
use crate::words::ActName;

/// After how many days the salt of an act's entry goes by its age; none if it never does.
pub(crate) const fn salt_days(act: ActName) -> Option<i64> {
    match act {
        // As long as the person is registered, and as long as a grant or binding can last.
        ActName::Register | ActName::Amend | ActName::Bind | ActName::AuthorizeApp => None,
        // By their facts; these are older than any that the store knows the facts of.
        ActName::Record | ActName::Declare => Some(UNKNOWN_SALT_DAYS),
        ActName::Countersign
        | ActName::Retract
        | ActName::Publish
        | ActName::Propose
        | ActName::Approve
        | ActName::PublishInEmergency
        | ActName::SetRisk
        | ActName::Appoint
        | ActName::Assess
        | ActName::Show
        | ActName::Appeal
        | ActName::AnswerAppeal
        | ActName::Disclose
        | ActName::ChangeContact
        | ActName::AppointStaff
        | ActName::EndStaff
        | ActName::Assist
        | ActName::Revoke
        | ActName::Transit
        | ActName::Confirm
        | ActName::Allow
        | ActName::Alarm
        | ActName::Purge
        | ActName::Cease
        | ActName::Bring => Some(SALT_DAYS),
    }
}

/// After how many days at the earliest the rows of an act may have ended while its salt is kept; none of an act whose rows end with
/// their salt, or that keeps none.
pub(crate) const fn rows_days(act: ActName) -> Option<i64> {
    match act {
        ActName::Show | ActName::Revoke => Some(CODE_DAYS),
        ActName::Bind | ActName::AuthorizeApp => Some(GRANT_DAYS),
        ActName::Disclose => Some(DISCLOSURE_DAYS),
        // With a fact, which may have been an old one when it was recorded.
        ActName::Declare
        | ActName::Countersign
        | ActName::Retract
        | ActName::Confirm
        | ActName::Appeal
        | ActName::AnswerAppeal => Some(0),
        ActName::Register
        | ActName::Amend
        | ActName::Record
        | ActName::Publish
        | ActName::Propose
        | ActName::Approve
        | ActName::PublishInEmergency
        | ActName::SetRisk
        | ActName::Appoint
        | ActName::Assess
        | ActName::ChangeContact
        | ActName::AppointStaff
        | ActName::EndStaff
        | ActName::Assist
        | ActName::Transit
        | ActName::Allow
        | ActName::Alarm
        | ActName::Purge
        | ActName::Cease
        | ActName::Bring => None,
    }
}
