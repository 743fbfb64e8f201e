//! For whom a person may act, in words: found wherever they sign in, and the binding of each asked for every time.

use mingma_registry::{PersonId, acts};

use super::affairs::{Affairs, called};
use crate::app::App;
use crate::problem::Problem;

/// Somebody for whom the reader may act.
#[derive(Clone, Debug)]
pub(crate) struct Ward {
    /// Who.
    pub(crate) person: PersonId,
    /// How they are called.
    pub(crate) called: String,
    /// As what the reader is bound to them.
    pub(crate) tie: String,
    /// Until when.
    pub(crate) until: String,
}

/// Those for whom the reader has taken it on to act and may act now.
pub(crate) async fn wards(app: &App, affairs: &Affairs) -> Result<Vec<Ward>, Problem> {
    let mut wards = Vec::new();
    for (person, binding) in acts::wards(app.registry(), affairs.caller.person()?).await? {
        let record = app.registry().store().record(person).await?;
        let when = affairs.when(&record)?;
        wards.push(Ward {
            person,
            called: called(app, person).await?,
            tie: affairs.page.say(format!("tie-{}", binding.tie)),
            until: when.instant(binding.until),
        });
    }
    Ok(wards)
}
