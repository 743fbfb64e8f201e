//! One-time codes: asked for without a word about who is here, tried with a number for each try.
//!
//! Whoever asks for a code learns nothing: the answer is the same whether the person is known, is reached anywhere, or
//! had a code a moment ago. How many there are is bounded by the keys of the rows, not by counting: two requests at one
//! moment take the same number, and one of them is kept.

use jiff::{SignedDuration, Timestamp};
use mingma_domain::document::Document;

use super::{Registry, Unable};
use crate::access::{AccessRecord, AccessRow, Challenge, OneTimeCode, Try, Unproved};
use crate::id::{ChallengeId, NoticeId, PersonId};
use crate::ports::draw;
use crate::row::{Notice, RowKind};
use crate::store::{Applied, Change};
use crate::words::{CodeUse, NoticeKind};

/// How long a one-time code counts, in minutes.
pub const CODE_MINUTES: i64 = 5;
/// How long after a code no other is made for the same use, in seconds: a second request changes nothing.
pub const SECONDS_BETWEEN_CODES: i64 = 60;
/// The most codes of a person for one use on a day of UTC. A person with a bad line needs three, and somebody who asks for
/// theirs to keep them out gets seventeen from one address.
pub const CODES_A_DAY: u32 = 20;
/// How often a try that met another one takes the next number: as often as there are tries, and once for each row in a
/// slip's run.
const TURNS: u32 = 16;

/// The code was asked for; whether one was made is not said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asked;

/// How far back what lets a person in is read: a day's codes count against the day's bound.
#[must_use]
pub fn since(now: Timestamp) -> Timestamp {
    earlier(now, SignedDuration::from_hours(25))
}

pub(super) fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

fn earlier(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_sub(by).unwrap_or(Timestamp::MIN)
}

/// A code that was drawn, whether or not there is somebody to send it to.
pub(super) struct Drawn {
    at: Timestamp,
    id: ChallengeId,
    notice: NoticeId,
    code: OneTimeCode,
}

impl Drawn {
    pub(super) fn new(registry: &Registry, what_for: CodeUse) -> Result<Self, Unable> {
        let at = registry.now();
        let id = ChallengeId::new(at, draw(registry.rng())?);
        let notice = NoticeId::new(at, draw(registry.rng())?);
        Ok(Self { at, id, notice, code: OneTimeCode::draw(registry.rng(), what_for)? })
    }

    /// When.
    pub(super) const fn at(&self) -> Timestamp {
        self.at
    }

    /// Sends it, as the person's code of this number today; to where it is to be proved that they are reached, or else to where they are.
    pub(super) fn sent(
        self,
        person: PersonId,
        (what_for, kind): (CodeUse, NoticeKind),
        ordinal: u32,
        unproved: Option<Unproved>,
    ) -> Change {
        let Self { at, id, notice, code } = self;
        let until = later(at, SignedDuration::from_mins(CODE_MINUTES));
        let challenge = Challenge { id, what_for, ordinal, code, unproved, at, until };
        let notice = Notice { person, id: notice, kind, about: *id.as_bytes(), created: at };
        Change::Access { person, rows: vec![AccessRow::Challenge(challenge)], notices: vec![notice] }
    }
}

/// Makes a code for a use and tells the person, if there is somebody to tell and none was made a moment ago.
pub(super) async fn ask(
    registry: &Registry,
    document: &Document,
    (what_for, kind): (CodeUse, NoticeKind),
) -> Result<Asked, Unable> {
    // Drawn for everybody, known or not.
    let drawn = Drawn::new(registry, what_for)?;
    let Some(person) = registry.store().find(document).await? else { return Ok(Asked) };
    let access = registry.store().access(person, since(drawn.at)).await?;
    let Some(ordinal) = next_ordinal(&access, what_for, drawn.at) else { return Ok(Asked) };
    if access.contact().is_none() {
        return Ok(Asked);
    }
    // If another request took the number, that one's code is on its way.
    registry.keep(drawn.sent(person, (what_for, kind), ordinal, None)).await?;
    Ok(Asked)
}

/// Whether a code was made a moment ago.
pub(super) fn is_fresh(challenge: &Challenge, now: Timestamp) -> bool {
    earlier(now, SignedDuration::from_secs(SECONDS_BETWEEN_CODES)) < challenge.at
}

/// The number of the next code of today; none if there were enough, or one a moment ago that has let nobody in.
fn next_ordinal(access: &AccessRecord, what_for: CodeUse, now: Timestamp) -> Option<u32> {
    let mut same = access.challenges.iter().filter(|c| c.what_for == what_for);
    if same.any(|c| is_fresh(c, now) && !access.is_used(c)) {
        return None;
    }
    let next = access.next_ordinal(what_for, now);
    (next < CODES_A_DAY).then_some(next)
}

/// Claims a try at the person's code for a use, durably, and gives the code if it was right, with the record as it was before
/// the try.
pub(super) async fn try_code(
    registry: &Registry,
    person: PersonId,
    what_for: CodeUse,
    given: &OneTimeCode,
) -> Result<Option<(AccessRecord, Challenge)>, Unable> {
    for _ in 0..TURNS {
        let now = registry.now();
        let access = registry.store().access(person, since(now)).await?;
        let Some(challenge) = access.open(what_for, now).cloned() else { return Ok(None) };
        let right = challenge.code.matches(given);
        let ordinal = access.next_try(challenge.id);
        let row = AccessRow::Try(Try { challenge: challenge.id, ordinal, right, at: now });
        let change = Change::Access { person, rows: vec![row], notices: Vec::new() };
        match registry.keep(change).await? {
            Applied::Done | Applied::Published(_) => return Ok(right.then_some((access, challenge))),
            // Another try was faster and took the number: this one is the next, if there is a next.
            Applied::Exists(RowKind::Try) => {}
            Applied::Exists(_) => return Ok(None),
        }
    }
    Ok(None)
}
