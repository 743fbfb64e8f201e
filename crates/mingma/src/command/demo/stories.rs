//! The ready-made stories: residents whose facts are written, not drawn.

use mingma_domain::Day;
use mingma_domain::fact::{Fact, RawFact};

use super::city::{fact, with_evidence};
use crate::failure::Failure;

/// A resident's story.
pub(super) struct Story {
    /// Which resident.
    pub(super) resident: usize,
    /// What it is about, in the three languages.
    pub(super) title: [&'static str; 3],
    /// Whether the code is printed on paper.
    pub(super) paper: bool,
    /// Whether its first fact was wrong, and was taken back by its issuer as being about somebody else.
    pub(super) corrected: bool,
    facts: &'static [Told],
}

/// One fact of a story, by how many days ago it was.
struct Told {
    kind: &'static str,
    value: &'static str,
    ago: u16,
    until_ago: Option<u16>,
    issuer: &'static str,
    evidence: &'static str,
}

const fn told(
    kind: &'static str,
    value: &'static str,
    ago: u16,
    issuer: &'static str,
    evidence: &'static str,
) -> Told {
    Told { kind, value, ago, until_ago: None, issuer, evidence }
}

/// When samples are taken.
const SAMPLED: &str = "T08:30:00+08:00";

/// A close contact on day 9.
pub(super) const CONTACT: Story = Story {
    resident: 0,
    title: ["密接第 9 天", "密接第 9 天", "a close contact on day 9"],
    paper: false,
    corrected: false,
    facts: &[
        told("contact", "close", 9, "cdc:450900", "INV-2022-0007"),
        told("test", "negative", 6, "laboratory:yl-2", "S-118204"),
        told("checkin", "well", 0, "self", ""),
    ],
};

/// A yellow code returning to green by check-ins, which a community worker has asked for at the door.
pub(super) const RETURNING: Story = Story {
    resident: 1,
    title: ["黄码，打卡转绿途中", "黃碼，打卡轉綠途中", "a yellow code returning to green by check-ins"],
    paper: false,
    corrected: false,
    facts: &[
        told("symptom", "cough", 6, "self", ""),
        told("checkin", "unwell", 6, "community:450902", ""),
        told("checkin", "well", 5, "community:450902", ""),
        told("checkin", "well", 4, "community:450902", ""),
        told("checkin", "well", 3, "community:450902", ""),
        told("checkin", "well", 2, "community:450902", ""),
        told("checkin", "well", 1, "community:450902", ""),
        told("checkin", "well", 0, "self", ""),
    ],
};

/// A wrong fact that was corrected.
pub(super) const CORRECTED: Story = Story {
    resident: 2,
    title: ["录错的事实已更正", "錄錯的事實已更正", "a wrong fact, corrected"],
    paper: false,
    corrected: true,
    facts: &[
        told("diagnosis", "suspected", 2, "hospital:yl-1", "CASE-2022-0031"),
        told("checkin", "well", 0, "self", ""),
    ],
};

/// A child whose parent declares for it.
pub(super) const CHILD: Story = Story {
    resident: 3,
    title: ["由家长代办的儿童", "由家長代辦的兒童", "a child, declared for by a parent"],
    paper: false,
    corrected: false,
    facts: &[
        Told { until_ago: Some(6), ..told("stay", "declared", 8, "self", "") },
        told("checkin", "well", 0, "self", ""),
    ],
};

/// A person with a paper code.
pub(super) const PAPER: Story = Story {
    resident: 4,
    title: ["使用纸质码的老人", "使用紙質碼的長者", "an elderly person with a paper code"],
    paper: true,
    corrected: false,
    facts: &[told("checkin", "well", 0, "community:450902", "")],
};

/// In the order in which they are told.
pub(super) const ALL: [&Story; 5] = [&CONTACT, &RETURNING, &CORRECTED, &CHILD, &PAPER];

impl Story {
    /// The story's facts, as of a day.
    pub(super) fn facts(&self, today: Day) -> Result<Vec<Fact>, Failure> {
        self.facts.iter().map(|told| told.fact(today)).collect()
    }
}

impl Told {
    fn fact(&self, today: Day) -> Result<Fact, Failure> {
        let at = today.minus(self.ago).to_string();
        let at = if self.kind == "test" { format!("{at}{SAMPLED}") } else { at };
        let until = self.until_ago.map_or(String::new(), |ago| today.minus(ago).to_string());
        let region = if self.kind == "stay" { "440100" } else { "" };
        let Self { kind, value, issuer, evidence, .. } = *self;
        let raw = RawFact { kind, value, at: &at, until: &until, region, issuer, evidence };
        fact(&if evidence.is_empty() { with_evidence(raw) } else { raw })
    }
}
