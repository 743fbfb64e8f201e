//! The name of a request, drawn for each form, so that sending a form twice does it once.

use mingma_registry::ports::draw;
use mingma_registry::row::IdempotencyKey;

use super::form::Fields;
use crate::app::App;
use crate::problem::Problem;

/// The hidden field that carries it.
const FIELD: &str = "key";

/// The name that the form carries, or a new one for a form that carries none that can be read.
pub(crate) fn key(app: &App, fields: &Fields) -> Result<IdempotencyKey, Problem> {
    if let Ok(key) = fields.get(FIELD).parse() {
        return Ok(key);
    }
    let chance: [u8; 16] = draw(app.registry().rng())?;
    format!("form-{:032x}", u128::from_be_bytes(chance)).parse().map_err(|_| Problem::broken())
}
