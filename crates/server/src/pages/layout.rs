//! What every page has around it: the language, the way to the main places, who has signed in.

use std::convert::Infallible;
use std::fmt::Display;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE};
use axum::http::request::Parts;
use mingma_domain::text::Lang;

use crate::app::App;
use crate::text::Speaker;

/// The cookie that holds the language a person chose.
pub(crate) const LANGUAGE_COOKIE: &str = "language";

/// What a template needs for what stands around every page. Every page's template has one, called `page`.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// The texts in the reader's language.
    pub(crate) texts: Speaker,
    /// Where this page is, for coming back to it.
    pub(crate) path: String,
    /// Whether this is a demonstration.
    pub(crate) demo: bool,
}

impl Page {
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
}

impl FromRequestParts<App> for Page {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self {
            texts: app.texts().speaker(language(&parts.headers)),
            path: parts.uri.path().to_owned(),
            demo: app.settings().demo,
        })
    }
}

/// The language that the reader chose, else the first that the browser asks for and that we speak, else simplified
/// Chinese.
fn language(headers: &HeaderMap) -> Lang {
    let text = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    let chosen = text(COOKIE).and_then(|line| {
        let mut pairs = line.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == LANGUAGE_COOKIE)?.1.parse().ok()
    });
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
