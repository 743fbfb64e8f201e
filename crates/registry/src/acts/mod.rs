//! The acts, one file each: what a person, an issuer or an office can do.
//!
//! Every act has the same shape: a wish (a plain struct) that the policy has allowed, the registry's ports, and an
//! answer or one refusal. What it decides goes to the store as one [`Change`] for each person, with the
//! journal's entry in it; so a crash between two lines of an act leaves either all of its change or none.

mod again;
mod allow;
mod amend;
mod answer_appeal;
mod appeal;
mod appeals;
mod appoint;
pub(crate) mod assess;
mod assist;
mod audit;
mod authorize_app;
mod bind;
mod brake;
mod bring;
mod bulk;
mod cease;
mod change_contact;
mod code;
mod confirm;
mod confirm_contact;
mod countersign;
mod declare;
mod deliver;
mod desk;
mod end;
mod enter;
mod enter_institution;
mod foresee;
mod identify;
mod let_go;
mod look;
mod look_ahead;
mod look_around;
mod publish;
mod purge;
mod record;
mod register;
mod register_undocumented;
mod retract;
mod revoke;
mod set_risk;
mod show;
mod sign_in;
mod spend;
mod staff;
mod transit;
mod ward;

pub use allow::{Allow, AllowError, allow};
pub use amend::{Amend, AmendError, AmendInitials, amend};
pub use answer_appeal::{AnswerAppeal, AnswerError, OwnIssuer, answer_appeal};
pub use appeal::{AppealError, AppealFact, DAYS_TO_ANSWER, appeal};
pub use appeals::{
    AppealCase, ExamineAppeal, ExamineError, OpenAppeals, QueuedAppeal, examine_appeal, open_appeals,
};
pub use appoint::{
    Appoint, AppointError, Less, MAX_ENTITLEMENT_DAYS, ProposeAppointment, appoint, propose_appointment,
};
pub use assess::{Assess, AssessError, Assessment, assess};
pub use assist::{
    ASSISTANCE_MINUTES, AskConsent, Assist, AssistError, AssistWard, Handle, ask_consent, assist,
    assist_ward, enter_assisting,
};
pub use audit::{Audit, AuditError, OfPersons, Written, open_persons, open_public};
pub use authorize_app::{AuthorizeApp, AuthorizeAppError, MAX_GRANT_DAYS, authorize_app};
pub use bind::{Bind, BindChild, BindError, ChildBound, MAX_BINDING_DAYS, bind, bind_child};
pub(crate) use brake::is_short;
pub use brake::{
    Approve, BrakeError, EMERGENCY_DAYS, PROPOSAL_HOURS, Propose, PublishInEmergency, approve, is_second,
    propose, publish_in_emergency,
};
pub use bring::{
    Bring, BringError, BroughtIn, MAX_ACT_DAYS, MAX_LIST_DAYS, UnderWay, UnfitList, bring, may_be_numbered,
};
pub use bulk::AboveLimit;
pub use cease::{Ceased, cease};
pub use change_contact::{ChangeContact, ChangeContactError, ContactChange, change_contact};
pub use code::{Asked, CODE_MINUTES, CODES_A_DAY, SECONDS_BETWEEN_CODES, since as access_since};
pub use confirm::{Confirm, ConfirmError, OwnDispute, OwnDisputes, confirm, own_disputes};
pub use confirm_contact::{ConfirmContact, ConfirmContactError, confirm_contact};
pub use countersign::{Countersign, CountersignError, countersign};
pub use declare::{Declare, DeclareError, MAX_DECLARED, declare, first_day};
pub use deliver::{Delivery, deliver, hand_over};
pub use desk::{
    CheckRows, DeskError, OwnSubmission, OwnSubmissions, RowState, SubmissionState, ToCountersign,
    check_rows, own_submission, own_submissions, to_countersign,
};
pub use end::{EndBinding, EndError, EndGrant, end_binding, end_grant};
pub use enter::{enter_as_app, enter_for};
pub use enter_institution::{
    INSTITUTION_SESSION_HOURS, InstitutionSignInError, counts_as_issuer, institution_bytes,
    sign_in_institution,
};
pub use foresee::{Foresee, Foreseen, foresee};
pub use identify::{Identify, IdentifyError, SIGHTING_DAYS, identify};
pub use let_go::Held;
pub use look_ahead::{LookAhead, drafted, look_ahead};
pub use look_around::{Lag, LookAround, look_around, next_turn};
pub use publish::{Publish, PublishError, publish};
pub(crate) use purge::ties_of;
pub use purge::{PurgeRound, purge};
pub use record::{Record, RecordError, record, told};
pub use register::{AtDesk, Received, Register, RegisterError, SLIP_DAYS, Slip, register, register_at_desk};
pub use register_undocumented::{Numbered, RegisterUndocumented, register_undocumented};
pub use retract::{GivenBack, Retract, RetractError, retract};
pub use revoke::{LossError, ReportLoss, report_loss, revoke_all_too_good, revoke_phones, revoke_too_good};
pub use set_risk::{SetRisk, SetRiskError, set_risk};
pub use show::{Show, ShowError, Shown, show};
pub use sign_in::{SESSION_DAYS, SignInError, SignedIn, request_sign_in, sessions_of, sign_in};
pub use spend::spend;
pub use staff::{
    AppointStaff, EndStaff, NewStaff, STAFF_SESSION_HOURS, StaffError, StaffSignInError, add_staff,
    appoint_staff, end_staff, enter_as_official, remove_staff, sign_in_staff,
};
pub use transit::{Causes, Transit, TransitCause, transit};
pub use ward::{MAX_WARDS, take_on, wards};

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use mingma_credential::key::{Algorithm, KeyError};
use mingma_domain::fact::Issuer;
use mingma_domain::time::Zone;
use thiserror::Error;

use crate::authority::Authority;
use crate::book::Book;
use crate::brake::{Foresight, Share};
use crate::contact::Ways;
use crate::digest::Digests;
use crate::doer::Doer;
use crate::id::PersonId;
use crate::journal::{Drafted, Entry};
use crate::lists::Lists;
use crate::places::Places;
use crate::ports::{Clock, NoEntropy, Rng, Signer};
use crate::row::{Notice, PersonRow, PublicRow, Request, Requester};
use crate::steady::TOLERANCE;
use crate::store::{Applied, Change, Store, StoreError};
use crate::witnessed::Witnessed;
use crate::words::ActName;

/// The ports, and the public acts in force.
pub struct Registry {
    store: Box<dyn Store>,
    clock: Box<dyn Clock>,
    signer: Box<dyn Signer>,
    rng: Box<dyn Rng>,
    book: RwLock<Arc<Book>>,
    foresight: Option<(Arc<dyn Foresight>, Share)>,
    witnessed: Arc<Witnessed>,
    places: Places,
    lists: Lists,
    digests: Digests,
    hours: bulk::Hours,
    authority: Option<Authority>,
    bringing: bring::Bringing,
    saying: again::Saying,
    ways: Ways,
}

/// Why an act could not be done though nothing speaks against it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unable {
    /// The store cannot say or keep.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no chance to draw from.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The machine's clock went back, by more than [`TOLERANCE`]; nothing is recorded until it has caught up.
    #[error("the machine's clock went back by {seconds} s: nothing is recorded until it is right again")]
    ClockBack {
        /// By how much.
        seconds: i64,
    },
    /// The store answered another number of changes than it was given.
    #[error("the store gave no answer")]
    NoAnswer,
    /// All places of the status lists of that day are given away.
    #[error("no place is left in the status lists of the day on which the code would end")]
    NoPlace,
}

impl Registry {
    /// A registry on these ports, with an empty book that the first act fills.
    #[must_use]
    pub fn new(
        store: Box<dyn Store>,
        clock: Box<dyn Clock>,
        signer: Box<dyn Signer>,
        rng: Box<dyn Rng>,
    ) -> Self {
        Self {
            store,
            clock,
            signer,
            rng,
            book: RwLock::default(),
            foresight: None,
            witnessed: Arc::default(),
            places: Places::default(),
            lists: Lists::default(),
            digests: Digests::default(),
            hours: bulk::Hours::default(),
            authority: None,
            bringing: bring::Bringing::default(),
            saying: again::Saying::default(),
            ways: Ways::ALL,
        }
    }

    /// The same registry where the days of the numbers that everybody reads are this zone's; without, they are UTC's.
    #[must_use]
    pub fn with_zone(self, zone: Zone) -> Self {
        Self { digests: Digests::of(zone), ..self }
    }

    /// The same registry with the brake: what would make more than a share of any region worse waits for a second
    /// office.
    #[must_use]
    pub fn with_foresight(self, foresight: Arc<dyn Foresight>, share: Share) -> Self {
        Self { foresight: Some((foresight, share)), ..self }
    }

    /// The same registry where what makes somebody worse counts only when witnesses have signed it: up to there.
    #[must_use]
    pub fn with_witnessed(self, witnessed: Arc<Witnessed>) -> Self {
        Self { witnessed, ..self }
    }

    /// Up to which entry of the journal witnesses have signed.
    pub fn witnessed(&self) -> &Witnessed {
        &self.witnessed
    }

    /// Who sees beforehand what a draft would do, and above which share the brake holds.
    pub(crate) fn foresight(&self) -> Option<(&dyn Foresight, Share)> {
        self.foresight.as_ref().map(|(foresight, share)| (&**foresight, *share))
    }

    /// Above which share of a region's persons the brake holds; none if there is no brake.
    pub fn share(&self) -> Option<Share> {
        self.foresight().map(|(_, share)| share)
    }

    /// The store, for reading what no act is needed for.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Where chance comes from.
    pub fn rng(&self) -> &dyn Rng {
        &*self.rng
    }

    /// Signs a document of everything about a person, for that person.
    ///
    /// # Errors
    /// [`KeyError`]: nothing was signed.
    pub fn sign_export(&self, document: Vec<u8>) -> Result<Vec<u8>, KeyError> {
        self.signer.sign_export(document)
    }

    pub(crate) fn signer(&self) -> &dyn Signer {
        &*self.signer
    }

    pub(crate) const fn places(&self) -> &Places {
        &self.places
    }

    pub(crate) const fn hours(&self) -> &bulk::Hours {
        &self.hours
    }

    pub(crate) const fn digests(&self) -> &Digests {
        &self.digests
    }

    pub(crate) const fn lists(&self) -> &Lists {
        &self.lists
    }

    /// The public acts in force, brought up to date.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn book(&self) -> Result<Arc<Book>, StoreError> {
        // A panic elsewhere leaves a whole book behind: it is replaced, never changed.
        let held = Arc::clone(&self.book.read().unwrap_or_else(PoisonError::into_inner));
        let news = self.store.published(held.last()).await?;
        if news.is_empty() {
            return Ok(held);
        }
        let book = Arc::new(held.with(news)?);
        let mut shared = self.book.write().unwrap_or_else(PoisonError::into_inner);
        if shared.last() < book.last() {
            *shared = Arc::clone(&book);
        }
        Ok(book)
    }

    /// The change of one act about a person, by [whoever does it](Doer); by none where an issuer or an office acts by
    /// its own right, or the program.
    pub(crate) fn change(
        &self,
        (act, doer): (ActName, Option<Doer>),
        person: PersonId,
        rows: Vec<PersonRow>,
        notices: Vec<Notice>,
    ) -> Result<Change, Unable> {
        let entry = self.entry(act, person, &rows)?.done_by(doer);
        Ok(Change::Person { person, rows, notices, entry })
    }

    /// The journal's entry of what changes about a person.
    pub(crate) fn entry(
        &self,
        act: ActName,
        person: PersonId,
        rows: &[PersonRow],
    ) -> Result<Drafted, Unable> {
        self.may_record()?;
        // What is said of a fact is said at its entry's own instant: so it can be found again by what the entry commits to.
        let at = rows.iter().find_map(crate::journal::said_at).unwrap_or_else(|| self.now());
        let entry = Entry::about(self.rng(), act, at, person, rows)?;
        // What issuers do they do by the book: it is held by now.
        let book = Arc::clone(&self.book.read().unwrap_or_else(PoisonError::into_inner));
        let office = entry.clear.issuer.as_ref().and_then(|issuer| book.issuer(issuer));
        Ok(entry.from_office_in(office.map(|known| known.region)))
    }

    /// Whether the time is known well enough to write it down.
    fn may_record(&self) -> Result<(), Unable> {
        let behind = self.clock.behind();
        if behind > TOLERANCE { Err(Unable::ClockBack { seconds: behind.as_secs() }) } else { Ok(()) }
    }

    /// Keeps one change.
    pub(crate) async fn keep(&self, change: Change) -> Result<Applied, Unable> {
        self.store.apply(vec![change]).await?.first().copied().ok_or(Unable::NoAnswer)
    }

    /// Keeps one public act.
    pub(crate) async fn make_public(&self, act: ActName, row: PublicRow) -> Result<Applied, Unable> {
        self.make_public_of(act, row, |entry| entry).await
    }

    /// Keeps one public act, whose entry says more than its row does.
    pub(crate) async fn make_public_of(
        &self,
        act: ActName,
        row: PublicRow,
        more: impl FnOnce(Entry) -> Entry,
    ) -> Result<Applied, Unable> {
        self.may_record()?;
        let entry = more(Entry::public(self.rng(), act, self.now(), &row)?);
        self.keep(Change::Public { row, entry }).await
    }
}

/// Keeps the change of a person's request under its key, once. Gives the request as it was first taken in; none if the
/// key was used for something else.
pub(crate) async fn keep_once(
    registry: &Registry,
    person: PersonId,
    request: Request,
    change: Change,
) -> Result<Option<Request>, Unable> {
    let first = match registry.keep(change).await? {
        Applied::Done | Applied::Published(_) => return Ok(Some(request)),
        Applied::Exists(_) => registry.store().request(Requester::Person(person), &request.key).await?,
    };
    Ok(first.filter(|first| first.hash == request.hash))
}

/// Whether a key that counts for the issuer now made this signature over these bytes.
pub(crate) fn is_signed(book: &Book, issuer: &Issuer, now: Timestamp, signed: (&[u8], &[u8; 64])) -> bool {
    let (bytes, signature) = signed;
    book.keys(issuer, now).any(|key| key.point.verifying_key().verifies(Algorithm::Es256, bytes, signature))
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").finish_non_exhaustive()
    }
}
