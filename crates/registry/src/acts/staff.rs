//! The staff list: accounts are added and ended, and officials sign in.
//!
//! Nobody grants what they lack: who adds an account online holds the same office, over a region that contains the
//! account's, for no shorter than the account. The first accounts are added on the data folder itself, by whoever owns it.

use jiff::{SignedDuration, Timestamp};
use mingma_domain::Region;
use mingma_domain::fact::Evidence;
use thiserror::Error;

use super::code::later;
use super::spend::spend;
use super::{Registry, Unable};
use crate::canonical::Canonical;
use crate::journal::Entry;
use crate::policy::{Actor, Authorized, Denied, Office, Subject, Wish};
use crate::ports::{Rng, draw};
use crate::staff::{
    MAX_PASSWORD, Password, PasswordHash, StaffAccount, StaffEnd, StaffMember, StaffRow, TotpSecret,
};
use crate::store::{Applied, Change, Spent, Store};
use crate::words::ActName;

/// How long an official stays signed in, in hours: a shift.
pub const STAFF_SESSION_HOURS: i64 = 8;
/// How long after its step a code of the second factor is remembered as used, in seconds: it counts for three steps.
const CODE_SECONDS: i64 = 120;

/// A wish to give somebody an office.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AppointStaff {
    /// The name in the staff list.
    pub name: Evidence,
    /// Which office.
    pub office: Office,
    /// Where.
    pub region: Region,
    /// From when.
    pub from: Timestamp,
    /// The first instant at which it no longer counts.
    pub until: Timestamp,
}

/// A wish that an account end now.
#[derive(Clone, Debug)]
pub struct EndStaff {
    /// The region over which the authority acts.
    pub region: Region,
    /// Whose.
    pub name: Evidence,
}

impl Wish for AppointStaff {
    const ACT: ActName = ActName::AppointStaff;

    fn subject(&self) -> Subject<'_> {
        Subject::Region(self.region)
    }
}

impl Wish for EndStaff {
    const ACT: ActName = ActName::EndStaff;

    fn subject(&self) -> Subject<'_> {
        Subject::Region(self.region)
    }
}

/// What the holder of a new account is told, once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewStaff {
    /// The password.
    pub password: Password,
    /// The second factor.
    pub totp: TotpSecret,
}

/// Why the staff list stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StaffError {
    /// The policy's condition is not met.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Who adds it does not hold that office so far or so long.
    #[error("nobody gives an office that they do not hold themselves, as far and as long")]
    NotHeld,
    /// It would end before it begins.
    #[error("`until` lies before `from`")]
    Backwards,
    /// The name is or was somebody's.
    #[error("the name is taken, or was: take another one")]
    Taken,
    /// There is no such account in the region, or it has ended.
    #[error("there is no such account here, or it has ended")]
    NoSuchAccount,
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Gives somebody an office, on the word of one who holds it.
///
/// # Errors
/// [`StaffError`].
pub async fn appoint_staff(
    registry: &Registry,
    wish: Authorized<AppointStaff>,
) -> Result<NewStaff, StaffError> {
    let Actor::Official { staff, office, .. } = wish.actor() else { return Err(StaffError::NotHeld) };
    let own = registry.store().staff_member(staff).await.map_err(Unable::from)?.ok_or(StaffError::NotHeld)?;
    // The region is the policy's to see to.
    if wish.wish().office != *office || own.account.until < wish.wish().until {
        return Err(StaffError::NotHeld);
    }
    add_staff(registry.store(), registry.rng(), registry.now(), wish.wish()).await
}

/// Adds an account, on the word of whoever owns the data folder.
///
/// # Errors
/// [`StaffError`].
pub async fn add_staff(
    store: &dyn Store,
    rng: &dyn Rng,
    now: Timestamp,
    wish: &AppointStaff,
) -> Result<NewStaff, StaffError> {
    let AppointStaff { name, office, region, from, until } = wish.clone();
    if until <= from {
        return Err(StaffError::Backwards);
    }
    let password = Password::draw(rng).map_err(Unable::from)?;
    let totp = TotpSecret::draw(rng).map_err(Unable::from)?;
    let salt = draw(rng).map_err(Unable::from)?;
    let hash = PasswordHash::of(password.as_str(), salt).map_err(|_| Unable::NoAnswer)?;
    let account = StaffAccount { name, office, region, from, until, password: hash, totp: totp.clone() };
    let row = StaffRow::Account(account);
    match keep(store, rng, now, (ActName::AppointStaff, row)).await? {
        Applied::Done | Applied::Published(_) => Ok(NewStaff { password, totp }),
        Applied::Exists(_) => Err(StaffError::Taken),
    }
}

/// Ends an account at once, on the word of one who holds the same office.
///
/// # Errors
/// [`StaffError`].
pub async fn end_staff(registry: &Registry, wish: Authorized<EndStaff>) -> Result<(), StaffError> {
    let Actor::Official { office, .. } = wish.actor() else { return Err(StaffError::NotHeld) };
    let EndStaff { region, name } = wish.wish();
    let member = registry.store().staff_member(name).await.map_err(Unable::from)?;
    let member = member.filter(|m| m.account.region.is_in(*region)).ok_or(StaffError::NoSuchAccount)?;
    if member.account.office != *office {
        return Err(StaffError::NotHeld);
    }
    remove_staff(registry.store(), registry.rng(), registry.now(), name).await
}

/// Ends an account, on the word of whoever owns the data folder.
///
/// # Errors
/// [`StaffError`].
pub async fn remove_staff(
    store: &dyn Store,
    rng: &dyn Rng,
    now: Timestamp,
    name: &Evidence,
) -> Result<(), StaffError> {
    store.staff_member(name).await.map_err(Unable::from)?.ok_or(StaffError::NoSuchAccount)?;
    let row = StaffRow::End(StaffEnd { name: name.clone(), at: now });
    match keep(store, rng, now, (ActName::EndStaff, row)).await? {
        Applied::Done | Applied::Published(_) => Ok(()),
        Applied::Exists(_) => Err(StaffError::NoSuchAccount),
    }
}

async fn keep(
    store: &dyn Store,
    rng: &dyn Rng,
    now: Timestamp,
    (act, row): (ActName, StaffRow),
) -> Result<Applied, Unable> {
    let entry = Entry::staff(rng, act, now, &row)?;
    store.apply(vec![Change::Staff { row, entry }]).await?.first().copied().ok_or(Unable::NoAnswer)
}

/// Why no official signed in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StaffSignInError {
    /// Name, password and code do not fit together, or the account does not count now.
    #[error("name, password and code do not fit together; a code counts once, wait for the next one")]
    Refused,
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Signs an official in, by password and second factor; gives the account. Takes some 20 ms of work, also for a name that
/// is nobody's.
///
/// # Errors
/// [`StaffSignInError`].
pub async fn sign_in_staff(
    registry: &Registry,
    name: &Evidence,
    password: &str,
    code: &str,
) -> Result<(StaffMember, Timestamp), StaffSignInError> {
    if password.len() > MAX_PASSWORD {
        return Err(StaffSignInError::Refused);
    }
    let member = registry.store().staff_member(name).await.map_err(Unable::from)?;
    let Some(member) = member else {
        // The same work for a name that is nobody's.
        let _nobodys = PasswordHash::of(password, [0; 16]);
        return Err(StaffSignInError::Refused);
    };
    let now = registry.now();
    let right = member.account.password.is_of(password);
    let step = member.account.totp.step_of(code, now);
    let (true, Some(step), true) = (right, step, member.counts(now)) else {
        return Err(StaffSignInError::Refused);
    };
    // Only with the right password: so nobody else uses up a code.
    let until = later(now, SignedDuration::from_secs(CODE_SECONDS));
    if spend(registry, vec![Spent { name: step_name(name, step), until }]).await? != [true] {
        return Err(StaffSignInError::Refused);
    }
    let shift = later(now, SignedDuration::from_hours(STAFF_SESSION_HOURS)).min(member.account.until);
    Ok((member, Timestamp::from_second(shift.as_second()).unwrap_or(shift)))
}

fn step_name(name: &Evidence, step: u64) -> [u8; 16] {
    let mut text = Canonical::new("mingma/second-factor/1");
    text.text(name);
    text.text(step);
    let mut spent = [0; 16];
    spent.iter_mut().zip(text.hash()).for_each(|(to, from)| *to = from);
    spent
}

/// As whom the holder of an account acts now; none if it does not count, so that a removed account is out at once.
///
/// # Errors
/// [`Unable`].
pub async fn enter_as_official(registry: &Registry, name: &Evidence) -> Result<Option<Actor>, Unable> {
    let member = registry.store().staff_member(name).await?;
    Ok(member.filter(|member| member.counts(registry.now())).map(|member| member.actor()))
}
