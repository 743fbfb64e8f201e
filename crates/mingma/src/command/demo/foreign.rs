//! The codes of another region, as that region's key signed them: without one its colour is nobody's word.

use mingma_credential::issue::{Issuer, Order};
use mingma_credential::status::{Color as Signed, RegionCode};
use mingma_credential::{Certificate, UnixSeconds};
use mingma_domain::Fact;
use mingma_domain::fact::{Color, Value};
use mingma_domain::time::{Moment, Zone};

use super::offices::Institution;
use crate::failure::Failure;

/// For how many days such a code lasts: as long as a paper may.
pub(super) const DAYS: u16 = 30;

/// The code that bears out a fact of another region's status, on paper, signed at the beginning of its day; none of any other fact.
pub(super) fn code(institution: &Institution, fact: &Fact) -> Result<Option<String>, Failure> {
    let (Value::ForeignStatus(color), Some(region)) = (fact.value(), fact.region()) else { return Ok(None) };
    let zone = Zone::named(region.zone()).map_err(Failure::new)?;
    let issued = UnixSeconds::new(match fact.at() {
        Moment::Instant(at, _) => at.as_second(),
        Moment::Day(day) => zone.start_of(day),
    });
    let of = RegionCode::parse(region.code()).map_err(Failure::new)?;
    let life = i64::from(DAYS) * 86_400;
    let until = issued.plus(life);
    let certificate =
        Certificate::self_signed(&institution.key, region.code(), issued, until).map_err(Failure::new)?;
    let issuer = Issuer::new(&institution.key, &certificate, of.clone()).map_err(Failure::new)?;
    let color = match color {
        Color::Green => Signed::Green,
        Color::Yellow => Signed::Yellow,
        Color::Red => Signed::Red,
    };
    let order = Order { color, region: of, ruleset: 1, initials: None, birthday: None, revocation: None };
    issuer.paper_code(&order, issued, life).map(Some).map_err(Failure::new)
}
