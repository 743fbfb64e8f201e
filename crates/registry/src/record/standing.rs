//! Whether a recorded fact counts.

use jiff::Timestamp;
use mingma_domain::fact::Value;

use crate::id::FactId;
use crate::row::{
    AppealAnswer, AppealOpened, Confirmation, Countersignature, RecordedFact, RecordedRetraction,
};
use crate::words::Ground;

/// Whether a recorded fact counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing<'r> {
    /// It waits for a second organisation.
    Pending,
    /// It waits for witnesses of the journal, or its countersignature does.
    Unwitnessed,
    /// A row that is gone from the database may have cleared it or taken it back: it does not count until that is known.
    Doubtful,
    /// It counts, if need be by this countersignature.
    Counts(Option<&'r Countersignature>),
    /// It was taken back.
    Retracted(&'r RecordedRetraction),
    /// Its issuer, or the source of its evidence, says that it is not so.
    Unconfirmed(&'r Confirmation),
    /// It was disputed, and nobody answered in time. A later answer does not bring it back.
    Unanswered(&'r AppealOpened),
}

/// What there is to one fact beside the fact.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About<'r> {
    pub(crate) taken_back: Option<&'r RecordedRetraction>,
    pub(crate) second: Option<&'r Countersignature>,
    /// At least those of this fact.
    pub(crate) appeals: &'r [AppealOpened],
    /// At least those of its appeals.
    pub(crate) answers: &'r [AppealAnswer],
    /// At least those of this fact.
    pub(crate) confirmations: &'r [Confirmation],
}

impl<'r> About<'r> {
    /// The first dispute of the fact that nobody answered in time, of those that were due by an instant.
    fn unanswered(self, recorded: &RecordedFact, now: Timestamp) -> Option<&'r AppealOpened> {
        // Whoever took the fact back meanwhile gave an answer, too.
        let took_back = |due| self.taken_back.is_some_and(|retraction| retraction.at < due);
        let late = |appeal: &&AppealOpened| {
            let disputes = appeal.fact == recorded.id && appeal.ground != Ground::TakenBack;
            disputes && self.is_late(recorded, appeal, now) && !took_back(appeal.due)
        };
        self.appeals.iter().filter(late).min_by_key(|appeal| appeal.due)
    }

    /// Whether a dispute of the fact's being taken back was upheld, or nobody answered it in time. It then stays so: whoever took it
    /// back once does not do so again.
    pub(super) fn is_given_back(self, recorded: &RecordedFact, now: Timestamp) -> bool {
        let upheld = |appeal: &AppealOpened| {
            let of_it = |word: &&Confirmation| word.appeal == Some(appeal.id) && word.at <= now;
            self.confirmations.iter().filter(of_it).any(|word| word.confirmed)
        };
        let disputes = self.appeals.iter();
        let mut disputes = disputes.filter(|a| a.fact == recorded.id && a.ground == Ground::TakenBack);
        disputes.any(|appeal| upheld(appeal) || self.is_late(recorded, appeal, now))
    }

    /// Whether an appeals office said by an instant that the fact is wrong. Where the issuer had taken it back before, that row stands for it.
    pub(super) fn is_wrong(self, fact: FactId, now: Timestamp) -> bool {
        let upheld = |appeal: &AppealOpened| {
            let of_it =
                |answer: &AppealAnswer| answer.appeal == appeal.id && answer.upheld && answer.at <= now;
            self.answers.iter().any(of_it)
        };
        self.appeals.iter().any(|a| a.fact == fact && a.ground != Ground::TakenBack && upheld(a))
    }

    fn is_late(self, recorded: &RecordedFact, appeal: &AppealOpened, now: Timestamp) -> bool {
        appeal.due <= now && !self.is_answered(recorded, appeal, appeal.due)
    }

    /// Whether a dispute was answered before an instant: by the office, or by the word of somebody whose word it is.
    pub(super) fn is_answered(
        self,
        recorded: &RecordedFact,
        appeal: &AppealOpened,
        before: Timestamp,
    ) -> bool {
        let answers = |word: &&Confirmation| {
            word.appeal == Some(appeal.id) && word.at < before && !self.is_own(recorded, appeal, word)
        };
        self.answers.iter().any(|answer| answer.appeal == appeal.id && answer.at < before)
            || self.confirmations.iter().any(|word| answers(&word))
    }

    /// Whether a word repeats what is disputed: of what nothing proves but the word of two, either one's yes answers nobody who says that it is
    /// not so.
    fn is_own(self, recorded: &RecordedFact, appeal: &AppealOpened, word: &Confirmation) -> bool {
        let is_theirs = || {
            word.issuer == *recorded.fact.issuer()
                || self.second.is_some_and(|second| second.issuer == word.issuer)
        };
        word.confirmed && asks_others(recorded.fact.value(), appeal.ground) && is_theirs()
    }
}

/// Whether a dispute is answered by others than who recorded the fact and who countersigned it. That it was wrong to take a fact back whoever
/// did so may say.
pub(crate) fn asks_others(value: Value, ground: Ground) -> bool {
    value.needs_second_organisation() && ground != Ground::TakenBack
}

/// Whether a fact counts at an instant, by what there is to it.
pub(crate) fn standing<'r>(fact: &RecordedFact, about: About<'r>, now: Timestamp) -> Standing<'r> {
    let given_back = about.is_given_back(fact, now);
    // What the person's own appeal took back is not the issuer's to be wrong about.
    let is_final = |row: &RecordedRetraction| row.is_by_appeal() || about.is_wrong(fact.id, now);
    let stands = |row: &&RecordedRetraction| row.at <= now && (!given_back || is_final(row));
    if let Some(retraction) = about.taken_back.filter(stands) {
        return Standing::Retracted(retraction);
    }
    let denied = |word: &&Confirmation| word.fact == fact.id && !word.confirmed && word.at <= now;
    if let Some(word) = about.confirmations.iter().find(denied).filter(|_| !given_back) {
        return Standing::Unconfirmed(word);
    }
    if let Some(appeal) = about.unanswered(fact, now) {
        return Standing::Unanswered(appeal);
    }
    let second = about.second.filter(|second| second.at <= now);
    if fact.fact.value().needs_second_organisation() && second.is_none() {
        return Standing::Pending;
    }
    Standing::Counts(second)
}
