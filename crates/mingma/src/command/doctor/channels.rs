//! The ways to people: whether anybody can be sent the code with which they sign in.

use mingma_registry::Ways;

use super::finding::{Finding, Mark, Page};
use crate::channel::missing;

/// What follows from the ways that are configured, while so many notices wait.
pub(super) fn look_at(ways: Ways, waiting: u64) -> Finding {
    let missing = missing(ways);
    let mark = match (missing.is_empty(), ways.phone || ways.email, waiting) {
        (true, ..) => Mark::Ok,
        // What waits there waits for good.
        (false, false, 1..) => Mark::Fail,
        (false, ..) => Mark::Warn,
    };
    let said = if missing.is_empty() {
        "short messages and e-mail are configured".to_owned()
    } else {
        missing.join("; ")
    };
    Finding::new("channels", mark, said, Page::Notices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nobody_is_reached_and_somebody_waits_nothing_is_in_order() {
        for (phone, email, waiting, mark) in [
            (true, true, 9, Mark::Ok),
            (true, false, 0, Mark::Warn),
            (true, false, 9, Mark::Warn),
            (false, true, 9, Mark::Warn),
            (false, false, 0, Mark::Warn),
            (false, false, 1, Mark::Fail),
        ] {
            let found = look_at(Ways { phone, email }, waiting);
            assert_eq!(found.mark, mark, "{phone} {email} {waiting}: {}", found.said);
            assert_eq!(found.said.contains("[sms]"), !phone, "{}", found.said);
            assert_eq!(found.said.contains("[mail]"), !email, "{}", found.said);
        }
    }
}
