//! What waits for a second office, and who may be it.

use mingma_domain::Region;

use super::{Draft, Hand, Preview};
use crate::appointment::Appointment;
use crate::canonical::{Canonical, Hash};
use crate::policy::Office;

/// What is proposed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Proposed {
    /// What would make many people worse at once, with what it would do, as the first office saw it.
    Draft {
        /// The draft.
        draft: Draft,
        /// What it would do.
        preview: Preview,
    },
    /// What gives an issuer more than it had.
    Appointment {
        /// Over what region it reaches: where the issuer works, and where it is to be entitled.
        region: Region,
        /// What.
        appointment: Appointment,
    },
}

/// What waits for a second office.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposal {
    /// What is proposed.
    pub what: Proposed,
    /// The first office.
    pub by: Hand,
}

impl Proposal {
    /// For which region: a second office is in office over all of it.
    #[must_use]
    pub const fn region(&self) -> Region {
        match &self.what {
            Proposed::Draft { draft, .. } => draft.region(),
            Proposed::Appointment { region, .. } => *region,
        }
    }

    /// What says that two have seen the same: the numbers of a draft, the line of an appointment.
    #[must_use]
    pub fn seen(&self) -> Hash {
        match &self.what {
            Proposed::Draft { preview, .. } => preview.hash(),
            Proposed::Appointment { .. } => {
                let mut text = Canonical::new("mingma/appointment/1");
                self.what.write(&mut text);
                text.hash()
            }
        }
    }

    /// Whether this is the hand of another person, of an appeals office; that it is [above](super::is_above) is asked besides. A commission,
    /// of whatever region, is no second office: commissions add to the staff list of commissions, and nobody is to be another's creature.
    #[must_use]
    pub fn is_seconded_by(&self, hand: &Hand) -> bool {
        hand.staff != self.by.staff && hand.office == Office::Appeals
    }
}

impl Proposed {
    pub(crate) fn write(&self, text: &mut Canonical) {
        match self {
            Self::Draft { draft, preview } => {
                draft.write(text);
                text.text(preview);
            }
            Self::Appointment { region, appointment } => {
                text.text("appointment");
                text.text(region);
                text.text(appointment);
            }
        }
    }
}
