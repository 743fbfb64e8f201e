//! Where a person is reached: told covered, as to somebody who looks over the shoulder; and changed.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use mingma_registry::acts::{ChangeContact, access_since, change_contact};
use mingma_registry::policy::Purpose;

use super::affairs::Affairs;
use super::form::{Fields, Mistakes};
use super::register::given_contact;
use super::{Done, Page, show};
use crate::app::App;
use crate::problem::Problem;
use crate::task::to_the_end;

#[derive(Template)]
#[template(path = "contact.html")]
struct Form {
    page: Page,
    affairs: Affairs,
    /// Where the person is reached now, covered.
    now: Option<String>,
    fields: Fields,
    mistakes: Mistakes,
    said: Option<String>,
}

/// `GET /contact`
pub(crate) async fn ask(
    State(app): State<App>,
    affairs: Affairs,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Problem> {
    let mut form = form(&app, affairs, Fields::default()).await?;
    form.said = (done == "changed").then(|| form.page.say("contact-changed"));
    Ok(show(&form))
}

/// `POST /contact`
pub(crate) async fn tell(
    State(app): State<App>,
    affairs: Affairs,
    fields: Fields,
) -> Result<Response, Problem> {
    let mut form = form(&app, affairs, fields).await?;
    let contact = match given_contact(&app, &form.page, form.fields.get("contact")) {
        Ok(contact) => contact,
        Err(wrong) => {
            form.mistakes.add("contact", wrong);
            return Ok((form.mistakes.status(), show(&form)).into_response());
        }
    };
    let (person, lang) = (form.affairs.person, form.page.lang());
    let wish = ChangeContact { person, contact: Some(contact), lang };
    let wish = form.affairs.wish(Purpose::SelfService, wish)?;
    to_the_end(async move { change_contact(app.registry(), wish).await }).await??;
    Ok(Redirect::to("/contact?done=changed").into_response())
}

async fn form(app: &App, affairs: Affairs, fields: Fields) -> Result<Form, Problem> {
    // Where somebody is reached is theirs alone: not even who acts for them sees or changes it.
    if affairs.ward.is_some() {
        return Err(Problem::forbidden("not-own", "where somebody is reached is their own affair"));
    }
    let registry = app.registry();
    let access = registry.store().access(affairs.person, access_since(registry.now())).await?;
    let now = access.contact().map(|contact| covered(contact.wire()));
    let page = affairs.page.clone();
    Ok(Form { page, affairs, now, fields, mistakes: Mistakes::default(), said: None })
}

/// The last digits of a number; the first letter of an address and its host.
fn covered(contact: &str) -> String {
    if let Some((name, host)) = contact.split_once('@') {
        let first = name.chars().next().map_or_else(String::new, String::from);
        return format!("{first}…@{host}");
    }
    let digits: Vec<char> = contact.chars().collect();
    let last = digits.get(digits.len().saturating_sub(4)..).unwrap_or_default();
    format!("…{}", String::from_iter(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_shown_so_that_its_owner_knows_it_and_nobody_else_can_use_it() {
        for (contact, shown) in
            [("+8613800138000", "…8000"), ("zhang.san@example.cn", "z…@example.cn"), ("+1", "…+1")]
        {
            assert_eq!(covered(contact), shown);
        }
    }
}
