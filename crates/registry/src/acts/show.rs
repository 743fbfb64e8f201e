//! A person's code: the status of this moment, signed for a phone or for paper.
//!
//! A code carries its place in a status list, and is answered only after that place is on the person's record: every code
//! that anybody holds can be found and revoked. One place serves all codes of one phone (or all papers), colour, ruleset
//! and day of ending, so that only the first of them waits for the disk.
//!
//! No code escapes revocation. An act that makes a status worse reads the record after its change is kept, and revokes every
//! place that it finds. A place that it does not find was kept later; then the record that is read here after
//! keeping it has that change, and the code is not signed as it was meant. It ends, at the latest, when the calendar alone
//! would make the status worse.

use jiff::Timestamp;
use mingma_credential::UnixSeconds;
use mingma_credential::issue::{IssueError, Order};
use mingma_credential::key::DevicePoint;
use mingma_credential::limits::{CODE_LIFE_SECONDS, MAX_JITTER_SECONDS, MAX_PAPER_LIFE_SECONDS};
use mingma_credential::status::{Color as CodeColor, RegionCode, StatusError, StatusRef};
use mingma_domain::assess::Outcome;
use mingma_domain::fact::Color;
use thiserror::Error;

use super::assess::{AssessError, Assessment, disclose, told_status_of};
use super::look::reach;
use super::{Registry, Unable};
use crate::id::{CodeId, PersonId, RulesetNumber};
use crate::policy::{Authorized, Subject, Wish};
use crate::ports::{Medium, Rng, draw};
use crate::record::PersonRecord;
use crate::row::{IssuedCode, Listed, PersonRow};
use crate::store::StoreError;
use crate::words::{ActName, Scope};

/// A wish for a code.
#[derive(Clone, Copy, Debug)]
pub struct Show {
    /// Whose.
    pub person: PersonId,
    /// On what.
    pub medium: Medium,
}

impl Wish for Show {
    const ACT: ActName = ActName::Show;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.person)
    }

    fn scope(&self) -> Option<Scope> {
        Some(Scope::MakeCode)
    }
}

/// A code that was issued.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// Its id, by which it can be revoked; codes that share a place have one.
    pub id: CodeId,
    /// The text of the QR symbol; a phone adds its proof of possession.
    pub code: String,
    /// The first instant at which it no longer counts.
    pub expires: Timestamp,
}

/// Why there is no code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ShowError {
    /// There is no status.
    #[error(transparent)]
    Assess(#[from] AssessError),
    /// There is a status without a colour; its explanation says what is to be done.
    #[error("there is no colour to show: ask for the status, it says what is to be done")]
    NoColor {
        /// What there is instead.
        outcome: Outcome,
    },
    /// The signer refuses.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// The region's code does not fit into a code.
    #[error(transparent)]
    Region(#[from] StatusError),
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// How often a status may change while its code is being made before the caller is asked to come again.
const ROUNDS: usize = 3;

/// Issues a code.
///
/// # Errors
/// [`ShowError`].
pub async fn show(registry: &Registry, wish: Authorized<Show>) -> Result<Shown, ShowError> {
    let Show { person, medium } = *wish.wish();
    let (device, life) = match medium {
        Medium::Device(point) => (Some(point), CODE_LIFE_SECONDS - jitter_seconds(registry.rng())?),
        Medium::Paper { life_seconds } if (1..=MAX_PAPER_LIFE_SECONDS).contains(&life_seconds) => {
            (None, life_seconds)
        }
        Medium::Paper { .. } => return Err(IssueError::Life.into()),
    };
    let now = UnixSeconds::new(registry.now().as_second());
    let end = Timestamp::from_second(now.plus(life).get()).unwrap_or(Timestamp::MAX);
    for _ in 0..ROUNDS {
        let record = registry.store().record(person).await.map_err(Unable::from)?;
        reach::<_, AssessError>(registry, (person, &record), &wish).await?;
        let assessment = told_status_of(registry, &record).await?;
        let kind = Kind::of(&assessment, device)?;
        let expires = assessment.lasts(end);
        if let Some((id, place)) = kind.listed_in(&record, registry.now(), expires) {
            let order = kind.order(&record, &assessment, place)?;
            let life = expires.as_second() - now.get();
            let code = registry.signer().sign(&order, device.as_ref(), now, life)?;
            // A code tells the status: who made it for the person stands on the record before it is handed out.
            disclose(registry, person, &wish).await?;
            return Ok(Shown { id, code, expires });
        }
        // The first of its kind. Once its place is kept, the record is read again: what was kept before it counts.
        let row = PersonRow::Code(kind.first(registry, expires).await?);
        let change = registry.change(wish.deed(), person, vec![row], Vec::new())?;
        registry.keep(change).await?;
    }
    Err(Unable::Store(StoreError::Busy).into())
}

/// What codes have in common that share a place, beside the day on which they end.
#[derive(Clone, Copy, Debug)]
struct Kind {
    ruleset: RulesetNumber,
    color: Color,
    device: Option<DevicePoint>,
}

impl Kind {
    fn of(assessment: &Assessment, device: Option<DevicePoint>) -> Result<Self, ShowError> {
        match assessment.status().outcome() {
            Outcome::Code(color) => Ok(Self { ruleset: assessment.ruleset().number, color, device }),
            outcome @ (Outcome::Popup | Outcome::NotIssued) => Err(ShowError::NoColor { outcome }),
        }
    }

    /// The place that such codes have already, if they end on the day of `expires`.
    fn listed_in(
        self,
        record: &PersonRecord,
        now: Timestamp,
        expires: Timestamp,
    ) -> Option<(CodeId, StatusRef)> {
        let end = day_end(expires);
        let alike = |(code, listed): &(&IssuedCode, &Listed)| {
            code.expires == end
                && code.ruleset == self.ruleset
                && listed.color == self.color
                && listed.device == self.device
                && !record.is_amended_since(code)
        };
        record.outstanding(now).find(alike).map(|(code, listed)| (code.id, listed.place))
    }

    /// The row of the first such code: a place for all that end on the day of `expires`.
    async fn first(self, registry: &Registry, expires: Timestamp) -> Result<IssuedCode, Unable> {
        let Self { ruleset, color, device } = self;
        let place = registry.places().take(registry, expires).await?;
        let issued = registry.now();
        Ok(IssuedCode {
            id: CodeId::new(issued, draw(registry.rng())?),
            ruleset,
            paper: device.is_none(),
            issued,
            expires: day_end(expires),
            listed: Some(Listed { place, color, device }),
        })
    }

    fn order(
        self,
        record: &PersonRecord,
        assessment: &Assessment,
        place: StatusRef,
    ) -> Result<Order, StatusError> {
        let region = RegionCode::parse(assessment.ruleset().ruleset.region.code())?;
        Ok(Order {
            initials: record.initials().cloned(),
            birthday: record.birthday,
            revocation: Some(place),
            ..Order::new(code_color(self.color), region, self.ruleset.0)
        })
    }
}

/// The end of the day of an instant, as status lists count days: in UTC, with the code's last second in it.
fn day_end(expires: Timestamp) -> Timestamp {
    let days = (expires.as_second()).div_euclid(DAY_SECONDS) + 1;
    Timestamp::from_second(days * DAY_SECONDS).unwrap_or(Timestamp::MAX)
}

const DAY_SECONDS: i64 = 86_400;

const fn code_color(color: Color) -> CodeColor {
    match color {
        Color::Green => CodeColor::Green,
        Color::Yellow => CodeColor::Yellow,
        Color::Red => CodeColor::Red,
    }
}

fn jitter_seconds(rng: &dyn Rng) -> Result<i64, Unable> {
    let bytes: [u8; 4] = draw(rng)?;
    // 2³² is not a multiple of 7,201; the lean towards its first values is under two in a million.
    Ok(i64::from(u32::from_le_bytes(bytes)) % (MAX_JITTER_SECONDS + 1))
}
