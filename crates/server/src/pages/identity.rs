//! Reading an identity document from a form: each kind with its own fields, each mistake beside the field it is in.
//!
//! Blanks and small letters are put right, because people type numbers as they are printed or as their keyboard gives
//! them; nothing else is guessed. No message repeats any part of a number.

use jiff::civil::Date;
use mingma_domain::document::{ChildWithoutDocument, Document, DocumentError, DocumentKind};
use mingma_domain::region::Country;
use mingma_domain::text::Lang;

use super::Page;
use super::form::{Fields, Mistakes};

/// The kinds that a number alone or with a country makes: all but the child's, which is its guardian's affair.
pub(crate) const OWN_KINDS: [DocumentKind; 7] = [
    DocumentKind::ResidentId,
    DocumentKind::Passport,
    DocumentKind::HongKongMacauPermit,
    DocumentKind::TaiwanPermit,
    DocumentKind::HongKongMacauTaiwanResidence,
    DocumentKind::ForeignPermanentResidence,
    DocumentKind::DeskNumber,
];

/// What a form asks of a document.
#[derive(Clone, Debug)]
pub(crate) struct DocumentField {
    /// The kinds to choose from.
    pub(crate) kinds: Vec<KindView>,
    /// Those that a guardian of a child may have.
    pub(crate) guardians: Vec<KindView>,
    /// Whether a child without a document can be named.
    pub(crate) child: bool,
    /// Whether the guardian is the reader, whose document is known.
    pub(crate) guardian_known: bool,
    /// The countries that issue passports.
    pub(crate) countries: Vec<(&'static str, &'static str)>,
}

/// One kind to choose.
#[derive(Clone, Debug)]
pub(crate) struct KindView {
    /// Its word.
    pub(crate) word: &'static str,
    /// Its name.
    pub(crate) name: String,
    /// What its number looks like.
    pub(crate) hint: String,
}

impl DocumentField {
    /// The fields of a form that names somebody; with `child` also a child without a document.
    pub(crate) fn new(page: &Page, child: bool, guardian_known: bool) -> Self {
        let view = |kind: DocumentKind| KindView {
            word: kind.word(),
            name: page.say(format!("document-{kind}")),
            hint: page.say(format!("document-{kind}-hint")),
        };
        let kinds: Vec<_> = OWN_KINDS.into_iter().map(view).collect();
        let guardians = kinds.clone();
        Self { kinds, guardians, child, guardian_known, countries: countries(page.lang()) }
    }

    /// The fields of a form that registers somebody: nobody by a number that a desk gives.
    pub(crate) fn for_registering(page: &Page, guardian_known: bool) -> Self {
        let mut all = Self::new(page, true, guardian_known);
        all.kinds.retain(|kind| kind.word != DocumentKind::DeskNumber.word());
        all
    }
}

fn countries(lang: Lang) -> Vec<(&'static str, &'static str)> {
    let mut all: Vec<_> = Country::all().map(|country| (country.code(), country.name(lang))).collect();
    if lang == Lang::En {
        all.sort_by_key(|(_, name)| *name);
    }
    all
}

/// The document of a form (`kind`, `country`, `number`; for a child also `birth`, `ordinal`, `guardian-kind`); notes
/// what is wrong. `own` is the document of the reader, who is then the guardian of a child without one.
pub(crate) fn read(
    page: &Page,
    fields: &Fields,
    mistakes: &mut Mistakes,
    own: Option<&Document>,
) -> Option<Document> {
    let kind = fields.get("kind").parse::<DocumentKind>().map_err(|_| page.say("document-kind-missing"));
    let kind = mistakes.unless("kind", kind)?;
    if kind == DocumentKind::ChildWithoutDocument {
        child(page, fields, mistakes, own)
    } else {
        numbered(page, kind, fields, mistakes)
    }
}

fn child(page: &Page, fields: &Fields, mistakes: &mut Mistakes, own: Option<&Document>) -> Option<Document> {
    let birth: Result<Date, _> = fields.get("birth").parse();
    let birth = mistakes.unless("birth", birth.map_err(|_| page.say("child-birth-missing")));
    let ordinal = match fields.get("ordinal") {
        "" => Some(1),
        text => mistakes.unless("ordinal", text.parse().map_err(|_| page.say("child-ordinal-wrong"))),
    };
    let guardian = own.cloned().or_else(|| guardian(page, fields, mistakes));
    let child = ChildWithoutDocument::new(guardian?, birth?, ordinal?);
    let child = child.map_err(|error| said(page, DocumentKind::ChildWithoutDocument, &error));
    mistakes.unless("birth", child).map(Document::ChildWithoutDocument)
}

/// The guardian's document, of whichever kind but a child's.
fn guardian(page: &Page, fields: &Fields, mistakes: &mut Mistakes) -> Option<Document> {
    let kind = fields.get("guardian-kind").parse::<DocumentKind>();
    let kind = kind.ok().filter(|kind| OWN_KINDS.contains(kind));
    let kind = mistakes.unless("guardian-kind", kind.ok_or_else(|| page.say("document-kind-missing")))?;
    numbered(page, kind, fields, mistakes)
}

/// A document of a kind that has a number.
fn numbered(page: &Page, kind: DocumentKind, fields: &Fields, mistakes: &mut Mistakes) -> Option<Document> {
    let number: String = fields.get("number").chars().filter(|c| !c.is_whitespace()).collect();
    let number = number.to_uppercase();
    if number.is_empty() {
        mistakes.add("number", page.say("document-number-missing"));
        return None;
    }
    let wire = if kind == DocumentKind::Passport {
        format!("{kind}:{}:{number}", fields.get("country"))
    } else {
        format!("{kind}:{number}")
    };
    let document = wire.parse::<Document>();
    let field = match document {
        Err(DocumentError::NoCountry | DocumentError::UnknownCountry { .. }) => "country",
        Err(_) | Ok(_) => "number",
    };
    mistakes.unless(field, document.map_err(|error| said(page, kind, &error)))
}

/// A refusal of the domain in the reader's language.
fn said(page: &Page, kind: DocumentKind, error: &DocumentError) -> String {
    let hint = || page.say(format!("document-{kind}-hint"));
    match error {
        DocumentError::NoKind | DocumentError::UnknownKind { .. } | DocumentError::ChildForm => {
            page.say("document-kind-missing")
        }
        DocumentError::Length { found, .. } => {
            page.with("document-length", &[("found", found.to_string()), ("hint", hint())])
        }
        DocumentError::OldResidentId => page.say("document-old-resident-id"),
        // Small letters are put right before the domain reads the number.
        DocumentError::Character { position, .. } | DocumentError::SmallLetter { position, .. } => {
            page.with("document-character", &[("position", position.to_string()), ("hint", hint())])
        }
        DocumentError::Place { .. } => page.with("document-place", &[("hint", hint())]),
        DocumentError::OtherKind { is } => {
            page.with("document-other-kind", &[("kind", page.say(format!("document-{is}")))])
        }
        DocumentError::NoSuchDay { .. } => page.say("document-no-such-day"),
        DocumentError::BirthYear { .. } => page.say("document-birth-year"),
        DocumentError::CheckDigit { .. } => page.say("document-check-digit"),
        DocumentError::NoCountry | DocumentError::UnknownCountry { .. } => {
            page.say("document-country-missing")
        }
        DocumentError::ChildOrdinal => page.say("child-ordinal-wrong"),
        DocumentError::ChildOfChild => page.say("child-of-child"),
        DocumentError::ChildOlderThanGuardian => page.say("child-older"),
    }
}
