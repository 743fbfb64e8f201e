//! A person's code: the status of this moment, signed for a phone or for paper.
//!
//! The code is answered only after its issue is on record, so that every code that anybody holds can be found.

use jiff::Timestamp;
use mingma_credential::UnixSeconds;
use mingma_credential::issue::{IssueError, Jitter, Order};
use mingma_credential::limits::{CODE_LIFE_SECONDS, MAX_JITTER_SECONDS};
use mingma_credential::status::{Birthday, Color as CodeColor, RegionCode, StatusError};
use mingma_domain::assess::Outcome;
use mingma_domain::document::Document;
use mingma_domain::fact::Color;
use thiserror::Error;

use super::assess::{AssessError, status_of};
use super::{Registry, Unable};
use crate::id::{CodeId, PersonId};
use crate::policy::{Authorized, Subject, Wish};
use crate::ports::{Medium, NoEntropy, Rng, draw};
use crate::row::{IssuedCode, PersonRow};
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
    /// Its id, for the person's own list.
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

/// Issues a code.
///
/// # Errors
/// [`ShowError`].
pub async fn show(registry: &Registry, wish: Authorized<Show>) -> Result<Shown, ShowError> {
    let Show { person, medium } = *wish.wish();
    let record = registry.store().record(person).await.map_err(Unable::from)?;
    wish.reaches(record.registration.as_ref().map(|r| r.home)).map_err(AssessError::from)?;
    let assessment = status_of(registry, &record).await?;
    let outcome = assessment.status().outcome();
    let color = match outcome {
        Outcome::Code(color) => code_color(color),
        Outcome::Popup | Outcome::NotIssued => return Err(ShowError::NoColor { outcome }),
    };
    let document = registry.store().document(person).await.map_err(Unable::from)?;
    let number = assessment.ruleset().number;
    let order = Order {
        initials: record.registration.and_then(|r| r.initials),
        birthday: document.as_ref().and_then(birthday),
        ..Order::new(color, RegionCode::parse(assessment.ruleset().ruleset.region.code())?, number.0)
    };
    let issued = assessment.now();
    let now = UnixSeconds::new(issued.as_second());
    let (jitter, life) = match medium {
        Medium::Device(_) => {
            let seconds = jitter_seconds(registry.rng()).map_err(Unable::from)?;
            // INVARIANT: below the limit by construction.
            (Jitter::from_seconds(seconds).unwrap_or(Jitter::NONE), CODE_LIFE_SECONDS - seconds)
        }
        Medium::Paper { life_seconds } => (Jitter::NONE, life_seconds),
    };
    let code = registry.signer().sign(&order, medium, now, jitter)?;
    let expires = Timestamp::from_second(now.plus(life).get()).unwrap_or(Timestamp::MAX);
    let id = CodeId::new(issued, draw(registry.rng()).map_err(Unable::from)?);
    let paper = matches!(medium, Medium::Paper { .. });
    let row = PersonRow::Code(IssuedCode { id, ruleset: number, paper, issued, expires });
    let change = registry.change(ActName::Show, person, vec![row], Vec::new())?;
    registry.keep(change).await?;
    Ok(Shown { id, code, expires })
}

const fn code_color(color: Color) -> CodeColor {
    match color {
        Color::Green => CodeColor::Green,
        Color::Yellow => CodeColor::Yellow,
        Color::Red => CodeColor::Red,
    }
}

fn birthday(document: &Document) -> Option<Birthday> {
    let date = document.birth_date()?;
    Birthday::new(u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?).ok()
}

fn jitter_seconds(rng: &dyn Rng) -> Result<i64, NoEntropy> {
    let bytes: [u8; 4] = draw(rng)?;
    // 2³² is not a multiple of 7,201; the lean towards its first values is under two in a million.
    Ok(i64::from(u32::from_le_bytes(bytes)) % (MAX_JITTER_SECONDS + 1))
}
