//! Where a person is reached: told covered, as to somebody who looks over the shoulder; and changed, when the code that was sent to the new
//! contact is given back.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use mingma_registry::acts::{
    ChangeContact, ConfirmContact, ConfirmContactError, ContactChange, access_since, change_contact,
    confirm_contact,
};
use mingma_registry::policy::Purpose;
use mingma_registry::words::CodeUse;

use super::affairs::Affairs;
use super::form::{Fields, Mistakes};
use super::register::given_contact;
use super::{Done, Page, show};
use crate::app::App;
use crate::limited::Client;
use crate::limiter::Limit;
use crate::problem::Problem;
use crate::task::to_the_end;

#[derive(Template)]
#[template(path = "contact.html")]
struct Form {
    page: Page,
    affairs: Affairs,
    /// Where the person is reached now, covered.
    now: Option<String>,
    unproved: Option<Unproved>,
    fields: Fields,
    mistakes: Mistakes,
    said: Option<String>,
}

/// Where a code is on its way to.
struct Unproved {
    /// The contact as it was typed a moment ago, so that a slip of the finger is seen.
    contact: String,
    /// The code that would have been sent; in the demonstration alone, where there is nobody to send it to.
    demo_code: Option<String>,
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

/// `POST /contact`: has a code sent to where the person wants to be reached.
pub(crate) async fn tell(
    State(app): State<App>,
    client: Client,
    affairs: Affairs,
    fields: Fields,
) -> Result<Response, Problem> {
    let mut form = form(&app, affairs, fields).await?;
    client.count(&app, Limit::CodesFrom)?;
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
    let change = to_the_end(async move { change_contact(app.registry(), wish).await }).await??;
    Ok(Redirect::to(match change {
        ContactChange::Counts => "/contact?done=changed",
        ContactChange::Unproved => "/contact#prove",
    })
    .into_response())
}

/// `POST /contact/code`: the code that was sent there.
pub(crate) async fn confirm(
    State(app): State<App>,
    client: Client,
    affairs: Affairs,
    fields: Fields,
) -> Result<Response, Problem> {
    let sent = form(&app, affairs, fields).await?;
    client.count(&app, Limit::TriesFrom)?;
    let proved = match sent.fields.get("code").parse() {
        Ok(code) => {
            let wish = ConfirmContact { person: sent.affairs.person, code };
            let wish = sent.affairs.wish(Purpose::SelfService, wish)?;
            let acting = app.clone();
            to_the_end(async move { confirm_contact(acting.registry(), wish).await }).await?
        }
        Err(_) => Err(ConfirmContactError::Refused),
    };
    match proved {
        Ok(()) => Ok(Redirect::to("/contact?done=changed").into_response()),
        Err(ConfirmContactError::Refused) => {
            // As it is after this try: the last one ends the code, and only a new one helps.
            let mut form = form(&app, sent.affairs, Fields::default()).await?;
            let field = if form.unproved.is_some() { "code" } else { "contact" };
            form.mistakes.add(field, form.page.say("contact-refused"));
            Ok((form.mistakes.status(), show(&form)).into_response())
        }
        Err(error @ (ConfirmContactError::Contended | ConfirmContactError::Unable(_))) => Err(error.into()),
    }
}

async fn form(app: &App, affairs: Affairs, fields: Fields) -> Result<Form, Problem> {
    // Where somebody is reached is theirs alone: not even who acts for them sees or changes it.
    if affairs.ward.is_some() {
        return Err(Problem::forbidden("not-own", "where somebody is reached is their own affair"));
    }
    let registry = app.registry();
    let at = registry.now();
    let access = registry.store().access(affairs.person, access_since(at)).await?;
    let now = access.contact().map(|contact| covered(contact.wire()));
    let unproved = access.open(CodeUse::Contact, at).and_then(|challenge| {
        let contact = challenge.unproved.as_ref()?.contact.wire().to_owned();
        let demo_code = app.settings().demo.then(|| challenge.code.digits().to_owned());
        Some(Unproved { contact, demo_code })
    });
    let page = affairs.page.clone();
    Ok(Form { page, affairs, now, unproved, fields, mistakes: Mistakes::default(), said: None })
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
