//! Somebody who has no document at all registers, at a desk: the desk draws a number, which is their document from then on.
//!
//! Only a desk gives numbers, and each is an entry with the official who gave it: whoever took them by themselves would have as
//! many codes as they like. A number that was ever named to the store is given to nobody, so that nothing that was recorded under it
//! by mistake comes to whoever gets it.

use mingma_credential::status::Initials;
use mingma_domain::Region;
use mingma_domain::document::{DeskNumber, Document};
use mingma_domain::text::Lang;

use super::register::{Claimed, Register, RegisterError, Slip, claim, enter};
use super::{Registry, Unable, identify};
use crate::access::OneTimeCode;
use crate::contact::Contact;
use crate::policy::{Authorized, Subject, Wish};
use crate::ports::draw;
use crate::words::{ActName, CodeUse};

/// How many numbers are drawn at most. Of ten thousand million, a city of ten million has taken one in a thousand: four that are
/// taken in turn are one in 10¹².
const DRAWS: u8 = 4;

/// A wish to register somebody who has no document.
#[derive(Clone, Debug)]
pub struct RegisterUndocumented {
    /// Where the person lives.
    pub home: Region,
    /// What a checkpoint may compare with the person.
    pub initials: Option<Initials>,
    /// Where the person is reached, if anywhere.
    pub contact: Option<Contact>,
    /// In which language the person reads.
    pub lang: Lang,
}

impl Wish for RegisterUndocumented {
    const ACT: ActName = ActName::Register;

    fn subject(&self) -> Subject<'_> {
        Subject::Nobody
    }
}

/// What somebody who had no document takes home; both are told once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Numbered {
    /// The document that they have now.
    pub number: DeskNumber,
    /// The slip.
    pub slip: Slip,
}

/// Registers somebody who has no document, whom a community worker has before them, and gives the number that was drawn. Doing it again
/// draws another: a number whose answer was lost is nobody's.
///
/// # Errors
/// [`RegisterError`].
pub async fn register_undocumented(
    registry: &Registry,
    wish: Authorized<RegisterUndocumented>,
) -> Result<Numbered, RegisterError> {
    if identify::worker(&wish).is_none() {
        return Err(RegisterError::DeskNumber);
    }
    registry.takes(wish.wish().contact.as_ref())?;
    let code = OneTimeCode::draw(registry.rng(), CodeUse::Slip).map_err(Unable::from)?;
    let RegisterUndocumented { home, initials, contact, lang } = wish.wish().clone();
    for _ in 0..DRAWS {
        let number = DeskNumber::drawn(u64::from_be_bytes(draw(registry.rng()).map_err(Unable::from)?));
        let document = Document::DeskNumber(number.clone());
        let Claimed { person, is_new } = claim(registry, document.clone()).await?;
        if is_new {
            let wish_of = Register { document, home, initials, contact, lang };
            enter(registry, person, (&wish_of, wish.doer()), Some(code.clone())).await?;
            identify::at_registration(registry, person, &wish).await?;
            return Ok(Numbered { number, slip: Slip(code) });
        }
    }
    Err(Unable::NoAnswer.into())
}
