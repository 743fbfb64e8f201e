//! The ready-made stories: residents whose facts are written, not drawn.

use mingma_domain::fact::RawFact;

use super::city::{Resident, fact, retraction, with_evidence};
use crate::failure::Failure;

/// A resident's story.
pub(super) struct Story {
    /// Which resident.
    pub(super) resident: usize,
    /// What it is about, in the three languages.
    pub(super) title: [&'static str; 3],
    /// Whether the code is printed on paper.
    pub(super) paper: bool,
    /// The facts: kind, value, at, until, issuer, evidence.
    facts: &'static [[&'static str; 6]],
}

/// A close contact on day 9.
pub(super) const CONTACT: Story = Story {
    resident: 0,
    title: ["密接第 9 天", "密接第 9 天", "a close contact on day 9"],
    paper: false,
    facts: &[
        ["contact", "close", "2022-01-01", "", "cdc:450900", "INV-2022-0007"],
        ["test", "negative", "2022-01-04T08:30:00+08:00", "", "laboratory:yl-2", "S-118204"],
        ["checkin", "well", "2022-01-10", "", "self", ""],
    ],
};

/// A yellow code returning to green by check-ins.
pub(super) const RETURNING: Story = Story {
    resident: 1,
    title: ["黄码，打卡转绿途中", "黃碼，打卡轉綠途中", "a yellow code returning to green by check-ins"],
    paper: false,
    facts: &[
        ["symptom", "cough", "2022-01-04", "", "self", ""],
        ["checkin", "unwell", "2022-01-04", "", "self", ""],
        ["checkin", "well", "2022-01-05", "", "self", ""],
        ["checkin", "well", "2022-01-06", "", "self", ""],
        ["checkin", "well", "2022-01-07", "", "self", ""],
        ["checkin", "well", "2022-01-08", "", "self", ""],
        ["checkin", "well", "2022-01-09", "", "self", ""],
        ["checkin", "well", "2022-01-10", "", "self", ""],
    ],
};

/// A wrong fact that was corrected.
pub(super) const CORRECTED: Story = Story {
    resident: 2,
    title: ["录错的事实已更正", "錄錯的事實已更正", "a wrong fact, corrected"],
    paper: false,
    facts: &[
        ["diagnosis", "suspected", "2022-01-08", "", "hospital:yl-1", "CASE-2022-0031"],
        ["retract", "wrong-person", "2022-01-09", "", "hospital:yl-1", "diagnosis/suspected@2022-01-08"],
        ["checkin", "well", "2022-01-10", "", "self", ""],
    ],
};

/// A child whose parent declares for it.
pub(super) const CHILD: Story = Story {
    resident: 3,
    title: ["由家长代办的儿童", "由家長代辦的兒童", "a child, declared for by a parent"],
    paper: false,
    facts: &[
        ["stay", "declared", "2022-01-02", "2022-01-04", "self", ""],
        ["checkin", "well", "2022-01-10", "", "self", ""],
    ],
};

/// A person with a paper code.
pub(super) const PAPER: Story = Story {
    resident: 4,
    title: ["使用纸质码的老人", "使用紙質碼的長者", "an elderly person with a paper code"],
    paper: true,
    facts: &[["checkin", "well", "2022-01-10", "", "community:450902", ""]],
};

/// In the order in which they are told.
pub(super) const ALL: [&Story; 5] = [&CONTACT, &RETURNING, &CORRECTED, &CHILD, &PAPER];

impl Story {
    /// Replaces what was drawn for the resident by the story's facts.
    pub(super) fn happen_to(&self, resident: &mut Resident) -> Result<(), Failure> {
        resident.facts.clear();
        for [kind, value, at, until, issuer, evidence] in self.facts.iter().copied() {
            let region = if kind == "stay" { "440100" } else { "" };
            let raw = RawFact { kind, value, at, until, region, issuer, evidence };
            if kind == "retract" {
                resident.retractions.push(retraction(&raw)?);
            } else {
                let raw = if evidence.is_empty() { with_evidence(raw) } else { raw };
                resident.facts.push(fact(&raw)?);
            }
        }
        Ok(())
    }
}
