//! Everything that is recorded about one person, and what of it counts.

mod appeals;
mod standing;

pub use appeals::{AnsweredAppeal, Appeal, OpenAppeal};
pub use standing::Standing;
pub(crate) use standing::{About, asks_others, standing};

use jiff::{SignedDuration, Timestamp};
use mingma_credential::status::{Birthday, Initials};
use mingma_domain::document::Document;
use mingma_domain::fact::{Evidence, Issuer};
use mingma_domain::{Fact, Region};

use crate::feed::Later;
use crate::id::{AppealId, EntryId, FactId, GrantId, PersonId};
use crate::policy::Purpose;
use crate::retention::DISCLOSURE_DAYS;
use crate::row::{
    Amendment, AppealAnswer, AppealOpened, Binding, Confirmation, Countersignature, Disclosure, Grant,
    IssuedCode, Listed, RecordedFact, RecordedRetraction, Registration, Revocation,
};
use crate::witnessed::Waiting;
use crate::words::{Ground, Scope, Tie};

/// The rows of one person at one moment, each kind in the order of its keys.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PersonRecord {
    /// The registration; none of somebody about whom facts came first.
    pub registration: Option<Registration>,
    /// What of it was corrected since, in order.
    pub amendments: Vec<Amendment>,
    /// The facts.
    pub facts: Vec<RecordedFact>,
    /// The countersignatures.
    pub countersignatures: Vec<Countersignature>,
    /// The retractions.
    pub retractions: Vec<RecordedRetraction>,
    /// The codes.
    pub codes: Vec<IssuedCode>,
    /// What apps were let do.
    pub grants: Vec<Grant>,
    /// Who may act for the person.
    pub bindings: Vec<Binding>,
    /// The appeals.
    pub appeals: Vec<AppealOpened>,
    /// Their answers.
    pub answers: Vec<AppealAnswer>,
    /// Who looked.
    pub disclosures: Vec<Disclosure>,
    /// What issuers and sources said of disputed facts.
    pub confirmations: Vec<Confirmation>,
    /// Which codes are revoked.
    pub revocations: Vec<Revocation>,
    /// Month and day of birth, as the document says by which the person is known; kept nowhere else.
    pub birthday: Option<Birthday>,
    /// The entries, in the order of their numbers, that were under no checkpoint of the quorum when this was read; their rows are
    /// among those above. None where no quorum is asked for.
    pub later: Vec<Later>,
    /// What of these entries waits and does not count, once [that is known](PersonRecord::without_waiting).
    pub waiting: Waiting,
    /// The entries whose rows are gone from the database though they have not ended, once [that is known](crate::journal::proven).
    pub gone: Vec<EntryId>,
    /// The entries whose rows were gone and are known again by what they commit to, once that is known.
    pub found: Vec<EntryId>,
    /// The facts that what is gone may have cleared.
    pub doubtful: Vec<FactId>,
}

/// Proof that an app was let do something by a person, at the instant at which it was asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Granted {
    person: PersonId,
    app: Evidence,
    scope: Scope,
    grant: GrantId,
}

impl Granted {
    /// Who let it.
    #[must_use]
    pub const fn person(&self) -> PersonId {
        self.person
    }

    /// Which app.
    #[must_use]
    pub const fn app(&self) -> &Evidence {
        &self.app
    }

    /// What it may do.
    #[must_use]
    pub const fn scope(&self) -> Scope {
        self.scope
    }

    /// By which grant.
    #[must_use]
    pub const fn grant(&self) -> GrantId {
        self.grant
    }
}

/// Proof that a person may act for another, at the instant at which it was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bound {
    agent: PersonId,
    ward: PersonId,
    tie: Tie,
    binding: GrantId,
}

impl Bound {
    /// Who acts.
    #[must_use]
    pub const fn agent(&self) -> PersonId {
        self.agent
    }

    /// For whom.
    #[must_use]
    pub const fn ward(&self) -> PersonId {
        self.ward
    }

    /// As what.
    #[must_use]
    pub const fn tie(&self) -> Tie {
        self.tie
    }

    /// By which binding.
    #[must_use]
    pub const fn binding(&self) -> GrantId {
        self.binding
    }

    /// By which binding, as looks name it.
    pub(crate) fn case(&self) -> Option<Evidence> {
        self.binding.to_string().parse().ok()
    }
}

/// What begins the case of a sighting that is the first of two.
pub(crate) const FIRST_SIGHTING: &str = "first-sighting-";

/// Whether a sighting with this case is the first of two; also one without a case gives nobody the way in.
pub(crate) fn is_first_of_two(case: Option<&Evidence>) -> bool {
    case.is_none_or(|case| case.to_string().starts_with(FIRST_SIGHTING))
}

impl PersonRecord {
    /// Where the person lives, whose rules count; none of somebody who has not registered.
    #[must_use]
    pub fn home(&self) -> Option<Region> {
        self.home_as_of(Timestamp::MAX)
    }

    /// Where the person lived at an instant, as far as this was known then.
    #[must_use]
    pub fn home_as_of(&self, at: Timestamp) -> Option<Region> {
        let registration = self.registration.as_ref().filter(|row| row.at <= at)?;
        let amended = self.amendments.iter().rev().find(|row| row.at <= at);
        Some(amended.map_or(registration.home, |row| row.home))
    }

    /// What a checkpoint may compare with the person.
    #[must_use]
    pub fn initials(&self) -> Option<&Initials> {
        match self.amendments.last() {
            Some(amended) => amended.initials.as_ref(),
            None => self.registration.as_ref()?.initials.as_ref(),
        }
    }

    /// How many rows decide what counts: where the person lives, facts, and what was said of them.
    #[must_use]
    pub const fn deciding(&self) -> usize {
        let Self { facts, countersignatures, retractions, confirmations, answers, amendments, .. } = self;
        let said = countersignatures.len() + retractions.len() + confirmations.len() + answers.len();
        amendments.len() + facts.len() + said
    }

    /// Whether nothing is told of what is recorded, because some of it came before the registration and nobody at a desk has
    /// seen that whoever registered is the one whom the document names.
    ///
    /// It ends by itself after half a year: that long looks are kept, and what was recorded before has then come to its
    /// own end but for what a later fact still needs.
    #[must_use]
    pub fn is_kept_back(&self, now: Timestamp) -> bool {
        let Some(registered) = self.registration.as_ref().map(|registration| registration.at) else {
            return false;
        };
        now.duration_since(registered) < SignedDuration::from_hours(24 * DISCLOSURE_DAYS)
            && self.facts.iter().any(|fact| fact.recorded < registered)
            && self.identified().is_none()
    }

    /// When somebody at a desk saw last that whoever has the way in is the one whom the document names. A sighting that is the
    /// first of two says in its case what the second has to ask for, too.
    #[must_use]
    pub fn identified(&self) -> Option<Timestamp> {
        self.sightings().filter(|look| !is_first_of_two(look.case.as_ref())).map(|look| look.at).max()
    }

    /// The sightings of the document at desks.
    pub(crate) fn sightings(&self) -> impl Iterator<Item = &Disclosure> {
        let seen = |look: &&Disclosure| look.purpose == Purpose::Identification && look.refused().is_none();
        self.disclosures.iter().filter(seen)
    }

    /// The fact with this id.
    #[must_use]
    pub fn fact(&self, id: FactId) -> Option<&RecordedFact> {
        self.facts.iter().find(|fact| fact.id == id)
    }

    /// Who said a fact: who recorded it, and who countersigned it.
    pub(crate) fn sayers(&self, fact: FactId) -> impl Iterator<Item = &Issuer> {
        let first = self.fact(fact).map(|recorded| recorded.fact.issuer());
        let second = self.countersignatures.iter().filter(move |row| row.fact == fact);
        first.into_iter().chain(second.map(|row| &row.issuer))
    }

    /// Whether a fact of this record counts at an instant.
    ///
    /// A retraction names the fact by its id, so it takes back this one fact and no other that reads the same.
    #[must_use]
    pub fn standing(&self, fact: &RecordedFact, now: Timestamp) -> Standing<'_> {
        let standing = standing(fact, self.about(fact.id), now);
        let would_count = matches!(standing, Standing::Pending | Standing::Counts(_));
        if would_count && self.doubtful.contains(&fact.id) {
            Standing::Doubtful
        } else if would_count && self.waiting.holds(fact.id) {
            Standing::Unwitnessed
        } else {
            standing
        }
    }

    /// Whether it was found wrong that a fact was taken back, and the fact was not found wrong itself: then no institution takes it back
    /// again, and an appeals office does so in a dispute of the fact alone.
    #[must_use]
    pub fn is_given_back(&self, fact: &RecordedFact, now: Timestamp) -> bool {
        let about = self.about(fact.id);
        about.is_given_back(fact, now) && !about.is_wrong(fact.id, now)
    }

    fn about(&self, fact: FactId) -> About<'_> {
        About {
            taken_back: self.retractions.iter().find(|r| r.fact == fact),
            second: self.countersignatures.iter().find(|c| c.fact == fact),
            appeals: &self.appeals,
            answers: &self.answers,
            confirmations: &self.confirmations,
        }
    }

    /// The last instant at which somebody decided whether a fact counts; the beginning of time if nobody has.
    #[must_use]
    pub fn decided(&self) -> Timestamp {
        let seconded = self.countersignatures.iter().map(|row| row.at);
        let said = self.confirmations.iter().map(|row| row.at);
        let retracted = self.retractions.iter().map(|row| row.at);
        seconded.chain(said).chain(retracted).max().unwrap_or(Timestamp::MIN)
    }

    /// On which grounds the person may dispute a fact now: what stands on any but its being taken back, what its issuer or source took
    /// back on that alone, and what a dispute ended on none.
    #[must_use]
    pub fn grounds(&self, fact: &RecordedFact, now: Timestamp) -> Vec<Ground> {
        let grounds = |of: fn(Ground) -> bool| Ground::ALL.iter().copied().filter(|word| of(*word)).collect();
        match self.standing(fact, now) {
            Standing::Pending | Standing::Unwitnessed | Standing::Doubtful | Standing::Counts(_) => {
                grounds(|ground| ground != Ground::TakenBack)
            }
            Standing::Retracted(row) if row.is_by_appeal() => Vec::new(),
            Standing::Retracted(_) | Standing::Unconfirmed(_) => {
                grounds(|ground| ground == Ground::TakenBack)
            }
            Standing::Unanswered(_) => Vec::new(),
        }
    }

    /// The first instant after `now` at which a disputed fact stops to count, or counts again, if nobody answers.
    #[must_use]
    pub fn lapses(&self, now: Timestamp) -> Option<Timestamp> {
        let answered = |fact: &RecordedFact, appeal: &AppealOpened| {
            self.about(fact.id).is_answered(fact, appeal, appeal.due)
        };
        // A fact that is gone does not count any more, nor does it lapse.
        let open = |appeal: &&AppealOpened| {
            now < appeal.due && self.fact(appeal.fact).is_some_and(|fact| !answered(fact, appeal))
        };
        self.appeals.iter().filter(open).map(|appeal| appeal.due).min()
    }

    /// The facts that count at an instant: countersigned where that is due, and not taken back.
    #[must_use]
    pub fn counting(&self, now: Timestamp) -> Vec<Fact> {
        let counts = |fact: &&RecordedFact| matches!(self.standing(fact, now), Standing::Counts(_));
        self.facts.iter().filter(counts).map(|fact| fact.fact.clone()).collect()
    }

    /// The codes that somebody may still hold: with a place, not revoked, not past their end.
    pub fn outstanding(&self, now: Timestamp) -> impl Iterator<Item = (&IssuedCode, &Listed)> {
        let revoked = |code: &IssuedCode| self.revocations.iter().any(|r| r.code == code.id);
        let listed = self.codes.iter().filter_map(|code| Some((code, code.listed.as_ref()?)));
        listed.filter(move |(code, _)| now < code.expires && !revoked(code))
    }

    /// Whether a code was made before what it says of its holder was corrected, or its holder moved.
    #[must_use]
    pub fn is_amended_since(&self, code: &IssuedCode) -> bool {
        self.amendments.last().is_some_and(|amended| code.issued < amended.at)
    }

    /// Where an appeal stands.
    #[must_use]
    pub fn appeal(&self, id: AppealId) -> Option<Appeal> {
        let opened = *self.appeals.iter().find(|appeal| appeal.id == id)?;
        Some(match self.answers.iter().find(|answer| answer.appeal == id) {
            None => Appeal::Open(OpenAppeal { opened }),
            Some(answer) => Appeal::Answered(AnsweredAppeal { opened, answer: *answer }),
        })
    }

    /// What apps are let do at an instant. Of several grants to one app for one thing the latest holds, so that a
    /// person can let an app in for longer, or end it.
    pub fn grants_in_force(&self, now: Timestamp) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(move |grant| {
            let same = |g: &&Grant| g.app == grant.app && g.scope == grant.scope && g.from <= now;
            // Of two in one instant the one that ends sooner: an end is a grant for no time.
            let latest =
                self.grants.iter().filter(same).max_by_key(|g| (g.from, std::cmp::Reverse(g.until), g.id));
            now < grant.until && latest.is_some_and(|latest| latest.id == grant.id)
        })
    }

    /// Who may act for the person at an instant. Of several bindings of one agent the latest holds.
    pub fn bindings_in_force(&self, now: Timestamp) -> impl Iterator<Item = &Binding> {
        self.bindings.iter().filter(move |binding| {
            let same = |b: &&Binding| b.agent == binding.agent && b.from <= now;
            let latest =
                self.bindings.iter().filter(same).max_by_key(|b| (b.from, std::cmp::Reverse(b.until), b.id));
            now < binding.until && latest.is_some_and(|latest| latest.id == binding.id)
        })
    }

    /// The proof that `app` may do this for `person`, whose record this is; none if it may not.
    #[must_use]
    pub(crate) fn granted(
        &self,
        person: PersonId,
        app: &Evidence,
        scope: Scope,
        now: Timestamp,
    ) -> Option<Granted> {
        let grant = self.grants_in_force(now).find(|grant| grant.app == *app && grant.scope == scope)?;
        Some(Granted { person, app: app.clone(), scope, grant: grant.id })
    }

    /// The proof that `agent` may act for `ward`, whose record this is; none if it may not.
    #[must_use]
    pub(crate) fn bound(&self, ward: PersonId, agent: PersonId, now: Timestamp) -> Option<Bound> {
        let binding = self.bindings_in_force(now).find(|binding| binding.agent == agent)?;
        Some(Bound { agent, ward, tie: binding.tie, binding: binding.id })
    }
}

/// Month and day of birth, if a document tells them.
#[must_use]
pub fn birthday(document: &Document) -> Option<Birthday> {
    let date = document.birth_date()?;
    Birthday::new(u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?).ok()
}
