//! What every page has around it: the language, the way to the main places, who has signed in.

use std::convert::Infallible;
use std::fmt::{Display, Write as _};

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use mingma_domain::text::Lang;

use crate::app::App;
use crate::caller::Caller;
use crate::session::Who;
use crate::text::Speaker;

/// The cookie that holds the language a person chose.
pub(crate) const LANGUAGE_COOKIE: &str = "language";
/// The cookie that holds whether a person wants large type.
pub(crate) const TYPE_COOKIE: &str = "type";
/// What stands in it then.
pub(crate) const LARGE: &str = "large";

/// What a template needs for what stands around every page. Every page's template has one, called `page`.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// The texts in the reader's language.
    pub(crate) texts: Speaker,
    /// Where this page is, for coming back to it.
    pub(crate) path: String,
    /// Where it is with what was asked of it.
    pub(crate) here: String,
    /// Whether this is a demonstration.
    pub(crate) demo: bool,
    /// Whether the reader wants large type.
    pub(crate) large: bool,
    /// Who reads it.
    pub(crate) reader: Reader,
}

/// Who reads a page, as far as what stands around it goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reader {
    /// Nobody who has signed in.
    Visitor,
    /// A resident who has.
    Resident,
    /// Somebody of an institution who has, at its desk.
    Institution,
    /// An official who has.
    Official,
}

impl Page {
    /// The page as it is for somebody of whom nobody has asked whether they signed in.
    pub(crate) fn for_visitor(app: &App, uri: &Uri, headers: &HeaderMap) -> Self {
        Self {
            texts: app.texts().speaker(language(headers)),
            path: uri.path().to_owned(),
            here: uri.path_and_query().map_or("/", |here| here.as_str()).to_owned(),
            demo: app.settings().demo,
            large: cookie(headers, TYPE_COOKIE) == Some(LARGE),
            reader: Reader::Visitor,
        }
    }

    /// Whether the reader has signed in.
    pub(crate) fn signed_in(&self) -> bool {
        self.reader != Reader::Visitor
    }

    /// Whether it is a resident who did.
    pub(crate) fn is_resident(&self) -> bool {
        self.reader == Reader::Resident
    }

    /// Where the reader works who is no resident: the address, and the names of its title and of what it is for.
    pub(crate) fn work(&self) -> Option<[&'static str; 3]> {
        match self.reader {
            Reader::Visitor | Reader::Resident => None,
            Reader::Institution => Some(["/desk", "desk-title", "home-desk"]),
            Reader::Official => Some(["/office", "office-title", "home-office"]),
        }
    }

    /// The text of this name.
    pub(crate) fn say(&self, name: impl AsRef<str>) -> String {
        self.texts.say(name.as_ref())
    }

    /// The text of this name with something in its places.
    pub(crate) fn with<T: Display>(&self, name: &str, places: &[(&str, T)]) -> String {
        self.texts.with(name, places)
    }

    /// The language.
    pub(crate) const fn lang(&self) -> Lang {
        self.texts.lang()
    }

    /// Whether this page is in a place of the navigation.
    pub(crate) fn is_in(&self, place: &str) -> bool {
        let rest = self.path.strip_prefix(place);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Where to sign in and come back to this page.
    pub(crate) fn sign_in(&self) -> String {
        format!("/sign-in?back={}", escaped(&self.here))
    }
}

/// The value of a cookie.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(of, _)| *of == name).map(|(_, value)| value)
}

/// A path as the value of a parameter: what is not a letter, a digit or a plain sign of a path is written by its bytes.
pub(crate) fn escaped(path: &str) -> String {
    let mut escaped = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _always_ok = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// A path of our own to go back to, as `Page::here` is, or where whoever came from nowhere is led. `//elsewhere` and
/// `https://elsewhere` would lead away, and so would `/\t/elsewhere`: browsers leave out what cannot be seen.
pub(crate) fn own_path(back: String, otherwise: &str) -> String {
    let seen = back.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let own = seen && back.starts_with('/') && !back.starts_with("//");
    if own { back } else { otherwise.to_owned() }
}

impl FromRequestParts<App> for Page {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let caller = <Caller as OptionalFromRequestParts<App>>::from_request_parts(parts, app).await?;
        let reader = match caller.as_ref().map(|caller| &caller.session().who) {
            // A program that a person let in has no pages.
            None | Some(Who::App { .. }) => Reader::Visitor,
            Some(Who::Person(_)) => Reader::Resident,
            Some(Who::Institution(_)) => Reader::Institution,
            Some(Who::Staff(_)) => Reader::Official,
        };
        Ok(Self { reader, ..Self::for_visitor(app, &parts.uri, &parts.headers) })
    }
}

/// The language that the reader chose, else the first that the browser asks for and that we speak, else simplified
/// Chinese.
fn language(headers: &HeaderMap) -> Lang {
    let text = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    let chosen = cookie(headers, LANGUAGE_COOKIE).and_then(|word| word.parse().ok());
    let asked =
        || text(ACCEPT_LANGUAGE)?.split(',').find_map(|range| spoken(range.split(';').next()?.trim()));
    chosen.or_else(asked).unwrap_or(Lang::ZhHans)
}

/// The language for a tag of BCP 47: by its script, else by where it is spoken.
fn spoken(tag: &str) -> Option<Lang> {
    let tag = tag.to_ascii_lowercase();
    let mut parts = tag.split('-');
    match parts.next()? {
        "en" => Some(Lang::En),
        "zh" if parts.any(|part| matches!(part, "hant" | "tw" | "hk" | "mo")) => Some(Lang::ZhHant),
        "zh" => Some(Lang::ZhHans),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_language_is_the_readers_choice_then_the_browsers() {
        for (cookie, accept, lang) in [
            ("", "", Lang::ZhHans),
            ("", "en-GB,en;q=0.9", Lang::En),
            ("", "zh-TW,en;q=0.8", Lang::ZhHant),
            ("", "zh-Hans-HK", Lang::ZhHant),
            ("", "zh-CN", Lang::ZhHans),
            ("", "fr-FR,zh-HK;q=0.5", Lang::ZhHant),
            ("language=en", "zh-CN", Lang::En),
            ("session=x; language=zh-Hant", "en", Lang::ZhHant),
            ("language=klingon", "en", Lang::En),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, HeaderValue::from_str(cookie).unwrap());
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_str(accept).unwrap());
            assert_eq!(language(&headers), lang, "{cookie} {accept}");
        }
    }
}
