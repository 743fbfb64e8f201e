//! What lets a person in: where they are reached, one-time codes and the tries at them, sign-ins, the consent to be helped
//! at a desk, and for whom they act.
//!
//! None of it can change a colour, so none of it stands in a [`PersonRecord`](crate::PersonRecord) or is committed to by
//! the journal's leaves. Rows are only added: a try claims its number before it is answered, so that any number of
//! guesses at one moment are still as many tries.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::fact::Evidence;
use mingma_domain::text::Lang;
use thiserror::Error;

use crate::contact::Contact;
use crate::id::{AssistanceId, ChallengeId, GrantId, PersonId, SignInId};
use crate::ports::{NoEntropy, Rng, draw};
use crate::words::CodeUse;

use mingma_credential::key::DevicePoint;

/// A code that a person reads off a message or a slip and gives back: digits, kept back by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeCode(String);

/// A text that is no code. It is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a code: it has 6 digits, on a slip 10")]
pub struct NotACode;

impl OneTimeCode {
    /// A new code for this use: 6 digits, on a slip 10.
    ///
    /// # Errors
    /// [`NoEntropy`].
    pub fn draw(rng: &dyn Rng, what_for: CodeUse) -> Result<Self, NoEntropy> {
        let digits = what_for.digits();
        // 2⁶⁴ is not a multiple of 10¹⁰; the lean towards low codes is under one in a thousand million.
        let number = u64::from_le_bytes(draw(rng)?) % 10_u64.pow(digits);
        let width = usize::try_from(digits).unwrap_or(0);
        Ok(Self(format!("{number:0width$}")))
    }

    /// The digits.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// Whether it has the length of a slip's.
    #[must_use]
    pub fn is_slip(&self) -> bool {
        u32::try_from(self.0.len()).is_ok_and(|digits| digits == CodeUse::Slip.digits())
    }

    /// Whether it is the same, in a time that does not tell how much of it is.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        verify_slices_are_equal(self.0.as_bytes(), other.0.as_bytes()).is_ok()
    }
}

impl FromStr for OneTimeCode {
    type Err = NotACode;

    /// Reads the digits; spaces between them are passed over, as slips and messages print them in groups.
    fn from_str(text: &str) -> Result<Self, NotACode> {
        let plain: String = text.chars().filter(|c| *c != ' ').collect();
        let long = u32::try_from(plain.len()).unwrap_or(u32::MAX);
        let known = [CodeUse::SignIn, CodeUse::Slip].iter().any(|what_for| what_for.digits() == long);
        if known && plain.bytes().all(|b| b.is_ascii_digit()) { Ok(Self(plain)) } else { Err(NotACode) }
    }
}

impl fmt::Debug for OneTimeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeCode(…)")
    }
}

/// Where a person is reached, and in which language; the one with the highest number counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reach {
    /// From 0, which the registration takes.
    pub number: u32,
    /// Where; none of somebody without a telephone. A store seals it.
    pub contact: Option<Contact>,
    /// In which language.
    pub lang: Lang,
    /// Since when.
    pub at: Timestamp,
}

/// Where a person wants to be reached: it counts when the code comes back that was sent there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unproved {
    /// Where. A store seals it.
    pub contact: Contact,
    /// In which language.
    pub lang: Lang,
}

/// A code that somebody may give back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Challenge {
    /// Its id.
    pub id: ChallengeId,
    /// What giving it back lets.
    pub what_for: CodeUse,
    /// From 0 on each day (of UTC) and for each use; what bounds how many there are.
    pub ordinal: u32,
    /// The code. A store seals it.
    pub code: OneTimeCode,
    /// Where it went, if that is to be proved; else it went to where the person is reached.
    pub unproved: Option<Unproved>,
    /// Since when.
    pub at: Timestamp,
    /// The first instant at which it counts no more.
    pub until: Timestamp,
}

impl Challenge {
    /// The day of UTC on which an instant lies, counted from 1970: what ordinals begin anew on.
    #[must_use]
    pub fn day(at: Timestamp) -> i64 {
        at.as_second().div_euclid(86_400)
    }
}

/// A try at a code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Try {
    /// At which.
    pub challenge: ChallengeId,
    /// From 0.
    pub ordinal: u32,
    /// Whether it was right.
    pub right: bool,
    /// When.
    pub at: Timestamp,
}

/// A person signed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SignIn {
    /// The session's name.
    pub id: SignInId,
    /// The device to which it is bound.
    pub device: Option<DevicePoint>,
    /// When.
    pub at: Timestamp,
    /// The first instant at which the session counts no more.
    pub until: Timestamp,
}

/// A person let a community worker help, at a desk, for a short while.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assistance {
    /// Its id.
    pub id: AssistanceId,
    /// Whom: the name in the staff list.
    pub staff: Evidence,
    /// Since when.
    pub from: Timestamp,
    /// The first instant at which it counts no more.
    pub until: Timestamp,
}

/// Somebody for whom the person has taken it on to act. It lets nobody in by itself: whether they may is asked of the
/// binding, which lies with the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ward {
    /// By which binding of the other's.
    pub binding: GrantId,
    /// For whom.
    pub person: PersonId,
    /// The first instant at which that binding counts no more.
    pub until: Timestamp,
}

/// A row of what lets a person in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AccessRow {
    /// One for each number.
    Reach(Reach),
    /// One for each id, and one for each use, day and ordinal.
    Challenge(Challenge),
    /// One for each challenge and ordinal.
    Try(Try),
    /// One for each id.
    SignIn(SignIn),
    /// One for each id.
    Assistance(Assistance),
    /// One for each binding.
    Ward(Ward),
}

/// What lets one person in, at one moment, each kind in the order of its keys.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AccessRecord {
    /// Where they were and are reached, by number.
    pub reaches: Vec<Reach>,
    /// The codes that counted at the moment asked for or later.
    pub challenges: Vec<Challenge>,
    /// The tries at those.
    pub tries: Vec<Try>,
    /// The sign-ins.
    pub sign_ins: Vec<SignIn>,
    /// Whom they let help, at the moment asked for or later.
    pub assistances: Vec<Assistance>,
    /// For whom they act, at the moment asked for or later.
    pub wards: Vec<Ward>,
}

/// Proof that a person let this community worker act for them, at the instant at which it was asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assisted {
    id: AssistanceId,
    person: PersonId,
    staff: Evidence,
    region: Region,
    until: Timestamp,
}

impl Assisted {
    /// By which consent.
    #[must_use]
    pub const fn id(&self) -> AssistanceId {
        self.id
    }

    /// Who is helped.
    #[must_use]
    pub const fn person(&self) -> PersonId {
        self.person
    }

    /// Who helps, as the staff list calls them.
    #[must_use]
    pub const fn staff(&self) -> &Evidence {
        &self.staff
    }

    /// In which region the worker is in office.
    #[must_use]
    pub const fn region(&self) -> Region {
        self.region
    }

    /// The first instant at which it counts no more.
    #[must_use]
    pub const fn until(&self) -> Timestamp {
        self.until
    }
}

impl AccessRecord {
    /// Where the person is reached now.
    #[must_use]
    pub fn contact(&self) -> Option<&Contact> {
        self.reaches.last().and_then(|reach| reach.contact.as_ref())
    }

    /// In which language the person reads; simplified Chinese if they did not say.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.reaches.last().map_or(Lang::ZhHans, |reach| reach.lang)
    }

    /// The code for a use that counts now: the latest, if it is not over, not used up, and there are tries left. A
    /// one-time code that went to where the person was reached before counts no more.
    #[must_use]
    pub fn open(&self, what_for: CodeUse, now: Timestamp) -> Option<&Challenge> {
        let latest =
            self.challenges.iter().filter(|c| c.what_for == what_for).max_by_key(|c| (c.at, c.ordinal))?;
        let reached = self.reaches.last().is_none_or(|reach| reach.at <= latest.at);
        let counts = now < latest.until && (reached || latest.what_for.is_kept());
        (counts && self.tries_left(latest)).then_some(latest)
    }

    /// The ordinal of the next code for a use on the day of an instant.
    #[must_use]
    pub fn next_ordinal(&self, what_for: CodeUse, now: Timestamp) -> u32 {
        let today = |c: &&Challenge| c.what_for == what_for && Challenge::day(c.at) == Challenge::day(now);
        self.challenges.iter().filter(today).map(|c| c.ordinal + 1).max().unwrap_or(0)
    }

    /// Whether a one-time code has let somebody in.
    #[must_use]
    pub fn is_used(&self, challenge: &Challenge) -> bool {
        !challenge.what_for.is_kept() && self.tries.iter().any(|t| t.challenge == challenge.id && t.right)
    }

    /// Whether another try at a code is allowed. A one-time code ends with the first right try; a slip goes on until
    /// so many in a row were wrong.
    fn tries_left(&self, challenge: &Challenge) -> bool {
        let tries = || self.tries.iter().filter(|t| t.challenge == challenge.id);
        let after = tries().filter(|t| t.right).map(|t| t.ordinal + 1).max().unwrap_or(0);
        let wrong = tries().filter(|t| t.ordinal >= after).count();
        !self.is_used(challenge) && u32::try_from(wrong).is_ok_and(|wrong| wrong < challenge.what_for.tries())
    }

    /// The number of the next try at a code.
    #[must_use]
    pub fn next_try(&self, challenge: ChallengeId) -> u32 {
        let tries = self.tries.iter().filter(|t| t.challenge == challenge);
        tries.map(|t| t.ordinal + 1).max().unwrap_or(0)
    }

    /// The proof that this worker may act for `person`, whose record this is; none if the person did not let them, or
    /// not any more.
    #[must_use]
    pub(crate) fn assisted(
        &self,
        person: PersonId,
        (staff, region): (&Evidence, Region),
        id: AssistanceId,
        now: Timestamp,
    ) -> Option<Assisted> {
        let holds = |a: &&Assistance| a.id == id && a.staff == *staff && a.from <= now && now < a.until;
        let assistance = self.assistances.iter().find(holds)?;
        Some(Assisted { id, person, staff: staff.clone(), region, until: assistance.until })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_and_is_kept_back() {
        let code: OneTimeCode = "012 345".parse().unwrap();
        assert_eq!((code.digits(), code.is_slip()), ("012345", false));
        assert!("0123456789".parse::<OneTimeCode>().unwrap().is_slip());
        assert!(!format!("{code:?}").contains('0'));
        assert!(code.matches(&"012345".parse().unwrap()) && !code.matches(&"012346".parse().unwrap()));
        for text in ["", "12345", "1234567", "12345a", "１２３４５６", "-12345"] {
            assert_eq!(text.parse::<OneTimeCode>(), Err(NotACode), "{text}");
        }
    }
}
