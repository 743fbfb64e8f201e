//! What a form sent, and what is wrong with it: said beside the field, with everything else kept as it was.

use std::borrow::Cow;

use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;

use crate::body::too_large;
use crate::problem::Problem;

/// The most fields of a form that are read: a trip of twelve stays has 63.
pub(crate) const MAX_FIELDS: usize = 64;

/// The fields of a form, in the order in which they were sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Fields as if they had been sent.
    pub(crate) fn of<const N: usize>(fields: [(&str, String); N]) -> Self {
        Self(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// What stands in a field, without blanks around it; nothing in one that was not sent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(of, _)| of == name).map_or("", |(_, value)| value.trim())
    }

    /// Everything that was chosen under a name.
    pub(crate) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(of, _)| of == name).map(|(_, value)| value.trim())
    }

    /// Whether this was chosen under a name.
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|chosen| chosen == value)
    }

    /// Takes over the fields of these names.
    pub(crate) fn take(&mut self, other: &Self, names: &[&str]) {
        self.0.extend(other.0.iter().filter(|(name, _)| names.contains(&name.as_str())).cloned());
    }

    /// Every field, for handing them on unseen.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = &(String, String)> {
        self.0.iter()
    }
}

impl FromIterator<(String, String)> for Fields {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let fields = Form::<Vec<(String, String)>>::from_request(request, state).await;
        let Form(fields) = fields.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            _ => Problem::unreadable("the form cannot be read"),
        })?;
        if fields.len() > MAX_FIELDS {
            return Err(Problem::unreadable("the form has too many fields"));
        }
        Ok(Self(fields))
    }
}

/// One thing that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Mistake {
    /// The field's name, which is also the id of the element that takes it.
    pub(crate) field: Cow<'static, str>,
    /// What is wrong and what to do, in the reader's language.
    pub(crate) text: String,
}

/// Everything that is wrong, in the order of the fields.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Mistakes(pub(crate) Vec<Mistake>);

impl Mistakes {
    /// Notes a mistake.
    pub(crate) fn add(&mut self, field: impl Into<Cow<'static, str>>, text: String) {
        self.0.push(Mistake { field: field.into(), text });
    }

    /// What is good; notes the mistake otherwise.
    pub(crate) fn unless<T>(
        &mut self,
        field: impl Into<Cow<'static, str>>,
        read: Result<T, String>,
    ) -> Option<T> {
        read.map_err(|text| self.add(field, text)).ok()
    }

    /// What is wrong with a field.
    pub(crate) fn of(&self, field: impl AsRef<str>) -> Option<&str> {
        self.0.iter().find(|mistake| mistake.field == field.as_ref()).map(|mistake| mistake.text.as_str())
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The status of the page that shows them.
    pub(crate) fn status(&self) -> StatusCode {
        if self.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }
}
