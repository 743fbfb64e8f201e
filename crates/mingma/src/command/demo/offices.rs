//! The demo's offices and institutions: who may say what, with keys of their own.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use mingma_credential::key::{SigningKey, SystemEntropy};
use mingma_domain::fact::{Entitlement, Issuer, Kind};
use mingma_domain::{Day, Region};
use mingma_registry::Appointment;
use mingma_registry::acts::{Approve, ProposeAppointment, approve, propose_appointment};
use mingma_registry::policy::{Actor, Office, Purpose, authorize};
use mingma_registry::row::{EntitlementEntry, IssuerEntry, KeyEntry};
use mingma_registry::words::Capacity;
use mingma_server::App;

use super::logins;
use crate::failure::Failure;
use crate::keys;

/// For how long the demo's keys and entitlements count, in days: as long as its rules.
const DAYS: u16 = 140;

/// Who acts for the demo's offices, as the staff list calls them.
const COMMISSIONER: &str = "national-commissioner";
const ARBITER: &str = "national-arbiter";

/// Where in the data folder the institutions' keys lie, for whoever plays them.
pub(super) const FOLDER: &str = "institutions";

/// An institution: its name as an issuer, its organisation, where it works, what it records, what it countersigns.
pub(super) type Row = (&'static str, &'static str, &'static str, &'static [Kind], &'static [Kind]);

/// What no laboratory proves is recorded by one organisation and countersigned by another.
pub(super) const INSTITUTIONS: &[Row] = &[
    (
        "hospital:yl-1",
        "mingjiang-hospital",
        "450900",
        &[Kind::Diagnosis, Kind::Discharge, Kind::Symptom, Kind::Test, Kind::Vaccination],
        &[Kind::Diagnosis],
    ),
    ("laboratory:yl-2", "mingjiang-laboratory", "450900", &[Kind::Test], &[]),
    (
        "cdc:450900",
        "mingjiang-cdc",
        "450900",
        &[Kind::Contact, Kind::Diagnosis, Kind::Discharge, Kind::Isolation, Kind::Release, Kind::Screening],
        &[Kind::Diagnosis, Kind::Entry, Kind::Isolation],
    ),
    (
        "community:450902",
        "mingjiang-community",
        "450900",
        &[Kind::Checkin, Kind::Isolation, Kind::Release, Kind::Symptom],
        &[Kind::Contact],
    ),
    ("border:451481", "youyiguan-border-post", "451481", &[Kind::Entry], &[]),
    ("transport:rail", "railway", "CN", &[Kind::Stay], &[]),
    ("region:440000", "guangdong", "CN", &[Kind::ForeignStatus], &[]),
];

/// The institutions' names as issuers.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    INSTITUTIONS.iter().map(|(issuer, ..)| *issuer)
}

/// An institution with its key.
pub(super) struct Institution {
    pub(super) issuer: Issuer,
    pub(super) key: SigningKey,
    countersigns: &'static [Kind],
}

impl Institution {
    /// As whom it acts.
    pub(super) fn actor(&self) -> Actor {
        Actor::Institution(self.issuer.clone())
    }

    /// Whether it countersigns facts of a kind.
    pub(super) fn countersigns(&self, kind: Kind) -> bool {
        self.countersigns.contains(&kind)
    }
}

/// The commission that answers for the rules.
pub(super) fn commission() -> Result<Actor, Failure> {
    official(COMMISSIONER, Office::HealthCommission, "CN")
}

/// Puts on the staff list whoever acts here: an auditor holds each hand to it. Nobody is told the passwords.
async fn hold_offices(app: &App) -> Result<(), Failure> {
    let offices = [(COMMISSIONER, Office::HealthCommission, "CN"), (ARBITER, Office::Appeals, "CN")];
    logins::appoint_all(app, &offices).await?;
    Ok(())
}

fn official(staff: &str, office: Office, of: &str) -> Result<Actor, Failure> {
    Ok(Actor::Official { staff: staff.parse().map_err(Failure::new)?, office, region: region(of)? })
}

/// Who appoints: the commission that proposes and the appeals office that agrees, each by its account and its region.
pub(super) type Appointing = [(&'static str, &'static str); 2];

/// Two offices of the state.
pub(super) const STATE: Appointing = [(COMMISSIONER, "CN"), (ARBITER, "CN")];

/// Appoints every institution; its key lies in `dir`, as `ISSUER.key.pem`.
pub(super) async fn appoint_all(
    app: &App,
    dir: &Path,
    today: Day,
    (institutions, by): (&[Row], Appointing),
) -> Result<Vec<Institution>, Failure> {
    hold_offices(app).await?;
    let mut appointed = Vec::with_capacity(institutions.len());
    for row in institutions {
        appointed.push(appoint_one(app, dir, today, (row, by)).await?);
    }
    Ok(appointed)
}

async fn appoint_one(
    app: &App,
    dir: &Path,
    today: Day,
    (row, by): (&Row, Appointing),
) -> Result<Institution, Failure> {
    let (issuer, organisation, at, records, countersigns) = *row;
    let issuer: Issuer = issuer.parse().map_err(Failure::new)?;
    let organisation = organisation.parse().map_err(Failure::new)?;
    let entry = IssuerEntry { issuer: issuer.clone(), organisation, region: region(at)? };
    say(app, by, Appointment::Issuer(entry)).await?;
    let key = SigningKey::generate(&mut SystemEntropy).map_err(Failure::new)?;
    keys::keep_issuer_key(dir, &issuer, &key)?;
    let from = app.registry().now();
    let until = from.checked_add(SignedDuration::from_hours(24 * i64::from(DAYS))).unwrap_or(Timestamp::MAX);
    let entry = KeyEntry { issuer: issuer.clone(), point: key.device_point(), from, until };
    say(app, by, Appointment::Key(entry)).await?;
    let may = records.iter().map(|kind| (Capacity::Submit, *kind));
    for (capacity, kind) in may.chain(countersigns.iter().map(|kind| (Capacity::Countersign, *kind))) {
        // A train goes to every province, and so does what another one reports.
        let over = if at == "450900" { region("450000")? } else { region(at)? };
        let entitlement = Entitlement {
            issuer: issuer.clone(),
            kind,
            region: over,
            from: today.minus(1),
            until: today.plus(DAYS),
        };
        say(app, by, Appointment::Entitlement(EntitlementEntry { capacity, entitlement })).await?;
    }
    Ok(Institution { issuer, key, countersigns })
}

/// Appoints, as two offices do it.
async fn say(app: &App, [first, second]: Appointing, appointment: Appointment) -> Result<(), Failure> {
    let over = region(first.1)?;
    let wish = ProposeAppointment { region: over, appointment };
    let first = official(first.0, Office::HealthCommission, first.1)?;
    let wish = authorize(first, Purpose::Publication, wish).map_err(Failure::new)?;
    let (proposal, seen) = propose_appointment(app.registry(), wish).await.map_err(Failure::new)?;
    // It is agreed to for the region that it reaches, which may be a part of the country alone.
    let book = app.registry().book().await.map_err(Failure::new)?;
    let over = book.proposal(proposal).map_or(over, |proposed| proposed.region());
    let second = official(second.0, Office::Appeals, second.1)?;
    let wish = authorize(second, Purpose::Publication, Approve { region: over, proposal, seen });
    approve(app.registry(), wish.map_err(Failure::new)?).await.map_err(Failure::new)?;
    Ok(())
}

fn region(code: &str) -> Result<Region, Failure> {
    code.parse().map_err(Failure::new)
}
