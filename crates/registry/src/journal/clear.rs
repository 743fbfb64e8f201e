//! What everybody may read of an entry: who did it, where that office works, and of public acts what they concern.
//!
//! Nothing here is about the person: no row of theirs is shown, nor a kind of fact, nor where they live; two entries about
//! one person have nothing in common that two entries about two persons would not have. What an office did for itself
//! (an issuer, an appeal's outcome, a purpose of a look) is its own to answer for.

use mingma_domain::Region;
use mingma_domain::fact::{Evidence, Issuer, IssuerClass};

use super::Entry;
use crate::brake::{Draft, Hand, Proposed};
use crate::digest::{Cell, SMALL_CELL};
use crate::policy::Office;
use crate::retention::Purged;
use crate::row::{PersonRow, PublicRow};
use crate::staff::StaffChange;

/// The part of an entry that stands in the log in clear.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Clear {
    /// Which issuer acted, or, of a public act, which one it concerns; none where a person acted for themselves.
    pub issuer: Option<Issuer>,
    /// Where that issuer works, or for which region a public act counts. Never where a person lives.
    pub region: Option<Region>,
    /// What it concerns, by a word of a closed list, or by a ruleset's name.
    pub subject: Option<Evidence>,
}

impl Clear {
    /// Of an act about a person; the region is the issuer's, which no row tells.
    #[must_use]
    pub fn of_person(rows: &[PersonRow]) -> Self {
        rows.iter().find_map(person_row).unwrap_or_default()
    }

    /// What entries of former versions showed beside it, which now only the commitment holds: how an answer ended, what was said of a
    /// disputed fact, why one was taken back.
    #[must_use]
    pub fn once_shown(rows: &[PersonRow]) -> Option<&'static str> {
        rows.iter().find_map(|row| match row {
            PersonRow::AppealAnswer(row) => Some(if row.upheld { "upheld" } else { "rejected" }),
            PersonRow::Confirmation(row) => Some(if row.confirmed { "confirmed" } else { "unconfirmed" }),
            PersonRow::Retraction(row) => Some(row.reason.word()),
            PersonRow::Fact(_)
            | PersonRow::Countersignature(_)
            | PersonRow::Disclosure(_)
            | PersonRow::Request(_)
            | PersonRow::Registration(_)
            | PersonRow::Amendment(_)
            | PersonRow::Code(_)
            | PersonRow::Revocation(_)
            | PersonRow::Grant(_)
            | PersonRow::Binding(_)
            | PersonRow::Appeal(_)
            | PersonRow::Access(_) => None,
        })
    }

    /// Of a public act.
    pub(crate) fn of_public(row: &PublicRow) -> Self {
        match row {
            PublicRow::Issuer(entry) => {
                Self { issuer: Some(entry.issuer.clone()), region: Some(entry.region), subject: None }
            }
            PublicRow::Key(entry) => Self { issuer: Some(entry.issuer.clone()), ..Self::default() },
            PublicRow::KeyWithdrawn(_)
            | PublicRow::EntitlementWithdrawn(_)
            | PublicRow::Approval(_)
            | PublicRow::Allowance(_) => Self::default(),
            PublicRow::Limit(row) => {
                Self { issuer: Some(row.issuer.clone()), subject: word(row.kind.word()), ..Self::default() }
            }
            PublicRow::Alarm(row) => {
                Self { issuer: Some(row.issuer.clone()), subject: word(row.why.word()), ..Self::default() }
            }
            PublicRow::Entitlement(entry) => Self {
                issuer: Some(entry.entitlement.issuer.clone()),
                region: Some(entry.entitlement.region),
                subject: word(entry.entitlement.kind.word()),
            },
            PublicRow::Ruleset(entry) => Self::ruled(entry.region, &entry.id),
            PublicRow::Risk(risk) => Self::ruled(risk.region, risk.level.word()),
            PublicRow::Proposal(proposal) => match &proposal.what {
                Proposed::Draft { draft: Draft::Rules(entry), .. } => Self::ruled(entry.region, &entry.id),
                Proposed::Draft { draft: Draft::Risk(risk), .. } => {
                    Self::ruled(risk.region, risk.level.word())
                }
                Proposed::Appointment { region, appointment } => Self {
                    issuer: Some(appointment.issuer().clone()),
                    ..Self::ruled(*region, appointment.subject())
                },
            },
            // How many facts were destroyed: the public counts along, in whole tens.
            PublicRow::Purged(purged) => {
                let subject = match Cell::of(purged.facts()) {
                    None => word("0"),
                    Some(Cell::Small) => word(&format!("under-{SMALL_CELL}")),
                    Some(Cell::Told(facts)) => word(&facts.to_string()),
                };
                Self { subject, ..Self::default() }
            }
            PublicRow::Brought(brought) => match brought.act() {
                Some((act, _)) => {
                    Self { issuer: None, region: act.region.as_str().parse().ok(), subject: word(&act.name) }
                }
                None => Self::default(),
            },
            PublicRow::LetGo(row) => Self::ruled(row.by.region, "let-go"),
            PublicRow::Emergency(emergency) => {
                Self { subject: word(emergency.ground.word()), ..Self::default() }
            }
        }
    }

    /// Of an end of data, as programs of before showed it: with the exact number.
    pub(crate) fn of_purged_before(purged: &Purged) -> Self {
        Self { subject: word(&purged.facts().to_string()), ..Self::default() }
    }

    /// Of a change of the staff list: which office, and where; not who holds it.
    pub(crate) fn of_staff(change: &StaffChange) -> Self {
        match change {
            StaffChange::Account { office, region, .. } => Self::ruled(*region, office.word()),
            StaffChange::End(_) => Self::default(),
        }
    }

    /// The same, of what two offices agreed to: both stand in it, as `health-commission:410000+appeals:410000`.
    pub(crate) fn agreed(mut self, (first, second): (&Hand, &Hand)) -> Self {
        let Hand { office, region, .. } = second;
        self.region = Some(*region);
        self.subject = word(&format!("{}:{}+{office}:{region}", first.office, first.region));
        self
    }

    fn ruled(region: Region, subject: &str) -> Self {
        Self { issuer: None, region: Some(region), subject: word(subject) }
    }
}

impl Clear {
    /// Which office did an act alone, and where, if that is what it says.
    #[must_use]
    pub fn alone(&self) -> Option<(Office, Region)> {
        let (office, region) = self.subject.as_ref()?.as_str().split_once(':')?;
        Some((office.parse().ok()?, region.parse().ok()?))
    }
}

impl Entry {
    /// The same entry, of what one office did alone: where it acts, and which it was where nothing else is said, as `health-commission:410000`.
    #[must_use]
    pub(crate) fn alone(mut self, Hand { office, region, .. }: &Hand) -> Self {
        self.clear.region = self.clear.region.or(Some(*region));
        self.clear.subject = self.clear.subject.or_else(|| word(&format!("{office}:{region}")));
        self
    }

    /// The same entry, of what two offices agreed to.
    #[must_use]
    pub(crate) fn agreed(mut self, by: (&Hand, &Hand)) -> Self {
        self.clear = self.clear.agreed(by);
        self
    }
}

/// What a row of a person shows of the office that made it.
fn person_row(row: &PersonRow) -> Option<Clear> {
    let by = |issuer: &Issuer, subject: Option<Evidence>| {
        let own = issuer.class() == IssuerClass::Resident;
        (!own).then(|| Clear { issuer: Some(issuer.clone()), region: None, subject })
    };
    match row {
        PersonRow::Fact(row) => by(row.fact.issuer(), None),
        PersonRow::Countersignature(row) => by(&row.issuer, None),
        // What was said of a fact, why it was taken back and how a dispute ended is counted in whole tens: nobody counts entries to
        // have it. That the office acted is public, and so is how often.
        PersonRow::Confirmation(row) => by(&row.issuer, None),
        PersonRow::Retraction(row) => by(&row.issuer, None),
        PersonRow::AppealAnswer(_) => by(&Issuer::of(IssuerClass::Appeal), None),
        PersonRow::Disclosure(row) => Some(Clear { subject: word(row.purpose.word()), ..Clear::default() }),
        // What a person did for themselves, or had done at a desk, says nothing but that somebody did.
        PersonRow::Request(_)
        | PersonRow::Registration(_)
        | PersonRow::Amendment(_)
        | PersonRow::Code(_)
        | PersonRow::Revocation(_)
        | PersonRow::Grant(_)
        | PersonRow::Binding(_)
        | PersonRow::Appeal(_)
        | PersonRow::Access(_) => None,
    }
}

/// A text as a word; none if it has blanks or is too long, as a ruleset's name may be.
fn word(text: &str) -> Option<Evidence> {
    text.parse().ok()
}
